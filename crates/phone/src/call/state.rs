//! Where a call is.

/// Where a call is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallState {
    /// The INVITE is out; nobody has said anything but 100.
    Calling,
    /// It rings, here or there.
    Ringing,
    /// Both sides have agreed: our ACK was sent, or theirs has arrived.
    Answered,
    /// Over; the last state.
    Ended(CallEnd),
}

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallEnd {
    /// The final code of the INVITE when it was not answered: 486, 487 after CANCEL, 408 without any answer. 200 when
    /// it was answered and a BYE came.
    pub code: u16,
    /// Whether this phone ended it.
    pub by_us: bool,
}
