//! Messages as the grammar allows them to be written, over datagrams and over streams (RFC 3261 §7.3.1, RFC 5621).

use crate::switch::{TestEvent, TestSwitch, settings, strict};
use domain::call::{Cause, LegCommand, LegEvent};
use std::time::Duration;
use testkit::sip::{Peer, SipDialog, SipStream};
use tokio::net::TcpStream;

const QUIET: Duration = Duration::from_millis(200);

/// The same message as somebody else writes it.
fn rewritten(text: &str) -> String {
    text.replace("From: ", "f :\r\n  ")
        .replace(">;tag=", "> ; TAG = ")
        .replace("To: ", "tO:")
        .replace("Call-ID: ", "i:\r\n\t")
        .replace("CSeq: 1 ", "CSEQ: 1\r\n   ")
        .replace("Contact: <", "m:\r\n <")
        .replace(";branch=", " ; branch = ")
        .replace("Via: SIP/2.0/", "v: SIP / 2.0 / ")
        .replace("Content-Length: ", "l :\r\n ")
        .replace("Content-Type: ", "c:")
        .replace("Expires: ", "EXPIRES :")
}

async fn register_as_others_write(phone: &mut Peer) {
    let extra = format!("Contact: <{}>\r\nExpires: 300\r\n", phone.contact());
    phone.send(&rewritten(&phone.register_text("odd", 1, ""))).await;
    let challenge = phone.expect("401 REGISTER").await;
    let md5 = challenge.headers("WWW-Authenticate").nth(1).expect("MD5").to_owned();
    let proof = phone.authorization(&md5, "REGISTER", &format!("sip:{}", phone.server()), 1, "demo");
    let folded = proof.replace(", ", " ,\r\n   ").replace("Digest ", "digest   ");
    phone
        .send(&rewritten(&phone.register_text("odd", 2, &format!("AUTHORIZATION  :  {folded}\r\n{extra}"))))
        .await;
    phone.expect("200 REGISTER").await;
}

async fn calls_and_hangs_up(switch: &mut TestSwitch, phone: &mut Peer) {
    register_as_others_write(phone).await;
    assert!(matches!(switch.next().await, TestEvent::InService(_, true)));
    let body = phone.sdp("sendrecv");
    let mut call = phone.call_to("9000");
    phone.send(&rewritten(&phone.invite_text(&call, &body, ""))).await;
    let arrival = switch.arrived().await;
    switch.act(&arrival.leg, LegCommand::Answer);
    let answer = phone.expect("200 INVITE").await;
    call.learn(&answer);
    phone.send(&rewritten(&phone.request_text(&mut call, "ACK"))).await;
    assert_eq!(switch.heard(&arrival.leg).await, LegEvent::Up);
    phone.send(&rewritten(&phone.request_text(&mut call, "BYE"))).await;
    phone.expect("200 BYE").await;
    assert_eq!(switch.heard(&arrival.leg).await, LegEvent::Gone { cause: Cause::Normal, code: None });
}

#[tokio::test]
async fn a_phone_that_writes_blanks_folds_and_short_names_registers_calls_and_hangs_up() {
    let mut switch = TestSwitch::open(strict()).await;
    let mut phone = switch.peer("5001").await;
    calls_and_hangs_up(&mut switch, &mut phone).await;
    let stream = TcpStream::connect(switch.server).await.expect("a stream");
    let mut phone = switch.peer("5002").await.over(SipStream::bytes("TCP", stream));
    calls_and_hangs_up(&mut switch, &mut phone).await;
}

#[tokio::test]
async fn a_folded_header_of_a_caller_is_one_value() {
    let mut switch = TestSwitch::open(settings()).await;
    let peer = switch.peer("100").await;
    peer.invite_with("9000", &peer.sdp("sendrecv"), "X-Order: one\r\n  two\r\nsubject :\r\n\thello\r\n")
        .await;
    let headers = switch.arrived().await.headers;
    let value = |name: &str| {
        headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    };
    assert_eq!((value("X-Order"), value("Subject")), (Some("one two"), Some("hello")));
}

