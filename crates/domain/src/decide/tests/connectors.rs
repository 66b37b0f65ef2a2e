//! What connectors bring (spec: channel-connectors#0.2, #0.3, #1D, #2.4).

use super::*;
use crate::{
    command::{CustomerMessage, Keyword, Unit},
    message::Content,
    notice::Notice,
    session::Delivery,
};
use serde_json::json;

fn again(world: &TestCentre, command: &Command) {
    check(world.clone(), command.clone(), "");
}

#[test]
fn the_first_message_opens_a_conversation_in_the_queue_of_its_service() {
    check(
        TestCentre::new(),
        text("m1", "Hello"),
        "created; thread: s1; said joined by customer; queued Support since 0; said text by customer",
    );
}

#[test]
fn a_unit_that_comes_again_changes_nothing() {
    again(&texted(), &text("m1", "Hello"));
    again(&texting(), &text("m1", "Hello, but the provider was restarted"));
}

#[test]
fn a_further_message_joins_the_open_conversation() {
    check(texted(), anew(&text("m2", "Anybody?"), 5, "s2"), "said text by customer");
    check(texting(), anew(&text("m2", "Thanks"), 5, "s2"), "said text by customer");
}

#[test]
fn after_the_end_a_message_opens_another_linked_to_the_one_before() {
    let over = texting().then(ann(complete())).after(5);
    let world = check(
        over,
        anew(&text("m2", "One more thing"), 5, "s2"),
        "created; thread: s2; said joined by customer; queued Support since 5; said text by customer",
    );
    let second = world.sessions().find(|session| session.id.as_str() == "s2").expect("the second");
    assert_eq!(second.post.as_ref().and_then(|post| post.previous.clone()), Some(s1()));
}

#[test]
fn a_completed_conversation_is_never_revived() {
    let world = texting().then(ann(leave()));
    let world = check(
        world,
        anew(&text("m2", "Wait"), 0, "s2"),
        "created; thread: s2; said joined by customer; queued Support since 0; said text by customer",
    );
    assert!(!world.sessions().find(|session| session.id == s1()).expect("the first").customer.present);
}

#[test]
fn an_address_without_a_name_is_its_own() {
    assert_eq!(texted().session().customer.nickname, "+1");
    let named = receive(crate::command::Receive {
        nickname: "Ines".into(),
        ..unit("texts", "m", Unit::Said(said("Hi")))
    });
    assert_eq!(TestCentre::new().then(named).session().customer.nickname, "Ines");
}

#[test]
fn what_only_joins_opens_nothing() {
    let joins = Unit::Said(CustomerMessage { opens: false, ..said("a referral") });
    check(TestCentre::new(), receive(unit("page", "r1", joins.clone())), "");
    check(messaging(), receive(unit("page", "r1", joins)), "said text by customer");
    check(TestCentre::new(), receive(unit("page", "t1", Unit::Typing(true))), "");
    check(messaging(), receive(unit("page", "t1", Unit::Typing(true))), "typed on");
    check(TestCentre::new(), receive(unit("page", "n1", Unit::Notice("The customer reacted".into()))), "");
    check(
        messaging(),
        receive(unit("page", "n1", Unit::Notice("The customer reacted".into()))),
        "said notice by another",
    );
}

#[test]
fn what_is_not_known_is_told_in_an_open_conversation_and_refused_without_one() {
    let odd = || receive(unit("page", "u1", Unit::Unknown("game_play".into())));
    check(messaging(), odd(), "said notice by another");
    check(TestCentre::new(), odd(), "no: There is no open conversation in which it could be told");
}

/// What the notices of a conversation say.
fn notices(world: &TestCentre) -> Vec<String> {
    let texts = world.log.values().flatten().filter_map(|message| match &message.content {
        Content::Notice(notice) => Some(notice.text.clone()),
        _ => None,
    });
    texts.collect()
}

