//! The notification of new messages of a conversation (spec: digital-channels#2.5).

use crate::{links::Links, resource::MessageResource, shown::Shown};
use domain::{InteractionId, Message, medium::Medium};
use serde::{Serialize, Serializer};
use utoipa::ToSchema;

/// What has changed about the log of a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub enum MessageLogChange {
    /// There are new messages.
    NewMessages,
}

/// A conversation of the agent has new messages. It names the conversation by address and by path under each key of
/// its medium, and has no `id` (spec: client-requirements#18).
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MessageLogUpdated<'m> {
    message_type: &'static str,
    /// What has changed.
    notification_type: MessageLogChange,
    /// The `referenceId` of the answer to the agent's own command, when that caused it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    reference_id: Option<u64>,
    /// The messages, in the order of the log. To an agent who has just come in, all that they may see so far, or the
    /// newest part of it.
    messages: Vec<MessageResource<'m>>,
    #[serde(flatten)]
    #[schema(ignore)]
    names: Names<'m>,
}

impl<'m> MessageLogUpdated<'m> {
    /// Of messages; `reference` is the number of the command that wrote them, if it was the agent's own.
    pub fn new(
        links: &'m Links,
        shown: Shown,
        (medium, session): (&'m Medium, &InteractionId),
        messages: &[&'m Message],
        reference: Option<u64>,
    ) -> Self {
        Self {
            message_type: "MessageLogUpdated",
            notification_type: MessageLogChange::NewMessages,
            reference_id: reference,
            messages: messages.iter().map(|message| MessageResource::of(links, shown, message)).collect(),
            names: Names { links, keys: medium.singular, path: format!("/{}/{session}", medium.collection) },
        }
    }
}

/// `chatUri` and `chatPath`, and the like for each other key of the medium.
struct Names<'n> {
    links: &'n Links,
    keys: &'n [&'static str],
    path: String,
}

impl Serialize for Names<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let uri = self.links.uri(&self.path);
        let pairs =
            |key: &&str| [(format!("{key}Path"), self.path.as_str()), (format!("{key}Uri"), uri.as_str())];
        serializer.collect_map(self.keys.iter().flat_map(pairs))
    }
}
