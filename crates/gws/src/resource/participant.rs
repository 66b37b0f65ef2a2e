//! A participant on the wire, in a resource or as the author of a message (spec: digital-channels#2.4).

use super::words::{ParticipantType, Visibility};
use crate::links::Links;
use domain::{
    UserId,
    message::{self, Author, PartyKind},
    session::{AgentParty, Customer},
};
use serde::Serialize;
use utoipa::ToSchema;

/// Somebody who takes part in a conversation.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Participant<'s> {
    /// The id in this conversation.
    #[schema(value_type = String)]
    id: &'s message::ParticipantId,
    /// The same id under its older name.
    #[serde(rename = "participantId")]
    #[schema(value_type = String)]
    joining: &'s message::ParticipantId,
    /// What kind of party it is.
    r#type: ParticipantType,
    /// The name that the others read.
    nickname: &'s str,
    /// Who sees that they are there.
    visibility: Visibility,
    /// The address of the user. Clients recognise themselves by it, so every agent has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    uri: Option<String>,
    /// The path of the user.
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<String>,
}

impl<'s> Participant<'s> {
    /// The customer of a conversation.
    pub fn of_customer(customer: &'s Customer) -> Self {
        Self {
            id: &customer.participant,
            joining: &customer.participant,
            r#type: ParticipantType(PartyKind::Customer),
            nickname: &customer.nickname,
            visibility: Visibility(message::Visibility::All),
            uri: None,
            path: None,
        }
    }

    /// An agent of a conversation.
    pub fn of_agent(links: &Links, party: &'s AgentParty) -> Self {
        let path = user_path(&party.user);
        Self {
            id: &party.participant,
            joining: &party.participant,
            r#type: ParticipantType(PartyKind::Agent),
            nickname: &party.nickname,
            visibility: Visibility(party.visibility),
            uri: Some(links.uri(&path)),
            path: Some(path),
        }
    }

    /// The author of a message, as they were then.
    pub fn of_author(links: &Links, author: &'s Author) -> Self {
        let path = author.user.as_ref().map(user_path);
        Self {
            id: &author.participant,
            joining: &author.participant,
            r#type: ParticipantType(author.kind),
            nickname: &author.nickname,
            visibility: Visibility(author.visibility),
            uri: path.as_ref().map(|path| links.uri(path)),
            path,
        }
    }
}

fn user_path(user: &UserId) -> String {
    format!("/users/{user}")
}
