//! Connections: one task each, small buffers, room for newcomers, and an orderly end.
//!
//! Ten thousand clients hold a poll open at the same time and most of them hear nothing for half a minute, so what
//! counts is what an idle connection costs. Anybody can open one: until somebody is known on a connection it is one of
//! a [`Crowd`], of which the one that was still for longest is closed when there is no room for another.

use super::{
    followed::follow,
    patience::cut,
    phase::{Count, Phase},
    stream::Watched,
    unread::lend,
};
use axum::Router;
use edge::{Bodies, Connection, Crowd, Network, Proxies};
use futures::future::Either;
use hyper::{
    Request,
    body::Incoming,
    header::{CONNECTION, EXPECT, HeaderValue},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use socket2::{SockRef, TcpKeepalive};
use std::{convert::Infallible, io, net::SocketAddr, pin::pin, sync::Arc, time::Duration};
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
/// How much of an answer the system may hold for a client that does not take it, in bytes; the system counts double.
const SEND_BUFFER: usize = 128 * 1024;
/// How long a TLS handshake may take.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// How long to wait when the system has no more sockets.
const BREATH: Duration = Duration::from_millis(50);
/// How many connections of strangers are closed then.
const THINNED: usize = 16;
/// After how long without a sign a client is asked whether it is still there: it may hold a poll.
const ASK_AFTER: Duration = Duration::from_secs(30);
/// How long the server waits for its answer.
const ASK_EVERY: Duration = Duration::from_secs(10);
/// How often it is asked.
const ASKED: u32 = 3;
/// After how long without a sign from it a client counts as gone, also when something was sent to it.
const GONE: Duration = Duration::from_secs(60);

/// The parts that serve connections.
pub struct Server {
    /// The listener.
    pub listener: TcpListener,
    /// The server's own TLS.
    pub tls: Option<TlsAcceptor>,
    /// The router.
    pub app: NormalizePath<Router>,
    /// How long a stop waits for requests in flight.
    pub drain: Duration,
    /// The proxies that are believed about the client's address.
    pub proxies: Arc<Proxies>,
    /// How much connections may take.
    pub room: ConnectionBounds,
}

/// What connections and their requests may take.
#[derive(Clone, Debug)]
pub struct ConnectionBounds {
    /// How many connections there may be.
    pub connections: usize,
    /// Those on which nobody is known yet.
    pub strangers: Crowd,
    /// The bodies that are on their way.
    pub bodies: Bodies,
}

/// The other end of a connection.
struct ConnectionPeer {
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
    let count = Arc::<Count>::default();
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
        if count.open() >= room.connections && !make_room(&room, &count).await {
            cut("full");
            continue;
        }
        let is_trusted = proxies.trusts(address.ip());
        // A proxy serves many clients, and looks after them itself.
        let network = (!is_trusted).then(|| Network::of(address.ip()));
        let connection = Connection::enter(&room.strangers, network);
        let phase = Phase::new(connection, is_trusted, count.add());
        if let Err(why) = set_up(&stream) {
            tracing::debug!(%why, peer = %address, "options of a socket");
        }
        let stream = Watched::new(stream, phase.clone());
        let peer = ConnectionPeer {
            address,
            proxies: proxies.clone(),
            bodies: room.bodies.clone(),
            phase: phase.clone(),
        };
        let (app, told, alive) = (app.clone(), told.clone(), alive.clone());
        let served = match tls.clone() {
            None => Either::Left(exchange(stream, peer, app, told)),
            // Boxed, so that plain connections do not keep room for an encrypted one.
            Some(tls) => Either::Right(Box::pin(encrypted(stream, peer, tls, app, told))),
        };
        tokio::spawn(async move {
            let connections = metrics::gauge!("jackfield_http_connections");
            connections.increment(1);
            tokio::select! {
                () = phase.connection.cut() => drop(cut("crowd")),
                () = served => {}
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

/// Closes a connection of a stranger for another that has come; false when there is none.
async fn make_room(room: &ConnectionBounds, count: &Count) -> bool {
    if !room.strangers.thin_out() {
        return false;
    }
    while count.open() >= room.connections {
        // A task that does not get to close its connection must not keep all others out.
        if tokio::time::timeout(BREATH, count.closed()).await.is_err() {
            break;
        }
    }
    true
}

/// Sets up a connection: notifications are small and must not wait for more, and a client that vanished must be
/// noticed even if nothing is sent to it.
fn set_up(stream: &TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let socket = SockRef::from(stream);
    let keepalive = TcpKeepalive::new().with_time(ASK_AFTER).with_interval(ASK_EVERY);
    socket.set_tcp_keepalive(&keepalive.with_retries(ASKED))?;
    #[cfg(target_os = "linux")]
    socket.set_tcp_user_timeout(Some(GONE))?;
    // The system would keep megabytes for a client that reads nothing, and hide that from us.
    socket.set_send_buffer_size(SEND_BUFFER)?;
    Ok(())
}

/// Deals with a connection that could not be accepted. One that broke before is the client's matter; when there are no
/// sockets left, closing those of strangers frees some.
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
    peer: ConnectionPeer,
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

/// Serves a connection. Not an `async fn`, which would keep room for all of it twice.
fn exchange<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(
    stream: S,
    peer: ConnectionPeer,
    app: NormalizePath<Router>,
    mut stopping: watch::Receiver<()>,
) -> impl Future<Output = ()> + Send + use<S> {
    let address = peer.address;
    let service = service_fn(move |mut request: Request<Incoming>| {
        let answering = peer.phase.answer();
        let client = peer.proxies.client(peer.address.ip(), request.headers());
        let extensions = request.extensions_mut();
        extensions.insert(client);
        extensions.insert(peer.phase.connection.clone());
        extensions.insert(peer.bodies.clone());
        // A client that asks whether to send its body has not sent any of it yet.
        let asks_first = request.headers().contains_key(EXPECT);
        let (head, body) = request.into_parts();
        let (body, rest) = lend(body);
        // Boxed, so that an idle connection keeps no room for it.
        let answer = Box::pin(app.clone().oneshot(Request::from_parts(head, body)));
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
    let mut connection = Box::pin(
        http1::Builder::new()
            .timer(TokioTimer::new())
            // The stream itself knows how long to wait.
            .header_read_timeout(None)
            .max_buf_size(BUFFER)
            .serve_connection(TokioIo::new(stream), service)
            .with_upgrades(),
    );
    async move {
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
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::{
        extract::Request as Asked,
        http::StatusCode,
        response::{IntoResponse, Response},
        routing::{any, post},
    };
    use edge::{Bounds, Client, Sender};
    use futures::{StreamExt, stream};
    use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
    use tower::Layer;
    use tower_http::normalize_path::NormalizePathLayer;

    async fn read(request: Asked) -> Response {
        let (head, body) = request.into_parts();
        match edge::read_body(&head.extensions, body, Sender::Stranger, 1_000).await {
            Ok(bytes) => bytes.len().to_string().into_response(),
            Err(why) => why.status().into_response(),
        }
    }

    async fn log_in(request: Asked) -> &'static str {
        request.extensions().get::<Connection>().expect("a connection").known();
        "in"
    }

    fn app() -> NormalizePath<Router> {
        let feed = || async {
            let events = stream::once(async { Ok::<_, Infallible>("event\n") }).chain(stream::pending());
            axum::body::Body::from_stream(events)
        };
        let router = Router::new()
            .route("/read", post(read))
            .route("/refuse", any(|| async { StatusCode::FORBIDDEN }))
            .route("/large", any(|| async { vec![b'x'; 4 * 1024 * 1024] }))
            .route("/feed", any(feed))
            .route("/in", any(log_in));
        NormalizePathLayer::trim_trailing_slash().layer(router)
    }

    fn strangers(total: usize) -> Crowd {
        Crowd::new(Bounds { total, per_network: total })
    }

    /// A client and its connection, served until it ends.
    fn connected() -> (DuplexStream, tokio::task::JoinHandle<()>) {
        let (theirs, ours) = duplex(64 * 1024);
        let address = SocketAddr::from(([192, 0, 2, 1], 4711));
        let connection = Connection::enter(&strangers(8), Client::at(address.ip()).network());
        let phase = Phase::new(connection, false, Arc::<Count>::default().add());
        let peer = ConnectionPeer {
            address,
            proxies: Arc::default(),
            bodies: Bodies::default(),
            phase: phase.clone(),
        };
        let served = tokio::spawn(async move {
            // The server runs for as long as the sender is there.
            let (_running, stopping) = watch::channel(());
            exchange(Watched::new(ours, phase), peer, app(), stopping).await;
        });
        (theirs, served)
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_that_is_idle_after_an_answer_is_closed() {
        for (path, seconds) in [("/refuse", 30), ("/large", 30), ("/in", 75)] {
            let (mut client, served) = connected();
            let ask = format!("GET {path} HTTP/1.1\r\nHost: t\r\n\r\n");
            client.write_all(ask.as_bytes()).await.expect("sent");
            let mut told = Vec::new();
            let began = tokio::time::Instant::now();
            client.read_to_end(&mut told).await.expect("an end");
            assert!(told.starts_with(b"HTTP/1.1 "), "{path}");
            assert_eq!(began.elapsed().as_secs(), seconds, "{path}");
            served.await.expect("served");
        }
    }

    fn ask(path: &str, length: usize) -> String {
        format!("POST {path} HTTP/1.1\r\nHost: t\r\nContent-Length: {length}\r\n\r\n")
    }

    /// The next answer, up to its end or for as long as something comes.
    async fn answer(client: &mut (impl AsyncReadExt + Unpin)) -> String {
        let mut told = vec![0; 4096];
        let length = client.read(&mut told).await.expect("an answer");
        told.truncate(length);
        String::from_utf8(told).expect("text").to_ascii_lowercase()
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_never_ends_is_answered_408_and_its_connection_closed() {
        let (mut client, served) = connected();
        client.write_all((ask("/read", 100) + "half").as_bytes()).await.expect("sent");
        let told = answer(&mut client).await;
        assert!(told.starts_with("http/1.1 408 ") && told.contains("connection: close"), "{told}");
        served.await.expect("it ends");
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_before_the_body_was_read_says_that_the_connection_closes() {
        let (mut client, served) = connected();
        client.write_all((ask("/refuse", 100) + "half").as_bytes()).await.expect("sent");
        let told = answer(&mut client).await;
        assert!(told.starts_with("http/1.1 403 ") && told.contains("connection: close"), "{told}");
        served.await.expect("it ends");
    }

    #[tokio::test(start_paused = true)]
    async fn the_little_that_was_not_read_is_thrown_away_and_the_connection_goes_on() {
        let (mut client, _served) = connected();
        for (request, status) in [("/refuse", "403"), ("/read", "200"), ("/refuse", "403"), ("/in", "200")] {
            client.write_all((ask(request, 4) + "body").as_bytes()).await.expect("sent");
            let told = answer(&mut client).await;
            assert!(told.starts_with(&format!("http/1.1 {status} ")), "{told}");
            assert!(!told.contains("connection: close"), "{told}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_does_not_take_its_answer_is_cut() {
        let (mut client, served) = connected();
        client.write_all(ask("/large", 0).as_bytes()).await.expect("sent");
        let began = tokio::time::Instant::now();
        served.await.expect("it ends");
        assert_eq!(began.elapsed().as_secs(), 20);
    }

    #[tokio::test(start_paused = true)]
    async fn a_feed_on_which_nothing_happens_is_not_cut() {
        let (mut client, served) = connected();
        client.write_all(ask("/feed", 0).as_bytes()).await.expect("sent");
        while !answer(&mut client).await.contains("event") {}
        assert!(tokio::time::timeout(Duration::from_secs(3_600), served).await.is_err());
    }

    /// A server on a port of its own with room for so many connections.
    async fn serving(connections: usize) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let room =
            ConnectionBounds { connections, strangers: strangers(connections), bodies: Bodies::default() };
        let server =
            Server { listener, tls: None, app: app(), drain: Duration::ZERO, proxies: Arc::default(), room };
        tokio::spawn(serve(server, std::future::pending(), async {}));
        address
    }

    async fn asks(client: &mut TcpStream, path: &str) -> String {
        client.write_all(ask(path, 0).as_bytes()).await.expect("sent");
        answer(client).await
    }

    #[tokio::test]
    async fn when_there_is_no_room_the_stranger_who_was_still_for_longest_makes_some() {
        let address = serving(3).await;
        let mut known = TcpStream::connect(address).await.expect("connected");
        assert!(asks(&mut known, "/in").await.starts_with("http/1.1 200 "));
        let mut silent = TcpStream::connect(address).await.expect("connected");
        let mut others = Vec::new();
        for _ in 0..8 {
            let mut other = TcpStream::connect(address).await.expect("connected");
            assert!(asks(&mut other, "/read").await.starts_with("http/1.1 200 "));
            others.push(other);
        }
        assert_eq!(silent.read(&mut [0; 1]).await.unwrap_or(0), 0, "it was closed");
        assert!(asks(&mut known, "/in").await.starts_with("http/1.1 200 "));
        let last = others.last_mut().expect("some");
        assert!(asks(last, "/read").await.starts_with("http/1.1 200 "));
    }

    #[tokio::test]
    async fn where_all_are_known_a_newcomer_is_turned_away() {
        let address = serving(2).await;
        let mut known = Vec::new();
        for _ in 0..2 {
            let mut client = TcpStream::connect(address).await.expect("connected");
            assert!(asks(&mut client, "/in").await.starts_with("http/1.1 200 "));
            known.push(client);
        }
        let mut newcomer = TcpStream::connect(address).await.expect("connected");
        assert_eq!(newcomer.read(&mut [0; 1]).await.unwrap_or(0), 0, "it is closed");
        for client in &mut known {
            assert!(asks(client, "/in").await.starts_with("http/1.1 200 "));
        }
    }
}
