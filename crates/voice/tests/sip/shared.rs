//! Who calls where several numbers share a flow: From never tells.

use crate::switch::{TestEvent, TestSwitch, settings, strict};
use domain::call::Dn;
use std::time::Duration;
use testkit::sip::Peer;
use voice::{Challenge, Limits, Settings};

const QUIET: Duration = Duration::from_millis(200);

/// What a proxy that is no edge adds of whom it speaks for.
const FORWARDED: &str = "Via: SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bKx\r\n";

/// Two numbers registered over one flow, which speaks for the first.
async fn shared(switch: &mut TestSwitch) -> Peer {
    let mut proxy = switch.phone("5001").await;
    "5002".clone_into(&mut proxy.user);
    proxy.register().await;
    assert!(matches!(switch.next().await, TestEvent::InService(dn, true) if dn.as_str() == "5002"));
    "5001".clone_into(&mut proxy.user);
    proxy
}

/// The answer to a call to 9000 without credentials, as the challenge for the next.
async fn challenged(peer: &mut Peer) -> String {
    let mut call = peer.invite("9000", &peer.sdp("sendrecv")).await;
    let challenge = peer.expect("407 INVITE").await;
    call.learn_tag(&challenge);
    peer.of_invite(&call, "ACK").await;
    challenge.headers("Proxy-Authenticate").find(|value| value.contains("MD5")).expect("MD5").to_owned()
}

/// Calls 9000 with the password of a number.
async fn call_with(peer: &Peer, user: &str, challenge: &str) {
    let uri = format!("sip:9000@{}", peer.server());
    let proof = testkit::sip::authorization(user, challenge, "INVITE", &uri, 1, "demo");
    peer.invite_with("9000", &peer.sdp("sendrecv"), &format!("Proxy-Authorization: {proof}\r\n")).await;
}

async fn device(switch: &mut TestSwitch) -> Option<Dn> {
    switch.arrived().await.device
}

#[tokio::test]
async fn over_a_shared_flow_credentials_decide_who_calls_and_from_does_not() {
    let mut switch = TestSwitch::open(strict()).await;
    let mut proxy = shared(&mut switch).await;
    let challenge = challenged(&mut proxy).await;
    switch.hears_nothing(QUIET).await;
    // From says 5001.
    call_with(&proxy, "5002", &challenge).await;
    assert_eq!(device(&mut switch).await, Some(Dn::new("5002")));
}

#[tokio::test]
async fn a_flow_that_was_shared_once_tells_nothing_when_one_number_is_left() {
    let mut switch = TestSwitch::open(strict()).await;
    let mut proxy = shared(&mut switch).await;
    "5002".clone_into(&mut proxy.user);
    assert_eq!(proxy.register_with("Contact: *\r\nExpires: 0\r\n").await.code(), Some(200));
    assert!(matches!(switch.next().await, TestEvent::InService(_, false)));
    "5001".clone_into(&mut proxy.user);
    challenged(&mut proxy).await;
    // When nobody is left it begins again.
    assert_eq!(proxy.register_with("Contact: *\r\nExpires: 0\r\n").await.code(), Some(200));
    proxy.register().await;
    proxy.invite("9000", &proxy.sdp("sendrecv")).await;
    loop {
        if let TestEvent::Arrived(arrival) = switch.next().await {
            break assert_eq!(arrival.device, Some(Dn::new("5001")));
        }
    }
}

#[tokio::test]
async fn a_number_that_registered_through_a_proxy_is_not_known_by_its_flow() {
    let mut switch = TestSwitch::open(strict()).await;
    let mut proxy = switch.peer("5001").await;
    FORWARDED.clone_into(&mut proxy.below);
    proxy.register().await;
    assert!(matches!(switch.next().await, TestEvent::InService(_, true)));
    // Not with Via of the proxy's client, nor as if the proxy itself called.
    challenged(&mut proxy).await;
    proxy.below.clear();
    let challenge = challenged(&mut proxy).await;
    call_with(&proxy, "5001", &challenge).await;
    assert_eq!(device(&mut switch).await, Some(Dn::new("5001")));
}

