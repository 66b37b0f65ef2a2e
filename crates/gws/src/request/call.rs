//! Operations on a call (spec: core-and-voice#5.6, #5.7, #6).

use super::{
    call_in::{
        CallCompleteConferenceRequest, CallCompleteTransferRequest, CallInitiateConferenceRequest,
        CallInitiateTransferRequest, CallRemoveParticipantFromConferenceRequest,
        CallSingleStepConferenceRequest, CallSingleStepTransferRequest, CallSwapCallsRequest,
    },
    table::requests,
    value::{Pairs, last_segment},
};
use desk::Callee;
use domain::{InteractionId, Refusal, call::CallOperation, command::CallAct, watch::Monitoring};
use serde::Deserialize;
use utoipa::ToSchema;

requests! {
    /// An operation of an agent on a call. `capabilities` of the call list those that are open now;
    /// `SetCallDisposition` is not among them, and is taken all the same.
    CallRequest of CallOperation {
        Answer(CallAnswerRequest) = "Answer", is Answer, {};
        Reject(CallRejectRequest) = "Reject", is Reject, {};
        Hangup(CallHangupRequest) = "Hangup", is Hangup, {};
        ClearCall(CallClearCallRequest) = "ClearCall", is ClearCall, {};
        Hold(CallHoldRequest) = "Hold", is Hold, {};
        Retrieve(CallRetrieveRequest) = "Retrieve", is Retrieve, {};
        SendDtmf(CallSendDtmfRequest) = "SendDtmf", is SendDtmf, {"digits": "1#"};
        InitiateTransfer(CallInitiateTransferRequest) = "InitiateTransfer", is InitiateTransfer,
            {"destination": {"phoneNumber": "5002"}};
        CompleteTransfer(CallCompleteTransferRequest) = "CompleteTransfer", is CompleteTransfer, {};
        SingleStepTransfer(CallSingleStepTransferRequest) = "SingleStepTransfer", is SingleStepTransfer,
            {"destination": {"phoneNumber": "5002"}};
        InitiateConference(CallInitiateConferenceRequest) = "InitiateConference", is InitiateConference,
            {"destination": {"phoneNumber": "5002"}};
        CompleteConference(CallCompleteConferenceRequest) = "CompleteConference", is CompleteConference, {};
        SingleStepConference(CallSingleStepConferenceRequest) = "SingleStepConference", is SingleStepConference,
            {"destination": {"phoneNumber": "5002"}};
        SwapCalls(CallSwapCallsRequest) = "SwapCalls", is SwapCalls,
            {"otherCallUri": "/me/calls/01RCC3N118B1V0SL807GK2LAES000006"};
        RemoveParticipantFromConference(CallRemoveParticipantFromConferenceRequest) =
            "RemoveParticipantFromConference", is RemoveParticipantFromConference, {"participant": "5002"};
        MuteCall(CallMuteCallRequest) = "MuteCall", is MuteCall, {};
        UnmuteCall(CallUnmuteCallRequest) = "UnmuteCall", is UnmuteCall, {};
        SwitchToBargeIn(CallSwitchToBargeInRequest) = "SwitchToBargeIn", is SwitchToBargeIn, {};
        SwitchToListenIn(CallSwitchToListenInRequest) = "SwitchToListenIn", is SwitchToListenIn, {};
        SwitchToCoach(CallSwitchToCoachRequest) = "SwitchToCoach", is SwitchToCoach, {};
        MuteMonitoredUser(CallMuteMonitoredUserRequest) = "MuteMonitoredUser", is MuteMonitoredUser, {};
        UnmuteMonitoredUser(CallUnmuteMonitoredUserRequest) = "UnmuteMonitoredUser", is UnmuteMonitoredUser, {};
        AttachUserData(CallAttachUserDataRequest) = "AttachUserData", is AttachUserData,
            {"userData": {"Case": "17"}};
        UpdateUserData(CallUpdateUserDataRequest) = "UpdateUserData", is UpdateUserData,
            {"userData": {"Case": "18"}};
        DeleteUserData(CallDeleteUserDataRequest) = "DeleteUserData", is DeleteUserData, {};
        DeleteUserDataPair(CallDeleteUserDataPairRequest) = "DeleteUserDataPair", is DeleteUserDataPair,
            {"key": "Case"};
        SetCallDisposition(CallSetCallDispositionRequest) = "SetCallDisposition",
            {"disposition": "Referred", "callUuid": "01RCC3N118B1V0SL807GK2LAES000006"};
    }
}

