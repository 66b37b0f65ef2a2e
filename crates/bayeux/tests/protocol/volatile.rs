use bayeux::{Change, Completed, Config, Hub, Reconnect, Volatile};
use serde_json::{Value, json};

use crate::rig::{Rig, polling, socket};

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
    let mut rig = Rig::new();
    let who = polling("agent1");
    let id = rig.listening(&who);
    let hold = rig.connect(&who, &id);
    assert!(!rig.hub.is_due(&hold, rig.now));
    rig.hub.broadcast(state("sms", &json!("down")));
    let released = rig.hub.take_released();
    assert_eq!((released.len(), released[0].generation), (1, hold.generation()));
    assert!(rig.hub.is_due(&hold, rig.now));
    assert_eq!(
        rig.finish(hold),
        [
            json!({"channel": "/notifications/services", "data": "down"}),
            json!({"channel": "/meta/connect", "successful": true}),
        ]
    );
}

// Items 43, 44.
#[test]
fn only_who_subscribes_is_woken() {
    let mut rig = Rig::new();
    let names = ["/notifications/services", "/notifications/*", "/**", "/v2/me/*", "/notifications", "/*"];
    let heard = names.map(|name| {
        let who = polling("agent1");
        let id = rig.open(&who);
        rig.subscribe(&who, &id, name);
        let hold = rig.connect(&who, &id);
        rig.finish(hold);
        let hold = rig.connect(&who, &id);
        rig.hub.broadcast(state("sms", &json!("down")));
        let woken = !rig.hub.take_released().is_empty();
        assert_eq!(rig.hub.is_due(&hold, rig.now), woken);
        let told = !data(&rig.finish(hold)).is_empty();
        assert_eq!(told, woken);
        rig.hub.remove(&id.as_str().into(), Reconnect::None);
        told
    });
    assert_eq!(heard, [true, true, true, false, false, false]);
}

#[test]
fn without_a_held_connect_the_latest_of_each_subject_waits_for_the_next() {
    let mut rig = Rig::new();
    let who = polling("agent1");
    let id = rig.listening(&who);
    for (subject, data) in [("sms", 1), ("page", 2), ("sms", 3)] {
        rig.hub.broadcast(state(subject, &json!(data)));
    }
    let hold = rig.connect(&who, &id);
    assert!(rig.hub.is_due(&hold, rig.now), "it need not wait");
    assert_eq!(data(&rig.finish(hold)), [2, 3]);
    let hold = rig.connect(&who, &id);
    assert!(!rig.hub.is_due(&hold, rig.now), "and not twice");
    assert!(data(&rig.finish(hold)).is_empty());
}

// Item 57: numbers are mailbox positions, and this has none.
#[test]
fn no_acknowledgement_moves_for_it() {
    let mut rig = Rig::new();
    let who = polling("agent1");
    let id = rig.open_ack(&who);
    rig.subscribe(&who, &id, "/**");
    rig.note("/a", &json!("a note"));
    let hold = rig.connect_ack(&who, &id, 0);
    assert_eq!(rig.finish(hold)[1]["ext"]["ack"], 10);
    let hold = rig.connect_ack(&who, &id, 10);
    rig.hub.broadcast(state("sms", &json!("down")));
    let answer = rig.finish(hold);
    assert_eq!((data(&answer), &answer[1]["ext"]["ack"]), (vec![json!("down")], &json!(10)));
    // The reply is lost with what it bore; the mailbox is as it was.
    rig.note("/a", &json!("another"));
    let hold = rig.connect_ack(&who, &id, 10);
    let answer = rig.finish(hold);
    assert_eq!((data(&answer), &answer[1]["ext"]["ack"]), (vec![json!("another")], &json!(13)));
    assert_eq!(rig.hub.low_water("agent1"), Some(10));
}

#[test]
fn a_replayed_note_and_something_volatile_share_a_reply() {
    let mut rig = Rig::new();
    let who = polling("agent1");
    let id = rig.open_ack(&who);
    rig.subscribe(&who, &id, "/**");
    rig.note("/a", &json!(1));
    let hold = rig.connect_ack(&who, &id, 0);
    rig.finish(hold);
    rig.hub.broadcast(state("sms", &json!("down")));
    let hold = rig.connect_ack(&who, &id, 0);
    let answer = rig.finish(hold);
    assert_eq!((data(&answer), &answer[2]["ext"]["ack"]), (vec![json!(1), json!("down")], &json!(10)));
}

// Item 68.
#[test]
fn a_socket_without_acks_is_pushed_to_and_stays_held() {
    let mut rig = Rig::new();
    let who = socket("agent1");
    let id = rig.listening(&who);
    let hold = rig.connect(&who, &id);
    rig.hub.broadcast(state("sms", &json!("down")));
    assert_eq!(rig.hub.take_released().len(), 1, "its task is woken");
    assert!(!rig.hub.is_due(&hold, rig.now), "but the connect goes on");
    assert_eq!(rig.hub.take_volatile(&hold), [state("sms", &json!("down"))]);
    assert!(rig.hub.take_volatile(&hold).is_empty());
    assert_eq!(rig.hub.sizes().held, 1);
    assert!(data(&rig.finish(hold)).is_empty());
}

