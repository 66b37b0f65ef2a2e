//! Folding events into a call. No rule lives here: what is folded was decided.

use super::{
    event::{CallEvent, Fact, RefusedOperation},
    leg::CallerId,
    party::{Party, PartyOrigin, PartyState, Who},
    snapshot::{Call, CallKind, CallQueueing, Line, PartyDisposition},
};
use crate::{
    InteractionId, Millis, UserData,
    ids::Dn,
    interaction::{End, QueuePosition},
    request::Request,
    userdata::blank_value,
};
use std::collections::BTreeMap;

impl Call {
    /// Begins a call from its first event; `None` if that is not its beginning.
    pub fn begin(id: InteractionId, at: Millis, event: &CallEvent) -> Option<Self> {
        let Fact::Began { conn_id, kind, from, dialled, location, aim, user_data, owner } = &event.fact
        else {
            return None;
        };
        let line = Line {
            uuid: id.clone(),
            conn_id: conn_id.clone(),
            kind: *kind,
            dialled: dialled.clone(),
            user_data: user_data.clone(),
            by: None,
            from: None,
            answered_only: false,
        };
        Some(Self {
            id,
            created_at: at,
            from: from.clone(),
            location: location.clone(),
            aim: aim.clone(),
            lines: vec![line],
            parties: Vec::new(),
            dispositions: Vec::new(),
            queued: None,
            requests: Vec::new(),
            requested: 0,
            turned_away: false,
            ended: None,
            erased: false,
            absorbed_into: None,
            taken_legs: BTreeMap::new(),
            owner: owner.clone(),
        })
    }

