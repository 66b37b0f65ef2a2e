//! What is true of calls at any time, whatever happened.

use super::test_centre::TestCentre;
use crate::{
    InteractionId, State,
    call::{
        Call, HeardBy, LegCommand, LegId, Party, PartyOrigin, PartyState, Playback, SwitchCommand,
        interactions_of,
    },
    medium,
    watch::Monitoring,
};
use std::collections::BTreeSet;

impl TestCentre {
    /// Held after every commit of every test.
    #[track_caller]
    pub fn calls_hold(&self) {
        for call in self.calls() {
            let live: Vec<&Party> = call.live().collect();
            let talks = call.talkers().next().is_some();
            assert_eq!(call.is_open(), talks, "over as soon as nobody talks in it: {call:?}");
            assert!(call.is_open() || live.is_empty(), "nobody is in what is over: {call:?}");
            followed_rightly(call);
            assert!(call.is_open() || !call.is_waiting(), "what is over waits for nobody: {call:?}");
            let offered = live.iter().filter(|party| party.origin == PartyOrigin::Queue).count();
            assert!(offered <= 1, "one agent at a time: {call:?}");
            let customer = call.customer().filter(|customer| customer.is_live());
            for line in 0..call.lines.len() {
                let line = u16::try_from(line).expect("few lines");
                let here: Vec<&Party> = call.live_in(line).collect();
                let is_customers = customer.is_some_and(|customer| customer.line == line);
                let waits = call.is_waiting() && is_customers;
                assert!(!waits || here.len() == 1, "who waits is alone: {call:?}");
                let asks = call.request_in(line);
                let is_asker = |party: &&&Party| party.origin == PartyOrigin::Consult;
                assert!(
                    asks.is_none() || here.iter().filter(is_asker).count() == 1,
                    "who asks is there: {call:?}"
                );
                let offered = asks.and_then(|request| call.asked_for(request.number));
                assert!(asks.is_none_or(|request| request.waiting == offered.is_none()), "{call:?}");
                let cared_for = asks.is_some() || waits || call.turned_away || here.len() > 1;
                let answers = here.iter().any(|party| party.origin == PartyOrigin::Dial && !party.up);
                assert!(here.is_empty() || cared_for || answers, "nobody is left alone forever: {call:?}");
            }
            assert!(!call.is_waiting() || customer.is_some(), "somebody waits: {call:?}");
            let asked: BTreeSet<Option<u16>> = call.requests.iter().map(|request| request.line).collect();
            assert!(asked.len() == call.requests.len() && !asked.contains(&None), "one of a line: {call:?}");
            let offered = live.iter().filter_map(|party| party.pending_request());
            let is_asked = |number| call.request(number).is_some();
            assert!(offered.into_iter().all(is_asked), "what is offered was asked for: {call:?}");
            let numbers: BTreeSet<u16> = call.parties.iter().map(|party| party.leg).collect();
            assert_eq!(numbers.len(), call.parties.len(), "each party has a number of its own: {call:?}");
            for (party, user) in live.iter().filter_map(|party| Some((party, party.user()?))) {
                let of = self.agent(user.as_str()).slots.get(&medium::voice());
                let uuid = call.uuid(party);
                assert!(of.is_some_and(|held| held.contains(uuid)), "a live part has a slot: {call:?}");
            }
            for party in &live {
                let beside: Vec<&Party> = call.beside(party).collect();
                let sharing: Vec<&Party> = call.sharing(party).collect();
                let is_active = |party: &Party| party.state != PartyState::Held;
                assert!(
                    !is_active(party) || !sharing.iter().any(|other| is_active(other)),
                    "one at a time on a leg: {call:?}"
                );
                assert!(
                    beside
                        .iter()
                        .chain(&sharing)
                        .all(|other| other.user() == party.user() && other.line != party.line),
                    "{call:?}"
                );
                assert!(beside.len() <= 1, "one consultation at a time: {call:?}");
                let same = |other: &&&Party| {
                    other.user() == party.user() && other.carried_by() != party.carried_by()
                };
                // But for a phone that asks somebody by its own keys.
                let asked = |other: &&&Party| beside.iter().any(|beside| beside.leg == other.leg);
                let elsewhere =
                    party.user().and_then(|_| live.iter().filter(same).find(|other| !asked(other)));
                assert!(elsewhere.is_none(), "nobody talks with themselves: {call:?}");
            }
            for leg in call.parties.iter().map(Party::carried_by).collect::<BTreeSet<_>>() {
                self.legs_hold(call, leg);
            }
            absorbed_rightly(call);
        }
        for agent in self.agents() {
            for uuid in agent.slots.get(&medium::voice()).into_iter().flatten() {
                let call = self.heir(uuid);
                let part = call.and_then(|call| call.part(&agent.id, uuid));
                assert!(part.is_some_and(Party::is_live), "a slot is of a live part: {uuid} {call:?}");
            }
        }
    }

