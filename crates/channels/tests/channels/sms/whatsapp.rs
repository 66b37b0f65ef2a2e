//! A medium that the installation added, over the same interface: its addresses have a prefix at the provider.

use super::server::{INES, OURS, SmsServer};

use domain::{command::SessionAct, session::Delivery};
use http::StatusCode;

const WHATS: &str = "/channels/sms/whats";

#[tokio::test]
async fn a_medium_with_a_prefix_works_in_and_out() {
    let server = SmsServer::new().await;
    let fields = [
        ("MessageSid", "SM1"),
        ("AccountSid", "ACwhats"),
        ("From", "whatsapp:+15550001111"),
        ("To", "whatsapp:+15550100"),
        ("Body", "Hello"),
        ("ProfileName", "Ines"),
        ("WaId", "15550001111"),
    ];
    assert_eq!(server.post(WHATS, &fields).await, StatusCode::OK);
    let session = server.latest_of("whats", INES).await.expect("a conversation");
    let there = server.session(&session).await;
    assert_eq!((there.medium.as_str(), there.customer.nickname.as_str()), ("whatsappsession", "Ines"));
    assert_eq!(there.user_data.get("PhoneNumber"), Some(&INES.into()));
    assert_eq!(there.post.expect("carried").address.ours, OURS);

    server.tom_takes(&session).await;
    server.tom_says(&session, "Schönen Tag – “Ines” 😀").await;
    server.until(&session, Delivery::Sent).await;
    let form = &server.provider.heard()[0];
    let sent = ["To", "From", "Body"].map(|name| form[name].as_str());
    assert_eq!(sent, ["whatsapp:+15550001111", "whatsapp:+15550100", "Schönen Tag – “Ines” 😀"]);

    let path = format!("{WHATS}/status/{session}/{}", server.last(&session).await);
    assert!(form["StatusCallback"].ends_with(&path), "{}", form["StatusCallback"]);
    for (status, state) in [("delivered", Delivery::Delivered), ("read", Delivery::Read)] {
        let report = [("MessageSid", "SMout1"), ("MessageStatus", status), ("ChannelPrefix", "whatsapp")];
        assert_eq!(server.post(&path, &report).await, StatusCode::OK);
        assert_eq!(server.state(&session).await, Some(state));
    }

    let channel = server.desk.channel("whats").expect("connected");
    assert_eq!(channel.theirs("whatsapp:+1 555 000 1111").as_deref(), Ok(INES));
    assert_eq!(channel.measure("Hello"), None, "no parts are counted here");
    let complete = SessionAct::Complete { queue: None, save_last_agent: false, last: None };
    server.tom(&session, complete).await.expect("completed");
}

#[tokio::test]
async fn the_same_number_on_two_media_is_two_threads() {
    let server = SmsServer::new().await;
    assert_eq!(server.texted(INES, "SM1", "STOP").await, StatusCode::OK);
    let fields = [
        ("MessageSid", "SM1"),
        ("From", "whatsapp:+15550001111"),
        ("To", "whatsapp:+15550100"),
        ("Body", "Hello"),
    ];
    assert_eq!(server.post(WHATS, &fields).await, StatusCode::OK);
    assert!(server.latest_of("whats", INES).await.is_some());
    assert_eq!(server.latest(INES).await, None);
}
