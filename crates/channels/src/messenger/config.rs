//! The settings of one Messenger account: a page, and the app through which this server speaks for it.

use super::version::Version;
use crate::secret::Secret;
use std::{fmt, time::Duration};

/// Where the Graph API is.
pub const GRAPH: &str = "https://graph.facebook.com";
/// The longest id of a page or an app, in digits.
const MAX_ID_DIGITS: usize = 32;

/// The settings of one account. Nothing of its secrets is in its `Debug`.
#[derive(Clone, Debug)]
pub struct MessengerConfig {
    /// The page, a number.
    pub page_id: String,
    /// The app, a number. What the page sent is ours if it was sent through this app.
    pub app_id: String,
    /// The secrets of the app, the one in use first; others are taken in signatures, too, while one replaces
    /// another.
    pub app_secrets: Vec<Secret>,
    /// The page's access token.
    pub page_token: Secret,
    /// The token that the platform shows when it verifies the webhook.
    pub verify_token: Secret,
    /// Where the Graph API is, without a slash at the end; [`GRAPH`] except in tests.
    pub base_url: String,
    /// The version of the Graph API.
    pub version: Version,
    /// How many texts and links go out in a second at most (spec: channel-connectors#2.7).
    pub texts_a_second: u32,
    /// How long the echo of a message is waited for when nobody knows whether it was sent
    /// (spec: channel-connectors#2.8).
    pub echo_wait: Duration,
}

/// What is wrong with the settings of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Misconfigured {
    /// The page is not a number.
    PageId,
    /// The app is not a number.
    AppId,
    /// There is no app secret, or an empty one.
    AppSecret,
    /// The page token is empty, or cannot stand in a header.
    PageToken,
    /// The verify token is empty.
    VerifyToken,
    /// The base URL is not `http(s)://host`, or has a slash, a query or a user at its end.
    BaseUrl,
    /// A rate is 0.
    Rate,
    /// Two accounts have the same name, or the same page and app.
    Twice,
}

impl MessengerConfig {
    /// The usual settings of an account, with the values that only its owner knows.
    pub fn new(
        page_id: impl Into<String>,
        app_id: impl Into<String>,
        app_secret: Secret,
        page_token: Secret,
        verify_token: Secret,
    ) -> Self {
        Self {
            page_id: page_id.into(),
            app_id: app_id.into(),
            app_secrets: vec![app_secret],
            page_token,
            verify_token,
            base_url: GRAPH.to_owned(),
            version: Version::CURRENT,
            texts_a_second: 200,
            echo_wait: Duration::from_secs(10),
        }
    }

    /// Checks the settings; an account is not started before they pass.
    pub fn check(&self) -> Result<(), Misconfigured> {
        let number = |id: &str| {
            (1..=MAX_ID_DIGITS).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_digit())
        };
        let rules = [
            (number(&self.page_id), Misconfigured::PageId),
            (number(&self.app_id), Misconfigured::AppId),
            (
                !self.app_secrets.is_empty()
                    && self.app_secrets.iter().all(|secret| !secret.reveal().is_empty()),
                Misconfigured::AppSecret,
            ),
            (is_token(self.page_token.reveal()), Misconfigured::PageToken),
            (!self.verify_token.reveal().is_empty(), Misconfigured::VerifyToken),
            (is_base(&self.base_url), Misconfigured::BaseUrl),
            (self.texts_a_second > 0, Misconfigured::Rate),
        ];
        rules.into_iter().find(|(kept, _)| !kept).map_or(Ok(()), |(_, broken)| Err(broken))
    }

    /// The address of something below the page, such as `messages`.
    pub(super) fn address(&self, edge: &str) -> String {
        format!("{}/{}/{}/{edge}", self.base_url, self.version, self.page_id)
    }
}

fn is_token(token: &str) -> bool {
    !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic())
}

fn is_base(url: &str) -> bool {
    url.parse::<http::Uri>().is_ok_and(|uri| {
        let authority = uri.authority().map_or("", |authority| authority.as_str());
        matches!(uri.scheme_str(), Some("http" | "https"))
            && !authority.is_empty()
            && !authority.contains('@')
            && uri.query().is_none()
            && !url.ends_with('/')
            && !url.contains('#')
    })
}

impl fmt::Display for Misconfigured {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(match self {
            Self::PageId => "the page id is not a number",
            Self::AppId => "the app id is not a number",
            Self::AppSecret => "the app secret is missing",
            Self::PageToken => "the page token is missing, or holds a character that no token has",
            Self::VerifyToken => "the verify token is missing",
            Self::BaseUrl => "the base URL is not like https://graph.facebook.com",
            Self::Rate => "a rate of 0 would send nothing",
            Self::Twice => "two accounts have the same name, or the same page and app",
        })
    }
}

impl std::error::Error for Misconfigured {}

#[cfg(test)]
mod tests {
    use super::*;

    fn config() -> MessengerConfig {
        let secret = Secret::new;
        MessengerConfig::new(
            "1000001",
            "3003",
            secret("app-secret-1"),
            secret("page-token-1"),
            secret("demo-verify"),
        )
    }

    fn with(change: impl FnOnce(&mut MessengerConfig)) -> Result<(), Misconfigured> {
        let mut config = config();
        change(&mut config);
        config.check()
    }

    #[test]
    fn the_usual_settings_are_right() {
        assert_eq!(config().check(), Ok(()));
        assert_eq!(config().address("messages"), "https://graph.facebook.com/v26.0/1000001/messages");
        assert_eq!(with(|config| config.base_url = "http://127.0.0.1:8080/simulators/graph".into()), Ok(()));
    }

    #[test]
    fn what_would_change_the_address_is_refused() {
        for page in ["", "me", "1/../2", "1000001?x", &"1".repeat(33)] {
            assert_eq!(with(|config| config.page_id = page.into()), Err(Misconfigured::PageId), "{page}");
        }
        for base in [
            "",
            "graph.facebook.com",
            "/graph",
            "ftp://graph",
            "https://graph/",
            "https://u:p@graph",
            "https://graph?x",
            "https://graph#x",
            "https:///x",
        ] {
            assert_eq!(with(|config| config.base_url = base.into()), Err(Misconfigured::BaseUrl), "{base}");
        }
    }

    #[test]
    fn what_was_forgotten_is_named() {
        let none = || Secret::new("");
        assert_eq!(with(|config| config.app_id = "app".into()), Err(Misconfigured::AppId));
        assert_eq!(with(|config| config.app_secrets.clear()), Err(Misconfigured::AppSecret));
        assert_eq!(with(|config| config.app_secrets.push(none())), Err(Misconfigured::AppSecret));
        assert_eq!(with(|config| config.page_token = none()), Err(Misconfigured::PageToken));
        assert_eq!(with(|config| config.page_token = Secret::new("a\r\nb")), Err(Misconfigured::PageToken));
        assert_eq!(with(|config| config.verify_token = none()), Err(Misconfigured::VerifyToken));
        assert_eq!(with(|config| config.texts_a_second = 0), Err(Misconfigured::Rate));
    }

    #[test]
    fn no_secret_is_printed() {
        let printed = format!("{:?}", config());
        for secret in ["app-secret-1", "page-token-1", "demo-verify"] {
            assert!(!printed.contains(secret), "{printed}");
        }
    }
}
