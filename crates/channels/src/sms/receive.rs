//! What a webhook means to the desk.

use super::{
    Sms,
    form::{SmsForm, Undecodable},
    inbound::Inbound,
    raw_webhook::{RawWebhook, Subject},
    report::StatusReport,
    signature::digest,
};
use crate::shorten::told;
use desk::{Refused, known_key};
use domain::{
    Command, InteractionId, Refusal, UserData,
    command::{self, CustomerMessage, Keyword, Receive, Unit},
    message::{Content, MAX_TYPE},
    notice::Wording,
    task::NewConversationIds,
};
use serde_json::Value;

/// The key of the user data under which agents find the customer's number.
const PHONE_NUMBER: &str = "PhoneNumber";
/// The key under which they find the payload of a button, as with Messenger.
const PAYLOAD: &str = "postbackPayload";

/// What a webhook tells.
pub(super) enum WebhookContent {
    /// A customer's message.
    Message(Box<Receive>),
    /// What became of one of our messages.
    Report { session: InteractionId, index: u32, report: StatusReport },
}

impl Sms {
    /// Reads a webhook that is authentic.
    pub(super) fn read(&self, raw: &RawWebhook) -> Result<WebhookContent, Undecodable> {
        let (form, repetition) = (SmsForm::read(raw.form()), raw.repetition.as_deref());
        match raw.subject().ok_or(Undecodable::Malformed("the path"))? {
            Subject::Message => {
                let inbound = Inbound::read(&form, self.config.address_prefix.as_deref(), repetition)?;
                self.is_ours(inbound.account_sid.as_deref())?;
                let to_the_group =
                    self.config.service_sid.is_some() && inbound.service_sid == self.config.service_sid;
                if !to_the_group && !self.config.from.contains(&inbound.to) {
                    return Err(Undecodable::Stranger("To"));
                }
                // A GET is signed as its query is written, where boundaries are marked.
                let signed = (!raw.get).then(|| digest(&raw.path, form.signed()));
                Ok(WebhookContent::Message(Box::new(self.unit(inbound, signed))))
            }
            Subject::Report { session, index } => {
                let report = StatusReport::read(&form, repetition)?;
                self.is_ours(report.account_sid.as_deref())?;
                Ok(WebhookContent::Report { session, index, report })
            }
        }
    }

    fn is_ours(&self, account_sid: Option<&str>) -> Result<(), Undecodable> {
        match account_sid {
            Some(sid) if sid != self.config.account_sid => Err(Undecodable::Stranger("AccountSid")),
            _ => Ok(()),
        }
    }

    /// Tells the desk.
    pub(super) async fn tell(&self, told: WebhookContent) -> Result<(), Refused> {
        match told {
            WebhookContent::Message(unit) => self.intake.receive(*unit).await,
            WebhookContent::Report { session, index, report } => self.settle(session, index, report).await,
        }
    }

    /// A message, under each of the names that a repetition of it has; `signed` is one.
    fn unit(&self, inbound: Inbound, signed: Option<String>) -> Receive {
        let service = self.intake.service();
        let signed = signed.map(|digest| format!("signed:{digest}"));
        let repetition = inbound.repetition.as_ref().map(|token| format!("repetition:{token}"));
        let ids = [Some(inbound.provider_id.clone()), repetition, signed];
        let keys = ids.into_iter().flatten().map(|id| known_key(service, &id)).collect();
        // A provider that keeps consent has its own lists, and answers by itself.
        let keyword = inbound.keyword.or_else(|| self.config.keywords.meaning(&inbound.text));
        let answer = keyword.filter(|_| inbound.keyword.is_none()).and_then(|keyword| self.answer(keyword));
        let mut user_data = UserData::default();
        user_data.set(PHONE_NUMBER, Value::from(inbound.from.as_str()));
        if let Some(payload) = inbound.button.as_ref().and_then(|button| button.payload.as_deref()) {
            user_data.set(PAYLOAD, Value::from(payload));
        }
        for (key, value) in &inbound.referral {
            user_data.set(*key, Value::from(value.as_str()));
        }
        let answers = inbound.answers.as_ref().map(|id| known_key(service, id));
        let desk = self.intake.desk();
        Receive {
            service: service.into(),
            address: desk::address(service, &inbound.to, &inbound.from),
            keys,
            at: desk.now(),
            nickname: inbound.name.clone().unwrap_or_default(),
            fresh: NewConversationIds {
                session: desk.ids().session(),
                participant: desk.ids().participant(),
            },
            unit: Unit::Said(CustomerMessage {
                content: content(inbound),
                user_data,
                opens: true,
                answers,
                notice: None,
                keyword,
                answer,
            }),
        }
    }

