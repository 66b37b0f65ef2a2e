//! A server as the webhooks meet it: it notes what comes, checks the signatures by rules written down once more,
//! and answers as it was told.

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Query, State},
    http::{HeaderMap, Method, Request, Response, StatusCode, Uri},
    response::IntoResponse,
    routing::any,
};
use demo::platforms::{APP_SECRET, MOUNT, Platforms, SMS_AUTH_TOKEN, Settings, VERIFY_TOKEN};
use domain::Millis;
use serde_json::Value;
use std::{
    collections::{BTreeMap, VecDeque},
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};
use testkit::{TestClock, TestIds, http::read, sign, wait::found};
use tokio::{net::TcpListener, task::JoinSet};
use tower::ServiceExt as _;

/// What the signatures are made over; there is no such host.
pub const PUBLIC: &str = "https://centre.example.org";
/// Now, at the server.
pub const NOW: Millis = 1_760_000_000_000;

/// One request that came.
#[derive(Clone, Debug)]
pub struct Came {
    pub path: String,
    /// The fields of a form, empty for JSON.
    pub form: BTreeMap<String, String>,
    /// The body of JSON, null for a form.
    pub json: Value,
    pub raw: String,
    pub is_signed: bool,
    pub token: String,
    pub at: Instant,
}

impl Came {
    pub fn field(&self, name: &str) -> &str {
        self.form.get(name).map_or("", String::as_str)
    }

    /// All events of a page's webhook.
    pub fn events(&self) -> Vec<Value> {
        let entries = self.json["entry"].as_array().cloned().unwrap_or_default();
        let events = entries.iter().filter_map(|entry| entry["messaging"].as_array());
        events.flatten().cloned().collect()
    }
}

#[derive(Default)]
struct Inbox {
    came: Mutex<Vec<Came>>,
    answers: Mutex<VecDeque<(StatusCode, Option<&'static str>)>>,
    verifications: Mutex<VecDeque<StatusCode>>,
}

pub struct WebhookServer {
    pub platforms: Arc<Platforms>,
    pub address: SocketAddr,
    inbox: Arc<Inbox>,
    _tasks: JoinSet<()>,
}

/// The demo's settings without its waits and mischief.
pub fn calm() -> Settings {
    let mut settings = Settings::demo(&format!("{PUBLIC}/"));
    settings.sms.sent_after = 0..1;
    settings.sms.final_after = 150..151;
    settings.messenger.echo_first = 0;
    settings.messenger.echo_after = 50..51;
    settings.messenger.delivered_after = 150..151;
    settings.mischief.doubled = 0;
    settings.mischief.overtaken = 0;
    settings.repeat.first = Duration::from_millis(30);
    settings
}

impl WebhookServer {
    /// A server with the simulators in it.
    pub async fn open(settings: Settings) -> Self {
        let platforms =
            Platforms::new(settings, Arc::new(TestClock::stopped(NOW)), Arc::new(TestIds::default()));
        let platforms = platforms.expect("an HTTP client");
        let inbox = Arc::new(Inbox::default());
        let app = Router::new()
            .route("/channels/{*rest}", any(receive))
            .with_state(inbox.clone())
            .nest(MOUNT, platforms.router());
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let mut tasks = JoinSet::new();
        tasks.spawn(async move { axum::serve(listener, app).await.expect("serving") });
        tasks.spawn(platforms.clone().run(format!("http://{address}")));
        Self { platforms, address, inbox, _tasks: tasks }
    }

