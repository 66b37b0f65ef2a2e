//! The feed, and the end of history.

use super::{
    StoreBackend,
    calls::{call, dn},
    fixture::{StoreFixture, agent, session},
};
use desk::ports::{FeedPage, FeedQuery, Store};
use domain::{EntityKind, Key, command::CustomerAct};

async fn page(store: &dyn Store, query: FeedQuery) -> FeedPage {
    store
        .events(FeedQuery { limit: if query.limit == 0 { 10_000 } else { query.limit }, ..query })
        .await
        .expect("the store works")
}

pub async fn the_feed_tells_in_order_and_only_what_was_asked_for(backend: &dyn StoreBackend) {
    let fixture = StoreFixture::set_up(backend.open(), 2).await;
    for number in 0..30 {
        let id = format!("chat{number}");
        fixture.talk(&id, 1).await;
        fixture.customer(&id, CustomerAct::Type { on: true, text: None }).await;
        fixture.dispose(&id, 1, "Solved").await;
    }
    let everything = page(&*fixture.store, FeedQuery { unreported: true, ..FeedQuery::default() }).await;
    assert!(everything.rows.is_sorted_by(|a, b| a.seq < b.seq));
    assert_eq!(everything.rows.last().map(|row| row.seq), Some(everything.head));
    assert_eq!(everything.oldest, 0);
    assert!(everything.rows.iter().any(|row| row.event.kind() == "session.typing"));

    let told = page(&*fixture.store, FeedQuery::default()).await.rows;
    let reported: Vec<_> = everything.rows.iter().filter(|row| row.event.is_reported()).cloned().collect();
    assert_eq!(told, reported);

    // Page by page is the same as all at once.
    for kinds in [vec![], vec!["disposition".to_owned(), "session.created".to_owned(), "nothing".to_owned()]]
    {
        let wanted: Vec<_> = reported
            .iter()
            .filter(|row| kinds.is_empty() || kinds.iter().any(|kind| kind == row.event.kind()))
            .cloned()
            .collect();
        let (mut after, mut found) = (0, Vec::new());
        loop {
            let query = FeedQuery { after, limit: 7, kinds: kinds.clone(), ..FeedQuery::default() };
            let page = page(&*fixture.store, query).await;
            assert_eq!(page.head, everything.head);
            let Some(last) = page.rows.last() else { break };
            after = last.seq;
            found.extend(page.rows);
        }
        assert_eq!(found, wanted);
    }
    let typing = FeedQuery { kinds: vec!["session.typing".into()], ..FeedQuery::default() };
    assert_eq!(page(&*fixture.store, typing.clone()).await.rows, []);
    assert_eq!(page(&*fixture.store, FeedQuery { unreported: true, ..typing }).await.rows.len(), 30);
}

pub async fn the_feed_can_begin_at_a_moment(backend: &dyn StoreBackend) {
    let fixture = StoreFixture::set_up(backend.open(), 1).await;
    // Two, since a customer may not say as much in one.
    for id in ["one", "two"] {
        fixture.talk(id, 1).await;
    }
    // Enough that a store which takes a short cut takes it; and time is not always in step with the journal.
    let mut stamps = Vec::new();
    for number in 0..3_000_i64 {
        let at = 10_000 + number + if number % 500 == 0 { 700 } else { 0 };
        let act = CustomerAct::Say { text: "x".into(), message_type: None };
        let session = if number % 2 == 0 { "one" } else { "two" };
        let command = domain::Command::Customer { session: session.into(), act };
        stamps.push(
            fixture.store.transact(Vec::new(), super::fixture::work(command, at, super::fixture::TOPIC)),
        );
    }
    for said in futures::future::join_all(stamps).await {
        said.expect("the store works").expect("allowed");
    }
    let all = page(&*fixture.store, FeedQuery::default()).await.rows;
    for (since, after) in
        [(0, 0), (10_000, 0), (11_100, 0), (11_100, 2_000), (12_900, 0), (13_050, 0), (99_999, 0)]
    {
        let wanted: Vec<_> =
            all.iter().filter(|row| row.at >= since && row.seq > after).map(|row| row.seq).collect();
        for kinds in [vec![], vec!["session.message".to_owned()]] {
            let wanted: Vec<_> = if kinds.is_empty() {
                wanted.clone()
            } else {
                let is_said = |seq: &u64| {
                    all.iter().any(|row| row.seq == *seq && row.event.kind() == "session.message")
                };
                wanted.iter().copied().filter(is_said).collect()
            };
            let query = FeedQuery { since: Some(since), after, kinds, ..FeedQuery::default() };
            let found: Vec<_> = page(&*fixture.store, query).await.rows.iter().map(|row| row.seq).collect();
            assert_eq!(found, wanted, "since {since} after {after}");
        }
    }
}

