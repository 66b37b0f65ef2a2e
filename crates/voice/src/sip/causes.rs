//! Causes and codes (spec: voice-sip#7).

use domain::call::Cause;

/// The final response that refuses a call for a cause.
pub(super) const fn refusal(cause: Cause) -> u16 {
    match cause {
        Cause::Busy => 486,
        Cause::Refused => 603,
        Cause::NoSuchNumber => 404,
        Cause::Incompatible => 488,
        Cause::Failed => 500,
        Cause::Normal
        | Cause::Cancelled
        | Cause::NoAnswer
        | Cause::Unreachable
        | Cause::Lost
        | Cause::Diverted
        | Cause::Unavailable
        | Cause::Closed => 480,
    }
}

/// The cause that a final response to our call means. `rang` is whether it rang before.
pub(super) const fn meaning(code: u16, rang: bool) -> Cause {
    match code {
        486 | 600 => Cause::Busy,
        401 | 403 | 407 | 603 | 607 | 608 => Cause::Refused,
        404 | 410 | 484 | 485 | 604 => Cause::NoSuchNumber,
        415 | 488 | 606 => Cause::Incompatible,
        487 => Cause::Cancelled,
        480 => Cause::Unavailable,
        300..=399 => Cause::Diverted,
        408 | 504 if rang => Cause::NoAnswer,
        408 | 502..=504 => Cause::Unreachable,
        _ => Cause::Failed,
    }
}

/// Whether a final response is a refusal by the phone itself, so that silent ones need not be waited for. `rang` is
/// whether it rang before: then somebody was there.
pub(super) const fn declines(code: u16, rang: bool) -> Declined {
    match code {
        600.. => Declined::ForAll,
        300..=399 | 480 | 486 if rang => Declined::ForAll,
        300..=399 | 480 | 486 => Declined::Here,
        _ => Declined::No,
    }
}

/// What a final response says about the other phones of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Declined {
    /// Nothing.
    No,
    /// This phone is busy or diverted: another that rings may be answered.
    Here,
    /// Somebody refused.
    ForAll,
}

/// The code of several phones' that counts: one that speaks for all (6xx), then busy, then the lowest
/// (RFC 3261 §16.7 step 6).
pub(super) fn telling(codes: impl Iterator<Item = u16>) -> Option<u16> {
    codes.min_by_key(|code| match code {
        600.. => (0, *code),
        486 => (1, *code),
        408 => (3, *code),
        _ => (2, *code),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_mean_what_the_table_says() {
        let table = [
            (486, Cause::Busy),
            (600, Cause::Busy),
            (603, Cause::Refused),
            (404, Cause::NoSuchNumber),
            (484, Cause::NoSuchNumber),
            (488, Cause::Incompatible),
            (606, Cause::Incompatible),
            (302, Cause::Diverted),
            (480, Cause::Unavailable),
            (503, Cause::Unreachable),
            (408, Cause::Unreachable),
            (500, Cause::Failed),
        ];
        for (code, cause) in table {
            assert_eq!(meaning(code, false), cause, "{code}");
        }
        assert_eq!(meaning(408, true), Cause::NoAnswer);
        assert_eq!(meaning(480, true), Cause::Unavailable);
    }

    #[test]
    fn the_most_telling_code_wins() {
        assert_eq!(telling([480, 486, 603].into_iter()), Some(603));
        assert_eq!(telling([408, 480].into_iter()), Some(480));
        assert_eq!(telling([404, 486].into_iter()), Some(486));
        assert_eq!(telling(std::iter::empty()), None);
    }

    #[test]
    fn a_refusal_means_its_cause_again() {
        for cause in [Cause::Busy, Cause::Refused, Cause::NoSuchNumber, Cause::Incompatible, Cause::Failed] {
            assert_eq!(meaning(refusal(cause), false), cause);
        }
    }
}
