//! Accounts at SMS providers, as the settings file has them (spec: channel-connectors#1B–1D).

use channels::sms::text::Transliterate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{num::NonZeroU32, path::PathBuf};

/// An account at a provider with the interface of Twilio. Secrets are not in this file, only their place: a variable of
/// the environment, or in a file of their own.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SmsEntry {
    /// The service it carries, the name of an entry of `[[services]]` whose medium has the connector `sms`. The
    /// provider's webhooks go to `/channels/sms/` and this name.
    #[schemars(example = &"texts")]
    pub service: String,
    /// The provider's id of the account.
    #[schemars(example = &"AC00000000000000000000000000000001")]
    pub account_sid: String,
    /// Our addresses, without prefix. Conversations that agents begin come from the first.
    #[schemars(example = ["+15550100"])]
    pub from: Vec<String>,
    /// The variable that holds the account's token: webhooks are signed with it.
    #[serde(default)]
    #[schemars(example = &"SMS_AUTH_TOKEN")]
    pub auth_token_env: Option<String>,
    /// The file that holds it.
    #[serde(default)]
    #[schemars(example = &"/etc/jackfield/sms-token")]
    pub auth_token_file: Option<PathBuf>,
    /// The variable that holds the other token while tokens are changed over.
    #[serde(default)]
    #[schemars(example = &"SMS_OTHER_TOKEN")]
    pub secondary_token_env: Option<String>,
    /// The file that holds it.
    #[serde(default)]
    #[schemars(example = &"/etc/jackfield/sms-other-token")]
    pub secondary_token_file: Option<PathBuf>,
    /// The id of a key of the account, by which messages are sent instead of by the token.
    #[serde(default)]
    #[schemars(example = &"SK00000000000000000000000000000001")]
    pub api_key_sid: Option<String>,
    /// The variable that holds the secret of the key.
    #[serde(default)]
    #[schemars(example = &"SMS_KEY_SECRET")]
    pub api_key_secret_env: Option<String>,
    /// The file that holds it.
    #[serde(default)]
    #[schemars(example = &"/etc/jackfield/sms-key-secret")]
    pub api_key_secret_file: Option<PathBuf>,
    /// The group of senders by which the provider chooses one.
    #[serde(default)]
    #[schemars(example = &"MG00000000000000000000000000000001")]
    pub messaging_service_sid: Option<String>,
    /// Where the provider's interface is; `https://api.twilio.com` when not given.
    #[serde(default)]
    #[schemars(example = &"https://sms.example")]
    pub base_url: Option<String>,
    /// The prefix of every address at the provider, but not here, such as `whatsapp:`.
    #[serde(default)]
    #[schemars(example = &"whatsapp:")]
    pub address_prefix: Option<String>,
    /// The header with the signature of a webhook.
    #[serde(default)]
    #[schemars(example = &"X-Twilio-Signature")]
    pub signature_header: Option<String>,
    /// The header that stays the same when a webhook is repeated.
    #[serde(default)]
    #[schemars(example = &"I-Twilio-Idempotency-Token")]
    pub repetition_header: Option<String>,
    /// How freely texts may be spelled to save parts: `off`, `typographic`, `full`; `typographic` when not given,
    /// `off` where addresses have a prefix.
    #[serde(default)]
    #[schemars(with = "Option<String>", example = &"typographic")]
    pub transliterate: Option<Transliterate>,
    /// The most parts of a text; ten when not given, any number where addresses have a prefix.
    #[serde(default)]
    #[schemars(example = 10)]
    pub max_parts: Option<NonZeroU32>,
    /// Messages a second.
    #[serde(default)]
    #[schemars(example = 1)]
    pub per_second: Option<NonZeroU32>,
    /// How many may go at once after a pause.
    #[serde(default)]
    #[schemars(example = 5)]
    pub burst: Option<NonZeroU32>,
    /// How long the provider may try to deliver a message, in seconds.
    #[serde(default)]
    #[schemars(example = 14_400)]
    pub validity_seconds: Option<NonZeroU32>,
    /// Whether the provider may respell texts after us.
    #[serde(default)]
    pub smart_encoded: bool,
    /// Whether the provider should report what becomes of messages.
    #[serde(default = "yes")]
    pub status_callbacks: bool,
    /// The words of consent; a list that is not given is the usual one.
    #[serde(default)]
    pub keywords: KeywordLists,
    /// The answers to them, where the provider does not answer by itself.
    #[serde(default)]
    pub replies: Option<ReplyTexts>,
}

const fn yes() -> bool {
    true
}

/// The words by which customers take and give leave to be written to.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct KeywordLists {
    /// Words that opt out.
    #[schemars(example = ["STOP", "ENDE"])]
    pub opt_out: Option<Vec<String>>,
    /// Words that opt in.
    #[schemars(example = ["START"])]
    pub opt_in: Option<Vec<String>>,
    /// Words that opt in only customers who have opted out.
    #[schemars(example = ["YES"])]
    pub opt_in_if_out: Option<Vec<String>>,
    /// Words that ask for help.
    #[schemars(example = ["HELP", "HILFE"])]
    pub help: Option<Vec<String>>,
}

/// The answers to them; an empty one, or one that is not given, is not sent.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ReplyTexts {
    /// To a customer who opted out.
    #[schemars(example = &"You will hear no more from us.")]
    pub opt_out: String,
    /// To a customer who opted in.
    #[schemars(example = &"Welcome back.")]
    pub opt_in: String,
    /// To a customer who asked for help.
    #[schemars(example = &"Call +1 555 0100.")]
    pub help: String,
}
