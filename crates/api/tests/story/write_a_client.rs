//! `docs/write-a-client.md`: what its reader does, done; each exchange that the page shows is one that happened here.
//! `REGENERATE=1` writes them into the page anew.

use api::{Config, Cors};
use axum::{Router, body::Body};
use domain::call::{Cause, LegEvent};
use futures::{SinkExt, StreamExt};
use http::{Method, Request, header};
use serde_json::{Value, json};
use std::{collections::BTreeMap, fmt::Write as _, fs, path::PathBuf};
use testkit::{ScriptedSwitch, TestServer, settled};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::{
    client_async,
    tungstenite::{Message, client::IntoClientRequest},
};

/// What a reader sees where a time was: each run has its own.
const TIME: &str = "2026-02-03 10:11:12.345+0100";
/// Headers that the page shows, of requests and of answers.
const SHOWN: [&str; 10] = [
    "origin",
    "cookie",
    "x-csrf-token",
    "access-control-request-method",
    "set-cookie",
    "x-csrf-header",
    "access-control-allow-origin",
    "access-control-allow-credentials",
    "upgrade",
    "retry-after",
];

/// The exchanges by the names under which the page shows them.
#[derive(Default)]
struct Page(BTreeMap<String, String>);

impl Page {
    fn path() -> PathBuf {
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/write-a-client.md")
    }

    fn keeps(&mut self, name: &str, head: &str, headers: &[(String, String)], body: &Value) {
        let mut text = head.to_owned();
        for (header, value) in headers.iter().filter(|(header, _)| SHOWN.contains(&header.as_str())) {
            let value = masked(header, value);
            write!(text, "\n{header}: {value}").expect("text");
        }
        if !body.is_null() {
            write!(text, "\n\n{}", written(body)).expect("text");
        }
        assert!(self.0.insert(name.to_owned(), text).is_none(), "{name} stands twice");
    }

    fn tells(&mut self, name: &str, value: &Value) {
        assert!(self.0.insert(name.to_owned(), written(value)).is_none(), "{name} stands twice");
    }

    /// Holds the page to what happened. A block is a line `<!-- happened: NAME -->` and the fence below it.
    fn is_true(&self) {
        let told = fs::read_to_string(Self::path()).expect("the page");
        let (mut anew, mut rest, mut shown) = (String::new(), told.as_str(), Vec::new());
        while let Some((before, block)) = rest.split_once("<!-- happened: ") {
            let (name, after) = block.split_once(" -->\n").expect("the end of a mark");
            let (fence, after) = after.split_once('\n').expect("a fence");
            assert!(fence.starts_with("```"), "{name} is followed by {fence}");
            let (_, after) = after.split_once("\n```\n").expect("the end of a fence");
            let happened = self.0.get(name).unwrap_or_else(|| panic!("{name} did not happen"));
            write!(anew, "{before}<!-- happened: {name} -->\n{fence}\n{happened}\n```\n").expect("text");
            shown.push(name);
            rest = after;
        }
        anew.push_str(rest);
        let left_out: Vec<_> = self.0.keys().filter(|name| !shown.contains(&name.as_str())).collect();
        assert!(left_out.is_empty(), "the page does not show {left_out:?}");
        if std::env::var_os("REGENERATE").is_some() {
            fs::write(Self::path(), &anew).expect("written");
        } else if anew != told {
            let differs = anew.lines().zip(told.lines()).find(|(new, old)| new != old);
            panic!(
                "docs/write-a-client.md shows what did not happen, first here: {differs:#?}. Write it anew with REGENERATE=1."
            );
        }
    }
}

/// JSON as people read it, short arrays and objects in one line.
fn written(value: &Value) -> String {
    let text = serde_json::to_string_pretty(&settled(value)).expect("text").replace("[time]", TIME);
    let short = regex::Regex::new(r"(?m)([\[{])\n\s+([^\[\]{}]{1,90}?)\n\s*([\]}])").expect("a pattern");
    let gaps = regex::Regex::new(r"\n\s*").expect("a pattern");
    short
        .replace_all(&text, |found: &regex::Captures<'_>| {
            let line = gaps.replace_all(&found[2], " ");
            if &found[1] == "[" { format!("[{line}]") } else { format!("{{ {line} }}") }
        })
        .into_owned()
}

