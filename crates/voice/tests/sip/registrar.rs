//! REGISTER on the wire (spec: voice-sip#3).

use crate::switch::{TestEvent, TestSwitch, settings, strict};
use std::time::Duration;
use voice::{Settings, Timers};

#[tokio::test]
async fn a_phone_registers_with_either_hash_offered_strongest_first() {
    let mut switch = TestSwitch::open(strict()).await;
    let mut phone = switch.peer("5001").await;
    phone.send(&phone.register_text("a", 1, "")).await;
    let challenge = phone.expect("401 REGISTER").await;
    let offered: Vec<&str> = challenge.headers("WWW-Authenticate").collect();
    assert_eq!(offered.len(), 2);
    assert!(offered[0].contains("SHA-256") && offered[1].contains("MD5"), "{offered:?}");
    assert!(challenge.header("User-Agent").is_some_and(|name| name.starts_with("Jackfield/")));
    phone.register().await;
    assert!(matches!(switch.next().await, TestEvent::InService(dn, true) if dn.as_str() == "5001"));
}

#[tokio::test]
async fn the_answer_lists_what_is_bound_and_for_how_long() {
    let switch = TestSwitch::open(strict()).await;
    let mut phone = switch.peer("5001").await;
    let other = "<sip:5001@192.0.2.9:5070>;expires=120";
    let answer =
        phone.register_with(&format!("Contact: <{}>, {other}\r\nExpires: 300\r\n", phone.contact())).await;
    assert_eq!(answer.code(), Some(200));
    let mut listed: Vec<&str> = answer.headers("Contact").collect();
    listed.sort_unstable();
    assert_eq!(listed, [format!("<{}>;expires=300", phone.contact()), other.to_owned()]);
}

#[tokio::test]
async fn too_short_is_423_and_too_long_is_narrowed() {
    let switch = TestSwitch::open(strict()).await;
    let mut phone = switch.peer("5001").await;
    let short = phone.register_with(&format!("Contact: <{}>;expires=30\r\n", phone.contact())).await;
    assert_eq!((short.code(), short.header("Min-Expires")), (Some(423), Some("60")));
    let long = phone.register_with(&format!("Contact: <{}>;expires=99999\r\n", phone.contact())).await;
    assert!(long.header("Contact").is_some_and(|contact| contact.ends_with(";expires=3600")), "{long:?}");
}

#[tokio::test]
async fn a_star_unregisters_and_only_alone() {
    let mut switch = TestSwitch::open(strict()).await;
    let mut phone = switch.phone("5001").await;
    assert_eq!(phone.register_with("Contact: *\r\nExpires: 300\r\n").await.code(), Some(400));
    assert_eq!(phone.register_with("Contact: *\r\nExpires: 0\r\n").await.code(), Some(200));
    assert!(matches!(switch.next().await, TestEvent::InService(_, false)));
}

#[tokio::test]
async fn right_credentials_for_another_number_are_forbidden() {
    let switch = TestSwitch::open(strict()).await;
    let mut phone = switch.peer("5001").await;
    phone.send(&phone.register_text("b", 1, "")).await;
    let challenge = phone.expect("401 REGISTER").await;
    let proof = phone.authorization(
        challenge.headers("WWW-Authenticate").nth(1).expect("MD5"),
        "REGISTER",
        &format!("sip:{}", switch.server),
        1,
        "demo",
    );
    let text = phone.register_text("b", 2, &format!("Authorization: {proof}\r\n"));
    phone.send(&text.replace("To: <sip:5001@", "To: <sip:5002@")).await;
    phone.expect("403 REGISTER").await;
}

#[tokio::test]
async fn a_replayed_proof_is_refused_as_stale() {
    let mut switch = TestSwitch::open(strict()).await;
    let mut phone = switch.peer("5001").await;
    phone.send(&phone.register_text("c", 1, "")).await;
    let challenge = phone.expect("401 REGISTER").await;
    let challenge = challenge.headers("WWW-Authenticate").nth(1).expect("MD5");
    let proof = phone.authorization(challenge, "REGISTER", &format!("sip:{}", switch.server), 1, "demo");
    let with = format!("Authorization: {proof}\r\nContact: <{}>\r\n", phone.contact());
    phone.send(&phone.register_text("c", 2, &with)).await;
    phone.expect("200 REGISTER").await;
    let thief = switch.peer("5001").await;
    let mut thief = thief;
    thief.send(&thief.register_text("d", 3, &with)).await;
    let again = thief.expect("401 REGISTER").await;
    assert!(again.header("WWW-Authenticate").is_some_and(|value| value.contains("stale=true")));
    assert!(matches!(switch.next().await, TestEvent::InService(_, true)));
    switch.hears_nothing(Duration::from_millis(50)).await;
}

