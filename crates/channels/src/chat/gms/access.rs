//! Who may do something in a chat, and how those who may are answered.

use super::{
    form::Form,
    trouble::Trouble,
    wire::{ChatAnswer, ChatCustomer},
};
use crate::chat::{Chat, repeat::KeptRequest, talk::Talk, transcript};
use desk::{ports::StoreFault, session_of};
use domain::InteractionId;
use gws::customer::ChatApiMessage;
use subtle::ConstantTimeEq;

/// The values by which a customer shows that a chat is theirs.
pub(super) struct CustomerCredentials {
    user_id: String,
    secure_key: String,
}

impl CustomerCredentials {
    /// The values in a form; both are required.
    pub fn of(form: &Form) -> Result<Self, Trouble> {
        let user_id = form.required("userId")?.to_owned();
        Ok(Self { user_id, secure_key: form.required("secureKey")?.to_owned() })
    }
}

impl Talk {
    /// Lets the customer of this chat in and nobody else. Both values are compared whole, in a time that does not
    /// tell how much of them was right.
    pub(super) fn admit(
        &self,
        id: &InteractionId,
        given: CustomerCredentials,
    ) -> Result<ChatCustomer, Trouble> {
        let user = self.user_id.as_bytes().ct_eq(given.user_id.as_bytes());
        let key = self.opens_to(&given.secure_key);
        let CustomerCredentials { user_id, secure_key } = given;
        let caller = ChatCustomer { chat_id: id.to_string(), user_id, secure_key };
        if bool::from(user & key) { Ok(caller) } else { Err(Trouble::WrongKey) }
    }
}

/// How much of the transcript a customer wants.
#[derive(Clone, Copy)]
pub(super) enum TranscriptRange {
    /// The log from a position on.
    From(u32),
    /// None: no position was given. Widgets take `nextPosition` from every answer all the same, so it must not
    /// lead past what they were not given. It stays where it was, and the `alias` that they hand back from their last
    /// answer says where that is. A word that is no position counts as the beginning: something told twice is better
    /// than something never told.
    Nothing {
        /// The position the client had.
        had: u32,
    },
}

impl TranscriptRange {
    /// What a form asks for; `at` tells where a client that hands back an alias is.
    pub fn of(form: &Form, at: impl Fn(u32) -> u32) -> Result<Self, Trouble> {
        Ok(form.position()?.map_or_else(|| Self::nothing(form, at), Self::From))
    }

    /// No transcript, and the position the client had.
    pub fn nothing(form: &Form, at: impl Fn(u32) -> u32) -> Self {
        Self::Nothing { had: at(alias(form)) }
    }

    /// The position from which the transcript is wanted, if it is.
    pub const fn from(self) -> Option<u32> {
        match self {
            Self::From(position) => Some(position),
            Self::Nothing { .. } => None,
        }
    }

    /// That position, or else where the client is.
    pub const fn position(self) -> u32 {
        match self {
            Self::From(position) | Self::Nothing { had: position } => position,
        }
    }
}

/// The position that a client hands back as its alias; a word that is no position counts as the beginning.
pub(super) fn alias(form: &Form) -> u32 {
    form.get("alias").and_then(|alias| alias.parse().ok()).unwrap_or(1).max(1)
}

/// What a customer is told of their chat.
struct ChatUpdate {
    entries: Vec<ChatApiMessage>,
    next: u32,
    over: bool,
}

/// How the command of a known customer went.
pub(super) enum CommandOutcome {
    /// Nothing needed a commit.
    Looked,
    /// It was committed.
    Done,
    /// It was committed, now or before; its answer is made of this.
    Kept(KeptRequest),
    /// It was refused.
    Refused(Trouble),
}

impl Chat {
    /// Whether customers can come in through a service.
    pub(super) fn serves(&self, service: &str) -> bool {
        self.desk.centre().is_some_and(|centre| {
            centre.services.get(service).is_some_and(|service| self.is_open(&centre, service))
        })
    }

    /// A chat as it is committed; `None` when there is none of this id in this service.
    pub(super) async fn talk(&self, service: &str, id: &InteractionId) -> Result<Option<Talk>, StoreFault> {
        let talk =
            self.look(id, |session| (session.service.as_str() == service).then(|| Talk::of(session))).await?;
        Ok(talk.flatten())
    }

