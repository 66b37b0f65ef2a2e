//! Customers.

use super::App;
use domain::{Command, SessionId, command::CustomerAct, session::Closer};

/// A customer in a conversation.
pub struct Guest<'a> {
    pub app: &'a App,
    pub id: SessionId,
}

impl Guest<'_> {
    /// Says something.
    pub async fn says(&self, text: &str) {
        self.does(CustomerAct::Say { text: text.into(), message_type: None }).await;
    }

    /// Leaves.
    pub async fn leaves(&self) {
        self.does(CustomerAct::Leave(Closer::Customer)).await;
    }

    /// Does anything.
    pub async fn does(&self, act: CustomerAct) {
        let command = Command::Customer { session: self.id.clone(), act };
        self.app.desk.perform(command).await.expect("done");
    }
}
