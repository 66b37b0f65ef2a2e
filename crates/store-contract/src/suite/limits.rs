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
    scene: &StoreFixture,
    mut look: impl FnMut(&mut dyn TxView) -> Result<T, DecideError> + Send + 'static,
) -> T {
    let found = Arc::new(Mutex::new(None));
    let told = found.clone();
    let work = Box::new(move |sight: &mut dyn TxView| {
        *told.lock().expect("lock") = Some(look(sight)?);
        Err(DecideError::Refused(Refusal::Ended))
    });
    scene.store.transact(Vec::new(), work).await.expect("the store works").expect_err("only looked");
    let found = found.lock().expect("lock");
    found.clone().expect("looked")
}

async fn bearer(scene: &StoreFixture, name: &str) -> Option<Key> {
    let name = UniqueName::User(name.to_owned());
    seen(scene, move |sight| sight.bearer(&name)).await
}

async fn waiting(scene: &StoreFixture, queue: &'static str) -> WaitingCounts {
    let mut waiting = seen(scene, move |sight| sight.waiting(&queue.into())).await;
    waiting.retain(|_, count| *count > 0);
    waiting
}

fn named(number: u32, name: &str) -> Provision {
    Provision::PutUser(Box::new(User { user_name: name.into(), ..user(number) }))
}

pub async fn a_name_is_borne_by_whoever_bears_it_now(ground: &dyn StoreBackend) {
    let scene = StoreFixture::set_up(ground.open(), 2).await;
    let first = Some(Key::User(agent(1)));
    assert_eq!((bearer(&scene, "agent1@demo").await, bearer(&scene, "nobody").await), (first.clone(), None));
    scene.done(Command::Provision(named(1, "anna"))).await;
    assert_eq!((bearer(&scene, "agent1@demo").await, bearer(&scene, "anna").await), (None, first));
    // Of two that change names at once each has the other's then.
    let swap = Provision::All(vec![named(1, "agent2@demo"), named(2, "anna")]);
    scene.done(Command::Provision(swap)).await;
    let number = UniqueName::RoutingPoint("9000".into());
    let point = Queue { routing_point: Some("9000".into()), ..queue() };
    scene.done(Command::Provision(Provision::PutQueue(Box::new(point)))).await;
    let now = scene.tick();
    drop(scene);

    let scene = StoreFixture::at(ground.open(), now);
    assert_eq!(bearer(&scene, "anna").await, Some(Key::User(agent(2))));
    assert_eq!(bearer(&scene, "agent2@demo").await, Some(Key::User(agent(1))));
    let found = seen(&scene, move |sight| sight.bearer(&number)).await;
    assert_eq!(found, Some(Key::Queue("Support".into())));
}

pub async fn a_name_that_two_would_bear_is_never_written(ground: &dyn StoreBackend) {
    let scene = StoreFixture::set_up(ground.open(), 2).await;
    let taken = scene.run(Command::Provision(named(2, "agent1@demo"))).await;
    assert!(matches!(taken, Err(StoreFault::Permanent(_))), "{taken:?}");
    let both = Provision::All(vec![named(1, "ann"), named(2, "ann")]);
    let twice = scene.run(Command::Provision(both)).await;
    assert!(matches!(twice, Err(StoreFault::Permanent(_))), "{twice:?}");
    assert_eq!(bearer(&scene, "agent1@demo").await, Some(Key::User(agent(1))));
    assert_eq!(bearer(&scene, "agent2@demo").await, Some(Key::User(agent(2))));
    assert_eq!(bearer(&scene, "ann").await, None);
}

pub async fn who_waits_is_counted_in_the_same_group_and_after_a_reopening(ground: &dyn StoreBackend) {
    let scene = StoreFixture::set_up(ground.open(), 1).await;
    let spare = Queue { name: "Spare".into(), ..queue() };
    scene.done(Command::Provision(Provision::PutQueue(Box::new(spare)))).await;
    futures::join!(
        scene.come("one", "Mary", &[]),
        scene.come("two", "Mary", &[]),
        scene.come("three", "Mary", &[])
    );
    scene.ring("c1", ("+1", "Ines"), &[]).await;
    let of = |pairs: &[(&str, usize)]| -> WaitingCounts {
        pairs.iter().map(|(medium, count)| ((*medium).into(), *count)).collect()
    };
    assert_eq!(waiting(&scene, "Support").await, of(&[("chat", 3), ("voice", 1)]));
    scene.take("one", 1).await;
    assert_eq!(waiting(&scene, "Support").await, of(&[("chat", 2), ("voice", 1)]));
    scene.act("one", 1, SessionAct::Transfer { to: HandoverTarget::Queue("Spare".into()), last: None }).await;
    scene.customer("two", CustomerAct::Leave(EndedBy::Customer)).await;
    let now = scene.tick();
    let left = (of(&[("chat", 1), ("voice", 1)]), of(&[("chat", 1)]));
    assert_eq!((waiting(&scene, "Support").await, waiting(&scene, "Spare").await), left);
    drop(scene);
    let scene = StoreFixture::at(ground.open(), now);
    assert_eq!((waiting(&scene, "Support").await, waiting(&scene, "Spare").await), left);
    scene.take("three", 1).await;
    assert_eq!(waiting(&scene, "Support").await, of(&[("voice", 1)]));
}
