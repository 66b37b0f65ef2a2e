use bayeux::{Cause, Change, ClientId, Config, Hub, Record};
use serde_json::json;

use crate::rig::{Rig, polling};

fn put(rig: &mut Rig) -> Record {
    let changes = rig.hub.take_changes();
    let [Change::Put(record)] = &changes[..] else { panic!("{changes:?}") };
    record.clone()
}

#[test]
fn a_session_is_written_when_it_is_opened_changed_and_gone() {
    let mut rig = Rig::new();
    let who = polling("agent1");
    rig.start = 40;
    let id = rig.open_ack(&who);
    let opened = put(&mut rig);
    assert_eq!((opened.id.as_str(), opened.start, opened.acked, opened.revision), (id.as_str(), 40, 40, 0));
    let batch =
        ["/b", "/a"].map(|name| json!({"channel": "/meta/subscribe", "clientId": id, "subscription": name}));
    rig.replies(&who, &json!(batch));
    let changed = put(&mut rig);
    assert_eq!((changed.subscriptions.join(" "), changed.revision), ("/a /b".into(), 2), "once per call");
    rig.subscribe(&who, &id, "/a");
    assert!(rig.hub.take_changes().is_empty(), "no change, no row");
    rig.reply(&who, &json!({"channel": "/meta/disconnect", "clientId": id}));
    let gone = Change::Gone { id: ClientId::from(id.as_str()), cause: Cause::Disconnected };
    assert_eq!(rig.hub.take_changes(), [gone]);
}

#[test]
fn polling_writes_no_row_and_acks_are_gathered() {
    let mut rig = Rig::new();
    let who = polling("agent1");
    let id = rig.open_ack(&who);
    rig.note("/elsewhere", &json!(1));
    rig.hub.take_changes();
    for ack in [0, 5, 3, 9] {
        let hold = rig.connect_ack(&who, &id, ack);
        rig.finish(hold);
    }
    assert!(rig.hub.take_changes().is_empty());
    let acks = rig.hub.take_acks();
    assert_eq!(acks.iter().map(|ack| ack.position).collect::<Vec<_>>(), [9]);
    assert!(rig.hub.take_acks().is_empty());
}

#[test]
fn a_record_survives_as_json() {
    let mut rig = Rig::new();
    rig.open_ack(&polling("agent1"));
    let record = put(&mut rig);
    let text = serde_json::to_string(&record).unwrap();
    assert_eq!(serde_json::from_str::<Record>(&text).unwrap(), record);
}

// Item 38 and the promise that downtime does not count towards expiry.
#[test]
fn an_adopted_session_goes_on_where_its_client_stands() {
    let mut rig = Rig::new();
    let who = polling("agent1");
    let id = rig.open_ack(&who);
    rig.subscribe(&who, &id, "/a");
    let record = put(&mut rig);
    rig.note("/a", &json!(1));
    rig.note("/a", &json!(2));

    rig.hub = Hub::new(Config::default());
    rig.now += 3_600_000;
    rig.hub.adopt(record, rig.now);
    rig.now += 9_999;
    assert!(rig.hub.sweep(rig.now).is_empty());
    let hold = rig.connect_ack(&who, &id, 10);
    assert_eq!(hold.until(), rig.now, "perhaps its first connect: answered at once");
    assert_eq!(rig.finish(hold)[0], json!({"channel": "/a", "data": 2}));
    let mut thief = polling("agent1");
    thief.principal = "agent2";
    assert_eq!(rig.reply(&thief, &json!({"channel": "/meta/connect", "clientId": id}))["successful"], false);
}

#[test]
fn an_adopted_session_has_been_sent_what_it_acknowledged() {
    let mut rig = Rig::new();
    let who = polling("agent1");
    let id = rig.open_ack(&who);
    let record = Record { acked: 10, ..put(&mut rig) };
    rig.hub = Hub::new(Config::default());
    rig.hub.adopt(record, rig.now);
    assert_eq!(rig.hub.low_water("agent1"), Some(10));
    assert_eq!(rig.connect(&who, &id).after(), 10, "without a number of its own");
}

#[test]
fn of_two_records_the_newer_counts() {
    let mut rig = Rig::new();
    let who = polling("agent1");
    let id = rig.open_ack(&who);
    let old = put(&mut rig);
    rig.subscribe(&who, &id, "/a");
    let new = Record { subscriptions: vec!["/a".into(), "/b".into()], revision: 2, acked: 7, ..old.clone() };
    rig.hub.adopt(old, rig.now);
    assert_eq!(rig.names(&id), ["/a"]);
    rig.hub.adopt(new, rig.now);
    assert_eq!(rig.names(&id), ["/a", "/b"]);
    assert_eq!(rig.hub.low_water("agent1"), Some(7));
    assert_eq!(rig.hub.len(), 1);
}

#[test]
fn an_expiry_says_that_it_is_one() {
    let mut rig = Rig::new();
    rig.open_ack(&polling("agent1"));
    rig.hub.take_changes();
    rig.now += 10_000;
    rig.hub.sweep(rig.now);
    assert!(matches!(rig.hub.take_changes()[..], [Change::Gone { cause: Cause::Expired, .. }]));
}
