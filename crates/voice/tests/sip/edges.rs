//! Edges: proxies that are believed about who is behind them, and how they are reached (RFC 3327).

use crate::switch::{TestEvent, TestSwitch, settings, strict};
use domain::call::{Cause, Dn, LegCommand, LegEvent};
use std::{net::IpAddr, time::Duration};
use testkit::sip::{Peer, SipMessage, SipStream};
use tokio::net::{TcpListener, TcpSocket};
use voice::{Limits, Network, Settings, Timers};

const QUIET: Duration = Duration::from_millis(200);
const EDGE: [u8; 4] = [127, 0, 0, 2];
const PATH: &str = "<sip:tok@127.0.0.2:5070;lr>,<sip:p2.example;lr;ob>";

fn network(addr: [u8; 4]) -> Network {
    Network::from(IpAddr::from(addr))
}

/// An edge at 127.0.0.2, nobody else is known.
fn edged() -> Settings {
    Settings { edges: vec![network(EDGE)], ..strict() }
}

/// The edge as it speaks for who is at an address.
async fn edge_for(switch: &TestSwitch, user: &str, sender: &str) -> Peer {
    let mut edge = Peer::at("127.0.0.2:0", user, switch.server).await;
    speaks_for(&mut edge, sender);
    edge
}

fn speaks_for(edge: &mut Peer, sender: &str) {
    let (ip, port) = sender.split_once(':').expect("an address");
    edge.below = format!("Via: SIP/2.0/UDP 10.0.0.9:5060;branch=z9hG4bKp;received={ip};rport={port}\r\n");
}

/// A phone behind the edge that is registered through its Path; the answer.
async fn registered(switch: &mut TestSwitch, edge: &mut Peer, more: &str) -> SipMessage {
    let contact = format!("Contact: <sip:{}@10.0.0.9:5060>\r\nAllow-Events: talk\r\n", edge.user);
    let answer = edge.register_with(&format!("{contact}Path: {PATH}\r\n{more}")).await;
    assert_eq!(answer.code(), Some(200), "{answer:?}");
    assert!(matches!(switch.next().await, TestEvent::InService(_, true)));
    answer
}

async fn challenge(peer: &mut Peer) -> String {
    let mut call = peer.invite("9000", &peer.sdp("sendrecv")).await;
    let challenge = peer.expect("407 INVITE").await;
    call.learn_tag(&challenge);
    peer.of_invite(&call, "ACK").await;
    challenge.headers("Proxy-Authenticate").find(|value| value.contains("MD5")).expect("MD5").to_owned()
}

fn routes(message: &SipMessage) -> Vec<&str> {
    message.headers("Route").collect()
}

#[tokio::test]
async fn a_phone_that_knows_path_is_answered_with_it() {
    let mut switch = TestSwitch::open(edged()).await;
    let mut edge = edge_for(&switch, "5001", "127.0.0.3:5060").await;
    let answer = registered(&mut switch, &mut edge, "Supported: path\r\n").await;
    assert_eq!((answer.header("Path"), answer.header("Supported")), (Some(PATH), Some("path")));
    let again = edge.register_with(&format!("Path: {PATH}\r\n")).await;
    assert_eq!((again.code(), again.header("Path")), (Some(200), None));
}

