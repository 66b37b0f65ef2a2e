//! Streams that a scripted peer may speak over.

use super::SipMessage;
use futures::{SinkExt, StreamExt};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadHalf, WriteHalf},
    net::TcpStream,
    sync::Mutex,
};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{Message as Frame, client::IntoClientRequest},
};

pub trait ByteStream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> ByteStream for T {}

/// A stream.
pub struct SipStream {
    /// As Via names it.
    pub name: &'static str,
    kind: StreamKind,
}

/// A stream, and what came over it and was not taken yet.
type ReadSide = (ReadHalf<Box<dyn ByteStream>>, Vec<u8>);

enum StreamKind {
    Bytes { read: Mutex<ReadSide>, write: Mutex<WriteHalf<Box<dyn ByteStream>>> },
    Frames(Box<Mutex<WebSocketStream<TcpStream>>>),
}

impl SipStream {
    pub fn bytes(name: &'static str, wire: impl ByteStream + 'static) -> Self {
        let (read, write) = tokio::io::split(Box::new(wire) as Box<dyn ByteStream>);
        Self {
            name,
            kind: StreamKind::Bytes { read: Mutex::new((read, Vec::new())), write: Mutex::new(write) },
        }
    }

    pub async fn web_socket(server: std::net::SocketAddr) -> Self {
        let mut request = format!("ws://{server}/").into_client_request().expect("a request");
        request.headers_mut().insert("Sec-WebSocket-Protocol", "sip".parse().expect("a header"));
        let stream = TcpStream::connect(server).await.expect("a stream");
        let (stream, answer) = tokio_tungstenite::client_async(request, stream).await.expect("a WebSocket");
        // RFC 7118 §4.1.
        assert_eq!(answer.headers().get("Sec-WebSocket-Protocol").map(AsRef::as_ref), Some(&b"sip"[..]));
        Self { name: "WS", kind: StreamKind::Frames(Box::new(Mutex::new(stream))) }
    }

    pub async fn send(&self, text: &str) {
        match &self.kind {
            StreamKind::Bytes { write, .. } => {
                write.lock().await.write_all(text.as_bytes()).await.expect("sent");
            }
            StreamKind::Frames(stream) => stream.lock().await.send(Frame::text(text)).await.expect("sent"),
        }
    }

    pub async fn receive(&self) -> SipMessage {
        match &self.kind {
            StreamKind::Bytes { read, .. } => {
                let (read, buffer) = &mut *read.lock().await;
                loop {
                    if let Some(end) = whole(buffer) {
                        let message: Vec<u8> = buffer.drain(..end).collect();
                        return SipMessage(String::from_utf8(message).expect("text"));
                    }
                    let mut chunk = [0; 4096];
                    let len = read.read(&mut chunk).await.expect("received");
                    assert!(len > 0, "the stream was closed");
                    buffer.extend(&chunk[..len]);
                }
            }
            StreamKind::Frames(stream) => loop {
                let frame = stream.lock().await.next().await.expect("a frame").expect("received");
                if let Frame::Text(_) | Frame::Binary(_) = frame {
                    return SipMessage(frame.into_text().expect("text").to_string());
                }
            },
        }
    }
}

/// Where the first message ends, when it is whole.
fn whole(buffer: &[u8]) -> Option<usize> {
    let head = buffer.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let text = SipMessage(String::from_utf8_lossy(&buffer[..head]).into_owned());
    let length: usize = text.header("Content-Length").and_then(|length| length.parse().ok()).unwrap_or(0);
    (buffer.len() >= head + length).then_some(head + length)
}
