//! Answers of the Chat API: one shape for every one (spec: digital-channels#6.1).

use super::trouble::Trouble;
use axum::{
    Json,
    response::{IntoResponse, Response},
};
use gws::customer::{ChatApiAnswer, ChatApiMessage};
use http::{
    HeaderValue,
    header::{CACHE_CONTROL, RETRY_AFTER},
};

/// An answer. It holds a key, so it cannot be printed.
pub(super) struct ChatAnswer(ChatApiAnswer);

/// The customer who is answered: the three values that open a chat. It holds the key, so it cannot be printed.
pub(super) struct ChatCustomer {
    /// The chat.
    pub chat_id: String,
    /// Id of the customer as a participant.
    pub user_id: String,
    /// The customer's key.
    pub secure_key: String,
}

impl ChatAnswer {
    /// The answer to a customer who is known: a part of the transcript, and what was wrong, if anything was.
    pub fn to(
        caller: ChatCustomer,
        messages: Vec<ChatApiMessage>,
        next_position: u32,
        chat_ended: bool,
        trouble: Option<&Trouble>,
    ) -> Self {
        let ChatCustomer { chat_id, user_id, secure_key } = caller;
        Self(ChatApiAnswer {
            status_code: trouble.map_or(0, Trouble::status_code),
            chat_id: Some(chat_id),
            user_id: Some(user_id),
            secure_key: Some(secure_key),
            // The field is meant for the name of an instance, but here any node answers for any, and clients hand it
            // back as they got it: so it tells what this one of a customer's windows has been given (see
            // `access::TranscriptRange`).
            alias: Some(next_position.to_string()),
            next_position: Some(next_position),
            chat_ended,
            messages,
            errors: trouble.map(Trouble::fault).into_iter().collect(),
        })
    }

    /// The position from which to go on, in an answer to a known customer.
    pub const fn next(&self) -> Option<u32> {
        self.0.next_position
    }

    /// The answer to somebody who is not known.
    pub fn refused(trouble: &Trouble) -> Self {
        Self(ChatApiAnswer {
            status_code: trouble.status_code(),
            chat_id: None,
            user_id: None,
            secure_key: None,
            alias: None,
            next_position: None,
            chat_ended: trouble.chat_ended(),
            messages: Vec::new(),
            errors: vec![trouble.fault()],
        })
    }
}

impl IntoResponse for ChatAnswer {
    fn into_response(self) -> Response {
        // It holds a key, so no cache on the way should keep it.
        ([(CACHE_CONTROL, HeaderValue::from_static("no-store"))], Json(self.0)).into_response()
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
