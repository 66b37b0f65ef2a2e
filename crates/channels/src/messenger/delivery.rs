//! Gives the desk what comes by a webhook: stored or set aside, each unit in its place in its thread
//! (spec: channel-connectors#0.2, #2.4).

use super::{
    account::Account,
    content,
    mapping::{Meaning, Reader, keys},
    webhook::{Happening, Unit, WebhookEvent, decode},
};
use crate::intake::Later;
use desk::{
    Refused,
    ports::{NotReplayed, StoreFault},
    session_of,
};
use domain::{
    Millis, ThreadId,
    command::{self, Receive},
    task::NewConversationIds,
};
use tracing::{Instrument, field::Empty};

/// How far the platform's clock may be ahead of ours, in milliseconds.
const AHEAD: Millis = 60_000;

impl Account {
    /// Takes a unit in: durable when this answers `Ok`, in quarantine if it is of no use as it is.
    pub async fn take(&self, unit: &Unit) -> Result<(), Later> {
        // One delivery brings units of many conversations, so that its request has the id of none.
        let kind = unit.event.as_ref().map_or("poison", |event| event.what.name());
        let span = tracing::info_span!("unit", service = self.service(), kind, interaction = Empty);
        self.take_in(unit).instrument(span).await
    }

    async fn take_in(&self, unit: &Unit) -> Result<(), Later> {
        let raw = || wrapped(unit);
        let event = match &unit.event {
            Ok(event) => event,
            Err(poison) => return self.intake.quarantine(poison.to_string(), raw()).await,
        };
        let (service, kind) = (self.service().to_owned(), event.what.name());
        metrics::counter!("jackfield_messenger_units_total", "service" => service, "kind" => kind)
            .increment(1);
        if let Happening::Policy(policy) = &event.what {
            self.standing.policy(policy, self.now());
            self.report();
        }
        let taken = match self.read(unit, event).await {
            Ok(Some(receive)) => self.receive(receive).await,
            Ok(None) => Ok(()),
            Err(fault) => Err(fault.into()),
        };
        self.intake.kept(taken, raw).await
    }

    /// Takes a unit from quarantine: one that [`wrapped`] wrote, or a whole delivery.
    pub async fn take_again(&self, raw: &[u8]) -> Result<(), NotReplayed> {
        let units = decode(raw).map_err(|why| NotReplayed::Poison(why.to_string()))?;
        for unit in &units {
            let event = unit.event.as_ref().map_err(|poison| NotReplayed::Poison(poison.to_string()))?;
            if unit.page != self.config.page_id {
                return Err(NotReplayed::Poison(OTHER_PAGE.into()));
            }
            if let Some(receive) = self.read(unit, event).await? {
                self.receive(receive).await?;
            }
        }
        Ok(())
    }

    async fn receive(&self, receive: Receive) -> Result<(), Refused> {
        let person = receive.address.theirs.clone();
        let unit = match receive.unit {
            command::Unit::Said(said) if said.opens => {
                command::Unit::Said(self.referrals.told_with(&person, said))
            }
            command::Unit::Said(said) if !self.intake.desk().is_open(&receive.address.thread).await? => {
                self.referrals.came(&person, said.clone());
                command::Unit::Said(said)
            }
            unit => unit,
        };
        let opens = matches!(&unit, command::Unit::Said(said) if said.opens);
        self.intake.receive(Receive { unit, ..receive }).await?;
        if opens {
            self.referrals.told(&person);
            self.names.want(&person);
        }
        Ok(())
    }

    /// What the desk receives of an event; `None` if it receives nothing.
    async fn read(&self, unit: &Unit, event: &WebhookEvent) -> Result<Option<Receive>, StoreFault> {
        let Some(person) = &event.person else { return Ok(None) };
        let address = self.address(person);
        let reader = Reader { service: self.service(), app: &self.config.app_id, standby: unit.standby };
        let meant = match reader.meaning(event) {
            Meaning::Unit(meant) => meant,
            Meaning::Copy { word, mid, foreign } => {
                self.echoes.heard(&word, &mid);
                match content::read(&word) {
                    Some(mark) if !self.is_in(&mark.session, &address.thread).await? => foreign,
                    Some(mark) if mark.is_last => {
                        command::Unit::Echo { session: mark.session, index: mark.index }
                    }
                    // The echo of the last part speaks for all parts.
                    _ => return Ok(None),
                }
            }
            Meaning::Nothing => return Ok(None),
        };
        let ids = self.intake.desk().ids();
        Ok(Some(Receive {
            service: self.service().into(),
            keys: keys(self.service(), unit.identity()),
            at: event.at.clamp(0, self.now() + AHEAD),
            nickname: self.names.of(person),
            fresh: NewConversationIds { session: ids.session(), participant: ids.participant() },
            address,
            unit: meant,
        }))
    }

    /// Whether a conversation is one of a thread: another server may speak through the same app.
    async fn is_in(&self, session: &domain::InteractionId, thread: &ThreadId) -> Result<bool, StoreFault> {
        let state = self.intake.desk().session(session).await?;
        let post = state.as_deref().and_then(session_of).and_then(|session| session.post.as_ref());
        Ok(post.is_some_and(|post| post.address.thread == *thread))
    }
}

/// Why a unit for no account of the app is set aside.
pub(super) const OTHER_PAGE: &str = "it is for a page that is no account here";

/// A unit as a delivery of its own, so that it can be read again.
pub(super) fn wrapped(unit: &Unit) -> Vec<u8> {
    let Unit { page, standby, event, raw } = unit;
    if page.is_empty() {
        return raw.clone().into_bytes();
    }
    let (page, list) =
        (serde_json::Value::from(page.as_str()), if *standby { "standby" } else { "messaging" });
    let time = event.as_ref().map_or_else(|_| String::new(), |event| format!(r#""time":{},"#, event.at));
    format!(r#"{{"object":"page","entry":[{{"id":{page},{time}"{list}":[{raw}]}}]}}"#).into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_set_aside_reads_as_before() {
        let message =
            r#"{"sender":{"id":"2002"},"recipient":{"id":"1001"},"message":{"mid":"m_1","text":"h\u00e9"}}"#;
        for list in ["messaging", "standby"] {
            let body =
                format!(r#"{{"object":"page","entry":[{{"id":"1001","time":7,"{list}":[{message}]}}]}}"#);
            let units = decode(body.as_bytes()).expect("an envelope");
            assert_eq!(decode(&wrapped(&units[0])).expect("an envelope"), units);
        }
    }
}
