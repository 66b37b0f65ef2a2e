//! What a stream tells its leg.

use std::time::Duration;

/// What a stream tells its leg.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StreamEvent {
    /// The prompt is over; the hold tone goes on in its place. Not told of a prompt that a room or another sound cut
    /// off.
    Played,
    /// A telephone event came in: 0-9, `*`, `#`, A-D (RFC 4733). Told once, when the tone begins. It was passed on to
    /// the party that hears the leg, or is kept from it.
    Digit(char),
    /// The same, but nothing was passed on: the party that hears the leg takes no telephone events, or several legs are
    /// mixed.
    Unpassed(char),
    /// Nothing was heard for so long: one of the two times of [`Settings::silence`](super::Settings). Told once for
    /// each of them, and not while the leg is held by either end. It is never told of a leg without an agreed
    /// description.
    Silent(Duration),
}
