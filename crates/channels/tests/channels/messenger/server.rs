//! A desk with two pages of one app, and the people on both sides of it.

use super::graph::Graph;
use axum::{Router, body::Body};
use channels::{
    messenger::{Messenger, MessengerConfig},
    outbound::{Outbound, Reach, Rules},
    secret::Secret,
};
use desk::{Condition, ports::Clock};
use domain::{
    InteractionId, Millis,
    medium::{Connector, Media},
    message::Content,
    session::Delivery,
    thread::Terms,
};
use http::{Request, StatusCode};
use serde_json::{Value, json};
use std::{ops::Deref, sync::Arc, time::Duration};
use testkit::{
    Setup, TestClock, TestDesk,
    centre::{TestCentre, service},
    http::{TextAnswer, ask},
    sign::hex,
};

pub const PUBLIC: &str = "https://desk.example/centre";
pub const APP: &str = "3003";
pub const APP_SECRET: &str = "hush-app-secret";
pub const PAGE_TOKEN: &str = "hush-page-token";
pub const VERIFY_TOKEN: &str = "hush-verify-token";
pub const PAGE: &str = "1001";
pub const OTHER: &str = "1002";
pub const INES: &str = "2002";
pub const JAN: &str = "2003";
pub const HOOK: &str = "/channels/messenger/page";

pub const HOUR: Millis = 60 * 60 * 1_000;
pub const DAY: Millis = 24 * HOUR;
/// When the tests begin.
const BEGUN: Millis = 1_795_000_000_000;

/// Changes the settings of the accounts before they are connected.
pub type Change = fn(&mut MessengerConfig);

pub struct MessengerServer {
    pub graph: Graph,
    pub messenger: Arc<Messenger>,
    router: Router,
    test: TestDesk,
}

impl Deref for MessengerServer {
    type Target = TestDesk;

    fn deref(&self) -> &TestDesk {
        &self.test
    }
}

impl MessengerServer {
    pub async fn new() -> Self {
        Self::with(|_| {}).await
    }

    pub async fn with(change: Change) -> Self {
        Self::start(change, false).await
    }

    /// The same on SQLite's journal, for whoever looks at its files.
    pub async fn on_disk() -> Self {
        Self::start(|_| {}, true).await
    }

    async fn start(change: Change, on_disk: bool) -> Self {
        let media = Media::default();
        let medium = media.rows().iter().find(|row| row.connector == Connector::Messenger);
        let medium = medium.expect("a medium of Messenger");
        let terms = Terms {
            max_chars: Some(20_000),
            reply: Some(DAY),
            person: Some(7 * DAY),
            tells_reading: true,
            ..Terms::default()
        };
        let page = domain::centre::Service { terms, ..service(medium, "Help", 0) };
        let centre = TestCentre::small([medium], [("page", page.clone()), ("other", page)]);
        let clock = TestClock::running(BEGUN);
        let setup = Setup { clock, public_url: PUBLIC, on_disk, ..Setup::of(centre) };
        let mut test = TestDesk::start(setup).await;
        let graph = Graph::new().await;
        let rules = Rules {
            plain_http: true,
            reach: Reach::Loopback,
            total: Duration::from_secs(2),
            max_answer_bytes: 10_000,
            ..Rules::new(vec![graph.url.parse().expect("a URL")])
        };
        let outbound = Arc::new(Outbound::new(rules).expect("a client"));
        let accounts = [("page", PAGE), ("other", OTHER)].map(|(service, page)| {
            let secret = Secret::new;
            let mut config =
                MessengerConfig::new(page, APP, secret(APP_SECRET), secret(PAGE_TOKEN), secret(VERIFY_TOKEN));
            config.base_url.clone_from(&graph.url);
            config.echo_wait = Duration::from_secs(1);
            change(&mut config);
            (service.to_owned(), config)
        });
        let messenger = Messenger::new(&test.desk, &outbound, PUBLIC, accounts.into()).expect("accounts");
        test.runs();
        test.tom_works([medium.name.clone()]).await;
        let router = messenger.router();
        Self { graph, messenger, router, test }
    }

    pub fn now(&self) -> Millis {
        self.clock.now()
    }

    /// Sends a request as it is.
    pub async fn send(&self, request: Request<Body>) -> TextAnswer {
        ask(&self.router, request).await
    }