/// A header as it is shown: secrets, and what each run has of its own, are left out.
fn masked(header: &str, value: &str) -> String {
    match header {
        "cookie" | "set-cookie" => {
            let secret = regex::Regex::new("((?:JSESSIONID|BAYEUX_BROWSER)=)[^;]+").expect("a pattern");
            secret.replace_all(value, "${1}…").into_owned()
        }
        "x-csrf-token" => "…".to_owned(),
        _ => value.to_owned(),
    }
}

/// A program that has logged in: it sends its cookie, and what else was asked of it, with every request.
struct Program<'a> {
    router: &'a Router,
    headers: Vec<(String, String)>,
    client_id: String,
}

impl<'a> Program<'a> {
    const fn new(router: &'a Router) -> Self {
        Self { router, headers: Vec::new(), client_id: String::new() }
    }

    fn with(mut self, header: &str, value: &str) -> Self {
        self.headers.push((header.to_owned(), value.to_owned()));
        self
    }

    /// One exchange, shown as `NAME` and `NAME answered`.
    async fn exchange(&self, page: &mut Page, name: &str, method: Method, path: &str, body: Value) -> Value {
        let (json, headers) = self.asks(&method, path, &body).await;
        page.keeps(name, &format!("{method} {path}"), &self.headers, &body);
        page.keeps(&format!("{name} answered"), &headers.0, &headers.1, &json);
        json
    }

    async fn posts(&self, page: &mut Page, name: &str, path: &str, body: Value) -> Value {
        self.exchange(page, name, Method::POST, &format!("/api/v2{path}"), body).await
    }

    async fn gets(&self, page: &mut Page, name: &str, path: &str) -> Value {
        self.exchange(page, name, Method::GET, &format!("/api/v2{path}"), Value::Null).await
    }

    async fn asks(
        &self,
        method: &Method,
        path: &str,
        body: &Value,
    ) -> (Value, (String, Vec<(String, String)>)) {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
        let request = request.body(body).expect("a request");
        let answer = testkit::http::ask(self.router, request).await;
        let headers = answer.headers.iter();
        let headers =
            headers.map(|(name, value)| (name.to_string(), value.to_str().expect("text").to_owned()));
        (answer.json(), (format!("HTTP/1.1 {}", answer.status), headers.collect()))
    }

    /// Bayeux messages; the ids of sessions are shown as one that everybody can tell apart.
    async fn says(&self, page: Option<(&mut Page, &str)>, mut message: Value) -> Value {
        let shown = message.clone();
        if !self.client_id.is_empty() {
            message[0]["clientId"] = self.client_id.as_str().into();
        }
        let path = "/api/v2/notifications";
        let (answer, (head, _)) = self.asks(&Method::POST, path, &message).await;
        if let Some((page, name)) = page {
            let mut shown = shown;
            if !self.client_id.is_empty() {
                shown[0]["clientId"] = "…".into();
            }
            page.keeps(name, &format!("POST {path}"), &self.headers, &shown);
            let mut told = answer.clone();
            for message in told.as_array_mut().expect("messages") {
                if message["clientId"].is_string() {
                    message["clientId"] = "…".into();
                }
            }
            page.keeps(&format!("{name} answered"), &head, &[], &told);
        }
        answer
    }

    async fn connects(&self, page: Option<(&mut Page, &str)>, ack: u64) -> (u64, Vec<Value>) {
        let connect = json!([{
            "channel": "/meta/connect", "connectionType": "long-polling", "ext": {"ack": ack}, "advice": {"timeout": 0}
        }]);
        let mut messages = self.says(page, connect).await.as_array().cloned().expect("messages");
        let reply = messages.pop().expect("a reply");
        (reply["ext"]["ack"].as_u64().unwrap_or_else(|| panic!("{reply}")), messages)
    }

    /// Begins a notification session, and keeps the cookie that tells this program's sessions from another's.
    async fn shakes_hands(&mut self, page: &mut Page, name: &str) {
        let shake = json!([{
            "channel": "/meta/handshake", "version": "1.0", "minimumVersion": "1.0",
            "supportedConnectionTypes": ["websocket", "long-polling"], "ext": {"ack": true}
        }]);
        let path = "/api/v2/notifications";
        let (mut answer, (head, headers)) = self.asks(&Method::POST, path, &shake).await;
        page.keeps(name, &format!("POST {path}"), &self.headers, &shake);
        answer[0]["clientId"].as_str().expect("a session").clone_into(&mut self.client_id);
        answer[0]["clientId"] = "…".into();
        page.keeps(&format!("{name} answered"), &head, &headers, &answer);
        self.headers[0].1 = format!("{}; {}", self.headers[0].1, cookie_of(&headers));
    }
}

