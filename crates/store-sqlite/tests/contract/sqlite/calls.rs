//! Erasing somebody who called or was called: number, name and whatever else is theirs go from wherever they stand.

use super::erasure::holders;
use crate::suite::{
    calls::{ROUTING_POINT, call, dn, pairs},
    fixture::{StoreFixture, agent},
};
use desk::ports::{FeedQuery, Store, Traces};
use domain::{
    Command, Key,
    command::{CallAct, DeviceAct, Provision},
    disposition_tree::{Code, DispositionGroup},
};
use std::{path::Path, sync::Arc};
use store_sqlite::{Options, SqliteReader, SqliteStore, backup, rebuild};

/// Stands in everything that is that person's.
const MARKER: &str = "15550142";
/// The person's number.
const CUSTOMER: &str = "+15550142";
/// Somebody else's.
const OTHER: &str = "+15550199";

async fn set_up(dir: &Path) -> (Arc<SqliteStore>, StoreFixture) {
    let store = Arc::new(SqliteStore::open(dir, Options::default()).expect("open"));
    let fixture = StoreFixture::set_up(store.clone(), 2).await;
    for number in [1, 2] {
        fixture.connect(number).await;
    }
    let codes = vec![Code { id: "1".into(), name: "Solved".into(), display: "Solved".into() }];
    let group = DispositionGroup { id: "g".into(), name: "Codes".into(), parent: None, codes };
    fixture
        .done(Command::Provision(Provision::Book(
            domain::disposition_tree::DispositionTreeEvent::GroupAdded(group),
        )))
        .await;
    (store, fixture)
}

/// A call from a number, with everything in which a value of the caller's can stand; it goes on.
async fn talk(fixture: &StoreFixture, id: &str, theirs: &str) {
    fixture.ring(id, (theirs, &format!("Ines {theirs}")), &[("Order", &format!("order of {theirs}"))]).await;
    fixture.answer(id, 1).await;
    let more = CallAct::UpdateUserData(pairs(&[("Order", "77"), ("Mail", &format!("{theirs}@a.example"))]));
    fixture.on_call(id, 1, more).await;
    fixture.on_call(id, 1, CallAct::DeleteUserDataPair("Mail".into())).await;
    fixture.dispose_call(id, 1, &format!("will call {theirs}")).await;
    fixture.dispose_call(id, 1, "Solved").await;
}

/// It ends, and the agent is not done with it.
async fn end(fixture: &StoreFixture, id: &str, theirs: &str) {
    fixture.gone(id, 1).await;
    fixture.dispose_call(id, 1, &format!("late: {theirs}")).await;
}

/// An agent sends an event from their phone.
async fn sends(fixture: &StoreFixture, number: u32, theirs: &str) {
    let act = DeviceAct::SendUserEvent(pairs(&[("Order", theirs)]));
    fixture.done(Command::Device { dn: dn(number), agent: agent(number), act }).await;
}

async fn found(store: &SqliteStore, value: &str) -> Vec<String> {
    let found = store.find_person(value).await.expect("found");
    found.conversations.iter().map(|id| id.as_str().to_owned()).collect()
}

