//! No answer and no notification is larger than it may be, in bytes as they are sent, whatever somebody wrote.

use domain::UserData;
use serde_json::{Value, json};
use testkit::{Client, Guest, Poll, TestServer};

const KIB: usize = 1024;

/// 30,002 bytes as JSON has them: a control character takes six.
fn heavy() -> String {
    "\u{1}".repeat(5_000)
}

/// A customer who has said so much before anybody took the chat, and an agent who takes it.
async fn told(app: &TestServer, times: usize) -> (Client<'_>, Guest<'_>) {
    let tom = app.agent("agent1");
    tom.ready().await;
    let ines = app.customer("Ines").await;
    for _ in 0..times {
        ines.says(&heavy()).await;
    }
    app.offer(&ines, &tom).await;
    tom.accepts(&ines, "Tom").await.ok();
    (tom, ines)
}

fn indexes(messages: &Value) -> Vec<u64> {
    let messages = messages.as_array().expect("messages");
    messages.iter().map(|message| message["index"].as_u64().expect("an index")).collect()
}

#[tokio::test]
async fn a_log_that_is_too_large_for_one_answer_is_read_page_by_page() {
    let app = TestServer::start().await;
    let (tom, ines) = told(&app, 50).await;
    let path = format!("{}/messages", ines.path());
    let (mut all, mut start, mut sizes, mut first) = (Vec::new(), 1, Vec::new(), None);
    loop {
        let reply = tom.get(&format!("{path}?startIndex={start}")).await;
        sizes.push(reply.text.len());
        let answer = reply.ok();
        all.extend(indexes(&answer["messages"]));
        first.get_or_insert_with(|| all.clone());
        let Some(next) = answer["nextIndex"].as_u64() else { break };
        assert_eq!(all.last().map(|last| last + 1), Some(next));
        start = next;
    }
    assert_eq!(all, (1..=52).collect::<Vec<_>>());
    assert!(sizes.iter().all(|size| *size <= 1024 * KIB + KIB), "{sizes:?}");
    assert!(sizes[0] > 1024 * KIB - 32 * KIB && sizes.len() == 2, "{sizes:?}");
    // Without a parameter it is the first page, and a count ends it earlier.
    assert_eq!(Some(indexes(&tom.get(&path).await.ok()["messages"])), first);
    for (query, expected) in [
        ("count=1", &[1][..]),
        ("count=2&startIndex=50", &[50, 51]),
        ("count=0", &[]),
        ("startIndex=53", &[]),
    ] {
        let answer = tom.get(&format!("{path}?{query}")).await.ok();
        assert_eq!(
            (indexes(&answer["messages"]), answer.get("nextIndex")),
            (expected.to_vec(), None),
            "{query}"
        );
    }
}

#[tokio::test]
async fn typing_that_was_overtaken_is_left_out_of_a_page_too() {
    let app = TestServer::start().await;
    let (tom, ines) = told(&app, 0).await;
    tom.operate(&ines.path(), "SendStartTypingNotification").await.ok();
    ines.says("three was typing").await;
    tom.post(&ines.path(), json!({"operationName": "SendMessage", "text": "five"})).await.ok();
    app.clock.advance(10_000);
    tom.operate(&ines.path(), "SendStartTypingNotification").await.ok();
    ines.says("seven").await;
    let path = format!("{}/messages", ines.path());
    for (query, expected) in
        [("", &[1, 2, 4, 5, 6, 7][..]), ("?startIndex=3&count=1", &[4]), ("?startIndex=6&count=1", &[6])]
    {
        assert_eq!(indexes(&tom.get(&format!("{path}{query}")).await.ok()["messages"]), expected, "{query}");
    }
}

#[tokio::test]
async fn who_joins_late_is_given_the_newest_of_what_was_said() {
    let app = TestServer::start().await;
    let (tom, ines) = told(&app, 20).await;
    let heard = tom.hears().await;
    let log = heard.iter().rfind(|note| note["data"]["messageType"] == "MessageLogUpdated").expect("a log");
    let messages = &log["data"]["messages"];
    let size = serde_json::to_string(messages).expect("json").len();
    assert!(size <= 256 * KIB && size > 256 * KIB - 32 * KIB, "{size}");
    // 22 is their own joining.
    assert_eq!(indexes(messages), (14..=22).collect::<Vec<_>>());
    let all = tom.get(&format!("{}/messages", ines.path())).await.ok();
    assert_eq!(indexes(&all["messages"]), (1..=22).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_note_weighs_what_its_user_data_may_and_a_frame() {
    let app = TestServer::start().await;
    let tom = app.agent("agent1");
    tom.ready().await;
    // {"Fill":"…"} takes eleven bytes besides the text.
    let text = "\u{1}".repeat(10_920) + "xxxxx";
    let pairs = json!({"Fill": text}).as_object().cloned().expect("pairs");
    let data = UserData::new(pairs);
    assert_eq!(data.weight(), 64 * KIB);
    let ines = app.customer_with("Ines", data).await;
    app.offer(&ines, &tom).await;
    let note = tom.hears().await.pop().expect("an offer")["data"].to_string();
    assert!(note.len() > 64 * KIB && note.len() < 66 * KIB, "{}", note.len());
}

#[tokio::test]
async fn a_response_with_notes_is_closed_before_it_weighs_too_much() {
    let app = TestServer::start().await;
    let tom = app.agent("agent1");
    tom.ready().await;
    let ines = app.customer("Ines").await;
    app.offer(&ines, &tom).await;
    tom.accepts(&ines, "Tom").await.ok();
    let mut ear = Poll::open(&tom, "/v2/me/chats").await;
    for number in 0..30 {
        let data = json!({"Number": number, "Fill": "\u{1}".repeat(10_000)});
        tom.post(&ines.path(), json!({"operationName": "UpdateUserData", "userData": data})).await.ok();
    }
    let mut numbers = Vec::new();
    loop {
        let notes = ear.connect(0).await;
        let size = serde_json::to_string(&notes).expect("json").len();
        assert!(size <= 512 * KIB + KIB, "{size}");
        if notes.is_empty() {
            break;
        }
        numbers.extend(notes.iter().map(|note| note["data"]["chat"]["userData"]["Number"].clone()));
    }
    assert_eq!(numbers, (0..30).map(Value::from).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_page_of_the_feed_is_cut_by_what_it_weighs() {
    let app = TestServer::start().await;
    let (tom, ines) = told(&app, 0).await;
    for number in 0..30 {
        let data = json!({"Number": number, "Fill": "\u{1}".repeat(10_000)});
        tom.post(&ines.path(), json!({"operationName": "UpdateUserData", "userData": data})).await.ok();
    }
    let (reader, mut after, mut numbers, mut sizes) = (app.agent("reporting"), 0, Vec::new(), Vec::new());
    loop {
        let query = format!("/reporting/events?type=session.user-data&limit=1000&after={after}");
        let reply = reader.get(&query).await;
        sizes.push(reply.text.len());
        let page = reply.json.as_array().cloned().expect("a page");
        let Some(last) = page.last() else { break };
        after = last["sequence"].as_str().and_then(|text| text.parse().ok()).expect("a sequence");
        numbers.extend(page.iter().map(|event| event["data"]["set"]["Number"].clone()));
    }
    assert_eq!(numbers, (0..30).map(Value::from).collect::<Vec<_>>(), "{sizes:?}");
    assert!(sizes.len() > 2 && sizes.iter().all(|size| *size <= 1024 * KIB + KIB), "{sizes:?}");
}
