//! Supervisors in conversations (spec: digital-channels#2.8).

use super::*;
use crate::{
    centre::AgentGroup,
    command::{SessionAct, SuperviseAct},
    session::{SessionOperation as O, capabilities},
    watch::WatchMode,
};

fn supervisor() -> TestCentre {
    waiting().then(is_supervisor("cat", true))
}

#[test]
fn a_supervisor_is_shown_what_the_agent_takes() {
    let all = monitors(Monitoring::ListenIn, WatchMode::All);
    let world =
        check(supervisor(), supervises("ann", all.clone()), "cat: ListenIn All of ann; ann: followed by cat");
    check(world.clone(), supervises("ann", all), "");
    let world = check(
        world.then(offer("ann")),
        ann(accept()),
        "accepted ann as Tom; said joined by ann; shown to cat ListenIn ann; cat: +slot",
    );
    check(world, cat(accept()), "accepted cat as Tom; said joined to supervisors by cat");
    let next = monitors(Monitoring::Coach, WatchMode::Next);
    let world = supervisor().then(supervises("ann", next)).then(offer("ann"));
    check(
        world,
        ann(accept()),
        "accepted ann as Tom; said joined by ann; shown to cat Coach ann; cat: +slot; \
         cat: follows ann no more; ann: not followed by cat",
    );
}

#[test]
fn a_supervisor_joins_what_is_there() {
    let world = chatting().then(is_supervisor("cat", true));
    check(
        world.clone(),
        supervises("ann", intrudes(Monitoring::BargeIn)),
        "shown to cat BargeIn ann; cat: +slot",
    );
    let unsaid = SuperviseAct::Intrude { session: s1(), monitoring: None };
    check(
        world.clone(),
        supervises("ann", unsaid.clone()),
        "no: Required parameter 'supervisorVisibilityMode' is missing",
    );
    let armed = world.clone().then(supervises("ann", monitors(Monitoring::Coach, WatchMode::All)));
    check(armed, supervises("ann", unsaid), "shown to cat Coach ann; cat: +slot");
    check(
        world.clone(),
        supervises("bob", intrudes(Monitoring::Coach)),
        "no: Interaction 's1' was not found",
    );
    check(world.clone(), log_out("cat"), "cat: out");
    check(
        world.then(log_out("cat")),
        supervises("ann", intrudes(Monitoring::Coach)),
        "no: The agent has no contact center session on this channel",
    );
    check(
        monitored(),
        supervises("ann", intrudes(Monitoring::Coach)),
        "no: The agent is not available for chat: takes part already",
    );
}

#[test]
fn who_may_not_follow_is_told_of_nobody() {
    check(chatting(), supervises("ann", intrudes(Monitoring::Coach)), "no: User 'ann' was not found");
    let world = supervisor();
    check(
        world.clone(),
        supervises("cat", monitors(Monitoring::Coach, WatchMode::All)),
        "no: User 'cat' was not found",
    );
    let off = centre_with(|centre| centre.features.clear());
    check(
        world.then(off),
        supervises("ann", monitors(Monitoring::Coach, WatchMode::All)),
        "no: User 'ann' was not found",
    );
}

#[test]
fn monitoring_is_called_off() {
    check(supervisor(), supervises("ann", SuperviseAct::Cancel), "no: User 'ann' is not monitored on chat");
    let armed = supervisor().then(supervises("ann", monitors(Monitoring::Coach, WatchMode::All)));
    let off = "cat: follows ann no more; ann: not followed by cat";
    check(armed.clone(), supervises("ann", SuperviseAct::Cancel), off);
    check(armed, log_out("cat"), &format!("{off}; cat: out"));
}

#[test]
fn who_monitors_says_nothing_and_who_coaches_is_heard_by_agents() {
    check(monitored(), cat(say("x")), "no: SendMessage is not valid in state Chatting");
    check(monitored(), cat(to_agents("x")), "no: SendToAgents is not valid in state Chatting");
    let coached = followed_as(Monitoring::Coach);
    check(coached.clone(), cat(say("x")), "said text to agents by cat");
    check(coached.clone(), cat(types(true)), "typed on to agents");
    check(coached, cat(to_agents("x")), "said text to agents by cat");
    check(followed_as(Monitoring::BargeIn), cat(say("x")), "said text by cat");
}

#[test]
fn who_is_monitored_does_not_know_it() {
    assert_eq!(
        capabilities(monitored().session(), &"ann".into()),
        capabilities(chatting().session(), &"ann".into())
    );
    let seen: Vec<_> = {
        let world = monitored();
        let ann = world.session().party(&"ann".into()).expect("ann").clone();
        world.session().seen_by(&ann).map(|party| party.user.to_string()).collect()
    };
    assert_eq!(seen, ["ann"]);
}

