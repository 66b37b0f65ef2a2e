//! The keeper: a customer who sends no request for too long has left (spec: digital-channels#6.1, *Errors*;
//! channel-connectors#3.2). It keeps only customers of web chat; those of other channels send no requests.
//!
//! When a customer was last heard of is no commit (spec: decisions#1): it lives in memory and is lost with it, so after
//! a restart everybody has their full time again. It is awake time ([`Desk::awake`](desk::Desk::awake)): customers who
//! could not be heard, because the process stood still, were not silent.

use super::Chat;
use desk::Refused;
use domain::{Command, InteractionId, Millis, command::CustomerAct, session::EndedBy};
use futures::future::join_all;
use std::{sync::Arc, time::Duration};
use tokio::time::Instant;

/// The longest time between two looks; a service's time may be changed in between.
const LOOK: Duration = Duration::from_secs(1);
/// The shortest time between two looks, so that a look that keeps failing costs nothing.
const BREATH: Duration = Duration::from_millis(50);
/// How often rates that are full again are forgotten.
const TIDY: Duration = Duration::from_secs(60);
/// How many customers are let go at once; the store groups them into few commits.
const AT_ONCE: usize = 64;
/// The time of customers whose service was taken away while they were in it, in milliseconds: the same as that of a
/// service without a setting.
const USUAL: Millis = 300_000;

impl Chat {
    /// Lets go of customers who fell silent. Never returns; one task runs this.
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
        let act = CustomerAct::Leave(EndedBy::Idle);
        match self.desk.perform(Command::Customer { session: id.clone(), act }).await {
            Ok(_) => metrics::counter!("jackfield_chat_idle_total").increment(1),
            // The customer has left by themselves this moment.
            Err(Refused::Rule(why)) => {
                tracing::debug!(%why, interaction = id.as_str(), "a silent customer was gone already");
                self.presence.seen(id, self.desk.awake());
            }
            Err(Refused::Store(fault)) if fault.is_permanent() => {
                metrics::counter!("jackfield_given_up_total", "what" => "silence").increment(1);
                tracing::error!(%fault, interaction = id.as_str(), "a silent customer can never be let go");
                self.presence.kept().insert(id.clone());
            }
            // The next look finds the customer again.
            Err(Refused::Store(fault)) => {
                tracing::error!(%fault, interaction = id.as_str(), "a silent customer could not be let go");
            }
        }
    }
}
