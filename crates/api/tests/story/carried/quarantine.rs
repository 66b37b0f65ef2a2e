//! What nobody understood, as an operator sees it (spec: channel-connectors#0.2.5).

use super::{SMS, scripted::Scripted};
use desk::ports::Quarantined;
use serde_json::json;
use std::sync::{Arc, PoisonError};
use testkit::{START, TestServer};

async fn keep(app: &TestServer, raw: &[u8]) -> i64 {
    let unit =
        Quarantined { id: 0, at: START, service: SMS.into(), why: "no sender".into(), raw: raw.into() };
    app.desk.store().quarantine(unit).await.expect("kept")
}

#[tokio::test]
async fn an_operator_sees_replays_and_discards_it() {
    let app = TestServer::start().await;
    let channel = Arc::new(Scripted::default());
    app.desk.connect(SMS, channel.clone());
    let (good, poison) = (keep(&app, b"From=%2B1").await, keep(&app, b"poison").await);
    let admin = app.agent("admin");
    let listed = admin.get("/diagnostics/quarantine").await.ok();
    let units = listed["units"].as_array().expect("units");
    assert_eq!(units.len(), 2);
    assert_eq!(
        (&units[0]["id"], &units[0]["why"], &units[0]["raw"]),
        (&json!(good), &json!("no sender"), &json!("From=%2B1"))
    );
    assert_eq!(
        admin.get(&format!("/diagnostics/quarantine?after={good}")).await.ok()["units"][0]["id"],
        poison
    );

    admin.operate(&format!("/diagnostics/quarantine/{good}"), "Replay").await.ok();
    assert_eq!(*channel.replayed.lock().unwrap_or_else(PoisonError::into_inner), [b"From=%2B1".to_vec()]);
    let path = format!("/diagnostics/quarantine/{poison}");
    let words = admin.operate(&path, "Replay").await.refused(400, 2);
    assert_eq!(words, "it cannot be understood: it is poison");
    admin.operate(&path, "Discard").await.ok();
    admin.operate(&path, "Discard").await.refused(404, 6);
    admin.operate(&path, "Replay").await.refused(404, 6);
    assert_eq!(admin.get("/diagnostics/quarantine").await.ok()["units"], json!([]));
}

#[tokio::test]
async fn what_is_no_utf_8_is_shown_as_it_came_too() {
    let app = TestServer::start().await;
    keep(&app, b"Body=Andr\xe9").await;
    let unit = &app.agent("admin").get("/diagnostics/quarantine").await.ok()["units"][0];
    assert_eq!((&unit["raw"], &unit["rawBase64"]), (&json!("Body=Andr\u{fffd}"), &json!("Qm9keT1BbmRy6Q==")));
}

#[tokio::test]
async fn it_is_for_the_administrator_alone() {
    let app = TestServer::start().await;
    let kept = keep(&app, b"x").await;
    for name in ["agent1", "supervisor", "reporting"] {
        app.agent(name).get("/diagnostics/quarantine").await.refused(403, 5);
        app.agent(name).operate(&format!("/diagnostics/quarantine/{kept}"), "Discard").await.refused(403, 5);
    }
}
