//! What the desk does by itself: offers, deadlines, mailboxes, retention.

use crate::{
    Desk, Refused,
    deadlines::Due,
    given_up,
    idempotency::KEPT,
    lock::lock,
    pauses::{ALIVE, SavedPauses},
    ports::{Receipt, SessionTable, StoreFault},
    routing::{Board, Offer, next_change, route},
};
use domain::{Command, Millis, UserId, session::Deadline};
use std::{collections::HashMap, sync::Arc, time::Duration};

/// How many offers are written at once; the store groups them into few commits.
const OFFERS_AT_ONCE: usize = 64;
/// How many are made out in one look at the board, during which no commit can be taken in.
const OFFERS_A_ROUND: usize = 8 * OFFERS_AT_ONCE;
/// How often in a row the rules may refuse the same offer before it is given up.
const MOST_RACES: u32 = 50;
/// How long to wait after a lost race before looking at the board again.
const LOST_RACE: Duration = Duration::from_millis(20);
/// How long to wait after the store failed before trying again.
const RETRY: Duration = Duration::from_millis(250);
/// How often the process looks whether it stood still.
const BEAT: Duration = Duration::from_secs(1);
/// How often it writes down that it runs, in milliseconds.
const NOTE_EVERY: Millis = 15_000;

impl Desk {
    /// Offers what waits to agents who are free. One task runs this; a lost race is looked at again with the
    /// next change.
    pub async fn route(self: Arc<Self>) {
        // How often in a row the rules refused what the board would make.
        let mut races: HashMap<Offer, u32> = HashMap::new();
        loop {
            let (offers, next) = {
                let board = lock(&self.memory.board);
                let now = self.now();
                let offers = route(&board, now).filter(|offer| self.is_served(&board, offer));
                (offers.take(OFFERS_A_ROUND).collect::<Vec<_>>(), next_change(&board, now))
            };
            if offers.is_empty() {
                tokio::select! {
                    () = self.memory.work.notified() => {}
                    () = self.until(next) => {}
                }
                continue;
            }
            races.retain(|offer, _| offers.contains(offer));
            for chunk in offers.chunks(OFFERS_AT_ONCE) {
                let commands = chunk.iter().map(|offer| {
                    let (interaction, agent) = (offer.key.interaction.clone(), offer.agent.clone());
                    self.perform(if offer.is_call {
                        Command::OfferCall { call: interaction, agent, request: offer.key.request }
                    } else {
                        Command::Offer { session: interaction, agent, request: offer.key.request }
                    })
                });
                let outcomes = futures::future::join_all(commands).await;
                let (mut refused, mut failed) = (false, false);
                for (offer, outcome) in chunk.iter().zip(outcomes) {
                    let interaction = offer.key.interaction.as_str();
                    match outcome {
                        Ok(_) => metrics::counter!("jackfield_offers_total").increment(1),
                        // Other customers who wait, and other agents who are free, must not wait for an offer that
                        // never comes.
                        Err(Refused::Store(fault)) if fault.is_permanent() => {
                            given_up::tell("offer", &offer.key.interaction, &fault);
                            lock(&self.memory.board).give_up(&offer.key, &offer.agent);
                            refused = true;
                        }
                        // The board was a moment old; the commit that changed it has woken this task.
                        Err(Refused::Rule(why)) => {
                            tracing::debug!(%why, interaction, "offer lost a race");
                            refused = true;
                            let lost = races.entry(offer.clone()).or_default();
                            *lost += 1;
                            // No commit has changed the board: it is no race.
                            if *lost == MOST_RACES {
                                given_up::tell("offer", &offer.key.interaction, &why);
                                lock(&self.memory.board).give_up(&offer.key, &offer.agent);
                            }
                        }
                        Err(Refused::Store(fault)) => {
                            tracing::error!(%fault, interaction, "an offer could not be written");
                            failed = true;
                        }
                    }
                }
                // Never spin on an offer that the rules refuse although the board would make it. The other offers are
                // decided again, since the board has changed meanwhile.
                if refused || failed {
                    tokio::time::sleep(if failed { RETRY } else { LOST_RACE }).await;
                    break;
                }
            }
        }
    }

    /// Ends offers and conversations whose time is up, and keeps account of the time in which nobody could be heard.
    /// Never returns; one task runs this.
    pub async fn keep_time(self: Arc<Self>) {
        tokio::join!(self.end_what_is_due(), self.beat(), self.note_that_it_runs());
    }

    /// Conversations of a medium that the settings do not have any more are left as they are.
    fn is_served(&self, board: &Board, offer: &Offer) -> bool {
        let medium = board.item(&offer.key).map(|item| &item.medium);
        offer.is_call || medium.is_some_and(|medium| self.media().named(medium).is_some())
    }

