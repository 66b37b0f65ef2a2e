//! Erasure (spec: decisions#1): the words go, the numbers stay.

use super::*;
use crate::{
    Event, Key, Message, State,
    command::{CustomerAct, SessionAct},
    session::Fact,
};
use serde_json::{Value, json};

#[test]
fn only_what_is_over_is_erased() {
    let erase = || Command::Erase { session: s1() };
    check(chatting(), erase(), "no: Interaction 's1' is in use");
    check(left(), erase(), "no: Interaction 's1' is in use");
    check(TestCentre::new(), erase(), "no: Interaction 's1' was not found");
    let erased = check(completed(), erase(), "erased");
    check(erased, erase(), "");
}

#[test]
fn no_word_of_the_customer_stays() {
    let secret = json!({"Subject": "MARKER", "Deep": {"a": ["MARKER"]}});
    let mut open = opening("s1", &secret);
    open.nickname = "MARKER".into();
    let world = TestCentre::new()
        .then(Command::Open(Box::new(open)))
        .then(customer_says("MARKER"))
        .then(customer_types(true, Some("MARKER")))
        .then(customer(CustomerAct::Rename("MARKER 2".into())))
        .then(customer(CustomerAct::Data(pairs(&json!({"More": "MARKER", "DispositionCode": "MARKER"})))))
        .then(offer("ann"))
        .then(ann(accept()))
        .then(ann(SessionAct::Say { text: "MARKER".into(), message_type: Some("MARKER".into()) }))
        .then(ann(SessionAct::SendUrl("https://MARKER".into())))
        .then(ann(SessionAct::Notice("MARKER".into())))
        .then(ann(update(&json!({"Subject": "MARKER 2"}))))
        .then(ann(dispose_under("Subject", "IssueResolved")))
        .then(ann(SessionAct::Comment("MARKER".into())))
        .then(ann(complete()))
        .then(ann(dispose_under("Free", "MARKER")))
        .then(Command::Erase { session: s1() });
    assert!(!redacted(&world).contains("MARKER"));
}

#[test]
fn codes_of_the_book_stay_for_the_numbers() {
    let world = chatting().then(ann(dispose("IssueResolved"))).then(ann(complete()));
    let world = world.then(Command::Erase { session: s1() });
    assert!(redacted(&world).contains("IssueResolved"));
    let agent = &world.session().agents[0];
    assert_eq!((agent.user_name.as_str(), agent.nickname.as_str()), ("ann", "Tom"));
    assert_eq!(world.session().user_data.get("Subject"), Some(&Value::from("")));
    assert_eq!(world.log[&s1()].len() + 1, world.session().next_index as usize);
}

/// Everything that is left of erased conversations, as a store keeps it: what folds from the redacted events must
/// be the snapshot.
pub fn redacted(world: &TestCentre) -> String {
    let mut left = String::new();
    for session in world.sessions().filter(|session| session.erased) {
        let key = Key::Session(session.id.clone());
        let mut folded = None;
        for (_, at, event) in world.history.iter().filter(|(of, ..)| *of == key) {
            let mut event = event.clone();
            // What happened after the erasure is new.
            if !matches!(folded, Some(State::Session(ref session)) if session.erased) {
                event.redact();
            }
            if !matches!(&event, Event::Session(event) if event.fact == Fact::Erased) {
                left.push_str(&serde_json::to_string(&event).expect("JSON"));
            }
            folded = State::apply(folded, &key, *at, &event);
            assert!(folded.is_some());
        }
        assert_eq!(
            folded,
            Some(State::Session(session.clone())),
            "redacted events fold to the erased snapshot"
        );
        left.push_str(&serde_json::to_string(session).expect("JSON"));
        let mut log: Vec<Message> = world.log[&session.id].clone();
        log.iter_mut().for_each(Message::redact);
        left.push_str(&serde_json::to_string(&log).expect("JSON"));
    }
    left
}
