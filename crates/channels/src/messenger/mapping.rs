//! What an event of the webhook means to the desk (spec: channel-connectors#2.3, #2.4, #2.9).

use super::{
    content, correlation,
    webhook::{Control, Echo, Happening, Reaction, ThreadControl, UnitIdentity, WebhookEvent},
};
use crate::shorten::shortened;
use desk::known_key;
use domain::{
    ProviderKey,
    command::{CustomerMessage, Unit},
    message::{Content, MAX_TEXT},
    notice::{Notice, Wording},
    session::Delivery,
};

/// The app of the page's own inbox (spec: channel-connectors#2.9).
const INBOX: &str = "263902037430900";

/// Events that the platform tells of itself, and no person causes.
const PLATFORMS: [&str; 1] = ["app_roles"];

/// The account whose events are read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reader<'a> {
    /// The service.
    pub service: &'a str,
    /// Our app.
    pub app: &'a str,
    /// Whether another app has the control over the thread.
    pub standby: bool,
}

/// What an event means.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Meaning {
    /// A unit for the desk.
    Unit(Unit),
    /// The copy of a part of a message of ours.
    Copy {
        /// Our word for it.
        word: String,
        /// The platform's id of it.
        mid: String,
        /// What it means if the word turns out not to be ours.
        foreign: Unit,
    },
    /// Nothing that anybody needs to know.
    Nothing,
}

/// The names under which the desk knows an event; none for one that may be taken any number of times.
pub(super) fn keys(service: &str, identity: UnitIdentity) -> Vec<ProviderKey> {
    match identity {
        UnitIdentity::Once(name) => vec![known_key(service, &name)],
        UnitIdentity::Mark { .. } => Vec::new(),
    }
}

impl Reader<'_> {
    /// What an event means.
    pub fn meaning(self, event: &WebhookEvent) -> Meaning {
        if self.standby && event.opens_window() {
            return overheard(&event.what);
        }
        Meaning::Unit(match &event.what {
            Happening::Echo(echo) => return self.copied(echo),
            // Whoever took it back: the desk changes only what is the customer's.
            Happening::Unsent(mid) => Unit::Unsent { of: self.key(mid) },
            _ if event.by_page => return Meaning::Nothing,
            Happening::Message(message) => {
                let answers = message.reply_to.as_ref().map(|answered| self.key(&answered.mid));
                Unit::Said(CustomerMessage { answers, ..correlation::message(message) })
            }
            Happening::Postback(postback) => Unit::Said(correlation::postback(postback)),
            Happening::Optin(optin) => Unit::Said(correlation::optin(optin)),
            Happening::Referral(referral) => Unit::Said(correlation::referral(referral)),
            Happening::Edited(edit) => {
                Unit::Edited { of: self.key(&edit.mid), text: shortened(edit.text.clone(), MAX_TEXT) }
            }
            Happening::Reaction(reaction) => {
                Unit::About { of: self.key(&reaction.mid), text: reacted(reaction) }
            }
            Happening::Delivered(delivered) => Unit::Reached {
                state: Delivery::Delivered,
                upto: Some(delivered.watermark),
                keys: delivered.mids.iter().map(|mid| self.key(mid)).collect(),
            },
            Happening::Read(watermark) => {
                Unit::Reached { state: Delivery::Read, upto: Some(*watermark), keys: Vec::new() }
            }
            Happening::ThreadControl(control) => self.controlled(control),
            Happening::Unknown(kind) if PLATFORMS.contains(&kind.as_str()) => return Meaning::Nothing,
            Happening::Unknown(kind) => Unit::Unknown(kind.clone()),
            Happening::Policy(_) => return Meaning::Nothing,
        })
    }

    /// What the page wrote: ours if it has our app and our word, else somebody else's.
    fn copied(self, echo: &Echo) -> Meaning {
        let app = echo.app_id.as_deref();
        let name = match app {
            None => "Page".to_owned(),
            Some(INBOX) => "Page inbox".to_owned(),
            Some(app) if app == self.app => "Page".to_owned(),
            Some(app) => format!("App {app}"),
        };
        let content = correlation::contents(&echo.text, None, &echo.attachments, echo.left_out);
        let foreign = Unit::Foreign { content, name };
        let word =
            echo.metadata.as_ref().filter(|word| app == Some(self.app) && content::read(word).is_some());
        match word {
            Some(word) => Meaning::Copy { word: word.clone(), mid: echo.mid.clone(), foreign },
            None => Meaning::Unit(foreign),
        }
    }

    fn controlled(self, control: &ThreadControl) -> Unit {
        let app = |app: &Option<String>| match app.as_deref() {
            None => "nobody".to_owned(),
            Some(INBOX) => "the page's inbox".to_owned(),
            Some(app) if app == self.app => "this server".to_owned(),
            Some(app) => format!("application {app}"),
        };
        let is_ours = control.new_owner.as_deref() == Some(self.app);
        match control.what {
            Control::Passed if is_ours && !self.standby => Unit::Said(correlation::passed(control)),
            Control::Passed => {
                Unit::Notice(Wording::ConversationPassed.with(&[("to", &app(&control.new_owner))]))
            }
            Control::Taken => Unit::Notice(
                Wording::ConversationTaken
                    .with(&[("from", &app(&control.previous_owner)), ("by", &app(&control.new_owner))]),
            ),
            Control::Requested => {
                Unit::Notice(Wording::ConversationAskedFor.with(&[("by", &app(&control.new_owner))]))
            }
        }
    }

    fn key(self, mid: &str) -> ProviderKey {
        known_key(self.service, mid)
    }
}

