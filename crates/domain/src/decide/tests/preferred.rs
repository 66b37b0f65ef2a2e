//! Customers who come back to the agent who served them last (spec: decisions#hours).

use super::*;
use crate::command::{AgentAct, Provision, SessionAct};

/// A text message was answered by Ann and is over; the queue keeps those who come back for five seconds.
pub(super) fn served() -> TestCentre {
    talking().then(ann(complete()))
}

/// The same while Ann still talks with them.
fn talking() -> TestCentre {
    let queue = crate::queue::Queue { last_agent_wait: 5_000, ..test_centre::queue("Support") };
    let put = Command::Provision(Provision::PutQueue(Box::new(queue)));
    texting().then(put)
}

pub(super) fn comes_back() -> Command {
    anew(&text("m2", "One more thing"), 0, "s2")
}

const QUEUED: &str = "created; thread: s2; said joined by customer; queued Support since 0; ";

#[test]
fn a_customer_who_comes_back_is_kept_for_the_agent_who_served_them() {
    let world =
        check(served(), comes_back(), &format!("{QUEUED}kept for ann until 5000; said text by customer"));
    let session = world.sessions().find(|session| session.id.as_str() == "s2").expect("the second");
    assert_eq!(session.preferred, Some(("ann".into(), 5_000)));
}

#[test]
fn nobody_is_kept_where_the_queue_does_not_say_so() {
    check(texting().then(ann(complete())), comes_back(), &format!("{QUEUED}said text by customer"));
}

#[test]
fn nobody_is_kept_for_somebody_who_is_not_there_or_is_somebody_else_s() {
    let out = Command::Agent { agent: "ann".into(), act: AgentAct::LogOut };
    let plain = format!("{QUEUED}said text by customer");
    check(served().then(out), comes_back(), &plain);
    let elsewhere = crate::user::User { queues: vec!["Sales".into()], ..test_centre::user("ann") };
    let put = Command::Provision(Provision::PutUser(Box::new(elsewhere)));
    check(served().then(put), comes_back(), &plain);
}

#[test]
fn whoever_was_written_down_as_the_last_counts_before_the_last_who_talked() {
    let back =
        |save_last_agent| SessionAct::Complete { queue: Some("Support".into()), save_last_agent, last: None };
    for (saves, kept) in [(true, "ann"), (false, "bob")] {
        let world = talking().then(ann(back(saves)));
        let world = world.then(offer("bob")).then(bob(accept())).then(bob(complete()));
        check(world, comes_back(), &format!("{QUEUED}kept for {kept} until 5000; said text by customer"));
    }
}

#[test]
fn an_offer_ends_it_whoever_is_offered_it() {
    let world = served().then(comes_back()).then(offer_of("s2", "bob"));
    let session = world.sessions().find(|session| session.id.as_str() == "s2").expect("the second");
    assert_eq!(session.preferred, None);
}

#[test]
fn a_first_message_is_anybody_s() {
    let told = served().perform(&anew(&on_page("m9", "Hello"), 0, "s3"));
    assert!(!told.contains("kept"), "{told}");
}

#[test]
fn a_supervisor_who_stepped_in_did_not_serve_the_customer() {
    let joins = supervises("ann", intrudes(Monitoring::BargeIn));
    let world = talking().then(is_supervisor("cat", true)).then(joins).then(cat(accept())).then(cat(leave()));
    check(
        world.then(ann(complete())),
        comes_back(),
        &format!("{QUEUED}kept for ann until 5000; said text by customer"),
    );
}
