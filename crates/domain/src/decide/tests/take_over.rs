//! A supervisor takes a conversation from an agent whom they lead.

use super::{required::supervised, *};
use crate::{Refusal, command::TakeTo};

/// What happens to ann, who chats.
const TAKEN: &str = "taken from ann by sue barred until 10000; said left by ann; closed ann Revoked by supervisor; \
                     ann: -slot";

fn to(agent: &str) -> TakeTo {
    TakeTo::Agent(agent.into())
}

#[test]
fn it_goes_back_to_its_place_in_the_queue_and_not_to_the_agent_at_once() {
    let world = supervised(chatting());
    let back = check(world, take("ann", "sue", TakeTo::Back), &format!("{TAKEN}; queued Support since 0"));
    assert!(back.session().waiting && back.session().customer.present);
    let refused = "no: The agent is not available for chat: the agent did not take it a moment ago";
    check(back.clone(), offer("ann"), refused);
    check(back.clone(), offer("bob"), "offered bob until 30000; bob: +slot");
    check(back.after(10_000), offer("ann"), "offered ann until 40000; ann: +slot");
}

#[test]
fn in_another_queue_the_customer_has_waited_as_long() {
    let world = supervised(chatting()).after(5_000);
    check(
        world.clone(),
        take("ann", "sue", TakeTo::Queue("Sales".into())),
        "taken from ann by sue barred until 15000; said left by ann; closed ann Revoked by supervisor; ann: -slot; \
         queued Sales since 0",
    );
    check(world, take("ann", "sue", TakeTo::Queue("Ghosts".into())), "no: Queue 'Ghosts' was not found");
}

#[test]
fn another_agent_is_offered_it_and_who_does_not_take_it_loses_no_customer() {
    let offered = check(
        supervised(chatting()),
        take("ann", "sue", to("bob")),
        &format!("{TAKEN}; queued Support since 0; offered bob until 30000; bob: +slot"),
    );
    check(
        offered.clone(),
        bob(reject()),
        "offer-ended bob Completed by agent barred until 10000; bob: -slot; queued Support since 0",
    );
    check(
        offered.clone().after(30_000),
        lapse("bob"),
        "offer-ended bob Revoked by no-answer barred until 40000; bob: -slot; queued Support since 0; bob: NotReady \
         (No answer) by server",
    );
    let taken = offered.then(bob(accept()));
    assert_eq!(taken.session().chatting().count(), 1);
    let world = supervised(chatting());
    check(world.clone(), take("ann", "sue", to("cat")), "no: The agent is not available for chat: not ready");
    check(world, take("ann", "sue", to("ann")), "no: The interaction is already that of this agent");
}

#[test]
fn an_offer_is_taken_from_who_does_not_answer() {
    check(
        supervised(invited()),
        take("ann", "sue", TakeTo::Back),
        "taken from ann by sue barred until 10000; offer-ended ann Revoked by supervisor; ann: -slot; queued Support \
         since 0",
    );
}

#[test]
fn what_they_hand_over_is_withdrawn_from_the_colleague() {
    check(
        supervised(handing_over()),
        take("ann", "sue", TakeTo::Back),
        "taken from ann by sue barred until 10000; offer-ended bob Revoked by supervisor; bob: -slot; said left by \
         ann; closed ann Revoked by supervisor; ann: -slot; queued Support since 0",
    );
}

#[test]
fn nothing_is_taken_without_a_customer_or_from_whom_it_is_only_handed_to() {
    for (world, agent) in [(alone(), "ann"), (left(), "ann"), (join_failed(), "bob"), (handing_over(), "bob")]
    {
        let world = supervised(world);
        let outcome = world.ask(&take(agent, "sue", TakeTo::Back)).map(|_| ());
        assert!(matches!(outcome, Err(Refusal::NotInState { .. })), "{outcome:?}");
    }
    let gone = "no: Interaction 's1' was not found";
    check(supervised(chatting()), take("bob", "sue", TakeTo::Back), gone);
    check(supervised(completed()), take("ann", "sue", TakeTo::Back), gone);
}

#[test]
fn only_who_leads_the_agent_takes_it() {
    let role = format!("no: {}", Refusal::RoleMissing);
    check(supervised(chatting()), take("ann", "bob", TakeTo::Back), &role);
    let off = supervised(chatting()).then(centre_with(|centre| centre.features.clear()));
    let feature = format!("no: {}", Refusal::FeatureOff(crate::command::CONTROL_FEATURE));
    check(off, take("ann", "sue", TakeTo::Back), &feature);
}

#[test]
fn what_was_taken_away_owes_no_disposition() {
    let world = supervised(chatting()).then(required::required(crate::disposition::Required::BeforeNext));
    let world = world.then(take("ann", "sue", TakeTo::Back));
    assert!(world.agent("ann").owed().is_empty());
}
