//! A CometD client over a WebSocket.

use super::{
    ClientIdentity, HttpFault, Jar, ServerAddress,
    bayeux::{BayeuxFault, ClientSession, ConnectResult, Next, Notification, ServerMessage},
};
use futures::{SinkExt, StreamExt};
use http::{Request, header};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    WebSocketStream, client_async_with_config,
    tungstenite::{self, handshake::client::generate_key, protocol::WebSocketConfig},
};

/// A CometD client over a WebSocket. Its session outlives the socket: after [`SocketClient::open`] on a new one it
/// goes on where it was.
#[derive(Debug)]
pub struct SocketClient {
    target: ServerAddress,
    path: String,
    identity: ClientIdentity,
    jar: Jar,
    session: ClientSession,
    socket: Option<WebSocketStream<TcpStream>>,
    /// Events that came while something else was waited for.
    early: Vec<Notification>,
    /// Whether a connect was sent and its reply is still to come.
    held: bool,
}

impl SocketClient {
    /// A client of the endpoint at `path`, with or without the acknowledgement extension. It shares the cookies of
    /// a browser.
    pub const fn new(
        target: ServerAddress,
        path: String,
        identity: ClientIdentity,
        jar: Jar,
        acks: bool,
    ) -> Self {
        let session = ClientSession::new("websocket", acks);
        Self { target, path, identity, jar, session, socket: None, early: Vec::new(), held: false }
    }

    /// The id of the session; empty before the handshake.
    pub fn client_id(&self) -> &str {
        self.session.client_id()
    }

    /// Opens a socket, in place of the one there was. The session is not touched.
    pub async fn open(&mut self) -> Result<(), BayeuxFault> {
        let unsent = |error: &dyn std::fmt::Display| BayeuxFault::from(HttpFault::Unsent(error.to_string()));
        self.close();
        let stream = TcpStream::connect(self.target.addr).await.map_err(|error| unsent(&error))?;
        stream.set_nodelay(true).map_err(|error| unsent(&error))?;
        let mut request = Request::builder()
            .uri(format!("ws://{}{}", self.target.addr, self.path))
            .header(header::HOST, self.target.host())
            .header(header::CONNECTION, "Upgrade")
            .header(header::UPGRADE, "websocket")
            .header(header::SEC_WEBSOCKET_VERSION, "13")
            .header(header::SEC_WEBSOCKET_KEY, generate_key());
        if let ClientIdentity::Basic(value) = &self.identity {
            request = request.header(header::AUTHORIZATION, value);
        }
        if let Some(cookies) = self.jar.header() {
            request = request.header(header::COOKIE, cookies);
        }
        let request = request.body(()).map_err(|error| unsent(&error))?;
        let small = WebSocketConfig::default().read_buffer_size(4096).write_buffer_size(0);
        match client_async_with_config(request, stream, Some(small)).await {
            Ok((socket, response)) => {
                self.jar.keep(response.headers());
                self.socket = Some(socket);
                Ok(())
            }
            Err(tungstenite::Error::Http(response)) => {
                let body = response.body().as_deref().unwrap_or_default();
                let body = String::from_utf8_lossy(body).into_owned();
                Err(BayeuxFault::Answer(response.status().as_u16(), body))
            }
            Err(error) => Err(unsent(&error)),
        }
    }

    /// Drops the socket without a word, with what came on it unasked.
    pub fn close(&mut self) {
        self.socket = None;
        self.early.clear();
        self.held = false;
    }

    /// Begins a session.
    pub async fn handshake(&mut self) -> Result<(), BayeuxFault> {
        let body = self.session.handshake();
        self.say(body).await?;
        let replies = self.replies("/meta/handshake", 1).await?;
        replies.iter().try_for_each(|reply| self.session.shaken(reply))
    }

    /// Subscribes to topics, all in one message.
    pub async fn subscribe(&mut self, channels: &[&str]) -> Result<(), BayeuxFault> {
        let body = self.session.subscribe(channels);
        self.say(body).await?;
        let replies = self.replies("/meta/subscribe", channels.len()).await?;
        replies.iter().try_for_each(ClientSession::subscribed)
    }

    /// Asks for notifications, and waits as long as the server holds the connect: until there are some, or its time
    /// is up, or `hold` milliseconds if that is given and less. With acknowledgements, events whose reply did not
    /// arrive come again after the next [`Self::open`]. Without them the server pushes while it holds the connect,
    /// and this returns with what was pushed; the next call then goes on waiting for the same reply.
    pub async fn connect(&mut self, hold: Option<u64>) -> Result<ConnectResult, BayeuxFault> {
        if !self.held {
            let body = self.session.connect(hold);
            self.say(body).await?;
            self.held = true;
        }
        loop {
            let mut replies = Vec::new();
            let messages = self.read().await?;
            ServerMessage::sort(messages, "/meta/connect", &mut self.early, &mut replies);
            let reply = replies.into_iter().find(|reply| reply.id.as_ref() == Some(&self.session.last_id()));
            if let Some(reply) = reply {
                self.held = false;
                let next = self.session.connected(&reply)?;
                return Ok(ConnectResult { next, events: std::mem::take(&mut self.early) });
            }
            if !self.session.acks() && !self.early.is_empty() {
                return Ok(ConnectResult { next: Next::Connect, events: std::mem::take(&mut self.early) });
            }
        }
    }

    /// Ends the session.
    pub async fn disconnect(&mut self) -> Result<(), BayeuxFault> {
        let body = self.session.disconnect();
        self.say(body).await?;
        self.replies("/meta/disconnect", 1).await.map(drop)
    }

    async fn say(&mut self, body: String) -> Result<(), BayeuxFault> {
        let Some(socket) = self.socket.as_mut() else {
            return Err(HttpFault::Unsent("no socket is open".into()).into());
        };
        let sent = socket.send(tungstenite::Message::text(body)).await;
        sent.map_err(|error| self.lost(&error))
    }

    /// Reads until so many replies on a channel are there. Events before them are kept for the next connect.
    async fn replies(&mut self, channel: &str, count: usize) -> Result<Vec<ServerMessage>, BayeuxFault> {
        let mut replies = Vec::new();
        while replies.len() < count {
            let messages = self.read().await?;
            ServerMessage::sort(messages, channel, &mut self.early, &mut replies);
        }
        Ok(replies)
    }

    async fn read(&mut self) -> Result<Vec<ServerMessage>, BayeuxFault> {
        loop {
            let Some(socket) = self.socket.as_mut() else {
                return Err(HttpFault::Lost("no socket is open".into()).into());
            };
            match socket.next().await {
                Some(Ok(tungstenite::Message::Text(text))) => {
                    return serde_json::from_str(&text)
                        .map_err(|_| BayeuxFault::Answer(200, text.chars().take(200).collect()));
                }
                Some(Ok(tungstenite::Message::Close(_))) | None => return Err(self.lost(&"closed")),
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(self.lost(&error)),
            }
        }
    }

    fn lost(&mut self, why: &dyn std::fmt::Display) -> BayeuxFault {
        self.close();
        HttpFault::Lost(why.to_string()).into()
    }
}
