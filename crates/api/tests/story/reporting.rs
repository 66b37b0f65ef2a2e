//! The reporting feed as those who read it meet it.

use axum::body::{Body, BodyDataStream};
use base64::{Engine, engine::general_purpose::STANDARD};
use futures::StreamExt;
use http::{Request, Response, StatusCode, header};
use serde_json::{Value, json};
use std::{collections::BTreeSet, fs, path::Path, time::Duration};
use testkit::{Client, Guest, TestServer};
use tower::ServiceExt;

const WORDS: [&str; 3] = ["the customer's own words", "the agent's own words", "what the agent noted down"];

/// A page of the feed, as the program that reads it.
async fn feed(app: &TestServer, query: &str) -> Vec<Value> {
    let reply = app.agent("reporting").get(&format!("/reporting/events?{query}")).await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.text);
    assert!(reply.headers.contains_key("x-stream-id"), "the stream is named");
    reply.json.as_array().expect("an array").clone()
}

/// The cursor behind everything there is.
async fn end(app: &TestServer) -> String {
    let mut cursor = "0".to_owned();
    loop {
        let page = feed(app, &format!("after={cursor}&limit=1000")).await;
        let Some(last) = page.last() else { return cursor };
        last["sequence"].as_str().expect("a sequence").clone_into(&mut cursor);
    }
}

/// One chat from its beginning to a disposition after its end.
async fn walk<'a>(app: &'a TestServer, tom: &Client<'a>) -> Guest<'a> {
    tom.ready().await;
    let ines = app.customer("Ines").await;
    app.offer(&ines, tom).await;
    tom.accepts(&ines, "Tom").await.ok();
    ines.says(WORDS[0]).await;
    let path = format!("/me/chats/{}", ines.id);
    tom.post(&path, json!({"operationName": "SendMessage", "text": WORDS[1]})).await.ok();
    tom.post(&path, json!({"operationName": "SetComment", "comment": WORDS[2]})).await.ok();
    tom.operate(&path, "SendStartTypingNotification").await.ok();
    tom.post(&path, json!({"operationName": "UpdateUserData", "userData": {"Walk": "1"}})).await.ok();
    tom.post(&path, json!({"operationName": "SetDisposition", "disposition": "IssueResolved"})).await.ok();
    tom.operate(&path, "Complete").await.ok();
    tom.post(&path, json!({"operationName": "SetDisposition", "disposition": "Nowhere known"})).await.ok();
    ines
}

#[tokio::test]
async fn a_chat_is_told_from_its_beginning_to_its_late_disposition() {
    let app = TestServer::start().await;
    let before = end(&app).await;
    let tom = app.agent("agent1");
    let ines = walk(&app, &tom).await;

    let mut told = Vec::new();
    let mut cursor = before.clone();
    loop {
        let page = feed(&app, &format!("after={cursor}&limit=3")).await;
        assert!(page.len() <= 3);
        let Some(last) = page.last() else { break };
        last["sequence"].as_str().expect("a sequence").clone_into(&mut cursor);
        told.extend(page);
    }
    let types: Vec<&str> = told.iter().filter_map(|event| event["type"].as_str()).collect();
    let of_the_chat: Vec<&str> =
        types.iter().copied().filter(|kind| !kind.starts_with("jackfield.agent")).collect();
    assert_eq!(
        of_the_chat,
        [
            "jackfield.session.created",
            "jackfield.session.message",
            "jackfield.session.queued",
            "jackfield.session.offered",
            "jackfield.session.accepted",
            "jackfield.session.message",
            "jackfield.session.message",
            "jackfield.session.message",
            "jackfield.session.comment",
            "jackfield.session.user-data",
            "jackfield.disposition",
            "jackfield.session.message",
            "jackfield.session.talk-ended",
            "jackfield.session.party-closed",
            "jackfield.session.ended",
            "jackfield.disposition",
        ]
    );
    assert!(types.starts_with(&["jackfield.agent.logged-in", "jackfield.agent.state"]), "{types:?}");

    let dispositions: Vec<&Value> =
        told.iter().filter(|event| event["data"].get("disposition").is_some()).collect();
    let [live, late] = dispositions.as_slice() else { panic!("two dispositions, not {dispositions:?}") };
    let shared = json!({
        "interactionId": ines.id, "media": "chat", "queue": "Support", "agent": "agent1@demo", "via": "SetDisposition",
        "leg": live["data"]["leg"], "occurredAt": "2026-02-03T09:11:02Z",
    });
    let with = |more: Value| {
        let mut all = shared.as_object().expect("members").clone();
        all.extend(more.as_object().expect("members").clone());
        Value::Object(all)
    };
    assert_eq!(
        live["data"],
        with(json!({
            "phase": "live", "known": true,
            "disposition": {"key": "DispositionCode", "value": "IssueResolved", "previous": null},
        }))
    );
    assert_eq!(
        late["data"],
        with(json!({
            "phase": "released", "known": false,
            "disposition": {"key": "DispositionCode", "value": "Nowhere known", "previous": "IssueResolved"},
            "event": "EventUserEvent", "userData": {"DispositionCode": "Nowhere known"},
        }))
    );
    let closed = told.iter().find(|event| event["type"] == "jackfield.session.party-closed").expect("closed");
    assert_eq!(closed["data"]["closer"], "agent");
    assert_eq!(closed["data"]["dispositioned"], true);
    let text = Value::from(told).to_string();
    for words in WORDS {
        assert!(!text.contains(words), "{words}");
    }
}

