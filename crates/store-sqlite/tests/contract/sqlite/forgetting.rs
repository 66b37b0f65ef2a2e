//! Erasing a customer whom a connector reaches: the address goes with the words, from wherever it stands.

use super::erasure::holders;
use crate::suite::{
    fixture::StoreFixture,
    post::{SERVICE, outcome, says, text, unit},
};
use desk::{
    known_key,
    ports::{Quarantined, Store, Traces},
};
use domain::{
    Command,
    command::{CustomerAct, CustomerMessage, DeliveryReport, Keyword, SessionAct, Unit},
    message::Content,
    session::{Delivery, EndedBy},
};
use std::{path::Path, sync::Arc};
use store_sqlite::{Options, SqliteReader, SqliteStore, rebuild};

/// The customer, without the sign before the number, so that no spelling of it hides.
pub const NUMBER: &str = "4915550142";
/// The customer's address.
pub const CUSTOMER: &str = "+4915550142";
/// Somebody else's.
const OTHER: &str = "+4915550199";
/// Stands in all that either of them wrote.
const WORDS: &str = "Zaphod-Q7";

/// A keyword that opens nothing, and to which the server answers itself.
fn keyword(theirs: &str, name: &str) -> Command {
    let content = vec![Content::Text { text: "STOP".into(), message_type: None }];
    let said = CustomerMessage {
        content,
        keyword: Some(Keyword::OptOut),
        answer: Some("You will hear no more from us.".into()),
        ..CustomerMessage::default()
    };
    unit(theirs, name, "none", Unit::Said(said))
}

fn refused(id: &str, index: u32, why: String) -> Command {
    let report = DeliveryReport { settles: true, why: Some(why), ..DeliveryReport::of(Delivery::Failed) };
    Command::Report { session: id.into(), index, report }
}

/// A talk with everything in which an address or words can stand.
async fn talk(fixture: &StoreFixture, id: &str, theirs: &str) {
    fixture.text(id, theirs, 1).await;
    fixture.done(text(theirs, &format!("{id}-1"), "none", &format!("I am {WORDS}"))).await;
    let edited = Unit::Edited { of: known_key(SERVICE, &format!("{id}-1")), text: format!("I was {WORDS}") };
    fixture.done(unit(theirs, &format!("{id}-2"), "none", edited)).await;
    for index in [6, 7] {
        fixture.done(says(id, 1, &format!("Good day, {WORDS}"))).await;
        assert_eq!(fixture.log(id).await.last().map(|said| said.index), Some(index));
    }
    fixture.done(refused(id, 6, format!("{theirs} cannot be reached"))).await;
    fixture.done(outcome(id, 7, Delivery::Sent, &format!("{id}-3"))).await;
    fixture.customer(id, CustomerAct::Leave(EndedBy::Customer)).await;
    fixture.act(id, 1, SessionAct::Complete { queue: None, save_last_agent: false, last: None }).await;
}

async fn quarantine(store: &SqliteStore, raw: String) -> i64 {
    let unit =
        Quarantined { id: 0, at: 1, service: SERVICE.into(), why: "no such thing".into(), raw: raw.into() };
    store.quarantine(unit).await.expect("kept")
}

