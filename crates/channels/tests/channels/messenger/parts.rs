//! Messages as they go out (spec: channel-connectors#2.5).

use super::graph::{Manner, error};
use super::server::{APP, APP_SECRET, INES, MessengerServer, PAGE_TOKEN};
use domain::{command::SessionAct, session::Delivery};
use serde_json::{Value, json};
use testkit::{sign::hex, wait::eventually};

/// A text of three parts.
fn long() -> String {
    ["a", "b", "c"].map(|letter| letter.repeat(1_900)).join("\n\n")
}

#[tokio::test]
async fn a_message_goes_out_as_the_platform_wants_it() {
    let server = MessengerServer::new().await;
    let session = server.talk(INES, "m_1").await;
    server.tom_gets(&session, "Grüß Gott", Delivery::Sent).await;
    let [heard] = &server
        .graph
        .heard("/v26.0/1001/messages")
        .into_iter()
        .filter(|heard| heard.body.get("message").is_some())
        .collect::<Vec<_>>()[..]
    else {
        panic!("one message")
    };
    assert_eq!(heard.authorization, format!("Bearer {PAGE_TOKEN}"));
    assert_eq!(
        heard.body,
        json!({
            "recipient": { "id": INES },
            "messaging_type": "RESPONSE",
            "message": { "text": "Grüß Gott", "metadata": format!("{session}/4") },
            "appsecret_proof": hex(APP_SECRET, PAGE_TOKEN),
        })
    );
    server.tom(&session, SessionAct::SendUrl("https://example.org/a".into())).await.expect("sent");
    server.until(&session, Delivery::Sent).await;
    assert_eq!(server.graph.texts(), ["Grüß Gott", "https://example.org/a"]);
}

#[tokio::test]
async fn a_long_text_goes_in_parts_one_after_the_other() {
    let server = MessengerServer::new().await;
    let session = server.talk(INES, "m_1").await;
    server.tom_gets(&session, &long(), Delivery::Sent).await;
    let texts = server.graph.texts();
    assert_eq!(texts.iter().map(|text| &text[..1]).collect::<Vec<_>>(), ["a", "b", "c"]);
    assert!(texts.iter().all(|text| text.chars().count() <= 2_000));
    // The copies of all parts are ours, and none of them is shown.
    for (part, message) in server.graph.messages().iter().enumerate() {
        let message = &message["message"];
        let copy = json!({ "app_id": APP, "text": message["text"], "metadata": message["metadata"] });
        server.events(&[server.copy(INES, &format!("m_out{}", part + 1), &copy)]).await;
    }
    assert_eq!(server.texts(&session).await.len(), 2);
    let measure = server.desk.channel("page").expect("connected").measure(&long()).expect("counted");
    assert_eq!((measure.parts, measure.length, measure.left), (3, 5_704, 100));
}

#[tokio::test]
async fn the_copy_of_the_first_part_does_not_stand_for_the_whole() {
    let server = MessengerServer::new().await;
    let session = server.talk(INES, "m_1").await;
    server.graph.once(Manner::Says(500, Value::Null));
    server.tom_says(&session, &long()).await.expect("said");
    eventually("the first came", async || server.graph.texts().len() == 1).await;
    let metadata = server.graph.messages()[0]["message"]["metadata"].clone();
    server.graph.refuses(551, 0);
    server
        .events(&[server.copy(INES, "m_a", &json!({ "app_id": APP, "text": "a", "metadata": metadata }))])
        .await;
    server.until(&session, Delivery::Failed).await;
    let errors = server.errors().await;
    assert!(errors[0].contains("Only 1 of 3 parts of the message were sent."), "{errors:?}");
}

#[tokio::test]
async fn a_part_that_cannot_go_now_is_tried_again_and_the_first_is_not() {
    let server = MessengerServer::new().await;
    let session = server.talk(INES, "m_1").await;
    server.graph.once(Manner::Used(1, 0));
    server.graph.once(Manner::Says(500, error(2, 0)));
    server.tom_gets(&session, &long(), Delivery::Sent).await;
    let first: Vec<_> = server.graph.texts().iter().map(|text| text[..1].to_owned()).collect();
    assert_eq!(first, ["a", "b", "b", "c"]);
}
