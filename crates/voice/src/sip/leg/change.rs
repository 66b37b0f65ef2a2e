//! Changes of a session that we ask for: re-INVITEs, one at a time (spec: voice-sip#6).

use super::state::{DialogResult, Leg, LegEnding, LegSide, LegWorkOutcome, PendingChange};
use crate::media::Direction;
use crate::sip::headers;
use domain::call::{Cause, LegEvent};
use rsipstack::sip::{HeadersExt, Response, StatusCodeKind};
use std::time::Duration;
use tokio::time::Instant;

/// How often a change that crossed one of the other end's is tried (491).
const TRIES: u8 = 3;

/// How long a phone may take to answer a change before the agent is told that it does not: longer than a few
/// lost messages take to come again (RFC 3261 §17.1.1.2).
const UNANSWERED: Duration = Duration::from_secs(5);

impl Leg {
    /// Asks the phone to hold or to go on.
    pub(super) fn hold_phone(&mut self, on: bool) {
        if !self.up {
            return self.teller.tell(LegEvent::HoldDone { on, refused: Some(481) });
        }
        self.changes.waiting.push_back(on);
        self.next_change();
    }

    /// Refreshes the session with a re-INVITE that changes nothing.
    pub(super) fn refresh_by_change(&mut self) {
        self.changes.refresh = true;
        self.next_change();
    }

    /// Notes that we answer a change of the other end.
    pub(super) fn their_change(&mut self) {
        self.changes.under = PendingChange::Theirs;
    }

    /// Notes that the other end's change was acknowledged.
    pub(super) fn their_change_is_done(&mut self) {
        if self.changes.under != PendingChange::Theirs {
            return;
        }
        self.changes.under = PendingChange::Nothing;
        let ack = self.dialog().and_then(rsipstack::dialog::invite_dialog::InviteDialog::last_remote_ack);
        let ack = ack.filter(|ack| {
            ack.cseq_header().and_then(rsipstack::sip::CSeq::seq).ok() == self.changes.answer_in
        });
        if let (Some(_), Some(ack)) = (self.changes.answer_in.take(), ack)
            && !ack.body.is_empty()
        {
            match self.stream.accept(&String::from_utf8_lossy(&ack.body)) {
                Ok(accepted) => self.phone_holds(accepted.remote_holds && !self.changes.held),
                Err(why) => tracing::info!(leg = %self.id, %why, "the answer in an ACK does not fit"),
            }
        }
        self.next_change();
    }

    fn next_change(&mut self) {
        let changes = &mut self.changes;
        if changes.under != PendingChange::Nothing || changes.retry_at.is_some() {
            return;
        }
        changes.asked = changes.waiting.drain(..).collect();
        changes.tries = 0;
        let target = changes.asked.last().copied().unwrap_or(changes.held);
        // Its own hold key holds it too: it goes on only when the phone says so.
        let goes_on = changes.asked.last() == Some(&false) && self.phone_holds;
        if target != changes.held || goes_on || changes.refresh {
            changes.refresh = false;
            self.send_change(target);
        } else {
            self.tell_hold(None);
        }
    }

    fn send_change(&mut self, hold: bool) {
        let Some(dialog) = self.dialog().cloned() else { return };
        self.changes.under = PendingChange::Ours;
        (self.changes.told_at, self.changes.late) = (Some(Instant::now() + UNANSWERED), false);
        let wish = if hold { Direction::Inactive } else { Direction::SendRecv };
        let offer = self.stream.offer(wish).into_bytes();
        let mut with = self.refresh_headers();
        with.extend([headers::sdp(), headers::allow()]);
        self.start(async move {
            LegWorkOutcome::Changed(Box::new(dialog.reinvite(Some(with), Some(offer)).await))
        });
    }

    pub(super) fn change_again(&mut self) {
        self.changes.retry_at = None;
        let target = self.changes.asked.last().copied().unwrap_or(self.changes.held);
        self.send_change(target);
    }

    /// The phone does not answer a change. Nobody waits for as long as its transaction, after which the phone counts as
    /// gone: those who asked are told that the change failed.
    pub(super) fn change_unanswered(&mut self) {
        self.changes.told_at = None;
        self.changes.late = !self.changes.asked.is_empty();
        self.tell_hold(Some(408));
    }

    pub(super) fn changed(&mut self, answer: DialogResult) {
        self.changes.under = PendingChange::Nothing;
        self.changes.told_at = None;
        match answer {
            Ok(Some(response)) if response.status_code.kind() == StatusCodeKind::Successful => {
                self.take(&response);
            }
            Ok(Some(response)) => match response.status_code.code() {
                491 if self.changes.tries + 1 < TRIES => {
                    self.changes.tries += 1;
                    self.changes.retry_at = Some(Instant::now() + self.glare());
                    return;
                }
                code @ (408 | 481) => return self.end(Cause::Lost, Some(code), LegEnding::Done),
                // The session stays as it was (RFC 3261 §14.1).
                code => self.tell_hold(Some(code)),
            },
            Ok(None) | Err(_) => return self.end(Cause::Lost, None, LegEnding::Done),
        }
        self.next_change();
    }

    fn take(&mut self, response: &Response) {
        match self.stream.accept(&String::from_utf8_lossy(&response.body)) {
            Ok(accepted) => {
                self.changes.held = self.changes.asked.last().copied().unwrap_or(self.changes.held);
                self.session_answered(response);
                // The phone did what nobody waits for any more: back to the state that was told.
                self.changes.refresh |= std::mem::take(&mut self.changes.late);
                let key = accepted.remote_holds && !self.changes.held;
                if self.changes.asked.is_empty() && !self.changes.held {
                    self.phone_holds(key);
                } else if !self.changes.held {
                    // The news of the change includes this.
                    self.phone_holds = key;
                }
                // The phone should go on, but holds by its own key.
                self.tell_hold(key.then_some(488));
                self.show_hold();
            }
            Err(why) => {
                tracing::info!(leg = %self.id, %why, "the answer to a change does not fit");
                self.tell_hold(Some(488));
            }
        }
    }

    /// Tells everybody who asked.
    fn tell_hold(&mut self, refused: Option<u16>) {
        for on in std::mem::take(&mut self.changes.asked) {
            self.teller.tell(LegEvent::HoldDone { on, refused });
        }
    }

    /// How long to wait after changes crossed: longer for the owner of the Call-ID (RFC 3261 §14.1).
    fn glare(&self) -> Duration {
        let most = self.core.settings.timers.glare;
        let mut chance = [0];
        // Even without randomness both sides wait for different times.
        let _ = getrandom::fill(&mut chance);
        let part = u32::from(chance[0]);
        match self.side {
            LegSide::Out(_) => most * 21 / 40 + most * 19 / 40 * part / 255,
            LegSide::In(_) => most / 2 * part / 255,
        }
    }
}
