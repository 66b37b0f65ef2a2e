//! Notifications of calls (spec: core-and-voice#5.5). Several facts of a commit about one call are one change to its
//! users, so the notifications follow from the call before and after: at most one of a kind for each user.

use super::{
    agents::DeviceNotes,
    renderer::{Notes, after, user_of},
};
use desk::ports::{NewNote, TxView};
use domain::{
    DecideError, Decision, EntityChange, Event, Key, Millis, QueueName, State, UserId,
    call::{Call, CallOperation, Fact, Overflowing, Party, PartyOrigin, PartyState, capabilities},
    request::Help,
    user::Device,
};
use gws::{
    CALLS_TOPIC, CallRequest, CallView, is_listened_to, is_silenced,
    notification::{CallChange, CallErrorMessage, CallStateChangeMessage, text},
    numbers,
};
use serde::Serialize;

/// What a commit means for a call.
pub(super) struct CallNotes<'a> {
    pub notes: &'a Notes,
    pub decision: &'a Decision,
    pub change: &'a EntityChange,
    pub call: &'a Call,
    pub at: Millis,
}

impl CallNotes<'_> {
    pub fn render(&self, tx: &mut dyn TxView, out: &mut Vec<NewNote>) -> Result<(), DecideError> {
        let mut wrap_up = None;
        for party in &self.call.parties {
            let Some(user) = party.user() else { continue };
            let (changes, refused) = (self.changes(party), self.refused(party));
            let asked = self.asked_in_vain(party);
            if changes.is_empty() && refused.is_empty() {
                continue;
            }
            let wrap_up = match wrap_up {
                Some(found) => found,
                None => *wrap_up.insert(self.wrap_up(tx)?),
            };
            let known = user_of(tx, self.decision, user)?;
            let own = known.as_ref().and_then(|user| user.device.as_ref());
            let other = match own {
                Some(own) if own.phone_number == party.dn => None,
                _ => self.other_phone(tx, party)?,
            };
            let device = other.as_ref().or(own).filter(|device| device.phone_number == party.dn);
            let view = CallView { call: self.call, party, device, at: self.at };
            let Notes { links, shown, .. } = self.notes;
            if let Some(began) = self.as_it_began(party) {
                let view = CallView { call: &began, party: began.on(party.leg).unwrap_or(party), ..view };
                let status = CallChange::Status;
                let message = CallStateChangeMessage::new(links, shown.participants, &view, status, wrap_up);
                self.tell(user, &message, out);
            }
            for change in changes {
                let message = CallStateChangeMessage::new(links, shown.participants, &view, change, wrap_up);
                self.tell(user, &message, out);
            }
            for (operation, code) in refused {
                self.tell(user, &CallErrorMessage::new(links, &view, operation, code), out);
            }
            if let Some((operation, queue, why)) = asked {
                let message = CallErrorMessage::no_one_of_queue(links, &view, operation, queue, why);
                self.tell(user, &message, out);
            }
        }
        for fact in self.facts() {
            if let Fact::UserEvent { agent, call_uuid, conn_id, user_data, .. } = fact {
                let device = DeviceNotes { notes: self.notes, decision: self.decision, change: self.change };
                let call = Some((call_uuid.as_str(), conn_id.as_str()));
                device.user_event(tx, agent, call, user_data, out)?;
            }
        }
        Ok(())
    }

    /// A phone that is not the own of the user whose part is on it.
    fn other_phone(&self, tx: &mut dyn TxView, party: &Party) -> Result<Option<Device>, DecideError> {
        let phone = after(tx, self.decision, &Key::Device(party.dn.clone()))?;
        let owner = match phone.as_deref() {
            Some(State::Device(phone)) => phone.owner.clone(),
            _ => None,
        };
        if let Some(owner) = owner {
            return Ok(user_of(tx, self.decision, &owner)?.and_then(|user| user.device.clone()));
        }
        let centre = after(tx, self.decision, &Key::Centre)?;
        Ok(match centre.as_deref() {
            Some(State::Centre(centre)) => centre.phone(&party.dn).cloned(),
            _ => None,
        })
    }

    /// What has changed for a party.
    fn changes(&self, party: &Party) -> Vec<CallChange> {
        let Some((before, was)) = self.was(party) else { return vec![CallChange::Status] };
        let mut changes = Vec::new();
        let shown = |call: &Call, party: &Party| {
            let watch = party.watch.map(|watch| (watch.monitoring, watch.stepped_in));
            (party.state, party.muted, watch, is_listened_to(call, party))
        };
        if shown(before, was) != shown(self.call, party) {
            changes.push(CallChange::Status);
        }
        let talks = |party: &Party| matches!(party.state, PartyState::Established | PartyState::Held);
        let is_elsewhere = party.is_live() && (was.line != party.line || party.pending_handover().is_some());
        if (talks(was) && talks(party) || is_elsewhere) && numbers(before, was) != numbers(self.call, party) {
            changes.push(CallChange::Participants);
        }
        if party.is_live() && is_silenced(before, was) != is_silenced(self.call, party) {
            changes.push(CallChange::Silenced);
        }
        // Of two calls of an agent the other may be completed or swapped now.
        let is_beside = before.beside(was).next().is_some() || self.call.beside(party).next().is_some();
        if changes.is_empty() && is_beside && capabilities(before, was) != capabilities(self.call, party) {
            changes.push(CallChange::Status);
        }
        if party.is_live() && self.facts().any(Self::attaches) {
            changes.push(CallChange::Data);
        }
        changes
    }

    /// The call as a party came into it whose state has moved on already: that it began is told first, since an agent
    /// cannot make sense of what became of a call not heard of before (spec: core-and-voice#5.3: Dialing comes first).
    fn as_it_began(&self, party: &Party) -> Option<Call> {
        let joined = self.facts().find_map(|fact| match fact {
            Fact::Joined { leg, state, .. } if *leg == party.leg && *state != party.state => Some(*state),
            _ => None,
        });
        let state = joined?;
        let mut began = self.call.clone();
        let part = began.parties.iter_mut().find(|part| part.leg == party.leg)?;
        (part.state, part.released_at) = (state, None);
        Some(began)
    }

    /// Whether a fact changed what is attached to the call. A disposition after release does not.
    fn attaches(fact: &Fact) -> bool {
        matches!(fact, Fact::DataChanged { .. } | Fact::Disposition { late: false, .. })
    }

    /// What the phone of a party refused, with its codes.
    fn refused(&self, party: &Party) -> Vec<(&'static str, u16)> {
        let refused = self.facts().filter_map(|fact| match fact {
            Fact::Refused { leg, operation, code } if *leg == party.leg => {
                Some((CallRequest::name_of(operation.operation()), *code))
            }
            _ => None,
        });
        refused.collect()
    }

    /// The queue that a party asked, and why it gave nobody.
    fn asked_in_vain(&self, party: &Party) -> Option<(&'static str, &QueueName, Overflowing)> {
        let asks = |line: u16| party.origin == PartyOrigin::Consult && party.line == line;
        self.facts().find_map(|fact| match fact {
            Fact::RequestEnded { line, asks: queue, help, why: Some(why), .. } if asks(*line) => {
                let operation = match help {
                    Help::Consult => CallOperation::InitiateTransfer,
                    Help::Invite => CallOperation::InitiateConference,
                };
                Some((CallRequest::name_of(operation), queue, *why))
            }
            _ => None,
        })
    }

    /// The time for work after the call that its queue gives, in seconds; 0 is none.
    fn wrap_up(&self, tx: &mut dyn TxView) -> Result<i64, DecideError> {
        let Some(queued) = &self.call.queued else { return Ok(0) };
        let queue = after(tx, self.decision, &Key::Queue(queued.queue.clone()))?;
        Ok(match queue.as_deref() {
            Some(State::Queue(Some(queue))) => queue.calls.wrap_up / 1_000,
            _ => 0,
        })
    }

    /// A party as it was before, in this call or in one that this has absorbed.
    fn was(&self, party: &Party) -> Option<(&Call, &Party)> {
        let own = before(self.change)?;
        if let Some(was) = own.on(party.leg) {
            return Some((own, was));
        }
        let absorbed = self.facts().find_map(|fact| match fact {
            Fact::Absorbed { call, .. } => Some(Key::Call(call.id.clone())),
            _ => None,
        })?;
        let other = self.decision.changes.iter().find(|change| change.key == absorbed).and_then(before)?;
        let number = party.leg.checked_sub(own.parties_before())?;
        Some((other, other.on(number)?))
    }

    fn facts(&self) -> impl Iterator<Item = &Fact> {
        self.change.events.iter().filter_map(|event| match event {
            Event::Call(event) => Some(&event.fact),
            _ => None,
        })
    }

    fn tell(&self, agent: &UserId, message: &impl Serialize, out: &mut Vec<NewNote>) {
        out.push(NewNote {
            agent: agent.clone(),
            channel: CALLS_TOPIC.into(),
            body: text(message).into(),
            about: self.change.key.clone(),
        });
    }
}

/// The call of a change as it was before.
fn before(change: &EntityChange) -> Option<&Call> {
    match change.before.as_deref() {
        Some(State::Call(call)) => Some(call),
        _ => None,
    }
}