fn cookie_of(headers: &[(String, String)]) -> String {
    let cookie = &headers.iter().find(|(name, _)| name == "set-cookie").expect("a cookie").1;
    cookie.split(';').next().expect("a pair").to_owned()
}

fn credentials(name: &str) -> Value {
    json!({"userName": format!("{name}@demo"), "password": "demo"})
}

/// Logs in without showing it.
async fn logged_in<'a>(router: &'a Router, name: &str) -> Program<'a> {
    let program = Program::new(router);
    let (_, (_, headers)) = program.asks(&Method::POST, "/api/v2/login", &credentials(name)).await;
    program.with("cookie", &cookie_of(&headers))
}

#[tokio::test]
async fn what_the_page_shows_happens() {
    let mut page = Page::default();
    a_day_at_work(&mut page).await;
    a_call(&mut page).await;
    a_page_of_another_origin(&mut page).await;
    a_token_against_forged_requests(&mut page).await;
    a_socket(&mut page).await;
    page.is_true();
}

async fn a_day_at_work(page: &mut Page) {
    let app = TestServer::start().await;
    let stranger = Program::new(&app.router);
    stranger
        .posts(page, "wrong password", "/login", json!({"userName": "agent1@demo", "password": "?"}))
        .await;
    stranger.posts(page, "login", "/login", credentials("agent1")).await;
    let mut tom = logged_in(&app.router, "agent1").await;
    tom.gets(page, "me", "/me").await;

    tom.shakes_hands(page, "handshake").await;
    let topics = ["/v2/me/channels", "/v2/me/devices", "/v2/me/calls", "/v2/me/chats"];
    let subscribe = json!([{"channel": "/meta/subscribe", "subscription": topics}]);
    tom.says(Some((page, "subscribe")), subscribe).await;
    let (mut ack, _) = tom.connects(Some((page, "first connect")), 0).await;

    let start = json!({"operationName": "StartContactCenterSession", "channels": ["chat"]});
    tom.posts(page, "start", "/me", start).await;
    tom.posts(page, "ready", "/me", json!({"operationName": "Ready"})).await;
    let told;
    (ack, told) = tom.connects(None, ack).await;
    page.tells("channels", told.last().expect("a notification"));

    let ines = app.customer("Ines").await;
    ines.says("Hello, my invoice is wrong").await;
    app.offer(&ines, &app.agent("agent1")).await;
    let told;
    (ack, told) = tom.connects(Some((page, "offer")), ack).await;
    let path = told[0]["data"]["chat"]["path"].as_str().expect("a path");
    let chat = format!("/me{path}");
    tom.posts(page, "accept", &chat, json!({"operationName": "Accept", "nickname": "Tom"})).await;
    let told;
    (ack, told) = tom.connects(None, ack).await;
    page.tells("accepted", &json!(told));
    tom.gets(page, "messages", &format!("{chat}/messages")).await;
    tom.posts(page, "send", &chat, json!({"operationName": "SendMessage", "text": "I look into it"})).await;
    let told;
    (ack, told) = tom.connects(None, ack).await;
    page.tells("sent", &json!(told));
    tom.posts(page, "not now", &chat, json!({"operationName": "Accept", "nickname": "Tom"})).await;
    tom.posts(page, "nothing", &chat, json!({"operationName": "SendMessage"})).await;

    // The line is cut: nothing was acknowledged since, so it comes again.
    let (_, told) = tom.connects(None, ack).await;
    assert_eq!(told, [] as [Value; 0]);
    ines.says("Thank you").await;
    let (_, lost) = tom.connects(None, ack).await;
    let (later, again) = tom.connects(Some((page, "again")), ack).await;
    assert_eq!((&lost, lost.len()), (&again, 1));

    let dispose = json!({"operationName": "SetDisposition", "disposition": "Referred"});
    tom.posts(page, "dispose", &chat, dispose).await;
    tom.posts(page, "complete", &chat, json!({"operationName": "Complete"})).await;
    let (ack, told) = tom.connects(None, later).await;
    page.tells("completed", &json!(told));
    tom.gets(page, "late", &chat).await;

    // A program that was away too long, or a server whose journal was put back: the session is not known.
    let mut away = logged_in(&app.router, "agent1").await;
    away.client_id = "gone".into();
    let connect = json!([{
        "channel": "/meta/connect", "connectionType": "long-polling", "ext": {"ack": ack}
    }]);
    away.says(Some((page, "unknown")), connect).await;
    tom.gets(page, "what there is", "/me/chats?fields=*").await;
    tom.posts(page, "end", "/me", json!({"operationName": "EndContactCenterSession"})).await;
    tom.gets(page, "after the end", "/me").await;
}

