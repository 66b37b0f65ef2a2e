//! Carrying: one task, one attempt, one outcome.

use super::{DueTask, lock};
use crate::{
    Desk, Refused, given_up,
    ports::{Channel, OutboundMessage, SendOutcome, Start, StoreFault},
    session_of,
};
use domain::{
    Command, InteractionId, Millis, ServiceName, Task,
    command::DeliveryReport,
    message::Content,
    session::Delivery,
    task::{Signal, TaskKind},
    thread::{Window, Writer},
};
use futures::FutureExt;
use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};
use tokio::task::JoinSet;
use tracing::{Instrument, Span, field::Empty};

/// Pauses between attempts when the provider names none, in milliseconds; the last is kept up.
const PAUSES: [Millis; 5] = [1_000, 5_000, 25_000, 60_000, 120_000];
/// An attempt that certainly sent nothing is the last one after so long, in milliseconds.
const GIVE_UP: Millis = 15 * 60 * 1_000;
/// The longest pause a provider can ask for, in milliseconds; after it the provider is asked again.
const LONGEST_PAUSE: Millis = 5 * 60 * 1_000;
/// How long to wait after the store failed before trying again.
const RETRY: Duration = Duration::from_millis(250);
/// What an agent is told of a message that is there and cannot be read.
const UNREADABLE: &str = "The message cannot be read from the journal";
/// How often a stop looks whether everything has been sent.
const LOOK: Duration = Duration::from_millis(20);
/// How many passing signs are on their way at once.
const SIGNALS_AT_ONCE: usize = 32;

impl Desk {
    /// Carries messages and signs to the connectors. One task runs this, once every connector is
    /// connected.
    pub async fn post(self: Arc<Self>) {
        self.doubt().await;
        let (mut sends, mut signals) = (JoinSet::new(), JoinSet::new());
        loop {
            while let Some(turn) = self.memory.outbox.next(self.awake()) {
                let desk = self.clone();
                sends.spawn(async move { desk.carry_alone(turn).await });
            }
            while signals.len() < SIGNALS_AT_ONCE
                && let Some(signal) = self.memory.outbox.next_signal()
            {
                let desk = self.clone();
                signals.spawn(async move { desk.carry_signal(signal).await });
            }
            #[expect(clippy::cast_precision_loss, reason = "a figure for people")]
            metrics::gauge!("jackfield_outbox_waiting").set(self.memory.outbox.waiting() as f64);
            let due = lock(&self.memory.outbox.lanes).due();
            tokio::select! {
                () = self.memory.outbox.wake.notified() => {}
                () = self.until_awake(due) => {}
                Some(_) = sends.join_next() => {}
                Some(_) = signals.join_next() => {}
            }
        }
    }

    /// Begins to send nothing more: a message that a stop cuts off would be *unknown*. The next process sends what
    /// waits.
    pub fn stop_posting(&self) {
        self.memory.outbox.close();
    }

    /// How many messages wait to be sent, those that are being sent included.
    pub fn to_send(&self) -> usize {
        self.memory.outbox.waiting()
    }

    /// Waits until nothing is being sent any more, but no longer than `patience`; answers whether that was reached.
    pub async fn posted(&self, patience: Duration) -> bool {
        let quiet = async {
            while !self.memory.outbox.is_quiet() {
                tokio::time::sleep(LOOK).await;
            }
        };
        tokio::time::timeout(patience, quiet).await.is_ok()
    }

    /// Reports what an earlier process had begun to send: nobody knows whether it did.
    async fn doubt(&self) {
        let started: Vec<Task> = std::mem::take(&mut *lock(&self.memory.doubtful));
        for task in started {
            tracing::warn!(
                task = task.id(),
                "the outcome of a message is unknown: the server stopped while it was sent"
            );
            let why = "The server stopped while the message was being sent".to_owned();
            let span = span(&task, 0);
            self.settle(&task, SendOutcome::Unknown { why }).instrument(span).await;
        }
    }

    /// Carries a task so that a panic ends only this attempt: the others of its service and thread have their turn.
    async fn carry_alone(&self, turn: DueTask) {
        let task = turn.task.clone();
        if AssertUnwindSafe(self.carry(turn)).catch_unwind().await.is_err() {
            given_up::tell("message", &task.id(), &"carrying it panicked");
            lock(&self.memory.outbox.lanes).done(&task);
            self.memory.outbox.wake.notify_one();
        }
    }

    async fn carry(&self, turn: DueTask) {
        let span = span(&turn.task, turn.attempts + 1);
        self.carry_in(turn).instrument(span).await;
    }