#[test]
fn a_reaction_and_an_answer_say_which_message_is_meant() {
    let reacted = |of: &str| {
        let text = "The customer reacted with +.".into();
        receive(unit("page", "n1", Unit::About { of: named(of), text }))
    };
    let world = TestCentre::new().then(on_page("m1", "Hello"));
    assert_eq!(
        notices(&world.clone().then(reacted("m1"))),
        ["The customer reacted with +. This is about message 2."]
    );
    assert_eq!(notices(&world.clone().then(reacted("m9"))), ["The customer reacted with +."]);
    let answered = |of: &str| {
        let said = CustomerMessage { answers: Some(named(of)), ..said("Yes") };
        receive(unit("page", "m2", Unit::Said(said)))
    };
    assert_eq!(notices(&world.clone().then(answered("m1"))), ["The customer answers message 2."]);
    assert_eq!(
        notices(&world.then(answered("m9"))),
        ["The customer answers a message of an earlier conversation."]
    );
}

#[test]
fn what_a_platform_tells_beside_the_words_is_not_left_out_in_silence() {
    let heavy = || {
        let user_data = pairs(&json!({"referralRef": "x".repeat(crate::userdata::MAX_BYTES)}));
        receive(unit("page", "m1", Unit::Said(CustomerMessage { user_data, ..said("Hello") })))
    };
    let told = "What came with this message was not added to the user data, which is as large as it may be: \
                referralRef.";
    let world = TestCentre::new().then(heavy());
    assert_eq!((notices(&world), world.session().user_data.is_empty()), (vec![told.to_owned()], true));
}

#[test]
fn who_is_served_is_idle_when_nobody_writes_and_who_waits_never_is() {
    let silent = Command::FellSilent { session: s1() };
    check(texting().after(299_999), silent.clone(), "");
    let spoke = texting().after(200_000).then(ann(say("One moment")));
    check(spoke.after(299_999), silent.clone(), "");
    check(texting().after(300_000), silent.clone(), "said left by customer; talk-ended by idle");
    check(texted().after(300_000), silent, "");
    check(messaging().after(300_000), Command::FellSilent { session: s1() }, "");
}

#[test]
fn a_word_of_consent_alone_opens_nothing() {
    let world = check(TestCentre::new(), keyword("m1", Keyword::OptOut, None), "thread: out by keyword");
    again(&world, &keyword("m1", Keyword::OptOut, None));
    check(world.clone(), keyword("m2", Keyword::OptOut, None), "");
    check(world, keyword("m3", Keyword::OptIn, None), "thread: in by keyword");
}

#[test]
fn in_an_open_conversation_the_agent_is_told() {
    check(
        texting(),
        keyword("m2", Keyword::OptOut, None),
        "thread: out by keyword; said text by customer; said notice by another",
    );
    check(texting(), keyword("m2", Keyword::Help, None), "said text by customer; said notice by another");
}

#[test]
fn yes_is_consent_only_of_who_had_opted_out() {
    check(texting(), keyword("m2", Keyword::OptInIfOut, None), "said text by customer");
    let out = TestCentre::new().then(keyword("m1", Keyword::OptOut, None));
    check(out, keyword("m2", Keyword::OptInIfOut, None), "thread: in by keyword");
}

#[test]
fn the_account_answers_a_word_itself_when_it_is_set_up_so() {
    let world = TestCentre::new().then(keyword("m1", Keyword::OptOut, Some("You will hear no more from us")));
    assert_eq!(world.tasks.iter().map(crate::Task::id).collect::<Vec<_>>(), ["notice/provider|m1"]);
    let world = world.then(Command::Settle { task: "notice/provider|m1".into() });
    assert!(world.tasks.is_empty());
}

#[test]
fn an_echo_of_ours_confirms_the_message_before_its_answer_does() {
    let world = messaging().then(ann(say("Good day")));
    let echo = receive(unit("page", "mid.9", Unit::Echo { session: s1(), index: 4 }));
    let world = check(world, echo.clone(), "4 sent");
    again(&world, &echo);
    assert!(world.tasks.is_empty(), "and its task is done with");
    check(world, report(4, settled(Delivery::Sent)), "");
}

