//! Mailboxes and tables of sessions.

use super::{
    StoreBackend,
    fixture::{StoreFixture, agent},
};
use desk::ports::{CommitPlan, NewNote, SessionTable, Work};
use domain::{Decision, Key, Refusal};

fn note(number: u32, body: &str) -> NewNote {
    NewNote { agent: agent(number), channel: "/v2/me/chats".into(), body: body.into(), about: Key::Centre }
}

/// A work without events: only notes, and perhaps the number of a command.
fn tell(notes: Vec<NewNote>, cause: Option<(u32, u64)>) -> Work {
    Box::new(move |_| {
        let cause = cause.map(|(number, reference)| (agent(number), reference));
        Ok(CommitPlan { at: 1, decision: Decision::default(), notes: notes.clone(), cause, result: None })
    })
}

pub async fn positions_grow_and_a_cause_takes_its_own(backend: &dyn StoreBackend) {
    let fixture = StoreFixture::at(backend.open(), 1);
    let run = |work| async { fixture.store.transact(Vec::new(), work).await };
    let allowed = "the store works and nothing refuses";
    let done = run(tell(vec![note(1, "a"), note(2, "b"), note(1, "c")], Some((1, 1)))).await;
    assert_eq!(done.expect(allowed).expect(allowed).reference, Some(1));
    assert_eq!(fixture.positions(1, 0).await, [1, 2]);
    assert_eq!(fixture.positions(2, 0).await, [1]);
    // A command that nobody is told of takes a position all the same.
    run(tell(Vec::new(), Some((1, 3)))).await.expect(allowed).expect(allowed);
    assert_eq!(fixture.head(1).await, 3);
    // So does one that only others are told of.
    run(tell(vec![note(2, "d")], Some((1, 4)))).await.expect(allowed).expect(allowed);
    run(tell(vec![note(1, "e")], None)).await.expect(allowed).expect(allowed);
    assert_eq!(fixture.positions(1, 0).await, [1, 2, 5]);
    assert_eq!(fixture.positions(1, 2).await, [5]);
    assert_eq!(fixture.head(2).await, 2);
    // A number that is not the next is a fault of the caller's, and nothing is written.
    run(tell(vec![note(1, "f")], Some((1, 9)))).await.expect_err("not the next");
    assert_eq!(fixture.head(1).await, 5);
    drop(fixture);

    let fixture = StoreFixture::at(backend.open(), 1);
    assert_eq!(fixture.head(1).await, 5);
    assert_eq!(fixture.positions(1, 0).await, [1, 2, 5]);
    let first = &fixture.store.notes(&agent(1), 1, 1, usize::MAX).await.expect("notes")[0];
    assert_eq!((first.pos, &*first.body, &*first.channel), (2, "c", "/v2/me/chats"));
    fixture
        .store
        .transact(
            Vec::new(),
            Box::new(|view| {
                assert_eq!(view.head(&agent(1))?, 5);
                assert_eq!(view.head(&agent(9))?, 0);
                Err(Refusal::Ended.into())
            }),
        )
        .await
        .expect(allowed)
        .expect_err("refused on purpose");
}

