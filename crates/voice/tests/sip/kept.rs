//! What a switch that is started knows of phones, and how it finds those that are gone (spec: voice-sip#3, RFC 5626).

use crate::switch::{TestEvent, TestSwitch, settings, strict};
use domain::call::{Cause, Dn, LegCommand, LegEvent};
use std::{sync::atomic::Ordering, time::Duration};
use testkit::{
    sip::{Peer, SipStream},
    wait::eventually,
};
use tokio::{net::TcpStream, time::Instant};
use voice::{Settings, Timers};

/// A phone may take 8 × 100 ms to answer.
fn quick() -> Settings {
    Settings { timers: Timers { t1: Duration::from_millis(100), ..Timers::default() }, ..strict() }
}

/// It is told that a number is in service, or not.
async fn in_service(switch: &mut TestSwitch, number: &str, expected: bool) {
    match switch.next().await {
        TestEvent::InService(dn, on) => assert_eq!((dn.as_str(), on), (number, expected)),
        other => panic!("{other:?}"),
    }
}

/// The phone says that it is there.
async fn says_that_it_is_there(phone: &mut Peer) {
    let asked = phone.expect("OPTIONS").await;
    phone.answer(&asked, "200 OK", "", "").await;
}

#[tokio::test]
async fn a_phone_is_rung_by_the_next_process_without_having_registered_again() {
    let mut switch = TestSwitch::open(quick()).await;
    let mut phone = switch.phone("5001").await;
    let mut switch = switch.killed(quick()).await;
    assert_eq!(switch.voice.in_service().into_iter().collect::<Vec<_>>(), [Dn::new("5001")]);
    in_service(&mut switch, "5001", true).await;
    says_that_it_is_there(&mut phone).await;
    let leg = switch.call("5001", false);
    let invite = phone.expect("INVITE").await;
    assert_eq!(invite.start(), format!("INVITE sip:5001@{} SIP/2.0", phone.addr()));
    phone.answer(&invite, "200 OK", "", &phone.sdp("sendrecv")).await;
    assert_eq!(switch.heard(&leg).await, LegEvent::Up);
    phone.expect("ACK").await;
    switch.hears_nothing(Duration::from_secs(1)).await;
}

#[tokio::test]
async fn a_phone_behind_a_router_is_rung_where_it_registered_from_by_the_next_process_too() {
    let mut switch = TestSwitch::open(quick()).await;
    let mut phone = switch.peer("5001").await;
    phone.register_with("Contact: <sip:5001@10.255.255.1:5060>\r\n").await;
    in_service(&mut switch, "5001", true).await;
    let mut switch = switch.killed(quick()).await;
    in_service(&mut switch, "5001", true).await;
    says_that_it_is_there(&mut phone).await;
    let leg = switch.call("5001", false);
    let invite = phone.expect("INVITE").await;
    let sound = phone.sdp("sendrecv");
    phone.answer_as(&invite, "200 OK", "sip:5001@10.255.255.1:5060", &sound).await;
    assert_eq!(switch.heard(&leg).await, LegEvent::Up);
    phone.expect("ACK").await;
    switch.act(&leg, LegCommand::Release(Cause::Normal));
    phone.expect("BYE").await;
}

#[tokio::test]
async fn a_phone_that_is_gone_is_found_out_within_seconds_and_a_forged_answer_does_not_help_it() {
    let mut switch = TestSwitch::open(quick()).await;
    let phone = switch.phone("5001").await;
    let mut alive = switch.phone("5002").await;
    let mut switch = switch.killed(quick()).await;
    let begun = Instant::now();
    for _ in 0..2 {
        assert!(matches!(switch.next().await, TestEvent::InService(_, true)));
    }
    // Somebody at the address of the phone that is gone answers, who does not know what was asked.
    for branch in ["z9hG4bKguess", ""] {
        phone
            .send(&format!(
                "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP {};branch={branch}\r\nFrom: <sip:{}>;tag=1\r\n\
                 To: <sip:5001@{}>;tag=2\r\nCall-ID: guess\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n",
                switch.server,
                switch.server,
                phone.addr()
            ))
            .await;
    }
    says_that_it_is_there(&mut alive).await;
    in_service(&mut switch, "5001", false).await;
    assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
    let leg = switch.call("5001", false);
    assert_eq!(switch.heard(&leg).await, LegEvent::Gone { cause: Cause::Unreachable, code: Some(480) });
    assert_eq!(switch.voice.in_service().into_iter().collect::<Vec<_>>(), [Dn::new("5002")]);
}

