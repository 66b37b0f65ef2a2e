//! Moments as the API writes them: `2026-02-03 10:11:12.345+0100` (spec: digital-channels#1.6).

use domain::Millis;
use jiff::{Timestamp, tz::TimeZone};

/// A moment in the server's own time zone; empty for one that no calendar has.
pub fn timestamp(at: Millis) -> String {
    let Ok(moment) = Timestamp::from_millisecond(at) else { return String::new() };
    moment.to_zoned(TimeZone::system()).strftime("%Y-%m-%d %H:%M:%S.%3f%z").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn milliseconds_and_the_offset_are_written_out() {
        let text = timestamp(1_770_109_872_345);
        assert_eq!(text.len(), "2026-02-03 10:11:12.345+0100".len(), "{text}");
        assert!(text.contains(".345"), "{text}");
    }
}
