//! A leg: one task that owns a dialog, a stream, and what is told of both.
//!
//! Whatever happens to a leg comes in at [`Leg::run`], one thing after the other: what is asked of it, what the dialog
//! and the stream say, what became of work it started, and time. Its handlers do not wait.

mod answer;
mod branch;
mod change;
mod end;
mod incoming;
mod indialog;
mod keys;
mod outgoing;
mod session;
mod teller;

use crate::{
    media::{self, Stream},
    sip::{
        core::{Asked, Core},
        flow::Flow,
        registrar::Binding,
    },
};
use branch::Branches;
use change::Changes;
use domain::call::{Act, Alone, Cause, Dn, Heard, LegId, RoomId};
use futures::FutureExt;
pub(super) use incoming::Incoming;
use keys::Keys;
pub(super) use outgoing::originate;
use rsipstack::{
    dialog::{
        dialog::{DialogState, DialogStateReceiver, DialogStateSender},
        invite_dialog::InviteDialog,
    },
    sip::{HasHeaders, Response},
};
pub(super) use session::Session;
use std::{panic::AssertUnwindSafe, sync::Arc};
use teller::Teller;
use tokio::{
    sync::mpsc::{self, UnboundedReceiver, UnboundedSender},
    time::Instant,
};
use tracing::Span;

/// A leg.
pub(super) struct Leg {
    core: Arc<Core>,
    id: LegId,
    acts: UnboundedReceiver<Asked>,
    events: DialogStateReceiver,
    /// Where calls that we make send their events; one channel for all of them.
    events_of_calls: Option<DialogStateSender>,
    stream: Stream,
    media: UnboundedReceiver<media::Event>,
    started: UnboundedSender<Outcome>,
    outcomes: UnboundedReceiver<Outcome>,
    teller: Teller,
    side: Side,
    /// The other end answered, or acknowledged our answer.
    up: bool,
    /// Nothing is told any more.
    over: Option<end::Over>,
    /// Where it is to be once it is answered.
    place: Option<Place>,
    muted: bool,
    able: Able,
    changes: Changes,
    keys: Keys,
    session: Session,
    phone_holds: bool,
    /// What its dialog goes over.
    flow: Flow,
    /// The stream is closed; until when the phone may come back over another.
    lost_at: Option<Instant>,
    /// Which phone it is, where it is one of ours.
    phone: Option<Phone>,
}

/// Which of the phones of a number.
struct Phone {
    dn: Dn,
    /// What it calls itself, if it does.
    instance: Option<String>,
    /// The bindings of the number that are other phones'.
    others: Vec<u64>,
}

/// Which end began.
enum Side {
    In(Incoming),
    Out(Box<Branches>),
}

/// Where a leg is, or is to be.
enum Place {
    Room(RoomId),
    Alone(Alone),
}

/// What the other end said it takes.
#[derive(Clone, Copy, Default)]
struct Able {
    info: bool,
    update: bool,
}

/// What became of work that a leg started.
enum Outcome {
    /// Of a NOTIFY that was to make the phone answer: its branch, and the code of the answer.
    Talked(String, u16),
    /// Of a re-INVITE.
    Changed(Box<Answer>),
    /// Of a refresh by UPDATE.
    Refreshed(Box<Answer>),
    /// Of keys sent with INFO: what is left when one was refused.
    Keyed(String),
}

/// The answer to a request of a dialog; `None` when the dialog is no more.
type Answer = rsipstack::Result<Option<Response>>;

/// What the log says of all that a leg does. The number of a phone of ours is no secret; whoever is outside bears none.
pub(super) fn span(id: &LegId, way: &'static str, phone: Option<&Dn>) -> Span {
    let phone = phone.map(Dn::as_str);
    tracing::info_span!("leg", interaction = id.call.as_str(), leg = id.number, way, phone)
}

impl Able {
    fn read(message: &impl HasHeaders) -> Self {
        let takes = |method| crate::sip::headers::has_token(message, "Allow", method);
        Self { info: takes("INFO"), update: takes("UPDATE") }
    }
}

