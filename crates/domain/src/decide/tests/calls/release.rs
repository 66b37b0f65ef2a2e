//! The end of parts and of calls (spec: voice-sip#5.3, #7).

use super::*;
use crate::{
    call::{CallOperation, Cause, LegEvent, PartyState},
    medium,
};

/// One call in which ann is in each state, by its word.
fn situations() -> [(PartyState, TestCentre); 6] {
    [
        (PartyState::Dialing, dialling()),
        (PartyState::Dialing, calling()),
        (PartyState::Ringing, offered()),
        (PartyState::Established, talking()),
        (PartyState::Held, held()),
        (PartyState::Released, released()),
    ]
}

fn acts() -> Vec<(CallOperation, CallAct)> {
    let data = || pairs(&serde_json::json!({"A": 1}));
    vec![
        (CallOperation::Answer, CallAct::Answer),
        (CallOperation::Reject, CallAct::Reject),
        (CallOperation::Hangup, CallAct::Hangup),
        (CallOperation::ClearCall, CallAct::Clear),
        (CallOperation::Hold, CallAct::Hold),
        (CallOperation::Retrieve, CallAct::Retrieve),
        (CallOperation::SendDtmf, CallAct::SendDtmf("1".into())),
        (CallOperation::InitiateTransfer, initiate(Purpose::Transfer, "5003")),
        (CallOperation::CompleteTransfer, complete(Purpose::Transfer)),
        (CallOperation::SingleStepTransfer, single_step(Purpose::Transfer, "5003")),
        (CallOperation::InitiateConference, initiate(Purpose::Conference, "5003")),
        (CallOperation::CompleteConference, complete(Purpose::Conference)),
        (CallOperation::SingleStepConference, single_step(Purpose::Conference, "5003")),
        (CallOperation::SwapCalls, CallAct::Swap("C10G".into())),
        (CallOperation::RemoveParticipantFromConference, CallAct::Remove("100".into())),
        (CallOperation::MuteCall, CallAct::Mute(true)),
        (CallOperation::UnmuteCall, CallAct::Mute(false)),
        (CallOperation::SwitchToBargeIn, CallAct::Monitor(Monitoring::BargeIn)),
        (CallOperation::SwitchToListenIn, CallAct::Monitor(Monitoring::ListenIn)),
        (CallOperation::SwitchToCoach, CallAct::Monitor(Monitoring::Coach)),
        (CallOperation::MuteMonitoredUser, CallAct::Silence(true)),
        (CallOperation::UnmuteMonitoredUser, CallAct::Silence(false)),
        (CallOperation::AttachUserData, CallAct::AttachUserData(data())),
        (CallOperation::UpdateUserData, CallAct::UpdateUserData(data())),
        (CallOperation::DeleteUserData, CallAct::DeleteUserData),
        (CallOperation::DeleteUserDataPair, CallAct::DeleteUserDataPair("A".into())),
    ]
}

