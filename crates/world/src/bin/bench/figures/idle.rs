//! Memory of the server with ten thousand agents connected and idle, each with a contact-centre session.

use super::setup::{node, ready_agent, runtime};
use crate::{centre, lane::Lane, node::Node, notification_session::NotificationSession, setting::Setting};
use anyhow::{Context, bail};
use base64::{Engine, engine::general_purpose::STANDARD};
use futures::{SinkExt, StreamExt, stream};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{Message, client::IntoClientRequest, protocol::WebSocketConfig},
};

const AGENTS: usize = 10_000;
/// How many connect at the same time.
const AT_ONCE: usize = 64;
const MEGABYTE: f64 = 1_000_000.0;

pub fn websocket(setting: &Setting) -> anyhow::Result<Value> {
    measure(setting, |port, agent| async move {
        ready_agent(port, agent).await?;
        let mut socket = Socket::open(port, agent).await?;
        // The connection is kept and read, as a client does, until the process ends.
        tokio::spawn(async move { while socket.next(Duration::from_secs(3600)).await.is_ok() {} });
        Ok(())
    })
}

pub fn long_polling(setting: &Setting) -> anyhow::Result<Value> {
    measure(setting, |port, agent| async move {
        ready_agent(port, agent).await?;
        let lane = Lane::open(port, &centre::name(agent), centre::PASSWORD).await?;
        let mut session = NotificationSession::open(lane).await?;
        tokio::spawn(async move { while session.poll().await.is_ok() {} });
        Ok(())
    })
}

fn measure<F, T>(setting: &Setting, connect: F) -> anyhow::Result<Value>
where
    F: Fn(u16, usize) -> T,
    T: Future<Output = anyhow::Result<()>>,
{
    let agents = setting.scaled(AGENTS);
    let runtime = runtime()?;
    let value = runtime.block_on(async {
        // The file is applied by a first run; what is measured is a server that was started with its journal.
        let (node, dir) = node(setting, agents)?;
        drop(node);
        let node = Node::start(setting, &dir.path().join("data"), None)?;
        let before = node.memory()?;
        let mut all =
            stream::iter(1..=agents).map(|agent| connect(node.port, agent)).buffer_unordered(AT_ONCE);
        while let Some(one) = all.next().await {
            one?;
        }
        // Let buffers that only the logins needed be given back.
        tokio::time::sleep(Duration::from_secs(20)).await;
        let after = node.memory()?;
        anyhow::Ok(json!({
            "agents": agents,
            "provisioned_mb": megabytes(before),
            "connected_mb": megabytes(after),
            "bytes_per_agent": (after.saturating_sub(before)) / agents as u64,
        }))
    });
    runtime.shutdown_background();
    value
}

#[expect(clippy::cast_precision_loss, reason = "megabytes are shown with one place")]
pub fn megabytes(bytes: u64) -> f64 {
    (bytes as f64 / MEGABYTE * 10.0).round() / 10.0
}

/// A Bayeux session over a WebSocket, without acknowledgements: notifications are pushed as they come.
pub struct Socket {
    stream: WebSocketStream<TcpStream>,
    client: String,
}

impl Socket {
    /// Opens a socket, shakes hands, subscribes and holds a connect.
    pub async fn open(port: u16, agent: usize) -> anyhow::Result<Self> {
        let mut request = format!("ws://127.0.0.1:{port}/api/v2/notifications").into_client_request()?;
        let basic = STANDARD.encode(format!("{}:{}", centre::name(agent), centre::PASSWORD));
        request.headers_mut().insert("Authorization", format!("Basic {basic}").parse()?);
        let tcp = TcpStream::connect(("127.0.0.1", port)).await?;
        tcp.set_nodelay(true)?;
        let small = WebSocketConfig::default().read_buffer_size(4096).write_buffer_size(0);
        let (stream, _) = tokio_tungstenite::client_async_with_config(request, tcp, Some(small)).await?;
        let mut socket = Self { stream, client: String::new() };
        socket
            .say(
                r#"[{"channel":"/meta/handshake","version":"1.0","supportedConnectionTypes":["websocket"]}]"#,
            )
            .await?;
        let answer: Value = serde_json::from_str(&socket.next(Duration::from_secs(30)).await?)?;
        answer[0]["clientId"].as_str().context("no session")?.clone_into(&mut socket.client);
        let subscribe = format!(
            r#"[{{"channel":"/meta/subscribe","clientId":"{}","subscription":"/v2/me/*"}}]"#,
            socket.client
        );
        socket.say(&subscribe).await?;
        socket.next(Duration::from_secs(30)).await?;
        socket.connect().await?;
        // The first is answered at once, and renewed by that.
        socket.next(Duration::from_secs(30)).await?;
        Ok(socket)
    }

    /// The next text; a connect that was answered is renewed.
    pub async fn next(&mut self, patience: Duration) -> anyhow::Result<String> {
        loop {
            let message = tokio::time::timeout(patience, self.stream.next()).await.context("nothing came")?;
            match message.context("the socket is closed")?? {
                Message::Text(text) => {
                    if !self.client.is_empty() && text.contains("/meta/connect") {
                        self.connect().await?;
                    }
                    return Ok(text.to_string());
                }
                Message::Close(_) => bail!("the server closed the socket"),
                _ => {}
            }
        }
    }

    async fn connect(&mut self) -> anyhow::Result<()> {
        let connect = format!(
            r#"[{{"channel":"/meta/connect","clientId":"{}","connectionType":"websocket"}}]"#,
            self.client
        );
        self.say(&connect).await
    }

    async fn say(&mut self, text: &str) -> anyhow::Result<()> {
        Ok(self.stream.send(Message::text(text)).await?)
    }
}
