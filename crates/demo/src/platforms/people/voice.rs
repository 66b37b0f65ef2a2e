//! How a customer speaks: as an SMS, or in the ways of Messenger.

use crate::{
    chance::Chance,
    platforms::{
        MOUNT, Platforms,
        log::Platform,
        messenger::{Attachment, CustomerAction, PageAction, WebhookDelivery},
        picture,
        signature::Signing,
        sms::Sms,
    },
};
use std::{ops::Range, sync::Arc};

/// The pause between two halves of what one says, in milliseconds.
const BREATH: Range<u64> = 200..1_000;

/// A customer's voice.
pub(super) struct CustomerVoice {
    pub(super) platforms: Arc<Platforms>,
    pub(super) platform: Platform,
    /// The person's number or PSID.
    pub(super) address: String,
    pub(super) chance: Chance,
}

impl CustomerVoice {
    /// Says the first words: sometimes after a tap on *Get started*, sometimes in two.
    pub(super) async fn open(&mut self, words: &str) {
        let is_playful = self.is_playful();
        match self.platform {
            Platform::Messenger if is_playful => {
                self.act(CustomerAction::Tap { title: "Get started".into(), payload: "GET_STARTED".into() });
                self.breathe().await;
                self.say(words);
            }
            Platform::Sms if is_playful && let Some((greeting, matter)) = words.split_once(". ") => {
                self.say(greeting);
                self.breathe().await;
                self.say(matter);
            }
            _ => self.say(words),
        }
    }

    /// Answers: with a tap where there is something to tap, sometimes with a picture on top.
    pub(super) async fn answer(&mut self, words: &str, quick_reply: Option<(String, String)>) {
        if let Some((title, payload)) = quick_reply {
            self.act(CustomerAction::Write {
                text: Some(title),
                attachment: None,
                quick_reply: Some(payload),
            });
            return;
        }
        self.say(words);
        if self.platform == Platform::Messenger && self.is_playful() {
            self.breathe().await;
            let url = format!("{}{MOUNT}{}", self.platforms.settings.public_url, picture::PATH);
            let picture = Attachment { kind: "image".into(), url, sticker: None };
            self.act(CustomerAction::Write { text: None, attachment: Some(picture), quick_reply: None });
        }
    }

    /// Says something.
    pub(super) fn say(&self, words: &str) {
        match self.platform {
            Platform::Sms => {
                self.platforms.sms_in(Sms {
                    from: self.address.clone(),
                    text: words.into(),
                    media: None,
                    copies: None,
                    signing: Signing::Good,
                });
            }
            Platform::Messenger => {
                self.act(CustomerAction::Write {
                    text: Some(words.into()),
                    attachment: None,
                    quick_reply: None,
                });
            }
        }
    }

    /// Shows that the person has read everything, where that can be seen.
    pub(super) fn show_as_read(&self) {
        if self.platform == Platform::Messenger {
            self.act(CustomerAction::Read);
        }
    }

    fn act(&self, act: CustomerAction) {
        let doing = PageAction { from: self.address.clone(), at: self.platforms.clock.now(), act };
        self.platforms.page_in(vec![doing], &WebhookDelivery::default());
    }

    fn is_playful(&mut self) -> bool {
        self.chance.happens(self.platforms.settings.manners.playful)
    }

    async fn breathe(&mut self) {
        tokio::time::sleep(self.chance.moment(BREATH)).await;
    }
}
