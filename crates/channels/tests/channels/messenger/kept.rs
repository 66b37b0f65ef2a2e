//! What a person wrote is kept, shortened, or told; it is never dropped: the platform does not send again what was
//! acknowledged (spec: channel-connectors#0.2.1).

use super::server::{APP_SECRET, HOOK, INES, MessengerServer, event, posted};
use domain::message::{Content, MAX_TEXT};
use http::StatusCode;
use serde_json::json;
use testkit::sign::hex;

#[tokio::test]
async fn a_text_of_any_alphabet_is_whole_up_to_the_bound_and_shortened_beyond_it() {
    let server = MessengerServer::new().await;
    let hindi = "हिन्दी ".repeat(2857);
    server.wrote(INES, "m_1", &hindi).await;
    server.wrote(INES, "m_2", &"\u{200a}*\u{6d4}\u{6d4}\u{6e9}\u{6d4}\u{6d4}*.".repeat(6_200)).await;
    let session = server.latest(INES).await.expect("a conversation");
    let texts = server.texts(&session).await;
    assert_eq!(texts[0], hindi);
    assert!(texts[1].ends_with('…') && MAX_TEXT.holds(&texts[1]) && texts[1].chars().count() > 32_700);
    let [notice] = &server.notices(&session).await[..] else { panic!("one notice") };
    assert!(notice.starts_with("The message above was too long to be kept whole: its last 230"), "{notice}");
    assert_eq!(server.quarantined().await.len(), 0);
}

#[tokio::test]
async fn a_changed_message_is_shortened_too() {
    let server = MessengerServer::new().await;
    server.wrote(INES, "m_1", "Hello").await;
    let edit = json!({"mid": "m_1", "num_edit": 1, "text": "ह".repeat(40_000)});
    server.events(&[event(INES, server.now(), "message_edit", &edit)]).await;
    let session = server.latest(INES).await.expect("a conversation");
    let texts = server.texts(&session).await;
    assert!(texts[0].ends_with("ह…") && MAX_TEXT.holds(&texts[0]));
}

#[tokio::test]
async fn reactions_answers_and_links_say_what_they_mean() {
    let server = MessengerServer::new().await;
    server.wrote(INES, "m_1", "Hello").await;
    let at = server.now();
    server
        .events(&[
            event(INES, at, "reaction", &json!({"mid": "m_1", "action": "react", "emoji": "❤"})),
            event(INES, at + 1, "message", &json!({"mid": "m_2", "text": "Yes", "reply_to": {"mid": "m_1"}})),
            event(INES, at + 2, "referral", &json!({"ref": "winter", "source": "ADS", "ad_id": "77"})),
            event(INES, at + 3, "game_play", &json!({"game_id": "1"})),
        ])
        .await;
    let session = server.latest(INES).await.expect("a conversation");
    let expected = [
        "The customer reacted with ❤. This is about message 2.",
        "The customer answers message 2.",
        "The customer came by a link: ref winter, source ADS, advertisement 77.",
        "The customer sent something that cannot be shown here: game_play.",
    ];
    assert_eq!(server.notices(&session).await, expected);
    assert_eq!(server.data(&session, "referralRef").await, Some(json!("winter")));
}

#[tokio::test]
async fn a_link_without_an_open_conversation_is_told_with_what_is_said_next() {
    let server = MessengerServer::new().await;
    server.events(&[event(INES, server.now(), "referral", &json!({"ref": "winter"}))]).await;
    assert_eq!(server.latest(INES).await, None);
    server.wrote(INES, "m_1", "Hello").await;
    server.wrote(INES, "m_2", "Are you there?").await;
    let session = server.latest(INES).await.expect("a conversation");
    assert_eq!(server.data(&session, "referralRef").await, Some(json!("winter")));
    assert_eq!(server.notices(&session).await, ["The customer came by a link: ref winter."]);
}

#[tokio::test]
async fn what_is_not_known_and_cannot_be_told_is_set_aside() {
    let server = MessengerServer::new().await;
    server.events(&[event(INES, server.now(), "game_play", &json!({"game_id": "1"}))]).await;
    let [unit] = &server.quarantined().await[..] else { panic!("one unit") };
    assert_eq!(unit.why, "There is no open conversation in which it could be told");
}

#[tokio::test]
async fn places_shared_pages_and_unknown_parts_are_named() {
    let server = MessengerServer::new().await;
    let place = json!({"mid": "m_1", "attachments": [{"type": "location", "title": "Pinned",
        "payload": {"url": "https://maps.example/1", "coordinates": {"lat": 52.5, "long": 13.4}}}]});
    let poll = json!({"mid": "m_2", "poll": {"question": "?"}});
    server
        .events(&[
            event(INES, server.now(), "message", &place),
            event(INES, server.now() + 1, "message", &poll),
        ])
        .await;
    let session = server.latest(INES).await.expect("a conversation");
    let texts = server.texts(&session).await;
    assert_eq!(texts, ["[location] 52.5, 13.4: Pinned", "https://maps.example/1", "[poll]"]);
    assert!(server.contents(&session).await.contains(&Content::Url { url: "https://maps.example/1".into() }));
}

#[tokio::test]
async fn a_delivery_is_read_in_its_alphabet_and_characters_that_are_lost_are_told() {
    let server = MessengerServer::new().await;
    let body = |mid: &str, text: &str| {
        let event = event(INES, server.now(), "message", &json!({"mid": mid, "text": "TEXT"}));
        super::server::delivery("messaging", &[event]).replace("TEXT", text)
    };
    let sent = async |body: &[u8], kind: &str| {
        let given = format!("sha256={}", hex(APP_SECRET, body));
        let mut request = posted(HOOK, "", Some(&given)).map(|_| axum::body::Body::from(body.to_vec()));
        request.headers_mut().insert("content-type", kind.parse().expect("a header"));
        server.send(request).await.status
    };
    let json = "application/json";
    assert_eq!(sent(&[b"\xef\xbb\xbf", body("m_1", "bom").as_bytes()].concat(), json).await, StatusCode::OK);
    let latin = [body("m_2", "Andr@").as_bytes()]
        .concat()
        .iter()
        .map(|b| if *b == b'@' { 0xe9 } else { *b })
        .collect::<Vec<_>>();
    assert_eq!(sent(&latin, "application/json; charset=iso-8859-1").await, StatusCode::OK);
    assert_eq!(sent(body("m_3", "Hi \\ud83d").as_bytes(), json).await, StatusCode::OK);
    assert_eq!(
        sent(&body("m_4", "x").into_bytes(), "application/json; charset=klingon").await,
        StatusCode::UNSUPPORTED_MEDIA_TYPE
    );
    let session = server.latest(INES).await.expect("a conversation");
    assert_eq!(server.texts(&session).await, ["bom", "André", "Hi \u{fffd}"]);
    let told = "Some characters of this message could not be read: \u{fffd} stands for each.";
    assert_eq!(server.notices(&session).await, [told]);
}
