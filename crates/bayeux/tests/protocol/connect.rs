use bayeux::{Completed, Reconnect, Released};
use serde_json::json;

use crate::rig::{Rig, polling};

// Item 22.
#[test]
fn the_first_connect_is_answered_at_once_without_advice() {
    let mut rig = Rig::new();
    let who = polling("agent1");
    let id = rig.open(&who);
    let hold = rig.connect(&who, &id);
    assert_eq!(hold.until(), rig.now);
    assert_eq!(rig.finish(hold), [json!({"channel": "/meta/connect", "successful": true})]);
}

// Item 23.
#[test]
fn timeout_zero_is_answered_at_once_with_advice() {
    let mut rig = Rig::new();
    let who = polling("agent1");
    let id = rig.listening(&who);
    let hold = rig.hold(&who, &json!({"channel": "/meta/connect", "clientId": id, "advice": {"timeout": 0}}));
    assert_eq!(hold.until(), rig.now);
    let advice = &rig.finish(hold)[0]["advice"];
    assert_eq!(advice, &json!({"reconnect": "retry", "interval": 0, "timeout": 30000}));
}

// Item 24.
#[test]
fn an_asked_timeout_bounds_the_hold_and_the_server_bounds_it_too() {
    let mut rig = Rig::new();
    let who = polling("agent1");
    let id = rig.listening(&who);
    for (asked, held) in [(1500, 1500), (3_600_000, 30_000)] {
        let body = json!({"channel": "/meta/connect", "clientId": id, "advice": {"timeout": asked}});
        let hold = rig.hold(&who, &body);
        assert_eq!(hold.until() - rig.now, held);
        rig.finish(hold);
    }
}

// Item 25.
#[test]
fn a_later_connect_is_held_for_the_timeout() {
    let mut rig = Rig::new();
    let who = polling("agent1");
    let id = rig.listening(&who);
    let hold = rig.connect(&who, &id);
    assert_eq!(hold.until(), rig.now + 30_000);
    rig.now = hold.until();
    assert_eq!(rig.finish(hold), [json!({"channel": "/meta/connect", "successful": true})]);
}

// Item 26.
#[test]
fn an_asked_interval_is_reflected_and_extends_expiry() {
    let mut rig = Rig::new();
    let who = polling("agent1");
    let id = rig.listening(&who);
    let hold =
        rig.hold(&who, &json!({"channel": "/meta/connect", "clientId": id, "advice": {"interval": 7000}}));
    assert_eq!(rig.finish(hold)[0]["advice"]["interval"], 7000);
    rig.now += 16_999;
    assert!(rig.hub.sweep(rig.now).is_empty());
    rig.now += 1;
    assert_eq!(rig.hub.sweep(rig.now).len(), 1);
}

// Items 27, 29.
#[test]
fn events_come_first_and_the_reply_last() {
    let mut rig = Rig::new();
    let who = polling("agent1");
    let id = rig.listening(&who);
    rig.note("/v2/me/calls", &json!({"n": 1}));
    rig.note("/v2/me/chats", &json!({"n": 2}));
    let hold = rig.connect(&who, &id);
    assert_eq!(
        rig.finish(hold),
        [
            json!({"channel": "/v2/me/calls", "data": {"n": 1}}),
            json!({"channel": "/v2/me/chats", "data": {"n": 2}}),
            json!({"channel": "/meta/connect", "successful": true}),
        ]
    );
}

// Item 28.
#[test]
fn a_burst_arrives_once_and_in_order_across_responses() {
    let mut rig = Rig::new();
    let who = polling("agent1");
    let id = rig.listening(&who);
    let hold = rig.connect(&who, &id);
    rig.note("/a", &json!(1));
    let first = rig.finish(hold);
    rig.note("/a", &json!(2));
    rig.note("/a", &json!(3));
    let hold = rig.connect(&who, &id);
    let second = rig.finish(hold);
    let data: Vec<_> = first.iter().chain(&second).filter_map(|message| message.get("data")).collect();
    assert_eq!(data, [1, 2, 3]);
}

// Item 30.
#[test]
fn an_unknown_session_is_told_to_handshake() {
    let mut rig = Rig::new();
    let who = polling("agent1");
    for body in [
        json!({"channel": "/meta/connect", "id": "9", "clientId": "nobody"}),
        json!({"channel": "/meta/connect", "id": "9"}),
    ] {
        assert_eq!(
            rig.reply(&who, &body),
            json!({"channel": "/meta/connect", "id": "9", "successful": false, "error": "402::Unknown client",
                   "advice": {"reconnect": "handshake", "interval": 0}})
        );
    }
}

