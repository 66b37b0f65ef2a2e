//! The journal: where every accepted change is one atomic commit.

use super::{
    BindingRow, CommitObserver, EventRow, NewNote, Note, Quarantined, Reports, SavedResult, StoreFault,
    TxView, Versioned,
};
use domain::{
    DecideError, Decision, EntityKind, InteractionId, Key, Message, Millis, NodeId, Refusal, State, Task,
    UserId, Want, call::Dn,
};
use futures::future::BoxFuture;
use std::sync::Arc;

/// Everything one commit writes.
#[derive(Debug)]
pub struct CommitPlan {
    /// When it was decided.
    pub at: Millis,
    /// Events, snapshots, messages.
    pub decision: Decision,
    /// Notes for mailboxes; each takes the next position of its agent's mailbox.
    pub notes: Vec<NewNote>,
    /// The agent whose command this is and the number it has. The position is taken even if no note of this
    /// commit uses it, so that no later command has the same number.
    pub cause: Option<(UserId, u64)>,
    /// The result of the request behind the command, if that may come again; when this request came again, the earlier
    /// result, with a decision that changes nothing.
    pub result: Option<SavedResult>,
}

/// The decision, run inside the transaction. It may run more than once and must be pure. When it is given [`DecideError::Need`]
/// it passes that on, and is run again with more.
pub type Work = Box<dyn FnMut(&mut dyn TxView) -> Result<CommitPlan, DecideError> + Send>;

/// What a successful transaction tells its caller.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Receipt {
    /// The number the command has (`referenceId`), for commands of agents.
    pub reference: Option<u64>,
    /// The result that is kept, for requests that may come again: perhaps that of an earlier one.
    pub result: Option<SavedResult>,
}

/// The outcome of a transaction: committed and durable, refused without a trace, or a fault.
pub type Transacted = Result<Result<Receipt, Refusal>, StoreFault>;

/// A task as the journal keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskRow {
    /// What to send.
    pub task: Task,
    /// Whether sending it was begun. If nobody saw the end of that, nobody knows whether it was sent.
    pub started: bool,
    /// The node that began; `None` if nobody began, or if an earlier release or another copy of the journal did.
    pub owner: Option<NodeId>,
}

/// The answer when a node begins to send a task ([`Store::start`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// This node is to send it, and the journal says so.
    Begun,
    /// Another node is sending it.
    Taken,
    /// There is no such task any more.
    Gone,
}

/// A part of a conversation's log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogPart {
    /// Its entries, in order.
    pub entries: Vec<Message>,
    /// Whether more of the log follows.
    pub more: bool,
}

/// Which events a reader wants.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FeedQuery {
    /// Only events behind this sequence number.
    pub after: u64,
    /// The most events.
    pub limit: u32,
    /// The most bytes, as the events are stored; at least one event is answered. `None` is without this bound.
    pub bytes: Option<usize>,
    /// Only these kinds ([`Event::kind`]); all when empty.
    pub kinds: Vec<String>,
    /// Only events at or after this moment.
    pub since: Option<Millis>,
    /// Whether events that are not reported are wanted too.
    pub unreported: bool,
}

/// A page of events, with what the reader needs to judge their cursor.
#[derive(Clone, Debug, PartialEq)]
pub struct FeedPage {
    /// In journal order.
    pub rows: Vec<EventRow>,
    /// Whether the page ends before the head because it is full, by number or by bytes.
    pub full: bool,
    /// The newest sequence number of the journal.
    pub head: u64,
    /// Events at or before this number may have been deleted by retention; a cursor before it is too old.
    pub oldest: u64,
}

/// A table for rows that are not history: sessions of the web and of notification clients, and of the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SessionTable {
    /// Logins of the web API.
    HttpSession,
    /// Sessions of notification clients.
    BayeuxSession,
    /// What one process tells the next of itself: when it was last known to run.
    Process,
}