pub async fn retiring_takes_whole_conversations_and_says_how_far(backend: &dyn StoreBackend) {
    let fixture = StoreFixture::set_up(backend.open(), 2).await;
    for id in ["old1", "old2", "open", "late"] {
        fixture.talk(id, 1).await;
    }
    for id in ["old1", "old2", "late"] {
        fixture.complete(id, 1).await;
    }
    let between = fixture.tick();
    fixture.talk("new", 2).await;
    fixture.complete("new", 2).await;
    // The newest event counts, so that a reader who is not far behind has lost nothing.
    fixture.dispose("late", 1, "Solved").await;
    let before = page(&*fixture.store, FeedQuery { unreported: true, ..FeedQuery::default() }).await;

    assert_eq!(fixture.store.retire(between, 1).await.expect("retired"), 1);
    assert_eq!(fixture.store.retire(between, 100).await.expect("retired"), 1);
    assert_eq!(fixture.store.retire(between, 100).await.expect("retired"), 0);
    let gone = [session("old1"), session("old2")];
    for key in &gone {
        assert_eq!(fixture.state(key).await, None);
    }
    assert_eq!(
        fixture.store.messages(&"old1".into(), 0, 100, usize::MAX).await.expect("messages").entries,
        []
    );
    for id in ["open", "late", "new"] {
        assert!(fixture.state(&session(id)).await.is_some(), "{id}");
        assert!(
            !fixture
                .store
                .messages(&id.into(), 0, 100, usize::MAX)
                .await
                .expect("messages")
                .entries
                .is_empty()
        );
    }
    let after = page(&*fixture.store, FeedQuery { unreported: true, ..FeedQuery::default() }).await;
    let kept: Vec<_> = before.rows.iter().filter(|row| !gone.contains(&row.key)).cloned().collect();
    let newest = before.rows.iter().filter(|row| gone.contains(&row.key)).map(|row| row.seq).max();
    assert_eq!(after.rows, kept);
    assert_eq!((Some(after.oldest), after.head), (newest, before.head));
    // The open conversation's notes are still there, and no position comes again.
    assert!(!fixture.store.notes(&agent(1), 0, 100, usize::MAX).await.expect("notes").is_empty());
    let head = fixture.head(1).await;
    assert_eq!(fixture.dispose("open", 1, "x").await.reference, Some(head + 1));
    // An id that is free again starts over.
    fixture.talk("old1", 2).await;
    let again = page(&*fixture.store, FeedQuery { after: before.head, ..FeedQuery::default() }).await;
    assert!(again.rows.iter().any(|row| row.key == gone[0] && row.version == 1));
}

pub async fn retiring_takes_calls_too_and_leaves_phones(backend: &dyn StoreBackend) {
    let fixture = StoreFixture::set_up(backend.open(), 1).await;
    fixture.connect(1).await;
    for id in ["old", "late"] {
        fixture.ring(id, ("+15550142", "Ines"), &[]).await;
        fixture.answer(id, 1).await;
        fixture.gone(id, 1).await;
    }
    fixture.ring("open", ("+15550142", "Ines"), &[]).await;
    let between = fixture.tick();
    fixture.dispose_call("late", 1, "Solved").await;
    assert!(!fixture.store.notes(&agent(1), 0, 100, usize::MAX).await.expect("notes").is_empty());

    assert_eq!(fixture.store.retire(between, 100).await.expect("retired"), 1);
    assert_eq!(fixture.state(&call("old")).await, None);
    assert!(!fixture.call("late").await.is_open());
    assert!(fixture.call("open").await.is_open());
    let far = fixture.tick() + 1_000_000;
    assert_eq!(fixture.store.retire(far, 100).await.expect("retired"), 1);
    let after = page(&*fixture.store, FeedQuery { unreported: true, ..FeedQuery::default() }).await;
    let mut calls = after.rows.iter().filter(|row| row.key.kind() == EntityKind::Call);
    assert!(calls.all(|row| row.key == call("open")));
    // Phones, and everything else that is no conversation, are never over.
    for key in [Key::Device(dn(1)), Key::Agent(agent(1)), Key::User(agent(1))] {
        assert!(fixture.state(&key).await.is_some(), "{key}");
        assert!(after.rows.iter().any(|row| row.key == key), "{key}");
    }
    drop(fixture);
    let fixture = StoreFixture::at(backend.open(), far);
    assert!(fixture.state(&Key::Device(dn(1))).await.is_some());
    assert_eq!(fixture.store.open(EntityKind::Device).await.expect("open").len(), 1);
}

pub async fn a_number_is_never_given_twice(backend: &dyn StoreBackend) {
    let fixture = StoreFixture::set_up(backend.open(), 1).await;
    fixture.talk("one", 1).await;
    fixture.complete("one", 1).await;
    let now = fixture.tick();
    let head = page(&*fixture.store, FeedQuery::default()).await.head;
    fixture.store.retire(now, 10).await.expect("retired");
    drop(fixture);
    let fixture = StoreFixture::at(backend.open(), now);
    let empty = page(&*fixture.store, FeedQuery::default()).await;
    assert_eq!((empty.head, empty.oldest <= head), (head, true));
    fixture.talk("two", 1).await;
    let rows = page(&*fixture.store, FeedQuery { after: head, ..FeedQuery::default() }).await.rows;
    assert_eq!(rows.first().map(|row| row.seq), Some(head + 1));
}
