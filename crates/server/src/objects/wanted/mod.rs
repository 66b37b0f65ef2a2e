//! What the settings want.

mod centre;
mod queues;
mod users;

use super::{Besides, Current, book, doubts};
use crate::{config::Config, findings::Findings};
use anyhow::{Context, Result};
use desk::ports::Ids;
use domain::{
    book::Book,
    centre::{Centre, MadeByFile},
    command::Provision,
    medium::Media,
    queue::Queue,
    user::User,
};
use sha2::{Digest, Sha256};

/// The objects as they shall be. `None` means that the settings do not speak of this kind.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// The centre.
    pub centre: Option<Centre>,
    /// Users.
    pub users: Option<Vec<User>>,
    /// Queues.
    pub queues: Option<Vec<Queue>>,
    /// The disposition book.
    pub book: Option<Book>,
    /// What becomes of what is there besides.
    pub besides: Besides,
    /// Parts of the centre that the file neither names nor made, and that stay.
    pub kept: Vec<String>,
}

/// Whether the passwords of the file are hashed. Each costs tens of milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Passwords {
    /// They are, unless the hash that is known fits.
    Hashed,
    /// They are not: what is read is looked at and not written.
    #[default]
    LeftOut,
}

/// How a file is read.
#[derive(Clone, Copy)]
pub struct Reading<'a> {
    /// The media there are.
    pub media: &'a Media,
    /// What there is: ids and unchanged passwords are kept.
    pub current: &'a Current,
    /// Fresh ids.
    pub fresh: &'a dyn Ids,
    /// What becomes of what is there besides.
    pub besides: Besides,
    /// What becomes of passwords.
    pub passwords: Passwords,
}

impl Wanted {
    /// What a file wants. What is wrong with it is written down, all of it; nothing may be applied then.
    pub fn of(config: &Config, reading: &Reading<'_>, findings: &mut Findings) -> Self {
        let Reading { media, current, besides, .. } = *reading;
        let users = users::wanted(config, reading, findings);
        let queues = queues::wanted(config, findings);
        let users = (!users.is_empty()).then_some(users);
        let queues = (!queues.is_empty()).then_some(queues);
        let book = (!config.dispositions.is_empty())
            .then(|| book::wanted(&config.dispositions, &current.book, findings));
        let mut kept = Vec::new();
        let mut centre = centre::wanted(config, reading, &mut kept, findings);
        centre.made_by_file = made(config, users.as_deref(), queues.as_deref(), book.as_ref(), current);
        let wanted = Self { centre: Some(centre), users, queues, book, besides, kept };
        doubts::look(config, media, current, &wanted, findings);
        wanted
    }

    /// What the demo centre consists of. Where people `live` in it, offers wait for somebody who reads.
    pub fn demo(live: bool) -> Result<Self> {
        let hash = hashed(demo::centre::PASSWORD)?;
        let offer = if live { demo::centre::PATIENT_OFFER } else { demo::centre::OFFER };
        let mut wanted = Self::default();
        for change in demo::centre(&hash, offer) {
            match change {
                Provision::PutCentre(centre) => wanted.centre = Some(*centre),
                Provision::PutUser(user) => wanted.users.get_or_insert_default().push(*user),
                Provision::PutQueue(queue) => wanted.queues.get_or_insert_default().push(*queue),
                Provision::Book(change) => wanted.book.get_or_insert_default().apply(&change),
                Provision::RemoveUser(_) | Provision::RemoveQueue(_) | Provision::All(_) => {}
            }
        }
        Ok(wanted)
    }
}

/// What is the file's from now on: all that it names, and of the kinds it does not speak of what was its before.
fn made(
    config: &Config,
    users: Option<&[User]>,
    queues: Option<&[Queue]>,
    book: Option<&Book>,
    current: &Current,
) -> MadeByFile {
    let mut made = current.made_by_file().clone();
    if let Some(users) = users {
        made.users = users.iter().map(|user| user.id.clone()).collect();
    }
    if let Some(queues) = queues {
        made.queues = queues.iter().map(|queue| queue.name.clone()).collect();
    }
    if !config.services.is_empty() {
        made.services = config.services.iter().map(|entry| entry.name.clone()).collect();
    }
    if !config.agent_states.is_empty() {
        made.agent_states = config.agent_states.iter().map(|entry| entry.operation.clone()).collect();
    }
    if let Some(book) = book {
        made.groups = book.groups.iter().map(|group| group.id.clone()).collect();
        made.codes = book.groups.iter().flat_map(|group| &group.codes).map(|code| code.id.clone()).collect();
    }
    made
}

/// An id that follows from a name, so that the same file means the same objects everywhere: 32 hex digits.
pub fn stable_id(kind: &str, name: &str) -> String {
    let digest = Sha256::digest(format!("jackfield {kind} {name}"));
    digest.iter().take(16).fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"))
}

/// The same as a GUID.
pub fn stable_guid(kind: &str, name: &str) -> String {
    let digest = Sha256::digest(format!("jackfield {kind} {name}"));
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
}

/// The hash of a password. Slow.
pub fn hashed(password: &str) -> Result<String> {
    api::hash_password(password).context("the password is empty or longer than argon2 takes")
}

fn seconds(count: u32) -> domain::Millis {
    domain::Millis::from(count) * 1_000
}
