//! The notification of an agent's channels (spec: digital-channels#5.5).

use crate::resource::{ChannelResource, UserActivity, channel_resources};
use domain::{agent::Agent, user::User};
use serde::Serialize;
use utoipa::ToSchema;

/// The topic of a user's channels.
pub const CHANNELS_TOPIC: &str = "/v2/me/channels";

/// The agent's session, state, or do-not-disturb has changed. It lists all channels of the session, since some clients
/// make their whole list from it; none once the session has ended.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ChannelStateChangeMessageV2 {
    message_type: &'static str,
    /// All channels as they stand now.
    channels: Vec<ChannelResource>,
    /// The user name of the supervisor who changed them; absent when the agent or the server did.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    changed_by: Option<String>,
}

impl ChannelStateChangeMessageV2 {
    /// Of an agent; `activity` is what their phone does now, `changed_by` the supervisor who did it.
    pub fn new(user: &User, agent: &Agent, activity: UserActivity, changed_by: Option<String>) -> Self {
        Self {
            message_type: "ChannelStateChangeMessageV2",
            channels: channel_resources(user, agent, activity),
            changed_by,
        }
    }
}
