//! A small contact centre with one service and one agent, and a widget that talks to it.

use crate::journal::Faulty;
use axum::{Router, body::Body};
use channels::{Chat, ChatConfig, CustomerLimits};
use desk::{
    Desk, Setup,
    ports::{Cause, Clock, Ids, NewNote, Render, Sight},
};
use domain::{
    Command, Decision, InteractionId, Millis, No, UserId,
    centre::{Centre, Service, system_states},
    command::{AgentAct, Provision, SessionAct},
    medium::Media,
    message::ParticipantId,
    queue::{Calls, Queue},
    user::{Role, User},
};
use edge::Rate;
use http::{Request, Response, StatusCode, header::CONTENT_TYPE};
use http_body_util::BodyExt;
use serde_json::Value;
use std::{
    collections::BTreeMap,
    num::NonZeroU32,
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
};
use store_sqlite::{Options, SqliteStore};
use tempfile::TempDir;
use tower::ServiceExt;

pub const START: Millis = 1_770_109_862_000;
pub const INACTIVITY: Millis = 300_000;
pub const SERVICE: &str = "/genesys/2/chat/help";
pub const PLAIN: &str = "application/x-www-form-urlencoded";
const TOM: &str = "00000000000000000000000000000070";

/// The contact centre.
pub struct House {
    pub desk: Arc<Desk>,
    pub chat: Arc<Chat>,
    pub clock: Arc<StoppedClock>,
    pub store: Arc<Faulty>,
    ids: Arc<CountedIds>,
    router: Router,
    dir: TempDir,
}

impl House {
    pub async fn new() -> Self {
        Self::with(ChatConfig::default()).await
    }

    pub async fn with(config: ChatConfig) -> Self {
        let dir = TempDir::new().expect("a directory");
        let clock = Arc::new(StoppedClock(AtomicI64::new(START)));
        let ids = Arc::new(CountedIds(AtomicU64::new(0)));
        let house = Self::open(dir, clock, ids, config).await;
        for change in centre() {
            house.perform(Command::Provision(change)).await;
        }
        house
    }

    /// The same centre after its process died and came back.
    pub async fn restarted(self) -> Self {
        let Self { dir, clock, ids, store, desk, chat, router } = self;
        drop((store, desk, chat, router));
        Self::open(dir, clock, ids, ChatConfig::default()).await
    }

    async fn open(dir: TempDir, clock: Arc<StoppedClock>, ids: Arc<CountedIds>, config: ChatConfig) -> Self {
        let sqlite = SqliteStore::open(dir.path(), Options::default()).expect("a journal");
        let store = Arc::new(Faulty::new(sqlite));
        let setup = Setup {
            store: store.clone(),
            render: Arc::new(NoNotes),
            clock: clock.clone(),
            ids: ids.clone(),
            media: Media::default(),
        };
        let desk = Desk::open(setup).await.expect("a desk");
        let chat = Chat::new(desk.clone(), config);
        let router = chat.router();
        Self { desk, chat, clock, store, ids, router, dir }
    }

    /// Time goes by while the process runs, which looks at it all the while.
    pub fn pass(&self, by: Millis) {
        let mut left = by;
        while left > 0 {
            let step = left.min(1_000);
            self.clock.advance(step);
            self.desk.now();
            left -= step;
        }
    }

    /// Where its journal is.
    pub fn directory(&self) -> &std::path::Path {
        self.dir.path()
    }

    pub async fn perform(&self, command: Command) {
        self.desk.perform(command).await.expect("performed");
    }

    pub async fn send(&self, request: Request<Body>) -> Response<Body> {
        self.router.clone().oneshot(request).await.expect("an answer")
    }

    /// Posts a form, urlencoded.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> (StatusCode, Value) {
        let request = Request::post(path).header(CONTENT_TYPE, PLAIN).body(encoded(fields).into());
        read(self.send(request.expect("a request")).await).await
    }

    /// Opens a chat.
    pub async fn customer(&self, nickname: &str) -> Window {
        let (_, answer) = self.post(SERVICE, &[("nickname", nickname)]).await;
        Window::of(&answer)
    }

    /// Tom, the agent, takes a chat.
    pub async fn tom_takes(&self, window: &Window) {
        let agent = UserId::from(TOM);
        let channels = Media::default().rows().iter().map(|row| row.name.clone()).collect();
        for act in [
            AgentAct::LogIn { channels, place: None },
            AgentAct::SetState { channel: None, operation: "Ready".into(), wrap_up: None },
        ] {
            self.perform(Command::Agent { agent: agent.clone(), act }).await;
        }
        self.perform(Command::Offer { session: window.id(), agent }).await;
        self.tom(window, SessionAct::Accept { nickname: "Tom".into(), save_last_agent: false }).await;
    }

    /// Tom does something in a chat.
    pub async fn tom(&self, window: &Window, act: SessionAct) {
        self.perform(Command::Session { session: window.id(), agent: TOM.into(), act }).await;
    }

    /// Tom says something.
    pub async fn tom_says(&self, window: &Window, text: &str) {
        self.tom(window, SessionAct::Say { text: text.into(), message_type: None }).await;
    }
}

/// Web chat whose customers may ask and write as much as they like.
pub fn unlimited() -> ChatConfig {
    let most = Rate { per_minute: NonZeroU32::MAX, burst: NonZeroU32::MAX };
    let limits = CustomerLimits { messages: most, chat_bytes: most, ..CustomerLimits::default() };
    ChatConfig { limits, ..ChatConfig::default() }
}

