//! A small contact centre with one service and one agent, and a widget that talks to it.

use axum::{Router, body::Body};
use channels::{Chat, ChatConfig, CustomerLimits};
use domain::{InteractionId, Millis, command::SessionAct, medium::Media};
use edge::Rate;
use http::{Request, Response, StatusCode, header::CONTENT_TYPE};
use serde_json::Value;
use std::{num::NonZeroU32, ops::Deref, sync::Arc};
use testkit::{
    Setup, TestDesk,
    centre::{TestCentre, service},
    documented,
    http::{FORM, encoded, read, send},
};

pub const INACTIVITY: Millis = 300_000;
pub const SERVICE: &str = "/genesys/2/chat/help";

/// The contact centre.
pub struct ChatServer {
    pub chat: Arc<Chat>,
    router: Router,
    test: TestDesk,
}

impl Deref for ChatServer {
    type Target = TestDesk;

    fn deref(&self) -> &TestDesk {
        &self.test
    }
}

impl ChatServer {
    pub async fn new() -> Self {
        Self::with(ChatConfig::default()).await
    }

    pub async fn with(config: ChatConfig) -> Self {
        Self::over(TestDesk::start(Setup::of(centre())).await, config)
    }

    /// The same on SQLite's journal, for whoever looks at its files.
    pub async fn on_disk() -> Self {
        let setup = Setup { on_disk: true, ..Setup::of(centre()) };
        Self::over(TestDesk::start(setup).await, ChatConfig::default())
    }

    /// The same centre after its process died and came back.
    pub async fn restarted(self) -> Self {
        let Self { test, chat, router } = self;
        drop((chat, router));
        Self::over(test.killed_and_restarted().await, ChatConfig::default())
    }

    fn over(test: TestDesk, config: ChatConfig) -> Self {
        let chat = Chat::new(test.desk.clone(), config);
        let router = chat.router();
        Self { chat, router, test }
    }

    pub async fn send(&self, request: Request<Body>) -> Response<Body> {
        send(&self.router, request).await
    }

    /// Posts a form, urlencoded.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> (StatusCode, Value) {
        let request = Request::post(path).header(CONTENT_TYPE, FORM).body(encoded(fields).into());
        let (status, answer) = read(self.send(request.expect("a request")).await).await;
        documented::answered("POST", path, status, &answer);
        (status, answer)
    }

    /// Opens a chat.
    pub async fn customer(&self, nickname: &str) -> Window {
        let (_, answer) = self.post(SERVICE, &[("nickname", nickname)]).await;
        Window::of(&answer)
    }

    /// Tom, the agent, takes a chat.
    pub async fn tom_takes(&self, window: &Window) {
        self.tom_works(Media::default().rows().iter().map(|row| row.name.clone())).await;
        self.test.tom_takes(&window.id()).await;
    }

    /// Tom does something in a chat.
    pub async fn tom(&self, window: &Window, act: SessionAct) {
        self.test.tom(&window.id(), act).await.expect("done");
    }

    /// Tom says something.
    pub async fn tom_says(&self, window: &Window, text: &str) {
        self.test.tom_says(&window.id(), text).await.expect("said");
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
    pub async fn command(&self, server: &ChatServer, command: &str, fields: &[(&str, &str)]) -> Value {
        let mut all = vec![
            ("userId", self.user_id.as_str()),
            ("secureKey", self.secure_key.as_str()),
            ("alias", self.alias.as_str()),
        ];
        all.extend(fields);
        let (status, answer) = server.post(&self.path(command), &all).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        answer
    }

    pub async fn refresh(&self, server: &ChatServer) -> Value {
        self.command(server, "refresh", &[]).await
    }
}

/// The texts of an answer's messages.
pub fn texts(answer: &Value) -> Vec<&str> {
    let messages = answer["messages"].as_array().expect("messages");
    messages.iter().filter_map(|message| message["text"].as_str()).collect()
}

fn centre() -> TestCentre {
    let media = Media::default();
    let chat = &media.rows()[0];
    let services = [("help", service(chat, "Help", INACTIVITY)), ("other", service(chat, "Help", 0))];
    let mut centre = TestCentre::small([chat], services);
    centre.queues[0].max_waiting = 3;
    centre
}
