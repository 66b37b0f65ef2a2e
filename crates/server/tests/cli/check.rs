//! What `config check` finds, and that `serve` refuses the same.

use crate::process::{Said, TestDir};
use base64::Engine as _;
use rcgen::{CertificateParams, KeyPair, date_time_ymd};
use serde_json::json;
use std::{fs, path::Path};
use testkit::wait::{eventually_blocking, found_blocking};

/// What both say of a file; neither may make anything.
fn refused_by_all(dir: &TestDir, toml: &str) -> Vec<Said> {
    dir.write("centre.toml", toml);
    let lines = [
        "config check --config centre.toml",
        "serve --config centre.toml --http 127.0.0.1:0 --sip 127.0.0.1:0",
        "config apply --config centre.toml",
    ];
    let all = lines.map(|line| {
        let said = dir.run(line);
        assert!(!said.ok, "accepted by {line}: {toml}\n{}", said.out);
        assert!(!dir.path("jackfield-data").exists(), "{line} made a data directory");
        said
    });
    all.into()
}

#[track_caller]
fn names(said: &Said, words: &[&str]) {
    for word in words {
        assert!(said.err.contains(word), "'{word}' is not in: {}", said.err);
    }
}

const ADA: &str = "[[users]]\nuser_name = \"ada\"\npassword = \"correct horse\"\n";

/// The option that makes desktops ask for a disposition.
fn mandatory(value: &str) -> String {
    format!(
        "[centre.settings.interaction-workspace]\n\"interaction.disposition.is-mandatory\" = \"{value}\"\n"
    )
}

#[test]
fn desktops_may_ask_for_what_the_settings_are_silent_about() {
    let dir = TestDir::new();
    for toml in [mandatory("true"), format!("[disposition]\nrequired = \"ask\"\n{}", mandatory("true"))] {
        dir.write("centre.toml", &toml);
        let said = dir.run("config check --config centre.toml");
        assert!(said.ok, "{}", said.err);
    }
}

