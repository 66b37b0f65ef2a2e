//! Connections: one task each, small buffers, room for newcomers, and an orderly end.
//!
//! Ten thousand clients hold a poll open at the same time and most of them hear nothing for half a minute, so what
//! counts is what an idle connection costs. Anybody can open one: until somebody is known on a connection it is one of
//! a [`Crowd`], of which the one that was still for longest is closed when there is no room for another.

use super::{
    followed::follow,
    outer::Gate,
    patience::cut,
    phase::{Open, Phase},
    stream::Watched,
    unread::lend,
};
use axum::Router;
use edge::{Bodies, Connection, Crowd, Network, Proxies};
use hyper::{
    Request,
    body::Incoming,
    header::{CONNECTION, EXPECT, HeaderValue},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use socket2::{SockRef, TcpKeepalive};
use std::{
    convert::Infallible,
    io,
    net::SocketAddr,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    sync::{mpsc, watch},
};
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt;
use tower_http::normalize_path::NormalizePath;

/// What a request line and its headers may weigh; hyper keeps as much for each direction at most.
const BUFFER: usize = 16 * 1024;
/// How long a TLS handshake may take.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// How long to wait when the system has no more sockets.
const BREATH: Duration = Duration::from_millis(50);
/// How many connections of strangers are closed then.
const THINNED: usize = 16;
/// After how long without a sign a client is asked whether it is still there: it may hold a poll.
const ASK_AFTER: Duration = Duration::from_secs(30);
/// How often it is asked, and how long what was sent may stay without a sign that it arrived.
const ASK_EVERY: Duration = Duration::from_secs(10);
/// How long a client may give no sign until it is gone.
const GONE: Duration = Duration::from_secs(60);

/// Everything that serves connections.
pub struct Server {
    /// The listener.
    pub listener: TcpListener,
    /// TLS of our own.
    pub tls: Option<TlsAcceptor>,
    /// What answers.
    pub app: NormalizePath<Router>,
    /// How long a stop waits for requests in flight.
    pub drain: Duration,
    /// The proxies that are believed about the client's address.
    pub proxies: Arc<Proxies>,
    /// What connections may take.
    pub room: Room,
}

/// What connections and their requests may take.
#[derive(Clone, Debug)]
pub struct Room {
    /// How many connections there may be.
    pub connections: usize,
    /// Those on which nobody is known.
    pub strangers: Crowd,
    /// The bodies that are on their way.
    pub bodies: Bodies,
}

/// The other end of a connection.
struct Peer {
    address: SocketAddr,
    proxies: Arc<Proxies>,
    bodies: Bodies,
    phase: Arc<Phase>,
}

/// Serves until `stop` is done, then lets requests in flight finish. `closing` runs in between: it ends held polls.
pub async fn serve(server: Server, stop: impl Future<Output = ()>, closing: impl Future<Output = ()>) {
    let Server { listener, tls, app, drain, proxies, room } = server;
    let (stopping, told) = watch::channel(());
    // Every connection holds the sender; when the receiver hears the end, the last is gone.
    let (alive, mut gone) = mpsc::channel::<()>(1);
    let open = Arc::<AtomicUsize>::default();
    let mut stop = pin!(stop);
    loop {
        let (stream, address) = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(why) => {
                    rejected(&why, &room.strangers).await;
                    continue;
                }
            },
            () = &mut stop => break,
        };
        if open.load(Ordering::Relaxed) >= room.connections && !room.strangers.thin_out() {
            cut("full");
            continue;
        }
        let is_trusted = proxies.trusts(address.ip());
        // A proxy is many clients, and looks after them itself.
        let network = (!is_trusted).then(|| Network::of(address.ip()));
        let connection = Connection::enter(&room.strangers, network);
        let phase = Phase::new(connection, is_trusted, Open::count(&open));
        let peer = Peer { address, proxies: proxies.clone(), bodies: room.bodies.clone(), phase };
        let (app, tls, told, alive) = (app.clone(), tls.clone(), told.clone(), alive.clone());
        tokio::spawn(async move {
            let connections = metrics::gauge!("jackfield_http_connections");
            connections.increment(1);
            if let Err(why) = set_up(&stream) {
                tracing::debug!(%why, peer = %address, "options of a socket");
            }
            let phase = peer.phase.clone();
            let stream = Watched::new(stream, phase.clone());
            tokio::select! {
                () = phase.connection.cut() => drop(cut("crowd")),
                () = async {
                    match tls {
                        None => exchange(stream, peer, app, told).await,
                        // Boxed, so that plain connections do not keep room for an encrypted one.
                        Some(tls) => Box::pin(encrypted(stream, peer, tls, app, told)).await,
                    }
                } => {}
            }
            connections.decrement(1);
            drop(alive);
        });
    }
    drop((listener, alive));
    tracing::info!(seconds = drain.as_secs(), "stopping: waiting for requests in flight");
    let end = async {
        closing.await;
        drop(stopping);
        gone.recv().await;
    };
    if tokio::time::timeout(drain, end).await.is_err() {
        tracing::warn!("some connections did not end in time and were cut");
    }
}

