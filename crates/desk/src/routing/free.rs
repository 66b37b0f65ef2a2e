//! Who could take something at once: an index of the agents who are free.

use domain::{MediumName, Millis, UserId, offer, queue::Queue, user::User};
use std::{
    collections::{BTreeSet, HashMap},
    hash::{BuildHasher, BuildHasherDefault, DefaultHasher, Hash, Hasher},
    sync::Arc,
};

/// Agents whom every queue finds alike: they name the same queues and have the same skills.
#[derive(Clone, Debug)]
pub(super) struct Crew {
    /// One of them.
    user: Arc<User>,
    /// Of what they have alike. It is asked for at every change of an agent.
    hash: u64,
}

impl Crew {
    pub fn of(user: Arc<User>) -> Self {
        let hash = BuildHasherDefault::<DefaultHasher>::default().hash_one((&user.queues, &user.skills));
        Self { user, hash }
    }

    /// Who they are: as a seat's crew the agent, else one of them.
    pub fn user(&self) -> &User {
        &self.user
    }

    /// Whether they work for a queue.
    pub fn serves(&self, queue: &Queue) -> bool {
        offer::serves(&self.user, queue)
    }

    /// How well their skills suit a queue: the sum of their levels in what it asks for.
    pub fn suits(&self, queue: &Queue) -> u32 {
        let level = |skill| self.user.skills.get(skill).copied().unwrap_or(0);
        queue.skills.keys().map(|skill| u32::from(level(skill))).sum()
    }
}

impl PartialEq for Crew {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.user, &other.user)
            || (self.hash == other.hash
                && self.user.queues == other.user.queues
                && self.user.skills == other.user.skills)
    }
}

impl Eq for Crew {}

impl Hash for Crew {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.hash);
    }
}

/// Where an agent stands among those of their crew: the first is asked first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Standing {
    /// How many of the medium they have.
    pub load: usize,
    /// Since when they have been given nothing.
    pub idle_since: Millis,
    /// The agent.
    pub agent: UserId,
}

/// Agents against whom nothing stands but what an item or its queue asks for, by medium and crew.
#[derive(Debug, Default)]
pub(super) struct Free(HashMap<MediumName, HashMap<Crew, BTreeSet<Standing>>>);

impl Free {
    /// Takes an agent in. Answers whether nobody of their crew was free before.
    pub fn enter(&mut self, medium: &MediumName, crew: &Crew, standing: Standing) -> bool {
        let crews = self.0.entry(medium.clone()).or_default();
        let members = crews.entry(crew.clone()).or_default();
        members.insert(standing);
        members.len() == 1
    }

    /// Takes an agent out. Answers whether nobody of their crew is free any more.
    pub fn leave(&mut self, medium: &MediumName, crew: &Crew, standing: &Standing) -> bool {
        let Some(crews) = self.0.get_mut(medium) else { return false };
        let is_empty = crews.get_mut(crew).is_some_and(|members| {
            members.remove(standing);
            members.is_empty()
        });
        if is_empty {
            crews.remove(crew);
        }
        is_empty
    }

    /// The crews of which somebody is free.
    pub fn crews(&self, medium: &MediumName) -> impl Iterator<Item = &Crew> {
        self.0.get(medium).into_iter().flat_map(HashMap::keys)
    }

    /// Those of a crew who are free, in the order in which they are asked.
    pub fn members(&self, medium: &MediumName, crew: &Crew) -> impl Iterator<Item = &Standing> {
        self.0.get(medium).and_then(|crews| crews.get(crew)).into_iter().flatten()
    }
}
