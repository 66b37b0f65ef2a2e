//! The transfer key: REFER, and what the other side says became of it (RFC 3515, RFC 3891).

use super::leg::Leg;
use crate::{PhoneError, target};
use rsipstack::sip::{Header, ReferTo, Request, StatusCode, StatusCodeKind};

impl Leg {
    /// Asks the other side to hand this call to a number.
    pub async fn refer(&self, number: &str) -> Result<(), PhoneError> {
        let to = target::target(number, self.line.server, self.line.transport)?;
        self.refer_to(format!("<{}>", to.uri)).await
    }

    /// Asks the other side to bring together whom it carries on this call and on another of this phone.
    pub async fn refer_replacing(&self, other: &Self) -> Result<(), PhoneError> {
        let id = other.dialog.id();
        let escaped = |text: &str| text.replace('%', "%25").replace('@', "%40").replace(';', "%3B");
        let (to_tag, from_tag) = (escaped(&id.remote_tag), escaped(&id.local_tag));
        let target = target::target(&other.peer(), self.line.server, self.line.transport)?;
        let replaces = format!("{}%3Bto-tag%3D{to_tag}%3Bfrom-tag%3D{from_tag}", escaped(&id.call_id));
        self.refer_to(format!("<{}?Replaces={replaces}>", target.uri)).await
    }

    /// What names its dialog in a `Replaces` of another call.
    pub fn replaces(&self) -> String {
        let id = self.dialog.id();
        format!("{};to-tag={};from-tag={}", id.call_id, id.remote_tag, id.local_tag)
    }

    async fn refer_to(&self, to: String) -> Result<(), PhoneError> {
        self.transfer.send_replace(None);
        match self.dialog.refer(ReferTo::new(to), None, None).await? {
            Some(answer) if answer.status_code.kind() == StatusCodeKind::Successful => Ok(()),
            Some(answer) => Err(PhoneError::Refused(answer.status_code.into())),
            None => Err(PhoneError::Over(StatusCode::RequestTimeout.into())),
        }
    }

    /// Takes in a NOTIFY of a transfer; answers whether it is one.
    pub(super) fn transfer_told(&self, request: &Request) -> bool {
        let value = |name: &str| {
            let found = request.headers.iter().find(|header| header.name().eq_ignore_ascii_case(name));
            found.map(Header::value).unwrap_or_default().trim()
        };
        if value("Event").split(';').next() != Some("refer") {
            return false;
        }
        let body = String::from_utf8_lossy(&request.body);
        let code = body.split_whitespace().nth(1).and_then(|code| code.parse().ok());
        if value("Subscription-State").starts_with("terminated") && code.is_some() {
            self.transfer.send_replace(code);
        }
        true
    }

    /// Waits for what became of the transfer; 0 when nobody will say any more.
    pub async fn transferred(&self) -> u16 {
        let mut told = self.transfer.subscribe();
        told.wait_for(Option::is_some).await.ok().and_then(|code| *code).unwrap_or(0)
    }
}
