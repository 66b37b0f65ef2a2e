//! The demo centre, alive.

use crate::house::{House, Server};
use std::time::{Duration, Instant};

/// `agent1@demo:demo`
const AGENT: &str = "YWdlbnQxQGRlbW86ZGVtbw==";

#[test]
fn customers_come_and_scripted_agents_serve_them() {
    let house = House::new();
    let server = house.serve("demo --host 127.0.0.1:0 --data d");
    let (status, body) = server.get("/api/v2/me", Some(AGENT));
    assert_eq!(status, 200, "{body}");
    assert!(body.contains("c0ffee00-0000-4000-8000-000000000001"), "{body}");
    let begun = Instant::now();
    loop {
        let events = house.run("events --data d").out;
        if events.contains("jackfield.session.accepted") {
            break;
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "nobody was served:\n{events}");
        std::thread::sleep(Duration::from_millis(250));
    }
    // More come than the staff can take, so somebody waits for a person.
    let begun = Instant::now();
    while !house.run("why --data d").out.contains("has waited in Support") {
        assert!(begun.elapsed() < Duration::from_secs(60), "nobody waits");
        std::thread::sleep(Duration::from_millis(250));
    }
    assert!(server.stop());
}

#[test]
fn a_customer_who_is_erased_is_found_no_more() {
    let house = House::new();
    let server = house.serve("serve --demo --data d --http 127.0.0.1:0");
    let form = "nickname=Ines&subject=Invoice&userData%5BEmail%5D=ines%40example.test";
    let (status, body) = server.post("/genesys/2/chat/customer-support", form);
    assert_eq!(status, 200, "{body}");
    assert_eq!(house.run("erase --person ines@example.test --data d --dry-run").out.lines().count(), 2);
    let said = house.run("erase --person ines@example.test --data d");
    assert!(!said.ok && said.err.contains("in use"), "{said:?}");
    assert!(server.stop());
    let said = house.run("erase --person ines@example.test --data d");
    assert!(!said.ok && said.err.contains("still going on"), "{said:?}");
    let server = house.serve("serve --demo --data d --http 127.0.0.1:0");
    leave(&server, &body);
    assert!(server.stop());
    let said = house.run("erase --person ines@example.test --data d");
    assert!(said.ok && said.out.starts_with("1 conversations erased"), "{said:?}");
    assert!(
        house.run("erase --person ines@example.test --data d --dry-run").out.starts_with("0 conversations")
    );
    for file in std::fs::read_dir(house.path("d")).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        assert!(!bytes.windows(17).any(|window| window == b"ines@example.test"));
    }
    assert!(house.run("rebuild --data d").ok);
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
