//! The desk: the one function through which anything changes.

use crate::{
    Directory, Mailboxes, Refused, Services,
    connected::Connected,
    deadlines::Moment,
    given_up,
    idempotency::{InProgress, Repeatable, RequestState, Saving},
    limits,
    lock::lock,
    memory::Memory,
    pauses::{ALIVE, SavedPauses},
    ports::{
        Clock, CommandOrigin, CommitPlan, FeedPage, FeedQuery, Ids, Receipt, Render, SessionTable, Store,
        StoreFault, TaskRow, TxView,
    },
    reports::Counter,
    supervisors::changes_rights,
    trace::{self, Unnamed},
    wants::{keys, wants},
};
use domain::{
    Command, Decision, EntityKind, InteractionId, Key, MediumName, Message, Millis, NodeId, Refusal,
    ServiceName, State, agent::Agent, centre::Centre, command::Open, disposition_tree::DispositionTree,
    hours::Closure, medium::Media, queue::Queue, session::Session, user::User,
};
use std::{
    collections::BTreeMap,
    sync::{Arc, PoisonError},
    time::Duration,
};
use tokio::sync::watch;
use tracing::Instrument;

/// How long to wait after the store failed before trying again.
const RETRY: Duration = Duration::from_millis(250);

/// The parts of a desk.
pub struct DeskSetup {
    /// The journal.
    pub store: Arc<dyn Store>,
    /// How commits become notifications.
    pub render: Arc<dyn Render>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Where fresh ids come from.
    pub ids: Arc<dyn Ids>,
    /// The media served.
    pub media: Media,
    /// The node it runs on: what that node had begun is taken up or ended when the desk opens.
    pub node: NodeId,
}

/// The desk.
pub struct Desk {
    pub(crate) store: Arc<dyn Store>,
    render: Arc<dyn Render>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: Arc<dyn Ids>,
    media: Media,
    pub(crate) memory: Arc<Memory>,
    pub(crate) channels: Connected,
    services: Services,
    down: Millis,
    in_progress: InProgress,
    pub(crate) node: NodeId,
    pub(crate) reports: Counter,
}

impl Desk {
    /// Opens the desk on a journal: memory is rebuilt from what is there. Run [`Desk::route`],
    /// [`Desk::keep_time`] and [`Desk::post`] beside it.
    pub async fn open(setup: DeskSetup) -> Result<Arc<Self>, StoreFault> {
        let DeskSetup { store, render, clock, ids, media, node } = setup;
        let memory = Arc::new(Memory::new());
        store.watch(memory.clone());
        let down = memory.pauses.begin(last_alive(&*store).await?, clock.now());
        memory.mailboxes.load(store.heads().await?);
        for kind in [
            EntityKind::Centre,
            EntityKind::Queue,
            EntityKind::User,
            EntityKind::Device,
            EntityKind::Agent,
            EntityKind::Session,
            EntityKind::Call,
        ] {
            let states = store.open(kind).await?;
            memory.take(&states);
            if kind == EntityKind::Session {
                tell_unserved(&media, states.iter().filter_map(|found| session_of(&found.state)));
            }
        }
        memory.grown(store.events(FeedQuery::default()).await?.head);
        // A task that another node has begun is listed here too: it may turn out not to have been sent.
        let is_ours = |row: &TaskRow| row.started && row.owner.as_ref().is_none_or(|owner| *owner == node);
        let (begun, waiting): (Vec<_>, Vec<_>) = store.tasks().await?.into_iter().partition(is_ours);
        memory.outbox.take(waiting.into_iter().map(|row| row.task), []);
        lock(&memory.doubtful).extend(begun.into_iter().map(|row| row.task));
        let (channels, services) = (Connected::default(), Services::default());
        let in_progress = InProgress::default();
        let reports = Counter::new(store.clone());
        let desk = Arc::new(Self {
            store,
            render,
            clock,
            ids,
            media,
            memory,
            channels,
            services,
            down,
            in_progress,
            node,
            reports,
        });
        desk.recover().await?;
        Ok(desk)
    }

    /// Performs a command: decided, rendered and committed as one, durable when this returns.
    pub async fn perform(&self, command: Command) -> Result<Receipt, Refused> {
        self.perform_once(command, None).await
    }

