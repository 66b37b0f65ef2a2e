use bayeux::Completed;
use serde_json::json;

use crate::rig::{Rig, polling, socket};

// Item 68.
#[test]
fn events_are_pushed_without_ending_the_held_connect() {
    let mut rig = Rig::new();
    let who = socket("agent1");
    let id = rig.listening(&who);
    let mut hold = rig.connect(&who, &id);
    assert!(hold.pushes());
    for n in 0..2 {
        rig.note("/a", &json!(n));
        let (events, looked) = rig.gather(&hold);
        assert!(rig.hub.pushed(&mut hold, looked));
        assert_eq!(events, [("/a", n.to_string())]);
    }
    assert_eq!(rig.hub.sizes().held, 1);
    assert_eq!(rig.finish(hold), [json!({"channel": "/meta/connect", "successful": true})], "nothing twice");
}

// Item 71.
#[test]
fn a_superseded_hold_pushes_no_more() {
    let mut rig = Rig::new();
    let who = socket("agent1");
    let id = rig.listening(&who);
    let mut older = rig.connect(&who, &id);
    let newer = rig.connect(&who, &id);
    rig.note("/a", &json!(1));
    assert!(!rig.hub.pushed(&mut older, 10));
    assert_eq!(rig.complete(older).1, Completed::Superseded);
    assert_eq!(rig.finish(newer)[0]["data"], 1);
}

// Item 72.
#[test]
fn a_lost_socket_is_continued_by_long_polling() {
    let mut rig = Rig::new();
    let (sock, poll) = (socket("agent1"), polling("agent1"));
    let id = rig.listening(&sock);
    let hold = rig.connect(&sock, &id);
    rig.hub.abandon(hold, rig.now);
    rig.note("/a", &json!(1));
    rig.now += 9_000;
    rig.hub.sweep(rig.now);
    let hold = rig.connect(&poll, &id);
    assert!(!hold.pushes());
    assert_eq!(rig.finish(hold)[0]["data"], 1);
}

// Items 63, 72: a socket's cookie is as old as its upgrade.
#[test]
fn a_session_opened_by_polling_continues_on_a_socket_without_its_cookie() {
    let mut rig = Rig::new();
    let id = rig.listening(&polling("agent1"));
    let mut sock = socket("agent1");
    sock.browser = None;
    let hold = rig.connect(&sock, &id);
    rig.finish(hold);
    // And one opened on a socket without any cookie is bound to its user alone.
    let id = rig.open(&sock);
    let hold = rig.connect(&polling("agent1"), &id);
    rig.finish(hold);
}

// Item 70.
#[test]
fn an_unknown_session_is_a_reply() {
    let mut rig = Rig::new();
    let reply = rig.reply(&socket("agent1"), &json!({"channel": "/meta/connect", "clientId": "nobody"}));
    assert_eq!(reply["error"], "402::Unknown client");
}
