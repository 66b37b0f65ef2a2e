//! One call as the phone has it: the dialog, the voice, the state.

use super::state::{CallEnd, CallState};
use crate::{PhoneError, line_shared::LineShared, media::CallAudio, weak_map::WeakMap};
use rsipstack::{
    dialog::{dialog::DialogState, invite_dialog::InviteDialog},
    sip::{ContentType, Header, HeadersExt, Response, StatusCode, StatusCodeKind, ToTypedHeader},
    transaction::key::TransactionRole,
};
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU16, Ordering},
    },
    time::Duration,
};
use tokio::sync::{Notify, watch};

/// What a phone says that does not want a call.
pub(super) const DECLINED: u16 = 603;
/// How often a re-INVITE is tried that meets one of the other side (RFC 3261, 14.1).
const GLARE_TRIES: u8 = 3;

/// Call-ID and our tag: what of a dialog's id does not change while it comes into being.
pub(crate) type LegKey = (String, String);

/// The calls of a line.
pub(crate) type Legs = WeakMap<LegKey, Leg>;

pub(crate) struct Leg {
    pub(super) line: Arc<LineShared>,
    legs: Arc<Legs>,
    pub(super) dialog: InviteDialog,
    pub(super) voice: CallAudio,
    pub(super) state: watch::Sender<CallState>,
    /// What became of the transfer that this phone asked for last.
    pub(super) transfer: watch::Sender<Option<u16>>,
    /// Asked to answer, by whoever uses the phone or by a NOTIFY.
    pub(super) talk: Notify,
    /// The code this phone refused with.
    refused: AtomicU16,
    /// The code re-INVITEs are refused with; 0 takes them.
    refusing: AtomicU16,
    /// A re-INVITE of ours is out.
    changing: AtomicBool,
    /// This phone has hung up.
    leaving: AtomicBool,
}

impl Leg {
    /// A leg that the line knows and that has no task yet.
    pub(super) fn new(
        (line, legs): (&Arc<LineShared>, &Arc<Legs>),
        dialog: InviteDialog,
        voice: CallAudio,
    ) -> Arc<Self> {
        let leg = Arc::new(Self {
            line: line.clone(),
            legs: legs.clone(),
            dialog,
            voice,
            state: watch::Sender::new(CallState::Calling),
            transfer: watch::Sender::new(None),
            talk: Notify::new(),
            refused: AtomicU16::new(0),
            refusing: AtomicU16::new(0),
            changing: AtomicBool::new(false),
            leaving: AtomicBool::new(false),
        });
        legs.add(leg.key(), &leg);
        leg
    }

    fn key(&self) -> LegKey {
        let id = self.dialog.id();
        (id.call_id, id.local_tag)
    }

    pub(super) fn is_ours(&self) -> bool {
        self.dialog.role() == TransactionRole::Client
    }

    pub fn rings(&self) -> bool {
        !self.is_ours() && matches!(*self.state.borrow(), CallState::Calling | CallState::Ringing)
    }

    pub fn told_to_talk(&self) {
        self.talk.notify_one();
    }

    /// Waits until the call is answered or over.
    pub async fn settles(&self, within: Duration) -> bool {
        let mut states = self.state.subscribe();
        let settled = states.wait_for(|state| matches!(state, CallState::Answered | CallState::Ended(_)));
        tokio::time::timeout(within, settled).await.is_ok_and(|settled| settled.is_ok())
    }

    pub async fn ended(&self) -> CallEnd {
        let mut states = self.state.subscribe();
        loop {
            if let CallState::Ended(ended) = *states.borrow_and_update() {
                return ended;
            }
            if states.changed().await.is_err() {
                return CallEnd { code: 408, by_us: false };
            }
        }
    }

    /// Moves forward only: an answered call does not ring, an ended one stays so.
    pub(super) fn becomes(&self, next: CallState) {
        self.state.send_if_modified(|state| {
            let forward = rank(next) > rank(*state);
            if forward {
                *state = next;
            }
            forward
        });
    }

    /// Ends it: the voice is closed, the library and the line forget the dialog.
    pub(super) fn end(&self, ended: CallEnd) {
        self.voice.close();
        self.line.dialogs.remove_dialog(&self.dialog.id());
        self.legs.remove(&self.key());
        self.becomes(CallState::Ended(ended));
    }

    pub fn peer(&self) -> String {
        let invite = self.dialog.initial_request();
        let uri = if self.is_ours() {
            invite.to_header().ok().and_then(|to| to.typed().ok()).map(|to| to.uri)
        } else {
            invite.from_header().ok().and_then(|from| from.typed().ok()).map(|from| from.uri)
        };
        uri.and_then(|uri| uri.user().map(str::to_owned)).unwrap_or_default()
    }

    pub fn header(&self, name: &str) -> Option<String> {
        self.dialog.initial_request().header_value(name)
    }

