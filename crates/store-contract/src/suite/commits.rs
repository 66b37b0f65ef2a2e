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

pub async fn a_refusal_leaves_no_trace(ground: &dyn StoreBackend) {
    let scene = StoreFixture::set_up(ground.open(), 1).await;
    scene.talk("one", 1).await;
    let (before, page, head) =
        (scene.session("one").await, scene.store.events(all()).await.expect("events"), scene.head(1).await);
    let refused = scene.run(session_command("one", 1, SessionAct::Reject)).await.expect("the store works");
    assert!(matches!(refused, Err(Refusal::NotInState { .. })), "{refused:?}");
    assert_eq!(scene.session("one").await, before);
    assert_eq!(scene.store.events(all()).await.expect("events"), page);
    assert_eq!(scene.head(1).await, head);
    assert_eq!(scene.dispose("one", 1, "Solved").await.reference, Some(head + 1));
}

pub async fn a_commit_is_all_or_nothing(ground: &dyn StoreBackend) {
    let scene = StoreFixture::set_up(ground.open(), 1).await;
    scene.talk("one", 1).await;
    ground.fail_notes_of("/broken");
    let (before, page, head) =
        (scene.session("one").await, scene.store.events(all()).await.expect("events"), scene.head(1).await);
    // Its neighbours of the same group are not harmed by the one that cannot be written.
    let dispose = |value: &str| {
        session_command("one", 1, SessionAct::SetDisposition { value: value.into(), key: None })
    };
    let say = session_command("one", 1, SessionAct::Say { text: "lost".into(), message_type: None });
    let (good, bad, other) = tokio::join!(
        scene.store.transact(Vec::new(), work(dispose("A"), 2_000, TOPIC)),
        scene.store.transact(Vec::new(), work(say, 2_001, "/broken")),
        scene.store.transact(Vec::new(), work(dispose("B"), 2_002, TOPIC)),
    );
    assert!(matches!(bad, Err(StoreFault::Permanent(_))), "{bad:?}");
    assert_eq!(good.expect("written").expect("allowed").reference, Some(head + 1));
    assert_eq!(other.expect("written").expect("allowed").reference, Some(head + 2));
    let after = scene.session("one").await;
    assert_eq!(after.next_index, before.next_index);
    let messages = scene.store.messages(&"one".into(), 0, 100, usize::MAX).await.expect("messages").entries;
    assert!(!format!("{messages:?}").contains("lost"));
    let news = scene.store.events(FeedQuery { after: page.head, ..all() }).await.expect("events").rows;
    assert_eq!(news.iter().map(|row| row.event.kind()).collect::<Vec<_>>(), ["disposition", "disposition"]);
    assert_eq!(scene.positions(1, head).await, [head + 1, head + 2]);
}

pub async fn a_decision_that_panics_harms_nobody_else(ground: &dyn StoreBackend) {
    let scene = StoreFixture::set_up(ground.open(), 1).await;
    let mad: Work = Box::new(|_| panic!("on purpose"));
    let (fault, fine) = tokio::join!(scene.store.transact(Vec::new(), mad), scene.store.heads());
    assert!(matches!(fault, Err(StoreFault::Permanent(_))));
    fine.expect("readers go on");
    scene.talk("one", 1).await;
}

pub async fn a_decision_may_ask_for_more_and_runs_again(ground: &dyn StoreBackend) {
    let scene = StoreFixture::set_up(ground.open(), 1).await;
    let mut runs = 0;
    let asking: Work = Box::new(move |sight| {
        runs += 1;
        if runs < 3 {
            return Err(DecideError::Need(Key::Book.into()));
        }
        assert!(sight.state(&Key::Centre)?.is_some());
        Ok(CommitPlan { at: 1, decision: Decision::default(), notes: Vec::new(), cause: None, result: None })
    });
    scene.store.transact(Vec::new(), asking).await.expect("the store works").expect("granted");
    let insatiable: Work = Box::new(|_| Err(DecideError::Need(Key::Book.into())));
    assert!(scene.store.transact(Vec::new(), insatiable).await.is_err());
}

