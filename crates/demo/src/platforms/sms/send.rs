//! `POST /2010-04-01/Accounts/{sid}/Messages.json`: the server sends an SMS (spec: channel-connectors#1B.1).

use super::{number::is_number, segments::segments, simulated_outcome::SimulatedOutcome, trouble::SmsError};
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
    extract::{Path, State},
    http::{HeaderMap, StatusCode, Uri, header::AUTHORIZATION},
    response::{IntoResponse, Response},
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use domain::Millis;
use jiff::{Timestamp, tz::TimeZone};
use serde_json::{Value, json};
use std::sync::Arc;

/// The longest text, in characters.
const LONGEST: usize = 1_600;

/// The form of a send, as far as it is read.
#[derive(Default)]
struct SendForm {
    to: String,
    from: String,
    service: Option<String>,
    body: String,
    media: usize,
    callback: Option<String>,
}

/// `POST /simulators/sms/2010-04-01/Accounts/{sid}/Messages.json`
pub(in crate::platforms) async fn send(
    State(platforms): State<Arc<Platforms>>,
    Path(account): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let form = SendForm::read(&body);
    let sid = platforms.sid("SM");
    let taken = platforms.check_sms(&account, &headers, &form);
    let (status, code) = match &taken {
        Ok(_) => (StatusCode::CREATED, 0),
        Err(trouble) => (trouble.row().0, trouble.row().1),
    };
    platforms.log.note(LogEntry {
        at: platforms.clock.now(),
        platform: Platform::Sms,
        way: TrafficKind::Call,
        kind: "message".into(),
        person: form.to.clone(),
        id: if taken.is_ok() { sid.clone() } else { String::new() },
        text: form.body.clone(),
        status: status.as_u16(),
        code,
        attempt: 1,
    });
    match taken {
        Err(trouble) => trouble.into_response(),
        Ok(fate) => {
            platforms.pass_on(&form, &sid, fate);
            if fate == SimulatedOutcome::HungUp {
                return hung_up();
            }
            (status, Json(platforms.accepted(&form, &sid))).into_response()
        }
    }
}

impl SendForm {
    fn read(body: &[u8]) -> Self {
        let mut form = Self::default();
        for (name, value) in form_urlencoded::parse(body) {
            match &*name {
                "To" => form.to = value.into_owned(),
                "From" => form.from = value.into_owned(),
                "MessagingServiceSid" => form.service = Some(value.into_owned()),
                "Body" => form.body = value.into_owned(),
                "MediaUrl" => form.media += 1,
                "StatusCallback" => form.callback = Some(value.into_owned()),
                _ => {}
            }
        }
        form
    }

    fn check(&self, number: &str) -> Result<(), SmsError> {
        if self.to.is_empty() {
            return Err(SmsError::NoTo);
        }
        if !is_number(&self.to) {
            return Err(SmsError::BadTo);
        }
        if self.service.is_none() {
            if self.from.is_empty() {
                return Err(SmsError::NoFrom);
            }
            if self.from != number {
                return Err(SmsError::BadFrom);
            }
        }
        if self.body.is_empty() && self.media == 0 {
            return Err(SmsError::NoBody);
        }
        if self.body.chars().count() > LONGEST {
            return Err(SmsError::TooLong);
        }
        if self.callback.as_deref().is_some_and(|url| !is_address(url)) {
            return Err(SmsError::BadCallback);
        }
        Ok(())
    }
}

