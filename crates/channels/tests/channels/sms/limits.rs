//! Limits are data, and nothing goes where it must not (spec: channel-connectors#0.2.9, #0.2.10).

use super::provider::Manner;
use super::server::{INES, JAN, SmsServer, TEXTS, signature};
use channels::{
    outbound::{Outbound, Rules},
    secret::Secret,
    sms::{
        Sms, SmsConfig,
        config::ProviderCredentials,
        form::{MAX_BODY_BYTES, MOST_FIELDS},
        text::Transliterate,
    },
};
use desk::{Condition, ports::Store};
use domain::{command::SessionAct, session::Delivery, thread::Consent};
use http::{Request, StatusCode, header::CONTENT_TYPE};
use std::{
    num::NonZeroU32,
    sync::Arc,
    time::{Duration, Instant},
};
use testkit::{centre::TOM, wait::eventually};

#[tokio::test]
async fn limits_are_data() {
    let server = SmsServer::with(|config| {
        config.keywords.opt_out = vec!["Genug".into()];
        config.limits.max_parts = 1;
        config.limits.transliterate = Transliterate::Off;
        config.rate.per_second = NonZeroU32::new(4).expect("some");
        config.rate.burst = NonZeroU32::MIN;
        config.service_sid = Some("MG1".into());
        config.status_callbacks = false;
        config.validity = Some(Duration::from_secs(90));
        config.headers.signature = "x-signature".parse().expect("a name");
        config.credentials =
            ProviderCredentials::ApiKey { sid: "SK1".into(), secret: Secret::new("hush-key") };
    })
    .await;
    let texted = async |from: &str, id: &str, text: &str| {
        let fields = [
            ("MessageSid", id),
            ("From", from),
            ("To", "+1"),
            ("MessagingServiceSid", "MG1"),
            ("Body", text),
        ];
        let given = signature(&format!("{}{TEXTS}", super::server::PUBLIC), &fields);
        let request = super::server::request(TEXTS).header("X-Signature", given);
        server.send(request.body(testkit::http::encoded(&fields).into()).expect("a request")).await.status
    };
    assert_eq!(texted(INES, "SM1", "Hello").await, StatusCode::OK);
    assert_eq!(texted(INES, "SM2", "Stop").await, StatusCode::OK);
    let thread = domain::Key::Thread(desk::address("texts", "+1", INES).thread);
    let thread = async || match server.store.state(&thread).await.expect("a journal").as_deref() {
        Some(domain::State::Thread(thread)) => thread.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(thread().await.consent, None, "an ordinary word here");
    let session = thread().await.latest.expect("a conversation");
    server.tom_takes(&session).await;

    let begun = Instant::now();
    for text in ["“one”", "two", "three"] {
        server.tom_says(&session, text).await;
    }
    eventually("all are sent", async || server.provider.heard().len() == 3).await;
    assert!(begun.elapsed() >= Duration::from_millis(450), "four a second: {:?}", begun.elapsed());
    let form = &server.provider.heard()[0];
    assert_eq!((form["Body"].as_str(), form["MessagingServiceSid"].as_str()), ("“one”", "MG1"));
    assert_eq!((form.get("From"), form.get("StatusCallback")), (None, None));
    assert_eq!(form["ValidityPeriod"], "90");

    let long = SessionAct::Say { text: "x".repeat(161), message_type: None };
    let refused = server.tom(&session, long).await.expect_err("two parts");
    let why =
        "The message would take 2 text messages; at most 1 are allowed, which is 160 characters in GSM-7";
    assert_eq!(refused.to_string(), why);
    assert_eq!(texted(INES, "SM3", "genug").await, StatusCode::OK);
    assert_eq!(thread().await.consent, Some(Consent::Out));
}

#[tokio::test]
async fn a_number_of_a_customer_is_written_in_many_ways_and_known_in_one() {
    let server = SmsServer::new().await;
    let channel = server.desk.channel("texts").expect("connected");
    assert_eq!(channel.ours(), super::server::OURS);
    assert_eq!(channel.theirs("+1 (555) 000-1111").as_deref(), Ok(INES));
    let why = channel.theirs("5550001111").expect_err("no country");
    assert_eq!(why, "A telephone number must begin with + and the code of its country");
    assert!(channel.theirs("whatsapp:+15550001111").is_err());
    let measure = channel.measure("“Good day”").expect("counted");
    assert_eq!((measure.alphabet, measure.length, measure.parts, measure.most_parts), ("GSM-7", 10, 1, 10));
}

#[tokio::test]
async fn outbound_is_bounded_and_off_private_addresses() {
    let server = SmsServer::new().await;
    let session = server.talk(INES, "SM1").await;
    // The client of a real centre, whose rules know no exception for this machine.
    let rules = Rules { plain_http: true, ..Rules::new(vec![server.provider.url.clone()]) };
    let outbound = Arc::new(Outbound::new(rules).expect("a client"));
    let mut config = SmsConfig::new("ACtexts", Secret::new("hush"), vec![super::server::OURS.into()]);
    config.base_url = server.provider.url.clone();
    let urls = vec![super::server::PUBLIC.to_owned()];
    server.desk.connect("texts", Sms::new(server.desk.clone(), "texts", config, outbound, urls));
    server.tom_says(&session, "Good day").await;
    server.until(&session, Delivery::Failed).await;
    assert_eq!(server.provider.heard().len(), 0);
    assert_eq!(server.condition("texts"), Condition::Restricted);

    // What is longer than an answer may be is not read, and leaves nobody knowing.
    let server = SmsServer::new().await;
    let session = server.talk(JAN, "SM1").await;
    let flood: &'static str = "x".repeat(2_000).leak();
    server.provider.once(Manner::Says(201, None, flood));
    server.tom_says(&session, "Good day").await;
    server.until(&session, Delivery::Unknown).await;
}

#[tokio::test]
async fn a_customer_who_was_texted_first_answers_into_the_same_conversation() {
    let server = SmsServer::new().await;
    let channel = server.desk.channel("texts").expect("connected");
    let theirs = channel.theirs("+1 555 000 1111").expect("a number");
    let begin = domain::command::Begin {
        service: "texts".into(),
        address: desk::address("texts", channel.ours(), &theirs),
        nickname: "Tom".into(),
        text: Some("Your parcel is here".into()),
        user_data: domain::UserData::default(),
        fresh: domain::task::NewConversationIds {
            session: server.desk.ids().session(),
            participant: server.desk.ids().participant(),
        },
    };
    let session = begin.fresh.session.clone();
    let begin = domain::Command::Begin { agent: TOM.into(), begin: Box::new(begin) };
    server.perform(begin).await.expect("begun");
    server.until(&session, Delivery::Sent).await;
    assert_eq!(server.provider.heard()[0]["To"], INES);
    assert_eq!(server.texted(INES, "SM1", "Thanks").await, StatusCode::OK);
    assert_eq!(server.texts(&session).await, ["Your parcel is here", "Thanks"]);
}

#[tokio::test]
async fn a_body_is_bounded() {
    for body in ["x".repeat(MAX_BODY_BYTES + 1), "a&".repeat(MOST_FIELDS)] {
        refused_for_its_size(body).await;
    }
}

async fn refused_for_its_size(body: String) {
    let server = SmsServer::new().await;
    let request = Request::post(TEXTS)
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header("X-Twilio-Signature", "AAAAAAAAAAAAAAAAAAAAAAAAAAA=")
        .body(body.into());
    assert_eq!(server.send(request.expect("a request")).await.status, StatusCode::PAYLOAD_TOO_LARGE);
}
