//! The demo centre, alive.

use crate::process::{Server, TestDir};
use std::{
    net::{TcpListener, UdpSocket},
    time::Duration,
};
use testkit::wait::eventually_blocking;

/// `agent1@demo:demo`
const AGENT: &str = "YWdlbnQxQGRlbW86ZGVtbw==";

#[test]
fn customers_come_and_scripted_agents_serve_them() {
    let dir = TestDir::new();
    let server = dir.serve("demo --host 127.0.0.1:0 --data d");
    let (status, body) = server.get("/api/v2/me", Some(AGENT));
    assert_eq!(status, 200, "{body}");
    assert!(body.contains("c0ffee00-0000-4000-8000-000000000001"), "{body}");
    eventually_blocking("somebody is served", || {
        dir.run("events --data d").out.contains("jackfield.session.accepted")
    });
    // More come than the staff can take, so somebody waits for a person.
    eventually_blocking("somebody waits", || dir.run("why --data d").out.contains("has waited in Support"));
    assert!(server.stop());
}

#[test]
fn ports_that_are_taken_are_told_at_once_with_the_line_that_helps() {
    let dir = TestDir::new();
    let (web, sip) = (TcpListener::bind("127.0.0.1:0").unwrap(), UdpSocket::bind("127.0.0.1:0").unwrap());
    let (web, sip) =
        (web.local_addr().map(|at| (at, web)).unwrap(), sip.local_addr().map(|at| (at, sip)).unwrap());
    let said = dir.run(&format!("demo --data d --host {} --sip {}", web.0, sip.0));
    assert!(!said.ok && said.out.is_empty(), "{said:?}");
    assert!(said.err.contains(&format!("another program has {} and {}", web.0, sip.0)), "{said:?}");
    assert!(said.err.contains("jackfield demo --host 127.0.0.1:"), "{said:?}");
    assert!(said.err.contains("make demo ARGS=\"--host 127.0.0.1:"), "{said:?}");
    assert!(!dir.path("d").exists(), "nothing was begun");
    // A server tells its own flags.
    let said = dir.run(&format!("serve --demo --data d --http {}", web.0));
    assert!(said.err.contains("another program has") && said.err.contains("--http"), "{said:?}");
    let said = dir.run(&format!("serve --demo --data d --http 127.0.0.1:0 --sip {}", sip.0));
    assert!(said.err.contains("another program has") && said.err.contains("--sip"), "{said:?}");
}

#[test]
fn a_fresh_demo_forgets_the_last_one_and_nothing_else() {
    let dir = TestDir::new();
    let events = || dir.run("events --data d").out;
    assert!(dir.serve("demo --host 127.0.0.1:0 --data d --fresh").stop());
    let first = events().lines().next().map(str::to_owned);
    assert!(dir.serve("demo --host 127.0.0.1:0 --data d --fresh").stop());
    assert_ne!(events().lines().next().map(str::to_owned), first);
    assert!(dir.serve("serve --demo --data other --http 127.0.0.1:0").stop());
    let said = dir.run("demo --host 127.0.0.1:0 --sip 127.0.0.1:0 --data other --fresh");
    assert!(!said.ok && said.err.contains("--fresh deletes only"), "{said:?}");
}

#[test]
fn whoever_stops_reading_makes_no_command_complain() {
    let dir = TestDir::new();
    let server = dir.serve("demo --host 127.0.0.1:0 --data d");
    let binary = env!("CARGO_BIN_EXE_jackfield");
    for command in ["why --data d", "events --data d", "events --data d --follow", "--help", "config check"] {
        let line = format!("{binary} {command} | head -n 0; echo ${{PIPESTATUS[0]}}");
        let said = dir.shell(&line);
        assert!(said.err.is_empty() && said.out == "0\n", "{command}: {said:?}");
    }
    // Nor does one that has nobody to complain to.
    let said = dir
        .shell(&format!("{binary} why --data nowhere 2>&1 >/dev/null | head -n 0; echo ${{PIPESTATUS[0]}}"));
    assert_eq!(said.out, "1\n", "{said:?}");
    assert!(server.stop());
}

#[test]
fn a_look_where_no_journal_is_names_the_flag() {
    let dir = TestDir::new();
    for command in ["why", "events"] {
        let said = dir.run(command);
        assert!(
            !said.ok && said.err.contains("there is no journal in") && said.err.contains("--data"),
            "{said:?}"
        );
    }
}

#[test]
fn a_call_that_waits_is_explained() {
    let dir = TestDir::new();
    let server = dir.serve("serve --demo --data d --http 127.0.0.1:0");
    call(&server, "4915550177");
    let said = dir.run("why --data d");
    assert!(
        said.out.contains("(voice) has waited in Support") && said.out.contains("nobody is logged in"),
        "{said:?}"
    );
    assert!(server.stop());
}