#[test]
fn what_a_server_refuses_is_found_beforehand_with_its_place() {
    let dir = TestDir::new();
    dir.write("empty", " \n");
    fs::create_dir(dir.path("prompts")).unwrap();
    dir.write("prompts/bad.wav", "no sound");
    let (user, queue) = (ADA, "[[queues]]\nname = \"Sales\"\n");
    for (toml, words) in [
        ("[http.tls]\ncert = \"nowhere\"\nkey = \"no-key\"\n".to_owned(), vec!["http.tls.cert: nowhere", "http.tls.key: no-key"]),
        ("[sip.tls]\naddr = \"127.0.0.1:0\"\ncert = \"empty\"\nkey = \"empty\"\n".into(), vec!["sip.tls.cert: empty", "sip.tls.key: empty"]),
        ("[[sip.phones]]\ndn = \"7001\"\npassword_file = \"nowhere\"\n".into(), vec!["[[sip.phones]] '7001'", "'password_file'", "nowhere"]),
        ("[[sip.phones]]\ndn = \"7001\"\npassword_file = \"empty\"\n".into(), vec!["[[sip.phones]] '7001'", "'password' is empty"]),
        ("[[sip.phones]]\ndn = \"7001\"\npassword = \"a\"\n[[sip.phones]]\ndn = \"7001\"\npassword = \"b\"\n".into(), vec!["[[sip.phones]]", "'7001' stands there twice"]),
        ("[sip.media]\nprompts = \"nowhere\"\n".into(), vec!["sip.media.prompts", "nowhere"]),
        ("[sip.media]\nprompts = \"prompts\"\n".into(), vec!["sip.media.prompts", "bad.wav"]),
        (format!("{queue}calls = {{ greeting = \"hallo\" }}\n"), vec!["[[queues]] 'Sales'", "calls.greeting", "'hallo'"]),
        (format!("{queue}hours = \"whenever\"\n"), vec!["[[queues]] 'Sales'", "hours 'whenever'"]),
        (format!("{queue}hours = \"Mo-Fr 08:00-13:00,12:00-18:00\"\n"), vec!["[[queues]] 'Sales'", "hours", "'Mo-Fr 08:00-13:00' and 'Mo-Fr 12:00-18:00' overlap"]),
        (format!("{queue}hours = \"Mo-Fr off\"\n"), vec!["[[queues]] 'Sales'", "hours 'Mo-Fr off'", "never open"]),
        (format!("{queue}zone = \"Mars/Olympus\"\n"), vec!["[[queues]] 'Sales'", "'Mars/Olympus'"]),
        (format!("{queue}holidays = [\"25.12.2026\"]\n"), vec!["[[queues]] 'Sales'", "'25.12.2026'"]),
        (format!("{queue}holidays = [\"2026-12-25\", \"2026-12-25\"]\n"), vec!["[[queues]] 'Sales'", "holidays", "'2026-12-25' stands there twice"]),
        (format!("{queue}closed = {{ reply = \"Later\" }}\n"), vec!["[[queues]] 'Sales'", "closed", "never closed"]),
        (format!("{queue}hours = \"Mo 08:00-09:00\"\nclosed = {{ refuse = \" \" }}\n"), vec!["[[queues]] 'Sales'", "closed", "empty"]),
        (format!("{queue}calls = {{ hours = \"Mo off\" }}\n"), vec!["[[queues]] 'Sales'", "calls.hours 'Mo off'", "never open"]),
        (format!("{queue}calls = {{ closed = {{ announce = \"zu\" }} }}\n"), vec!["'Sales'", "calls.closed", "'zu'"]),
        ("[disposition.policy]\npigeon = \"open\"\n".into(), vec!["disposition.policy", "unknown medium 'pigeon'"]),
        ("[disposition.policy]\nchat = \"strict\"\n".into(), vec!["disposition.policy", "strict", "[[dispositions]]"]),
        ("[disposition]\nrequired = \"sometimes\"\n".into(), vec!["\"off\", \"ask\" or \"before_next\""]),
        ("[disposition]\nrequired = { pigeon = \"ask\" }\n".into(), vec!["disposition.required", "unknown medium 'pigeon'"]),
        ("[disposition]\nrequired_timeout = 0\n".into(), vec!["disposition.required_timeout", "0"]),
        (format!("{queue}disposition = {{ required = {{ pigeon = \"ask\" }} }}\n"), vec!["[[queues]] 'Sales'", "disposition.required", "'pigeon'"]),
        (format!("[disposition]\nrequired = \"ask\"\n{}", mandatory("false")), vec!["[centre.settings] interaction-workspace", "is-mandatory", "disposition.required"]),
        (format!("{queue}disposition = {{ required = \"before_next\" }}\n{}", mandatory("false")), vec!["[centre.settings] interaction-workspace", "is-mandatory"]),
        (format!("[disposition]\nrequired = \"off\"\n{}", mandatory("true")), vec!["[centre.settings] interaction-workspace", "is-mandatory", "\"ask\""]),
        (format!("[disposition]\nrequired.voice = \"ask\"\n{user}settings = {{ interaction-workspace = {{ \"interaction.disposition.is-mandatory\" = false }} }}\n"), vec!["[[users]] 'ada'", "is-mandatory"]),
        ("[[dispositions]]\nname = \"D\"\ncodes = [\"A\", \"A\"]\n".into(), vec!["[[dispositions]] 'D'", "'A' stands there twice"]),
        ("[[dispositions]]\nname = \"D\"\n[[dispositions]]\nname = \"D\"\n".into(), vec!["[[dispositions]]", "'D' stands there twice"]),
        (format!("{user}phone_number = \"7001\"\n{}phone_number = \"7001\"\n", user.replace("ada", "bob")), vec!["[[users]] 'bob'", "phone_number '7001'", "'ada'"]),
        ("[[places]]\nname = \"\"\nphone_number = \"\"\n".into(), vec!["[[places]]: a 'name' is empty", "'phone_number' is empty"]),
        (format!("{0}{0}", "[[places]]\nname = \"Hall\"\nphone_number = \"7009\"\n"), vec!["[[places]]", "'Hall' stands there twice"]),
        (format!("{0}{1}", "[[places]]\nname = \"Hall\"\nphone_number = \"7009\"\n", "[[places]]\nname = \"Attic\"\nphone_number = \"7009\"\n"), vec!["[[places]] 'Attic'", "phone_number '7009'", "'Hall'"]),
        (format!("{user}phone_number = \"7001\"\n[[places]]\nname = \"Hall\"\nphone_number = \"7001\"\n"), vec!["[[places]] 'Hall'", "phone_number '7001'", "'ada'"]),
        (format!("{queue}routing_point = \"7009\"\n[[places]]\nname = \"Hall\"\nphone_number = \"7009\"\n"), vec!["[[queues]] 'Sales'", "routing_point '7009'", "phone"]),
        (format!("{user}phone_number = \"7001\"\n{queue}routing_point = \"7001\"\n"), vec!["[[queues]] 'Sales'", "routing_point '7001'", "phone"]),
        (format!("{user}password_hash = \"$argon2id$\"\n"), vec!["[[users]] 'ada'", "exclude each other"]),
        ("[[users]]\nuser_name = \"ada\"\npassword_hash = \"$argon2id$broken\"\n".into(), vec!["[[users]] 'ada'", "no argon2 hash"]),
        (user.replace("ada", "a:b"), vec!["[[users]] 'a:b'", "colon"]),
        (user.replace("correct horse", "demo"), vec!["[[users]] 'ada'", "demo's password"]),
        (format!("{user}capacity = {{ pigeon = 1 }}\n"), vec!["[[users]] 'ada'", "'capacity'", "'pigeon'"]),
        (format!("{user}capacity = {{ chat = {{ max = 3, while_busy = [\"pigeon\"] }} }}\n"), vec!["[[users]] 'ada'", "'capacity'", "chat", "while_busy", "'pigeon'"]),
        ("[centre.capacity]\nvoice = { max = 1, while_busy = [\"pigeon\"] }\n".into(), vec!["centre.capacity", "voice", "while_busy", "'pigeon'"]),
        (format!("{user}max_total = 0\n"), vec!["[[users]] 'ada'", "'max_total'", "no room"]),
        ("[centre]\nmax_total = 0\n".into(), vec!["centre.max_total", "no room"]),
        (format!("{queue}{queue}"), vec!["[[queues]]", "'Sales' stands there twice"]),
        (format!("{queue}{0}{0}", "[[services]]\nname = \"web\"\nmedium = \"chat\"\nqueue = \"Sales\"\n"), vec!["[[services]]", "'web' stands there twice"]),
        (format!("{queue}[[services]]\nname = \"web\"\nmedium = \"chat\"\nqueue = \"Sales\"\nidle_slot_minutes = 5\n"), vec!["[[services]] 'web'", "idle_slot_minutes", "web chat"]),
        ("[[agent_states]]\noperation = \"Ready\"\n".into(), vec!["[[agent_states]] 'Ready'"]),
        ("[outbound]\nroots = [\"empty\"]\n".into(), vec!["outbound.roots", "empty"]),
    ] {
        for said in refused_by_all(&dir, &toml) {
            names(&said, &words);
        }
    }
}