    pub fn answer(&self) {
        if self.rings() {
            self.talk.notify_one();
        }
    }

    pub fn refuse(&self, code: u16) {
        if self.rings() && (400..700).contains(&code) {
            self.refused.store(code, Ordering::Relaxed);
            if let Err(why) = self.dialog.reject(Some(StatusCode::from(code)), None) {
                tracing::debug!(%why, "a phone could not refuse");
            }
        }
    }

    /// The code this phone refused with, if it did.
    pub(super) fn refusal(&self) -> Option<u16> {
        Some(self.refused.load(Ordering::Relaxed)).filter(|code| *code != 0)
    }

    pub(super) fn is_leaving(&self) -> bool {
        self.leaving.load(Ordering::Relaxed)
    }

    pub async fn hang_up(&self, code: u16) {
        if matches!(*self.state.borrow(), CallState::Ended(_)) {
            return;
        }
        self.leaving.store(true, Ordering::Relaxed);
        let outcome = match self.dialog.state() {
            DialogState::Calling(_) | DialogState::Trying(_) | DialogState::Early(..) if self.is_ours() => {
                self.dialog.cancel().await
            }
            DialogState::Confirmed(..) | DialogState::WaitAck(..) => self.dialog.bye().await,
            DialogState::Terminated(..) => Ok(()),
            _ => {
                self.refuse(code);
                Ok(())
            }
        };
        if let Err(why) = outcome {
            tracing::debug!(%why, "a phone could not hang up in order");
        }
        self.ended().await;
    }

    pub async fn change(&self, hold: bool) -> Result<(), PhoneError> {
        if let CallState::Ended(ended) = *self.state.borrow() {
            return Err(PhoneError::Over(ended.code));
        }
        for tried in 1..=GLARE_TRIES {
            let offer = self.voice.offer_held(hold);
            self.changing.store(true, Ordering::Relaxed);
            let answer = self.dialog.reinvite(Some(vec![sdp_type()]), Some(offer)).await;
            self.changing.store(false, Ordering::Relaxed);
            let Response { status_code, body, .. } =
                answer?.ok_or(PhoneError::Refused(StatusCode::RequestTimeout.into()))?;
            if status_code.kind() == StatusCodeKind::Successful {
                self.voice.take_answer(&body);
                return Ok(());
            }
            self.voice.offer_refused(hold);
            if status_code != StatusCode::RequestPending || tried == GLARE_TRIES {
                return Err(PhoneError::Refused(status_code.into()));
            }
            // Whose Call-ID it is waits longer, so that they do not meet again.
            let wait = if self.is_ours() { 2100..4000 } else { 0..2000 };
            tokio::time::sleep(Duration::from_millis(fastrand::u64(wait))).await;
        }
        Ok(())
    }

    pub fn refuse_changes(&self, code: Option<u16>) {
        self.refusing.store(code.unwrap_or(0), Ordering::Relaxed);
    }

    /// The answer to a re-INVITE or UPDATE of the other side.
    pub(super) fn answer_change(&self, is_invite: bool, offer: &[u8]) -> Result<Option<Vec<u8>>, u16> {
        match self.refusing.load(Ordering::Relaxed) {
            0 if is_invite && self.changing.load(Ordering::Relaxed) => Err(StatusCode::RequestPending.into()),
            // An UPDATE without SDP refreshes the session and nothing else (RFC 4028).
            0 if offer.is_empty() && !is_invite => Ok(None),
            0 if offer.is_empty() => Ok(Some(self.voice.offer_again())),
            0 => self.voice.answer(offer).map(Some).ok_or(StatusCode::NotAcceptableHere.into()),
            code => Err(code),
        }
    }

    pub async fn send_dtmf(&self, digits: &str) -> Result<(), PhoneError> {
        if !digits.chars().all(|digit| "0123456789*#ABCD".contains(digit)) {
            return Err(PhoneError::Unwritable(digits.chars().take(64).collect()));
        }
        if self.voice.send_digits(digits).await {
            return Ok(());
        }
        for digit in digits.chars() {
            let relay = ContentType::from("application/dtmf-relay");
            let body = format!("Signal={digit}\r\nDuration=160\r\n").into_bytes();
            let answer = self.dialog.info(Some(vec![Header::ContentType(relay)]), Some(body)).await?;
            match answer {
                Some(answer) if answer.status_code.kind() == StatusCodeKind::Successful => {}
                Some(answer) => return Err(PhoneError::Refused(answer.status_code.into())),
                None => return Err(PhoneError::Over(StatusCode::RequestTimeout.into())),
            }
        }
        Ok(())
    }
}

/// Says what the body is.
pub(super) fn sdp_type() -> Header {
    Header::ContentType(ContentType::from("application/sdp"))
}

fn rank(state: CallState) -> u8 {
    match state {
        CallState::Calling => 0,
        CallState::Ringing => 1,
        CallState::Answered => 2,
        CallState::Ended(_) => 3,
    }
}
