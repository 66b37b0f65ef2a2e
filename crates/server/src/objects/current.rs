//! What the journal has.

use anyhow::Result;
use desk::Desk;
use domain::{book::Book, centre::Centre, queue::Queue, user::User};

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
    pub book: Book,
}

impl Current {
    /// Reads them.
    pub async fn read(desk: &Desk) -> Result<Self> {
        Ok(Self {
            centre: desk.centre().map(|centre| (*centre).clone()),
            users: desk.directory().all().iter().map(|user| (**user).clone()).collect(),
            queues: desk.queues(),
            book: desk.book().await?,
        })
    }

    /// A user by login name.
    pub fn user(&self, user_name: &str) -> Option<&User> {
        self.users.iter().find(|user| user.user_name == user_name)
    }
}
