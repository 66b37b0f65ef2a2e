//! The resource of a call, as one agent sees it (spec: core-and-voice#5.1, #5.2).

use super::words::{CallCapability, CallState, CallType, DispositionUntil, OnOff, disposition_until};
use crate::{links::Links, shown::Participants, time::timestamp};
use domain::{
    Millis,
    call::{Call, CallKind, Party, PartyOrigin, PartyState, capabilities},
    disposition::LateUntil,
    interaction::Interaction,
    user::Device,
    watch::Monitoring,
};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// The topic of a user's calls.
pub const CALLS_TOPIC: &str = "/v2/me/calls";

/// A call as the party of one user sees it.
#[derive(Clone, Copy, Debug)]
pub struct CallView<'c> {
    /// The call.
    pub call: &'c Call,
    /// The user's part.
    pub party: &'c Party,
    /// The user's phone, as it is provisioned.
    pub device: Option<&'c Device>,
    /// When the user looks.
    pub at: Millis,
}

/// A call, as one agent sees it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Call)]
pub struct CallResource<'c> {
    /// The call's id.
    id: &'c str,
    /// Where the agent stands in it.
    state: CallState,
    /// The UUID of the call: 32 letters and digits.
    call_uuid: &'c str,
    /// The connection id: 16 hexadecimal digits.
    conn_id: &'c str,
    /// The address of the agent's phone.
    #[serde(skip_serializing_if = "Option::is_none")]
    device_uri: Option<String>,
    /// The other parties: objects, or numbers where the server is set to the form of 8.5.0.
    #[schema(value_type = Vec<CallParticipant<'static>>)]
    participants: Others<'c>,
    /// The other parties as objects, where `participants` holds numbers.
    #[serde(skip_serializing_if = "Option::is_none")]
    participants_info: Option<Vec<CallParticipant<'c>>>,
    /// The number that calls; only of a call that came in.
    #[serde(skip_serializing_if = "Option::is_none")]
    ani: Option<&'c str>,
    /// The number that was dialled.
    dnis: &'c str,
    /// Where it comes from and goes to.
    call_type: CallType,
    /// The operations that are open now. `SetCallDisposition` is always open, and not among them.
    capabilities: Vec<CallCapability>,
    /// The attached data, free in its keys and values; absent while there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Map<String, Value>>)]
    user_data: Option<&'c Map<String, Value>>,
    /// How long it lasts, in seconds, as a text.
    duration: String,
    /// Whether the agent is kept from being heard.
    mute: OnOff,
    /// Whether a supervisor follows the agent in the call; false where the centre hides that.
    supervisor_listening_in: bool,
    /// Whether a supervisor keeps what the agent says from the others; of a supervisor, whether they do.
    monitored_user_muted: bool,
    /// Whether the agent is in it to follow somebody else.
    monitoring: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = disposition_until)]
    disposition_until: Option<DispositionUntil>,
    /// The address of the call beside which the agent asks, on their part in a consultation.
    #[serde(skip_serializing_if = "Option::is_none")]
    parent_call_uri: Option<String>,
    /// Its path, without `/me`.
    #[serde(skip_serializing_if = "Option::is_none")]
    parent_call_path: Option<String>,
    /// Its address.
    uri: String,
    /// Its path, without `/me`.
    path: String,
}

/// The other parties, in one of two forms.
#[derive(Serialize)]
#[serde(untagged)]
enum Others<'c> {
    Objects(Vec<CallParticipant<'c>>),
    Numbers(Vec<&'c str>),
}

/// Another party of a call.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CallParticipant<'c> {
    /// The number with its country code; empty when it has none.
    e164_number: &'c str,
    /// The number as people read it.
    formatted_phone_number: &'c str,
    /// The number; absent in the form of 8.5.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    phone_number: Option<&'c str>,
    /// The number as it is dialled.
    digits: &'c str,
}

/// A call as somebody who looks after its agent sees it: that it is there, and its kind.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CallInBrief)]
pub struct CallBrief {
    /// The call's id.
    id: String,
    /// Where the agent stands in it.
    state: CallState,
    /// Where it comes from and goes to.
    call_type: CallType,
    /// The attached data, free in its keys and values.
    #[schema(value_type = Map<String, Value>)]
    user_data: Map<String, Value>,
    /// When the agent's part began: `2026-02-03 10:11:12.345+0100`.
    received_date: String,
    /// Always empty: it is somebody else's.
    capabilities: Vec<CallCapability>,
}

/// The resource; `until` says how long a released one takes a disposition.
pub fn call_resource<'c>(
    links: &Links,
    form: Participants,
    view: &CallView<'c>,
    until: Option<LateUntil>,
) -> CallResource<'c> {
    let CallView { call, party, device, at } = *view;
    let (line, shown, path) = (call.line(party), call.shown(party), call_path(call, party));
    let since = party.established_at.unwrap_or(party.began_at);
    let pairs = call.user_data().pairs();
    let open = capabilities(call, party);
    let parent = parent_path(call, party);
    let (participants, participants_info) = others(view, form);
    CallResource {
        id: shown.uuid.as_str(),
        state: CallState(party.state),
        call_uuid: shown.uuid.as_str(),
        conn_id: shown.conn_id.as_str(),
        device_uri: device.map(|device| links.uri(&device_path(device))),
        participants,
        participants_info,
        ani: (line.kind == CallKind::Inbound).then_some(call.from_of(line).number.as_str()),
        dnis: shown.dialled.as_str(),
        call_type: CallType(line.kind),
        capabilities: open.into_iter().map(CallCapability).collect(),
        user_data: (!pairs.is_empty()).then_some(pairs),
        duration: ((party.released_at.unwrap_or(at) - since).max(0) / 1_000).to_string(),
        mute: is_muted(party).into(),
        supervisor_listening_in: is_listened_to(call, party),
        monitored_user_muted: is_silenced(call, party),
        monitoring: party.watch.is_some(),
        disposition_until: until.map(Into::into),
        parent_call_uri: parent.as_ref().map(|path| links.uri(&format!("/me{path}"))),
        parent_call_path: parent,
        uri: links.uri(&format!("/me{path}")),
        path,
    }
}

