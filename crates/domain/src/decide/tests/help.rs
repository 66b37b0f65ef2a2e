//! Help that agents ask for (spec: digital-channels#2.6, #2.7-C).

use super::*;
use crate::{
    command::SessionAct,
    session::{SessionOperation as O, capabilities},
};

const SALES_ASKED: &str = "requested 1 Consult of Sales by ann until 180000";

fn of(world: &TestCentre, agent: &str) -> Vec<O> {
    capabilities(world.session(), &agent.into())
}

#[test]
fn a_colleague_advises_without_the_customer_knowing() {
    check(chatting(), ann(consult("bob")), "consulted bob for ann; bob: +slot");
    let world = check(
        chatting().then(ann(consult("bob"))),
        bob(accept()),
        "accepted bob as Tom; said joined to agents by bob",
    );
    check(world.clone(), bob(to_agents("try B7")), "said text to agents by bob");
    check(world.clone(), ann(to_agents("thanks")), "said text to agents by ann");
    check(world.clone(), ann(SessionAct::TypeToAgents { on: true }), "typed on to agents");
    check(world.clone(), ann(SessionAct::NoticeToAgents("x".into())), "said custom-notice to agents by ann");
    check(world.clone(), bob(say("hello")), "no: SendMessage is not valid in state Chatting");
    check(world.clone(), bob(complete()), "no: Complete is not valid in state Chatting");
    check(world, bob(leave()), "said left to agents by bob; closed bob Completed by agent; bob: -slot kept");
}

#[test]
fn what_is_open_to_who_advises() {
    let advises = [
        O::Leave,
        O::SetInFocus,
        O::SetDisposition,
        O::AttachUserData,
        O::DeleteUserData,
        O::UpdateUserData,
        O::SetComment,
        O::SendToAgents,
        O::StartTypingToAgents,
        O::StopTypingToAgents,
        O::SendCustomNoticeToAgents,
    ];
    assert_eq!(of(&consulting(), "bob"), advises);
    let asks = of(&consulting(), "ann");
    for operation in [O::SendToAgents, O::RemoveParticipant, O::Transfer, O::Invite, O::SendMessage] {
        assert!(asks.contains(&operation), "{operation:?} in {asks:?}");
    }
    assert!(!of(&chatting(), "ann").contains(&O::SendToAgents), "there is nobody to say it to");
}

#[test]
fn what_agents_say_among_themselves_is_carried_to_nobody() {
    let world = texting().then(ann(consult("bob"))).then(bob(accept()));
    let (tasks, signals) = (world.tasks.clone(), world.signals.clone());
    let world = world
        .then(ann(to_agents("a")))
        .then(bob(to_agents("b")))
        .then(bob(SessionAct::TypeToAgents { on: true }))
        .then(ann(SessionAct::TypeToAgents { on: true }))
        .then(bob(SessionAct::SetInFocus(true)));
    assert_eq!((world.tasks, world.signals), (tasks, signals));
}

#[test]
fn typing_to_agents_and_to_everyone_are_told_apart() {
    let world = consulting().then(ann(types(true)));
    let world = check(world, ann(SessionAct::TypeToAgents { on: true }), "typed on to agents");
    check(world.clone(), ann(types(true)), "");
    check(world.clone(), ann(SessionAct::TypeToAgents { on: true }), "");
    let world = world.then(ann(to_agents("x")));
    check(world.clone(), ann(types(true)), "");
    check(world, ann(SessionAct::TypeToAgents { on: true }), "typed on to agents");
}

#[test]
fn a_colleague_is_invited_to_talk_as_well() {
    check(chatting(), ann(invite("bob")), "invited bob for ann; bob: +slot");
    let world =
        check(chatting().then(ann(invite("bob"))), bob(accept()), "accepted bob as Tom; said joined by bob");
    check(world.clone(), bob(say("hello")), "said text by bob");
    check(world.clone(), bob(leave()), "said left by bob; closed bob Completed by agent; bob: -slot kept");
    check(
        world,
        ann(leave()),
        "bob took over from ann; said left by ann; closed ann Completed by agent; ann: -slot kept",
    );
}

#[test]
fn who_advised_is_invited_without_being_asked_again() {
    let world = check(consulting(), ann(invite("bob")), "bob for All; said rejoined by bob");
    check(world, bob(say("hello")), "said text by bob");
}

#[test]
fn who_advised_takes_over_at_once() {
    check(
        consulting(),
        ann(to_agent("bob")),
        "bob took over from ann; said rejoined by bob; said left by ann; \
         closed ann Completed by agent to bob; ann: -slot kept",
    );
    check(conferring(), ann(to_agent("bob")), "no: The agent is not available for chat: takes part already");
}

#[test]
fn who_advised_goes_on_with_the_customer_when_the_agent_leaves() {
    check(
        consulting(),
        ann(leave()),
        "bob took over from ann; said rejoined by bob; said left by ann; closed ann Completed by agent; ann: -slot kept",
    );
    check(
        consulting(),
        log_out("ann"),
        "bob took over from ann; said rejoined by bob; said left by ann; closed ann Completed by agent; \
         ann: -slot kept; ann: out",
    );
}

#[test]
fn who_completes_it_ends_it_for_who_advised() {
    check(
        consulting(),
        ann(complete()),
        "said left by ann; talk-ended by agent; closed ann Completed by agent; ann: -slot kept; \
         said left to agents by bob; closed bob Completed by agent; bob: -slot kept; ended by agent",
    );
}

