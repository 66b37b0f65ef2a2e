//! What is true of calls at any time, whatever happened.

use super::test_centre::TestCentre;
use crate::{
    call::{Call, LegCommand, Party, PartyOrigin, PartyState, Playback, SwitchCommand},
    medium,
};
use std::collections::BTreeSet;

impl TestCentre {
    /// Held after every commit of every test.
    #[track_caller]
    pub fn calls_hold(&self) {
        for call in self.calls() {
            let live: Vec<&Party> = call.live().collect();
            assert_eq!(call.is_open(), !live.is_empty(), "over as soon as nobody is in it: {call:?}");
            assert!(call.is_open() || !call.is_waiting(), "what is over waits for nobody: {call:?}");
            let offered = live.iter().filter(|party| party.origin == PartyOrigin::Queue).count();
            assert!(offered <= 1, "one agent at a time: {call:?}");
            assert!(!call.is_waiting() || live.len() == 1, "who waits is alone: {call:?}");
            let cared_for = call.is_waiting() || call.turned_away || live.len() > 1;
            let answers = live.iter().any(|party| party.origin == PartyOrigin::Dial && !party.up);
            assert!(!call.is_open() || cared_for || answers, "nobody is left alone forever: {call:?}");
            let legs: BTreeSet<u16> = call.parties.iter().map(|party| party.leg).collect();
            assert_eq!(legs.len(), call.parties.len(), "each leg has a number of its own: {call:?}");
            for party in live.iter().filter_map(|party| party.user()) {
                let of = self.agent(party.as_str()).slots.get(&medium::voice());
                assert!(of.is_some_and(|held| held.contains(&call.id)), "a live part has a slot: {call:?}");
            }
            let users: BTreeSet<_> = live.iter().filter_map(|party| party.user()).collect();
            let parts = live.iter().filter(|party| party.user().is_some()).count();
            assert_eq!(users.len(), parts, "nobody talks with themselves: {call:?}");
            for party in &call.parties {
                self.legs_hold(call, party);
            }
        }
    }

    /// What the switch was asked of a leg is what the party's state says.
    #[track_caller]
    fn legs_hold(&self, call: &Call, party: &Party) {
        let asked: Vec<&LegCommand> = self.asked(call, party.leg).map(|effect| &effect.act).collect();
        let came_in = party.origin == PartyOrigin::Caller;
        let makes = asked.iter().filter(|act| matches!(act, LegCommand::Originate(_))).count();
        let is_made = came_in || makes == 1;
        assert!(makes <= usize::from(!came_in), "a leg is made once: {call:?}");
        assert!(is_made || asked.is_empty(), "what was never made is asked nothing: {asked:?} {call:?}");
        assert!(is_made || !party.up, "what was never made is not up: {call:?}");
        let end = asked.iter().position(|act| matches!(act, LegCommand::Release(_)));
        assert!(end.is_none_or(|at| at + 1 == asked.len()), "nothing is asked after the end: {asked:?}");
        assert!(end.is_none() || !party.is_live(), "who is live was not released: {call:?}");
        if party.is_live() && party.up {
            let heard = asked.iter().rfind(|act| matches!(act, LegCommand::Join(_) | LegCommand::Part(_)));
            let heard =
                heard.unwrap_or_else(|| panic!("{} was never told what to hear: {call:?}", party.leg));
            assert!(hears_right(call, party, heard), "{} hears {heard:?}: {call:?}", party.leg);
        }
        if came_in && (party.up || party.established_at.is_some()) {
            let answered = asked.iter().filter(|act| matches!(act, LegCommand::Answer)).count();
            assert_eq!(answered, 1, "a leg that came in is answered once: {call:?}");
        }
    }

    fn asked<'w>(&'w self, call: &'w Call, leg: u16) -> impl Iterator<Item = &'w SwitchCommand> {
        self.effects.iter().filter(move |effect| effect.leg.call == call.id && effect.leg.number == leg)
    }
}

fn hears_right(call: &Call, party: &Party, heard: &LegCommand) -> bool {
    let talks = |party: &&Party| party.state == PartyState::Established && party.holding.is_none();
    let talking = call.live().filter(talks).count();
    let holds = party.state == PartyState::Held || party.holding == Some(true);
    match heard {
        _ if call.turned_away => matches!(heard, LegCommand::Part(Playback::Prompt(_))),
        LegCommand::Part(Playback::Silence) => holds,
        _ if holds => false,
        LegCommand::Join(room) => talking > 1 && talks(&party) && *room == call.room(party.line),
        LegCommand::Part(_) if talking > 1 => !talks(&party),
        LegCommand::Part(Playback::Ringback) => party.state == PartyState::Dialing,
        LegCommand::Part(Playback::Prompt(_)) => call.queued.is_some(),
        LegCommand::Part(_) => party.state == PartyState::Established,
        _ => false,
    }
}

/// A released part stays as it is, late dispositions and erasure excepted; what is over stays over.
#[track_caller]
pub fn no_part_comes_back(before: &Call, after: &Call) {
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
