//! The journal that there is, for settings that must fit it.

use crate::{
    findings::Findings,
    objects::{Current, WantedObjects},
};
use anyhow::Result;
use domain::{
    EntityKind, Key, MediumName, QueueName, ServiceName, State,
    medium::{Connector, Media, Medium},
};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    path::Path,
    sync::Arc,
};
use store_sqlite::SqliteReader;

/// Snapshots of a journal: what is provisioned, and what is open.
#[derive(Debug, Default)]
pub struct JournalSnapshots {
    provisioned: HashMap<Key, Arc<State>>,
    open: Vec<Arc<State>>,
}

impl JournalSnapshots {
    /// Reads the journal of a directory without leaving a trace; `None` when there is none.
    pub fn look(data: &Path) -> Result<Option<Self>> {
        let Some(reader) = SqliteReader::look(data)? else { return Ok(None) };
        let mut provisioned = HashMap::new();
        for kind in [
            EntityKind::Centre,
            EntityKind::Queue,
            EntityKind::User,
            EntityKind::Device,
            EntityKind::Agent,
            EntityKind::Book,
        ] {
            let states = reader.states(kind)?;
            provisioned.extend(states.into_iter().filter_map(|state| Some((state.key()?, state))));
        }
        let mut open = reader.states(EntityKind::Session)?;
        open.extend(reader.states(EntityKind::Call)?);
        Ok(Some(Self { provisioned, open }))
    }

    /// The objects.
    pub fn current(&self) -> Current {
        Current::of(self.provisioned.iter())
    }

    /// The snapshots of what is provisioned.
    pub fn provisioned(&self) -> HashMap<Key, Arc<State>> {
        self.provisioned.clone()
    }

    /// Rows for media that the table does not have and that open conversations use.
    pub fn rows_kept(&self, media: &Media) -> Vec<Medium> {
        rows_in_use(&self.open, media)
    }

    /// Refuses a centre that still lets in everybody who has read the manual: it must not be served as a real one.
    pub fn of_the_demo(&self, findings: &mut Findings) {
        let current = self.current();
        let users = current.users.iter().filter(|user| user.user_name.ends_with(demo::centre::DOMAIN));
        let mut seen = BTreeSet::new();
        for user in users {
            if seen.insert(&user.password_hash)
                && api::verify_password(demo::centre::PASSWORD, &user.password_hash)
            {
                findings.problem(format!(
                    "user '{}' of this data directory has the demo's password: use another directory, or --demo",
                    user.user_name
                ));
            }
        }
    }

    /// Warns of what open conversations and calls use and the settings no longer have.
    pub fn still_used(&self, media: &Media, wanted: &WantedObjects, findings: &mut Findings) {
        let (mut in_media, mut through, mut of_queues) = (
            BTreeMap::<&MediumName, usize>::new(),
            BTreeMap::<&ServiceName, usize>::new(),
            BTreeMap::<&QueueName, usize>::new(),
        );
        for state in &self.open {
            match &**state {
                State::Session(session) => {
                    *in_media.entry(&session.medium).or_default() += 1;
                    *through.entry(&session.service).or_default() += 1;
                    *of_queues.entry(&session.queue).or_default() += 1;
                }
                State::Call(call) => {
                    if let Some(queued) = &call.queued {
                        *of_queues.entry(&queued.queue).or_default() += 1;
                    }
                }
                _ => {}
            }
        }
        let services = wanted.centre.iter().flat_map(|centre| &centre.services);
        for (name, service) in services.filter(|(_, service)| media.named(&service.medium).is_none()) {
            findings.warning(format!(
                "service '{name}' has the medium '{}', which no [[media]] of the file has: nobody comes in through it",
                service.medium
            ));
        }
        for (medium, count) in in_media.into_iter().filter(|(name, _)| media.named(name).is_none()) {
            findings.warning(format!(
                "[[media]]: the file has no medium '{medium}', in which {} open: they go on and can be ended, and \
                 nothing is carried",
                conversations(count)
            ));
        }
        for (service, count) in through {
            if wanted.centre.as_ref().is_some_and(|centre| !centre.services.contains_key(service)) {
                findings.warning(format!(
                    "[[services]]: the file has no service '{service}', through which {} open: once it is taken away \
                     nothing new comes in; they go on and can be ended",
                    conversations(count)
                ));
            }
        }
        for (queue, count) in of_queues {
            let goes = wanted.queues.as_ref().is_some_and(|queues| {
                let made = self.current().made_by_file().queues.contains(queue);
                !queues.iter().any(|there| there.name == *queue) && !wanted.besides.stays(made)
            });
            if goes {
                findings.warning(format!(
                    "[[queues]]: the file has no queue '{queue}', from which {} open: it is not taken away while somebody \
                     waits in it",
                    conversations(count)
                ));
            }
        }
    }
}

fn conversations(count: usize) -> String {
    if count == 1 { "1 conversation is".to_owned() } else { format!("{count} conversations are") }
}

/// Rows for media that a table does not have and that open conversations use: the conversations began when it had them,
/// and their agents and customers must be able to end them. The name of an added row tells everything but its
/// connector, carries nothing any more.
pub fn rows_in_use(open: &[Arc<State>], media: &Media) -> Vec<Medium> {
    let mut rows: BTreeMap<&MediumName, Option<Medium>> = BTreeMap::new();
    for state in open {
        let State::Session(session) = &**state else { continue };
        if media.named(&session.medium).is_none() {
            let connector = if session.post.is_some() { Connector::Sms } else { Connector::WebChat };
            rows.entry(&session.medium).or_insert_with(|| {
                Medium::added(session.medium.as_str().strip_suffix("session")?, connector)
            });
        }
    }
    rows.into_values().flatten().collect()
}
