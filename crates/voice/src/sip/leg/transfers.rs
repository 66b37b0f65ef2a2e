//! The transfers that the phone of a leg asked for, and what it is still to be told of them (RFC 3515).

/// The transfers that the phone of a leg asked for.
#[derive(Default)]
pub(super) struct Transfers {
    /// The one whose outcome is not known.
    pub running: Option<Subscription>,
    /// Whether there was one before.
    pub is_later: bool,
    /// What the phone is to be told next, in order.
    pub news: Vec<News>,
    /// Whether a NOTIFY is on its way.
    pub sending: bool,
}

/// What a REFER asked to be told.
#[derive(Clone)]
pub(super) struct Subscription {
    /// The `Event`, which names the REFER by its `CSeq` where it is not the first (RFC 3515 §2.4.6).
    pub event: String,
    /// Whether the phone wants to be told at all (`Refer-Sub`).
    pub is_wanted: bool,
}

/// One NOTIFY.
#[derive(Clone)]
pub(super) struct News {
    pub event: String,
    pub code: u16,
    pub is_last: bool,
}

/// What became of a NOTIFY.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NewsSent {
    /// The phone answered it, in whatever way, or will not.
    Done,
    /// It was not sent, since something else was going on in the dialog.
    NotNow,
}
