//! The demo centre, alive.

use crate::house::House;
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
