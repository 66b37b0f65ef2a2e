//! Each command against a directory of its own.

use crate::process::TestDir;

/// `bob:some password`
const BOB: &str = "Ym9iOnNvbWUgcGFzc3dvcmQ=";

#[test]
fn a_user_who_was_added_can_log_in() {
    let dir = TestDir::new();
    let said = dir.run_with("user add bob --data d --role supervisor --skill Sales=3", "some password\n");
    assert!(said.ok && said.out.contains("bob"), "{said:?}");
    let server = dir.serve("serve --data d --http 127.0.0.1:0");
    let (status, body) = server.get("/api/v2/me/", Some(BOB));
    assert_eq!(status, 200, "{body}");
    assert!(body.contains("ROLE_SUPERVISOR"), "{body}");
    let said = dir.run("rebuild --fix --data d");
    assert!(!said.ok && said.err.contains("in use by another process"), "{said:?}");
}

#[test]
fn a_user_is_not_added_twice_nor_without_a_password() {
    let dir = TestDir::new();
    assert!(dir.run_with("user add bob --data d", "some password\n").ok);
    let said = dir.run_with("user add bob --data d", "some password\n");
    assert!(!said.ok && said.err.contains("'bob' exists"), "{said:?}");
    let said = dir.run("user add eve --data d");
    assert!(!said.ok && said.err.contains("password is empty"), "{said:?}");
}

#[test]
fn the_data_directory_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let dir = TestDir::new();
    assert!(dir.run("config apply --data d").ok);
    let mode = std::fs::metadata(dir.path("d")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
}

#[test]
fn events_are_json_lines_behind_a_sequence_number() {
    let dir = TestDir::new();
    assert!(dir.run_with("user add bob --data d", "some password\n").ok);
    let all = dir.run("events --data d").out;
    let first: serde_json::Value = serde_json::from_str(all.lines().next().unwrap()).unwrap();
    assert_eq!(first["type"], "jackfield.user.put");
    let sequence: u64 = first["sequence"].as_str().unwrap().parse().unwrap();
    let rest = dir.run(&format!("events --data d --after {sequence}")).out;
    assert_eq!(rest, "");
    assert!(!all.contains("argon2"), "a hash is nobody's business: {all}");
}

#[test]
fn commands_that_read_say_when_there_is_no_journal() {
    let dir = TestDir::new();
    for line in [
        "events --data d",
        "why --data d",
        "migrate --data d",
        "erase --data d --person x",
        "rebuild --data d",
        "rebuild --data d --reports",
    ] {
        let said = dir.run(line);
        assert!(!said.ok && said.err.contains("no journal in d"), "{line}: {said:?}");
        assert!(!dir.path("d").exists(), "{line} made a directory");
    }
}

#[test]
fn a_stopped_server_leaves_in_good_order() {
    let dir = TestDir::new();
    let server = dir.serve("serve --data d --http 127.0.0.1:0");
    assert_eq!(server.get("/health", None).0, 200);
    assert_eq!(server.get("/ready", None).0, 200);
    assert!(server.get("/metrics", None).1.contains("jackfield_http_connections"));
    assert!(server.stop());
    assert!(dir.run("migrate --data d").ok);
}

#[test]
fn a_journal_is_backed_up_while_the_server_runs_and_restored() {
    let dir = TestDir::new();
    assert!(dir.run_with("user add bob --data d", "some password\n").ok);
    let server = dir.serve("serve --data d --http 127.0.0.1:0");
    let said = dir.run("backup copy --data d");
    assert!(said.ok, "{said:?}");
    drop(server);
    let said = dir.run("restore copy --data other");
    assert!(said.ok, "{said:?}");
    let again = dir.run("restore copy --data other");
    assert!(!again.ok && again.err.contains("not empty"), "{again:?}");
    let server = dir.serve("serve --data other --http 127.0.0.1:0");
    assert_eq!(server.get("/api/v2/me", Some(BOB)).0, 200);
}

#[test]
fn a_rebuilt_journal_agrees_with_itself() {
    let dir = TestDir::new();
    assert!(dir.run_with("user add bob --data d", "some password\n").ok);
    let server = dir.serve("serve --data d --http 127.0.0.1:0");
    let said = dir.run("rebuild --data d");
    assert!(said.ok && said.out.contains("agree"), "{said:?}");
    let said = dir.run("rebuild --data d --fix");
    assert!(!said.ok && said.err.contains("in use"), "{said:?}");
    let said = dir.run("rebuild --data d --reports");
    assert!(!said.ok && said.err.contains("in use"), "{said:?}");
    drop(server);
    assert!(dir.run("rebuild --data d --fix").ok);
    let said = dir.run("rebuild --data d --reports");
    assert!(said.ok && said.out.contains("counted anew from all events"), "{said:?}");
    let said = dir.run("rebuild --data d --reports --fix");
    assert!(!said.ok, "{said:?}");
}
