//! What a person wrote is kept, shortened, or told; it is never dropped (spec: channel-connectors#0.2.7): no provider
//! sends again what was acknowledged.

use super::server::{INES, OURS, PUBLIC, SmsServer, TEXTS, request, signature};
use domain::{
    InteractionId,
    command::SessionAct,
    message::{Content, MAX_TEXT},
};
use http::{StatusCode, header::CONTENT_TYPE};
use testkit::http::encoded;

/// What the agent sees of a message with these fields.
async fn seen(server: &SmsServer, id: &str, fields: &[(&str, &str)]) -> Vec<Content> {
    let mut all = vec![("MessageSid", id), ("From", INES), ("To", OURS)];
    all.extend(fields);
    assert_eq!(server.post(TEXTS, &all).await, StatusCode::OK);
    let session = server.latest(INES).await.expect("a conversation");
    contents(server, &session).await
}

async fn contents(server: &SmsServer, session: &InteractionId) -> Vec<Content> {
    // What is told is compared by its sentence.
    let said = server.log(session).await.into_iter().map(|message| match message.content {
        Content::Notice(notice) => Content::Notice((*notice.text).into()),
        other => other,
    });
    said.filter(|content| !matches!(content, Content::Joined)).collect()
}

fn typed(text: &str, message_type: &str) -> Content {
    Content::Text { text: text.into(), message_type: Some(message_type.into()) }
}

fn told(text: &str) -> Content {
    Content::Notice(text.into())
}

#[tokio::test]
async fn the_longest_text_of_any_alphabet_is_whole_and_a_longer_one_is_shortened_and_told() {
    for (at, letter) in ["x", "ह", "😀"].into_iter().enumerate() {
        let server = SmsServer::new().await;
        let whole = letter.repeat(MAX_TEXT.chars);
        let content = seen(&server, &format!("SM1{at}"), &[("Body", &whole)]).await;
        assert_eq!(content, [Content::Text { text: whole.clone(), message_type: None }]);
        let content = seen(&server, &format!("SM2{at}"), &[("Body", &format!("{whole}zz"))]).await;
        let Content::Text { text, .. } = &content[1] else { panic!("a text") };
        assert!(text.ends_with('…') && text.chars().count() == MAX_TEXT.chars, "{letter}");
        let notice = "The message above was too long to be kept whole: its last 3 characters were left out.";
        assert_eq!(content[2], told(notice));
        assert_eq!(server.quarantined().await.len(), 0);
    }
}

#[tokio::test]
async fn places_buttons_and_choices_are_seen() {
    for (fields, expected) in [
        (
            &[("Body", ""), ("Latitude", "52.5162"), ("Longitude", "13.3777"), ("Label", "Brandenburg Gate")]
                [..],
            typed("[location] 52.5162, 13.3777: Brandenburg Gate", "location"),
        ),
        (&[("Latitude", "52.5"), ("Longitude", "13.4")], typed("[location] 52.5, 13.4", "location")),
        (&[("Body", ""), ("ButtonText", "Call me"), ("ButtonPayload", "call-1")], typed("Call me", "call-1")),
        (
            &[("Body", ""), ("ListTitle", "Sizes"), ("ListId", "L"), ("MessageType", "interactive")],
            typed("Sizes", "L"),
        ),
        (&[("MessageType", "order")], told("The customer sent something that cannot be shown here: order.")),
        (&[("Body", "")], told("The customer sent something that cannot be shown here.")),
        (
            &[("MessageType", "interactive"), ("InteractiveData", "{\"size\":4}")],
            typed("{\"size\":4}", "interactive"),
        ),
    ] {
        let server = SmsServer::new().await;
        assert_eq!(seen(&server, "SM1", fields).await, [expected], "{fields:?}");
    }
}

