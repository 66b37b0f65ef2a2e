//! Phones that come over streams, whose Contact names no host that can be reached.

use crate::switch::{TestEvent, TestSwitch, settings};
use domain::call::{Cause, LegCommand, LegEvent};
use std::{net::SocketAddr, sync::Arc, time::Duration};
use testkit::sip::{Peer, SipStream};
use tokio::net::TcpStream;
use tokio_rustls::{TlsConnector, rustls};
use voice::{Carrier, Listen, Settings, Timers, TlsIdentity, Transport};

async fn tcp(server: SocketAddr) -> SipStream {
    SipStream::bytes("TCP", TcpStream::connect(server).await.expect("a stream"))
}

/// A phone that calls and is called over its stream.
async fn calls_both_ways(switch: &mut TestSwitch, mut phone: Peer) {
    phone.register().await;
    assert!(matches!(switch.next().await, TestEvent::InService(_, true)));
    let leg = switch.call("5001", false);
    let invite = phone.expect("INVITE").await;
    // The name of a transport may be in either case (RFC 3261 §19.1.4).
    let expected = format!("INVITE {} SIP/2.0", phone.contact());
    assert!(invite.start().eq_ignore_ascii_case(&expected), "{invite:?}");
    assert!(invite.header("Via").is_some_and(|via| via.starts_with("SIP/2.0/")), "{invite:?}");
    phone.answer(&invite, "180 Ringing", "", "").await;
    phone.answer(&invite, "200 OK", "", &phone.sdp("sendrecv")).await;
    phone.expect("ACK").await;
    assert_eq!(switch.heard(&leg).await, LegEvent::Ringing);
    assert_eq!(switch.heard(&leg).await, LegEvent::Up);
    switch.act(&leg, LegCommand::HoldPhone(true));
    let held = phone.expect("INVITE").await;
    phone.answer(&held, "200 OK", "", &phone.sdp("inactive")).await;
    phone.expect("ACK").await;
    assert_eq!(switch.heard(&leg).await, LegEvent::HoldDone { on: true, refused: None });
    switch.act(&leg, LegCommand::Release(Cause::Normal));
    assert_eq!(switch.heard(&leg).await, LegEvent::Gone { cause: Cause::Normal, code: None });
    let bye = phone.expect("BYE").await;
    phone.answer(&bye, "200 OK", "", "").await;

    let mut call = phone.invite("9000", &phone.sdp("sendrecv")).await;
    let arrival = switch.arrived().await;
    assert_eq!(arrival.device.map(|dn| dn.to_string()).as_deref(), Some("5001"));
    switch.act(&arrival.leg, LegCommand::Answer);
    phone.established(&mut call).await;
    assert_eq!(switch.heard(&arrival.leg).await, LegEvent::Up);
    switch.act(&arrival.leg, LegCommand::Release(Cause::Normal));
    let bye = phone.expect("BYE").await;
    phone.answer(&bye, "200 OK", "", "").await;
    assert_eq!(switch.heard(&arrival.leg).await, LegEvent::Gone { cause: Cause::Normal, code: None });
}

pub fn at(switch: &TestSwitch, carrier: Carrier) -> SocketAddr {
    switch.voice.addresses().into_iter().find(|(kind, _)| *kind == carrier).expect("an address").1
}

pub fn with(transport: Transport) -> Settings {
    let mut settings = settings();
    settings.listen.push(Listen { transport, addr: ([127, 0, 0, 1], 0).into() });
    settings
}

fn pem(what: &str, der: &[u8]) -> Vec<u8> {
    use base64::{Engine, engine::general_purpose::STANDARD};
    format!("-----BEGIN {what}-----\n{}\n-----END {what}-----\n", STANDARD.encode(der)).into_bytes()
}

#[tokio::test]
async fn over_tcp() {
    let mut switch = TestSwitch::open(settings()).await;
    let phone = switch.peer("5001").await.over(tcp(switch.server).await);
    calls_both_ways(&mut switch, phone).await;
}

#[tokio::test]
async fn over_web_socket() {
    let mut switch = TestSwitch::open(with(Transport::Ws)).await;
    let line = SipStream::web_socket(at(&switch, Carrier::Ws)).await;
    let phone = switch.peer("5001").await.over(line);
    calls_both_ways(&mut switch, phone).await;
}

