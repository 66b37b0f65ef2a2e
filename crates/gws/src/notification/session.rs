//! The notification of a conversation (spec: digital-channels#1.4, #2.7).

use crate::{links::Links, resource::session_text};
use domain::{UserId, medium::Medium, session::Session};
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// What has changed about a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub enum SessionChange {
    /// The agent's own part.
    #[serde(rename = "StatusChange")]
    Status,
    /// Who is in it, or what they are called.
    #[serde(rename = "ParticipantsUpdated")]
    Participants,
    /// User data, the disposition, the note, or what became of a message.
    #[serde(rename = "PropertiesUpdated")]
    Properties,
    /// Nothing has changed: a command that was accepted came to nothing.
    Error,
}

/// A conversation of the agent has changed, or a command for it came to nothing. The conversation stands under each key
/// of its medium.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SessionStateChangeMessage<'s> {
    message_type: &'static str,
    /// What has changed.
    notification_type: SessionChange,
    /// The `referenceId` of the answer to the agent's own command, when that caused it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    reference_id: Option<u64>,
    /// Only with `Error`: the `statusCode` that such a refusal has.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    error_code: Option<u8>,
    /// Only with `Error`: a sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    error_message: Option<&'s str>,
    /// The user name of the supervisor who took the conversation from the agent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    changed_by: Option<String>,
    #[serde(flatten)]
    #[schema(ignore)]
    session: UnderEach<'s, Option<Box<RawValue>>>,
}

/// The code of a command that came to nothing.
const NOT_DONE: u8 = 2;

impl<'s> SessionStateChangeMessage<'s> {
    /// Of a change, to an agent who has or had a part in the conversation.
    pub fn new(
        links: &Links,
        medium: &'s Medium,
        session: &Session,
        agent: &UserId,
        (change, reference): (SessionChange, Option<u64>),
    ) -> Self {
        Self {
            message_type: medium.message_type,
            notification_type: change,
            reference_id: reference,
            error_code: None,
            error_message: None,
            changed_by: None,
            session: UnderEach { keys: medium.singular, value: session_text(links, medium, session, agent) },
        }
    }

    /// The same message, by a supervisor.
    #[must_use]
    pub fn by(self, changed_by: Option<String>) -> Self {
        Self { changed_by, ..self }
    }

    /// The same message as that of an error: the command with this number came to nothing, and why.
    #[must_use]
    pub fn because(self, reference: u64, why: &'s str) -> Self {
        Self {
            notification_type: SessionChange::Error,
            reference_id: Some(reference),
            error_code: Some(NOT_DONE),
            error_message: Some(why),
            ..self
        }
    }
}

/// One value under each key that a medium has for it.
struct UnderEach<'k, V> {
    keys: &'k [&'static str],
    value: V,
}

impl<V: Serialize> Serialize for UnderEach<'_, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.keys.iter().map(|key| (*key, &self.value)))
    }
}
