//! A participant on the wire, in a resource or as the author of a message (spec: digital-channels#2.4).

use crate::links::Links;
use domain::{
    UserId,
    message::{Author, ParticipantId, PartyKind, Visibility},
    session::{AgentParty, Customer},
};
use serde::Serialize;

/// A participant.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Participant<'s> {
    id: &'s ParticipantId,
    /// The same id under its older name.
    #[serde(rename = "participantId")]
    joining: &'s ParticipantId,
    r#type: &'static str,
    nickname: &'s str,
    visibility: &'static str,
    /// Clients recognise themselves by it, so every agent has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    uri: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<String>,
}

impl<'s> Participant<'s> {
    /// The customer of a conversation.
    pub fn of_customer(customer: &'s Customer) -> Self {
        Self {
            id: &customer.participant,
            joining: &customer.participant,
            r#type: kind_name(PartyKind::Customer),
            nickname: &customer.nickname,
            visibility: visibility_name(Visibility::All),
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
            r#type: kind_name(PartyKind::Agent),
            nickname: &party.nickname,
            visibility: visibility_name(party.visibility),
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
            r#type: kind_name(author.kind),
            nickname: &author.nickname,
            visibility: visibility_name(author.visibility),
            uri: path.as_ref().map(|path| links.uri(path)),
            path,
        }
    }
}

fn user_path(user: &UserId) -> String {
    format!("/users/{user}")
}

const fn kind_name(kind: PartyKind) -> &'static str {
    match kind {
        PartyKind::Customer => "Customer",
        PartyKind::Agent => "Agent",
        PartyKind::External => "External",
    }
}

/// The word for who sees something.
pub const fn visibility_name(visibility: Visibility) -> &'static str {
    match visibility {
        Visibility::All => "All",
        Visibility::Agents => "Agents",
        Visibility::Supervisors => "Supervisors",
    }
}