    async fn carry_in(&self, turn: DueTask) {
        let DueTask { task, attempts, since } = turn;
        let sending = match self.attempt(&task).await {
            Ok(Attempt::Made(sending)) => sending,
            Ok(Attempt::Needless) => {
                lock(&self.memory.outbox.lanes).done(&task);
                return;
            }
            // It stays the first of its lane until the other node tells its outcome, or puts it back.
            Ok(Attempt::Elsewhere) => {
                self.again(&task, self.awake() + PAUSES[0]);
                return;
            }
            // Another node may be sending it: only whoever begins it says what became of it.
            Err(fault) if fault.is_permanent() && self.is_taken(&task).await => {
                self.again(&task, self.awake() + PAUSES[0]);
                return;
            }
            Err(fault) if fault.is_permanent() => {
                given_up::tell("message", &task.id(), &fault);
                SendOutcome::Refused { code: None, why: UNREADABLE.into(), opted_out: false }
            }
            Err(fault) => {
                tracing::error!(%fault, task = task.id(), "a message could not be sent: the journal failed");
                self.again(&task, self.awake() + PAUSES[0]);
                return;
            }
        };
        metrics::counter!("jackfield_sends_total", "outcome" => word(&sending)).increment(1);
        Span::current().record("outcome", word(&sending));
        tracing::debug!("a connector was asked to send");
        let sending = match sending {
            SendOutcome::Later { why, .. } if self.awake() - since >= GIVE_UP => {
                SendOutcome::Refused { code: None, why, opted_out: false }
            }
            SendOutcome::Later { after, why } => {
                let pause = after.and_then(|after| Millis::try_from(after.as_millis()).ok());
                let pause = pause.unwrap_or(PAUSES[PAUSES.len().min(attempts as usize + 1) - 1]);
                tracing::debug!(task = task.id(), pause, why, "a message is tried again later");
                self.unbegin(&task).await;
                self.again(&task, self.awake() + pause.clamp(1, LONGEST_PAUSE));
                return;
            }
            done => done,
        };
        self.settle(&task, sending).await;
        lock(&self.memory.outbox.lanes).done(&task);
    }

    /// Begins a task that will not be sent; whether another node has begun it before.
    async fn is_taken(&self, task: &Task) -> bool {
        matches!(self.store.start(task.id(), self.node.clone()).await, Ok(Start::Taken))
    }

    /// Writes down that a task was certainly not sent, however long the store takes to come back.
    async fn unbegin(&self, task: &Task) {
        while let Err(fault) = self.store.not_sent(task.id()).await {
            if !fault.is_passing() {
                return;
            }
            tracing::error!(%fault, "a message that was not sent could not be marked so");
            tokio::time::sleep(RETRY).await;
        }
    }

    fn again(&self, task: &Task, at: Millis) {
        lock(&self.memory.outbox.lanes).again(task, at);
        self.memory.outbox.wake.notify_one();
    }

    /// One attempt.
    async fn attempt(&self, task: &Task) -> Result<Attempt, StoreFault> {
        let outbound = match &task.errand {
            TaskKind::Message { session, index } => match self.outbound(task, session, *index).await? {
                PreparedTask::OutboundMessage(outbound) => Ok(outbound),
                PreparedTask::Refused(why) => Err(why.to_owned()),
                PreparedTask::Nothing => {
                    self.forget(task).await;
                    return Ok(Attempt::Needless);
                }
            },
            TaskKind::Notice { id, address, text } => Ok(OutboundMessage {
                id: format!("notice/{id}"),
                address: address.clone(),
                content: Content::Text { text: text.clone(), message_type: None },
                window: Window::Reply,
            }),
        };
        let connected = outbound.and_then(|outbound| match self.channel(task.service.as_str()) {
            Some(channel) => Ok((channel, outbound)),
            None => Err(format!("The service '{}' has no connector", task.service)),
        });
        // Whoever has begun says what became of it, and nobody else.
        match self.store.start(task.id(), self.node.clone()).await? {
            Start::Begun => {}
            Start::Taken => return Ok(Attempt::Elsewhere),
            Start::Gone => return Ok(Attempt::Needless),
        }
        Ok(Attempt::Made(match connected {
            Ok((channel, outbound)) => send(&*channel, outbound).await,
            Err(why) => SendOutcome::Refused { code: None, why, opted_out: false },
        }))
    }

