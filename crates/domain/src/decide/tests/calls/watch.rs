//! A supervisor follows the calls of somebody (spec: core-and-voice#5.8, admin-and-reporting#3).

use super::*;
use crate::{
    call::{Cause, LegEvent, capabilities},
    centre::AgentGroup,
};

/// The centre has one group, of these.
fn grouped(leader: &str, members: &[&str], hidden: bool) -> Command {
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let group = AgentGroup { name: "One".into(), leaders: names(&[leader]), members: names(members), hidden };
    centre_with(move |centre| centre.agent_groups = vec![group])
}

/// Cat does something with the call that they follow.
fn cats(act: CallAct) -> Command {
    does("cat", act)
}

fn listening() -> TestCentre {
    phones().then(cat(listen("5001", Monitoring::ListenIn)))
}

#[test]
fn a_supervisor_is_called_when_a_call_of_their_agent_begins() {
    check(
        listening().then(arrive_at("Support")),
        offer("ann"),
        "2 ann 5001 Ringing answers until 30000; ann: +slot; 3 cat 5003 Ringing answers until 30000 follows 2 ListenIn; cat: +slot => 3 call 5003 as 5001; 2 call 5001 as 100",
    );
}

#[test]
fn an_agent_who_calls_is_followed_once_there_is_somebody_to_hear() {
    check(
        listening(),
        dial("5002", to_device("5002")),
        "began Internal 5001 -> 5002; 1 ann 5001 Dialing until 30000; ann: +slot => 1 call 5001 as 5002 auto",
    );
    check(
        listening().then(dial("5002", to_device("5002"))),
        up(1),
        "1 up; 2 bob 5002 Ringing answers until 60000; bob: +slot; 3 cat 5003 Ringing answers until 30000 follows 1 ListenIn; cat: +slot => 3 call 5003 as 5001; 2 call 5002 as 5001; 1 hears ringback",
    );
}

#[test]
fn into_a_call_that_is_there_they_come_at_once() {
    check(
        talking(),
        cat(listen("5001", Monitoring::ListenIn)),
        "device.monitoring-began; device.monitored; 3 cat 5003 Ringing answers until 30000 follows 2 ListenIn; cat: +slot => 3 call 5003 as 5001 auto",
    );
}

#[test]
fn who_listens_hears_everybody_and_is_heard_by_nobody() {
    let rung = talking().then(cat(listen("5001", Monitoring::ListenIn)));
    check(rung, up(3), "3 Established => 3 join 0 for nobody");
    check(watched(), cats(CallAct::Monitor(Monitoring::Coach)), "3 follows 2 Coach => 3 join 0 for 2");
    check(
        watched(),
        cats(CallAct::Monitor(Monitoring::BargeIn)),
        "3 follows 2 BargeIn; 3 follows 2 BargeIn in it => 3 join 0 for nobody; 1 join 0; 2 join 0; 3 join 0",
    );
}

#[test]
fn keys_are_passed_between_those_who_talk_as_if_nobody_listened() {
    check(watched(), hears(1, LegEvent::Key('5')), "=> 2 tones 5");
    check(watched(), hears(3, LegEvent::Key('5')), "");
    let in_it = watched().then(cats(CallAct::Monitor(Monitoring::BargeIn)));
    check(in_it, hears(1, LegEvent::Key('5')), "");
}

#[test]
fn who_steps_in_hears_nothing_before_the_agent_is_there() {
    let rung =
        phones().then(cat(listen("5001", Monitoring::BargeIn))).then(arrive_at("Support")).then(offer("ann"));
    check(rung.clone(), up(3), "3 Established => 3 hears silence");
    check(
        rung.then(up(3)),
        up(2),
        "2 Established; 3 follows 2 BargeIn in it => 1 join 0; 2 join 0; 3 join 0 for nobody; 1 join 0; 2 join 0; 3 join 0",
    );
}