/// Makes the agent's phone answer.
#[derive(Debug, Deserialize, ToSchema)]
pub struct CallAnswerRequest {}

/// Refuses the call.
#[derive(Debug, Deserialize, ToSchema)]
pub struct CallRejectRequest {}

/// Leaves the call.
#[derive(Debug, Deserialize, ToSchema)]
pub struct CallHangupRequest {}

/// Ends the call for everyone.
#[derive(Debug, Deserialize, ToSchema)]
pub struct CallClearCallRequest {}

/// Puts the others on hold.
#[derive(Debug, Deserialize, ToSchema)]
pub struct CallHoldRequest {}

/// Comes back to those on hold.
#[derive(Debug, Deserialize, ToSchema)]
pub struct CallRetrieveRequest {}

/// Sends tones.
#[derive(Debug, Deserialize, ToSchema)]
pub struct CallSendDtmfRequest {
    /// The tones: 0-9, `*`, `#`, A-D; a comma is half a second.
    digits: String,
}

/// Keeps what the agent says from the others.
#[derive(Debug, Deserialize, ToSchema)]
pub struct CallMuteCallRequest {}

/// Lets the others hear the agent again.
#[derive(Debug, Deserialize, ToSchema)]
pub struct CallUnmuteCallRequest {}

/// Steps into the call that the supervisor follows.
#[derive(Debug, Deserialize, ToSchema)]
pub struct CallSwitchToBargeInRequest {}

/// Only listens from now on.
#[derive(Debug, Deserialize, ToSchema)]
pub struct CallSwitchToListenInRequest {}

/// Talks from now on to the agent alone whom the supervisor follows.
#[derive(Debug, Deserialize, ToSchema)]
pub struct CallSwitchToCoachRequest {}

/// Keeps what the agent says whom the supervisor follows from the others.
#[derive(Debug, Deserialize, ToSchema)]
pub struct CallMuteMonitoredUserRequest {}

/// Lets the others hear that agent again.
#[derive(Debug, Deserialize, ToSchema)]
pub struct CallUnmuteMonitoredUserRequest {}

/// Adds pairs to the user data.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CallAttachUserDataRequest {
    /// The pairs to write; the last value of a key wins.
    #[schema(value_type = BTreeMap<String, Value>)]
    user_data: Pairs,
}

/// Adds and replaces pairs of the user data.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CallUpdateUserDataRequest {
    /// The pairs to write; the last value of a key wins.
    #[schema(value_type = BTreeMap<String, Value>)]
    user_data: Pairs,
}

/// Takes all pairs of the user data away.
#[derive(Debug, Deserialize, ToSchema)]
pub struct CallDeleteUserDataRequest {}

/// Takes one pair of the user data away.
#[derive(Debug, Deserialize, ToSchema)]
pub struct CallDeleteUserDataPairRequest {
    /// The key of the pair. One that is not there is no fault.
    key: String,
}

/// Sets the disposition of a call, live or after its release. The address, `callUri` and `callUuid` name the call;
/// those that are given have to agree.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CallSetCallDispositionRequest {
    /// The value; empty clears.
    disposition: String,
    /// The key of the user data; the centre's own when left out.
    disposition_key: Option<String>,
    /// The address of the call.
    call_uri: Option<String>,
    /// The UUID of the call.
    call_uuid: Option<String>,
}

