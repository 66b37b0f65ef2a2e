//! Calls, while they are open: what of one is needed to count what comes of it.

use crate::{
    agents::Agents,
    columns::{agent as column, queue},
    ledger::lasted,
    queueing::{Desk, Left, Queueing, turned_away},
};
use domain::{
    Millis, QueueName, UserId,
    call::{CallEvent, CallKind, Fact, Overflowing, PartyOrigin, PendingDestination, Who},
    ids::Dn,
    interaction::EndedBy,
    medium::VOICE,
};
use serde::{Deserialize, Serialize};

/// An open call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Talk {
    kind: CallKind,
    /// The queue to which it was to lead, before it is in any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    aim: Option<QueueName>,
    pub queueing: Queueing,
    /// The party that waits.
    waits: u16,
    /// The newest party when it was handed to the queue.
    after: u16,
    pub parts: Vec<Part>,
    /// How many lines it has, and those in which an agent asks somebody beside the call.
    lines: u16,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    consults: Vec<u16>,
    /// The part of an agent that an operation of theirs ended last, until something else happens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    left: Option<u16>,
}

/// A party of a call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Part {
    pub leg: u16,
    line: u16,
    /// The user; `None` of somebody else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<UserId>,
    origin: PartyOrigin,
    role: Role,
    /// Whether it is an offer to them that is not answered yet.
    offered: bool,
    /// Whose customers it serves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    queue: Option<QueueName>,
    /// From whom it takes somebody over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from: Option<u16>,
    /// Whether they called it in to talk together: nobody is handed over when they leave first.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    called_in: bool,
    /// Since when it talks.
    pub talks: Option<Millis>,
    /// Since when it holds the others, and how long it did before.
    pub held: Option<Millis>,
    held_ms: i64,
    /// Whether it was counted that it handed somebody over.
    handed_over: bool,
    pub ended: Option<Millis>,
}

/// What somebody is in a call for.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
enum Role {
    Serves,
    /// Asks somebody beside the call: another part of theirs holds it meanwhile, which is counted.
    Asks,
    Helps,
    /// Follows the party of a number.
    Follows(u16),
}

impl Talk {
    /// One that is seen for the first time.
    pub fn new() -> Self {
        Self {
            kind: CallKind::Inbound,
            aim: None,
            queueing: Queueing::default(),
            waits: 1,
            after: 0,
            parts: Vec::new(),
            lines: 1,
            consults: Vec::new(),
            left: None,
        }
    }

