//! The life of a leg: what happens to it, one thing after the other.

use super::{
    branch::BranchEnd,
    leg_event_sender::LegEventSender,
    session_timer::SessionTimer,
    state::{AudioRoute, Changes, Keys, Leg, LegSide, LegWorkOutcome, PeerSupport},
    transfers::Transfers,
};
use crate::{
    media::{self, MediaStream},
    sip::{
        core::{Core, LegInput},
        flow::Flow,
    },
};
use domain::call::{Cause, LegCommand, LegEvent, LegId};
use futures::FutureExt;
use rsipstack::dialog::{
    dialog::{DialogState, DialogStateReceiver},
    invite_dialog::InviteDialog,
};
use std::{panic::AssertUnwindSafe, sync::Arc};
use tokio::{
    sync::mpsc::{self, UnboundedReceiver},
    time::Instant,
};

impl Leg {
    pub(super) fn new(
        core: &Arc<Core>,
        id: LegId,
        acts: UnboundedReceiver<LegInput>,
        (stream, media): (MediaStream, UnboundedReceiver<media::StreamEvent>),
        events: DialogStateReceiver,
        side: LegSide,
        flow: Flow,
    ) -> Self {
        let (started, outcomes) = mpsc::unbounded_channel();
        Self {
            teller: LegEventSender::new(core.listener.clone(), id.clone()),
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
            able: PeerSupport::default(),
            changes: Changes::default(),
            keys: Keys::default(),
            transfers: Transfers::default(),
            session: SessionTimer::default(),
            phone_holds: false,
            flow,
            lost_at: None,
            phone: None,
        }
    }

    /// Lives until the leg is over and everybody knows, also when something in it panics.
    pub(super) async fn run(mut self) {
        if AssertUnwindSafe(self.live()).catch_unwind().await.is_err() {
            metrics::counter!("jackfield_sip_failures_total", "what" => "panic").increment(1);
            self.hang_up(Cause::Failed, None);
        }
        self.finish().await;
    }

