//! What is true of every history of calls: random ones of commands and of what a switch tells, in any order, are
//! performed. The invariants of [`TestCentre::calls_hold`] and of [`TestCentre::act`] are held by every step as well.

mod history;

use super::{
    erase::{MARKER, redacted},
    *,
};
use crate::decide::tests::required::nobody_owes_forever;
use crate::{
    InteractionId, Key, Refusal, State, UserId,
    call::{
        Call, CallOperation, LegCommand, LegEvent, LegId, Party, PartyOrigin, capabilities, consultation,
        is_open,
    },
    interaction::Interaction,
    session::EndedBy,
};
use history::{AGENTS, CALLS, History, Pick, act_of, history, perform};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

fn found<'w>(world: &'w TestCentre, id: &InteractionId) -> Option<&'w Call> {
    world.calls().find(|call| call.id == *id)
}

/// The call that a leg is part of now, and its number there.
fn of_leg<'w>(world: &'w TestCentre, leg: &LegId) -> Option<(&'w Call, u16)> {
    let call = world.heir(&leg.call)?;
    Some((call, call.leg_number(leg)?))
}

/// Every operation of every part of an agent is accepted if it is listed, and else refused as what it is. Whom they call in
/// may be busy.
fn holds_equal(world: &TestCentre, call: &Call) {
    for party in call.parties.iter().filter(|party| party.user().is_some()) {
        let (uuid, agent) = (call.uuid(party), party.user().expect("a user"));
        // Of several parts under one UUID the last is theirs.
        if call.part(agent, uuid).is_none_or(|part| part.leg != party.leg) {
            continue;
        }
        let listed = capabilities(call, party);
        for operation in CallOperation::ALL {
            assert_eq!(listed.contains(&operation), is_open(call, party, operation));
            for n in [Pick(0), Pick(1)] {
                let act = act_of(call, party, operation, n);
                let asked = Command::Call { call: uuid.clone(), agent: agent.clone(), act };
                let outcome = world.ask(&asked).map(|_| ());
                match outcome {
                    Ok(()) => assert!(listed.contains(&operation), "{asked:?}"),
                    Err(Refusal::NotInCallState { operation: named, state }) => {
                        assert!(!listed.contains(&operation), "{asked:?}");
                        assert_eq!((named, state), (operation, party.state));
                    }
                    Err(Refusal::Invalid(_) | Refusal::NotRegistered(_)) if calls_in(operation) => {}
                    // The queue in which the agent waits may have been taken away.
                    Err(Refusal::NotFound(_))
                        if call.beside(party).any(|other| asks_queue(call, party, other)) => {}
                    // An erased party has no number any more by which it could be taken out.
                    Err(why) => panic!("{asked:?}: {why:?}"),
                }
            }
        }
        let value = "IssueResolved".to_owned();
        let act = CallAct::SetDisposition { value, key: None };
        let asked = Command::Call { call: uuid.clone(), agent: agent.clone(), act };
        match world.ask(&asked).map(|_| ()) {
            Ok(()) => {
                assert!(party.is_live() || call.ended_part(agent, uuid).is_some(), "{asked:?}");
            }
            Err(Refusal::NotFound(_)) => assert!(!party.is_live(), "{asked:?}"),
            Err(why) => panic!("{asked:?}: {why:?}"),
        }
    }
    let stranger = UserId::from("nobody");
    for agent in AGENTS.map(UserId::from).into_iter().chain([stranger]) {
        if call.parties.iter().all(|party| party.user() != Some(&agent)) {
            let asked = Command::Call { call: call.id.clone(), agent, act: CallAct::Hangup };
            assert!(matches!(world.ask(&asked), Err(Refusal::NotFound(_))), "{asked:?}");
        }
    }
}

/// Two calls of an agent are brought together if each of them could be handed over, and else refused as what is not open.
fn joins_equal(world: &TestCentre, call: &Call) {
    let known = |call: &Call, party: &Party| {
        let part = party.user().and_then(|agent| call.part(agent, call.uuid(party)));
        part.is_some_and(|part| part.leg == party.leg)
    };
    let other_calls = || world.calls().filter(|other| other.id != call.id);
    for party in call.live().filter(|party| known(call, party)) {
        let agent = party.user().expect("a user");
        let pairs = other_calls().flat_map(|other| other.live().map(move |of| (other, of)));
        for (other, of) in pairs.filter(|(other, of)| of.user() == Some(agent) && known(other, of)) {
            let open = [(call, party), (other, of)]
                .into_iter()
                .all(|(call, party)| is_open(call, party, CallOperation::InitiateTransfer));
            for purpose in [Purpose::Transfer, Purpose::Conference] {
                let act = CallAct::Complete { purpose, consult: Some(other.uuid(of).clone()) };
                let asked = Command::Call { call: call.uuid(party).clone(), agent: agent.clone(), act };
                match world.ask(&asked).map(|_| ()) {
                    // Somebody may be in both, or they are the agent's at different phones.
                    Ok(()) | Err(Refusal::Invalid(_)) => assert!(open, "{asked:?}"),
                    Err(Refusal::NotInCallState { .. }) => assert!(!open, "{asked:?}"),
                    Err(why) => panic!("{asked:?}: {why:?}"),
                }
            }
        }
    }
}