/// Notifications are small and must not wait for more, and a client that vanished is to be noticed though nothing is
/// sent to it.
fn set_up(stream: &TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let socket = SockRef::from(stream);
    let asked = (GONE - ASK_AFTER).as_secs() / ASK_EVERY.as_secs();
    let keepalive = TcpKeepalive::new().with_time(ASK_AFTER).with_interval(ASK_EVERY);
    socket.set_tcp_keepalive(&keepalive.with_retries(u32::try_from(asked).unwrap_or(1)))?;
    #[cfg(target_os = "linux")]
    socket.set_tcp_user_timeout(Some(GONE))?;
    Ok(())
}

/// A connection that broke before it was ours is the client's matter; when there are no sockets left, closing those of
/// strangers frees some.
async fn rejected(why: &io::Error, strangers: &Crowd) {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    if matches!(why.kind(), ConnectionAborted | ConnectionReset | ConnectionRefused) {
        return;
    }
    metrics::counter!("jackfield_http_accepts_failed_total").increment(1);
    let closed = (0..THINNED).take_while(|_| strangers.thin_out()).count();
    tracing::error!(%why, closed, "no connection could be accepted; idle ones are closed");
    tokio::time::sleep(BREATH).await;
}

async fn encrypted(
    stream: Watched<TcpStream>,
    peer: Peer,
    tls: TlsAcceptor,
    app: NormalizePath<Router>,
    stopping: watch::Receiver<()>,
) {
    match tokio::time::timeout(HANDSHAKE, tls.accept(stream)).await {
        Ok(Ok(stream)) => exchange(stream, peer, app, stopping).await,
        Ok(Err(why)) => tracing::debug!(%why, peer = %peer.address, "TLS handshake failed"),
        Err(_) => {
            cut("handshake");
            tracing::debug!(peer = %peer.address, "TLS handshake took too long");
        }
    }
}

async fn exchange(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    peer: Peer,
    app: NormalizePath<Router>,
    mut stopping: watch::Receiver<()>,
) {
    let address = peer.address;
    let service = service_fn(move |mut request: Request<Incoming>| {
        let answering = peer.phase.answer();
        let client = peer.proxies.client(peer.address.ip(), request.headers());
        let extensions = request.extensions_mut();
        extensions.insert(client);
        extensions.insert(peer.phase.connection.clone());
        extensions.insert(peer.bodies.clone());
        // A client that asks whether to send its body has not sent any of it.
        let asks_first = request.headers().contains_key(EXPECT);
        let (head, body) = request.into_parts();
        let (body, rest) = lend(body);
        let answer = app.clone().oneshot(Request::from_parts(head, body));
        let phase = peer.phase.clone();
        async move {
            let mut answer = answer.await?;
            if rest.is_some_and(|rest| !rest.is_done(asks_first)) {
                answer.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
                phase.leave_unread();
            }
            Ok::<_, Infallible>(follow(answer, answering))
        }
    });
    let mut connection = pin!(
        http1::Builder::new()
            .timer(TokioTimer::new())
            // The stream itself knows how long to wait.
            .header_read_timeout(None)
            .max_buf_size(BUFFER)
            .serve_connection(TokioIo::new(stream), service)
            .with_upgrades()
    );
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        // The sender sends nothing: it is dropped when the server stops.
        _ = stopping.changed() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(why) = ended {
        tracing::debug!(%why, peer = %address, "a connection ended");
    }
}