// Item 31.
#[test]
fn other_messages_of_an_unknown_session_get_no_advice() {
    let mut rig = Rig::new();
    for channel in ["/meta/subscribe", "/meta/unsubscribe", "/meta/disconnect", "/chat", "/meta/x"] {
        let body = json!({"channel": channel, "clientId": "nobody", "subscription": "/a"});
        let reply = rig.reply(&polling("agent1"), &body);
        assert_eq!(
            (&reply["error"], reply.get("advice")),
            (&json!("402::Unknown client"), None),
            "{channel}"
        );
    }
}

#[test]
fn another_users_session_is_unknown() {
    let mut rig = Rig::new();
    let id = rig.listening(&polling("agent1"));
    let mut thief = polling("agent1");
    thief.principal = "agent2";
    for channel in ["/meta/connect", "/meta/subscribe", "/meta/disconnect"] {
        let reply = rig.reply(&thief, &json!({"channel": channel, "clientId": id, "subscription": "/a"}));
        assert_eq!(reply["error"], "402::Unknown client", "{channel}");
    }
    assert!(rig.alive(&id));
}

// Item 32.
#[test]
fn a_duplicate_connect_ends_the_first_and_loses_nothing() {
    let mut rig = Rig::new();
    let who = polling("agent1");
    let id = rig.listening(&who);
    let first = rig.connect(&who, &id);
    rig.note("/a", &json!(1));
    let second = rig.connect(&who, &id);
    let released = rig.hub.take_released();
    assert_eq!(released, [Released { session: first.session().clone(), generation: first.generation() }]);
    let (events, outcome) = rig.complete(first);
    assert_eq!((events.len(), outcome), (0, Completed::Superseded));
    assert_eq!(rig.finish(second)[0], json!({"channel": "/a", "data": 1}));
    assert_eq!(rig.hub.sizes().held, 0);
}

// Item 36.
#[test]
fn an_abandoned_connect_leaves_session_and_notes() {
    let mut rig = Rig::new();
    let who = polling("agent1");
    let id = rig.listening(&who);
    let hold = rig.connect(&who, &id);
    rig.note("/a", &json!(1));
    rig.now += 20_000;
    rig.hub.abandon(hold, rig.now);
    assert_eq!(rig.hub.sizes().held, 0);
    rig.now += 9_999;
    assert!(rig.hub.sweep(rig.now).is_empty());
    let hold = rig.connect(&who, &id);
    assert_eq!(rig.finish(hold)[0], json!({"channel": "/a", "data": 1}));
    rig.now += 10_000;
    assert_eq!(rig.hub.sweep(rig.now).len(), 1);
}

// Item 37.
#[test]
fn the_connection_type_does_not_matter() {
    let mut rig = Rig::new();
    let who = polling("agent1");
    let id = rig.listening(&who);
    for kind in [json!("pigeon"), json!(5), json!(null)] {
        let body = json!({"channel": "/meta/connect", "clientId": id, "connectionType": kind});
        let hold = rig.hold(&who, &body);
        assert_eq!(rig.finish(hold)[0]["successful"], true);
    }
}

// Item 38.
#[test]
fn shutdown_ends_every_hold_with_its_notes_and_advice() {
    let mut rig = Rig::new();
    let who = polling("agent1");
    let id = rig.listening(&who);
    let hold = rig.connect(&who, &id);
    rig.note("/a", &json!(1));
    rig.hub.drain(Reconnect::Retry);
    assert_eq!(rig.hub.take_released().len(), 1);
    let answer = rig.finish(hold);
    assert_eq!(answer[0]["data"], 1);
    assert_eq!(answer[1]["advice"], json!({"reconnect": "retry", "interval": 0}));
    let hold = rig.connect(&who, &id);
    assert_eq!(hold.until(), rig.now, "nothing is held any more");
    rig.finish(hold);
}

// A body can be answered only once: what comes before its last connect is answered with it.
#[test]
fn only_the_last_connect_of_a_batch_is_held() {
    let mut rig = Rig::new();
    let who = polling("agent1");
    let id = rig.listening(&who);
    rig.note("/a", &json!(1));
    let connect = json!({"channel": "/meta/connect", "clientId": id});
    let mut answers = rig.send(&who, &json!([connect, connect]));
    let Some(bayeux::Answer::Hold(hold)) = answers.pop() else { panic!("the last is held") };
    assert!(matches!(&answers[..], [bayeux::Answer::Reply(reply)] if reply.successful()));
    assert_eq!(rig.finish(hold)[0]["data"], 1, "the note rides with the held one");
    assert!(rig.hub.take_released().is_empty());
}
