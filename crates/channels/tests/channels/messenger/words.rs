//! What customers do, as agents see it (spec: channel-connectors#2.3; digital-channels#4).

use super::server::{INES, MessengerServer, event};

use domain::{
    message::{Content, PartyKind},
    notice::Wording,
};
use serde_json::{Value, json};

fn text(text: &str, message_type: &str) -> Content {
    Content::Text { text: text.into(), message_type: Some(message_type.into()) }
}

fn link(url: &str) -> Content {
    Content::Url { url: url.into() }
}

async fn said(server: &MessengerServer, kind: &str, what: &Value) -> Vec<Content> {
    server.events(&[event(INES, server.now(), kind, what)]).await;
    let session = server.latest(INES).await.expect("a conversation");
    server.contents(&session).await
}

fn came(link: &str) -> Content {
    Content::Notice(Wording::CameByKnownLink.with(&[("link", &link)]))
}

#[tokio::test]
async fn buttons_and_quick_replies_say_what_stood_on_them() {
    let server = MessengerServer::new().await;
    let postback = json!({ "mid": "m_1", "title": "Get started", "payload": "START",
        "referral": { "ref": "winter", "source": "ADS", "ad_id": 77 } });
    let came = came("ref winter, source ADS, advertisement 77");
    let expected = [text("Get started", "postback"), came];
    assert_eq!(said(&server, "postback", &postback).await, expected);
    let session = server.latest(INES).await.expect("it opens a conversation");
    assert_eq!(server.data(&session, "postbackPayload").await, Some(json!("START")));
    assert_eq!(server.data(&session, "referralRef").await, Some(json!("winter")));
    assert_eq!(server.data(&session, "referralAdId").await, Some(json!("77")));
    let reply = json!({ "mid": "m_2", "text": "Yes", "quick_reply": { "payload": "YES" } });
    assert_eq!(said(&server, "message", &reply).await[2..], [text("Yes", "quick_reply")]);
    assert_eq!(server.data(&session, "quickReplyPayload").await, Some(json!("YES")));
}

#[tokio::test]
async fn a_postback_without_an_id_is_still_known_when_it_comes_again() {
    let server = MessengerServer::new().await;
    let at = server.now();
    let tap = |payload: &str| event(INES, at, "postback", &json!({ "title": "Menu", "payload": payload }));
    server.events(&[tap("A"), tap("A"), tap("B")]).await;
    let session = server.latest(INES).await.expect("a conversation");
    assert_eq!(server.texts(&session).await, ["Menu", "Menu"]);
}

#[tokio::test]
async fn an_opt_in_opens_a_conversation_and_a_referral_alone_does_not() {
    let server = MessengerServer::new().await;
    let referral = json!({ "ref": "spring", "source": "SHORTLINK", "type": "OPEN_THREAD" });
    server.events(&[event(INES, server.now(), "referral", &referral)]).await;
    assert_eq!(server.latest(INES).await, None);
    let optin = json!({ "ref": "footer", "type": "notification_messages" });
    let came = came("ref spring, source SHORTLINK");
    let expected = [text("[opt-in]", "optin"), came];
    assert_eq!(said(&server, "optin", &optin).await, expected, "which is told with what is said next");
    let session = server.latest(INES).await.expect("a conversation");
    assert_eq!(server.data(&session, "optinRef").await, Some(json!("footer")));
    server.events(&[event(INES, server.now() + 1, "referral", &referral)]).await;
    assert_eq!(
        server.data(&session, "referralRef").await,
        Some(json!("spring")),
        "in an open one it is told"
    );
}

#[tokio::test]
async fn a_sticker_is_the_same_in_its_old_and_new_form() {
    let server = MessengerServer::new().await;
    let sticker = |mid: &str, kind: &str| {
        let payload = json!({ "url": "https://cdn.example/thumb.png", "sticker_id": 369_239_263 });
        json!({ "mid": mid, "attachments": [{ "type": kind, "payload": payload }] })
    };
    let one = [text("https://cdn.example/thumb.png", "sticker"), link("https://cdn.example/thumb.png")];
    assert_eq!(said(&server, "message", &sticker("m_1", "image")).await, one);
    assert_eq!(said(&server, "message", &sticker("m_2", "sticker")).await[2..], one);
}