/// What a customer does while another app answers them: it is shown in an open conversation and starts none.
fn overheard(what: &Happening) -> Meaning {
    let content = match what {
        Happening::Message(message) => correlation::message(message).content,
        Happening::Postback(postback) => correlation::postback(postback).content,
        _ => return Meaning::Nothing,
    };
    let words: Vec<&str> = content
        .iter()
        .filter_map(|content| match content {
            Content::Text { text, .. } => Some(text.as_str()),
            _ => None,
        })
        .collect();
    let told = Wording::WroteElsewhere.with(&[("words", &words.join(" "))]);
    Meaning::Unit(Unit::Notice(Notice { text: shortened(told.text, MAX_TEXT), ..told }))
}

fn reacted(reaction: &Reaction) -> Notice {
    let sign = reaction.emoji.as_deref().or(reaction.name.as_deref()).unwrap_or("a sign");
    if reaction.given {
        Wording::Reacted.with(&[("sign", &sign)])
    } else {
        Wording::ReactionTakenBack.notice()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::messenger::webhook::{ReceivedMessage, Referral};

    const US: Reader<'_> = Reader { service: "acme", app: "3003", standby: false };
    const ASIDE: Reader<'_> = Reader { standby: true, ..US };

    fn event(by_page: bool, what: Happening) -> WebhookEvent {
        WebhookEvent { person: Some("2002".into()), by_page, at: 1, what }
    }

    fn hello() -> Happening {
        Happening::Message(ReceivedMessage {
            mid: "m_1".into(),
            text: "Hello".into(),
            attachments: Vec::new(),
            left_out: 0,
            quick_reply: None,
            reply_to: None,
            referral: None,
        })
    }

    fn echo(app: Option<&str>, metadata: Option<&str>) -> Meaning {
        let (app_id, metadata) = (app.map(str::to_owned), metadata.map(str::to_owned));
        let echo = Echo {
            mid: "m_9".into(),
            text: "Hi".into(),
            attachments: Vec::new(),
            left_out: 0,
            app_id,
            metadata,
        };
        US.meaning(&event(true, Happening::Echo(echo)))
    }

    fn notice(meaning: Meaning) -> String {
        match meaning {
            Meaning::Unit(Unit::Notice(notice)) => notice.text,
            other => panic!("{other:?} is no notice"),
        }
    }

    #[test]
    fn a_copy_is_ours_by_our_app_and_our_word() {
        let copy = echo(Some("3003"), Some("s1/4"));
        assert!(matches!(copy, Meaning::Copy { ref word, ref mid, .. } if word == "s1/4" && mid == "m_9"));
        for (app, metadata, by) in [
            (Some("3003"), Some("order 7"), "Page"),
            (Some("3003"), None, "Page"),
            (Some("4004"), Some("s1/4"), "App 4004"),
            (Some(INBOX), None, "Page inbox"),
            (None, Some("s1/4"), "Page"),
        ] {
            let meaning = echo(app, metadata);
            assert!(matches!(meaning, Meaning::Unit(Unit::Foreign { ref name, .. }) if name == by), "{by}");
        }
    }

    #[test]
    fn aside_a_customer_is_overheard_and_opens_nothing() {
        assert!(matches!(US.meaning(&event(false, hello())), Meaning::Unit(Unit::Said(said)) if said.opens));
        let heard = notice(ASIDE.meaning(&event(false, hello())));
        assert_eq!(heard, "The customer wrote to another application: Hello");
    }

    #[test]
    fn control_that_is_passed_to_us_opens_a_conversation_and_other_changes_are_told() {
        let control = |what, new: &str, previous: &str| {
            let (new_owner, previous_owner) = (Some(new.to_owned()), Some(previous.to_owned()));
            let metadata = Some("wants a refund".to_owned());
            event(
                false,
                Happening::ThreadControl(ThreadControl { what, new_owner, previous_owner, metadata }),
            )
        };
        let passed = US.meaning(&control(Control::Passed, "3003", "4004"));
        assert!(matches!(passed, Meaning::Unit(Unit::Said(said))
            if said.opens && said.user_data.get("threadControlMetadata").is_some()));
        let told = |what, new, previous| notice(US.meaning(&control(what, new, previous)));
        assert_eq!(told(Control::Passed, INBOX, "3003"), "The conversation was passed to the page's inbox.");
        assert_eq!(
            told(Control::Taken, "4004", "3003"),
            "The conversation was taken from this server by application 4004."
        );
        assert_eq!(
            told(Control::Requested, "4004", "3003"),
            "The conversation is asked for by application 4004."
        );
    }

    #[test]
    fn what_the_page_does_is_no_act_of_the_customer() {
        let reaction =
            || Happening::Reaction(Reaction { mid: "m_1".into(), given: true, emoji: None, name: None });
        assert_eq!(US.meaning(&event(true, reaction())), Meaning::Nothing);
        let about =
            Unit::About { of: known_key("acme", "m_1"), text: Wording::Reacted.with(&[("sign", &"a sign")]) };
        assert_eq!(US.meaning(&event(false, reaction())), Meaning::Unit(about));
        let odd = || Happening::Unknown("game_play".into());
        assert_eq!(US.meaning(&event(true, odd())), Meaning::Nothing);
        assert_eq!(US.meaning(&event(false, odd())), Meaning::Unit(Unit::Unknown("game_play".into())));
    }

    #[test]
    fn receipts_raise_marks_and_name_messages() {
        let read = US.meaning(&event(false, Happening::Read(9)));
        let reached = Unit::Reached { state: Delivery::Read, upto: Some(9), keys: Vec::new() };
        assert_eq!(read, Meaning::Unit(reached));
        assert_eq!(keys("acme", UnitIdentity::Mark { name: "read:2002".into(), moment: 9 }), []);
        assert_eq!(keys("acme", UnitIdentity::Once("m_1".into())), [known_key("acme", "m_1")]);
    }

    #[test]
    fn a_referral_opens_nothing_by_itself() {
        let referral = event(false, Happening::Referral(Referral::default()));
        assert!(matches!(US.meaning(&referral), Meaning::Unit(Unit::Said(said)) if !said.opens));
    }
}
