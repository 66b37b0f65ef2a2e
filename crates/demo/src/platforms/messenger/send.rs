//! `POST /{version}/{page}/messages`: the server talks for the page (spec: channel-connectors#2.5).

use super::{
    envelope::envelope,
    send_request::{self, SendRequest, SentMessage},
    simulated_fault::SimulatedFault,
    trouble::MessengerError,
    usage::with_usage,
    window,
};
use crate::platforms::{
    Platforms,
    hung_up::hung_up,
    log::{LogEntry, Platform, TrafficKind},
    signature::Signing,
    state::Arrival,
    webhook::{Webhook, WebhookContent},
};
use axum::{
    Json,
    body::Bytes,
    extract::{Path, RawQuery, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use domain::Millis;
use serde_json::{Value, json};
use std::{sync::Arc, time::Duration};
use tokio::sync::oneshot;

/// How long an answer waits for its echo when the echo should come first.
const ECHO: Duration = Duration::from_secs(2);

/// `POST /simulators/graph/{version}/{page}/messages`
pub(in crate::platforms) async fn send(
    State(platforms): State<Arc<Platforms>>,
    Path((version, page)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let proof = body["appsecret_proof"].as_str();
    let mut used = platforms.page.allowance.take(platforms.clock.now());
    let taken = platforms
        .admit(&version, &headers, query.as_deref(), proof)
        .and_then(|()| platforms.check_letter(&page, used, &body));
    let to = send_request::recipient(&body).unwrap_or_default();
    let mid = format!("m_{}", platforms.ids.secret());
    let answer = match taken {
        Err(trouble) => SendAnswer::Refused(trouble),
        Ok((SendRequest::Action(_), _)) => SendAnswer::Fine(json!({ "recipient_id": to })),
        Ok((SendRequest::Message(message), trick)) => {
            if let Some(SimulatedFault::Usage(percent)) = trick {
                used = percent;
            }
            platforms.take(to, &mid, &message, trick).await
        }
    };
    platforms.note_call(&body, to, &mid, &answer);
    with_usage(answer.into_response(&platforms.ids.guid()), &platforms.settings.messenger.page, used)
}

/// The answer to a call.
enum SendAnswer {
    Fine(Value),
    Refused(MessengerError),
    Broken,
    HungUp,
}

impl SendAnswer {
    fn row(&self) -> (StatusCode, u32) {
        match self {
            Self::Fine(_) => (StatusCode::OK, 0),
            Self::Refused(trouble) => (trouble.status, trouble.code),
            Self::Broken => (StatusCode::INTERNAL_SERVER_ERROR, 0),
            // Nginx's number for it.
            Self::HungUp => (StatusCode::from_u16(444).unwrap_or_default(), 0),
        }
    }

    fn into_response(self, trace: &str) -> Response {
        match self {
            Self::Fine(body) => Json(body).into_response(),
            Self::Refused(trouble) => trouble.answer(trace),
            Self::Broken => (StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error").into_response(),
            Self::HungUp => hung_up(),
        }
    }
}

impl Platforms {
    fn check_letter(
        &self,
        page: &str,
        used: u32,
        body: &Value,
    ) -> Result<(SendRequest, Option<SimulatedFault>), MessengerError> {
        let settings = &self.settings.messenger;
        if page != "me" && page != settings.page {
            return Err(MessengerError::NO_OBJECT);
        }
        if used > 100 {
            return Err(MessengerError::RATE);
        }
        let letter = send_request::read(body)?;
        let to = send_request::recipient(body).unwrap_or_default();
        let last_action = self.page.last_action(to)?;
        let SendRequest::Message(message) = &letter else { return Ok((letter, None)) };
        window::is_open(last_action, self.clock.now(), message.tag.as_deref(), settings.human_agent)?;
        let trick = SimulatedFault::of(to, &message.text);
        match trick {
            Some(SimulatedFault::Refuse(trouble)) => Err(trouble),
            Some(SimulatedFault::RefuseOnce(trouble)) if self.is_first(to, message) => Err(trouble),
            _ => Ok((letter, trick)),
        }
    }

    fn is_first(&self, to: &str, message: &SentMessage) -> bool {
        self.page.refused.is_first(&format!("{to} {}", message.text))
    }

    /// Takes a message over: to the person, and back to the sender as echo and delivery.
    async fn take(
        &self,
        to: &str,
        mid: &str,
        message: &SentMessage,
        trick: Option<SimulatedFault>,
    ) -> SendAnswer {
        if trick == Some(SimulatedFault::BrokenOnce) && self.is_first(to, message) {
            return SendAnswer::Broken;
        }
        self.arrived(Arrival {
            platform: Platform::Messenger,
            person: to.to_owned(),
            quick_reply: message.quick_replies.first().cloned(),
        });
        let now = self.clock.now();
        let settings = &self.settings.messenger;
        self.report_delivery(to, mid, now);
        let echo_first = match trick {
            None => self.happens(settings.echo_first),
            Some(trick) => trick == SimulatedFault::EchoFirst,
        };
        if echo_first {
            let (until_done, done) = oneshot::channel();
            self.echo(to, mid, message, now, Duration::ZERO, Some(until_done));
            // Whether it was taken, given up or takes too long: the answer comes then.
            let _ = tokio::time::timeout(ECHO, done).await;
        } else {
            self.echo(to, mid, message, now, self.moment(&settings.echo_after), None);
        }
        match trick {
            Some(SimulatedFault::SentYet(trouble)) => SendAnswer::Refused(trouble),
            Some(SimulatedFault::BrokenYetSent) => SendAnswer::Broken,
            Some(SimulatedFault::HungUp) => SendAnswer::HungUp,
            _ => SendAnswer::Fine(json!({ "recipient_id": to, "message_id": mid })),
        }
    }

    fn echo(
        &self,
        to: &str,
        mid: &str,
        message: &SentMessage,
        now: Millis,
        after: Duration,
        until_done: Option<oneshot::Sender<std::convert::Infallible>>,
    ) {
        let settings = &self.settings.messenger;
        let mut echo = json!({ "mid": mid, "is_echo": true, "app_id": settings.app_id });
        match &message.attachment {
            Some(attachment) => echo["attachments"] = json!([attachment]),
            None => echo["text"] = message.text.clone().into(),
        }
        if let Some(metadata) = &message.metadata {
            echo["metadata"] = metadata.clone().into();
        }
        if let Some(replied) = &message.reply_to {
            echo["reply_to"] = json!({ "mid": replied });
        }
        let event = json!({
            "sender": { "id": settings.page },
            "recipient": { "id": to },
            "timestamp": now,
            "message": echo,
        });
        self.post(Webhook {
            platform: Platform::Messenger,
            kind: "echo".into(),
            person: to.into(),
            id: mid.into(),
            text: message.text.clone(),
            content: WebhookContent::Json(envelope(&settings.page, now, &[event], false)),
            after,
            copies: None,
            signing: Signing::Good,
            until_done,
        });
    }

    fn report_delivery(&self, to: &str, mid: &str, now: Millis) {
        let settings = &self.settings.messenger;
        let mut delivery = json!({ "watermark": now });
        if !self.happens(settings.without_mids) {
            delivery["mids"] = json!([mid]);
        }
        let event = json!({
            "sender": { "id": to },
            "recipient": { "id": settings.page },
            "timestamp": now,
            "delivery": delivery,
        });
        self.post(Webhook {
            platform: Platform::Messenger,
            kind: "delivered".into(),
            person: to.into(),
            id: mid.into(),
            text: String::new(),
            content: WebhookContent::Json(envelope(&settings.page, now, &[event], false)),
            after: self.moment(&settings.delivered_after),
            copies: None,
            signing: Signing::Good,
            until_done: None,
        });
    }

    fn note_call(&self, body: &Value, to: &str, mid: &str, answer: &SendAnswer) {
        let (status, code) = answer.row();
        let has_id = matches!(answer, SendAnswer::Fine(body) if body.get("message_id").is_some());
        self.log.note(LogEntry {
            at: self.clock.now(),
            platform: Platform::Messenger,
            way: TrafficKind::Call,
            kind: body["sender_action"].as_str().unwrap_or("message").into(),
            person: to.into(),
            id: if has_id { mid.into() } else { String::new() },
            text: body["message"]["text"].as_str().unwrap_or_default().into(),
            status: status.as_u16(),
            code,
            attempt: 1,
        });
    }
}
