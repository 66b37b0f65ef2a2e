//! The server under test.

use super::{
    Client, Guest, centre,
    world::{CountedIds, StoppedClock},
};
use api::{Api, Config, Links, Notes, Setup};
use axum::Router;
use desk::Desk;
use domain::{
    Command, Millis, UserData, UserId,
    centre::Centre,
    command::{Open, Provision},
    medium::Media,
};
use std::sync::Arc;
use store_sqlite::{Options, SqliteStore};
use tempfile::TempDir;

/// Where the server says that it is.
pub const PUBLIC_URL: &str = "http://localhost:8080";

/// The server.
pub struct App {
    pub desk: Arc<Desk>,
    pub clock: Arc<StoppedClock>,
    pub ids: Arc<CountedIds>,
    pub router: Router,
    api: Arc<Api>,
    _dir: TempDir,
}

impl App {
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
        let dir = TempDir::new().expect("a directory");
        let store = SqliteStore::open(dir.path(), Options::default()).expect("a journal");
        let (clock, ids) = (Arc::new(StoppedClock::default()), Arc::new(CountedIds::default()));
        let links = Links::new(PUBLIC_URL);
        let media = Media::default();
        let setup = desk::Setup {
            store: Arc::new(store),
            render: Arc::new(Notes::new(media.clone(), links.clone()).showing(config.shown)),
            clock: clock.clone(),
            ids: ids.clone(),
            media,
        };
        let desk = Desk::open(setup).await.expect("a desk");
        let mut centre = centre::centre();
        change(&mut centre);
        let all = std::iter::once(Provision::PutCentre(Box::new(centre))).chain(centre::rest());
        for provision in all {
            desk.perform(Command::Provision(provision)).await.expect("provisioned");
        }
        let config = Config { version: "0.0.0-test".into(), ..config };
        let api = Api::start(Setup { desk: desk.clone(), links, config }).await.expect("an API");
        let router = api.router();
        Self { desk, clock, ids, router, api, _dir: dir }
    }

    /// Somebody changes the journal while no server runs, and one begins again.
    pub async fn restarted(self, changes: impl IntoIterator<Item = Provision>) -> Self {
        let (media, links) = (self.desk.media().clone(), Links::new(PUBLIC_URL));
        let setup = || desk::Setup {
            store: self.desk.store().clone(),
            render: Arc::new(Notes::new(media.clone(), links.clone())),
            clock: self.clock.clone(),
            ids: self.ids.clone(),
            media: media.clone(),
        };
        let command = Desk::open(setup()).await.expect("a desk");
        for change in changes {
            command.perform(Command::Provision(change)).await.expect("provisioned");
        }
        let desk = Desk::open(setup()).await.expect("a desk");
        let setup = Setup { desk: desk.clone(), links: links.clone(), config: Config::default() };
        let api = Api::start(setup).await.expect("an API");
        Self { desk, router: api.router(), api, ..self }
    }

    /// The centre without a feature.
    pub async fn without(features: &[&str]) -> Self {
        Self::with(|centre| centre.features.retain(|feature| !features.contains(&feature.as_str()))).await
    }

    /// What the API does by itself goes on from now.
    pub fn goes_on(&self) {
        tokio::spawn(self.api.clone().run());
    }

    /// Somebody who works here, by his login name without the `@demo`.
    pub fn agent(&self, name: &str) -> Client<'_> {
        Client::new(self, Some(&format!("{name}@demo")))
    }

    /// Somebody who has not said who he is.
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

    /// A customer comes in with what his application knows of him.
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
        Guest { app: self, id, collection: "chats" }
    }

    /// The router offers a waiting customer to an agent.
    pub async fn offer(&self, guest: &Guest<'_>, agent: &Client<'_>) {
        let command = Command::Offer { session: guest.id.clone(), agent: agent.id() };
        self.desk.perform(command).await.expect("offered");
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

    /// Time goes by, and offers that are due by then lapse.
    pub async fn lapse(&self, by: Millis, guest: &Guest<'_>, agent: &Client<'_>) {
        self.clock.advance(by);
        let command = Command::OfferLapsed { session: guest.id.clone(), agent: agent.id() };
        self.desk.perform(command).await.expect("looked at");
    }
}