    /// What the account answers to a word of consent, if it answers itself (spec: channel-connectors#1D).
    fn answer(&self, keyword: Keyword) -> Option<String> {
        let replies = self.config.we_reply.as_ref()?;
        let reply = match keyword {
            Keyword::OptOut => &replies.opt_out,
            Keyword::OptIn | Keyword::OptInIfOut => &replies.opt_in,
            Keyword::Help => &replies.help,
        };
        Some(reply).filter(|reply| !reply.is_empty()).cloned()
    }

    async fn settle(&self, session: InteractionId, index: u32, report: StatusReport) -> Result<(), Refused> {
        let Some(state) = report.delivery else {
            tracing::debug!(status = report.status, "a provider has a new word for the state of a message");
            return Ok(());
        };
        let (desk, service) = (self.intake.desk(), self.intake.service());
        let there = desk.session(&session).await?;
        let Some(there) = there.as_deref().and_then(desk::session_of) else { return Ok(()) };
        if there.service.as_str() != service {
            return Err(Refusal::NotFound(format!("Conversation '{session}'")).into());
        }
        edge::span::interaction(session.as_str());
        let reason = report.reason();
        let report = command::DeliveryReport {
            code: reason.and(report.code).map(|code| code.to_string()),
            why: reason.map(|reason| reason.sentence().to_owned()),
            keys: vec![known_key(service, &report.provider_id)],
            opted_out: reason.is_some_and(super::reason::Reason::withdraws_consent),
            ..command::DeliveryReport::of(state)
        };
        desk.perform(Command::Report { session, index, report }).await.map(|_| ())
    }
}

/// The entries of the log that a message makes. Parts that agents' clients have no type for come as a text with the
/// sender's word for its kind, and as a link (spec: digital-channels#4, last paragraph). Nothing is left out
/// silently.
fn content(inbound: Inbound) -> Vec<Content> {
    let (label, payload) = inbound.button.map_or((None, None), |button| (button.text, button.payload));
    let text = Some(inbound.text).filter(|text| !text.is_empty()).or(label).or_else(|| payload.clone());
    // A payload too long for a type is only in the user data.
    let kind = payload.map(|payload| if MAX_TYPE.holds(&payload) { payload } else { "button".into() });
    let text = text.map(|text| Content::Text { text, message_type: kind });
    let typed = |text: String, kind: &str| Content::Text { text, message_type: Some(kind.to_owned()) };
    let place = inbound.place.map(|place| typed(place.words(), "location"));
    let filled_in = inbound.filled_in.map(|data| typed(data, "interactive"));
    let media = inbound.media.into_iter().flat_map(|media| {
        let url = String::from(media.url);
        [Content::Text { text: url.clone(), message_type: None }, Content::Url { url }]
    });
    let mut content: Vec<Content> = text.into_iter().chain(told(inbound.left_out)).collect();
    content.extend(place.into_iter().chain(filled_in).chain(media));
    let left_out = match inbound.media_left_out {
        0 if content.is_empty() => Some(match inbound.kind {
            Some(kind) => Wording::KindUnsupported.with(&[("kind", &kind)]),
            None => Wording::ContentUnsupported.notice(),
        }),
        0 => None,
        1 => Some(Wording::AttachmentLeftOut.notice()),
        count => Some(Wording::AttachmentsLeftOut.with(&[("count", &count)])),
    };
    let garbled = inbound.is_garbled.then(|| Wording::CharactersUnreadable.notice());
    content.extend(left_out.into_iter().chain(garbled).map(Content::Notice));
    content
}
