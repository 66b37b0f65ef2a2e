//! Every knob of the simulators, with the values of the demo centre (spec: decisions#4).

use std::{ops::Range, time::Duration};

/// Where the server mounts [`super::Platforms::router`].
pub const MOUNT: &str = "/simulators";
/// The account at the SMS provider: user name of a send, `AccountSid` of a webhook.
pub const SMS_ACCOUNT_SID: &str = "ACde300000000000000000000000000001";
/// The auth token of that account: password of a send, key of a webhook's signature.
pub const SMS_AUTH_TOKEN: &str = "demo-sms-token";
/// Our number.
pub const SMS_NUMBER: &str = "+15550100";
/// Where the server takes the provider's inbound webhooks.
pub const SMS_PATH: &str = "/channels/sms/demo-sms";
/// The page at the Messenger platform.
pub const PAGE: &str = "1000001";
/// The token of that page, sent as a bearer.
pub const PAGE_TOKEN: &str = "demo-page-token";
/// The app that sends for the page: `app_id` of its echoes.
pub const APP_ID: u64 = 1_000_002;
/// The secret of that app: key of the webhooks' signature and of `appsecret_proof`.
pub const APP_SECRET: &str = "demo-app-secret";
/// What the platform shows when it verifies the webhook.
pub const VERIFY_TOKEN: &str = "demo-verify";
/// Where the server takes the platform's webhooks.
pub const MESSENGER_PATH: &str = "/channels/messenger/demo-page";

/// A span of time to choose from, in milliseconds.
pub type Span = Range<u64>;

/// Settings of both simulators and of the customers. Holds secrets, and therefore cannot be printed.
#[derive(Clone)]
pub struct Settings {
    /// The server's public URL without a slash at the end: what signatures are made over. The webhooks themselves
    /// go to the address that [`super::Platforms::run`] is given.
    pub public_url: String,
    /// The SMS provider.
    pub sms: SmsSettings,
    /// The Messenger platform.
    pub messenger: MessengerSettings,
    /// What goes wrong with webhooks by chance.
    pub mischief: WebhookFaults,
    /// How webhooks are repeated that were not taken.
    pub repeat: Repeat,
    /// How the customers behave.
    pub manners: Manners,
}

/// Settings of the SMS provider.
#[derive(Clone)]
pub struct SmsSettings {
    /// See [`SMS_ACCOUNT_SID`].
    pub account_sid: String,
    /// See [`SMS_AUTH_TOKEN`].
    pub auth_token: String,
    /// See [`SMS_NUMBER`].
    pub number: String,
    /// See [`SMS_PATH`].
    pub path: String,
    /// How many sends a second are taken.
    pub per_second: u32,
    /// When `sent` is reported after a send.
    pub sent_after: Span,
    /// When the final status is reported after `sent`.
    pub final_after: Span,
    /// How long the server may take over a webhook (spec: channel-connectors#1B.1: 15 s).
    pub timeout: Duration,
}

/// Settings of the Messenger platform.
#[derive(Clone)]
pub struct MessengerSettings {
    /// See [`PAGE`].
    pub page: String,
    /// See [`PAGE_TOKEN`].
    pub page_token: String,
    /// See [`APP_ID`].
    pub app_id: u64,
    /// See [`APP_SECRET`].
    pub app_secret: String,
    /// See [`VERIFY_TOKEN`].
    pub verify_token: String,
    /// See [`MESSENGER_PATH`].
    pub path: String,
    /// Whether the app has the Human Agent feature (spec: channel-connectors#2.6).
    pub human_agent: bool,
    /// How many calls a minute are taken; the usage headers are percentages of it.
    pub per_minute: u32,
    /// How many sends in a hundred are echoed before they are answered (spec: channel-connectors#0.2.3).
    pub echo_first: u8,
    /// When the other sends are echoed after their answer.
    pub echo_after: Span,
    /// When delivery is reported after a send.
    pub delivered_after: Span,
    /// How many delivery reports in a hundred carry a watermark and no `mids` (spec: channel-connectors#2.3).
    pub without_mids: u8,
    /// How long the server may take over a webhook (spec: channel-connectors#2.3: 5 to 20 s).
    pub timeout: Duration,
}

/// What goes wrong with webhooks by chance.
#[derive(Clone, Debug)]
pub struct WebhookFaults {
    /// How many webhooks in a hundred are delivered twice at the same moment.
    pub doubled: u8,
    /// How many in a hundred are held up, so that later ones overtake them.
    pub overtaken: u8,
    /// How long those are held up.
    pub overtaken_by: Span,
}

/// How webhooks are repeated that were not taken. A `Retry-After` in seconds takes the place of the pause.
#[derive(Clone, Debug)]
pub struct Repeat {
    /// How many tries there are in all.
    pub tries: u32,
    /// The pause after the first try; it doubles with each.
    pub first: Duration,
    /// The longest pause, and the longest `Retry-After` that is honoured.
    pub longest: Duration,
}

/// How the customers behave.
#[derive(Clone, Debug)]
pub struct Manners {
    /// How many of one platform talk at the same time.
    pub at_once: usize,
    /// How long people are away before they come, the first time and after each talk.
    pub away: Span,
    /// How long a sentence takes to read and its answer to type.
    pub typing: Span,
    /// How long people wait for an answer before they ask whether anyone is there; after as long again they give up.
    pub patience: Span,
    /// How many in a hundred send an image, tap a quick reply or a button, or cut their first words in two.
    pub playful: u8,
}

impl Settings {
    /// The settings of the demo centre. `public_url` may end in a slash.
    pub fn demo(public_url: &str) -> Self {
        Self {
            public_url: public_url.trim_end_matches('/').to_owned(),
            sms: SmsSettings {
                account_sid: SMS_ACCOUNT_SID.into(),
                auth_token: SMS_AUTH_TOKEN.into(),
                number: SMS_NUMBER.into(),
                path: SMS_PATH.into(),
                per_second: 50,
                sent_after: 200..600,
                final_after: 500..2_000,
                timeout: Duration::from_secs(15),
            },
            messenger: MessengerSettings {
                page: PAGE.into(),
                page_token: PAGE_TOKEN.into(),
                app_id: APP_ID,
                app_secret: APP_SECRET.into(),
                verify_token: VERIFY_TOKEN.into(),
                path: MESSENGER_PATH.into(),
                human_agent: true,
                per_minute: 6_000,
                echo_first: 25,
                echo_after: 50..500,
                delivered_after: 500..1_500,
                without_mids: 50,
                timeout: Duration::from_secs(10),
            },
            mischief: WebhookFaults { doubled: 20, overtaken: 5, overtaken_by: 500..1_500 },
            repeat: Repeat { tries: 10, first: Duration::from_secs(1), longest: Duration::from_secs(60) },
            manners: Manners {
                at_once: 2,
                away: 2_000..40_000,
                typing: 2_000..6_000,
                patience: 120_000..200_000,
                playful: 25,
            },
        }
    }
}
