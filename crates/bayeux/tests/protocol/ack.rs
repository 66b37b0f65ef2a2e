use bayeux::Config;
use serde_json::{Value, json};

use crate::host::{TestHost, Who, polling, socket};

fn listening(host: &mut TestHost, who: &Who) -> String {
    let id = host.open_ack(who);
    host.subscribe(who, &id, "/**");
    let hold = host.connect_ack(who, &id, 0);
    host.finish(hold);
    id
}

fn data(answer: &[Value]) -> Vec<i64> {
    answer.iter().filter_map(|message| message.get("data")?.as_i64()).collect()
}

// spec: bayeux-conformance#57, #59: the JavaScript generations 3.1, 5 and 9 send a boolean and read both forms.
#[test]
fn the_handshake_is_answered_in_the_form_it_was_asked() {
    let mut host = TestHost::new();
    host.start = 40;
    let mut ext = |asked: Value| {
        let body = json!({"channel": "/meta/handshake", "ext": {"ack": asked}});
        host.reply(&polling("agent1"), &body).get("ext").cloned()
    };
    assert_eq!(ext(json!(true)), Some(json!({"ack": true})));
    assert_eq!(ext(json!({"enabled": true})), Some(json!({"ack": {"enabled": true, "batch": 40}})));
    assert_eq!(ext(json!(false)), None);
    assert_eq!(ext(json!({"enabled": false})), None);
    assert_eq!(ext(json!("yes")), None);
}

// spec: bayeux-conformance#57: the number is the mailbox position looked at.
#[test]
fn every_connect_reply_carries_a_number_that_never_falls() {
    let mut host = TestHost::new();
    let who = polling("agent1");
    let id = listening(&mut host, &who);
    let mut last = 0;
    for n in 0..3 {
        host.note("/a", &json!(n));
        let hold = host.connect_ack(&who, &id, last);
        let answer = host.finish(hold);
        assert_eq!(data(&answer), [n]);
        let number = answer[1]["ext"]["ack"].as_i64().unwrap();
        assert!(number > last);
        last = number;
    }
}

// spec: bayeux-conformance#57.
#[test]
fn an_older_number_replays_and_the_latest_drops_for_good() {
    let mut host = TestHost::new();
    let who = polling("agent1");
    let id = listening(&mut host, &who);
    host.note("/a", &json!(1));
    let hold = host.connect_ack(&who, &id, 0);
    let first = host.finish(hold);
    host.note("/a", &json!(2));
    let hold = host.connect_ack(&who, &id, 0);
    let again = host.finish(hold);
    assert_eq!((data(&first), data(&again)), (vec![1], vec![1, 2]));
    let number = again[2]["ext"]["ack"].as_i64().unwrap();
    assert!(number > first[1]["ext"]["ack"].as_i64().unwrap());
    let hold = host.connect_ack(&who, &id, number);
    assert!(data(&host.finish(hold)).is_empty());
    assert_eq!(host.hub.low_water("agent1"), u64::try_from(number).ok());
}

// The JavaScript clients begin at 0, the Java one at -1.
#[test]
fn nothing_yet_means_from_where_the_session_began() {
    let mut host = TestHost::new();
    let who = polling("agent1");
    host.note("/a", &json!("before"));
    host.start = 10;
    let id = listening(&mut host, &who);
    host.note("/a", &json!(1));
    for nothing in [-1, 0, 5] {
        let hold = host.connect_ack(&who, &id, nothing);
        assert_eq!(hold.after(), 10);
        assert_eq!(data(&host.finish(hold)), [1]);
    }
}

// spec: bayeux-conformance#58.
#[test]
fn events_travel_only_in_connect_responses_also_on_a_socket() {
    let mut host = TestHost::new();
    let who = socket("agent1");
    let id = listening(&mut host, &who);
    let mut hold = host.connect_ack(&who, &id, 0);
    assert!(!hold.pushes());
    assert!(!host.hub.pushed(&mut hold, 99), "and cannot be pushed past");
    host.note("/a", &json!(1));
    assert_eq!(data(&host.finish(hold)), [1]);
}

