//! Customers.

use crate::TestServer;
use domain::{
    Command, InteractionId, ProviderKey,
    command::{CustomerAct, CustomerMessage, DeliveryReport, Receive, Unit},
    message::Content,
    session::EndedBy,
    task::NewConversationIds,
};

/// A customer who is reached through a connector, by their address.
pub struct Correspondent<'a> {
    /// The centre that they write to.
    pub server: &'a TestServer,
    /// The service that they write to.
    pub service: &'a str,
    /// Their address at the platform.
    pub address: &'a str,
    /// What they are called.
    pub name: &'a str,
}

impl<'a> Correspondent<'a> {
    /// Writes; answers the conversation that their words are in.
    pub async fn writes(&self, text: &str) -> Guest<'a> {
        let content = vec![Content::Text { text: text.into(), message_type: None }];
        self.brings(Unit::Said(CustomerMessage { content, opens: true, ..CustomerMessage::default() })).await;
        let id = self.latest().await.expect("a conversation");
        Guest { server: self.server, id, collection: self.collection() }
    }

    /// The collection of their medium; their service bears its name.
    pub fn collection(&self) -> &'static str {
        self.server.desk.media().named(&self.service.into()).expect("a medium").collection
    }

    /// Their platform brings something.
    pub async fn brings(&self, unit: Unit) {
        let ids = self.server.desk.ids();
        let unit = Receive {
            service: self.service.into(),
            address: desk::address(self.service, "+15550100", self.address),
            keys: vec![ProviderKey::new(self.service, ids.guid())],
            at: self.server.desk.now(),
            nickname: self.name.into(),
            fresh: NewConversationIds { session: ids.session(), participant: ids.participant() },
            unit,
        };
        self.server.desk.receive(unit).await.expect("taken in");
    }

    async fn latest(&self) -> Option<InteractionId> {
        let thread = desk::address(self.service, "+15550100", self.address).thread;
        let state = self.server.desk.store().state(&domain::Key::Thread(thread)).await.expect("a journal");
        match state.as_deref() {
            Some(domain::State::Thread(thread)) => thread.latest.clone(),
            _ => None,
        }
    }
}

/// A customer in a conversation.
pub struct Guest<'a> {
    /// The centre that they came to.
    pub server: &'a TestServer,
    /// The conversation.
    pub id: InteractionId,
    /// The collection that it is in (`chats`).
    pub collection: &'static str,
}

impl Guest<'_> {
    /// Its address for an agent.
    pub fn path(&self) -> String {
        format!("/me/{}/{}", self.collection, self.id)
    }

    /// Says something.
    pub async fn says(&self, text: &str) {
        self.does(CustomerAct::Say { text: text.into(), message_type: None }).await;
    }

    /// Leaves.
    pub async fn leaves(&self) {
        self.does(CustomerAct::Leave(EndedBy::Customer)).await;
    }

    /// Their provider tells of an entry of the log.
    pub async fn told(&self, index: u32, report: DeliveryReport) {
        let command = Command::Report { session: self.id.clone(), index, report };
        self.server.desk.perform(command).await.expect("done");
    }

    /// Does anything.
    pub async fn does(&self, act: CustomerAct) {
        let command = Command::Customer { session: self.id.clone(), act };
        self.server.desk.perform(command).await.expect("done");
    }
}
