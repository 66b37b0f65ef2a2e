//! The course of a call, event by event.

use super::words::{
    Disposition, Names, Sentence, changed, closer, disposition, dispositioned, moment, pairs,
};
use domain::{
    call::{CallEvent, Fact, Overflowing, PartyOrigin, Purpose, RefusedOperation, Who},
    request::Help,
    watch::Monitoring,
};
use std::collections::HashMap;

/// What is known of a call so far, to tell its next event.
pub struct CallCourse<'n> {
    names: &'n Names,
    texts: bool,
    /// Who is on each leg.
    legs: HashMap<u16, CallParty>,
}

/// Somebody in a call.
#[derive(Clone)]
struct CallParty {
    /// The user name, `caller` or `phone`.
    name: String,
    /// The same with its leg.
    label: String,
}

impl<'n> CallCourse<'n> {
    /// A call without any event so far.
    pub fn new(names: &'n Names, texts: bool) -> Self {
        Self { names, texts, legs: HashMap::new() }
    }

    /// The sentence for the next event. Personal values that the event still holds are part of it.
    pub fn tell(&mut self, event: &CallEvent) -> Sentence {
        match &event.fact {
            Fact::Began { kind, from, dialled, user_data, .. } => {
                let mut words = format!("a call began ({})", kind.as_str());
                if self.texts {
                    words.push_str(&format!(" from {:?}", from.number));
                    if !from.name.is_empty() {
                        words.push_str(&format!(" {:?}", from.name));
                    }
                }
                if !dialled.as_str().is_empty() {
                    words.push_str(&format!(" to {:?}", dialled.as_str()));
                }
                if !user_data.pairs().is_empty() {
                    words.push_str(&format!("; user data: {}", pairs(user_data, self.texts)));
                }
                Sentence::by("switch", words)
            }
            Fact::Joined { leg, who, dn, origin, state, deadline, request, by, .. } => {
                let actor = by.as_ref().map(|by| self.names.of(by));
                let coming = self.comes(*leg, who, dn.as_str());
                let how = match origin {
                    PartyOrigin::Called if request.is_some() => "offered the request by the queue",
                    PartyOrigin::Caller => "as who calls",
                    PartyOrigin::Dial => "to be connected with whom they dialled",
                    PartyOrigin::Called => "called by number",
                    PartyOrigin::Queue => "offered by the queue",
                    PartyOrigin::Consult => "to ask somebody else",
                    PartyOrigin::Watch => "to follow an agent",
                };
                let until = deadline.map_or_else(String::new, |at| format!(", until {}", moment(at)));
                let words = format!("{coming} came in, {how}: {}{until}", state.as_str());
                Sentence { actor, ..Sentence::by_server(words) }
            }
            Fact::Watching { leg, watch } => {
                let whom = self.party(watch.target).label;
                let how = match watch.monitoring {
                    Monitoring::BargeIn if watch.stepped_in => "has stepped in beside",
                    Monitoring::BargeIn => "is to step in beside",
                    Monitoring::Coach => "coaches",
                    Monitoring::ListenIn => "listens to",
                };
                self.of(*leg, |party| format!("{party} {how} {whom}"))
            }
            Fact::Silenced { leg, on, supervisor } => {
                let party = self.party(*leg).label;
                let what = if *on { "is kept from the others" } else { "is heard again" };
                let actor = supervisor.as_ref().map(|supervisor| self.names.of(supervisor));
                Sentence { actor, ..Sentence::by_server(format!("what {party} says {what}")) }
            }
            Fact::LineBegan { line, by, dialled, purpose, .. } => {
                let what_for = match purpose {
                    Purpose::Transfer => "to hand the call over",
                    Purpose::Conference => "to talk together",
                };
                let number = if self.texts { format!(" {:?}", dialled.as_str()) } else { String::new() };
                self.of(*by, |party| format!("{party} asks{number} in line {line}, {what_for}"))
            }
            Fact::Requested { request, line, help, asks, user_name, deadline, .. } => {
                let what_for = match help {
                    Help::Consult => "for advice",
                    Help::Invite => "for somebody who talks with the customer as well",
                };
                let until = moment(*deadline);
                let words = format!(
                    "{user_name} waits in line {line} for queue {asks} {what_for} (request {request}), until {until}"
                );
                Sentence::by(user_name.clone(), words)
            }
            Fact::RequestEnded { request, asks, closer: who, why, .. } => {
                let why = match why {
                    Some(Overflowing::Closed) => ", outside of its opening hours",
                    Some(Overflowing::Full) => ", which takes nobody more in",
                    Some(Overflowing::Late) | None => "",
                };
                let closer = closer(*who);
                Sentence::by_server(format!(
                    "request {request} to queue {asks}{why} came to nothing: it ended {closer}"
                ))
            }
            // A phone that asked by its own keys goes on with one of its legs.
            Fact::Moved { leg, carrier: Some(carrier), .. } => {
                let party = self.party(*leg).label;
                Sentence::by_server(format!("{party} goes on with leg {carrier} of their phone"))
            }
            Fact::Moved { leg, line, origin, handover, carrier: None } => {
                let party = self.party(*leg).label;
                let instead =
                    if *origin == PartyOrigin::Queue { ", as who serves the queue's call" } else { "" };
                let after = handover.map_or_else(String::new, |handover| {
                    format!(", in the place of {}", self.party(handover.from).label)
                });
                Sentence::by_server(format!("{party} goes on in line {line}{instead}{after}"))
            }
            Fact::Queued { priority, overflow_at, by, .. } => {
                let actor = by.as_ref().map(|by| self.names.of(by));
                let queue = event.queue.as_ref().map_or("?", domain::QueueName::as_str);
                let until = overflow_at.map_or_else(String::new, |at| format!(", until {}", moment(at)));
                let words = format!("it waits in queue {queue} with priority {priority}{until}");
                Sentence { actor, ..Sentence::by_server(words) }
            }
            Fact::Overflowed { why, announcement } => {
                let why = match why {
                    Overflowing::Closed => "it is outside of the opening hours",
                    Overflowing::Full => "as many wait as the queue takes",
                    Overflowing::Late => "it has waited for too long",
                };
                let what = match announcement {
                    Some(prompt) => format!("it is turned away with the announcement {prompt:?}"),
                    None => "it goes to another queue or to its end".into(),
                };
                Sentence::by_server(format!("{why}: {what}"))
            }
            Fact::LegUp { leg } => self.of(*leg, |party| format!("the phone of {party} was answered")),
            Fact::Established { leg } => self.of(*leg, |party| format!("{party} talks")),
            Fact::AnswerAsked { leg, deadline } => self.of(*leg, |party| {
                format!("the phone of {party} is asked to answer, until {}", moment(*deadline))
            }),
            Fact::HoldAsked { leg, on } => {
                let what = if *on { "hold" } else { "go on" };
                self.of(*leg, |party| format!("the phone of {party} is asked to {what}"))
            }
            Fact::Held { leg, parked } => {
                let how = if *parked { ", without their phone" } else { "" };
                self.of(*leg, |party| format!("{party} holds the others{how}"))
            }
            Fact::Muted { leg, on } => {
                let what = if *on { "is kept from the others" } else { "is heard again" };
                self.of(*leg, |party| format!("what {party} says {what}"))
            }
            Fact::Refused { leg, operation, code } => {
                let what = match operation {
                    RefusedOperation::Answer => "answer",
                    RefusedOperation::Hold => "hold",
                    RefusedOperation::Retrieve => "go on",
                };
                self.of(*leg, |party| format!("the phone of {party} refused to {what} (SIP {code})"))
            }
            Fact::Released {
                leg,
                closer: who,
                cause,
                code,
                talked,
                dispositioned: bore,
                barred_until,
                ..
            } => {
                let code = code.map_or_else(String::new, |code| format!(", SIP {code}"));
                let talked = if *talked { "after talking" } else { "without having talked" };
                let mut words = format!(
                    "{} was released {}: {}{code}, {talked}, {}",
                    self.party(*leg).label,
                    closer(*who),
                    cause.as_str(),
                    dispositioned(*bore)
                );
                if let Some(until) = barred_until {
                    words.push_str(&format!("; it is not offered to them again before {}", moment(*until)));
                }
                Sentence::by_server(words)
            }
            Fact::DataChanged { set, removed, agent, via, .. } => {
                let actor = agent.as_ref().map(|agent| self.names.of(agent));
                Sentence { actor, ..Sentence::by_server(changed(set, removed, *via, self.texts)) }
            }
            Fact::Disposition { user_name, key, value, previous, late, known, .. } => {
                let (late, known) = (*late, *known);
                let words = disposition(user_name, &Disposition { key, value, previous, late, known });
                Sentence::by(user_name, words)
            }
            Fact::UserEvent { leg, user_data, .. } => {
                let data = pairs(user_data, self.texts);
                self.of(*leg, |party| format!("{party} sent an event: {data}"))
            }
            Fact::Ended { closer: who, dispositioned: bore, abandoned } => {
                let abandoned = if *abandoned { "; the caller gave up waiting" } else { "" };
                Sentence::by_server(format!(
                    "it is over, ended {}, {}{abandoned}",
                    closer(*who),
                    dispositioned(*bore)
                ))
            }
            Fact::Absorbed { call, first, .. } => {
                for party in &call.parties {
                    let leg = party.leg.saturating_add(first.saturating_sub(1));
                    self.comes(leg, &party.who, party.dn.as_str());
                }
                let live: Vec<String> = call
                    .live()
                    .map(|party| self.party(party.leg.saturating_add(first.saturating_sub(1))).label)
                    .collect();
                Sentence::by_server(format!(
                    "call {} is part of it now, with {}",
                    call.id,
                    live.join(" and ")
                ))
            }
            Fact::AbsorbedInto { into, closer: who } => {
                Sentence::by_server(format!("it goes on as part of call {into}, {}", closer(*who)))
            }
            Fact::Erased => Sentence::by_server("the personal values in it were erased"),
        }
    }

