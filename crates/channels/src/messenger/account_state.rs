//! How an account stands: whether it may send, and what those who look after it are told (spec: channel-connectors#2.1,
//! #2.7, #2.8).

use super::{
    trouble::{FailureKind, Remedy},
    usage::{SendingPace, Usage},
    version::{Life, Version},
    webhook::PolicyNotice,
};
use desk::{Condition, ServiceState};
use domain::Millis;
use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// For how long an account sends nothing when the platform says that it sends too much but not for how long, in
/// milliseconds.
const HOLD: Millis = 5_000;
/// For how long an account that the platform blocked does not try again, in milliseconds.
const BLOCK: Millis = 60 * 60 * 1_000;

/// How an account stands. This is only kept in memory: after a start everything is found out again.
#[derive(Debug)]
pub(super) struct AccountState {
    account: String,
    version: Version,
    facts: Mutex<AccountFacts>,
}

#[derive(Debug, Default)]
struct AccountFacts {
    line: Reachability,
    /// Whether its token was refused.
    is_dead: bool,
    blocked_until: Millis,
    held_until: Millis,
    is_slowed: bool,
    /// The permission that the last send lacked.
    lacks: Option<&'static str>,
    /// Whether the page could not be subscribed.
    is_unsubscribed: bool,
    /// What the platform warned of.
    warning: Option<String>,
}

/// Whether the platform answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Reachability {
    /// Nothing was asked of the platform since the start.
    #[default]
    Unused,
    /// The platform answers.
    Answers,
    /// The platform does not answer.
    Silent,
}

impl AccountState {
    /// An account about which nothing is known yet.
    pub fn new(account: &str, version: Version) -> Self {
        Self { account: account.to_owned(), version, facts: Mutex::default() }
    }

    /// Why nothing can be sent now, even without asking the platform.
    pub fn refusal(&self, now: Millis) -> Option<FailureKind> {
        let facts = self.facts();
        if facts.is_dead {
            return Some(FailureKind::Reauthorise);
        }
        (facts.blocked_until > now).then_some(FailureKind::Blocked)
    }

    /// For how long nothing is sent because too much was.
    pub fn held(&self, now: Millis) -> Option<Duration> {
        let left = u64::try_from(self.facts().held_until - now).ok()?;
        (left > 0).then(|| Duration::from_millis(left))
    }

    /// Whether it is close to what the platform allows.
    pub fn is_slowed(&self) -> bool {
        self.facts().is_slowed
    }

    /// The platform did what was asked.
    pub fn did(&self, usage: Usage, now: Millis) {
        let mut facts = self.facts();
        facts.heard(true);
        (facts.is_dead, facts.blocked_until, facts.lacks) = (false, 0, None);
        facts.is_slowed = usage.pace() == SendingPace::SlowDown;
        facts.hold(usage, 0, now);
    }

    /// The platform refused, or was not reached.
    pub fn did_not(&self, trouble: FailureKind, was_answered: bool, usage: Usage, now: Millis) {
        let mut facts = self.facts();
        facts.heard(was_answered);
        match (trouble, trouble.remedy()) {
            (FailureKind::Reauthorise, _) => facts.is_dead = true,
            (FailureKind::Blocked, _) => facts.blocked_until = now + BLOCK,
            (FailureKind::PermissionMissing | FailureKind::FeatureDisabled, _) => {
                facts.lacks = Some(trouble.sentence());
            }
            (_, Remedy::SlowDown) => facts.hold(usage, HOLD, now),
            _ => {}
        }
        facts.hold(usage, 0, now);
    }

    /// The platform told its usage in an answer that counts neither as a success nor as a failure.
    pub fn used(&self, usage: Usage, now: Millis) {
        self.facts().hold(usage, 0, now);
    }

    /// The platform takes the token, and has or has not subscribed the page to its webhooks.
    pub fn subscribed(&self, is_subscribed: bool, usage: Usage, now: Millis) {
        let mut facts = self.facts();
        facts.heard(true);
        (facts.is_dead, facts.is_unsubscribed) = (false, !is_subscribed);
        facts.hold(usage, 0, now);
    }

