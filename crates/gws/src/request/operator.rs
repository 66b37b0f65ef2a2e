//! What an administrator asks of a unit in quarantine (spec: channel-connectors#0.2.5), and what one vendor's desktop
//! asks for (spec: admin-and-reporting#8.4).

use super::table::requests;
use serde::Deserialize;
use utoipa::ToSchema;

requests! {
    /// What becomes of a unit in quarantine.
    QuarantineRequest {
        Replay(QuarantineReplayRequest) = "Replay", {};
        Discard(QuarantineDiscardRequest) = "Discard", {};
    }
}

/// Takes the unit in as if it had just come.
#[derive(Debug, Deserialize, ToSchema)]
pub struct QuarantineReplayRequest {}

/// Throws the unit away.
#[derive(Debug, Deserialize, ToSchema)]
pub struct QuarantineDiscardRequest {}

requests! {
    /// What one vendor's desktop asks for at an address of its own.
    DesktopRequest {
        SendUserEvent(DesktopSendUserEventRequest) = "SendUserEvent", {};
    }
}

/// Sends a user event. It is refused, since no phone takes one yet.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DesktopSendUserEventRequest {
    /// The device that should send it; the user's own when left out.
    pub device_id: Option<String>,
}
