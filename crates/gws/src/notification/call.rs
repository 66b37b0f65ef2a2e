//! Notifications of a call (spec: core-and-voice#3.5, #5.5).

use crate::{
    links::Links,
    resource::{CallView, call_path, call_resource, device_path},
    shown::Participants,
};
use domain::{call::CallKind, notice::Wording};
use serde_json::{Map, Value, json};

/// The kind of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallChange {
    /// The state of the part, or whether it is muted.
    Status,
    /// The other parties.
    Participants,
    /// The attached data.
    Data,
}

/// What a notification repeats of the telephony event.
#[derive(Clone, Copy, Debug, Default)]
pub struct Extensions {
    /// The time for work after the call that its queue gives, in seconds; 0 is none.
    pub wrap_up: i64,
}

/// The notification of a change.
pub fn call_message(
    links: &Links,
    form: Participants,
    view: &CallView<'_>,
    change: CallChange,
    extensions: Extensions,
) -> Value {
    let kind = match change {
        CallChange::Status => "StatusChange",
        CallChange::Participants => "ParticipantsUpdated",
        CallChange::Data => "AttachedDataChanged",
    };
    let mut out = json!({
        "messageType": "CallStateChangeMessage",
        "notificationType": kind,
        "call": call_resource(links, form, view, None),
        "phoneNumber": view.party.dn,
    });
    if change != CallChange::Data {
        out["extensions"] = extended(view, extensions).into();
    }
    out
}

fn extended(view: &CallView<'_>, extensions: Extensions) -> Map<String, Value> {
    let business = view.call.line(view.party).kind == CallKind::Inbound;
    let mut out = Map::from_iter([("BusinessCall".to_owned(), i32::from(business).into())]);
    if extensions.wrap_up > 0 {
        out.insert("WrapUpTime".to_owned(), extensions.wrap_up.into());
    }
    if let Some(location) = &view.call.location {
        out.insert("OriginationDN_location".to_owned(), location.as_str().into());
    }
    out
}

/// The notification of an operation that the phone refused. Old clients show `errorMessage`.
pub fn call_error(links: &Links, view: &CallView<'_>, operation: &str, code: u16) -> Value {
    let path = call_path(view.call);
    let mut out = json!({
        "messageType": "ErrorMessage",
        "errorMessage": Wording::OperationRefused.with(&[("operation", &operation), ("code", &code)]).text,
        "errorCode": code,
        "callUri": links.uri(&format!("/me{path}")),
        "callPath": path,
        "operationName": operation,
    });
    if let Some(device) = view.device {
        let path = device_path(device);
        out["deviceUri"] = links.uri(&path).into();
        out["devicePath"] = path.into();
    }
    out
}