#[tokio::test]
async fn what_runs_out_goes_out_of_service() {
    let timers = Timers { min_expires: Duration::from_secs(1), ..Timers::default() };
    let mut switch = TestSwitch::open(voice::Settings { timers, ..settings() }).await;
    let mut phone = switch.peer("5001").await;
    let answer = phone.register_with(&format!("Contact: <{}>;expires=1\r\n", phone.contact())).await;
    assert_eq!(answer.code(), Some(200));
    assert!(matches!(switch.next().await, TestEvent::InService(_, true)));
    assert!(matches!(switch.next().await, TestEvent::InService(_, false)));
}

#[tokio::test]
async fn a_phone_behind_nat_that_answers_no_options_is_taken_out() {
    let timers =
        Timers { keep_alive: Duration::from_millis(300), t1: Duration::from_millis(5), ..Timers::default() };
    let mut switch = TestSwitch::open(voice::Settings { timers, ..settings() }).await;
    let mut phone = switch.peer("5001").await;
    let answer = phone.register_with("Contact: <sip:5001@10.255.255.1:5060>\r\n").await;
    assert_eq!(answer.code(), Some(200));
    assert!(matches!(switch.next().await, TestEvent::InService(_, true)));
    let asked = phone.expect("OPTIONS").await;
    assert_eq!(asked.start(), "OPTIONS sip:5001@10.255.255.1:5060 SIP/2.0");
    assert!(matches!(switch.next().await, TestEvent::InService(_, false)));
}

#[tokio::test]
async fn a_stream_that_closes_takes_its_phone_along() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let mut switch = TestSwitch::open(strict()).await;
    let phone = switch.peer("5001").await;
    let mut stream = tokio::net::TcpStream::connect(switch.server).await.expect("a stream");
    let over_tcp = |text: String| text.replace("SIP/2.0/UDP", "SIP/2.0/TCP");
    let mut buffer = vec![0; 65_535];
    stream.write_all(over_tcp(phone.register_text("t", 1, "")).as_bytes()).await.expect("sent");
    let len = stream.read(&mut buffer).await.expect("an answer");
    let challenge = testkit::sip::SipMessage(String::from_utf8_lossy(&buffer[..len]).into_owned());
    let md5 = challenge.headers("WWW-Authenticate").nth(1).expect("MD5");
    let proof = phone.authorization(md5, "REGISTER", &format!("sip:{}", switch.server), 1, "demo");
    let with = format!("Authorization: {proof}\r\nContact: <sip:5001@host.invalid;transport=tcp>\r\n");
    stream.write_all(over_tcp(phone.register_text("t", 2, &with)).as_bytes()).await.expect("sent");
    assert!(matches!(switch.next().await, TestEvent::InService(_, true)));
    // A ping (RFC 5626 §3.5.1).
    let _ = stream.read(&mut buffer).await.expect("the answer to REGISTER");
    stream.write_all(b"\r\n\r\n").await.expect("sent");
    assert_eq!(stream.read(&mut buffer).await.expect("a pong"), 2);
    drop(stream);
    assert!(matches!(switch.next().await, TestEvent::InService(_, false)));
}

#[tokio::test]
async fn a_ping_over_datagrams_is_answered() {
    let switch = TestSwitch::open(strict()).await;
    let phone = switch.peer("5001").await;
    phone.send("\r\n\r\n").await;
    let mut buffer = [0; 16];
    let (len, _) = tokio::time::timeout(Duration::from_secs(2), phone.socket.recv_from(&mut buffer))
        .await
        .expect("a pong")
        .expect("received");
    assert_eq!(&buffer[..len], b"\r\n");
}

#[tokio::test]
async fn a_switch_on_every_address_names_to_each_phone_one_that_it_reaches() {
    let mut everywhere = settings();
    everywhere.listen = Settings::both("[::]:0".parse().expect("an address"));
    everywhere.media = voice::media::Settings { bind: "::".parse().expect("an address"), ..everywhere.media };
    let mut switch = TestSwitch::open(everywhere).await;
    let port = switch.server.port();
    for host in ["127.0.0.1", "[::1]"] {
        let server = format!("{host}:{port}").parse().expect("an address");
        let mut phone = testkit::sip::Peer::new("5001", server).await;
        phone.register().await;
        loop {
            if let TestEvent::InService(_, true) = switch.next().await {
                break;
            }
        }
        let mut call = phone.invite("9000", &phone.sdp("sendrecv")).await;
        let arrival = switch.arrived().await;
        switch.act(&arrival.leg, domain::call::LegCommand::Answer);
        let answer = phone.established(&mut call).await;
        let bare = host.trim_matches(['[', ']']);
        let family = if host == bare { "IP4" } else { "IP6" };
        assert!(answer.body().contains(&format!("c=IN {family} {bare}")), "{answer:?}");
        assert_eq!(answer.contact(), format!("sip:{host}:{port}"));
        assert!(answer.header("Via").is_some_and(|via| !via.contains("ffff")), "{answer:?}");
        phone.register_with("Contact: *\r\nExpires: 0\r\n").await;
        loop {
            if let TestEvent::InService(_, false) = switch.next().await {
                break;
            }
        }
    }
}
