//! Journals of earlier releases: opened, worked on, rebuilt.

use crate::process::{Server, TestDir};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::{fs, os::unix::fs::DirBuilderExt, path::PathBuf};

/// `agent1@demo:demo` and `admin@demo:demo`, as `Authorization: Basic` has them.
const AGENT: &str = "YWdlbnQxQGRlbW86ZGVtbw==";
const ADMIN: &str = "YWRtaW5AZGVtbzpkZW1v";
/// The fixture grows older than any journal is kept by itself.
const SETTINGS: &str = "data = \"data\"\n[journal]\nkeep_days = 36500\n";

/// A data directory of an earlier release, and what is known of it.
pub struct Earlier {
    pub dir: TestDir,
    contents: Value,
    events: String,
}

impl Earlier {
    pub fn of(schema: &str) -> Self {
        let fixture = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(schema);
        let dir = TestDir::new();
        fs::DirBuilder::new().mode(0o700).create(dir.path("data")).unwrap();
        fs::write(dir.path("data/journal.db"), fs::read(fixture.join("journal.db")).unwrap()).unwrap();
        dir.write("settings.toml", SETTINGS);
        let contents =
            serde_json::from_str(&fs::read_to_string(fixture.join("contents.json")).unwrap()).unwrap();
        let events = fs::read_to_string(fixture.join("events.jsonl")).unwrap();
        Self { dir, contents, events }
    }

    pub fn id(&self, name: &str) -> &str {
        self.contents[name].as_str().unwrap()
    }

    /// Brings the journal to the schema of this build. One that has it already says so, too.
    pub fn migrate(&self) {
        let said = self.dir.run("migrate --config settings.toml");
        assert!(said.ok, "{}", said.err);
    }

    fn rebuild(&self) {
        let said = self.dir.run("rebuild --config settings.toml");
        assert!(said.ok && said.out.contains("agree"), "{} {}", said.out, said.err);
    }

    pub fn serve(&self) -> Server {
        self.dir.serve("serve --demo --config settings.toml --http 127.0.0.1:0")
    }
}

fn operate(server: &Server, path: &str, body: &Value) -> Value {
    let headers = [("Authorization", &*format!("Basic {AGENT}")), ("Content-Type", "application/json")];
    let (_, answer) = server.send(&format!("POST {path}"), &headers, &body.to_string());
    serde_json::from_str(&answer).unwrap()
}

/// Whether a value has everything that an earlier one had. Members may be added to an event, and none changed.
fn includes(now: &Value, then: &Value) -> bool {
    match (now, then) {
        (Value::Object(now), Value::Object(then)) => {
            then.iter().all(|(name, value)| now.get(name).is_some_and(|now| includes(now, value)))
        }
        _ => now == then,
    }
}

fn read(server: &Server, path: &str, who: &str) -> Value {
    let (status, body) = server.get(path, Some(who));
    assert_eq!(status, 200, "{path}: {body}");
    serde_json::from_str(&body).unwrap()
}

fn keeps_its_history_word_for_word(schema: &str) {
    let earlier = Earlier::of(schema);
    earlier.migrate();
    let said = earlier.dir.run("events --config settings.toml");
    assert!(said.ok, "{}", said.err);
    assert_eq!(said.out.lines().count(), earlier.events.lines().count());
    for (now, then) in said.out.lines().zip(earlier.events.lines()) {
        let (now, then): (Value, Value) =
            (serde_json::from_str(now).unwrap(), serde_json::from_str(then).unwrap());
        assert!(includes(&now, &then), "{now}\n{then}");
    }
    earlier.rebuild();
}

#[test]
fn a_journal_of_schema_2_keeps_its_history_word_for_word() {
    keeps_its_history_word_for_word("schema-2");
}

#[test]
fn a_journal_of_schema_4_keeps_its_history_word_for_word() {
    keeps_its_history_word_for_word("schema-4");
}

