use bayeux::Sizes;
use serde_json::json;

use crate::rig::{Rig, polling};

const NOTHING: Sizes =
    Sizes { sessions: 0, held: 0, principals: 0, browsers: 0, lists: 0, timers: 0, told: 0, endings: 0 };

// Item 33.
#[test]
fn a_session_expires_after_the_max_interval_since_its_last_reply() {
    let mut rig = Rig::new();
    let who = polling("agent1");
    let id = rig.listening(&who);
    rig.now += 5_000;
    let hold = rig.connect(&who, &id);
    rig.now += 4_000;
    rig.finish(hold);
    rig.now += 9_999;
    assert!(rig.hub.sweep(rig.now).is_empty());
    rig.now += 1;
    assert_eq!(rig.hub.sweep(rig.now).first().map(bayeux::ClientId::as_str), Some(id.as_str()));
    assert!(rig.hub.take_released().is_empty(), "expiry tells nobody (item 66)");
    let reply = rig.reply(&who, &json!({"channel": "/meta/connect", "clientId": id}));
    assert_eq!(reply["advice"]["reconnect"], "handshake");
}

// Item 33.
#[test]
fn a_held_connect_does_not_expire() {
    let mut rig = Rig::new();
    let who = polling("agent1");
    let id = rig.listening(&who);
    let hold = rig.connect(&who, &id);
    for _ in 0..100 {
        rig.now += 1_000;
        assert!(rig.hub.sweep(rig.now).is_empty());
    }
    rig.finish(hold);
    rig.now += 10_000;
    assert_eq!(rig.hub.sweep(rig.now).len(), 1, "and expires on time afterwards");
}

// Item 33.
#[test]
fn a_session_that_never_connects_expires() {
    let mut rig = Rig::new();
    rig.open(&polling("agent1"));
    rig.now += 10_000;
    assert_eq!(rig.hub.sweep(rig.now).len(), 1);
}

// Item 34.
#[test]
fn other_traffic_extends_a_session_but_not_for_ever() {
    let mut rig = Rig::new();
    let who = polling("agent1");
    let id = rig.listening(&who);
    let mut lived = 0;
    while rig.alive(&id) {
        assert!(lived < 120_000, "it must end");
        lived += 5_000;
        rig.now += 5_000;
        rig.hub.sweep(rig.now);
        rig.subscribe(&who, &id, "/a");
    }
    assert_eq!(lived, 60_000);
}

#[test]
fn a_long_pause_asked_for_once_is_over_with_the_next_connect() {
    let mut rig = Rig::new();
    let who = polling("agent1");
    let id = rig.listening(&who);
    let body = json!({"channel": "/meta/connect", "clientId": id, "advice": {"interval": 60_000}});
    let hold = rig.hold(&who, &body);
    rig.finish(hold);
    rig.now += 20_000;
    assert!(rig.hub.sweep(rig.now).is_empty());
    let hold = rig.connect(&who, &id);
    rig.finish(hold);
    rig.now += 10_000;
    assert_eq!(rig.hub.sweep(rig.now).len(), 1);
}

#[test]
fn while_the_process_stood_still_no_session_expires() {
    let mut rig = Rig::new();
    let who = polling("agent1");
    let id = rig.listening(&who);
    let hold = rig.connect(&who, &id);
    rig.finish(hold);
    rig.now += 4_000 + 600_000;
    rig.hub.stood_still(600_000);
    assert!(rig.hub.sweep(rig.now).is_empty());
    rig.now += 5_999;
    assert!(rig.hub.sweep(rig.now).is_empty(), "each keeps the rest that it had");
    rig.now += 1;
    assert_eq!(rig.hub.sweep(rig.now).len(), 1);
}

// Item 80.
#[test]
fn ten_thousand_cycles_leave_nothing_behind() {
    let mut rig = Rig::new();
    let who = polling("agent1");
    for round in 0..10_000 {
        let id = rig.listening(&who);
        let hold = rig.connect(&who, &id);
        if round % 2 == 0 {
            rig.reply(&who, &json!({"channel": "/meta/disconnect", "clientId": id}));
            rig.complete(hold);
        } else {
            rig.hub.abandon(hold, rig.now);
            rig.now += 10_000;
            rig.hub.sweep(rig.now);
        }
        rig.hub.take_released();
    }
    rig.hub.sweep(rig.now);
    assert_eq!(rig.hub.sizes(), NOTHING);
    assert!(rig.hub.take_changes().is_empty(), "sessions without acknowledgements are not kept");
}
