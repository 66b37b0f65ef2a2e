//! Results of requests that may come again.

use super::{
    StoreBackend,
    fixture::{StoreFixture, work},
};
use desk::ports::{CommitPlan, SavedResult, TxView, Work};
use domain::{
    Command, DecideError,
    command::{AgentAct, Provision},
};

fn saved(key: &str, scope: &str, at: i64, body: &str) -> SavedResult {
    SavedResult {
        key: key.into(),
        scope: scope.into(),
        fingerprint: format!("print of {key}"),
        at,
        status: 200,
        body: body.into(),
    }
}

/// The work of a command with a result.
fn kept(command: Command, result: SavedResult) -> Work {
    let mut inner = work(command, result.at, super::fixture::TOPIC);
    Box::new(move |view: &mut dyn TxView| -> Result<CommitPlan, DecideError> {
        if let Some(known) = view.result(&result.key)? {
            let decision = domain::Decision::default();
            return Ok(CommitPlan { at: 0, decision, notes: Vec::new(), cause: None, result: Some(known) });
        }
        Ok(CommitPlan { result: Some(result.clone()), ..inner(view)? })
    })
}

fn ready() -> Command {
    let act = AgentAct::SetState { channel: None, operation: "NotReady".into(), wrap_up: None };
    Command::Agent { agent: super::fixture::agent(1), act }
}

pub async fn a_result_comes_with_its_commit_and_is_seen_by_the_next(backend: &dyn StoreBackend) {
    let fixture = StoreFixture::set_up(backend.open(), 1).await;
    let one = saved("k", "s", 5, "one");
    let asked = (0..8).map(|number| {
        let result = SavedResult { body: number.to_string(), ..one.clone() };
        fixture.store.transact(Vec::new(), kept(ready(), result))
    });
    let answers: Vec<_> = futures::future::join_all(asked)
        .await
        .into_iter()
        .map(|done| done.expect("the store works").expect("allowed").result.expect("a result"))
        .collect();
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    drop(fixture);
    let store = backend.open();
    assert_eq!(store.result("k").await.expect("read").as_ref(), answers.first());
    assert_eq!(store.result("l").await.expect("read"), None);
}

pub async fn a_refused_command_leaves_no_result(backend: &dyn StoreBackend) {
    let fixture = StoreFixture::set_up(backend.open(), 1).await;
    let refused = Command::Provision(Provision::RemoveQueue("nowhere".into()));
    let outcome = fixture.store.transact(Vec::new(), kept(refused, saved("k", "s", 5, ""))).await;
    assert!(outcome.expect("the store works").is_err());
    assert_eq!(fixture.store.result("k").await.expect("read"), None);
}

pub async fn results_are_bounded_in_each_scope_and_forgotten_when_they_are_old(backend: &dyn StoreBackend) {
    let store = backend.open();
    let save = |result| store.save(result);
    save(saved("other", "t", 1, "")).await.expect("kept");
    let small =
        (0..1_000).map(|number| save(saved(&format!("k{number}"), "s", number, "{\"statusCode\":0}")));
    for kept in futures::future::join_all(small).await {
        kept.expect("kept");
    }
    let found = async |key: &str| store.result(key).await.expect("read").is_some();
    assert!(found("k0").await && found("k999").await);
    save(saved("large", "s", 2_000, &"x".repeat(600_000))).await.expect("kept");
    assert!(!found("k0").await && found("large").await && found("k999").await);
    assert!(found("other").await, "each scope pays for itself");
    store.forget(1_500).await.expect("forgotten");
    assert!(!found("k999").await && !found("other").await && found("large").await);
}
