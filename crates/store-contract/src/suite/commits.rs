//! What a commit is.

use super::{
    StoreBackend,
    fixture::{StoreFixture, TOPIC, agent, session, session_command, work},
    post::SERVICE,
};
use desk::known_key;
use desk::ports::{CommitObserver, CommitPlan, Committed, FeedQuery, Store, StoreFault, Versioned, Work};
use domain::{
    Command, DecideError, Decision, EntityKind, Key, Refusal, State, UniqueName, Want,
    command::{CustomerAct, SessionAct},
};
use std::sync::{Arc, Mutex, OnceLock, Weak};

fn all() -> FeedQuery {
    FeedQuery { limit: 10_000, unreported: true, ..FeedQuery::default() }
}

pub async fn a_refusal_leaves_no_trace(backend: &dyn StoreBackend) {
    let fixture = StoreFixture::set_up(backend.open(), 1).await;
    fixture.talk("one", 1).await;
    let (before, page, head) = (
        fixture.session("one").await,
        fixture.store.events(all()).await.expect("events"),
        fixture.head(1).await,
    );
    let refused = fixture.run(session_command("one", 1, SessionAct::Reject)).await.expect("the store works");
    assert!(matches!(refused, Err(Refusal::NotInState { .. })), "{refused:?}");
    assert_eq!(fixture.session("one").await, before);
    assert_eq!(fixture.store.events(all()).await.expect("events"), page);
    assert_eq!(fixture.head(1).await, head);
    assert_eq!(fixture.dispose("one", 1, "Solved").await.reference, Some(head + 1));
}

pub async fn a_commit_is_all_or_nothing(backend: &dyn StoreBackend) {
    let fixture = StoreFixture::set_up(backend.open(), 1).await;
    fixture.talk("one", 1).await;
    backend.fail_notes_of("/broken");
    let (before, page, head) = (
        fixture.session("one").await,
        fixture.store.events(all()).await.expect("events"),
        fixture.head(1).await,
    );
    // Its neighbours of the same group are not harmed by the one that cannot be written.
    let dispose = |value: &str| {
        session_command("one", 1, SessionAct::SetDisposition { value: value.into(), key: None })
    };
    let say = session_command("one", 1, SessionAct::Say { text: "lost".into(), message_type: None });
    let (good, bad, other) = tokio::join!(
        fixture.store.transact(Vec::new(), work(dispose("A"), 2_000, TOPIC)),
        fixture.store.transact(Vec::new(), work(say, 2_001, "/broken")),
        fixture.store.transact(Vec::new(), work(dispose("B"), 2_002, TOPIC)),
    );
    assert!(matches!(bad, Err(StoreFault::Permanent(_))), "{bad:?}");
    assert_eq!(good.expect("written").expect("allowed").reference, Some(head + 1));
    assert_eq!(other.expect("written").expect("allowed").reference, Some(head + 2));
    let after = fixture.session("one").await;
    assert_eq!(after.next_index, before.next_index);
    let messages = fixture.store.messages(&"one".into(), 0, 100, usize::MAX).await.expect("messages").entries;
    assert!(!format!("{messages:?}").contains("lost"));
    let news = fixture.store.events(FeedQuery { after: page.head, ..all() }).await.expect("events").rows;
    assert_eq!(news.iter().map(|row| row.event.kind()).collect::<Vec<_>>(), ["disposition", "disposition"]);
    assert_eq!(fixture.positions(1, head).await, [head + 1, head + 2]);
}

pub async fn a_decision_that_panics_harms_nobody_else(backend: &dyn StoreBackend) {
    let fixture = StoreFixture::set_up(backend.open(), 1).await;
    let mad: Work = Box::new(|_| panic!("on purpose"));
    let (fault, fine) = tokio::join!(fixture.store.transact(Vec::new(), mad), fixture.store.heads());
    assert!(matches!(fault, Err(StoreFault::Permanent(_))));
    fine.expect("readers go on");
    fixture.talk("one", 1).await;
}

pub async fn a_decision_may_ask_for_more_and_runs_again(backend: &dyn StoreBackend) {
    let fixture = StoreFixture::set_up(backend.open(), 1).await;
    let mut runs = 0;
    let asking: Work = Box::new(move |view| {
        runs += 1;
        if runs < 3 {
            return Err(DecideError::Need(Key::Book.into()));
        }
        assert!(view.state(&Key::Centre)?.is_some());
        Ok(CommitPlan { at: 1, decision: Decision::default(), notes: Vec::new(), cause: None, result: None })
    });
    fixture.store.transact(Vec::new(), asking).await.expect("the store works").expect("granted");
    let insatiable: Work = Box::new(|_| Err(DecideError::Need(Key::Book.into())));
    assert!(fixture.store.transact(Vec::new(), insatiable).await.is_err());
}