    /// The platform warned the page, blocked it, or ended a block. A warning stands until it speaks again.
    pub fn policy(&self, policy: &PolicyNotice, now: Millis) {
        let mut facts = self.facts();
        match policy.action.as_str() {
            "block" => facts.blocked_until = now + BLOCK,
            "unblock" => (facts.blocked_until, facts.warning) = (0, None),
            _ => {
                let reason = policy.reason.as_deref().unwrap_or("no reason was given");
                facts.warning = Some(format!("Facebook warns the page: {reason}"));
            }
        }
    }

    /// Whether it should be checked soon, because it does not work.
    pub fn is_down(&self) -> bool {
        let facts = self.facts();
        facts.is_dead || facts.line != Reachability::Answers
    }

    /// The state to report.
    pub fn state(&self, now: Millis) -> ServiceState {
        let (condition, why) = self.condition(now);
        let state = ServiceState::connector("messenger", &self.account, condition, now);
        match why {
            Some(why) => state.because(why),
            None => state,
        }
    }

    fn condition(&self, now: Millis) -> (Condition, Option<String>) {
        let facts = self.facts();
        let say = |condition, why: &str| (condition, Some(why.to_owned()));
        let life = self.version.life(now);
        if facts.is_dead {
            return say(Condition::Reauthorise, "Facebook refuses the page token; a new one has to be set");
        }
        if facts.blocked_until > now {
            return say(Condition::Blocked, FailureKind::Blocked.sentence());
        }
        match facts.line {
            Reachability::Unused => return (Condition::Starting, None),
            Reachability::Silent => return say(Condition::Unreachable, "The Graph API does not answer"),
            Reachability::Answers => {}
        }
        if facts.held_until > now || facts.is_slowed {
            return say(Condition::RateLimited, "The page has used up most of what Facebook allows it");
        }
        if facts.is_unsubscribed {
            return say(Condition::Restricted, "The page could not be subscribed to its webhooks");
        }
        if let Some(why) = facts.lacks.or(facts.warning.as_deref()) {
            return say(Condition::Restricted, why);
        }
        let version = self.version;
        match life {
            Life::Fine => (Condition::Working, None),
            Life::ExpiresSoon(days) => {
                let why = format!("The Graph API {version} ends in {days} days");
                (Condition::ExpiresSoon, Some(why))
            }
            Life::Expired => {
                let why = format!("The Graph API {version} has ended: Facebook answers with another version");
                (Condition::Restricted, Some(why))
            }
        }
    }