    /// The same for a request that may come again: its result is written in the commit, and a request that was
    /// performed before is answered with the result it had then ([`Receipt::result`]), and changes nothing.
    pub async fn perform_once(&self, command: Command, saving: Option<Saving>) -> Result<Receipt, Refused> {
        let span = trace::of(&command);
        let unnamed = Unnamed::of(&command, &span);
        let changes_rights = changes_rights(&command);
        let performed = async {
            let outcome = self.commit(command, saving, unnamed).await;
            trace::ended(&outcome);
            outcome
        };
        let outcome = performed.instrument(span).await;
        if changes_rights && outcome.is_ok() {
            self.judge_supervisors().await;
        }
        outcome
    }

    async fn commit(
        &self,
        command: Command,
        saving: Option<Saving>,
        mut unnamed: Unnamed,
    ) -> Result<Receipt, Refused> {
        self.carriable(&command).await?;
        let request = saving.as_ref().map(|saving| saving.request.clone());
        let wants = wants(&command, request.as_ref().map(|request| request.id.as_str()));
        let (render, clock, memory) = (self.render.clone(), self.clock.clone(), self.memory.clone());
        let work = Box::new(move |view: &mut dyn TxView| {
            let at = look(&*clock, &memory);
            if let Some(Saving { request, .. }) = &saving
                && let Some(saved) = view.result(&request.id)?
                && request.stand(saved.clone(), at).is_some()
            {
                let decision = Decision::default();
                return Ok(CommitPlan { at, decision, notes: Vec::new(), cause: None, result: Some(saved) });
            }
            let decision = limits::decide_within(view, &memory, &command, at)?;
            unnamed.name(&decision);
            let cause = match command.actor() {
                Some(agent) if !decision.changes.is_empty() => {
                    Some(CommandOrigin { agent: agent.clone(), reference: view.head(agent)? + 1 })
                }
                _ => None,
            };
            let notes = render.notes(view, &decision, cause.as_ref(), at)?;
            let cause = cause.map(|cause| (cause.agent, cause.reference));
            let reference = cause.as_ref().map(|(_, reference)| *reference);
            let result = saving.as_ref().map(|saving| saving.row(&decision, reference, at));
            Ok(CommitPlan { at, decision, notes, cause, result })
        });
        let done = self.store.transact(wants, work).await?.map_err(Refused::Rule)?;
        match (&request, &done.result) {
            (Some(asked), Some(result)) if asked.fingerprint != result.fingerprint => {
                Err(Refusal::Exists("A request with this Idempotency-Key".into()).into())
            }
            _ => Ok(done),
        }
    }

    /// Whether a request that may come again is to be performed.
    pub async fn asked(&self, request: &Repeatable) -> Result<RequestState, StoreFault> {
        let Some(running) = self.in_progress.begin(request) else { return Ok(RequestState::Running) };
        let saved = self.store.result(&request.id).await?;
        let known = saved.and_then(|saved| request.stand(saved, self.now()));
        Ok(known.map_or(RequestState::New(running), RequestState::Known))
    }

    /// Keeps the result of a request that was performed without a commit of its own.
    pub async fn save(&self, request: &Repeatable, status: u16, body: String) -> Result<(), StoreFault> {
        self.store.save(request.result(self.now(), status, body)).await
    }

    /// Performs a command for something that has happened already, again and again while the store fails or is busy. It
    /// ends when the rules refuse it, when the store is closed, and at a fault that never passes, which is logged here.
    pub(crate) async fn perform_until_durable(&self, command: Command) -> Result<Receipt, Refused> {
        loop {
            match self.perform(command.clone()).await {
                Err(Refused::Store(fault)) if fault.is_passing() => {
                    tracing::error!(%fault, "what has happened could not be written down");
                    tokio::time::sleep(RETRY).await;
                }
                Err(Refused::Store(fault)) if fault.is_permanent() => {
                    given_up::tell("happened", &subject(&command), &fault);
                    return Err(fault.into());
                }
                done => return done,
            }
        }
    }

    /// Lets a customer in, unless as many of the medium wait as the queue takes ([`domain::share`]).
    pub async fn open_session(&self, open: Open) -> Result<Receipt, Refused> {
        self.open_session_once(open, None).await
    }

