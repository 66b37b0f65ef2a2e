//! A server inside this process: for figures in which one commit after another is made faster than requests can
//! ask for it. Clients still come over TCP.

use crate::centre;
use anyhow::Context;
use api::{Api, Config, Links, Notes, Setup as ApiSetup};
use axum::serve::ListenerExt;
use desk::{Desk, DeskSetup};
use domain::{Command, InteractionId, Millis, medium::Media};
use std::{path::Path, sync::Arc};
use store_sqlite::SqliteStore;
use testkit::{TestClock, TestIds};

/// When figures begin: a fixed day, so that nothing in them is old enough to be retired.
const BEGUN: Millis = 1_790_000_000_000;

/// A desk on a data directory.
pub async fn desk(data: &Path, agents: usize) -> anyhow::Result<Arc<Desk>> {
    let store = Arc::new(SqliteStore::open(data, store_sqlite::Options::default())?);
    let media = Media::default();
    let links = Links::new("http://127.0.0.1");
    let desk = Desk::open(DeskSetup {
        store,
        render: Arc::new(Notes::new(media.clone(), links)),
        clock: Arc::new(TestClock::running(BEGUN)),
        ids: Arc::new(TestIds::default()),
        media,
        node: domain::NodeId::default(),
    })
    .await?;
    let commands = centre::commands(agents)?;
    for chunk in commands.chunks(1_000) {
        let made = chunk.iter().map(|command| desk.perform(command.clone()));
        futures::future::try_join_all(made).await?;
    }
    Ok(desk)
}

/// Serves the API of a desk on a port of its own.
pub async fn serve(desk: Arc<Desk>) -> anyhow::Result<u16> {
    let links = Links::new("http://127.0.0.1");
    let api = Api::start(ApiSetup { desk, links, config: Config::default() }).await?;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let port = listener.local_addr()?.port();
    tokio::spawn(api.clone().run());
    tokio::spawn(async move {
        axum::serve(
            listener.tap_io(|stream| {
                stream.set_nodelay(true).ok();
            }),
            api.router(),
        )
        .await
    });
    Ok(port)
}

/// A conversation from the customer's coming to an agent's talking with them.
pub async fn talk(desk: &Desk, agent: usize) -> anyhow::Result<InteractionId> {
    use domain::command::{Open, SessionAct};
    let session = desk.ids().session();
    desk.open_session(Open {
        session: session.clone(),
        service: centre::SERVICE.into(),
        participant: desk.ids().participant(),
        nickname: "Ines".into(),
        key_digest: String::new(),
        user_data: domain::UserData::default(),
    })
    .await
    .context("a customer was refused")?;
    let agent = centre::id(agent);
    desk.perform(Command::Offer { session: session.clone(), agent: agent.clone(), request: None }).await?;
    let act = SessionAct::Accept { nickname: "Tom".into(), save_last_agent: false };
    desk.perform(Command::Session { session: session.clone(), agent, act }).await?;
    Ok(session)
}