#[test]
fn an_echo_without_our_word_is_known_by_its_words() {
    let world = messaging().then(ann(say("Good day")));
    let echo = |words: &str| {
        let content = vec![Content::Text { text: words.into(), message_type: None }];
        receive(unit("page", "mid.9", Unit::Foreign { content, name: "Page".into() }))
    };
    check(world.clone(), echo("Good day"), "4 sent");
    check(world, echo("Something else"), "said text by another");
    check(TestCentre::new(), echo("Nobody talks"), "");
}

#[test]
fn what_was_edited_or_taken_back_is_so_in_the_log_too() {
    let edited = receive(unit("texts", "e1", Unit::Edited { of: named("m1"), text: "Good day".into() }));
    let world = check(texting(), edited, "2 edited; said notice by another");
    assert_eq!(world.log[&s1()][1].content, Content::Text { text: "Good day".into(), message_type: None });
    let unsent = receive(unit("texts", "u1", Unit::Unsent { of: named("m1") }));
    let world = check(world, unsent, "2 unsent; 4 unsent; said notice by another");
    assert_eq!(world.log[&s1()][1].content, Content::Text { text: String::new(), message_type: None });
    assert_eq!(
        world.log[&s1()][3].content,
        Content::Notice(Notice { code: Some("message-changed".into()), ..Notice::default() }),
        "where the edit was told"
    );
    let stranger = receive(unit("texts", "u2", Unit::Unsent { of: named("nothing") }));
    check(world, stranger, "");
}

#[test]
fn what_was_written_elsewhere_can_be_taken_back_and_what_an_agent_wrote_cannot() {
    let content = vec![Content::Text { text: "From the inbox".into(), message_type: None }];
    let foreign = Unit::Foreign { content, name: "Page".into() };
    let world = messaging().then(receive(unit("page", "f1", foreign)));
    let unsent = |key: &str, of: &str| receive(unit("page", key, Unit::Unsent { of: named(of) }));
    let world = check(world, unsent("u1", "f1"), "4 unsent; said notice by another");
    assert_eq!(world.log[&s1()][3].content, Content::Text { text: String::new(), message_type: None });
    let ours = Command::Report {
        session: s1(),
        index: 6,
        report: crate::command::DeliveryReport { keys: vec![named("o1")], ..settled(Delivery::Sent) },
    };
    check(world.then(ann(say("Good day"))).then(ours), unsent("u2", "o1"), "");
}

#[test]
fn all_parts_of_a_message_are_taken_back_and_no_late_edit_brings_them_again() {
    let text = |text: &str| Content::Text { text: text.into(), message_type: None };
    let url = |url: &str| Content::Url { url: url.into() };
    let content = vec![text("Look"), text("https://cdn/1"), url("https://cdn/1")];
    let said = Unit::Said(CustomerMessage { content, opens: true, ..CustomerMessage::default() });
    let world = messaging().then(receive(unit("page", "p1", said)));
    let unsent = receive(unit("page", "u1", Unit::Unsent { of: named("p1") }));
    let world = check(world, unsent, "4 unsent; 5 unsent; 6 unsent; said notice by another");
    let left: Vec<_> = world.log[&s1()][3..6].iter().map(|message| message.content.clone()).collect();
    assert_eq!(left, [text(""), text(""), url("")]);
    let edited = Unit::Edited { of: named("p1"), text: "Look again".into() };
    check(world, receive(unit("page", "e1", edited)), "");
}

#[test]
fn what_was_taken_back_before_it_came_is_never_shown() {
    let world = check(texting(), receive(unit("texts", "u1", Unit::Unsent { of: named("m2") })), "");
    check(world, text("m2", "Never mind"), "");
}
