//! The states of agents, which each centre names itself, and what can be asked of a channel (spec: core-and-voice#4.3).

use super::{
    table::{Requests, Row, requests},
    value::{WorkMode, WrapUpTime},
};
use crate::body::Body;
use domain::{Millis, Refusal};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

requests! {
    /// An operation of an agent on one channel. A centre may name more states (`GET /settings/agent-states`).
    ChannelRequest {
        DoNotDisturbOn(ChannelDoNotDisturbOnRequest) = "DoNotDisturbOn", {};
        DoNotDisturbOff(ChannelDoNotDisturbOffRequest) = "DoNotDisturbOff", {};
    } also State(StateRequest)
}

/// Closes the channel to work.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ChannelDoNotDisturbOnRequest {}

/// Opens the channel to work again.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ChannelDoNotDisturbOffRequest {}

/// A state to enter. Whether the centre has it, the centre says.
#[derive(Debug, PartialEq, Eq)]
pub struct StateRequest {
    /// The operation of the state.
    pub operation: String,
    /// For how long, in milliseconds, when the state is work after a call.
    pub wrap_up: Option<Millis>,
}

impl Requests for StateRequest {
    fn takes(_: &str) -> bool {
        false
    }

    fn takes_states() -> bool {
        true
    }

    fn read(body: &Body) -> Result<Self, Refusal> {
        let operation = body.operation()?.to_owned();
        let wrap_up = match &*operation {
            "Ready" => {
                body.read::<StateReadyRequest>()?;
                None
            }
            "AfterCallWork" => body.read::<StateAfterCallWorkRequest>()?.wrap_up_time,
            _ => None,
        };
        Ok(Self { operation, wrap_up: wrap_up.map(|WrapUpTime(length)| length) })
    }

    fn rows() -> Vec<Row> {
        vec![
            Row::of::<StateReadyRequest>(&["Ready"], json!({"workmode": "AutoIn"})),
            Row::of::<StateNotReadyRequest>(&["NotReady"], json!({})),
            Row::of::<StateAfterCallWorkRequest>(&["AfterCallWork"], json!({"wrapUpTime": 20})),
            Row::of::<StateAuxWorkRequest>(&["AuxWork"], json!({})),
        ]
    }
}

/// Is ready for work.
#[derive(Debug, Deserialize, ToSchema)]
pub struct StateReadyRequest {
    /// How the phone works: an agent who has ended a call is ready again automatically, at once or after the queue's time
    /// for work after a call.
    #[serde(rename = "workmode")]
    #[expect(dead_code, reason = "it is read to be refused where it cannot be honoured")]
    #[schema(inline)]
    work_mode: Option<WorkMode>,
}

/// Is at work, but takes nothing.
#[derive(Debug, Deserialize, ToSchema)]
pub struct StateNotReadyRequest {}

/// Works after a call.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StateAfterCallWorkRequest {
    /// After how many seconds work after the call is over on the channel `voice`; 0 ends the timer that runs. Work that
    /// follows a call is made longer once; without this member as long again. Other channels refuse it.
    #[schema(inline)]
    wrap_up_time: Option<WrapUpTime>,
}

/// Does other work.
#[derive(Debug, Deserialize, ToSchema)]
pub struct StateAuxWorkRequest {}

/// Enters a state that the centre named itself. It stands beside the union of the known operations.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "it describes; `StateRequest` is read")]
pub struct OwnStateRequest {
    /// The `operationName` of the state, as `GET /settings/agent-states` lists it.
    #[schema(examples("Lunch"))]
    operation_name: String,
}
