//! The connectors of this process, and what they bring.

use crate::{
    Desk, Refused,
    desk::count_full,
    limits,
    ports::{Channel, Receipt},
    session_of,
};
use domain::{
    Command, Key, ProviderKey, ServiceName, State, ThreadId,
    command::{Receive, Words},
    message::Content,
    thread::Address,
};
use sha2::{Digest, Sha256};
use std::sync::{Arc, PoisonError};

/// The addresses of a thread of a service, with the thread's id: 32 hex digits of a digest over all three, so that
/// no key of the journal is an address.
pub fn address(service: &str, ours: &str, theirs: &str) -> Address {
    let mut digest = Sha256::new();
    for part in [service, ours, theirs] {
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part);
    }
    let hex = digest.finalize().iter().take(16).fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
    Address { thread: ThreadId::from(hex.as_str()), ours: ours.to_owned(), theirs: theirs.to_owned() }
}

/// The key under which the journal keeps a provider's name for something.
pub fn known_key(service: impl Into<ServiceName>, id: &str) -> ProviderKey {
    ProviderKey::new(service, id)
}

impl Desk {
    /// Connects a service with what carries its messages. To be called before [`Desk::post`] is run.
    pub fn connect(&self, service: impl Into<ServiceName>, channel: Arc<dyn Channel>) {
        let mut channels = self.channels.write().unwrap_or_else(PoisonError::into_inner);
        channels.insert(service.into(), channel);
    }

    /// Takes every connector off, once [`Desk::post`] has ended. Connectors hold the desk, so neither it nor its
    /// journal would be let go otherwise.
    pub fn disconnect(&self) {
        self.channels.write().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// What carries the messages of a service.
    pub fn channel(&self, service: &str) -> Option<Arc<dyn Channel>> {
        self.channels.read().unwrap_or_else(PoisonError::into_inner).get(service).cloned()
    }

    /// Every service that has a connector, by name.
    pub fn connected(&self) -> Vec<(ServiceName, Arc<dyn Channel>)> {
        let channels = self.channels.read().unwrap_or_else(PoisonError::into_inner);
        channels.iter().map(|(service, channel)| (service.clone(), channel.clone())).collect()
    }

    /// Takes a unit that a connector brings; when this answers, the unit is durable, now or since before. One that
    /// would open a conversation is refused while as many wait as the queue takes. A word of consent is not: it must be
    /// heard however many wait (spec: channel-connectors#1D).
    pub async fn receive(&self, unit: Receive) -> Result<Receipt, Refused> {
        if limits::is_bounded(&unit) && !self.is_open(&unit.address.thread).await? {
            self.has_room(&unit.service)?;
        }
        count_full(self.perform(Command::Receive(Box::new(unit))).await)
    }

    /// Refuses words that the connector of their conversation would refuse to carry, before anything is written
    /// (spec: channel-connectors#0.2.7). Whether the agent may write at all is for the domain to say, and it says so
    /// first.
    pub(crate) async fn carriable(&self, command: &Command) -> Result<(), Refused> {
        match command {
            Command::Begin { begin, .. } => match (&begin.text, self.channel(begin.service.as_str())) {
                (Some(text), Some(channel)) => Ok(channel.fits(text)?),
                _ => Ok(()),
            },
            Command::Session { session, agent, act } => {
                let Some(words) = act.words() else { return Ok(()) };
                let state = self.session(session).await?;
                let there = state.as_deref().and_then(session_of);
                let there = there.filter(|there| there.customer.present && there.live_party(agent).is_some());
                let Some(channel) = there.and_then(|there| self.channel(there.service.as_str())) else {
                    return Ok(());
                };
                match words {
                    Words::Given("") => Ok(()),
                    Words::Given(text) => Ok(channel.fits(text)?),
                    Words::Of(index) => {
                        let found = self.messages(session, index, 1).await?;
                        let found = found.into_iter().find(|message| message.index == index);
                        match found.map(|message| message.content) {
                            Some(Content::Text { text, .. } | Content::Url { url: text }) => {
                                Ok(channel.fits(&text)?)
                            }
                            _ => Ok(()),
                        }
                    }
                }
            }
            _ => Ok(()),
        }
    }

    /// Whether a thread has a conversation whose customer is there.
    pub async fn is_open(&self, thread: &ThreadId) -> Result<bool, Refused> {
        let state = self.store.state(&Key::Thread(thread.clone())).await?;
        let latest = match state.as_deref() {
            Some(State::Thread(thread)) => thread.latest.clone(),
            _ => None,
        };
        let Some(latest) = latest else { return Ok(false) };
        let session = self.session(&latest).await?;
        Ok(session.as_deref().and_then(session_of).is_some_and(|session| session.customer.present))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_is_told_apart_by_each_of_its_parts_and_shows_none() {
        let one = address("sms", "+1", "+2");
        assert_eq!(one, address("sms", "+1", "+2"));
        for other in [address("sm", "s+1", "+2"), address("sms", "+1+", "2"), address("sms", "+2", "+1")] {
            assert_ne!(one.thread, other.thread);
        }
        assert_eq!(one.thread.as_str().len(), 32);
        assert!(one.thread.as_str().bytes().all(|byte| byte.is_ascii_hexdigit()));
    }
}
