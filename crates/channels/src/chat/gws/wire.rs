//! The words of this API on the wire (spec: digital-channels#6.3, #2.5).

use super::{address::ROOT, pass::Pass};
use axum::{
    Json,
    response::{IntoResponse, Response},
};
use domain::{
    Message,
    message::{Content, PartyKind, Visibility},
    notice::Notice,
    session::{AgentParty, Session},
};
use http::{HeaderValue, header::CACHE_CONTROL};
use serde::Serialize;

/// The text of an agent's typing.
const TYPES: &str = "user is typing";

/// A good answer: `statusCode` 0 and what was asked for. It may hold a pass, so it cannot be printed.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Answer {
    status_code: u8,
    #[serde(flatten)]
    told: Told,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Told {
    Nothing {},
    Opened { id: String, path: String },
    Chat { chat: Room },
    Messages { messages: Vec<Entry> },
}

/// A chat as its customer sees it.
#[derive(Serialize)]
pub(super) struct Room {
    id: String,
    state: &'static str,
    capabilities: Vec<&'static str>,
    participants: Vec<Participant>,
}

/// An entry of the transcript.
#[derive(Serialize)]
pub(super) struct Entry {
    /// From 1; agents see entries that customers do not, so there are gaps.
    index: u32,
    #[serde(rename = "type")]
    kind: &'static str,
    from: Participant,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

#[derive(Serialize)]
struct Participant {
    nickname: String,
    #[serde(rename = "participantId")]
    number: String,
    #[serde(rename = "type")]
    kind: &'static str,
}

impl Answer {
    /// It was done.
    pub const fn done() -> Self {
        Self::of(Told::Nothing {})
    }

    /// A chat was opened.
    pub fn opened(pass: &Pass) -> Self {
        Self::of(Told::Opened { id: pass.key().to_owned(), path: format!("{ROOT}/{}", pass.key()) })
    }

    /// The chat.
    pub const fn chat(chat: Room) -> Self {
        Self::of(Told::Chat { chat })
    }

    /// A part of the transcript.
    pub const fn messages(messages: Vec<Entry>) -> Self {
        Self::of(Told::Messages { messages })
    }

    const fn of(told: Told) -> Self {
        Self { status_code: 0, told }
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        // It is only for one customer, so no cache on the way should keep it.
        ([(CACHE_CONTROL, HeaderValue::from_static("no-store"))], Json(self)).into_response()
    }
}

impl Room {
    /// The chat of a pass, with the operations that its customer has. Agents are in it while they talk; those who only
    /// listen or wait to be asked are not shown.
    pub fn of(pass: &Pass, session: &Session, operations: impl Iterator<Item = &'static str>) -> Self {
        let customer = &session.customer;
        let talking: Vec<_> = session
            .chatting()
            .filter(|agent| agent.visibility == Visibility::All)
            .map(AgentParty::author)
            .collect();
        let state = match (customer.present, talking.is_empty()) {
            (false, _) => "Idle",
            (true, true) => "WaitingForAgent",
            (true, false) => "Chatting",
        };
        let authors = customer.present.then(|| customer.author()).into_iter().chain(talking);
        Self {
            id: pass.key().to_owned(),
            state,
            // Nothing may follow the end.
            capabilities: if customer.present { operations.collect() } else { Vec::new() },
            participants: authors.map(|who| Participant::of(who.nickname, who.number, who.kind)).collect(),
        }
    }
}

impl Entry {
    /// An entry of the log. A link comes as `url` (spec: digital-channels#2.5) and as text, for widgets that show only
    /// text.
    pub fn of(message: &Message) -> Self {
        let Message { index, from, content, .. } = message.clone();
        let is_agent = from.kind == PartyKind::Agent;
        let (kind, text, url) = match content {
            Content::Text { text, .. } => ("Text", Some(text), None),
            Content::Joined => ("ParticipantJoined", None, None),
            Content::Left => ("ParticipantLeft", None, None),
            Content::TypingStarted { .. } => ("TypingStarted", is_agent.then(|| TYPES.to_owned()), None),
            Content::TypingStopped => ("TypingStopped", None, None),
            Content::Url { url } => ("PushUrl", Some(url.clone()), Some(url)),
            Content::CustomNotice { text } | Content::Notice(Notice { text, .. }) => {
                ("Notice", Some(text), None)
            }
            Content::Renamed { nickname } => ("NicknameUpdated", Some(nickname), None),
        };
        Self { index, kind, from: Participant::of(from.nickname, from.number, from.kind), text, url }
    }
}

impl Participant {
    fn of(nickname: String, number: u32, kind: PartyKind) -> Self {
        let kind = match kind {
            PartyKind::Customer => "Customer",
            PartyKind::Agent => "Agent",
            PartyKind::External => "External",
        };
        Self { nickname, number: number.to_string(), kind }
    }
}