pub async fn a_want_that_was_forgotten_is_asked_for_and_obeyed(backend: &dyn StoreBackend) {
    let fixture = StoreFixture::set_up(backend.open(), 1).await;
    fixture.text("one", "+1", 1).await;
    let all = vec![
        Want::State(session("one")),
        Want::Known(known_key(SERVICE, "one-opens").to_string()),
        Want::Message("one".into(), 2),
        Want::Log("one".into()),
        Want::Head(agent(1)),
        Want::Result("k".into()),
        Want::Bearer(UniqueName::User("agent1@demo".into())),
        Want::Waiting("Support".into()),
    ];
    let mut seen = Vec::new();
    for wants in [all.clone(), Vec::new(), all[..3].to_vec(), all[3..].to_vec()] {
        let told = Arc::new(Mutex::new(Vec::new()));
        let tell = told.clone();
        let look: Work = Box::new(move |view| {
            let found = vec![
                format!("{:?}", view.state(&session("one"))?),
                format!("{:?}", view.known(&known_key(SERVICE, "one-opens"))?),
                format!("{:?}", view.message(&"one".into(), 2)?),
                format!("{:?}", view.newest(&"one".into(), 0)?),
                view.head(&agent(1))?.to_string(),
                format!("{:?}", view.result("k")?),
                format!("{:?}", view.bearer(&UniqueName::User("agent1@demo".into()))?),
                view.waiting(&"Support".into())?.values().sum::<usize>().to_string(),
            ];
            *tell.lock().expect("lock") = found;
            Err(DecideError::Refused(Refusal::Ended))
        });
        let looked = fixture.store.transact(wants, look).await.expect("the store works");
        assert_eq!(looked, Err(Refusal::Ended));
        seen.push(told.lock().expect("lock").clone());
    }
    assert_eq!(seen[0].len(), all.len(), "there is a want for everything that can be looked at");
    assert!(seen[0][0].contains("Mary") && seen[0][2].contains("Hello") && seen[0][1].contains("one"));
    assert!(seen.iter().all(|other| *other == seen[0]));
}

pub async fn commands_of_one_group_see_each_other(backend: &dyn StoreBackend) {
    let fixture = StoreFixture::set_up(backend.open(), 1).await;
    fixture.talk("one", 1).await;
    let before = fixture.session("one").await.next_index;
    let says = (0..200).map(|number| {
        let act = CustomerAct::Say { text: number.to_string(), message_type: None };
        fixture.run(Command::Customer { session: "one".into(), act })
    });
    for said in futures::future::join_all(says).await {
        said.expect("the store works").expect("allowed");
    }
    assert_eq!(fixture.session("one").await.next_index, before + 200);
    let messages =
        fixture.store.messages(&"one".into(), before, 1_000, usize::MAX).await.expect("messages").entries;
    assert_eq!(
        messages.iter().map(|message| message.index).collect::<Vec<_>>(),
        (before..before + 200).collect::<Vec<_>>()
    );
}

pub async fn a_decision_sees_the_log_its_group_wrote(backend: &dyn StoreBackend) {
    let fixture = StoreFixture::set_up(backend.open(), 1).await;
    fixture.talk("one", 1).await;
    let say = CustomerAct::Say { text: "just now".into(), message_type: None };
    let seen = Arc::new(OnceLock::new());
    let told = seen.clone();
    let look: Work = Box::new(move |view| {
        let _ = told.set(view.newest(&"one".into(), usize::MAX)?);
        Err(DecideError::Refused(Refusal::Ended))
    });
    let (said, looked) = tokio::join!(
        fixture.run(Command::Customer { session: "one".into(), act: say }),
        fixture.store.transact(Vec::new(), look)
    );
    said.expect("the store works").expect("allowed");
    assert_eq!(looked.expect("the store works"), Err(Refusal::Ended));
    assert!(format!("{:?}", seen.get()).contains("just now"));
}

pub async fn a_snapshot_is_the_fold_of_its_events_after_a_reopening(backend: &dyn StoreBackend) {
    let fixture = StoreFixture::set_up(backend.open(), 3).await;
    for number in 0..20 {
        let (id, agent) = (format!("chat{number}"), number % 3 + 1);
        fixture.talk(&id, agent).await;
        fixture.customer(&id, CustomerAct::Say { text: "hello".into(), message_type: None }).await;
        fixture.dispose(&id, agent, "Solved").await;
        if number % 2 == 0 {
            fixture.complete(&id, agent).await;
            fixture.dispose(&id, agent, "Late").await;
        }
    }
    let (now, seen) = (fixture.tick(), fixture.session("chat4").await);
    drop(fixture);

    let fixture = StoreFixture::at(backend.open(), now);
    assert_eq!(fixture.session("chat4").await, seen);
    let mut folded: Vec<(Key, State)> = Vec::new();
    for row in fixture.store.events(all()).await.expect("events").rows {
        let place = folded.iter().position(|(key, _)| *key == row.key);
        let before = place.map(|place| folded.swap_remove(place).1);
        let after = State::apply(before, &row.key, row.at, &row.event).expect("the journal makes sense");
        folded.push((row.key, after));
    }
    assert!(folded.len() > 25);
    for (key, state) in &folded {
        assert_eq!(fixture.state(key).await.as_deref(), Some(state), "{key}");
    }
    for kind in [
        EntityKind::Session,
        EntityKind::Agent,
        EntityKind::User,
        EntityKind::Queue,
        EntityKind::Book,
        EntityKind::Centre,
    ] {
        let open = fixture.store.open(kind).await.expect("open");
        let wanted = folded
            .iter()
            .filter(|(key, state)| key.kind() == kind && state.is_open())
            .map(|(_, state)| state);
        assert_eq!(open.len(), wanted.clone().count(), "{kind:?}");
        assert!(wanted.into_iter().all(|state| open.iter().any(|found| *found.state == *state)));
    }
}

