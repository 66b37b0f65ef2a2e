//! Settings: what is wrong is named by file and key.

use crate::process::TestDir;

fn complaint(toml: &str) -> String {
    let dir = TestDir::new();
    dir.write("centre.toml", toml);
    let said = dir.run("config check --config centre.toml");
    assert!(!said.ok, "accepted: {toml}\n{}", said.out);
    said.err
}

#[track_caller]
fn names(complaint: &str, words: &[&str]) {
    for word in words {
        assert!(complaint.contains(word), "'{word}' is not in: {complaint}");
    }
}

#[test]
fn an_unknown_key_is_named_with_its_file() {
    names(&complaint("[http]\nadr = \"127.0.0.1:1\"\n"), &["centre.toml", "http.adr", "public_url"]);
    names(&complaint("colour = 1\n"), &["centre.toml", "'colour'"]);
    names(&complaint("[[queues]]\nname = \"A\"\nskils = {}\n"), &["centre.toml", "queues", "skils"]);
}

#[test]
fn a_wrong_value_is_named_with_its_file() {
    names(&complaint("[journal]\nkeep_days = \"long\"\n"), &["centre.toml", "journal.keep_days"]);
    names(&complaint("[reports]\nkeep_months = 0\n"), &["centre.toml", "reports.keep_months"]);
    names(&complaint("[http]\naddr = \"here\"\n"), &["centre.toml", "http.addr"]);
    names(&complaint("[limits]\nconnections = 0\n"), &["limits.connections", "0 is not from 16"]);
    names(&complaint("[limits.strangers]\nbody_seconds = 0\n"), &["limits.strangers.body_seconds"]);
    names(&complaint("[disposition.policy]\nchat = \"loose\"\n"), &["centre.toml", "disposition.policy"]);
}

#[test]
fn a_limit_of_nothing_is_an_error_and_no_way_to_switch_it_off() {
    let wrong = complaint("[limits.customers]\nchats_per_minute = 0\n");
    names(&wrong, &["centre.toml", "limits.customers.chats_per_minute"]);
    names(&complaint("[limits.customers]\nchats = 5\n"), &["limits.customers.chats", "messages_burst"]);
    let variable = ("JACKFIELD_LIMITS_CUSTOMERS_CHAT_BYTES_BURST", "0");
    names(&TestDir::new().run_in("config check", variable).err, &["limits.customers.chat_bytes_burst"]);
    let more = "[[queues]]\nname = \"A\"\nreserve_percent = 101\n";
    names(&complaint(more), &["queues", "'A'", "reserve_percent"]);
    let none = "[[queues]]\nname = \"A\"\nservice_level_seconds = 0\n";
    names(&complaint(none), &["queues", "'A'", "service_level_seconds", "0 is not from 1"]);
    let never = "[[queues]]\nname = \"A\"\nshort_abandon_seconds = 100000\n";
    names(&complaint(never), &["queues", "'A'", "short_abandon_seconds"]);
}

#[test]
fn a_missing_key_is_named_with_its_file() {
    names(&complaint("[[queues]]\npriority = 1\n"), &["centre.toml", "name"]);
}

#[test]
fn toml_that_cannot_be_read_is_named() {
    names(&complaint("[http\n"), &["centre.toml"]);
}

#[test]
fn a_byte_order_mark_before_the_settings_is_passed_over() {
    let dir = TestDir::new();
    dir.write("centre.toml", "\u{feff}[[queues]]\nname = \"A\"\n");
    let said = dir.run("config check --config centre.toml");
    assert!(said.ok && said.out.contains("1 queues"), "{said:?}");
}

#[test]
fn a_missing_file_is_named() {
    let said = TestDir::new().run("config check --config nowhere.toml");
    assert!(!said.ok);
    names(&said.err, &["nowhere.toml"]);
}

#[test]
fn the_environment_wins_over_the_file_and_flags_over_both() {
    let dir = TestDir::new();
    dir.write("centre.toml", "data = \"file\"\n[http]\naddr = \"127.0.0.1:1\"\n");
    let line = "config check --config centre.toml";
    names(&dir.run(line).out, &["127.0.0.1:1", "file"]);
    names(&dir.run_in(line, ("JACKFIELD_HTTP_ADDR", "127.0.0.1:2")).out, &["127.0.0.1:2"]);
    names(&dir.run_in(line, ("JACKFIELD_DATA", "environment")).out, &["environment"]);
    let flag = "config check --config centre.toml --data flag";
    names(&dir.run_in(flag, ("JACKFIELD_DATA", "environment")).out, &["flag"]);
}