#[tokio::test]
async fn events_are_cloud_events_in_order_and_the_same_whenever_they_are_asked_for() {
    let app = TestServer::start().await;
    let tom = app.agent("agent1");
    walk(&app, &tom).await;
    let told = feed(&app, "limit=1000").await;
    let mut ids = BTreeSet::new();
    for event in &told {
        assert_eq!(event["specversion"], "1.0");
        assert_eq!(event["datacontenttype"], "application/json");
        assert_eq!(event["source"], "urn:uuid:c0ffee00-0000-4000-8000-000000000001");
        assert!(event["time"].as_str().is_some_and(|time| time.ends_with('Z')), "{event}");
        assert!(ids.insert(event["id"].as_str().expect("an id")), "{event}");
    }
    assert!(told.is_sorted_by_key(|event| event["sequence"].as_str().expect("a sequence")));
    assert_eq!(feed(&app, "limit=1000&after=0").await, told);
}

#[tokio::test]
async fn what_is_told_has_the_shape_that_is_committed_for_it() {
    let app = TestServer::start().await;
    let tom = app.agent("agent1");
    walk(&app, &tom).await;
    let schemas = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/schemas");
    let validator = |name: &str| {
        let text = fs::read_to_string(schemas.join(format!("{name}.json"))).expect("a schema");
        jsonschema::validator_for(&serde_json::from_str(&text).expect("json")).expect("a schema")
    };
    let envelope = validator("jackfield.event");
    for event in feed(&app, "limit=1000").await {
        let name = event["type"].as_str().expect("a type");
        let schema = validator(name);
        let faults: Vec<String> = envelope
            .iter_errors(&event)
            .chain(schema.iter_errors(&event["data"]))
            .map(|fault| fault.to_string())
            .collect();
        assert!(faults.is_empty(), "{event:#}: {faults:?}");
    }
}

#[tokio::test]
async fn provisioning_is_told_without_passwords() {
    let app = TestServer::start().await;
    let users = feed(&app, "type=user.put&limit=1000").await;
    assert!(users.iter().any(|event| event["data"]["userName"] == "agent1@demo"));
    let all = Value::from(feed(&app, "limit=1000").await).to_string();
    assert!(!all.contains("argon2") && !all.to_lowercase().contains("password"), "{all}");
}

#[tokio::test]
async fn it_is_for_administrators_and_programs() {
    let app = TestServer::start().await;
    for (name, allowed) in [("admin", true), ("reporting", true), ("supervisor", false), ("agent1", false)] {
        let reply = app.agent(name).get("/reporting/events").await;
        if allowed {
            assert_eq!(reply.status, StatusCode::OK, "{name}");
        } else {
            reply.refused(403, 5);
        }
    }
    app.stranger().get("/reporting/events").await.refused(403, 20);
}

