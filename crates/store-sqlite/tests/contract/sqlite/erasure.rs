//! Erasing a person: no byte of any file keeps a word of theirs.

use crate::suite::fixture::StoreFixture;
use desk::ports::{FeedQuery, Store, Traces};
use domain::{
    Command, Key, State, UserData,
    command::{CustomerAct, SessionAct},
    message::Content,
};
use std::{path::Path, sync::Arc};
use store_sqlite::{Options, SqliteStore, rebuild};

/// Stands in everything personal of those who are erased.
const MARKER: &str = "Zaphod-Q7";

/// The files of the directory that hold words.
pub(super) fn holders(dir: &Path, words: &str) -> Vec<String> {
    let files = std::fs::read_dir(dir).expect("a directory").map(|file| file.expect("a file").path());
    files
        .filter(|path| {
            let bytes = std::fs::read(path).expect("a file");
            bytes.windows(words.len()).any(|window| window == words.as_bytes())
        })
        .map(|path| path.display().to_string())
        .collect()
}

fn text(words: &str) -> CustomerAct {
    CustomerAct::Say { text: words.into(), message_type: None }
}

/// A conversation full of what is personal begins.
async fn begin(fixture: &StoreFixture, id: &str, name: &str) {
    fixture.come(id, name, &[("Phone", name), ("Product", "lamp")]).await;
    fixture.take(id, 1).await;
    fixture.customer(id, CustomerAct::Rename(format!("{name} II"))).await;
}

/// It goes on, in words of a length of its own.
async fn go_on(fixture: &StoreFixture, id: &str, name: &str, length: usize) {
    fixture.customer(id, text(&format!("I am {name}. {}", "And so on. ".repeat(length)))).await;
    let mut data = UserData::default();
    data.set(
        "Nested",
        serde_json::json!([{ "deep": name.repeat(length % 30 + 1) }, { "deep": name }, 15_550_142]),
    );
    fixture.act(id, 1, SessionAct::UpdateUserData(data)).await;
}

/// It ends.
async fn end(fixture: &StoreFixture, id: &str, name: &str) {
    fixture.customer(id, CustomerAct::Type { on: true, text: Some(format!("my name is {name}")) }).await;
    fixture.act(id, 1, SessionAct::Comment(format!("{name} is nice"))).await;
    fixture.dispose(id, 1, "Solved").await;
    fixture.customer(id, CustomerAct::Leave(domain::session::EndedBy::Customer)).await;
    fixture.act(id, 1, SessionAct::Complete { queue: None, save_last_agent: false, last: None }).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_erased_person_is_in_no_file() {
    let dir = tempfile::tempdir().expect("a directory");
    let store = Arc::new(SqliteStore::open(dir.path(), Options::default()).expect("open"));
    let fixture = StoreFixture::set_up(store.clone(), 1).await;
    let talks: Vec<_> = (0..60)
        .map(|number| (format!("chat{number}"), if number % 3 == 0 { MARKER } else { "Somebody Else" }))
        .collect();
    for (id, name) in &talks {
        begin(&fixture, id, name).await;
    }
    // All at the same time and in rows of all lengths, so that pages are split and rows move.
    for round in 0..4 {
        for (place, (id, name)) in talks.iter().enumerate() {
            go_on(&fixture, id, name, (round * 37 + place * 61) % 97).await;
        }
    }
    for (id, name) in &talks {
        end(&fixture, id, name).await;
    }
    assert!(!holders(dir.path(), MARKER).is_empty());
    let kept = fixture.session("chat1").await;
    let page = store.events(FeedQuery { limit: 10_000, ..FeedQuery::default() }).await.expect("events");

    let found = store.find_person(MARKER).await.expect("found");
    assert_eq!(found.conversations.len(), 20);
    // Nothing happens to a conversation that was not erased by command.
    let erased = store.erase(found.clone()).await.expect("left alone");
    assert_eq!((erased.conversations, &erased.left), (0, &found.conversations));
    for session in &found.conversations {
        fixture.done(Command::Erase { session: session.clone() }).await;
    }
    let erased = store.erase(found.clone()).await.expect("erased");
    assert_eq!((erased.conversations, erased.left.len()), (20, 0));
    assert!(erased.messages > 100 && erased.events > 100 && erased.notes > 100, "{erased:?}");
    assert_eq!(holders(dir.path(), MARKER), Vec::<String>::new());
    assert_eq!(store.find_person(MARKER).await.expect("found"), Traces::default());

    // The numbers stay: the journal's order, the dispositions, the shape of the log.
    let after = store.events(FeedQuery { limit: 10_000, ..FeedQuery::default() }).await.expect("events");
    let shape = |page: &desk::ports::FeedPage| {
        page.rows
            .iter()
            .map(|row| (row.seq, row.key.clone(), row.version, row.event.kind()))
            .collect::<Vec<_>>()
    };
    assert_eq!(shape(&page), shape(&after)[..page.rows.len()]);
    let messages = store.messages(&"chat0".into(), 0, 100, usize::MAX).await.expect("messages").entries;
    assert!(
        messages.iter().any(|said| matches!(&said.content, Content::Text { text, .. } if text.is_empty()))
    );
    assert_eq!(fixture.session("chat1").await, kept);
    assert!(matches!(
        fixture.state(&Key::Session("chat0".into())).await.as_deref(),
        Some(State::Session(session)) if session.erased
    ));
    // And the redacted events still come to the snapshot.
    assert_eq!(rebuild(dir.path(), false).expect("a report").differences, []);
    drop((fixture, store));
    assert_eq!(holders(dir.path(), MARKER), Vec::<String>::new());
}

#[tokio::test]
async fn a_person_is_found_by_what_he_is_called_or_once_was() {
    let dir = tempfile::tempdir().expect("a directory");
    let store = Arc::new(SqliteStore::open(dir.path(), Options::default()).expect("open"));
    let fixture = StoreFixture::set_up(store.clone(), 1).await;
    for (id, name) in [("one", "Ann \"Quote\" Ünal"), ("two", "Bob")] {
        begin(&fixture, id, name).await;
        go_on(&fixture, id, name, 3).await;
        fixture.dispose(id, 1, &format!("{name} will call")).await;
        end(&fixture, id, name).await;
        fixture.dispose(id, 1, &format!("{name} called")).await;
    }
    let find = async |value: &str| -> Vec<String> {
        let found = store.find_person(value).await.expect("found");
        found.conversations.iter().map(|id| id.as_str().to_owned()).collect()
    };
    assert_eq!(find("Ann \"Quote\" Ünal").await, ["one"]);
    assert_eq!(find("Bob II").await, ["two"]);
    assert_eq!(find("Bob will call").await, ["two"]);
    assert_eq!(find("Bob called").await, ["two"]);
    assert_eq!(find("15550142").await, ["one", "two"]);
    for nobody in ["Ann", "bob", "Bob III", ""] {
        assert!(find(nobody).await.is_empty(), "{nobody}");
    }
}
