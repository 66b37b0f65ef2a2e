//! Pages on Facebook Messenger, as the settings file has them (spec: channel-connectors#2).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{num::NonZeroU32, path::PathBuf};

/// A page, and the app through which this server speaks for it. Secrets are not in this file, only their place: a
/// variable of the environment, or a file of their own.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MessengerEntry {
    /// The service it carries, the name of an entry of `[[services]]` whose medium has the connector `messenger`. The
    /// platform's webhooks go to `/channels/messenger/` and this name; for several pages of one app, to any of
    /// these names.
    #[schemars(example = &"page")]
    pub service: String,
    /// The page, a number.
    #[schemars(example = &"1234567890")]
    pub page_id: String,
    /// The app, a number.
    #[schemars(example = &"9876543210")]
    pub app_id: String,
    /// The variable that holds the app's secret: webhooks are signed with it.
    #[serde(default)]
    #[schemars(example = &"FB_APP_SECRET")]
    pub app_secret_env: Option<String>,
    /// The file that holds it.
    #[serde(default)]
    #[schemars(example = &"/etc/jackfield/fb-secret")]
    pub app_secret_file: Option<PathBuf>,
    /// The variable that holds the other secret of the app while one replaces the other.
    #[serde(default)]
    #[schemars(example = &"FB_OTHER_SECRET")]
    pub secondary_app_secret_env: Option<String>,
    /// The file that holds it.
    #[serde(default)]
    #[schemars(example = &"/etc/jackfield/fb-other-secret")]
    pub secondary_app_secret_file: Option<PathBuf>,
    /// The variable that holds the page's access token.
    #[serde(default)]
    #[schemars(example = &"FB_PAGE_TOKEN")]
    pub page_token_env: Option<String>,
    /// The file that holds it.
    #[serde(default)]
    #[schemars(example = &"/etc/jackfield/fb-token")]
    pub page_token_file: Option<PathBuf>,
    /// The variable that holds the token that the platform shows when it verifies the webhook.
    #[serde(default)]
    #[schemars(example = &"FB_VERIFY_TOKEN")]
    pub verify_token_env: Option<String>,
    /// The file that holds it.
    #[serde(default)]
    #[schemars(example = &"/etc/jackfield/fb-verify")]
    pub verify_token_file: Option<PathBuf>,
    /// The version of the Graph API, such as `v26.0`; the newest that this server was written for when not given.
    #[serde(default)]
    #[schemars(example = &"v26.0")]
    pub version: Option<String>,
    /// Where the Graph API is; `https://graph.facebook.com` when not given.
    #[serde(default)]
    #[schemars(example = &"https://graph.facebook.com")]
    pub base_url: Option<String>,
    /// Whether the page has the feature *Human Agent*. Then a service that does not say how long a person may answer
    /// gives them seven days.
    #[serde(default)]
    pub human_agent: bool,
    /// Messages a second.
    #[serde(default)]
    #[schemars(example = 100)]
    pub per_second: Option<NonZeroU32>,
    /// How long the echo of a message is waited for when its outcome is unknown, in seconds; 10 when not given.
    #[serde(default)]
    #[schemars(example = 10)]
    pub echo_seconds: Option<NonZeroU32>,
}
