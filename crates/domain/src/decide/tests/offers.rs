//! Offers: who can be asked, what becomes of an offer, and the place in the queue (spec: digital-channels#2.2, #2.7-A,
//! #2.7-R, #5.5).

use super::*;
use crate::{
    command::{Provision, SessionAct},
    session::{AgentPartyState, EndedBy},
};

#[test]
fn the_router_offers_what_waits_to_who_is_free() {
    check(waiting(), offer("ann"), "offered ann until 30000; ann: +slot");
    check(waiting(), offer("cat"), "no: The agent is not available for chat: not ready");
    check(waiting().then(do_not_disturb("ann", true)), offer("ann"), NOT_READY);
    check(
        waiting().then(log_out("ann")),
        offer("ann"),
        "no: The agent is not available for chat: not logged in on this channel",
    );
    check(waiting(), offer("dan"), "no: User 'dan' was not found");
    check(waiting(), offer_of("s9", "ann"), "no: Interaction 's9' was not found");
    check(invited(), offer("bob"), NOT_WAITING);
    check(chatting(), offer("bob"), NOT_WAITING);
    check(completed(), offer("bob"), NOT_WAITING);
}

const NOT_READY: &str = "no: The agent is not available for chat: not ready";
const NOT_WAITING: &str = "no: The agent is not available for chat: it does not wait any more";
const NO_SLOT: &str = "no: The agent is not available for chat: no free slot";

#[test]
fn an_agent_has_as_many_conversations_as_slots() {
    let mut world = TestCentre::new();
    for (nth, id) in ["s1", "s2", "s3", "s4"].into_iter().enumerate() {
        world = world.then(open_as(id, &serde_json::json!({})));
        if nth < 3 {
            world = world.then(offer_of(id, "ann"));
        }
    }
    check(world.clone(), offer_of("s4", "ann"), NO_SLOT);
    check(world.clone(), offer_of("s4", "bob"), "offered bob until 30000; bob: +slot");
    let busy = world.then(ann(accept())).then(ann(leave()));
    check(busy.clone(), offer_of("s4", "ann"), NO_SLOT);
    check(busy.then(ann(complete())), offer_of("s4", "ann"), "offered ann until 30000; ann: +slot");

    let mut own = test_centre::user("ann");
    own.capacity.insert(test_centre::medium(), 0);
    let none = waiting().then(Command::Provision(Provision::PutUser(Box::new(own))));
    check(none, offer("ann"), NO_SLOT);
}

#[test]
fn who_accepts_chats() {
    check(invited(), ann(accept()), "accepted ann as Tom; said joined by ann");
    check(
        invited(),
        ann(SessionAct::Accept { nickname: String::new(), save_last_agent: false }),
        "no: Required parameter 'nickname' is missing",
    );
    let long = "x".repeat(256);
    check(
        invited(),
        ann(SessionAct::Accept { nickname: long, save_last_agent: false }),
        "no: 'nickname' is longer than 255 characters",
    );
    check(invited(), bob(accept()), "no: Interaction 's1' was not found");
    check(chatting(), ann(accept()), "no: Accept is not valid in state Chatting");
    let world = chatting();
    let party = world.session().party(&"ann".into()).expect("a part");
    assert_eq!((party.number, party.nickname.as_str(), party.state), (2, "Tom", AgentPartyState::Chatting));
    assert_eq!(party.participant.as_str().len(), 16);
}

#[test]
fn accepting_writes_the_last_agent_when_asked() {
    let save = SessionAct::Accept { nickname: "Tom".into(), save_last_agent: true };
    let world = check(
        invited(),
        ann(save),
        "accepted ann as Tom; data +LastCalledAgent_EmployeeID +LastCalledAgent_TimeStamp via System; said joined by ann",
    );
    assert_eq!(world.session().user_data.get("LastCalledAgent_EmployeeID"), Some(&"ann".into()));
}

#[test]
fn accepting_never_fails_for_want_of_room_in_the_user_data() {
    let room = crate::userdata::MAX_BYTES - 20;
    let full = TestCentre::new().then(open_as("s1", &serde_json::json!({"k": "x".repeat(room)})));
    let save = SessionAct::Accept { nickname: "Tom".into(), save_last_agent: true };
    let world = full.then(offer("ann")).then(ann(save));
    check(
        world,
        ann(delete(&["LastCalledAgent_TimeStamp"])),
        "data -LastCalledAgent_TimeStamp via DeleteUserData",
    );
}

#[test]
fn who_rejects_is_done_and_the_next_is_asked() {
    check(
        invited().after(1_000),
        ann(reject()),
        "offer-ended ann Completed by agent barred until 11000; ann: -slot; queued Support since 0",
    );
    check(rejected(), ann(accept()), "no: Interaction 's1' was not found");
    check(rejected(), offer("bob"), "offered bob until 30000; bob: +slot");
    check(chatting(), ann(reject()), "no: Reject is not valid in state Chatting");
}

