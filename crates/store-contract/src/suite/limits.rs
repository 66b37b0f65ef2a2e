//! Unique names, and places in queues.

use super::{
    StoreBackend,
    fixture::{StoreFixture, agent, queue, user},
};
use desk::ports::{StoreFault, TxView};
use domain::{
    Command, DecideError, Key, Refusal, UniqueName,
    command::{CustomerAct, HandoverTarget, Provision, SessionAct},
    queue::Queue,
    session::EndedBy,
    share::WaitingCounts,
    user::User,
};
use std::sync::{Arc, Mutex};

/// What a decision sees.
async fn seen<T: Clone + Send + 'static>(
    fixture: &StoreFixture,
    mut look: impl FnMut(&mut dyn TxView) -> Result<T, DecideError> + Send + 'static,
) -> T {
    let found = Arc::new(Mutex::new(None));
    let told = found.clone();
    let work = Box::new(move |view: &mut dyn TxView| {
        *told.lock().expect("lock") = Some(look(view)?);
        Err(DecideError::Refused(Refusal::Ended))
    });
    fixture.store.transact(Vec::new(), work).await.expect("the store works").expect_err("only looked");
    let found = found.lock().expect("lock");
    found.clone().expect("looked")
}

async fn bearer(fixture: &StoreFixture, name: &str) -> Option<Key> {
    let name = UniqueName::User(name.to_owned());
    seen(fixture, move |view| view.bearer(&name)).await
}

async fn waiting(fixture: &StoreFixture, queue: &'static str) -> WaitingCounts {
    let mut waiting = seen(fixture, move |view| view.waiting(&queue.into())).await;
    waiting.retain(|_, count| *count > 0);
    waiting
}

fn named(number: u32, name: &str) -> Provision {
    Provision::PutUser(Box::new(User { user_name: name.into(), ..user(number) }))
}

pub async fn a_name_is_borne_by_whoever_bears_it_now(backend: &dyn StoreBackend) {
    let fixture = StoreFixture::set_up(backend.open(), 2).await;
    let first = Some(Key::User(agent(1)));
    assert_eq!(
        (bearer(&fixture, "agent1@demo").await, bearer(&fixture, "nobody").await),
        (first.clone(), None)
    );
    fixture.done(Command::Provision(named(1, "anna"))).await;
    assert_eq!((bearer(&fixture, "agent1@demo").await, bearer(&fixture, "anna").await), (None, first));
    // Of two that change names at once each has the other's then.
    let swap = Provision::All(vec![named(1, "agent2@demo"), named(2, "anna")]);
    fixture.done(Command::Provision(swap)).await;
    let number = UniqueName::RoutingPoint("9000".into());
    let point = Queue { routing_point: Some("9000".into()), ..queue() };
    fixture.done(Command::Provision(Provision::PutQueue(Box::new(point)))).await;
    let now = fixture.tick();
    drop(fixture);

    let fixture = StoreFixture::at(backend.open(), now);
    assert_eq!(bearer(&fixture, "anna").await, Some(Key::User(agent(2))));
    assert_eq!(bearer(&fixture, "agent2@demo").await, Some(Key::User(agent(1))));
    let found = seen(&fixture, move |view| view.bearer(&number)).await;
    assert_eq!(found, Some(Key::Queue("Support".into())));
}

pub async fn a_name_that_two_would_bear_is_never_written(backend: &dyn StoreBackend) {
    let fixture = StoreFixture::set_up(backend.open(), 2).await;
    let taken = fixture.run(Command::Provision(named(2, "agent1@demo"))).await;
    assert!(matches!(taken, Err(StoreFault::Permanent(_))), "{taken:?}");
    let both = Provision::All(vec![named(1, "ann"), named(2, "ann")]);
    let twice = fixture.run(Command::Provision(both)).await;
    assert!(matches!(twice, Err(StoreFault::Permanent(_))), "{twice:?}");
    assert_eq!(bearer(&fixture, "agent1@demo").await, Some(Key::User(agent(1))));
    assert_eq!(bearer(&fixture, "agent2@demo").await, Some(Key::User(agent(2))));
    assert_eq!(bearer(&fixture, "ann").await, None);
}

pub async fn who_waits_is_counted_in_the_same_group_and_after_a_reopening(backend: &dyn StoreBackend) {
    let fixture = StoreFixture::set_up(backend.open(), 1).await;
    let spare = Queue { name: "Spare".into(), ..queue() };
    fixture.done(Command::Provision(Provision::PutQueue(Box::new(spare)))).await;
    futures::join!(
        fixture.come("one", "Mary", &[]),
        fixture.come("two", "Mary", &[]),
        fixture.come("three", "Mary", &[])
    );
    fixture.ring("c1", ("+1", "Ines"), &[]).await;
    let of = |pairs: &[(&str, usize)]| -> WaitingCounts {
        pairs.iter().map(|(medium, count)| ((*medium).into(), *count)).collect()
    };
    assert_eq!(waiting(&fixture, "Support").await, of(&[("chat", 3), ("voice", 1)]));
    fixture.take("one", 1).await;
    assert_eq!(waiting(&fixture, "Support").await, of(&[("chat", 2), ("voice", 1)]));
    fixture
        .act("one", 1, SessionAct::Transfer { to: HandoverTarget::Queue("Spare".into()), last: None })
        .await;
    fixture.customer("two", CustomerAct::Leave(EndedBy::Customer)).await;
    let now = fixture.tick();
    let left = (of(&[("chat", 1), ("voice", 1)]), of(&[("chat", 1)]));
    assert_eq!((waiting(&fixture, "Support").await, waiting(&fixture, "Spare").await), left);
    drop(fixture);
    let fixture = StoreFixture::at(backend.open(), now);
    assert_eq!((waiting(&fixture, "Support").await, waiting(&fixture, "Spare").await), left);
    fixture.take("three", 1).await;
    assert_eq!(waiting(&fixture, "Support").await, of(&[("voice", 1)]));
}