    /// Answers the next webhooks with these instead of 200.
    pub fn answer_with(&self, answers: &[(StatusCode, Option<&'static str>)]) {
        self.inbox.answers.lock().expect("no panic before").extend(answers);
    }

    /// Answers the next verifications with these instead of the challenge.
    pub fn verify_with(&self, answers: &[StatusCode]) {
        self.inbox.verifications.lock().expect("no panic before").extend(answers);
    }

    pub fn came(&self) -> Vec<Came> {
        self.inbox.came.lock().expect("no panic before").clone()
    }

    /// Waits until so many have come that fit, and answers those.
    pub async fn wait(&self, many: usize, fits: impl Fn(&Came) -> bool) -> Vec<Came> {
        let fitting = async || Some(self.came().into_iter().filter(&fits).collect()).filter(enough(many));
        found(&format!("{many} that fit"), fitting).await
    }

    /// Waits until so many events of a kind (`message`, `read`, …) have come, and answers them.
    pub async fn events(&self, many: usize, kind: &str) -> Vec<Value> {
        let events = async || {
            let mut events: Vec<Value> = self.came().iter().flat_map(Came::events).collect();
            events.retain(|event| event.get(kind).is_some());
            Some(events).filter(enough(many))
        };
        found(&format!("{many} {kind}"), events).await
    }

    /// Asks the simulators; the path is without their mount.
    pub async fn ask(&self, request: Request<Body>) -> (StatusCode, Value) {
        read(self.whole(request).await).await
    }

    pub async fn whole(&self, request: Request<Body>) -> Response<Body> {
        self.platforms.router().oneshot(request).await.expect("an answer")
    }

    pub async fn say(&self, what: Value) -> (StatusCode, Value) {
        self.ask(post("/say", "application/json", what.to_string())).await
    }

    /// The log, once it has so many entries: an entry is written when its answer has come, which is after whoever
    /// answered has seen the webhook.
    pub async fn logged(&self, query: &str, many: usize) -> Vec<Value> {
        let log = async || Some(self.log(query).await).filter(enough(many));
        found(&format!("{many} entries"), log).await
    }

    pub async fn log(&self, query: &str) -> Vec<Value> {
        let request = Request::get(format!("/log{query}")).body(Body::empty()).expect("a request");
        self.ask(request).await.1.as_array().cloned().expect("a list")
    }
}

/// Whether there are so many.
fn enough<T>(many: usize) -> impl Fn(&Vec<T>) -> bool {
    move |all| all.len() >= many
}

pub fn post(path: &str, content_type: &str, body: String) -> Request<Body> {
    Request::post(path).header("content-type", content_type).body(body.into()).expect("a request")
}

async fn receive(
    State(inbox): State<Arc<Inbox>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    Query(query): Query<BTreeMap<String, String>>,
    body: Bytes,
) -> Response<Body> {
    if method == Method::GET {
        let planned = inbox.verifications.lock().expect("no panic before").pop_front();
        if let Some(status) = planned {
            return status.into_response();
        }
        let is_right = query.get("hub.mode").is_some_and(|mode| mode == "subscribe")
            && query.get("hub.verify_token").is_some_and(|token| token == VERIFY_TOKEN);
        return match query.get("hub.challenge").filter(|_| is_right) {
            Some(challenge) => challenge.clone().into_response(),
            None => StatusCode::FORBIDDEN.into_response(),
        };
    }
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let raw = String::from_utf8(body.to_vec()).expect("text");
    let is_form = header("content-type").starts_with("application/x-www-form-urlencoded");
    let pairs: Vec<(String, String)> =
        if is_form { form_urlencoded::parse(&body).into_owned().collect() } else { Vec::new() };
    let is_signed = if is_form {
        header("x-twilio-signature") == sign::form(SMS_AUTH_TOKEN, &format!("{PUBLIC}{uri}"), &pairs)
    } else {
        header("x-hub-signature-256") == format!("sha256={}", sign::hex(APP_SECRET, &body))
    };
    inbox.came.lock().expect("no panic before").push(Came {
        path: uri.to_string(),
        form: pairs.into_iter().collect(),
        json: serde_json::from_str(&raw).unwrap_or_default(),
        raw,
        is_signed,
        token: header("i-twilio-idempotency-token").to_owned(),
        at: Instant::now(),
    });
    let planned = inbox.answers.lock().expect("no panic before").pop_front();
    match planned {
        None => StatusCode::OK.into_response(),
        Some((status, None)) => status.into_response(),
        Some((status, Some(seconds))) => (status, [("retry-after", seconds)]).into_response(),
    }
}