    /// The call that one of its lines is named by, or the one that has absorbed it.
    pub fn heir(&self, uuid: &InteractionId) -> Option<&Call> {
        let of = |id: &InteractionId| self.calls().find(|call| call.id == *id);
        let mut call = interactions_of(uuid).find_map(|id| of(&id))?;
        while let Some(heir) = &call.absorbed_into {
            let next = of(heir).expect("an heir");
            assert!(next.is_older_than(call), "the older absorbs the newer: {next:?}");
            call = next;
        }
        Some(call)
    }

    /// What the switch was asked of a leg is what the state of its party says that does not hold.
    #[track_caller]
    fn legs_hold(&self, call: &Call, leg: u16) {
        let asked: Vec<&LegCommand> = self.asked(call, leg).map(|effect| &effect.act).collect();
        let carried: Vec<&Party> = call.parties.iter().filter(|party| party.carried_by() == leg).collect();
        // One that a phone made itself has a number that no party has.
        let came_in = call.on(leg).is_none_or(|party| party.origin == PartyOrigin::Caller);
        let makes = asked.iter().filter(|act| matches!(act, LegCommand::Originate(_))).count();
        let is_made = came_in || makes == 1;
        let active = call.active_on(leg);
        let is_up = carried.iter().any(|party| party.up);
        assert!(makes <= usize::from(!came_in), "a leg is made once: {call:?}");
        assert!(is_made || asked.is_empty(), "what was never made is asked nothing: {asked:?} {call:?}");
        assert!(is_made || !is_up, "what was never made is not up: {call:?}");
        let end = asked.iter().position(|act| matches!(act, LegCommand::Release(_)));
        assert!(end.is_none_or(|at| at + 1 == asked.len()), "nothing is asked after the end: {asked:?}");
        assert!(end.is_none() || active.is_none(), "who is live was not released: {call:?}");
        if let Some(active) = active.filter(|active| active.up) {
            let heard = asked.iter().rfind(|act| matches!(act, LegCommand::Join(..) | LegCommand::Part(_)));
            let heard = heard.unwrap_or_else(|| panic!("{leg} was never told what to hear: {call:?}"));
            assert!(hears_right(call, active, heard), "{} hears {heard:?}: {call:?}", active.leg);
            let muted = asked.iter().rfind(|act| matches!(act, LegCommand::Mute(_)));
            let is_muted = matches!(muted, Some(LegCommand::Mute(true)));
            let says = active.state == PartyState::Held || (active.muted || active.silenced) == is_muted;
            assert!(says, "{} is heard otherwise than it says: {call:?}", active.leg);
        }
        let is_own = |party: &&Party| party.origin == PartyOrigin::Consult || party.leg == leg;
        let mut own = carried.into_iter().filter(is_own);
        if came_in && own.any(|party| party.up || party.established_at.is_some()) {
            let answered = asked.iter().filter(|act| matches!(act, LegCommand::Answer)).count();
            assert_eq!(answered, 1, "a leg that came in is answered once: {call:?}");
        }
    }

    /// One supervisor follows a phone, and a phone one other.
    #[track_caller]
    pub fn watches_hold(&self) {
        let devices = || {
            self.states.values().filter_map(|state| match &**state {
                State::Device(device) => Some(device),
                _ => None,
            })
        };
        for device in devices() {
            let followed = device.watches.as_ref().map(|watch| &watch.target);
            let back = followed.and_then(|target| devices().find(|other| other.dn == *target));
            let is_known = back.is_some_and(|other| other.watched_by.as_ref() == Some(&device.dn));
            assert!(
                followed.is_none() || is_known || back.is_some_and(|other| other.watched_by.is_some()),
                "{device:?}"
            );
        }
    }

    fn asked<'w>(&'w self, call: &'w Call, leg: u16) -> impl Iterator<Item = &'w SwitchCommand> {
        self.effects.iter().filter(move |effect| effect.leg == call.leg(leg))
    }
}