    /// Folds one event that happened at `at` into the call.
    pub fn apply(&mut self, at: Millis, event: &CallEvent) {
        match &event.fact {
            Fact::Began { .. } | Fact::UserEvent { .. } => {}
            Fact::Refused { leg, operation, .. } => self.refused(*leg, *operation),
            Fact::Joined {
                leg,
                line,
                who,
                dn,
                origin,
                state,
                answers,
                deadline,
                carrier,
                handover,
                watch,
                request,
                by: _,
            } => {
                // Its leg is up already where another party's carries it.
                let up = carrier.is_some_and(|leg| {
                    self.parties.iter().any(|other| other.carried_by() == leg && other.up)
                });
                self.parties.push(Party {
                    leg: *leg,
                    carrier: *carrier,
                    line: *line,
                    shown_as: None,
                    who: who.clone(),
                    dn: dn.clone(),
                    origin: *origin,
                    state: *state,
                    answers: *answers,
                    up,
                    muted: false,
                    silenced: false,
                    watch: *watch,
                    holding: None,
                    request: *request,
                    held_at: None,
                    parked: false,
                    handover: *handover,
                    began_at: at,
                    established_at: None,
                    deadline: *deadline,
                    released_at: None,
                    late: BTreeMap::new(),
                });
                if let (PartyOrigin::Queue, Some(queued)) = (origin, &mut self.queued) {
                    queued.waiting = false;
                }
                if let Some(request) = self.request_mut(*request) {
                    request.waiting = false;
                }
            }
            Fact::Requested {
                request,
                line,
                help,
                asks,
                priority,
                deadline,
                agent,
                user_name: _,
                reference,
            } => {
                let since = self.request(*request).map_or(at, |before| before.place.since);
                self.requests.retain(|before| before.number != *request);
                self.requested = self.requested.max(*request);
                self.requests.push(Request {
                    number: *request,
                    help: *help,
                    queue: asks.clone(),
                    place: QueuePosition { priority: *priority, since },
                    line: Some(*line),
                    from: agent.clone(),
                    reference: *reference,
                    deadline: *deadline,
                    waiting: true,
                    barred: BTreeMap::new(),
                });
            }
            Fact::RequestEnded { request, .. } => self.requests.retain(|open| open.number != *request),
            Fact::LineBegan { line: _, uuid, conn_id, by, dialled, purpose: _, answered_only } => {
                self.lines.push(Line {
                    uuid: uuid.clone(),
                    conn_id: conn_id.clone(),
                    kind: CallKind::Consult,
                    dialled: dialled.clone(),
                    user_data: UserData::default(),
                    by: Some(*by),
                    from: None,
                    answered_only: *answered_only,
                });
            }
            Fact::Moved { leg, line, origin, handover, carrier } => {
                // The queue offers the customer now, at the phone that rings already.
                let is_offered = *origin == PartyOrigin::Queue
                    && self.on(*leg).is_some_and(|party| party.state == PartyState::Ringing);
                if let Some(queued) = self.queued.as_mut().filter(|_| is_offered) {
                    queued.waiting = false;
                }
                self.change(*leg, |party| {
                    if *line != party.line {
                        party.shown_as = Some(party.shown_line()).filter(|shown| shown != line);
                        party.line = *line;
                    }
                    (party.origin, party.handover) = (*origin, *handover);
                    party.request = party.request.filter(|_| *origin != PartyOrigin::Queue);
                    // Who goes on in the place of an agent follows nobody any more.
                    party.watch = party.watch.filter(|_| *origin == PartyOrigin::Watch);
                    party.carrier = carrier.or(party.carrier);
                });
            }
            Fact::Queued { priority, since, overflow_at, party, after, by: _ } => {
                let Some(queue) = &event.queue else { return };
                let place = QueuePosition { priority: *priority, since: *since };
                let barred = self.queued.take().map(|queued| queued.barred).unwrap_or_default();
                self.queued = Some(CallQueueing {
                    queue: queue.clone(),
                    place,
                    waiting: true,
                    overflow_at: *overflow_at,
                    barred,
                    party: *party,
                    after: *after,
                });
            }
            Fact::Overflowed { announcement, .. } => {
                self.turned_away = announcement.is_some();
                if let Some(queued) = &mut self.queued {
                    queued.waiting = false;
                }
            }
            Fact::LegUp { leg } => self.change(*leg, |party| {
                party.up = true;
                party.answers = false;
                party.deadline = None;
            }),
            Fact::Established { leg } => {
                let taken = self.on(*leg).and_then(Party::pending_request);
                self.requests.retain(|request| Some(request.number) != taken);
                self.change(*leg, |party| {
                    party.up = true;
                    party.answers = false;
                    party.state = PartyState::Established;
                    party.holding = None;
                    party.held_at = None;
                    party.parked = false;
                    party.deadline = None;
                    party.established_at.get_or_insert(at);
                });
            }
            Fact::AnswerAsked { leg, deadline } => {
                self.change(*leg, |party| party.deadline = Some(*deadline));
            }
            Fact::HoldAsked { leg, on } => self.change(*leg, |party| party.holding = Some(*on)),
            Fact::Held { leg, parked } => self.change(*leg, |party| {
                // One that held already, with its phone, goes on holding without it.
                if party.state != PartyState::Held {
                    party.held_at = Some(at);
                }
                party.state = PartyState::Held;
                party.holding = None;
                party.parked = *parked;
            }),
            Fact::Watching { leg, watch } => self.change(*leg, |party| party.watch = Some(*watch)),
            Fact::Silenced { leg, on, .. } => self.change(*leg, |party| party.silenced = *on),
            Fact::Muted { leg, on } => self.change(*leg, |party| party.muted = *on),
            Fact::Released { leg, agent, barred_until, .. } => {
                let is_customer = self.customer().is_some_and(|customer| customer.leg == *leg);
                if let Some(queued) = self.queued.as_mut().filter(|_| is_customer) {
                    queued.waiting = false;
                }
                let offered = self.on(*leg).and_then(Party::pending_request);
                self.leave_phone_on_hold(*leg);
                self.change(*leg, |party| {
                    party.state = PartyState::Released;
                    party.released_at = Some(at);
                    party.deadline = None;
                    party.holding = None;
                    party.held_at = None;
                    party.parked = false;
                });
                for party in self.parties.iter_mut().filter(|party| party.is_live()) {
                    if let Some(handover) = party.handover.as_mut().filter(|handover| handover.from == *leg) {
                        handover.leaves_at = None;
                    }
                }
                let barred = match (offered, self.request_mut(offered)) {
                    (_, Some(request)) => {
                        request.waiting = true;
                        Some(&mut request.barred)
                    }
                    (Some(_), None) => None,
                    (None, None) => self.queued.as_mut().map(|queued| &mut queued.barred),
                };
                if let (Some(agent), Some(until), Some(barred)) = (agent, barred_until, barred) {
                    barred.retain(|_, until| *until > at);
                    barred.insert(agent.clone(), *until);
                }
            }
            Fact::DataChanged { set, removed, .. } => self.lines[0].user_data.change(set, removed),
            Fact::Disposition { leg, key, value, late, .. } => self.dispose(*leg, key, value, *late),
            Fact::Ended { closer, .. } => {
                self.ended = Some(End { at, closer: *closer });
                if let Some(queued) = &mut self.queued {
                    queued.waiting = false;
                }
            }
            Fact::Absorbed { call, first: _, user_data } => self.absorb(call, user_data),
            Fact::AbsorbedInto { into, closer } => self.give_up_to(at, into, *closer),
            Fact::Erased => self.blank(),
        }
    }