    fn facts(&self) -> MutexGuard<'_, AccountFacts> {
        self.facts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl AccountFacts {
    fn heard(&mut self, was_answered: bool) {
        self.line = if was_answered { Reachability::Answers } else { Reachability::Silent };
    }

    fn hold(&mut self, usage: Usage, least: Millis, now: Millis) {
        let asked = match usage.pace() {
            SendingPace::Stop(time) => time,
            SendingPace::Go | SendingPace::SlowDown => 0,
        };
        self.held_until = self.held_until.max(now + asked.max(least));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Condition::{Blocked, RateLimited, Reauthorise, Restricted, Starting, Unreachable, Working};

    const NOW: Millis = 1_795_000_000_000;
    const FREE: Usage = Usage { percent: 10, regain: 0 };

    fn working() -> AccountState {
        let standing = AccountState::new("acme", Version::CURRENT);
        standing.did(FREE, NOW);
        standing
    }

    fn condition(standing: &AccountState, after: Millis) -> Condition {
        standing.state(NOW + after).condition
    }

    #[test]
    fn it_works_once_the_platform_did_something() {
        let standing = AccountState::new("acme", Version::CURRENT);
        assert_eq!(condition(&standing, 0), Starting);
        standing.did_not(FailureKind::NoSuchPerson, true, FREE, NOW);
        assert_eq!(condition(&standing, 0), Working, "an answer is an answer");
        assert_eq!(standing.state(NOW).id, "MESSENGER_acme");
    }

    #[test]
    fn a_dead_token_stops_it_until_something_succeeds() {
        let standing = working();
        standing.did_not(FailureKind::Reauthorise, true, FREE, NOW);
        assert_eq!(
            (condition(&standing, 0), standing.refusal(NOW)),
            (Reauthorise, Some(FailureKind::Reauthorise))
        );
        assert!(standing.is_down());
        standing.did(FREE, NOW);
        assert_eq!((condition(&standing, 0), standing.refusal(NOW)), (Working, None));
    }

    #[test]
    fn a_block_ends_when_the_platform_says_so_or_after_an_hour() {
        let standing = working();
        standing.did_not(FailureKind::Blocked, true, FREE, NOW);
        assert_eq!((condition(&standing, 0), standing.refusal(NOW)), (Blocked, Some(FailureKind::Blocked)));
        assert_eq!(standing.refusal(NOW + BLOCK), None, "then one may try");
        let policy = |action: &str| PolicyNotice { action: action.into(), reason: Some("spam".into()) };
        standing.policy(&policy("unblock"), NOW);
        assert_eq!(condition(&standing, 0), Working);
        standing.policy(&policy("warning"), NOW);
        assert_eq!(condition(&standing, 0), Restricted);
        standing.policy(&policy("block"), NOW);
        assert_eq!(condition(&standing, 0), Blocked);
    }

    #[test]
    fn it_slows_down_from_80_percent_and_stops_at_100() {
        let standing = working();
        standing.did(Usage { percent: 85, regain: 0 }, NOW);
        assert_eq!((condition(&standing, 0), standing.is_slowed()), (RateLimited, true));
        assert_eq!(standing.held(NOW), None);
        standing.did(Usage { percent: 100, regain: 60_000 }, NOW);
        assert_eq!(standing.held(NOW), Some(Duration::from_secs(60)));
        assert_eq!((standing.held(NOW + 60_000), condition(&standing, 60_000)), (None, Working));
    }

    #[test]
    fn too_much_without_a_time_holds_it_for_a_moment() {
        let standing = working();
        standing.did_not(FailureKind::SlowDown, true, FREE, NOW);
        assert_eq!(standing.held(NOW), Some(Duration::from_secs(5)));
        assert_eq!(condition(&standing, 0), RateLimited);
    }

    #[test]
    fn what_it_lacks_is_told_until_a_send_succeeds() {
        let standing = working();
        standing.did_not(FailureKind::PermissionMissing, true, FREE, NOW);
        assert_eq!(condition(&standing, 0), Restricted);
        standing.did(FREE, NOW);
        assert_eq!(condition(&standing, 0), Working);
        standing.subscribed(false, FREE, NOW);
        standing.did(FREE, NOW);
        assert_eq!(condition(&standing, 0), Restricted);
    }

    #[test]
    fn silence_is_told_until_the_platform_is_heard() {
        let standing = working();
        standing.did_not(FailureKind::Later, false, Usage::default(), NOW);
        assert_eq!((condition(&standing, 0), standing.is_down()), (Unreachable, true));
        assert_eq!(standing.refusal(NOW), None, "it is tried all the same");
        standing.did_not(FailureKind::BadRequest, true, FREE, NOW);
        assert_eq!(condition(&standing, 0), Working);
    }

    #[test]
    fn a_version_that_ends_is_told_of() {
        let old = |version: &str| {
            let standing = AccountState::new("acme", version.parse().expect("a version"));
            standing.did(FREE, NOW);
            let ServiceState { condition, why, .. } = standing.state(NOW);
            (condition, why.unwrap_or_default())
        };
        assert_eq!(old("v21.0").0, Condition::ExpiresSoon);
        let (condition, why) = old("v18.0");
        assert_eq!(condition, Restricted);
        assert!(why.contains("v18.0 has ended"), "{why}");
    }
}
