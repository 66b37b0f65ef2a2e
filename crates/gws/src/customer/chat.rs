//! The customer chat of the Web Services API (spec: digital-channels#6.3, #2.5).

use domain::{
    Message,
    message::{Content, PartyKind, Viewer},
    notice::Notice,
    session::{AgentParty, Session},
};
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{Error, Unexpected},
};
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// The one operation of the address of chats.
pub const REQUEST_CHAT: &str = "RequestChat";
/// What customers do in their chat, in the order in which a chat lists it.
pub const OPERATIONS: [&str; 4] =
    ["SendMessage", "SendStartTypingNotification", "SendStopTypingNotification", "Complete"];
/// The text of an agent's typing.
const TYPES: &str = "user is typing";

/// What a customer asks for, by name.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CustomerOperation {
    /// The operation; `None` when none is named.
    #[serde(deserialize_with = "given")]
    pub operation_name: Option<String>,
}

/// Asks for a chat. An empty text counts as left out.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CustomerRequestChatRequest {
    /// The name that agents see.
    #[serde(deserialize_with = "given")]
    #[schema(required = true, nullable = false, min_length = 1, max_length = 255)]
    pub nickname: Option<String>,
    /// The service through which the customer comes in, by its name or by that of its queue. It may be left out when
    /// there is only one.
    #[serde(deserialize_with = "given")]
    pub endpoint: Option<String>,
    /// Pairs of user data, for agents and for routing; free in their keys and values.
    #[serde(deserialize_with = "pairs")]
    #[schema(value_type = Option<Map<String, Value>>)]
    pub user_data: Map<String, Value>,
    /// What the chat is about. It stands in the user data as `Subject`.
    #[serde(deserialize_with = "given")]
    pub subject: Option<String>,
}

/// Says something.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CustomerSendMessageRequest {
    /// The words.
    #[serde(deserialize_with = "given")]
    #[schema(required = true, nullable = false, min_length = 1, max_length = 32768)]
    pub text: Option<String>,
}

/// A text; widgets send those that were not filled in as empty ones.
fn given<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    Ok(Option::<String>::deserialize(from)?.filter(|text| !text.is_empty()))
}

fn pairs<'de, D: Deserializer<'de>>(from: D) -> Result<Map<String, Value>, D::Error> {
    match Option::<Value>::deserialize(from)? {
        None => Ok(Map::new()),
        Some(Value::Object(pairs)) => Ok(pairs),
        Some(_) => Err(D::Error::invalid_type(Unexpected::Other("another"), &"an object")),
    }
}

/// It was done.
#[derive(Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CustomerDoneAnswer {
    #[schema(maximum = 0)]
    status_code: u8,
}

/// A chat was opened. Whoever has its id is its customer, so it cannot be printed.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CustomerRequestedAnswer {
    #[schema(maximum = 0)]
    status_code: u8,
    /// The chat, as only its customer knows it.
    id: String,
    /// The path of the chat.
    path: String,
}

impl CustomerRequestedAnswer {
    /// The chat with an id, below the address of chats.
    pub fn of(root: &str, id: &str) -> Self {
        Self { status_code: 0, id: id.to_owned(), path: format!("{root}/{id}") }
    }
}

/// A chat.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CustomerChatAnswer {
    #[schema(maximum = 0)]
    status_code: u8,
    chat: CustomerChat,
}

impl CustomerChatAnswer {
    /// A chat.
    pub const fn of(chat: CustomerChat) -> Self {
        Self { status_code: 0, chat }
    }
}

/// A part of the transcript.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CustomerMessagesAnswer {
    #[schema(maximum = 0)]
    status_code: u8,
    /// In the order of the transcript.
    messages: Vec<CustomerMessage>,
}

impl CustomerMessagesAnswer {
    /// A part of the transcript.
    pub const fn of(messages: Vec<CustomerMessage>) -> Self {
        Self { status_code: 0, messages }
    }
}

/// A chat as its customer sees it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CustomerChat {
    /// The chat, as only its customer knows it.
    id: String,
    /// Where the customer stands.
    state: CustomerChatState,
    /// The operations that are open now; none once the chat is over.
    capabilities: Vec<&'static str>,
    /// Who is in it: the customer, and the agents who talk.
    participants: Vec<CustomerParticipant>,
}

/// Where a customer stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub enum CustomerChatState {
    /// Nobody has come yet, or all have gone.
    WaitingForAgent,
    /// An agent is there.
    Chatting,
    /// It is over.
    Idle,
}