    fn request_mut(&mut self, number: Option<u32>) -> Option<&mut Request> {
        self.requests.iter_mut().find(|request| Some(request.number) == number)
    }

    fn change(&mut self, leg: u16, change: impl FnOnce(&mut Party)) {
        if let Some(party) = self.parties.iter_mut().find(|party| party.leg == leg) {
            change(party);
        }
    }

    /// A phone that holds itself holds on when the party is gone for which it did: another that it carries holds so then.
    fn leave_phone_on_hold(&mut self, leg: u16) {
        let Some(party) = self.on(leg).filter(|party| party.state == PartyState::Held && !party.parked)
        else {
            return;
        };
        let carrier = party.carried_by();
        let is_beside =
            |other: &&mut Party| other.leg != leg && other.carried_by() == carrier && other.is_live();
        for other in self.parties.iter_mut().filter(is_beside) {
            other.parked = false;
        }
    }

    fn refused(&mut self, leg: u16, operation: RefusedOperation) {
        self.change(leg, |party| match operation {
            RefusedOperation::Answer => party.answers = false,
            RefusedOperation::Hold | RefusedOperation::Retrieve => party.holding = None,
        });
    }

    /// What a party set is its own; what everybody is shown is what was set last and stands still.
    fn dispose(&mut self, leg: u16, key: &str, value: &serde_json::Value, late: bool) {
        if late {
            self.change(leg, |party| {
                party.late.insert(key.to_owned(), value.clone());
            });
            return;
        }
        self.dispositions.retain(|set| set.party != leg || set.key != key);
        if !value.is_null() {
            let set = PartyDisposition { party: leg, key: key.to_owned(), value: value.clone() };
            self.dispositions.push(set);
        }
        let stands = self.dispositions.iter().rfind(|set| set.key == key).map(|set| set.value.clone());
        let data = &mut self.lines[0].user_data;
        match stands {
            Some(value) => data.set(key, value),
            None => data.change(&UserData::default(), &[key.to_owned()]),
        }
    }

    /// Takes personal values out.
    pub(super) fn blank(&mut self) {
        self.erased = true;
        self.from = CallerId::default();
        self.location = None;
        self.aim = None;
        for line in &mut self.lines {
            line.user_data = line.user_data.blanked();
            line.from = line.from.take().map(|_| CallerId::default());
            if matches!(line.kind, CallKind::Outbound | CallKind::Consult) {
                line.dialled = Dn::from("");
            }
        }
        for set in &mut self.dispositions {
            blank_value(&mut set.value);
        }
        for party in &mut self.parties {
            if party.who == Who::Outside {
                party.dn = Dn::from("");
            }
            for value in party.late.values_mut() {
                blank_value(value);
            }
        }
    }
}