#[tokio::test]
async fn a_refusal_is_an_answer_too() {
    let mut switch = TestSwitch::open(quick()).await;
    let mut phone = switch.phone("5001").await;
    let mut switch = switch.killed(quick()).await;
    in_service(&mut switch, "5001", true).await;
    let asked = phone.expect("OPTIONS").await;
    phone.answer(&asked, "405 Method Not Allowed", "", "").await;
    switch.hears_nothing(Duration::from_millis(1_200)).await;
}

#[tokio::test]
async fn a_call_from_where_a_phone_was_is_challenged_until_it_registers() {
    let mut switch = TestSwitch::open(quick()).await;
    let mut phone = switch.phone("5001").await;
    let mut switch = switch.killed(quick()).await;
    in_service(&mut switch, "5001", true).await;
    says_that_it_is_there(&mut phone).await;
    let body = phone.sdp("sendrecv");
    let mut call = phone.invite("9000", &body).await;
    let refusal = phone.expect("407 INVITE").await;
    call.learn_tag(&refusal);
    phone.of_invite(&call, "ACK").await;
    phone.register().await;
    phone.invite("9000", &body).await;
    assert_eq!(switch.arrived().await.device, Some(Dn::new("5001")));
}

#[tokio::test]
async fn a_phone_on_a_stream_is_out_of_service_until_it_comes_back_over_another() {
    let mut switch = TestSwitch::open(quick()).await;
    let stream = TcpStream::connect(switch.server).await.expect("a stream");
    let mut phone = switch.peer("5001").await.over(SipStream::bytes("TCP", stream));
    phone.register().await;
    in_service(&mut switch, "5001", true).await;
    assert_eq!(switch.kept.of("5001")[0].transport, "tcp");
    phone.cut();
    let mut switch = switch.killed(quick()).await;
    assert!(switch.voice.in_service().is_empty());
    let stream = TcpStream::connect(switch.server).await.expect("a stream");
    let mut phone = switch.peer("5001").await.over(SipStream::bytes("TCP", stream));
    phone.register().await;
    in_service(&mut switch, "5001", true).await;
}

#[tokio::test]
async fn what_is_acknowledged_is_written_and_what_cannot_be_written_is_not_acknowledged() {
    let switch = TestSwitch::open(strict()).await;
    let mut phone = switch.peer("5001").await;
    let contact = format!("Contact: <{}>;+sip.instance=\"<urn:uuid:1>\";reg-id=2\r\n", phone.contact());
    switch.kept.fails.store(true, Ordering::Relaxed);
    let refusal = phone.register_with(&contact).await;
    assert_eq!((refusal.code(), refusal.header("Retry-After")), (Some(503), Some("5")));
    assert!(switch.kept.of("5001").is_empty());
    // It is the same as before, and still has to be written.
    assert_eq!(phone.register_with(&contact).await.code(), Some(503));
    switch.kept.fails.store(false, Ordering::Relaxed);
    assert_eq!(phone.register_with(&contact).await.code(), Some(200));
    let rows = switch.kept.of("5001");
    let [row] = rows.as_slice() else { panic!("{rows:?}") };
    assert_eq!(row.contact, phone.contact());
    assert_eq!((row.instance.as_deref(), row.reg_id), (Some("<urn:uuid:1>"), Some(2)));
    assert_eq!((row.transport.as_str(), row.received.as_str()), ("udp", phone.addr().to_string().as_str()));
    assert!((299_000..=300_000).contains(&row.expires), "{row:?}");
    assert_eq!(row.cseq, 2);

    switch.kept.fails.store(true, Ordering::Relaxed);
    assert_eq!(phone.register_with("Contact: *\r\nExpires: 0\r\n").await.code(), Some(503));
    assert_eq!(switch.kept.of("5001").len(), 1);
    switch.kept.fails.store(false, Ordering::Relaxed);
    assert_eq!(phone.register_with("Contact: *\r\nExpires: 0\r\n").await.code(), Some(200));
    assert!(switch.kept.of("5001").is_empty());
}

