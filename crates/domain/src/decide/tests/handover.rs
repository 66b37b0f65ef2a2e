//! Leaving, completing and handing over (spec: digital-channels#2.6, #2.7-L and T).

use super::*;
use crate::{
    command::{HandoverTarget, SessionAct},
    session::{AgentPartyState, Invitation, SessionOperation, capabilities},
};

#[test]
fn leaving_alone_ends_the_talk_and_leaves_work() {
    check(chatting(), ann(leave()), "said left by ann; talk-ended by agent; closed ann LeftChat by agent");
    check(alone(), ann(leave()), "said left by ann; closed ann LeftChat by agent");
    check(left(), ann(leave()), "no: Leave is not valid in state LeftChat");
    check(invited(), ann(leave()), "no: Leave is not valid in state Invited");
}

#[test]
fn completing_ends_it_for_everyone() {
    check(
        chatting(),
        ann(complete()),
        "said left by ann; talk-ended by agent; closed ann Completed by agent; ann: -slot kept; ended by agent",
    );
    check(left(), ann(complete()), "closed ann Completed by agent; ann: -slot kept; ended by agent");
    check(
        alone(),
        ann(complete()),
        "said left by ann; closed ann Completed by agent; ann: -slot kept; ended by customer",
    );
    check(invited(), ann(complete()), "no: Complete is not valid in state Invited");
    check(completed(), ann(complete()), "no: Interaction 's1' was not found");
}

#[test]
fn leaving_and_completing_is_the_two_as_one() {
    let both = |queue: Option<&str>, last| {
        let queue = queue.map(Into::into);
        ann(SessionAct::LeaveAndComplete { queue, save_last_agent: false, last })
    };
    let left_and_done = "said left by ann; talk-ended by agent; closed ann LeftChat by agent; closed ann Completed by agent; \
                         ann: -slot kept";
    check(chatting(), both(None, None), &format!("{left_and_done}; ended by agent"));
    let world = chatting().then(ann(leave())).then(ann(complete()));
    assert_eq!(chatting().then(both(None, None)).session(), world.session());
    check(
        chatting(),
        both(Some("Sales"), Some(words("bye"))),
        &format!("said text by ann; {left_and_done}; queued Sales since 0 barred until 10000"),
    );
    check(
        alone(),
        both(None, None),
        "said left by ann; closed ann LeftChat by agent; closed ann Completed by agent; ann: -slot kept; ended by customer",
    );
    check(chatting(), both(Some("Nowhere"), None), "no: Queue 'Nowhere' was not found");
    check(left(), both(None, None), "no: LeaveAndComplete is not valid in state LeftChat");
    check(invited(), both(None, None), "no: LeaveAndComplete is not valid in state Invited");
    check(completed(), both(None, None), "no: Interaction 's1' was not found");
    let listed = capabilities(chatting().session(), &"ann".into());
    assert!(!listed.contains(&SessionOperation::LeaveAndComplete), "it is open, and not listed: {listed:?}");
}

#[test]
fn completing_into_a_queue_lets_the_customer_wait_there() {
    let world = check(
        chatting().after(500),
        ann(complete_into("Sales")),
        "said left by ann; closed ann Completed by agent; ann: -slot kept; queued Sales since 500 barred until 10500",
    );
    assert!(world.session().customer.present && world.session().waiting);
    check(
        world.clone(),
        offer("ann"),
        "no: The agent is not available for chat: the agent did not take it a moment ago",
    );
    check(world, offer("bob"), "offered bob until 30500; bob: +slot");
    check(
        left(),
        ann(complete_into("Sales")),
        "closed ann Completed by agent; ann: -slot kept; queued Sales since 0 barred until 10000",
    );
    check(chatting(), ann(complete_into("Nowhere")), "no: Queue 'Nowhere' was not found");
}

#[test]
fn completing_writes_the_last_agent_when_asked() {
    check(
        left(),
        ann(SessionAct::Complete { queue: None, save_last_agent: true, last: None }),
        "data +LastCalledAgent_EmployeeID +LastCalledAgent_TimeStamp via System; \
         closed ann Completed by agent; ann: -slot kept; ended by agent",
    );
}