    /// Counts an event of it.
    pub fn apply(&mut self, desk: &mut Desk<'_>, agents: &mut Agents, event: &CallEvent) {
        let at = desk.at;
        let left = self.left.take();
        match &event.fact {
            Fact::Began { kind, dialled, aim, .. } => {
                self.kind = *kind;
                self.aim = match aim {
                    Some(PendingDestination::Queue(name)) => Some(name.clone()),
                    Some(PendingDestination::Device(_)) => None,
                    None => queue_at(desk, dialled),
                };
            }
            Fact::Joined { leg, line, who, origin, handover, watch, request, .. } => {
                let agent = match who {
                    Who::User { id, .. } => Some(id.clone()),
                    Who::Outside | Who::Phone => None,
                };
                let stays = handover.is_some_and(|handover| handover.leaves_at.is_none());
                let role = match (origin, watch) {
                    (_, Some(watch)) => Role::Follows(watch.target),
                    (PartyOrigin::Consult, None) => Role::Asks,
                    (PartyOrigin::Called, None)
                        if stays || request.is_some() || self.consults.contains(line) =>
                    {
                        Role::Helps
                    }
                    _ => Role::Serves,
                };
                let part = Part {
                    leg: *leg,
                    line: *line,
                    agent,
                    origin: *origin,
                    role,
                    offered: role == Role::Serves
                        && matches!(origin, PartyOrigin::Queue | PartyOrigin::Called),
                    queue: event.queue.clone().filter(|_| *origin == PartyOrigin::Queue),
                    from: handover.map(|handover| handover.from),
                    called_in: stays,
                    talks: None,
                    held: None,
                    held_ms: 0,
                    handed_over: false,
                    ended: None,
                };
                if part.queue.is_some() && part.offered {
                    self.queueing.offer();
                }
                self.joined(desk, &part, stays);
                self.parts.push(part);
            }
            Fact::LineBegan { line, .. } => {
                self.lines = self.lines.max(line + 1);
                self.consults.push(*line);
            }
            Fact::Queued { party, after, by, .. } => {
                let Some(name) = &event.queue else { return };
                self.queued(desk, name, (party.unwrap_or(1), *after), by.is_some(), left);
            }
            Fact::Overflowed { why, .. } => {
                let how = match why {
                    Overflowing::Closed => Left::OutOfHours,
                    Overflowing::Full | Overflowing::Late => Left::Overflowed,
                };
                match (&self.queueing.visit, self.aim.take()) {
                    (None, Some(aim)) => turned_away(desk, &aim, VOICE, how),
                    _ => self.queueing.leave(desk, VOICE, how),
                }
            }
            Fact::Established { leg } => self.established(desk, *leg),
            Fact::Held { leg, .. } => {
                if let Some(part) = self.on(*leg) {
                    part.held.get_or_insert(at);
                }
            }
            Fact::Moved { leg, line, origin, handover, .. } => {
                let queue = event.queue.clone();
                let Some(part) = self.on(*leg) else { return };
                (part.line, part.origin) = (*line, *origin);
                part.from = handover.map(|handover| handover.from).or(part.from);
                if *origin == PartyOrigin::Queue {
                    (part.role, part.queue) = (Role::Serves, queue);
                }
                if part.talks.is_some() {
                    if *origin == PartyOrigin::Queue {
                        self.queueing.answer(desk, VOICE);
                    }
                    self.taken_over(desk, *leg);
                }
            }
            Fact::Watching { leg, watch } => {
                if let Some(part) = self.on(*leg) {
                    part.role = Role::Follows(watch.target);
                }
            }
            Fact::Released { leg, closer, talked, dispositioned, .. } => {
                self.released(desk, agents, *leg, *closer, *talked, *dispositioned);
            }
            Fact::Ended { abandoned, .. } => {
                let how = if *abandoned { Left::Abandoned } else { Left::Removed };
                self.queueing.leave(desk, VOICE, how);
            }
            Fact::AbsorbedInto { .. }
            | Fact::Absorbed { .. }
            | Fact::Requested { .. }
            | Fact::RequestEnded { .. }
            | Fact::Silenced { .. }
            | Fact::LegUp { .. }
            | Fact::AnswerAsked { .. }
            | Fact::HoldAsked { .. }
            | Fact::Muted { .. }
            | Fact::Refused { .. }
            | Fact::DataChanged { .. }
            | Fact::Disposition { .. }
            | Fact::UserEvent { .. }
            | Fact::Erased => {}
        }
    }

    /// Another call becomes part of it: the numbers of its parties and lines grow by how many there are.
    pub fn absorb(&mut self, other: Self, first: u16) {
        let (parties, lines) = (first.saturating_sub(1), self.lines);
        self.lines = self.lines.saturating_add(other.lines);
        self.consults.extend(other.consults.iter().map(|line| line.saturating_add(lines)));
        if self.queueing == Queueing::default() {
            self.waits = other.waits.saturating_add(parties);
            self.after = other.after.saturating_add(parties);
            self.queueing = other.queueing;
        }
        for mut part in other.parts {
            part.leg = part.leg.saturating_add(parties);
            part.line = part.line.saturating_add(lines);
            part.from = part.from.map(|from| from.saturating_add(parties));
            if let Role::Follows(target) = &mut part.role {
                *target = target.saturating_add(parties);
            }
            self.parts.push(part);
        }
    }