#[test]
fn every_operation_is_open_in_the_states_the_table_says() {
    let table = [
        (CallOperation::Answer, "Ringing"),
        (CallOperation::Reject, "Ringing"),
        (CallOperation::Hangup, "Dialing Established Held"),
        (CallOperation::ClearCall, "Ringing Established"),
        (CallOperation::Hold, "Established"),
        (CallOperation::Retrieve, "Held"),
        (CallOperation::SendDtmf, "Dialing Established"),
        (CallOperation::InitiateTransfer, "Established Held"),
        (CallOperation::CompleteTransfer, ""),
        (CallOperation::SingleStepTransfer, "Established Held"),
        (CallOperation::InitiateConference, "Established Held"),
        (CallOperation::CompleteConference, ""),
        (CallOperation::SingleStepConference, "Established Held"),
        (CallOperation::SwapCalls, ""),
        (CallOperation::RemoveParticipantFromConference, ""),
        (CallOperation::MuteCall, "Established"),
        (CallOperation::UnmuteCall, ""),
        // Of who follows somebody alone: `watch.rs`.
        (CallOperation::SwitchToBargeIn, ""),
        (CallOperation::SwitchToListenIn, ""),
        (CallOperation::SwitchToCoach, ""),
        (CallOperation::MuteMonitoredUser, ""),
        (CallOperation::UnmuteMonitoredUser, ""),
        (CallOperation::AttachUserData, "Dialing Ringing Established Held"),
        (CallOperation::UpdateUserData, "Dialing Ringing Established Held"),
        (CallOperation::DeleteUserData, "Dialing Ringing Established Held"),
        (CallOperation::DeleteUserDataPair, "Dialing Ringing Established Held"),
    ];
    assert_eq!(acts().into_iter().map(|(operation, _)| operation).collect::<Vec<_>>(), CallOperation::ALL);
    for ((operation, states), (_, act)) in table.into_iter().zip(acts()) {
        for (state, mut world) in situations() {
            let state = state.as_str();
            let did = world.perform(&ann(act.clone()));
            if states.split(' ').any(|open| open == state) {
                assert!(!did.starts_with("no:"), "{operation:?} in {state}: {did}");
            } else {
                assert_eq!(did, format!("no: {operation:?} is not valid in state {state}"));
            }
        }
    }
}

#[test]
fn a_stranger_has_no_call() {
    for (_, act) in acts() {
        check(talking(), bob(act.clone()), "no: Call 'C100' was not found");
        check(phones(), ann(act.clone()), "no: Call 'C100' was not found");
        assert_eq!(talking().call().part(&"bob".into(), &c1()), None);
    }
}

#[test]
fn whoever_hangs_up_ends_a_call_of_two() {
    check(
        talking(),
        ann(CallAct::Hangup),
        "2 Released by agent normal talked; ann: -slot kept; 1 Released by agent normal talked; \
         ended by agent => 2 release normal; 1 release normal",
    );
    check(
        talking(),
        gone(2, Cause::Normal),
        "2 Released by agent normal talked; ann: -slot kept; 1 Released by agent normal talked; \
         ended by agent => 1 release normal",
    );
    let customers = "1 Released by customer normal talked; 2 Released by customer normal talked; \
                     ann: -slot kept; ended by customer => 2 release normal";
    for state in [talking(), direct(), held()] {
        check(state, gone(1, Cause::Normal), customers);
    }
    check(
        talking(),
        ann(CallAct::Clear),
        "1 Released by agent normal talked; 2 Released by agent normal talked; ann: -slot kept; \
         ended by agent => 1 release normal; 2 release normal",
    );
    check(
        direct(),
        ann(CallAct::Hangup),
        "2 Released by agent normal talked; ann: -slot kept; 1 Released by agent normal talked; \
         ended by agent => 2 release normal; 1 release normal",
    );
}

#[test]
fn who_calls_a_phone_and_gives_up_stops_its_ringing() {
    check(
        ringing(),
        gone(1, Cause::Cancelled),
        "1 Released by customer cancelled; 2 Released by customer cancelled; ann: -slot; \
         ended by customer => 2 release cancelled",
    );
    check(
        ringing(),
        ann(CallAct::Reject),
        "2 Released by agent refused; ann: -slot; 1 Released by agent refused; ended by agent \
         => 2 release refused; 1 release refused",
    );
    check(
        ringing(),
        refuses(2, Cause::Busy, 486),
        "2 Released by agent busy 486; ann: -slot; 1 Released by agent busy 486; ended by agent \
         => 1 release busy",
    );
    check(
        ringing().after(60_000),
        unanswered(2),
        "2 Released by no-answer no-answer; ann: -slot; 1 Released by no-answer no-answer; \
         ended by no-answer => 2 release no-answer; 1 release no-answer",
    );
}

