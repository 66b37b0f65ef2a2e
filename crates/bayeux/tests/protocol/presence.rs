use std::sync::Arc;

use bayeux::Presence;
use serde_json::json;

use crate::host::{TestHost, polling};

fn of(host: &TestHost, principal: &str) -> Option<Presence> {
    host.hub.presences().get(&Arc::<str>::from(principal)).copied()
}

#[test]
fn a_principal_is_heard_while_a_connect_waits_and_by_every_message() {
    let mut host = TestHost::new();
    let who = polling("agent1");
    assert_eq!(of(&host, "agent1"), None, "nobody listens");
    let id = host.listening(&who);
    let before = of(&host, "agent1").unwrap();
    assert!(!before.waits);
    host.now += 1_000;
    assert_eq!(of(&host, "agent1"), Some(before), "nothing was heard");
    host.reply(&who, &json!({"channel": "/meta/subscribe", "clientId": id, "subscription": "/b"}));
    let after = of(&host, "agent1").unwrap();
    assert_ne!(after.activity, before.activity);
    let hold = host.connect(&who, &id);
    assert!(of(&host, "agent1").unwrap().waits);
    host.finish(hold);
    assert!(!of(&host, "agent1").unwrap().waits);
    assert_eq!(of(&host, "agent2"), None);
}

#[test]
fn of_several_clients_one_is_enough() {
    let mut host = TestHost::new();
    let who = polling("agent1");
    let (one, other) = (host.listening(&who), host.listening(&who));
    let before = of(&host, "agent1").unwrap();
    host.now += 1_000;
    let hold = host.connect(&who, &other);
    assert!(of(&host, "agent1").unwrap().waits);
    host.finish(hold);
    assert_ne!(of(&host, "agent1").unwrap().activity, before.activity);
    assert!(host.alive(&one));
}