/// Tells in which order it heard, and what a reader found then.
struct ReadingObserver {
    store: Weak<dyn Store>,
    heard: Mutex<Vec<Committed>>,
    runtime: tokio::runtime::Handle,
    missing: Mutex<Vec<Key>>,
}

impl CommitObserver for ReadingObserver {
    fn committed(&self, group: &Committed) {
        if let Some(store) = self.store.upgrade() {
            for Versioned { key, state, .. } in &group.durable.states {
                // A store may tell on a thread of its own, or on one of the runtime's.
                let _within = self.runtime.enter();
                let found = futures::executor::block_on(store.state(key)).expect("the store works");
                if found.as_ref() != Some(state) {
                    self.missing.lock().expect("lock").push(key.clone());
                }
            }
        }
        self.heard.lock().expect("lock").push(group.clone());
    }
}

pub async fn a_witness_hears_of_every_commit_in_order_and_before_the_caller(backend: &dyn StoreBackend) {
    let fixture = StoreFixture::set_up(backend.open(), 2).await;
    fixture.talk("one", 1).await;
    fixture.talk("two", 2).await;
    let start = fixture.store.events(all()).await.expect("events").head;
    let observer = Arc::new(ReadingObserver {
        store: Arc::downgrade(&fixture.store),
        heard: Mutex::default(),
        runtime: tokio::runtime::Handle::current(),
        missing: Mutex::default(),
    });
    fixture.store.watch(observer.clone());
    let work = (0..100).map(|number| {
        let (fixture, observer) = (&fixture, &observer);
        async move {
            let (id, agent) = if number % 2 == 0 { ("one", 1) } else { ("two", 2) };
            let done = fixture.dispose(id, agent, &number.to_string()).await;
            let heard = observer.heard.lock().expect("lock");
            let position = done.reference.expect("an agent's command");
            assert!(
                heard
                    .iter()
                    .flat_map(|group| &group.durable.notes)
                    .any(|note| note.agent == self::agent(agent)
                        && note.pos == position
                        && note.body.contains(&format!("\"{number}\""))),
                "answered before the observer heard"
            );
        }
    });
    futures::future::join_all(work).await;

    let heard = std::mem::take(&mut *observer.heard.lock().expect("lock"));
    assert!(observer.missing.lock().expect("lock").is_empty(), "told before it could be read");
    let told: Vec<_> = heard.iter().flat_map(|group| group.durable.events.clone()).collect();
    let kept = fixture.store.events(FeedQuery { after: start, ..all() }).await.expect("events").rows;
    assert_eq!(told, kept);
    assert!(heard.windows(2).all(|pair| pair[0].durable.head < pair[1].durable.head));
    for number in [1, 2] {
        let mine =
            heard.iter().flat_map(|group| &group.durable.notes).filter(|note| note.agent == agent(number));
        let positions: Vec<_> = mine.map(|note| note.pos).collect();
        assert!(positions.is_sorted_by(|a, b| a < b), "{positions:?}");
        assert_eq!(positions.last(), Some(&fixture.head(number).await));
    }
    for group in &heard {
        let mut keys: Vec<_> = group.durable.states.iter().map(|found| found.key.clone()).collect();
        keys.sort();
        assert!(keys.is_sorted_by(|a, b| a < b), "each entity once: {keys:?}");
    }
    assert!(fixture.state(&session("one")).await.is_some());
}

/// Writes down what it hears.
#[derive(Default)]
struct Notebook(Mutex<Vec<u64>>);

impl CommitObserver for Notebook {
    fn committed(&self, group: &Committed) {
        self.0.lock().expect("lock").extend(group.durable.events.iter().map(|row| row.seq));
    }
}

impl Notebook {
    fn last(&self) -> Option<u64> {
        self.0.lock().expect("lock").last().copied()
    }
}

pub async fn every_witness_hears_of_every_later_commit_until_nobody_holds_it(backend: &dyn StoreBackend) {
    let fixture = StoreFixture::set_up(backend.open(), 1).await;
    let first = Arc::new(Notebook::default());
    fixture.store.watch(first.clone());
    fixture.talk("one", 1).await;
    let second = Arc::new(Notebook::default());
    fixture.store.watch(second.clone());
    let before = first.last();
    assert!(before.is_some() && second.last().is_none());
    fixture.dispose("one", 1, "A").await;
    assert_eq!((first.last(), first.last() > before), (second.last(), true));
    let gone = Arc::downgrade(&first);
    drop(first);
    fixture.dispose("one", 1, "B").await;
    assert!(gone.upgrade().is_none());
    let rows = fixture.store.events(all()).await.expect("events");
    assert_eq!(second.last(), Some(rows.head));
}
