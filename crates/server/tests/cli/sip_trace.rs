//! The trace of SIP of a running server: a ladder, objects, a capture, and the sound of the legs.

use crate::{
    phones::{SERVE, operate, registered},
    process::{Server, TestDir},
};
use phone::{Account, Call, Phone, PhoneLine, Say};
use serde_json::Value;
use std::{fs, time::Duration};
use testkit::wait::{eventually_blocking, found_blocking};
use tokio::runtime::Runtime;

/// A caller outside, and the agent's phone, which rings.
async fn call_of_an_agent(server: &Server) -> (Phone, Phone, Call, Call) {
    let phone = registered(server).await;
    let start = r#"{"operationName": "StartContactCenterSession", "channels": ["voice"]}"#;
    operate(server, "/api/v2/me", start);
    operate(server, "/api/v2/me/channels/voice", r#"{"operationName": "Ready"}"#);
    let sip = ([127, 0, 0, 1], server.sip.unwrap()).into();
    let line = PhoneLine::open(([127, 0, 0, 1], 0).into(), sip).await.unwrap();
    let outside = line.phone(Account::new("15550142"));
    let calling = outside.call("9000", Say::Tone(660), &[]).await.unwrap();
    let rung = tokio::time::timeout(Duration::from_secs(20), phone.next_call()).await.expect("it rings");
    rung.answer();
    calling.answered().await.unwrap();
    assert!(rung.hears(660, Duration::from_secs(10)).await, "they talk");
    (phone, outside, calling, rung)
}

fn objects(dir: &TestDir, flags: &str) -> Vec<Value> {
    let said = dir.run(&format!("sip trace {flags} --json --data d"));
    assert!(said.ok, "{}", said.err);
    said.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// That these words stand there, one after the other, each on a line behind the one before.
#[track_caller]
fn tells(text: &str, expected: &[&str]) {
    let mut lines = text.lines();
    for words in expected {
        assert!(lines.any(|line| line.contains(words)), "'{words}' is missing or too early in\n{text}");
    }
}

/// The texts of the packets of a capture, as somebody else reads it.
fn packets(capture: &[u8]) -> Vec<String> {
    let number = |bytes: &[u8]| usize::try_from(u32::from_le_bytes(bytes.try_into().unwrap())).unwrap();
    assert_eq!((number(&capture[..4]), number(&capture[20..24])), (0xA1B2_C3D4, 101));
    let (mut rest, mut texts) = (&capture[24..], Vec::new());
    while !rest.is_empty() {
        let (kept, whole) = (number(&rest[8..12]), number(&rest[12..16]));
        let packet = &rest[16..16 + kept];
        assert_eq!((packet[0], packet[9]), (0x45, 17), "UDP over IPv4");
        assert_eq!(usize::from(u16::from_be_bytes([packet[2], packet[3]])), whole);
        texts.push(String::from_utf8(packet[28..].to_vec()).unwrap());
        rest = &rest[16 + kept..];
    }
    texts
}

#[test]
fn a_call_is_seen_on_the_wire_and_in_its_sound() {
    let (dir, phones) = (TestDir::new(), Runtime::new().unwrap());
    let server = dir.serve(SERVE);
    let (_phone, _outside, calling, rung) = phones.block_on(call_of_an_agent(&server));

    let said = dir.run("sip trace --from +15550142 --data d");
    assert!(said.ok, "{}", said.err);
    tells(
        &said.out,
        &[
            "  1  udp 127.0.0.1:",
            "  2  udp 127.0.0.1:",
            "server 1      2",
            "|<-----|      |  INVITE 9000 from 15550142 (",
            "|----->|      |  100 Trying (",
            "|----->|      |  200 OK (",
            "|<-----|      |  ACK (",
        ],
    );
    tells(
        &said.out,
        &[
            "|------------>|  INVITE 5001 from 15550142 (",
            "|<------------|  200 OK (",
            "Sound:",
            "  leg 1 of ",
            "  leg 2 of ",
        ],
    );
    let described = "INVITE), SDP: PCMU PCMA telephone-event at 127.0.0.1:";
    assert!(said.out.contains(described) && !said.out.contains("REGISTER"), "{}", said.out);

    // Its UUID finds the same, and the sound is counted while it goes on: for longer than a second, so that it says something.
    let id = objects(&dir, "--from 15550142")[0]["call"].as_str().unwrap().to_owned();
    let legs = found_blocking("both legs are heard", || {
        let all = objects(&dir, &format!("--call {id}"));
        let legs: Vec<Value> = all.into_iter().filter(|object| object["rtp"].is_object()).collect();
        let heard = |leg: &Value| {
            leg["rtp"]["received"].as_u64() > Some(60) && leg["rtp"]["sent"].as_u64() > Some(10)
        };
        Some(legs).filter(|legs| legs.len() == 2 && legs.iter().all(heard))
    });
    for leg in &legs {
        assert_eq!((&leg["open"], &leg["call"]), (&Value::Bool(true), &Value::from(id.as_str())), "{leg}");
        assert!(leg["rtp"]["remote"].as_str().is_some_and(|addr| addr.starts_with("127.0.0.1:")), "{leg}");
        assert!(leg["rtp"]["lastHeard"].is_string() && leg["rtp"]["jitterMs"].is_number(), "{leg}");
    }
    assert_eq!(legs[1]["phone"], "5001");

    // The phone's own messages: with its registration, and without what proves its password.
    let said = dir.run("sip trace --dn 5001 --pcap phone.pcap --data d");
    assert!(said.ok && said.out.ends_with("The messages are in phone.pcap.\n"), "{said:?}");
    tells(&said.out, &["REGISTER 5001 (", "401 Unauthorized", "REGISTER 5001 (", "200 OK", "INVITE 5001"]);
    let texts = packets(&fs::read(dir.path("phone.pcap")).unwrap());
    let proof =
        texts.iter().find(|text| text.contains("\r\nAuthorization: Digest ")).expect("credentials were sent");
    assert!(proof.contains("username=\"5001\"") && proof.contains("response=\"***\""), "{proof}");
    for text in &texts {
        let plain = |name: &str| {
            text.matches(&format!("{name}=\"")).count() != text.matches(&format!("{name}=\"***\"")).count()
        };
        assert!(!plain("response") && !plain("nonce") && !plain("cnonce"), "{text}");
    }
    assert!(
        texts.iter().any(|text| text.starts_with("INVITE sip:5001@") && text.contains("\r\n\r\nv=0\r\n"))
    );

    phones.block_on(calling.hang_up());
    phones.block_on(rung.ended());
    eventually_blocking("the end is in it", || {
        let out = dir.run(&format!("sip trace --call {id} --data d")).out;
        out.contains("  BYE (") && out.matches("; it is over").count() == 2
    });
    eventually_blocking("the figures of all legs count it", || {
        let figures = server.get("/metrics", None).1;
        let counted =
            |name: &str| figures.lines().any(|line| line.starts_with(name) && !line.ends_with(" 0"));
        counted("jackfield_rtp_packets_total{what=\"received\"}")
            && counted("jackfield_rtp_jitter_seconds_count")
    });
    assert!(
        server.log().contains("operation=\"sip-trace\""),
        "whoever looks is written down:\n{}",
        server.log()
    );
}

#[test]
fn what_cannot_be_traced_is_told_in_words() {
    let dir = TestDir::new();
    let refused = |line: &str, words: &str| {
        let said = dir.run(line);
        assert!(!said.ok && said.out.is_empty() && said.err.contains(words), "{line}: {said:?}");
    };
    refused(
        "sip trace --dn 5001 --data d",
        "no server answers at d/admin.sock: a trace of SIP is only in the memory",
    );
    refused("sip trace --data d", "<--dn <NUMBER>|--call <UUID>|--from <NUMBER>>");
    let server = dir.serve(SERVE);
    refused("sip trace --dn 5999 --data d", "no message of SIP from or to a phone of the number '5999'");
    refused("sip trace --from 15550199 --data d", "no message of SIP of a call from '15550199'");
    refused("sip trace --call NOSUCHCALL --data d", "no message of SIP of a call 'NOSUCHCALL'");
    let phones = Runtime::new().unwrap();
    let _phone = phones.block_on(registered(&server));
    dir.write("settings.toml", "data = \"d\"\n");
    refused("sip trace --dn 5001 --pcap settings.toml --data d", "settings.toml is there and is no capture");
    assert_eq!(fs::read_to_string(dir.path("settings.toml")).unwrap(), "data = \"d\"\n");
    for _ in 0..2 {
        assert!(dir.run("sip trace --dn 5001 --pcap phone.pcap --data d").ok);
    }
    assert!(server.stop());

    dir.write("off.toml", "data = \"off\"\n[sip]\ntrace_mib = 0\n[[users]]\nuser_name = \"ada\"\npassword = \"correct horse\"\n");
    let _server = dir.serve("serve --config off.toml --http 127.0.0.1:0");
    refused("sip trace --dn 5001 --config off.toml", "keeps no trace of SIP (sip.trace_mib = 0)");
}
