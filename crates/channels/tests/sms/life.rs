//! The life of a conversation over text messages: what comes in, what goes out, and what a crash leaves behind.

use crate::{
    house::{House, INES, JAN, TEXTS, eventually},
    provider::Manner,
};
use domain::{
    command::SessionAct,
    message::{Content, PartyKind},
    session::Delivery,
};
use http::StatusCode;
use std::time::{Duration, Instant};

#[tokio::test]
async fn a_message_opens_a_conversation_and_what_the_agent_says_is_sent() {
    let house = House::new().await;
    let session = house.talk(INES, "SM1").await;
    let customer = house.session(&session).await.customer;
    assert_eq!(customer.nickname, INES, "who tells no name is called by his number");
    assert_eq!(house.session(&session).await.user_data.get("PhoneNumber"), Some(&INES.into()));
    house.tom_says(&session, "“Good day”").await;
    house.until(&session, Delivery::Sent).await;
    let [form] = &house.provider.heard()[..] else { panic!("one message") };
    let sent = ["To", "From", "Body"].map(|name| form[name].as_str());
    assert_eq!(sent, [INES, crate::house::OURS, "\"Good day\""]);
    house.tom(&session, SessionAct::SendUrl("https://desk.example/help".into())).await.expect("sent");
    eventually("the link is sent", async || house.provider.heard().len() == 2).await;
    assert_eq!(house.provider.texts()[1], "https://desk.example/help");
}

#[tokio::test]
async fn a_later_message_opens_another_conversation_linked_to_the_one_before() {
    let house = House::new().await;
    let first = house.talk(INES, "SM1").await;
    let complete = SessionAct::Complete { queue: None, save_last_agent: false, last: None };
    house.tom(&first, complete).await.expect("completed");
    assert_eq!(house.texted(INES, "SM2", "One more thing").await, StatusCode::OK);
    let second = house.latest(INES).await.expect("a conversation");
    assert_ne!(first, second);
    let post = house.session(&second).await.post.expect("carried by a connector");
    assert_eq!((post.previous, house.texts(&second).await), (Some(first), vec!["One more thing".into()]));
}

#[tokio::test]
async fn a_message_can_be_more_than_words() {
    let house = House::new().await;
    let fields = [
        ("MessageSid", "MM1"),
        ("From", INES),
        ("To", crate::house::OURS),
        ("ProfileName", "Ines"),
        ("Body", "Look"),
        ("ButtonPayload", "show-1"),
        ("NumMedia", "3"),
        ("MediaUrl0", "https://media.example/1"),
        ("MediaContentType0", "image/png"),
        ("MediaUrl1", "ftp://media.example/2"),
    ];
    assert_eq!(house.post(TEXTS, &fields).await, StatusCode::OK);
    let session = house.latest(INES).await.expect("a conversation");
    assert_eq!(house.session(&session).await.customer.nickname, "Ines");
    let said: Vec<Content> = house
        .log(&session)
        .await
        .into_iter()
        .filter(|message| message.from.kind == PartyKind::Customer && message.content != Content::Joined)
        .map(|message| message.content)
        .collect();
    let url = "https://media.example/1".to_owned();
    let notice = "The customer sent 2 more attachments, which could not be taken over.".to_owned();
    let expected = [
        Content::Text { text: "Look".into(), message_type: Some("show-1".into()) },
        Content::Text { text: url.clone(), message_type: None },
        Content::Url { url },
        Content::Notice { text: notice },
    ];
    assert_eq!(said, expected);
}

#[tokio::test]
async fn a_message_without_anything_readable_is_not_lost() {
    let house = House::new().await;
    let fields = [("MessageSid", "MM1"), ("From", INES), ("To", crate::house::OURS), ("Latitude", "48.2")];
    assert_eq!(house.post(TEXTS, &fields).await, StatusCode::OK);
    let session = house.latest(INES).await.expect("a conversation");
    let last = house.log(&session).await.pop().expect("an entry").content;
    assert_eq!(
        last,
        Content::Notice { text: "The customer sent something that cannot be shown here.".into() }
    );
}

#[tokio::test]
async fn what_a_crash_left_half_sent_is_unknown_and_sent_again_only_by_the_agent() {
    let house = House::new().await;
    let session = house.talk(INES, "SM1").await;
    house.provider.towards(INES, Manner::Hangs);
    let reference = house.tom_says(&session, "Good day").await;
    eventually("the provider has it", async || house.provider.heard().len() == 1).await;
    let house = house.killed_and_restarted().await;
    house.until(&session, Delivery::Unknown).await;
    let [error] = &house.errors().await[..] else { panic!("one error") };
    assert_eq!(error["referenceId"], reference);
    assert_eq!(house.provider.heard().len(), 1, "nothing is sent twice blindly");

    house.provider.kindly();
    let index = house.last(&session).await;
    house.tom(&session, SessionAct::Resend { index }).await.expect("sent again");
    house.until(&session, Delivery::Sent).await;
    assert_eq!(house.provider.texts(), ["Good day", "Good day"]);
}

#[tokio::test]
async fn what_waited_for_its_turn_is_sent_after_a_crash() {
    let house = House::new().await;
    let session = house.talk(INES, "SM1").await;
    house.provider.towards(INES, Manner::Hangs);
    house.tom_says(&session, "one").await;
    house.tom_says(&session, "two").await;
    eventually("the provider has the first", async || house.provider.heard().len() == 1).await;
    house.provider.kindly();
    let house = house.killed_and_restarted().await;
    house.until(&session, Delivery::Sent).await;
    assert_eq!(house.provider.texts(), ["one", "two"]);
}

#[tokio::test]
async fn a_busy_provider_is_asked_again_after_the_time_it_names() {
    let house = House::new().await;
    let (ines, jan) = (house.talk(INES, "SM1").await, house.talk(JAN, "SM2").await);
    house.provider.once(Manner::Says(429, Some(1), r#"{"code":20429}"#));
    house.provider.once(Manner::Says(400, None, r#"{"code":30001}"#));
    let begun = Instant::now();
    house.tom_says(&ines, "Good day").await;
    eventually("it was refused", async || house.provider.heard().len() == 1).await;
    house.tom_says(&jan, "Good day").await;
    house.until(&ines, Delivery::Sent).await;
    house.until(&jan, Delivery::Sent).await;
    assert!(begun.elapsed() >= Duration::from_secs(1), "{:?}", begun.elapsed());
    assert_eq!((house.provider.heard().len(), house.errors().await.len()), (4, 0));
}
