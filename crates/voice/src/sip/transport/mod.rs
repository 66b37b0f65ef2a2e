//! Sockets, and the checks between them and the library.

mod checked_socket;
mod framing;
mod inspect;
mod message;
mod parts;
mod routes;
mod stream;
mod streams;
mod trace;

use super::flow::wire;
use crate::settings::{Carrier, Listen, Settings, TlsIdentity, Transport};
pub(super) use checked_socket::SenderCheck;
use desk::ports::StoreFault;
pub(super) use routes::{Closings, Finder, Marks, mark};
use rsipstack::{
    sip::HostWithPort,
    transport::{
        SipAddr, TransportLayer, channel::ChannelConnection, connection::SipConnection, udp::UdpConnection,
    },
};
use std::{
    io,
    net::{IpAddr, SocketAddr},
    sync::Arc,
};
pub(super) use stream::{StreamContext, StreamListener, serve};
pub(super) use streams::Streams;
use tokio::{net::TcpListener, sync::mpsc};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        crypto::ring,
        pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    },
};
use tokio_util::sync::CancellationToken;
pub(super) use trace::SipRecorder;
pub use trace::{SdpSummary, SipTrace, SipTraceQuery, TracedLeg, TracedMessage};

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
        /// The error of the system.
        why: io::Error,
    },
    /// Nothing to listen on.
    #[error("no address to listen for SIP on")]
    Nowhere,
    /// The system has no randomness for keys.
    #[error("no random numbers: {0}")]
    Chance(#[from] getrandom::Error),
    /// The certificate or the key of TLS cannot be used.
    #[error("SIP over TLS: {0}")]
    Identity(String),
    /// The bindings of an earlier process cannot be read.
    #[error("where phones were: {0}")]
    Bindings(StoreFault),
    /// The library refused.
    #[error("SIP did not start: {0}")]
    Library(String),
}

/// Where we listen, as phones are told: with the public address where one is set, and the port that was taken.
pub(super) type Addresses = Vec<(Carrier, SocketAddr)>;

/// What was opened.
pub(super) struct Opened {
    pub layer: TransportLayer,
    /// The addresses by which phones reach us.
    pub told: Addresses,
    /// Where we listen.
    pub bound: Addresses,
    /// The listeners of streams.
    pub doors: Vec<StreamListener>,
}

/// Opens the datagram socket, and the doors of streams.
pub(super) async fn open(
    settings: &Settings,
    doorkeeper: &Arc<SenderCheck>,
    token: &CancellationToken,
) -> Result<Opened, StartError> {
    let layer = TransportLayer::new(token.clone());
    let (mut told, mut bound) = (Addresses::new(), Addresses::new());
    let mut doors = Vec::new();
    // The library takes the first for requests without a transport of their own, which must be datagrams.
    let (datagrams, streams): (Vec<&Listen>, Vec<&Listen>) =
        settings.listen.iter().partition(|listen| listen.transport.carrier() == Carrier::Udp);
    for listen in datagrams.into_iter().chain(streams) {
        let carrier = listen.transport.carrier();
        let failed = |why: io::Error| StartError::Listen { addr: listen.addr, carrier, why };
        let known = |why: rsipstack::Error| StartError::Library(why.to_string());
        let reached = |local: SocketAddr| {
            SocketAddr::new(settings.public.unwrap_or_else(|| interface(local)), local.port())
        };
        let (local, connection): (SocketAddr, SipConnection) = match &listen.transport {
            Transport::Udp => {
                let gate = checked_socket::CheckedSocket::bind(listen.addr, doorkeeper.clone())
                    .await
                    .map_err(failed)?;
                let local = gate.local().map_err(failed)?;
                let public = settings.public.map(|ip| SocketAddr::new(ip, local.port()));
                let connection =
                    UdpConnection::from_socket(Arc::new(gate), public, Some(token.child_token()));
                (local, connection.await.map_err(known)?.into())
            }
            stream => {
                let acceptor = match stream {
                    Transport::Tls(identity) => Some(acceptor(identity)?),
                    _ => None,
                };
                let listener = bind(listen, &bound).await.map_err(failed)?;
                let local = listener.local_addr().map_err(failed)?;
                doors.push(StreamListener { carrier, listener, acceptor });
                (local, named(carrier, reached(local)).await.map_err(known)?)
            }
        };
        told.push((carrier, reached(local)));
        bound.push((carrier, local));
        layer.add_transport(connection);
    }
    if bound.is_empty() {
        return Err(StartError::Nowhere);
    }
    Ok(Opened { layer, told, bound, doors })
}

/// The library's view of a listener: only the address that stands in Via.
async fn named(carrier: Carrier, addr: SocketAddr) -> rsipstack::Result<SipConnection> {
    let addr = SipAddr { r#type: Some(wire(carrier)), addr: HostWithPort::from(addr) };
    let (nothing, incoming) = mpsc::unbounded_channel();
    let channel = ChannelConnection::create_connection(incoming, nothing, addr, None);
    Ok(SipConnection::Channel(channel.await?))
}

impl TlsIdentity {
    /// Checks that both parts can be read and belong to each other.
    pub fn check(&self) -> Result<(), StartError> {
        acceptor(self).map(drop)
    }
}

fn acceptor(identity: &TlsIdentity) -> Result<TlsAcceptor, StartError> {
    let wrong = |why: String| StartError::Identity(why);
    let chain = CertificateDer::pem_slice_iter(&identity.certificate)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|why| wrong(format!("certificate: {why}")))?;
    let key = PrivateKeyDer::from_pem_slice(&identity.key).map_err(|why| wrong(format!("key: {why}")))?;
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|why| wrong(why.to_string()))?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(|why| wrong(why.to_string()))?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// Listens for streams. Port 0 is that of the datagrams on the same address, when it is free.
async fn bind(listen: &Listen, bound: &[(Carrier, SocketAddr)]) -> io::Result<TcpListener> {
    let same = bound.iter().find(|(carrier, addr)| *carrier == Carrier::Udp && addr.ip() == listen.addr.ip());
    if let (0, Some((_, addr))) = (listen.addr.port(), same)
        && let Ok(listener) = TcpListener::bind(addr).await
    {
        return Ok(listener);
    }
    TcpListener::bind(listen.addr).await
}

/// The address of the interface that is used, where a socket listens on all.
fn interface(local: SocketAddr) -> IpAddr {
    SipConnection::resolve_bind_address(local).ip()
}
