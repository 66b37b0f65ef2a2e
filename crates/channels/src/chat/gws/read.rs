//! `GET /api/v2/chats/{id}`: a chat as its customer sees it (spec: digital-channels#6.3).

use super::{address::count, pass::Pass, trouble::Trouble, wire::Answer};
use crate::chat::{Chat, talk::Talk};
use axum::extract::State;
use domain::session::Session;
use gws::customer::{CustomerChat, CustomerChatAnswer};
use std::sync::Arc;

/// Answers the chat.
pub(super) async fn get(State(chat): State<Arc<Chat>>, pass: Pass) -> Result<Answer, Trouble> {
    chat.show(&pass).await
}

impl Chat {
    /// The chat of a pass.
    pub(super) async fn show(&self, pass: &Pass) -> Result<Answer, Trouble> {
        count("GetChat");
        let (_, chat) = self.admit(pass, |session| CustomerChat::of(pass.key(), session)).await?;
        Ok(Answer::of(&CustomerChatAnswer::of(chat)))
    }

    /// Looks at a chat that can be read, for a customer who has its pass. For others it does not exist.
    pub(super) async fn admit<T>(
        &self,
        pass: &Pass,
        look: impl FnOnce(&Session) -> T,
    ) -> Result<(Talk, T), Trouble> {
        let id = pass.session();
        let found = self.look(&id, |session| (Talk::of(session), look(session))).await?;
        let (talk, seen) = found.ok_or(Trouble::UnknownChat)?;
        if !bool::from(talk.opens_to(pass.key())) {
            return Err(Trouble::UnknownChat);
        }
        edge::span::interaction(id.as_str());
        self.seen(&id);
        if talk.is_gone(self.desk.now()) { Err(Trouble::UnknownChat) } else { Ok((talk, seen)) }
    }
}
