//! A desk with two accounts at a provider, and the people on both sides of it.

use crate::{
    centre::{Clock, Ids, TOM, media, provisions},
    journal::Faulty,
    provider::Provider,
};
use axum::{Router, body::Body};
use base64::{Engine, engine::general_purpose::STANDARD};
use channels::{
    outbound::{Outbound, Reach, Rules},
    secret::Secret,
    sms::{Sms, SmsConfig, router},
};
use desk::{
    Condition, Desk, Refused, Setup,
    ports::{Done, Quarantined, Store},
};
use domain::{
    Command, InteractionId, Key, Message, State, UserId,
    command::{AgentAct, SessionAct},
    message::Content,
    session::{Delivery, Session},
    thread::Thread,
};
use hmac::{Hmac, Mac};
use http::{HeaderMap, Request, StatusCode, header::CONTENT_TYPE};
use http_body_util::BodyExt;
use serde_json::Value;
use sha1::Sha1;
use std::{collections::BTreeMap, future::Future, sync::Arc, time::Duration};
use store_sqlite::{Options, SqliteStore};
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tower::ServiceExt;

/// As what the provider knows us, in front of the path.
pub const PUBLIC: &str = "https://desk.example/centre";
pub const TOKEN: &str = "hush-token";
pub const OURS: &str = "+15550100";
pub const INES: &str = "+15550001111";
pub const JAN: &str = "+15550002222";
pub const TEXTS: &str = "/channels/sms/texts";
const FORM: &str = "application/x-www-form-urlencoded";

/// Changes the settings of an account before it is connected.
pub type Change = fn(&mut SmsConfig);