#[test]
fn what_is_open_to_a_supervisor() {
    let of = |world: TestCentre| capabilities(world.session(), &"cat".into());
    let notes = [
        O::SetInFocus,
        O::SetDisposition,
        O::AttachUserData,
        O::DeleteUserData,
        O::UpdateUserData,
        O::SetComment,
    ];
    let monitors = [&[O::Leave], &notes[..], &[O::SwitchToCoach, O::SwitchToBargeIn]].concat();
    assert_eq!(of(monitored()), monitors);
    let says = [O::SendMessage, O::StartTyping, O::StopTyping];
    let to_agents =
        [O::SendToAgents, O::StartTypingToAgents, O::StopTypingToAgents, O::SendCustomNoticeToAgents];
    let coaches =
        [&[O::Leave], &notes[..], &says, &to_agents, &[O::SwitchToMonitor, O::SwitchToBargeIn]].concat();
    assert_eq!(of(followed_as(Monitoring::Coach)), coaches);
    let barged = of(followed_as(Monitoring::BargeIn));
    for operation in
        [O::Transfer, O::Invite, O::Consult, O::SendMessage, O::SwitchToMonitor, O::SwitchToCoach]
    {
        assert!(barged.contains(&operation), "{operation:?} in {barged:?}");
    }
    assert!(!barged.contains(&O::Complete), "it is the agent's");
}

#[test]
fn a_supervisor_follows_otherwise() {
    let to = |monitoring| cat(SessionAct::Follow(monitoring));
    check(monitored(), to(Monitoring::Coach), "cat for Agents Coach; said rejoined to agents by cat");
    check(monitored(), to(Monitoring::BargeIn), "cat for All BargeIn; said rejoined by cat");
    check(monitored(), to(Monitoring::ListenIn), "no: SwitchToMonitor is not valid in state Chatting");
    check(
        followed_as(Monitoring::BargeIn),
        to(Monitoring::ListenIn),
        "said left by cat; cat for Supervisors ListenIn; said rejoined to supervisors by cat",
    );
    check(
        chatting(),
        ann(SessionAct::Follow(Monitoring::Coach)),
        "no: SwitchToCoach is not valid in state Chatting",
    );
}

#[test]
fn it_is_taken_from_a_supervisor_when_the_agent_is_done() {
    check(
        monitored(),
        ann(complete()),
        "said left by ann; talk-ended by agent; closed ann Completed by agent; ann: -slot kept; \
         said left to supervisors by cat; closed cat Revoked by agent; cat: -slot; ended by agent",
    );
    check(
        monitored(),
        ann(to_queue("Sales")),
        "said left by ann; closed ann Completed by agent; ann: -slot kept; queued Sales since 0 barred until 10000; \
         said left to supervisors by cat; closed cat Revoked by agent; cat: -slot",
    );
    let stays = monitored().then(ann(invite("bob"))).then(bob(accept())).then(ann(leave()));
    assert!(
        stays.session().live_party(&"cat".into()).is_some(),
        "another agent stays, and so does the supervisor"
    );
    let world = stays.then(is_supervisor("cat", false));
    check(
        world,
        bob(say("x")),
        "said text by bob; said left to supervisors by cat; closed cat Revoked by agent; cat: -slot",
    );
}

#[test]
fn who_stepped_in_stays_with_the_customer() {
    let world = check(
        followed_as(Monitoring::BargeIn),
        ann(leave()),
        "cat took over from ann; said left by ann; closed ann Completed by agent; ann: -slot kept",
    );
    check(world, cat(leave()), "said left by cat; talk-ended by agent; closed cat LeftChat by agent");
}

#[test]
fn a_supervisor_who_may_not_any_more_does_not_join() {
    let shown =
        chatting().then(is_supervisor("cat", true)).then(supervises("ann", intrudes(Monitoring::Coach)));
    check(shown.clone(), cat(reject()), "offer-ended cat Completed by agent barred until 10000; cat: -slot");
    check(shown.then(is_supervisor("cat", false)), cat(accept()), "no: Interaction 's1' was not found");
}

#[test]
fn who_does_not_see_a_supervisor_cannot_find_them() {
    let ready = |world: TestCentre| world.then(state("cat", "Ready"));
    let no = "no: The agent is not available for chat: not ready";
    for asks in [to_agent("cat"), consult("cat"), invite("cat")] {
        check(ready(monitored()), ann(asks.clone()), no);
        let offered = chatting().then(is_supervisor("cat", true));
        check(ready(offered.then(supervises("ann", intrudes(Monitoring::ListenIn)))), ann(asks), no);
    }
    let seen = "no: The agent is not available for chat: takes part already";
    check(ready(followed_as(Monitoring::Coach)), ann(consult("cat")), seen);
}

