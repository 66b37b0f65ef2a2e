//! What becomes of messages, as their author hears it (spec: channel-connectors#0.2.6, #0.2.7).

use super::{messenger, talking, texter};
use domain::{command::DeliveryReport, session::Delivery};
use serde_json::json;
use testkit::{TestServer, settled};

fn outcome(state: Delivery) -> DeliveryReport {
    DeliveryReport { settles: true, ..DeliveryReport::of(state) }
}

#[tokio::test]
async fn a_refusal_of_the_provider_is_an_error_of_the_command() {
    let app = TestServer::start().await;
    let (tom, guest) = talking(&app, &texter(&app)).await;
    let said =
        tom.post(&guest.path(), json!({"operationName": "SendMessage", "text": "Good day"})).await.ok();
    tom.hears().await;
    let why = Some("The number cannot be reached".to_owned());
    guest.told(4, DeliveryReport { code: Some("30003".into()), why, ..outcome(Delivery::Failed) }).await;
    let told = tom.hears().await;
    let [error] = told.as_slice() else { panic!("one notification, not {told:?}") };
    assert_eq!(error["data"]["notificationType"], "Error");
    assert_eq!(error["data"]["referenceId"], said["referenceId"]);
    assert_eq!(error["data"]["errorMessage"], "The message was not sent: The number cannot be reached");
    insta::assert_json_snapshot!("failed", settled(error));
    let messages = tom.get(&format!("{}/messages", guest.path())).await.ok();
    let last = messages["messages"].as_array().expect("messages").last().expect("one").clone();
    assert_eq!((&last["delivery"], &last["deliveryCode"]), (&json!("failed"), &json!("30003")));
}

#[tokio::test]
async fn what_nobody_knows_to_be_sent_can_be_sent_again() {
    let app = TestServer::start().await;
    let (tom, guest) = talking(&app, &texter(&app)).await;
    tom.post(&guest.path(), json!({"operationName": "SendMessage", "text": "Good day"})).await.ok();
    tom.post(&guest.path(), json!({"operationName": "ResendMessage", "index": 4})).await.refused(400, 2);
    guest.told(4, outcome(Delivery::Unknown)).await;
    let error = tom.hears().await.pop().expect("told");
    let open = error["data"]["smsession"]["capabilities"].as_array().expect("capabilities").clone();
    assert!(open.contains(&json!("ResendMessage")), "{open:?}");
    assert_eq!(error["data"]["smsession"]["deliveries"], json!([{"index": 4, "state": "unknown"}]));
    tom.operate(&guest.path(), "ResendMessage").await.refused(400, 1);
    tom.post(&guest.path(), json!({"operationName": "ResendMessage", "index": 4})).await.ok();
    let told = tom.hears().await.pop().expect("told");
    assert_eq!(told["data"]["smsession"]["deliveries"], json!([{"index": 4, "state": "queued"}]));
}

#[tokio::test]
async fn who_took_over_hears_what_became_of_it() {
    let app = TestServer::start().await;
    let (tom, guest) = talking(&app, &texter(&app)).await;
    tom.post(&guest.path(), json!({"operationName": "SendMessage", "text": "Good day"})).await.ok();
    let mei = app.agent("agent2");
    mei.ready().await;
    let path = format!("/users/{}", mei.id());
    tom.post(&guest.path(), json!({"operationName": "Transfer", "targetPath": path})).await.ok();
    mei.accepts(&guest, "Mei").await.ok();
    tom.hears().await;
    mei.hears().await;
    guest.told(4, outcome(Delivery::Failed)).await;
    assert!(tom.hears().await.is_empty());
    let told = mei.hears().await.pop().expect("told");
    assert_eq!(told["data"]["notificationType"], "PropertiesUpdated");
    assert_eq!(told["data"]["smsession"]["deliveries"], json!([{"index": 4, "state": "failed"}]));
}

#[tokio::test]
async fn that_it_arrived_is_told_to_all_who_talk_and_that_it_is_on_its_way_to_nobody() {
    let app = TestServer::start().await;
    let (tom, guest) = talking(&app, &messenger(&app)).await;
    tom.post(&guest.path(), json!({"operationName": "SendMessage", "text": "Good day"})).await.ok();
    tom.hears().await;
    guest.told(4, outcome(Delivery::Sent)).await;
    assert!(tom.hears().await.is_empty());
    guest.told(4, DeliveryReport::of(Delivery::Read)).await;
    let told = tom.hears().await;
    let [told] = told.as_slice() else { panic!("one notification, not {told:?}") };
    assert_eq!(told["data"]["notificationType"], "PropertiesUpdated");
    let messages = tom.get(&format!("{}/messages", guest.path())).await.ok();
    assert_eq!(messages["messages"][3]["delivery"], "read");
}