    pub(super) async fn live(&mut self) {
        while self.over.is_none() {
            let due = self.due();
            // Due work comes before messages, so that a flood of messages does not hold it up.
            let now = Instant::now();
            if due.is_some_and(|due| due <= now) {
                self.time(now);
                continue;
            }
            tokio::select! {
                biased;
                Some(asked) = self.acts.recv() => match asked {
                    LegInput::LegCommand(act) => self.act(act),
                    LegInput::Closed(flow) => self.closed(flow),
                    LegInput::Silent(serial) => self.silent(serial),
                    LegInput::SayWhenTold(say) => self.teller.say_when_told(say),
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

    /// Does what the desk asks.
    pub(super) fn act(&mut self, act: LegCommand) {
        if self.lost_at.is_some() {
            self.come_back();
        }
        match act {
            // The leg is there already.
            LegCommand::Originate(_) => {}
            LegCommand::Ring => self.ring(),
            LegCommand::Answer => match self.side {
                LegSide::In(_) => self.accept(),
                LegSide::Out(_) => self.make_answer(),
            },
            LegCommand::Release(cause) => self.release(cause),
            LegCommand::Join(room, heard_by) => self.put(AudioRoute::Room(room, heard_by)),
            LegCommand::Part(alone) => self.put(AudioRoute::Playback(alone)),
            LegCommand::HoldPhone(on) => self.hold_phone(on),
            LegCommand::Mute(on) => {
                self.muted = on;
                self.stream.mute(on);
            }
            LegCommand::Referred(refused) => self.referred(refused),
            LegCommand::Dtmf(keys) => self.send_keys(&keys),
        }
    }

    /// Puts the leg into a place, now or once it is answered.
    pub(super) fn put(&mut self, place: AudioRoute) {
        self.place = Some(place);
        if self.is_answered() {
            self.take_place();
        }
    }

    /// Takes the place that the desk asked for last.
    pub(super) fn take_place(&mut self) {
        match self.place.take() {
            Some(AudioRoute::Room(room, heard_by)) => {
                if let Err(why) = self.stream.join(room, heard_by) {
                    tracing::warn!(leg = %self.id, %why, "a leg did not come into its room");
                }
            }
            Some(AudioRoute::Playback(alone)) => self.stream.part(alone),
            None => {}
        }
    }

    /// Whether media flow, or are about to.
    pub(super) fn is_answered(&self) -> bool {
        match &self.side {
            LegSide::In(incoming) => incoming.answered,
            LegSide::Out(_) => self.up,
        }
    }

    /// The dialog, once there is one that stays.
    pub(super) fn dialog(&self) -> Option<&InviteDialog> {
        match &self.side {
            LegSide::In(incoming) => Some(&incoming.dialog),
            LegSide::Out(branches) => branches.won(),
        }
    }

    pub(super) fn event(&mut self, event: DialogState) {
        match event {
            DialogState::Confirmed(id, response) => {
                match self.side {
                    LegSide::In(_) => self.acknowledged(),
                    LegSide::Out(_) => self.confirmed(&id.local_tag, &response),
                }
                self.next_news();
            }
            DialogState::Early(id, response) => self.early(&id.local_tag, &response),
            DialogState::Updated(_, request, handle) => self.updated(&request, &handle),
            DialogState::Info(_, request, handle) => self.info(&request, &handle),
            DialogState::Refer(_, request, handle) => self.refers(&request, &handle),
            DialogState::Terminated(id, reason) => self.terminated(&id.local_tag, &reason),
            // The other requests are answered before they reach the dialog.
            _ => {}
        }
    }

    pub(super) fn outcome(&mut self, outcome: LegWorkOutcome) {
        match outcome {
            LegWorkOutcome::Talked(tag, code) => self.talked(&tag, code),
            LegWorkOutcome::Changed(answer) => self.changed(*answer),
            LegWorkOutcome::Refreshed(answer) => self.refreshed(*answer),
            LegWorkOutcome::Keyed(left) => self.keyed(&left),
            LegWorkOutcome::Notified(sent) => self.notified(sent),
        }
    }

    pub(super) fn media_event(&mut self, event: media::StreamEvent) {
        match event {
            media::StreamEvent::Played => self.teller.tell(LegEvent::Played),
            media::StreamEvent::Digit(key) => self.teller.tell(LegEvent::Digit(key)),
            media::StreamEvent::Unpassed(key) => self.teller.tell(LegEvent::Key(key)),
            media::StreamEvent::Silent(time) if time < self.core.settings.media.silence.1 => {
                tracing::info!(leg = %self.id, secs = time.as_secs(), "nothing is heard of a leg");
            }
            media::StreamEvent::Silent(_) if self.up => {
                metrics::counter!("jackfield_sip_failures_total", "what" => "silence").increment(1);
                self.hang_up(Cause::Lost, None);
            }
            media::StreamEvent::Silent(_) => {}
        }
    }

    /// The next moment at which something is due.
    pub(super) fn due(&self) -> Option<Instant> {
        let calling = match &self.side {
            LegSide::In(_) => None,
            LegSide::Out(branches) => branches.due(),
        };
        [calling, self.changes.retry_at, self.changes.told_at, self.session.due(), self.lost_at]
            .into_iter()
            .flatten()
            .min()
    }

    pub(super) fn time(&mut self, now: Instant) {
        if let LegSide::Out(_) = self.side {
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

    /// A stream was closed (spec: voice-sip#7): a phone that rang is gone, one that talks may come back.
    pub(super) fn closed(&mut self, flow: Flow) {
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

    /// Starts work whose outcome comes back to the leg.
    pub(super) fn start(&self, work: impl Future<Output = LegWorkOutcome> + Send + 'static) {
        let started = self.started.clone();
        self.core.spawn(async move {
            let _ = started.send(work.await);
        });
    }
}

async fn branch_ended(side: &mut LegSide) -> BranchEnd {
    match side {
        LegSide::Out(branches) => branches.ended().await,
        LegSide::In(_) => std::future::pending().await,
    }
}

async fn at(due: Option<Instant>) {
    match due {
        Some(due) => tokio::time::sleep_until(due).await,
        None => std::future::pending().await,
    }
}
