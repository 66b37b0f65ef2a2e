//! Requests of customers that may come twice: the header `Idempotency-Key` (docs/idempotency.md).
//!
//! What the journal keeps of a request holds no word of the customer's and no key: where the answer's part of the
//! transcript began and ended, and for a chat that was opened, the random number from which its key was drawn. A
//! customer who comes again with the same request draws the same key from it; nobody else can.

use super::{Chat, limits::ClientNetwork};
use desk::{
    Refused,
    idempotency::{IdempotencyKey, KnownRequest, Repeatable, RequestResult, RequestState, Running, Saving},
    ports::{SavedResult, StoreFault},
};
use domain::{Command, Decision, InteractionId, Key, State, command::Open, session::Session};
use http::{HeaderMap, HeaderName};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The header.
pub(super) const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// The key of a request; a sentence when it is malformed.
pub(super) fn key(headers: &HeaderMap) -> Result<Option<IdempotencyKey>, &'static str> {
    IdempotencyKey::of(headers.get_all(IDEMPOTENCY_KEY).into_iter().map(http::HeaderValue::as_bytes))
}

/// A request in a chat, whose key counts only for those who can open that chat.
pub(super) fn in_chat<'p>(
    id: &InteractionId,
    key: IdempotencyKey,
    parts: impl IntoIterator<Item = &'p [u8]>,
) -> Repeatable {
    Repeatable::new(&format!("chat:{id}"), key, parts)
}

/// A request for a chat. The customer is not known yet: the network it comes from, the key and all that is asked for
/// make it the same request.
pub(super) fn opening<'p>(
    origin: ClientNetwork,
    key: IdempotencyKey,
    parts: impl IntoIterator<Item = &'p [u8]>,
) -> Repeatable {
    Repeatable::new(&format!("open:{:?}", origin.network()), key, parts)
}

/// Why a request with an idempotency key is not performed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Why {
    /// The same request is being performed.
    Running,
    /// The key was used for another request.
    Other,
}

impl Why {
    /// The HTTP status that the draft gives it.
    pub const fn status(self) -> http::StatusCode {
        match self {
            Self::Running => http::StatusCode::CONFLICT,
            Self::Other => http::StatusCode::UNPROCESSABLE_ENTITY,
        }
    }

    /// The same in a sentence.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Running => "The request with this Idempotency-Key is still being served",
            Self::Other => "This Idempotency-Key was used for another request",
        }
    }
}

/// Whether a request is to be performed: then keep the first value meanwhile. Otherwise answer with the earlier result.
pub(super) enum RepeatState {
    First(Running),
    Again(SavedResult),
    Refused(Why),
}

/// What the journal keeps of a request.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct KeptRequest {
    /// The chat, if it was opened.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub chat: String,
    /// Id of the customer as a participant, if it was opened.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub user: String,
    /// The random number from which its key was drawn, if it was opened.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub random: String,
    /// From where the customer wanted the transcript, if they did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<u32>,
    /// Where the client was, if the customer did not.
    #[serde(default)]
    pub had: u32,
    /// The index of the next entry when it had been performed.
    pub next: u32,
    /// Whether the chat was over then.
    #[serde(default)]
    pub over: bool,
}

impl KeptRequest {
    /// What a row holds; nothing when it cannot be read.
    pub fn of(result: &SavedResult) -> Self {
        serde_json::from_str(&result.body).unwrap_or_default()
    }

    /// The same with the place of the log after a decision, if that touched the chat.
    fn after(mut self, decision: &Decision, id: &InteractionId) -> Self {
        let key = Key::Session(id.clone());
        let change = decision.changes.iter().find(|change| change.key == key);
        if let Some(State::Session(session)) = change.map(|change| &*change.after) {
            self.next = session.next_index;
            self.over = is_over(session);
        }
        self
    }
}

fn is_over(session: &Session) -> bool {
    session.customer.left_at.is_some()
}

impl Chat {
    /// Whether a request with an idempotency key is to be performed.
    pub(super) async fn turn(&self, request: &Repeatable) -> Result<RepeatState, StoreFault> {
        Ok(match self.desk.asked(request).await? {
            RequestState::New(running) => RepeatState::First(running),
            RequestState::Known(KnownRequest::Done(saved)) => RepeatState::Again(saved),
            RequestState::Known(KnownRequest::Other) => RepeatState::Refused(Why::Other),
            RequestState::Running => RepeatState::Refused(Why::Running),
        })
    }

    /// Performs a command in a chat. The facts of the answer are completed from the decision and kept in its commit.
    pub(super) async fn perform_once(
        &self,
        id: &InteractionId,
        command: Command,
        request: Repeatable,
        kept: KeptRequest,
    ) -> Result<KeptRequest, Refused> {
        let done = self.desk.perform_once(command, Some(saving(id, request, kept.clone()))).await?;
        Ok(done.result.as_ref().map_or(kept, KeptRequest::of))
    }

    /// Opens a chat in the same way.
    pub(super) async fn open_once(
        &self,
        open: Open,
        request: Repeatable,
        kept: KeptRequest,
    ) -> Result<KeptRequest, Refused> {
        let saving = saving(&open.session.clone(), request, kept.clone());
        let done = self.desk.open_session_once(open, Some(saving)).await?;
        Ok(done.result.as_ref().map_or(kept, KeptRequest::of))
    }
}

fn saving(id: &InteractionId, request: Repeatable, kept: KeptRequest) -> Saving {
    let id = id.clone();
    let tell = move |decision: &Decision, _: Option<u64>| {
        let body = serde_json::to_string(&kept.clone().after(decision, &id)).unwrap_or_default();
        RequestResult { status: 200, body }
    };
    Saving { request, tell: Arc::new(tell) }
}
