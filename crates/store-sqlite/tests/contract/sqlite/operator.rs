//! What an operator erases, by the process that has the journal open and by one that finds it free.

use super::{
    erasure::holders,
    forgetting::{CUSTOMER, NUMBER, journal},
};
use desk::ports::{Operator, Traces};
use domain::Command;
use std::sync::Arc;
use store_sqlite::{OpenError, OperatorError, Options, SqliteDirectory, SqliteStore};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_has_the_journal_open_erases_in_it() {
    let dir = tempfile::tempdir().expect("a directory");
    let (store, fixture, traces) = journal(dir.path()).await;
    let operator = SqliteDirectory::opened(dir.path(), store);
    assert_eq!(operator.find_person(CUSTOMER).expect("found"), traces);
    for session in &traces.conversations {
        fixture.done(Command::Erase { session: session.clone() }).await;
    }
    let erased = operator.erase(traces).expect("erased");
    assert_eq!((erased.conversations, erased.quarantined, erased.notices), (2, 2, 1));
    assert_eq!(operator.find_person(CUSTOMER).expect("found"), Traces::default());
    assert_eq!(holders(dir.path(), NUMBER), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_a_journal_that_is_free_is_opened_to_erase_in_it() {
    let dir = tempfile::tempdir().expect("a directory");
    let operator = SqliteDirectory::of(dir.path());
    let missing = operator.erase(Traces::default());
    assert!(matches!(missing, Err(OperatorError::Open(OpenError::Missing(_)))), "{missing:?}");
    assert!(std::fs::read_dir(dir.path()).expect("a directory").next().is_none(), "none was made");

    let (store, fixture, traces) = journal(dir.path()).await;
    assert_eq!(operator.find_person(CUSTOMER).expect("found beside a server"), traces);
    let in_use = operator.erase(traces.clone());
    assert!(matches!(in_use, Err(OperatorError::Open(OpenError::InUse(_)))), "{in_use:?}");

    // One of the two was erased by command before.
    let first = traces.conversations[0].clone();
    fixture.done(Command::Erase { session: first }).await;
    drop((fixture, store));
    let erased = operator.erase(traces.clone()).expect("erased");
    assert_eq!((erased.conversations, &erased.left[..]), (1, &traces.conversations[1..]));
    assert_eq!(operator.find_person(CUSTOMER).expect("found").conversations, traces.conversations[1..]);
    // The directory was given back.
    drop(Arc::new(SqliteStore::open(dir.path(), Options::default()).expect("free")));
}