#[tokio::test]
async fn a_phone_behind_an_edge_is_called_over_its_path_in_all_that_its_call_needs() {
    let mut switch = TestSwitch::open(edged()).await;
    let mut edge = edge_for(&switch, "5001", "127.0.0.3:5060").await;
    registered(&mut switch, &mut edge, "").await;
    edge.below.clear();

    // It gives up while it rings.
    let leg = switch.call("5001", false);
    let invite = edge.expect("INVITE").await;
    assert_eq!(invite.start(), "INVITE sip:5001@10.0.0.9:5060 SIP/2.0");
    assert_eq!(routes(&invite), [PATH]);
    assert!(!invite.0.contains("x-jf"), "{invite:?}");
    edge.answer(&invite, "180 Ringing", "", "").await;
    assert!(matches!(switch.heard(&leg).await, LegEvent::Ringing));
    switch.act(&leg, LegCommand::Release(Cause::Cancelled));
    let cancel = edge.expect("CANCEL").await;
    assert_eq!((cancel.start(), routes(&cancel)), ("CANCEL sip:5001@10.0.0.9:5060 SIP/2.0", vec![PATH]));
    edge.answer(&cancel, "200 OK", "", "").await;
    edge.answer(&invite, "487 Request Terminated", "", "").await;
    let ack = edge.expect("ACK").await;
    assert_eq!((ack.start(), routes(&ack)), ("ACK sip:5001@10.0.0.9:5060 SIP/2.0", vec![PATH]));
    assert!(matches!(switch.heard(&leg).await, LegEvent::Gone { .. }));

    // It is made to answer, and hangs up: over the route that the edge stays in the dialog with.
    let stays = "Record-Route: <sip:p2.example;lr>\r\nRecord-Route: <sip:127.0.0.2:5070;lr>\r\n";
    let leg = switch.call("5001", false);
    let invite = edge.expect("INVITE").await;
    edge.answer_with(&invite, "180 Ringing", "sip:5001@10.0.0.9:5060", stays, "").await;
    assert!(matches!(switch.heard(&leg).await, LegEvent::Ringing));
    switch.act(&leg, LegCommand::Answer);
    let notify = edge.expect("NOTIFY").await;
    assert_eq!(notify.start(), "NOTIFY sip:5001@10.0.0.9:5060 SIP/2.0");
    assert_eq!(routes(&notify), ["<sip:127.0.0.2:5070;lr>,<sip:p2.example;lr>"]);
}

#[tokio::test]
async fn a_phone_behind_an_edge_that_leaves_the_dialog_is_reached_through_it_all_the_same() {
    let mut switch = TestSwitch::open(edged()).await;
    let mut edge = edge_for(&switch, "5001", "127.0.0.3:5060").await;
    registered(&mut switch, &mut edge, "").await;
    edge.below.clear();
    let leg = switch.call("5001", false);
    let invite = edge.expect("INVITE").await;
    edge.answer_with(&invite, "200 OK", "sip:5001@10.0.0.9:5060", "", &edge.sdp("sendrecv")).await;
    edge.expect("ACK").await;
    assert!(matches!(switch.heard(&leg).await, LegEvent::Up));
    switch.act(&leg, LegCommand::Release(Cause::Normal));
    assert_eq!(edge.expect("BYE").await.start(), "BYE sip:5001@10.0.0.9:5060 SIP/2.0");
}

#[tokio::test]
async fn a_phone_behind_an_edge_is_asked_over_its_path_whether_it_is_there() {
    let timers = Timers { keep_alive: Duration::from_millis(300), ..Timers::default() };
    let mut switch = TestSwitch::open(Settings { timers, ..edged() }).await;
    let mut edge = edge_for(&switch, "5001", "127.0.0.3:5060").await;
    registered(&mut switch, &mut edge, "").await;
    let asked = edge.expect("OPTIONS").await;
    assert_eq!((asked.start(), routes(&asked)), ("OPTIONS sip:5001@10.0.0.9:5060 SIP/2.0", vec![PATH]));
}

#[tokio::test]
async fn a_phone_behind_an_edge_is_asked_and_rung_over_its_path_by_the_next_process_too() {
    let mut switch = TestSwitch::open(edged()).await;
    let mut edge = edge_for(&switch, "5001", "127.0.0.3:5060").await;
    registered(&mut switch, &mut edge, "").await;
    let row = switch.kept.of("5001").remove(0);
    assert_eq!((row.received, row.sender.as_str()), (edge.addr().to_string(), "udp:127.0.0.3:5060"));
    assert_eq!(row.path.join(","), PATH);
    edge.below.clear();
    let mut switch = switch.killed(edged()).await;
    assert!(matches!(switch.next().await, TestEvent::InService(_, true)));
    let asked = edge.expect("OPTIONS").await;
    assert_eq!((asked.start(), routes(&asked)), ("OPTIONS sip:5001@10.0.0.9:5060 SIP/2.0", vec![PATH]));
    edge.answer(&asked, "200 OK", "", "").await;
    let leg = switch.call("5001", false);
    let invite = edge.expect("INVITE").await;
    assert_eq!((invite.start(), routes(&invite)), ("INVITE sip:5001@10.0.0.9:5060 SIP/2.0", vec![PATH]));
    edge.answer_with(&invite, "200 OK", "sip:5001@10.0.0.9:5060", "", &edge.sdp("sendrecv")).await;
    assert!(matches!(switch.heard(&leg).await, LegEvent::Up));
    // It has not proved anything to this process.
    speaks_for(&mut edge, "127.0.0.3:5060");
    challenge(&mut edge).await;
}

