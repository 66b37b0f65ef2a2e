//! The keeper: a customer who sends no request for too long has left (digital-channels §6.1, *Errors*;
//! channel-connectors §3.2). Only customers of web chat are his; those of other channels send no requests.
//!
//! When a customer was last heard of is no commit (decisions §1): it lives in memory and is lost with it, so after a
//! restart everybody has their full time again. It is awake time ([`Desk::awake`](desk::Desk::awake)): who could not be
//! heard, because the process stood still, was not silent.

use super::Chat;
use desk::Refused;
use domain::{Command, InteractionId, Millis, command::CustomerAct, session::Closer};
use futures::future::join_all;
use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::time::Instant;

/// The longest time between two looks; a service's time may be changed in between.
const LOOK: Duration = Duration::from_secs(1);
/// The shortest, so that a look that keeps failing costs nothing.
const BREATH: Duration = Duration::from_millis(50);
/// How often rates that are whole again are forgotten.
const TIDY: Duration = Duration::from_secs(60);
/// How many customers are let go at once; the store groups them into few commits.
const AT_ONCE: usize = 64;
/// The time of those whose service was taken away while they were in it, in milliseconds: that of a service that says
/// nothing.
const USUAL: Millis = 300_000;

/// When customers were last heard of.
#[derive(Default)]
pub(super) struct Presence {
    last: Mutex<HashMap<InteractionId, Millis>>,
    /// Who can never be let go, as was seen when it was tried.
    kept: Mutex<HashSet<InteractionId>>,
}

impl Presence {
    /// A customer was heard of.
    pub fn seen(&self, id: &InteractionId, now: Millis) {
        self.last().insert(id.clone(), now);
    }

    /// Who of those present was silent for his time, and when the next would be. Who was never heard of is as good
    /// as heard of now; who is not present any more is forgotten.
    fn silent(
        &self,
        present: impl Iterator<Item = (InteractionId, Millis)>,
        now: Millis,
    ) -> (Vec<InteractionId>, Option<Millis>) {
        let (mut last, mut kept) = (self.last(), self.kept());
        let mut still_kept = HashSet::new();
        let (mut still, mut silent, mut next) = (HashMap::new(), Vec::new(), None);
        for (id, inactivity) in present {
            let heard = last.get(&id).copied().unwrap_or(now);
            let due = heard.saturating_add(inactivity);
            if kept.contains(&id) {
                still_kept.insert(id.clone());
            } else if due <= now {
                silent.push(id.clone());
            } else {
                next = Some(next.map_or(due, |next: Millis| next.min(due)));
            }
            still.insert(id, heard);
        }
        *last = still;
        *kept = still_kept;
        (silent, next)
    }

    fn last(&self) -> MutexGuard<'_, HashMap<InteractionId, Millis>> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn kept(&self) -> MutexGuard<'_, HashSet<InteractionId>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Chat {
    /// Lets go of customers who fell silent, for ever. One task runs this.
    pub async fn run(self: Arc<Self>) {
        let mut tidied = Instant::now();
        loop {
            if tidied.elapsed() >= TIDY {
                self.allowance.tidy();
                tidied = Instant::now();
            }
            let next = self.sweep().await;
            let wait = next.map_or(LOOK, |next| {
                Duration::from_millis(u64::try_from(next - self.desk.awake()).unwrap_or(0))
            });
            tokio::time::sleep(wait.clamp(BREATH, LOOK)).await;
        }
    }

    /// Lets go of the customers who are silent for their service's time now, and tells when the next would be. A
    /// time of 0 or less is no limit. The next is in awake time.
    pub async fn sweep(&self) -> Option<Millis> {
        let mut present = self.desk.present();
        present.retain(|(_, medium, _)| self.is_ours(medium));
        self.cursors.forget(present.iter().map(|(id, ..)| id), self.desk.now());
        let centre = self.desk.centre()?;
        let present = present.into_iter().filter_map(|(id, _, service)| {
            let inactivity = centre.services.get(&service).map_or(USUAL, |service| service.inactivity);
            (inactivity > 0).then_some((id, inactivity))
        });
        let (silent, next) = self.presence.silent(present, self.desk.awake());
        for some in silent.chunks(AT_ONCE) {
            join_all(some.iter().map(|id| self.let_go(id))).await;
        }
        next
    }

    async fn let_go(&self, id: &InteractionId) {
        let act = CustomerAct::Leave(Closer::Idle);
        match self.desk.perform(Command::Customer { session: id.clone(), act }).await {
            Ok(_) => metrics::counter!("jackfield_chat_idle_total").increment(1),
            // He has left by himself this moment.
            Err(Refused::Rule(why)) => {
                tracing::debug!(%why, interaction = id.as_str(), "a silent customer was gone already");
                self.presence.seen(id, self.desk.awake());
            }
            Err(Refused::Store(fault)) if fault.is_permanent() => {
                metrics::counter!("jackfield_given_up_total", "what" => "silence").increment(1);
                tracing::error!(%fault, interaction = id.as_str(), "a silent customer can never be let go");
                self.presence.kept().insert(id.clone());
            }
            // The next look finds him again.
            Err(Refused::Store(fault)) => {
                tracing::error!(%fault, interaction = id.as_str(), "a silent customer could not be let go");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIME: Millis = 300_000;

    fn look(presence: &Presence, ids: &[&str], now: Millis) -> (Vec<InteractionId>, Option<Millis>) {
        presence.silent(ids.iter().map(|id| ((*id).into(), TIME)), now)
    }

    #[test]
    fn who_is_silent_for_his_time_is_let_go() {
        let presence = Presence::default();
        presence.seen(&"a".into(), 0);
        presence.seen(&"b".into(), 10);
        assert_eq!(look(&presence, &["a", "b"], TIME - 1), (vec![], Some(TIME)));
        assert_eq!(look(&presence, &["a", "b"], TIME), (vec!["a".into()], Some(TIME + 10)));
    }

    #[test]
    fn any_request_begins_his_time_anew() {
        let presence = Presence::default();
        presence.seen(&"a".into(), 0);
        presence.seen(&"a".into(), TIME - 1);
        assert_eq!(look(&presence, &["a"], TIME), (vec![], Some(2 * TIME - 1)));
    }

    #[test]
    fn after_a_restart_everybody_has_his_full_time() {
        let presence = Presence::default();
        assert_eq!(look(&presence, &["a"], 50), (vec![], Some(50 + TIME)));
        assert_eq!(look(&presence, &["a"], 49 + TIME), (vec![], Some(50 + TIME)));
        assert_eq!(look(&presence, &["a"], 50 + TIME), (vec!["a".into()], None));
    }

    #[test]
    fn who_can_never_be_let_go_is_not_looked_at_again_while_present() {
        let presence = Presence::default();
        presence.seen(&"a".into(), 0);
        presence.seen(&"b".into(), 0);
        presence.kept().insert("a".into());
        assert_eq!(look(&presence, &["a", "b"], TIME), (vec!["b".into()], None));
        look(&presence, &["b"], TIME);
        assert_eq!(look(&presence, &["a"], 3 * TIME).0, vec![], "who comes again has their full time");
        assert_eq!(look(&presence, &["a"], 5 * TIME).0, vec!["a".into()]);
    }

    #[test]
    fn who_has_left_is_forgotten() {
        let presence = Presence::default();
        presence.seen(&"a".into(), 0);
        look(&presence, &[], 1);
        assert!(presence.last().is_empty());
    }
}
