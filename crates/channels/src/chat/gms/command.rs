//! The commands of a chat: `POST /genesys/2/chat/{service}/{chatId}/{command}` (digital-channels §6.1).

use super::{
    door::{Credentials, Outcome, Wanted},
    form::{self, Form},
    trouble::Trouble,
    wire::Answer,
};
use crate::chat::{Chat, door::Talk, limits::Origin};
use axum::{
    extract::{Path, Request, State},
    response::{IntoResponse, Response},
};
use desk::Refused;
use domain::{
    Command, InteractionId, Refusal, command::CustomerAct, json, message::MAX_TYPE_BYTES, session::Closer,
};
use std::sync::Arc;

/// A command, by the last part of its address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Word {
    Send,
    Refresh,
    StartTyping,
    StopTyping,
    Disconnect,
    PushUrl,
    UpdateNickname,
    CustomNotice,
    UpdateData,
    ReadReceipt,
}

impl Word {
    const ALL: [(&'static str, Self); 10] = [
        ("send", Self::Send),
        ("refresh", Self::Refresh),
        ("startTyping", Self::StartTyping),
        ("stopTyping", Self::StopTyping),
        ("disconnect", Self::Disconnect),
        ("pushUrl", Self::PushUrl),
        ("updateNickname", Self::UpdateNickname),
        ("customNotice", Self::CustomNotice),
        ("updateData", Self::UpdateData),
        ("readReceipt", Self::ReadReceipt),
    ];

    fn parse(text: &str) -> Option<(&'static str, Self)> {
        Self::ALL.into_iter().find(|(name, _)| *name == text)
    }

    /// Whether a customer who comes too late with it would lose something, and so must hear that it was in vain.
    /// What only looks, types or leaves succeeds on a chat that is over.
    const fn carries(self) -> bool {
        matches!(
            self,
            Self::Send | Self::PushUrl | Self::UpdateNickname | Self::CustomNotice | Self::UpdateData
        )
    }

    /// What the customer does by it; `None` when he only looks. A read receipt moves nothing but his inactivity:
    /// nobody is shown it.
    fn act(self, form: &Form, preview: bool) -> Result<Option<CustomerAct>, Trouble> {
        Ok(Some(match self {
            Self::Refresh => return Ok(None),
            Self::ReadReceipt => {
                form.required("transcriptPosition")?;
                return Ok(None);
            }
            Self::Send => CustomerAct::Say { text: form.text("message"), message_type: message_type(form)? },
            Self::StartTyping => {
                let text = form.get("message").filter(|_| preview).map(str::to_owned);
                CustomerAct::Type { on: true, text }
            }
            Self::StopTyping => CustomerAct::Type { on: false, text: None },
            Self::Disconnect => CustomerAct::Leave(Closer::Customer),
            Self::PushUrl => CustomerAct::SendUrl(form.text("pushUrl")),
            Self::UpdateNickname => CustomerAct::Rename(form.text("nickname").trim().to_owned()),
            Self::CustomNotice => CustomerAct::Notice(form.text("message")),
            Self::UpdateData => CustomerAct::Data(form.user_data()),
        }))
    }
}

fn message_type(form: &Form) -> Result<Option<String>, Trouble> {
    let given = form.get("messageType");
    if given.is_some_and(|given| json::text_len(given) > MAX_TYPE_BYTES) {
        let refusal = Refusal::TextTooLong { parameter: "messageType", bytes: MAX_TYPE_BYTES };
        return Err(Trouble::Bad(refusal.to_string()));
    }
    Ok(given.map(str::to_owned))
}

/// Does what the customer of a chat asks for. Answers the transcript from `transcriptPosition` on; a `refresh`
/// without one, all of it; another command without one, none of it ([`Wanted`]).
pub(super) async fn command(
    State(chat): State<Arc<Chat>>,
    Path((service, id, command)): Path<(String, String, String)>,
    origin: Origin,
    request: Request,
) -> Response {
    let Some((name, word)) = Word::parse(&command) else {
        return Trouble::UnknownCommand.into_response();
    };
    metrics::counter!("jackfield_chat_requests_total", "command" => name).increment(1);
    chat.obey(&service, &InteractionId::new(id), word, (origin, request)).await.into_response()
}

/// Answers the commands about files: they are not offered here.
pub(super) async fn file() -> Response {
    metrics::counter!("jackfield_chat_requests_total", "command" => "file").increment(1);
    Trouble::NoFiles.into_response()
}

impl Chat {
    async fn obey(
        &self,
        service: &str,
        id: &InteractionId,
        word: Word,
        (origin, request): (Origin, Request),
    ) -> Result<Answer, Trouble> {
        let talk = self.talk(service, id).await?;
        // A chat goes on when its service is taken away; only who has none here is told that there is none.
        if talk.is_none() && !self.serves(service) {
            return Err(Trouble::UnknownService);
        }
        let form = form::read(request).await?;
        let credentials = Credentials::of(&form)?;
        let talk = talk.ok_or(Trouble::UnknownChat)?;
        let caller = talk.admit(id, credentials)?;
        self.seen(id);
        if talk.is_gone(self.desk.now()) {
            return Err(Trouble::Ended);
        }
        let (wanted, outcome) = match Wanted::of(&form) {
            Ok(Wanted::Nothing { .. }) if word == Word::Refresh => (Wanted::From(1), Outcome::Looked),
            Ok(wanted) => (wanted, self.act(id, &talk, word, &form, origin).await),
            Err(trouble) => (Wanted::nothing(&form), Outcome::Refused(trouble)),
        };
        // Its status says so, which an answer to a customer who is known has not.
        if let Outcome::Refused(excess @ Trouble::TooMany(_)) = outcome {
            return Err(excess);
        }
        self.answer(service, id, caller, wanted, outcome).await
    }

    async fn act(&self, id: &InteractionId, talk: &Talk, word: Word, form: &Form, origin: Origin) -> Outcome {
        let act = match word.act(form, self.config.typing_preview) {
            Ok(Some(act)) => act,
            Ok(None) => return Outcome::Looked,
            Err(trouble) => return Outcome::Refused(trouble),
        };
        if let Err(excess) = self.may_act(origin, id, talk, &act) {
            return Outcome::Refused(Trouble::TooMany(excess));
        }
        match self.desk.perform(Command::Customer { session: id.clone(), act }).await {
            Ok(_) => Outcome::Done,
            Err(Refused::Rule(Refusal::Ended)) if !word.carries() => Outcome::Looked,
            Err(refused) => Outcome::Refused(refused.into()),
        }
    }
}
