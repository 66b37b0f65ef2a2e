//! What an agent asks for themselves: the contact-centre session, and the state of all channels at once
//! (spec: core-and-voice#4.3, #4.4).

use super::{state::ChannelRequest, table::requests, value::Texts};
use serde::Deserialize;
use utoipa::ToSchema;

requests! {
    /// An operation of an agent on their contact-centre session, or on all channels of it. A centre may name more states
    /// (`GET /settings/agent-states`).
    MeRequest {
        StartContactCenterSession(MeStartContactCenterSessionRequest) = "StartContactCenterSession",
            {"channels": ["voice"]};
        EndContactCenterSession(MeEndContactCenterSessionRequest) = "EndContactCenterSession", {};
    } also Channels(ChannelRequest)
}

/// Begins the contact-centre session, or takes further channels into it: at the user's own place or, for the time of the
/// session, at another whose phone nobody works at. An empty text counts as left out.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MeStartContactCenterSessionRequest {
    /// The channels to start: 1 to 32 names, such as `chat` and `voice`.
    #[schema(value_type = Vec<String>)]
    pub channels: Texts,
    /// The place to work at; the user's own when left out, or where they are already.
    pub place: Option<String>,
    /// The path of the device to work at, where the place has several or is not named.
    pub device_path: Option<String>,
    /// The user's employee id.
    pub login_code: Option<String>,
    /// Refused: there is no queue to log in to, calls are offered to whoever is ready for them.
    pub queue: Option<String>,
}

/// A phone to work at until the contact-centre session ends. One of the members names it; an empty text counts as left
/// out.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(examples(json!({"phoneNumber": "7010"})))]
pub struct DeviceAssignRequest {
    /// Its number.
    pub phone_number: Option<String>,
    /// Its path.
    pub device_path: Option<String>,
    /// The place where it stands.
    pub place: Option<String>,
}

/// Logs the agent out of all channels, and ends the login.
#[derive(Debug, Deserialize, ToSchema)]
pub struct MeEndContactCenterSessionRequest {}
