//! Webhooks: who may call, under which address, and what they are answered.

use super::server::{
    INES, OURS, PUBLIC, SmsServer, TEXTS, counter, figures, request, signature, signed, text_from,
};
use axum::body::Body;
use desk::ports::Store;
use domain::Key;
use futures::{FutureExt, future::join_all};
use http::{Request, StatusCode, header::CONTENT_TYPE};
use sha2::{Digest, Sha256};
use std::{sync::Arc, time::Duration};
use testkit::http::encoded;
use tokio::sync::Semaphore;

const MESSAGE: [(&str, &str); 5] =
    [("MessageSid", "SM1"), ("From", INES), ("To", OURS), ("Body", "Hello"), ("New", "1 & 2")];

#[tokio::test]
async fn what_was_kept_is_answered_with_nothing_to_do() {
    let server = SmsServer::new().await;
    let answer = server.send(text_from(INES, "SM1", "Hello")).await;
    assert_eq!((answer.status, answer.body.as_str()), (StatusCode::OK, "<Response/>"));
    assert_eq!(answer.headers[CONTENT_TYPE], "text/xml");
}

#[tokio::test]
async fn an_account_that_nobody_has_is_not_found() {
    let server = SmsServer::new().await;
    for path in ["/channels/sms/nobody", "/channels/sms/nobody/status/S1/4"] {
        assert_eq!(server.post(path, &MESSAGE).await, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn what_the_provider_did_not_sign_is_refused_counted_and_not_kept() {
    figures();
    let server = SmsServer::new().await;
    let refused =
        |why: &str| counter("jackfield_webhooks_refused_total", &format!(r#"service="texts",why="{why}""#));
    let (unsigned, wrong) = (refused("no-signature"), refused("signature"));
    let body = || encoded(&MESSAGE).into();
    let missing = request(TEXTS).body(body()).expect("a request");
    let other = signature(&format!("{PUBLIC}{TEXTS}"), &MESSAGE[..4]);
    let other = request(TEXTS).header("X-Twilio-Signature", other).body(body()).expect("a request");
    let host = signature(&format!("https://evil.example{TEXTS}"), &MESSAGE);
    let host = request(TEXTS).header("Host", "evil.example").header("X-Twilio-Signature", host);
    for request in [missing, other, host.body(body()).expect("a request")] {
        assert_eq!(server.send(request).await.status, StatusCode::FORBIDDEN);
    }
    // Nor does a report that was signed for another message count for this one.
    let given = signature(&format!("{PUBLIC}{TEXTS}/status/S1/4"), &MESSAGE);
    let report = request(&format!("{TEXTS}/status/S1/5")).header("X-Twilio-Signature", given);
    assert_eq!(server.send(report.body(body()).expect("a request")).await.status, StatusCode::FORBIDDEN);
    assert_eq!((server.latest(INES).await, server.quarantined().await.len()), (None, 0));
    assert!(refused("no-signature") > unsigned && refused("signature") >= wrong + 3);
}

#[tokio::test]
async fn any_address_under_which_we_are_known_may_be_signed_with_its_query() {
    let server = SmsServer::new().await;
    for (count, base) in
        [PUBLIC, "https://desk.example:443/centre", "http://127.0.0.1:8080"].iter().enumerate()
    {
        let path = format!("{TEXTS}?tenant=a%20b&n={count}");
        let id = format!("SM{count}");
        let fields = [("MessageSid", id.as_str()), ("From", INES), ("To", OURS), ("Body", "Hello")];
        let given = signature(&format!("{base}{path}"), &fields);
        let request = request(&path).header("X-Twilio-Signature", given);
        let request = request.body(encoded(&fields).into()).expect("a request");
        assert_eq!(server.send(request).await.status, StatusCode::OK, "{base}");
    }
    let session = server.latest(INES).await.expect("a conversation");
    assert_eq!(server.texts(&session).await.len(), 3);
}

#[tokio::test]
async fn a_get_is_a_message_too() {
    let server = SmsServer::new().await;
    let path = format!("{TEXTS}?{}", encoded(&MESSAGE));
    let given = signature(&format!("{PUBLIC}{path}"), &[]);
    let get = Request::get(path).header("X-Twilio-Signature", given).body("".into()).expect("a request");
    assert_eq!(server.send(get).await.status, StatusCode::OK);
    let session = server.latest(INES).await.expect("a conversation");
    assert_eq!(server.texts(&session).await, ["Hello"]);
}

#[tokio::test]
async fn what_is_authentic_and_cannot_be_read_is_kept_as_it_came() {
    let server = SmsServer::new().await;
    let many: Vec<(String, String)> = (0..300).map(|n| (format!("f{n}"), String::new())).collect();
    let many: Vec<(&str, &str)> = many.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let strange = [&MESSAGE[..], &[("AccountSid", "ACother")]].concat();
    for (path, fields) in [
        (TEXTS, &many[..]),
        (TEXTS, &strange),
        (TEXTS, &[("MessageSid", "SM1"), ("To", OURS)]),
        ("/channels/sms/texts/status/S1/4", &[("MessageSid", "SM1")]),
        ("/channels/sms/texts/status/S1/first", &[("MessageSid", "SM1"), ("MessageStatus", "sent")]),
    ] {
        assert_eq!(server.post(path, fields).await, StatusCode::OK, "{path}");
    }
    let digest = format!("{:x}", Sha256::digest(b"{}"));
    let path = format!("{TEXTS}?bodySHA256={digest}");
    let given = signature(&format!("{PUBLIC}{path}"), &[]);
    let json =
        Request::post(path).header(CONTENT_TYPE, "application/json").header("X-Twilio-Signature", given);
    assert_eq!(server.send(json.body("{}".into()).expect("a request")).await.status, StatusCode::OK);
    let why: Vec<String> = server.quarantined().await.into_iter().map(|unit| unit.why).collect();
    let expected = [
        "the form has more than 256 fields",
        "AccountSid is not of this account",
        "From is missing",
        "MessageStatus is missing",
        "the path cannot be read",
        "it is no form",
    ];
    assert_eq!(why, expected);
}

#[tokio::test]
async fn a_report_of_what_is_gone_is_done_with_and_of_what_is_anothers_is_kept() {
    let server = SmsServer::new().await;
    let session = server.talk(INES, "SM1").await;
    server.tom_says(&session, "Good day").await;
    server.until(&session, domain::session::Delivery::Sent).await;
    let report = [("MessageSid", "SM9"), ("MessageStatus", "delivered")];
    assert_eq!(server.post(&format!("{TEXTS}/status/gone/1"), &report).await, StatusCode::OK);
    assert_eq!(server.quarantined().await, []);
    let index = server.last(&session).await;
    let path = format!("/channels/sms/whats/status/{session}/{index}");
    assert_eq!(server.post(&path, &report).await, StatusCode::OK);
    assert_eq!(server.quarantined().await.len(), 1);
    assert_eq!(server.state(&session).await, Some(domain::session::Delivery::Sent));
}

fn stalled() -> Body {
    Body::from_stream(futures::stream::pending::<Result<Vec<u8>, std::io::Error>>())
}

#[tokio::test]
async fn what_nobody_signed_is_refused_before_its_body_comes() {
    let server = SmsServer::new().await;
    let unsigned = request(TEXTS).body(stalled()).expect("a request");
    let answer = server.send(unsigned).now_or_never().expect("an answer at once");
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn those_who_cannot_sign_take_no_places() {
    let server = SmsServer::new().await;
    let forged = || {
        let request = request(TEXTS).header("x-twilio-signature", "AAAAAAAAAAAAAAAAAAAAAAAAAAA=");
        server.send(request.body(stalled()).expect("a request"))
    };
    let mut strangers = Box::pin(join_all((0..300).map(|_| forged())));
    assert!(strangers.as_mut().now_or_never().is_none(), "they wait for their bodies");
    assert_eq!(server.texted(INES, "SM1", "Hello").await, StatusCode::OK);
}

#[tokio::test]
async fn no_more_webhooks_are_at_work_than_there_is_room_for() {
    let server = SmsServer::new().await;
    let permits = Arc::new(Semaphore::new(0));
    let thread = desk::address("texts", OURS, INES).thread;
    server.store.holds(Key::Thread(thread), &permits);
    let ids: Vec<String> = (0..256).map(|n| format!("SM{n}")).collect();
    let mut all = Box::pin(join_all(ids.iter().map(|id| server.texted(INES, id, "Hello"))));
    while server.store.waiting() == 0 {
        assert!(all.as_mut().now_or_never().is_none());
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let answer = server.send(text_from("+15550003333", "SM900", "Hello")).await;
    assert_eq!(
        (answer.status, &answer.headers["retry-after"]),
        (StatusCode::SERVICE_UNAVAILABLE, &"5".parse().expect("a value"))
    );
    let fields = [
        ("MessageSid", "SM901"),
        ("From", "whatsapp:+15550003333"),
        ("To", "whatsapp:+15550100"),
        ("Body", "Hi"),
    ];
    let other = server.send(signed("/channels/sms/whats", &fields)).await;
    assert_eq!(other.status, StatusCode::OK, "another account has room of its own");
    permits.add_permits(256);
    assert_eq!(all.await, [StatusCode::OK; 256]);
    let heads = server.store.tasks().await.expect("a journal");
    assert_eq!(heads, []);
}

#[tokio::test]
async fn a_token_may_be_changed_over() {
    let server = SmsServer::with(|config| {
        let old = std::mem::replace(&mut config.tokens.primary, channels::secret::Secret::new("the-new-one"));
        config.tokens.secondary = Some(old);
    })
    .await;
    assert_eq!(server.texted(INES, "SM1", "Hello").await, StatusCode::OK, "signed with the old one");
}

#[tokio::test]
async fn a_captured_webhook_brings_nothing_new_however_its_boundaries_are_moved() {
    let server = SmsServer::new().await;
    let told = [
        ("MessageSid", "SM1"),
        ("From", INES),
        ("To", OURS),
        ("Body", "Hello"),
        ("NumMedia", "0"),
        ("Z", "zab"),
    ];
    let given = signature(&format!("{PUBLIC}{TEXTS}"), &told);
    let moved: [&[(&str, &str)]; 3] = [
        &told,
        &[("MessageSid", "SM1NumMedia0"), ("From", INES), ("To", OURS), ("Body", "Hello"), ("Z", "zab")],
        &[
            ("MessageSid", "SM1"),
            ("From", INES),
            ("To", OURS),
            ("Body", "Hello"),
            ("NumMedia", "0"),
            ("Zz", "ab"),
        ],
    ];
    for fields in moved {
        let captured = request(TEXTS).header("X-Twilio-Signature", &given);
        let answer = server.send(captured.body(encoded(fields).into()).expect("a request")).await;
        assert_eq!(answer.status, StatusCode::OK, "{fields:?}");
    }
    let session = server.latest(INES).await.expect("a conversation");
    assert_eq!(server.texts(&session).await, ["Hello"]);
}
