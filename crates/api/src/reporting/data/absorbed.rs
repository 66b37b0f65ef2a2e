//! An interaction that another has absorbed.

use super::{row::CallConversation, words};
use domain::{UserData, UserId, call::Call};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

/// An agent brought one of its calls together with a call of a newer interaction, which is part of it from now on.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Absorbed<'a> {
    #[serde(flatten)]
    of: CallConversation<'a>,
    /// The id of the newer one.
    #[serde(rename = "absorbed")]
    newer: &'a str,
    /// Everybody who ever was in that one.
    parties: Vec<AbsorbedParty<'a>>,
    /// Pairs of its user data that are this one's, too, from now on.
    user_data: &'a Map<String, Value>,
}

/// Somebody who comes with another interaction.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct AbsorbedParty<'a> {
    /// Their leg from now on.
    leg: u16,
    /// Their leg in the other.
    was: u16,
    /// The user's name; null when it is no user.
    agent: Option<&'a str>,
    /// The user's id; null when it is no user.
    agent_id: Option<&'a str>,
    /// Their number; empty when it is withheld.
    this_dn: &'a str,
    /// The UUID of their call, which they keep.
    call_uuid: &'a str,
    /// Where they are.
    #[serde(with = "words::CallState")]
    state: domain::call::PartyState,
}

impl<'a> Absorbed<'a> {
    /// Of the older, that absorbed this call; the first that came with it has the number `first` from now on.
    pub fn of(of: CallConversation<'a>, call: &'a Call, first: u16, user_data: &'a UserData) -> Self {
        let parties = absorbed_parties(call, first);
        Self { of, newer: call.id.as_str(), parties, user_data: user_data.pairs() }
    }
}

/// Everybody who comes with another interaction; the first has this number from now on.
fn absorbed_parties(call: &Call, first: u16) -> Vec<AbsorbedParty<'_>> {
    let parties = call.parties.iter().map(|party| AbsorbedParty {
        leg: party.leg.saturating_add(first.saturating_sub(1)),
        was: party.leg,
        agent: party.user_name(),
        agent_id: party.user().map(UserId::as_str),
        this_dn: party.dn.as_str(),
        call_uuid: call.uuid(party).as_str(),
        state: party.state,
    });
    parties.collect()
}
