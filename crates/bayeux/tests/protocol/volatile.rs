use bayeux::{Completed, Config, Hub, Reconnect, SessionChange, Volatile};
use serde_json::{Value, json};

use crate::host::{TestHost, polling, socket};

/// What a service says of itself.
fn state(subject: &str, data: &Value) -> Volatile {
    let channel = "/notifications/services".into();
    Volatile { channel, subject: subject.into(), data: data.to_string().into() }
}

fn data(answer: &[Value]) -> Vec<Value> {
    answer.iter().filter_map(|message| message.get("data").cloned()).collect()
}

#[test]
fn a_broadcast_wakes_the_held_connect_and_comes_before_its_reply() {
    let mut host = TestHost::new();
    let who = polling("agent1");
    let id = host.listening(&who);
    let hold = host.connect(&who, &id);
    assert!(!host.hub.is_due(&hold, host.now));
    host.hub.broadcast(state("sms", &json!("down")));
    let released = host.hub.take_released();
    assert_eq!((released.len(), released[0].generation), (1, hold.generation()));
    assert!(host.hub.is_due(&hold, host.now));
    assert_eq!(
        host.finish(hold),
        [
            json!({"channel": "/notifications/services", "data": "down"}),
            json!({"channel": "/meta/connect", "successful": true}),
        ]
    );
}

// spec: bayeux-conformance#43, #44.
#[test]
fn only_who_subscribes_is_woken() {
    let mut host = TestHost::new();
    let names = ["/notifications/services", "/notifications/*", "/**", "/v2/me/*", "/notifications", "/*"];
    let heard = names.map(|name| {
        let who = polling("agent1");
        let id = host.open(&who);
        host.subscribe(&who, &id, name);
        let hold = host.connect(&who, &id);
        host.finish(hold);
        let hold = host.connect(&who, &id);
        host.hub.broadcast(state("sms", &json!("down")));
        let woken = !host.hub.take_released().is_empty();
        assert_eq!(host.hub.is_due(&hold, host.now), woken);
        let told = !data(&host.finish(hold)).is_empty();
        assert_eq!(told, woken);
        host.hub.remove(&id.as_str().into(), Reconnect::None);
        told
    });
    assert_eq!(heard, [true, true, true, false, false, false]);
}

#[test]
fn without_a_held_connect_the_latest_of_each_subject_waits_for_the_next() {
    let mut host = TestHost::new();
    let who = polling("agent1");
    let id = host.listening(&who);
    for (subject, data) in [("sms", 1), ("page", 2), ("sms", 3)] {
        host.hub.broadcast(state(subject, &json!(data)));
    }
    let hold = host.connect(&who, &id);
    assert!(host.hub.is_due(&hold, host.now), "it need not wait");
    assert_eq!(data(&host.finish(hold)), [2, 3]);
    let hold = host.connect(&who, &id);
    assert!(!host.hub.is_due(&hold, host.now), "and not twice");
    assert!(data(&host.finish(hold)).is_empty());
}

// spec: bayeux-conformance#57: numbers are mailbox positions, and this has none.
#[test]
fn no_acknowledgement_moves_for_it() {
    let mut host = TestHost::new();
    let who = polling("agent1");
    let id = host.open_ack(&who);
    host.subscribe(&who, &id, "/**");
    host.note("/a", &json!("a note"));
    let hold = host.connect_ack(&who, &id, 0);
    assert_eq!(host.finish(hold)[1]["ext"]["ack"], 10);
    let hold = host.connect_ack(&who, &id, 10);
    host.hub.broadcast(state("sms", &json!("down")));
    let answer = host.finish(hold);
    assert_eq!((data(&answer), &answer[1]["ext"]["ack"]), (vec![json!("down")], &json!(10)));
    // The reply is lost with what it carried; the mailbox is as it was.
    host.note("/a", &json!("another"));
    let hold = host.connect_ack(&who, &id, 10);
    let answer = host.finish(hold);
    assert_eq!((data(&answer), &answer[1]["ext"]["ack"]), (vec![json!("another")], &json!(13)));
    assert_eq!(host.hub.low_water("agent1"), Some(10));
}

#[test]
fn a_replayed_note_and_something_volatile_share_a_reply() {
    let mut host = TestHost::new();
    let who = polling("agent1");
    let id = host.open_ack(&who);
    host.subscribe(&who, &id, "/**");
    host.note("/a", &json!(1));
    let hold = host.connect_ack(&who, &id, 0);
    host.finish(hold);
    host.hub.broadcast(state("sms", &json!("down")));
    let hold = host.connect_ack(&who, &id, 0);
    let answer = host.finish(hold);
    assert_eq!((data(&answer), &answer[2]["ext"]["ack"]), (vec![json!(1), json!("down")], &json!(10)));
}

// spec: bayeux-conformance#68.
#[test]
fn a_socket_without_acks_is_pushed_to_and_stays_held() {
    let mut host = TestHost::new();
    let who = socket("agent1");
    let id = host.listening(&who);
    let hold = host.connect(&who, &id);
    host.hub.broadcast(state("sms", &json!("down")));
    assert_eq!(host.hub.take_released().len(), 1, "its task is woken");
    assert!(!host.hub.is_due(&hold, host.now), "but the connect goes on");
    assert_eq!(host.hub.take_volatile(&hold), [state("sms", &json!("down"))]);
    assert!(host.hub.take_volatile(&hold).is_empty());
    assert_eq!(host.hub.sizes().held, 1);
    assert!(data(&host.finish(hold)).is_empty());
}

