//! The messaging window (spec: channel-connectors#2.6).

use super::trouble::MessengerError;
use domain::Millis;

/// How long after a customer's last action anything may be sent.
const STANDARD: Millis = 24 * 60 * 60 * 1_000;
/// How long a person may still answer.
const HUMAN: Millis = 7 * STANDARD;

/// The one tag that still extends the window.
pub(super) const HUMAN_AGENT: &str = "HUMAN_AGENT";

/// Whether something may be sent now. `last_action` is when the customer last wrote or tapped, `has_feature` whether
/// the app was granted the Human Agent feature.
pub(super) fn is_open(
    last_action: Option<Millis>,
    now: Millis,
    tag: Option<&str>,
    has_feature: bool,
) -> Result<(), MessengerError> {
    let passed = now - last_action.ok_or(MessengerError::WINDOW)?;
    if passed <= STANDARD {
        Ok(())
    } else if passed > HUMAN || tag != Some(HUMAN_AGENT) {
        Err(MessengerError::WINDOW)
    } else if has_feature {
        Ok(())
    } else {
        Err(MessengerError::NO_FEATURE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Millis = 60_000;

    #[test]
    fn the_window_is_a_day_and_a_week_for_people() {
        let hours = |hours: Millis| hours * 60 * MINUTE;
        for (passed, plain, tagged) in [
            (0, true, true),
            (hours(24) - MINUTE, true, true),
            (hours(24) + MINUTE, false, true),
            (hours(7 * 24 - 1), false, true),
            (hours(7 * 24 + 1), false, false),
        ] {
            let now = hours(10_000);
            let open = |tag| is_open(Some(now - passed), now, tag, true).is_ok();
            assert_eq!((open(None), open(Some(HUMAN_AGENT))), (plain, tagged), "{passed}");
        }
    }

    #[test]
    fn who_never_wrote_gets_nothing() {
        assert_eq!(is_open(None, 5, Some(HUMAN_AGENT), true), Err(MessengerError::WINDOW));
    }

    #[test]
    fn without_the_feature_the_tag_is_refused() {
        assert_eq!(is_open(Some(0), STANDARD + 1, Some(HUMAN_AGENT), false), Err(MessengerError::NO_FEATURE));
    }
}