#[test]
fn an_unknown_name_in_the_environment_is_an_error() {
    let said = TestDir::new().run_in("config check", ("JACKFIELD_HTTP_ADR", "127.0.0.1:2"));
    assert!(!said.ok);
    names(&said.err, &["JACKFIELD_", "http.adr"]);
}

#[test]
fn the_disposition_key_has_two_names() {
    let dir = TestDir::new();
    dir.write("centre.toml", "[interaction.disposition]\nkey-name = \"Outcome\"\n");
    let said = dir.run("config apply --config centre.toml --dry-run");
    assert!(said.ok, "{}", said.err);
}

#[test]
fn a_public_bind_needs_a_public_url_and_tls_or_a_proxy() {
    let dir = TestDir::new();
    names(&dir.run("serve --http 0.0.0.0:0").err, &["--public-url"]);
    let said = dir.run("serve --http 0.0.0.0:0 --public-url http://desk.example");
    names(&said.err, &["http.behind_proxy", "http.tls.cert"]);
    assert!(!dir.path("jackfield-data").exists());
}

#[test]
fn objects_that_do_not_fit_together_are_named() {
    let service = "[[services]]\nname = \"web\"\nmedium = \"chat\"\nqueue = \"Sales\"\n";
    names(&complaint(service), &["web", "Sales"]);
    let medium = "[[queues]]\nname = \"Sales\"\n[[services]]\nname = \"web\"\nmedium = \"pigeon\"\nqueue = \"Sales\"\n";
    names(&complaint(medium), &["web", "pigeon"]);
    names(&complaint("[[users]]\nuser_name = \"ada\"\n"), &["ada", "password"]);
    let twice = "[[users]]\nuser_name = \"ada\"\npassword = \"a\"\n[[users]]\nuser_name = \"ada\"\npassword = \"b\"\n";
    names(&complaint(twice), &["ada", "twice"]);
}

#[test]
fn the_settings_printed_in_the_readme_are_in_order() {
    let readme = include_str!("../../../../README.md");
    let (_, rest) = readme.split_once("```toml\n").unwrap();
    let (toml, _) = rest.split_once("```").unwrap();
    let dir = TestDir::new();
    dir.write("centre.toml", toml);
    let said = dir.run("config check --config centre.toml");
    assert!(said.ok, "{}", said.err);
    names(&said.out, &["https://desk.example", "1 users, 1 queues, 1 services"]);
}

#[test]
fn a_secret_that_is_empty_is_refused_wherever_it_is_named() {
    let dir = TestDir::new();
    dir.write("empty", "\n");
    for (toml, words) in [
        ("[[users]]\nuser_name = \"ada\"\npassword = \"\"\n", &["users", "ada", "'password' is empty"]),
        ("[[users]]\nuser_name = \"ada\"\npassword = \"  \"\n", &["users", "ada", "'password' is empty"]),
        (
            "[[users]]\nuser_name = \"ada\"\npassword_hash = \"\"\n",
            &["users", "ada", "'password_hash' is empty"],
        ),
        ("[[sip.phones]]\ndn = \"7001\"\npassword = \"\"\n", &["sip.phones", "7001", "'password' is empty"]),
        ("[[sip.phones]]\ndn = \"7001\"\npassword_file = \"empty\"\n", &["sip.phones", "7001", "is empty"]),
    ] {
        dir.write("centre.toml", toml);
        for line in ["config check --config centre.toml", "config apply --config centre.toml"] {
            let said = dir.run(line);
            assert!(!said.ok, "accepted by {line}: {toml}");
            names(&said.err, words);
        }
    }
    dir.write("centre.toml", "[[users]]\nuser_name = \"ada\"\npassword = \"\"\n");
    let said = dir.run("serve --config centre.toml --http 127.0.0.1:0");
    assert!(!said.ok);
    names(&said.err, &["ada", "'password' is empty"]);
}
