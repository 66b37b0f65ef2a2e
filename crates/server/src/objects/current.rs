//! The objects of the journal.

use desk::{Desk, ports::StoreFault};
use domain::{
    Key, State,
    centre::{Centre, MadeByFile},
    disposition_tree::DispositionTree,
    queue::Queue,
    user::User,
};
use std::sync::Arc;

/// The objects as they are.
#[derive(Clone, Debug, Default)]
pub struct Current {
    /// The centre, once there is one.
    pub centre: Option<Centre>,
    /// Users.
    pub users: Vec<User>,
    /// Queues.
    pub queues: Vec<Queue>,
    /// The disposition book.
    pub book: DispositionTree,
}

/// Nothing was made by any file yet.
static NOTHING: std::sync::LazyLock<MadeByFile> = std::sync::LazyLock::new(MadeByFile::default);

impl Current {
    /// Reads them from the journal.
    pub async fn read(desk: &Desk) -> Result<Self, StoreFault> {
        Ok(Self {
            centre: desk.centre().map(|centre| (*centre).clone()),
            users: desk.directory().all().iter().map(|user| (**user).clone()).collect(),
            queues: desk.queues(),
            book: desk.book().await?,
        })
    }

    /// The objects among some snapshots.
    pub fn of<'a>(states: impl Iterator<Item = (&'a Key, &'a Arc<State>)>) -> Self {
        let mut current = Self::default();
        for (_, state) in states {
            match &**state {
                State::Centre(centre) => current.centre = Some(centre.clone()),
                State::User(Some(user)) => current.users.push((**user).clone()),
                State::Queue(Some(queue)) => current.queues.push(queue.clone()),
                State::Book(book) => current.book = book.clone(),
                _ => {}
            }
        }
        current.users.sort_by(|one, other| one.user_name.cmp(&other.user_name));
        current.queues.sort_by(|one, other| one.name.cmp(&other.name));
        current
    }

    /// A user by login name.
    pub fn user(&self, user_name: &str) -> Option<&User> {
        self.users.iter().find(|user| user.user_name == user_name)
    }

    /// The objects that the file made.
    pub fn made_by_file(&self) -> &MadeByFile {
        self.centre.as_ref().map_or(&NOTHING, |centre| &centre.made_by_file)
    }
}
