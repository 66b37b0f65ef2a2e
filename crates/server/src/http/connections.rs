//! Connections: one task each, small buffers, and an orderly end.
//!
//! Ten thousand clients hold a poll open at the same time and most of them hear nothing for half a minute, so what
//! counts is what an idle connection costs.

use axum::{Router, body::Body};
use edge::Proxies;
use hyper::{Request, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use std::{io, net::SocketAddr, pin::pin, sync::Arc, time::Duration};
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
/// How long a connection may be idle between requests, or take over the head of one. A held poll is neither; it
/// ends after 30 s, so that a client that is slow to ask again still finds its connection.
const IDLE: Duration = Duration::from_secs(75);
/// How long a TLS handshake may take.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// How long to wait when the system has no more sockets.
const BREATH: Duration = Duration::from_millis(50);

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
}

/// The other end of a connection.
struct Peer {
    address: SocketAddr,
    proxies: Arc<Proxies>,
}

/// Serves until `stop` is done, then lets requests in flight finish. `closing` runs in between: it ends held polls.
pub async fn serve(server: Server, stop: impl Future<Output = ()>, closing: impl Future<Output = ()>) {
    let Server { listener, tls, app, drain, proxies } = server;
    let (stopping, told) = watch::channel(());
    // Every connection holds the sender; when the receiver hears the end, the last is gone.
    let (alive, mut gone) = mpsc::channel::<()>(1);
    let mut stop = pin!(stop);
    loop {
        let (stream, peer) = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(why) => {
                    rejected(&why).await;
                    continue;
                }
            },
            () = &mut stop => break,
        };
        let (app, tls, told, alive) = (app.clone(), tls.clone(), told.clone(), alive.clone());
        let peer = Peer { address: peer, proxies: proxies.clone() };
        tokio::spawn(async move {
            let open = metrics::gauge!("jackfield_http_connections");
            open.increment(1);
            // Notifications are small and must not wait for more.
            if let Err(why) = stream.set_nodelay(true) {
                tracing::debug!(%why, peer = %peer.address, "TCP_NODELAY");
            }
            match tls {
                None => exchange(stream, peer, app, told).await,
                // Boxed, so that plain connections do not keep room for an encrypted one.
                Some(tls) => Box::pin(encrypted(stream, peer, tls, app, told)).await,
            }
            open.decrement(1);
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

/// A connection that broke before it was ours is the client's matter; when there are no sockets left, waiting may
/// free some.
async fn rejected(why: &io::Error) {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    if !matches!(why.kind(), ConnectionAborted | ConnectionReset | ConnectionRefused) {
        tracing::error!(%why, "no connection could be accepted");
        tokio::time::sleep(BREATH).await;
    }
}

async fn encrypted(
    stream: TcpStream,
    peer: Peer,
    tls: TlsAcceptor,
    app: NormalizePath<Router>,
    stopping: watch::Receiver<()>,
) {
    match tokio::time::timeout(HANDSHAKE, tls.accept(stream)).await {
        Ok(Ok(stream)) => exchange(stream, peer, app, stopping).await,
        Ok(Err(why)) => tracing::debug!(%why, peer = %peer.address, "TLS handshake failed"),
        Err(_) => tracing::debug!(peer = %peer.address, "TLS handshake took too long"),
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
        let client = peer.proxies.client(peer.address.ip(), request.headers());
        request.extensions_mut().insert(client);
        app.clone().oneshot(request.map(Body::new))
    });
    let mut connection = pin!(
        http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(IDLE)
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
