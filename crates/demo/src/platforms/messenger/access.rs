//! Who may call: the page's token as a bearer, proven with the app's secret (spec: channel-connectors#2.1).

use super::trouble::MessengerError;
use crate::platforms::{Platforms, signature};
use axum::http::{HeaderMap, header::AUTHORIZATION};

impl Platforms {
    /// Refuses calls without the page's token or without its proof. `query` is that of the URL; `in_body` is the
    /// proof when it came in the body.
    pub(super) fn admit(
        &self,
        version: &str,
        headers: &HeaderMap,
        query: Option<&str>,
        in_body: Option<&str>,
    ) -> Result<(), MessengerError> {
        if !is_version(version) {
            return Err(MessengerError::NO_OBJECT);
        }
        let settings = &self.settings.messenger;
        let given = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token = given.and_then(|given| given.strip_prefix("Bearer ")).ok_or(MessengerError::NO_TOKEN)?;
        if token != settings.page_token {
            return Err(MessengerError::BAD_TOKEN);
        }
        let in_query = value_of(query, "appsecret_proof");
        match in_query.as_deref().or(in_body) {
            None => Err(MessengerError::NO_PROOF),
            Some(proof) if proof == signature::proof(&settings.app_secret, token) => Ok(()),
            Some(_) => Err(MessengerError::BAD_PROOF),
        }
    }
}

/// A value of a query.
pub(super) fn value_of(query: Option<&str>, name: &str) -> Option<String> {
    let mut pairs = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    pairs.find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

fn is_version(version: &str) -> bool {
    let parts = version.strip_prefix('v').and_then(|numbers| numbers.split_once('.'));
    parts.is_some_and(|(major, minor)| major.parse::<u16>().is_ok() && minor.parse::<u16>().is_ok())
}
