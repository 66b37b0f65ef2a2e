//! Who is let in: the verification of the address, and the signature of a delivery (spec: channel-connectors#2.2,
//! #2.3).

use super::server::{APP_SECRET, HOOK, INES, MessengerServer, VERIFY_TOKEN, delivery, posted, signed};
use axum::body::Body;
use futures::{FutureExt, future::join_all};
use http::{Request, StatusCode};
use testkit::sign::hex;

async fn asked(server: &MessengerServer, path: &str, mode: &str, token: &str) -> (StatusCode, String) {
    let uri = format!("{path}?hub.mode={mode}&hub.verify_token={token}&hub.challenge=1158201444");
    let answer = server.send(Request::get(uri).body(Body::empty()).expect("a request")).await;
    (answer.status, answer.body)
}

#[tokio::test]
async fn the_platform_is_given_its_challenge_back_and_nobody_else() {
    let server = MessengerServer::new().await;
    let taken = asked(&server, HOOK, "subscribe", VERIFY_TOKEN).await;
    assert_eq!(taken, (StatusCode::OK, "1158201444".into()));
    let refused = (StatusCode::FORBIDDEN, String::new());
    assert_eq!(asked(&server, HOOK, "subscribe", "wrong").await, refused);
    assert_eq!(asked(&server, HOOK, "unsubscribe", VERIFY_TOKEN).await, refused);
    let (status, _) = asked(&server, "/channels/messenger/nobody", "subscribe", VERIFY_TOKEN).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn only_what_the_app_signed_is_read() {
    let server = MessengerServer::new().await;
    let body = delivery("messaging", &[server.says(INES, "m_1", "Hello")]);
    let right = format!("sha256={}", hex(APP_SECRET, &body));
    let wrong = format!("sha256={}", hex("another", &body));
    let plain = hex(APP_SECRET, &body);
    for signature in [None, Some(""), Some(wrong.as_str()), Some(plain.as_str())] {
        let answer = server.send(posted(HOOK, &body, signature)).await;
        assert_eq!((answer.status, answer.body.as_str()), (StatusCode::FORBIDDEN, ""), "{signature:?}");
    }
    let other = body.replace("Hello", "Hallo");
    assert_eq!(server.send(posted(HOOK, &other, Some(&right))).await.status, StatusCode::FORBIDDEN);
    // What nobody signed is not even set aside.
    assert_eq!(server.send(posted(HOOK, "{", Some(&right))).await.status, StatusCode::FORBIDDEN);
    assert_eq!((server.latest(INES).await, server.quarantined().await.len()), (None, 0));
    assert_eq!(server.send(posted(HOOK, &body, Some(&right))).await.status, StatusCode::OK);
    assert!(server.latest(INES).await.is_some());
}

fn stalled(path: &str, signature: Option<&str>) -> Request<Body> {
    let nothing = futures::stream::pending::<Result<Vec<u8>, std::io::Error>>();
    let mut request = posted(path, "", signature);
    *request.body_mut() = Body::from_stream(nothing);
    request
}

#[tokio::test]
async fn what_nobody_signed_is_refused_before_its_body_comes() {
    let server = MessengerServer::new().await;
    let answer = server.send(stalled(HOOK, None)).now_or_never().expect("an answer at once");
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn those_who_cannot_sign_take_no_places() {
    let server = MessengerServer::new().await;
    let forged = format!("sha256={}", "0".repeat(64));
    let strangers = (0..300).map(|n| match n % 2 {
        0 => server.send(stalled(HOOK, Some(&forged))),
        _ => server.send(stalled(&format!("{HOOK}/data-deletion"), None)),
    });
    let mut strangers = Box::pin(join_all(strangers));
    assert!(strangers.as_mut().now_or_never().is_none(), "they wait for their bodies");
    let body = delivery("messaging", &[server.says(INES, "m_1", "Hello")]);
    assert_eq!(server.deliver(&body).await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_signature_is_over_the_spelling_of_the_platform() {
    let server = MessengerServer::new().await;
    let body = delivery("messaging", &[server.says(INES, "m_1", "héllo / 😀")]);
    let escaped = body.replace('é', "\\u00e9").replace('/', "\\/").replace('😀', "\\ud83d\\ude00");
    assert!(escaped.is_ascii());
    assert_eq!(server.deliver(&escaped).await.status, StatusCode::OK);
    let session = server.latest(INES).await.expect("a conversation");
    assert_eq!(server.texts(&session).await, ["héllo / 😀"]);
    let signature = format!("sha256={}", hex(APP_SECRET, &escaped));
    let answer = server.send(posted(HOOK, &body, Some(&signature))).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_delivery_is_bounded() {
    let server = MessengerServer::new().await;
    let answer = server.send(signed(HOOK, &" ".repeat(1024 * 1024 + 1))).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(server.send(signed("/channels/messenger/nobody", "{}")).await.status, StatusCode::NOT_FOUND);
}
