//! A desk with two pages of one app, and the people on both sides of it.

use crate::{
    centre::{Clock, Ids, TOM, medium, provisions},
    graph::Graph,
    journal::Faulty,
};
use axum::{Router, body::Body};
use channels::{
    messenger::{Messenger, MessengerConfig},
    outbound::{Outbound, Reach, Rules},
    secret::Secret,
};
use desk::{
    Condition, Desk, Refused, Setup,
    ports::{Clock as _, Done, Quarantined, Store},
};
use domain::{
    Command, InteractionId, Key, Message, Millis, State, UserId,
    command::{AgentAct, SessionAct},
    medium::Media,
    message::Content,
    session::{Delivery, Session},
};
use hmac::{Hmac, Mac};
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use sha2::Sha256;
use std::{fmt::Write as _, future::Future, sync::Arc, time::Duration};
use store_sqlite::{Options, SqliteStore};
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tower::ServiceExt;

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

/// Changes the settings of the accounts before they are connected.
pub type Change = fn(&mut MessengerConfig);

pub struct House {
    pub desk: Arc<Desk>,
    pub store: Arc<Faulty>,
    pub graph: Graph,
    pub dir: TempDir,
    pub clock: Arc<Clock>,
    pub messenger: Arc<Messenger>,
    router: Router,
    _post: JoinHandle<()>,
}