impl CallRequest {
    /// Which call the request means, and what it should do, `address` being the call at whose address it came
    /// ([`CallSetCallDispositionRequest::act`]).
    pub fn act(self, address: &str) -> Result<(InteractionId, CallAct), Refusal> {
        let act = match self {
            Self::Answer(_) => CallAct::Answer,
            Self::Reject(_) => CallAct::Reject,
            Self::Hangup(_) => CallAct::Hangup,
            Self::ClearCall(_) => CallAct::Clear,
            Self::Hold(_) => CallAct::Hold,
            Self::Retrieve(_) => CallAct::Retrieve,
            Self::SendDtmf(asked) => CallAct::SendDtmf(asked.digits.to_ascii_uppercase()),
            Self::InitiateTransfer(asked) => asked.act()?,
            Self::CompleteTransfer(asked) => asked.act(),
            Self::SingleStepTransfer(asked) => asked.act()?,
            Self::InitiateConference(asked) => asked.act()?,
            Self::CompleteConference(asked) => asked.act(),
            Self::SingleStepConference(asked) => asked.act()?,
            Self::SwapCalls(asked) => asked.act(),
            Self::RemoveParticipantFromConference(asked) => asked.act(),
            Self::MuteCall(_) => CallAct::Mute(true),
            Self::UnmuteCall(_) => CallAct::Mute(false),
            Self::SwitchToBargeIn(_) => CallAct::Monitor(Monitoring::BargeIn),
            Self::SwitchToListenIn(_) => CallAct::Monitor(Monitoring::ListenIn),
            Self::SwitchToCoach(_) => CallAct::Monitor(Monitoring::Coach),
            Self::MuteMonitoredUser(_) => CallAct::Silence(true),
            Self::UnmuteMonitoredUser(_) => CallAct::Silence(false),
            Self::AttachUserData(asked) => CallAct::AttachUserData(asked.user_data.0),
            Self::UpdateUserData(asked) => CallAct::UpdateUserData(asked.user_data.0),
            Self::DeleteUserData(_) => CallAct::DeleteUserData,
            Self::DeleteUserDataPair(asked) => CallAct::DeleteUserDataPair(asked.key),
            Self::SetCallDisposition(asked) => return asked.act(Some(address)),
        };
        Ok((address.into(), act))
    }

    /// Whom it calls in, if it does.
    pub fn callee(&self) -> Option<&Callee> {
        match self {
            Self::InitiateTransfer(asked) => Some(asked.callee()),
            Self::SingleStepTransfer(asked) => Some(asked.callee()),
            Self::InitiateConference(asked) => Some(asked.callee()),
            Self::SingleStepConference(asked) => Some(asked.callee()),
            _ => None,
        }
    }
}

impl CallSetCallDispositionRequest {
    /// The call whose disposition is set, and how: the one of the address, if that names one, and of `callUri` and
    /// `callUuid`. Those that are given must agree (spec: decisions#6).
    pub fn act(self, address: Option<&str>) -> Result<(InteractionId, CallAct), Refusal> {
        let named = [address, self.call_uuid.as_deref(), self.call_uri.as_deref().map(last_segment)];
        let mut named = named.into_iter().flatten();
        let first = named.next().ok_or(Refusal::Missing("callUri"))?;
        if named.any(|other| other != first) {
            let why = "The address, 'callUri' and 'callUuid' do not name the same call";
            return Err(Refusal::Invalid(why.into()));
        }
        let call = first.into();
        Ok((call, CallAct::SetDisposition { value: self.disposition, key: self.disposition_key }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{body::Body, request::table::Requests};
    use serde_json::{Value, json};

    fn body(members: &Value) -> Body {
        Body::parse(members.to_string().as_bytes()).expect("a body")
    }

    #[test]
    fn every_operation_of_a_call_has_one_row_that_asks_for_it() {
        for operation in CallOperation::ALL {
            let name = CallRequest::name_of(operation);
            let rows = CallRequest::rows();
            let rows: Vec<_> = rows.iter().filter(|row| row.names.contains(&name)).collect();
            let [row] = rows[..] else { panic!("{name} stands in {} rows", rows.len()) };
            let (_, act) = CallRequest::read(&body(&row.example)).expect("read").act("A1").expect("an act");
            assert_eq!(act.operation(), Some(operation), "{name}");
            assert_eq!(format!("{operation:?}"), name, "the domain refuses a call's operation by its name");
        }
    }

    #[test]
    fn a_call_is_named_by_address_uri_and_uuid_which_must_agree() {
        let uri = "http://localhost:8080/api/v2/calls/A1/";
        for (mut members, address, found) in [
            (json!({}), Some("A1"), Some("A1")),
            (json!({"callUri": uri}), Some("A1"), Some("A1")),
            (json!({"callUri": "/me/calls/A1", "callUuid": "A1"}), None, Some("A1")),
            (json!({"callUuid": "A1"}), None, Some("A1")),
            (json!({"callUuid": "A2"}), Some("A1"), None),
            (json!({"callUri": uri, "callUuid": "A2"}), None, None),
            (json!({"callUri": ""}), Some("A1"), None),
            (json!({}), None, None),
            (json!({"callUuid": 7}), Some("A1"), None),
        ] {
            members["disposition"] = "".into();
            let asked = body(&members).read::<CallSetCallDispositionRequest>();
            let named = asked.and_then(|asked| asked.act(address)).map(|(call, _)| call).ok();
            assert_eq!(named, found.map(InteractionId::from), "{members} at {address:?}");
        }
    }
}