#[tokio::test]
async fn a_call_that_came_through_a_proxy_is_not_known_by_the_flow_of_a_phone() {
    let mut switch = TestSwitch::open(strict()).await;
    let mut phone = switch.phone("5001").await;
    FORWARDED.clone_into(&mut phone.below);
    challenged(&mut phone).await;
}

#[tokio::test]
async fn a_shared_flow_of_a_peer_calls_from_outside_whatever_from_says() {
    let mut switch = TestSwitch::open(settings()).await;
    let proxy = shared(&mut switch).await;
    proxy.invite("9000", &proxy.sdp("sendrecv")).await;
    let arrival = switch.arrived().await;
    assert_eq!((arrival.device, arrival.from.number.as_str()), (None, "5001"));
}

#[tokio::test]
async fn every_call_of_a_phone_is_challenged_where_that_is_set() {
    let mut switch = TestSwitch::open(Settings { challenge: Challenge::Always, ..strict() }).await;
    let mut phone = switch.phone("5001").await;
    let challenge = challenged(&mut phone).await;
    call_with(&phone, "5001", &challenge).await;
    assert_eq!(device(&mut switch).await, Some(Dn::new("5001")));
    // A peer has no password.
    let mut switch = TestSwitch::open(Settings { challenge: Challenge::Always, ..settings() }).await;
    let peer = switch.peer("100").await;
    peer.invite("9000", &peer.sdp("sendrecv")).await;
    assert_eq!(device(&mut switch).await, None);
}

#[tokio::test]
async fn nobody_guesses_on_the_password_of_a_number_that_shares_their_flow() {
    let limits = Limits { failed_logins_per_minute: 3, ..Limits::default() };
    let mut switch = TestSwitch::open(Settings { limits, ..strict() }).await;
    let mut proxy = shared(&mut switch).await;
    proxy.send(&proxy.register_text("g", 1, "")).await;
    let challenge = proxy.expect("401 REGISTER").await;
    let md5 = challenge.headers("WWW-Authenticate").nth(1).expect("MD5").to_owned();
    let uri = format!("sip:{}", switch.server);
    let with = |user: &str, password: &str, nc: u32| {
        let proof = testkit::sip::authorization(user, &md5, "REGISTER", &uri, nc, password);
        let text = proxy.register_text("g", nc + 1, &format!("Authorization: {proof}\r\n"));
        text.replace("sip:5001@", &format!("sip:{user}@"))
    };
    for nc in 1..=3 {
        proxy.send(&with("5001", "guess", nc)).await;
    }
    let (right, other) = (with("5001", "demo", 4), with("5002", "demo", 5));
    // Two were answered, the third was one too many.
    for _ in 0..2 {
        proxy.expect("401 REGISTER").await;
    }
    // What is right is not told from what is wrong, while the number beside it registers on.
    proxy.send(&right).await;
    proxy.hears_nothing(QUIET).await;
    proxy.send(&other).await;
    proxy.expect("200 REGISTER").await;
}

#[tokio::test]
async fn another_phone_of_a_number_may_have_the_same_call_id() {
    let switch = TestSwitch::open(strict()).await;
    let register = async |phone: &mut Peer, cseq: u32| {
        phone.send(&phone.register_text("same", cseq, "")).await;
        let challenge = phone.expect("401 REGISTER").await;
        let md5 = challenge.headers("WWW-Authenticate").nth(1).expect("MD5").to_owned();
        let proof = phone.authorization(&md5, "REGISTER", &format!("sip:{}", phone.server()), 1, "demo");
        let with = format!("Authorization: {proof}\r\nContact: <{}>\r\n", phone.contact());
        phone.send(&phone.register_text("same", cseq + 1, &with)).await;
    };
    let (mut one, mut other) = (switch.peer("5001").await, switch.peer("5001").await);
    register(&mut one, 70).await;
    one.expect("200 REGISTER").await;
    register(&mut other, 1).await;
    assert_eq!(other.expect("200 REGISTER").await.headers("Contact").count(), 2);
    // Of one's own an old message is refused as before.
    register(&mut one, 60).await;
    one.expect("500 REGISTER").await;
}