#[test]
fn who_rejected_is_left_alone_for_the_cool_down() {
    let barred = "no: The agent is not available for chat: the agent did not take it a moment ago";
    check(rejected(), offer("ann"), barred);
    check(rejected().after(9_999), offer("ann"), barred);
    check(rejected().after(10_000), offer("ann"), "offered ann until 40000; ann: +slot");
}

#[test]
fn the_cool_down_outlives_the_next_agents_part() {
    let back = rejected().then(offer("bob")).then(bob(accept())).after(5_000).then(bob(to_queue("Sales")));
    let barred = "no: The agent is not available for chat: the agent did not take it a moment ago";
    check(back.clone(), offer("ann"), barred);
    check(back.clone(), offer("bob"), barred);
    check(back.after(5_000), offer("ann"), "offered ann until 40000; ann: +slot");
}

#[test]
fn no_answer_revokes_the_offer_and_makes_the_agent_not_ready() {
    check(invited().after(29_999), lapse("ann"), "");
    let world = check(
        invited().after(30_000),
        lapse("ann"),
        "offer-ended ann Revoked by no-answer barred until 40000; ann: -slot; queued Support since 0; \
         ann: NotReady (No answer) by server",
    );
    check(world.clone(), lapse("ann"), "");
    check(
        world.clone().then(state("ann", "Ready")),
        offer("ann"),
        "no: The agent is not available for chat: the agent did not take it a moment ago",
    );
    check(world.clone().after(10_000), offer("ann"), NOT_READY);
    check(
        world.after(10_000).then(state("ann", "Ready")),
        offer("ann"),
        "offered ann until 70000; ann: +slot",
    );
    check(chatting().after(30_000), lapse("ann"), "");
}

#[test]
fn who_is_not_ready_already_keeps_his_reason() {
    check(
        invited().then(state("ann", "AuxWork")).after(30_000),
        lapse("ann"),
        "offer-ended ann Revoked by no-answer barred until 40000; ann: -slot; queued Support since 0",
    );
}

#[test]
fn an_offer_lapses_even_in_a_centre_without_states_or_queue() {
    let bare = invited()
        .then(centre_with(|centre| {
            centre.agent_states.clear();
            centre.services.clear();
        }))
        .then(Command::Provision(Provision::RemoveQueue("Support".into())));
    check(
        bare.after(30_000),
        lapse("ann"),
        "offer-ended ann Revoked by no-answer barred until 30000; ann: -slot; queued Support since 0; \
         ann: NotReady (No answer) by server",
    );
}

#[test]
fn an_offer_that_the_customer_outlived_is_withdrawn_and_the_conversation_over() {
    check(
        invited(),
        customer_leaves(),
        "said left by customer; talk-ended by customer; offer-ended ann Revoked by customer; ann: -slot; \
         ended by customer",
    );
    let gone = customer(crate::command::CustomerAct::Leave(EndedBy::Api));
    check(
        invited(),
        gone,
        "said left by customer; talk-ended by api; offer-ended ann Revoked by api; ann: -slot; ended by api",
    );
}

#[test]
fn accepting_what_has_no_customer_any_more_fails_to_join() {
    let world = join_failed();
    assert_eq!(
        world.session().party(&"bob".into()).map(|party| party.state),
        Some(AgentPartyState::JoinFailed)
    );
    let put_back = alone().then(ann(complete_into("Sales"))).then(offer("bob"));
    check(put_back.clone(), bob(accept()), "join-failed bob");
    check(
        put_back,
        bob(reject()),
        "offer-ended bob Completed by agent barred until 10000; bob: -slot; queued Sales since 0",
    );
    check(join_failed(), bob(say("hello?")), "no: SendMessage is not valid in state JoinFailed");
    check(
        join_failed(),
        bob(complete()),
        "closed bob Completed by agent; bob: -slot kept; ended by customer",
    );
}

#[test]
fn a_refused_offer_costs_the_customer_nothing() {
    let world = TestCentre::new()
        .after(7)
        .then(open())
        .after(5_000)
        .then(offer("ann"))
        .after(1_000)
        .then(ann(reject()));
    assert_eq!(world.session().place.since, 7);
    let world = world.then(offer("bob")).after(30_000).then(lapse("bob"));
    assert_eq!(world.session().place.since, 7);
    assert!(world.session().waiting);
}

#[test]
fn an_offer_outlives_its_queue() {
    let orphan = chatting()
        .then(centre_with(|centre| centre.services.clear()))
        .then(Command::Provision(Provision::RemoveQueue("Support".into())));
    check(orphan, ann(to_agent("bob")), "offered bob until 30000; bob: +slot");
}