    fn joined(&self, desk: &mut Desk<'_>, part: &Part, is_called_in: bool) {
        let at = desk.at;
        if let Some(agent) = part.agent.as_ref() {
            let row = desk.ledger.agent(at, agent.as_str(), VOICE);
            if part.offered {
                row.one(column::OFFERED);
            }
            if part.role == Role::Asks {
                row.one(column::ASKED);
            }
        }
        let asks = part.from.filter(|_| is_called_in).and_then(|from| self.part(from)?.agent.as_ref());
        if let Some(asks) = asks {
            desk.ledger.agent(at, asks.as_str(), VOICE).one(column::ASKED);
        }
    }

    /// It takes a place in a queue: as it came, back at it, or handed there by the agent whose part ended just before.
    fn queued(
        &mut self,
        desk: &mut Desk<'_>,
        name: &QueueName,
        place: (u16, u16),
        is_moved: bool,
        left: Option<u16>,
    ) {
        let handed = place.1 != self.after && place.1 > 0;
        (self.waits, self.after) = place;
        // The queue that was called sent it on at its door.
        if let Some(aim) = self.aim.take().filter(|aim| aim != name) {
            turned_away(desk, &aim, VOICE, Left::Overflowed);
        }
        self.queueing.enter(desk, name, VOICE, handed || is_moved);
        if let Some(left) = left.filter(|_| handed) {
            self.hand_over(desk, left);
        }
    }

    /// A party talks now, or again.
    fn established(&mut self, desk: &mut Desk<'_>, leg: u16) {
        let (at, kind) = (desk.at, self.kind);
        let Some(part) = self.on(leg) else { return };
        if let Some(held) = part.held.take() {
            part.held_ms += lasted(held, at);
        }
        if part.talks.is_some() {
            return;
        }
        part.talks = Some(at);
        let (origin, role, was_offered) = (part.origin, part.role, std::mem::take(&mut part.offered));
        let agent = part.agent.clone();
        if let Some(agent) = &agent {
            let row = desk.ledger.agent(at, agent.as_str(), VOICE);
            if was_offered {
                row.one(column::ACCEPTED);
            }
            match role {
                Role::Serves => {
                    row.one(match kind {
                        CallKind::Inbound => column::INBOUND,
                        CallKind::Outbound => column::OUTBOUND,
                        CallKind::Internal | CallKind::Consult => column::INTERNAL,
                    });
                }
                Role::Asks => {}
                Role::Helps => {
                    row.one(column::CONSULTED);
                }
                Role::Follows(target) => {
                    row.one(column::MONITORING);
                    if let Some(target) = self.part(target).and_then(|part| part.agent.as_ref()) {
                        desk.ledger.agent(at, target.as_str(), VOICE).one(column::MONITORED);
                    }
                }
            }
        }
        if origin == PartyOrigin::Queue && agent.is_some() && self.queueing.answer(desk, VOICE) {
            // Of a colleague who called the queue themselves, the waiting was no talk.
            let waits = self.waits;
            if let Some(caller) = self.on(waits).filter(|caller| caller.talks.is_some()) {
                caller.talks = Some(at);
            }
        }
        self.taken_over(desk, leg);
    }

    /// Who took somebody over talks: whoever handed over, and has left, is rid of them.
    fn taken_over(&mut self, desk: &mut Desk<'_>, leg: u16) {
        let part = self.part(leg).filter(|part| !part.called_in);
        let Some(from) = part.and_then(|part| part.from) else { return };
        let has_left = self.part(from).is_some_and(|from| from.ended.is_some());
        if has_left {
            if let Some(part) = self.on(leg).filter(|part| part.role == Role::Helps) {
                part.role = Role::Serves;
            }
            self.hand_over(desk, from);
        }
    }

