//! Names that providers gave, and log entries that change.

use super::{
    StoreBackend,
    fixture::{StoreFixture, TOPIC, work},
    post::{SERVICE, outcome, says, text, unit, words},
};
use desk::{known_key, ports::Work};
use domain::{Command, Want, command::Unit, message::Content, session::Delivery};

pub async fn a_unit_that_comes_eight_times_at_once_is_taken_once(backend: &dyn StoreBackend) {
    let fixture = StoreFixture::set_up(backend.open(), 1).await;
    let opening = (0..8).map(|number| fixture.run(text("+1", "m1", &format!("s{number}"), "Hello")));
    for taken in futures::future::join_all(opening).await {
        taken.expect("the store works").expect("allowed");
    }
    let (id, index) = fixture.entry("m1").await.expect("it is known");
    assert_eq!(index, 2);
    assert_eq!(fixture.log(&id).await.iter().map(words).collect::<Vec<_>>(), ["", "Hello"]);
    for number in 0..8 {
        let other = format!("s{number}");
        assert!(other == id || fixture.log(&other).await.is_empty(), "{other}");
    }
    let further = (0..8).map(|_| fixture.run(text("+1", "m2", "later", "Anybody?")));
    for taken in futures::future::join_all(further).await {
        taken.expect("the store works").expect("allowed");
    }
    assert_eq!(fixture.log(&id).await.iter().map(words).collect::<Vec<_>>(), ["", "Hello", "Anybody?"]);
}

pub async fn a_name_leads_to_its_entry_in_the_same_group_and_after_a_reopening(backend: &dyn StoreBackend) {
    let fixture = StoreFixture::set_up(backend.open(), 1).await;
    let edit = |of| Unit::Edited { of: known_key(SERVICE, of), text: "Hello there".into() };
    // The second can only be understood if it sees the first, which may be of the same group.
    let (opened, edited) = tokio::join!(
        fixture.run(text("+1", "m1", "one", "Hello")),
        fixture.run(unit("+1", "e1", "none", edit("m1"))),
    );
    opened.expect("the store works").expect("allowed");
    edited.expect("the store works").expect("allowed");
    assert_eq!(words(&fixture.log("one").await[1]), "Hello there");
    let now = fixture.tick();
    drop(fixture);

    let fixture = StoreFixture::at(backend.open(), now);
    assert_eq!(fixture.entry("m1").await, Some(("one".into(), 2)));
    let alone = fixture.known("e1").await.expect("it is known, and is no entry");
    assert_eq!(alone.entry, None);
    assert_eq!(fixture.known("m2").await, None);
    fixture.done(text("+1", "m1", "two", "Hello")).await;
    assert!(fixture.log("two").await.is_empty());
}

pub async fn a_name_keeps_what_it_was_given_first(backend: &dyn StoreBackend) {
    let fixture = StoreFixture::set_up(backend.open(), 1).await;
    fixture.text("one", "+1", 1).await;
    for text in ["a", "b"] {
        fixture.done(says("one", 1, text)).await;
    }
    fixture.done(outcome("one", 4, Delivery::Sent, "p1")).await;
    fixture.done(outcome("one", 5, Delivery::Sent, "p1")).await;
    assert_eq!(fixture.entry("p1").await, Some(("one".into(), 4)));
    assert_eq!(fixture.tasks().await, []);
}