#[tokio::test]
async fn over_tls() {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".into()]).expect("a certificate");
    let identity = TlsIdentity {
        certificate: pem("CERTIFICATE", made.cert.der()),
        key: pem("PRIVATE KEY", &made.signing_key.serialize_der()),
    };
    let mut switch = TestSwitch::open(with(Transport::Tls(Box::new(identity)))).await;
    let mut roots = rustls::RootCertStore::empty();
    roots.add(made.cert.der().clone()).expect("a root");
    let ring = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(ring)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    let stream = TcpStream::connect(at(&switch, Carrier::Tls)).await.expect("a stream");
    let name = "localhost".try_into().expect("a name");
    let stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await.expect("TLS");
    let phone = switch.peer("5001").await.over(SipStream::bytes("TLS", stream));
    calls_both_ways(&mut switch, phone).await;
}

#[tokio::test]
async fn a_phone_whose_stream_is_cut_while_it_rings_is_unreachable_at_once() {
    let mut switch = TestSwitch::open(settings()).await;
    let mut phone = switch.peer("5001").await.over(tcp(switch.server).await);
    phone.register().await;
    assert!(matches!(switch.next().await, TestEvent::InService(_, true)));
    let leg = switch.call("5001", false);
    let invite = phone.expect("INVITE").await;
    phone.answer(&invite, "180 Ringing", "", "").await;
    assert_eq!(switch.heard(&leg).await, LegEvent::Ringing);
    phone.cut();
    assert_eq!(switch.heard_among(&leg).await, LegEvent::Gone { cause: Cause::Unreachable, code: Some(503) });
}

#[tokio::test]
async fn a_phone_whose_stream_is_cut_in_a_call_has_a_while_to_come_back() {
    let timers = Timers { t1: Duration::from_millis(5), ..Timers::default() };
    let mut switch = TestSwitch::open(Settings { timers, ..settings() }).await;
    let mut phone = switch.peer("5001").await.over(tcp(switch.server).await);
    phone.register().await;
    assert!(matches!(switch.next().await, TestEvent::InService(_, true)));
    let leg = switch.call("5001", false);
    let invite = phone.expect("INVITE").await;
    phone.answer(&invite, "200 OK", "", &phone.sdp("sendrecv")).await;
    assert_eq!(switch.heard(&leg).await, LegEvent::Up);
    phone.cut();
    assert!(matches!(switch.next().await, TestEvent::InService(_, false)));
    switch.hears_nothing(Duration::from_millis(150)).await;
    assert_eq!(switch.heard(&leg).await, LegEvent::Gone { cause: Cause::Lost, code: None });
}

#[tokio::test]
async fn an_address_that_another_holds_is_an_error() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let mut settings = settings();
    settings.listen =
        vec![Listen { transport: Transport::Tcp, addr: taken.local_addr().expect("an address") }];
    let silent = TestSwitch::listener();
    assert!(
        voice::Voice::start(settings, silent, std::sync::Arc::<crate::switch::Kept>::default())
            .await
            .is_err()
    );
}

#[tokio::test]
async fn a_phone_whose_stream_carries_nothing_goes_out_of_service() {
    let mut switch = TestSwitch::open(settings()).await;
    let mut phone = switch.peer("5001").await.over(tcp(switch.server).await);
    phone.register().await;
    assert!(matches!(switch.next().await, TestEvent::InService(_, true)));
    let leg = switch.call("5001", false);
    let invite = phone.expect("INVITE").await;
    phone.answer(&invite, "503 Service Unavailable", "", "").await;
    let told = [switch.next().await, switch.next().await];
    assert!(told.iter().any(|told| matches!(told, TestEvent::InService(_, false))), "{told:?}");
    let gone = LegEvent::Gone { cause: Cause::Unreachable, code: Some(503) };
    assert!(
        told.iter()
            .any(|told| matches!(told, TestEvent::LegEvent(of, heard) if *of == leg && *heard == gone)),
        "{told:?}"
    );
}

#[tokio::test]
async fn the_end_of_signalling_is_known() {
    let switch = TestSwitch::open(settings()).await;
    assert!(tokio::time::timeout(Duration::from_millis(50), switch.voice.ended()).await.is_err());
    switch.voice.stop().await;
    tokio::time::timeout(Duration::from_secs(5), switch.voice.ended()).await.expect("the end");
}

