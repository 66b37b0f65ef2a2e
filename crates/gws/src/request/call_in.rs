//! Requests by which an agent calls others into a call, hands it over or takes somebody out (spec: core-and-voice#5.7).

use super::{
    destination::Destination,
    value::{Pairs, last_segment},
};
use desk::Callee;
use domain::{
    InteractionId, Refusal,
    call::{CallIn, Dn, Purpose},
    command::{self, CallAct},
};
use serde::Deserialize;
use utoipa::ToSchema;

/// A request that names whom to call in.
macro_rules! calls_in {
    ($($(#[doc = $doc:literal])+ $name:ident = $act:ident($purpose:ident);)+) => {$(
        $(#[doc = $doc])+
        #[derive(Debug, Deserialize, ToSchema)]
        #[serde(rename_all = "camelCase")]
        pub struct $name {
            /// Whom to call.
            destination: Destination,
            /// A remote location. It is not repeated anywhere.
            location: Option<String>,
            /// Pairs to attach to the call.
            #[schema(value_type = Option<BTreeMap<String, Value>>)]
            user_data: Option<Pairs>,
        }

        impl $name {
            /// Whom to call.
            pub fn callee(&self) -> &Callee {
                self.destination.callee()
            }

            /// What the agent does. Whom that calls, where it leads, and under which connection id, is for the desk to fill in.
            pub fn act(self) -> Result<CallAct, Refusal> {
                domain::check::location(self.location.as_deref())?;
                let call_in = CallIn {
                    dialled: "".into(),
                    to: command::Destination::Nowhere,
                    conn_id: "".into(),
                    user_data: self.user_data.unwrap_or_default().0,
                };
                Ok(CallAct::$act(Purpose::$purpose, Box::new(call_in)))
            }
        }
    )+};
}

calls_in! {
    /// Puts the others on hold and calls somebody to whom the call may be handed.
    CallInitiateTransferRequest = Initiate(Transfer);
    /// Puts the others on hold and calls somebody who may come in.
    CallInitiateConferenceRequest = Initiate(Conference);
    /// Hands the call to somebody without asking.
    CallSingleStepTransferRequest = SingleStep(Transfer);
    /// Calls somebody into the call.
    CallSingleStepConferenceRequest = SingleStep(Conference);
}

/// Hands the call to whom was asked.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CallCompleteTransferRequest {
    /// The address of the consultation. The server finds it where it is left out.
    consult_call_uri: Option<String>,
}

/// Takes whom was asked into the call.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CallCompleteConferenceRequest {
    /// The address of the consultation. The server finds it where it is left out.
    consult_call_uri: Option<String>,
}

/// Goes on with the other of two calls.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CallSwapCallsRequest {
    /// The address of the other call.
    other_call_uri: String,
}

/// Takes somebody out of a conference.
#[derive(Debug, Deserialize, ToSchema)]
pub struct CallRemoveParticipantFromConferenceRequest {
    /// Their number.
    participant: String,
}

impl CallCompleteTransferRequest {
    /// What the agent does.
    pub fn act(self) -> CallAct {
        complete(Purpose::Transfer, self.consult_call_uri)
    }
}

impl CallCompleteConferenceRequest {
    /// What the agent does.
    pub fn act(self) -> CallAct {
        complete(Purpose::Conference, self.consult_call_uri)
    }
}

impl CallSwapCallsRequest {
    /// What the agent does.
    pub fn act(&self) -> CallAct {
        CallAct::Swap(last_segment(&self.other_call_uri).into())
    }
}

impl CallRemoveParticipantFromConferenceRequest {
    /// What the agent does.
    pub fn act(&self) -> CallAct {
        CallAct::Remove(Dn::from(self.participant.as_str()))
    }
}

fn complete(purpose: Purpose, uri: Option<String>) -> CallAct {
    let consult = uri.filter(|uri| !uri.is_empty()).map(|uri| InteractionId::from(last_segment(&uri)));
    CallAct::Complete { purpose, consult }
}