#[tokio::test]
async fn many_refreshes_are_one_write() {
    let switch = TestSwitch::open(strict()).await;
    let mut phone = switch.peer("5001").await;
    phone.send(&phone.register_text("a", 1, "")).await;
    let challenge = phone.expect("401 REGISTER").await;
    let md5 = challenge.headers("WWW-Authenticate").nth(1).expect("MD5").to_owned();
    for nc in 1..=10 {
        let proof = phone.authorization(&md5, "REGISTER", &format!("sip:{}", switch.server), nc, "demo");
        let with = format!("Authorization: {proof}\r\nContact: <{}>\r\n", phone.contact());
        phone.send(&phone.register_text("a", nc + 1, &with)).await;
        phone.expect("200 REGISTER").await;
    }
    assert_eq!(switch.kept.writes.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn how_a_phone_answers_is_known_to_the_next_process() {
    let timers = Timers { auto_answer: Duration::from_millis(300), ..quick().timers };
    let slow = || Settings { timers: timers.clone(), ..strict() };
    let mut switch = TestSwitch::open(slow()).await;
    let mut phone = switch.phone("5003").await;
    let dn = Dn::new("5003");
    let leg = switch.call("5003", false);
    let invite = phone.expect("INVITE").await;
    phone.answer(&invite, "180 Ringing", "", "").await;
    assert_eq!(switch.heard(&leg).await, LegEvent::Ringing);
    switch.act(&leg, LegCommand::Answer);
    let cancel = phone.expect("CANCEL").await;
    phone.answer(&cancel, "200 OK", "", "").await;
    phone.answer(&invite, "487 Request Terminated", "", "").await;
    phone.expect("ACK").await;
    let again = phone.expect("INVITE").await;
    phone.answer(&again, "180 Ringing", "", "").await;
    assert_eq!(switch.heard(&leg).await, LegEvent::NotAnswered(408));
    in_service(&mut switch, "5003", true).await;
    eventually("it is written", async || switch.kept.of("5003")[0].by_hand).await;
    switch.act(&leg, LegCommand::Release(Cause::Cancelled));
    let cancel = phone.expect("CANCEL").await;
    phone.answer(&cancel, "200 OK", "", "").await;
    phone.answer(&again, "487 Request Terminated", "", "").await;
    phone.expect("ACK").await;
    let switch = switch.killed(slow()).await;
    assert_eq!(desk::ports::Switch::answers(&*switch.voice, &dn), Some(false));
}

#[tokio::test]
async fn a_call_to_a_phone_that_is_gone_ends_before_it_would_have_rung_long_and_takes_it_out_of_service() {
    let mut switch = TestSwitch::open(quick()).await;
    let phone = switch.phone("5001").await;
    drop(phone);
    let begun = Instant::now();
    let leg = switch.call("5001", false);
    in_service(&mut switch, "5001", false).await;
    assert_eq!(switch.heard(&leg).await, LegEvent::Gone { cause: Cause::Unreachable, code: Some(408) });
    // A transaction would last for 6.4 s.
    assert!(begun.elapsed() < Duration::from_secs(4), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn a_phone_that_takes_its_time_to_ring_and_answers_that_it_is_there_is_waited_for() {
    let mut switch = TestSwitch::open(Settings { timers: quick().timers, ..settings() }).await;
    let mut phone = switch.phone("5001").await;
    let leg = switch.call("5001", false);
    let invite = phone.expect("INVITE").await;
    says_that_it_is_there(&mut phone).await;
    switch.hears_nothing(Duration::from_secs(1)).await;
    phone.answer(&invite, "180 Ringing", "", "").await;
    assert_eq!(switch.heard(&leg).await, LegEvent::Ringing);
}

#[tokio::test]
async fn one_of_two_phones_that_is_gone_leaves_the_other_ringing_and_the_number_in_service() {
    let mut switch = TestSwitch::open(quick()).await;
    let gone = switch.phone("5001").await;
    let mut phone = switch.peer("5001").await;
    phone.register().await;
    drop(gone);
    let leg = switch.call("5001", false);
    let invite = phone.expect("INVITE").await;
    phone.answer(&invite, "180 Ringing", "", "").await;
    assert_eq!(switch.heard(&leg).await, LegEvent::Ringing);
    switch.hears_nothing(Duration::from_secs(2)).await;
    phone.answer(&invite, "200 OK", "", &phone.sdp("sendrecv")).await;
    assert_eq!(switch.heard(&leg).await, LegEvent::Up);
}
