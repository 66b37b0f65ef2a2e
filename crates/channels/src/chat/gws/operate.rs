//! `POST /api/v2/chats/{id}`: what a customer does in his chat (digital-channels §6.3).

use super::{Trouble, body::Body, count, pass::Pass, wire::Answer};
use crate::chat::{Chat, limits::Origin};
use axum::extract::State;
use desk::Refused;
use domain::{Command, Refusal, command::CustomerAct, session::Closer};
use std::sync::Arc;

/// An operation of a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Word {
    Say,
    StartTyping,
    StopTyping,
    Complete,
}

impl Word {
    const ALL: [(&'static str, Self); 4] = [
        ("SendMessage", Self::Say),
        ("SendStartTypingNotification", Self::StartTyping),
        ("SendStopTypingNotification", Self::StopTyping),
        ("Complete", Self::Complete),
    ];

    fn parse(text: &str) -> Option<(&'static str, Self)> {
        Self::ALL.into_iter().find(|(name, _)| *name == text)
    }

    fn act(self, body: &Body) -> Result<CustomerAct, Trouble> {
        Ok(match self {
            Self::Say => CustomerAct::Say { text: body.text("text")?.to_owned(), message_type: None },
            Self::StartTyping => CustomerAct::Type { on: true, text: None },
            Self::StopTyping => CustomerAct::Type { on: false, text: None },
            Self::Complete => CustomerAct::Leave(Closer::Customer),
        })
    }
}

/// The names of the operations, in the order in which a chat lists them.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    Word::ALL.into_iter().map(|(name, _)| name)
}

/// Does what the customer asks for. A body without an operation asks for the chat itself: the page about reading it
/// says POST.
pub(super) async fn post(
    State(chat): State<Arc<Chat>>,
    pass: Result<Pass, Trouble>,
    origin: Origin,
    body: Body,
) -> Result<Answer, Trouble> {
    let Some(name) = body.maybe_text("operationName")? else {
        return chat.show(&pass?).await;
    };
    let (name, word) = Word::parse(name).ok_or(Trouble::UnknownOperation)?;
    count(name);
    chat.operate(&pass?, word, &body, origin).await
}

impl Chat {
    async fn operate(&self, pass: &Pass, word: Word, body: &Body, origin: Origin) -> Result<Answer, Trouble> {
        let (talk, ()) = self.admit(pass, |_| ()).await?;
        let act = word.act(body)?;
        // Nothing may follow his own word that it is over.
        if talk.ended_by == Some(Closer::Customer) {
            return Err(Trouble::Ended);
        }
        self.may_act(origin, &pass.session(), &talk, &act).map_err(Trouble::TooMany)?;
        match self.desk.perform(Command::Customer { session: pass.session(), act }).await {
            Ok(_) => Ok(Answer::done()),
            // Somebody else ended it this moment or before. He hears so from the chat; only words would be lost.
            Err(Refused::Rule(Refusal::Ended)) if word != Word::Say => Ok(Answer::done()),
            Err(Refused::Rule(Refusal::TextTooLong { bytes, .. })) => {
                Err(Trouble::Bad(Refusal::TextTooLong { parameter: "text", bytes }.to_string()))
            }
            Err(refused) => Err(refused.into()),
        }
    }
}
