//! The version of the Graph API, and how long it lives (spec: channel-connectors#2.1).
//!
//! A call to a version that has expired is not refused: the oldest one that is left answers it, which may do
//! something else. So the version is checked when the server starts, and from then on once a day.

use domain::Millis;
use jiff::civil::{Date, date};
use std::{fmt, str::FromStr};

const DAY: Millis = 24 * 60 * 60 * 1000;
/// How many days before its end a warning about a version is given.
const NOTICE_DAYS: i64 = 90;

/// Versions and the first day on which each is gone, in UTC, oldest first (the platform's changelog, as of November
/// 2026). A version lives until two years after its successor came. The last of them has no successor yet, so its day
/// is the earliest possible one: two years after it came itself.
const KNOWN: [(Version, Date); 9] = [
    (Version::new(18, 0), date(2026, 1, 26)),
    (Version::new(19, 0), date(2026, 5, 21)),
    (Version::new(20, 0), date(2026, 9, 24)),
    (Version::new(21, 0), date(2027, 1, 21)),
    (Version::new(22, 0), date(2027, 5, 20)),
    (Version::new(23, 0), date(2027, 10, 8)),
    (Version::new(24, 0), date(2028, 2, 18)),
    (Version::new(25, 0), date(2028, 7, 29)),
    (Version::CURRENT, date(2028, 7, 29)),
];

/// A version of the Graph API, written `v26.0`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    major: u16,
    minor: u16,
}

/// How a version stands on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Life {
    /// It has more than 90 days, or is newer than what this server knows.
    Fine,
    /// It has this many whole days left; 90 at most.
    ExpiresSoon(i64),
    /// It is gone: calls fall through to another.
    Expired,
}

/// A text that is no version; they are written `vN.M`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoVersion;

impl Version {
    /// The newest version that this server was written for (July 2026).
    pub const CURRENT: Self = Self::new(26, 0);

    const fn new(major: u16, minor: u16) -> Self {
        Self { major, minor }
    }

    /// How it stands at a moment.
    pub fn life(self, now: Millis) -> Life {
        if self > Self::CURRENT {
            return Life::Fine;
        }
        let Some((_, gone)) = KNOWN.iter().rev().find(|(version, _)| *version <= self) else {
            return Life::Expired;
        };
        let left = midnight(*gone) - now;
        match left.div_euclid(DAY) {
            _ if left <= 0 => Life::Expired,
            days if left <= NOTICE_DAYS * DAY => Life::ExpiresSoon(days),
            _ => Life::Fine,
        }
    }
}

impl Default for Version {
    fn default() -> Self {
        Self::CURRENT
    }
}

/// The beginning of a day in UTC.
fn midnight(day: Date) -> Millis {
    Millis::from((day - date(1970, 1, 1)).get_days()) * DAY
}

impl fmt::Display for Version {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "v{}.{}", self.major, self.minor)
    }
}

impl FromStr for Version {
    type Err = NoVersion;

    fn from_str(text: &str) -> Result<Self, NoVersion> {
        let (major, minor) = text.strip_prefix('v').and_then(|text| text.split_once('.')).ok_or(NoVersion)?;
        let number = |digits: &str| {
            // `parse` by itself would accept a sign.
            let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
            digits.parse().ok().filter(|_| plain).ok_or(NoVersion)
        };
        Ok(Self::new(number(major)?, number(minor)?))
    }
}

impl fmt::Display for NoVersion {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("a version is written like v26.0")
    }
}

impl std::error::Error for NoVersion {}

#[cfg(test)]
mod tests {
    use super::*;

    fn on(version: &str, day: Date) -> Life {
        version.parse::<Version>().expect("version").life(midnight(day))
    }

    #[test]
    fn versions_are_written_as_in_the_address() {
        assert_eq!("v26.0".parse(), Ok(Version::CURRENT));
        assert_eq!(Version::CURRENT.to_string(), "v26.0");
        for wrong in [
            "", "v", "26.0", "v26", "v26.", "v.0", "v26.0.1", "v+26.0", "v-1.0", "v26.0/..", "V26.0",
            "v99999.0",
        ] {
            assert_eq!(wrong.parse::<Version>(), Err(NoVersion), "{wrong}");
        }
    }

    #[test]
    fn a_version_is_warned_of_ninety_days_ahead() {
        assert_eq!(on("v21.0", date(2026, 10, 22)), Life::Fine);
        assert_eq!(on("v21.0", date(2026, 10, 23)), Life::ExpiresSoon(90));
        assert_eq!(on("v21.0", date(2026, 11, 21)), Life::ExpiresSoon(61));
        assert_eq!(on("v21.0", date(2027, 1, 20)), Life::ExpiresSoon(1));
        let last = midnight(date(2027, 1, 21)) - 1;
        assert_eq!(Version::new(21, 0).life(last), Life::ExpiresSoon(0));
        assert_eq!(on("v21.0", date(2027, 1, 21)), Life::Expired);
    }

    #[test]
    fn the_current_one_is_fine_and_what_is_not_known_yet_too() {
        assert_eq!(on("v26.0", date(2026, 11, 21)), Life::Fine);
        assert_eq!(on("v26.0", date(2028, 7, 1)), Life::ExpiresSoon(28));
        assert_eq!(on("v27.0", date(2030, 1, 1)), Life::Fine);
    }

    #[test]
    fn what_is_not_known_any_more_is_gone() {
        assert_eq!(on("v2.12", date(2026, 11, 21)), Life::Expired);
        assert_eq!(on("v20.0", date(2026, 11, 21)), Life::Expired);
    }

    #[test]
    fn the_table_is_in_order() {
        assert!(KNOWN.windows(2).all(|two| two[0].0 < two[1].0 && two[0].1 <= two[1].1));
    }
}
