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
use gws::customer::{CustomerDoneAnswer, CustomerOperation, CustomerSendMessageRequest, OPERATIONS};
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
    /// The operations, in the order of their names on the wire.
    const ALL: [Self; OPERATIONS.len()] = [Self::Say, Self::StartTyping, Self::StopTyping, Self::Complete];

    fn parse(text: &str) -> Option<(&'static str, Self)> {
        OPERATIONS.into_iter().zip(Self::ALL).find(|(name, _)| *name == text)
    }

    fn act(self, body: &gws::Body) -> Result<CustomerAct, Trouble> {
        Ok(match self {
            Self::Say => {
                let text = body.read::<CustomerSendMessageRequest>()?.text.ok_or(Trouble::Missing("text"))?;
                CustomerAct::Say { text, message_type: None }
            }
            Self::StartTyping => CustomerAct::Type { on: true, text: None },
            Self::StopTyping => CustomerAct::Type { on: false, text: None },
            Self::Complete => CustomerAct::Leave(EndedBy::Customer),
        })
    }
}

/// Performs what the customer asks for. A body without an operation asks for the chat itself: the page about reading it
/// says POST.
pub(super) async fn post(
    State(chat): State<Arc<Chat>>,
    pass: Result<Pass, Trouble>,
    origin: ClientNetwork,
    headers: HeaderMap,
    Body(body): Body,
) -> Result<Answer, Trouble> {
    let Some(name) = body.read::<CustomerOperation>()?.operation_name else {
        return chat.show(&pass?).await;
    };
    let (name, word) = Word::parse(&name).ok_or(Trouble::UnknownOperation)?;
    count(name);
    let key = repeat::key(&headers).map_err(Trouble::BadKey)?;
    chat.operate(&pass?, word, &body, (origin, key)).await
}

impl Chat {
    async fn operate(
        &self,
        pass: &Pass,
        word: Word,
        body: &gws::Body,
        (origin, key): (ClientNetwork, Option<IdempotencyKey>),
    ) -> Result<Answer, Trouble> {
        let (talk, ()) = self.admit(pass, |_| ()).await?;
        let act = word.act(body)?;
        let id = pass.session();
        let asked = key.map(|key| repeat::in_chat(&id, key, [body.to_json().as_bytes()]));
        // Held until the answer is known.
        let _running = match &asked {
            None => None,
            Some(asked) => match self.turn(asked).await? {
                RepeatState::First(running) => Some(running),
                RepeatState::Again(_) => return Ok(done()),
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
            Ok(()) => Ok(done()),
            // Somebody else ended it this moment or before. The chat tells the customer so; only words would be lost.
            Err(Refused::Rule(Refusal::Ended)) if word != Word::Say => Ok(done()),
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

fn done() -> Answer {
    Answer::of(&CustomerDoneAnswer::default())
}
