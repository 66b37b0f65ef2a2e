//! The state of every part of the server that can fail by itself: connectors, the switch (spec: core-and-voice#3.7).
//!
//! It is kept in memory only, outside the journal: it is whatever was last reported, and after a start it is reported
//! again.

use domain::Millis;
use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};
use tokio::sync::watch;

/// The most services; reports of further ones are refused.
const MAX_SERVICES: usize = 256;
/// The longest id, in bytes; a report under a longer one is refused.
const MAX_ID: usize = 128;
/// The longest name and sentence, in characters; more is cut.
const MAX_TEXT: usize = 300;

/// How one service stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceState {
    /// Tells it from every other: for a connector see [`ServiceState::connector`].
    pub id: String,
    /// What people call it; for a connector the name of its account.
    pub name: String,
    /// What it does.
    pub kind: ServiceKind,
    /// How it stands.
    pub condition: Condition,
    /// A sentence for people who look after it. No secret and no word of a customer belongs into it.
    pub why: Option<String>,
    /// Since when it is in this condition.
    pub since: Millis,
}

/// What a service does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServiceKind {
    /// Keeps users, queues and settings.
    Provisioning,
    /// Carries calls.
    Switch,
    /// Counts and reports.
    Reporting,
    /// Keeps conversations and routes them.
    Conversations,
    /// Carries messages between customers and one account with a provider.
    Connector,
}

/// How a service stands. Only one that is active does its work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// It works.
    Working,
    /// It works more slowly: its provider limits it (spec: channel-connectors#2.7, #2.8: 4, 17, 32, 613).
    RateLimited,
    /// It works, and will stop before long unless somebody acts: a version or a credential ends
    /// (spec: channel-connectors#2.1).
    ExpiresSoon,
    /// It works in part: a permission or a function of the provider is missing (spec: channel-connectors#2.8: 10, 200,
    /// 230, 2022).
    Restricted,
    /// It is about to work.
    Starting,
    /// What it needs does not answer.
    Unreachable,
    /// Its credentials were refused; somebody must give new ones (spec: channel-connectors#2.1, #2.8: 190).
    Reauthorise,
    /// Its provider has shut it out (spec: channel-connectors#2.8: 368).
    Blocked,
    /// It was stopped.
    Stopped,
    /// Nothing is there that could do it.
    Absent,
}

impl Condition {
    /// Whether the service does its work.
    pub fn is_active(self) -> bool {
        match self {
            Self::Working | Self::RateLimited | Self::ExpiresSoon | Self::Restricted => true,
            Self::Starting
            | Self::Unreachable
            | Self::Reauthorise
            | Self::Blocked
            | Self::Stopped
            | Self::Absent => false,
        }
    }
}

impl ServiceState {
    /// The state of a connector's account: its id is the connector's word in capitals and the account's name, such
    /// as `SMS_demo-sms`.
    pub fn connector(connector: &str, account: &str, condition: Condition, since: Millis) -> Self {
        let id = format!("{}_{account}", connector.to_ascii_uppercase());
        Self { id, name: account.to_owned(), kind: ServiceKind::Connector, condition, why: None, since }
    }

    /// The same with a sentence.
    #[must_use]
    pub fn because(mut self, why: impl Into<String>) -> Self {
        self.why = Some(why.into());
        self
    }

    fn cut(&mut self) {
        let cut = |text: &mut String| {
            if let Some((end, _)) = text.char_indices().nth(MAX_TEXT) {
                text.truncate(end);
            }
        };
        cut(&mut self.name);
        self.why.as_mut().map(cut);
    }
}

/// All services that somebody reports.
#[derive(Debug)]
pub struct Services {
    states: Mutex<BTreeMap<String, ServiceState>>,
    changes: watch::Sender<u64>,
}

impl Default for Services {
    fn default() -> Self {
        Self { states: Mutex::default(), changes: watch::Sender::new(0) }
    }
}