impl CustomerChat {
    /// The chat that its customer knows by this id. Agents are in it while they talk; those who only listen or wait to be
    /// asked are not shown.
    pub fn of(id: &str, session: &Session) -> Self {
        let customer = &session.customer;
        let talking: Vec<_> = session
            .chatting()
            .filter(|agent| agent.visibility.is_for(Viewer::Customer))
            .map(AgentParty::author)
            .collect();
        let state = match (customer.present, talking.is_empty()) {
            (false, _) => CustomerChatState::Idle,
            (true, true) => CustomerChatState::WaitingForAgent,
            (true, false) => CustomerChatState::Chatting,
        };
        let authors = customer.present.then(|| customer.author()).into_iter().chain(talking);
        Self {
            id: id.to_owned(),
            state,
            // Nothing may follow the end.
            capabilities: if customer.present { OPERATIONS.to_vec() } else { Vec::new() },
            participants: authors
                .map(|who| CustomerParticipant::of(who.nickname, who.number, who.kind))
                .collect(),
        }
    }
}

/// An entry of the transcript.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CustomerMessage {
    /// From 1; agents see entries that customers do not, so there are gaps.
    #[schema(minimum = 1)]
    index: u32,
    /// What it is.
    r#type: CustomerMessageType,
    /// Who it is from, as they were then.
    from: CustomerParticipant,
    /// The words, the link, the notice or the new name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    text: Option<String>,
    /// The link.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    url: Option<String>,
}

/// What an entry of the transcript is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub enum CustomerMessageType {
    /// Words: `text`.
    Text,
    /// Somebody came.
    ParticipantJoined,
    /// Somebody went.
    ParticipantLeft,
    /// Somebody types. The customer's own typing has no text.
    TypingStarted,
    /// Somebody types no more.
    TypingStopped,
    /// A link: `url`, and for widgets that show only text, `text`.
    PushUrl,
    /// A notice: `text`.
    Notice,
    /// Somebody has another name: `text`.
    NicknameUpdated,
}

impl CustomerMessage {
    /// An entry of the log.
    pub fn of(message: &Message) -> Self {
        let Message { index, from, content, .. } = message.clone();
        let is_agent = from.kind == PartyKind::Agent;
        let (kind, text, url) = match content {
            Content::Text { text, .. } => (CustomerMessageType::Text, Some(text), None),
            // Whom the customer did not see before has joined, for them.
            Content::Joined | Content::Rejoined => (CustomerMessageType::ParticipantJoined, None, None),
            Content::Left => (CustomerMessageType::ParticipantLeft, None, None),
            Content::TypingStarted { .. } => {
                (CustomerMessageType::TypingStarted, is_agent.then(|| TYPES.to_owned()), None)
            }
            Content::TypingStopped => (CustomerMessageType::TypingStopped, None, None),
            Content::Url { url } => (CustomerMessageType::PushUrl, Some(url.clone()), Some(url)),
            Content::CustomNotice { text } | Content::Notice(Notice { text, .. }) => {
                (CustomerMessageType::Notice, Some(text), None)
            }
            Content::Renamed { nickname } => (CustomerMessageType::NicknameUpdated, Some(nickname), None),
        };
        let from = CustomerParticipant::of(from.nickname, from.number, from.kind);
        Self { index, r#type: kind, from, text, url }
    }
}

/// Somebody in a chat.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CustomerParticipant {
    /// What they are called.
    nickname: String,
    /// A number within the chat, as a text.
    participant_id: String,
    /// On which side they are.
    r#type: CustomerPartyType,
}

/// On which side of a chat somebody is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub enum CustomerPartyType {
    /// The customer.
    Customer,
    /// An agent.
    Agent,
    /// Neither.
    External,
}

impl CustomerParticipant {
    fn of(nickname: String, number: u32, kind: PartyKind) -> Self {
        let kind = match kind {
            PartyKind::Customer => CustomerPartyType::Customer,
            PartyKind::Agent => CustomerPartyType::Agent,
            PartyKind::External => CustomerPartyType::External,
        };
        Self { nickname, participant_id: number.to_string(), r#type: kind }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Body;

    fn sends(body: &str) -> Result<Option<String>, String> {
        let body = Body::parse(body.as_bytes()).expect("a body");
        let read = body.read::<CustomerSendMessageRequest>();
        read.map(|request| request.text).map_err(|why| why.to_string())
    }

    #[test]
    fn an_empty_text_counts_as_left_out() {
        for body in ["{}", r#"{"text":null}"#, r#"{"text":""}"#] {
            assert_eq!(sends(body), Ok(None), "{body}");
        }
        assert_eq!(sends(r#"{"text":" "}"#), Ok(Some(" ".into())));
        assert_eq!(sends(r#"{"text":7}"#), Err("'text' is not a string".into()));
    }

    #[test]
    fn user_data_is_an_object_or_left_out() {
        let asks = |body: &str| {
            let body = Body::parse(body.as_bytes()).expect("a body");
            let read = body.read::<CustomerRequestChatRequest>();
            read.map(|request| request.user_data.len()).map_err(|why| why.to_string())
        };
        assert_eq!(asks(r#"{"userData":null}"#), Ok(0));
        assert_eq!(asks(r#"{"userData":{"a":1}}"#), Ok(1));
        assert_eq!(asks(r#"{"userData":[]}"#), Err("'userData' is not an object".into()));
    }
}
