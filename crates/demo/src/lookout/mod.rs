//! Prints on the terminal of the demo who is offered to a person, with the command that takes them, who helps or follows
//! whom, and who waits.

mod part;
mod shown;

use crate::{
    centre::{DOMAIN, PASSWORD},
    staff::is_scripted,
};
use desk::{
    Desk, call_of,
    ports::StoreFault,
    routing::{ItemKey, WaitingItem},
    session_of,
};
use domain::{InteractionId, MediumName, Millis, UserId, call, medium, session::Invitation, user::User};
use part::Part;
use shown::{customer, is_plain, shown};
use std::{collections::BTreeSet, io::Write, sync::Arc, time::Duration};
use tokio::time::Instant;

/// How long to wait at most before looking again.
const LOOK: Duration = Duration::from_secs(5);
/// Events within so short a time are looked at together.
const TOGETHER: Duration = Duration::from_millis(100);
/// Customers who have waited for a shorter time than this are not mentioned yet, in milliseconds.
const SHORT: Millis = 5_000;
/// The least time from one line about those who wait to the next.
const BETWEEN: Duration = Duration::from_secs(60);
/// How many of those who wait are named.
const NAMED: usize = 3;

/// Prints who waits, for as long as it is polled. `url` is the URL of the server, without a slash at the end.
pub async fn lookout(desk: Arc<Desk>, url: String, out: impl Write + Send) {
    let mut head = desk.head();
    let mut lookout = Lookout { desk, url, out, told: BTreeSet::new(), waited: None };
    loop {
        head.mark_unchanged();
        if let Err(fault) = lookout.look().await {
            tracing::debug!(%fault, "who waits could not be read");
        }
        let _ = tokio::time::timeout(LOOK, head.changed()).await;
        tokio::time::sleep(TOGETHER).await;
    }
}

struct Lookout<W> {
    desk: Arc<Desk>,
    url: String,
    out: W,
    /// What was told of and still is so.
    told: BTreeSet<(UserId, InteractionId, Part)>,
    /// When those who waited were told of last, and who they were.
    waited: Option<(Instant, BTreeSet<ItemKey>)>,
}

impl<W: Write + Send> Lookout<W> {
    async fn look(&mut self) -> Result<(), StoreFault> {
        let mut told = BTreeSet::new();
        for user in self.desk.directory().all() {
            let agent = self.desk.agent(&user).await?;
            let held = agent.slots.iter().map(|(medium, ids)| (medium.clone(), ids.clone()));
            for (medium, ids) in held.collect::<Vec<_>>() {
                for id in ids {
                    let Some((part, text)) = self.part(&user, &medium, &id).await? else { continue };
                    let key = (user.id.clone(), id, part);
                    if !self.told.contains(&key) {
                        self.tell(&text);
                    }
                    told.insert(key);
                }
            }
        }
        self.told = told;
        self.tell_who_waits().await
    }