#[test]
fn last_words_reach_the_customer_before_the_agent_goes() {
    let bye = "said text by ann; said left by ann; talk-ended by agent; closed ann";
    check(
        chatting(),
        ann(SessionAct::Leave { last: Some(words("bye")) }),
        &format!("{bye} LeftChat by agent"),
    );
    let complete = SessionAct::Complete { queue: None, save_last_agent: false, last: Some(words("bye")) };
    check(
        chatting(),
        ann(complete.clone()),
        &format!("{bye} Completed by agent; ann: -slot kept; ended by agent"),
    );
    let unheard = "no: 'text' cannot be delivered: the customer has left";
    check(left(), ann(complete.clone()), unheard);
    check(alone(), ann(complete), unheard);
    check(
        chatting(),
        ann(SessionAct::Leave { last: Some(words("")) }),
        "no: Required parameter 'text' is missing",
    );
    let to_bob =
        SessionAct::Transfer { to: HandoverTarget::Agent("bob".into()), last: Some(words("bob will help")) };
    check(chatting(), ann(to_bob), "said text by ann; offered bob until 30000; bob: +slot");
}

#[test]
fn a_transfer_to_a_queue_is_done_at_once() {
    check(
        chatting().after(500),
        ann(to_queue("Sales")),
        "said left by ann; closed ann Completed by agent; ann: -slot kept; queued Sales since 500 barred until 10500",
    );
    check(chatting(), ann(to_queue("Nowhere")), "no: Queue 'Nowhere' was not found");
    check(invited(), ann(to_queue("Sales")), "no: Transfer is not valid in state Invited");
}

#[test]
fn a_transfer_to_a_colleague_is_done_when_he_accepts() {
    check(chatting(), ann(to_agent("bob")), "offered bob until 30000; bob: +slot");
    check(
        handing_over(),
        bob(accept()),
        "accepted bob as Tom; said joined by bob; said left by ann; closed ann Completed by agent to bob; \
         ann: -slot kept",
    );
    check(handing_over(), ann(to_agent("bob")), "no: Transfer is not valid in state Chatting");
    check(handing_over(), ann(say("one moment")), "said text by ann");
}

#[test]
fn a_transfer_carries_the_number_of_its_command() {
    let world = handing_over();
    let party = world.session().party(&"bob".into()).expect("a part");
    assert_eq!(party.invitation, Invitation::Transfer { from: "ann".into(), reference: 41 });
}

#[test]
fn a_transfer_needs_a_colleague_who_can_take_it() {
    check(chatting(), ann(to_agent("ann")), "no: An interaction cannot be transferred to its own agent");
    check(chatting(), ann(to_agent("cat")), "no: The agent is not available for chat: not ready");
    check(chatting(), ann(to_agent("dan")), "no: User 'dan' was not found");
}

#[test]
fn the_originator_goes_on_when_his_colleague_does_not_take_it() {
    let rejected = check(
        handing_over(),
        bob(reject()),
        "offer-ended bob Completed by agent barred until 10000; bob: -slot",
    );
    let lapsed = check(
        handing_over().after(30_000),
        lapse("bob"),
        "offer-ended bob Revoked by no-answer barred until 40000; bob: -slot; bob: NotReady (No answer) by server",
    );
    for world in [rejected, lapsed] {
        assert_eq!(
            world.session().party(&"ann".into()).map(|party| party.state),
            Some(AgentPartyState::Chatting)
        );
        check(world, ann(to_agent("cat")), "no: The agent is not available for chat: not ready");
    }
}

#[test]
fn a_transfer_ends_with_its_reason_to_be() {
    let taken_back = "offer-ended bob Revoked by agent; bob: -slot; said left by ann";
    check(
        handing_over(),
        ann(leave()),
        &format!("{taken_back}; talk-ended by agent; closed ann LeftChat by agent"),
    );
    let world = check(
        handing_over(),
        ann(complete_into("Sales")),
        &format!(
            "{taken_back}; closed ann Completed by agent; ann: -slot kept; queued Sales since 0 barred until 10000"
        ),
    );
    check(world, offer("bob"), "offered bob until 30000; bob: +slot");
    check(
        handing_over(),
        customer_leaves(),
        "said left by customer; talk-ended by customer; offer-ended bob Revoked by customer; bob: -slot",
    );
    let out =
        format!("{taken_back}; closed ann Revoked by agent; ann: -slot; queued Support since 0; ann: out");
    check(handing_over(), log_out("ann"), &out);
    check(handing_over(), log_out("bob"), "offer-ended bob Revoked by agent; bob: -slot; bob: out");
}

#[test]
fn a_conversation_can_come_back_to_its_agent() {
    let back = handing_over().then(bob(accept())).then(bob(to_agent("ann"))).then(ann(accept()));
    assert_eq!(back.session().agents.len(), 3);
    assert_eq!(back.session().joined, 4);
    assert_eq!(back.agent("ann").taken(&test_centre::medium()), 1);
    check(back, ann(say("it is me again")), "said text by ann");
}
