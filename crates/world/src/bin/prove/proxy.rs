//! A TCP proxy that destroys replies: the request reaches the server, the answer does not reach the client, or
//! half of it does.

use anyhow::Result;
use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream, tcp::OwnedReadHalf, tcp::OwnedWriteHalf},
};

/// How often a reply is destroyed, in a thousand.
const DESTROYED: u32 = 30;
/// How often only its first half passes.
const HALVED: u32 = 15;

#[derive(Debug, Default)]
struct CutState {
    on: AtomicBool,
    cuts: AtomicU32,
}

/// The proxy.
#[derive(Debug)]
pub struct Proxy {
    addr: SocketAddr,
    blade: Arc<CutState>,
}

impl Proxy {
    /// Begins to pass connections on to the server, whole for the time being.
    pub async fn start(server: SocketAddr, mut chance: fastrand::Rng) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let proxy = Self { addr: listener.local_addr()?, blade: Arc::default() };
        let blade = proxy.blade.clone();
        tokio::spawn(async move {
            // Until the process ends; a connection that cannot be accepted is the client's to notice.
            loop {
                if let Ok((client, _)) = listener.accept().await {
                    tokio::spawn(pass(client, server, blade.clone(), chance.fork()));
                }
            }
        });
        Ok(proxy)
    }

    /// Where it listens.
    pub const fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Begins or ceases to cut.
    pub fn cut(&self, on: bool) {
        self.blade.on.store(on, Ordering::Relaxed);
    }

    /// How many connections it has cut.
    pub fn cuts(&self) -> u32 {
        self.blade.cuts.load(Ordering::Relaxed)
    }
}

async fn pass(client: TcpStream, server: SocketAddr, blade: Arc<CutState>, chance: fastrand::Rng) {
    // A server that is down refuses here; dropping the client tells it so.
    let Ok(server) = TcpStream::connect(server).await else { return };
    if client.set_nodelay(true).and_then(|()| server.set_nodelay(true)).is_err() {
        return;
    }
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    // Whichever direction ends takes the other with it.
    tokio::select! {
        () = requests(from_client, to_server) => {}
        () = replies(from_server, to_client, &blade, chance) => {}
    }
}

async fn requests(mut from: OwnedReadHalf, mut to: OwnedWriteHalf) {
    // How a connection ends is for its two ends to judge.
    drop(tokio::io::copy(&mut from, &mut to).await);
}

async fn replies(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    blade: &CutState,
    mut chance: fastrand::Rng,
) {
    let mut buffer = vec![0; 8 * 1024];
    while let Ok(count @ 1..) = from.read(&mut buffer).await {
        let roll = if blade.on.load(Ordering::Relaxed) { chance.u32(..1_000) } else { u32::MAX };
        if roll < DESTROYED + HALVED {
            blade.cuts.fetch_add(1, Ordering::Relaxed);
            if roll < HALVED {
                drop(to.write_all(&buffer[..count / 2]).await);
            }
            return;
        }
        if to.write_all(&buffer[..count]).await.is_err() {
            return;
        }
    }
}