    /// The same for a request that may come again.
    pub async fn open_session_once(&self, open: Open, saving: Option<Saving>) -> Result<Receipt, Refused> {
        self.has_room(&open.service)?;
        count_full(self.perform_once(Command::Open(Box::new(open)), saving).await)
    }

    /// Refuses at once what would open a conversation of a service, where memory says that its queue is full.
    pub(crate) fn has_room(&self, service: &ServiceName) -> Result<(), Refused> {
        match lock(&self.memory.board).full(service.as_str()) {
            Some(queue) => count_full(Err(Refusal::QueueFull(queue).into())),
            None => Ok(()),
        }
    }

    /// The committed snapshot of a conversation.
    pub async fn session(&self, id: &InteractionId) -> Result<Option<Arc<State>>, StoreFault> {
        let state = self.store.state(&Key::Session(id.clone())).await?;
        Ok(state.filter(|state| matches!(**state, State::Session(_))))
    }

    /// The committed snapshot of an agent at work; a fresh one for a user who never worked.
    pub async fn agent(&self, user: &User) -> Result<Agent, StoreFault> {
        let state = self.store.state(&Key::Agent(user.id.clone())).await?;
        Ok(match state.as_deref() {
            Some(State::Agent(agent)) => agent.clone(),
            _ => Agent::new(user.id.clone(), user.user_name.clone()),
        })
    }

    /// The conversations that hold a slot of an agent in one medium, oldest first.
    pub async fn held(&self, agent: &Agent, medium: &MediumName) -> Result<Vec<Arc<State>>, StoreFault> {
        let mut held = Vec::new();
        for id in agent.slots.get(medium).into_iter().flatten() {
            held.extend(self.session(id).await?);
        }
        Ok(held)
    }

    /// A few entries of the log of a conversation, from an index on. What is shown to somebody is read by
    /// [`Desk::page`], which is bounded in bytes, too.
    pub async fn messages(
        &self,
        id: &InteractionId,
        from: u32,
        limit: u32,
    ) -> Result<Vec<Message>, StoreFault> {
        Ok(self.store.messages(id, from, limit, usize::MAX).await?.entries)
    }

    /// The disposition book.
    pub async fn book(&self) -> Result<DispositionTree, StoreFault> {
        let state = self.store.state(&Key::Book).await?;
        Ok(match state.as_deref() {
            Some(State::Book(book)) => book.clone(),
            _ => DispositionTree::default(),
        })
    }

    /// The store has overwritten rows behind the desk's back, because somebody was erased: memory lets go of what it
    /// has of them, so that nothing is told from it.
    pub fn was_erased(&self) {
        self.memory.mailboxes.reread();
    }