#[test]
fn a_customer_who_is_erased_is_found_no_more() {
    let dir = TestDir::new();
    let server = dir.serve("serve --demo --data d --http 127.0.0.1:0");
    let form = "nickname=Ines&subject=Invoice&userData%5BEmail%5D=ines%40example.test";
    let (status, body) = server.post("/genesys/2/chat/customer-support", form);
    assert_eq!(status, 200, "{body}");
    assert_eq!(dir.run("erase --person ines@example.test --data d --dry-run").out.lines().count(), 2);
    // Beside the server, and without it.
    let said = dir.run("erase --person ines@example.test --data d");
    assert!(!said.ok && said.err.contains("still going on"), "{said:?}");
    assert!(server.stop());
    let said = dir.run("erase --person ines@example.test --data d");
    assert!(!said.ok && said.err.contains("still going on"), "{said:?}");
    let server = dir.serve("serve --demo --data d --http 127.0.0.1:0");
    leave(&server, &body);
    let said = dir.run("erase --person ines@example.test --data d");
    assert!(said.ok && said.out.starts_with("1 conversations erased"), "{said:?}");
    assert!(server.stop());
    assert!(
        dir.run("erase --person ines@example.test --data d --dry-run").out.starts_with("0 conversations")
    );
    for file in std::fs::read_dir(dir.path("d")).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        assert!(!bytes.windows(17).any(|window| window == b"ines@example.test"));
    }
    assert!(dir.run("rebuild --data d").ok);
}

#[test]
fn a_caller_who_is_erased_is_found_no_more() {
    let dir = TestDir::new();
    let server = dir.serve("serve --demo --data d --http 127.0.0.1:0");
    call(&server, "4915550142");
    let said = dir.run("erase --person +4915550142 --data d --dry-run");
    assert!(said.ok && said.out.lines().count() == 2, "{said:?}");
    // Killed: the journal is left with a call that nobody carries any more.
    drop(server);
    let said = dir.run("erase --person +4915550142 --data d");
    assert!(said.ok && said.out.starts_with("1 conversations erased, calls included: "), "{said:?}");
    let said = dir.run("erase --person +4915550142 --data d --dry-run");
    assert!(said.out.starts_with("0 conversations"), "{said:?}");
    for file in std::fs::read_dir(dir.path("d")).unwrap() {
        // What a killed server leaves of its socket cannot be read.
        let bytes = std::fs::read(file.unwrap().path()).unwrap_or_default();
        assert!(!bytes.windows(10).any(|window| window == b"4915550142"));
    }
    assert!(dir.run("events --data d").out.contains("jackfield.call.erased"));
    assert!(dir.run("rebuild --data d").ok);
}

/// Calls the queue from a number outside, and waits until the call is answered: by music, since nobody is there.
fn call(server: &Server, number: &str) {
    let phone = UdpSocket::bind("127.0.0.1:0").unwrap();
    phone.connect(("127.0.0.1", server.sip.unwrap())).unwrap();
    phone.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let here = phone.local_addr().unwrap();
    let sound = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n\
                 m=audio 40000 RTP/AVP 0\r\n";
    let invite = format!(
        "INVITE sip:9000@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP {here};branch=z9hG4bK{number};rport\r\n\
         From: \"Ines {number}\" <sip:+{number}@127.0.0.1>;tag=1\r\nTo: <sip:9000@127.0.0.1>\r\n\
         Call-ID: {number}@erase.test\r\nCSeq: 1 INVITE\r\nContact: <sip:+{number}@{here}>\r\n\
         Max-Forwards: 70\r\nX-Order: order of {number}\r\nContent-Type: application/sdp\r\n\
         Content-Length: {}\r\n\r\n{sound}",
        sound.len()
    );
    phone.send(invite.as_bytes()).unwrap();
    let mut heard = [0; 4_096];
    loop {
        let length = phone.recv(&mut heard).unwrap();
        let answer = String::from_utf8_lossy(&heard[..length]);
        match answer.split(' ').nth(1).and_then(|code| code.parse::<u16>().ok()) {
            Some(200) => return,
            Some(code) => assert!(code < 200, "{answer}"),
            None => {}
        }
    }
}

/// Ends the chat that an answer tells of.
fn leave(server: &Server, answer: &str) {
    let chat: serde_json::Value = serde_json::from_str(answer).unwrap();
    let word = |name: &str| chat[name].as_str().unwrap().to_owned();
    let path = format!("/genesys/2/chat/customer-support/{}/disconnect", word("chatId"));
    let (status, body) =
        server.post(&path, &format!("userId={}&secureKey={}", word("userId"), word("secureKey")));
    assert_eq!(status, 200, "{body}");
}
