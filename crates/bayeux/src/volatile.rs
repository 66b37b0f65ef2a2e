//! Messages that are told at most once and kept in no mailbox: the latest value of each subject.

use std::collections::HashMap;
use std::sync::Arc;

/// Subjects kept for everybody; the oldest gives way.
const MAX_SUBJECTS: usize = 512;
/// Subjects kept for one principal; the oldest gives way.
const MAX_OWN_SUBJECTS: usize = 8;

/// A message without a mailbox position. Each session gets it at most once, and of several about one
/// subject only the latest: a lost reply loses it. Cheap to clone, so that it is serialised once for all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Volatile {
    /// The channel it goes out on.
    pub channel: Arc<str>,
    /// The subject within the channel; a later message about the same subject replaces this one.
    pub subject: Arc<str>,
    /// One valid JSON value: it is trusted, because the host wrote it, and the host bounds its size.
    pub data: Arc<str>,
}

/// The latest values, each under the version at which it came. A session remembers the version up to
/// which it has heard, which is all that it costs.
#[derive(Debug, Default)]
pub(crate) struct Board {
    version: u64,
    everybody: Latest,
    /// Principals told something of their own lately.
    own: HashMap<Arc<str>, Latest>,
}

/// Values in the order in which they came.
#[derive(Debug, Default)]
struct Latest(Vec<VersionedValue>);

#[derive(Debug)]
struct VersionedValue {
    version: u64,
    at: u64,
    message: Volatile,
}

impl Board {
    /// The version of the newest value; where a session begins.
    pub fn version(&self) -> u64 {
        self.version
    }

    pub fn put(&mut self, message: Volatile) {
        self.version += 1;
        self.everybody.put(VersionedValue { version: self.version, at: 0, message }, MAX_SUBJECTS);
    }

    pub fn put_own(&mut self, principal: &Arc<str>, message: Volatile, at: u64) {
        self.version += 1;
        let latest = self.own.entry(principal.clone()).or_default();
        latest.put(VersionedValue { version: self.version, at, message }, MAX_OWN_SUBJECTS);
    }

    /// What came after a version, for everybody and for one principal.
    pub fn after(&self, version: u64, principal: &str) -> impl Iterator<Item = &Volatile> {
        // Nearly always there is nothing new, and then nothing is looked up.
        let newer = (version < self.version).then_some(());
        let own = newer.and_then(|()| self.own.get(principal));
        newer.map(|()| &self.everybody).into_iter().chain(own).flat_map(move |latest| latest.after(version))
    }

    /// Lets go of what was for a principal whose last session has ended.
    pub fn forget(&mut self, principal: &str) {
        self.own.remove(principal);
    }

    /// Lets go of what was told to single principals before a moment: every session had its turn.
    pub fn expire(&mut self, before: u64) {
        self.own.retain(|_, latest| {
            latest.0.retain(|told| told.at >= before);
            !latest.0.is_empty()
        });
    }

    /// How many principals have values of their own here.
    pub fn principals(&self) -> usize {
        self.own.len()
    }
}

impl Latest {
    fn put(&mut self, told: VersionedValue, limit: usize) {
        let same = |other: &VersionedValue| {
            other.message.subject == told.message.subject && other.message.channel == told.message.channel
        };
        if let Some(place) = self.0.iter().position(same) {
            self.0.remove(place);
        } else if self.0.len() >= limit {
            self.0.remove(0);
        }
        self.0.push(told);
    }

    fn after(&self, version: u64) -> impl Iterator<Item = &Volatile> {
        let from = self.0.partition_point(|told| told.version <= version);
        self.0.iter().skip(from).map(|told| &told.message)
    }
}
