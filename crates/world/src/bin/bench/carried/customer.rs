//! Customers with phones: webhooks as the provider posts them, signed.

use super::account::{ACCOUNT, NUMBER, SERVICE, TOKEN};
use crate::lane::Lane;
use anyhow::ensure;
use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, Mac};
use sha1::Sha1;

/// Webhooks of one account, over one connection.
pub struct Phones {
    lane: Lane,
    url: String,
}

impl Phones {
    /// A connection of the provider's to the server.
    pub async fn open(port: u16) -> anyhow::Result<Self> {
        let url = format!("http://localhost:{port}{}", path());
        Ok(Self { lane: Lane::open(port, "", "").await?, url })
    }

    /// The number of a customer.
    pub fn number(customer: usize) -> String {
        format!("+1666{customer:07}")
    }

    /// A customer writes; `sid` is the provider's name for the message. Answers the HTTP status.
    pub async fn write(&mut self, customer: usize, sid: &str, text: &str) -> anyhow::Result<u16> {
        // In the order of their names, as they are signed.
        let fields = [
            ("AccountSid", ACCOUNT.to_owned()),
            ("Body", text.to_owned()),
            ("From", Self::number(customer)),
            ("MessageSid", sid.to_owned()),
            ("NumMedia", "0".to_owned()),
            ("To", NUMBER.to_owned()),
        ];
        let mut mac = Hmac::<Sha1>::new_from_slice(TOKEN.as_bytes())?;
        mac.update(self.url.as_bytes());
        for (name, value) in &fields {
            mac.update(name.as_bytes());
            mac.update(value.as_bytes());
        }
        let signature = STANDARD.encode(mac.finalize().into_bytes());
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(&fields).finish();
        let header = format!("X-Twilio-Signature: {signature}\r\n");
        let answer =
            self.lane.post_with(&path(), "application/x-www-form-urlencoded", &header, &body).await?;
        Ok(answer.status)
    }

    /// The same, and it must be taken.
    pub async fn say(&mut self, customer: usize, sid: &str, text: &str) -> anyhow::Result<()> {
        let status = self.write(customer, sid, text).await?;
        ensure!(status == 200, "a webhook was answered with {status}");
        Ok(())
    }
}

fn path() -> String {
    format!("/channels/sms/{SERVICE}")
}