/// What a webhook was answered.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl House {
    pub async fn new() -> Self {
        Self::with(|_| {}).await
    }

    pub async fn with(change: Change) -> Self {
        let clock = Arc::new(Clock::new());
        let dir = TempDir::new().expect("a directory");
        let graph = Graph::new().await;
        let sqlite = SqliteStore::open(dir.path(), Options::default()).expect("a journal");
        let store = Arc::new(Faulty::new(sqlite));
        let media = Media::default();
        let setup = Setup {
            store: store.clone(),
            render: Arc::new(api::Notes::new(media.clone(), api::Links::new(PUBLIC))),
            clock: clock.clone(),
            ids: Arc::new(Ids::default()),
            media,
        };
        let desk = Desk::open(setup).await.expect("a desk");
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
        let messenger = Messenger::new(&desk, &outbound, PUBLIC, accounts.into()).expect("accounts");
        let post = tokio::spawn(runs(desk.clone()));
        let router = messenger.router();
        let house = Self { desk, store, graph, dir, clock, messenger, router, _post: post };
        for change in provisions() {
            house.perform(Command::Provision(change)).await.expect("provisioned");
        }
        for act in [
            AgentAct::LogIn { channels: vec![medium().name], place: None },
            AgentAct::SetState { channel: None, operation: "Ready".into(), wrap_up: None },
        ] {
            house.perform(Command::Agent { agent: TOM.into(), act }).await.expect("at work");
        }
        house
    }

    /// Time goes by while the process runs, which looks at it all the while.
    pub fn pass(&self, by: Millis) {
        for _ in 0..by / 1_000 {
            self.clock.advance(1_000);
            self.desk.now();
        }
    }

    pub async fn perform(&self, command: Command) -> Result<Done, Refused> {
        self.desk.perform(command).await
    }

    pub fn now(&self) -> Millis {
        self.clock.now()
    }

    /// Sends a request as it is.
    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.expect("an answer");
        let (head, body) = response.into_parts();
        let bytes = body.collect().await.expect("a body").to_bytes();
        let body = String::from_utf8(bytes.to_vec()).expect("text");
        Answer { status: head.status, headers: head.headers, body }
    }

    /// Delivers a body, signed.
    pub async fn deliver(&self, body: &str) -> Answer {
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

    /// A customer has written, and Tom talks with him: the conversation.
    pub async fn talk(&self, person: &str, mid: &str) -> InteractionId {
        self.wrote(person, mid, "Hello").await;
        let session = self.latest(person).await.expect("a conversation");
        let offer = Command::Offer { session: session.clone(), agent: TOM.into() };
        self.perform(offer).await.expect("offered");
        let accept = SessionAct::Accept { nickname: "Tom".into(), save_last_agent: false };
        self.tom(&session, accept).await.expect("accepted");
        session
    }

    /// Tom does something.
    pub async fn tom(&self, session: &InteractionId, act: SessionAct) -> Result<Done, Refused> {
        self.perform(Command::Session { session: session.clone(), agent: TOM.into(), act }).await
    }

    /// Tom says something, or is refused.
    pub async fn tom_says(&self, session: &InteractionId, text: &str) -> Result<Done, Refused> {
        self.tom(session, SessionAct::Say { text: text.into(), message_type: None }).await
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
        let key = Key::Thread(desk::address(service, page, person).thread);
        match self.store.state(&key).await.expect("a journal").as_deref() {
            Some(State::Thread(thread)) => thread.latest.clone(),
            _ => None,
        }
    }

    pub async fn session(&self, id: &InteractionId) -> Session {
        let state = self.desk.session(id).await.expect("a journal").expect("a conversation");
        desk::session_of(&state).expect("a conversation").clone()
    }

    pub async fn log(&self, id: &InteractionId) -> Vec<Message> {
        self.desk.messages(id, 1, 1_000).await.expect("a log")
    }

    /// What was said and told in a conversation, in order.
    pub async fn contents(&self, id: &InteractionId) -> Vec<Content> {
        let said = self.log(id).await.into_iter().map(|message| message.content);
        said.filter(|content| !matches!(content, Content::Joined)).collect()
    }

    /// The texts of a conversation, in order.
    pub async fn texts(&self, id: &InteractionId) -> Vec<String> {
        let text = |content| match content {
            Content::Text { text, .. } => Some(text),
            _ => None,
        };
        self.contents(id).await.into_iter().filter_map(text).collect()
    }

    /// The notices of a conversation, in order.
    pub async fn notices(&self, id: &InteractionId) -> Vec<String> {
        let text = |content| match content {
            Content::Notice { text } => Some(text),
            _ => None,
        };
        self.contents(id).await.into_iter().filter_map(text).collect()
    }

    /// A value of a conversation's user data.
    pub async fn data(&self, id: &InteractionId, key: &str) -> Option<Value> {
        self.session(id).await.user_data.get(key).cloned()
    }

    /// How far what Tom said last has come.
    pub async fn state(&self, id: &InteractionId) -> Option<Delivery> {
        self.log(id).await.into_iter().filter_map(|message| message.delivery).next_back().map(|it| it.state)
    }

    /// Waits until what Tom said last has come so far.
    pub async fn until(&self, id: &InteractionId, state: Delivery) {
        eventually(&format!("it is {state:?}"), async || self.state(id).await == Some(state)).await;
    }

    pub async fn quarantined(&self) -> Vec<Quarantined> {
        self.store.quarantined(0, 1_000, usize::MAX).await.expect("a journal")
    }

    /// The errors that Tom was told, in words.
    pub async fn errors(&self) -> Vec<String> {
        let notes = self.store.notes(&UserId::from(TOM), 0, 1_000, usize::MAX).await.expect("a mailbox");
        let told = notes.iter().map(|note| serde_json::from_str(&note.body).expect("JSON"));
        let errors = told.filter(|note: &Value| note["notificationType"] == "Error");
        errors.map(|note| note["errorMessage"].as_str().expect("words").to_owned()).collect()
    }

    /// How the account stands.
    pub fn condition(&self) -> Condition {
        let all = self.desk.services().all();
        all.into_iter().find(|state| state.id == "MESSENGER_page").expect("a state").condition
    }
}

/// What a process does: it sends, and looks at the time, so that none of it is taken for a standstill.
async fn runs(desk: Arc<Desk>) {
    tokio::join!(desk.clone().post(), looks(desk));
}

async fn looks(desk: Arc<Desk>) {
    loop {
        desk.now();
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// Waits for something that must come.
pub async fn eventually<F: Future<Output = bool>>(what: &str, mut is_so: impl FnMut() -> F) {
    for _ in 0..1_500 {
        if is_so().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("never: {what}");
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

/// The HMAC-SHA256 of a text, in hex.
pub fn hex(key: &str, text: impl AsRef<[u8]>) -> String {
    mac(key, text).iter().fold(String::new(), |mut hex, byte| {
        write!(hex, "{byte:02x}").expect("room");
        hex
    })
}

pub fn mac(key: &str, text: impl AsRef<[u8]>) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).expect("a key");
    mac.update(text.as_ref());
    mac.finalize().into_bytes().to_vec()
}