    /// Answers a customer who is known: how it went, and what they want of the transcript.
    pub(super) async fn answer(
        &self,
        service: &str,
        id: &InteractionId,
        caller: ChatCustomer,
        wanted: TranscriptRange,
        outcome: CommandOutcome,
    ) -> Result<ChatAnswer, Trouble> {
        let (committed, trouble) = match outcome {
            CommandOutcome::Kept(kept) => return Ok(self.answer_kept(id, caller, &kept).await),
            CommandOutcome::Looked => (false, None),
            CommandOutcome::Done => (true, None),
            CommandOutcome::Refused(trouble) => (false, Some(trouble)),
        };
        match self.told(service, id, wanted).await {
            Ok(ChatUpdate { entries, next, over }) => {
                Ok(ChatAnswer::to(caller, entries, next, over, trouble.as_ref()))
            }
            // What is committed must not be repeated, so it is a success, with nothing to show yet: the customer is
            // given the position they had.
            Err(Trouble::Store(fault)) if committed => {
                tracing::warn!(%fault, "a customer was served, but the transcript could not be read");
                Ok(ChatAnswer::to(caller, Vec::new(), wanted.position(), false, None))
            }
            Err(fault) => Err(fault),
        }
    }

    /// Answers a request that may come again, each time the same.
    async fn answer_kept(&self, id: &InteractionId, caller: ChatCustomer, kept: &KeptRequest) -> ChatAnswer {
        match self.told_before(id, kept).await {
            Ok(ChatUpdate { entries, next, over }) => ChatAnswer::to(caller, entries, next, over, None),
            Err(fault) => {
                tracing::warn!(%fault, "a customer was served, but the transcript could not be read");
                let (next, over) = (kept.from.unwrap_or(1), kept.over && kept.from.is_none());
                ChatAnswer::to(caller, Vec::new(), next, over, None)
            }
        }
    }

    async fn told_before(&self, id: &InteractionId, kept: &KeptRequest) -> Result<ChatUpdate, StoreFault> {
        let nothing =
            |next: u32| ChatUpdate { entries: Vec::new(), next: next.min(kept.next), over: kept.over };
        let Some(from) = kept.from else { return Ok(nothing(kept.had)) };
        let state = self.desk.session(id).await?;
        // The conversation may have been deleted since.
        let Some(session) = state.as_deref().and_then(session_of) else { return Ok(nothing(from)) };
        let page = transcript::read_until(&self.desk, session, (from, kept.next), ChatApiMessage::of).await?;
        Ok(ChatUpdate { entries: page.shown, next: page.next, over: kept.over && !page.is_cut })
    }

    async fn told(
        &self,
        service: &str,
        id: &InteractionId,
        wanted: TranscriptRange,
    ) -> Result<ChatUpdate, Trouble> {
        // The end is looked for before the log is read, so that a customer who hears the end has the last words too.
        let state = self.desk.session(id).await?;
        let session = state
            .as_deref()
            .and_then(session_of)
            .filter(|session| session.service.as_str() == service && self.is_ours(&session.medium));
        let session = session.ok_or(Trouble::UnknownChat)?;
        let over = Talk::of(session).is_over();
        Ok(match wanted {
            TranscriptRange::From(from) => {
                let page = transcript::read(&self.desk, session, from, ChatApiMessage::of).await?;
                // Widgets ask no more once they have heard the end, so it comes with the last part only.
                ChatUpdate { entries: page.shown, next: page.next, over: over && !page.is_cut }
            }
            TranscriptRange::Nothing { had } => {
                ChatUpdate { entries: Vec::new(), next: had.min(session.next_index), over }
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admitted(user_id: &str, secure_key: &str) -> bool {
        let given = CustomerCredentials { user_id: user_id.into(), secure_key: secure_key.into() };
        Talk::with_key("secret").admit(&"c1".into(), given).is_ok()
    }

    #[test]
    fn only_the_user_with_the_key_is_let_in() {
        assert!(admitted("00A1", "secret"));
        for (user_id, secure_key) in [("00A1", "Secret"), ("00A2", "secret"), ("", "secret")] {
            assert!(!admitted(user_id, secure_key));
        }
    }
}
