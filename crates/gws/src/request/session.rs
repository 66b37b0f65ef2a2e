//! Operations on a conversation (spec: digital-channels#2.6).

use super::{
    table::requests,
    value::{Flag, Pairs, Texts, TreatAs, Whole, is_set, last_parts},
};
use crate::links::unescape;
use domain::{
    QueueName, Refusal, UserId,
    command::{ClosingMessage, HandoverTarget, SessionAct},
    request::Help,
    session::SessionOperation,
    watch::Monitoring,
};
use serde::Deserialize;
use utoipa::ToSchema;

requests! {
    /// An operation of an agent on a conversation. `capabilities` of the conversation list those that are open now.
    SessionRequest of SessionOperation {
        Accept(SessionAcceptRequest) = "Accept", is Accept, {"nickname": "Tom"};
        Reject(SessionRejectRequest) = "Reject", is Reject, {};
        SendMessage(SessionSendMessageRequest) = "SendMessage", is SendMessage, {"text": "One moment please"};
        SendUrl(SessionSendUrlRequest) = "SendUrl", is SendUrl, {"url": "https://example.org/tariffs"};
        SendStartTypingNotification(SessionSendStartTypingNotificationRequest) = "SendStartTypingNotification", is StartTyping, {};
        SendStopTypingNotification(SessionSendStopTypingNotificationRequest) = "SendStopTypingNotification", is StopTyping, {};
        SendCustomNotice(SessionSendCustomNoticeRequest) = "SendCustomNotice", is SendCustomNotice, {"noticeText": "seen"};
        SendNicknameUpdatedNotice(SessionSendNicknameUpdatedNoticeRequest) = "SendNicknameUpdatedNotice", is ChangeNickname, {"noticeText": "Tom B."};
        Leave(SessionLeaveRequest) = "Leave", is Leave, {"text": "Goodbye"};
        Complete(SessionCompleteRequest) = "Complete", is Complete, {"saveLAR": true};
        LeaveAndComplete(SessionLeaveAndCompleteRequest) = "LeaveAndComplete", is LeaveAndComplete, {"text": "Goodbye"};
        PlaceInQueue(SessionPlaceInQueueRequest) = "PlaceInQueue", {"queueName": "Support"};
        Transfer(SessionTransferRequest) = "Transfer", is Transfer, {"queueName": "Support"};
        Consult(SessionConsultRequest) = "Consult", is Consult, {"queueName": "Support"};
        Invite(SessionInviteRequest) = "Invite", is Invite, {"queueName": "Support"};
        RemoveParticipantFromConference(SessionRemoveParticipantRequest) = "RemoveParticipantFromConference", is RemoveParticipant, {"targetUri": "/api/v2/users/7f3a"};
        SendToAgents(SessionSendToAgentsRequest) = "SendToAgents", is SendToAgents, {"text": "Tariff B is right, isn't it?"};
        SendStartTypingToAgentsNotification(SessionSendStartTypingToAgentsRequest) = "SendStartTypingToAgentsNotification", is StartTypingToAgents, {};
        SendStopTypingToAgentsNotification(SessionSendStopTypingToAgentsRequest) = "SendStopTypingToAgentsNotification", is StopTypingToAgents, {};
        SendCustomNoticeToAgents(SessionSendCustomNoticeToAgentsRequest) = "SendCustomNoticeToAgents", is SendCustomNoticeToAgents, {"noticeText": "seen"};
        SwitchToMonitor(SessionSwitchToMonitorRequest) = "SwitchToMonitor", is SwitchToMonitor, {};
        SwitchToCoach(SessionSwitchToCoachRequest) = "SwitchToCoach", is SwitchToCoach, {};
        SwitchToBargeIn(SessionSwitchToBargeInRequest) = "SwitchToBargeIn", is SwitchToBargeIn also "SwitchBargeIn", {};
        SetDisposition(SessionSetDispositionRequest) = "SetDisposition", is SetDisposition, {"disposition": "IssueResolved"};
        AttachUserData(SessionAttachUserDataRequest) = "AttachUserData", is AttachUserData, {"userData": {"Case": "17"}};
        UpdateUserData(SessionUpdateUserDataRequest) = "UpdateUserData", is UpdateUserData, {"userData": {"Case": "18"}};
        DeleteUserData(SessionDeleteUserDataRequest) = "DeleteUserData", is DeleteUserData, {"keys": ["Case"]};
        SetInFocus(SessionSetInFocusRequest) = "SetInFocus", is SetInFocus also "InFocus", {"inFocus": true};
        SetComment(SessionSetCommentRequest) = "SetComment" | "AddComment", is SetComment, {"comment": "Wants a call back"};
        ResendMessage(SessionResendMessageRequest) = "ResendMessage", is ResendMessage, {"index": 7};
    }
}