#[tokio::test]
async fn behind_an_edge_a_phone_proves_itself_though_it_registered_from_there() {
    let mut switch = TestSwitch::open(edged()).await;
    let mut edge = edge_for(&switch, "5001", "127.0.0.3:5060").await;
    registered(&mut switch, &mut edge, "").await;
    let md5 = challenge(&mut edge).await;
    let proof = edge.authorization(&md5, "INVITE", &format!("sip:9000@{}", switch.server), 1, "demo");
    let body = edge.sdp("sendrecv");
    edge.invite_with("9000", &body, &format!("Proxy-Authorization: {proof}\r\n")).await;
    assert_eq!(switch.arrived().await.device, Some(Dn::new("5001")));
}

#[tokio::test]
async fn a_peer_behind_an_edge_is_one_by_the_address_that_the_edge_names() {
    let mut switch = TestSwitch::open(Settings { peers: vec![network([127, 0, 0, 7])], ..edged() }).await;
    let edge = edge_for(&switch, "15550123", "127.0.0.7:5060").await;
    edge.invite("9000", &edge.sdp("sendrecv")).await;
    assert_eq!(switch.arrived().await.device, None);
}

#[tokio::test]
async fn a_forged_via_makes_nobody_a_peer_and_an_edge_is_none_by_itself() {
    // The network of peers holds the edge, too.
    let peers = vec![network([127, 0, 0, 7]), network(EDGE)];
    let mut switch = TestSwitch::open(Settings { peers, ..edged() }).await;
    let mut edge = edge_for(&switch, "5001", "127.0.0.5:5060").await;
    let own = edge.below.clone();
    let forged = "Via: SIP/2.0/UDP 127.0.0.7:5060;branch=z9hG4bKf;received=127.0.0.7;rport=5060\r\n";
    for below in [
        format!("{own}{forged}"),
        own.replace(";received", ";received=127.0.0.7;received"),
        own.replace(";branch", ";received=127.0.0.7;branch"),
        String::new(),
    ] {
        edge.below = below;
        challenge(&mut edge).await;
    }
    // Nor does it help who is behind no edge.
    let mut stranger = Peer::at("127.0.0.5:0", "5001", switch.server).await;
    stranger.below = forged.into();
    challenge(&mut stranger).await;
    switch.hears_nothing(QUIET).await;
}

#[tokio::test]
async fn wrong_passwords_behind_an_edge_are_held_against_who_sent_them() {
    let limits = Limits { failed_logins_per_minute: 2, ..Limits::default() };
    let mut switch = TestSwitch::open(Settings { limits, ..edged() }).await;
    let mut edge = edge_for(&switch, "5001", "127.0.0.5:5060").await;
    edge.send(&edge.register_text("f", 1, "")).await;
    let asked = edge.expect("401 REGISTER").await;
    let md5 = asked.headers("WWW-Authenticate").nth(1).expect("MD5").to_owned();
    for nc in 1..=2 {
        let proof = edge.authorization(&md5, "REGISTER", &format!("sip:{}", switch.server), nc, "guess");
        edge.send(&edge.register_text("f", nc + 1, &format!("Authorization: {proof}\r\n"))).await;
    }
    edge.expect("401 REGISTER").await;
    edge.hears_nothing(QUIET).await;
    edge.send(&edge.register_text("f", 9, "")).await;
    edge.hears_nothing(QUIET).await;
    // A challenge for one is none for another.
    speaks_for(&mut edge, "127.0.0.6:5060");
    let proof = edge.authorization(&md5, "REGISTER", &format!("sip:{}", switch.server), 9, "demo");
    edge.send(&edge.register_text("g", 1, &format!("Authorization: {proof}\r\n"))).await;
    let stale = edge.expect("401 REGISTER").await;
    assert!(stale.header("WWW-Authenticate").is_some_and(|text| text.contains("stale=true")));
    registered(&mut switch, &mut edge, "").await;
}

