//! Speech and typing (spec: digital-channels#2.5, #2.6; decisions#1 on typing).

use super::*;
use crate::{
    command::SessionAct,
    message::{Content, MAX_TEXT},
    session::{SessionOperation, capabilities},
};

#[test]
fn everyone_speaks_while_both_are_there() {
    check(chatting(), ann(say("hello")), "said text by ann");
    check(chatting(), ann(SessionAct::SendUrl("https://x".into())), "said url by ann");
    check(chatting(), ann(SessionAct::Notice("n".into())), "said custom-notice by ann");
    check(chatting(), customer_says("hello"), "said text by customer");
    check(waiting(), customer_says("anyone?"), "said text by customer");
    check(chatting(), ann(say("")), "no: Required parameter 'text' is missing");
    check(chatting(), ann(SessionAct::SendUrl(String::new())), "no: Required parameter 'url' is missing");
    check(
        chatting(),
        ann(SessionAct::Notice(String::new())),
        "no: Required parameter 'noticeText' is missing",
    );
    check(chatting(), ann(say(&"x".repeat(MAX_TEXT.chars))), "said text by ann");
    check(
        chatting(),
        ann(say(&"x".repeat(MAX_TEXT.chars + 1))),
        "no: 'text' is longer than 32768 characters",
    );
    // Behind that stands a bound on what it takes as JSON has it: six bytes for a control character.
    let (most, over) = ("\u{1}".repeat(21_845) + "xx", "\u{1}".repeat(21_845) + "xxx");
    check(chatting(), ann(say(&most)), "said text by ann");
    check(chatting(), ann(say(&over)), "no: 'text' is longer than 131072 bytes");
    check(chatting(), customer_says(&over), "no: 'message' is longer than 131072 bytes");
    let typed = |bytes| SessionAct::Say { text: "x".into(), message_type: Some("t".repeat(bytes)) };
    check(chatting(), ann(typed(255)), "said text by ann");
    check(chatting(), ann(typed(256)), "no: 'messageType' is longer than 255 characters");
}

#[test]
fn nobody_speaks_to_who_is_not_there() {
    check(invited(), ann(say("hello")), "no: SendMessage is not valid in state Invited");
    check(alone(), ann(say("hello")), "no: SendMessage is not valid in state Chatting");
    check(alone(), ann(types(true)), "no: StartTyping is not valid in state Chatting");
    check(alone(), ann(SessionAct::SendUrl("u".into())), "no: SendUrl is not valid in state Chatting");
    check(alone(), ann(to_queue("Sales")), "no: Transfer is not valid in state Chatting");
    check(left(), ann(say("hello")), "no: SendMessage is not valid in state LeftChat");
    check(left(), customer_says("wait"), "no: The conversation has ended");
    check(completed(), ann(say("hello")), "no: Interaction 's1' was not found");
    check(chatting(), bob(say("hello")), "no: Interaction 's1' was not found");
}

#[test]
fn capabilities_follow_the_state() {
    use SessionOperation as O;
    let desk = [
        O::SetInFocus,
        O::SetDisposition,
        O::AttachUserData,
        O::DeleteUserData,
        O::UpdateUserData,
        O::SetComment,
    ];
    let of = |world: &TestCentre, agent: &str| capabilities(world.session(), &agent.into());
    let with = |first: &[SessionOperation], then: &[SessionOperation]| [first, &desk, then].concat();
    let speech =
        [O::SendMessage, O::SendUrl, O::StartTyping, O::StopTyping, O::SendCustomNotice, O::ChangeNickname];
    assert_eq!(of(&waiting(), "ann"), []);
    assert_eq!(of(&invited(), "ann"), [O::Accept, O::Reject]);
    assert_eq!(
        of(&chatting(), "ann"),
        with(&[O::Transfer, O::Leave, O::Invite, O::Consult, O::Complete], &speech)
    );
    assert_eq!(of(&handing_over(), "ann"), with(&[O::Leave, O::Invite, O::Consult, O::Complete], &speech));
    assert_eq!(of(&handing_over(), "bob"), [O::Accept, O::Reject]);
    assert_eq!(of(&alone(), "ann"), with(&[O::Leave, O::Complete], &[]));
    assert_eq!(of(&left(), "ann"), with(&[O::Complete], &[]));
    assert_eq!(of(&join_failed(), "bob"), with(&[O::Complete], &[]));
    assert_eq!(of(&completed(), "ann"), []);
    assert_eq!(of(&rejected(), "ann"), []);
    assert_eq!(of(&revoked(), "ann"), []);
}