/// Takes the offer.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SessionAcceptRequest {
    /// The name that the customer should see.
    nickname: String,
    /// Whether to write the agent down as the one who last served this customer; false when left out.
    #[serde(rename = "saveLAR")]
    save_lar: Option<Flag>,
}

/// Refuses the offer.
#[derive(Debug, Deserialize, ToSchema)]
pub struct SessionRejectRequest {}

/// Says something to everyone.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SessionSendMessageRequest {
    /// `Normal`; not passed on.
    #[expect(dead_code, reason = "it is read to be refused where it cannot be honoured")]
    #[schema(inline)]
    treat_as: Option<TreatAs>,
    /// The words.
    text: String,
    /// The sender's own word for this kind of message.
    message_type: Option<String>,
}

/// Sends a link.
#[derive(Debug, Deserialize, ToSchema)]
pub struct SessionSendUrlRequest {
    /// The link.
    url: String,
}

/// Tells that the agent types.
#[derive(Debug, Deserialize, ToSchema)]
pub struct SessionSendStartTypingNotificationRequest {}

/// Tells that the agent stopped typing.
#[derive(Debug, Deserialize, ToSchema)]
pub struct SessionSendStopTypingNotificationRequest {}

/// Sends a notice of the agent's application.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SessionSendCustomNoticeRequest {
    /// The notice.
    notice_text: String,
}

/// Changes the name under which the customer sees the agent.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SessionSendNicknameUpdatedNoticeRequest {
    /// The new name.
    notice_text: String,
}

/// Leaves the talk. An agent who is alone in it keeps the conversation until they complete it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SessionLeaveRequest {
    /// The sender's own word for the kind of the last message; only beside `text`.
    message_type: Option<String>,
    /// `Normal`; only beside `text`, and not passed on.
    #[schema(inline)]
    treat_as: Option<TreatAs>,
    /// A last message to the customer.
    text: Option<String>,
}

/// Ends the agent's part, and the conversation if nobody else has one.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SessionCompleteRequest {
    /// The queue to put the conversation into instead of ending it.
    queue_name: Option<String>,
    /// Whether to write the agent down as the one who last served this customer; false when left out.
    #[serde(rename = "saveLAR")]
    save_lar: Option<Flag>,
    /// The sender's own word for the kind of the last message; only beside `text`.
    message_type: Option<String>,
    /// `Normal`; only beside `text`, and not passed on.
    #[schema(inline)]
    treat_as: Option<TreatAs>,
    /// A last message to the customer.
    text: Option<String>,
}

/// Leaves the talk and ends the agent's part: `Leave` and `Complete` in one. `capabilities` do not list it; it is open
/// when both are.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SessionLeaveAndCompleteRequest {
    /// The queue to put the conversation into instead of ending it.
    queue_name: Option<String>,
    /// Whether to write the agent down as the one who last served this customer; false when left out.
    #[serde(rename = "saveLAR")]
    save_lar: Option<Flag>,
    /// The sender's own word for the kind of the last message; only beside `text`.
    message_type: Option<String>,
    /// `Normal`; only beside `text`, and not passed on.
    #[schema(inline)]
    treat_as: Option<TreatAs>,
    /// A last message to the customer.
    text: Option<String>,
}

/// Puts the conversation into a queue: the same as `Complete` with a queue. One of the two names it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SessionPlaceInQueueRequest {
    /// The name of the queue. It wins over the address.
    queue_name: Option<String>,
    /// The address of the queue.
    queue_uri: Option<String>,
}

/// Hands the conversation over to a colleague or to a queue. One of the first three says to whom; the earlier wins.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SessionTransferRequest {
    /// The address of a user, of a queue or of an entry of the directory.
    target_uri: Option<String>,
    /// The path of one of these.
    target_path: Option<String>,
    /// The name of a queue.
    queue_name: Option<String>,
    /// The sender's own word for the kind of the last message; only beside `text`.
    message_type: Option<String>,
    /// `Normal`; only beside `text`, and not passed on.
    #[schema(inline)]
    treat_as: Option<TreatAs>,
    /// A last message to the customer.
    text: Option<String>,
}

