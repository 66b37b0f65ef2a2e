use bayeux::{ClientId, Completed, Reconnect};
use serde_json::{Value, json};

use crate::rig::{Rig, polling};

fn ended(outcome: Completed) -> Value {
    let Completed::Ended(reply) = outcome else { panic!("{outcome:?}") };
    serde_json::from_slice(&reply.to_json()).unwrap()
}

// Item 65.
#[test]
fn a_disconnect_releases_the_held_connect_with_none() {
    let mut rig = Rig::new();
    let who = polling("agent1");
    let id = rig.listening(&who);
    let hold = rig.hold(&who, &json!({"channel": "/meta/connect", "clientId": id, "id": "5"}));
    let reply = rig.reply(&who, &json!({"channel": "/meta/disconnect", "clientId": id, "id": "6"}));
    assert_eq!(reply, json!({"channel": "/meta/disconnect", "id": "6", "successful": true}));
    let released = rig.hub.take_released();
    assert_eq!((&released[0].session, released[0].generation), (hold.session(), hold.generation()));
    let (_, outcome) = rig.complete(hold);
    assert_eq!(
        ended(outcome),
        json!({"channel": "/meta/connect", "id": "5", "successful": true, "advice": {"reconnect": "none"}})
    );
    let later = rig.reply(&who, &json!({"channel": "/meta/connect", "clientId": id}));
    assert_eq!(later["advice"]["reconnect"], "handshake", "item 30");
    let again = rig.reply(&who, &json!({"channel": "/meta/disconnect", "clientId": id}));
    assert_eq!((&again["error"], again.get("advice")), (&json!("402::Unknown client"), None), "item 31");
}

// Item 65: in one body, too.
#[test]
fn messages_after_a_disconnect_in_a_batch_find_no_session() {
    let mut rig = Rig::new();
    let who = polling("agent1");
    let id = rig.open(&who);
    let replies = rig.replies(
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

// Item 66.
#[test]
fn removal_by_the_server_releases_the_held_connect() {
    let mut rig = Rig::new();
    let who = polling("agent1");
    for (reconnect, word) in [(Reconnect::None, "none"), (Reconnect::Handshake, "handshake")] {
        let id = rig.listening(&who);
        let hold = rig.connect(&who, &id);
        assert!(rig.hub.remove(&ClientId::from(id.as_str()), reconnect));
        assert!(!rig.hub.remove(&ClientId::from(id.as_str()), reconnect));
        let (_, outcome) = rig.complete(hold);
        assert_eq!(ended(outcome)["advice"]["reconnect"], word);
        let later = rig.reply(&who, &json!({"channel": "/meta/connect", "clientId": id}));
        assert_eq!(later["advice"], json!({"reconnect": "handshake", "interval": 0}));
    }
    assert_eq!(rig.hub.sizes().endings, 0);
}

// Item 66.
#[test]
fn a_user_can_be_removed_with_all_sessions() {
    let mut rig = Rig::new();
    let ids = [rig.open(&polling("agent1")), rig.open(&polling("agent1")), rig.open(&polling("agent2"))];
    assert_eq!(rig.hub.remove_principal("agent1", Reconnect::None), 2);
    assert_eq!(ids.map(|id| rig.alive(&id)), [false, false, true]);
    assert!(rig.hub.sessions_of("agent1").is_empty());
}

#[test]
fn an_ended_hold_may_be_abandoned_instead() {
    let mut rig = Rig::new();
    let who = polling("agent1");
    let id = rig.listening(&who);
    let hold = rig.connect(&who, &id);
    rig.reply(&who, &json!({"channel": "/meta/disconnect", "clientId": id}));
    rig.hub.abandon(hold, rig.now);
    assert_eq!(rig.hub.sizes().endings, 0);
}
