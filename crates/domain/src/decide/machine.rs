//! What the shared rules need to know of the two machines beside [`Interaction`]: how each words the same fact.

use super::{DecideError, Draft};
use crate::{
    InteractionId, Refusal, UserData, call,
    interaction::{Interaction, Via},
    session,
};
use serde_json::Value;

/// The machine of conversations, or that of calls.
pub(super) trait Machine: Interaction {
    /// What happens to it.
    type Fact;
    /// The word for it in refusals.
    const NOUN: &'static str;

    /// The fact that pairs of user data changed, dispositions apart.
    fn data_changed(&self, part: Option<&Self::Part>, changed: Changed) -> Self::Fact;

    /// The fact that a disposition was set; `None` where it is nobody's.
    fn disposed(&self, part: Option<&Self::Part>, disposed: Disposed) -> Option<Self::Fact>;

    /// The fact that its personal values were erased.
    fn erased() -> Self::Fact;

    /// Pushes a fact that leaves it in its queue.
    fn tell(draft: &mut Draft<'_>, id: &InteractionId, fact: Self::Fact) -> Result<(), DecideError>;

    /// The refusal of what does not exist, or not for this agent (spec: decisions#8).
    fn not_found(&self) -> DecideError {
        Refusal::NotFound(format!("{} '{}'", Self::NOUN, self.id())).into()
    }
}

/// Pairs of user data that change.
pub(super) struct Changed {
    pub set: UserData,
    /// Keys taken away.
    pub removed: Vec<String>,
    pub via: Via,
}

/// A disposition that is set.
pub(super) struct Disposed {
    pub key: String,
    pub value: Value,
    /// The value before; null when there was none.
    pub previous: Value,
    pub via: Via,
    /// Set after the part ended.
    pub late: bool,
    /// Whether the book knows the value.
    pub known: bool,
}

impl Machine for session::Session {
    type Fact = session::Fact;

    const NOUN: &'static str = "Interaction";

    fn data_changed(&self, part: Option<&session::AgentParty>, changed: Changed) -> session::Fact {
        let Changed { set, removed, via } = changed;
        session::Fact::DataChanged { set, removed, agent: part.map(|party| party.user.clone()), via }
    }

    fn disposed(&self, part: Option<&session::AgentParty>, disposed: Disposed) -> Option<session::Fact> {
        let Disposed { key, value, previous, via, late, known } = disposed;
        Some(session::Fact::Disposition {
            agent: part.map(|party| party.user.clone()),
            user_name: part.map(|party| party.user_name.clone()),
            leg: part.map_or(&self.customer.participant, |party| &party.participant).clone(),
            key,
            value,
            previous,
            via,
            late,
            known,
            own: part.is_some(),
        })
    }

    fn erased() -> session::Fact {
        session::Fact::Erased
    }

    fn tell(draft: &mut Draft<'_>, id: &InteractionId, fact: session::Fact) -> Result<(), DecideError> {
        draft.tell(id, fact)
    }
}

impl Machine for call::Call {
    type Fact = call::Fact;

    const NOUN: &'static str = "Call";

    fn data_changed(&self, part: Option<&call::Party>, changed: Changed) -> call::Fact {
        let Changed { set, removed, via } = changed;
        let agent = part.and_then(call::Party::user).cloned();
        call::Fact::DataChanged { line: part.map_or(0, |party| party.line), set, removed, agent, via }
    }

    fn disposed(&self, part: Option<&call::Party>, disposed: Disposed) -> Option<call::Fact> {
        let party = part?;
        let (agent, user_name) = (party.user()?.clone(), party.user_name()?.to_owned());
        let line = self.line(party);
        let Disposed { key, value, previous, via, late, known } = disposed;
        Some(call::Fact::Disposition {
            leg: party.leg,
            agent,
            user_name,
            call_uuid: line.uuid.clone(),
            conn_id: line.conn_id.clone(),
            this_dn: party.dn.clone(),
            key,
            value,
            previous,
            via,
            late,
            known,
            supervisor: party.watch.is_some(),
        })
    }

    fn erased() -> call::Fact {
        call::Fact::Erased
    }

    fn tell(draft: &mut Draft<'_>, id: &InteractionId, fact: call::Fact) -> Result<(), DecideError> {
        draft.tell_call(id, fact)
    }
}
