//! Moments as the feed writes them.

use domain::Millis;
use jiff::Timestamp;

/// A moment in RFC 3339; empty for one that no calendar has.
pub(super) fn time(at: Millis) -> String {
    Timestamp::from_millisecond(at).map(|moment| moment.to_string()).unwrap_or_default()
}
