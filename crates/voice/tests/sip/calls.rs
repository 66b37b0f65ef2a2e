//! Calls that go well.

use crate::switch::{TestSwitch, settings};
use domain::call::{Cause, HeardBy, LegCommand, LegEvent, LegId, Playback, RoomId};
use std::time::Duration;
use testkit::sip::{Peer, SipDialog};

pub fn room() -> RoomId {
    RoomId { call: "room".into(), line: 0 }
}

/// A caller from outside, up to the ACK.
pub async fn caller(switch: &mut TestSwitch) -> (Peer, SipDialog, LegId, u16) {
    let mut caller = switch.peer("15550199").await;
    let mut call = caller.invite("9000", &caller.sdp("sendrecv")).await;
    let leg = switch.arrived().await.leg;
    switch.act(&leg, LegCommand::Answer);
    let port = caller.established(&mut call).await.rtp_port();
    assert_eq!(switch.heard(&leg).await, LegEvent::Up);
    (caller, call, leg, port)
}

/// A phone that was called and answered; the dialog as it sees it, and the INVITE.
pub async fn called(switch: &mut TestSwitch, phone: &mut Peer) -> (SipDialog, LegId, u16) {
    let leg = switch.call(&phone.user.clone(), false);
    let invite = phone.expect("INVITE").await;
    phone.answer(&invite, "200 OK", "", &phone.sdp("sendrecv")).await;
    phone.expect("ACK").await;
    assert_eq!(switch.heard(&leg).await, LegEvent::Up);
    (phone.dialog_of(&invite), leg, invite.rtp_port())
}

#[tokio::test]
async fn a_call_rings_is_answered_joined_held_retrieved_and_released() {
    let mut switch = TestSwitch::open(settings()).await;
    let mut phone = switch.phone("5001").await;
    let mut caller = switch.peer("15550199").await;
    let extra = "X-Case: 42\r\nUser-to-User: 00;encoding=hex\r\n";
    let mut call = caller.invite_with("9000", &caller.sdp("sendrecv"), extra).await;
    let arrival = switch.arrived().await;
    let leg = arrival.leg;
    assert_eq!((arrival.from.number.as_str(), arrival.from.name.as_str()), ("15550199", "Caller"));
    assert_eq!(arrival.headers[0], ("X-Case".to_owned(), "42".to_owned()));
    assert_eq!(arrival.headers.len(), 2);
    caller.expect("100 INVITE").await;
    switch.act(&leg, LegCommand::Ring);
    caller.expect("180 INVITE").await;
    switch.act(&leg, LegCommand::Answer);
    let port = caller.established(&mut call).await.rtp_port();
    assert_eq!(switch.heard(&leg).await, LegEvent::Up);

    let agent = switch.call("5001", false);
    let invite = phone.expect("INVITE").await;
    assert!(
        invite.header("From").is_some_and(|from| from.starts_with("\"Ada Q\" <sip:15550123@")),
        "{invite:?}"
    );
    assert!(invite.header("P-Asserted-Identity").is_some_and(|id| id.contains("15550123")));
    assert!(!invite.0.contains("rsipstack") && !invite.0.contains("restsend"), "{invite:?}");
    assert!(invite.0.len() < 1300);
    phone.answer(&invite, "180 Ringing", "", "").await;
    assert_eq!(switch.heard(&agent).await, LegEvent::Ringing);
    phone.answer(&invite, "200 OK", "", &phone.sdp("sendrecv")).await;
    phone.expect("ACK").await;
    assert_eq!(switch.heard(&agent).await, LegEvent::Up);
    let phone_port = invite.rtp_port();
    switch.act(&leg, LegCommand::Join(room(), HeardBy::Everyone));
    switch.act(&agent, LegCommand::Join(room(), HeardBy::Everyone));
    let (to_phone, heard_by_phone) = (caller.say(port, 0x21, 10), phone.hears(0x21));
    assert!(tokio::join!(to_phone, heard_by_phone).1);
    let (to_caller, heard_by_caller) = (phone.say(phone_port, 0x42, 10), caller.hears(0x42));
    assert!(tokio::join!(to_caller, heard_by_caller).1);

    switch.act(&agent, LegCommand::Part(Playback::Silence));
    switch.act(&agent, LegCommand::HoldPhone(true));
    let held = phone.expect("INVITE").await;
    assert_eq!(held.direction(), "inactive");
    phone.answer(&held, "200 OK", "", &phone.sdp("inactive")).await;
    phone.expect("ACK").await;
    assert_eq!(switch.heard(&agent).await, LegEvent::HoldDone { on: true, refused: None });
    switch.act(&agent, LegCommand::HoldPhone(false));
    let back = phone.expect("INVITE").await;
    assert_eq!(back.direction(), "sendrecv");
    phone.answer(&back, "200 OK", "", &phone.sdp("sendrecv")).await;
    phone.expect("ACK").await;
    assert_eq!(switch.heard(&agent).await, LegEvent::HoldDone { on: false, refused: None });
    switch.act(&agent, LegCommand::Join(room(), HeardBy::Everyone));
    let (to_phone, heard_by_phone) = (caller.say(port, 0x23, 10), phone.hears(0x23));
    assert!(tokio::join!(to_phone, heard_by_phone).1);

    switch.act(&agent, LegCommand::Release(Cause::Normal));
    let bye = phone.expect("BYE").await;
    assert!(bye.header("Reason").is_some_and(|reason| reason.starts_with("SIP;cause=200")));
    phone.answer(&bye, "200 OK", "", "").await;
    assert_eq!(switch.heard(&agent).await, LegEvent::Gone { cause: Cause::Normal, code: None });
    caller.request(&mut call, "BYE", "", "").await;
    caller.expect("200 BYE").await;
    assert_eq!(switch.heard(&leg).await, LegEvent::Gone { cause: Cause::Normal, code: None });
    switch.hears_nothing(Duration::from_millis(50)).await;
}