    /// Takes a party in, and names it as it comes.
    fn comes(&mut self, leg: u16, who: &Who, dn: &str) -> String {
        let (name, label, coming) = match who {
            Who::Outside => {
                let label = format!("the other end (leg {leg})");
                let number = if self.texts { format!(" at {dn:?}") } else { String::new() };
                ("caller".into(), label, format!("somebody outside{number} (leg {leg})"))
            }
            Who::Phone => {
                let label = format!("phone {dn} (leg {leg})");
                (format!("phone {dn}"), label.clone(), label)
            }
            Who::User { name, .. } => {
                let coming = format!("{name} at phone {dn} (leg {leg})");
                (name.clone(), format!("{name} (leg {leg})"), coming)
            }
        };
        self.legs.insert(leg, CallParty { name, label });
        coming
    }

    fn party(&self, leg: u16) -> CallParty {
        let unknown = || CallParty { name: "caller".into(), label: format!("leg {leg}") };
        self.legs.get(&leg).cloned().unwrap_or_else(unknown)
    }

    /// A sentence about what somebody's phone, or they themselves, did.
    fn of(&self, leg: u16, words: impl FnOnce(&str) -> String) -> Sentence {
        let party = self.party(leg);
        Sentence::by(party.name, words(&party.label))
    }
}