/// Asks a colleague, or whoever takes it in a queue, for advice; the customer sees nothing of it. One of the first four
/// says whom; the earlier wins.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SessionConsultRequest {
    /// The address of a user, of a queue or of an entry of the directory.
    target_uri: Option<String>,
    /// The path of one of these.
    target_path: Option<String>,
    /// The address of a user, as older clients call it.
    user_uri: Option<String>,
    /// The name of a queue.
    queue_name: Option<String>,
}

/// Has a colleague, or whoever takes it in a queue, talk with the customer as well. One of the first four says whom; the
/// earlier wins. A colleague who was asked for advice talks with the customer at once.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SessionInviteRequest {
    /// The address of a user, of a queue or of an entry of the directory.
    target_uri: Option<String>,
    /// The path of one of these.
    target_path: Option<String>,
    /// The address of a user, as older clients call it.
    user_uri: Option<String>,
    /// The name of a queue.
    queue_name: Option<String>,
}

/// Takes a colleague out of the conversation. One of the two names them; the earlier wins.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SessionRemoveParticipantRequest {
    /// The address of the user.
    target_uri: Option<String>,
    /// The path of the user.
    target_path: Option<String>,
}

/// Says something to the agents alone.
#[derive(Debug, Deserialize, ToSchema)]
pub struct SessionSendToAgentsRequest {
    /// The words.
    text: String,
}

/// Tells the agents alone that the agent types.
#[derive(Debug, Deserialize, ToSchema)]
pub struct SessionSendStartTypingToAgentsRequest {}

/// Tells the agents alone that the agent stopped typing.
#[derive(Debug, Deserialize, ToSchema)]
pub struct SessionSendStopTypingToAgentsRequest {}

/// Sends the agents alone a notice of the agent's application.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SessionSendCustomNoticeToAgentsRequest {
    /// The notice.
    notice_text: String,
}

/// Follows the conversation from now on without being seen by those in it.
#[derive(Debug, Deserialize, ToSchema)]
pub struct SessionSwitchToMonitorRequest {}

/// Follows the conversation from now on seen by its agents, and advises them.
#[derive(Debug, Deserialize, ToSchema)]
pub struct SessionSwitchToCoachRequest {}

/// Takes part in the conversation from now on like anybody else.
#[derive(Debug, Deserialize, ToSchema)]
pub struct SessionSwitchToBargeInRequest {}

/// Sets the disposition.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SessionSetDispositionRequest {
    /// The value; empty clears.
    disposition: String,
    /// The key of the user data; the centre's own when left out.
    disposition_key: Option<String>,
}

/// Adds pairs to the user data.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SessionAttachUserDataRequest {
    /// The pairs to write; the last value of a key wins.
    #[schema(value_type = BTreeMap<String, Value>)]
    user_data: Pairs,
}

/// Adds and replaces pairs of the user data.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SessionUpdateUserDataRequest {
    /// The pairs to write; the last value of a key wins.
    #[schema(value_type = BTreeMap<String, Value>)]
    user_data: Pairs,
}

/// Takes pairs of the user data away.
#[derive(Debug, Deserialize, ToSchema)]
pub struct SessionDeleteUserDataRequest {
    /// The keys of the pairs. One that is not there is no fault.
    #[schema(value_type = Vec<String>)]
    keys: Texts,
}

/// Says whether the agent looks at the conversation.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SessionSetInFocusRequest {
    /// Whether they do; true when left out.
    in_focus: Option<Flag>,
}

/// Writes the agents' note.
#[derive(Debug, Deserialize, ToSchema)]
pub struct SessionSetCommentRequest {
    /// The note.
    comment: String,
}

/// Sends a message again that did not arrive, or may not have arrived.
#[derive(Debug, Deserialize, ToSchema)]
pub struct SessionResendMessageRequest {
    /// The index of the message.
    #[schema(value_type = u32)]
    index: Whole,
}

