//! The demo's SMS provider and Messenger platform, as parts of this server.

use crate::{clock::SteadyClock, demo_mode::DemoMode, ids::RandomIds};
use anyhow::{Context, Result};
use axum::{
    Router,
    extract::Request,
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use demo::platforms::{MOUNT, Platforms, Settings};
use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::Arc,
};
use tokio::{net::TcpListener, task::JoinSet};

/// The simulators; none outside the demo.
pub struct Simulators {
    platforms: Option<Arc<Platforms>>,
    /// The port on 127.0.0.1 at which connectors find them.
    pub port: u16,
    /// The URL of the server, where they send their webhooks.
    server: String,
    /// A listener of their own, when the server does not listen on 127.0.0.1.
    door: Option<TcpListener>,
}

impl Simulators {
    /// The simulators of a server that listens here and is known as `url`.
    pub async fn new(demo_mode: DemoMode, url: &str, listener: &TcpListener) -> Result<Self> {
        let address = listener.local_addr()?;
        let server = format!("http://{}", reached(address));
        if demo_mode == DemoMode::None {
            return Ok(Self { platforms: None, port: address.port(), server, door: None });
        }
        let (clock, ids) = (Arc::new(SteadyClock::start(None)), Arc::new(RandomIds));
        let platforms = Some(Platforms::new(Settings::demo(url), clock, ids)?);
        if reached(address).ip() == IpAddr::V4(Ipv4Addr::LOCALHOST) {
            return Ok(Self { platforms, port: address.port(), server, door: None });
        }
        let door = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.context("the simulated platforms")?;
        Ok(Self { platforms, port: door.local_addr()?.port(), server, door: Some(door) })
    }

    /// Their addresses, below [`MOUNT`].
    pub fn router(&self) -> Router {
        let mounted = |router: Router, platforms: &Arc<Platforms>| {
            router.nest(MOUNT, platforms.router().layer(middleware::from_fn(whole)))
        };
        self.platforms.iter().fold(Router::new(), mounted)
    }

    /// Runs them, and their customers where the demo is alive.
    pub fn run(self, tasks: &mut JoinSet<()>, demo_mode: DemoMode) {
        let router = self.router();
        let Some(platforms) = self.platforms else { return };
        if let Some(door) = self.door {
            tasks.spawn(async move {
                if let Err(why) = axum::serve(door, router).await {
                    tracing::error!(%why, "the simulated platforms cannot be reached");
                }
            });
        }
        tasks.spawn(platforms.clone().run(self.server));
        if demo_mode == DemoMode::Alive {
            tasks.spawn(platforms.customers());
        }
    }
}

/// Reads the body of a request before the simulators see any of it: they have no time limits of their own.
async fn whole(request: Request, next: Next) -> Response {
    let (head, body) = request.into_parts();
    match edge::read_body(&head.extensions, body, edge::Sender::Stranger, demo::platforms::MAX_BODY).await {
        Ok(body) => next.run(Request::from_parts(head, body.into())).await,
        Err(why) => why.status().into_response(),
    }
}

/// The address at which a server that listens here is reached on this machine.
fn reached(address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        SocketAddr::from((Ipv4Addr::LOCALHOST, address.port()))
    } else {
        address
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use demo::platforms::MESSENGER_PATH;

    async fn simulators(demo_mode: DemoMode, address: &str) -> (Simulators, u16) {
        let listener = TcpListener::bind(address).await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        (Simulators::new(demo_mode, "http://localhost", &listener).await.expect("simulators"), port)
    }

    #[tokio::test]
    async fn they_are_behind_the_door_of_the_server_where_that_is_open_to_this_machine() {
        for address in ["127.0.0.1:0", "0.0.0.0:0"] {
            let (simulators, port) = simulators(DemoMode::Provisioned, address).await;
            assert_eq!((simulators.port, simulators.door.is_some()), (port, false));
            assert_eq!(simulators.server, format!("http://127.0.0.1:{port}"));
        }
        let (elsewhere, port) = simulators(DemoMode::Provisioned, "127.0.0.2:0").await;
        assert_ne!(elsewhere.port, port);
        assert_eq!(elsewhere.server, format!("http://127.0.0.2:{port}"));
    }

    #[tokio::test]
    async fn there_are_none_outside_the_demo() {
        let (simulators, _) = simulators(DemoMode::None, "127.0.0.1:0").await;
        assert!(simulators.platforms.is_none());
        assert!(MESSENGER_PATH.ends_with(demo::centre::MESSENGER_SERVICE));
    }
}
