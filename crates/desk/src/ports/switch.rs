//! What carries calls.

use domain::call::{CallerId, Dn, LegId, SwitchCommand};

/// What carries calls: SIP phones, or a script in a test. It owns dialogs, media and registrations, but decides
/// nothing; what it hears it gives to [`crate::Desk::heard`], [`crate::Desk::arrive`] and [`crate::Desk::in_service`],
/// the signals of one leg one after the other.
pub trait Switch: Send + Sync {
    /// Takes effects that a commit asks for, in order. It does not wait: their outcome comes as signals.
    fn perform(&self, effects: &[SwitchCommand]);

    /// Whether a phone can be made to answer: `None` while none is registered under the number. A phone that cannot is
    /// answered by hand, and the operation is not open (spec: voice-sip#5.2).
    fn answers(&self, dn: &Dn) -> Option<bool>;
}

/// A call that comes in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// The leg it came on: the first of a call whose id is fresh, but where a phone asks somebody beside a call or takes
    /// one over.
    pub leg: LegId,
    /// Who calls, as the network says; for a phone of ours, its own number.
    pub from: CallerId,
    /// The number that was dialled.
    pub dialled: Dn,
    /// The phone of ours that calls, proved by its registration or credentials; `None` for a peer outside.
    pub device: Option<Dn>,
    /// The leg that this phone holds, where it asks somebody beside that call: see [`crate::Desk::asks_beside`], which also
    /// says of which call the new leg is. Its number is then no party's: 32,768 and more.
    pub beside: Option<LegId>,
    /// The leg of the same number whose call this phone takes over: see [`crate::Desk::takes_over`], which also says of
    /// which call the new leg is. Its number is then no party's either.
    pub replaces: Option<LegId>,
    /// Headers that may become user data: names as they came, in order.
    pub headers: Vec<(String, String)>,
}