/// The journal, as one node has it open; other nodes may have it open as well. Commits have one order for each entity
/// and each mailbox; readers see committed data only.
pub trait Store: Reports + Send + Sync + 'static {
    /// Runs the work on the current state, and commits its plan atomically and durably, or nothing at all. `wants` is
    /// what the work is known to look at; a store may show it nothing else, and then runs it again with what it says it
    /// needs. Answers when the commit is on the disk and the observers of this node know of it.
    fn transact(&self, wants: Vec<Want>, work: Work) -> BoxFuture<'static, Transacted>;

    /// Names one more observer of all later commits, those of other nodes included. It is told for as long as somebody
    /// else holds it.
    fn watch(&self, observer: Arc<dyn CommitObserver>);

    /// The committed snapshot of an entity.
    fn state(&self, key: &Key) -> BoxFuture<'static, Result<Option<Arc<State>>, StoreFault>>;

    /// Every committed snapshot of a kind that a restart must look at ([`State::is_open`]).
    fn open(&self, kind: EntityKind) -> BoxFuture<'static, Result<Vec<Versioned>, StoreFault>>;

    /// The log of a conversation from an index on: at most `limit` entries, as many as together take at most `bytes`
    /// as they are stored, and at least one if there is any. No more than that is read.
    fn messages(
        &self,
        session: &InteractionId,
        from: u32,
        limit: u32,
        bytes: usize,
    ) -> BoxFuture<'static, Result<LogPart, StoreFault>>;

    /// The notes behind a position of a mailbox, in order: at most `limit`, as many as have bodies of together at most
    /// `bytes`, and at least one if there is any.
    fn notes(
        &self,
        agent: &UserId,
        after: u64,
        limit: u32,
        bytes: usize,
    ) -> BoxFuture<'static, Result<Vec<Arc<Note>>, StoreFault>>;

    /// The position last taken in every mailbox that has one.
    fn heads(&self) -> BoxFuture<'static, Result<Vec<(UserId, u64)>, StoreFault>>;

    /// How many notes lie behind a position of a mailbox, and how many bytes.
    fn backlog(&self, agent: &UserId, after: u64) -> BoxFuture<'static, Result<(u64, u64), StoreFault>>;

    /// Throws away the notes up to and with a position, for several mailboxes.
    fn trim(&self, upto: Vec<(UserId, u64)>) -> BoxFuture<'static, Result<(), StoreFault>>;

    /// A page of events.
    fn events(&self, query: FeedQuery) -> BoxFuture<'static, Result<FeedPage, StoreFault>>;

    /// The id of this journal's stream; a restored copy has another.
    fn stream_id(&self) -> &str;

    /// Every task without an outcome, in the order in which they were asked for.
    fn tasks(&self) -> BoxFuture<'static, Result<Vec<TaskRow>, StoreFault>>;

    /// Says durably that a node begins to send a task, unless another has begun or it is settled. A node that began
    /// may begin again.
    fn start(&self, task: String, node: NodeId) -> BoxFuture<'static, Result<Start, StoreFault>>;

    /// Says durably that a task was certainly not sent by the node that began: anybody may begin.
    fn not_sent(&self, task: String) -> BoxFuture<'static, Result<(), StoreFault>>;

    /// Keeps a unit that could not be understood; durable when it answers, with its number.
    fn quarantine(&self, unit: Quarantined) -> BoxFuture<'static, Result<i64, StoreFault>>;

    /// Units in quarantine behind a number, in order: at most `limit`, as many as were together received in at most
    /// `bytes`, and at least one if there is any.
    fn quarantined(
        &self,
        after: i64,
        limit: u32,
        bytes: usize,
    ) -> BoxFuture<'static, Result<Vec<Quarantined>, StoreFault>>;

    /// Removes a unit from quarantine; answers whether there was one of this number.
    fn release(&self, unit: i64) -> BoxFuture<'static, Result<bool, StoreFault>>;

    /// Writes rows of a table (`Some`) or deletes them (`None`); durable with the next group.
    fn shelve(
        &self,
        table: SessionTable,
        rows: Vec<(String, Option<String>)>,
    ) -> BoxFuture<'static, Result<(), StoreFault>>;

    /// One row of a table.
    fn row(&self, table: SessionTable, id: &str) -> BoxFuture<'static, Result<Option<String>, StoreFault>>;

    /// Every row of a table.
    fn rows(&self, table: SessionTable) -> BoxFuture<'static, Result<Vec<(String, String)>, StoreFault>>;

    /// Every binding of a phone, by number, those of one number in the order in which they were given.
    fn bindings(&self) -> BoxFuture<'static, Result<Vec<BindingRow>, StoreFault>>;

    /// Replaces the bindings of these numbers; durable when it answers.
    fn bind(&self, phones: Vec<(Dn, Vec<BindingRow>)>) -> BoxFuture<'static, Result<(), StoreFault>>;

    /// The result of a request by its name.
    fn result(&self, key: &str) -> BoxFuture<'static, Result<Option<SavedResult>, StoreFault>>;

    /// Keeps the result of a request that was performed without a commit; durable when it answers.
    fn save(&self, result: SavedResult) -> BoxFuture<'static, Result<(), StoreFault>>;

    /// Forgets results older than a moment.
    fn forget(&self, before: Millis) -> BoxFuture<'static, Result<(), StoreFault>>;

    /// Deletes whole conversations that ended before a moment, at most `limit` of them; answers how many.
    fn retire(&self, before: Millis, limit: u32) -> BoxFuture<'static, Result<u32, StoreFault>>;
}
