//! A server in this process: a desk, and the API over it.

use crate::{
    Client, Contract, Guest, Setup, TestDesk,
    centre::{self, TestCentre},
    contract::hold,
};
use api::{Api, Config, Links, Shown};
use axum::{Router, middleware::from_fn};
use desk::Desk;
use domain::{
    Command, Millis, UserData, UserId,
    centre::Centre,
    command::{Open, Provision},
};
use std::{ops::Deref, sync::Arc};

/// Where the server says that it is.
pub const PUBLIC_URL: &str = "http://localhost:8080";

/// A small contact centre on a journal of its own, and people who talk to it over the API. What a test does reads as
/// what people do:
///
/// ```ignore
/// let server = TestServer::start().await;
/// let tom = server.agent("agent1");
/// tom.ready().await;
/// let ines = server.customer("Ines").await;
/// server.offer(&ines, &tom).await;
/// tom.post(&format!("/me/chats/{}", ines.id), json!({"operationName": "Accept", "nickname": "Tom"})).await.ok();
/// assert_eq!(tom.hears().await.len(), 4);
/// ```
///
/// Nothing moves by itself: the clock stands until it is told to go, and nobody is offered anything unless the test
/// says so.
pub struct TestServer {
    /// What answers requests.
    pub router: Router,
    /// What its answers are held against.
    pub contract: Arc<Contract>,
    shown: Shown,
    api: Arc<Api>,
    test: TestDesk,
}

impl Deref for TestServer {
    type Target = TestDesk;

    fn deref(&self) -> &TestDesk {
        &self.test
    }
}

impl TestServer {
    /// The usual centre.
    pub async fn start() -> Self {
        Self::with(|_| {}).await
    }

    /// The usual centre with a change.
    pub async fn with(change: impl FnOnce(&mut Centre)) -> Self {
        Self::built(change, Config::default()).await
    }

    /// The usual centre behind an API that behaves otherwise.
    pub async fn behaving(config: Config) -> Self {
        Self::built(|_| {}, config).await
    }

    /// The usual centre with calls.
    pub async fn with_calls() -> Self {
        Self::with(super::with_voice).await
    }

    /// Both.
    pub async fn built(change: impl FnOnce(&mut Centre), config: Config) -> Self {
        let mut usual = TestCentre::whole();
        change(&mut usual.centre);
        let test = TestDesk::start(Setup { shown: config.shown, ..Setup::of(usual) }).await;
        let config = Config { version: "0.0.0-test".into(), ..config };
        let (contract, shown) = (Contract::of(test.desk.media(), config.shown), config.shown);
        let api = api_over(&test.desk, config).await;
        Self { router: held_to(&contract, api.router()), contract, shown, api, test }
    }

    /// Somebody changes the journal while no server runs, and one begins again.
    pub async fn restarted(mut self, changes: impl IntoIterator<Item = Provision>) -> Self {
        let command = self.beside().await;
        for change in changes {
            command.perform(Command::Provision(change)).await.expect("provisioned");
        }
        self.test.desk = self.beside().await;
        let api = api_over(&self.test.desk, Config { shown: self.shown, ..Config::default() }).await;
        Self { router: held_to(&self.contract, api.router()), api, ..self }
    }

    /// The centre without a feature.
    pub async fn without(features: &[&str]) -> Self {
        Self::with(|centre| centre.features.retain(|feature| !features.contains(&feature.as_str()))).await
    }

    /// What the API does by itself goes on from now.
    pub fn goes_on(&self) {
        tokio::spawn(self.api.clone().run());
    }

    /// Somebody who works here, by their login name without the `@demo`.
    pub fn agent(&self, name: &str) -> Client<'_> {
        Client::new(self, Some(&format!("{name}@demo")))
    }

    /// Somebody who has not said who they are.
    pub fn stranger(&self) -> Client<'_> {
        Client::new(self, None)
    }

    /// The id of a user.
    pub fn id(&self, name: &str) -> UserId {
        self.desk.directory().named(&format!("{name}@demo")).expect("a user").id.clone()
    }

    /// A customer comes in.
    pub async fn customer(&self, nickname: &str) -> Guest<'_> {
        self.customer_with(nickname, UserData::default()).await
    }

    /// A customer comes in with what their application knows of them.
    pub async fn customer_with(&self, nickname: &str, user_data: UserData) -> Guest<'_> {
        let id = self.desk.ids().session();
        let open = Open {
            session: id.clone(),
            service: centre::SERVICE.into(),
            participant: self.desk.ids().participant(),
            nickname: nickname.into(),
            key_digest: String::new(),
            user_data,
        };
        self.desk.open_session(open).await.expect("let in");
        Guest { server: self, id, collection: "chats" }
    }

    /// The router offers a waiting customer to an agent.
    pub async fn offer(&self, guest: &Guest<'_>, agent: &Client<'_>) {
        let command = Command::Offer { session: guest.id.clone(), agent: agent.id(), request: None };
        self.desk.perform(command).await.expect("offered");
    }

    /// The router offers a request for help to an agent.
    pub async fn offer_request(&self, guest: &Guest<'_>, request: u32, agent: &Client<'_>) {
        let (session, agent) = (guest.id.clone(), agent.id());
        let command = Command::Offer { session, agent, request: Some(request) };
        self.desk.perform(command).await.expect("offered");
    }

    /// Time goes by, and a request for help that is due by then lapses.
    pub async fn request_lapses(&self, by: Millis, guest: &Guest<'_>, request: u32) {
        self.clock.advance(by);
        let command = Command::RequestLapsed { session: guest.id.clone(), request };
        self.desk.perform(command).await.expect("looked at");
    }

    /// Time goes by, and offers that are due by then lapse.
    pub async fn lapse(&self, by: Millis, guest: &Guest<'_>, agent: &Client<'_>) {
        self.clock.advance(by);
        let command = Command::OfferLapsed { session: guest.id.clone(), agent: agent.id() };
        self.desk.perform(command).await.expect("looked at");
    }
}

/// The router, each answer of which is as the API document says, or the test fails.
fn held_to(contract: &Arc<Contract>, router: Router) -> Router {
    let contract = contract.clone();
    router.layer(from_fn(move |request, next| hold(contract.clone(), request, next)))
}

async fn api_over(desk: &Arc<Desk>, config: Config) -> Arc<Api> {
    let links = Links::new(PUBLIC_URL);
    Api::start(api::Setup { desk: desk.clone(), links, config }).await.expect("an API")
}
