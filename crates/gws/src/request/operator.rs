//! What an administrator asks of a unit in quarantine (spec: channel-connectors#0.2.5), and what one vendor's desktop
//! asks for (spec: admin-and-reporting#8.4).

use super::{table::requests, value::Pairs};
use domain::command::DeviceAct;
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
        SendUserEvent(DesktopSendUserEventRequest) = "SendUserEvent",
            {"userData": {"DispositionCode": "Referred"}};
    }
}

/// Sends a user event from a phone. Reporting hears of it; a disposition in it is that of the call in which the user talks,
/// or of the last that they had.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DesktopSendUserEventRequest {
    /// The device that should send it; the user's own when left out.
    pub device_id: Option<String>,
    /// What is sent.
    #[schema(value_type = Option<BTreeMap<String, Value>>)]
    user_data: Option<Pairs>,
}

impl DesktopSendUserEventRequest {
    /// What the phone does.
    pub fn act(self) -> DeviceAct {
        DeviceAct::SendUserEvent(self.user_data.unwrap_or_default().0)
    }
}