#[tokio::test]
async fn what_is_attached_is_a_text_and_a_link_or_is_named() {
    let server = MessengerServer::new().await;
    let message = json!({ "mid": "m_1", "text": "Look", "attachments": [
        { "type": "image", "payload": { "url": "https://cdn.example/1.jpg" } },
        { "type": "fallback", "title": "A shared page" },
        { "type": "location", "payload": { "coordinates": { "lat": 52.5, "long": 13.25 } } },
    ] });
    let contents = said(&server, "message", &message).await;
    assert_eq!(contents[0], Content::Text { text: "Look".into(), message_type: None });
    assert_eq!(
        contents[1..],
        [
            text("https://cdn.example/1.jpg", "image"),
            link("https://cdn.example/1.jpg"),
            text("[fallback] A shared page", "fallback"),
            text("[location] 52.5, 13.25", "location"),
        ]
    );
}

#[tokio::test]
async fn what_is_edited_or_taken_back_is_so_in_the_log() {
    let server = MessengerServer::new().await;
    let session = server.talk(INES, "m_1").await;
    let edit = json!({ "mid": "m_1", "text": "Good day", "num_edit": 1 });
    server.events(&[event(INES, server.now(), "message_edit", &edit)]).await;
    assert_eq!(server.texts(&session).await, ["Good day"]);
    let photo = json!({ "mid": "m_2", "text": "My card", "attachments": [
        { "type": "image", "payload": { "url": "https://cdn.example/card.jpg" } },
    ] });
    server.events(&[event(INES, server.now(), "message", &photo)]).await;
    for mid in ["m_1", "m_2"] {
        let unsent = json!({ "mid": mid, "is_deleted": true });
        server.events(&[event(INES, server.now(), "message", &unsent)]).await;
    }
    let log = format!("{:?}", server.log(&session).await);
    for words in ["Hello", "Good day", "My card", "card.jpg"] {
        assert!(!log.contains(words), "{words} is still there");
    }
    let customers = server.log(&session).await.into_iter().filter(|it| it.from.kind == PartyKind::Customer);
    let texts: Vec<_> = customers.map(|it| it.content).filter(|it| *it != Content::Joined).collect();
    assert_eq!(texts.len(), 4, "and the envelopes stay");
}

#[tokio::test]
async fn a_reaction_is_told() {
    let server = MessengerServer::new().await;
    let session = server.talk(INES, "m_1").await;
    let reaction = |action| json!({ "mid": "m_out1", "action": action, "emoji": "❤", "reaction": "love" });
    server.events(&[event(INES, server.now(), "reaction", &reaction("react"))]).await;
    server.events(&[event(INES, server.now() + 1, "reaction", &reaction("unreact"))]).await;
    let told = ["The customer reacted with ❤.", "The customer took back a reaction."];
    assert_eq!(server.notices(&session).await, told);
}

#[tokio::test]
async fn a_customer_is_given_his_name_when_it_is_known() {
    let server = MessengerServer::new().await;
    server.graph.calls_everybody("Zoe", "Quinn");
    server.wrote(INES, "m_1", "Hello").await;
    let session = server.latest(INES).await.expect("a conversation");
    assert_eq!(server.session(&session).await.customer.nickname, INES, "nobody waits for it");
    let run = tokio::spawn(server.messenger.clone().run());
    testkit::wait::eventually("the person is called so", async || {
        server.session(&session).await.customer.nickname == "Zoe Quinn"
    })
    .await;
    run.abort();
    let profile = server.graph.heard("/v26.0/2002");
    assert_eq!((profile.len(), profile[0].authorization.as_str()), (1, "Bearer hush-page-token"));
}