impl Phone {
    /// The phone of a binding, which is one of all those of its number; of none, one that is not registered.
    fn of(dn: Dn, all: &[Binding], own: Option<&Binding>) -> Self {
        let other = |binding: &&Binding| own.is_none_or(|own| own.serial != binding.serial);
        let others = all.iter().filter(other).map(|binding| binding.serial).collect();
        Self { dn, instance: own.and_then(|own| own.instance.clone()), others }
    }

    /// Whether a binding is this phone's. One without a name is known by not being any of those that were there.
    fn has(&self, binding: &Binding) -> bool {
        match &self.instance {
            Some(_) => binding.instance == self.instance,
            None => !self.others.contains(&binding.serial),
        }
    }
}

impl Leg {
    fn new(
        core: &Arc<Core>,
        id: LegId,
        acts: UnboundedReceiver<Asked>,
        (stream, media): (Stream, UnboundedReceiver<media::Event>),
        events: DialogStateReceiver,
        side: Side,
        flow: Flow,
    ) -> Self {
        let (started, outcomes) = mpsc::unbounded_channel();
        Self {
            teller: Teller::new(core.listener.clone(), id.clone()),
            core: core.clone(),
            id,
            acts,
            events,
            events_of_calls: None,
            stream,
            media,
            started,
            outcomes,
            side,
            up: false,
            over: None,
            place: None,
            muted: false,
            able: Able::default(),
            changes: Changes::default(),
            keys: Keys::default(),
            session: Session::default(),
            phone_holds: false,
            flow,
            lost_at: None,
            phone: None,
        }
    }

    /// Lives until the leg is over and everybody knows, also when something in it panics.
    async fn run(mut self) {
        if AssertUnwindSafe(self.live()).catch_unwind().await.is_err() {
            metrics::counter!("jackfield_sip_failures_total", "what" => "panic").increment(1);
            self.hang_up(Cause::Failed, None);
        }
        self.finish().await;
    }

    async fn live(&mut self) {
        while self.over.is_none() {
            let due = self.due();
            // Before what comes in, so that a flood of it does not hold up what is due.
            let now = Instant::now();
            if due.is_some_and(|due| due <= now) {
                self.time(now);
                continue;
            }
            tokio::select! {
                biased;
                Some(asked) = self.acts.recv() => match asked {
                    Asked::Act(act) => self.act(act),
                    Asked::Closed(flow) => self.closed(flow),
                    Asked::Silent(serial) => self.silent(serial),
                },
                () = self.teller.step() => {}
                Some(event) = self.events.recv() => self.event(event),
                Some(outcome) = self.outcomes.recv() => self.outcome(outcome),
                ended = branch_ended(&mut self.side) => self.branch_ended(ended),
                Some(event) = self.media.recv() => self.media_event(event),
                () = at(due) => self.time(Instant::now()),
            }
        }
    }

    /// Does what is asked.
    fn act(&mut self, act: Act) {
        if self.lost_at.is_some() {
            self.come_back();
        }
        match act {
            // The leg is there.
            Act::Originate(_) => {}
            Act::Ring => self.ring(),
            Act::Answer => match self.side {
                Side::In(_) => self.accept(),
                Side::Out(_) => self.make_answer(),
            },
            Act::Release(cause) => self.release(cause),
            Act::Join(room) => self.put(Place::Room(room)),
            Act::Part(alone) => self.put(Place::Alone(alone)),
            Act::HoldPhone(on) => self.hold_phone(on),
            Act::Mute(on) => {
                self.muted = on;
                self.stream.mute(on);
            }
            Act::Dtmf(keys) => self.send_keys(&keys),
        }
    }

    /// Puts it into its place, now or once it is answered.
    fn put(&mut self, place: Place) {
        self.place = Some(place);
        if self.is_answered() {
            self.take_place();
        }
    }

    /// Takes the place that was asked for last.
    fn take_place(&mut self) {
        match self.place.take() {
            Some(Place::Room(room)) => {
                if let Err(why) = self.stream.join(room) {
                    tracing::warn!(leg = %self.id, %why, "a leg did not come into its room");
                }
            }
            Some(Place::Alone(alone)) => self.stream.part(alone),
            None => {}
        }
    }

    /// Media flow, or are about to.
    fn is_answered(&self) -> bool {
        match &self.side {
            Side::In(incoming) => incoming.answered,
            Side::Out(_) => self.up,
        }
    }

