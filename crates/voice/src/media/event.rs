//! What a stream tells its leg.

use std::time::Duration;

/// What a stream tells its leg.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// The prompt is over; the hold tone goes on in its place. Not told of a prompt that a room or another sound cut.
    Played,
    /// A telephone event came in: 0-9, `*`, `#`, A-D (RFC 4733). Told once, when the tone begins. It was passed on to
    /// whoever hears the leg, or is kept from them.
    Digit(char),
    /// The same, and whoever hears the leg takes no telephone events: nothing was passed on.
    Unpassed(char),
    /// Nothing was heard for so long: one of the two times of [`Settings::silence`](super::Settings). Told once for
    /// each of them, and not while the leg is held by either end. Of a leg that no description was agreed on it is
    /// never told.
    Silent(Duration),
}