    fn hand_over(&mut self, desk: &mut Desk<'_>, leg: u16) {
        let at = desk.at;
        let Some(part) = self.parts.iter_mut().find(|part| part.leg == leg && !part.handed_over) else {
            return;
        };
        part.handed_over = true;
        if let Some(agent) = &part.agent {
            desk.ledger.agent(at, agent.as_str(), VOICE).one(column::TRANSFERRED_OUT);
        }
        if let Some(name) = &part.queue {
            desk.ledger.queue(at, name.as_str(), VOICE).one(queue::TRANSFERRED_OUT);
        }
    }

    fn released(
        &mut self,
        desk: &mut Desk<'_>,
        agents: &mut Agents,
        leg: u16,
        closer: EndedBy,
        talked: bool,
        dispositioned: bool,
    ) {
        let at = desk.at;
        if leg == self.waits {
            let how = match closer {
                EndedBy::Customer | EndedBy::Agent => Left::Abandoned,
                _ => Left::Removed,
            };
            self.queueing.leave(desk, VOICE, how);
        }
        let Some(part) = self.on(leg) else { return };
        if let Some(held) = part.held.take() {
            part.held_ms += lasted(held, at);
        }
        part.ended = Some(at);
        let part = &*part;
        let Some(agent) = &part.agent else { return };
        let row = desk.ledger.agent(at, agent.as_str(), VOICE);
        if part.offered {
            row.one(match closer {
                EndedBy::Agent => column::REFUSED,
                EndedBy::NoAnswer => column::MISSED,
                _ => column::WITHDRAWN,
            });
        }
        let whole = part.talks.map_or(0, |since| lasted(since, at));
        match part.role {
            Role::Serves if talked && part.talks.is_some() => {}
            Role::Helps => {
                row.add(column::CONSULT_MS, whole);
                return;
            }
            _ => return,
        }
        let (talk, hold) = (whole.saturating_sub(part.held_ms).max(0), part.held_ms);
        row.one(column::HANDLED).add(column::TALK_MS, talk).add(column::HOLD_MS, hold);
        if !dispositioned {
            row.one(column::WITHOUT_DISPOSITION);
        }
        agents.served(agent, part.queue.as_ref());
        if let Some(name) = &part.queue {
            let row = desk.ledger.queue(at, name.as_str(), VOICE);
            row.one(queue::HANDLED).add(queue::TALK_MS, talk).add(queue::HOLD_MS, hold);
            if !dispositioned {
                row.one(queue::WITHOUT_DISPOSITION);
            }
        }
        if closer == EndedBy::Agent {
            self.left = Some(leg);
        }
    }

    fn part(&self, leg: u16) -> Option<&Part> {
        self.parts.iter().find(|part| part.leg == leg)
    }

    /// The live part of a number.
    fn on(&mut self, leg: u16) -> Option<&mut Part> {
        self.parts.iter_mut().find(|part| part.leg == leg && part.ended.is_none())
    }

    /// When a part ended, by its number.
    pub fn ended_at(&self, leg: u16) -> Option<Millis> {
        self.part(leg)?.ended
    }

    /// When each part ended that did, by their numbers.
    pub fn ends(&self) -> impl Iterator<Item = (u16, Millis)> {
        self.parts.iter().filter_map(|part| Some((part.leg, part.ended?)))
    }
}

impl Part {
    /// Whether its agent talks with somebody and does not only help or follow.
    pub fn is_talking(&self) -> bool {
        self.agent.is_some() && self.role == Role::Serves && self.talks.is_some()
    }
}

/// The queue that a number leads to.
fn queue_at(desk: &Desk<'_>, dialled: &Dn) -> Option<QueueName> {
    let leads = |terms: &crate::queueing::Terms| terms.routing_point.as_ref() == Some(dialled);
    desk.queues.iter().find(|(_, terms)| leads(terms)).map(|(name, _)| name.clone())
}
