//! A journal that is not the one that was left, and a disk that fails: what the operator is told.

use crate::process::{Server, TestDir};
use std::{fs, os::unix::fs::PermissionsExt};
use testkit::wait::eventually_blocking;

/// `bob:some password`
const BOB: &str = "Ym9iOnNvbWUgcGFzc3dvcmQ=";
/// `ann:some password`
const ANN: &str = "YW5uOnNvbWUgcGFzc3dvcmQ=";
const SERVE: &str = "serve --data d --http 127.0.0.1:0";

fn dir() -> TestDir {
    let dir = TestDir::new();
    assert!(dir.run_with("user add bob --data d", "some password\n").ok);
    dir
}

/// A dir whose server was killed after it had answered something.
fn killed() -> TestDir {
    let dir = dir();
    let server = dir.serve(SERVE);
    assert_eq!(server.get("/api/v2/me", Some(BOB)).0, 200);
    drop(server);
    dir
}

fn becomes(server: &Server, status: u16) {
    eventually_blocking(&format!("/ready becomes {status}"), || server.get("/ready", None).0 == status);
}

#[test]
fn after_a_kill_a_server_starts_and_after_a_stop_no_mark_is_left() {
    let dir = killed();
    assert!(dir.path("d/in-use").exists() && dir.path("d/journal.db-wal").exists());
    let server = dir.serve(SERVE);
    assert_eq!(server.get("/api/v2/me", Some(BOB)).0, 200);
    assert!(server.stop());
    assert!(!dir.path("d/in-use").exists() && !dir.path("d/journal.db-wal").exists());
}

#[test]
fn a_server_whose_wal_is_gone_after_a_kill_refuses_and_names_the_way_out() {
    let dir = killed();
    fs::remove_file(dir.path("d/journal.db-wal")).unwrap();
    for line in
        [SERVE, "backup copy --data d", "rebuild --data d", "events --data d", "user add eve --data d"]
    {
        let said = dir.run_with(line, "some password\n");
        assert!(!said.ok, "{line}: {said:?}");
        assert!(said.err.contains("journal.db-wal is missing"), "{line}: {said:?}");
        assert!(said.err.contains("jackfield rebuild --accept-loss"), "{line}: {said:?}");
    }
    assert!(!dir.path("copy").exists());
    let said = dir.run("rebuild --accept-loss --data d");
    assert!(said.ok && said.out.contains("taken as it is"), "{said:?}");
    assert!(dir.serve(SERVE).stop());
}

#[test]
fn a_journal_that_is_gone_beside_its_wal_does_not_begin_anew() {
    let dir = killed();
    fs::remove_file(dir.path("d/journal.db")).unwrap();
    let said = dir.run(SERVE);
    assert!(!said.ok && said.err.contains("journal.db is missing"), "{said:?}");
    assert!(!dir.path("d/journal.db").exists());
}

#[test]
fn damaged_pages_are_not_said_to_agree_and_not_copied() {
    let dir = killed();
    assert!(dir.serve(SERVE).stop());
    let mut bytes = fs::read(dir.path("d/journal.db")).unwrap();
    let page = bytes.len() / 4096 / 2 * 4096;
    bytes[page..page + 4096].fill(0x55);
    fs::write(dir.path("d/journal.db"), bytes).unwrap();
    let said = dir.run("rebuild --data d");
    assert!(!said.ok && said.err.contains("is damaged") && !said.out.contains("agree"), "{said:?}");
    let said = dir.run("backup copy --data d");
    assert!(!said.ok && said.err.contains("is damaged"), "{said:?}");
    assert!(!dir.path("copy").exists());
}

#[test]
fn a_server_is_not_ready_while_nothing_can_be_stored_and_ready_again_by_itself() {
    let dir = dir();
    assert!(dir.run_with("user add ann --data d", "some password\n").ok);
    let server = dir.serve_on_a_disk_that_fails(SERVE);
    assert_eq!(server.get("/ready", None).0, 200);
    assert_eq!(server.get("/api/v2/me", Some(BOB)).0, 200);
    server.limit_files(Some(fs::metadata(dir.path("d/journal.db-wal")).unwrap().len()));
    // Somebody logs in for the first time, and that cannot be written down.
    server.get("/api/v2/me", Some(ANN));
    becomes(&server, 503);
    assert_eq!(server.get("/ready", None), (503, "nothing can be stored\n".into()));
    assert_eq!(server.get("/health", None).0, 200);
    server.limit_files(None);
    becomes(&server, 200);
    assert!(server.stop());
    let said = dir.run("rebuild --data d");
    assert!(said.ok && said.out.contains("agree"), "{said:?}");
}

#[test]
fn files_are_the_owners_alone_whatever_was_there() {
    let dir = TestDir::new();
    for name in ["d", "copy"] {
        fs::create_dir(dir.path(name)).unwrap();
        fs::set_permissions(dir.path(name), fs::Permissions::from_mode(0o755)).unwrap();
    }
    let server = dir.serve(SERVE);
    assert!(dir.run("backup copy --data d").ok);
    for name in ["d", "copy"] {
        let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&dir.path(name)), 0o700);
        for file in fs::read_dir(dir.path(name)).unwrap() {
            let path = file.unwrap().path();
            assert_eq!(mode(&path), 0o600, "{}", path.display());
        }
    }
    assert!(server.stop());
}
