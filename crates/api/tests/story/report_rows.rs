//! Interval rows of reporting, as those who plan with them read them (docs/reporting.md).

use http::StatusCode;
use serde_json::{Value, json};
use testkit::{START, TestServer};

/// What was counted so far is in the rows.
pub async fn counted(app: &TestServer) {
    app.desk.reports().step(app.desk.now()).await.expect("events are counted");
    app.desk.reports().save(app.desk.now()).await.expect("rows are written");
}

async fn rows(app: &TestServer, address: &str) -> Vec<Value> {
    let reply = app.agent("reporting").get(&format!("/reporting/{address}")).await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.text);
    reply.json.as_array().expect("an array").clone()
}

/// A customer waits for ten seconds, is answered and talks for a minute, and the code is set after that.
pub async fn a_chat(app: &TestServer) {
    let tom = app.agent("agent1");
    tom.ready().await;
    let ines = app.customer("Ines").await;
    app.clock.advance(10_000);
    app.offer(&ines, &tom).await;
    tom.accepts(&ines, "Tom").await.ok();
    app.clock.advance(60_000);
    tom.operate(&ines.path(), "Complete").await.ok();
    app.clock.advance(5_000);
    tom.post(&ines.path(), json!({"operationName": "SetDisposition", "disposition": "IssueResolved"}))
        .await
        .ok();
}

/// The hour in which the tests begin.
fn hour() -> String {
    let from = START - START % 3_600_000;
    format!("from={from}&to={}", from + 3_600_000)
}

#[tokio::test]
async fn a_chat_is_counted_for_its_queue_its_agent_and_its_code() {
    let app = TestServer::start().await;
    a_chat(&app).await;
    counted(&app).await;
    let queues = rows(&app, &format!("queues?{}&group=hour&queue=Support", hour())).await;
    let chats: Vec<_> = queues.iter().filter(|row| row["media"] == "chat").collect();
    let [chat] = chats[..] else { panic!("one row: {queues:?}") };
    assert_eq!(
        (&chat["offered"], &chat["answered"], &chat["within_target"]),
        (&json!(1), &json!(1), &json!(1))
    );
    assert_eq!((&chat["answered_wait_ms"], &chat["talk_ms"]), (&json!(10_000), &json!(60_000)));
    assert!(queues.iter().filter(|row| row["media"] != "chat").all(|row| row["offered"] == 0), "{queues:?}");

    let agents = rows(&app, &format!("agents?{}&group=hour&agent=agent1@demo", hour())).await;
    assert_eq!((&agents[0]["agent"], &agents[0]["handled"]), (&json!("agent1@demo"), &json!(1)));
    let codes = rows(&app, &format!("dispositions?{}&group=hour", hour())).await;
    assert_eq!((&codes[0]["code"], &codes[0]["queue"]), (&json!("IssueResolved"), &json!("Support")));
    assert_eq!(
        (&codes[0]["set"], &codes[0]["late"], &codes[0]["lag_ms"]),
        (&json!(1), &json!(1), &json!(5_000))
    );
    app.clock.advance(15 * 60_000);
    counted(&app).await;
    let states = rows(&app, &format!("agent-states?{}&agent=agent1@demo", hour())).await;
    assert!(states.iter().any(|row| row["state"] == "Ready" && row["ms"].as_i64() > Some(0)), "{states:?}");
}

#[tokio::test]
async fn rows_are_lines_for_those_who_want_lines() {
    let app = TestServer::start().await;
    a_chat(&app).await;
    counted(&app).await;
    let reply = app.agent("admin").get(&format!("/reporting/dispositions?{}&format=csv", hour())).await;
    assert_eq!(reply.headers["content-type"], "text/csv; charset=utf-8");
    let lines: Vec<_> = reply.text.lines().collect();
    assert!(
        lines[0].starts_with("interval,agent,agent_id,media,queue,key,code,ended_interval,set,late,"),
        "{lines:?}"
    );
    assert!(
        lines[1].contains(",chat,Support,DispositionCode,IssueResolved,2026-02-03T09:00:00Z,1,1,"),
        "{lines:?}"
    );
    assert_eq!(lines.len(), 2);
}

#[tokio::test]
async fn a_queue_without_customers_has_rows_of_zeros() {
    let app = TestServer::start().await;
    let day =
        "from=2025-03-30T00:00:00%2B01:00&to=2025-03-31T00:00:00%2B02:00&zone=Europe/Berlin&queue=Support";
    let quarters = rows(&app, &format!("queues?{day}")).await;
    let chats = quarters.iter().filter(|row| row["media"] == "chat").count();
    assert_eq!(chats, 92, "the day on which the clock is put forward");
    let days = rows(&app, &format!("queues?{day}&group=day")).await;
    let starts: Vec<_> = days.iter().map(|row| &row["interval"]).collect();
    assert!(starts.iter().all(|start| *start == "2025-03-30T00:00:00+01:00"), "{starts:?}");
    assert!(!starts.is_empty() && days.iter().all(|row| row["offered"] == 0));
}

#[tokio::test]
async fn intervals_that_changed_are_told() {
    let app = TestServer::start().await;
    a_chat(&app).await;
    counted(&app).await;
    let all = rows(&app, &format!("intervals?{}", hour())).await;
    let newest = all.iter().filter_map(|interval| interval["revision"].as_u64()).max().expect("one");
    assert_eq!(rows(&app, &format!("intervals?{}&changed_since={newest}", hour())).await, [] as [Value; 0]);
    app.clock.advance(1_000);
    app.customer("Ina").await;
    counted(&app).await;
    assert_eq!(rows(&app, &format!("intervals?{}&changed_since={newest}", hour())).await.len(), 1);
}

#[tokio::test]
async fn what_cannot_be_meant_is_refused() {
    let app = TestServer::start().await;
    let admin = app.agent("admin");
    for wrong in ["zone=Mars/Olympus", "group=week", "from=yesterday", "format=xml"] {
        admin.get(&format!("/reporting/queues?{wrong}")).await.refused(400, 2);
    }
    for wrong in ["from=2&to=1", "from=1&to=1", "from=0&to=99999999999999"] {
        admin.get(&format!("/reporting/queues?{wrong}")).await.refused(400, 10);
        admin.get(&format!("/reporting/intervals?{wrong}")).await.refused(400, 10);
    }
    admin.get("/reporting/intervals?table=codes").await.refused(400, 2);
    for address in ["queues", "agents", "agent-states", "dispositions", "intervals"] {
        app.agent("agent1").get(&format!("/reporting/{address}")).await.refused(403, 5);
        app.stranger().get(&format!("/reporting/{address}")).await.refused(403, 20);
    }
}