#[tokio::test]
async fn a_call_without_an_offer_is_made_one() {
    let mut switch = TestSwitch::open(settings()).await;
    let mut caller = switch.peer("15550199").await;
    let mut call = caller.invite("9000", "").await;
    let leg = switch.arrived().await.leg;
    switch.act(&leg, LegCommand::Answer);
    let answer = caller.expect("200 INVITE").await;
    call.learn(&answer);
    let body = caller.sdp("sendrecv");
    caller.request(&mut call, "ACK", "Content-Type: application/sdp\r\n", &body).await;
    assert_eq!(switch.heard(&leg).await, LegEvent::Up);
    switch.act(&leg, LegCommand::Part(Playback::Hold));
    let mut packet = [0; 1500];
    tokio::time::timeout(Duration::from_secs(2), caller.rtp.recv_from(&mut packet))
        .await
        .expect("a tone")
        .expect("RTP");
}

#[tokio::test]
async fn a_phone_that_is_asked_to_answers_by_itself_is_told_so() {
    let mut switch = TestSwitch::open(settings()).await;
    let mut phone = switch.phone("5001").await;
    let leg = switch.call("5001", true);
    let invite = phone.expect("INVITE").await;
    assert!(invite.header("Call-Info").is_some_and(|value| value.ends_with("answer-after=0")));
    assert!(invite.header("Alert-Info").is_some_and(|value| value.contains("info=alert-autoanswer")));
    assert_eq!(invite.header("Answer-Mode"), Some("Auto"));
    phone.answer(&invite, "200 OK", "", &phone.sdp("sendrecv")).await;
    assert_eq!(switch.heard(&leg).await, LegEvent::Up);
}

#[tokio::test]
async fn a_phone_that_knows_talk_is_made_to_answer_in_its_early_dialog() {
    let mut switch = TestSwitch::open(settings()).await;
    let mut phone = switch.phone("5001").await;
    let leg = switch.call("5001", false);
    switch.act(&leg, LegCommand::Answer);
    let invite = phone.expect("INVITE").await;
    assert!(invite.header("Answer-Mode").is_none());
    phone.answer(&invite, "180 Ringing", "", "").await;
    let talk = phone.expect("NOTIFY").await;
    assert_eq!(talk.header("Event"), Some("talk"));
    assert_eq!(talk.header("Call-ID"), invite.header("Call-ID"));
    assert_eq!(talk.start(), format!("NOTIFY {} SIP/2.0", phone.contact()));
    phone.answer(&talk, "200 OK", "", "").await;
    phone.answer(&invite, "200 OK", "", &phone.sdp("sendrecv")).await;
    assert_eq!(switch.heard(&leg).await, LegEvent::Ringing);
    assert_eq!(switch.heard(&leg).await, LegEvent::Up);
}