    async fn outbound(
        &self,
        task: &Task,
        id: &InteractionId,
        index: u32,
    ) -> Result<PreparedTask, StoreFault> {
        let state = self.session(id).await?;
        let Some(session) = state.as_deref().and_then(session_of) else { return Ok(PreparedTask::Nothing) };
        let message = self.messages(id, index, 1).await?.pop().filter(|message| message.index == index);
        let (Some(post), Some(message)) = (&session.post, message) else { return Ok(PreparedTask::Nothing) };
        if !message.delivery.is_some_and(|progress| progress.state == Delivery::Queued) {
            // A copy of it came back before this process knew that it had sent it.
            return Ok(PreparedTask::Nothing);
        }
        if session.erased {
            return Ok(PreparedTask::Refused("The customer's address was erased"));
        }
        match post.window(Writer::Person, self.now()) {
            Window::Closed => Ok(PreparedTask::Refused("The time to answer this customer is over")),
            window => Ok(PreparedTask::OutboundMessage(OutboundMessage {
                id: task.id(),
                address: post.address.clone(),
                content: message.content,
                window,
            })),
        }
    }

    /// Writes the outcome down, however long the store takes to come back: it must not be lost.
    async fn settle(&self, task: &Task, sending: SendOutcome) {
        let command = match &task.errand {
            TaskKind::Notice { .. } => Command::Settle { task: task.id() },
            TaskKind::Message { session, index } => Command::Report {
                session: session.clone(),
                index: *index,
                report: report(&task.service, sending),
            },
        };
        self.write_down(command).await;
    }

    async fn forget(&self, task: &Task) {
        self.write_down(Command::Settle { task: task.id() }).await;
    }

    async fn write_down(&self, command: Command) {
        // The store is closed once this process ends: the next one finds the task as it is.
        if let Err(Refused::Rule(why)) = self.perform_until_durable(command).await {
            tracing::error!(%why, "the outcome of a message was refused");
        }
    }

    async fn carry_signal(&self, signal: Signal) {
        let thread = signal.address.thread.as_str();
        let span =
            tracing::debug_span!("connector", service = signal.service.as_str(), call = "sign", thread);
        self.show(signal).instrument(span).await;
    }

    async fn show(&self, signal: Signal) {
        if let Some(channel) = self.channel(signal.service.as_str())
            && AssertUnwindSafe(async { channel.signal(signal).await }).catch_unwind().await.is_err()
        {
            tracing::error!("a connector panicked over a passing sign");
        }
    }
}

/// What the log says of all that is done to send something. A notice is of no conversation.
fn span(task: &Task, attempt: u32) -> Span {
    let (session, index) = match &task.errand {
        TaskKind::Message { session, index } => (Some(session.as_str()), Some(*index)),
        TaskKind::Notice { .. } => (None, None),
    };
    tracing::info_span!(
        "connector",
        service = task.service.as_str(),
        call = "send",
        interaction = session,
        thread = task.thread.as_str(),
        entry = index,
        attempt,
        outcome = Empty,
    )
}

/// What came of one attempt.
enum Attempt {
    /// The connector was asked, or the message could not be given to it.
    Made(SendOutcome),
    /// Another node is sending it.
    Elsewhere,
    /// There is nothing to send any more.
    Needless,
}

enum PreparedTask {
    OutboundMessage(OutboundMessage),
    Refused(&'static str),
    Nothing,
}

/// A connector that panics may have sent the message.
async fn send(channel: &dyn Channel, outbound: OutboundMessage) -> SendOutcome {
    // It may panic before there is anything to wait for.
    let sending = AssertUnwindSafe(async { channel.send(outbound).await });
    sending.catch_unwind().await.unwrap_or_else(|_| {
        tracing::error!("a connector panicked over a message");
        SendOutcome::Unknown { why: "The connector failed while the message was being sent".into() }
    })
}

fn report(service: &ServiceName, sending: SendOutcome) -> DeliveryReport {
    let settled = |state| DeliveryReport { settles: true, ..DeliveryReport::of(state) };
    match sending {
        SendOutcome::Sent { id, state } => {
            let keys = id.map(|id| crate::known_key(service.clone(), &id)).into_iter().collect();
            DeliveryReport { keys, ..settled(state) }
        }
        SendOutcome::Refused { code, why, opted_out } => {
            DeliveryReport { code, why: Some(why), opted_out, ..settled(Delivery::Failed) }
        }
        SendOutcome::Unknown { why } | SendOutcome::Later { why, .. } => {
            DeliveryReport { why: Some(why), ..settled(Delivery::Unknown) }
        }
    }
}

const fn word(sending: &SendOutcome) -> &'static str {
    match sending {
        SendOutcome::Sent { .. } => "sent",
        SendOutcome::Refused { .. } => "refused",
        SendOutcome::Later { .. } => "later",
        SendOutcome::Unknown { .. } => "unknown",
    }
}