/// Whether a party is shown as one that others do not hear: one who only listens is (spec: core-and-voice#5.7).
pub fn is_muted(party: &Party) -> bool {
    party.muted || party.watch.is_some_and(|watch| watch.monitoring == Monitoring::ListenIn)
}

/// Whether a party is shown that somebody follows it.
pub fn is_listened_to(call: &Call, party: &Party) -> bool {
    call.followers(party).any(|other| other.has_answered() && other.watch.is_some_and(|watch| !watch.hidden))
}

/// Whether a party is shown that whom it follows is kept from the others, or that it is itself. Who hides from somebody does
/// not show by this either.
pub fn is_silenced(call: &Call, party: &Party) -> bool {
    let shows = |other: &Party| other.watch.is_some_and(|watch| !watch.hidden);
    followed(call, party).silenced && (party.watch.is_some() || call.followers(party).any(shows))
}

/// Whom a party follows, if it does; else itself.
fn followed<'c>(call: &'c Call, party: &'c Party) -> &'c Party {
    party.watch.and_then(|watch| call.on(watch.target)).unwrap_or(party)
}

/// A call in brief.
pub fn call_in_brief(call: &Call, party: &Party) -> CallBrief {
    let line = call.line(party);
    CallBrief {
        id: call.uuid(party).as_str().to_owned(),
        state: CallState(party.state),
        call_type: CallType(line.kind),
        user_data: call.user_data().pairs().clone(),
        received_date: timestamp(party.began_at),
        capabilities: Vec::new(),
    }
}

/// The path of a part, without `/me`.
pub fn call_path(call: &Call, party: &Party) -> String {
    format!("/calls/{}", call.uuid(party))
}

/// The path of the call beside which a party asks.
fn parent_path(call: &Call, party: &Party) -> Option<String> {
    let asks = call.line(party).by.filter(|_| party.origin == PartyOrigin::Consult)?;
    call.on(asks).map(|main| call_path(call, main))
}

/// The path of a phone.
pub fn device_path(device: &Device) -> String {
    format!("/devices/{}", device.id)
}

/// The numbers that a party's resource lists: everyone else on the party's line. A part that is over lists those who
/// were left last, so that what ends still tells with whom it was. A party that is alone lists the number that it
/// called, or that called it.
pub fn numbers<'c>(call: &'c Call, party: &'c Party) -> Vec<&'c str> {
    let live = party.is_live().then(|| call.others(party)).into_iter().flatten();
    let mut found: Vec<&str> = live.map(|other| other.dn.as_str()).collect();
    if found.is_empty() && party.state == PartyState::Released {
        found = left_last(call, party).map(|other| other.dn.as_str()).collect();
    }
    if found.is_empty() {
        found.push(match party.origin {
            PartyOrigin::Caller | PartyOrigin::Dial | PartyOrigin::Consult => {
                call.line(party).dialled.as_str()
            }
            PartyOrigin::Called | PartyOrigin::Queue => call.from_of(call.line(party)).number.as_str(),
            PartyOrigin::Watch => followed(call, party).dn.as_str(),
        });
    }
    found
}

/// Those who were on the line of a party until the end of its part, but for who handed the others
/// to it or took them from it.
fn left_last<'c>(call: &'c Call, party: &'c Party) -> impl Iterator<Item = &'c Party> {
    let end = party.released_at.unwrap_or(Millis::MAX);
    call.parties.iter().filter(move |other| {
        other.line == party.line
            && other.leg != party.leg
            && !other.only_watches()
            && other.handover.is_none_or(|handover| handover.from != party.leg)
            && party.handover.is_none_or(|handover| handover.from != other.leg)
            && other.began_at <= end
            && other.released_at.is_none_or(|released| released >= end)
    })
}

fn others<'c>(view: &CallView<'c>, form: Participants) -> (Others<'c>, Option<Vec<CallParticipant<'c>>>) {
    let numbers = numbers(view.call, view.party);
    let objects = numbers.iter().map(|number| CallParticipant {
        e164_number: if is_e164(number) { number } else { "" },
        formatted_phone_number: number,
        phone_number: (form == Participants::Objects).then_some(*number),
        digits: number,
    });
    let objects = objects.collect();
    match form {
        Participants::Objects => (Others::Objects(objects), None),
        Participants::Legacy => (Others::Numbers(numbers), Some(objects)),
    }
}

/// Whether a number has its country code (spec: core-and-voice#5.2).
fn is_e164(number: &str) -> bool {
    let digits = number.strip_prefix('+').unwrap_or_default();
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}