#[tokio::test]
async fn types_and_moments_narrow_it_down() {
    let app = TestServer::start().await;
    let tom = app.agent("agent1");
    app.clock.advance(60_000);
    walk(&app, &tom).await;
    for list in ["disposition", "jackfield.disposition,session.ended", "session.ended,disposition"] {
        let kinds: BTreeSet<String> = feed(&app, &format!("type={list}"))
            .await
            .iter()
            .map(|event| event["type"].as_str().expect("a type").to_owned())
            .collect();
        let wanted =
            list.split(',').map(|kind| format!("jackfield.{}", kind.trim_start_matches("jackfield.")));
        assert_eq!(kinds, wanted.collect());
    }
    for since in ["2026-02-03T09:12:00Z", "2026-02-03T10:12:00%2B01:00", "1770109920000"] {
        let told = feed(&app, &format!("since={since}&limit=1000")).await;
        assert!(
            !told.is_empty() && told.iter().all(|event| event["time"] == "2026-02-03T09:12:02Z"),
            "{since}"
        );
    }
    assert_eq!(feed(&app, "since=2026-02-03T09:13:00Z").await, Vec::<Value>::new());
    for wrong in ["type=nonsense", "since=yesterday", "limit=many", "after=-1"] {
        app.agent("admin").get(&format!("/reporting/events?{wrong}")).await.refused(400, 2);
    }
    app.agent("admin").get("/reporting/events?limit=0").await.refused(400, 10);
}

