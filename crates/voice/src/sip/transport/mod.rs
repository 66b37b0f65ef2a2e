//! Sockets, and what stands between them and the library.

mod gate;
mod routes;
mod streams;

use super::registrar::Registrar;
use crate::settings::{Carrier, Listen, Network, Settings, Transport};
pub(super) use routes::{Closings, Finder, Marks, mark};
use rsipstack::transport::{
    TcpListenerConnection, TlsConfig, TlsListenerConnection, TransportLayer, WebSocketListenerConnection,
    connection::SipConnection, udp::UdpConnection,
};
use std::{
    io,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};
pub(super) use streams::Streams;
use tokio_util::sync::CancellationToken;

/// Why SIP could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// An address cannot be listened on.
    #[error("cannot listen for SIP on {addr} ({carrier:?}): {why}")]
    Listen {
        /// The address.
        addr: SocketAddr,
        /// The transport.
        carrier: Carrier,
        /// What the system says.
        why: io::Error,
    },
    /// Nothing to listen on.
    #[error("no address to listen for SIP on")]
    Nowhere,
    /// The system gives no chance for keys.
    #[error("no random numbers: {0}")]
    Chance(#[from] getrandom::Error),
    /// The library refused.
    #[error("SIP did not start: {0}")]
    Library(String),
}

/// Where we listen, as phones are told: with the public address where one is set, with the port that was taken.
pub(super) type Addresses = Vec<(Carrier, SocketAddr)>;

/// Opens the datagram socket and names the streams; they are bound when the endpoint serves.
pub(super) async fn open(
    settings: &Settings,
    registrar: &Arc<Registrar>,
    strangers: &Arc<Streams>,
    token: &CancellationToken,
) -> Result<(TransportLayer, Addresses, Addresses), StartError> {
    let layer = TransportLayer::new(token.clone());
    // As long as a registration, so that a phone that says nothing in between keeps its stream.
    layer.set_stream_idle_timeout(settings.timers.max_expires + Duration::from_secs(60));
    let takes = strangers.clone();
    layer.set_whitelist(move |ip| std::future::ready(takes.takes(ip)));
    let (mut told, mut bound) = (Vec::new(), Vec::<(Carrier, SocketAddr)>::new());
    // The library takes the first for what has no transport of its own, which must be datagrams.
    let (datagrams, streams): (Vec<&Listen>, Vec<&Listen>) =
        settings.listen.iter().partition(|listen| listen.transport.carrier() == Carrier::Udp);
    for listen in datagrams.into_iter().chain(streams) {
        let carrier = listen.transport.carrier();
        let failed = |why: io::Error| StartError::Listen { addr: listen.addr, carrier, why };
        let known = |why: rsipstack::Error| StartError::Library(why.to_string());
        let local = free(listen, &bound).map_err(failed)?;
        let public = settings.public.map(|ip| SocketAddr::new(ip, local.port()));
        let (local, connection): (SocketAddr, SipConnection) = match &listen.transport {
            Transport::Udp => {
                let gate =
                    gate::Gate::bind(local, registrar.clone(), strangers.clone(), settings.peers.clone())
                        .await
                        .map_err(failed)?;
                let local = gate.local().map_err(failed)?;
                let public = settings.public.map(|ip| SocketAddr::new(ip, local.port()));
                let connection =
                    UdpConnection::from_socket(Arc::new(gate), public, Some(token.child_token()));
                (local, connection.await.map_err(known)?.into())
            }
            Transport::Tcp => (local, TcpListenerConnection::new(local, public).await.map_err(known)?.into()),
            Transport::Tls(identity) => {
                let config = TlsConfig {
                    cert: Some(identity.certificate.clone()),
                    key: Some(identity.key.clone()),
                    ..TlsConfig::default()
                };
                (local, TlsListenerConnection::new(local, public, config).await.map_err(known)?.into())
            }
            Transport::Ws => {
                (local, WebSocketListenerConnection::new(local, public, false).await.map_err(known)?.into())
            }
        };
        let ip = settings.public.unwrap_or_else(|| interface(local));
        told.push((carrier, SocketAddr::new(ip, local.port())));
        bound.push((carrier, local));
        layer.add_transport(connection);
    }
    if bound.is_empty() {
        return Err(StartError::Nowhere);
    }
    Ok((layer, told, bound))
}

/// Waits until the streams are listened on: the library binds them late, and does not say when it cannot.
pub(super) async fn listening(bound: &[(Carrier, SocketAddr)]) -> Result<(), StartError> {
    for (carrier, addr) in bound.iter().filter(|(carrier, _)| *carrier != Carrier::Udp) {
        let near = SocketAddr::new(interface(*addr), addr.port());
        let mut outcome = tokio::net::TcpStream::connect(near).await;
        for _ in 0..40 {
            if outcome.is_ok() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
            outcome = tokio::net::TcpStream::connect(near).await;
        }
        outcome.map_err(|why| StartError::Listen { addr: *addr, carrier: *carrier, why })?;
    }
    Ok(())
}

/// The address with its port: a stream with port 0 takes that of the datagrams on the same address, when it is free.
/// What another holds is found out here.
fn free(listen: &Listen, bound: &[(Carrier, SocketAddr)]) -> io::Result<SocketAddr> {
    if listen.transport.carrier() == Carrier::Udp {
        return Ok(listen.addr);
    }
    let same = bound.iter().find(|(carrier, addr)| *carrier == Carrier::Udp && addr.ip() == listen.addr.ip());
    if let (0, Some((_, addr))) = (listen.addr.port(), same)
        && !bound.iter().any(|(carrier, other)| *carrier != Carrier::Udp && other == addr)
        && std::net::TcpListener::bind(addr).is_ok()
    {
        return Ok(*addr);
    }
    std::net::TcpListener::bind(listen.addr)?.local_addr()
}

/// The address of the interface that is used, where one listens on all.
fn interface(local: SocketAddr) -> IpAddr {
    SipConnection::resolve_bind_address(local).ip()
}

/// Whether an address is in one of the networks.
fn among(networks: &[Network], addr: SocketAddr) -> bool {
    networks.iter().any(|network| network.contains(addr.ip()))
}
