//! What becomes of a commit of which nobody knows whether it is on the disk.

use super::*;
use desk::ports::CommitPlan;
use domain::{
    Decision, EntityChange, Event, InteractionId, QueueName, State,
    call::{LegCommand, LegId, SwitchCommand},
    queue::QueueEvent,
};
use std::{cell::Cell, path::Path};
use tokio::sync::oneshot;

thread_local! {
    /// Whether the commits of this thread end unseen.
    static UNSEEN: Cell<bool> = const { Cell::new(false) };
}

/// The fault of a commit that ends unseen.
pub fn end_unseen() -> SqliteResult<()> {
    let lost = rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_IOERR), None);
    if UNSEEN.get() { Err(lost.into()) } else { Ok(()) }
}

/// Keeps what it is told.
#[derive(Default)]
struct RecordingObserver(Mutex<Vec<Committed>>);

impl RecordingObserver {
    fn take(&self) -> Vec<Committed> {
        std::mem::take(&mut *self.0.lock().expect("not poisoned"))
    }
}

impl CommitObserver for RecordingObserver {
    fn committed(&self, group: &Committed) {
        self.0.lock().expect("not poisoned").push(group.clone());
    }
}

fn writer(dir: &Path) -> (Writer, Arc<RecordingObserver>) {
    let hold = Hold::open(dir, false).expect("open");
    let told = Arc::new(RecordingObserver::default());
    let observer: Arc<dyn CommitObserver> = told.clone();
    let watch = Arc::new(Mutex::new(vec![Arc::downgrade(&observer)]));
    checkpoint::count_frames(&hold.conn);
    (Writer::new(hold, Arc::new(Cache::new(10)), watch, Health::default()).expect("a writer"), told)
}

/// Runs a decision as a group of its own; its answer.
fn run(writer: &mut Writer, decision: &Decision) -> Result<Receipt, StoreFault> {
    let decision = decision.clone();
    let plan = move || CommitPlan {
        at: 7,
        decision: decision.clone(),
        notes: Vec::new(),
        cause: None,
        result: None,
    };
    let (answer, mut answered) = oneshot::channel();
    writer.run_group(&mut vec![Job::Transact { work: Box::new(move |_| Ok(plan())), answer }]);
    answered.try_recv().expect("answered").map(|done| done.expect("not refused"))
}

fn changes() -> Decision {
    let change = EntityChange {
        key: Key::Queue(QueueName::from("Support")),
        before: None,
        after: Arc::new(State::Queue(None)),
        events: vec![Event::Queue(QueueEvent::Removed)],
    };
    Decision { changes: vec![change], order: vec![(0, 0)], ..Decision::default() }
}

/// A digit that is sent: no row says so.
fn presses() -> Decision {
    let leg = LegId { call: InteractionId::from("call"), number: 1 };
    let effect = SwitchCommand { leg, act: LegCommand::Dtmf("5".into()) };
    Decision { effects: vec![effect], ..Decision::default() }
}

#[test]
fn a_commit_that_turns_out_to_be_there_is_told_once_and_answered_as_done() {
    for (decision, head) in [(changes(), 1), (presses(), 0)] {
        let dir = tempfile::tempdir().expect("a directory");
        let (mut writer, told) = writer(dir.path());
        UNSEEN.set(true);
        run(&mut writer, &decision).expect("it is there");
        UNSEEN.set(false);
        let [once] = &told.take()[..] else { panic!("told once") };
        assert_eq!((once.durable.head, &once.local.effects), (head, &decision.effects));
        run(&mut writer, &presses()).expect("and it goes on");
        assert_eq!(told.take().len(), 1);
    }
}

#[test]
fn a_commit_that_turns_out_not_to_be_there_is_told_to_nobody() {
    let dir = tempfile::tempdir().expect("a directory");
    let (mut writer, told) = writer(dir.path());
    run(&mut writer, &changes()).expect("committed");
    writer.unsettled = told.take().pop();
    assert_eq!(writer.settle(), Some(false));
    assert!(told.take().is_empty());
}

#[test]
fn what_no_row_tells_is_left_to_who_asks_again() {
    let Decision { effects, .. } = presses();
    let mut committed = Committed::default();
    committed.local.effects.clone_from(&effects);
    committed.durable.settled = vec!["so that there is something to tell".into()];
    leave_to_who_asks_again(&mut committed);
    assert!(committed.local.effects.is_empty() && tells(&committed));

    committed.local.effects.clone_from(&effects);
    let (key, state) = (Key::Call("call".into()), Arc::new(State::Queue(None)));
    committed.durable.states = vec![Versioned { key, version: 1, state }];
    leave_to_who_asks_again(&mut committed);
    assert_eq!(committed.local.effects, effects, "the state says that it was asked for");
}