/// Who only follows is where the one is whom they follow, whom they may follow; who is kept silent has somebody who does it.
#[track_caller]
fn followed_rightly(call: &Call) {
    for party in call.live() {
        if let Some(watch) = party.watch {
            let target = call.on(watch.target).expect("a party");
            let is_there = target.is_live() && target.line == party.line;
            assert!(is_there || !party.only_watches(), "nobody follows who is gone: {call:?}");
            assert!(target.user().is_some() && target.user() != party.user(), "{call:?}");
            assert!(party.origin == PartyOrigin::Watch, "{call:?}");
            assert!(!watch.stepped_in || party.has_answered(), "who steps in has answered: {call:?}");
        }
        assert!(!party.silenced || call.followers(party).next().is_some(), "kept silent by nobody: {call:?}");
    }
}

fn hears_right(call: &Call, party: &Party, heard: &LegCommand) -> bool {
    let talks = |party: &&Party| party.state == PartyState::Established && party.holding.is_none();
    // Those of its own line alone: who talks in another hears nobody here.
    let talking = call.live_in(party.line).filter(talks).count();
    let is_handed_over = call.live_in(party.line).any(|other| other.pending_handover().is_some());
    let holds = party.state == PartyState::Held || party.holding == Some(true);
    match heard {
        _ if call.turned_away => matches!(heard, LegCommand::Part(Playback::Prompt(_))),
        LegCommand::Part(Playback::Silence) if party.only_watches() => holds || talking < 2,
        LegCommand::Part(Playback::Silence) => holds,
        _ if holds => false,
        LegCommand::Join(room, by) => {
            let right = match party.watch.map(|watch| (watch.monitoring, watch.stepped_in, watch.target)) {
                None | Some((Monitoring::BargeIn, true, _)) => HeardBy::Everyone,
                Some((Monitoring::Coach, false, target)) => {
                    HeardBy::One(call.leg_of(call.on(target).expect("a party")))
                }
                Some((_, false, _)) => HeardBy::Nobody,
                Some(_) => return false,
            };
            talking > 1 && talks(&party) && *room == call.room(party.line) && *by == right
        }
        LegCommand::Part(_) if talking > 1 => !talks(&party),
        LegCommand::Part(Playback::Ringback) => {
            let waits = call.request_in(party.line).is_some();
            party.state == PartyState::Dialing && !waits || is_handed_over
        }
        LegCommand::Part(Playback::Hold) if call.request_in(party.line).is_some() => true,
        LegCommand::Part(Playback::Prompt(_)) => call.queued.is_some(),
        LegCommand::Part(_) => party.state == PartyState::Established,
        _ => false,
    }
}

/// What was absorbed is empty, and no two legs have one name.
#[track_caller]
fn absorbed_rightly(call: &Call) {
    let is_shell = call.absorbed_into.is_some();
    assert!(!is_shell || call.parties.is_empty() && !call.is_open(), "what was absorbed is empty: {call:?}");
    let legs: BTreeSet<u16> = call.parties.iter().map(Party::carried_by).collect();
    let named: BTreeSet<LegId> = legs.iter().map(|leg| call.leg(*leg)).collect();
    assert_eq!(legs.len(), named.len(), "each leg has a name of its own: {call:?}");
    for leg in legs {
        assert_eq!(call.leg_number(&call.leg(leg)), Some(leg), "{call:?}");
    }
    let uuids: BTreeSet<&InteractionId> = call.lines.iter().map(|line| &line.uuid).collect();
    assert_eq!(uuids.len(), call.lines.len(), "each line has a UUID of its own: {call:?}");
}

/// A released part stays as it is, late dispositions and erasure excepted; what is over stays over.
#[track_caller]
pub fn no_part_comes_back(before: &Call, after: &Call) {
    // They are in the call that has absorbed it.
    if after.absorbed_into.is_some() {
        return;
    }
    assert!(after.parties.len() >= before.parties.len(), "parts are never taken out");
    for (was, is) in before.parties.iter().zip(&after.parties) {
        if was.state == PartyState::Released {
            let mut is = is.clone();
            is.late.clone_from(&was.late);
            if after.erased {
                is.dn.clone_from(&was.dn);
            }
            assert_eq!(*was, is, "a released part never changes");
        }
    }
    if before.ended.is_some() {
        assert_eq!(before.ended, after.ended, "a call that ended stays ended");
    }
}