impl Platforms {
    fn check_sms(
        &self,
        account: &str,
        headers: &HeaderMap,
        form: &SendForm,
    ) -> Result<SimulatedOutcome, SmsError> {
        let settings = &self.settings.sms;
        if !is_authorised(headers, &settings.account_sid, &settings.auth_token) {
            return Err(SmsError::Unauthorised);
        }
        if account != settings.account_sid {
            return Err(SmsError::NoSuchAccount);
        }
        if self.sms.allowance.take(self.clock.now()) > 100 {
            return Err(SmsError::TooMany);
        }
        form.check(&settings.number)?;
        if self.sms.is_opted_out(&form.to) {
            return Err(SmsError::OptedOut);
        }
        match SimulatedOutcome::of(&form.to) {
            SimulatedOutcome::Refused(trouble) => Err(trouble),
            SimulatedOutcome::RefusedOnce(trouble)
                if self.sms.refused.is_first(&format!("{} {}", form.to, form.body)) =>
            {
                Err(trouble)
            }
            fate => Ok(fate),
        }
    }

    /// To the recipient, and back to the sender as status callbacks.
    fn pass_on(&self, form: &SendForm, sid: &str, fate: SimulatedOutcome) {
        if fate.arrives() {
            self.arrived(Arrival { platform: Platform::Sms, person: form.to.clone(), quick_reply: None });
        }
        let Some(url) = &form.callback else { return };
        let settings = &self.settings.sms;
        let early = self.moment(&settings.sent_after);
        let late = early + self.moment(&settings.final_after);
        for (after, status, code) in fate.callbacks(early, late) {
            let mut fields: Vec<(String, String)> = [
                ("ApiVersion", "2010-04-01"),
                ("AccountSid", &settings.account_sid),
                ("MessageSid", sid),
                ("SmsSid", sid),
                ("MessageStatus", status),
                ("SmsStatus", status),
                ("To", &form.to),
                ("From", &settings.number),
            ]
            .map(|(name, value)| (name.into(), value.into()))
            .into();
            if let Some(code) = code {
                fields.push(("ErrorCode".into(), code.to_string()));
            }
            if status == "delivered" {
                fields.push(("RawDlrDoneDate".into(), stamp(self.clock.now(), "%y%m%d%H%M")));
            }
            self.post(Webhook {
                platform: Platform::Sms,
                kind: status.into(),
                person: form.to.clone(),
                id: sid.into(),
                text: String::new(),
                content: WebhookContent::Form { url: url.clone(), fields },
                after,
                copies: None,
                signing: Signing::Good,
                until_done: None,
            });
        }
    }

    fn accepted(&self, form: &SendForm, sid: &str) -> Value {
        let settings = &self.settings.sms;
        let now = stamp(self.clock.now(), "%a, %d %b %Y %H:%M:%S +0000");
        let uri = format!("/2010-04-01/Accounts/{}/Messages/{sid}", settings.account_sid);
        json!({
            "sid": sid,
            "account_sid": settings.account_sid,
            "messaging_service_sid": form.service,
            "to": form.to,
            "from": settings.number,
            "body": form.body,
            "status": "queued",
            "direction": "outbound-api",
            "num_segments": segments(&form.body).to_string(),
            "num_media": form.media.to_string(),
            "error_code": null,
            "error_message": null,
            "price": null,
            "price_unit": "USD",
            "date_created": now,
            "date_updated": now,
            "date_sent": null,
            "api_version": "2010-04-01",
            "uri": format!("{uri}.json"),
            "subresource_uris": { "media": format!("{uri}/Media.json") },
        })
    }
}

fn is_authorised(headers: &HeaderMap, account: &str, token: &str) -> bool {
    let given = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let Some((scheme, encoded)) = given.and_then(|given| given.split_once(' ')) else { return false };
    scheme.eq_ignore_ascii_case("basic")
        && BASE64_STANDARD
            .decode(encoded.trim())
            .is_ok_and(|decoded| decoded == format!("{account}:{token}").into_bytes())
}

fn is_address(url: &str) -> bool {
    url.parse::<Uri>().is_ok_and(|uri| {
        matches!(uri.scheme_str(), Some("http" | "https")) && uri.host().is_some_and(|host| !host.is_empty())
    })
}

fn stamp(at: Millis, format: &str) -> String {
    let at = Timestamp::from_millisecond(at).unwrap_or_default();
    at.to_zoned(TimeZone::UTC).strftime(format).to_string()
}
