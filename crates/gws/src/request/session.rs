//! Operations of a conversation by their names on the wire (spec: digital-channels#2.6).

use super::parameter::treat_as;
use crate::{body::Body, links::unescape, problem::Problem};
use domain::{
    QueueName, Refusal, UserData, UserId,
    command::{ClosingMessage, HandoverTarget, SessionAct},
};

/// Every name that [`session_act`] takes, for the API document; a test compares the two.
pub const SESSION_OPERATIONS: &[&str] = &[
    "Accept",
    "Reject",
    "SendMessage",
    "SendUrl",
    "SendStartTypingNotification",
    "SendStopTypingNotification",
    "SendCustomNotice",
    "SendNicknameUpdatedNotice",
    "Leave",
    "Complete",
    "PlaceInQueue",
    "Transfer",
    "SetDisposition",
    "AttachUserData",
    "UpdateUserData",
    "DeleteUserData",
    "SetInFocus",
    "InFocus",
    "SetComment",
    "AddComment",
    "ResendMessage",
];

/// What a request body asks an agent's conversation to do. `contact` answers what an entry of the directory is, by its
/// id.
pub fn session_act(body: &Body, contact: &dyn Fn(&str) -> HandoverTarget) -> Result<SessionAct, Problem> {
    Ok(match body.operation()? {
        "Accept" => SessionAct::Accept {
            nickname: body.text("nickname")?.to_owned(),
            save_last_agent: body.flag("saveLAR", false)?,
        },
        "Reject" => SessionAct::Reject,
        "SendMessage" => {
            treat_as(body)?;
            SessionAct::Say {
                text: body.text("text")?.to_owned(),
                message_type: body.maybe_text("messageType")?.map(str::to_owned),
            }
        }
        "SendUrl" => SessionAct::SendUrl(body.text("url")?.to_owned()),
        "SendStartTypingNotification" => SessionAct::Type { on: true },
        "SendStopTypingNotification" => SessionAct::Type { on: false },
        "SendCustomNotice" => SessionAct::Notice(body.text("noticeText")?.to_owned()),
        "SendNicknameUpdatedNotice" => SessionAct::Rename(body.text("noticeText")?.to_owned()),
        "Leave" => SessionAct::Leave { last: last_words(body)? },
        "Complete" => SessionAct::Complete {
            queue: body.maybe_text("queueName")?.map(QueueName::from),
            save_last_agent: body.flag("saveLAR", false)?,
            last: last_words(body)?,
        },
        "PlaceInQueue" => {
            SessionAct::Complete { queue: Some(named_queue(body)?), save_last_agent: false, last: None }
        }
        "Transfer" => SessionAct::Transfer { to: target(body, contact)?, last: last_words(body)? },
        "SetDisposition" => SessionAct::SetDisposition {
            value: body.text("disposition")?.to_owned(),
            key: body.maybe_text("dispositionKey")?.map(str::to_owned),
        },
        "AttachUserData" => SessionAct::AttachUserData(user_data(body)?),
        "UpdateUserData" => SessionAct::UpdateUserData(user_data(body)?),
        "DeleteUserData" => SessionAct::DeleteUserData(body.texts("keys")?),
        "SetInFocus" | "InFocus" => SessionAct::SetInFocus(body.flag("inFocus", true)?),
        "SetComment" | "AddComment" => SessionAct::Comment(body.text("comment")?.to_owned()),
        "ResendMessage" => {
            let index = body.whole("index")?;
            let index = u32::try_from(index).map_err(|_| Problem::invalid("'index' is too large"))?;
            SessionAct::Resend { index }
        }
        other => return Err(Refusal::UnknownOperation(other.to_owned()).into()),
    })
}

fn user_data(body: &Body) -> Result<UserData, Problem> {
    Ok(UserData::new(body.object("userData")?.clone()))
}

/// The last message; `messageType` and `treatAs` only mean something beside it (spec: digital-channels#2.10).
fn last_words(body: &Body) -> Result<Option<ClosingMessage>, Problem> {
    let message_type = body.maybe_text("messageType")?.map(str::to_owned);
    let treat_as = treat_as(body)?;
    match body.maybe_text("text")? {
        Some(text) => Ok(Some(ClosingMessage { text: text.to_owned(), message_type })),
        None if message_type.is_some() || treat_as.is_some() => {
            Err(Problem::invalid("'messageType' and 'treatAs' need 'text'"))
        }
        None => Ok(None),
    }
}

/// A queue by its name or by its address (spec: digital-channels#2.6).
fn named_queue(body: &Body) -> Result<QueueName, Problem> {
    match (body.maybe_text("queueName")?, body.maybe_text("queueUri")?) {
        (Some(name), _) => Ok(name.into()),
        (None, None) => Err(Refusal::Missing("queueName").into()),
        (None, Some(uri)) => match last_parts(uri) {
            (name, "queues") if !name.is_empty() => Ok(unescape(name).as_str().into()),
            _ => Err(Problem::invalid("'queueUri' is not the address of a queue")),
        },
    }
}

/// The last segment of an address and the one before it, whatever follows a question mark.
fn last_parts(address: &str) -> (&str, &str) {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    let mut parts = path.trim_end_matches('/').rsplit('/');
    (parts.next().unwrap_or_default(), parts.next().unwrap_or_default())
}

/// Where a transfer goes: an agent, a queue or an entry of the directory by its address or path, or a queue by its
/// name. The address wins.
fn target(body: &Body, contact: &dyn Fn(&str) -> HandoverTarget) -> Result<HandoverTarget, Problem> {
    let address = match body.maybe_text("targetUri")? {
        Some(uri) => Some(uri),
        None => body.maybe_text("targetPath")?,
    };
    let Some(address) = address else {
        return match body.maybe_text("queueName")? {
            Some(name) => Ok(HandoverTarget::Queue(name.into())),
            None => Err(Refusal::Missing("targetUri").into()),
        };
    };
    match last_parts(address) {
        ("", _) => Err(Problem::invalid("'targetUri' names nobody")),
        (id, "users") => Ok(HandoverTarget::Agent(UserId::from(id))),
        (id, "contacts") => Ok(contact(&unescape(id))),
        (name, "queues") => Ok(HandoverTarget::Queue(unescape(name).as_str().into())),
        _ => Err(Problem::invalid("'targetUri' is neither the address of a user nor of a queue")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_in_the_document_is_taken() {
        for name in SESSION_OPERATIONS {
            let body = Body::parse(format!(r#"{{"operationName":"{name}"}}"#).as_bytes()).expect("a body");
            let unknown = Problem::from(Refusal::UnknownOperation((*name).to_owned()));
            assert_ne!(
                session_act(&body, &|id| HandoverTarget::Agent(id.into())).err(),
                Some(unknown),
                "{name}"
            );
        }
    }
}