/// A journal with that customer and somebody else in it, and what is found of the customer.
pub async fn journal(dir: &Path) -> (Arc<SqliteStore>, StoreFixture, Traces) {
    let store = Arc::new(SqliteStore::open(dir, Options::default()).expect("open"));
    let fixture = StoreFixture::set_up(store.clone(), 1).await;
    for (id, theirs) in [("customer1", CUSTOMER), ("other", OTHER), ("customer2", CUSTOMER)] {
        talk(&fixture, id, theirs).await;
    }
    for (name, theirs) in [("k1", CUSTOMER), ("k2", OTHER)] {
        fixture.done(keyword(theirs, name)).await;
    }
    let mut quarantined = Vec::new();
    for theirs in [CUSTOMER, OTHER] {
        for raw in [
            format!("From=%2B{}&Body={WORDS}", &theirs[1..]),
            format!(r#"{{"from":"\u002b{}","words":"{WORDS}"#, &theirs[1..]),
        ] {
            quarantined.push(quarantine(&store, raw).await);
        }
    }
    let found = Traces {
        conversations: vec!["customer1".into(), "customer2".into()],
        quarantined: quarantined[..2].to_vec(),
        notices: vec!["notice/texts|k1".into()],
        events: Vec::new(),
    };
    (store, fixture, found)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_customer_is_found_by_his_address_wherever_it_stands() {
    let dir = tempfile::tempdir().expect("a directory");
    let (store, _scene, traces) = journal(dir.path()).await;
    assert_eq!(store.find_person(CUSTOMER).await.expect("found"), traces);
    let reader = SqliteReader::open(dir.path()).expect("a reader");
    assert_eq!(reader.find_person(CUSTOMER).expect("found"), traces);
    assert_eq!(reader.find_person(OTHER).expect("found").conversations, ["other".into()]);
    let words = reader.find_person(WORDS).expect("found");
    assert_eq!((words.conversations.len(), words.quarantined.len(), words.notices.len()), (0, 4, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_file_holds_the_address_or_the_words_of_a_customer_who_was_erased() {
    let dir = tempfile::tempdir().expect("a directory");
    let (store, fixture, mut traces) = journal(dir.path()).await;
    let other = (fixture.session("other").await, fixture.log("other").await);
    assert!(!holders(dir.path(), NUMBER).is_empty());
    for session in &traces.conversations {
        fixture.done(Command::Erase { session: session.clone() }).await;
    }
    let erased = store.erase(traces.clone()).await.expect("erased");
    assert_eq!((erased.conversations, erased.quarantined, erased.notices, erased.left.len()), (2, 2, 1, 0));
    assert!(erased.messages > 10 && erased.events >= 2 && erased.notes > 10, "{erased:?}");
    assert_eq!(holders(dir.path(), NUMBER), Vec::<String>::new());
    assert_eq!(store.find_person(CUSTOMER).await.expect("found"), Traces::default());

    // Nothing of anybody else went.
    assert_eq!((fixture.session("other").await, fixture.log("other").await), other);
    assert_eq!(fixture.tasks().await, [("notice/texts|k2".into(), false)]);
    assert_eq!(store.quarantined(0, 10, usize::MAX).await.expect("listed").len(), 2);
    assert!(!holders(dir.path(), OTHER).is_empty());
    assert_eq!(rebuild(dir.path(), false).expect("a report").differences, []);
    // The thread still knows that the customer does not want to hear from us, and by what name it came.
    assert!(fixture.known("k1").await.is_some());
    fixture.done(text(CUSTOMER, "k1", "again", "STOP")).await;
    assert!(fixture.log("again").await.is_empty());

    traces = store.find_person(OTHER).await.expect("found");
    for session in &traces.conversations {
        fixture.done(Command::Erase { session: session.clone() }).await;
    }
    store.erase(traces).await.expect("erased");
    for words in [NUMBER, &OTHER[1..], WORDS] {
        assert_eq!(holders(dir.path(), words), Vec::<String>::new(), "{words}");
    }
    drop((fixture, store));
    for words in [NUMBER, &OTHER[1..], WORDS] {
        assert_eq!(holders(dir.path(), words), Vec::<String>::new(), "{words}");
    }
}

#[tokio::test]
async fn what_is_only_in_quarantine_is_overwritten_too() {
    let dir = tempfile::tempdir().expect("a directory");
    let store = SqliteStore::open(dir.path(), Options::default()).expect("open");
    for number in 0..50 {
        quarantine(&store, format!("{number} {CUSTOMER} {WORDS}")).await;
    }
    let erased = store.erase(store.find_person(CUSTOMER).await.expect("found")).await.expect("erased");
    assert_eq!((erased.conversations, erased.quarantined), (0, 50));
    assert_eq!(holders(dir.path(), WORDS), Vec::<String>::new());
}
