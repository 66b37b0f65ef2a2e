use bayeux::{Completed, Reconnect, Released};
use serde_json::json;

use crate::host::{TestHost, polling};

// spec: bayeux-conformance#22.
#[test]
fn the_first_connect_is_answered_at_once_without_advice() {
    let mut host = TestHost::new();
    let who = polling("agent1");
    let id = host.open(&who);
    let hold = host.connect(&who, &id);
    assert_eq!(hold.until(), host.now);
    assert_eq!(host.finish(hold), [json!({"channel": "/meta/connect", "successful": true})]);
}

// spec: bayeux-conformance#23.
#[test]
fn timeout_zero_is_answered_at_once_with_advice() {
    let mut host = TestHost::new();
    let who = polling("agent1");
    let id = host.listening(&who);
    let hold =
        host.hold(&who, &json!({"channel": "/meta/connect", "clientId": id, "advice": {"timeout": 0}}));
    assert_eq!(hold.until(), host.now);
    let advice = &host.finish(hold)[0]["advice"];
    assert_eq!(advice, &json!({"reconnect": "retry", "interval": 0, "timeout": 30000}));
}

// spec: bayeux-conformance#24.
#[test]
fn an_asked_timeout_bounds_the_hold_and_the_server_bounds_it_too() {
    let mut host = TestHost::new();
    let who = polling("agent1");
    let id = host.listening(&who);
    for (asked, held) in [(1500, 1500), (3_600_000, 30_000)] {
        let body = json!({"channel": "/meta/connect", "clientId": id, "advice": {"timeout": asked}});
        let hold = host.hold(&who, &body);
        assert_eq!(hold.until() - host.now, held);
        host.finish(hold);
    }
}

// spec: bayeux-conformance#25.
#[test]
fn a_later_connect_is_held_for_the_timeout() {
    let mut host = TestHost::new();
    let who = polling("agent1");
    let id = host.listening(&who);
    let hold = host.connect(&who, &id);
    assert_eq!(hold.until(), host.now + 30_000);
    host.now = hold.until();
    assert_eq!(host.finish(hold), [json!({"channel": "/meta/connect", "successful": true})]);
}

// spec: bayeux-conformance#26.
#[test]
fn an_asked_interval_is_reflected_and_extends_expiry() {
    let mut host = TestHost::new();
    let who = polling("agent1");
    let id = host.listening(&who);
    let hold =
        host.hold(&who, &json!({"channel": "/meta/connect", "clientId": id, "advice": {"interval": 7000}}));
    assert_eq!(host.finish(hold)[0]["advice"]["interval"], 7000);
    host.now += 16_999;
    assert!(host.hub.sweep(host.now).is_empty());
    host.now += 1;
    assert_eq!(host.hub.sweep(host.now).len(), 1);
}

// spec: bayeux-conformance#27, #29.
#[test]
fn events_come_first_and_the_reply_last() {
    let mut host = TestHost::new();
    let who = polling("agent1");
    let id = host.listening(&who);
    host.note("/v2/me/calls", &json!({"n": 1}));
    host.note("/v2/me/chats", &json!({"n": 2}));
    let hold = host.connect(&who, &id);
    assert_eq!(
        host.finish(hold),
        [
            json!({"channel": "/v2/me/calls", "data": {"n": 1}}),
            json!({"channel": "/v2/me/chats", "data": {"n": 2}}),
            json!({"channel": "/meta/connect", "successful": true}),
        ]
    );
}

// spec: bayeux-conformance#28.
#[test]
fn a_burst_arrives_once_and_in_order_across_responses() {
    let mut host = TestHost::new();
    let who = polling("agent1");
    let id = host.listening(&who);
    let hold = host.connect(&who, &id);
    host.note("/a", &json!(1));
    let first = host.finish(hold);
    host.note("/a", &json!(2));
    host.note("/a", &json!(3));
    let hold = host.connect(&who, &id);
    let second = host.finish(hold);
    let data: Vec<_> = first.iter().chain(&second).filter_map(|message| message.get("data")).collect();
    assert_eq!(data, [1, 2, 3]);
}

// spec: bayeux-conformance#30.
#[test]
fn an_unknown_session_is_told_to_handshake() {
    let mut host = TestHost::new();
    let who = polling("agent1");
    for body in [
        json!({"channel": "/meta/connect", "id": "9", "clientId": "nobody"}),
        json!({"channel": "/meta/connect", "id": "9"}),
    ] {
        assert_eq!(
            host.reply(&who, &body),
            json!({"channel": "/meta/connect", "id": "9", "successful": false, "error": "402::Unknown client",
                   "advice": {"reconnect": "handshake", "interval": 0}})
        );
    }
}

