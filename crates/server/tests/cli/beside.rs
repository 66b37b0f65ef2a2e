//! Commands beside a running server: over the socket in its data directory.

use crate::process::{Server, TestDir};
use serde_json::{Value, json};
use std::{
    fs::{self, File},
    os::unix::fs::{FileTypeExt, PermissionsExt},
};
use testkit::wait::eventually_blocking;

const SERVE: &str = "serve --config c.toml --http 127.0.0.1:0";
const CENTRE: &str = "data = \"d\"\n[[users]]\nuser_name = \"ada\"\npassword = \"correct horse\"\n";
/// `ada:correct horse`, `bob:some password` and `bob:another one`, as `Authorization: Basic` has them.
const ADA: &str = "YWRhOmNvcnJlY3QgaG9yc2U=";
const BOB: &str = "Ym9iOnNvbWUgcGFzc3dvcmQ=";
const BOB_NEW: &str = "Ym9iOmFub3RoZXIgb25l";

fn served() -> (TestDir, Server) {
    let dir = TestDir::new();
    dir.write("c.toml", CENTRE);
    let server = dir.serve(SERVE);
    (dir, server)
}

fn login(server: &Server, who: &str) -> u16 {
    server.get("/api/v2/me", Some(who)).0
}

#[test]
fn the_socket_is_for_its_owner_and_goes_with_the_server() {
    let (dir, server) = served();
    let found = fs::symlink_metadata(dir.path("d/admin.sock")).unwrap();
    assert!(found.file_type().is_socket());
    assert_eq!(found.permissions().mode() & 0o777, 0o600);
    assert!(server.stop());
    assert!(!dir.path("d/admin.sock").exists());
}

#[test]
fn a_user_is_added_and_can_log_in_at_once() {
    let (dir, server) = served();
    assert_eq!(login(&server, BOB), 403);
    let said = dir.run_with("user add bob --config c.toml --role supervisor", "some password\n");
    assert!(said.ok && said.out.starts_with("User 'bob' was added with id "), "{said:?}");
    let (status, body) = server.get("/api/v2/me", Some(BOB));
    assert!(status == 200 && body.contains("ROLE_SUPERVISOR"), "{body}");
    let said = dir.run_with("user add bob --config c.toml", "some password\n");
    assert!(!said.ok && said.err.contains("'bob' exists already"), "{said:?}");
    let said = dir.run_with("user add eve --config c.toml", "demo\n");
    assert!(!said.ok && said.err.contains("demo's password"), "{said:?}");
    assert!(server.stop());
    // It was written down, and is not the file's.
    let said = dir.run("config apply --config c.toml");
    assert!(said.out.contains("user bob stays"), "{said:?}");
}

#[test]
fn another_password_ends_what_was_logged_in_with_the_old_one() {
    let (dir, server) = served();
    assert!(dir.run_with("user add bob --config c.toml", "some password\n").ok);
    let (head, _) = server.send("GET /api/v2/me", &[("Authorization", &format!("Basic {BOB}"))], "");
    let cookie = head.lines().find_map(|line| line.split_once("JSESSIONID=")).unwrap().1;
    let cookie = format!("JSESSIONID={}", cookie.split(';').next().unwrap());
    let with_cookie = || server.send("GET /api/v2/me", &[("Cookie", &cookie)], "").0;
    assert!(with_cookie().starts_with("HTTP/1.1 200"), "{}", with_cookie());
    let said = dir.run_with("user passwd bob --config c.toml", "another one\n");
    assert!(said.ok, "{said:?}");
    assert!(with_cookie().starts_with("HTTP/1.1 403"), "{}", with_cookie());
    assert_eq!((login(&server, BOB), login(&server, BOB_NEW)), (403, 200));
    let said = dir.run_with("user passwd nobody --config c.toml", "another one\n");
    assert!(!said.ok && said.err.contains("no user 'nobody'"), "{said:?}");
    assert!(server.stop());
    // Without a server, by the same command.
    assert!(dir.run_with("user passwd bob --config c.toml", "some password\n").ok);
    let server = dir.serve(SERVE);
    assert_eq!((login(&server, BOB), login(&server, BOB_NEW)), (200, 403));
}

