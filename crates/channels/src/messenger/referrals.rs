//! The links by which people came who have no open conversation: a link by itself opens none, so it is told with the
//! next thing they say (spec: channel-connectors#2.3).

use domain::command::CustomerMessage;
use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// The most people who are kept in memory; beyond it all are forgotten.
const KNOWN: usize = 1_000;

/// Referrals by person, the latest of each. They matter only while somebody is about to write, and are not kept
/// over a restart.
#[derive(Debug, Default)]
pub(super) struct Referrals(Mutex<HashMap<String, CustomerMessage>>);

impl Referrals {
    /// A person came by a link.
    pub fn came(&self, person: &str, referral: CustomerMessage) {
        let mut all = self.all();
        if all.len() >= KNOWN {
            all.clear();
        }
        all.insert(person.to_owned(), referral);
    }

    /// What a person says, with the link by which they came, unless the message has a link of its own.
    pub fn told_with(&self, person: &str, said: CustomerMessage) -> CustomerMessage {
        let Some(came) = self.all().get(person).cloned() else { return said };
        let mut user_data = came.user_data;
        user_data.change(&said.user_data, &[]);
        CustomerMessage { user_data, notice: said.notice.or(came.notice), ..said }
    }

    /// The link was told, and is stored by now.
    pub fn told(&self, person: &str) {
        self.all().remove(person);
    }

    fn all(&self) -> MutexGuard<'_, HashMap<String, CustomerMessage>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_told_once_with_what_is_said_next() {
        let referrals = Referrals::default();
        let mut came = CustomerMessage { notice: Some("by a link".into()), ..CustomerMessage::default() };
        came.user_data.set("referralRef", "winter".into());
        referrals.came("7", came);
        let hello = || CustomerMessage { opens: true, ..CustomerMessage::default() };
        assert_eq!(referrals.told_with("8", hello()), hello());
        let said = referrals.told_with("7", hello());
        assert_eq!((said.opens, said.notice.as_ref().map(|notice| &*notice.text)), (true, Some("by a link")));
        assert_eq!(said.user_data.get("referralRef"), Some(&"winter".into()));
        assert_eq!(referrals.told_with("7", hello()), said, "it may not have been kept");
        referrals.told("7");
        assert_eq!(referrals.told_with("7", hello()), hello());
    }
}