/// Whether one of two parts of an agent waits in a queue that can be taken away.
fn asks_queue(call: &Call, party: &Party, other: &Party) -> bool {
    let asked = [party, other].into_iter().find_map(|part| call.request_in(part.line));
    asked.is_some_and(|request| request.queue.as_str() == "Sales")
}

/// Whether an operation calls somebody, who may not be reached.
const fn calls_in(operation: CallOperation) -> bool {
    matches!(operation, CallOperation::SingleStepTransfer | CallOperation::SingleStepConference)
}

/// What has happened, has happened: the switch and the clock are never told no.
fn is_fact(command: &Command) -> bool {
    matches!(
        command,
        Command::LegEvent { .. }
            | Command::CallDue { .. }
            | Command::CallLost { .. }
            | Command::AskByPhone { .. }
            | Command::Refer { .. }
            | Command::ReplaceLeg { .. }
    )
}

/// Where a phone waits to be told what became of a call that it handed over: somebody is called for it, and it is there.
fn awaits(call: &Call, leg: u16) -> bool {
    let asked = |party: &Party| party.handover.filter(|handover| handover.is_awaited());
    call.live()
        .filter_map(asked)
        .any(|handover| call.on(handover.from).is_some_and(|from| from.is_live() && from.carried_by() == leg))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_listed_is_what_is_accepted(history in history()) {
        perform(&history, |world, command, _| {
            if let Some(call) = history::subject(command).and_then(|id| world.heir(id)) {
                holds_equal(world, call);
                joins_equal(world, call);
            }
        });
    }

    #[test]
    fn what_has_happened_is_never_refused(history in history()) {
        perform(&history, |_, command, outcome| {
            assert!(outcome.is_ok() || !is_fact(command), "{command:?}: {outcome:?}");
        });
    }

    #[test]
    fn nothing_is_taken_for_absent_that_was_not_loaded(history in history()) {
        let world = perform(&history, |_, _, _| ());
        for id in CALLS {
            world.nothing_is_guessed(&offer_of(id, "ann"));
            let (call, agent) = (id.into(), "bob".into());
            world.nothing_is_guessed(&Command::OfferCall { call, agent, request: Some(1) });
            world.nothing_is_guessed(&Command::CallLost { call: id.into() });
            for number in 1..4 {
                let leg = LegId { call: id.into(), number };
                world.nothing_is_guessed(&Command::LegEvent { leg: leg.clone(), heard: LegEvent::Up });
                let cause = crate::call::Cause::Lost;
                world.nothing_is_guessed(&Command::LegEvent { leg, heard: LegEvent::Gone { cause, code: None } });
            }
        }
    }

    #[test]
    fn calls_fold_from_nothing_to_their_snapshots(history in history()) {
        let world = perform(&history, |_, _, _| ());
        for (key, state) in &world.states {
            let events = world.history.iter().filter(|(of, ..)| of == key);
            if matches!(key, Key::Call(_) | Key::Agent(_) | Key::Device(_)) {
                let folded = events.fold(None, |state, (_, at, event)| State::apply(state, key, *at, event));
                prop_assert_eq!(folded.as_ref(), Some(&**state));
            }
        }
    }

    #[test]
    fn nobody_owes_a_disposition_forever(history in history()) {
        nobody_owes_forever(perform(&history, |_, _, _| ()));
    }

    #[test]
    fn every_leg_that_was_made_and_is_over_was_released_or_is_gone(history in history()) {
        let mut gone: BTreeSet<LegId> = BTreeSet::new();
        let world = perform(&history, |_, command, _| {
            if let Command::LegEvent { leg, heard: LegEvent::Gone { .. } } = command {
                gone.insert(leg.clone());
            }
        });
        for call in world.calls() {
            let cut_off = call.ended.as_ref().is_some_and(|end| end.closer == EndedBy::Restart);
            let is_over = |party: &&Party| {
                !party.is_live() && call.live().all(|other| other.carried_by() != party.carried_by())
            };
            for party in call.parties.iter().filter(is_over) {
                let leg = call.leg_of(party);
                let asked = || world.effects.iter().filter(|effect| effect.leg == leg).map(|effect| &effect.act);
                let is_made = party.origin == PartyOrigin::Caller || asked().next().is_some();
                let is_released = asked().any(|act| matches!(act, LegCommand::Release(_)));
                assert!(!is_made || is_released || gone.contains(&leg) || cut_off, "{leg} of {call:?}");
            }
        }
    }

    #[test]
    fn a_phone_that_hands_over_is_told_once_what_became_of_it(history in history()) {
        let mut asked: BTreeMap<LegId, usize> = BTreeMap::new();
        perform(&history, |world, command, _| {
            if let Command::Refer { leg, .. } = command
                && of_leg(world, leg)
                    .is_some_and(|(call, number)| call.parties.iter().any(|party| party.carried_by() == number))
            {
                *asked.entry(leg.clone()).or_default() += 1;
            }
            for (leg, times) in &asked {
                let effects = world.effects.iter().filter(|effect| effect.leg == *leg);
                let told = effects.filter(|effect| matches!(effect.act, LegCommand::Referred(_))).count();
                let (call, number) = of_leg(world, leg).expect("a leg");
                let waits = usize::from(awaits(call, number));
                let is_over = call.active_on(number).is_none();
                assert!(told + waits == *times || is_over && told <= *times, "{leg} {times}: {call:?}");
            }
        });
    }

    #[test]
    fn a_signal_told_twice_is_told_once(history in history()) {
        perform(&history, |world, command, _| {
            if let Command::LegEvent { heard: LegEvent::Up | LegEvent::Gone { .. } | LegEvent::HoldDone { .. } | LegEvent::PhoneHold(_), .. } = command {
                let again = world.ask(command).expect("never refused");
                assert!(again.changes.is_empty() && again.effects.is_empty(), "{command:?}: {again:?}");
            }
        });
    }

    #[test]
    fn everything_can_be_brought_to_an_end_and_then_holds_no_personal_value(history in history()) {
        let mut world = perform(&history, |_, _, _| ());
        for id in CALLS.map(InteractionId::from) {
            if found(&world, &id).is_none() {
                continue;
            }
            // Whoever is in it hangs up, one after the other; who handed over may be called again then.
            for _ in 0..3 {
                let call = found(&world, &id).expect("a call");
                let legs: Vec<LegId> = call.parties.iter().map(|party| call.leg_of(party)).collect();
                for leg in legs {
                    let heard = LegEvent::Gone { cause: crate::call::Cause::Normal, code: None };
                    world = world.then(Command::LegEvent { leg, heard });
                }
            }
            prop_assert!(found(&world, &id).is_some_and(|call| !call.is_open()));
            world = world.then(Command::Erase { session: id });
        }
        prop_assert!(world.agents().all(|agent| slots(agent) == 0));
        prop_assert!(!redacted(&world).contains(MARKER));
    }
}

