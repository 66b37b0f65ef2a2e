//! `POST /api/v2/chats/{id}`: what a customer does in their chat (spec: digital-channels#6.3).

use super::{address::count, body::Body, pass::Pass, trouble::Trouble, wire::Answer};
use crate::chat::{
    Chat,
    limits::ClientNetwork,
    repeat::{self, KeptRequest, RepeatState},
};
use axum::extract::State;
use desk::{Refused, idempotency::IdempotencyKey};
use domain::{Command, Refusal, command::CustomerAct, session::EndedBy};
use http::HeaderMap;
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
            Self::Complete => CustomerAct::Leave(EndedBy::Customer),
        })
    }
}

/// The names of the operations, in the order in which a chat lists them.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    Word::ALL.into_iter().map(|(name, _)| name)
}

/// Performs what the customer asks for. A body without an operation asks for the chat itself: the page about reading it
/// says POST.
pub(super) async fn post(
    State(chat): State<Arc<Chat>>,
    pass: Result<Pass, Trouble>,
    origin: ClientNetwork,
    headers: HeaderMap,
    body: Body,
) -> Result<Answer, Trouble> {
    let Some(name) = body.maybe_text("operationName")? else {
        return chat.show(&pass?).await;
    };
    let (name, word) = Word::parse(name).ok_or(Trouble::UnknownOperation)?;
    count(name);
    let key = repeat::key(&headers).map_err(Trouble::BadKey)?;
    chat.operate(&pass?, word, &body, (origin, key)).await
}

impl Chat {
    async fn operate(
        &self,
        pass: &Pass,
        word: Word,
        body: &Body,
        (origin, key): (ClientNetwork, Option<IdempotencyKey>),
    ) -> Result<Answer, Trouble> {
        let (talk, ()) = self.admit(pass, |_| ()).await?;
        let act = word.act(body)?;
        let id = pass.session();
        let asked = key.map(|key| repeat::in_chat(&id, key, [body.asks().as_bytes()]));
        // Held until the answer is known.
        let _running = match &asked {
            None => None,
            Some(asked) => match self.turn(asked).await? {
                RepeatState::First(running) => Some(running),
                RepeatState::Again(_) => return Ok(Answer::done()),
                RepeatState::Refused(why) => return Err(Trouble::Repeated(why)),
            },
        };
        // Nothing may follow the customer's own word that it is over.
        if talk.ended_by == Some(EndedBy::Customer) {
            return Err(Trouble::Ended);
        }
        self.may_act(origin, &id, &talk, &act).map_err(Trouble::TooMany)?;
        let command = Command::Customer { session: id.clone(), act };
        let performed = match asked {
            None => self.desk.perform(command).await.map(drop),
            Some(asked) => self.perform_once(&id, command, asked, KeptRequest::default()).await.map(drop),
        };
        match performed {
            Ok(()) => Ok(Answer::done()),
            // Somebody else ended it this moment or before. The chat tells the customer so; only words would be lost.
            Err(Refused::Rule(Refusal::Ended)) if word != Word::Say => Ok(Answer::done()),
            Err(Refused::Rule(Refusal::TooManyCharacters { chars, .. })) => {
                Err(Trouble::Bad(Refusal::TooManyCharacters { parameter: "text", chars }.to_string()))
            }
            Err(Refused::Rule(Refusal::TextTooLong { bytes, .. })) => {
                Err(Trouble::Bad(Refusal::TextTooLong { parameter: "text", bytes }.to_string()))
            }
            Err(refused) => Err(refused.into()),
        }
    }
}