#[tokio::test]
async fn what_stands_behind_a_button_and_an_advertisement_are_user_data() {
    let server = SmsServer::new().await;
    let fields = [
        ("Body", "Yes"),
        ("ButtonPayload", "confirm-1"),
        ("ReferralSourceId", "77"),
        ("ReferralSourceUrl", "https://fb.example/1"),
    ];
    seen(&server, "SM1", &fields).await;
    let session = server.latest(INES).await.expect("a conversation");
    let data = server.session(&session).await.user_data;
    let of = |key: &str| data.get(key).and_then(|value| value.as_str().map(str::to_owned));
    assert_eq!(of("postbackPayload").as_deref(), Some("confirm-1"));
    assert_eq!(of("referralAdId").as_deref(), Some("77"));
    assert_eq!(of("referralUri").as_deref(), Some("https://fb.example/1"));
}

#[tokio::test]
async fn an_answer_says_which_message_it_answers() {
    let server = SmsServer::new().await;
    seen(&server, "SM1", &[("Body", "Hello")]).await;
    let content = seen(&server, "SM2", &[("Body", "Yes"), ("OriginalRepliedMessageSid", "SM1")]).await;
    assert_eq!(content[1], told("The customer answers message 2."));
}

#[tokio::test]
async fn a_gateway_of_another_alphabet_is_read_and_letters_that_are_lost_are_told() {
    let server = SmsServer::new().await;
    let sent = async |kind: &str, id: &str, body: &str, text: &[u8]| {
        let fields = [("MessageSid", id), ("From", INES), ("To", OURS)];
        let mut form = encoded(&fields).into_bytes();
        form.extend_from_slice(b"&Body=");
        form.extend_from_slice(text);
        let signed = [&fields[..], &[("Body", body)]].concat();
        let given = signature(&format!("{PUBLIC}{TEXTS}"), &signed);
        let request = request(TEXTS).header("X-Twilio-Signature", given).body(form.into());
        let mut request = request.expect("a request");
        request.headers_mut().insert(CONTENT_TYPE, kind.parse().expect("a header"));
        server.send(request).await.status
    };
    let plain = "application/x-www-form-urlencoded";
    let latin = format!("{plain}; charset=ISO-8859-1");
    assert_eq!(sent(&latin, "SM1", "Grüße", b"Gr%FC%DFe").await, StatusCode::OK);
    let session = server.latest(INES).await.expect("a conversation");
    assert_eq!(server.texts(&session).await, ["Grüße"]);
    // What is declared is not signed; so another alphabet for the same bytes is another text, and not genuine.
    assert_eq!(sent(&latin, "SM2", "Grüße", b"Gr%C3%BC%C3%9Fe").await, StatusCode::FORBIDDEN);
    let klingon = format!("{plain}; charset=klingon");
    assert_eq!(sent(&klingon, "SM3", "x", b"x").await, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    // U+FFFD is not what was signed.
    assert_eq!(sent(plain, "SM4", "Andr\u{fffd}", b"Andr%FF").await, StatusCode::FORBIDDEN);
    assert_eq!(server.texts(&session).await, ["Grüße"]);
}

#[tokio::test]
async fn an_agent_is_refused_what_would_not_be_carried_before_anything_is_written() {
    let server = SmsServer::new().await;
    let session = server.talk(INES, "SM1").await;
    let said = async |text: &str| {
        let act = SessionAct::Say { text: text.into(), message_type: None };
        server.tom(&session, act).await.map(drop).map_err(|why| why.to_string())
    };
    let before = server.log(&session).await.len();
    for (text, why) in [
        (
            "ж".repeat(661),
            "The message would take 11 text messages; at most 10 are allowed, which is 660 characters in UCS-2",
        ),
        (
            "a".repeat(1_521),
            "The message would take 11 text messages; at most 10 are allowed, which is 1520 characters in GSM-7",
        ),
        ("a".repeat(1_601), "The message is longer than the 1600 characters that can be sent at once"),
        (" \n".to_owned(), "Required parameter 'text' is missing"),
    ] {
        assert_eq!(said(&text).await, Err(why.to_owned()));
        let channel = server.desk.channel("texts").expect("connected");
        assert!(channel.fits(&text).is_err(), "what measures it says the same");
    }
    assert_eq!(server.log(&session).await.len(), before);
    assert_eq!(said(&"ж".repeat(660)).await, Ok(()));
    assert_eq!(said(&"€".repeat(760)).await, Ok(()));
}
