//! Events other than words: reactions, receipts, buttons, referrals, and who controls the thread.

use super::{
    poison::{Poison, optional, required, words},
    shape::{MAX_ID, MAX_MID, MAX_PAYLOAD, shape},
};
use crate::messenger::scalar::{Id, Whole};
use domain::{Millis, json::Bound};
use serde::Deserialize;

/// The longest word: an action, a type, a source.
const MAX_WORD: Bound = Bound::chars(256);
/// The longest title, reason and address.
const MAX_LINE: Bound = Bound::chars(2 * 1024);
/// The most message ids of one receipt.
const MAX_MIDS: usize = 1000;

/// A reaction to a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reaction {
    /// The message.
    pub mid: String,
    /// Whether it was given; otherwise it was taken back.
    pub given: bool,
    /// The sign; may be left out when the reaction is taken back.
    pub emoji: Option<String>,
    /// The platform's word for it, such as `love`.
    pub name: Option<String>,
}

/// Messages of the page were delivered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivered {
    /// Every message up to this moment was.
    pub watermark: Millis,
    /// These were, if they are named.
    pub mids: Vec<String>,
}

/// A person pressed a button, or one of the menu.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Postback {
    /// The id of the message that pressing it makes; older events have none.
    pub mid: Option<String>,
    /// The text on the button.
    pub title: Option<String>,
    /// The payload of the button. Left out for apps that do not control the thread.
    pub payload: Option<String>,
    /// The link or advertisement by which the person came.
    pub referral: Option<Referral>,
}

/// The link or advertisement by which a person came into the thread.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Referral {
    /// `ref`: the value given with the link.
    pub reference: Option<String>,
    /// `SHORTLINK`, `ADS`, `MESSENGER_CODE` and others.
    pub source: Option<String>,
    /// `OPEN_THREAD`.
    pub kind: Option<String>,
    /// The advertisement.
    pub ad_id: Option<String>,
    /// The page the person came from.
    pub referer_uri: Option<String>,
}

/// A person asked to be written to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Optin {
    /// `ref`: the value given with the plugin.
    pub reference: Option<String>,
    /// What the person asked for.
    pub kind: Option<String>,
    /// A reference to a person whose id is not known yet.
    pub user_ref: Option<String>,
}

/// The control over the thread (spec: channel-connectors#2.9).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThreadControl {
    /// What was done with it.
    pub what: Control,
    /// The app that has it now, or that asks for it.
    pub new_owner: Option<String>,
    /// The app that had it; none if the thread was idle.
    pub previous_owner: Option<String>,
    /// What the other app says of it.
    pub metadata: Option<String>,
}

/// What was done with the control over a thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Control {
    /// Its owner passed it on.
    Passed,
    /// It was taken.
    Taken,
    /// It was asked for.
    Requested,
}

/// The platform warns the page, or blocks it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyNotice {
    /// `warning`, `block`, `unblock`.
    pub action: String,
    /// Why; left out when a block ends.
    pub reason: Option<String>,
}

#[derive(Deserialize)]
struct Reacted {
    mid: Option<String>,
    action: Option<String>,
    emoji: Option<String>,
    reaction: Option<String>,
}

