//! The commands of a chat: `POST /genesys/2/chat/{service}/{chatId}/{command}` (spec: digital-channels#6.1).

use super::{
    access::{CommandOutcome, CustomerCredentials, TranscriptRange, alias},
    form::{self, Form},
    trouble::Trouble,
    wire::ChatAnswer,
};
use crate::chat::{
    Chat,
    limits::ClientNetwork,
    repeat::{self, KeptRequest, RepeatState},
    talk::Talk,
};
use axum::{
    extract::{Path, Request, State, rejection::PathRejection},
    response::{IntoResponse, Response},
};
use desk::idempotency::Repeatable;
use domain::{Command, InteractionId, check, command::CustomerAct, session::EndedBy};
use std::sync::Arc;

/// A command, by the last part of its address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ChatCommand {
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

impl ChatCommand {
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

    /// Whether a customer who comes too late with it would lose something, and so must be told that it was not done.
    /// A command that only reads, types or leaves succeeds on a chat that is over.
    fn carries(self, form: &Form) -> bool {
        match self {
            Self::Send | Self::PushUrl | Self::UpdateNickname | Self::CustomNotice | Self::UpdateData => true,
            Self::Refresh => form.get("message").is_some(),
            Self::StartTyping | Self::StopTyping | Self::Disconnect | Self::ReadReceipt => false,
        }
    }

    /// What the customer does by it; `None` when they only look. A read receipt only counts as a sign of life:
    /// nobody is shown it.
    fn act(self, form: &Form, preview: bool) -> Result<Option<CustomerAct>, Trouble> {
        Ok(Some(match self {
            // Widgets send the field empty; a text in it is a message.
            Self::Refresh if form.get("message").is_none() => return Ok(None),
            Self::ReadReceipt => {
                form.required("transcriptPosition")?;
                return Ok(None);
            }
            Self::Send | Self::Refresh => {
                CustomerAct::Say { text: form.text("message"), message_type: message_type(form)? }
            }
            Self::StartTyping => {
                let text = form.get("message").filter(|_| preview).map(str::to_owned);
                CustomerAct::Type { on: true, text }
            }
            Self::StopTyping => CustomerAct::Type { on: false, text: None },
            Self::Disconnect => CustomerAct::Leave(EndedBy::Customer),
            Self::PushUrl => CustomerAct::SendUrl(form.text("pushUrl")),
            Self::UpdateNickname => CustomerAct::Rename(form.text("nickname").trim().to_owned()),
            Self::CustomNotice => CustomerAct::Notice(form.text("message")),
            Self::UpdateData => CustomerAct::Data(form.user_data()),
        }))
    }
}

/// What a command asks for.
fn asks<'f>(name: &'static str, form: &'f Form) -> impl Iterator<Item = &'f [u8]> {
    std::iter::once(name.as_bytes()).chain(form.asks())
}

fn message_type(form: &Form) -> Result<Option<String>, Trouble> {
    let given = form.get("messageType");
    if let Some(given) = given {
        check::message_type(Some(given)).map_err(|refusal| Trouble::Bad(refusal.to_string()))?;
    }
    Ok(given.map(str::to_owned))
}

