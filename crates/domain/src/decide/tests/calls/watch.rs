//! A supervisor follows the calls of somebody (spec: core-and-voice#5.8, admin-and-reporting#3).

use super::*;
use crate::{
    call::{Cause, LegEvent, capabilities},
    centre::AgentGroup,
    command::Arrive,
    command::Provision,
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
        "2 ann 5001 Ringing answers until 30000; ann: +slot; 3 cat 5003 Ringing answers until 30000 follows 2 ListenIn; cat: +slot => 2 call 5001 as 100; 3 call 5003 as 5001",
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
        "1 up; 2 bob 5002 Ringing answers until 60000; bob: +slot; 3 cat 5003 Ringing answers until 30000 follows 1 ListenIn; cat: +slot => 2 call 5002 as 5001; 1 hears ringback; 3 call 5003 as 5001",
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
        "2 ann 5001 Ringing answers until 30000; ann: +slot; 3 cat 5003 Ringing answers until 30000 follows 2 ListenIn hidden; cat: +slot => 2 call 5001 as 100; 3 call 5003 as 5001",
    );
}

#[test]
fn a_phone_that_changed_hands_is_followed_by_its_new_user_no_more() {
    check(
        listening(),
        has_phone("cat", None),
        "device.monitoring-ended; device.monitored; device.assigned; user.put",
    );
    let other = listening()
        .then(has_phone("cat", None))
        .then(has_phone("bob", Some("5003")))
        .then(arrive_at("Support"));
    check(other, offer("ann"), "2 ann 5001 Ringing answers until 30000; ann: +slot => 2 call 5001 as 100");
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
fn whom_a_supervisor_talks_with_hears_the_queue_again_when_they_wait_again() {
    let own = Arrive { device: Some("5002".into()), ..arrival(to_queue("Support", None)) };
    let offered = phones().then(Command::Arrive(Box::new(own))).then(offer("ann"));
    let in_it = offered.then(cat(listen("5002", Monitoring::BargeIn))).then(up(3));
    check(
        in_it,
        ann(CallAct::Reject),
        "2 Released by agent refused barred until 10000; ann: -slot; queued Support since 0; 3 Released by agent normal talked; cat: -slot kept => 2 release refused; 3 release normal; 1 hears hold",
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

/// Cat follows the next call of a phone.
fn next_call(target: &str, monitoring: Monitoring) -> Command {
    cat(DeviceAct::Watch(Box::new(WatchAsked { mode: WatchMode::Next, ..asked(target, monitoring) })))
}

#[test]
fn an_agent_who_calls_a_phone_of_nobodys_is_followed() {
    check(
        listening().then(dial("5009", to_device("5009"))),
        up(1),
        "1 up; 2 phone 5009 Ringing answers until 60000; 3 cat 5003 Ringing answers until 30000 follows 1 ListenIn; cat: +slot => 2 call 5009 as 5001; 1 hears ringback; 3 call 5003 as 5001",
    );
}

#[test]
fn nobody_is_called_to_who_waits_in_a_queue() {
    let waits = phones().then(dial("Support", to_queue("Support", None))).then(up(1));
    check(
        waits.clone(),
        cat(listen("5001", Monitoring::BargeIn)),
        "device.monitoring-began; device.monitored",
    );
    check(
        waits.then(cat(listen("5001", Monitoring::ListenIn))),
        offer("bob"),
        "2 bob 5002 Ringing answers until 30000; bob: +slot; 3 cat 5003 Ringing answers until 30000 follows 1 ListenIn; cat: +slot => 2 call 5002 as 5001; 3 call 5003 as 5001",
    );
}

#[test]
fn who_thinks_otherwise_while_their_phone_rings_follows_otherwise() {
    let rung = talking().then(cat(listen("5001", Monitoring::BargeIn)));
    check(
        rung.clone(),
        cat(listen("5001", Monitoring::ListenIn)),
        "device.monitoring-began; 3 follows 2 ListenIn",
    );
    check(
        rung.then(cat(listen("5001", Monitoring::ListenIn))),
        up(3),
        "3 Established => 3 join 0 for nobody",
    );
}

#[test]
fn who_asks_for_another_phone_leaves_the_call_in_which_they_listen() {
    check(
        watched(),
        next_call("5002", Monitoring::ListenIn),
        "device.monitoring-ended; device.monitored; 3 Released by agent normal talked; cat: -slot kept; device.monitoring-began; device.monitored => 3 release normal",
    );
}

#[test]
fn who_may_follow_no_more_is_taken_out_and_whom_they_kept_silent_is_heard() {
    let silenced = watched().then(cats(CallAct::Silence(true))).then(grouped("cat", &["bob"], false));
    check(
        silenced,
        ann(CallAct::Mute(true)),
        "2 muted; 3 Released by agent normal talked; cat: -slot kept; 2 heard again; device.monitoring-ended; device.monitored => 2 mute; 3 release normal; 2 mute",
    );
    let off = centre_with(|centre| centre.features.clear());
    check(
        watched().then(off.clone()),
        cats(CallAct::Monitor(Monitoring::BargeIn)),
        "3 follows 2 BargeIn; 3 Released by agent normal talked; cat: -slot kept; device.monitoring-ended; device.monitored => 3 join 0 for nobody; 3 release normal",
    );
    check(
        listening().then(off).then(arrive_at("Support")),
        offer("ann"),
        "2 ann 5001 Ringing answers until 30000; ann: +slot; device.monitoring-ended; device.monitored => 2 call 5001 as 100",
    );
}

#[test]
fn who_goes_on_with_another_is_shown_to_them_as_their_group_says() {
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let group = |member: &str, hidden| AgentGroup {
        name: member.into(),
        leaders: names(&["cat"]),
        members: names(&[member]),
        hidden,
    };
    let groups =
        centre_with(move |centre| centre.agent_groups = vec![group("ann", true), group("bob", false)]);
    let lead = consulting().then(groups).then(cat(listen("5001", Monitoring::ListenIn))).then(up(5));
    check(
        lead,
        ann(complete(Purpose::Transfer)),
        "3 Released by agent normal talked; ann: -slot kept; 2 Released by agent normal talked; ann: -slot kept; 4 moved to 0 as queue from 2; 5 follows 4 ListenIn => 2 release normal; 1 join 0; 4 join 0; 5 join 0 for nobody; 5 join 0 for nobody",
    );
}

#[test]
fn an_end_of_following_takes_out_who_went_on_with_another() {
    let lead = consulting().then(cat(listen("5001", Monitoring::Coach))).then(up(5));
    check(
        lead.then(ann(complete(Purpose::Transfer))),
        cat(DeviceAct::Unwatch(Some("5001".into()))),
        "device.monitoring-ended; device.monitored; 5 Released by agent normal talked; cat: -slot kept => 5 release normal",
    );
    let once = consulting().then(next_call("5001", Monitoring::Coach)).then(up(5));
    check(
        once.then(ann(complete(Purpose::Transfer))),
        does("cat", CallAct::Hangup),
        "5 Released by agent normal talked; cat: -slot kept; device.monitoring-ended; device.monitored => 5 release normal; 1 join 0; 4 join 0",
    );
}

#[test]
fn a_supervisor_to_whom_the_call_falls_has_had_their_one_call() {
    let once = talking().then(next_call("5001", Monitoring::BargeIn)).then(up(3));
    check(
        once,
        ann(CallAct::Hangup),
        "2 Released by agent normal talked; ann: -slot kept; 3 moved to 0 as queue; device.monitoring-ended; device.monitored => 2 release normal; 1 join 0; 3 join 0",
    );
}

#[test]
fn a_call_that_the_agent_does_not_answer_is_not_the_one_call() {
    let once = phones().then(next_call("5001", Monitoring::ListenIn)).then(arrive_at("Support"));
    let offered = once.then(offer("ann")).then(up(3)).then(ann(CallAct::Reject));
    check(
        offered.after(20_000),
        offer("ann"),
        "4 ann 5001 Ringing answers until 50000; ann: +slot; 5 cat 5003 Ringing answers until 50000 follows 4 ListenIn; cat: +slot => 4 call 5001 as 100; 5 call 5003 as 5001",
    );
}

#[test]
fn who_has_stepped_in_takes_part_like_anybody_else_when_the_agent_has_left() {
    let in_it = direct().then(cat(listen("5001", Monitoring::BargeIn))).then(up(3));
    check(
        in_it.clone(),
        ann(CallAct::Hangup),
        "2 Released by agent normal talked; ann: -slot kept; 3 moved to 0 as called => 2 release normal; 1 join 0; 3 join 0",
    );
    check(
        in_it.then(ann(CallAct::Hangup)),
        cats(CallAct::Hold),
        "3 asked to hold => 1 hears hold; 3 hears silence; 3 phone hold",
    );
}

#[test]
fn the_customer_falls_to_a_colleague_rather_than_to_a_supervisor() {
    let in_it = talking().then(cat(listen("5001", Monitoring::BargeIn))).then(up(3));
    let both = in_it.then(ann(single_step(Purpose::Conference, "5002"))).then(up(4));
    check(
        both,
        ann(CallAct::Hangup),
        "2 Released by agent normal talked; ann: -slot kept; 4 moved to 0 as queue from 2; 3 follows 4 BargeIn in it => 2 release normal; 1 join 0; 3 join 0; 4 join 0",
    );
}

#[test]
fn who_logs_out_listens_no_more() {
    check(
        watched(),
        log_out("cat"),
        "device.monitoring-ended; device.monitored; 3 Released by agent normal talked; cat: -slot kept; cat: out => 3 release normal",
    );
}

#[test]
fn a_supervisor_who_may_no_more_keeps_nobody_from_following() {
    let two = listening().then(has_supervisor("bob")).then(grouped("bob", &["ann"], false));
    let act = listen("5001", Monitoring::ListenIn);
    let command = Command::Device { dn: "5002".into(), agent: "bob".into(), act };
    check(
        two,
        command,
        "device.monitoring-ended; device.monitored; device.monitoring-began; device.monitored",
    );
}

#[test]
fn who_is_no_supervisor_any_more_follows_nobody() {
    let mut user = phone_user("cat", Some("5003"));
    user.roles.clear();
    check(
        listening(),
        Command::Provision(Provision::PutUser(Box::new(user))),
        "user.put; device.monitoring-ended; device.monitored",
    );
}

/// Roles, groups or features have changed.
fn changed() -> Command {
    Command::RightsChanged { supervisor: "cat".into() }
}

#[test]
fn a_change_of_groups_roles_or_features_takes_out_at_once_who_listens() {
    let out = "device.monitoring-ended; device.monitored; 3 Released by agent normal talked; cat: -slot kept => 3 release normal";
    check(watched(), changed(), "");
    check(watched().then(grouped("cat", &["ann"], false)), changed(), "");
    check(watched().then(grouped("cat", &["bob"], false)), changed(), out);
    check(watched().then(centre_with(|centre| centre.features.clear())), changed(), out);
    let mut user = phone_user("cat", Some("5003"));
    user.roles.clear();
    let no_supervisor = Command::Provision(Provision::PutUser(Box::new(user)));
    check(watched(), no_supervisor, &format!("user.put; {out}"));
    let in_it = watched().then(cats(CallAct::Monitor(Monitoring::BargeIn)));
    check(
        in_it.then(grouped("cat", &["bob"], false)),
        changed(),
        "device.monitoring-ended; device.monitored",
    );
}

#[test]
fn a_change_of_groups_ends_at_once_what_is_armed_and_what_rings() {
    let other = grouped("cat", &["bob"], false);
    check(listening().then(other.clone()), changed(), "device.monitoring-ended; device.monitored");
    check(phones().then(other.clone()), changed(), "");
    let rung = talking().then(cat(listen("5001", Monitoring::BargeIn)));
    check(
        rung.then(other),
        changed(),
        "device.monitoring-ended; device.monitored; 3 Released by agent normal; cat: -slot => 3 release normal",
    );
    let alone = listening().then(has_phone("ann", None));
    check(alone, changed(), "");
}