// spec: bayeux-conformance#59.
#[test]
fn without_the_extension_there_are_no_numbers_and_nothing_comes_twice() {
    let mut host = TestHost::new();
    let who = polling("agent1");
    let id = host.listening(&who);
    host.note("/a", &json!(1));
    let hold = host.connect_ack(&who, &id, 0);
    let answer = host.finish(hold);
    assert_eq!((data(&answer), answer[1].get("ext")), (vec![1], None));
    let hold = host.connect_ack(&who, &id, 0);
    assert!(data(&host.finish(hold)).is_empty());
}

// spec: bayeux-conformance#60.
#[test]
fn a_poll_cut_in_its_answer_is_repeated_exactly() {
    let mut host = TestHost::new();
    let who = polling("agent1");
    let id = listening(&mut host, &who);
    host.note("/a", &json!(1));
    let hold = host.connect_ack(&who, &id, 0);
    host.finish(hold); // and the connection breaks while this is written
    let hold = host.connect_ack(&who, &id, 0);
    let answer = host.finish(hold);
    assert_eq!(data(&answer), [1]);
}

#[test]
fn a_connect_without_its_number_goes_on_but_acknowledges_nothing() {
    let mut host = TestHost::new();
    let who = polling("agent1");
    let id = listening(&mut host, &who);
    host.note("/a", &json!(1));
    let hold = host.connect_ack(&who, &id, 0);
    host.finish(hold);
    let hold = host.connect(&who, &id);
    assert_eq!(hold.after(), 10);
    host.finish(hold);
    assert_eq!(host.hub.low_water("agent1"), Some(0));
}

#[test]
fn the_mailbox_is_needed_down_to_its_slowest_session() {
    let mut host = TestHost::with(Config { held_per_browser: 0, ..Config::default() });
    let who = polling("agent1");
    assert_eq!(host.hub.low_water("agent1"), None);
    let (quick, slow) = (listening(&mut host, &who), listening(&mut host, &who));
    host.note("/a", &json!(1));
    let hold = host.connect_ack(&who, &quick, 10);
    host.finish(hold);
    assert_eq!(host.hub.low_water("agent1"), Some(0));
    let hold = host.connect_ack(&who, &slow, 7);
    host.finish(hold);
    assert_eq!(host.hub.low_water("agent1"), Some(7));
    // An old number repeats notes but takes no acknowledgement back.
    let hold = host.connect_ack(&who, &slow, 3);
    assert_eq!(hold.after(), 3);
    host.finish(hold);
    assert_eq!(host.hub.low_water("agent1"), Some(7));
}

#[test]
fn an_acknowledgement_beyond_the_mailbox_is_cut_to_its_head() {
    for claimed in [json!(u64::MAX), json!(i64::MAX), json!(1e308), json!(5_000.5)] {
        let mut host = TestHost::new();
        let who = polling("agent1");
        let id = listening(&mut host, &who);
        host.note("/a", &json!(1));
        let body = json!({"channel": "/meta/connect", "clientId": id, "ext": {"ack": claimed}});
        let hold = host.hold(&who, &body);
        assert_eq!(hold.after(), 10, "{claimed}");
        host.finish(hold);
        assert_eq!(host.hub.low_water("agent1"), Some(10), "{claimed}");
        host.note("/a", &json!(2));
        let hold = host.connect_ack(&who, &id, 10);
        assert_eq!(data(&host.finish(hold)), [2], "it goes on hearing");
    }
}

#[test]
fn a_negative_acknowledgement_is_that_of_nothing() {
    let mut host = TestHost::new();
    let who = polling("agent1");
    let id = listening(&mut host, &who);
    host.note("/a", &json!(1));
    let hold = host.connect_ack(&who, &id, i64::MIN);
    assert_eq!(data(&host.finish(hold)), [1]);
    assert_eq!(host.hub.low_water("agent1"), Some(0));
}
