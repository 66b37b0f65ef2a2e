use bayeux::{ClientId, Completed, Reconnect};
use serde_json::{Value, json};

use crate::host::{TestHost, polling};

fn ended(outcome: Completed) -> Value {
    let Completed::Ended(reply) = outcome else { panic!("{outcome:?}") };
    serde_json::from_slice(&reply.to_json()).unwrap()
}

// spec: bayeux-conformance#65.
#[test]
fn a_disconnect_releases_the_held_connect_with_none() {
    let mut host = TestHost::new();
    let who = polling("agent1");
    let id = host.listening(&who);
    let hold = host.hold(&who, &json!({"channel": "/meta/connect", "clientId": id, "id": "5"}));
    let reply = host.reply(&who, &json!({"channel": "/meta/disconnect", "clientId": id, "id": "6"}));
    assert_eq!(reply, json!({"channel": "/meta/disconnect", "id": "6", "successful": true}));
    let released = host.hub.take_released();
    assert_eq!((&released[0].session, released[0].generation), (hold.session(), hold.generation()));
    let (_, outcome) = host.complete(hold);
    assert_eq!(
        ended(outcome),
        json!({"channel": "/meta/connect", "id": "5", "successful": true, "advice": {"reconnect": "none"}})
    );
    let later = host.reply(&who, &json!({"channel": "/meta/connect", "clientId": id}));
    assert_eq!(later["advice"]["reconnect"], "handshake", "item 30");
    let again = host.reply(&who, &json!({"channel": "/meta/disconnect", "clientId": id}));
    assert_eq!((&again["error"], again.get("advice")), (&json!("402::Unknown client"), None), "item 31");
}

// spec: bayeux-conformance#65: in one body, too.
#[test]
fn messages_after_a_disconnect_in_a_batch_find_no_session() {
    let mut host = TestHost::new();
    let who = polling("agent1");
    let id = host.open(&who);
    let replies = host.replies(
        &who,
        &json!([
            {"channel": "/meta/disconnect", "clientId": id},
            {"channel": "/meta/subscribe", "clientId": id, "subscription": "/a"},
        ]),
    );
    assert_eq!(
        (&replies[0]["successful"], &replies[1]["error"]),
        (&json!(true), &json!("402::Unknown client"))
    );
}

// spec: bayeux-conformance#66.
#[test]
fn removal_by_the_server_releases_the_held_connect() {
    let mut host = TestHost::new();
    let who = polling("agent1");
    for (reconnect, word) in [(Reconnect::None, "none"), (Reconnect::Handshake, "handshake")] {
        let id = host.listening(&who);
        let hold = host.connect(&who, &id);
        assert!(host.hub.remove(&ClientId::from(id.as_str()), reconnect));
        assert!(!host.hub.remove(&ClientId::from(id.as_str()), reconnect));
        let (_, outcome) = host.complete(hold);
        assert_eq!(ended(outcome)["advice"]["reconnect"], word);
        let later = host.reply(&who, &json!({"channel": "/meta/connect", "clientId": id}));
        assert_eq!(later["advice"], json!({"reconnect": "handshake", "interval": 0}));
    }
    assert_eq!(host.hub.sizes().endings, 0);
}

// spec: bayeux-conformance#66.
#[test]
fn a_user_can_be_removed_with_all_sessions() {
    let mut host = TestHost::new();
    let ids = [host.open(&polling("agent1")), host.open(&polling("agent1")), host.open(&polling("agent2"))];
    assert_eq!(host.hub.remove_principal("agent1", Reconnect::None), 2);
    assert_eq!(ids.map(|id| host.alive(&id)), [false, false, true]);
    assert!(host.hub.sessions_of("agent1").is_empty());
}

#[test]
fn an_ended_hold_may_be_abandoned_instead() {
    let mut host = TestHost::new();
    let who = polling("agent1");
    let id = host.listening(&who);
    let hold = host.connect(&who, &id);
    host.reply(&who, &json!({"channel": "/meta/disconnect", "clientId": id}));
    host.hub.abandon(hold, host.now);
    assert_eq!(host.hub.sizes().endings, 0);
}