// spec: bayeux-conformance#58.
#[test]
fn a_socket_with_acks_hears_it_in_a_connect_response() {
    let mut host = TestHost::new();
    let who = socket("agent1");
    let id = host.open_ack(&who);
    host.subscribe(&who, &id, "/**");
    let hold = host.connect_ack(&who, &id, 0);
    host.finish(hold);
    let hold = host.connect_ack(&who, &id, 0);
    host.hub.broadcast(state("sms", &json!("down")));
    assert!(host.hub.is_due(&hold, host.now));
    assert_eq!(data(&host.finish(hold)), ["down"]);
}

// spec: bayeux-conformance#32, #71.
#[test]
fn a_superseded_hold_leaves_it_to_the_newer_one() {
    let mut host = TestHost::new();
    let who = polling("agent1");
    let id = host.listening(&who);
    let (older, newer) = (host.connect(&who, &id), host.connect(&who, &id));
    host.hub.broadcast(state("sms", &json!("down")));
    assert!(host.hub.is_due(&older, host.now));
    assert!(host.hub.take_volatile(&older).is_empty());
    assert_eq!(host.complete(older).1, Completed::Superseded);
    assert_eq!(data(&host.finish(newer)), ["down"]);
}

#[test]
fn a_session_hears_what_comes_after_it_began() {
    let mut host = TestHost::new();
    host.hub.broadcast(state("sms", &json!("before")));
    let who = polling("agent1");
    let id = host.open_ack(&who);
    host.subscribe(&who, &id, "/**");
    let hold = host.connect_ack(&who, &id, 0);
    assert!(data(&host.finish(hold)).is_empty());
    let Some(SessionChange::Put(record)) = host.hub.take_changes().pop() else { panic!("a record") };
    // Another process counts from its own beginning.
    host.hub = Hub::new(Config::default());
    host.hub.adopt(record, host.now);
    host.hub.broadcast(state("sms", &json!("after")));
    let hold = host.connect_ack(&who, &id, 0);
    assert_eq!(data(&host.finish(hold)), ["after"]);
}

#[test]
fn a_principal_is_told_in_all_his_sessions_and_nobody_else_is() {
    let mut host = TestHost::with(Config { held_per_browser: 0, ..Config::default() });
    let (tom, mei) = (polling("tom"), polling("mei"));
    let ids = [host.listening(&tom), host.listening(&tom)];
    let other = host.listening(&mei);
    let holds = ids.map(|id| host.connect(&tom, &id));
    let others = host.connect(&mei, &other);
    host.hub.tell("tom", state("5001", &json!("no phone")), host.now);
    host.hub.tell("nobody", state("5001", &json!("no phone")), host.now);
    assert_eq!(host.hub.take_released().len(), 2);
    assert!(!host.hub.is_due(&others, host.now));
    assert_eq!(holds.map(|hold| data(&host.finish(hold))), [["no phone"], ["no phone"]]);
    assert!(data(&host.finish(others)).is_empty());
    assert_eq!(host.hub.sizes().told, 1);
}

#[test]
fn what_only_one_was_told_is_forgotten_with_his_sessions_or_in_time() {
    let mut host = TestHost::new();
    let who = polling("tom");
    let id = host.listening(&who);
    host.hub.tell("tom", state("5001", &json!("no phone")), host.now);
    host.hub.remove(&id.as_str().into(), Reconnect::None);
    assert_eq!(host.hub.sizes().told, 0);
    host.hub.take_released();

    let id = host.listening(&who);
    let hold = host.connect(&who, &id);
    host.hub.tell("tom", state("5001", &json!("no phone")), host.now);
    host.now += Config::default().max_without_connect_ms;
    host.hub.sweep(host.now);
    assert_eq!(host.hub.sizes().told, 1);
    host.now += 1;
    host.hub.sweep(host.now);
    assert_eq!(host.hub.sizes().told, 0);
    host.finish(hold);
}

#[test]
fn what_waits_is_bounded_and_the_newest_is_kept() {
    let mut host = TestHost::new();
    let who = polling("tom");
    let id = host.listening(&who);
    for n in 0..2_000 {
        host.hub.broadcast(state(&n.to_string(), &json!(n)));
        host.hub.tell("tom", state(&n.to_string(), &json!(-n)), host.now);
    }
    let hold = host.connect(&who, &id);
    let heard = data(&host.finish(hold));
    assert_eq!(heard.len(), 512 + 8);
    assert!(heard.contains(&json!(1_999)) && heard.contains(&json!(-1_999)));
}

// spec: bayeux-conformance#38.
#[test]
fn a_shutdown_makes_every_hold_due_also_one_that_pushes() {
    let mut host = TestHost::new();
    let who = socket("agent1");
    let id = host.listening(&who);
    let hold = host.connect(&who, &id);
    assert!(!host.hub.is_due(&hold, host.now));
    host.hub.drain(Reconnect::Retry);
    assert!(host.hub.is_due(&hold, host.now));
    host.finish(hold);
}
