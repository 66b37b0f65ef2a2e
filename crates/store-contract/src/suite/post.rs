//! Conversations that a connector carries, in the fixture's centre.

pub use super::fixture::SERVICE;

use super::fixture::{StoreFixture, session_command};
use desk::{address, known_key, ports::TaskRow};
use domain::{
    Command, DecideError, Message, Refusal,
    command::{CustomerMessage, DeliveryReport, Receive, SessionAct, Unit},
    message::Content,
    session::Delivery,
    task::{KnownProviderKey, NewConversationIds},
};
use std::sync::{Arc, Mutex};

/// Our side of every thread.
const OURS: &str = "+4930111";

/// A unit of the customer of an address, under a name, with the id of the conversation that it may open.
pub fn unit(theirs: &str, name: &str, id: &str, unit: Unit) -> Command {
    Command::Receive(Box::new(Receive {
        service: SERVICE.into(),
        address: address(SERVICE, OURS, theirs),
        keys: vec![known_key(SERVICE, name)],
        at: 1_000,
        nickname: "Mary".into(),
        fresh: NewConversationIds { session: id.into(), participant: "00000000000000AA".into() },
        unit,
    }))
}

/// What the customer of an address says.
pub fn text(theirs: &str, name: &str, id: &str, words: &str) -> Command {
    let content = vec![Content::Text { text: words.into(), message_type: None }];
    unit(theirs, name, id, Unit::Said(CustomerMessage { content, opens: true, ..CustomerMessage::default() }))
}

/// What an agent says.
pub fn says(id: &str, number: u32, words: &str) -> Command {
    session_command(id, number, SessionAct::Say { text: words.into(), message_type: None })
}

/// The outcome of sending an entry, under which the provider names it.
pub fn outcome(id: &str, index: u32, state: Delivery, name: &str) -> Command {
    let report =
        DeliveryReport { settles: true, keys: vec![known_key(SERVICE, name)], ..DeliveryReport::of(state) };
    Command::Report { session: id.into(), index, report }
}

impl StoreFixture {
    /// A customer writes, and an agent takes it: the log's next entry is the fourth.
    pub async fn text(&self, id: &str, theirs: &str, number: u32) {
        self.done(text(theirs, &format!("{id}-opens"), id, "Hello")).await;
        self.take(id, number).await;
    }

    /// What a provider's name stands for.
    pub async fn known(&self, name: &str) -> Option<KnownProviderKey> {
        let (key, found) = (known_key(SERVICE, name), Arc::new(Mutex::new(None)));
        let told = found.clone();
        let look = Box::new(move |view: &mut dyn desk::ports::TxView| {
            *told.lock().expect("lock") = view.known(&key)?;
            Err(DecideError::Refused(Refusal::Ended))
        });
        self.store.transact(Vec::new(), look).await.expect("the store works").expect_err("only looked");
        found.lock().expect("lock").take()
    }

    /// The log entry that a provider's name stands for.
    pub async fn entry(&self, name: &str) -> Option<(String, u32)> {
        self.known(name).await?.entry.map(|(session, index)| (session.as_str().to_owned(), index))
    }

    /// Every task, by id, and whether it was begun.
    pub async fn tasks(&self) -> Vec<(String, bool)> {
        let tasks = self.store.tasks().await.expect("the store works");
        tasks.iter().map(|TaskRow { task, started, .. }| (task.id(), *started)).collect()
    }

    /// The whole log of a conversation.
    pub async fn log(&self, id: &str) -> Vec<Message> {
        self.store.messages(&id.into(), 0, 10_000, usize::MAX).await.expect("the store works").entries
    }
}

/// The words of an entry.
pub fn words(message: &Message) -> &str {
    match &message.content {
        Content::Text { text, .. } => text,
        _ => "",
    }
}