#[test]
fn a_repeated_typing_notice_is_dropped_for_five_seconds() {
    let typing = check(chatting(), ann(types(true)), "typed on");
    check(typing.clone(), ann(types(true)), "");
    check(typing.clone().after(4_999), ann(types(true)), "");
    check(typing.clone().after(5_000), ann(types(true)), "typed on");
    check(typing.clone(), customer_types(true, None), "typed on");
    let stopped = check(typing, ann(types(false)), "typed off");
    check(stopped.clone(), ann(types(false)), "");
    check(stopped, ann(types(true)), "typed on");
    check(chatting(), ann(types(false)), "typed off");
}

#[test]
fn who_has_spoken_starts_typing_anew() {
    check(chatting().then(ann(types(true))).then(ann(say("hi"))), ann(types(true)), "typed on");
    let typed = chatting().then(customer_types(true, None)).then(customer_says("hi"));
    check(typed, customer_types(true, None), "typed on");
    check(chatting().then(ann(types(true))).then(customer_says("hi")), ann(types(true)), "");
}

#[test]
fn a_preview_is_dropped_for_one_second() {
    let typing = chatting().then(customer_types(true, Some("he")));
    check(typing.clone().after(999), customer_types(true, Some("hel")), "");
    let world = check(typing.after(1_000), customer_types(true, Some("hell")), "typed on");
    let shown = world.log[&s1()].last().map(|message| message.content.clone());
    assert_eq!(shown, Some(Content::TypingStarted { text: Some("hell".into()) }));
}

#[test]
fn typing_takes_an_index_and_is_not_reported() {
    let world = chatting().then(ann(types(true))).then(ann(say("hi")));
    let indexes: Vec<u32> = world.log[&s1()].iter().map(|message| message.index).collect();
    assert_eq!(indexes, [1, 2, 3, 4]);
    let unreported: Vec<_> = world
        .history
        .iter()
        .filter(|(.., event)| !event.is_reported())
        .map(|(.., event)| event.kind())
        .collect();
    assert_eq!(unreported, ["agent.slot-taken", "session.typing"]);
}

#[test]
fn the_latest_typing_of_a_party_alone_stays_in_the_log() {
    let world = chatting().then(ann(types(true))).then(customer_types(true, None)).then(ann(say("hi")));
    let log = crate::message::without_stale_typing(world.log[&s1()].clone());
    assert_eq!(log.iter().map(|message| message.index).collect::<Vec<_>>(), [1, 2, 4, 5]);
}

#[test]
fn a_new_nickname_stands_in_the_notice_itself() {
    let world = check(
        chatting(),
        ann(SessionAct::Rename("Thomas".into())),
        "renamed ann Thomas; said renamed by ann",
    );
    let notice = world.log[&s1()].last().expect("a notice");
    assert_eq!(notice.from.nickname, "Thomas");
    assert_eq!(notice.content, Content::Renamed { nickname: "Thomas".into() });
    check(
        chatting(),
        ann(SessionAct::Rename(String::new())),
        "no: Required parameter 'noticeText' is missing",
    );
    check(alone(), ann(SessionAct::Rename("T".into())), "no: ChangeNickname is not valid in state Chatting");
}

#[test]
fn words_are_in_the_log_and_nowhere_else() {
    let world = chatting().then(ann(say("a secret"))).then(customer_says("a secret"));
    let kept = serde_json::to_string(&world.session()).expect("JSON");
    let told: Vec<_> =
        world.history.iter().map(|(.., event)| serde_json::to_string(event).expect("JSON")).collect();
    assert!(!kept.contains("secret") && !told.concat().contains("secret"));
    assert_eq!(world.log[&s1()].len(), 4);
}

#[test]
fn one_interaction_is_in_focus() {
    let two = chatting().then(open_as("s2", &serde_json::json!({}))).then(offer_of("s2", "ann"));
    let two = two.then(does("s2", "ann", accept()));
    let one = check(two, ann(SessionAct::SetInFocus(true)), "ann: looks at s1");
    check(one.clone(), ann(SessionAct::SetInFocus(true)), "");
    check(one.clone(), does("s2", "ann", SessionAct::SetInFocus(false)), "");
    check(one.clone(), does("s2", "ann", SessionAct::SetInFocus(true)), "ann: looks at s2");
    check(one.clone(), ann(SessionAct::SetInFocus(false)), "ann: looks at nothing");
    assert_eq!(one.then(ann(complete())).agent("ann").focus, None);
    check(invited(), ann(SessionAct::SetInFocus(true)), "no: SetInFocus is not valid in state Invited");
}