    /// The dialog, once there is one that stays.
    fn dialog(&self) -> Option<&InviteDialog> {
        match &self.side {
            Side::In(incoming) => Some(&incoming.dialog),
            Side::Out(branches) => branches.won(),
        }
    }

    fn event(&mut self, event: DialogState) {
        match event {
            DialogState::Confirmed(id, response) => match self.side {
                Side::In(_) => self.acknowledged(),
                Side::Out(_) => self.confirmed(&id.local_tag, &response),
            },
            DialogState::Early(id, response) => self.early(&id.local_tag, &response),
            DialogState::Updated(_, request, handle) => self.updated(&request, &handle),
            DialogState::Info(_, request, handle) => self.info(&request, &handle),
            DialogState::Terminated(id, reason) => self.terminated(&id.local_tag, &reason),
            // The rest is answered before it reaches the dialog.
            _ => {}
        }
    }

    fn outcome(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Talked(tag, code) => self.talked(&tag, code),
            Outcome::Changed(answer) => self.changed(*answer),
            Outcome::Refreshed(answer) => self.refreshed(*answer),
            Outcome::Keyed(left) => self.keyed(&left),
        }
    }

    fn media_event(&mut self, event: media::Event) {
        match event {
            media::Event::Played => self.teller.tell(Heard::Played),
            media::Event::Digit(key) => self.teller.tell(Heard::Digit(key)),
            media::Event::Unpassed(key) => self.teller.tell(Heard::Key(key)),
            media::Event::Silent(time) if time < self.core.settings.media.silence.1 => {
                tracing::info!(leg = %self.id, secs = time.as_secs(), "nothing is heard of a leg");
            }
            media::Event::Silent(_) if self.up => {
                metrics::counter!("jackfield_sip_failures_total", "what" => "silence").increment(1);
                self.hang_up(Cause::Lost, None);
            }
            media::Event::Silent(_) => {}
        }
    }

    /// When time matters next.
    fn due(&self) -> Option<Instant> {
        let calling = match &self.side {
            Side::In(_) => None,
            Side::Out(branches) => branches.due(),
        };
        [calling, self.changes.retry_at, self.changes.told_at, self.session.due(), self.lost_at]
            .into_iter()
            .flatten()
            .min()
    }

    fn time(&mut self, now: Instant) {
        if let Side::Out(_) = self.side {
            self.waited(now);
        }
        if self.over.is_none() && self.lost_at.is_some_and(|at| at <= now) {
            self.come_back();
            if self.lost_at.is_some() {
                metrics::counter!("jackfield_sip_failures_total", "what" => "stream").increment(1);
                self.hang_up(Cause::Lost, None);
            }
        }
        if self.over.is_none() && self.changes.retry_at.is_some_and(|at| at <= now) {
            self.change_again();
        }
        if self.over.is_none() && self.changes.told_at.is_some_and(|at| at <= now) {
            self.change_unanswered();
        }
        if self.over.is_none() && self.session.due().is_some_and(|at| at <= now) {
            self.session_due(now);
        }
    }

    /// A stream was closed (voice-sip §7): a phone that rang is gone, one that talks may come back.
    fn closed(&mut self, flow: Flow) {
        // An edge opens another, or takes ours.
        if self.core.is_edge(flow) {
            return;
        }
        if self.is_answered() {
            if self.flow == flow && flow.is_stream() {
                self.lost_at = Some(Instant::now() + self.core.settings.timers.t1 * 64);
            }
        } else {
            self.lost_while_ringing(flow);
        }
    }

    /// Starts work that comes back as an outcome.
    fn start(&self, work: impl Future<Output = Outcome> + Send + 'static) {
        let started = self.started.clone();
        self.core.spawn(async move {
            let _ = started.send(work.await);
        });
    }
}

async fn branch_ended(side: &mut Side) -> branch::Ended {
    match side {
        Side::Out(branches) => branches.ended().await,
        Side::In(_) => std::future::pending().await,
    }
}

async fn at(due: Option<Instant>) {
    match due {
        Some(due) => tokio::time::sleep_until(due).await,
        None => std::future::pending().await,
    }
}