#[test]
fn objects_are_applied_and_seen_at_once() {
    let (dir, server) = served();
    let more = "[[users]]\nuser_name = \"bob\"\npassword = \"some password\"\nroles = [\"agent\", \"admin\"]\n\
                skills = { Sales = 3 }\n[[queues]]\nname = \"Sales\"\nskills = { Sales = 1 }\n\
                [[services]]\nname = \"web\"\nmedium = \"chat\"\nqueue = \"Sales\"\n\
                [[dispositions]]\nname = \"DispositionCode\"\ncodes = [\"Sold\"]\n";
    dir.write("c.toml", &format!("{CENTRE}{more}"));
    let said = dir.run("config apply --config c.toml");
    let expected = [
        "+ queue Sales",
        "+ user bob",
        "+ disposition group DispositionCode: Sold",
        "+ service web",
        "4 settled.",
    ];
    assert_eq!(said.out.lines().collect::<Vec<_>>(), expected, "{}", said.err);
    let (_, queues) = server.get("/api/v2/queues", Some(BOB));
    assert!(queues.contains("Sales"), "{queues}");
    // The router offers what comes in through the new service to the new agent.
    let bob = [("Authorization", &*format!("Basic {BOB}")), ("Content-Type", "application/json")];
    for (path, body) in [
        ("/api/v2/me", json!({"operationName": "StartContactCenterSession", "channels": ["chat"]})),
        ("/api/v2/me", json!({"operationName": "Ready"})),
    ] {
        let (_, answer) = server.send(&format!("POST {path}"), &bob, &body.to_string());
        assert!(answer.contains("\"statusCode\":0"), "{answer}");
    }
    let (status, body) = server.post("/genesys/2/chat/web", "nickname=Ines");
    assert_eq!(status, 200, "{body}");
    eventually_blocking("somebody is offered", || {
        let (_, chats) = server.get("/api/v2/me/chats", Some(BOB));
        let chats: Value = serde_json::from_str(&chats).unwrap();
        chats["uris"].as_array().is_some_and(|uris| !uris.is_empty())
    });
    // Whoever is logged in is not taken away, and then nothing else is changed either.
    dir.write("c.toml", &CENTRE.replace("password = \"correct horse\"", "password = \"another horse\""));
    let said = dir.run("config apply --config c.toml");
    assert!(!said.ok && said.err.contains("nothing was changed: User 'bob' is in use"), "{said:?}");
    // `ada:another horse`
    assert_eq!((login(&server, ADA), login(&server, "YWRhOmFub3RoZXIgaG9yc2U=")), (200, 403));
    let dry = dir.run("config apply --dry-run --config c.toml").out;
    assert!(dry.contains("refused as things are: - user bob: User 'bob' is in use"), "{dry}");
    assert!(dry.ends_with("2 to settle; nothing was changed.\n"), "{dry}");
}

#[test]
fn a_medium_that_the_server_does_not_know_needs_a_start() {
    let (dir, _server) = served();
    let medium = "[[queues]]\nname = \"Sales\"\n[[media]]\nname = \"shop\"\nconnector = \"web-chat\"\n\
                  [[services]]\nname = \"web\"\nmedium = \"shopsession\"\nqueue = \"Sales\"\n";
    dir.write("c.toml", &format!("{CENTRE}{medium}"));
    assert!(dir.run("config check --config c.toml").ok);
    let said = dir.run("config apply --config c.toml");
    assert!(!said.ok && said.err.contains("'shopsession'") && said.err.contains("started again"), "{said:?}");
}

#[test]
fn the_socket_of_a_killed_server_is_replaced() {
    let (dir, server) = served();
    drop(server);
    assert!(dir.path("d/admin.sock").exists());
    let said = dir.run_with("user add bob --config c.toml", "some password\n");
    assert!(said.ok, "{said:?}");
    let server = dir.serve(SERVE);
    assert!(dir.run_with("user passwd bob --config c.toml", "another one\n").ok);
    assert_eq!(login(&server, BOB_NEW), 200);
}

#[test]
fn a_journal_in_use_by_what_is_no_server_is_told_so() {
    let dir = TestDir::new();
    dir.write("c.toml", CENTRE);
    assert!(dir.run("config apply --config c.toml").ok);
    let lock = File::options().write(true).open(dir.path("d/lock")).unwrap();
    lock.lock().unwrap();
    let said = dir.run_with("user add bob --config c.toml", "some password\n");
    assert!(!said.ok && said.err.contains("no server answers at d/admin.sock"), "{said:?}");
    assert!(said.err.contains("in use by another process"), "{said:?}");
}

#[test]
fn a_data_directory_whose_path_is_too_long_for_a_socket_is_served_and_said() {
    let dir = TestDir::new();
    let data = "d".repeat(120);
    dir.write("c.toml", &CENTRE.replace("\"d\"", &format!("\"{data}\"")));
    let server = dir.serve(SERVE);
    assert_eq!(login(&server, ADA), 200);
    let said = dir.run_with("user add bob --config c.toml", "some password\n");
    assert!(!said.ok && said.err.contains("has 131 bytes, and that of a socket has at most 107"), "{said:?}");
    let said = dir.run("config check --config c.toml");
    assert!(said.ok && said.out.contains("warning: data: "), "{said:?}");
}
