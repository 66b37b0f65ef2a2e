//! A call as its events left it.

use super::{
    leg::{CallerId, LegId, RoomId},
    party::{Party, PartyOrigin, PartyState, Who},
};
use crate::{
    ConnId, InteractionId, MediumName, Millis, NodeId, QueueName, UserData, UserId,
    ids::Dn,
    interaction::{End, EndedBy, Interaction, QueuePosition},
    medium,
    request::Request,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Where a call comes from and goes to, as its line began (spec: core-and-voice#5.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CallKind {
    /// Between phones of the switch.
    Internal,
    /// From outside.
    Inbound,
    /// To the outside.
    Outbound,
    /// A question to a colleague beside another call.
    Consult,
}

impl CallKind {
    /// The word of the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Internal => "Internal",
            Self::Inbound => "Inbound",
            Self::Outbound => "Outbound",
            Self::Consult => "Consult",
        }
    }
}

/// A line of a call: who hears whom, under which identity.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// Its call UUID; of the first line that of the call.
    pub uuid: InteractionId,
    /// Its connection id: 16 hex digits.
    pub conn_id: ConnId,
    /// Where it comes from and goes to.
    pub kind: CallKind,
    /// The number that was dialled first.
    pub dialled: Dn,
    /// Attached data. All lines share those of the first; the others have none of their own.
    pub user_data: UserData,
    /// The party that began it to ask somebody; `None` of the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<u16>,
    /// Who called, where the line came with another interaction; else it is [`Call::from`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<CallerId>,
    /// Whether the call is handed to whom it asks only once they have answered.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub answered_only: bool,
}

/// A disposition that a party set while it took part (spec: decisions#6).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PartyDisposition {
    /// The party.
    pub party: u16,
    /// Under which key.
    pub key: String,
    /// The value.
    pub value: serde_json::Value,
}

/// Where a call goes once the phone of the agent who dials is up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PendingDestination {
    /// Into a queue.
    Queue(QueueName),
    /// To a phone of ours.
    Device(Dn),
}

/// The queue side of a call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CallQueueing {
    /// The queue it was last put into.
    pub queue: QueueName,
    /// Its last place there.
    pub place: QueuePosition,
    /// Whether it waits there for an agent now.
    pub waiting: bool,
    /// When its waiting overflows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overflow_at: Option<Millis>,
    /// Agents that should not be offered it before a moment.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub barred: BTreeMap<UserId, Millis>,
    /// The party that waits; `None` where it is the one that called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub party: Option<u16>,
    /// The newest party when it was handed to the queue; 0 where it came in there.
    #[serde(default)]
    pub after: u16,
}

/// A call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Call {
    /// Its id: 32 characters of 0-9 and A-Z; also the UUID of its first line.
    pub id: InteractionId,
    /// When it began.
    pub created_at: Millis,
    /// Who called.
    pub from: CallerId,
    /// A remote location that came with [`crate::command::Dial`]; shown, not acted on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// Where it goes once the phone of the agent who dialled is up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aim: Option<PendingDestination>,
    /// Its lines; the first is there from the beginning.
    pub lines: Vec<Line>,
    /// Everyone who ever was in it, in order of coming.
    pub parties: Vec<Party>,
    /// The dispositions that stand, in the order in which they were set: one for a party and a key.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dispositions: Vec<PartyDisposition>,
    /// Its place in a queue, if it was ever in one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queued: Option<CallQueueing>,
    /// What agents who ask somebody beside it wait for in queues, and nobody has taken yet.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requests: Vec<Request>,
    /// How often a queue was asked.
    #[serde(default, skip_serializing_if = "is_none_asked")]
    pub requested: u32,
    /// It hears a last announcement, and is released at its end.
    #[serde(default)]
    pub turned_away: bool,
    /// Set when nobody is in it any more.
    pub ended: Option<End>,
    /// Whether personal values were erased.
    #[serde(default)]
    pub erased: bool,
    /// The interaction that has absorbed it, since an agent joined a call of the one with a call of the other. All that
    /// was in it is there, under other numbers and the same UUIDs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub absorbed_into: Option<InteractionId>,
    /// The names by which the switch knows the legs that came with interactions it has absorbed, by their numbers here.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub taken_legs: BTreeMap<u16, LegId>,
    /// The node that carries it: only there are its legs and its sound. `None` in a call that an earlier release wrote;
    /// that one is over with the process that wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<NodeId>,
}

