//! The life of a conversation over text messages: what comes in, what goes out, and what a crash leaves behind.

use super::provider::Manner;
use super::server::{INES, JAN, SmsServer, TEXTS};
use domain::{
    command::SessionAct,
    message::{Content, PartyKind},
    notice::Wording,
    session::Delivery,
};
use http::StatusCode;
use std::time::{Duration, Instant};
use testkit::wait::eventually;

#[tokio::test]
async fn a_message_opens_a_conversation_and_what_the_agent_says_is_sent() {
    let server = SmsServer::new().await;
    let session = server.talk(INES, "SM1").await;
    let customer = server.session(&session).await.customer;
    assert_eq!(customer.nickname, INES, "a customer without a name is called by their number");
    assert_eq!(server.session(&session).await.user_data.get("PhoneNumber"), Some(&INES.into()));
    server.tom_says(&session, "“Good day”").await;
    server.until(&session, Delivery::Sent).await;
    let [form] = &server.provider.heard()[..] else { panic!("one message") };
    let sent = ["To", "From", "Body"].map(|name| form[name].as_str());
    assert_eq!(sent, [INES, super::server::OURS, "\"Good day\""]);
    server.tom(&session, SessionAct::SendUrl("https://desk.example/help".into())).await.expect("sent");
    eventually("the link is sent", async || server.provider.heard().len() == 2).await;
    assert_eq!(server.provider.texts()[1], "https://desk.example/help");
}

#[tokio::test]
async fn a_later_message_opens_another_conversation_linked_to_the_one_before() {
    let server = SmsServer::new().await;
    let first = server.talk(INES, "SM1").await;
    let complete = SessionAct::Complete { queue: None, save_last_agent: false, last: None };
    server.tom(&first, complete).await.expect("completed");
    assert_eq!(server.texted(INES, "SM2", "One more thing").await, StatusCode::OK);
    let second = server.latest(INES).await.expect("a conversation");
    assert_ne!(first, second);
    let post = server.session(&second).await.post.expect("carried by a connector");
    assert_eq!((post.previous, server.texts(&second).await), (Some(first), vec!["One more thing".into()]));
}

#[tokio::test]
async fn a_message_can_be_more_than_words() {
    let server = SmsServer::new().await;
    let fields = [
        ("MessageSid", "MM1"),
        ("From", INES),
        ("To", super::server::OURS),
        ("ProfileName", "Ines"),
        ("Body", "Look"),
        ("ButtonPayload", "show-1"),
        ("NumMedia", "3"),
        ("MediaUrl0", "https://media.example/1"),
        ("MediaContentType0", "image/png"),
        ("MediaUrl1", "ftp://media.example/2"),
    ];
    assert_eq!(server.post(TEXTS, &fields).await, StatusCode::OK);
    let session = server.latest(INES).await.expect("a conversation");
    assert_eq!(server.session(&session).await.customer.nickname, "Ines");
    let said: Vec<Content> = server
        .log(&session)
        .await
        .into_iter()
        .filter(|message| message.from.kind == PartyKind::Customer && message.content != Content::Joined)
        .map(|message| message.content)
        .collect();
    let url = "https://media.example/1".to_owned();
    let notice = Wording::AttachmentsLeftOut.with(&[("count", &2)]);
    let expected = [
        Content::Text { text: "Look".into(), message_type: Some("show-1".into()) },
        Content::Text { text: url.clone(), message_type: None },
        Content::Url { url },
        Content::Notice(notice),
    ];
    assert_eq!(said, expected);
}

#[tokio::test]
async fn a_message_without_anything_readable_is_not_lost() {
    let server = SmsServer::new().await;
    let fields = [("MessageSid", "MM1"), ("From", INES), ("To", super::server::OURS), ("Latitude", "48.2")];
    assert_eq!(server.post(TEXTS, &fields).await, StatusCode::OK);
    let session = server.latest(INES).await.expect("a conversation");
    let last = server.log(&session).await.pop().expect("an entry").content;
    assert_eq!(last, Content::Notice(Wording::ContentUnsupported.notice()));
}

#[tokio::test]
async fn what_a_crash_left_half_sent_is_unknown_and_sent_again_only_by_the_agent() {
    let server = SmsServer::new().await;
    let session = server.talk(INES, "SM1").await;
    server.provider.towards(INES, Manner::Hangs);
    let reference = server.tom_says(&session, "Good day").await;
    eventually("the provider has it", async || server.provider.heard().len() == 1).await;
    let server = server.killed_and_restarted().await;
    server.until(&session, Delivery::Unknown).await;
    let [error] = &server.errors().await[..] else { panic!("one error") };
    assert_eq!(error["referenceId"], reference);
    assert_eq!(server.provider.heard().len(), 1, "nothing is sent twice blindly");

    server.provider.kindly();
    let index = server.last(&session).await;
    server.tom(&session, SessionAct::Resend { index }).await.expect("sent again");
    server.until(&session, Delivery::Sent).await;
    assert_eq!(server.provider.texts(), ["Good day", "Good day"]);
}

#[tokio::test]
async fn what_waited_for_its_turn_is_sent_after_a_crash() {
    let server = SmsServer::new().await;
    let session = server.talk(INES, "SM1").await;
    server.provider.towards(INES, Manner::Hangs);
    server.tom_says(&session, "one").await;
    server.tom_says(&session, "two").await;
    eventually("the provider has the first", async || server.provider.heard().len() == 1).await;
    server.provider.kindly();
    let server = server.killed_and_restarted().await;
    server.until(&session, Delivery::Sent).await;
    assert_eq!(server.provider.texts(), ["one", "two"]);
}

#[tokio::test]
async fn a_busy_provider_is_asked_again_after_the_time_it_names() {
    let server = SmsServer::new().await;
    let (ines, jan) = (server.talk(INES, "SM1").await, server.talk(JAN, "SM2").await);
    server.provider.once(Manner::Says(429, Some(1), r#"{"code":20429}"#));
    server.provider.once(Manner::Says(400, None, r#"{"code":30001}"#));
    let begun = Instant::now();
    server.tom_says(&ines, "Good day").await;
    eventually("it was refused", async || server.provider.heard().len() == 1).await;
    server.tom_says(&jan, "Good day").await;
    server.until(&ines, Delivery::Sent).await;
    server.until(&jan, Delivery::Sent).await;
    assert!(begun.elapsed() >= Duration::from_secs(1), "{:?}", begun.elapsed());
    assert_eq!((server.provider.heard().len(), server.errors().await.len()), (4, 0));
}