#[test]
fn hanging_up_crosses_hanging_up() {
    let over = check(released(), gone(1, Cause::Normal), "");
    let over = check(over, gone(2, Cause::Normal), "");
    check(over, ann(CallAct::Hangup), "no: Hangup is not valid in state Released");
    let cancelled = calling().then(ann(CallAct::Hangup)).then(up(2));
    check(cancelled, gone(2, Cause::Normal), "");
}

#[test]
fn what_is_heard_after_the_end_changes_nothing() {
    let late = [
        LegEvent::Ringing,
        LegEvent::Up,
        LegEvent::NotAnswered(489),
        LegEvent::HoldDone { on: true, refused: None },
        LegEvent::HoldDone { on: false, refused: Some(488) },
        LegEvent::PhoneHold(true),
        LegEvent::PhoneHold(false),
        LegEvent::Digit('5'),
        LegEvent::Played,
        LegEvent::Gone { cause: Cause::Lost, code: Some(408) },
    ];
    for heard in late {
        for leg in [1, 2] {
            check(released(), hears(leg, heard.clone()), "");
        }
        check(offered().then(ann(CallAct::Reject)), hears(2, heard), "");
    }
    check(released().after(60_000), unanswered(2), "");
}

#[test]
fn an_agent_whose_phone_is_lost_does_not_cost_the_caller_his_call() {
    let world = check(
        talking().after(700),
        gone(2, Cause::Lost),
        "2 Released by agent lost talked; ann: -slot kept; queued Support since 0 => 1 hears hold",
    );
    assert!(world.call().is_waiting());
    check(
        world.clone(),
        offer("bob"),
        "3 bob 5002 Ringing answers until 30700; bob: +slot => 3 call 5002 as 100",
    );
    check(world, gone(1, Cause::Normal), "1 Released by customer normal talked; ended by customer");
    check(
        held(),
        gone(2, Cause::Lost),
        "2 Released by agent lost talked; ann: -slot kept; queued Support since 0 => 1 hears hold",
    );
    check(
        direct(),
        gone(2, Cause::Lost),
        "2 Released by agent lost talked; ann: -slot kept; 1 Released by agent lost talked; \
         ended by agent => 1 release lost",
    );
}

#[test]
fn the_patience_of_who_was_served_begins_anew() {
    let patient = queue_with("Support", |queue| queue.calls.patience = 60_000);
    let served = phones().then(patient).then(arrive_at("Support")).then(offer("ann"));
    check(
        served.clone().after(5_000),
        ann(CallAct::Reject),
        "2 Released by agent refused barred until 15000; ann: -slot; queued Support since 0 until 60000 \
         => 2 release refused",
    );
    check(
        served.then(up(2)).after(90_000),
        gone(2, Cause::Lost),
        "2 Released by agent lost talked; ann: -slot kept; queued Support since 0 until 150000 \
         => 1 hears hold",
    );
}

#[test]
fn everyone_s_slot_is_free_once_it_is_over() {
    for (_, world) in situations() {
        let over = world.then(lost());
        assert!(["ann", "bob", "cat"].iter().all(|name| slots(over.agent(name)) == 0));
        let freed = over.history.iter().filter(|(.., event)| event.kind() == "agent.slot-freed").count();
        let taken = over.history.iter().filter(|(.., event)| event.kind() == "agent.slot-taken").count();
        assert_eq!(freed, taken);
    }
}

#[test]
fn who_logs_out_stays_in_his_call() {
    let world = check(talking(), log_out("ann"), "ann: out");
    assert_eq!(slots(world.agent("ann")), 1);
    check(
        world,
        ann(CallAct::Hangup),
        "2 Released by agent normal talked; ann: -slot kept; 1 Released by agent normal talked; \
         ended by agent => 2 release normal; 1 release normal",
    );
    assert!(released().agent("ann").remembers(&medium::voice(), &c1()));
    check(offered().then(log_out("ann")), up(2), "2 Established => 1 join 0; 2 join 0");
}
