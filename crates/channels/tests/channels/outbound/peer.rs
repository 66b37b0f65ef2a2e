//! Somebody who is asked: a listener that takes requests and says what it was told to say.

use channels::outbound::{Outbound, Reach, Rules, Url};
use std::time::Duration;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpListener,
    sync::mpsc,
};

/// A peer on a port of its own.
pub struct Peer {
    pub url: Url,
    heard: mpsc::UnboundedReceiver<String>,
}

/// What a peer does with a request it has read.
#[derive(Clone)]
pub enum Manner {
    /// Says this and closes.
    Says(String),
    /// Says this and then nothing more, without closing.
    Stalls(String),
    /// Closes without a word.
    HangsUp,
    /// Says this, and then the letter `x` for as long as somebody listens.
    Floods(String),
}

impl Peer {
    /// A peer on 127.0.0.1.
    pub async fn new(manner: Manner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}/", listener.local_addr().expect("an address")).parse().expect("a URL");
        let (tell, heard) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, manner.clone(), tell.clone()));
            }
        });
        Self { url, heard }
    }

    /// The requests that came so far.
    pub fn heard(&mut self) -> Vec<String> {
        std::iter::from_fn(|| self.heard.try_recv().ok()).collect()
    }
}

/// Reads one request and answers in this manner.
pub async fn serve(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    manner: Manner,
    tell: mpsc::UnboundedSender<String>,
) {
    let Some(request) = request(&mut stream).await else { return };
    tell.send(request).ok();
    match manner {
        Manner::Says(words) => {
            stream.write_all(words.as_bytes()).await.ok();
            stream.shutdown().await.ok();
        }
        Manner::Stalls(words) => {
            stream.write_all(words.as_bytes()).await.ok();
            std::future::pending::<()>().await;
        }
        Manner::HangsUp => {}
        Manner::Floods(words) => {
            stream.write_all(words.as_bytes()).await.ok();
            while stream.write_all(&[b'x'; 4096]).await.is_ok() {}
        }
    }
}

async fn request(stream: &mut (impl AsyncRead + Unpin)) -> Option<String> {
    let mut bytes = Vec::new();
    loop {
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = |line: &str| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok();
        if body.len() >= head.lines().find_map(length).unwrap_or(0) {
            return Some(text);
        }
    }
}

/// An answer with a body, on the wire.
pub fn answer(status: &str, headers: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\n{headers}content-length: {}\r\n\r\n{body}", body.len())
}

/// The rules of a demo that may ask these peers, with small bounds.
pub fn demo(peers: &[&Url]) -> Rules {
    Rules {
        plain_http: true,
        reach: Reach::Loopback,
        max_answer_bytes: 1000,
        ..Rules::new(peers.iter().map(|url| (*url).clone()).collect())
    }
}

/// The client of such a demo.
pub fn client(peers: &[&Url]) -> Outbound {
    Outbound::new(demo(peers)).expect("a client")
}

/// The client of a demo that loses patience at once.
pub fn impatient(peers: &[&Url]) -> Outbound {
    let rules = Rules { total: Duration::from_millis(300), ..demo(peers) };
    Outbound::new(rules).expect("a client")
}
