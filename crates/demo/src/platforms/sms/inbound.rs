//! A customer sends an SMS: the inbound webhook (spec: channel-connectors#1B.1).

use super::segments::segments;
use crate::platforms::{
    Platforms,
    log::Platform,
    signature::Signing,
    webhook::{Webhook, WebhookContent},
};
use std::time::Duration;

/// Words the provider takes for an opt-out, an opt-in and a call for help (spec: channel-connectors#1D).
const STOP: [&str; 8] = ["STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"];
const START: [&str; 3] = ["START", "YES", "UNSTOP"];
const HELP: [&str; 2] = ["HELP", "INFO"];

/// An SMS to our number.
pub(in crate::platforms) struct Sms {
    /// The customer's number.
    pub(in crate::platforms) from: String,
    /// What the customer writes.
    pub(in crate::platforms) text: String,
    /// The address of an image that goes with it.
    pub(in crate::platforms) media: Option<String>,
    /// See [`Webhook::copies`].
    pub(in crate::platforms) copies: Option<u32>,
    /// See [`Webhook::signing`].
    pub(in crate::platforms) signing: Signing,
}

impl Platforms {
    /// Sends an SMS to our number. Answers its sid.
    pub(in crate::platforms) fn sms_in(&self, sms: Sms) -> String {
        let settings = &self.settings.sms;
        let kind = if sms.media.is_some() { "MM" } else { "SM" };
        let sid = self.sid(kind);
        let opt_out = self.opt_out_of(&sms);
        let parts = segments(&sms.text).to_string();
        let mut fields: Vec<(String, String)> = [
            ("ApiVersion", "2010-04-01"),
            ("AccountSid", &*settings.account_sid),
            ("MessageSid", &sid),
            ("SmsSid", &sid),
            ("SmsMessageSid", &sid),
            ("SmsStatus", "received"),
            ("From", &sms.from),
            ("FromCity", ""),
            ("FromState", ""),
            ("FromZip", ""),
            ("FromCountry", "US"),
            ("To", &settings.number),
            ("ToCity", ""),
            ("ToState", ""),
            ("ToZip", ""),
            ("ToCountry", "US"),
            ("Body", &sms.text),
            ("NumSegments", &parts),
            ("NumMedia", if sms.media.is_some() { "1" } else { "0" }),
            // Fields appear without notice; a receiver that signs only those it knows is wrong from now on.
            ("AddedSinceYouLooked", "yes & no"),
        ]
        .map(|(name, value)| (name.into(), value.into()))
        .into();
        if let Some(url) = sms.media {
            fields.push(("MediaUrl0".into(), url));
            fields.push(("MediaContentType0".into(), "image/png".into()));
        }
        if let Some(keyword) = opt_out {
            fields.push(("OptOutType".into(), keyword.into()));
        }
        self.post(Webhook {
            platform: Platform::Sms,
            kind: "message".into(),
            person: sms.from,
            id: sid.clone(),
            text: sms.text,
            content: WebhookContent::Form {
                url: format!("{}{}", self.settings.public_url, settings.path),
                fields,
            },
            after: Duration::ZERO,
            copies: sms.copies,
            signing: sms.signing,
            until_done: None,
        });
        sid
    }

    /// The provider keeps the opt-outs itself, and says so.
    fn opt_out_of(&self, sms: &Sms) -> Option<&'static str> {
        let word = sms.text.trim().to_uppercase();
        if STOP.contains(&&*word) {
            self.sms.opt_out(&sms.from);
            Some("STOP")
        } else if START.contains(&&*word) {
            self.sms.opt_in(&sms.from).then_some("START")
        } else {
            HELP.contains(&&*word).then_some("HELP")
        }
    }
}
