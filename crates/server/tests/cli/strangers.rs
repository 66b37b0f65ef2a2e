//! People who can only send packets, beside people who have something to say.

use crate::process::{Server, TestDir};
use std::{
    io::{Read, Write},
    net::TcpStream,
    time::Duration,
};

const CHAT: &str = "/genesys/2/chat/customer-support";
const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");

/// A request of which only so much of the body is ever sent.
fn stalled(server: &Server, path: &str, length: usize, sent: usize) -> TcpStream {
    let mut stream = TcpStream::connect(("127.0.0.1", server.port)).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let (name, value) = FORM;
    let head =
        format!("POST {path} HTTP/1.1\r\nHost: t\r\n{name}: {value}\r\nContent-Length: {length}\r\n\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    // It may be refused before all of it is sent.
    let _ = stream.write_all(&vec![b'x'; sent]);
    stream
}

fn told(mut stream: TcpStream) -> String {
    let mut told = Vec::new();
    // Whoever goes on sending may find the connection reset after the answer.
    let _ = stream.read_to_end(&mut told);
    String::from_utf8_lossy(&told).to_ascii_lowercase()
}

fn figure(server: &Server, name: &str) -> u64 {
    let (_, figures) = server.get("/metrics", None);
    let line = figures.lines().find(|line| line.starts_with(name));
    line.and_then(|line| line.split(' ').nth(1)).map_or(0, |figure| figure.parse().unwrap())
}

#[test]
fn an_honest_customer_is_served_beside_strangers_who_stall() {
    let dir = TestDir::new();
    dir.write("jackfield.toml", "[limits.strangers]\nbody_seconds = 2\n");
    let server = dir.serve("serve --demo --data data --http 127.0.0.1:0 --config jackfield.toml");
    // More than one address may hold: those that came first are cut off.
    let strangers: Vec<_> = (0..60).map(|_| stalled(&server, CHAT, 200_000, 150_000)).collect();
    // They cannot even begin.
    let too_large = stalled(&server, CHAT, 1_000_000, 0);
    let unsigned = stalled(&server, "/channels/sms/demo-sms", 1_000, 0);
    let nobody = stalled(&server, "/api/v2/me", 1_000, 0);
    for (stream, status) in [(too_large, 413), (unsigned, 403), (nobody, 403)] {
        let told = told(stream);
        assert!(told.starts_with(&format!("http/1.1 {status} ")), "{told}");
        assert!(told.contains("connection: close"), "{told}");
    }
    let (status, answer) = server.post(CHAT, "nickname=Ines");
    assert!(status == 200 && answer.contains("\"statusCode\":0"), "{status} {answer}");
    for stranger in strangers {
        let told = told(stranger);
        assert!(told.starts_with("http/1.1 408 ") && told.contains("connection: close"), "{told}");
    }
    assert!(figure(&server, "jackfield_bodies_refused_total{why=\"crowd\"}") > 0);
    assert!(figure(&server, "jackfield_bodies_refused_total{why=\"slow\"}") > 0);
    assert!(server.stop());
}

#[test]
fn a_newcomer_is_served_where_silent_strangers_hold_all_connections() {
    let dir = TestDir::new();
    dir.write("jackfield.toml", "[limits]\nconnections = 32\n");
    let server = dir.serve("serve --demo --data data --http 127.0.0.1:0 --config jackfield.toml");
    let connect = || TcpStream::connect(("127.0.0.1", server.port)).unwrap();
    let silent: Vec<_> = (0..100).map(|_| connect()).collect();
    assert_eq!(server.get("/ready", None).0, 200);
    assert!(figure(&server, "jackfield_http_connections_cut_total{why=\"crowd\"}") >= 60);
    drop(silent);
    assert!(server.stop());
}
