//! Sending text messages to a provider that behaves as one must expect of it.

use super::peer::{Manner, Peer, answer, client, impatient};
use channels::{
    outbound::{Outbound, Rules},
    secret::Secret,
    sms::{
        SmsConfig,
        config::ProviderCredentials,
        reason::Reason,
        send::{OutgoingSms, SmsOutcome, Wait, send},
    },
};
use domain::session::Delivery;
use std::time::Duration;

const TAKEN: &str = r#"{"sid":"SM1","status":"queued","num_segments":"1"}"#;

fn config(peer: &Peer) -> SmsConfig {
    let base_url = peer.url.join("base/").expect("a URL");
    SmsConfig { base_url, ..SmsConfig::new("AC/1", Secret::new("hush"), vec!["+15550100".into()]) }
}

fn message(config: &SmsConfig) -> OutgoingSms<'_> {
    let sender = config.sender("+15550100");
    OutgoingSms { to: "+15550001111", sender, text: "Hello", media: &[], status_callback: None }
}

async fn outcome(manner: Manner) -> SmsOutcome {
    let peer = Peer::new(manner).await;
    let config = config(&peer);
    send(&client(&[&peer.url]), &config, &message(&config)).await
}

#[tokio::test]
async fn a_message_is_posted_as_a_form_to_the_account() {
    let mut peer = Peer::new(Manner::Says(answer("201 Created", "", TAKEN))).await;
    let config = config(&peer);
    let sent = send(&client(&[&peer.url]), &config, &message(&config)).await;
    let expected =
        SmsOutcome::Sent { provider_id: "SM1".into(), delivery: Delivery::Sent, segments: Some(1) };
    assert_eq!(sent, expected);
    let heard = peer.heard().concat();
    assert!(heard.starts_with("POST /base/2010-04-01/Accounts/AC%2F1/Messages.json HTTP/1.1\r\n"), "{heard}");
    assert!(heard.contains("content-type: application/x-www-form-urlencoded\r\n"), "{heard}");
    assert!(heard.contains("authorization: Basic QUMvMTpodXNo\r\n"), "{heard}");
    assert!(heard.ends_with("\r\n\r\nTo=%2B15550001111&From=%2B15550100&Body=Hello"), "{heard}");
}

#[tokio::test]
async fn a_key_takes_the_place_of_the_token() {
    let mut peer = Peer::new(Manner::Says(answer("201 Created", "", TAKEN))).await;
    let key = ProviderCredentials::ApiKey { sid: "SK1".into(), secret: Secret::new("s") };
    let config = SmsConfig { credentials: key, ..config(&peer) };
    send(&client(&[&peer.url]), &config, &message(&config)).await;
    assert!(peer.heard().concat().contains("authorization: Basic U0sxOnM=\r\n"));
}

#[tokio::test]
async fn a_refusal_and_a_full_queue_are_told_apart() {
    let refusal = answer("400 Bad Request", "", r#"{"code":21610,"message":"no"}"#);
    let expected = SmsOutcome::Refused { code: Some(21610), reason: Reason::OptedOut, words: "no".into() };
    assert_eq!(outcome(Manner::Says(refusal)).await, expected);
    let busy = answer("429 Too Many Requests", "retry-after: 3\r\n", "");
    assert_eq!(
        outcome(Manner::Says(busy)).await,
        SmsOutcome::Later { after: Some(Duration::from_secs(3)), why: Wait::Busy }
    );
}

#[tokio::test]
async fn nobody_there_is_later() {
    let peer = Peer::new(Manner::HangsUp).await;
    let mut config = config(&peer);
    let gone = std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address");
    config.base_url.set_port(Some(gone.port())).expect("a port");
    let sent = send(&client(&[&config.base_url]), &config, &message(&config)).await;
    assert_eq!(sent, SmsOutcome::Later { after: None, why: Wait::Unreachable });
}

#[tokio::test]
async fn an_answer_that_is_lost_leaves_the_outcome_unknown_and_nothing_is_sent_again() {
    let cut = "HTTP/1.1 201 Created\r\ncontent-length: 99\r\n\r\n{\"sid\":";
    let manners = [
        Manner::HangsUp,
        Manner::Stalls(String::new()),
        Manner::Says(cut.into()),
        Manner::Stalls(cut.into()),
        Manner::Floods("HTTP/1.1 201 Created\r\n\r\n".into()),
        Manner::Says(answer("502 Bad Gateway", "", "<html>")),
    ];
    for manner in manners {
        let mut peer = Peer::new(manner).await;
        let config = config(&peer);
        let sent = send(&impatient(&[&peer.url]), &config, &message(&config)).await;
        assert_eq!((sent, peer.heard().len()), (SmsOutcome::Unknown, 1));
    }
}

#[tokio::test]
async fn a_refusal_stays_one_when_its_body_is_too_large_to_read() {
    let SmsOutcome::Refused { code: None, reason: Reason::Credentials, .. } =
        outcome(Manner::Floods("HTTP/1.1 401 Unauthorized\r\n\r\n".into())).await
    else {
        panic!("refused")
    };
}

#[tokio::test]
async fn an_account_that_points_inwards_is_refused() {
    let mut peer = Peer::new(Manner::Says(answer("201 Created", "", TAKEN))).await;
    let config = config(&peer);
    let rules = Rules { plain_http: true, ..Rules::new(vec![peer.url.clone()]) };
    let sent = send(&Outbound::new(rules).expect("a client"), &config, &message(&config)).await;
    let words = "the host 127.0.0.1 is at a private address".to_owned();
    assert_eq!(sent, SmsOutcome::Refused { code: None, reason: Reason::Account, words });
    assert_eq!(peer.heard(), [""; 0]);
}