impl SessionRequest {
    /// What the request means. `contact` answers what an entry of the directory is, by its id.
    pub fn act(self, contact: &dyn Fn(&str) -> HandoverTarget) -> Result<SessionAct, Refusal> {
        Ok(match self {
            Self::Accept(asked) => SessionAct::Accept {
                nickname: asked.nickname,
                save_last_agent: is_set(asked.save_lar, false),
            },
            Self::Reject(_) => SessionAct::Reject,
            Self::SendMessage(asked) => {
                SessionAct::Say { text: asked.text, message_type: asked.message_type }
            }
            Self::SendUrl(asked) => SessionAct::SendUrl(asked.url),
            Self::SendStartTypingNotification(_) => SessionAct::Type { on: true },
            Self::SendStopTypingNotification(_) => SessionAct::Type { on: false },
            Self::SendCustomNotice(asked) => SessionAct::Notice(asked.notice_text),
            Self::SendNicknameUpdatedNotice(asked) => SessionAct::Rename(asked.notice_text),
            Self::Leave(asked) => {
                SessionAct::Leave { last: last_words(asked.text, asked.message_type, asked.treat_as)? }
            }
            Self::Complete(asked) => SessionAct::Complete {
                queue: asked.queue_name.as_deref().map(QueueName::from),
                save_last_agent: is_set(asked.save_lar, false),
                last: last_words(asked.text, asked.message_type, asked.treat_as)?,
            },
            Self::LeaveAndComplete(asked) => SessionAct::LeaveAndComplete {
                queue: asked.queue_name.as_deref().map(QueueName::from),
                save_last_agent: is_set(asked.save_lar, false),
                last: last_words(asked.text, asked.message_type, asked.treat_as)?,
            },
            Self::PlaceInQueue(asked) => {
                let queue = queue(asked.queue_name, asked.queue_uri)?;
                SessionAct::Complete { queue: Some(queue), save_last_agent: false, last: None }
            }
            Self::Transfer(asked) => SessionAct::Transfer {
                to: target(first([asked.target_uri, asked.target_path, None]), asked.queue_name, contact)?,
                last: last_words(asked.text, asked.message_type, asked.treat_as)?,
            },
            Self::Consult(asked) => {
                let named = [asked.target_uri, asked.target_path, asked.user_uri];
                let of = target(first(named), asked.queue_name, contact)?;
                SessionAct::Ask { help: Help::Consult, of }
            }
            Self::Invite(asked) => {
                let named = [asked.target_uri, asked.target_path, asked.user_uri];
                SessionAct::Ask { help: Help::Invite, of: target(first(named), asked.queue_name, contact)? }
            }
            Self::RemoveParticipantFromConference(asked) => {
                match target(first([asked.target_uri, asked.target_path, None]), None, contact)? {
                    HandoverTarget::Agent(user) => SessionAct::Remove(user),
                    HandoverTarget::Queue(_) => {
                        return Err(invalid("'targetUri' is not the address of a user"));
                    }
                }
            }
            Self::SendToAgents(asked) => SessionAct::SayToAgents(asked.text),
            Self::SendStartTypingToAgentsNotification(_) => SessionAct::TypeToAgents { on: true },
            Self::SendStopTypingToAgentsNotification(_) => SessionAct::TypeToAgents { on: false },
            Self::SendCustomNoticeToAgents(asked) => SessionAct::NoticeToAgents(asked.notice_text),
            Self::SwitchToMonitor(_) => SessionAct::Follow(Monitoring::ListenIn),
            Self::SwitchToCoach(_) => SessionAct::Follow(Monitoring::Coach),
            Self::SwitchToBargeIn(_) => SessionAct::Follow(Monitoring::BargeIn),
            Self::SetDisposition(asked) => {
                SessionAct::SetDisposition { value: asked.disposition, key: asked.disposition_key }
            }
            Self::AttachUserData(asked) => SessionAct::AttachUserData(asked.user_data.0),
            Self::UpdateUserData(asked) => SessionAct::UpdateUserData(asked.user_data.0),
            Self::DeleteUserData(asked) => SessionAct::DeleteUserData(asked.keys.0),
            Self::SetInFocus(asked) => SessionAct::SetInFocus(is_set(asked.in_focus, true)),
            Self::SetComment(asked) => SessionAct::Comment(asked.comment),
            Self::ResendMessage(asked) => {
                let index = u32::try_from(asked.index.0);
                SessionAct::Resend { index: index.map_err(|_| invalid("'index' is too large"))? }
            }
        })
    }
}

fn invalid(why: &str) -> Refusal {
    Refusal::Invalid(why.to_owned())
}

/// The last message; `messageType` and `treatAs` only mean something beside it (spec: digital-channels#2.10).
fn last_words(
    text: Option<String>,
    message_type: Option<String>,
    treat_as: Option<TreatAs>,
) -> Result<Option<ClosingMessage>, Refusal> {
    match text {
        Some(text) => Ok(Some(ClosingMessage { text, message_type })),
        None if message_type.is_some() || treat_as.is_some() => {
            Err(invalid("'messageType' and 'treatAs' need 'text'"))
        }
        None => Ok(None),
    }
}