#[derive(Deserialize)]
struct ReceiptJson {
    watermark: Option<Whole>,
    mids: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Pressed {
    mid: Option<String>,
    title: Option<String>,
    payload: Option<String>,
    referral: Option<Referred>,
}

/// A referral on the wire.
#[derive(Deserialize)]
pub(super) struct Referred {
    #[serde(rename = "ref")]
    reference: Option<String>,
    source: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    ad_id: Option<Id>,
    referer_uri: Option<String>,
}

#[derive(Deserialize)]
struct OptedIn {
    #[serde(rename = "ref")]
    reference: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    user_ref: Option<Id>,
}

#[derive(Deserialize)]
struct Controlled {
    new_owner_app_id: Option<Id>,
    requested_owner_app_id: Option<Id>,
    previous_owner_app_id: Option<Id>,
    metadata: Option<String>,
}

#[derive(Deserialize)]
struct Enforced {
    action: Option<String>,
    reason: Option<String>,
}

/// `reaction`.
pub(super) fn reaction(raw: &str, kind: &'static str) -> Result<Reaction, Poison> {
    let Reacted { mid, action, emoji, reaction } = shape(raw, kind)?;
    Ok(Reaction {
        mid: required(mid, "mid", MAX_MID)?,
        // Any word except `unreact` is a way of reacting, not of taking it back.
        given: action.as_deref() != Some("unreact"),
        emoji: words(emoji, MAX_WORD),
        name: words(reaction, MAX_WORD),
    })
}

/// `delivery`.
pub(super) fn delivery(raw: &str, kind: &'static str) -> Result<Delivered, Poison> {
    let receipt: ReceiptJson = shape(raw, kind)?;
    let mids = receipt.mids.unwrap_or_default();
    if mids.len() > MAX_MIDS {
        return Err(Poison::TooMany("mids"));
    }
    if mids.iter().any(|mid| mid.len() > MAX_MID) {
        return Err(Poison::TooLong("mids"));
    }
    Ok(Delivered { watermark: watermark(receipt.watermark)?, mids })
}

/// `read`.
pub(super) fn read(raw: &str, kind: &'static str) -> Result<Millis, Poison> {
    let receipt: ReceiptJson = shape(raw, kind)?;
    watermark(receipt.watermark)
}

fn watermark(watermark: Option<Whole>) -> Result<Millis, Poison> {
    watermark.map(|Whole(moment)| moment).ok_or(Poison::Missing("watermark"))
}

/// `postback`.
pub(super) fn postback(raw: &str, kind: &'static str) -> Result<Postback, Poison> {
    let Pressed { mid, title, payload, referral } = shape(raw, kind)?;
    Ok(Postback {
        mid: optional(mid, "mid", MAX_MID)?,
        title: words(title, MAX_LINE),
        payload: words(payload, MAX_PAYLOAD),
        referral: referral.map(Referral::of),
    })
}

/// `referral`.
pub(super) fn referral(raw: &str, kind: &'static str) -> Result<Referral, Poison> {
    Ok(Referral::of(shape(raw, kind)?))
}

/// `optin`.
pub(super) fn optin(raw: &str, kind: &'static str) -> Result<Optin, Poison> {
    let OptedIn { reference, kind, user_ref } = shape(raw, kind)?;
    Ok(Optin {
        reference: words(reference, MAX_LINE),
        kind: words(kind, MAX_WORD),
        user_ref: optional(user_ref.map(|Id(id)| id), "user_ref", MAX_MID)?,
    })
}

/// `pass_thread_control`, `take_thread_control`, `request_thread_control`.
pub(super) fn control(raw: &str, kind: &'static str) -> Result<ThreadControl, Poison> {
    let controlled: Controlled = shape(raw, kind)?;
    let app = |id: Option<Id>, part| optional(id.map(|Id(id)| id), part, MAX_ID);
    let what = match kind {
        "pass_thread_control" => Control::Passed,
        "take_thread_control" => Control::Taken,
        _ => Control::Requested,
    };
    Ok(ThreadControl {
        what,
        new_owner: app(
            controlled.new_owner_app_id.or(controlled.requested_owner_app_id),
            "new_owner_app_id",
        )?,
        previous_owner: app(controlled.previous_owner_app_id, "previous_owner_app_id")?,
        metadata: words(controlled.metadata, MAX_PAYLOAD),
    })
}

/// `policy_enforcement`.
pub(super) fn policy(raw: &str, kind: &'static str) -> Result<PolicyNotice, Poison> {
    let Enforced { action, reason } = shape(raw, kind)?;
    Ok(PolicyNotice {
        action: words(action, MAX_WORD).ok_or(Poison::Missing("action"))?,
        reason: words(reason, MAX_LINE),
    })
}

impl Referral {
    /// What the wire says of it.
    pub(super) fn of(referred: Referred) -> Self {
        let Referred { reference, source, kind, ad_id, referer_uri } = referred;
        Self {
            reference: words(reference, MAX_LINE),
            source: words(source, MAX_WORD),
            kind: words(kind, MAX_WORD),
            ad_id: words(ad_id.map(|Id(id)| id), MAX_WORD),
            referer_uri: words(referer_uri, MAX_LINE),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::event::{Happening, tests::what},
        *,
    };
    use serde_json::json;

    #[expect(clippy::unnecessary_wraps, reason = "every field it is for may be left out")]
    fn some(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    #[test]
    fn a_reaction_is_given_and_taken_back() {
        let given = json!({"mid": "m_1", "action": "react", "emoji": "\u{2764}\u{fe0f}", "reaction": "love"});
        let expected = Reaction { mid: "m_1".into(), given: true, emoji: some("❤️"), name: some("love") };
        assert_eq!(what("reaction", given), Ok(Happening::Reaction(expected)));
        let back = Reaction { mid: "m_1".into(), given: false, emoji: None, name: None };
        assert_eq!(
            what("reaction", json!({"mid": "m_1", "action": "unreact"})),
            Ok(Happening::Reaction(back))
        );
        let other = Reaction { mid: "m_1".into(), given: true, emoji: None, name: None };
        assert_eq!(what("reaction", json!({"mid": "m_1", "action": "?"})), Ok(Happening::Reaction(other)));
    }

    #[test]
    fn a_receipt_has_a_watermark_and_sometimes_ids() {
        let delivered = |mids: &[&str]| {
            let mids = mids.iter().map(|mid| (*mid).to_owned()).collect();
            Ok(Happening::Delivered(Delivered { watermark: 1_458_668_856_253, mids }))
        };
        assert_eq!(what("delivery", json!({"watermark": 1_458_668_856_253_i64})), delivered(&[]));
        let named = json!({"mids": ["m_1", "m_2"], "watermark": 1_458_668_856_253_i64, "seq": 37});
        assert_eq!(what("delivery", named), delivered(&["m_1", "m_2"]));
        assert_eq!(what("delivery", json!({"mids": ["m_1"]})), Err(Poison::Missing("watermark")));
        assert_eq!(what("read", json!({"watermark": 9})), Ok(Happening::Read(9)));
        assert_eq!(what("read", json!({})), Err(Poison::Missing("watermark")));
    }

    #[test]
    fn a_button_is_pressed() {
        let pressed = json!({"mid": "m_1", "title": "Start", "payload": "GET_STARTED",
            "referral": {"ref": "shop", "source": "SHORTLINK", "type": "OPEN_THREAD"}});
        let referral = Referral {
            reference: some("shop"),
            source: some("SHORTLINK"),
            kind: some("OPEN_THREAD"),
            ..Referral::default()
        };
        let expected = Postback {
            mid: some("m_1"),
            title: some("Start"),
            payload: some("GET_STARTED"),
            referral: Some(referral),
        };
        assert_eq!(what("postback", pressed), Ok(Happening::Postback(expected)));
        let standby = Postback { mid: None, title: some("Start"), payload: None, referral: None };
        assert_eq!(what("postback", json!({"title": "Start"})), Ok(Happening::Postback(standby)));
    }

    #[test]
    fn a_referral_tells_where_from() {
        let referred = json!({"ref": "spring", "source": "ADS", "type": "OPEN_THREAD", "ad_id": "77",
            "referer_uri": "https://example.com", "ads_context_data": {"ad_title": "Spring"}});
        let expected = Referral {
            reference: some("spring"),
            source: some("ADS"),
            kind: some("OPEN_THREAD"),
            ad_id: some("77"),
            referer_uri: some("https://example.com"),
        };
        assert_eq!(what("referral", referred), Ok(Happening::Referral(expected)));
    }

    #[test]
    fn somebody_opts_in() {
        let opted = json!({"ref": "box", "type": "notification_messages", "user_ref": "u-1"});
        let expected =
            Optin { reference: some("box"), kind: some("notification_messages"), user_ref: some("u-1") };
        assert_eq!(what("optin", opted), Ok(Happening::Optin(expected)));
    }

    #[test]
    fn the_control_over_the_thread_changes() {
        let control = |what, new: &str, previous: Option<&str>, metadata: Option<&str>| {
            let owned = |text: Option<&str>| text.map(str::to_owned);
            Ok(Happening::ThreadControl(ThreadControl {
                what,
                new_owner: some(new),
                previous_owner: owned(previous),
                metadata: owned(metadata),
            }))
        };
        let passed =
            json!({"previous_owner_app_id": null, "new_owner_app_id": "3003", "metadata": "order 7"});
        assert_eq!(
            what("pass_thread_control", passed),
            control(Control::Passed, "3003", None, Some("order 7"))
        );
        let taken = json!({"previous_owner_app_id": 3003, "new_owner_app_id": 263_902_037_430_900_i64});
        let expected = control(Control::Taken, "263902037430900", Some("3003"), None);
        assert_eq!(what("take_thread_control", taken), expected);
        let asked = json!({"requested_owner_app_id": 4004, "metadata": "please"});
        assert_eq!(
            what("request_thread_control", asked),
            control(Control::Requested, "4004", None, Some("please"))
        );
    }

    #[test]
    fn the_platform_blocks_the_page() {
        let expected = PolicyNotice { action: "block".into(), reason: some("spam") };
        for kind in ["policy_enforcement", "policy-enforcement"] {
            let blocked = json!({"action": "block", "reason": "spam"});
            assert_eq!(what(kind, blocked), Ok(Happening::Policy(expected.clone())));
        }
        assert_eq!(what("policy_enforcement", json!({})), Err(Poison::Missing("action")));
    }

    #[test]
    fn number_and_length_are_bounded() {
        let mids = |count| json!({"watermark": 1, "mids": vec!["m"; count]});
        assert!(what("delivery", mids(MAX_MIDS)).is_ok());
        assert_eq!(what("delivery", mids(MAX_MIDS + 1)), Err(Poison::TooMany("mids")));
        let long = json!({"watermark": 1, "mids": ["m".repeat(MAX_MID + 1)]});
        assert_eq!(what("delivery", long), Err(Poison::TooLong("mids")));
        let long = json!({"payload": "p".repeat(9_000), "title": "t".repeat(9_000)});
        let Ok(Happening::Postback(long)) = what("postback", long) else { panic!("a postback") };
        let ends = [long.payload, long.title].map(|text| text.is_some_and(|text| text.ends_with('…')));
        assert_eq!(ends, [true, true], "what a person pressed is shortened, never refused");
    }
}
