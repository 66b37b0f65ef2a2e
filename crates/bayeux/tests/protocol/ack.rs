use bayeux::Config;
use serde_json::{Value, json};

use crate::rig::{Rig, Who, polling, socket};

fn listening(rig: &mut Rig, who: &Who) -> String {
    let id = rig.open_ack(who);
    rig.subscribe(who, &id, "/**");
    let hold = rig.connect_ack(who, &id, 0);
    rig.finish(hold);
    id
}

fn data(answer: &[Value]) -> Vec<i64> {
    answer.iter().filter_map(|message| message.get("data")?.as_i64()).collect()
}

// Items 57, 59: the JavaScript generations 3.1, 5 and 9 send a boolean and read both forms.
#[test]
fn the_handshake_is_answered_in_the_form_it_was_asked() {
    let mut rig = Rig::new();
    rig.start = 40;
    let mut ext = |asked: Value| {
        let body = json!({"channel": "/meta/handshake", "ext": {"ack": asked}});
        rig.reply(&polling("agent1"), &body).get("ext").cloned()
    };
    assert_eq!(ext(json!(true)), Some(json!({"ack": true})));
    assert_eq!(ext(json!({"enabled": true})), Some(json!({"ack": {"enabled": true, "batch": 40}})));
    assert_eq!(ext(json!(false)), None);
    assert_eq!(ext(json!({"enabled": false})), None);
    assert_eq!(ext(json!("yes")), None);
}

// Item 57: the number is the mailbox position looked at.
#[test]
fn every_connect_reply_carries_a_number_that_never_falls() {
    let mut rig = Rig::new();
    let who = polling("agent1");
    let id = listening(&mut rig, &who);
    let mut last = 0;
    for n in 0..3 {
        rig.note("/a", &json!(n));
        let hold = rig.connect_ack(&who, &id, last);
        let answer = rig.finish(hold);
        assert_eq!(data(&answer), [n]);
        let number = answer[1]["ext"]["ack"].as_i64().unwrap();
        assert!(number > last);
        last = number;
    }
}

// Item 57.
#[test]
fn an_older_number_replays_and_the_latest_drops_for_good() {
    let mut rig = Rig::new();
    let who = polling("agent1");
    let id = listening(&mut rig, &who);
    rig.note("/a", &json!(1));
    let hold = rig.connect_ack(&who, &id, 0);
    let first = rig.finish(hold);
    rig.note("/a", &json!(2));
    let hold = rig.connect_ack(&who, &id, 0);
    let again = rig.finish(hold);
    assert_eq!((data(&first), data(&again)), (vec![1], vec![1, 2]));
    let number = again[2]["ext"]["ack"].as_i64().unwrap();
    assert!(number > first[1]["ext"]["ack"].as_i64().unwrap());
    let hold = rig.connect_ack(&who, &id, number);
    assert!(data(&rig.finish(hold)).is_empty());
    assert_eq!(rig.hub.low_water("agent1"), u64::try_from(number).ok());
}

// The JavaScript clients begin at 0, the Java one at -1.
#[test]
fn nothing_yet_means_from_where_the_session_began() {
    let mut rig = Rig::new();
    let who = polling("agent1");
    rig.note("/a", &json!("before"));
    rig.start = 10;
    let id = listening(&mut rig, &who);
    rig.note("/a", &json!(1));
    for nothing in [-1, 0, 5] {
        let hold = rig.connect_ack(&who, &id, nothing);
        assert_eq!(hold.after(), 10);
        assert_eq!(data(&rig.finish(hold)), [1]);
    }
}

// Item 58.
#[test]
fn events_travel_only_in_connect_responses_also_on_a_socket() {
    let mut rig = Rig::new();
    let who = socket("agent1");
    let id = listening(&mut rig, &who);
    let mut hold = rig.connect_ack(&who, &id, 0);
    assert!(!hold.pushes());
    assert!(!rig.hub.pushed(&mut hold, 99), "and cannot be pushed past");
    rig.note("/a", &json!(1));
    assert_eq!(data(&rig.finish(hold)), [1]);
}