    /// Delivers a body, signed.
    pub async fn deliver(&self, body: &str) -> TextAnswer {
        self.send(signed(HOOK, body)).await
    }

    /// Delivers events of the page, which must be taken.
    pub async fn events(&self, events: &[Value]) {
        let answer = self.deliver(&delivery("messaging", events)).await;
        assert_eq!((answer.status, answer.body.as_str()), (StatusCode::OK, "EVENT_RECEIVED"));
    }

    /// The same for events of a thread that another app controls.
    pub async fn aside(&self, events: &[Value]) {
        let answer = self.deliver(&delivery("standby", events)).await;
        assert_eq!(answer.status, StatusCode::OK);
    }

    /// A customer writes.
    pub async fn wrote(&self, person: &str, mid: &str, text: &str) {
        self.events(&[self.says(person, mid, text)]).await;
    }

    /// The event of a customer who writes.
    pub fn says(&self, person: &str, mid: &str, text: &str) -> Value {
        event(person, self.now(), "message", &json!({ "mid": mid, "text": text }))
    }

    /// The event of the copy of a message of the page.
    pub fn copy(&self, person: &str, mid: &str, copy: &Value) -> Value {
        let mut message = json!({ "mid": mid, "is_echo": true });
        message.as_object_mut().expect("an object").extend(copy.as_object().expect("an object").clone());
        json!({
            "sender": { "id": PAGE }, "recipient": { "id": person },
            "timestamp": self.now(), "message": message,
        })
    }

    /// A customer has written, and Tom talks with them: the conversation.
    pub async fn talk(&self, person: &str, mid: &str) -> InteractionId {
        self.wrote(person, mid, "Hello").await;
        let session = self.latest(person).await.expect("a conversation");
        self.tom_takes(&session).await;
        session
    }

    /// Tom says something, and what becomes of it is waited for.
    pub async fn tom_gets(&self, session: &InteractionId, text: &str, state: Delivery) {
        self.tom_says(session, text).await.expect("said");
        self.until(session, state).await;
    }

    pub async fn latest(&self, person: &str) -> Option<InteractionId> {
        self.latest_of("page", PAGE, person).await
    }

    pub async fn latest_of(&self, service: &str, page: &str, person: &str) -> Option<InteractionId> {
        self.thread(service, page, person).await.and_then(|thread| thread.latest)
    }

    /// What was said and told in a conversation, in order.
    pub async fn contents(&self, id: &InteractionId) -> Vec<Content> {
        let said = self.log(id).await.into_iter().map(|message| message.content);
        said.filter(|content| !matches!(content, Content::Joined)).collect()
    }

    /// The notices of a conversation, in order.
    pub async fn notices(&self, id: &InteractionId) -> Vec<String> {
        let text = |content| match content {
            Content::Notice(notice) => Some(notice.text),
            _ => None,
        };
        self.contents(id).await.into_iter().filter_map(text).collect()
    }

    /// A value of a conversation's user data.
    pub async fn data(&self, id: &InteractionId, key: &str) -> Option<Value> {
        self.session(id).await.user_data.get(key).cloned()
    }

    /// The errors that Tom was told, in words.
    pub async fn errors(&self) -> Vec<String> {
        let errors = self.test.errors().await.into_iter();
        errors.map(|note| note["errorMessage"].as_str().expect("words").to_owned()).collect()
    }

    /// How the account stands.
    pub fn condition(&self) -> Condition {
        self.test.condition("MESSENGER_page")
    }
}

/// An event that a person makes.
pub fn event(person: &str, at: Millis, kind: &str, what: &Value) -> Value {
    json!({ "sender": { "id": person }, "recipient": { "id": PAGE }, "timestamp": at, kind: what })
}

/// The body of a delivery with one entry.
pub fn delivery(list: &str, events: &[Value]) -> String {
    json!({ "object": "page", "entry": [{ "id": PAGE, "time": 1, list: events }] }).to_string()
}

/// A delivery, posted and signed as the platform does.
pub fn signed(path: &str, body: &str) -> Request<Body> {
    let given = format!("sha256={}", hex(APP_SECRET, body));
    posted(path, body, Some(&given))
}

pub fn posted(path: &str, body: &str, signature: Option<&str>) -> Request<Body> {
    let mut request = Request::post(path);
    if let Some(signature) = signature {
        request = request.header("X-Hub-Signature-256", signature);
    }
    request.body(body.to_owned().into()).expect("a request")
}