#[test]
fn nobody_follows_whom_they_do_not_lead() {
    let refused = "no: Device '5001' was not found";
    check(phones().then(grouped("cat", &["bob"], false)), cat(listen("5001", Monitoring::ListenIn)), refused);
    check(phones().then(grouped("bob", &["ann"], false)), cat(listen("5001", Monitoring::ListenIn)), refused);
    let act = listen("5002", Monitoring::ListenIn);
    let command = Command::Device { dn: "5001".into(), agent: "ann".into(), act };
    check(phones(), command, "no: Device '5002' was not found");
    check(phones(), cat(listen("5009", Monitoring::ListenIn)), "no: Device '5009' was not found");
    check(phones(), cat(listen("5003", Monitoring::ListenIn)), "no: Device '5003' was not found");
    check(
        phones().then(log_out("cat")),
        cat(listen("5001", Monitoring::ListenIn)),
        "no: The agent has no contact center session on this channel",
    );
}

#[test]
fn the_right_is_judged_when_a_call_begins() {
    let moved = listening().then(grouped("cat", &["bob"], false)).then(arrive_at("Support"));
    check(
        moved,
        offer("ann"),
        "2 ann 5001 Ringing answers until 30000; ann: +slot; device.monitoring-ended; device.monitored => 2 call 5001 as 100",
    );
    let hidden =
        phones().then(grouped("cat", &["ann"], true)).then(cat(listen("5001", Monitoring::ListenIn)));
    check(
        hidden.then(arrive_at("Support")),
        offer("ann"),
        "2 ann 5001 Ringing answers until 30000; ann: +slot; 3 cat 5003 Ringing answers until 30000 follows 2 ListenIn hidden; cat: +slot => 3 call 5003 as 5001; 2 call 5001 as 100",
    );
}

#[test]
fn a_phone_that_changed_hands_is_followed_by_its_new_user_no_more() {
    let other = listening()
        .then(has_phone("cat", None))
        .then(has_phone("bob", Some("5003")))
        .then(arrive_at("Support"));
    check(
        other,
        offer("ann"),
        "2 ann 5001 Ringing answers until 30000; ann: +slot; device.monitoring-ended; device.monitored => 2 call 5001 as 100",
    );
}

#[test]
fn when_the_agent_leaves_so_does_who_follows_them() {
    check(
        watched(),
        ann(CallAct::Hangup),
        "2 Released by agent normal talked; ann: -slot kept; 1 Released by agent normal talked; 3 Released by agent normal talked; cat: -slot kept; ended by agent => 2 release normal; 1 release normal; 3 release normal",
    );
    check(
        watched(),
        gone(2, Cause::Lost),
        "2 Released by agent lost talked; ann: -slot kept; queued Support since 0; 3 Released by agent normal talked; cat: -slot kept => 1 hears hold; 3 hears silence; 3 release normal",
    );
    check(
        watched(),
        gone(3, Cause::Lost),
        "3 Released by agent lost talked; cat: -slot kept => 1 join 0; 2 join 0",
    );
}

#[test]
fn who_has_stepped_in_stays_with_the_customer() {
    let in_it = watched().then(cats(CallAct::Monitor(Monitoring::BargeIn)));
    check(
        in_it,
        ann(CallAct::Hangup),
        "2 Released by agent normal talked; ann: -slot kept; 3 moved to 0 as queue => 2 release normal; 1 join 0; 3 join 0",
    );
}

#[test]
fn who_follows_the_call_goes_on_with_who_has_it_next() {
    let lead = consulting().then(cat(listen("5001", Monitoring::Coach))).then(up(5));
    check(
        lead,
        ann(complete(Purpose::Transfer)),
        "3 Released by agent normal talked; ann: -slot kept; 2 Released by agent normal talked; ann: -slot kept; 4 moved to 0 as queue from 2; 5 follows 4 Coach => 2 release normal; 1 join 0; 4 join 0; 5 join 0 for 2; 5 join 0 for 4",
    );
    let act = DeviceAct::Watch(Box::new(WatchAsked {
        scope: WatchScope::Agent,
        ..asked("5001", Monitoring::Coach)
    }));
    let agents = consulting().then(cat(act)).then(up(5));
    check(
        agents,
        ann(complete(Purpose::Transfer)),
        "3 Released by agent normal talked; ann: -slot kept; 2 Released by agent normal talked; ann: -slot kept; 4 moved to 0 as queue from 2; 5 Released by agent normal talked; cat: -slot kept => 2 release normal; 1 join 0; 4 join 0; 5 join 0 for 2; 5 release normal",
    );
}

