//! Statistics as the vendor's desktop polls them (spec: admin-and-reporting#4.1).

use crate::report_rows::{a_chat, counted};
use serde_json::{Value, json};
use testkit::TestServer;

/// The value of a statistic in an answer.
#[track_caller]
fn value<'v>(answer: &'v Value, name: &str) -> &'v Value {
    let all = answer["statistics"].as_array().expect("statistics");
    let found = all.iter().find(|one| one["statistic"] == name);
    &found.unwrap_or_else(|| panic!("no {name} in {answer}"))["value"]
}

#[tokio::test]
async fn a_queue_an_agent_and_a_code_have_theirs() {
    let app = TestServer::start().await;
    a_chat(&app).await;
    app.customer("Ina").await;
    app.clock.advance(7_000);
    counted(&app).await;
    let supervisor = app.agent("supervisor");
    let queue = supervisor.get("/api/v1/stats/Support").await.ok();
    assert_eq!(queue["objectId"], "Support");
    assert_eq!(
        (value(&queue, "Total_Answered"), value(&queue, "AverageWaitingTime")),
        (&json!(1.0), &json!(10.0))
    );
    assert_eq!(value(&queue, "Current_In_Queue"), &json!(1.0));
    assert_eq!(value(&queue, "CurrMaxCallWaitingTime"), &json!(7.0));
    assert_eq!(value(&queue, "ServiceLevel"), &json!(100.0));
    let tom = app.id("agent1");
    let agent = supervisor.get(&format!("/api/v1/stats/{tom}")).await.ok();
    assert_eq!(
        (value(&agent, "TalkDuration"), value(&agent, "numDispositions")),
        (&json!(60.0), &json!(1.0))
    );
    let code = supervisor.get("/api/v1/stats/IssueResolved").await.ok();
    assert_eq!(value(&code, "dispositionLagMs"), &json!(5_000.0));
    let one = supervisor.get("/api/v1/stats/Support/Total_Answered").await.ok();
    assert_eq!(one["statistics"].as_array().map(Vec::len), Some(1));
    assert_eq!(one["statistics"][0]["time"], json!(app.desk.now()));
}

#[tokio::test]
async fn what_was_is_told_by_quarters_of_an_hour() {
    let app = TestServer::start().await;
    a_chat(&app).await;
    app.clock.advance(45 * 60_000);
    counted(&app).await;
    let admin = app.agent("admin");
    let told = admin.get("/api/v1/stats/Support/Total_Answered?numValues=8").await.ok();
    let values: Vec<_> =
        told["statistics"].as_array().expect("values").iter().map(|one| &one["value"]).collect();
    assert_eq!(values.iter().filter(|value| **value == 1.0).count(), 1, "{told}");
    assert!(values.len() >= 7, "{told}");
    for wrong in ["from=now", "numValues=many"] {
        admin.get(&format!("/api/v1/stats/Support/Total_Answered?{wrong}")).await.refused(400, 2);
    }
}

#[tokio::test]
async fn who_may_not_know_finds_nothing() {
    let app = TestServer::start().await;
    let (tom, mei) = (app.agent("agent1"), app.id("agent2"));
    tom.get(&format!("/api/v1/stats/{}", app.id("agent1"))).await.ok();
    tom.get("/api/v1/stats/Support").await.ok();
    for address in [mei.as_str(), "IssueResolved", "Nowhere", "Support/Nothing"] {
        tom.get(&format!("/api/v1/stats/{address}")).await.refused(404, 6);
    }
    app.agent("supervisor").get(&format!("/api/v1/stats/{mei}/CurrentAgentState")).await.ok();
    app.stranger().get("/api/v1/stats/Support").await.refused(403, 20);
}
