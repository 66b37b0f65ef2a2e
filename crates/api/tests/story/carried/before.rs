//! Conversations across time (spec: channel-connectors#0.3).

use super::{talking, texter};
use testkit::TestServer;

#[tokio::test]
async fn a_later_message_opens_another_whose_agent_can_read_the_one_before() {
    let app = TestServer::start().await;
    let customer = texter(&app);
    let (tom, first) = talking(&app, &customer).await;
    tom.operate(&first.path(), "Complete").await.ok();
    let mei = app.agent("agent2");
    mei.ready().await;
    let second = customer.writes("One more thing").await;
    assert_ne!(first.id, second.id);
    let log = format!("{}/messages", first.path());
    mei.get(&log).await.refused(404, 6);
    app.offer(&second, &mei).await;
    mei.accepts(&second, "Mei").await.ok();
    let told = mei.hears().await;
    let resource = &told[0]["data"]["smsession"];
    assert_eq!(resource["previousSessionId"], first.id.as_str());
    let address = resource["previousMessagesUri"].as_str().expect("an address").to_owned();
    let before = mei.get(&address).await.ok();
    assert_eq!(before["messages"][1]["text"], "Hello");
    assert_eq!(mei.get(resource["previousMessagesPath"].as_str().expect("a path")).await.ok(), before);
    mei.get(&log).await.ok();
    // The conversation itself is not Mei's.
    mei.get(&first.path()).await.refused(404, 6);
    mei.operate(&second.path(), "Complete").await.ok();
    mei.get(&log).await.refused(404, 6);
}

#[tokio::test]
async fn a_strangers_conversation_stays_unread() {
    let app = TestServer::start().await;
    let (_, first) = talking(&app, &texter(&app)).await;
    let other = testkit::Correspondent { address: "+15550199", ..texter(&app) };
    let second = other.writes("Hello").await;
    let mei = app.agent("agent2");
    mei.ready().await;
    app.offer(&second, &mei).await;
    mei.accepts(&second, "Mei").await.ok();
    mei.get(&format!("{}/messages", first.path())).await.refused(404, 6);
    assert_eq!(mei.get(&second.path()).await.ok()["smsession"].get("previousSessionId"), None);
}
