//! Who wants to hear from us (spec: channel-connectors#1D).

use super::provider::Manner;
use super::server::{INES, SmsServer, TEXTS};
use channels::sms::config::{Replies, SmsConfig};
use desk::Refused;
use domain::{
    InteractionId, Refusal, command::SessionAct, message::Content, session::Delivery, thread::Consent,
};
use http::StatusCode;
use testkit::wait::eventually;

fn we_reply(config: &mut SmsConfig) {
    let [opt_out, opt_in, help] = ["No more.", "Welcome back.", "Ask us anything."].map(str::to_owned);
    config.we_reply = Some(Replies { opt_out, opt_in, help });
}

async fn tries_to_write(server: &SmsServer, session: &InteractionId) -> Result<(), Refusal> {
    let said = server.tom(session, SessionAct::Say { text: "Still there?".into(), message_type: None }).await;
    match said {
        Ok(_) => Ok(()),
        Err(Refused::Rule(why)) => Err(why),
        Err(Refused::Store(fault)) => panic!("{fault}"),
    }
}

#[tokio::test]
async fn stop_blocks_and_start_opens_again() {
    let server = SmsServer::with(we_reply).await;
    let session = server.talk(INES, "SM1").await;
    assert_eq!(server.texted(INES, "SM2", " Stop! ").await, StatusCode::OK);
    assert_eq!(server.consent(INES).await, Some(Consent::Out));
    assert_eq!(tries_to_write(&server, &session).await, Err(Refusal::OptedOut));
    eventually("it is confirmed", async || server.provider.texts() == ["No more."]).await;
    let told = server.log(&session).await.into_iter().any(|message| {
        matches!(message.content, Content::Notice(notice) if notice.text.starts_with("The customer has opted out"))
    });
    assert!(told, "the agent is told");

    assert_eq!(server.texted(INES, "SM3", "yes").await, StatusCode::OK);
    assert_eq!(server.consent(INES).await, Some(Consent::In));
    assert_eq!(tries_to_write(&server, &session).await, Ok(()));
    eventually("both are sent", async || server.provider.heard().len() == 3).await;
    assert!(server.provider.texts().contains(&"Welcome back.".to_owned()));
}

#[tokio::test]
async fn a_word_of_consent_opens_nothing_and_a_sentence_is_none() {
    let server = SmsServer::new().await;
    assert_eq!(server.texted(INES, "SM1", "STOP").await, StatusCode::OK);
    assert_eq!((server.consent(INES).await, server.latest(INES).await), (Some(Consent::Out), None));
    assert_eq!(server.provider.heard().len(), 0, "nobody is answered unless the account is set up so");
    assert_eq!(server.texted(INES, "SM2", "Start").await, StatusCode::OK);
    assert_eq!(server.consent(INES).await, Some(Consent::In));
    let session = server.talk(INES, "SM3").await;
    assert_eq!(server.texted(INES, "SM4", "stop please").await, StatusCode::OK);
    assert_eq!(server.consent(INES).await, Some(Consent::In));
    assert_eq!(server.texts(&session).await, ["Hello", "stop please"]);
}

#[tokio::test]
async fn a_provider_that_keeps_consent_is_believed_and_answers_by_itself() {
    let server = SmsServer::with(we_reply).await;
    let word = |id, kind| {
        let fields = [("MessageSid", id), ("From", INES), ("To", super::server::OURS), ("Body", "Basta")];
        let fields = [&fields[..], &[("OptOutType", kind)]].concat();
        let server = &server;
        async move { server.post(TEXTS, &fields).await }
    };
    assert_eq!(word("SM1", "STOP").await, StatusCode::OK);
    assert_eq!(server.consent(INES).await, Some(Consent::Out));
    assert_eq!(word("SM2", "START").await, StatusCode::OK);
    assert_eq!(server.consent(INES).await, Some(Consent::In));
    assert_eq!(server.provider.heard().len(), 0);
}

#[tokio::test]
async fn a_provider_that_refuses_because_he_opted_out_sets_him_out() {
    let server = SmsServer::new().await;
    let session = server.talk(INES, "SM1").await;
    server.provider.once(Manner::Says(400, None, r#"{"code":21610,"message":"unsubscribed"}"#));
    server.tom_says(&session, "Good day").await;
    server.until(&session, Delivery::Failed).await;
    assert_eq!(server.consent(INES).await, Some(Consent::Out));
    assert_eq!(tries_to_write(&server, &session).await, Err(Refusal::OptedOut));
    let words = "The message was not sent: The customer has opted out and must not be sent messages.";
    assert_eq!(server.errors().await[0]["errorMessage"], words);
}