// spec: bayeux-conformance#31.
#[test]
fn other_messages_of_an_unknown_session_get_no_advice() {
    let mut host = TestHost::new();
    for channel in ["/meta/subscribe", "/meta/unsubscribe", "/meta/disconnect", "/chat", "/meta/x"] {
        let body = json!({"channel": channel, "clientId": "nobody", "subscription": "/a"});
        let reply = host.reply(&polling("agent1"), &body);
        assert_eq!(
            (&reply["error"], reply.get("advice")),
            (&json!("402::Unknown client"), None),
            "{channel}"
        );
    }
}

#[test]
fn another_users_session_is_unknown() {
    let mut host = TestHost::new();
    let id = host.listening(&polling("agent1"));
    let mut thief = polling("agent1");
    thief.principal = "agent2";
    for channel in ["/meta/connect", "/meta/subscribe", "/meta/disconnect"] {
        let reply = host.reply(&thief, &json!({"channel": channel, "clientId": id, "subscription": "/a"}));
        assert_eq!(reply["error"], "402::Unknown client", "{channel}");
    }
    assert!(host.alive(&id));
}

// spec: bayeux-conformance#32.
#[test]
fn a_duplicate_connect_ends_the_first_and_loses_nothing() {
    let mut host = TestHost::new();
    let who = polling("agent1");
    let id = host.listening(&who);
    let first = host.connect(&who, &id);
    host.note("/a", &json!(1));
    let second = host.connect(&who, &id);
    let released = host.hub.take_released();
    assert_eq!(released, [Released { session: first.session().clone(), generation: first.generation() }]);
    let (events, outcome) = host.complete(first);
    assert_eq!((events.len(), outcome), (0, Completed::Superseded));
    assert_eq!(host.finish(second)[0], json!({"channel": "/a", "data": 1}));
    assert_eq!(host.hub.sizes().held, 0);
}

// spec: bayeux-conformance#36.
#[test]
fn an_abandoned_connect_leaves_session_and_notes() {
    let mut host = TestHost::new();
    let who = polling("agent1");
    let id = host.listening(&who);
    let hold = host.connect(&who, &id);
    host.note("/a", &json!(1));
    host.now += 20_000;
    host.hub.abandon(hold, host.now);
    assert_eq!(host.hub.sizes().held, 0);
    host.now += 9_999;
    assert!(host.hub.sweep(host.now).is_empty());
    let hold = host.connect(&who, &id);
    assert_eq!(host.finish(hold)[0], json!({"channel": "/a", "data": 1}));
    host.now += 10_000;
    assert_eq!(host.hub.sweep(host.now).len(), 1);
}

// spec: bayeux-conformance#37.
#[test]
fn the_connection_type_does_not_matter() {
    let mut host = TestHost::new();
    let who = polling("agent1");
    let id = host.listening(&who);
    for kind in [json!("pigeon"), json!(5), json!(null)] {
        let body = json!({"channel": "/meta/connect", "clientId": id, "connectionType": kind});
        let hold = host.hold(&who, &body);
        assert_eq!(host.finish(hold)[0]["successful"], true);
    }
}

// spec: bayeux-conformance#38.
#[test]
fn shutdown_ends_every_hold_with_its_notes_and_advice() {
    let mut host = TestHost::new();
    let who = polling("agent1");
    let id = host.listening(&who);
    let hold = host.connect(&who, &id);
    host.note("/a", &json!(1));
    host.hub.drain(Reconnect::Retry);
    assert_eq!(host.hub.take_released().len(), 1);
    let answer = host.finish(hold);
    assert_eq!(answer[0]["data"], 1);
    assert_eq!(answer[1]["advice"], json!({"reconnect": "retry", "interval": 0}));
    let hold = host.connect(&who, &id);
    assert_eq!(hold.until(), host.now, "nothing is held any more");
    host.finish(hold);
}

// A body can be answered only once: what comes before its last connect is answered with it.
#[test]
fn only_the_last_connect_of_a_batch_is_held() {
    let mut host = TestHost::new();
    let who = polling("agent1");
    let id = host.listening(&who);
    host.note("/a", &json!(1));
    let connect = json!({"channel": "/meta/connect", "clientId": id});
    let mut answers = host.send(&who, &json!([connect, connect]));
    let Some(bayeux::MessageAnswer::Hold(hold)) = answers.pop() else { panic!("the last is held") };
    assert!(matches!(&answers[..], [bayeux::MessageAnswer::Reply(reply)] if reply.successful()));
    assert_eq!(host.finish(hold)[0]["data"], 1, "the note rides with the held one");
    assert!(host.hub.take_released().is_empty());
}