#[test]
fn random_histories_reach_every_state() {
    use proptest::{strategy::ValueTree, test_runner::TestRunner};
    let mut runner = TestRunner::deterministic();
    let mut seen = BTreeSet::new();
    for _ in 0..2_500 {
        let history: History = history().new_tree(&mut runner).expect("a history").current();
        let world = perform(&history, |_, _, _| ());
        let events = world
            .history
            .iter()
            .filter(|(key, ..)| matches!(key, Key::Call(_) | Key::Device(_) | Key::Agent(_)));
        for (.., event) in events {
            seen.insert(event.kind().to_owned());
            let text = super::super::brief::brief(event);
            seen.extend(
                ["abandoned", "late", "refused", "restart", "lost"]
                    .map(str::to_owned)
                    .into_iter()
                    .filter(|word| text.contains(word)),
            );
        }
        let parts = world.calls().flat_map(|call| &call.parties);
        seen.extend(parts.map(|party| format!("{:?} {}", party.origin, party.state.as_str())));
        let has_two_legs = |call: &&Call| {
            call.live().any(|party| consultation(call, party).is_some_and(|both| both.has_two_legs()))
        };
        seen.extend(world.calls().filter(has_two_legs).map(|_| "two-legs".to_owned()));
        seen.extend(world.calls().filter(|call| call.turned_away).map(|_| "turned away".to_owned()));
        seen.extend(world.effects.iter().map(|effect| {
            format!("{:?}", effect.act).split(['(', '{', ' ']).next().unwrap_or_default().to_owned()
        }));
    }
    let wanted = "call.began call.joined call.absorbed call.absorbed-into call.queued call.requested call.request-ended call.overflowed call.leg-up call.established call.hold-asked \
                  call.held call.muted call.monitoring call.silenced call.refused call.released call.line-began call.moved call.user-data disposition call.ended call.erased \
                  device.assigned device.in-service device.out-of-service device.do-not-disturb \
                  agent.state-chosen agent.disposition-owed agent.disposition-settled \
                  device.monitoring-began device.monitoring-ended device.monitored abandoned late refused restart lost Originate Ring Answer Release Join Part HoldPhone Mute Dtmf Referred two-legs";
    let origins = [
        PartyOrigin::Caller,
        PartyOrigin::Dial,
        PartyOrigin::Called,
        PartyOrigin::Queue,
        PartyOrigin::Consult,
        PartyOrigin::Watch,
    ];
    let parts = origins.iter().flat_map(|origin| {
        let first = if matches!(origin, PartyOrigin::Caller | PartyOrigin::Dial | PartyOrigin::Consult) {
            "Dialing"
        } else {
            "Ringing"
        };
        [first, "Established", "Held", "Released"].map(|state| format!("{origin:?} {state}"))
    });
    for word in wanted.split_whitespace().map(str::to_owned).chain(parts).chain(["turned away".to_owned()]) {
        assert!(seen.contains(&word), "{word} is never reached: the properties would prove little");
    }
}