#[tokio::test]
async fn a_cursor_beyond_the_head_is_told_the_head() {
    let app = TestServer::start().await;
    let reply = app.agent("admin").get("/reporting/events?after=1000000&wait=20").await;
    assert_eq!(reply.status, StatusCode::CONFLICT);
    assert_eq!(reply.json["statusCode"], 2);
    let head = reply.json["head"].as_u64().expect("the head");
    assert!(reply.headers.contains_key("x-stream-id"));
    assert_eq!(feed(&app, &format!("after={head}")).await, Vec::<Value>::new());
    let next = head + 1;
    let reply = app.agent("admin").get(&format!("/reporting/events?after={next}")).await;
    assert_eq!(reply.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn a_cursor_before_what_is_kept_is_told_the_oldest() {
    let app = TestServer::start().await;
    let tom = app.agent("agent1");
    walk(&app, &tom).await;
    app.clock.advance(100 * 86_400_000);
    // Whatever is newest is kept, so there must be something after what is deleted.
    app.customer("Ada").await;
    assert_eq!(app.desk.retire(Duration::from_secs(90 * 86_400)).await.expect("retired"), 1);

    let reply = app.agent("admin").get("/reporting/events?after=1").await;
    assert_eq!(reply.status, StatusCode::GONE);
    assert_eq!(reply.json["statusCode"], 6);
    let oldest = reply.json["oldest"].as_u64().expect("the oldest");
    let told = feed(&app, &format!("after={oldest}")).await;
    assert!(told.iter().any(|event| event["data"]["nickname"] == "Ada"), "{told:?}");
    // Who never had a cursor has missed nothing, and is led to nowhere that is gone.
    assert_eq!(feed(&app, "").await, told);
}

#[tokio::test]
async fn a_reader_can_wait_for_what_comes_next() {
    let app = TestServer::start().await;
    let cursor = end(&app).await;
    let query = format!("after={cursor}&wait=30&type=session.created");
    let (told, ()) = tokio::join!(feed(&app, &query), async {
        // Until it waits, which nothing tells; too early an event would be answered all the same, and prove less.
        tokio::time::sleep(Duration::from_millis(50)).await;
        // Something that is not asked for does not end the wait.
        app.agent("agent1").ready().await;
        app.customer("Ines").await;
    });
    assert_eq!(told.len(), 1);
    assert_eq!(told[0]["data"]["nickname"], "Ines");
}

#[tokio::test]
async fn a_wait_for_nothing_ends_with_an_empty_page() {
    let app = TestServer::start().await;
    let cursor = end(&app).await;
    let asked = std::time::Instant::now();
    assert_eq!(feed(&app, &format!("after={cursor}&wait=1")).await, Vec::<Value>::new());
    assert!(asked.elapsed() >= Duration::from_millis(900), "it did not wait");
}

/// A stream of server-sent events, as its reader takes it apart.
struct Stream {
    body: BodyDataStream,
    text: String,
}

impl Stream {
    async fn open(router: &axum::Router, query: &str, last: Option<&str>) -> Response<Body> {
        let mut request = Request::get(format!("/api/v2/reporting/events?{query}"))
            .header(header::ACCEPT, "text/event-stream")
            .header(header::AUTHORIZATION, format!("Basic {}", STANDARD.encode("reporting@demo:demo")));
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        router.clone().oneshot(request.body(Body::empty()).expect("a request")).await.expect("an answer")
    }

    fn of(response: Response<Body>) -> Self {
        assert_eq!(response.headers()[header::CONTENT_TYPE], "text/event-stream");
        assert!(response.headers().contains_key("x-stream-id"));
        // Neither a cache nor a proxy that gathers answers may stand between an event and its reader.
        assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
        assert_eq!(response.headers()["x-accel-buffering"], "no");
        Self { body: response.into_body().into_data_stream(), text: String::new() }
    }

    /// The next event with its id; `None` at the end. Comments are read over.
    async fn next(&mut self) -> Option<(String, Value)> {
        loop {
            while let Some((block, rest)) = self.text.split_once("\n\n") {
                let (block, rest) = (block.to_owned(), rest.to_owned());
                self.text = rest;
                let field = |name: &str| {
                    block.lines().find_map(|line| line.strip_prefix(name)).map(|text| text.trim().to_owned())
                };
                if let (Some(id), Some(data)) = (field("id:"), field("data:")) {
                    return Some((id, serde_json::from_str(&data).expect("json")));
                }
            }
            let chunk =
                tokio::time::timeout(Duration::from_secs(10), self.body.next()).await.expect("in time")?;
            self.text.push_str(std::str::from_utf8(&chunk.expect("a chunk")).expect("text"));
        }
    }
}

#[tokio::test]
async fn a_stream_tells_what_was_and_goes_on_with_what_comes() {
    let app = TestServer::start().await;
    let all = feed(&app, "limit=1000").await;
    let mut stream = Stream::of(Stream::open(&app.router, "", None).await);
    for event in &all {
        let (id, told) = stream.next().await.expect("an event");
        assert_eq!((json!(id), &told), (event["sequence"].clone(), event));
    }
    app.customer("Ines").await;
    let (_, told) = stream.next().await.expect("an event");
    assert_eq!(told["data"]["nickname"], "Ines");
}

#[tokio::test]
async fn an_interrupted_stream_goes_on_behind_the_last_event_it_had() {
    let app = TestServer::start().await;
    let all = feed(&app, "limit=1000").await;
    let last = all[2]["sequence"].as_str().expect("a sequence");
    let mut stream = Stream::of(Stream::open(&app.router, "after=0", Some(last)).await);
    assert_eq!(stream.next().await.expect("an event").1, all[3]);
}

#[tokio::test]
async fn a_stream_with_a_cursor_that_is_good_for_nothing_is_answered_as_a_page_is() {
    let app = TestServer::start().await;
    assert_eq!(Stream::open(&app.router, "after=1000000", None).await.status(), StatusCode::CONFLICT);
    assert_eq!(Stream::open(&app.router, "", Some("x")).await.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn streams_and_waits_end_when_the_server_drains() {
    let app = TestServer::start().await;
    let setup = api::Setup {
        desk: app.desk.clone(),
        links: api::Links::new("http://localhost:8080"),
        config: api::Config::default(),
    };
    let api = api::Api::start(setup).await.expect("an API");
    let router = api.router();
    let cursor = end(&app).await;
    let mut stream = Stream::of(Stream::open(&router, &format!("after={cursor}"), None).await);
    let (ended, ()) = tokio::join!(stream.next(), async {
        // Until it waits, which nothing tells.
        tokio::time::sleep(Duration::from_millis(50)).await;
        api.close();
    });
    assert_eq!(ended, None);
    // A stream that comes back now tells what it has and ends, it is not cut.
    let mut again = Stream::of(Stream::open(&router, &format!("after={cursor}"), None).await);
    assert_eq!(again.next().await, None);
}

#[tokio::test]
async fn a_stream_ends_when_its_reader_may_read_no_more() {
    use domain::{Command, command::Provision};
    let app = TestServer::start().await;
    let cursor = end(&app).await;
    let mut stream = Stream::of(Stream::open(&app.router, &format!("after={cursor}"), None).await);
    let mut user = (*app.desk.directory().named("reporting@demo").expect("a user")).clone();
    user.enabled = false;
    let put = Command::Provision(Provision::PutUser(Box::new(user)));
    app.desk.perform(put).await.expect("provisioned");
    assert_eq!(stream.next().await, None);
}