pub async fn a_backlog_counts_notes_and_bytes_and_a_trim_shortens_it(backend: &dyn StoreBackend) {
    let fixture = StoreFixture::at(backend.open(), 1);
    let many: Vec<_> = (0..2_000).map(|_| note(1, "1234567é")).chain([note(2, "x")]).collect();
    fixture.store.transact(Vec::new(), tell(many, None)).await.expect("written").expect("allowed");
    let backlog = |number, after| {
        let backlog = fixture.store.backlog(&agent(number), after);
        async { backlog.await.expect("the store works") }
    };
    assert_eq!(backlog(1, 0).await, (2_000, 18_000));
    assert_eq!(backlog(1, 1_990).await, (10, 90));
    assert_eq!(backlog(1, u64::MAX).await, (0, 0));
    assert_eq!(backlog(3, 0).await, (0, 0));
    fixture.store.trim(vec![(agent(1), 1_995), (agent(3), 7)]).await.expect("trimmed");
    assert_eq!(fixture.positions(1, 0).await, (1_996..=2_000).collect::<Vec<_>>());
    assert_eq!(backlog(1, 0).await, (5, 45));
    assert_eq!(backlog(2, 0).await, (1, 1));
    fixture.store.trim(vec![(agent(1), u64::MAX)]).await.expect("trimmed");
    assert!(fixture.positions(1, 0).await.is_empty());
    // Trimming does not bring a position back.
    drop(fixture);
    let fixture = StoreFixture::at(backend.open(), 1);
    assert_eq!(fixture.head(1).await, 2_000);
    fixture
        .store
        .transact(Vec::new(), tell(vec![note(1, "x")], None))
        .await
        .expect("written")
        .expect("allowed");
    assert_eq!(fixture.positions(1, 0).await, [2_001]);
}

pub async fn a_trim_goes_through_all_of_many_mailboxes(backend: &dyn StoreBackend) {
    let fixture = StoreFixture::at(backend.open(), 1);
    // More mailboxes, and more notes in one of them, than are dealt with at once; the first has nothing to lose.
    let notes =
        (1..=300).flat_map(|number| (0..if number == 150 { 400 } else { 3 }).map(move |_| note(number, "x")));
    fixture.store.transact(Vec::new(), tell(notes.collect(), None)).await.expect("written").expect("allowed");
    let upto = |number| if number == 1 { 0 } else { 2 };
    let trim = fixture.store.trim((1..=300).map(|number| (agent(number), upto(number))).collect());
    // Others are served meanwhile.
    let (trimmed, told) =
        futures::join!(trim, fixture.store.transact(Vec::new(), tell(vec![note(7, "y")], None)));
    trimmed.expect("trimmed");
    told.expect("written").expect("allowed");
    for number in 1..=300 {
        let first = fixture.positions(number, 0).await[0];
        assert_eq!(first, upto(number) + 1, "{number}");
    }
    fixture.store.trim(vec![(agent(150), 399)]).await.expect("trimmed");
    assert_eq!(fixture.positions(150, 0).await, [400]);
    assert_eq!(fixture.positions(7, 0).await, [3, 4]);
}

pub async fn shelves_keep_rows_until_they_are_taken_off(backend: &dyn StoreBackend) {
    let fixture = StoreFixture::at(backend.open(), 1);
    let row = |id: &str, body: Option<&str>| (id.to_owned(), body.map(str::to_owned));
    let store = &fixture.store;
    let put = |table, rows| async move { store.shelve(table, rows).await.expect("shelved") };
    let rows = vec![row("a", Some("1")), row("b", Some("2")), row("c", Some("3"))];
    put(SessionTable::HttpSession, rows).await;
    put(SessionTable::BayeuxSession, vec![row("a", Some("other"))]).await;
    put(SessionTable::Process, vec![row("a", Some("early"))]).await;
    put(SessionTable::Process, vec![row("a", Some("late")), row("b", Some("5"))]).await;
    put(SessionTable::Process, vec![row("b", None)]).await;
    put(SessionTable::HttpSession, vec![row("b", None), row("c", Some("4")), row("never", None)]).await;
    drop(fixture);

    let store = backend.open();
    let found = store.rows(SessionTable::HttpSession).await.expect("rows");
    assert_eq!(found, [("a".into(), "1".into()), ("c".into(), "4".into())]);
    assert_eq!(store.row(SessionTable::BayeuxSession, "a").await.expect("row").as_deref(), Some("other"));
    assert_eq!(store.row(SessionTable::HttpSession, "b").await.expect("row"), None);
    assert_eq!(store.rows(SessionTable::Process).await.expect("rows"), [("a".into(), "late".into())]);
    assert_eq!(store.row(SessionTable::Process, "a").await.expect("row").as_deref(), Some("late"));
}
