//! Events that agents send from their phones (spec: core-and-voice#6.3).

use super::*;
use crate::{command::DeviceAct, device::DeviceEvent};

fn sends(agent: &str, dn: &str, data: &serde_json::Value) -> Command {
    device(agent, dn, DeviceAct::SendUserEvent(pairs(data)))
}

fn referred() -> Command {
    sends("ann", "5001", &serde_json::json!({"DispositionCode": "Referred", "A": 1}))
}

#[test]
fn the_disposition_in_it_is_set_while_the_agent_talks_and_after() {
    let set = |was: &str, late: &str| {
        format!(
            "2 event of ann for C100; disposition DispositionCode='Referred' was {was} by ann via SendUserEvent{late}"
        )
    };
    check(talking(), referred(), &set("null", ""));
    check(held(), referred(), &set("null", ""));
    check(released(), referred(), &set("null", " late"));
}

#[test]
fn what_else_is_in_it_is_not_attached_to_the_call() {
    let world = talking().then(referred());
    assert_eq!(world.call().lines[0].user_data.get("A"), None);
    check(talking(), sends("ann", "5001", &serde_json::json!({"A": 1})), "2 event of ann for C100");
}

#[test]
fn of_two_calls_it_belongs_to_the_one_in_which_the_agent_talks() {
    let other = sends("ann", "5001", &serde_json::json!({}));
    check(consulting(), other.clone(), "3 event of ann for C10G");
    check(consulting().then(ann(CallAct::Swap("C10G".into()))), other, "2 event of ann for C100");
}

#[test]
fn without_a_call_it_is_the_phones() {
    let world = phones().then(referred());
    let sent = world.history.iter().filter(|(_, _, event)| {
        matches!(event, crate::Event::Device(DeviceEvent::UserEvent { user_name, .. }) if user_name == "ann")
    });
    assert_eq!(sent.count(), 1);
    let mut later = released();
    later.now += 3_600_001;
    // It is among the last that ann had, so it takes a disposition whatever its age.
    check(
        later,
        referred(),
        "2 event of ann for C100; disposition DispositionCode='Referred' was null by ann via SendUserEvent late",
    );
}

#[test]
fn a_phone_that_is_not_registered_or_is_somebody_elses_sends_none() {
    check(phones().then(in_service("5001", false)), referred(), "no: Device '5001' is not registered.");
    check(phones(), sends("bob", "5001", &serde_json::json!({})), "no: Device '5001' was not found");
}