#[tokio::test]
async fn a_phone_that_refuses_talk_is_called_again_and_that_is_remembered() {
    let mut switch = TestSwitch::open(settings()).await;
    let mut phone = switch.phone("5001").await;
    for round in 0..2 {
        let leg = switch.call("5001", false);
        let invite = phone.expect("INVITE").await;
        phone.answer(&invite, "180 Ringing", "", "").await;
        assert_eq!(switch.heard(&leg).await, LegEvent::Ringing);
        switch.act(&leg, LegCommand::Answer);
        if round == 0 {
            let talk = phone.expect("NOTIFY").await;
            phone.answer(&talk, "489 Bad Event", "", "").await;
        }
        let cancel = phone.expect("CANCEL").await;
        phone.answer(&cancel, "200 OK", "", "").await;
        phone.answer(&invite, "487 Request Terminated", "", "").await;
        phone.expect("ACK").await;
        let again = phone.expect("INVITE").await;
        assert_eq!(again.header("Answer-Mode"), Some("Auto"));
        phone.answer(&again, "200 OK", "", &phone.sdp("sendrecv")).await;
        phone.expect("ACK").await;
        assert_eq!(switch.heard(&leg).await, LegEvent::Up);
        switch.act(&leg, LegCommand::Release(Cause::Normal));
        assert!(matches!(switch.heard(&leg).await, LegEvent::Gone { .. }));
        let bye = phone.expect("BYE").await;
        phone.answer(&bye, "200 OK", "", "").await;
    }
}

#[tokio::test]
async fn a_phone_that_is_answered_by_hand_says_so() {
    use desk::ports::Switch;
    let mut switch = TestSwitch::open(settings()).await;
    assert_eq!(switch.voice.answers(&"5004".into()), None);
    let mut phone = switch.phone("5004").await;
    let _talking = switch.phone("5001").await;
    assert_eq!(switch.voice.answers(&"5004".into()), Some(false));
    assert_eq!(switch.voice.answers(&"5001".into()), Some(true));
    let leg = switch.call("5004", false);
    let invite = phone.expect("INVITE").await;
    phone.answer(&invite, "180 Ringing", "", "").await;
    assert_eq!(switch.heard(&leg).await, LegEvent::Ringing);
    switch.act(&leg, LegCommand::Answer);
    assert_eq!(switch.heard(&leg).await, LegEvent::NotAnswered(405));
    phone.answer(&invite, "200 OK", "", &phone.sdp("sendrecv")).await;
    assert_eq!(switch.heard(&leg).await, LegEvent::Up);
}

