//! What is kept of SIP: over every transport, in both directions, and nothing of it secret.

use crate::{
    calls::{called, caller},
    streams::{at, with},
    switch::{TestSwitch, settings, strict},
};
use domain::call::{Cause, Dn, LegCommand, LegEvent};
use std::time::Duration;
use testkit::{sip::SipStream, wait::eventually};
use tokio::net::{TcpStream, UdpSocket};
use voice::{Carrier, Settings, SipTrace, SipTraceQuery, Transport};

fn of_the_phone(switch: &TestSwitch, dn: &str) -> SipTrace {
    switch.voice.trace(&SipTraceQuery::Phone(Dn::new(dn))).expect("it is on")
}

/// The first words of messages, those that came in with a `<`; one that was repeated counts once.
fn ladder(trace: &SipTrace) -> Vec<String> {
    let first = |start: &str| start.split(" sip:").next().unwrap_or_default().to_owned();
    let mut lines: Vec<String> = trace
        .messages
        .iter()
        .map(|it| format!("{}{}", if it.came { "<" } else { ">" }, first(&it.start)))
        .collect();
    lines.dedup();
    lines
}

const REGISTERED: [&str; 4] = ["<REGISTER", ">SIP/2.0 401 Unauthorized", "<REGISTER", ">SIP/2.0 200 OK"];

#[tokio::test]
async fn messages_over_every_transport_are_kept_without_what_proves_a_password() {
    let mut switch = TestSwitch::open(with(Transport::Ws)).await;
    let tcp = SipStream::bytes("TCP", TcpStream::connect(switch.server).await.expect("a stream"));
    let ws = SipStream::web_socket(at(&switch, Carrier::Ws)).await;
    for (dn, transport, line) in [("5001", "udp", None), ("5002", "tcp", Some(tcp)), ("5003", "ws", Some(ws))]
    {
        let mut phone = switch.peer(dn).await;
        if let Some(line) = line {
            phone = phone.over(line);
        }
        phone.register().await;
        switch.next().await;
        let trace = of_the_phone(&switch, dn);
        assert_eq!(ladder(&trace), REGISTERED, "{transport}");
        for message in &trace.messages {
            assert_eq!((message.transport, message.length), (transport, message.text.len()));
            let text = String::from_utf8_lossy(&message.text);
            assert_eq!(text.matches("response=").count(), text.matches("response=\"***\"").count(), "{text}");
        }
        let proof = String::from_utf8_lossy(&trace.messages[2].text).into_owned();
        assert!(
            proof.contains(&format!("username=\"{dn}\"")) && proof.contains("response=\"***\""),
            "{proof}"
        );
    }
}

#[tokio::test]
async fn a_call_has_its_legs_their_sound_and_no_key_that_was_pressed() {
    let mut switch = TestSwitch::open(settings()).await;
    let mut phone = switch.phone("5001").await;
    let (mut caller, mut call, leg, port) = caller(&mut switch).await;
    let (_dialog, agent, _) = called(&mut switch, &mut phone).await;
    caller.request(&mut call, "INFO", "Content-Type: application/dtmf-relay\r\n", "Signal=7\r\n").await;
    assert!(caller.expect_code(200).await);
    caller.say(port, 0x21, 20).await;

    let of_the_call = SipTraceQuery::Call(vec![leg.call.clone()]);
    let trace = |switch: &TestSwitch| switch.voice.trace(&of_the_call).expect("it is on");
    eventually("the sound is counted", async || trace(&switch).legs[0].stats.received == 20).await;
    let found = trace(&switch);
    assert_eq!(ladder(&found)[..2], ["<INVITE", ">SIP/2.0 100 Trying"]);
    assert!(ladder(&found).contains(&"<INFO".to_owned()), "{:?}", ladder(&found));
    assert!(found.messages.iter().all(|message| message.leg.as_ref() == Some(&leg)));
    let info = found.messages.iter().find(|message| message.start.starts_with("INFO")).expect("the key");
    assert!(info.text.ends_with(b"\r\n\r\n") && info.length == info.text.len() + 10, "{info:?}");
    let sdp = found.messages[0].sdp.as_ref().expect("a description");
    assert_eq!((sdp.direction.as_str(), sdp.proto.as_str()), ("sendrecv", "RTP/AVP"));
    let sound = &found.legs[0];
    assert!(
        sound.is_live && sound.stats.lost == 0 && sound.heard.is_some_and(|ago| ago < Duration::from_secs(8))
    );
    assert_eq!(sound.stats.target, Some(([127, 0, 0, 1], caller.rtp_port()).into()));

    let from = switch.voice.trace(&SipTraceQuery::Caller("15550199".into())).expect("it is on");
    assert_eq!(ladder(&from), ladder(&found));
    let of_agent = of_the_phone(&switch, "5001");
    assert!(of_agent.legs.iter().any(|found| found.leg == agent && found.phone == Some(Dn::new("5001"))));
    let own: Vec<String> = ladder(&of_agent).into_iter().skip(REGISTERED.len()).collect();
    assert_eq!(own, [">INVITE", "<SIP/2.0 200 OK", ">ACK"]);

    switch.act(&leg, LegCommand::Release(Cause::Normal));
    while switch.heard_among(&leg).await != (LegEvent::Gone { cause: Cause::Normal, code: None }) {}
    let ended = trace(&switch);
    assert!(
        !ended.legs[0].is_live && ended.legs[0].stats.received == 20,
        "the figures stay: {:?}",
        ended.legs
    );
}

#[tokio::test]
async fn a_flood_of_strangers_leaves_what_phones_said() {
    let mut switch = TestSwitch::open(Settings { trace: 1 << 20, ..strict() }).await;
    let _phone = switch.phone("5001").await;
    let before = of_the_phone(&switch, "5001").messages.len();
    let stranger = UdpSocket::bind("127.0.0.2:0").await.expect("a socket");
    let here = stranger.local_addr().expect("bound");
    for number in 0..400 {
        let text = format!(
            "INVITE sip:9000@h SIP/2.0\r\nVia: SIP/2.0/UDP {here};branch=z9hG4bK{number}\r\nFrom: <sip:evil@h>;tag=1\r\n\
             To: <sip:9000@h>\r\nCall-ID: {number}\r\nCSeq: 1 INVITE\r\nX: {}\r\nContent-Length: 0\r\n\r\n",
            "x".repeat(1000)
        );
        stranger.send_to(text.as_bytes(), switch.server).await.expect("sent");
        if number % 50 == 0 {
            tokio::task::yield_now().await;
        }
    }
    let evil = SipTraceQuery::Caller("evil".into());
    eventually("strangers are kept as far as there is room", async || {
        let kept = switch.voice.trace(&evil).expect("it is on").messages.len();
        (20..200).contains(&kept)
    })
    .await;
    // Its first request came from somebody who was a stranger still: the answer and what follows are a phone's.
    let after = of_the_phone(&switch, "5001").messages;
    assert!(after.iter().any(|message| message.start == "SIP/2.0 200 OK"), "{} of {before}", after.len());
}
