//! Phones over the end of a process.

use crate::process::{Server, TestDir};
use phone::{Account, AnswerMode, Incoming, Phone, PhoneLine, Say};
use serde_json::Value;
use std::{
    net::UdpSocket,
    time::{Duration, Instant},
};
use testkit::wait::{eventually_blocking, found_blocking};
use tokio::runtime::Runtime;

/// `agent1@demo:demo`
const AGENT: &str = "YWdlbnQxQGRlbW86ZGVtbw==";
pub const SERVE: &str = "serve --demo --data d --http 127.0.0.1:0";

/// A phone of the number 5001 that is registered for an hour.
pub async fn registered(server: &Server) -> Phone {
    let sip = ([127, 0, 0, 1], server.sip.unwrap()).into();
    let line = PhoneLine::open(([127, 0, 0, 1], 0).into(), sip).await.unwrap();
    let phone = line.phone(Account::new("5001").password("demo"));
    phone.on_incoming(Incoming { answer: AnswerMode::Manual, say: Say::Silence, hang_up_after: None });
    phone.register(Duration::from_secs(3_600)).await.unwrap();
    phone
}

/// What the agent reads.
fn read(server: &Server, path: &str) -> Value {
    let (status, body) = server.get(path, Some(AGENT));
    assert_eq!(status, 200, "{path}: {body}");
    serde_json::from_str(&body).unwrap()
}

/// Waits until the phone stands so, as the agent reads it; for how long it took.
fn stands(server: &Server, state: &str) -> Duration {
    let begun = Instant::now();
    eventually_blocking(&format!("the phone becomes {state}"), || {
        read(server, "/api/v2/me/devices?fields=*")["devices"][0]["deviceState"] == state
    });
    begun.elapsed()
}

/// What the agent posts.
pub fn operate(server: &Server, path: &str, body: &str) -> (String, String) {
    let authorization = format!("Basic {AGENT}");
    let headers = [("Authorization", authorization.as_str()), ("Content-Type", "application/json")];
    server.send(&format!("POST {path}"), &headers, body)
}

/// Somebody outside calls the queue; the caller is there until the socket is dropped.
fn calls(server: &Server, number: &str) -> UdpSocket {
    let caller = UdpSocket::bind("127.0.0.1:0").unwrap();
    let here = caller.local_addr().unwrap();
    let sound = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n\
                 m=audio 40000 RTP/AVP 0\r\n";
    let invite = format!(
        "INVITE sip:9000@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP {here};branch=z9hG4bK{number};rport\r\n\
         From: <sip:+{number}@127.0.0.1>;tag=1\r\nTo: <sip:9000@127.0.0.1>\r\nCall-ID: {number}\r\n\
         CSeq: 1 INVITE\r\nContact: <sip:+{number}@{here}>\r\nMax-Forwards: 70\r\n\
         Content-Type: application/sdp\r\nContent-Length: {}\r\n\r\n{sound}",
        sound.len()
    );
    caller.send_to(invite.as_bytes(), ("127.0.0.1", server.sip.unwrap())).unwrap();
    caller
}

fn told(dir: &TestDir, kind: &str) -> usize {
    let said = dir.run("events --data d");
    assert!(said.ok, "{}", said.err);
    said.out.lines().filter(|line| line.contains(kind) && line.contains("5001")).count()
}

#[test]
fn a_phone_is_rung_after_a_kill_and_one_that_is_gone_is_found_out_and_told() {
    let (dir, phones) = (TestDir::new(), Runtime::new().unwrap());
    let server = dir.serve(SERVE);
    let phone = phones.block_on(registered(&server));
    stands(&server, "Active");
    let start = r#"{"operationName": "StartContactCenterSession", "channels": ["voice"]}"#;
    operate(&server, "/api/v2/me", start);
    operate(&server, "/api/v2/me/channels/voice", r#"{"operationName": "Ready"}"#);

    // The next process speaks SIP elsewhere: the phone cannot have registered with it.
    drop(server);
    let server = dir.serve(SERVE);
    assert_eq!(stands(&server, "Active").as_secs(), 0);
    let voice = read(&server, "/api/v2/me/channels/voice");
    assert_eq!(voice["channel"]["userState"]["state"], "Ready", "{voice}");
    let caller = calls(&server, "15550142");
    let rung = async { tokio::time::timeout(Duration::from_secs(20), phone.next_call()).await };
    let call = phones.block_on(rung).expect("it rings");
    phones.block_on(call.hang_up());
    drop(caller);
    assert_eq!((told(&dir, "device.in-service"), told(&dir, "device.out-of-service")), (1, 0));

    drop((server, phone, phones));
    let server = dir.serve(SERVE);
    let took = stands(&server, "Inactive");
    assert!(took < Duration::from_secs(10), "{took:?}");
    assert_eq!((told(&dir, "device.in-service"), told(&dir, "device.out-of-service")), (1, 1));
    let (head, body) = operate(&server, "/api/v2/me/channels/voice", r#"{"operationName": "Ready"}"#);
    assert!(head.starts_with("HTTP/1.1 500") && body.contains("Device '5001' is not registered."), "{body}");
    let _caller = calls(&server, "15550143");
    let why = found_blocking("somebody waits", || {
        Some(dir.run("why --data d").out).filter(|why| why.contains("has waited in Support"))
    });
    assert!(why.contains("agent1@demo: no phone of theirs is in service"), "{why}");
}