#[test]
fn every_problem_is_told_at_once() {
    let dir = TestDir::new();
    let toml = format!(
        "[limits]\nconnections = 0\n[http.tls]\ncert = \"nowhere\"\nkey = \"nowhere\"\n[disposition.policy]\nchat = \"strict\"\n\
         {}phone_number = \"7001\"\n{}phone_number = \"7001\"\n[[queues]]\nname = \"Sales\"\nreserve_percent = 101\n\
         [[sip.phones]]\ndn = \"7001\"\n",
        ADA,
        ADA.replace("ada", "bob").replace("correct horse", "")
    );
    for said in refused_by_all(&dir, &toml) {
        names(
            &said,
            &["the settings have 8 problems", "limits.connections", "http.tls.cert", "http.tls.key"],
        );
        names(
            &said,
            &[
                "'strict'".trim_matches('\''),
                "'7001' is that of 'ada'",
                "[[users]] 'bob': the 'password' is empty",
            ],
        );
        names(&said, &["reserve_percent", "[[sip.phones]] '7001'"]);
    }
}

/// A certificate that ends in a year, and its key, in files.
fn certificate(dir: &TestDir, until: i32) {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(vec!["desk.example".into()]).unwrap();
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(until, 1, 1);
    dir.write("cert.pem", &pem("CERTIFICATE", params.self_signed(&key).unwrap().der()));
    dir.write("key.pem", &pem("PRIVATE KEY", &key.serialize_der()));
}

fn pem(label: &str, der: &[u8]) -> String {
    let body = base64::engine::general_purpose::STANDARD.encode(der);
    format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n")
}