#[test]
fn supervisors_take_no_place_of_those_who_are_asked() {
    let asked = (0..8).fold(monitored(), |world, _| world.then(ann(ask_queue(Help::Consult, "Sales"))));
    check(asked, ann(consult("bob")), "consulted bob for ann; bob: +slot");
}

#[test]
fn who_listens_is_not_written_down_as_who_served_the_customer() {
    let notes = || SessionAct::Accept { nickname: "Tom".into(), save_last_agent: true };
    let offered = chatting().then(is_supervisor("cat", true));
    let offered = offered.then(supervises("ann", intrudes(Monitoring::ListenIn)));
    check(offered, cat(notes()), "accepted cat as Tom; said joined to supervisors by cat");
    check(
        chatting().then(ann(consult("bob"))),
        bob(notes()),
        "accepted bob as Tom; said joined to agents by bob",
    );
}

#[test]
fn who_was_left_with_the_customer_follows_only_whom_they_lead_once_others_talk() {
    let led = |world: TestCentre| {
        let group = AgentGroup {
            name: "A".into(),
            members: ["ann".into()].into(),
            leaders: ["cat".into()].into(),
            hidden: false,
        };
        world.then(centre_with(|centre| centre.agent_groups.push(group)))
    };
    let world = led(followed_as(Monitoring::BargeIn)).then(ann(leave()));
    let world = world.then(cat(invite("bob"))).then(bob(accept()));
    check(
        world,
        cat(SessionAct::Follow(Monitoring::ListenIn)),
        "said left by cat; cat for Supervisors ListenIn; said rejoined to supervisors by cat; \
         said left to supervisors by cat; closed cat Revoked by agent; cat: -slot",
    );
}

#[test]
fn what_a_supervisor_asked_of_others_goes_with_them() {
    let asks = followed_as(Monitoring::BargeIn).then(cat(to_agent("bob")));
    let away = asks.then(is_supervisor("cat", false));
    check(
        away,
        ann(say("x")),
        "said text by ann; offer-ended bob Revoked by agent; bob: -slot; said left by cat; \
         closed cat Revoked by agent; cat: -slot",
    );
}

#[test]
fn what_a_supervisor_asked_of_others_ends_when_they_step_back() {
    check(
        followed_as(Monitoring::BargeIn).then(cat(to_agent("bob"))),
        cat(SessionAct::Follow(Monitoring::ListenIn)),
        "offer-ended bob Revoked by agent; bob: -slot; said left by cat; cat for Supervisors ListenIn; \
         said rejoined to supervisors by cat",
    );
}

#[test]
fn who_comes_forward_is_followed_as_well() {
    let follows = |world: TestCentre| {
        let all = monitors(Monitoring::ListenIn, WatchMode::All);
        world.then(is_supervisor("cat", true)).then(supervises("bob", all))
    };
    check(
        follows(consulting()),
        ann(invite("bob")),
        "bob for All; said rejoined by bob; shown to cat ListenIn bob; cat: +slot",
    );
    check(
        follows(consulting()),
        ann(leave()),
        "bob took over from ann; said rejoined by bob; shown to cat ListenIn bob; cat: +slot; \
         said left by ann; closed ann Completed by agent; ann: -slot kept",
    );
}

#[test]
fn a_supervisor_whose_client_is_silent_is_shown_nothing_more() {
    let all = monitors(Monitoring::ListenIn, WatchMode::All);
    let world = supervisor().then(supervises("ann", all)).then(offer("ann"));
    check(world.then(goes_silent("cat", 0, None)), ann(accept()), "accepted ann as Tom; said joined by ann");
}

#[test]
fn a_conversation_has_an_end_of_those_who_are_asked_into_it() {
    let mut world = chatting().then(is_supervisor("cat", true));
    for _ in 1..500 {
        world = world.then(supervises("ann", intrudes(Monitoring::Coach))).then(cat(reject()));
    }
    let no = "no: The agent is not available for chat: as many as can be have been asked into it";
    check(world.clone(), supervises("ann", intrudes(Monitoring::Coach)), no);
    for asks in [consult("bob"), to_agent("bob"), ask_queue(Help::Invite, "Sales")] {
        check(world.clone(), ann(asks), no);
    }
    let watched = world.then(supervises("bob", monitors(Monitoring::Coach, WatchMode::All)));
    // Whom the queue finds comes all the same, and no customer is lost.
    let again = watched.then(ann(to_queue("Sales"))).then(offer("bob"));
    check(again, bob(accept()), "accepted bob as Tom; said joined by bob");
}
