//! One call as whoever uses the phone sees it.

use super::{
    leg::{DECLINED, Leg},
    state::{CallEnd, CallState},
};
use crate::{HeardAudio, PhoneError, Say};
use std::{sync::Arc, time::Duration};

/// A call. Clones are the same call. A call this phone made is hung up when its last clone is dropped; one that came
/// in lives on.
#[derive(Clone)]
pub struct Call {
    leg: Arc<Leg>,
    /// There for what its drop does.
    _made: Option<Arc<HangUp>>,
}

struct HangUp(Arc<Leg>);

impl Drop for HangUp {
    fn drop(&mut self) {
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            let leg = self.0.clone();
            runtime.spawn(async move { leg.hang_up(DECLINED).await });
        }
    }
}

impl Call {
    pub(crate) fn made(leg: Arc<Leg>) -> Self {
        Self { _made: Some(Arc::new(HangUp(leg.clone()))), leg }
    }

    pub(crate) fn incoming(leg: Arc<Leg>) -> Self {
        Self { leg, _made: None }
    }

    /// The state now.
    pub fn state(&self) -> CallState {
        *self.leg.state.borrow()
    }

    /// Waits until it rings.
    ///
    /// # Errors
    /// [`PhoneError::Over`] when it ended before. An answer without ringing counts as ringing.
    pub async fn ringing(&self) -> Result<(), PhoneError> {
        self.reached(|state| state != CallState::Calling).await
    }

    /// Waits until it is answered.
    ///
    /// # Errors
    /// [`PhoneError::Over`] with the code when it ended before.
    pub async fn answered(&self) -> Result<(), PhoneError> {
        self.reached(|state| state == CallState::Answered).await
    }

    /// Waits until it is over.
    pub async fn ended(&self) -> CallEnd {
        self.leg.ended().await
    }

    async fn reached(&self, there: impl Fn(CallState) -> bool) -> Result<(), PhoneError> {
        let mut states = self.leg.state.subscribe();
        let reached = states.wait_for(|state| matches!(state, CallState::Ended(_)) || there(*state)).await;
        match reached.map(|state| *state) {
            Ok(CallState::Ended(ended)) => Err(PhoneError::Over(ended.code)),
            _ => Ok(()),
        }
    }

    /// The user part of the other side's address.
    pub fn peer(&self) -> String {
        self.leg.peer()
    }

    /// A header of the INVITE.
    pub fn header(&self, name: &str) -> Option<String> {
        self.leg.header(name)
    }

    /// Answers a call that rings here; does nothing otherwise.
    pub fn answer(&self) {
        self.leg.answer();
    }

    /// Refuses a call that rings here with a SIP code of 400 to 699; does nothing otherwise.
    pub fn refuse(&self, code: u16) {
        self.leg.refuse(code);
    }

    /// Says something else from now on. A call that began with [`Say::Nothing`] has no voice and keeps silent.
    pub fn say(&self, say: Say) {
        self.leg.voice.say(say);
    }

    /// Ends the call: CANCEL, 603 or BYE, whatever fits. Returns when the other side has confirmed it, at most 32 s
    /// later; does nothing when it is over.
    pub async fn hang_up(&self) {
        self.leg.hang_up(DECLINED).await;
    }

    /// Puts the other side on hold: a re-INVITE with `a=sendonly` (RFC 3264, 8.4); this phone falls silent.
    ///
    /// # Errors
    /// [`PhoneError::Refused`] with the other side's code; the call goes on as it was.
    pub async fn hold(&self) -> Result<(), PhoneError> {
        self.leg.change(true).await
    }

    /// Takes it back: a re-INVITE with `a=sendrecv`.
    ///
    /// # Errors
    /// As [`Self::hold`].
    pub async fn unhold(&self) -> Result<(), PhoneError> {
        self.leg.change(false).await
    }

    /// The transfer key: asks the other side to hand this call to a number (REFER). Returns once it will try;
    /// [`Self::transferred`] says what became of it.
    ///
    /// # Errors
    /// [`PhoneError::Refused`] with the other side's code; [`PhoneError::Over`].
    pub async fn transfer(&self, number: &str) -> Result<(), PhoneError> {
        self.leg.refer(number).await
    }

    /// The transfer key with another call of this phone: asks the other side to bring both together (REFER with
    /// Replaces).
    ///
    /// # Errors
    /// As [`Self::transfer`].
    pub async fn transfer_to(&self, other: &Self) -> Result<(), PhoneError> {
        self.leg.refer_replacing(&other.leg).await
    }

    /// The value of a `Replaces` header with which another phone of the same number takes this call over (RFC 3891).
    pub fn replaces(&self) -> String {
        self.leg.replaces()
    }

    /// Waits until the other side says what became of the transfer: its final code.
    pub async fn transferred(&self) -> u16 {
        self.leg.transferred().await
    }

    /// Whether the other side has put this phone on hold.
    pub fn is_held(&self) -> bool {
        self.leg.voice.is_held()
    }

    /// Refuses every re-INVITE and UPDATE from now on with this code; `None` takes them again.
    pub fn refuse_changes(&self, code: Option<u16>) {
        self.leg.refuse_changes(code);
    }

    /// Sends digits (0-9 * # A-D) as RFC 4733 events of 100 ms, or by INFO when the other side did not offer events
    /// or this call has no voice. Returns when the last was sent.
    ///
    /// # Errors
    /// [`PhoneError::Unwritable`] for what is no digit; [`PhoneError::Refused`] by INFO; [`PhoneError::Over`].
    pub async fn send_dtmf(&self, digits: &str) -> Result<(), PhoneError> {
        self.leg.send_dtmf(digits).await
    }

    /// The digits that came in so far, by event or by INFO; the last 256.
    pub fn digits(&self) -> String {
        self.leg.voice.digits()
    }

    /// Waits until as many digits have come in; `false` when they do not within that time.
    pub async fn receives(&self, digits: &str, within: Duration) -> bool {
        self.leg.voice.receives(digits, within).await
    }

    /// What was heard in the last half second.
    pub fn heard(&self) -> HeardAudio {
        self.leg.voice.heard()
    }

    /// Waits until a tone is heard; `false` when it is not within that time.
    pub async fn hears(&self, hz: u16, within: Duration) -> bool {
        self.leg.voice.until(within, |heard| heard.has(hz)).await
    }

    /// Waits until a tone is not heard any more; `false` when it still is after that time.
    pub async fn stops_hearing(&self, hz: u16, within: Duration) -> bool {
        self.leg.voice.until(within, |heard| heard.strength(hz) < HeardAudio::FAINT).await
    }

    /// RTP packets with sound that have come in.
    pub fn packets(&self) -> u64 {
        self.leg.voice.packets()
    }
}