// Item 59.
#[test]
fn without_the_extension_there_are_no_numbers_and_nothing_comes_twice() {
    let mut rig = Rig::new();
    let who = polling("agent1");
    let id = rig.listening(&who);
    rig.note("/a", &json!(1));
    let hold = rig.connect_ack(&who, &id, 0);
    let answer = rig.finish(hold);
    assert_eq!((data(&answer), answer[1].get("ext")), (vec![1], None));
    let hold = rig.connect_ack(&who, &id, 0);
    assert!(data(&rig.finish(hold)).is_empty());
}

// Item 60.
#[test]
fn a_poll_cut_in_its_answer_is_repeated_exactly() {
    let mut rig = Rig::new();
    let who = polling("agent1");
    let id = listening(&mut rig, &who);
    rig.note("/a", &json!(1));
    let hold = rig.connect_ack(&who, &id, 0);
    rig.finish(hold); // and the connection breaks while this is written
    let hold = rig.connect_ack(&who, &id, 0);
    let answer = rig.finish(hold);
    assert_eq!(data(&answer), [1]);
}

#[test]
fn a_connect_without_its_number_goes_on_but_acknowledges_nothing() {
    let mut rig = Rig::new();
    let who = polling("agent1");
    let id = listening(&mut rig, &who);
    rig.note("/a", &json!(1));
    let hold = rig.connect_ack(&who, &id, 0);
    rig.finish(hold);
    let hold = rig.connect(&who, &id);
    assert_eq!(hold.after(), 10);
    rig.finish(hold);
    assert_eq!(rig.hub.low_water("agent1"), Some(0));
}

#[test]
fn the_mailbox_is_needed_down_to_its_slowest_session() {
    let mut rig = Rig::with(Config { held_per_browser: 0, ..Config::default() });
    let who = polling("agent1");
    assert_eq!(rig.hub.low_water("agent1"), None);
    let (quick, slow) = (listening(&mut rig, &who), listening(&mut rig, &who));
    rig.note("/a", &json!(1));
    let hold = rig.connect_ack(&who, &quick, 10);
    rig.finish(hold);
    assert_eq!(rig.hub.low_water("agent1"), Some(0));
    let hold = rig.connect_ack(&who, &slow, 7);
    rig.finish(hold);
    assert_eq!(rig.hub.low_water("agent1"), Some(7));
    // An old number repeats notes but takes no acknowledgement back.
    let hold = rig.connect_ack(&who, &slow, 3);
    assert_eq!(hold.after(), 3);
    rig.finish(hold);
    assert_eq!(rig.hub.low_water("agent1"), Some(7));
}

#[test]
fn an_acknowledgement_beyond_the_mailbox_is_cut_to_its_head() {
    for claimed in [json!(u64::MAX), json!(i64::MAX), json!(1e308), json!(5_000.5)] {
        let mut rig = Rig::new();
        let who = polling("agent1");
        let id = listening(&mut rig, &who);
        rig.note("/a", &json!(1));
        let body = json!({"channel": "/meta/connect", "clientId": id, "ext": {"ack": claimed}});
        let hold = rig.hold(&who, &body);
        assert_eq!(hold.after(), 10, "{claimed}");
        rig.finish(hold);
        assert_eq!(rig.hub.low_water("agent1"), Some(10), "{claimed}");
        rig.note("/a", &json!(2));
        let hold = rig.connect_ack(&who, &id, 10);
        assert_eq!(data(&rig.finish(hold)), [2], "it goes on hearing");
    }
}

#[test]
fn a_negative_acknowledgement_is_that_of_nothing() {
    let mut rig = Rig::new();
    let who = polling("agent1");
    let id = listening(&mut rig, &who);
    rig.note("/a", &json!(1));
    let hold = rig.connect_ack(&who, &id, i64::MIN);
    assert_eq!(data(&rig.finish(hold)), [1]);
    assert_eq!(rig.hub.low_water("agent1"), Some(0));
}