#[tokio::test]
async fn calls_of_peers_behind_an_edge_have_the_measure_of_their_own_address() {
    let limits = Limits { open_calls_per_network: 1, ..Limits::default() };
    let peers = vec![network([127, 0, 0, 7]), network([127, 0, 0, 8])];
    let mut switch = TestSwitch::open(Settings { limits, peers, ..edged() }).await;
    let mut edge = edge_for(&switch, "1", "127.0.0.7:5060").await;
    let body = edge.sdp("sendrecv");
    edge.invite("9000", &body).await;
    switch.arrived().await;
    edge.invite("9000", &body).await;
    edge.expect("503 INVITE").await;
    speaks_for(&mut edge, "127.0.0.8:5060");
    edge.invite("9000", &body).await;
    switch.arrived().await;
}

#[tokio::test]
async fn the_path_of_somebody_who_is_no_edge_leads_nowhere() {
    let mut switch = TestSwitch::open(settings()).await;
    let mut phone = switch.peer("5001").await;
    let contact = format!("Contact: <{}>\r\nPath: {PATH}\r\nSupported: path\r\n", phone.contact());
    let answer = phone.register_with(&contact).await;
    assert_eq!((answer.code(), answer.header("Path")), (Some(200), None));
    assert!(matches!(switch.next().await, TestEvent::InService(_, true)));
    switch.call("5001", false);
    assert_eq!(routes(&phone.expect("INVITE").await), [""; 0]);
    let refused = phone.register_with(&format!("{contact}Require: path\r\n")).await;
    assert_eq!((refused.code(), refused.header("Unsupported")), (Some(420), Some("path")));
}

#[tokio::test]
async fn a_phone_behind_an_edge_whose_stream_is_closed_is_called_where_its_path_says() {
    let mut switch = TestSwitch::open(edged()).await;
    let listener = TcpListener::bind("127.0.0.2:0").await.expect("a listener");
    let port = listener.local_addr().expect("an address").port();
    let opened = async || {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.bind("127.0.0.2:0".parse().expect("an address")).expect("bound");
        SipStream::bytes("TCP", socket.connect(switch.server).await.expect("a stream"))
    };
    let mut edge = edge_for(&switch, "5001", "127.0.0.3:5060").await.over(opened().await);
    let path = format!("<sip:127.0.0.2:{port};transport=tcp;lr>");
    let answer = edge.register_with(&format!("Contact: <sip:5001@10.0.0.9>\r\nPath: {path}\r\n")).await;
    assert_eq!(answer.code(), Some(200));
    // One without Path cannot be reached any more.
    "5002".clone_into(&mut edge.user);
    assert_eq!(edge.register_with("Contact: <sip:5002@10.0.0.9>\r\n").await.code(), Some(200));
    let told = [switch.next().await, switch.next().await];
    assert!(told.iter().all(|told| matches!(told, TestEvent::InService(_, true))), "{told:?}");
    edge.cut();
    match switch.next().await {
        TestEvent::InService(dn, on) => assert_eq!((dn.as_str(), on), ("5002", false)),
        other => panic!("{other:?}"),
    }
    switch.call("5001", false);
    let (stream, _) = listener.accept().await.expect("a stream");
    let mut edge = edge.over(SipStream::bytes("TCP", stream));
    let invite = edge.expect("INVITE").await;
    assert_eq!((invite.start(), routes(&invite)), ("INVITE sip:5001@10.0.0.9 SIP/2.0", vec![&path[..]]));
}

#[tokio::test]
async fn an_edge_that_asks_whether_we_are_there_is_answered_and_who_is_behind_it_is_not() {
    let switch = TestSwitch::open(edged()).await;
    let mut edge = Peer::at("127.0.0.2:0", "scan", switch.server).await;
    let options = |edge: &Peer, branch: &str| {
        format!(
            "OPTIONS sip:{} SIP/2.0\r\n{}Max-Forwards: 70\r\nFrom: <sip:a@h>;tag=1\r\nTo: <sip:b@h>\r\n\
             Call-ID: {branch}\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n",
            switch.server,
            edge.via(branch)
        )
    };
    edge.send(&options(&edge, "z9hG4bK1")).await;
    edge.expect("200 OPTIONS").await;
    speaks_for(&mut edge, "127.0.0.5:5060");
    edge.send(&options(&edge, "z9hG4bK2")).await;
    edge.hears_nothing(QUIET).await;
}
