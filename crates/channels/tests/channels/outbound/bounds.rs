//! How long and how much, and what is known when an answer fails to come.

use super::peer::{Manner, Peer, answer, client, demo, impatient};
use channels::outbound::{Ask, HttpFault, Loss, Outbound, Rules, Url};
use std::time::{Duration, Instant};
use tokio::net::TcpListener;

async fn ask(peer: &Peer) -> Result<channels::outbound::HttpAnswer, HttpFault> {
    client(&[&peer.url]).ask(Ask::get(peer.url.clone())).await
}

#[tokio::test]
async fn a_peer_that_is_slow_to_answer_is_cut() {
    for said in ["", "HTTP/1.1 200 OK\r\n"] {
        let peer = Peer::new(Manner::Stalls(said.into())).await;
        let began = Instant::now();
        let answer = impatient(&[&peer.url]).ask(Ask::get(peer.url.clone())).await;
        assert!(matches!(answer, Err(HttpFault::Lost { head: None, how: Loss::TimedOut })));
        assert!(began.elapsed() < Duration::from_secs(5));
    }
}

#[tokio::test]
async fn a_peer_that_stops_in_the_middle_is_cut_and_its_status_kept() {
    let peer = Peer::new(Manner::Stalls("HTTP/1.1 201 Created\r\ncontent-length: 9\r\n\r\nhal".into())).await;
    let answer = impatient(&[&peer.url]).ask(Ask::get(peer.url.clone())).await;
    let Err(HttpFault::Lost { head: Some((status, _)), how: Loss::TimedOut }) = answer else { panic!("cut") };
    assert_eq!(status.as_u16(), 201);
}

#[tokio::test]
async fn a_peer_that_never_takes_the_connection_was_sent_nothing() {
    // A handshake of TLS that nobody answers; the time to connect ends before the time of all does.
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url: Url = format!("https://{}/", listener.local_addr().expect("an address")).parse().expect("a URL");
    let rules = Rules { connect: Duration::from_millis(100), ..demo(&[&url]) };
    let answer = Outbound::new(rules).expect("a client").ask(Ask::get(url)).await;
    assert!(matches!(answer, Err(HttpFault::NotSent(_))), "{answer:?}");
}

#[tokio::test]
async fn a_peer_that_is_not_there_was_sent_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let base = listener.local_addr().expect("an address");
    drop(listener);
    let url: Url = format!("http://{base}/?token=hush").parse().expect("a URL");
    let Err(fault) = client(&[&url]).ask(Ask::get(url.clone())).await else { panic!("nobody is there") };
    assert!(matches!(fault, HttpFault::NotSent(_)), "{fault:?}");
    assert!(!format!("{fault} {fault:?}").contains("hush"));
}

#[tokio::test]
async fn a_name_that_nobody_has_was_sent_nothing() {
    let url: Url = "http://nobody.invalid/".parse().expect("a URL");
    let answer = client(&[&url]).ask(Ask::get(url.clone())).await;
    assert!(matches!(answer, Err(HttpFault::NotSent(_))), "{answer:?}");
}

#[tokio::test]
async fn a_peer_that_hangs_up_may_have_done_it_and_is_not_asked_again() {
    let mut peer = Peer::new(Manner::HangsUp).await;
    let ask = Ask::post(peer.url.clone(), "text/plain", b"hello".to_vec());
    let answer = client(&[&peer.url]).ask(ask).await;
    assert!(matches!(answer, Err(HttpFault::Lost { head: None, how: Loss::Broken })), "{answer:?}");
    // Nothing tells that it is not asked again; asking takes less.
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(peer.heard().len(), 1);
}

#[tokio::test]
async fn what_is_no_http_is_no_answer() {
    let peer = Peer::new(Manner::Says("SSH-2.0-OpenSSH\r\n\r\n".into())).await;
    assert!(matches!(ask(&peer).await, Err(HttpFault::Lost { head: None, how: Loss::Broken })));
}

#[tokio::test]
async fn a_huge_answer_is_cut() {
    let announced = Manner::Stalls("HTTP/1.1 200 OK\r\ncontent-length: 1001\r\n\r\n".into());
    let endless = Manner::Floods("HTTP/1.1 200 OK\r\n\r\n".into());
    for manner in [announced, endless] {
        let Err(HttpFault::Lost { head: Some(_), how }) = ask(&Peer::new(manner).await).await else {
            panic!("cut")
        };
        assert_eq!(how, Loss::TooLarge);
    }
    let just = Peer::new(Manner::Says(answer("200 OK", "", &"x".repeat(1000)))).await;
    assert_eq!(ask(&just).await.expect("an answer").body.len(), 1000);
}

#[tokio::test]
async fn headers_without_end_are_cut() {
    let peer = Peer::new(Manner::Floods("HTTP/1.1 200 OK\r\nx: ".into())).await;
    assert!(matches!(ask(&peer).await, Err(HttpFault::Lost { head: None, .. })));
}
