//! The seed for calls, in its whole print (spec: seeds#004): `SetCallDisposition`, its answer, and every field of its
//! notification.

use super::seed_002::{CALL, established};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use testkit::{ScriptedSwitch, TestServer};

/// `data` as it is printed, with the address of the server under test.
fn printed() -> Value {
    json!({
        "notificationType": "AttachedDataChanged",
        "call": {
            "id": CALL,
            "state": "Established",
            "callUuid": CALL,
            "connId": "0071027198180006",
            "deviceUri": "http://localhost:8080/api/v2/devices/631608b3-ceb1-472b-ba05-2ae39555b0d1",
            "participants": [
                {"e164Number": "", "formattedPhoneNumber": "15001", "phoneNumber": "15001", "digits": "15001"}
            ],
            "dnis": "15000",
            "callType": "Internal",
            "capabilities": [
                "UpdateUserData", "SendDtmf", "InitiateConference", "Hold", "SingleStepTransfer",
                "InitiateTransfer", "AttachUserData", "DeleteUserDataPair", "SingleStepConference",
                "DeleteUserData", "Hangup",
            ],
            "userData": {"DispositionCode": "Referred"},
            "duration": "262",
            "mute": "Off",
            "supervisorListeningIn": false,
            "monitoredUserMuted": false,
            "monitoring": false,
            "uri": format!("http://localhost:8080/api/v2/me/calls/{CALL}"),
            "path": format!("/calls/{CALL}"),
        },
        "phoneNumber": "15000",
        "messageType": "CallStateChangeMessage",
    })
}

fn taken(data: &mut Value) -> BTreeSet<String> {
    let names = data["call"]["capabilities"].take();
    let names = names.as_array().expect("capabilities").iter().filter_map(Value::as_str).map(str::to_owned);
    names.collect()
}

#[tokio::test]
async fn set_call_disposition() {
    let app = TestServer::with_calls().await;
    let exchange = ScriptedSwitch::connect(&app);
    let agent = established(&exchange).await;
    let request = format!(
        r#"{{
  "operationName": "SetCallDisposition",
  "callUri": "http://127.0.0.1:8080/api/v2/calls/{CALL}",
  "callUuid": "{CALL}",
  "disposition": "Referred",
  "dispositionKey": "DispositionCode"
}}"#
    );
    let path = format!("/api/v2/me/calls/{CALL}");
    let reply = agent.send(http::Method::POST, &path, Some(request)).await;
    assert_eq!((reply.status.as_u16(), reply.text.as_str()), (200, r#"{"statusCode":0}"#));

    let mut told = agent.hears().await;
    let [told] = told.as_mut_slice() else { panic!("one notification, not {told:?}") };
    assert_eq!(told["channel"], "/v2/me/calls");
    let (mut data, mut printed) = (told["data"].take(), printed());
    let (open, listed) = (taken(&mut data), taken(&mut printed));
    assert_eq!(data, printed);
    let missing: Vec<&str> = listed.difference(&open).map(String::as_str).collect();
    assert_eq!(missing, [] as [&str; 0], "what is printed and not open");
    assert!(!open.contains("SetCallDisposition"));
}
