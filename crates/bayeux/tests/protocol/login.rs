//! Sessions end with the login of their client.

use bayeux::{ClientId, Completed, parse, without_login};
use serde_json::{Value, json};

use crate::host::{TestHost, Who, polling};

fn under(login: &'static str) -> Who {
    Who { login: Some(login), ..polling("agent1") }
}

#[test]
fn a_held_connect_ends_with_its_login_without_the_notes_that_came_since() {
    let mut host = TestHost::new();
    let who = under("l1");
    let id = host.listening(&who);
    let hold = host.connect(&who, &id);
    host.note("/a", &json!(1));
    host.hub.end_login("agent1", "l1", false);
    assert_eq!(host.hub.take_released().len(), 1);
    assert!(host.hub.is_due(&hold, host.now) && !host.alive(&id));
    let (events, Completed::Ended(reply)) = host.complete(hold) else { panic!("it has ended") };
    assert!(events.is_empty());
    let reply: Value = serde_json::from_slice(&reply.to_json()).unwrap();
    assert_eq!((&reply["successful"], &reply["advice"]), (&json!(true), &json!({"reconnect": "none"})));
}

#[test]
fn whoever_logs_out_hears_what_there_is_and_then_nothing() {
    let mut host = TestHost::new();
    let who = under("l1");
    let id = host.listening(&who);
    let hold = host.connect(&who, &id);
    host.note("/a", &json!("logged out"));
    host.hub.end_login("agent1", "l1", true);
    assert!(host.hub.is_due(&hold, host.now));
    let answer = host.finish(hold);
    assert_eq!(answer[0]["data"], "logged out");
    assert_eq!(answer[1]["advice"], json!({"reconnect": "none"}));
    assert!(!host.alive(&id));
    let sizes = host.hub.sizes();
    assert_eq!((sizes.sessions, sizes.held, sizes.timers, sizes.endings), (0, 0, 0, 0));
}

#[test]
fn a_session_that_leaves_is_gone_with_its_connection() {
    let mut host = TestHost::new();
    let who = under("l1");
    let id = host.listening(&who);
    let hold = host.connect(&who, &id);
    host.hub.end_login("agent1", "l1", true);
    host.hub.abandon(hold, host.now);
    assert!(!host.alive(&id));
}

#[test]
fn a_session_goes_with_the_login_of_its_latest_request_and_others_stay() {
    let mut host = TestHost::new();
    let id = host.listening(&under("l1"));
    let other = host.listening(&under("l2"));
    host.subscribe(&under("l3"), &id, "/b");
    host.hub.end_login("agent1", "l1", false);
    assert!(host.alive(&id) && host.alive(&other));
    host.hub.end_login("agent2", "l3", false);
    assert!(host.alive(&id), "a login is of one user");
    host.hub.end_login("agent1", "l3", false);
    assert!(!host.alive(&id) && host.alive(&other));
}

#[test]
fn after_the_login_a_disconnect_is_quiet_and_a_connect_is_to_stop() {
    let batch = json!([
        {"channel": "/meta/disconnect", "clientId": "c", "id": "9"},
        {"channel": "/meta/connect", "clientId": "c"},
        {"channel": "/meta/subscribe", "clientId": "c", "subscription": "/a"},
    ]);
    let replies = without_login(parse(batch.to_string().as_bytes()).unwrap(), 7);
    let replies: Vec<Value> =
        replies.iter().map(|it| serde_json::from_slice(&it.to_json()).unwrap()).collect();
    assert_eq!(replies[0], json!({"channel": "/meta/disconnect", "id": "9", "successful": true}));
    assert_eq!(replies[1]["advice"], json!({"reconnect": "none"}));
    for reply in &replies[1..] {
        assert_eq!((&reply["successful"], &reply["error"]), (&json!(false), &json!("402::Unknown client")));
    }
}

#[test]
fn a_record_claims_no_more_than_the_mailbox_holds() {
    let mut host = TestHost::new();
    let id = host.open_ack(&under("l1"));
    let record = host.hub.record(&ClientId::from(&*id)).unwrap();
    let poisoned = bayeux::SessionRecord { acked: u64::MAX, start: 9, ..record };
    assert_eq!((poisoned.clone().cut_to(40).acked, poisoned.cut_to(4).start), (40, 4));
}