pub async fn a_name_of_a_deleted_conversation_leads_nowhere(backend: &dyn StoreBackend) {
    let fixture = StoreFixture::set_up(backend.open(), 1).await;
    fixture.text("first", "+1", 1).await;
    fixture.complete("first", 1).await;
    // Now nothing is younger than the conversation itself, its thread included.
    fixture.text("old", "+1", 1).await;
    fixture.done(says("old", 1, "Good day")).await;
    fixture.done(outcome("old", 4, Delivery::Delivered, "p1")).await;
    fixture.complete("old", 1).await;
    let over = fixture.tick();
    // A name that came when it was over: it is younger than what is forgotten.
    fixture.done(outcome("old", 4, Delivery::Sent, "p2")).await;
    assert_eq!(fixture.entry("p2").await, Some(("old".into(), 4)));
    assert_eq!(fixture.store.retire(over, 10).await.expect("retired"), 2);
    let known = fixture.known("p2").await.expect("it is known");
    assert_eq!(known.entry, None);
    assert_eq!(fixture.known("p1").await, None);
    let now = fixture.tick();
    drop(fixture);

    // Whatever comes next, the name is not its.
    let fixture = StoreFixture::at(backend.open(), now);
    fixture.text("new", "+2", 1).await;
    fixture.text("newer", "+3", 1).await;
    assert_eq!(fixture.known("p2").await.expect("it is known").entry, None);
}

pub async fn retiring_forgets_old_names_however_many(backend: &dyn StoreBackend) {
    let fixture = StoreFixture::set_up(backend.open(), 1).await;
    fixture.text("one", "+1", 1).await;
    let many = |from: u32, upto: u32| {
        let Command::Receive(mut receive) = unit("+1", "", "none", Unit::Typing(false)) else {
            unreachable!()
        };
        receive.keys = (from..upto).map(|number| known_key(SERVICE, &format!("n{number}"))).collect();
        Command::Receive(receive)
    };
    // That many are named at once, since a store may show nothing else and run it again for each.
    let names =
        (0..2_000).map(|number| Want::Known(known_key(SERVICE, &format!("n{number}")).to_string())).collect();
    let taken = fixture.store.transact(names, work(many(0, 2_000), fixture.tick(), TOPIC)).await;
    taken.expect("the store works").expect("allowed");
    let between = fixture.tick();
    fixture.done(many(2_000, 2_010)).await;
    assert_eq!(fixture.store.retire(between, 1).await.expect("retired"), 0);
    for (number, is_known) in [(0, false), (999, false), (1_999, false), (2_000, true), (2_009, true)] {
        assert_eq!(fixture.known(&format!("n{number}")).await.is_some(), is_known, "{number}");
    }
    assert!(!fixture.log("one").await.is_empty());
}

pub async fn an_amended_entry_keeps_its_place(backend: &dyn StoreBackend) {
    let fixture = StoreFixture::set_up(backend.open(), 1).await;
    fixture.text("one", "+1", 1).await;
    fixture.done(text("+1", "m2", "none", "Wrong")).await;
    fixture.done(text("+1", "m3", "none", "Last")).await;
    let before = fixture.log("one").await;
    fixture
        .done(unit("+1", "e1", "none", Unit::Edited { of: known_key(SERVICE, "m2"), text: "Right".into() }))
        .await;
    let after = fixture.log("one").await;
    assert_eq!(after[..3], before[..3]);
    assert_eq!((words(&after[3]), words(&after[4])), ("Right", "Last"));
    assert_eq!((after[3].index, after[3].at), (before[3].index, before[3].at));
    assert!(matches!(after[5].content, Content::Notice { .. }));

    // The same when one decision writes an entry and changes it.
    let mut plan = work(text("+1", "m4", "none", "First thought"), fixture.tick(), "/v2/me/chats");
    let both: Work = Box::new(move |view| {
        let mut plan = plan(view)?;
        let (session, mut message) = plan.decision.messages[0].clone();
        message.content = Content::Text { text: "Second thought".into(), message_type: None };
        plan.decision.messages.push((session, message));
        Ok(plan)
    });
    fixture.store.transact(Vec::new(), both).await.expect("the store works").expect("allowed");
    let now = fixture.tick();
    drop(fixture);
    let fixture = StoreFixture::at(backend.open(), now);
    let log = fixture.log("one").await;
    assert_eq!(log[..6], after);
    assert_eq!((log.len(), words(&log[6]), log[6].index), (7, "Second thought", 7));
}
