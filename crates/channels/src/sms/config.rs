//! The settings of an account (spec: channel-connectors#0.2.10, #1B–1D).

use super::{keyword::Keywords, signature::Tokens, text::TextLimits};
use crate::{outbound::Url, secret::Secret};
use http::HeaderName;
use std::{num::NonZeroU32, time::Duration};

/// The provider whose interface this is.
const TWILIO: &str = "https://api.twilio.com";

/// An account at a provider.
#[derive(Clone, Debug)]
pub struct SmsConfig {
    /// The provider's id of the account.
    pub account_sid: String,
    /// The tokens that webhooks are signed with.
    pub tokens: Tokens,
    /// The credentials of requests to the provider.
    pub credentials: ProviderCredentials,
    /// Our addresses, without prefix.
    pub from: Vec<String>,
    /// The group of senders by which the provider chooses one. If it is set, no message names its sender.
    pub service_sid: Option<String>,
    /// Where the provider's interface is. `https://api.twilio.com` by default.
    pub base_url: Url,
    /// The prefix of every address at the provider, but not here, such as `whatsapp:`.
    pub address_prefix: Option<String>,
    /// The headers of webhooks.
    pub headers: Headers,
    /// What a text may be: 1600 characters, 10 parts, plain typography.
    pub limits: TextLimits,
    /// The words by which customers take and give leave to be written to.
    pub keywords: Keywords,
    /// The answers to them, if the provider does not answer by itself.
    pub we_reply: Option<Replies>,
    /// How fast messages may be sent.
    pub rate: SendRate,
    /// How long the provider may try to deliver a message; whole seconds. The provider's own rule when `None`.
    pub validity: Option<Duration>,
    /// Whether the provider may respell texts after us. Off by default.
    pub smart_encoded: bool,
    /// Whether the provider should report what becomes of messages. On by default.
    pub status_callbacks: bool,
}

/// How the provider knows us.
#[derive(Clone, Debug)]
pub enum ProviderCredentials {
    /// The account and its primary token.
    Token,
    /// A key of the account.
    ApiKey {
        /// The id of the key.
        sid: String,
        /// Its secret.
        secret: Secret,
    },
}

/// Who sends a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sender<'a> {
    /// An address of ours, without prefix.
    Address(&'a str),
    /// Any sender of a group, chosen by the provider.
    Service(&'a str),
}

/// The names of headers that differ between providers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Headers {
    /// The header with the signature.
    pub signature: HeaderName,
    /// The header that stays the same when the provider tries again.
    pub repetition: HeaderName,
}

/// The answers to keywords.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replies {
    /// To a customer who opted out.
    pub opt_out: String,
    /// To a customer who opted in.
    pub opt_in: String,
    /// To a customer who asked for help.
    pub help: String,
}

/// How fast messages may be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SendRate {
    /// Messages a second.
    pub per_second: NonZeroU32,
    /// How many may go at once after a pause.
    pub burst: NonZeroU32,
}

impl Default for Headers {
    fn default() -> Self {
        Self {
            signature: HeaderName::from_static("x-twilio-signature"),
            repetition: HeaderName::from_static("i-twilio-idempotency-token"),
        }
    }
}

impl Default for SendRate {
    fn default() -> Self {
        Self { per_second: NonZeroU32::MIN.saturating_add(9), burst: NonZeroU32::MIN }
    }
}

impl SmsConfig {
    /// An account with the default settings, which sends from these addresses.
    ///
    /// # Panics
    ///
    /// Never: the URL it parses is a constant.
    pub fn new(account_sid: impl Into<String>, token: Secret, from: Vec<String>) -> Self {
        Self {
            account_sid: account_sid.into(),
            tokens: Tokens::new(token),
            credentials: ProviderCredentials::Token,
            from,
            service_sid: None,
            base_url: Url::parse(TWILIO).expect("a constant"),
            address_prefix: None,
            headers: Headers::default(),
            limits: TextLimits::default(),
            keywords: Keywords::default(),
            we_reply: None,
            rate: SendRate::default(),
            validity: None,
            smart_encoded: false,
            status_callbacks: true,
        }
    }

    /// Who sends a message of a conversation in which the customer wrote to this address of ours.
    pub fn sender<'a>(&'a self, ours: &'a str) -> Sender<'a> {
        self.service_sid.as_deref().map_or(Sender::Address(ours), Sender::Service)
    }

    /// An address as the provider writes it.
    pub(super) fn prefixed(&self, address: &str) -> String {
        format!("{}{address}", self.address_prefix.as_deref().unwrap_or_default())
    }

    /// User and password for the provider.
    pub(super) fn login(&self) -> (&str, &str) {
        match &self.credentials {
            ProviderCredentials::Token => (&self.account_sid, self.tokens.primary.reveal()),
            ProviderCredentials::ApiKey { sid, secret } => (sid, secret.reveal()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_settings_can_be_printed_without_the_secrets() {
        let key = ProviderCredentials::ApiKey { sid: "SK1".into(), secret: Secret::new("hush-key") };
        let config =
            SmsConfig { credentials: key, ..SmsConfig::new("AC1", Secret::new("hush-token"), Vec::new()) };
        assert!(!format!("{config:?}").contains("hush"));
    }

    #[test]
    fn a_group_of_senders_goes_before_the_address() {
        let mut config = SmsConfig::new("AC1", Secret::new("t"), vec!["+1".into()]);
        assert_eq!(config.sender("+1"), Sender::Address("+1"));
        config.service_sid = Some("MG1".into());
        assert_eq!(config.sender("+1"), Sender::Service("MG1"));
    }

    #[test]
    fn ten_messages_a_second_are_the_default() {
        assert_eq!((SendRate::default().per_second.get(), SendRate::default().burst.get()), (10, 1));
    }
}