/// A queue by its name, or else by its address.
pub(super) fn queue(name: Option<String>, address: Option<String>) -> Result<QueueName, Refusal> {
    match (name, address) {
        (Some(name), _) => Ok(name.as_str().into()),
        (None, None) => Err(Refusal::Missing("queueName")),
        (None, Some(address)) => match last_parts(&address) {
            (name, "queues") if !name.is_empty() => Ok(unescape(name).as_str().into()),
            _ => Err(invalid("'queueUri' is not the address of a queue")),
        },
    }
}

/// The first way that names somebody.
pub(super) fn first(named: [Option<String>; 3]) -> Option<String> {
    named.into_iter().flatten().next()
}

/// Whom an address names, or else a queue by its name. `contact` answers what an entry of the directory is, by its id.
pub(super) fn target(
    address: Option<String>,
    queue: Option<String>,
    contact: &dyn Fn(&str) -> HandoverTarget,
) -> Result<HandoverTarget, Refusal> {
    let Some(address) = address else {
        let queue = queue.ok_or(Refusal::Missing("targetUri"))?;
        return Ok(HandoverTarget::Queue(queue.as_str().into()));
    };
    match last_parts(&address) {
        ("", _) => Err(invalid("'targetUri' names nobody")),
        (id, "users") => Ok(HandoverTarget::Agent(UserId::from(id))),
        (id, "contacts") => Ok(contact(&unescape(id))),
        (name, "queues") => Ok(HandoverTarget::Queue(unescape(name).as_str().into())),
        _ => Err(invalid("'targetUri' is neither the address of a user nor of a queue")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{body::Body, request::table::Requests};
    use serde_json::{Value, json};

    fn act(body: &Value) -> Result<SessionAct, Refusal> {
        let body = Body::parse(body.to_string().as_bytes()).expect("a body");
        SessionRequest::read(&body)?.act(&|id| HandoverTarget::Agent(id.into()))
    }

    #[test]
    fn every_operation_of_a_conversation_has_one_row_that_asks_for_it() {
        for operation in SessionOperation::ALL {
            let name = SessionRequest::name_of(operation);
            let rows = SessionRequest::rows();
            let rows: Vec<_> = rows.iter().filter(|row| row.names.contains(&name)).collect();
            let [row] = rows[..] else { panic!("{name} stands in {} rows", rows.len()) };
            assert_eq!(act(&row.example).map(|act| act.operation()), Ok(operation), "{name}");
        }
    }

    #[test]
    fn a_last_message_is_a_text_and_what_is_said_of_it_needs_one() {
        for operation in ["Leave", "Complete", "LeaveAndComplete", "Transfer"] {
            let asked = |mut more: Value| {
                more["operationName"] = operation.into();
                more["queueName"] = "Sales".into();
                act(&more).map_err(|refusal| refusal.to_string())
            };
            assert!(asked(json!({"text": "Bye", "messageType": "x", "treatAs": "Normal"})).is_ok());
            for lonely in [json!({"messageType": "x"}), json!({"treatAs": "Normal"})] {
                assert_eq!(
                    asked(lonely),
                    Err("'messageType' and 'treatAs' need 'text'".into()),
                    "{operation}"
                );
            }
        }
    }

    #[test]
    fn a_transfer_goes_to_the_first_that_is_named() {
        let to = |mut body: Value| {
            body["operationName"] = "Transfer".into();
            match act(&body) {
                Ok(SessionAct::Transfer { to, .. }) => Ok(to),
                Ok(other) => panic!("{other:?}"),
                Err(refusal) => Err(refusal.to_string()),
            }
        };
        let uri = "http://localhost/api/v2/users/u1?x";
        assert_eq!(to(json!({"targetUri": uri, "queueName": "Q"})), Ok(HandoverTarget::Agent("u1".into())));
        assert_eq!(
            to(json!({"targetPath": "/queues/Sales%3A%20n"})),
            Ok(HandoverTarget::Queue("Sales: n".into()))
        );
        assert_eq!(to(json!({"queueName": "Q"})), Ok(HandoverTarget::Queue("Q".into())));
        assert_eq!(to(json!({})), Err("Required parameter 'targetUri' is missing".into()));
        assert_eq!(to(json!({"targetUri": "/"})), Err("'targetUri' names nobody".into()));
    }
}