/// A widget with a chat open: the values that open it, as its last answer gave them.
#[derive(Clone)]
pub struct Window {
    pub chat_id: String,
    pub user_id: String,
    pub secure_key: String,
    pub alias: String,
}

impl Window {
    pub fn of(answer: &Value) -> Self {
        let text =
            |name: &str| answer[name].as_str().unwrap_or_else(|| panic!("{name} in {answer}")).to_owned();
        Self {
            chat_id: text("chatId"),
            user_id: text("userId"),
            secure_key: text("secureKey"),
            alias: text("alias"),
        }
    }

    pub fn id(&self) -> InteractionId {
        self.chat_id.as_str().into()
    }

    pub fn path(&self, command: &str) -> String {
        format!("{SERVICE}/{}/{command}", self.chat_id)
    }

    /// Sends a command; answers what came back with HTTP 200.
    pub async fn command(&self, house: &House, command: &str, fields: &[(&str, &str)]) -> Value {
        let mut all = vec![
            ("userId", self.user_id.as_str()),
            ("secureKey", self.secure_key.as_str()),
            ("alias", self.alias.as_str()),
        ];
        all.extend(fields);
        let (status, answer) = house.post(&self.path(command), &all).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        answer
    }

    pub async fn refresh(&self, house: &House) -> Value {
        self.command(house, "refresh", &[]).await
    }
}

/// A form, urlencoded.
pub fn encoded(fields: &[(&str, &str)]) -> String {
    let escape = |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<Vec<_>>().concat();
    let pair = |(name, value): &(&str, &str)| format!("{}={}", escape(name), escape(value));
    fields.iter().map(pair).collect::<Vec<_>>().join("&")
}

/// Status and JSON of an answer.
pub async fn read(response: Response<Body>) -> (StatusCode, Value) {
    let status = response.status();
    let bytes = response.into_body().collect().await.expect("a body").to_bytes();
    (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
}

/// The texts of an answer's messages.
pub fn texts(answer: &Value) -> Vec<&str> {
    let messages = answer["messages"].as_array().expect("messages");
    messages.iter().filter_map(|message| message["text"].as_str()).collect()
}

fn centre() -> Vec<Provision> {
    let medium = Media::default().rows()[0].clone();
    let service = Service {
        medium: medium.name.clone(),
        queue: "Help".into(),
        inactivity: INACTIVITY,
        terms: domain::thread::Terms::default(),
    };
    let other = Service { inactivity: 0, ..service.clone() };
    let queue = Queue {
        name: "Help".into(),
        skills: BTreeMap::new(),
        priority: 0,
        ageing: 0,
        offer: 30_000,
        cool_down: 30_000,
        max_waiting: 3,
        reserve_percent: domain::share::RESERVE_PERCENT,
        routing_point: None,
        calls: Calls::default(),
    };
    let centre = Centre {
        id: "c0".into(),
        name: "Test".into(),
        features: medium.features.iter().map(|feature| (*feature).to_owned()).collect(),
        agent_states: system_states(),
        disposition: domain::disposition::Rule::default(),
        capacity: BTreeMap::from([(medium.name, 3)]),
        services: BTreeMap::from([("help".into(), service), ("other".into(), other)]),
        settings: BTreeMap::new(),
        made_by_file: domain::centre::MadeByFile::default(),
    };
    let user = User {
        id: tom(),
        user_name: "tom@test".into(),
        first_name: "Tom".into(),
        last_name: String::new(),
        email: String::new(),
        password_hash: String::new(),
        roles: vec![Role::Agent],
        enabled: true,
        skills: BTreeMap::new(),
        device: None,
        place: None,
        capacity: BTreeMap::new(),
        queues: Vec::new(),
        settings: BTreeMap::new(),
    };
    vec![
        Provision::PutQueue(Box::new(queue)),
        Provision::PutCentre(Box::new(centre)),
        Provision::PutUser(Box::new(user)),
    ]
}

fn tom() -> UserId {
    TOM.into()
}

/// A clock that goes when it is told to.
pub struct StoppedClock(AtomicI64);

impl StoppedClock {
    pub fn advance(&self, by: Millis) {
        self.0.fetch_add(by, Ordering::SeqCst);
    }
}

impl Clock for StoppedClock {
    fn now(&self) -> Millis {
        self.0.load(Ordering::SeqCst)
    }
}

/// Ids that are the same in every run.
struct CountedIds(AtomicU64);

impl CountedIds {
    fn next(&self) -> u64 {
        self.0.fetch_add(1, Ordering::SeqCst) + 1
    }
}

impl Ids for CountedIds {
    fn session(&self) -> InteractionId {
        InteractionId::new(format!("{:016}", self.next()))
    }

    fn participant(&self) -> ParticipantId {
        ParticipantId::new(format!("{:016X}", self.next()))
    }

    fn secret(&self) -> String {
        format!("{:032x}", self.next())
    }

    fn guid(&self) -> String {
        format!("{:08x}-0000-4000-8000-000000000000", self.next())
    }
}

/// Nobody listens.
struct NoNotes;

impl Render for NoNotes {
    fn notes(
        &self,
        _: &mut dyn Sight,
        _: &Decision,
        _: Option<&Cause>,
        _: Millis,
    ) -> Result<Vec<NewNote>, No> {
        Ok(Vec::new())
    }
}