// Item 58.
#[test]
fn a_socket_with_acks_hears_it_in_a_connect_response() {
    let mut rig = Rig::new();
    let who = socket("agent1");
    let id = rig.open_ack(&who);
    rig.subscribe(&who, &id, "/**");
    let hold = rig.connect_ack(&who, &id, 0);
    rig.finish(hold);
    let hold = rig.connect_ack(&who, &id, 0);
    rig.hub.broadcast(state("sms", &json!("down")));
    assert!(rig.hub.is_due(&hold, rig.now));
    assert_eq!(data(&rig.finish(hold)), ["down"]);
}

// Items 32, 71.
#[test]
fn a_superseded_hold_leaves_it_to_the_newer_one() {
    let mut rig = Rig::new();
    let who = polling("agent1");
    let id = rig.listening(&who);
    let (older, newer) = (rig.connect(&who, &id), rig.connect(&who, &id));
    rig.hub.broadcast(state("sms", &json!("down")));
    assert!(rig.hub.is_due(&older, rig.now));
    assert!(rig.hub.take_volatile(&older).is_empty());
    assert_eq!(rig.complete(older).1, Completed::Superseded);
    assert_eq!(data(&rig.finish(newer)), ["down"]);
}

#[test]
fn a_session_hears_what_comes_after_it_began() {
    let mut rig = Rig::new();
    rig.hub.broadcast(state("sms", &json!("before")));
    let who = polling("agent1");
    let id = rig.open_ack(&who);
    rig.subscribe(&who, &id, "/**");
    let hold = rig.connect_ack(&who, &id, 0);
    assert!(data(&rig.finish(hold)).is_empty());
    let Some(Change::Put(record)) = rig.hub.take_changes().pop() else { panic!("a record") };
    // Another process counts from its own beginning.
    rig.hub = Hub::new(Config::default());
    rig.hub.adopt(record, rig.now);
    rig.hub.broadcast(state("sms", &json!("after")));
    let hold = rig.connect_ack(&who, &id, 0);
    assert_eq!(data(&rig.finish(hold)), ["after"]);
}

#[test]
fn a_principal_is_told_in_all_his_sessions_and_nobody_else_is() {
    let mut rig = Rig::with(Config { held_per_browser: 0, ..Config::default() });
    let (tom, mei) = (polling("tom"), polling("mei"));
    let ids = [rig.listening(&tom), rig.listening(&tom)];
    let other = rig.listening(&mei);
    let holds = ids.map(|id| rig.connect(&tom, &id));
    let others = rig.connect(&mei, &other);
    rig.hub.tell("tom", state("5001", &json!("no phone")), rig.now);
    rig.hub.tell("nobody", state("5001", &json!("no phone")), rig.now);
    assert_eq!(rig.hub.take_released().len(), 2);
    assert!(!rig.hub.is_due(&others, rig.now));
    assert_eq!(holds.map(|hold| data(&rig.finish(hold))), [["no phone"], ["no phone"]]);
    assert!(data(&rig.finish(others)).is_empty());
    assert_eq!(rig.hub.sizes().told, 1);
}

#[test]
fn what_only_one_was_told_is_forgotten_with_his_sessions_or_in_time() {
    let mut rig = Rig::new();
    let who = polling("tom");
    let id = rig.listening(&who);
    rig.hub.tell("tom", state("5001", &json!("no phone")), rig.now);
    rig.hub.remove(&id.as_str().into(), Reconnect::None);
    assert_eq!(rig.hub.sizes().told, 0);
    rig.hub.take_released();

    let id = rig.listening(&who);
    let hold = rig.connect(&who, &id);
    rig.hub.tell("tom", state("5001", &json!("no phone")), rig.now);
    rig.now += Config::default().max_without_connect_ms;
    rig.hub.sweep(rig.now);
    assert_eq!(rig.hub.sizes().told, 1);
    rig.now += 1;
    rig.hub.sweep(rig.now);
    assert_eq!(rig.hub.sizes().told, 0);
    rig.finish(hold);
}

#[test]
fn what_waits_is_bounded_and_the_newest_is_kept() {
    let mut rig = Rig::new();
    let who = polling("tom");
    let id = rig.listening(&who);
    for n in 0..2_000 {
        rig.hub.broadcast(state(&n.to_string(), &json!(n)));
        rig.hub.tell("tom", state(&n.to_string(), &json!(-n)), rig.now);
    }
    let hold = rig.connect(&who, &id);
    let heard = data(&rig.finish(hold));
    assert_eq!(heard.len(), 512 + 8);
    assert!(heard.contains(&json!(1_999)) && heard.contains(&json!(-1_999)));
}

// Item 38.
#[test]
fn a_shutdown_makes_every_hold_due_also_one_that_pushes() {
    let mut rig = Rig::new();
    let who = socket("agent1");
    let id = rig.listening(&who);
    let hold = rig.connect(&who, &id);
    assert!(!rig.hub.is_due(&hold, rig.now));
    rig.hub.drain(Reconnect::Retry);
    assert!(rig.hub.is_due(&hold, rig.now));
    rig.finish(hold);
}