    /// Somebody's part in an interaction, and what is printed of it: for people what waits for them and how they take it, for
    /// all who help or follow.
    async fn part(
        &self,
        user: &User,
        medium: &MediumName,
        id: &InteractionId,
    ) -> Result<Option<(Part, String)>, StoreFault> {
        if *medium == medium::voice() {
            let rings = if is_scripted(user) { None } else { self.rings(user, id).await? };
            return Ok(rings.map(|text| (Part::Offered, text)));
        }
        let state = self.desk.session(id).await?;
        let Some(session) = state.as_deref().and_then(session_of) else { return Ok(None) };
        let Some(party) = session.live_party(&user.id) else { return Ok(None) };
        let Some(part) = Part::of(party) else { return Ok(None) };
        // What waits for the staff is taken at once, and to listen is all that the coach does most of the time.
        if is_scripted(user) && matches!(part, Part::Offered | Part::Listens) {
            return Ok(None);
        }
        let name = shown(&user.user_name);
        let who = format!("{} ({medium})", shown(&customer(session)));
        if part != Part::Offered {
            return Ok(Some((part, part.sentence(&name, &part::beside(&self.desk, party), &who))));
        }
        let Some(row) = self.desk.media().named(medium) else { return Ok(None) };
        let nickname = if is_plain(&user.first_name) { &user.first_name } else { "Agent" };
        let act = format!(r#"{{"operationName":"Accept","nickname":"{nickname}"}}"#);
        // How long somebody has waited is of interest to whom the queue gives them.
        let is_given = party.invitation == Invitation::Queue;
        let who = if is_given { self.named(medium, id).await? } else { who };
        let text = part::offered(&self.desk, party, &name, &who);
        Ok(Some((part, text + &self.how(user, "accept", row.collection, id, &act))))
    }

    /// What is printed of a call that rings at somebody's phone.
    async fn rings(&self, user: &User, id: &InteractionId) -> Result<Option<String>, StoreFault> {
        let state = self.desk.call(id).await?;
        let Some(call) = state.as_deref().and_then(call_of) else { return Ok(None) };
        let party = call.part(&user.id, id).filter(|party| party.state == call::PartyState::Ringing);
        let Some(party) = party else { return Ok(None) };
        let who = self.named(&medium::voice(), id).await?;
        let text = part::rings(call, party, &shown(&user.user_name), &who);
        // A phone that cannot be made to answer is answered by hand.
        let how = if party.answers {
            self.how(user, "answer", "calls", id, r#"{"operationName":"Answer"}"#)
        } else {
            "; to answer, lift the handset".to_owned()
        };
        Ok(Some(text + &how))
    }

    /// The command by which somebody takes an interaction, to go behind a sentence.
    fn how(&self, user: &User, what: &str, collection: &str, id: &InteractionId, act: &str) -> String {
        let name = &user.user_name;
        if !is_plain(name) {
            return String::new();
        }
        let login = if name.ends_with(DOMAIN) { format!("{name}:{PASSWORD}") } else { name.clone() };
        let url = &self.url;
        format!("; to {what}:\n  curl -w '\\n' -u {login} {url}/api/v2/me/{collection}/{id} -d '{act}'")
    }

    /// The customer of an interaction, where they wait and for how long.
    async fn named(&self, medium: &MediumName, id: &InteractionId) -> Result<String, StoreFault> {
        let (name, queue, since) = if *medium == medium::voice() {
            let state = self.desk.call(id).await?;
            let Some(call) = state.as_deref().and_then(call_of) else { return Ok(id.to_string()) };
            let name = if call.from.name.is_empty() { &call.from.number } else { &call.from.name };
            let queued = call.queued.as_ref();
            let since = queued.map_or(call.created_at, |queued| queued.place.since);
            (name.clone(), queued.map(|queued| queued.queue.clone()), since)
        } else {
            let state = self.desk.session(id).await?;
            let Some(session) = state.as_deref().and_then(session_of) else { return Ok(id.to_string()) };
            (customer(session), Some(session.queue.clone()), session.place.since)
        };
        let queue = queue.map_or_else(String::new, |queue| format!(" in {queue}"));
        let seconds = (self.desk.now() - since).max(0) / 1_000;
        Ok(format!("{} ({medium}{queue}, for {seconds} s)", shown(&name)))
    }

    /// A customer who waits, or somebody who waits for help with one.
    async fn waits(&self, item: &WaitingItem) -> Result<String, StoreFault> {
        if item.key.request.is_none() {
            return self.named(&item.medium, &item.key.interaction).await;
        }
        let state = self.desk.session(&item.key.interaction).await?;
        let Some(session) = state.as_deref().and_then(session_of) else {
            return Ok(item.key.interaction.to_string());
        };
        let seconds = (self.desk.now() - item.since).max(0) / 1_000;
        let (who, medium, queue) = (shown(&customer(session)), &item.medium, &item.queue);
        Ok(format!("help with {who} ({medium} in {queue}, for {seconds} s)"))
    }

    /// Prints those who have waited for a while, if that was not said a moment ago.
    async fn tell_who_waits(&mut self) -> Result<(), StoreFault> {
        let now = self.desk.now();
        let waiting: Vec<WaitingItem> =
            self.desk.waiting_items().into_iter().filter(|item| now - item.since >= SHORT).collect();
        let who: BTreeSet<ItemKey> = waiting.iter().map(|item| item.key.clone()).collect();
        let is_told = self.waited.as_ref().is_some_and(|(at, told)| at.elapsed() < BETWEEN || *told == who);
        if waiting.is_empty() || is_told {
            return Ok(());
        }
        let mut names = Vec::new();
        for item in waiting.iter().take(NAMED) {
            names.push(self.waits(item).await?);
        }
        let more = waiting.len().saturating_sub(NAMED);
        if more > 0 {
            names.push(format!("{more} more"));
        }
        self.tell(&format!("waiting, and nobody is free: {}", names.join(", ")));
        self.waited = Some((Instant::now(), who));
        Ok(())
    }

    fn tell(&mut self, text: &str) {
        // The demo cannot mend a terminal that cannot be written to.
        let _ = writeln!(self.out, "{text}").and_then(|()| self.out.flush());
    }
}