#[tokio::test]
async fn a_phone_that_comes_back_over_a_new_stream_keeps_its_call() {
    let timers = Timers { t1: Duration::from_millis(5), ..Timers::default() };
    let mut switch = TestSwitch::open(Settings { timers, ..settings() }).await;
    let mut phone = switch.peer("5001").await.over(tcp(switch.server).await);
    phone.register().await;
    assert!(matches!(switch.next().await, TestEvent::InService(_, true)));
    let leg = switch.call("5001", false);
    let invite = phone.expect("INVITE").await;
    phone.answer(&invite, "200 OK", "", &phone.sdp("sendrecv")).await;
    phone.expect("ACK").await;
    assert_eq!(switch.heard(&leg).await, LegEvent::Up);
    phone.cut();
    assert!(matches!(switch.next().await, TestEvent::InService(_, false)));
    let mut phone = phone.over(tcp(switch.server).await);
    phone.register().await;
    assert!(matches!(switch.next().await, TestEvent::InService(_, true)));
    switch.hears_nothing(Duration::from_millis(500)).await;
    switch.act(&leg, LegCommand::HoldPhone(true));
    let held = phone.expect("INVITE").await;
    assert!(!held.0.contains("x-jf-flow"), "{held:?}");
    phone.answer(&held, "200 OK", "", &phone.sdp("inactive")).await;
    phone.expect("ACK").await;
    assert_eq!(switch.heard(&leg).await, LegEvent::HoldDone { on: true, refused: None });
    switch.act(&leg, LegCommand::Release(Cause::Normal));
    let bye = phone.expect("BYE").await;
    phone.answer(&bye, "200 OK", "", "").await;
}

#[tokio::test]
async fn a_call_whose_stream_is_cut_does_not_go_on_at_another_phone_of_the_number() {
    let mut switch = TestSwitch::open(settings()).await;
    let mut phone = switch.peer("5001").await.over(tcp(switch.server).await);
    phone.register().await;
    assert!(matches!(switch.next().await, TestEvent::InService(_, true)));
    let mut other = switch.peer("5001").await;
    other.register().await;
    let leg = switch.call("5001", false);
    let (invite, rung) = (phone.expect("INVITE").await, other.expect("INVITE").await);
    other.answer(&rung, "180 Ringing", "", "").await;
    assert_eq!(switch.heard(&leg).await, LegEvent::Ringing);
    phone.answer(&invite, "200 OK", "", &phone.sdp("sendrecv")).await;
    phone.expect("ACK").await;
    assert_eq!(switch.heard(&leg).await, LegEvent::Up);
    let cancel = other.expect("CANCEL").await;
    other.answer(&cancel, "200 OK", "", "").await;
    other.answer(&rung, "487 Request Terminated", "", "").await;
    other.expect("ACK").await;
    phone.cut();
    // Until the switch has noticed, which nothing tells: it may not speak to the other phone then.
    tokio::time::sleep(Duration::from_millis(100)).await;
    switch.act(&leg, LegCommand::Mute(true));
    other.hears_nothing(Duration::from_millis(200)).await;
    let mut phone = phone.over(tcp(switch.server).await);
    phone.register().await;
    switch.act(&leg, LegCommand::HoldPhone(true));
    phone.expect("INVITE").await;
}

/// The status line of the answer to an upgrade with these headers.
async fn upgrade(server: SocketAddr, headers: &str) -> String {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let mut stream = TcpStream::connect(server).await.expect("a stream");
    let text = format!(
        "GET / HTTP/1.1\r\nHost: {server}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n{headers}\r\n"
    );
    stream.write_all(text.as_bytes()).await.expect("sent");
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).await.expect("an answer");
    String::from_utf8(answer.to_vec()).expect("text")
}

#[tokio::test]
async fn a_web_socket_is_for_sip_alone_and_for_pages_that_the_settings_name() {
    let switch = TestSwitch::open(with(Transport::Ws)).await;
    let server = at(&switch, Carrier::Ws);
    for (headers, status) in [
        ("Sec-WebSocket-Protocol: sip\r\n", "HTTP/1.1 101"),
        ("Sec-WebSocket-Protocol: chat, SIP\r\n", "HTTP/1.1 101"),
        ("Origin: https://phone.example\r\nSec-WebSocket-Protocol: sip\r\n", "HTTP/1.1 101"),
        ("Origin: http://evil.example\r\nSec-WebSocket-Protocol: sip\r\n", "HTTP/1.1 403"),
        ("Origin: null\r\nSec-WebSocket-Protocol: sip\r\n", "HTTP/1.1 403"),
        ("Sec-WebSocket-Protocol: chat\r\n", "HTTP/1.1 400"),
        ("Sec-WebSocket-Protocol: sipx\r\n", "HTTP/1.1 400"),
        ("", "HTTP/1.1 400"),
    ] {
        assert_eq!(upgrade(server, headers).await, status, "{headers}");
    }
}
