//! The account as the desk's outbox knows it.

use super::{
    account::Account,
    outbound::{self, MOST_PARTS},
    send::{self, Action, MAX_TEXT, split},
};
use desk::ports::{Channel, Measure, NotReplayed, OutboundMessage, Quarantined, SendOutcome};
use domain::{
    Refusal,
    task::{Sign, Signal},
};
use futures::future::BoxFuture;
use std::time::Instant;

impl Channel for Account {
    fn ours(&self) -> &str {
        &self.config.page_id
    }

    fn theirs(&self, _: &str) -> Result<String, String> {
        Err("On Messenger, customers can be written to only after they wrote to the page".into())
    }

    fn measure(&self, text: &str) -> Option<Measure> {
        let parts = split(text);
        let last = parts.last().map_or(0, |part| part.chars().count());
        Some(Measure {
            alphabet: "Unicode",
            length: text.chars().count(),
            parts: parts.len(),
            left: MAX_TEXT - last,
            most_parts: MOST_PARTS,
            most_length: MOST_PARTS * MAX_TEXT,
        })
    }

    fn fits(&self, text: &str) -> Result<(), Refusal> {
        outbound::fits(text)
    }

    fn send(&self, outbound: OutboundMessage) -> BoxFuture<'_, SendOutcome> {
        Box::pin(async move { self.carry(&outbound).await })
    }

    fn signal(&self, signal: Signal) -> BoxFuture<'_, ()> {
        let person = signal.address.theirs;
        let action = match signal.sign {
            Sign::Typing => self.typing.begins(&person, Instant::now()).then_some(Action::TypingOn),
            Sign::Stopped => self.typing.ends(&person).then_some(Action::TypingOff),
            Sign::Seen => Some(Action::MarkSeen),
        };
        Box::pin(async move {
            if let Some(action) = action {
                self.show(&person, action).await;
            }
        })
    }

    fn replay(&self, unit: Quarantined) -> BoxFuture<'_, Result<(), NotReplayed>> {
        Box::pin(async move { self.take_again(&unit.raw).await })
    }
}

impl Account {
    /// Shows a person something, unless the account has no calls to spare. A failure is told to nobody.
    pub(super) async fn show(&self, person: &str, action: Action) {
        let now = self.now();
        let spares = self.standing.refusal(now).is_none() && self.standing.held(now).is_none();
        if person.is_empty() || !spares || self.standing.is_slowed() {
            return;
        }
        let request = send::action(&self.config, person, action);
        if let Err(failure) = self.ask_in_passing(request, send::answer::action).await {
            tracing::debug!(service = self.service(), %failure.trouble, "a sign was not shown");
        }
    }
}