#[tokio::test]
async fn a_caller_is_found_by_all_that_is_his_and_by_nothing_of_ours() {
    let dir = tempfile::tempdir().expect("a directory");
    let (store, fixture) = set_up(dir.path()).await;
    for (id, theirs) in [("customer", CUSTOMER), ("other", OTHER)] {
        talk(&fixture, id, theirs).await;
        end(&fixture, id, theirs).await;
    }
    for value in ["", "Ines ", "order of ", "will call ", "late: "] {
        assert_eq!(found(&store, &format!("{value}{CUSTOMER}")).await, ["customer"], "{value}");
    }
    assert_eq!(found(&store, &format!("{CUSTOMER}@a.example")).await, ["customer"]);
    assert_eq!(found(&store, "77").await, ["customer", "other"]);
    let reader = SqliteReader::open(dir.path()).expect("a reader");
    assert_eq!(reader.find_person(CUSTOMER).expect("found").conversations, ["customer".into()]);

    fixture.dial("reached", 1, "+4930222", Some("Bench 3")).await;
    fixture.heard("reached", 1, domain::call::LegEvent::Up).await;
    fixture.heard("reached", 2, domain::call::LegEvent::Up).await;
    assert_eq!(found(&store, "Bench 3").await, ["reached"]);
    fixture.dial("own-phone-only", 2, "+4930222", None).await;
    assert_eq!(found(&store, "+4930222").await, ["own-phone-only", "reached"]);

    let (first, user) = (dn(1), agent(1));
    for nobody in ["", "Ines", MARKER, first.as_str(), ROUTING_POINT, "agent1@demo", user.as_str(), "Support"]
    {
        assert!(found(&store, nobody).await.is_empty(), "{nobody}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_file_and_no_answer_holds_what_was_his_once_his_calls_are_erased() {
    let dir = tempfile::tempdir().expect("a directory");
    let (store, fixture) = set_up(dir.path()).await;
    for (id, theirs) in [("customer1", CUSTOMER), ("other", OTHER), ("customer2", CUSTOMER)] {
        talk(&fixture, id, theirs).await;
        end(&fixture, id, theirs).await;
    }
    fixture.dial("out", 1, CUSTOMER, Some(&format!("near {CUSTOMER}"))).await;
    fixture.heard("out", 1, domain::call::LegEvent::Up).await;
    fixture.heard("out", 2, domain::call::LegEvent::Up).await;
    fixture.gone("out", 2).await;
    let other = fixture.call("other").await;
    let phones = [fixture.state(&Key::Device(dn(1))).await, fixture.state(&Key::Device(dn(2))).await];
    assert!(phones.iter().all(Option::is_some));
    let page = async || {
        let query = FeedQuery { limit: 10_000, unreported: true, ..FeedQuery::default() };
        store.events(query).await.expect("events")
    };
    let before = page().await;
    let files = holders(dir.path(), MARKER);
    assert!(files.iter().any(|file| file.ends_with("-wal")), "{files:?}");

    let traces = store.find_person(CUSTOMER).await.expect("found");
    assert_eq!(traces.conversations, ["customer1".into(), "customer2".into(), "out".into()]);
    // Nothing happens to a call that was not erased by command.
    let erased = store.erase(traces.clone()).await.expect("left alone");
    assert_eq!((erased.conversations, &erased.left), (0, &traces.conversations));
    for id in &traces.conversations {
        fixture.done(Command::Erase { session: id.clone() }).await;
    }
    let erased = store.erase(traces.clone()).await.expect("erased");
    assert_eq!((erased.conversations, erased.messages, erased.left.len()), (3, 0, 0));
    assert!(erased.events > 15 && erased.notes > 15, "{erased:?}");
    assert_eq!(holders(dir.path(), MARKER), Vec::<String>::new());
    assert_eq!(store.find_person(CUSTOMER).await.expect("found"), Traces::default());

    // The numbers stay: the journal's order, codes of the book, everybody else's calls, and our own phones.
    let after = page().await;
    assert!(!format!("{after:?}").contains(MARKER));
    let shape = |page: &desk::ports::FeedPage| {
        page.rows
            .iter()
            .map(|row| (row.seq, row.key.clone(), row.version, row.event.kind()))
            .collect::<Vec<_>>()
    };
    assert_eq!(shape(&before), shape(&after)[..before.rows.len()]);
    let codes = after.rows.iter().filter(|row| row.key == call("customer1"));
    assert!(codes.clone().any(|row| format!("{:?}", row.event).contains("Solved")));
    assert_eq!(fixture.call("other").await, other);
    assert!(fixture.call("out").await.erased);
    assert_eq!([fixture.state(&Key::Device(dn(1))).await, fixture.state(&Key::Device(dn(2))).await], phones);
    for number in [1, 2] {
        let notes = store.notes(&agent(number), 0, 10_000, usize::MAX).await.expect("notes");
        assert!(notes.iter().all(|note| !note.body.contains(MARKER)));
    }
    assert_eq!(rebuild(dir.path(), false).expect("a report").differences, []);
    let elsewhere = tempfile::tempdir().expect("a directory");
    let copy = elsewhere.path().join("copy");
    backup(dir.path(), &copy).expect("a copy");
    assert_eq!(holders(&copy, MARKER), Vec::<String>::new());
    drop((fixture, store));
    assert_eq!(holders(dir.path(), MARKER), Vec::<String>::new());
}

#[tokio::test]
async fn what_agents_sent_from_their_phones_is_found_and_erased_in_a_call_and_beside_one() {
    let dir = tempfile::tempdir().expect("a directory");
    let (store, fixture) = set_up(dir.path()).await;
    talk(&fixture, "call", OTHER).await;
    sends(&fixture, 1, CUSTOMER).await;
    fixture.gone("call", 1).await;
    sends(&fixture, 2, CUSTOMER).await;
    sends(&fixture, 2, OTHER).await;
    let phone = fixture.state(&Key::Device(dn(2))).await;
    let traces = store.find_person(CUSTOMER).await.expect("found");
    assert_eq!((traces.conversations.clone(), traces.events.len()), (vec!["call".into()], 1));
    fixture.done(Command::Erase { session: "call".into() }).await;
    store.erase(traces).await.expect("erased");
    assert_eq!(holders(dir.path(), MARKER), Vec::<String>::new());
    assert_eq!(store.find_person(CUSTOMER).await.expect("found"), Traces::default());
    assert_eq!(store.find_person(OTHER).await.expect("found").events.len(), 1);
    assert_eq!(fixture.state(&Key::Device(dn(2))).await, phone);
    assert_eq!(rebuild(dir.path(), false).expect("a report").differences, []);
}

#[tokio::test]
async fn a_call_that_goes_on_is_left_alone() {
    let dir = tempfile::tempdir().expect("a directory");
    let (store, fixture) = set_up(dir.path()).await;
    talk(&fixture, "customer", CUSTOMER).await;
    let going_on = fixture.call("customer").await;
    let traces = store.find_person(CUSTOMER).await.expect("found");
    assert_eq!(traces.conversations, ["customer".into()]);
    let refused = fixture.run(Command::Erase { session: "customer".into() }).await.expect("the store works");
    assert!(matches!(refused, Err(domain::Refusal::InUse(_))), "{refused:?}");
    let erased = store.erase(traces.clone()).await.expect("left alone");
    assert_eq!((erased.conversations, erased.notes, erased.left), (0, 0, traces.conversations));
    assert_eq!(fixture.call("customer").await, going_on);
}
