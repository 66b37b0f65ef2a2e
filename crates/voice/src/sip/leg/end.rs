//! The end of a leg.

use super::{
    leg_event_sender::LegEventSender,
    state::{Leg, LegEnding, LegSide},
};
use crate::sip::{core::Core, headers};
use domain::call::{Cause, LegEvent};
use futures::future::join_all;
use rsipstack::dialog::{
    dialog::{DialogState, DialogStateReceiver, TerminatedReason},
    invite_dialog::InviteDialog,
};
use std::{sync::Arc, time::Duration};

/// From how many packets on figures of a leg's sound say anything: a second.
const HEARD: u64 = 50;
/// A loss and a jitter that people hear.
const BAD_LOSS: f64 = 0.05;
const BAD_JITTER: Duration = Duration::from_millis(50);

impl Leg {
    /// Ends the leg, in whatever state it is.
    pub(super) fn release(&mut self, cause: Cause) {
        match &self.side {
            LegSide::In(incoming) if !incoming.answered => self.refuse(cause),
            _ => self.hang_up(cause, None),
        }
    }

    /// Ends the leg; the other end is told with a BYE, or with a CANCEL where it did not answer.
    pub(super) fn hang_up(&mut self, cause: Cause, code: Option<u16>) {
        self.end(cause, code, LegEnding::Part(cause));
    }

    /// The leg is over: from here on nothing is told but this.
    pub(super) fn end(&mut self, cause: Cause, code: Option<u16>, over: LegEnding) {
        if self.over.is_some() {
            return;
        }
        self.stream.close();
        self.sound_ended();
        self.core.leave(&self.id);
        let rung = match &self.side {
            LegSide::Out(branches) => Some(&branches.originate.to),
            LegSide::In(_) => None,
        };
        if let Some(dn) = self.phone.as_ref().map(|phone| &phone.dn).or(rung) {
            self.core.phone_legs.leave(dn, &self.id);
        }
        self.over = Some(over);
        self.teller.tell(LegEvent::Gone { cause, code });
    }

    /// Says what became of its sound: counts for all legs together, and a line of the log where somebody was heard badly.
    fn sound_ended(&self) {
        let stats = self.stream.stats();
        self.core.recorder.ended(&self.id, stats);
        let counts = [
            ("received", stats.received),
            ("refused", stats.refused),
            ("lost", stats.lost),
            ("sent", stats.sent),
            ("unsent", stats.unsent),
        ];
        for (what, count) in counts {
            metrics::counter!("jackfield_rtp_packets_total", "what" => what).increment(count);
        }
        if stats.received < HEARD {
            return;
        }
        metrics::histogram!("jackfield_rtp_jitter_seconds").record(stats.jitter.as_secs_f64());
        metrics::histogram!("jackfield_rtp_loss_ratio").record(stats.loss());
        if stats.loss() >= BAD_LOSS || stats.jitter >= BAD_JITTER {
            let (received, lost, jitter) = (stats.received, stats.lost, stats.jitter);
            tracing::info!(leg = %self.id, received, lost, ?jitter, "a leg was heard badly");
        }
    }

    /// The dialog says that it is over.
    pub(super) fn terminated(&mut self, tag: &str, reason: &TerminatedReason) {
        if let LegSide::Out(branches) = &self.side
            && branches.won().is_none_or(|dialog| dialog.id().local_tag != tag)
        {
            // The outcome of a call that nobody answered comes from its INVITE.
            return;
        }
        match reason {
            TerminatedReason::UacCancel => self.end(Cause::Cancelled, Some(487), LegEnding::Done),
            TerminatedReason::Timeout => {
                metrics::counter!("jackfield_sip_failures_total", "what" => "no-ack").increment(1);
                self.end(Cause::Lost, Some(408), LegEnding::Done);
            }
            TerminatedReason::UacBye | TerminatedReason::UasBye => {
                self.end(Cause::Normal, None, LegEnding::Done);
            }
            _ => self.end(Cause::Lost, None, LegEnding::Done),
        }
    }

    /// Tells the rest to the listener, and the other end.
    pub(super) async fn finish(mut self) {
        let (listener, id) = (self.core.listener.clone(), self.id.clone());
        let teller = std::mem::replace(&mut self.teller, LegEventSender::new(listener, id));
        let dialogs = match &self.side {
            LegSide::In(incoming) => vec![incoming.dialog.clone()],
            LegSide::Out(branches) => branches.dialogs(),
        };
        let core = self.core.clone();
        let parting = async {
            match self.over {
                Some(LegEnding::Part(cause)) => {
                    self.tell_rest().await;
                    part(&core, &dialogs, self.events, cause).await;
                }
                _ => dialogs.iter().for_each(|dialog| core.layer.remove_dialog(&dialog.id())),
            }
        };
        tokio::join!(teller.finish(), parting);
    }
}

async fn part(core: &Arc<Core>, dialogs: &[InviteDialog], mut events: DialogStateReceiver, cause: Cause) {
    // RFC 3261 §15: a BYE must not come before the ACK. The library says when there will be none.
    while dialogs.iter().any(|dialog| matches!(dialog.state(), DialogState::WaitAck(..))) {
        if events.recv().await.is_none() {
            break;
        }
    }
    join_all(dialogs.iter().map(|dialog| take_leave(core, dialog, cause))).await;
}

/// Ends one dialog: CANCEL while it rings, BYE when it was answered, also when both cross.
pub(super) async fn take_leave(core: &Arc<Core>, dialog: &InviteDialog, cause: Cause) {
    if dialog.state().can_cancel() {
        let _said = core.reasons.say(&dialog.id().call_id, headers::cancel_reason(cause));
        if let Err(why) = dialog.cancel().await {
            tracing::debug!(%why, "a CANCEL failed");
        }
    }
    if dialog.state().is_confirmed()
        && let Err(why) = dialog.bye_with_headers(Some(vec![headers::reason(cause)])).await
    {
        tracing::debug!(%why, "a BYE failed");
    }
    core.layer.remove_dialog(&dialog.id());
}
