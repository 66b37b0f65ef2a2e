//! `POST /simulators/say`: somebody speaks for a customer. Only JSON is read, so that no web page can post it from
//! another origin unasked.

use super::{
    Platforms,
    log::Platform,
    messenger::{Attachment, CustomerAction, PageAction, WebhookDelivery},
    signature::Signing,
    sms::{self, Sms},
};
use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use domain::Millis;
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;

/// How many sayings one request may hold.
const MANY: usize = 40;
/// How often a webhook may be delivered at the same moment.
const COPIES: u32 = 16;
/// The longest text, in characters: what the SMS provider takes at most.
const TEXT: usize = 1_600;

/// What is said; the table of the module says what it means.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Saying {
    platform: Platform,
    from: String,
    text: Option<String>,
    media: Option<String>,
    copies: Option<u32>,
    #[serde(default)]
    signature: Signing,
    name: Option<String>,
    attachment: Option<String>,
    sticker: Option<u64>,
    quick_reply: Option<String>,
    postback: Option<String>,
    #[serde(default)]
    read: bool,
    #[serde(default)]
    by_page: bool,
    #[serde(default)]
    standby: bool,
    #[serde(default)]
    ago: u32,
}

/// `POST /simulators/say`
pub(super) async fn say(
    State(platforms): State<Arc<Platforms>>,
    Json(said): Json<serde_json::Value>,
) -> Response {
    // One saying or several; the refusal of an untagged choice would not say which member is wrong.
    let said: Result<Vec<Saying>, _> = if said.is_array() {
        serde_json::from_value(said)
    } else {
        serde_json::from_value(said).map(|one| vec![one])
    };
    let said = match said {
        Ok(said) => said,
        Err(wrong) => return refused(&wrong.to_string()),
    };
    if said.is_empty() || said.len() > MANY {
        return refused("between 1 and 40 sayings");
    }
    if let Some(wrong) = said.iter().find_map(|one| one.check().err()) {
        return refused(wrong);
    }
    Json(json!({ "ids": platforms.hear(said) })).into_response()
}

fn refused(why: &str) -> Response {
    (StatusCode::BAD_REQUEST, Json(json!({ "error": why }))).into_response()
}

impl Saying {
    fn check(&self) -> Result<(), &'static str> {
        let has_words = self.text.as_ref().is_some_and(|text| !text.is_empty());
        if self.text.as_ref().is_some_and(|text| text.chars().count() > TEXT) {
            return Err("'text' has at most 1600 characters");
        }
        if self.copies.is_some_and(|copies| !(1..=COPIES).contains(&copies)) {
            return Err("'copies' is between 1 and 16");
        }
        match self.platform {
            Platform::Sms if !sms::is_number(&self.from) => Err("'from' is a number like +15550299"),
            Platform::Sms if self.is_of_messenger() => {
                Err("of SMS there are only 'text', 'media', 'copies' and 'signature'")
            }
            Platform::Messenger if !is_psid(&self.from) => Err("'from' is a PSID: digits, at most 32"),
            Platform::Messenger if self.read || has_words || self.media.is_some() => Ok(()),
            Platform::Sms if has_words || self.media.is_some() => Ok(()),
            _ => Err("there is nothing to say: 'text' or 'media' is missing"),
        }
    }

    fn is_of_messenger(&self) -> bool {
        self.name.is_some()
            || self.attachment.is_some()
            || self.sticker.is_some()
            || self.quick_reply.is_some()
            || self.postback.is_some()
            || self.read
            || self.by_page
            || self.standby
            || self.ago > 0
    }

    fn into_sms(self) -> Sms {
        Sms {
            from: self.from,
            text: self.text.unwrap_or_default(),
            media: self.media,
            copies: self.copies,
            signing: self.signature,
        }
    }

    fn into_act(self) -> CustomerAction {
        let text = self.text.filter(|text| !text.is_empty());
        if self.read {
            CustomerAction::Read
        } else if self.by_page {
            CustomerAction::ByPage { text: text.unwrap_or_default() }
        } else if let Some(payload) = self.postback {
            CustomerAction::Tap { title: text.unwrap_or_default(), payload }
        } else {
            let kind = self.attachment.unwrap_or_else(|| "image".into());
            let attachment = self.media.map(|url| Attachment { kind, url, sticker: self.sticker });
            CustomerAction::Write { text, attachment, quick_reply: self.quick_reply }
        }
    }
}

impl Platforms {
    /// Answers an id for each saying: of SMS first, then of Messenger.
    fn hear(&self, said: Vec<Saying>) -> Vec<String> {
        let (texts, page): (Vec<_>, Vec<_>) = said.into_iter().partition(|one| one.platform == Platform::Sms);
        let mut ids: Vec<String> = texts.into_iter().map(|one| self.sms_in(one.into_sms())).collect();
        let delivery = WebhookDelivery {
            copies: page.iter().find_map(|one| one.copies),
            signing: page
                .iter()
                .map(|one| one.signature)
                .find(|one| *one != Signing::Good)
                .unwrap_or_default(),
            standby: page.iter().any(|one| one.standby),
        };
        let doings: Vec<PageAction> = page.into_iter().map(|one| self.doing(one)).collect();
        if !doings.is_empty() {
            ids.extend(self.page_in(doings, &delivery));
        }
        ids
    }

    fn doing(&self, saying: Saying) -> PageAction {
        if let Some(name) = &saying.name {
            let (first, last) = name.split_once(' ').unwrap_or((name, ""));
            self.page.call(&saying.from, first, last);
        }
        let at = self.clock.now() - Millis::from(saying.ago) * 1_000;
        PageAction { from: saying.from.clone(), at, act: saying.into_act() }
    }
}

fn is_psid(psid: &str) -> bool {
    (1..=32).contains(&psid.len()) && psid.bytes().all(|digit| digit.is_ascii_digit())
}
