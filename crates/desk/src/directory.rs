//! Users by name and by id, as provisioned: a projection kept in memory, since every request needs one.

use domain::{Key, State, UserId, user::User};
use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};
use tokio::sync::watch;

/// The users of the centre.
#[derive(Debug, Default)]
pub struct Directory {
    inner: RwLock<Inner>,
    ended: watch::Sender<u64>,
}

#[derive(Debug, Default)]
struct Inner {
    users: HashMap<UserId, Arc<User>>,
    names: HashMap<String, UserId>,
    endings: HashMap<UserId, u64>,
}

impl Directory {
    /// A user by login name.
    pub fn named(&self, user_name: &str) -> Option<Arc<User>> {
        let inner = self.inner.read().unwrap_or_else(PoisonError::into_inner);
        inner.users.get(inner.names.get(user_name)?).cloned()
    }

    /// A user by id.
    pub fn user(&self, id: &UserId) -> Option<Arc<User>> {
        self.inner.read().unwrap_or_else(PoisonError::into_inner).users.get(id).cloned()
    }

    /// Every user, by user name.
    pub fn all(&self) -> Vec<Arc<User>> {
        let inner = self.inner.read().unwrap_or_else(PoisonError::into_inner);
        let mut users: Vec<_> = inner.users.values().cloned().collect();
        users.sort_by(|a, b| a.user_name.cmp(&b.user_name));
        users
    }

    /// Any one user; `None` while there is none.
    pub fn any(&self) -> Option<Arc<User>> {
        self.inner.read().unwrap_or_else(PoisonError::into_inner).users.values().next().cloned()
    }

    /// How often, since this process began, all logins of a user were ended: because their password changed, because
    /// they were disabled, or because they were taken away. It stays when they come back.
    pub fn endings(&self, id: &UserId) -> u64 {
        let inner = self.inner.read().unwrap_or_else(PoisonError::into_inner);
        inner.endings.get(id).copied().unwrap_or(0)
    }

    /// Tells whenever the logins of anybody were ended.
    pub fn ended(&self) -> watch::Receiver<u64> {
        self.ended.subscribe()
    }

    pub(crate) fn take(&self, key: &Key, state: &State) {
        let (Key::User(id), State::User(user)) = (key, state) else { return };
        let mut inner = self.inner.write().unwrap_or_else(PoisonError::into_inner);
        let mut ends = false;
        if let Some(gone) = inner.users.remove(id) {
            let is_same =
                |user: &User| user.password_hash == gone.password_hash && (user.enabled || !gone.enabled);
            ends = !user.as_ref().is_some_and(|user| is_same(user));
            // Another user may have the name by now.
            if inner.names.get(&gone.user_name) == Some(id) {
                inner.names.remove(&gone.user_name);
            }
        }
        if let Some(user) = user {
            inner.names.insert(user.user_name.clone(), id.clone());
            inner.users.insert(id.clone(), user.clone());
        }
        if ends {
            *inner.endings.entry(id.clone()).or_default() += 1;
            drop(inner);
            self.ended.send_modify(|count| *count += 1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(directory: &Directory, id: &str, user_name: &str) {
        let user = User {
            id: id.into(),
            user_name: user_name.into(),
            first_name: String::new(),
            last_name: String::new(),
            email: String::new(),
            password_hash: String::new(),
            roles: Vec::new(),
            enabled: true,
            skills: [].into(),
            device: None,
            place: None,
            capacity: [].into(),
            across: domain::across::AcrossMedia::default(),
            queues: Vec::new(),
            settings: [].into(),
        };
        directory.take(&Key::User(id.into()), &State::User(Some(user.into())));
    }

    fn named(directory: &Directory, user_name: &str) -> Option<String> {
        directory.named(user_name).map(|user| user.id.to_string())
    }

    #[test]
    fn a_user_is_found_by_his_present_name_alone() {
        let directory = Directory::default();
        put(&directory, "1", "ann");
        put(&directory, "1", "anna");
        assert_eq!((named(&directory, "ann"), named(&directory, "anna")), (None, Some("1".into())));
        directory.take(&Key::User("1".into()), &State::User(None));
        assert_eq!((named(&directory, "anna"), directory.all().len()), (None, 0));
    }

    #[test]
    fn logins_end_with_the_password_the_enablement_and_the_user() {
        let directory = Directory::default();
        put(&directory, "1", "ann");
        let ann = (*directory.user(&"1".into()).expect("a user")).clone();
        let mut heard = directory.ended();
        let mut ends = |user: Option<User>| {
            directory.take(&Key::User("1".into()), &State::User(user.map(Into::into)));
            let told = heard.has_changed().expect("a directory");
            heard.mark_unchanged();
            (told, directory.endings(&"1".into()))
        };
        assert_eq!(ends(Some(User { first_name: "Ann".into(), ..ann.clone() })), (false, 0));
        assert_eq!(ends(Some(User { password_hash: "new".into(), ..ann.clone() })), (true, 1));
        let disabled = User { password_hash: "new".into(), enabled: false, ..ann.clone() };
        assert_eq!(ends(Some(disabled)), (true, 2));
        assert_eq!(ends(Some(User { password_hash: "new".into(), ..ann.clone() })), (false, 2));
        assert_eq!(ends(None), (true, 3));
        assert_eq!(ends(Some(User { password_hash: "new".into(), ..ann })), (false, 3));
    }

    #[test]
    fn a_name_that_was_given_on_stays_with_its_new_bearer() {
        let directory = Directory::default();
        put(&directory, "1", "ann");
        put(&directory, "2", "ann");
        put(&directory, "1", "anna");
        assert_eq!(named(&directory, "ann"), Some("2".into()));
    }
}