#[test]
fn certificates_are_looked_at_as_a_client_would() {
    let dir = TestDir::new();
    let tls = |cert: &str, key: &str| {
        format!(
            "[http.tls]\ncert = \"{cert}\"\nkey = \"{key}\"\n[sip.tls]\naddr = \"127.0.0.1:0\"\ncert = \"{cert}\"\nkey = \"{key}\"\n"
        )
    };
    certificate(&dir, 2022);
    for said in refused_by_all(&dir, &tls("cert.pem", "key.pem")) {
        names(
            &said,
            &["http.tls.cert: the certificate has expired", "sip.tls.cert: the certificate has expired"],
        );
    }
    certificate(&dir, 2090);
    for said in refused_by_all(&dir, &tls("key.pem", "cert.pem")) {
        names(&said, &["http.tls.cert", "http.tls.key", "swapped"]);
    }
    fs::rename(dir.path("key.pem"), dir.path("other.pem")).unwrap();
    certificate(&dir, 2090);
    for said in refused_by_all(&dir, &tls("cert.pem", "other.pem")) {
        names(&said, &["http.tls: the certificate and the key do not go together", "sip.tls: "]);
    }
    dir.write("centre.toml", &tls("cert.pem", "key.pem"));
    let said = dir.run("config check --config centre.toml");
    assert!(said.ok, "{}", said.err);
}

#[test]
fn a_skill_that_nobody_has_is_a_warning() {
    let dir = TestDir::new();
    let queue = "[[queues]]\nname = \"Support\"\nskills = { Billing = 2 }\n";
    for (skills, warns) in [("{}", true), ("{ Billing = 1 }", true), ("{ Billing = 2 }", false)] {
        dir.write("centre.toml", &format!("{ADA}skills = {skills}\n{queue}"));
        let said = dir.run("config check --config centre.toml");
        assert!(said.ok, "{}", said.err);
        let warned =
            said.out.contains("warning: [[queues]] 'Support': nobody has the skill 'Billing' at level 2");
        assert_eq!(warned, warns, "{}", said.out);
    }
}

/// Every file of a directory with its bytes and the moment of its last change.
fn contents(dir: &Path) -> Vec<(String, Vec<u8>, std::time::SystemTime)> {
    let mut all: Vec<_> = fs::read_dir(dir)
        .unwrap()
        .map(|entry| {
            let entry = entry.unwrap();
            let bytes = fs::read(entry.path()).unwrap_or_default();
            let changed = entry.metadata().unwrap().modified().unwrap();
            (entry.file_name().into_string().unwrap(), bytes, changed)
        })
        .collect();
    all.sort();
    all
}

const LOOKING: [&str; 3] = [
    "config apply --dry-run --config c.toml",
    "config check --config c.toml",
    "erase --dry-run --person nobody --config c.toml",
];

#[test]
fn whoever_only_looks_writes_nothing() {
    let dir = TestDir::new();
    dir.write("c.toml", &format!("data = \"d\"\n{ADA}"));
    for line in &LOOKING[..2] {
        assert!(dir.run(line).ok, "{line}");
        assert!(!dir.path("d").exists(), "{line} made the data directory");
    }
    assert!(dir.run("config apply --config c.toml").ok);
    dir.write("c.toml", &format!("data = \"d\"\n{ADA}first_name = \"Ada\"\n"));
    let untouched = |how: &str| {
        let before = contents(&dir.path("d"));
        for line in LOOKING {
            let said = dir.run(line);
            assert!(said.ok, "{how}: {line}: {said:?}");
            if line.contains("apply") {
                assert!(said.out.contains("~ user ada: first_name: \"\" → \"Ada\""), "{how}: {said:?}");
            }
            assert!(contents(&dir.path("d")) == before, "{how}: {line} wrote something");
        }
    };
    untouched("closed cleanly");
    let server = dir.serve("serve --config c.toml --http 127.0.0.1:0");
    // Something is committed, so that the kill leaves it in the WAL.
    assert!(dir.run_with("user add bob --config c.toml", "some password\n").ok);
    drop(server);
    assert!(dir.path("d/journal.db-wal").metadata().unwrap().len() > 0);
    untouched("killed");
    fs::remove_file(dir.path("d/journal.db-shm")).unwrap();
    untouched("without its index");
}