#[tokio::test]
async fn keys_come_in_with_info_and_go_out_with_info_where_the_stream_takes_none() {
    let mut switch = TestSwitch::open(settings()).await;
    let mut caller = switch.peer("15550199").await;
    let plain =
        caller.sdp("sendrecv").replace("0 8 101", "0 8").replace("a=rtpmap:101 telephone-event/8000\r\n", "");
    let mut call = caller.invite("9000", &plain.replace("a=fmtp:101 0-15\r\n", "")).await;
    let leg = switch.arrived().await.leg;
    switch.act(&leg, LegCommand::Answer);
    caller.established(&mut call).await;
    assert_eq!(switch.heard(&leg).await, LegEvent::Up);
    for (kind, body, key) in
        [("application/dtmf-relay", "Signal=7\r\nDuration=160\r\n", '7'), ("application/dtmf", "#", '#')]
    {
        caller.request(&mut call, "INFO", &format!("Content-Type: {kind}\r\n"), body).await;
        caller.expect("200 INFO").await;
        assert_eq!(switch.heard(&leg).await, LegEvent::Key(key));
    }
    caller.request(&mut call, "INFO", "Content-Type: text/plain\r\n", "x").await;
    caller.expect("415 INFO").await;
    switch.act(&leg, LegCommand::Dtmf("1*".into()));
    for key in ["1", "*"] {
        let info = caller.expect("INFO").await;
        assert_eq!(info.header("Content-Type"), Some("application/dtmf-relay"));
        assert!(info.body().starts_with(&format!("Signal={key}\r\n")), "{info:?}");
        caller.answer(&info, "200 OK", "", "").await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn keys_that_are_sent_at_once_come_in_in_their_order() {
    let mut switch = TestSwitch::open(settings()).await;
    let mut caller = switch.peer("15550199").await;
    let mut call = caller.invite("9000", &caller.sdp("sendrecv")).await;
    let leg = switch.arrived().await.leg;
    switch.act(&leg, LegCommand::Answer);
    caller.established(&mut call).await;
    assert_eq!(switch.heard(&leg).await, LegEvent::Up);
    let keys = "1234567890*#".repeat(10);
    for key in keys.chars() {
        caller.request(&mut call, "INFO", "Content-Type: application/dtmf\r\n", &key.to_string()).await;
    }
    for key in keys.chars() {
        caller.expect("200 INFO").await;
        assert_eq!(switch.heard(&leg).await, LegEvent::Key(key));
    }
}

#[tokio::test]
async fn a_phone_behind_nat_is_reached_where_it_registered_from() {
    let mut switch = TestSwitch::open(settings()).await;
    let mut phone = switch.peer("5001").await;
    let inside = "sip:5001@10.255.255.1:5060";
    assert_eq!(phone.register_with(&format!("Contact: <{inside}>\r\n")).await.code(), Some(200));
    switch.next().await;
    let leg = switch.call("5001", false);
    let invite = phone.expect("INVITE").await;
    assert_eq!(invite.start(), format!("INVITE {inside} SIP/2.0"));
    assert!(!invite.0.contains("x-jf-flow"), "{invite:?}");
    phone.answer_as(&invite, "200 OK", inside, &phone.sdp("sendrecv")).await;
    phone.expect("ACK").await;
    assert_eq!(switch.heard(&leg).await, LegEvent::Up);
    switch.act(&leg, LegCommand::HoldPhone(true));
    let held = phone.expect("INVITE").await;
    assert_eq!(held.start(), format!("INVITE {inside} SIP/2.0"));
    phone.answer_as(&held, "200 OK", inside, &phone.sdp("inactive")).await;
    assert_eq!(switch.heard(&leg).await, LegEvent::HoldDone { on: true, refused: None });
    switch.act(&leg, LegCommand::Release(Cause::Normal));
    let bye = phone.expect("BYE").await;
    assert!(!bye.0.contains("x-jf-flow"), "{bye:?}");
    phone.answer(&bye, "200 OK", "", "").await;
    assert_eq!(switch.heard(&leg).await, LegEvent::Gone { cause: Cause::Normal, code: None });

    let leg = switch.call("5001", false);
    let invite = phone.expect("INVITE").await;
    phone.answer_as(&invite, "180 Ringing", inside, "").await;
    assert_eq!(switch.heard(&leg).await, LegEvent::Ringing);
    switch.act(&leg, LegCommand::Release(Cause::Normal));
    let cancel = phone.expect("CANCEL").await;
    assert_eq!(cancel.start(), format!("CANCEL {inside} SIP/2.0"));
    assert_eq!((cancel.header("To"), cancel.header("Via")), (invite.header("To"), invite.header("Via")));
}

#[tokio::test]
async fn a_caller_is_refused_with_the_code_of_the_cause() {
    let mut switch = TestSwitch::open(settings()).await;
    for (cause, code) in [
        (Cause::Busy, 486),
        (Cause::Refused, 603),
        (Cause::NoAnswer, 480),
        (Cause::NoSuchNumber, 404),
        (Cause::Incompatible, 488),
        (Cause::Closed, 480),
    ] {
        let mut caller = switch.peer("15550199").await;
        let mut call = caller.invite("9000", &caller.sdp("sendrecv")).await;
        let leg = switch.arrived().await.leg;
        switch.act(&leg, LegCommand::Ring);
        switch.act(&leg, LegCommand::Release(cause));
        let refusal = caller.expect(&format!("{code} INVITE")).await;
        call.learn_tag(&refusal);
        caller.of_invite(&call, "ACK").await;
        assert_eq!(switch.heard(&leg).await, LegEvent::Gone { cause, code: Some(code) });
    }
}

#[tokio::test]
async fn the_end_of_the_server_releases_every_leg() {
    let mut switch = TestSwitch::open(settings()).await;
    let (mut caller, _, leg, _) = caller(&mut switch).await;
    let voice = switch.voice.clone();
    let stopping = tokio::spawn(async move { voice.stop().await });
    let bye = caller.expect("BYE").await;
    caller.answer(&bye, "200 OK", "", "").await;
    assert_eq!(switch.heard(&leg).await, LegEvent::Gone { cause: Cause::Closed, code: None });
    tokio::time::timeout(Duration::from_secs(2), stopping)
        .await
        .expect("an end before the deadline")
        .expect("stopped");
}
