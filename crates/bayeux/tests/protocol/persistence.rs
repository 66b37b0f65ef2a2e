use bayeux::{ClientId, Config, Hub, SessionChange, SessionEndReason, SessionRecord};
use serde_json::json;

use crate::host::{TestHost, polling};

fn put(host: &mut TestHost) -> SessionRecord {
    let changes = host.hub.take_changes();
    let [SessionChange::Put(record)] = &changes[..] else { panic!("{changes:?}") };
    record.clone()
}

#[test]
fn a_session_is_written_when_it_is_opened_changed_and_gone() {
    let mut host = TestHost::new();
    let who = polling("agent1");
    host.start = 40;
    let id = host.open_ack(&who);
    let opened = put(&mut host);
    assert_eq!((opened.id.as_str(), opened.start, opened.acked, opened.revision), (id.as_str(), 40, 40, 0));
    let batch =
        ["/b", "/a"].map(|name| json!({"channel": "/meta/subscribe", "clientId": id, "subscription": name}));
    host.replies(&who, &json!(batch));
    let changed = put(&mut host);
    assert_eq!((changed.subscriptions.join(" "), changed.revision), ("/a /b".into(), 2), "once per call");
    host.subscribe(&who, &id, "/a");
    assert!(host.hub.take_changes().is_empty(), "no change, no row");
    host.reply(&who, &json!({"channel": "/meta/disconnect", "clientId": id}));
    let gone = SessionChange::Gone { id: ClientId::from(id.as_str()), cause: SessionEndReason::Disconnected };
    assert_eq!(host.hub.take_changes(), [gone]);
}

#[test]
fn polling_writes_no_row_and_acks_are_gathered() {
    let mut host = TestHost::new();
    let who = polling("agent1");
    let id = host.open_ack(&who);
    host.note("/elsewhere", &json!(1));
    host.hub.take_changes();
    for ack in [0, 5, 3, 9] {
        let hold = host.connect_ack(&who, &id, ack);
        host.finish(hold);
    }
    assert!(host.hub.take_changes().is_empty());
    let acks = host.hub.take_acks();
    assert_eq!(acks.iter().map(|ack| ack.position).collect::<Vec<_>>(), [9]);
    assert!(host.hub.take_acks().is_empty());
}

#[test]
fn a_record_survives_as_json() {
    let mut host = TestHost::new();
    host.open_ack(&polling("agent1"));
    let record = put(&mut host);
    let text = serde_json::to_string(&record).unwrap();
    assert_eq!(serde_json::from_str::<SessionRecord>(&text).unwrap(), record);
}

// spec: bayeux-conformance#38 and the promise that downtime does not count towards expiry.
#[test]
fn an_adopted_session_goes_on_where_its_client_stands() {
    let mut host = TestHost::new();
    let who = polling("agent1");
    let id = host.open_ack(&who);
    host.subscribe(&who, &id, "/a");
    let record = put(&mut host);
    host.note("/a", &json!(1));
    host.note("/a", &json!(2));

    host.hub = Hub::new(Config::default());
    host.now += 3_600_000;
    host.hub.adopt(record, host.now);
    host.now += 9_999;
    assert!(host.hub.sweep(host.now).is_empty());
    let hold = host.connect_ack(&who, &id, 10);
    assert_eq!(hold.until(), host.now, "perhaps its first connect: answered at once");
    assert_eq!(host.finish(hold)[0], json!({"channel": "/a", "data": 2}));
    let mut thief = polling("agent1");
    thief.principal = "agent2";
    assert_eq!(host.reply(&thief, &json!({"channel": "/meta/connect", "clientId": id}))["successful"], false);
}

#[test]
fn an_adopted_session_has_been_sent_what_it_acknowledged() {
    let mut host = TestHost::new();
    let who = polling("agent1");
    let id = host.open_ack(&who);
    let record = SessionRecord { acked: 10, ..put(&mut host) };
    host.hub = Hub::new(Config::default());
    host.hub.adopt(record, host.now);
    assert_eq!(host.hub.low_water("agent1"), Some(10));
    assert_eq!(host.connect(&who, &id).after(), 10, "without a number of its own");
}

#[test]
fn of_two_records_the_newer_counts() {
    let mut host = TestHost::new();
    let who = polling("agent1");
    let id = host.open_ack(&who);
    let old = put(&mut host);
    host.subscribe(&who, &id, "/a");
    let new =
        SessionRecord { subscriptions: vec!["/a".into(), "/b".into()], revision: 2, acked: 7, ..old.clone() };
    host.hub.adopt(old, host.now);
    assert_eq!(host.names(&id), ["/a"]);
    host.hub.adopt(new, host.now);
    assert_eq!(host.names(&id), ["/a", "/b"]);
    assert_eq!(host.hub.low_water("agent1"), Some(7));
    assert_eq!(host.hub.len(), 1);
}

#[test]
fn an_expiry_says_that_it_is_one() {
    let mut host = TestHost::new();
    host.open_ack(&polling("agent1"));
    host.hub.take_changes();
    host.now += 10_000;
    host.hub.sweep(host.now);
    assert!(matches!(
        host.hub.take_changes()[..],
        [SessionChange::Gone { cause: SessionEndReason::Expired, .. }]
    ));
}
