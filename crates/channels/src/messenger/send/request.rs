//! A request to the platform, described but not sent.

use crate::{
    messenger::{MessengerConfig, signature::appsecret_proof},
    secret::Secret,
};
use serde::Serialize;
use std::fmt;

/// A request to the platform. Its body is only for the platform, so `Debug` leaves it out.
#[derive(Clone)]
pub struct Request {
    /// The address.
    pub url: String,
    /// The token for the header `Authorization: Bearer`.
    pub bearer: Secret,
    /// The body, JSON, of a `POST`; without one it is a `GET`.
    pub body: Option<String>,
}

/// The proof under the secret in use, the first. Settings without one were refused before.
pub(super) fn proof(config: &MessengerConfig) -> String {
    config.app_secrets.first().map(|secret| appsecret_proof(secret, &config.page_token)).unwrap_or_default()
}

/// A `POST` below the page.
pub(super) fn request(config: &MessengerConfig, edge: &str, body: &impl Serialize) -> Request {
    let Ok(body) = serde_json::to_string(body) else { unreachable!("a body of strings is JSON") };
    Request { url: config.address(edge), bearer: config.page_token.clone(), body: Some(body) }
}

impl fmt::Debug for Request {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.body {
            Some(body) => write!(to, "POST {} ({} bytes)", self.url, body.len()),
            // Its query holds the proof.
            None => write!(to, "GET {}", self.url.split('?').next().unwrap_or_default()),
        }
    }
}
