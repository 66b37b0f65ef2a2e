//! Notifications of a call (spec: core-and-voice#3.5, #5.5).

use crate::{
    links::Links,
    resource::{CallResource, CallView, call_path, call_resource, device_path},
    shown::Participants,
};
use domain::{
    QueueName,
    call::{CallKind, Overflowing},
    notice::Wording,
};
use serde::Serialize;
use utoipa::ToSchema;

/// What has changed about a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub enum CallChange {
    /// The state of the part, or whether it is muted.
    #[serde(rename = "StatusChange")]
    Status,
    /// The other parties.
    #[serde(rename = "ParticipantsUpdated")]
    Participants,
    /// The attached data.
    #[serde(rename = "AttachedDataChanged")]
    Data,
    /// Whether a supervisor keeps what an agent says from the others.
    #[serde(rename = "MonitoredUserMutedStateChange")]
    Silenced,
}

/// A call of the agent has begun, has changed, or has ended.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CallStateChangeMessage<'c> {
    message_type: &'static str,
    /// What has changed.
    notification_type: CallChange,
    /// The call as the agent sees it now.
    call: CallResource<'c>,
    /// The number of the phone on which the agent has it.
    phone_number: &'c str,
    /// What is repeated of the telephony event; absent when only the attached data changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    extensions: Option<CallExtensions<'c>>,
}

/// What a notification repeats of the telephony event. The members have the names that the telephony server gives them.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct CallExtensions<'c> {
    /// 1 for a call from outside that came in, otherwise 0.
    #[serde(rename = "BusinessCall")]
    #[schema(maximum = 1)]
    business_call: u8,
    /// Seconds for work after the call that its queue gives; absent when it gives none.
    #[serde(rename = "WrapUpTime", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 1)]
    wrap_up_time: Option<i64>,
    /// The remote location that came with the call.
    #[serde(rename = "OriginationDN_location", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    location: Option<&'c str>,
}

/// A phone refused what an operation on a call asked of it, or the queue that was asked gave nobody.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CallErrorMessage {
    message_type: &'static str,
    /// A sentence. Old clients show it.
    error_message: String,
    /// The SIP status code of the refusal: of a queue 480 when it is closed, 486 when it is full, 408 when nobody of it came.
    error_code: u16,
    /// The address of the call.
    call_uri: String,
    /// Its path, without `/me`.
    call_path: String,
    /// The operation that came to nothing.
    operation_name: &'static str,
    /// The address of the phone, while the agent has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    device_uri: Option<String>,
    /// Its path.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    device_path: Option<String>,
}

impl<'c> CallStateChangeMessage<'c> {
    /// Of a change. `wrap_up` is the time for work after the call that its queue gives, in seconds; 0 is none.
    pub fn new(
        links: &Links,
        form: Participants,
        view: &CallView<'c>,
        change: CallChange,
        wrap_up: i64,
    ) -> Self {
        Self {
            message_type: "CallStateChangeMessage",
            notification_type: change,
            call: call_resource(links, form, view, None),
            phone_number: view.party.dn.as_str(),
            extensions: (change != CallChange::Data).then(|| CallExtensions {
                business_call: (view.call.line(view.party).kind == CallKind::Inbound).into(),
                wrap_up_time: (wrap_up > 0).then_some(wrap_up),
                location: view.call.location.as_deref(),
            }),
        }
    }
}

impl CallErrorMessage {
    /// Of an operation that the phone refused with a SIP status code.
    pub fn new(links: &Links, view: &CallView<'_>, operation: &'static str, code: u16) -> Self {
        let words = Wording::OperationRefused.with(&[("operation", &operation), ("code", &code)]);
        Self::of(links, view, words.text, (operation, code))
    }

    /// Of an operation that asked a queue which gave nobody; the SIP status code is that of a number that does so.
    pub fn no_one_of_queue(
        links: &Links,
        view: &CallView<'_>,
        operation: &'static str,
        queue: &QueueName,
        why: Overflowing,
    ) -> Self {
        let (wording, code) = match why {
            Overflowing::Closed => (Wording::QueueClosed, 480),
            Overflowing::Full => (Wording::QueueFull, 486),
            Overflowing::Late => (Wording::QueueSilent, 408),
        };
        let words = wording.with(&[("operation", &operation), ("queue", queue)]);
        Self::of(links, view, words.text, (operation, code))
    }

    fn of(
        links: &Links,
        view: &CallView<'_>,
        error_message: String,
        (operation, code): (&'static str, u16),
    ) -> Self {
        let call_path = call_path(view.call, view.party);
        let device_path = view.device.map(device_path);
        Self {
            message_type: "ErrorMessage",
            error_message,
            error_code: code,
            call_uri: links.uri(&format!("/me{call_path}")),
            call_path,
            operation_name: operation,
            device_uri: device_path.as_ref().map(|path| links.uri(path)),
            device_path,
        }
    }
}