pub async fn a_want_that_was_forgotten_is_asked_for_and_obeyed(ground: &dyn StoreBackend) {
    let scene = StoreFixture::set_up(ground.open(), 1).await;
    scene.text("one", "+1", 1).await;
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
        let look: Work = Box::new(move |sight| {
            let found = vec![
                format!("{:?}", sight.state(&session("one"))?),
                format!("{:?}", sight.known(&known_key(SERVICE, "one-opens"))?),
                format!("{:?}", sight.message(&"one".into(), 2)?),
                format!("{:?}", sight.newest(&"one".into(), 0)?),
                sight.head(&agent(1))?.to_string(),
                format!("{:?}", sight.result("k")?),
                format!("{:?}", sight.bearer(&UniqueName::User("agent1@demo".into()))?),
                sight.waiting(&"Support".into())?.values().sum::<usize>().to_string(),
            ];
            *tell.lock().expect("lock") = found;
            Err(DecideError::Refused(Refusal::Ended))
        });
        let looked = scene.store.transact(wants, look).await.expect("the store works");
        assert_eq!(looked, Err(Refusal::Ended));
        seen.push(told.lock().expect("lock").clone());
    }
    assert_eq!(seen[0].len(), all.len(), "there is a want for everything that can be looked at");
    assert!(seen[0][0].contains("Mary") && seen[0][2].contains("Hello") && seen[0][1].contains("one"));
    assert!(seen.iter().all(|other| *other == seen[0]));
}

pub async fn commands_of_one_group_see_each_other(ground: &dyn StoreBackend) {
    let scene = StoreFixture::set_up(ground.open(), 1).await;
    scene.talk("one", 1).await;
    let before = scene.session("one").await.next_index;
    let says = (0..200).map(|number| {
        let act = CustomerAct::Say { text: number.to_string(), message_type: None };
        scene.run(Command::Customer { session: "one".into(), act })
    });
    for said in futures::future::join_all(says).await {
        said.expect("the store works").expect("allowed");
    }
    assert_eq!(scene.session("one").await.next_index, before + 200);
    let messages =
        scene.store.messages(&"one".into(), before, 1_000, usize::MAX).await.expect("messages").entries;
    assert_eq!(
        messages.iter().map(|message| message.index).collect::<Vec<_>>(),
        (before..before + 200).collect::<Vec<_>>()
    );
}

pub async fn a_decision_sees_the_log_its_group_wrote(ground: &dyn StoreBackend) {
    let scene = StoreFixture::set_up(ground.open(), 1).await;
    scene.talk("one", 1).await;
    let say = CustomerAct::Say { text: "just now".into(), message_type: None };
    let seen = Arc::new(OnceLock::new());
    let told = seen.clone();
    let look: Work = Box::new(move |sight| {
        let _ = told.set(sight.newest(&"one".into(), usize::MAX)?);
        Err(DecideError::Refused(Refusal::Ended))
    });
    let (said, looked) = tokio::join!(
        scene.run(Command::Customer { session: "one".into(), act: say }),
        scene.store.transact(Vec::new(), look)
    );
    said.expect("the store works").expect("allowed");
    assert_eq!(looked.expect("the store works"), Err(Refusal::Ended));
    assert!(format!("{:?}", seen.get()).contains("just now"));
}