impl Services {
    /// Reports how a service stands. An equal state is no change, and a service that stays in its condition keeps its
    /// `since`. Answers whether anything changed. A service beyond the bound, or under too long an id, is logged and
    /// left out.
    pub fn set(&self, mut state: ServiceState) -> bool {
        state.cut();
        let mut states = self.states();
        match states.get(&state.id) {
            Some(old) if old.condition == state.condition => state.since = old.since,
            None if states.len() >= MAX_SERVICES || state.id.len() > MAX_ID => {
                tracing::error!(name = %state.name, "there are too many services, or its id is too long");
                return false;
            }
            _ => {
                let (id, condition, why) =
                    (&state.id, state.condition, state.why.as_deref().unwrap_or_default());
                match condition {
                    Condition::Working => tracing::info!(%id, "a service works"),
                    Condition::Starting => tracing::info!(%id, "a service starts"),
                    _ => tracing::warn!(%id, ?condition, why, "a service does not work as it should"),
                }
            }
        }
        if states.get(&state.id) == Some(&state) {
            return false;
        }
        states.insert(state.id.clone(), state);
        drop(states);
        self.changed();
        true
    }

    /// Removes a service from the list. Answers whether it was there.
    pub fn remove(&self, id: &str) -> bool {
        let gone = self.states().remove(id).is_some();
        if gone {
            self.changed();
        }
        gone
    }

    /// Every service, by id.
    pub fn all(&self) -> Vec<ServiceState> {
        self.states().values().cloned().collect()
    }

    /// Tells whenever something has changed. Mark it as seen before reading [`Services::all`].
    pub fn watch(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    fn changed(&self) {
        self.changes.send_modify(|count| *count += 1);
    }

    fn states(&self) -> MutexGuard<'_, BTreeMap<String, ServiceState>> {
        self.states.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sms(condition: Condition, since: Millis) -> ServiceState {
        ServiceState::connector("sms", "demo-sms", condition, since)
    }

    #[test]
    fn an_equal_state_is_no_change() {
        let services = Services::default();
        let mut changes = services.watch();
        assert!(services.set(sms(Condition::Working, 1)));
        assert!(changes.has_changed().expect("open"));
        changes.mark_unchanged();
        assert!(!services.set(sms(Condition::Working, 2)));
        assert!(!changes.has_changed().expect("open"));
        assert_eq!(services.all(), [sms(Condition::Working, 1)], "and it works since then");
    }

    #[test]
    fn another_sentence_is_a_change_in_the_same_condition() {
        let services = Services::default();
        services.set(sms(Condition::Unreachable, 1).because("refused"));
        assert!(services.set(sms(Condition::Unreachable, 2).because("timed out")));
        assert_eq!(services.all(), [sms(Condition::Unreachable, 1).because("timed out")]);
        assert!(services.set(sms(Condition::Working, 3)));
        assert_eq!(services.all(), [sms(Condition::Working, 3)]);
    }

    #[test]
    fn an_account_has_an_id_for_each_connector() {
        let id = |connector| ServiceState::connector(connector, "Acme", Condition::Starting, 0).id;
        assert_eq!((id("sms"), id("messenger")), ("SMS_Acme".to_owned(), "MESSENGER_Acme".to_owned()));
    }

    #[test]
    fn what_is_taken_off_is_gone_once() {
        let services = Services::default();
        services.set(sms(Condition::Working, 1));
        let changes = services.watch();
        assert!(services.remove("SMS_demo-sms"));
        assert!(changes.has_changed().expect("open"));
        assert!(!services.remove("SMS_demo-sms"));
        assert_eq!(services.all(), []);
    }

    #[test]
    fn the_board_is_bounded() {
        let services = Services::default();
        let long = ServiceState::connector("sms", &"x".repeat(MAX_ID), Condition::Working, 0);
        assert!(!services.set(long));
        for n in 0..MAX_SERVICES {
            assert!(services.set(ServiceState::connector("sms", &n.to_string(), Condition::Working, 0)));
        }
        assert!(!services.set(sms(Condition::Working, 0)), "one too many");
        let known = ServiceState::connector("sms", "0", Condition::Blocked, 0).because("ä".repeat(1_000));
        assert!(services.set(known), "one that is there may change");
        let all = services.all();
        assert_eq!(all.len(), MAX_SERVICES);
        let why = all.iter().find_map(|state| state.why.as_deref()).expect("a sentence");
        assert_eq!(why.chars().count(), MAX_TEXT);
    }
}
