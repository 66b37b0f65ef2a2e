use bayeux::Sizes;
use serde_json::json;

use crate::host::{TestHost, polling};

const NOTHING: Sizes =
    Sizes { sessions: 0, held: 0, principals: 0, browsers: 0, lists: 0, timers: 0, told: 0, endings: 0 };

// spec: bayeux-conformance#33.
#[test]
fn a_session_expires_after_the_max_interval_since_its_last_reply() {
    let mut host = TestHost::new();
    let who = polling("agent1");
    let id = host.listening(&who);
    host.now += 5_000;
    let hold = host.connect(&who, &id);
    host.now += 4_000;
    host.finish(hold);
    host.now += 9_999;
    assert!(host.hub.sweep(host.now).is_empty());
    host.now += 1;
    assert_eq!(host.hub.sweep(host.now).first().map(bayeux::ClientId::as_str), Some(id.as_str()));
    assert!(host.hub.take_released().is_empty(), "expiry tells nobody (item 66)");
    let reply = host.reply(&who, &json!({"channel": "/meta/connect", "clientId": id}));
    assert_eq!(reply["advice"]["reconnect"], "handshake");
}

// spec: bayeux-conformance#33.
#[test]
fn a_held_connect_does_not_expire() {
    let mut host = TestHost::new();
    let who = polling("agent1");
    let id = host.listening(&who);
    let hold = host.connect(&who, &id);
    for _ in 0..100 {
        host.now += 1_000;
        assert!(host.hub.sweep(host.now).is_empty());
    }
    host.finish(hold);
    host.now += 10_000;
    assert_eq!(host.hub.sweep(host.now).len(), 1, "and expires on time afterwards");
}

// spec: bayeux-conformance#33.
#[test]
fn a_session_that_never_connects_expires() {
    let mut host = TestHost::new();
    host.open(&polling("agent1"));
    host.now += 10_000;
    assert_eq!(host.hub.sweep(host.now).len(), 1);
}

// spec: bayeux-conformance#34.
#[test]
fn other_traffic_extends_a_session_but_not_for_ever() {
    let mut host = TestHost::new();
    let who = polling("agent1");
    let id = host.listening(&who);
    let mut lived = 0;
    while host.alive(&id) {
        assert!(lived < 120_000, "it must end");
        lived += 5_000;
        host.now += 5_000;
        host.hub.sweep(host.now);
        host.subscribe(&who, &id, "/a");
    }
    assert_eq!(lived, 60_000);
}

#[test]
fn a_long_pause_asked_for_once_is_over_with_the_next_connect() {
    let mut host = TestHost::new();
    let who = polling("agent1");
    let id = host.listening(&who);
    let body = json!({"channel": "/meta/connect", "clientId": id, "advice": {"interval": 60_000}});
    let hold = host.hold(&who, &body);
    host.finish(hold);
    host.now += 20_000;
    assert!(host.hub.sweep(host.now).is_empty());
    let hold = host.connect(&who, &id);
    host.finish(hold);
    host.now += 10_000;
    assert_eq!(host.hub.sweep(host.now).len(), 1);
}

#[test]
fn while_the_process_stood_still_no_session_expires() {
    let mut host = TestHost::new();
    let who = polling("agent1");
    let id = host.listening(&who);
    let hold = host.connect(&who, &id);
    host.finish(hold);
    host.now += 4_000 + 600_000;
    host.hub.stood_still(600_000);
    assert!(host.hub.sweep(host.now).is_empty());
    host.now += 5_999;
    assert!(host.hub.sweep(host.now).is_empty(), "each keeps the rest that it had");
    host.now += 1;
    assert_eq!(host.hub.sweep(host.now).len(), 1);
}

// spec: bayeux-conformance#80.
#[test]
fn ten_thousand_cycles_leave_nothing_behind() {
    let mut host = TestHost::new();
    let who = polling("agent1");
    for round in 0..10_000 {
        let id = host.listening(&who);
        let hold = host.connect(&who, &id);
        if round % 2 == 0 {
            host.reply(&who, &json!({"channel": "/meta/disconnect", "clientId": id}));
            host.complete(hold);
        } else {
            host.hub.abandon(hold, host.now);
            host.now += 10_000;
            host.hub.sweep(host.now);
        }
        host.hub.take_released();
    }
    host.hub.sweep(host.now);
    assert_eq!(host.hub.sizes(), NOTHING);
    assert!(host.hub.take_changes().is_empty(), "sessions without acknowledgements are not kept");
}
