//! The Chat API v2 of the mobile services: forms, and one shape for every answer (spec: digital-channels#6.1).

use domain::{
    Message, Millis,
    message::{Content, PartyKind},
};
use serde::Serialize;
use utoipa::ToSchema;

/// Something that a customer asks for by a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Command {
    /// The last part of its address.
    pub name: &'static str,
    /// What it does.
    pub about: &'static str,
    /// Its fields, without those that show who asks.
    pub fields: &'static [Field],
    /// Whether it takes pairs of user data.
    pub takes_user_data: bool,
}

/// A field of a form. An empty one counts as left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// What it says.
    pub about: &'static str,
    /// Whether the command is refused without it.
    pub is_required: bool,
    /// What it may say, for instance.
    pub example: &'static str,
}

const fn field(name: &'static str, about: &'static str, example: &'static str) -> Field {
    Field { name, about, is_required: false, example }
}

const fn required(name: &'static str, about: &'static str, example: &'static str) -> Field {
    Field { is_required: true, ..field(name, about, example) }
}

/// The fields that ask for a chat, besides the pairs of user data.
pub const REQUEST: &[Field] = &[
    field(
        "nickname",
        "The name that agents see; without it, the first and last name, of which the first is required.",
        "Ines",
    ),
    field("firstName", "The first name; also in the user data, as `FirstName`.", "Ines"),
    field("lastName", "The last name; also in the user data, as `LastName`.", "Roy"),
    field("subject", "What the chat is about; in the user data as `Subject`.", "Order 4711"),
    field("emailAddress", "The e-mail address; in the user data as `EmailAddress`.", "ines@shop.example"),
];

const MESSAGE_TYPE: Field = field("messageType", "The writer's own word for the kind of message.", "text");

/// The commands of a chat.
pub const COMMANDS: &[Command] = &[
    Command {
        name: "send",
        about: "A customer says something.",
        fields: &[required("message", "The words.", "Hello"), MESSAGE_TYPE],
        takes_user_data: false,
    },
    Command {
        name: "refresh",
        about: "A customer asks for what is new; without `transcriptPosition`, for the whole transcript.",
        fields: &[
            field("message", "The words, if the customer says something with it.", "Hello"),
            MESSAGE_TYPE,
        ],
        takes_user_data: false,
    },
    Command {
        name: "startTyping",
        about: "A customer types.",
        fields: &[field(
            "message",
            "What is typed so far. Agents see it when the server is set so.",
            "I was won",
        )],
        takes_user_data: false,
    },
    Command { name: "stopTyping", about: "A customer types no more.", fields: &[], takes_user_data: false },
    Command { name: "disconnect", about: "A customer leaves.", fields: &[], takes_user_data: false },
    Command {
        name: "pushUrl",
        about: "A customer sends a link.",
        fields: &[required("pushUrl", "The link.", "https://shop.example/?a=1")],
        takes_user_data: false,
    },
    Command {
        name: "updateNickname",
        about: "A customer wants to be called otherwise.",
        fields: &[required("nickname", "The new name.", "Ines R.")],
        takes_user_data: false,
    },
    Command {
        name: "customNotice",
        about: "The customer's application tells something.",
        fields: &[required("message", "The notice.", "form filled in")],
        takes_user_data: false,
    },
    Command {
        name: "updateData",
        about: "The customer's application adds pairs of user data, or changes them.",
        fields: &[],
        takes_user_data: true,
    },
    Command {
        name: "readReceipt",
        about: "A customer has read something. Nobody is shown it.",
        fields: &[required("transcriptPosition", "The position up to which was read.", "7")],
        takes_user_data: false,
    },
];

/// An answer. To a customer who is known it has every member but `errors`, whatever its `statusCode`. It holds the key, so
/// it cannot be printed.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ChatApiAnswer {
    /// 0: it was done. 1: try again. 2: it is refused for good.
    #[schema(maximum = 2)]
    pub status_code: u8,
    /// The chat. This and the four members behind it are absent in an answer to somebody who is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub chat_id: Option<String>,
    /// Id of the customer as a participant.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub user_id: Option<String>,
    /// The customer's key.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub secure_key: Option<String>,
    /// To be sent back with the next request.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub alias: Option<String>,
    /// The `transcriptPosition` from which to go on.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub next_position: Option<u32>,
    /// Whether the chat is over, and all of it was told.
    pub chat_ended: bool,
    /// The part of the transcript that was asked for.
    pub messages: Vec<ChatApiMessage>,
    /// What was wrong.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub errors: Vec<ChatApiError>,
}

/// Something that was wrong.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ChatApiError {
    /// The number of the error.
    pub code: u16,
    /// What to do about it, or what is wrong.
    pub advice: String,
}

/// An entry of the transcript as a customer sees it.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ChatApiMessage {
    /// From 1; agents see entries that customers do not, so there are gaps.
    #[schema(minimum = 1)]
    index: u32,
    /// What it is.
    r#type: ChatApiMessageType,
    /// The words, the link, the notice or the new name; of somebody who types, what so far.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    text: Option<String>,
    /// The writer's own word for the kind of message.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    message_type: Option<String>,
    /// When, in milliseconds since 1970.
    utc_time: Millis,
    /// Who it is from, as they were then.
    from: ChatApiParticipant,
}

/// What an entry of the transcript is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub enum ChatApiMessageType {
    /// Words.
    Message,
    /// Somebody came.
    ParticipantJoined,
    /// Somebody went.
    ParticipantLeft,
    /// Somebody types.
    TypingStarted,
    /// Somebody types no more.
    TypingStopped,
    /// A link.
    PushUrl,
    /// A notice of an application.
    CustomNotice,
    /// A notice of the server.
    Notice,
    /// Somebody has another name.
    NicknameUpdated,
}

/// Somebody in a chat.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ChatApiParticipant {
    /// What they are called.
    nickname: String,
    /// A number within the chat.
    participant_id: u32,
    /// On which side they are.
    r#type: ChatApiPartyType,
}

/// On which side of a chat somebody is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub enum ChatApiPartyType {
    /// The customer.
    Client,
    /// An agent.
    Agent,
    /// Neither.
    External,
}

impl ChatApiMessage {
    /// An entry of the log.
    pub fn of(message: &Message) -> Self {
        let Message { index, at, from, content, .. } = message.clone();
        let (kind, text, message_type) = match content {
            Content::Text { text, message_type } => (ChatApiMessageType::Message, Some(text), message_type),
            // Whom the customer did not see before has joined, for them.
            Content::Joined | Content::Rejoined => (ChatApiMessageType::ParticipantJoined, None, None),
            Content::Left => (ChatApiMessageType::ParticipantLeft, None, None),
            Content::TypingStarted { text } => (ChatApiMessageType::TypingStarted, text, None),
            Content::TypingStopped => (ChatApiMessageType::TypingStopped, None, None),
            Content::Url { url } => (ChatApiMessageType::PushUrl, Some(url), None),
            Content::CustomNotice { text } => (ChatApiMessageType::CustomNotice, Some(text), None),
            Content::Notice(notice) => (ChatApiMessageType::Notice, Some(notice.text), None),
            Content::Renamed { nickname } => (ChatApiMessageType::NicknameUpdated, Some(nickname), None),
        };
        let party = match from.kind {
            PartyKind::Customer => ChatApiPartyType::Client,
            PartyKind::Agent => ChatApiPartyType::Agent,
            PartyKind::External => ChatApiPartyType::External,
        };
        let from = ChatApiParticipant { nickname: from.nickname, participant_id: from.number, r#type: party };
        Self { index, r#type: kind, text, message_type, utc_time: at, from }
    }
}
