//! Streams: TCP, TLS and WebSocket (RFC 7118). They are read here and not by the library, so that their messages are
//! checked like datagrams, and so that there are bounds on what strangers may send and leave unread. The library sees
//! each as a channel of messages.

use super::{
    Streams,
    checked_socket::SenderCheck,
    framing::{self, StreamItem},
    inspect::{Inspection, answer, method},
    message::Head,
};
use crate::{
    settings::Carrier,
    sip::flow::{Flow, wire},
};
use futures::{SinkExt, StreamExt};
use rsipstack::{
    sip::SipMessage,
    transaction::endpoint::EndpointInnerRef,
    transport::{SipAddr, SipConnection, TransportEvent, channel::ChannelConnection},
};
use std::{net::SocketAddr, sync::Arc, time::Duration};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::mpsc::{self, UnboundedReceiver, UnboundedSender},
    time::timeout,
};
use tokio_rustls::TlsAcceptor;
use tokio_tungstenite::{
    accept_hdr_async_with_config,
    tungstenite::{
        Message as Frame,
        handshake::server::{ErrorResponse, Request, Response},
        http::StatusCode,
        protocol::WebSocketConfig,
    },
};
use tokio_util::sync::CancellationToken;

/// How long a handshake may take.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// How long writing one message may take: a client that does not read is cut off.
const WRITE: Duration = Duration::from_secs(20);
/// Messages that wait to be written.
const MOST_WAITING: usize = 1000;
/// The longest frame of WebSocket.
const LONGEST_FRAME: usize = 64 * 1024;
/// Bytes read at once.
const CHUNK: usize = 4096;
/// How long to wait when the system has no more sockets.
const PAUSE: Duration = Duration::from_millis(100);

/// A listener of streams.
pub(in crate::sip) struct StreamListener {
    pub carrier: Carrier,
    pub listener: TcpListener,
    /// For TLS.
    pub acceptor: Option<TlsAcceptor>,
}

/// What all streams share.
pub(in crate::sip) struct StreamContext {
    pub endpoint: EndpointInnerRef,
    pub strangers: Arc<Streams>,
    pub doorkeeper: Arc<SenderCheck>,
    /// Pages whose scripts may open a WebSocket: `https://phone.example`.
    pub origins: Vec<String>,
    /// How long a stream may carry nothing.
    pub idle: Duration,
    pub token: CancellationToken,
}

/// Takes streams until the server stops.
pub(in crate::sip) async fn serve(door: StreamListener, context: Arc<StreamContext>) {
    loop {
        let (stream, peer) = match door.listener.accept().await {
            Ok((stream, peer)) => (stream, SocketAddr::new(peer.ip().to_canonical(), peer.port())),
            Err(why) => {
                tracing::debug!(%why, "a stream was not accepted");
                tokio::time::sleep(PAUSE).await;
                continue;
            }
        };
        if !context.strangers.takes(peer.ip()) {
            continue;
        }
        let (flow, token) = (Flow { carrier: door.carrier, peer }, context.token.child_token());
        context.strangers.opened(flow, token.clone());
        let (context, acceptor) = (context.clone(), door.acceptor.clone());
        tokio::spawn(async move {
            let served =
                token.clone().run_until_cancelled_owned(take(&context, flow, stream, acceptor, token));
            served.await;
            context.strangers.forget(flow);
        });
    }
}

async fn take(
    context: &StreamContext,
    flow: Flow,
    stream: TcpStream,
    acceptor: Option<TlsAcceptor>,
    token: CancellationToken,
) {
    let _ = stream.set_nodelay(true);
    match (flow.carrier, acceptor) {
        (Carrier::Ws, _) => {
            let config = WebSocketConfig::default()
                .max_message_size(Some(LONGEST_FRAME))
                .max_frame_size(Some(LONGEST_FRAME));
            #[expect(clippy::result_large_err, reason = "the library wants the answer by value")]
            let asked = |request: &Request, response| admitted(request, response, &context.origins);
            let opening = Box::pin(accept_hdr_async_with_config(stream, asked, Some(config)));
            if let Ok(Ok(frames)) = timeout(HANDSHAKE, opening).await
                && let Some(line) = StreamConnection::open(context, flow, token).await
            {
                Box::pin(line.frames(frames)).await;
            }
        }
        (_, Some(acceptor)) => {
            if let Ok(Ok(stream)) = timeout(HANDSHAKE, Box::pin(acceptor.accept(stream))).await
                && let Some(line) = StreamConnection::open(context, flow, token).await
            {
                Box::pin(line.bytes(stream)).await;
            }
        }
        (_, None) => {
            if let Some(line) = StreamConnection::open(context, flow, token).await {
                Box::pin(line.bytes(stream)).await;
            }
        }
    }
}

