//! Users by name and by id, as provisioned: a projection kept in memory, since every request needs one.

use domain::{Key, State, UserId, user::User};
use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

/// The users of the centre.
#[derive(Debug, Default)]
pub struct Directory {
    inner: RwLock<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    users: HashMap<UserId, Arc<User>>,
    names: HashMap<String, UserId>,
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

    pub(crate) fn take(&self, key: &Key, state: &State) {
        let (Key::User(id), State::User(user)) = (key, state) else { return };
        let mut inner = self.inner.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(gone) = inner.users.remove(id) {
            inner.names.remove(&gone.user_name);
        }
        if let Some(user) = user {
            inner.names.insert(user.user_name.clone(), id.clone());
            inner.users.insert(id.clone(), Arc::new(user.clone()));
        }
    }
}