#[test]
fn an_invitation_that_is_not_taken_ends_alone() {
    let asked = chatting().then(ann(consult("bob")));
    check(asked.clone(), bob(reject()), "offer-ended bob Completed by agent barred until 10000; bob: -slot");
    check(
        asked.clone().after(30_000),
        lapse("bob"),
        "offer-ended bob Revoked by no-answer barred until 40000; bob: -slot; bob: NotReady (No answer) by server",
    );
    check(asked.clone(), log_out("bob"), "offer-ended bob Revoked by agent; bob: -slot; bob: out");
    check(
        asked,
        ann(leave()),
        "offer-ended bob Revoked by agent; bob: -slot; said left by ann; talk-ended by agent; closed ann LeftChat by agent",
    );
}

#[test]
fn whoever_takes_it_in_a_queue_is_asked() {
    let world = check(chatting(), ann(ask_queue(Help::Consult, "Sales")), SALES_ASKED);
    check(world.clone(), offer_request(1, "bob"), "consulted bob for ann; bob: +slot");
    check(
        world.clone(),
        offer_request(2, "bob"),
        "no: The agent is not available for chat: it does not wait any more",
    );
    let offered = world.clone().then(offer_request(1, "bob"));
    check(
        offered.clone(),
        offer_request(1, "cat"),
        "no: The agent is not available for chat: it does not wait any more",
    );
    let refused = check(
        offered.clone(),
        bob(reject()),
        "offer-ended bob Completed by agent barred until 10000; bob: -slot",
    );
    assert!(refused.session().requests[0].waiting, "it goes on waiting");
    check(
        refused,
        offer_request(1, "bob"),
        "no: The agent is not available for chat: the agent did not take it a moment ago",
    );
    let taken = check(offered, bob(accept()), "accepted bob as Tom; said joined to agents by bob");
    assert_eq!(taken.session().requests, []);
    check(
        world.clone(),
        ann(complete()),
        "request-ended 1 by agent; said left by ann; talk-ended by agent; \
         closed ann Completed by agent; ann: -slot kept; ended by agent",
    );
    check(
        world,
        customer_leaves(),
        "said left by customer; talk-ended by customer; request-ended 1 by customer",
    );
}

#[test]
fn a_request_that_nobody_takes_lapses() {
    let asks = chatting().then(ann(ask_queue(Help::Invite, "Sales")));
    let lapses = || Command::RequestLapsed { session: s1(), request: 1 };
    check(asks.clone().after(179_999), lapses(), "");
    check(asks.clone().after(180_000), lapses(), "request-ended 1 by no-answer");
    check(
        asks.after(170_000).then(offer_request(1, "bob")).after(10_000),
        lapses(),
        "request-ended 1 by no-answer; offer-ended bob Revoked by idle; bob: -slot",
    );
}

#[test]
fn who_cannot_be_asked() {
    check(chatting(), ann(consult("ann")), "no: An agent cannot ask themselves");
    check(chatting(), ann(consult("cat")), "no: The agent is not available for chat: not ready");
    check(chatting(), ann(invite("zoe")), "no: User 'zoe' was not found");
    check(chatting(), ann(ask_queue(Help::Consult, "Nowhere")), "no: Queue 'Nowhere' was not found");
    check(conferring(), ann(consult("bob")), "no: The agent is not available for chat: takes part already");
    check(consulting(), bob(consult("cat")), "no: Consult is not valid in state Chatting");
    check(alone(), ann(consult("bob")), "no: Consult is not valid in state Chatting");
}

#[test]
fn so_many_are_asked_at_most() {
    let full = (0..9).fold(chatting(), |world, _| world.then(ann(ask_queue(Help::Consult, "Sales"))));
    check(full, ann(consult("bob")), "no: Consult is not valid in state Chatting");
}

#[test]
fn a_participant_is_taken_out() {
    let gone = "said left by bob; closed bob Completed by agent; bob: -slot kept";
    check(conferring(), ann(SessionAct::Remove("bob".into())), gone);
    check(
        consulting(),
        ann(SessionAct::Remove("bob".into())),
        "said left to agents by bob; closed bob Completed by agent; bob: -slot kept",
    );
    let no = |name: &str| format!("no: User '{name}' is none whom the agent can take out of it");
    check(conferring(), ann(SessionAct::Remove("ann".into())), &no("ann"));
    check(conferring(), ann(SessionAct::Remove("cat".into())), &no("cat"));
    check(
        conferring(),
        bob(SessionAct::Remove("ann".into())),
        "no: RemoveParticipant is not valid in state Chatting",
    );
    check(
        consulting(),
        bob(SessionAct::Remove("ann".into())),
        "no: RemoveParticipant is not valid in state Chatting",
    );
}

#[test]
fn who_stays_with_the_customer_answers_for_it() {
    let handed = conferring().then(ann(leave()));
    assert!(handed.session().agents[1].took_over);
    check(handed, bob(leave()), "said left by bob; talk-ended by agent; closed bob LeftChat by agent");
}

#[test]
fn a_place_in_a_queue_goes_with_the_customer() {
    let waits = conferring().then(bob(complete_into("Sales")));
    let world = waits.then(customer_leaves());
    assert!(!world.session().waiting, "nobody waits any more");
    check(
        world,
        ann(complete()),
        "said left by ann; closed ann Completed by agent; ann: -slot kept; ended by customer",
    );
}

#[test]
fn who_has_gone_types_no_more_to_the_agents() {
    let typing = |world: &TestCentre| world.session().typing_to_agents.len();
    let world = conferring().then(bob(SessionAct::TypeToAgents { on: true }));
    assert_eq!(typing(&world), 1);
    assert_eq!(typing(&world.then(bob(leave()))), 0);
}