pub async fn a_snapshot_is_the_fold_of_its_events_after_a_reopening(ground: &dyn StoreBackend) {
    let scene = StoreFixture::set_up(ground.open(), 3).await;
    for number in 0..20 {
        let (id, agent) = (format!("chat{number}"), number % 3 + 1);
        scene.talk(&id, agent).await;
        scene.customer(&id, CustomerAct::Say { text: "hello".into(), message_type: None }).await;
        scene.dispose(&id, agent, "Solved").await;
        if number % 2 == 0 {
            scene.complete(&id, agent).await;
            scene.dispose(&id, agent, "Late").await;
        }
    }
    let (now, seen) = (scene.tick(), scene.session("chat4").await);
    drop(scene);

    let scene = StoreFixture::at(ground.open(), now);
    assert_eq!(scene.session("chat4").await, seen);
    let mut folded: Vec<(Key, State)> = Vec::new();
    for row in scene.store.events(all()).await.expect("events").rows {
        let place = folded.iter().position(|(key, _)| *key == row.key);
        let before = place.map(|place| folded.swap_remove(place).1);
        let after = State::apply(before, &row.key, row.at, &row.event).expect("the journal makes sense");
        folded.push((row.key, after));
    }
    assert!(folded.len() > 25);
    for (key, state) in &folded {
        assert_eq!(scene.state(key).await.as_deref(), Some(state), "{key}");
    }
    for kind in [
        EntityKind::Session,
        EntityKind::Agent,
        EntityKind::User,
        EntityKind::Queue,
        EntityKind::Book,
        EntityKind::Centre,
    ] {
        let open = scene.store.open(kind).await.expect("open");
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

pub async fn a_witness_hears_of_every_commit_in_order_and_before_the_caller(ground: &dyn StoreBackend) {
    let scene = StoreFixture::set_up(ground.open(), 2).await;
    scene.talk("one", 1).await;
    scene.talk("two", 2).await;
    let start = scene.store.events(all()).await.expect("events").head;
    let ear = Arc::new(ReadingObserver {
        store: Arc::downgrade(&scene.store),
        heard: Mutex::default(),
        runtime: tokio::runtime::Handle::current(),
        missing: Mutex::default(),
    });
    scene.store.watch(ear.clone());
    let work = (0..100).map(|number| {
        let (scene, ear) = (&scene, &ear);
        async move {
            let (id, agent) = if number % 2 == 0 { ("one", 1) } else { ("two", 2) };
            let done = scene.dispose(id, agent, &number.to_string()).await;
            let heard = ear.heard.lock().expect("lock");
            let position = done.reference.expect("an agent's command");
            assert!(
                heard
                    .iter()
                    .flat_map(|group| &group.durable.notes)
                    .any(|note| note.agent == self::agent(agent)
                        && note.pos == position
                        && note.body.contains(&format!("\"{number}\""))),
                "answered before the witness heard"
            );
        }
    });
    futures::future::join_all(work).await;

    let heard = std::mem::take(&mut *ear.heard.lock().expect("lock"));
    assert!(ear.missing.lock().expect("lock").is_empty(), "told before it could be read");
    let told: Vec<_> = heard.iter().flat_map(|group| group.durable.events.clone()).collect();
    let kept = scene.store.events(FeedQuery { after: start, ..all() }).await.expect("events").rows;
    assert_eq!(told, kept);
    assert!(heard.windows(2).all(|pair| pair[0].durable.head < pair[1].durable.head));
    for number in [1, 2] {
        let mine =
            heard.iter().flat_map(|group| &group.durable.notes).filter(|note| note.agent == agent(number));
        let positions: Vec<_> = mine.map(|note| note.pos).collect();
        assert!(positions.is_sorted_by(|a, b| a < b), "{positions:?}");
        assert_eq!(positions.last(), Some(&scene.head(number).await));
    }
    for group in &heard {
        let mut keys: Vec<_> = group.durable.states.iter().map(|found| found.key.clone()).collect();
        keys.sort();
        assert!(keys.is_sorted_by(|a, b| a < b), "each entity once: {keys:?}");
    }
    assert!(scene.state(&session("one")).await.is_some());
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

pub async fn every_witness_hears_of_every_later_commit_until_nobody_holds_it(ground: &dyn StoreBackend) {
    let scene = StoreFixture::set_up(ground.open(), 1).await;
    let first = Arc::new(Notebook::default());
    scene.store.watch(first.clone());
    scene.talk("one", 1).await;
    let second = Arc::new(Notebook::default());
    scene.store.watch(second.clone());
    let before = first.last();
    assert!(before.is_some() && second.last().is_none());
    scene.dispose("one", 1, "A").await;
    assert_eq!((first.last(), first.last() > before), (second.last(), true));
    let gone = Arc::downgrade(&first);
    drop(first);
    scene.dispose("one", 1, "B").await;
    assert!(gone.upgrade().is_none());
    let rows = scene.store.events(all()).await.expect("events");
    assert_eq!(second.last(), Some(rows.head));
}
