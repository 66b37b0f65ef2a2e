//! A CometD client over long-polling.

use super::{
    Http, HttpAnswer,
    bayeux::{BayeuxFault, ClientSession, ConnectResult, Notification, ServerMessage},
};

/// A CometD client over long-polling, on one connection: while a connect is held, nothing else can be said on it.
#[derive(Debug)]
pub struct PollClient {
    http: Http,
    path: String,
    session: ClientSession,
}

impl PollClient {
    /// A client of the endpoint at `path`, with or without the acknowledgement extension.
    pub const fn new(http: Http, path: String, acks: bool) -> Self {
        Self { http, path, session: ClientSession::new("long-polling", acks) }
    }

    /// The connection, for requests in between.
    pub const fn http(&mut self) -> &mut Http {
        &mut self.http
    }

    /// The id of the session; empty before the handshake.
    pub fn client_id(&self) -> &str {
        self.session.client_id()
    }

    /// How far the server has said it got; what the next connect acknowledges.
    pub const fn acknowledged(&self) -> u64 {
        self.session.batch()
    }

    /// Begins a session.
    pub async fn handshake(&mut self) -> Result<(), BayeuxFault> {
        let body = self.session.handshake();
        let (_, replies) = self.exchange(body, "/meta/handshake").await?;
        replies.iter().try_for_each(|reply| self.session.shaken(reply))
    }

    /// Subscribes to topics, all in one request.
    pub async fn subscribe(&mut self, channels: &[&str]) -> Result<(), BayeuxFault> {
        let body = self.session.subscribe(channels);
        let (_, replies) = self.exchange(body, "/meta/subscribe").await?;
        replies.iter().try_for_each(ClientSession::subscribed)
    }

    /// Asks for notifications, and waits as long as the server holds the request: until there are some, or its
    /// time is up, or `hold` milliseconds if that is given and less. Events of an answer that did not arrive
    /// whole are not shown: with acknowledgements they come again with the next connect.
    pub async fn connect(&mut self, hold: Option<u64>) -> Result<ConnectResult, BayeuxFault> {
        let body = self.session.connect(hold);
        let (events, replies) = self.exchange(body, "/meta/connect").await?;
        match replies.first() {
            Some(reply) => Ok(ConnectResult { next: self.session.connected(reply)?, events }),
            None => Err(BayeuxFault::Refused("no reply to a connect".into())),
        }
    }

    /// Ends the session.
    pub async fn disconnect(&mut self) -> Result<(), BayeuxFault> {
        let body = self.session.disconnect();
        self.exchange(body, "/meta/disconnect").await.map(drop)
    }

    async fn exchange(
        &mut self,
        body: String,
        channel: &str,
    ) -> Result<(Vec<Notification>, Vec<ServerMessage>), BayeuxFault> {
        let answer = self.http.post_json(&self.path, body).await?;
        let (mut events, mut replies) = (Vec::new(), Vec::new());
        ServerMessage::sort(parse(&answer)?, channel, &mut events, &mut replies);
        if replies.is_empty() {
            return Err(BayeuxFault::Refused(format!("no reply to {channel}")));
        }
        Ok((events, replies))
    }
}

fn parse(answer: &HttpAnswer) -> Result<Vec<ServerMessage>, BayeuxFault> {
    let wrong = || {
        let body = String::from_utf8_lossy(&answer.body).chars().take(200).collect();
        BayeuxFault::Answer(answer.status.as_u16(), body)
    };
    if !answer.status.is_success() {
        return Err(wrong());
    }
    serde_json::from_slice(&answer.body).map_err(|_| wrong())
}
