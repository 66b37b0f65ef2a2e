use bayeux::{Config, Transport};
use serde_json::json;

use crate::host::{TestHost, Who, polling, socket};

fn other_cookie(who: &Who, cookie: Option<&str>) -> Who {
    Who { browser: cookie.map(String::from), ..who.clone() }
}

// spec: bayeux-conformance#63.
#[test]
fn the_cookie_binds_the_session() {
    let mut host = TestHost::new();
    let who = polling("agent1");
    let id = host.listening(&who);
    for cookie in [None, Some("another")] {
        let reply =
            host.reply(&other_cookie(&who, cookie), &json!({"channel": "/meta/connect", "clientId": id}));
        assert_eq!(reply["error"], "402::Unknown client");
        assert_eq!(reply["advice"]["reconnect"], "handshake");
    }
    let hold = host.connect(&who, &id);
    host.finish(hold);
}

// spec: bayeux-conformance#63.
#[test]
fn a_cookie_the_server_set_binds_like_one_it_was_given() {
    let mut host = TestHost::new();
    let bare = other_cookie(&polling("agent1"), None);
    let answers = host.send(&bare, &json!({"channel": "/meta/handshake"}));
    let [bayeux::MessageAnswer::Reply(reply)] = &answers[..] else { panic!("{answers:?}") };
    let (id, cookie) = (reply.opened().unwrap().to_string(), reply.set_browser().unwrap().to_owned());
    let hold = host.connect(&other_cookie(&bare, Some(&cookie)), &id);
    host.finish(hold);
    assert_eq!(host.reply(&bare, &json!({"channel": "/meta/connect", "clientId": id}))["successful"], false);
}

// spec: bayeux-conformance#63, client-requirements#2: some clients keep no cookies, and send credentials with every
// request.
#[test]
fn credentials_stand_in_for_a_missing_cookie_but_not_for_another_one() {
    let mut host = TestHost::new();
    let who = polling("agent1");
    let id = host.listening(&who);
    let vouched = Who { vouched: true, ..other_cookie(&who, None) };
    let hold = host.connect(&vouched, &id);
    assert_eq!(host.finish(hold)[0]["successful"], true);
    let another = Who { vouched: true, ..other_cookie(&who, Some("another")) };
    assert_eq!(
        host.reply(&another, &json!({"channel": "/meta/connect", "clientId": id}))["successful"],
        false
    );
}

// spec: bayeux-conformance#63.
#[test]
fn the_client_id_alone_can_be_trusted_by_configuration() {
    let mut host = TestHost::with(Config { bind_to_cookie: false, ..Config::default() });
    let who = polling("agent1");
    let id = host.listening(&who);
    let hold = host.connect(&other_cookie(&who, None), &id);
    assert_eq!(host.finish(hold)[0]["successful"], true);
}

// spec: bayeux-conformance#63.
#[test]
fn a_batch_cannot_smuggle_in_a_session_of_another_cookie() {
    let mut host = TestHost::new();
    let mine = polling("agent1");
    let theirs = other_cookie(&mine, Some("another"));
    let (my_id, their_id) = (host.open(&mine), host.open(&theirs));
    let replies = host.replies(
        &mine,
        &json!([
            {"channel": "/meta/subscribe", "clientId": my_id, "subscription": "/a"},
            {"channel": "/meta/subscribe", "clientId": their_id, "subscription": "/a"},
        ]),
    );
    assert_eq!(replies[0]["successful"], true);
    assert_eq!(replies[1]["error"], "402::Unknown client");
}

// spec: bayeux-conformance#64.
#[test]
fn a_second_session_of_a_browser_polls_while_the_first_is_held() {
    let mut host = TestHost::new();
    let who = polling("agent1");
    let (one, two) = (host.listening(&who), host.listening(&who));
    let first = host.connect(&who, &one);
    let second = host.connect(&who, &two);
    assert_eq!(second.until(), host.now);
    host.note("/a", &json!(1));
    let answer = host.finish(second);
    assert_eq!(answer[0]["data"], 1, "events are not kept back");
    let advice = json!({"reconnect": "retry", "interval": 2000, "multiple-clients": true});
    assert_eq!((&answer[1]["successful"], &answer[1]["advice"]), (&json!(true), &advice));
    assert!(host.hub.take_released().is_empty(), "the first stays held");

    host.finish(first);
    let second = host.connect(&who, &two);
    assert_eq!(second.until(), host.now + 30_000, "held again");
    let answer = host.finish(second);
    let usual = json!({"reconnect": "retry", "interval": 0, "timeout": 30000});
    assert_eq!(answer[0]["advice"], usual, "the passing advice is taken back");
    let second = host.connect(&who, &two);
    assert!(host.finish(second)[0].get("advice").is_none());
}

// spec: bayeux-conformance#64.
#[test]
fn the_advised_pause_does_not_count_towards_expiry() {
    let mut host = TestHost::new();
    let who = polling("agent1");
    let (one, two) = (host.listening(&who), host.listening(&who));
    let _first = host.connect(&who, &one);
    let second = host.connect(&who, &two);
    host.finish(second);
    host.now += 11_999;
    assert!(host.hub.sweep(host.now).is_empty());
    host.now += 1;
    assert_eq!(host.hub.sweep(host.now).len(), 1);
}

// spec: bayeux-conformance#64.
#[test]
fn without_a_pause_a_second_session_is_turned_away() {
    let mut host = TestHost::with(Config { multi_session_interval_ms: 0, ..Config::default() });
    let who = polling("agent1");
    let (one, two) = (host.listening(&who), host.listening(&who));
    let _first = host.connect(&who, &one);
    let reply = host.reply(&who, &json!({"channel": "/meta/connect", "clientId": two}));
    assert_eq!(reply["successful"], false);
    assert_eq!(reply["advice"], json!({"reconnect": "none", "interval": 0, "multiple-clients": true}));
}

// spec: bayeux-conformance#64: the place of a browser comes free however a hold ends.
#[test]
fn every_end_of_a_hold_frees_the_browser() {
    let mut host = TestHost::new();
    let who = polling("agent1");
    let (one, two) = (host.listening(&who), host.listening(&who));
    let hold = host.connect(&who, &one);
    host.hub.abandon(hold, host.now);
    assert_eq!(host.hub.sizes().browsers, 0);
    let replaced = host.connect(&who, &one);
    let hold = host.connect(&who, &one);
    assert!(hold.until() > host.now, "a session does not stand in its own way");
    host.complete(replaced);
    host.reply(&who, &json!({"channel": "/meta/disconnect", "clientId": one}));
    let hold_two = host.connect(&who, &two);
    assert!(hold_two.until() > host.now);
    host.complete(hold);
    host.finish(hold_two);
    assert_eq!(host.hub.sizes().browsers, 0);
}

// spec: bayeux-conformance#64.
#[test]
fn sockets_shared_connections_and_other_browsers_are_not_counted() {
    let mut host = TestHost::new();
    let (poll, sock) = (polling("agent1"), socket("agent1"));
    let (one, two) = (host.listening(&poll), host.listening(&sock));
    let elsewhere = other_cookie(&poll, Some("elsewhere"));
    let three = host.listening(&elsewhere);
    let shared = Who { transport: Transport::Multiplexed, ..poll.clone() };
    let four = host.listening(&shared);
    let holds = [
        host.connect(&poll, &one),
        host.connect(&sock, &two),
        host.connect(&elsewhere, &three),
        host.connect(&shared, &four),
    ];
    assert!(holds.iter().all(|hold| hold.until() > host.now));
}