/// Whether a WebSocket may be opened: for the subprotocol `sip` (RFC 7118 §4.1), and by browsers only for pages that
/// the settings name (RFC 6455 §10.2). A client that is no browser sends no Origin.
#[expect(clippy::result_large_err, reason = "the library wants the answer by value")]
fn admitted(
    request: &Request,
    mut response: Response,
    origins: &[String],
) -> Result<Response, ErrorResponse> {
    let refused = |status: StatusCode| {
        let mut answer = ErrorResponse::new(None);
        *answer.status_mut() = status;
        answer
    };
    let text =
        |name: &str| request.headers().get_all(name).into_iter().filter_map(|value| value.to_str().ok());
    let foreign =
        text("origin").any(|origin| !origins.iter().any(|known| known.eq_ignore_ascii_case(origin)));
    if foreign || request.headers().contains_key("origin") && text("origin").next().is_none() {
        return Err(refused(StatusCode::FORBIDDEN));
    }
    let offered = text("sec-websocket-protocol").flat_map(|value| value.split(','));
    if !offered.map(str::trim).any(|protocol| protocol.eq_ignore_ascii_case("sip")) {
        return Err(refused(StatusCode::BAD_REQUEST));
    }
    response.headers_mut().insert(
        "sec-websocket-protocol",
        tokio_tungstenite::tungstenite::http::HeaderValue::from_static("sip"),
    );
    Ok(response)
}

/// One open stream.
struct StreamConnection<'h> {
    context: &'h StreamContext,
    flow: Flow,
    addr: SipAddr,
    connection: SipConnection,
    to_library: UnboundedSender<TransportEvent>,
    from_library: UnboundedReceiver<TransportEvent>,
}

impl<'h> StreamConnection<'h> {
    /// Makes it known to the library, which is told when it is gone.
    async fn open(context: &'h StreamContext, flow: Flow, token: CancellationToken) -> Option<Self> {
        let (to_library, incoming) = mpsc::unbounded_channel();
        let (outgoing, from_library) = mpsc::unbounded_channel();
        let addr = flow.to_addr();
        let channel = ChannelConnection::create_connection(incoming, outgoing, addr.clone(), Some(token));
        let connection = SipConnection::Channel(channel.await.ok()?);
        context.endpoint.transport_layer.add_connection(connection.clone());
        Some(Self { context, flow, addr, connection, to_library, from_library })
    }

    /// Passes bytes, until either end closes.
    async fn bytes(mut self, stream: impl AsyncRead + AsyncWrite) {
        let (mut reading, mut writing) = tokio::io::split(stream);
        let (own, mut ours) = mpsc::channel::<Vec<u8>>(16);
        let mut from_library = std::mem::replace(&mut self.from_library, mpsc::unbounded_channel().1);
        let write = async {
            while let Some(bytes) = next_out(&mut from_library, &mut ours).await {
                self.context.doorkeeper.goes(&bytes, self.flow);
                match timeout(WRITE, async { writing.write_all(&bytes).await.and(writing.flush().await) })
                    .await
                {
                    Ok(Ok(())) => {}
                    _ => break,
                }
            }
        };
        let read = async {
            let mut buffer = Vec::new();
            loop {
                buffer.reserve(CHUNK);
                match timeout(self.context.idle, reading.read_buf(&mut buffer)).await {
                    Ok(Ok(len)) if len > 0 => {}
                    _ => return,
                }
                loop {
                    let note =
                        |message: &[u8], head: &Head| self.context.doorkeeper.came(message, head, self.flow);
                    match framing::next(&mut buffer, note) {
                        Ok(Some(read)) => self.heard(read, &own),
                        Ok(None) => break,
                        Err(framing::Broken) => {
                            metrics::counter!("jackfield_sip_failures_total", "what" => "unreadable")
                                .increment(1);
                            return;
                        }
                    }
                }
            }
        };
        tokio::select! {
            () = write => {}
            () = read => {}
        }
        let _ = timeout(PAUSE, writing.shutdown()).await;
    }

