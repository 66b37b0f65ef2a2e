//! Where requests may go.

use super::peer::{Manner, Peer, answer, client, demo};
use channels::outbound::{Ask, Forbidden, HttpFault, Outbound, Reach, Rules, Url};

fn at(host: &str, peer: &Peer) -> Url {
    format!("http://{host}:{}/", peer.url.port().expect("a port")).parse().expect("a URL")
}

async fn forbidden(rules: Rules, url: &Url) -> Forbidden {
    match Outbound::new(rules).expect("a client").ask(Ask::get(url.clone())).await {
        Err(HttpFault::Forbidden(why)) => why,
        other => panic!("{url}: {other:?}"),
    }
}

#[tokio::test]
async fn a_peer_is_asked_and_its_answer_comes_back_whole() {
    let mut peer = Peer::new(Manner::Says(answer("418 Teapot", "x-kind: pot\r\n", "short and stout"))).await;
    let ask = Ask::post(peer.url.join("a?b=c").expect("a URL"), "text/plain", b"hello".to_vec());
    let answer = client(&[&peer.url]).ask(ask.basic("Alice", "open")).await.expect("an answer");
    assert_eq!((answer.status.as_u16(), answer.body.as_slice()), (418, &b"short and stout"[..]));
    assert_eq!(answer.headers["x-kind"], "pot");
    let heard = peer.heard().concat();
    assert!(heard.starts_with("POST /a?b=c HTTP/1.1\r\n"), "{heard}");
    assert!(heard.contains("content-type: text/plain\r\n") && heard.ends_with("\r\n\r\nhello"), "{heard}");
    assert!(heard.contains("authorization: Basic QWxpY2U6b3Blbg==\r\n"), "{heard}");
}

#[tokio::test]
async fn a_token_is_borne_in_a_header() {
    let mut peer = Peer::new(Manner::Says(answer("200 OK", "", ""))).await;
    client(&[&peer.url]).ask(Ask::get(peer.url.clone()).bearer("t0k3n")).await.expect("an answer");
    assert!(peer.heard().concat().contains("authorization: Bearer t0k3n\r\n"));
}

#[tokio::test]
async fn an_address_of_this_machine_is_refused() {
    let mut peer = Peer::new(Manner::Says(answer("200 OK", "", ""))).await;
    for host in ["127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "0x7f.1", "2130706433"] {
        let url = at(host, &peer);
        let rules = Rules { reach: Reach::Public, ..demo(&[&url]) };
        assert!(matches!(forbidden(rules, &url).await, Forbidden::Address(_)), "{host}");
    }
    assert_eq!(peer.heard(), [""; 0]);
}

#[tokio::test]
async fn a_name_that_resolves_to_this_machine_is_refused() {
    let mut peer = Peer::new(Manner::Says(answer("200 OK", "", ""))).await;
    let url = at("localhost", &peer);
    let rules = Rules { reach: Reach::Public, ..demo(&[&url]) };
    assert_eq!(forbidden(rules, &url).await, Forbidden::Address("localhost".into()));
    assert_eq!(peer.heard(), [""; 0]);
    client(&[&url]).ask(Ask::get(url.clone())).await.expect("the demo may");
}

#[tokio::test]
async fn the_demo_may_reach_this_machine_and_no_other_private_one() {
    for host in ["10.0.0.1", "169.254.169.254", "192.168.0.1", "[fe80::1]", "[fd00:ec2::254]"] {
        let url: Url = format!("http://{host}/latest/meta-data").parse().expect("a URL");
        assert!(matches!(forbidden(demo(&[&url]), &url).await, Forbidden::Address(_)), "{host}");
    }
}

#[tokio::test]
async fn a_host_or_a_port_that_is_no_configured_peer_is_refused() {
    let mut peer = Peer::new(Manner::Says(answer("200 OK", "", ""))).await;
    let other = Peer::new(Manner::HangsUp).await;
    for url in [&other.url, &at("localhost", &peer), &"http://example.com/".parse().expect("a URL")] {
        assert!(matches!(forbidden(demo(&[&peer.url]), url).await, Forbidden::Host(_)), "{url}");
    }
    assert_eq!(peer.heard(), [""; 0]);
}

#[tokio::test]
async fn http_is_refused_unless_allowed() {
    let peer = Peer::new(Manner::HangsUp).await;
    let rules = Rules { plain_http: false, ..demo(&[&peer.url]) };
    assert_eq!(forbidden(rules, &peer.url).await, Forbidden::NotHttps);
    let file: Url = "file:///etc/passwd".parse().expect("a URL");
    assert_eq!(forbidden(demo(&[&file]), &file).await, Forbidden::NotHttps);
}

#[tokio::test]
async fn a_password_in_a_url_is_refused() {
    let mut peer = Peer::new(Manner::HangsUp).await;
    let mut url = peer.url.clone();
    url.set_password(Some("hush")).expect("a password");
    let why = forbidden(demo(&[&peer.url]), &url).await;
    assert_eq!(why, Forbidden::Credentials);
    assert!(!why.to_string().contains("hush"));
    assert_eq!(peer.heard(), [""; 0]);
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let mut there = Peer::new(Manner::Says(answer("200 OK", "", "there"))).await;
    let location = format!("location: {}\r\n", there.url);
    let mut here = Peer::new(Manner::Says(answer("307 Temporary Redirect", &location, ""))).await;
    let answer = client(&[&here.url, &there.url]).ask(Ask::get(here.url.clone())).await.expect("an answer");
    assert_eq!(answer.status.as_u16(), 307);
    assert_eq!((here.heard().len(), there.heard().len()), (1, 0));
}