async fn a_call(page: &mut Page) {
    let app = TestServer::with_calls().await;
    let switch = ScriptedSwitch::connect(&app);
    let agent = switch.at_work("agent1", "5001").await;
    let tom = logged_in(&app.router, "agent1").await;
    agent.hears().await;
    let call = switch.calls_in("+15550142", "9000").await;
    switch.offers(&call, &agent).await;
    page.tells("ringing", &json!(agent.hears().await));
    let path = format!("/me/calls/{call}");
    tom.posts(page, "answer", &path, json!({"operationName": "Answer"})).await;
    switch.hears(&call, 2, LegEvent::Up).await;
    page.tells("talking", &json!(agent.hears().await));
    switch.hears(&call, 1, LegEvent::Gone { cause: Cause::Normal, code: None }).await;
    page.tells("released", &json!(agent.hears().await));
    let dispose = json!({"operationName": "SetCallDisposition", "disposition": "Referred"});
    tom.posts(page, "dispose of a call", &path, dispose).await;
}

async fn a_page_of_another_origin(page: &mut Page) {
    let cors = Cors { origins: vec!["https://crm.example".into()] };
    let app = TestServer::behaving(Config { cors, ..Config::default() }).await;
    let browser = Program::new(&app.router).with("origin", "https://crm.example");
    let before = Program::new(&app.router)
        .with("origin", "https://crm.example")
        .with("access-control-request-method", "POST");
    before.exchange(page, "preflight", Method::OPTIONS, "/api/v2/login", Value::Null).await;
    browser.posts(page, "login from a page", "/login", credentials("agent1")).await;
    let other = Program::new(&app.router).with("origin", "https://elsewhere.example");
    other.posts(page, "login from elsewhere", "/login", credentials("agent1")).await;
}

async fn a_token_against_forged_requests(page: &mut Page) {
    let app = TestServer::behaving(Config { csrf: true, ..Config::default() }).await;
    let stranger = Program::new(&app.router);
    let (_, (head, headers)) = stranger.asks(&Method::POST, "/api/v2/login", &credentials("agent1")).await;
    page.keeps("login with a token", &head, &headers, &json!({"statusCode": 0}));
    let token = &headers.iter().find(|(name, _)| name == "x-csrf-token").expect("a token").1;
    let tom = Program::new(&app.router).with("cookie", &cookie_of(&headers));
    let start = json!({"operationName": "StartContactCenterSession", "channels": ["chat"]});
    tom.posts(page, "without the token", "/me", start.clone()).await;
    tom.with("x-csrf-token", token).posts(page, "with the token", "/me", start).await;
}

async fn a_socket(page: &mut Page) {
    let app = TestServer::start().await;
    let tom = logged_in(&app.router, "agent1").await;
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let server = tokio::spawn(axum::serve(listener, app.router.clone()).into_future());
    let mut request =
        format!("ws://{address}/api/v2/notifications").into_client_request().expect("a request");
    let cookie = tom.headers[0].1.parse().expect("a header");
    request.headers_mut().insert(header::COOKIE, cookie);
    let stream = TcpStream::connect(address).await.expect("a connection");
    let (mut socket, response) = client_async(request, stream).await.expect("a socket");
    let upgrade = [tom.headers[0].clone(), ("upgrade".to_owned(), "websocket".to_owned())];
    page.keeps("socket", "GET /api/v2/notifications", &upgrade, &Value::Null);
    page.keeps("socket answered", &format!("HTTP/1.1 {}", response.status()), &upgrade[1..], &Value::Null);
    let shake = json!([{
        "channel": "/meta/handshake", "version": "1.0", "minimumVersion": "1.0",
        "supportedConnectionTypes": ["websocket"], "ext": {"ack": true}
    }]);
    socket.send(Message::text(shake.to_string())).await.expect("sent");
    let text = socket.next().await.expect("an answer").expect("a message").into_text().expect("text");
    let mut answer: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(answer[0]["successful"], true);
    answer[0]["clientId"] = "…".into();
    page.tells("socket says", &shake);
    page.tells("socket hears", &answer);
    server.abort();
}