#[test]
fn a_journal_of_schema_4_goes_on_in_its_format_until_the_migration_is_finished() {
    let earlier = Earlier::of("schema-4");
    let elapsed = || {
        let said = earlier.dir.run("events --config settings.toml");
        assert!(said.ok, "{}", said.err);
        let ends = said.out.lines().filter(|line| line.contains("\"jackfield.session.ended\""));
        ends.map(|line| line.contains("\"elapsedMs\"")).collect::<Vec<_>>()
    };
    let said = earlier.dir.run("migrate --config settings.toml");
    assert!(said.ok && said.out.contains("still written in format 1"), "{said:?}");
    assert!(said.out.contains("jackfield migrate --finish"), "{said:?}");
    let complete = |name: &str, path: &str| {
        let server = earlier.serve();
        let path = format!("/api/v2/me/{path}/{}", earlier.id(name));
        assert_eq!(operate(&server, &path, &json!({"operationName": "Complete"}))["statusCode"], 0);
        assert!(server.stop());
    };
    let ended = elapsed().len();
    complete("openChat", "chats");
    assert_eq!(elapsed(), vec![false; ended + 1]);
    let said = earlier.dir.run("migrate --finish --config settings.toml");
    assert!(said.ok && said.out.contains("format 3 from now on"), "{said:?}");
    complete("openSms", "smsessions");
    assert_eq!(elapsed()[ended + 1..], [true]);
    let said = earlier.dir.run("migrate --config settings.toml");
    assert!(said.ok && said.out.contains("format 3, the newest"), "{said:?}");
    earlier.rebuild();
}

#[test]
fn a_journal_of_schema_2_keeps_its_login_and_nobody_can_read_its_cookie() {
    let earlier = Earlier::of("schema-2");
    let cookie = earlier.id("cookie").strip_prefix("JSESSIONID=").unwrap();
    let digest: String =
        Sha256::digest(cookie).iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
    let holds = |words: &str| {
        let files = fs::read_dir(earlier.dir.path("data")).unwrap();
        let mut files = files.map(|file| fs::read(file.unwrap().path()).unwrap());
        files.any(|bytes| bytes.windows(words.len()).any(|window| window == words.as_bytes()))
    };
    assert!(holds(cookie) && !holds(&digest));
    earlier.migrate();
    assert!(!holds(cookie) && holds(&digest));
}

fn is_worked_on_and_rebuilt(schema: &str) {
    let earlier = Earlier::of(schema);
    earlier.migrate();
    let server = earlier.serve();

    let chats = read(&server, "/api/v2/me/chats?fields=*", AGENT);
    let open = chats["chats"].as_array().unwrap().iter().find(|chat| chat["id"] == earlier.id("openChat"));
    assert_eq!(open.unwrap()["state"], "Chatting");
    let path = format!("/api/v2/me/chats/{}", earlier.id("openChat"));
    let log = read(&server, &format!("{path}/messages"), AGENT);
    assert!(log.to_string().contains("Are you there?") && log.to_string().contains("I am."), "{log}");
    let say = json!({"operationName": "SendMessage", "text": "A new release is here."});
    assert_eq!(operate(&server, &path, &say)["statusCode"], 0);
    assert_eq!(operate(&server, &path, &json!({"operationName": "Complete"}))["statusCode"], 0);

    for (path, name) in [("chats", "completedChat"), ("smsessions", "completedSms"), ("chats", "openChat")] {
        let late = json!({"operationName": "SetDisposition", "disposition": "Quality"});
        let answer = operate(&server, &format!("/api/v2/me/{path}/{}", earlier.id(name)), &late);
        assert_eq!(answer["statusCode"], 0, "{name}: {answer}");
    }
    for name in ["releasedCall", "heldCall"] {
        let late = json!({"operationName": "SetCallDisposition", "disposition": "Quality"});
        let answer = operate(&server, &format!("/api/v2/me/calls/{}", earlier.id(name)), &late);
        assert_eq!(answer["statusCode"], 0, "{name}: {answer}");
    }

    let quarantine = read(&server, "/api/v2/diagnostics/quarantine", ADMIN);
    assert!(quarantine.to_string().contains("'mid' is missing"), "{quarantine}");
    let feed = read(&server, "/api/v2/reporting/events?limit=1000", ADMIN);
    let of = |wanted: &str, key: &str, value: &str| {
        let hits = feed.as_array().unwrap().iter().filter(|event| event["type"] == wanted);
        hits.filter(|event| event["data"].to_string().contains(&format!("\"{key}\":\"{value}\""))).count()
    };
    assert_eq!(of("jackfield.disposition", "value", "Quality"), 5, "{schema}");
    assert!(of("jackfield.call.released", "closer", "restart") >= 1, "the held call ended with its process");

    assert!(server.stop());
    earlier.rebuild();
}

#[test]
fn a_journal_of_schema_2_is_worked_on_and_rebuilt() {
    is_worked_on_and_rebuilt("schema-2");
}

#[test]
fn a_journal_of_schema_4_is_worked_on_and_rebuilt() {
    is_worked_on_and_rebuilt("schema-4");
}