    /// The centre, once it is provisioned.
    pub fn centre(&self) -> Option<Arc<Centre>> {
        self.memory.centre.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// A queue.
    pub fn queue(&self, name: &domain::QueueName) -> Option<Queue> {
        lock(&self.memory.board).queue(name).cloned()
    }

    /// Whether a queue is closed now to those who write; `None` when it is open.
    pub fn closure(&self, queue: &Queue) -> Option<Closure> {
        self.memory.timetables.closure(queue, self.now())
    }

    /// Every queue, by name.
    pub fn queues(&self) -> Vec<Queue> {
        lock(&self.memory.board).queues()
    }

    /// The users.
    pub fn directory(&self) -> &Directory {
        &self.memory.directory
    }

    /// The mailboxes.
    pub fn mailboxes(&self) -> &Mailboxes {
        &self.memory.mailboxes
    }

    /// How the parts of the server stand.
    pub fn services(&self) -> &Services {
        &self.services
    }

    /// The media served.
    pub fn media(&self) -> &Media {
        &self.media
    }

    /// The journal, for readers of the feed and for the session tables.
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

    /// The time of day, in milliseconds since 1970.
    pub fn now(&self) -> Millis {
        look(&*self.clock, &self.memory)
    }

    /// Now in awake time, in milliseconds: without the time in which the process stood still or was down, so that
    /// nobody's silence is held against them while they could not be heard. It is for measuring how long ago something
    /// was and is shown to nobody. It goes on from one process to the next.
    pub fn awake(&self) -> Millis {
        let now = self.now();
        now - self.memory.pauses.lost()
    }

    /// How long the process has stood still and was down, in milliseconds; it only grows while it runs.
    pub fn lost(&self) -> Millis {
        self.now();
        self.memory.pauses.lost()
    }

    /// For how long no process ran before this one did, as far as the journal tells; in milliseconds.
    pub const fn was_down(&self) -> Millis {
        self.down
    }

    pub(crate) fn moment(&self) -> Moment {
        let clock = self.now();
        Moment { clock, awake: clock - self.memory.pauses.lost() }
    }

    /// Fresh ids.
    pub fn ids(&self) -> &dyn Ids {
        &*self.ids
    }

    /// A page of the journal's events.
    pub async fn events(&self, query: FeedQuery) -> Result<FeedPage, StoreFault> {
        self.store.events(query).await
    }

    /// Tells whenever the journal has grown, with its newest sequence number.
    pub fn head(&self) -> watch::Receiver<u64> {
        self.memory.head.subscribe()
    }

    /// Conversations whose customer is still there, with their medium and service.
    pub fn present(&self) -> Vec<(InteractionId, MediumName, ServiceName)> {
        let present = lock(&self.memory.present);
        present.iter().map(|(id, (medium, service))| (id.clone(), medium.clone(), service.clone())).collect()
    }
}

/// Counts a conversation that was refused because its queue is full.
pub(crate) fn count_full<T>(outcome: Result<T, Refused>) -> Result<T, Refused> {
    if matches!(outcome, Err(Refused::Rule(Refusal::QueueFull(_)))) {
        metrics::counter!("jackfield_sessions_refused_total", "why" => "queue-full").increment(1);
    }
    outcome
}

/// The moment of a journal's newest event, which no clock may begin before; `None` where there is none.
pub async fn newest_moment(store: &dyn Store) -> Result<Option<Millis>, StoreFault> {
    let head = store.events(FeedQuery::default()).await?.head;
    let last =
        FeedQuery { after: head.saturating_sub(1), limit: 1, unreported: true, ..FeedQuery::default() };
    Ok(store.events(last).await?.rows.last().map(|row| row.at))
}

/// When a process was last known to run. In a journal of an earlier release only the events tell that.
async fn last_alive(store: &dyn Store) -> Result<Option<SavedPauses>, StoreFault> {
    if let Some(row) = store.row(SessionTable::Process, ALIVE).await? {
        match serde_json::from_str(&row) {
            Ok(alive) => return Ok(Some(alive)),
            Err(fault) => tracing::warn!(%fault, "when the server last ran could not be read"),
        }
    }
    Ok(newest_moment(store).await?.map(|at| SavedPauses { at, ..SavedPauses::default() }))
}

/// Logs open conversations of a medium that the settings do not have any more. They are kept: nobody is offered them or
/// notified of them, and they go on when the medium is back.
fn tell_unserved<'a>(media: &Media, open: impl Iterator<Item = &'a Session>) {
    let mut unserved: BTreeMap<&MediumName, u32> = BTreeMap::new();
    for session in open.filter(|session| media.named(&session.medium).is_none()) {
        *unserved.entry(&session.medium).or_default() += 1;
    }
    for (medium, count) in unserved {
        metrics::gauge!("jackfield_unserved_conversations", "medium" => medium.to_string()).set(count);
        tracing::warn!(%medium, count, "open conversations have a medium that the settings do not have: they are kept");
    }
}

/// The entities that a command looks at, for the log.
fn subject(command: &Command) -> String {
    let named: Vec<String> =
        keys(command).iter().filter(|key| **key != Key::Centre).map(Key::to_string).collect();
    named.join(" ")
}

/// Looks at the clock, and at whether the process stood still before.
fn look(clock: &dyn Clock, memory: &Memory) -> Millis {
    let now = clock.now();
    if let Some(stood) = memory.pauses.beat(now) {
        metrics::counter!("jackfield_standstills_total").increment(1);
        tracing::warn!(
            seconds = stood / 1_000,
            "the server stood still: everything keeps the rest of its time"
        );
    }
    now
}

/// The session inside a snapshot that [`Desk::session`] or [`Desk::held`] gave.
pub fn session_of(state: &State) -> Option<&Session> {
    match state {
        State::Session(session) => Some(session),
        _ => None,
    }
}
