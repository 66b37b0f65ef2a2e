use bayeux::Completed;
use serde_json::json;

use crate::host::{TestHost, polling, socket};

// spec: bayeux-conformance#68.
#[test]
fn events_are_pushed_without_ending_the_held_connect() {
    let mut host = TestHost::new();
    let who = socket("agent1");
    let id = host.listening(&who);
    let mut hold = host.connect(&who, &id);
    assert!(hold.pushes());
    for n in 0..2 {
        host.note("/a", &json!(n));
        let (events, looked) = host.gather(&hold);
        assert!(host.hub.pushed(&mut hold, looked));
        assert_eq!(events, [("/a", n.to_string())]);
    }
    assert_eq!(host.hub.sizes().held, 1);
    assert_eq!(host.finish(hold), [json!({"channel": "/meta/connect", "successful": true})], "nothing twice");
}

// spec: bayeux-conformance#71.
#[test]
fn a_superseded_hold_pushes_no_more() {
    let mut host = TestHost::new();
    let who = socket("agent1");
    let id = host.listening(&who);
    let mut older = host.connect(&who, &id);
    let newer = host.connect(&who, &id);
    host.note("/a", &json!(1));
    assert!(!host.hub.pushed(&mut older, 10));
    assert_eq!(host.complete(older).1, Completed::Superseded);
    assert_eq!(host.finish(newer)[0]["data"], 1);
}

// spec: bayeux-conformance#72.
#[test]
fn a_lost_socket_is_continued_by_long_polling() {
    let mut host = TestHost::new();
    let (sock, poll) = (socket("agent1"), polling("agent1"));
    let id = host.listening(&sock);
    let hold = host.connect(&sock, &id);
    host.hub.abandon(hold, host.now);
    host.note("/a", &json!(1));
    host.now += 9_000;
    host.hub.sweep(host.now);
    let hold = host.connect(&poll, &id);
    assert!(!hold.pushes());
    assert_eq!(host.finish(hold)[0]["data"], 1);
}

// spec: bayeux-conformance#63, #72: a socket's cookie is as old as its upgrade.
#[test]
fn a_session_opened_by_polling_continues_on_a_socket_without_its_cookie() {
    let mut host = TestHost::new();
    let id = host.listening(&polling("agent1"));
    let mut sock = socket("agent1");
    sock.browser = None;
    let hold = host.connect(&sock, &id);
    host.finish(hold);
    // And one opened on a socket without any cookie is bound to its user alone.
    let id = host.open(&sock);
    let hold = host.connect(&polling("agent1"), &id);
    host.finish(hold);
}

// spec: bayeux-conformance#70.
#[test]
fn an_unknown_session_is_a_reply() {
    let mut host = TestHost::new();
    let reply = host.reply(&socket("agent1"), &json!({"channel": "/meta/connect", "clientId": "nobody"}));
    assert_eq!(reply["error"], "402::Unknown client");
}