/// Does what the customer of a chat asks for. Answers the transcript from `transcriptPosition` on; a `refresh`
/// without one, all of it; another command without one, none of it ([`TranscriptRange`]).
pub(super) async fn command(
    State(chat): State<Arc<Chat>>,
    path: Result<Path<(String, String, String)>, PathRejection>,
    origin: ClientNetwork,
    request: Request,
) -> Response {
    let Ok(Path((service, id, command))) = path else { return Trouble::UnknownCommand.into_response() };
    let Some((name, word)) = ChatCommand::parse(&command) else {
        return Trouble::UnknownCommand.into_response();
    };
    metrics::counter!("jackfield_chat_requests_total", "command" => name).increment(1);
    edge::span::operation(name);
    chat.obey(&service, &InteractionId::new(id), (name, word), (origin, request)).await.into_response()
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
        (name, word): (&'static str, ChatCommand),
        (origin, request): (ClientNetwork, Request),
    ) -> Result<ChatAnswer, Trouble> {
        let talk = self.talk(service, id).await?;
        // A chat goes on when its service is taken away; a customer without a chat there is told that there is no
        // service.
        if talk.is_none() && !self.serves(service) {
            return Err(Trouble::UnknownService);
        }
        let key = repeat::key(request.headers()).map_err(Trouble::BadKey)?;
        let form = form::read(request).await?;
        let credentials = CustomerCredentials::of(&form)?;
        let talk = talk.ok_or(Trouble::UnknownChat)?;
        let caller = talk.admit(id, credentials)?;
        edge::span::interaction(id.as_str());
        self.seen(id);
        if talk.is_gone(self.desk.now()) {
            return Err(Trouble::Ended);
        }
        let at = |alias| self.told.at(id, alias);
        let (wanted, outcome) = match TranscriptRange::of(&form, at) {
            Ok(wanted) => {
                let wanted = match wanted {
                    TranscriptRange::Nothing { .. } if word == ChatCommand::Refresh => {
                        TranscriptRange::From(1)
                    }
                    wanted => wanted,
                };
                let asked = key.map(|key| repeat::in_chat(id, key, asks(name, &form)));
                let outcome = match (word.act(&form, self.config.typing_preview), asked) {
                    (Ok(None), _) => CommandOutcome::Looked,
                    (Ok(Some(act)), None) => self.act(id, &talk, act, origin).await?,
                    (Ok(Some(act)), Some(asked)) => {
                        self.act_once(id, &talk, (act, asked), wanted, origin).await?
                    }
                    (Err(trouble), _) => CommandOutcome::Refused(trouble),
                };
                (wanted, outcome)
            }
            Err(trouble) => (TranscriptRange::nothing(&form, at), CommandOutcome::Refused(trouble)),
        };
        let outcome = match outcome {
            CommandOutcome::Refused(Trouble::Ended) if !word.carries(&form) => CommandOutcome::Looked,
            outcome => outcome,
        };
        let answer = self.answer(service, id, caller, wanted, outcome).await?;
        if let Some(next) = answer.next() {
            self.told.gave(id, alias(&form), wanted.position(), next);
        }
        Ok(answer)
    }

    /// Performs a command once, however often it comes under one key. A repeat changes nothing, and uses up no rates.
    async fn act_once(
        &self,
        id: &InteractionId,
        talk: &Talk,
        (act, asked): (CustomerAct, Repeatable),
        wanted: TranscriptRange,
        origin: ClientNetwork,
    ) -> Result<CommandOutcome, Trouble> {
        // Held until the answer is known.
        let _running = match self.turn(&asked).await? {
            RepeatState::First(running) => running,
            RepeatState::Again(saved) => return Ok(CommandOutcome::Kept(KeptRequest::of(&saved))),
            RepeatState::Refused(why) => return Err(Trouble::Repeated(why)),
        };
        self.may_act(origin, id, talk, &act).map_err(Trouble::TooMany)?;
        let kept = KeptRequest {
            from: wanted.from(),
            had: wanted.position(),
            next: talk.next_index,
            over: talk.is_over(),
            ..KeptRequest::default()
        };
        let command = Command::Customer { session: id.clone(), act };
        Ok(match self.perform_once(id, command, asked, kept).await {
            Ok(kept) => CommandOutcome::Kept(kept),
            Err(refused) => CommandOutcome::Refused(refused.into()),
        })
    }

    /// Performs a command. Only an excess is answered with an HTTP status of its own, which answers to known customers
    /// do not have otherwise.
    async fn act(
        &self,
        id: &InteractionId,
        talk: &Talk,
        act: CustomerAct,
        origin: ClientNetwork,
    ) -> Result<CommandOutcome, Trouble> {
        self.may_act(origin, id, talk, &act).map_err(Trouble::TooMany)?;
        Ok(match self.desk.perform(Command::Customer { session: id.clone(), act }).await {
            Ok(_) => CommandOutcome::Done,
            Err(refused) => CommandOutcome::Refused(refused.into()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_is_described_and_no_other() {
        let described = gws::customer::COMMANDS.iter().map(|command| command.name);
        assert!(described.eq(ChatCommand::ALL.iter().map(|(name, _)| *name)));
    }
}
