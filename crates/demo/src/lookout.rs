//! Prints on the terminal of the demo who is offered to a person, with the command that takes them, and who waits.

use crate::{
    centre::{DOMAIN, PASSWORD},
    staff::guests,
};
use desk::{Desk, call_of, ports::StoreFault, routing::WaitingItem, session_of};
use domain::{
    InteractionId, MediumName, Millis, UserId, call, medium,
    session::{self, Session},
    user::User,
};
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
/// The longest name that is shown, in characters.
const LONGEST: usize = 40;

/// Prints who waits, for as long as it is polled. `url` is the URL of the server, without a slash at the end.
pub async fn lookout(desk: Arc<Desk>, url: String, out: impl Write + Send) {
    let mut head = desk.head();
    let mut lookout = Lookout { desk, url, out, offered: BTreeSet::new(), waited: None };
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
    /// The offers that were told of and still stand.
    offered: BTreeSet<(UserId, InteractionId)>,
    /// When those who waited were told of last, and who they were.
    waited: Option<(Instant, BTreeSet<InteractionId>)>,
}

impl<W: Write + Send> Lookout<W> {
    async fn look(&mut self) -> Result<(), StoreFault> {
        let mut offered = BTreeSet::new();
        for user in guests::people(&self.desk) {
            let agent = self.desk.agent(&user).await?;
            let held = agent.slots.iter().map(|(medium, ids)| (medium.clone(), ids.clone()));
            for (medium, ids) in held.collect::<Vec<_>>() {
                for id in ids {
                    let Some(offer) = self.offer(&user, &medium, &id).await? else { continue };
                    let key = (user.id.clone(), id);
                    if !self.offered.contains(&key) {
                        self.tell(&offer);
                    }
                    offered.insert(key);
                }
            }
        }
        self.offered = offered;
        self.tell_who_waits().await
    }

    /// Prints an interaction that an agent has a part in, if it waits for them.
    async fn offer(
        &self,
        user: &User,
        medium: &MediumName,
        id: &InteractionId,
    ) -> Result<Option<String>, StoreFault> {
        let (collection, what, act) = if *medium == medium::voice() {
            let state = self.desk.call(id).await?;
            let party = state.as_deref().and_then(call_of).and_then(|call| call.part(&user.id, id));
            let Some(party) = party.filter(|party| party.state == call::PartyState::Ringing) else {
                return Ok(None);
            };
            // A phone that cannot be made to answer is answered by hand.
            ("calls", "answer", party.answers.then(|| r#"{"operationName":"Answer"}"#.to_owned()))
        } else {
            let state = self.desk.session(id).await?;
            let party =
                state.as_deref().and_then(session_of).and_then(|session| session.live_party(&user.id));
            if !party.is_some_and(|party| party.state == session::AgentPartyState::Invited) {
                return Ok(None);
            }
            let Some(row) = self.desk.media().named(medium) else { return Ok(None) };
            let nickname = if is_plain(&user.first_name) { &user.first_name } else { "Agent" };
            (
                row.collection,
                "accept",
                Some(format!(r#"{{"operationName":"Accept","nickname":"{nickname}"}}"#)),
            )
        };
        let who = self.named(medium, id).await?;
        let name = shown(&user.user_name);
        let Some(act) = act else { return Ok(Some(format!("{name} is offered {who}; the phone rings"))) };
        if !is_plain(&user.user_name) {
            return Ok(Some(format!("{name} is offered {who}")));
        }
        let login =
            if user.user_name.ends_with(DOMAIN) { format!("{name}:{PASSWORD}") } else { name.clone() };
        let url = &self.url;
        Ok(Some(format!(
            "{name} is offered {who}; to {what}:\n  \
             curl -w '\\n' -u {login} {url}/api/v2/me/{collection}/{id} -d '{act}'"
        )))
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

    /// Prints those who have waited for a while, if that was not said a moment ago.
    async fn tell_who_waits(&mut self) -> Result<(), StoreFault> {
        let now = self.desk.now();
        let waiting: Vec<WaitingItem> =
            self.desk.waiting_items().into_iter().filter(|item| now - item.since >= SHORT).collect();
        let who: BTreeSet<InteractionId> = waiting.iter().map(|item| item.key.interaction.clone()).collect();
        let is_told = self.waited.as_ref().is_some_and(|(at, told)| at.elapsed() < BETWEEN || *told == who);
        if waiting.is_empty() || is_told {
            return Ok(());
        }
        let mut names = Vec::new();
        for item in waiting.iter().take(NAMED) {
            names.push(self.named(&item.medium, &item.key.interaction).await?);
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

/// A customer's name, as they gave it or as they go by.
fn customer(session: &Session) -> String {
    let word = |key: &str| session.user_data.get(key).and_then(serde_json::Value::as_str);
    match (word("FirstName"), word("LastName")) {
        (Some(first), Some(last)) => format!("{first} {last}"),
        _ => session.customer.nickname.clone(),
    }
}

/// A text that somebody else wrote, made safe for a terminal.
fn shown(text: &str) -> String {
    let is_shown = |c: &char| {
        !c.is_control()
            && !matches!(c, '\u{200e}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let text: String = text.chars().filter(is_shown).take(LONGEST).collect();
    if text.is_empty() { "somebody".into() } else { text }
}

/// Whether a text stands in a command as it is.
fn is_plain(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= LONGEST
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "@._-".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_wrote_does_nothing_to_the_terminal() {
        assert_eq!(shown("Ines\x1b[2J\r\n\u{202e}Moreau"), "Ines[2JMoreau");
        assert_eq!(shown("\x07"), "somebody");
        assert_eq!(shown(&"ü".repeat(100)).chars().count(), LONGEST);
    }

    #[test]
    fn only_plain_words_stand_in_a_command() {
        assert!(is_plain("agent1@demo"));
        for word in ["", "it's", "a b", "$HOME", "-rf;", "Ünal"] {
            assert!(!is_plain(word), "{word}");
        }
    }
}