pub struct House {
    pub desk: Arc<Desk>,
    pub store: Arc<Faulty>,
    pub provider: Provider,
    pub dir: TempDir,
    pub clock: Arc<Clock>,
    ids: Arc<Ids>,
    router: Router,
    change: Change,
    post: JoinHandle<()>,
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
        let (clock, ids) = (Arc::new(Clock::new()), Arc::new(Ids::default()));
        let dir = TempDir::new().expect("a directory");
        let house = Self::open(dir, clock, ids, Provider::new().await, change).await;
        for change in provisions() {
            house.perform(Command::Provision(change)).await.expect("provisioned");
        }
        for act in [
            AgentAct::LogIn {
                channels: media().rows().iter().map(|row| row.name.clone()).collect(),
                place: None,
            },
            AgentAct::SetState { channel: None, operation: "Ready".into(), wrap_up: None },
        ] {
            house.perform(Command::Agent { agent: TOM.into(), act }).await.expect("at work");
        }
        house
    }

    async fn open(
        dir: TempDir,
        clock: Arc<Clock>,
        ids: Arc<Ids>,
        provider: Provider,
        change: Change,
    ) -> Self {
        let sqlite = SqliteStore::open(dir.path(), Options::default()).expect("a journal");
        let store = Arc::new(Faulty::new(sqlite));
        let media = media();
        let setup = Setup {
            store: store.clone(),
            render: Arc::new(api::Notes::new(media.clone(), api::Links::new(PUBLIC))),
            clock: clock.clone(),
            ids: ids.clone(),
            media,
        };
        let desk = Desk::open(setup).await.expect("a desk");
        let settings = |service: &str, prefix: Option<&str>| {
            let sid = format!("AC{service}");
            let mut config = SmsConfig::new(sid, Secret::new(TOKEN), vec![OURS.to_owned()]);
            config.base_url = provider.url.clone();
            config.address_prefix = prefix.map(str::to_owned);
            config.rate.burst = std::num::NonZeroU32::MAX;
            change(&mut config);
            (service.to_owned(), config)
        };
        let settings = [settings("texts", None), settings("whats", Some("whatsapp:"))];
        let rules = Rules {
            plain_http: true,
            reach: Reach::Loopback,
            total: Duration::from_secs(2),
            max_answer_bytes: 1_000,
            ..Rules::new(settings.iter().map(|(_, config)| config.base_url.clone()).collect())
        };
        let outbound = Arc::new(Outbound::new(rules).expect("a client"));
        let accounts = settings.map(|(service, config)| {
            let urls = vec![PUBLIC.to_owned(), "http://127.0.0.1:8080".to_owned()];
            let sms = Sms::new(desk.clone(), &service, config, outbound.clone(), urls);
            desk.connect(&service, sms.clone());
            sms
        });
        let post = tokio::spawn(runs(desk.clone()));
        Self { desk, store, provider, dir, clock, ids, router: router(accounts), change, post }
    }

    /// The same centre after its process was killed and another began.
    pub async fn killed_and_restarted(self) -> Self {
        let change = self.change;
        self.killed_and_restarted_with(change).await
    }

    /// The same with other settings.
    pub async fn killed_and_restarted_with(self, change: Change) -> Self {
        let Self { desk, store, provider, dir, clock, ids, router, post, .. } = self;
        post.abort();
        assert!(post.await.expect_err("killed").is_cancelled());
        desk.disconnect();
        drop((desk, router));
        eventually("the journal is let go", async || Arc::strong_count(&store) == 1).await;
        drop(store);
        Self::open(dir, clock, ids, provider, change).await
    }

    pub async fn perform(&self, command: Command) -> Result<Done, Refused> {
        self.desk.perform(command).await
    }

    /// Sends a request as it is.
    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.expect("an answer");
        let (head, body) = response.into_parts();
        let bytes = body.collect().await.expect("a body").to_bytes();
        let body = String::from_utf8(bytes.to_vec()).expect("text");
        Answer { status: head.status, headers: head.headers, body }
    }

    /// Posts a signed form; answers the status.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> StatusCode {
        self.send(signed(path, fields)).await.status
    }

    /// A customer texts our number; answers the status.
    pub async fn texted(&self, from: &str, id: &str, text: &str) -> StatusCode {
        self.send(text_from(from, id, text)).await.status
    }

    /// A customer has texted, and Tom talks with him: the conversation.
    pub async fn talk(&self, from: &str, id: &str) -> InteractionId {
        assert_eq!(self.texted(from, id, "Hello").await, StatusCode::OK);
        let session = self.latest(from).await.expect("a conversation");
        self.tom_takes(&session).await;
        session
    }

    pub async fn tom_takes(&self, session: &InteractionId) {
        let offer = Command::Offer { session: session.clone(), agent: TOM.into() };
        self.perform(offer).await.expect("offered");
        let accept = SessionAct::Accept { nickname: "Tom".into(), save_last_agent: false };
        self.tom(session, accept).await.expect("accepted");
    }

    /// Tom does something.
    pub async fn tom(&self, session: &InteractionId, act: SessionAct) -> Result<Done, Refused> {
        self.perform(Command::Session { session: session.clone(), agent: TOM.into(), act }).await
    }

    /// Tom says something; answers the number of his command.
    pub async fn tom_says(&self, session: &InteractionId, text: &str) -> u64 {
        let said = self.tom(session, SessionAct::Say { text: text.into(), message_type: None }).await;
        said.expect("said").reference.expect("a number")
    }

    async fn thread(&self, service: &str, from: &str) -> Option<Thread> {
        let key = Key::Thread(desk::address(service, OURS, from).thread);
        match self.store.state(&key).await.expect("a journal").as_deref() {
            Some(State::Thread(thread)) => Some(thread.clone()),
            _ => None,
        }
    }

    pub async fn consent(&self, from: &str) -> Option<domain::thread::Consent> {
        self.thread("texts", from).await.and_then(|thread| thread.consent)
    }

    pub async fn latest(&self, from: &str) -> Option<InteractionId> {
        self.latest_of("texts", from).await
    }

    pub async fn latest_of(&self, service: &str, from: &str) -> Option<InteractionId> {
        self.thread(service, from).await.and_then(|thread| thread.latest)
    }

    pub async fn session(&self, id: &InteractionId) -> Session {
        let state = self.desk.session(id).await.expect("a journal").expect("a conversation");
        desk::session_of(&state).expect("a conversation").clone()
    }

    pub async fn log(&self, id: &InteractionId) -> Vec<Message> {
        self.desk.messages(id, 1, 1_000).await.expect("a log")
    }

    /// The texts of a conversation, in order.
    pub async fn texts(&self, id: &InteractionId) -> Vec<String> {
        let text = |message: Message| match message.content {
            Content::Text { text, .. } => Some(text),
            _ => None,
        };
        self.log(id).await.into_iter().filter_map(text).collect()
    }

    /// How far what Tom said last has come.
    pub async fn state(&self, id: &InteractionId) -> Option<Delivery> {
        self.log(id).await.into_iter().filter_map(|message| message.delivery).next_back().map(|it| it.state)
    }

    /// The place of what Tom said last.
    pub async fn last(&self, id: &InteractionId) -> u32 {
        let last = self.log(id).await.into_iter().rfind(|message| message.delivery.is_some());
        last.expect("a message of ours").index
    }

    /// Waits until what Tom said last has come so far.
    pub async fn until(&self, id: &InteractionId, state: Delivery) {
        eventually(&format!("it is {state:?}"), async || self.state(id).await == Some(state)).await;
    }

    pub async fn quarantined(&self) -> Vec<Quarantined> {
        self.store.quarantined(0, 1_000, usize::MAX).await.expect("a journal")
    }

    /// The notifications of errors that Tom got.
    pub async fn errors(&self) -> Vec<Value> {
        let notes = self.store.notes(&UserId::from(TOM), 0, 1_000, usize::MAX).await.expect("a mailbox");
        let told = notes.iter().map(|note| serde_json::from_str(&note.body).expect("JSON"));
        told.filter(|note: &Value| note["notificationType"] == "Error").collect()
    }

    /// How an account stands.
    pub fn condition(&self, service: &str) -> Condition {
        let id = format!("SMS_{service}");
        let all = self.desk.services().all();
        all.into_iter().find(|state| state.id == id).expect("a state").condition
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
    for _ in 0..1_000 {
        if is_so().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("never: {what}");
}

/// The form of a customer's text message.
pub fn text_from(from: &str, id: &str, text: &str) -> Request<Body> {
    signed(
        TEXTS,
        &[("MessageSid", id), ("AccountSid", "ACtexts"), ("From", from), ("To", OURS), ("Body", text)],
    )
}

/// A form, posted and signed as the provider does.
pub fn signed(path: &str, fields: &[(&str, &str)]) -> Request<Body> {
    let given = signature(&format!("{PUBLIC}{path}"), fields);
    request(path).header("X-Twilio-Signature", given).body(encoded(fields).into()).expect("a request")
}

pub fn request(path: &str) -> http::request::Builder {
    Request::post(path).header(CONTENT_TYPE, FORM)
}

/// A form, urlencoded.
pub fn encoded(fields: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

/// The signature of a form that has each field once (channel-connectors §1B.2).
pub fn signature(url: &str, fields: &[(&str, &str)]) -> String {
    let sorted: BTreeMap<&str, &str> = fields.iter().copied().collect();
    let mut mac = Hmac::<Sha1>::new_from_slice(TOKEN.as_bytes()).expect("a key");
    mac.update(url.as_bytes());
    for (name, value) in sorted {
        mac.update(name.as_bytes());
        mac.update(value.as_bytes());
    }
    STANDARD.encode(mac.finalize().into_bytes())
}

/// The metrics of this process.
pub fn figures() -> String {
    use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
    static FIGURES: std::sync::LazyLock<PrometheusHandle> =
        std::sync::LazyLock::new(|| PrometheusBuilder::new().install_recorder().expect("the first"));
    FIGURES.render()
}

/// The value of a counter, with its labels as they are printed.
pub fn counter(name: &str, labels: &str) -> u64 {
    let figures = figures();
    let line = figures.lines().find_map(|line| line.strip_prefix(&format!("{name}{{{labels}}} ")));
    line.map_or(0, |value| value.parse().expect("a number"))
}
