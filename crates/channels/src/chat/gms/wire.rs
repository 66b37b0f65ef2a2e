//! The words of the Chat API on the wire: one shape for every answer (spec: digital-channels#6.1).

use super::trouble::{ChatError, Trouble};
use axum::{
    Json,
    response::{IntoResponse, Response},
};
use domain::{
    Message, Millis,
    message::{Content, PartyKind},
};
use http::{
    HeaderValue,
    header::{CACHE_CONTROL, RETRY_AFTER},
};
use serde::Serialize;

/// An answer. To a customer who is known it has every member, whatever its `statusCode`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ChatAnswer {
    status_code: u8,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    ticket: Option<Ticket>,
    chat_ended: bool,
    messages: Vec<TranscriptEntry>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<ChatError>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Ticket {
    chat_id: String,
    user_id: String,
    secure_key: String,
    alias: String,
    next_position: u32,
}

/// The customer who is answered: the three values that open a chat. It holds the key, so it cannot be printed.
pub(super) struct ChatCustomer {
    /// The chat.
    pub chat_id: String,
    /// Id of the customer as a participant.
    pub user_id: String,
    /// The customer's key.
    pub secure_key: String,
}

/// An entry of the transcript as a customer sees it.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TranscriptEntry {
    /// From 1; agents see entries that customers do not, so there are gaps.
    index: u32,
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message_type: Option<String>,
    utc_time: Millis,
    from: Speaker,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Speaker {
    nickname: String,
    participant_id: u32,
    #[serde(rename = "type")]
    kind: &'static str,
}

impl ChatAnswer {
    /// The answer to a customer who is known: a part of the transcript, and what was wrong, if anything was.
    pub fn to(
        caller: ChatCustomer,
        messages: Vec<TranscriptEntry>,
        next_position: u32,
        chat_ended: bool,
        trouble: Option<&Trouble>,
    ) -> Self {
        let ChatCustomer { chat_id, user_id, secure_key } = caller;
        // The field is meant for the name of an instance, but here any node answers for any, and clients hand it back
        // as they got it: so it tells what this one of a customer's windows has been given (see
        // `access::TranscriptRange`).
        let alias = next_position.to_string();
        Self {
            status_code: trouble.map_or(0, Trouble::status_code),
            ticket: Some(Ticket { chat_id, user_id, secure_key, alias, next_position }),
            chat_ended,
            messages,
            errors: trouble.map(Trouble::fault).into_iter().collect(),
        }
    }

    /// The position from which to go on, in an answer to a known customer.
    pub fn next(&self) -> Option<u32> {
        self.ticket.as_ref().map(|ticket| ticket.next_position)
    }

    /// The answer to somebody who is not known.
    pub fn refused(trouble: &Trouble) -> Self {
        Self {
            status_code: trouble.status_code(),
            ticket: None,
            chat_ended: trouble.chat_ended(),
            messages: Vec::new(),
            errors: vec![trouble.fault()],
        }
    }
}

impl IntoResponse for ChatAnswer {
    fn into_response(self) -> Response {
        // It holds a key, so no cache on the way should keep it.
        ([(CACHE_CONTROL, HeaderValue::from_static("no-store"))], Json(self)).into_response()
    }
}

impl IntoResponse for Trouble {
    fn into_response(self) -> Response {
        let mut response = (self.status(), ChatAnswer::refused(&self)).into_response();
        if let Self::TooMany(excess) = self {
            response.headers_mut().insert(RETRY_AFTER, excess.seconds().into());
        }
        response
    }
}

impl TranscriptEntry {
    /// An entry of the log.
    pub fn of(message: &Message) -> Self {
        let Message { index, at, from, content, .. } = message.clone();
        let (kind, text, message_type) = match content {
            Content::Text { text, message_type } => ("Message", Some(text), message_type),
            Content::Joined => ("ParticipantJoined", None, None),
            Content::Left => ("ParticipantLeft", None, None),
            Content::TypingStarted { text } => ("TypingStarted", text, None),
            Content::TypingStopped => ("TypingStopped", None, None),
            Content::Url { url } => ("PushUrl", Some(url), None),
            Content::CustomNotice { text } => ("CustomNotice", Some(text), None),
            Content::Notice(notice) => ("Notice", Some(notice.text), None),
            Content::Renamed { nickname } => ("NicknameUpdated", Some(nickname), None),
        };
        let party = match from.kind {
            PartyKind::Customer => "Client",
            PartyKind::Agent => "Agent",
            PartyKind::External => "External",
        };
        let from = Speaker { nickname: from.nickname, participant_id: from.number, kind: party };
        Self { index, kind, text, message_type, utc_time: at, from }
    }
}