fn in_parts(sdp: &str) -> (String, String) {
    let body = format!(
        "--b 1\r\nContent-Type: application/isup;version=x\r\nContent-Disposition: signal;handling=optional\r\n\r\n\x01\x10\r\n\
         --b 1\r\nContent-Type: application/sdp\r\n\r\n{sdp}\r\n--b 1--\r\n"
    );
    ("Content-Type: multipart/mixed; boundary=\"b 1\"\r\nMIME-Version: 1.0\r\n".into(), body)
}

#[tokio::test]
async fn the_description_is_found_among_parts_of_an_offer_and_of_an_answer() {
    let mut switch = TestSwitch::open(settings()).await;
    let mut peer = switch.peer("100").await;
    let (kind, body) = in_parts(&peer.sdp("sendrecv"));
    let mut call = peer.call_to("9000");
    let text = peer
        .invite_text(&call, &body, &kind)
        .replace("Content-Type: application/sdp\r\nContent-Length", "Content-Length");
    peer.send(&text).await;
    let arrival = switch.arrived().await;
    switch.act(&arrival.leg, LegCommand::Answer);
    peer.established(&mut call).await;
    assert_eq!(switch.heard(&arrival.leg).await, LegEvent::Up);

    let mut phone = switch.phone("5001").await;
    let leg = switch.call("5001", false);
    let invite = phone.expect("INVITE").await;
    let (kind, body) = in_parts(&phone.sdp("sendrecv"));
    phone.answer_in_parts(&invite, &kind, &body).await;
    phone.expect("ACK").await;
    assert_eq!(switch.heard(&leg).await, LegEvent::Up);
}

#[tokio::test]
async fn parts_without_a_description_are_refused_with_what_is_taken() {
    let mut switch = TestSwitch::open(settings()).await;
    let mut peer = switch.peer("100").await;
    let body = "--b\r\nContent-Type: text/plain\r\n\r\nhello\r\n--b--\r\n";
    let call = peer.call_to("9000");
    let text = peer.invite_text(&call, body, "").replace("application/sdp", "multipart/mixed;boundary=b");
    peer.send(&text).await;
    let accepts = peer.expect("415 INVITE").await;
    assert!(accepts.header("Accept").is_some_and(|kinds| kinds.contains("multipart/mixed")), "{accepts:?}");
    switch.hears_nothing(QUIET).await;
}

#[tokio::test]
async fn a_caller_whose_contact_has_parameters_in_its_user_part_hears_that_we_hang_up() {
    let mut switch = TestSwitch::open(settings()).await;
    let mut peer = switch.peer("100").await;
    let contact = format!("sip:+15551112222;tgrp=a%231;trunk-context=x@{}", peer.addr());
    let mut call: SipDialog = peer.call_to("9000");
    let text = peer.invite_text(&call, &peer.sdp("sendrecv"), "");
    peer.send(&text.replace(&format!("Contact: <{}>", peer.contact()), &format!("Contact: <{contact}>")))
        .await;
    let arrival = switch.arrived().await;
    switch.act(&arrival.leg, LegCommand::Answer);
    peer.established(&mut call).await;
    assert_eq!(switch.heard(&arrival.leg).await, LegEvent::Up);
    switch.act(&arrival.leg, LegCommand::Release(Cause::Normal));
    let bye = peer.expect("BYE").await;
    assert_eq!(bye.start(), format!("BYE {contact} SIP/2.0"));
}

#[tokio::test]
async fn a_stream_that_makes_no_sense_is_closed_and_a_ping_is_answered() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let switch = TestSwitch::open(strict()).await;
    let mut stream = TcpStream::connect(switch.server).await.expect("a stream");
    stream.write_all(b"\r\n\r\n").await.expect("sent");
    let mut answer = [0; 2];
    stream.read_exact(&mut answer).await.expect("an answer");
    assert_eq!(&answer, b"\r\n");
    stream.write_all(b"OPTIONS sip:x SIP/2.0\r\nContent-Length: none\r\n\r\n").await.expect("sent");
    let read = tokio::time::timeout(Duration::from_secs(5), stream.read(&mut answer)).await.expect("in time");
    assert_eq!(read.unwrap_or(0), 0);
}
