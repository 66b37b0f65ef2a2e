//! A desk with two accounts at a provider, and the people on both sides of it.

use super::provider::Provider;
use axum::{Router, body::Body};
use channels::{
    outbound::{Outbound, Reach, Rules},
    secret::Secret,
    sms::{Sms, SmsConfig, router},
};
use desk::Condition;
use domain::{
    InteractionId,
    medium::{Connector, Media, Medium},
    thread::{Consent, Terms},
};
use http::{Request, StatusCode, header::CONTENT_TYPE};
use std::{ops::Deref, sync::Arc, time::Duration};
use testkit::{
    START, Setup, TestClock, TestDesk,
    centre::{TestCentre, service},
    http::{FORM, TextAnswer, ask, encoded},
    sign,
};

/// As what the provider knows us, in front of the path.
pub const PUBLIC: &str = "https://desk.example/centre";
pub const TOKEN: &str = "hush-token";
pub const OURS: &str = "+15550100";
pub const INES: &str = "+15550001111";
pub const JAN: &str = "+15550002222";
pub const TEXTS: &str = "/channels/sms/texts";

/// Changes the settings of an account before it is connected.
pub type Change = fn(&mut SmsConfig);

pub struct SmsServer {
    pub provider: Provider,
    router: Router,
    change: Change,
    test: TestDesk,
}

impl Deref for SmsServer {
    type Target = TestDesk;

    fn deref(&self) -> &TestDesk {
        &self.test
    }
}

impl SmsServer {
    pub async fn new() -> Self {
        Self::with(|_| {}).await
    }

    pub async fn with(change: Change) -> Self {
        Self::start(change, false).await
    }

    /// The same on SQLite's journal, for whoever looks at its files.
    pub async fn on_disk(change: Change) -> Self {
        Self::start(change, true).await
    }

    async fn start(change: Change, on_disk: bool) -> Self {
        let media = media();
        let rows = || media.rows().iter().filter(|row| row.connector == Connector::Sms);
        let services = ["texts", "whats"].into_iter().zip(rows()).map(|(name, row)| {
            let terms = Terms { max_chars: Some(1_600), ..Terms::default() };
            (name, domain::centre::Service { terms, ..service(row, "Help", 0) })
        });
        let centre = TestCentre::small(rows(), services);
        let clock = TestClock::running(START);
        let setup = Setup { clock, media: media.clone(), public_url: PUBLIC, on_disk, ..Setup::of(centre) };
        let mut test = TestDesk::start(setup).await;
        test.runs();
        test.tom_works(media.rows().iter().map(|row| row.name.clone())).await;
        Self::over(test, Provider::new().await, change)
    }

    fn over(test: TestDesk, provider: Provider, change: Change) -> Self {
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
            let sms = Sms::new(test.desk.clone(), &service, config, outbound.clone(), urls);
            test.desk.connect(service.as_str(), sms.clone());
            sms
        });
        Self { provider, router: router(accounts), change, test }
    }

    /// The same centre after its process was killed and another began.
    pub async fn killed_and_restarted(self) -> Self {
        let change = self.change;
        self.killed_and_restarted_with(change).await
    }

    /// The same with other settings.
    pub async fn killed_and_restarted_with(self, change: Change) -> Self {
        let Self { test, provider, router, .. } = self;
        drop(router);
        Self::over(test.killed_and_restarted().await, provider, change)
    }

    /// Sends a request as it is.
    pub async fn send(&self, request: Request<Body>) -> TextAnswer {
        ask(&self.router, request).await
    }

    /// Posts a signed form; answers the status.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> StatusCode {
        self.send(signed(path, fields)).await.status
    }

    /// A customer texts our number; answers the status.
    pub async fn texted(&self, from: &str, id: &str, text: &str) -> StatusCode {
        self.send(text_from(from, id, text)).await.status
    }

    /// A customer has texted, and Tom talks with them: the conversation.
    pub async fn talk(&self, from: &str, id: &str) -> InteractionId {
        assert_eq!(self.texted(from, id, "Hello").await, StatusCode::OK);
        let session = self.latest(from).await.expect("a conversation");
        self.tom_takes(&session).await;
        session
    }

    /// Tom says something; answers the number of the command.
    pub async fn tom_says(&self, session: &InteractionId, text: &str) -> u64 {
        self.test.tom_says(session, text).await.expect("said").reference.expect("a number")
    }

    pub async fn consent(&self, from: &str) -> Option<Consent> {
        self.thread("texts", OURS, from).await.and_then(|thread| thread.consent)
    }

    pub async fn latest(&self, from: &str) -> Option<InteractionId> {
        self.latest_of("texts", from).await
    }

    pub async fn latest_of(&self, service: &str, from: &str) -> Option<InteractionId> {
        self.thread(service, OURS, from).await.and_then(|thread| thread.latest)
    }

    /// The place of what Tom said last.
    pub async fn last(&self, id: &InteractionId) -> u32 {
        let last = self.log(id).await.into_iter().rfind(|message| message.delivery.is_some());
        last.expect("a message of ours").index
    }

    /// How an account stands.
    pub fn condition(&self, service: &str) -> Condition {
        self.test.condition(&format!("SMS_{service}"))
    }
}

/// The media of this build, and one that the installation added.
fn media() -> Media {
    let added = Medium::added("whatsapp", Connector::Sms).expect("a word");
    Media::with(vec![added]).expect("nobody else has these names")
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

/// The signature of a form that has each field once (spec: channel-connectors#1B.2).
pub fn signature(url: &str, fields: &[(&str, &str)]) -> String {
    sign::form(TOKEN, url, fields)
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
