//! The messaging window: who may write to a customer how long after he last did (channel-connectors §2.6).
//!
//! It is decided for each message, from who wrote it and from the time since the customer last did something that
//! opens the window ([`super::webhook::Event::opens_window`]). The tag for people is never on what a machine wrote,
//! and never on what needs no tag.

use domain::Millis;

const HOUR: Millis = 60 * 60 * 1000;
/// How long anybody may answer, in milliseconds: a day.
pub const RESPONSE: Millis = 24 * HOUR;
/// How long a person may, where the platform granted it, in milliseconds: seven days.
pub const HUMAN_AGENT: Millis = 7 * 24 * HOUR;
/// How long before the end of the window it is warned of, in milliseconds: an hour.
pub const WARNING: Millis = HOUR;

/// Who wrote a message to a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Author {
    /// A person: an agent, a supervisor.
    Person,
    /// A bot, or the centre by itself.
    Automation,
}

/// How a message may go out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permit {
    /// As an answer: `messaging_type` `RESPONSE`.
    Response,
    /// As a late answer of a person: `MESSAGE_TAG` with `HUMAN_AGENT`.
    HumanAgent,
    /// Not at all, until the customer writes again.
    Closed,
}

/// When a window that was opened at some moment closes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadlines {
    /// `windowExpiresAt`: the last moment for anybody.
    pub window_expires_at: Millis,
    /// `humanAgentExpiresAt`: the last moment for people, where it is granted.
    pub human_agent_expires_at: Millis,
    /// When to warn that the window closes.
    pub warning_at: Millis,
}

/// How a message may go out. `age` is the time since the window was opened, in milliseconds; the platform's clock may
/// be ahead of ours, so it may be negative. `human_agent_granted` is whether the page has the feature *Human Agent*.
pub const fn permit(author: Author, age: Millis, human_agent_granted: bool) -> Permit {
    match author {
        _ if age <= RESPONSE => Permit::Response,
        Author::Person if age <= HUMAN_AGENT && human_agent_granted => Permit::HumanAgent,
        Author::Person | Author::Automation => Permit::Closed,
    }
}

/// When a window closes that was opened at `opened_at`.
pub const fn deadlines(opened_at: Millis) -> Deadlines {
    let window_expires_at = opened_at.saturating_add(RESPONSE);
    Deadlines {
        window_expires_at,
        human_agent_expires_at: opened_at.saturating_add(HUMAN_AGENT),
        warning_at: window_expires_at.saturating_sub(WARNING),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Millis = 60 * 1000;
    const DAY: Millis = 24 * HOUR;

    #[test]
    fn who_may_write_depends_on_the_author_and_the_time() {
        use Author::{Automation, Person};
        use Permit::{Closed, HumanAgent, Response};
        for (age, person, ungranted, automation) in [
            (-MINUTE, Response, Response, Response),
            (0, Response, Response, Response),
            (23 * HOUR + 59 * MINUTE, Response, Response, Response),
            (DAY, Response, Response, Response),
            (DAY + 1, HumanAgent, Closed, Closed),
            (24 * HOUR + MINUTE, HumanAgent, Closed, Closed),
            (6 * DAY + 23 * HOUR, HumanAgent, Closed, Closed),
            (7 * DAY, HumanAgent, Closed, Closed),
            (7 * DAY + 1, Closed, Closed, Closed),
            (7 * DAY + HOUR, Closed, Closed, Closed),
            (Millis::MAX, Closed, Closed, Closed),
        ] {
            assert_eq!(permit(Person, age, true), person, "a person after {age} ms");
            assert_eq!(permit(Person, age, false), ungranted, "a person without the feature after {age} ms");
            assert_eq!(permit(Automation, age, true), automation, "a bot after {age} ms");
            assert_eq!(
                permit(Automation, age, false),
                automation,
                "a bot without the feature after {age} ms"
            );
        }
    }

    #[test]
    fn the_deadlines_are_the_last_moments_of_the_rule() {
        let opened = 1_760_000_000_000;
        let Deadlines { window_expires_at, human_agent_expires_at, warning_at } = deadlines(opened);
        assert_eq!(permit(Author::Automation, window_expires_at - opened, false), Permit::Response);
        assert_eq!(permit(Author::Automation, window_expires_at + 1 - opened, false), Permit::Closed);
        assert_eq!(permit(Author::Person, human_agent_expires_at - opened, true), Permit::HumanAgent);
        assert_eq!(permit(Author::Person, human_agent_expires_at + 1 - opened, true), Permit::Closed);
        assert_eq!(window_expires_at - warning_at, 60 * MINUTE);
    }
}
