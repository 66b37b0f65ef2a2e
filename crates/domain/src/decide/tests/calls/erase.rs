//! Erasure of calls (spec: decisions#1): who called, from where and what was attached goes; the numbers stay.

use super::*;
use crate::{
    Event, Key, State,
    call::{CallerId, Fact},
    command::{Arrive, Destination, Dial},
};
use serde_json::json;

/// What no erased call may hold. It also is no code of the book.
pub const MARKER: &str = "MARKER";

fn erase() -> Command {
    Command::Erase { session: c1() }
}

#[test]
fn only_what_is_over_is_erased() {
    for open in [waiting(), offered(), talking(), held(), dialling()] {
        check(open, erase(), "no: Call 'C100' is in use");
    }
    check(phones(), erase(), "no: Interaction 'C100' was not found");
    let erased = check(released(), erase(), "erased");
    check(erased, erase(), "");
}

#[test]
fn nothing_personal_of_a_call_that_came_in_stays() {
    let arrive = Arrive {
        from: CallerId { number: MARKER.into(), name: MARKER.into() },
        user_data: pairs(&json!({"Subject": MARKER, "Deep": {"a": [MARKER]}})),
        ..arrival(to_queue("Support", None))
    };
    let set = |key: &str| CallAct::SetDisposition { value: MARKER.into(), key: Some(key.into()) };
    let world = phones()
        .then(Command::Arrive(Box::new(arrive)))
        .then(offer("ann"))
        .then(up(2))
        .then(ann(CallAct::UpdateUserData(pairs(&json!({"More": MARKER, "DispositionCode": MARKER})))))
        .then(ann(set("Subject")))
        .then(ann(CallAct::SetDisposition { value: "Referred".into(), key: None }))
        .then(ann(CallAct::Hangup))
        .then(ann(set("Free")))
        .then(ann(set("DispositionCode")))
        .then(erase());
    let left = redacted(&world);
    assert!(!left.contains(MARKER), "{left}");
    assert!(left.contains("Referred"), "codes of the book stay for the numbers");
    assert!(left.contains("5001"), "numbers of our own phones are nobody's secret");
    assert_eq!(world.call().lines[0].user_data.get("Subject"), Some(&json!("")));
    assert_eq!(world.call().lines[0].dialled.as_str(), "9000");
}

#[test]
fn nothing_personal_of_a_call_that_went_out_stays() {
    let mut dial: Dial = dialled("C100", "5001", MARKER, Destination::Nowhere);
    dial.location = Some(MARKER.into());
    dial.user_data = pairs(&json!({"A": MARKER}));
    let world = phones().then(Command::Dial { agent: "ann".into(), dial: Box::new(dial) }).then(up(1));
    let world = world.then(up(2)).then(ann(CallAct::Hangup)).then(erase());
    assert!(!redacted(&world).contains(MARKER));
    let dial = dialled("C100", "5001", "5002", to_device(MARKER));
    let world = phones().then(Command::Dial { agent: "ann".into(), dial: Box::new(dial) }).then(up(1));
    let world = world.then(lost()).then(erase());
    assert!(!redacted(&world).contains(MARKER), "a phone may be forwarded outside");
}

/// Everything that is left of erased calls, as a store keeps it: what folds from the redacted events must be the
/// snapshot.
pub fn redacted(world: &TestCentre) -> String {
    let mut left = String::new();
    for call in world.calls().filter(|call| call.erased) {
        let key = Key::Call(call.id.clone());
        let mut folded = None;
        for (_, at, event) in world.history.iter().filter(|(of, ..)| *of == key) {
            let mut event = event.clone();
            // What happened after the erasure is new.
            if !matches!(&folded, Some(State::Call(call)) if call.erased) {
                event.redact();
            }
            if !matches!(&event, Event::Call(event) if event.fact == Fact::Erased) {
                left.push_str(&serde_json::to_string(&event).expect("JSON"));
            }
            folded = State::apply(folded, &key, *at, &event);
            assert!(folded.is_some());
        }
        let snapshot = State::Call(Box::new(call.clone()));
        assert_eq!(folded, Some(snapshot), "redacted events fold to the erased snapshot");
        left.push_str(&serde_json::to_string(call).expect("JSON"));
    }
    left
}