#[test]
fn an_older_journal_is_named_and_not_migrated() {
    let dir = TestDir::new();
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/schema-2/journal.db");
    fs::create_dir(dir.path("d")).unwrap();
    fs::copy(fixture, dir.path("d/journal.db")).unwrap();
    let before = contents(&dir.path("d"));
    for line in ["config check --data d", "config apply --dry-run --data d"] {
        let said = dir.run(line);
        assert!(!said.ok && said.err.contains("run `jackfield migrate`"), "{said:?}");
        assert!(contents(&dir.path("d")) == before, "{line} wrote something");
    }
}

#[test]
fn a_directory_that_all_share_is_refused_before_anything_is_made() {
    let dir = TestDir::new();
    fs::create_dir(dir.path("shared")).unwrap();
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o1777);
    fs::set_permissions(dir.path("shared"), mode).unwrap();
    let said = dir.run("config check --data shared");
    assert!(!said.ok && said.err.contains("is shared by all users"), "{said:?}");
}

/// A centre with a medium of its own.
const SHOP: &str = r#"
data = "d"
[[queues]]
name = "Support"
[[users]]
user_name = "ada"
password = "correct horse"
[[media]]
name = "shop"
connector = "web-chat"
[[services]]
name = "website"
medium = "shopsession"
queue = "Support"
inactivity_seconds = 3
"#;
/// The same without it.
const PLAIN: &str = r#"
data = "d"
[[queues]]
name = "Support"
[[users]]
user_name = "ada"
password = "correct horse"
"#;

#[test]
fn a_medium_that_open_conversations_use_is_missed_by_all_who_look_and_the_conversations_end() {
    let dir = TestDir::new();
    dir.write("a.toml", SHOP);
    dir.write("b.toml", PLAIN);
    // ada:correct horse
    let ada = [("Authorization", "Basic YWRhOmNvcnJlY3QgaG9yc2U="), ("Content-Type", "application/json")];
    let server = dir.serve("serve --config a.toml --http 127.0.0.1:0");
    let operate = |path: &str, body: serde_json::Value| {
        let (_, answer) = server.send(&format!("POST {path}"), &ada, &body.to_string());
        let answer: serde_json::Value = serde_json::from_str(&answer).unwrap();
        assert_eq!(answer["statusCode"], 0, "{path}: {answer}");
    };
    operate("/api/v2/me", json!({"operationName": "StartContactCenterSession", "channels": ["shopsession"]}));
    operate("/api/v2/me", json!({"operationName": "Ready"}));
    let (status, body) = server.post("/genesys/2/chat/website", "nickname=Ines");
    assert_eq!(status, 200, "{body}");
    let id = found_blocking("somebody is offered", || {
        let (_, list) = server.get("/api/v2/me/shopsessions?fields=*", Some("YWRhOmNvcnJlY3QgaG9yc2U="));
        let list: serde_json::Value = serde_json::from_str(&list).unwrap();
        list["shopsessions"][0]["id"].as_str().map(str::to_owned)
    });
    operate(&format!("/api/v2/me/shopsessions/{id}"), json!({"operationName": "Accept", "nickname": "Ada"}));
    drop(server);

    let said = dir.run("config check --config b.toml");
    assert!(said.ok, "{said:?}");
    for words in ["no medium 'shopsession'", "1 conversation", "service 'website'"] {
        assert!(said.out.contains(words), "'{words}' is not in: {}", said.out);
    }
    let other = PLAIN.replace("\"Support\"", "\"Other\"")
        + "[[services]]\nname = \"other\"\nmedium = \"chat\"\nqueue = \"Other\"\n";
    dir.write("c.toml", &other);
    let said = dir.run("config check --config c.toml");
    assert!(said.ok, "{said:?}");
    for words in ["the file has no service 'website'", "the file has no queue 'Support'"] {
        assert!(said.out.contains(words), "'{words}' is not in: {}", said.out);
    }
    // The customer is not heard of any more: the conversation ends, and its agent is told.
    let server = dir.serve("serve --config b.toml --http 127.0.0.1:0");
    eventually_blocking("the conversation ends", || {
        dir.run("events --config b.toml").out.contains("jackfield.session.talk-ended")
    });
    let (status, body) =
        server.get(&format!("/api/v2/me/shopsessions/{id}"), Some("YWRhOmNvcnJlY3QgaG9yc2U="));
    assert_eq!(status, 200, "{body}");
    assert!(server.stop());
}
