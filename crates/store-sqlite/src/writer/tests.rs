//! What becomes of a commit of which nobody knows whether it is on the disk.

use super::*;
use desk::ports::Plan;
use domain::{Change, Decision, Event, Key, QueueName, State, queue::Event as QueueEvent};
use std::path::Path;
use tokio::sync::oneshot;

/// Keeps the newest event of every commit it is told of.
#[derive(Default)]
struct Told(Mutex<Vec<u64>>);

impl Witness for Told {
    fn committed(&self, group: &Committed) {
        self.0.lock().expect("not poisoned").push(group.durable.head);
    }
}

fn writer(dir: &Path) -> (Writer, Arc<Told>) {
    let hold = Hold::open(dir, false).expect("open");
    let told = Arc::new(Told::default());
    let witness: Arc<dyn Witness> = told.clone();
    let watch = Arc::new(Mutex::new(vec![Arc::downgrade(&witness)]));
    checkpoint::count_frames(&hold.conn);
    (Writer::new(hold, Arc::new(Cache::new(10)), watch, Health::default()).expect("a writer"), told)
}

fn job() -> Job {
    let key = Key::Queue(QueueName::from("Support"));
    let work: Work = Box::new(move |_| {
        let change = Change {
            key: key.clone(),
            before: None,
            after: Arc::new(State::Queue(None)),
            events: vec![Event::Queue(QueueEvent::Removed)],
        };
        let decision = Decision { changes: vec![change], order: vec![(0, 0)], ..Decision::default() };
        Ok(Plan { at: 7, decision, notes: Vec::new(), cause: None, result: None })
    });
    Job::Transact { work, answer: oneshot::channel().0 }
}

/// The end of a transaction that failed as far as the process knows; of the group what would have been told.
fn fail_unknown(writer: &mut Writer, count: Counters, told: &Told) {
    let head = told.0.lock().expect("not poisoned").pop().expect("told of the commit that is there");
    writer.count = count;
    let mut committed = Committed::default();
    committed.durable.head = head;
    committed.durable.settled = vec!["so that there is something to tell".into()];
    let lost = Fault::from(rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(10), None));
    assert!(!lost.is_certain(), "an I/O error");
    writer.failed(&lost, committed);
}

#[test]
fn a_commit_that_turns_out_to_be_there_is_told_to_who_watches_once() {
    let dir = tempfile::tempdir().expect("a directory");
    let (mut writer, told) = writer(dir.path());
    let before = writer.count;
    writer.commit(&mut [job()]).map_err(|_| "aborted").expect("committed");
    fail_unknown(&mut writer, before, &told);
    assert!(writer.settle());
    assert_eq!(*told.0.lock().expect("not poisoned"), [1]);
    assert!(writer.settle(), "and there is nothing more to find out");
    assert_eq!(*told.0.lock().expect("not poisoned"), [1]);
}

#[test]
fn a_commit_that_turns_out_not_to_be_there_is_told_to_nobody() {
    let dir = tempfile::tempdir().expect("a directory");
    let (mut writer, told) = writer(dir.path());
    writer.commit(&mut [job()]).map_err(|_| "aborted").expect("committed");
    let after = writer.count;
    fail_unknown(&mut writer, after, &told);
    assert!(writer.settle());
    assert_eq!(*told.0.lock().expect("not poisoned"), [0_u64; 0]);
}
