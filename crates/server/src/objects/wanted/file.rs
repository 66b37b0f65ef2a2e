//! The objects that a file, or the demo, wants.

use super::{centre, names::hashed, queues, reading::ReadContext, users, whole::WantedObjects};
use crate::{
    config::Config,
    findings::Findings,
    objects::{book, current::Current, doubts},
};
use anyhow::Result;
use domain::{
    centre::MadeByFile, command::Provision, disposition_tree::DispositionTree, queue::Queue, user::User,
};

impl WantedObjects {
    /// The objects that a file wants. All its faults are noted; with one, nothing may be applied.
    pub fn of(config: &Config, reading: &ReadContext<'_>, findings: &mut Findings) -> Self {
        let ReadContext { media, current, besides, .. } = *reading;
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

    /// The objects of the demo centre. Where people `live` in it, offers wait for somebody who reads.
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

/// The objects that are the file's from now on: all that it names, and those that were its own before of the kinds it
/// does not mention.
fn made(
    config: &Config,
    users: Option<&[User]>,
    queues: Option<&[Queue]>,
    book: Option<&DispositionTree>,
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
        made.services = config.services.iter().map(|entry| entry.name.as_str().into()).collect();
    }
    if !config.agent_states.is_empty() {
        made.agent_states = config.agent_states.iter().map(|entry| entry.operation.clone()).collect();
    }
    if !config.places.is_empty() {
        made.places = config.places.iter().map(|entry| entry.name.clone()).collect();
    }
    if let Some(book) = book {
        made.groups = book.groups.iter().map(|group| group.id.clone()).collect();
        made.codes = book.groups.iter().flat_map(|group| &group.codes).map(|code| code.id.clone()).collect();
    }
    made
}
