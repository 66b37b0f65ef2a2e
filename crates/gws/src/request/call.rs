//! Operations of a call by their names on the wire (spec: core-and-voice#5.6, #5.7, #6).

use crate::{body::Body, problem::Problem};
use domain::{InteractionId, Refusal, UserData, command::CallAct};

/// Every name that [`call_act`] takes, for the API document; a test compares the two.
pub const CALL_OPERATIONS: &[&str] = &[
    "Answer",
    "Reject",
    "Hangup",
    "ClearCall",
    "Hold",
    "Retrieve",
    "SendDtmf",
    "MuteCall",
    "UnmuteCall",
    "AttachUserData",
    "UpdateUserData",
    "DeleteUserData",
    "DeleteUserDataPair",
    "SetCallDisposition",
];

/// The name of the operation that sets the disposition of a call.
pub const SET_CALL_DISPOSITION: &str = "SetCallDisposition";
/// What a request body asks a call to do.
pub fn call_act(body: &Body) -> Result<CallAct, Problem> {
    Ok(match body.operation()? {
        "Answer" => CallAct::Answer,
        "Reject" => CallAct::Reject,
        "Hangup" => CallAct::Hangup,
        "ClearCall" => CallAct::Clear,
        "Hold" => CallAct::Hold,
        "Retrieve" => CallAct::Retrieve,
        "SendDtmf" => CallAct::SendDtmf(body.text("digits")?.to_ascii_uppercase()),
        "MuteCall" => CallAct::Mute(true),
        "UnmuteCall" => CallAct::Mute(false),
        "AttachUserData" => CallAct::AttachUserData(user_data(body)?),
        "UpdateUserData" => CallAct::UpdateUserData(user_data(body)?),
        "DeleteUserData" => CallAct::DeleteUserData,
        "DeleteUserDataPair" => CallAct::DeleteUserDataPair(body.text("key")?.to_owned()),
        SET_CALL_DISPOSITION => CallAct::SetDisposition {
            value: body.text("disposition")?.to_owned(),
            key: body.maybe_text("dispositionKey")?.map(str::to_owned),
        },
        other => return Err(Refusal::UnknownOperation(other.to_owned()).into()),
    })
}

/// The call whose disposition is set: the one of the address, if it names one, and of `callUri` and `callUuid`. Those
/// that are given must agree (spec: decisions#6).
pub fn disposed_call(body: &Body, address: Option<&str>) -> Result<InteractionId, Problem> {
    let uri = body.maybe_text("callUri")?.map(last_segment);
    let named = [address, body.maybe_text("callUuid")?, uri];
    let mut named = named.into_iter().flatten();
    let first = named.next().ok_or(Refusal::Missing("callUri"))?;
    if named.any(|other| other != first) {
        return Err(Problem::invalid("The address, 'callUri' and 'callUuid' do not name the same call"));
    }
    Ok(InteractionId::from(first))
}

/// The pairs that a request attaches.
pub fn user_data(body: &Body) -> Result<UserData, Problem> {
    Ok(UserData::new(body.object("userData")?.clone()))
}

fn last_segment(uri: &str) -> &str {
    let path = uri.split(['?', '#']).next().unwrap_or_default();
    path.trim_end_matches('/').rsplit('/').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn body(members: &Value) -> Body {
        Body::parse(members.to_string().as_bytes()).expect("a body")
    }

    #[test]
    fn every_name_in_the_document_is_taken() {
        for name in CALL_OPERATIONS {
            let unknown = Problem::from(Refusal::UnknownOperation((*name).to_owned()));
            assert_ne!(call_act(&body(&json!({"operationName": name}))).err(), Some(unknown), "{name}");
        }
    }

    #[test]
    fn a_call_is_named_by_address_uri_and_uuid_which_must_agree() {
        let uri = "http://localhost:8080/api/v2/calls/A1/";
        for (members, address, found) in [
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
            let named = disposed_call(&body(&members), address).ok();
            assert_eq!(named, found.map(InteractionId::from), "{members} at {address:?}");
        }
    }
}