    /// Passes frames, each a message, until either end closes.
    async fn frames(mut self, frames: tokio_tungstenite::WebSocketStream<TcpStream>) {
        let (mut writing, mut reading) = frames.split();
        let (own, mut ours) = mpsc::channel::<Vec<u8>>(16);
        let mut from_library = std::mem::replace(&mut self.from_library, mpsc::unbounded_channel().1);
        let write = async {
            while let Some(bytes) = next_out(&mut from_library, &mut ours).await {
                self.context.doorkeeper.goes(&bytes, self.flow);
                let frame = match String::from_utf8(bytes) {
                    Ok(text) => Frame::text(text),
                    Err(other) => Frame::binary(other.into_bytes()),
                };
                match timeout(WRITE, writing.send(frame)).await {
                    Ok(Ok(())) => {}
                    _ => break,
                }
            }
        };
        let read = async {
            loop {
                match timeout(self.context.idle, reading.next()).await {
                    Ok(Some(Ok(Frame::Text(text)))) => self.frame(text.as_bytes(), &own),
                    Ok(Some(Ok(Frame::Binary(bytes)))) => self.frame(&bytes, &own),
                    Ok(Some(Ok(Frame::Ping(_) | Frame::Pong(_)))) => {}
                    _ => return,
                }
            }
        };
        tokio::select! {
            () = write => {}
            () = read => {}
        }
    }

    /// Handles a frame, which is a message.
    fn frame(&self, bytes: &[u8], own: &mpsc::Sender<Vec<u8>>) {
        let item = framing::whole(bytes);
        if let StreamItem::Message(Inspection::Pass(head, _) | Inspection::Refuse(_, head)) = &item {
            self.context.doorkeeper.came(bytes, head, self.flow);
        }
        self.heard(item, own);
    }

    /// Handles a message that came in.
    fn heard(&self, read: StreamItem, own: &mpsc::Sender<Vec<u8>>) {
        match read {
            StreamItem::Ping(asks) => {
                if asks {
                    let _ = own.try_send(b"\r\n".to_vec());
                }
            }
            StreamItem::Message(Inspection::Pass(head, body)) => {
                let message = SipMessage::try_from(&head.write(&body)[..]).map_err(|why| why.to_string());
                let message = message.and_then(|message| {
                    SipConnection::update_msg_received(message, self.flow.peer, wire(self.flow.carrier))
                        .map_err(|why| why.to_string())
                });
                match message {
                    Ok(message) => {
                        let event =
                            TransportEvent::Incoming(message, self.connection.clone(), self.addr.clone());
                        let _ = self.to_library.send(event);
                    }
                    Err(why) => tracing::debug!(%why, "a message over a stream makes no sense"),
                }
            }
            StreamItem::Message(Inspection::Drop) => {
                metrics::counter!("jackfield_sip_failures_total", "what" => "unreadable").increment(1);
            }
            StreamItem::Message(Inspection::Refuse(status, head)) => {
                metrics::counter!("jackfield_sip_failures_total", "what" => "malformed").increment(1);
                if self.context.doorkeeper.knows(&head, self.flow)
                    && method(&head).is_some_and(|method| method != "ACK")
                {
                    let _ = own.try_send(answer(&head, status, "", &[], self.flow.peer).into_bytes());
                }
            }
        }
    }
}

/// The next message to write; `None` when too many wait, since the other end does not read.
async fn next_out(
    from_library: &mut UnboundedReceiver<TransportEvent>,
    ours: &mut mpsc::Receiver<Vec<u8>>,
) -> Option<Vec<u8>> {
    loop {
        if from_library.len() > MOST_WAITING {
            return None;
        }
        tokio::select! {
            event = from_library.recv() => match event? {
                TransportEvent::Incoming(message, ..) => return Some(message.to_bytes()),
                TransportEvent::New(_) | TransportEvent::Closed(_) => {}
            },
            Some(bytes) = ours.recv() => return Some(bytes),
        }
    }
}