    async fn end_what_is_due(&self) {
        loop {
            let now = self.moment();
            let (due, rest) = {
                let deadlines = lock(&self.memory.deadlines);
                (deadlines.due(now), deadlines.rest(now))
            };
            if due.is_empty() {
                tokio::select! {
                    () = self.memory.clock.notified() => {}
                    () = after(rest) => {}
                }
                continue;
            }
            // Together, so that they share their commits: after a restart many may be due.
            for chunk in due.chunks(OFFERS_AT_ONCE) {
                let commands = chunk.iter().map(|due| self.fall_due(due.clone()));
                let outcomes = futures::future::join_all(commands).await;
                let mut failed = false;
                for (due, outcome) in chunk.iter().zip(outcomes) {
                    let why = match outcome {
                        Err(Refused::Store(fault)) if !fault.is_permanent() => {
                            tracing::error!(%fault, interaction = due.interaction(), "what fell due could not be done");
                            failed = true;
                            continue;
                        }
                        Err(why) => why.to_string(),
                        Ok(_) => "nothing came of it".to_owned(),
                    };
                    // What a commit settled is not listed any more by now.
                    if lock(&self.memory.deadlines).give_up(&due.key(), due, now) {
                        given_up::tell("deadline", &due.key(), &why);
                    }
                }
                if failed {
                    tokio::time::sleep(RETRY).await;
                    break;
                }
            }
        }
    }

    async fn fall_due(&self, due: Due) -> Result<Receipt, Refused> {
        let command = match due {
            Due::Session(session, Deadline::Offer(agent)) => Command::OfferLapsed { session, agent },
            Due::Session(session, Deadline::Window) => Command::WindowClosing { session },
            Due::Session(session, Deadline::Idle) => Command::FellSilent { session },
            Due::Session(session, Deadline::Slots) => Command::SlotsIdle { session },
            Due::Session(session, Deadline::Request(request)) => Command::RequestLapsed { session, request },
            Due::WrapUp(agent) => Command::WrapUpOver { agent },
            Due::Call(call, due) => return self.call_due(call, due).await,
        };
        self.perform(command).await
    }

    /// Looks at the time so often that a time in which the process stood still is noticed, whatever else goes on.
    async fn beat(&self) {
        loop {
            self.now();
            tokio::time::sleep(BEAT).await;
        }
    }

    /// Writes down when the process was last known to run, without waiting for it: the time that a crash loses of this
    /// is added to everybody's deadlines.
    async fn note_that_it_runs(&self) {
        let mut noted: Option<SavedPauses> = None;
        loop {
            let alive = self.memory.pauses.alive();
            let is_due = noted
                .as_ref()
                .is_none_or(|noted| alive.at - noted.at >= NOTE_EVERY || alive.lost != noted.lost);
            if is_due && let Ok(row) = serde_json::to_string(&alive) {
                match self.store.shelve(SessionTable::Process, vec![(ALIVE.to_owned(), Some(row))]).await {
                    Ok(()) => {}
                    Err(StoreFault::Closed) => return,
                    Err(fault) => tracing::warn!(%fault, "that the server runs could not be written down"),
                }
                noted = Some(alive);
            }
            tokio::time::sleep(BEAT).await;
        }
    }

    pub(crate) async fn until(&self, moment: Option<Millis>) {
        after(moment.map(|moment| moment - self.now())).await;
    }

    pub(crate) async fn until_awake(&self, moment: Option<Millis>) {
        after(moment.map(|moment| moment - self.awake())).await;
    }

    /// Throws away the notes that no live notification session can still ask for: up to its lowest acknowledgement, or
    /// all of it for agents without a session. `lowest` answers that acknowledgement.
    pub async fn trim(&self, lowest: impl Fn(&UserId) -> Option<u64>) -> Result<(), StoreFault> {
        let now = self.awake();
        let upto = self.memory.mailboxes.heads().into_iter().filter_map(|(agent, _)| {
            let mail = self.memory.mailboxes.of(&agent);
            let upto = lowest(&agent).unwrap_or_else(|| mail.start(now));
            mail.trims(upto).then_some((agent, upto))
        });
        let upto: Vec<_> = upto.collect();
        if upto.is_empty() { Ok(()) } else { self.store.trim(upto).await }
    }

    /// Deletes conversations that ended longer ago than `keep`, in small steps so that others get their turn. Results
    /// that are too old to be given again go before.
    pub async fn retire(&self, keep: Duration) -> Result<u64, StoreFault> {
        self.store.forget(self.now() - KEPT).await?;
        let before = self.now() - Millis::try_from(keep.as_millis()).unwrap_or(Millis::MAX);
        let mut total = 0;
        loop {
            let gone = self.store.retire(before, 100).await?;
            total += u64::from(gone);
            if gone < 100 {
                return Ok(total);
            }
            tokio::task::yield_now().await;
        }
    }
}

/// Waits for so many milliseconds; forever when there is nothing to wait for.
async fn after(rest: Option<Millis>) {
    match rest {
        Some(rest) => tokio::time::sleep(Duration::from_millis(u64::try_from(rest).unwrap_or(0))).await,
        None => std::future::pending().await,
    }
}
