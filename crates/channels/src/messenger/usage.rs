//! How much of the platform's allowance is used up (spec: channel-connectors#2.7).
//!
//! The platform says so with its answers: percentages of what an app, a page or a use case may do in a rolling
//! time, and, once it is too much, for how many minutes nothing will be done.

use domain::Millis;
use http::HeaderMap;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// From this percentage on, sending is slowed down.
pub const SLOW_PERCENT: u32 = 80;
/// From this percentage on, nothing is sent for a time.
pub const STOP_PERCENT: u32 = 100;
/// How long nothing is sent when the platform does not say, in milliseconds: five minutes of its rolling hour.
pub const STOP: Millis = 5 * MINUTE;
/// The longest stop that is believed, in milliseconds: the platform's longest rolling time, a day.
pub const LONGEST_STOP: Millis = 24 * 60 * MINUTE;

const MINUTE: Millis = 60 * 1000;
/// Headers with one reading.
const FLAT: [&str; 2] = ["x-app-usage", "x-page-usage"];
/// The header with a list of readings for each of several businesses.
const BY_BUSINESS: &str = "x-business-use-case-usage";

/// The highest values of an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// The highest percentage; it can exceed 100. 0 if nothing was told.
    pub percent: u32,
    /// For how long nothing will be done, in milliseconds; 0 if nothing was told.
    pub regain: Millis,
}

/// What to do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SendingPace {
    /// Send as ever.
    Go,
    /// Send more slowly.
    SlowDown,
    /// Send nothing for this many milliseconds.
    Stop(Millis),
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct UsageJson {
    call_count: f64,
    total_cputime: f64,
    total_time: f64,
    /// In minutes.
    estimated_time_to_regain_access: f64,
}

impl Usage {
    /// Reads what the headers of an answer tell. Values that cannot be read are ignored.
    pub fn read(headers: &HeaderMap) -> Self {
        let texts = |name| headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
        let flat = FLAT.into_iter().flat_map(texts).filter_map(|text| serde_json::from_str(text).ok());
        let by_business = texts(BY_BUSINESS).flat_map(businesses);
        flat.chain(by_business).map(|reading| Self::of(&reading)).fold(Self::default(), Self::max)
    }

    /// What to do about it.
    pub const fn pace(self) -> SendingPace {
        match self.percent {
            _ if self.regain > 0 => SendingPace::Stop(self.regain),
            STOP_PERCENT.. => SendingPace::Stop(STOP),
            SLOW_PERCENT.. => SendingPace::SlowDown,
            _ => SendingPace::Go,
        }
    }

    fn of(reading: &UsageJson) -> Self {
        let percent = reading.call_count.max(reading.total_cputime).max(reading.total_time);
        let minutes = reading.estimated_time_to_regain_access.ceil();
        Self { percent: whole(percent), regain: (Millis::from(whole(minutes)) * MINUTE).min(LONGEST_STOP) }
    }

    fn max(self, other: Self) -> Self {
        Self { percent: self.percent.max(other.percent), regain: self.regain.max(other.regain) }
    }
}

/// The readings of all businesses; a list or a reading of another shape is left out by itself.
fn businesses(text: &str) -> Vec<UsageJson> {
    let lists: BTreeMap<String, Vec<&RawValue>> = match serde_json::from_str(text) {
        Ok(lists) => lists,
        Err(_) => return Vec::new(),
    };
    lists.into_values().flatten().filter_map(|reading| serde_json::from_str(reading.get()).ok()).collect()
}

/// A whole number, without what is behind the point; never below 0.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the cast saturates at both ends"
)]
const fn whole(number: f64) -> u32 {
    number as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::{HeaderName, HeaderValue};
    use proptest::prelude::*;

    fn told(headers: &[(&'static str, &str)]) -> Usage {
        let pairs = headers.iter().map(|(name, value)| {
            (HeaderName::from_static(name), HeaderValue::from_str(value).expect("value"))
        });
        Usage::read(&pairs.collect())
    }

    #[test]
    fn what_is_not_told_hinders_nobody() {
        assert_eq!(told(&[]).pace(), SendingPace::Go);
    }

    #[test]
    fn the_highest_of_all_counts() {
        let usage = told(&[
            ("x-app-usage", r#"{"call_count":28,"total_time":25,"total_cputime":30}"#),
            ("x-page-usage", r#"{"call_count":12,"total_time":85,"total_cputime":3}"#),
            (
                "x-business-use-case-usage",
                r#"{"1001":[{"type":"messenger","call_count":10,"total_cputime":20,"total_time":61,
                   "estimated_time_to_regain_access":0},{"type":"pages","call_count":79.9}],"1002":[]}"#
                    .replace('\n', "")
                    .as_str(),
            ),
        ]);
        assert_eq!(usage, Usage { percent: 85, regain: 0 });
        assert_eq!(usage.pace(), SendingPace::SlowDown);
    }

    #[test]
    fn it_slows_down_at_80_and_stops_at_100() {
        for (percent, pace) in [
            (0, SendingPace::Go),
            (79, SendingPace::Go),
            (80, SendingPace::SlowDown),
            (85, SendingPace::SlowDown),
            (99, SendingPace::SlowDown),
            (100, SendingPace::Stop(STOP)),
            (240, SendingPace::Stop(STOP)),
        ] {
            let header = format!(r#"{{"call_count":{percent}}}"#);
            assert_eq!(told(&[("x-app-usage", &header)]).pace(), pace, "at {percent} %");
        }
    }

    #[test]
    fn it_stops_for_the_announced_time() {
        let header =
            r#"{"1001":[{"type":"messenger","call_count":100,"estimated_time_to_regain_access":19}]}"#;
        assert_eq!(told(&[("x-business-use-case-usage", header)]).pace(), SendingPace::Stop(19 * MINUTE));
        let header = r#"{"1001":[{"call_count":3,"estimated_time_to_regain_access":1e300}]}"#;
        assert_eq!(told(&[("x-business-use-case-usage", header)]).pace(), SendingPace::Stop(LONGEST_STOP));
    }

    #[test]
    fn what_cannot_be_read_hides_nothing_else() {
        let usage = told(&[
            ("x-app-usage", "twelve"),
            ("x-app-usage", r#"{"call_count":90}"#),
            ("x-business-use-case-usage", r#"{"1001":["?",{"call_count":-4},{"call_count":97}]}"#),
        ]);
        assert_eq!(usage.percent, 97);
    }

    proptest! {
        #[test]
        fn no_header_makes_it_stumble(bytes in proptest::collection::vec(32_u8..127, 0..200)) {
            let value = HeaderValue::from_bytes(&bytes).expect("value");
            let headers = HeaderMap::from_iter([(HeaderName::from_static(BY_BUSINESS), value)]);
            prop_assert_eq!(Usage::read(&headers).percent, 0);
        }
    }
}