/// What falls due in a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Deadline {
    /// This leg has not been answered.
    Leg(u16),
    /// The party that hands somebody over to this one leaves now.
    Handover(u16),
    /// It has waited for too long.
    Overflow,
    /// Nobody has taken this request.
    Request(u32),
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as the serialization calls it")]
const fn is_none_asked(asked: &u32) -> bool {
    *asked == 0
}

impl Call {
    /// The user's latest part in the line of a call UUID, as they know it.
    pub fn part(&self, user: &UserId, uuid: &InteractionId) -> Option<&Party> {
        let is_it = |party: &&Party| party.user() == Some(user) && self.uuid(party) == uuid;
        self.parties.iter().rev().find(is_it)
    }

    /// The user's live parts in it, in order of coming: more than one while they ask somebody beside the call.
    pub fn live_parts<'c>(&'c self, user: &UserId) -> impl Iterator<Item = &'c Party> {
        self.live().filter(move |party| party.user() == Some(user))
    }

    /// The party of a number.
    pub fn on(&self, leg: u16) -> Option<&Party> {
        self.parties.iter().find(|party| party.leg == leg)
    }

    /// The live party that a leg is for now: of several the one that does not hold.
    pub fn active_on(&self, leg: u16) -> Option<&Party> {
        let on = || self.live().filter(move |party| party.carried_by() == leg);
        on().find(|party| party.state != PartyState::Held)
            .or_else(|| on().find(|party| !party.parked))
            .or_else(|| on().next())
    }

    /// The live parties that the leg of a party carries as well.
    pub fn sharing<'c>(&'c self, party: &'c Party) -> impl Iterator<Item = &'c Party> {
        let leg = party.carried_by();
        self.live().filter(move |other| other.carried_by() == leg && other.leg != party.leg)
    }

    /// The other live part of whoever asks somebody beside a call, on the same leg or on another of their phone.
    pub fn beside<'c>(&'c self, party: &'c Party) -> impl Iterator<Item = &'c Party> {
        let asks =
            |who: &Party, of: &Party| who.origin == PartyOrigin::Consult && self.line(who).by == Some(of.leg);
        self.live().filter(move |other| asks(other, party) || asks(party, other))
    }

    /// Everyone who talks in a line now, or is to; not those who only follow it.
    pub fn live_in(&self, line: u16) -> impl Iterator<Item = &Party> {
        self.talkers().filter(move |party| party.line == line)
    }

    /// The party that a line began with.
    pub fn caller_of(&self, line: u16) -> Option<&Party> {
        self.parties.iter().find(|party| party.line == line)
    }

    /// The party that waits in a queue, or would: the one that called, unless it was handed to the queue.
    pub fn customer(&self) -> Option<&Party> {
        match self.queued.as_ref().and_then(|queued| queued.party) {
            Some(party) => self.on(party),
            None => self.parties.first(),
        }
    }

    /// The call UUID under which a user knows their part.
    pub fn uuid(&self, party: &Party) -> &InteractionId {
        &self.shown(party).uuid
    }

    /// The line under whose UUID a user knows their part.
    pub fn shown(&self, party: &Party) -> &Line {
        self.lines.get(usize::from(party.shown_line())).unwrap_or(&self.lines[0])
    }

    /// Everyone in it now.
    pub fn live(&self) -> impl Iterator<Item = &Party> {
        self.parties.iter().filter(|party| party.is_live())
    }

    /// Everyone in it now but those who only follow others.
    pub fn talkers(&self) -> impl Iterator<Item = &Party> {
        self.live().filter(|party| !party.only_watches())
    }

    /// Those who only follow others in it.
    pub fn watchers(&self) -> impl Iterator<Item = &Party> {
        self.live().filter(|party| party.only_watches())
    }

    /// The live parties whose users follow a party, however they do.
    pub fn followers<'c>(&'c self, party: &Party) -> impl Iterator<Item = &'c Party> {
        let leg = party.leg;
        self.live().filter(move |other| other.watch.is_some_and(|watch| watch.target == leg))
    }

    /// Everyone else who talks on the line of a party, as the party's call resource lists them.
    pub fn others<'c>(&'c self, party: &'c Party) -> impl Iterator<Item = &'c Party> {
        self.talkers().filter(move |other| other.line == party.line && other.leg != party.leg)
    }

    /// Who called, as those in a line are told.
    pub fn from_of<'c>(&'c self, line: &'c Line) -> &'c CallerId {
        line.from.as_ref().unwrap_or(&self.from)
    }

    /// The line of a party.
    pub fn line(&self, party: &Party) -> &Line {
        // There is a first line from the beginning, and a party never names a line before it is there.
        self.lines.get(usize::from(party.line)).unwrap_or(&self.lines[0])
    }

    /// The name by which the switch knows a leg.
    pub fn leg(&self, number: u16) -> LegId {
        let own = || LegId { call: self.id.clone(), number };
        self.taken_legs.get(&number).cloned().unwrap_or_else(own)
    }

    /// The number that a leg of the switch has here; `None` of one that is no leg of this interaction.
    pub fn leg_number(&self, leg: &LegId) -> Option<u16> {
        if leg.call == self.id {
            return Some(leg.number).filter(|number| !self.taken_legs.contains_key(number));
        }
        self.taken_legs.iter().find(|(_, taken)| *taken == leg).map(|(number, _)| *number)
    }

    /// The id of the leg that carries a party.
    pub fn leg_of(&self, party: &Party) -> LegId {
        self.leg(party.carried_by())
    }

    /// The number of the next leg.
    pub fn next_leg(&self) -> u16 {
        u16::try_from(self.parties.len() + 1).unwrap_or(u16::MAX)
    }

    /// The room of a line.
    pub fn room(&self, line: u16) -> RoomId {
        RoomId { call: self.id.clone(), line }
    }

    /// A request that nobody has taken yet.
    pub fn request(&self, number: u32) -> Option<&Request> {
        self.requests.iter().find(|request| request.number == number)
    }

    /// The request for which an agent waits in a line.
    pub fn request_in(&self, line: u16) -> Option<&Request> {
        self.requests.iter().find(|request| request.line == Some(line))
    }

    /// The party to whose phone a queue offers a request now.
    pub fn asked_for(&self, number: u32) -> Option<&Party> {
        self.live().find(|party| party.pending_request() == Some(number))
    }

    /// Whether it waits for an agent now.
    pub fn is_waiting(&self) -> bool {
        self.queued.as_ref().is_some_and(|queued| queued.waiting)
    }

    /// Moments at which it must be looked at again.
    pub fn deadlines(&self) -> impl Iterator<Item = (Deadline, Millis)> {
        let legs = self.live().filter_map(|party| Some((Deadline::Leg(party.leg), party.deadline?)));
        let handovers =
            self.live().filter_map(|party| Some((Deadline::Handover(party.leg), party.handover?.leaves_at?)));
        let overflow = self.queued.iter().filter(|queued| queued.waiting);
        legs.chain(handovers)
            .chain(overflow.filter_map(|queued| Some((Deadline::Overflow, queued.overflow_at?))))
            .chain(self.requests.iter().map(|request| (Deadline::Request(request.number), request.deadline)))
    }

    /// Whether anyone is in it.
    pub fn is_open(&self) -> bool {
        self.ended.is_none()
    }

    /// Who counts as having ended a party's part: the agent for a user's, the customer for any other.
    pub fn closer_of(party: &Party) -> EndedBy {
        if matches!(party.who, Who::User { .. }) { EndedBy::Agent } else { EndedBy::Customer }
    }
}

impl Interaction for Call {
    type Part = Party;

    fn id(&self) -> &InteractionId {
        &self.id
    }

    fn medium(&self) -> MediumName {
        medium::voice()
    }

    fn parts(&self) -> &[Party] {
        &self.parties
    }

    fn user_data(&self) -> &UserData {
        &self.lines[0].user_data
    }

    fn known_as<'c>(&'c self, part: &'c Party) -> &'c InteractionId {
        self.uuid(part)
    }

    fn disposition(&self, part: Option<&Party>, key: &str) -> Option<&serde_json::Value> {
        let mut set = self.dispositions.iter().filter(|set| set.key == key).peekable();
        match part {
            // What no user set came with the call, and counts for all. So does everything for who is no user.
            Some(party) if party.user().is_some() && set.peek().is_some() => {
                set.find(|set| set.party == party.leg).map(|set| &set.value)
            }
            _ => self.lines[0].user_data.get(key),
        }
    }

    fn is_open(&self) -> bool {
        Self::is_open(self)
    }

    fn is_erased(&self) -> bool {
        self.erased
    }
}
