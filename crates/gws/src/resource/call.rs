//! The resource of a call, as one agent sees it (spec: core-and-voice#5.1, #5.2).

use crate::{links::Links, request::CallRequest, shown::Participants, time::timestamp};
use domain::{
    Millis,
    call::{Call, Kind, Origin, Party, PartyState, capabilities},
    disposition::LateUntil,
    user::Device,
};
use serde::Serialize;
use serde_json::{Map, Value, json};

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

/// The resource.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Resource<'c> {
    id: &'c str,
    state: &'static str,
    call_uuid: &'c str,
    conn_id: &'c str,
    #[serde(skip_serializing_if = "Option::is_none")]
    device_uri: Option<String>,
    #[serde(flatten)]
    others: Others<'c>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ani: Option<&'c str>,
    dnis: &'c str,
    call_type: &'static str,
    capabilities: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_data: Option<&'c Map<String, Value>>,
    /// Seconds, as a text.
    duration: String,
    mute: &'static str,
    supervisor_listening_in: bool,
    monitored_user_muted: bool,
    monitoring: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    disposition_until: Option<Value>,
    uri: String,
    path: String,
}

/// The other parties, in one of two forms.
#[derive(Serialize)]
#[serde(untagged)]
enum Others<'c> {
    Objects {
        participants: Vec<Participant<'c>>,
    },
    #[serde(rename_all = "camelCase")]
    Legacy {
        participants: Vec<&'c str>,
        participants_info: Vec<Participant<'c>>,
    },
}

/// Another party.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Participant<'c> {
    e164_number: &'c str,
    formatted_phone_number: &'c str,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone_number: Option<&'c str>,
    digits: &'c str,
}

/// The resource; `until` says how long a released one takes a disposition.
pub fn call_resource(
    links: &Links,
    form: Participants,
    view: &CallView<'_>,
    until: Option<LateUntil>,
) -> Value {
    let CallView { call, party, device, at } = *view;
    let (line, path) = (call.line(party), call_path(call));
    let since = party.established_at.unwrap_or(party.began_at);
    let pairs = line.user_data.pairs();
    let open = party.user().map(|user| capabilities(call, user)).unwrap_or_default();
    let resource = Resource {
        id: call.id.as_str(),
        state: party.state.as_str(),
        call_uuid: line.uuid.as_str(),
        conn_id: line.conn_id.as_str(),
        device_uri: device.map(|device| links.uri(&device_path(device))),
        others: others(view, form),
        ani: (line.kind == Kind::Inbound).then_some(call.from.number.as_str()),
        dnis: line.dialled.as_str(),
        call_type: line.kind.as_str(),
        capabilities: open.into_iter().map(CallRequest::name_of).collect(),
        user_data: (!pairs.is_empty()).then_some(pairs),
        duration: ((party.released_at.unwrap_or(at) - since).max(0) / 1_000).to_string(),
        mute: if party.muted { "On" } else { "Off" },
        supervisor_listening_in: false,
        monitored_user_muted: false,
        monitoring: false,
        disposition_until: until.map(|until| match until {
            LateUntil::Moment(at) => timestamp(at).into(),
            LateUntil::KeptByRecency => Value::Null,
        }),
        uri: links.uri(&format!("/me{path}")),
        path,
    };
    serde_json::to_value(resource).unwrap_or_default()
}

/// A call as somebody who looks after its agent sees it: that it is there, and its kind.
pub fn call_in_brief(call: &Call, party: &Party) -> Value {
    let line = call.line(party);
    json!({
        "id": call.id,
        "state": party.state.as_str(),
        "callType": line.kind.as_str(),
        "userData": line.user_data.pairs(),
        "receivedDate": timestamp(party.began_at),
        "capabilities": [],
    })
}

/// Its path, without `/me`.
pub fn call_path(call: &Call) -> String {
    format!("/calls/{}", call.id)
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
            Origin::Caller | Origin::Dial => call.line(party).dialled.as_str(),
            Origin::Called | Origin::Queue => call.from.number.as_str(),
        });
    }
    found
}

/// Those who were on the line of a party until the end of its part.
fn left_last<'c>(call: &'c Call, party: &'c Party) -> impl Iterator<Item = &'c Party> {
    let end = party.released_at.unwrap_or(Millis::MAX);
    call.parties.iter().filter(move |other| {
        other.line == party.line
            && other.leg != party.leg
            && other.began_at <= end
            && other.released_at.is_none_or(|released| released >= end)
    })
}

fn others<'c>(view: &CallView<'c>, form: Participants) -> Others<'c> {
    let numbers = numbers(view.call, view.party);
    let objects = numbers.iter().map(|number| Participant {
        e164_number: if is_e164(number) { number } else { "" },
        formatted_phone_number: number,
        phone_number: (form == Participants::Objects).then_some(*number),
        digits: number,
    });
    match form {
        Participants::Objects => Others::Objects { participants: objects.collect() },
        Participants::Legacy => {
            Others::Legacy { participants_info: objects.collect(), participants: numbers.clone() }
        }
    }
}

/// Whether a number has its country code (spec: core-and-voice#5.2).
fn is_e164(number: &str) -> bool {
    let digits = number.strip_prefix('+').unwrap_or_default();
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}