#[test]
fn who_follows_one_call_follows_no_other() {
    let act = DeviceAct::Watch(Box::new(WatchAsked {
        mode: WatchMode::Next,
        ..asked("5001", Monitoring::ListenIn)
    }));
    check(
        talking().then(cat(act)).then(up(3)),
        cats(CallAct::Hangup),
        "3 Released by agent normal talked; cat: -slot kept; device.monitoring-ended; device.monitored => 3 release normal; 1 join 0; 2 join 0",
    );
}

#[test]
fn whom_a_supervisor_keeps_silent_is_heard_again_when_they_leave() {
    let silenced = watched().then(cats(CallAct::Silence(true)));
    check(watched(), cats(CallAct::Silence(true)), "2 silenced => 2 mute");
    check(silenced.clone(), ann(CallAct::Mute(true)), "2 muted => 2 mute");
    check(silenced.clone().then(ann(CallAct::Mute(true))), ann(CallAct::Mute(false)), "2 unmuted => 2 mute");
    check(silenced.clone(), cats(CallAct::Silence(false)), "2 heard again => 2 unmute");
    let at = DeviceAct::SilenceWatched { target: Some("5001".into()), on: false };
    check(silenced.clone(), cat(at), "2 heard again => 2 unmute");
    check(
        silenced,
        cats(CallAct::Hangup),
        "3 Released by agent normal talked; cat: -slot kept; 2 heard again => 3 release normal; 2 unmute; 1 join 0; 2 join 0",
    );
}

#[test]
fn an_end_of_following_takes_out_who_only_listens() {
    check(
        watched(),
        cat(DeviceAct::Unwatch(None)),
        "device.monitoring-ended; device.monitored; 3 Released by agent normal talked; cat: -slot kept => 3 release normal",
    );
    let in_it = watched().then(cats(CallAct::Monitor(Monitoring::BargeIn)));
    check(in_it, cat(DeviceAct::Unwatch(Some("5001".into()))), "device.monitoring-ended; device.monitored");
    check(phones(), cat(DeviceAct::Unwatch(None)), "no: A monitoring was not found");
    check(
        phones(),
        cat(DeviceAct::SilenceWatched { target: None, on: true }),
        "no: A monitoring was not found",
    );
    check(listening(), log_out("cat"), "device.monitoring-ended; device.monitored; cat: out");
}

#[test]
fn a_phone_is_followed_by_one_supervisor() {
    let two = listening().then(has_supervisor("bob"));
    let act = listen("5001", Monitoring::ListenIn);
    let command = Command::Device { dn: "5002".into(), agent: "bob".into(), act };
    check(two, command, "no: The monitoring of device '5001' is in use");
    check(
        listening(),
        cat(listen("5002", Monitoring::Coach)),
        "device.monitoring-ended; device.monitored; device.monitoring-began; device.monitored",
    );
}

#[test]
fn a_supervisor_may_do_what_the_specification_lists() {
    let open = |world: &TestCentre| {
        let call = world.calls().next().expect("a call").clone();
        let party = call.parties.iter().rfind(|party| party.dn == "5003".into()).expect("a supervisor");
        let open = capabilities(&call, party);
        let words = open.into_iter().map(|operation| format!("{operation:?}"));
        words.filter(|word| !word.contains("UserData")).collect::<Vec<_>>()
    };
    let world = watched();
    assert_eq!(open(&world), ["Hangup", "SwitchToBargeIn", "SwitchToCoach", "MuteMonitoredUser"]);
    let in_it = world.then(cats(CallAct::Monitor(Monitoring::BargeIn)));
    let rest = ["Hangup", "SendDtmf", "SwitchToListenIn", "SwitchToCoach", "MuteMonitoredUser"];
    assert_eq!(open(&in_it), rest);
}
