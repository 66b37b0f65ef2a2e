//! Objects of the settings in the journal.

use crate::process::TestDir;

const CENTRE: &str = r#"
[centre]
id = "0b7e6d5c-1111-4222-8333-444455556666"
name = "Night desk"

[[users]]
user_name = "ada"
password = "correct horse"
skills = { Sales = 5 }
phone_number = "7001"

[[users]]
user_name = "root"
password = "battery staple"
roles = ["admin"]

[[queues]]
name = "Sales"
skills = { Sales = 1 }

[[services]]
name = "web"
medium = "chat"
queue = "Sales"

[[places]]
name = "Hall"
phone_number = "7009"

[[agent_states]]
operation = "Tea"
reason = "Tea"

[[dispositions]]
name = "DispositionCode"
codes = ["Sold", { name = "NotNow", display = "Not now" }]
[[dispositions.groups]]
name = "Complaint"
codes = ["Late"]
"#;

/// `ada:correct horse`
const ADA: &str = "YWRhOmNvcnJlY3QgaG9yc2U=";

#[test]
fn objects_are_applied_at_first_start_and_stay() {
    let dir = TestDir::new();
    dir.write("c.toml", CENTRE);
    for _ in 0..2 {
        let server = dir.serve("serve --config c.toml --http 127.0.0.1:0");
        let (status, body) = server.get("/api/v2/me", Some(ADA));
        assert_eq!(status, 200, "{body}");
        assert!(body.contains("0b7e6d5c-1111-4222-8333-444455556666"), "{body}");
        assert!(server.stop());
    }
    let said = dir.run("config apply --config c.toml --dry-run");
    assert_eq!(said.out, "Nothing differs.\n", "{}", said.err);
}

#[test]
fn apply_shows_the_difference_settles_it_and_finds_none_again() {
    let dir = TestDir::new();
    dir.write("c.toml", CENTRE);
    let first = dir.run("config apply --config c.toml");
    assert!(first.ok, "{}", first.err);
    for line in [
        "+ centre",
        "+ user ada",
        "+ queue Sales",
        "+ service web",
        "+ agent state Tea",
        "+ place Hall",
        "+ disposition group DispositionCode: Sold, NotNow",
    ] {
        assert!(first.out.contains(line), "'{line}' is not in: {}", first.out);
    }
    assert!(dir.run("config apply --config c.toml").out.contains("Nothing differs."));

    let other = CENTRE
        .replace("skills = { Sales = 5 }", "skills = { Sales = 9 }")
        .replace("\"Sold\", ", "\"Sold\", \"Maybe\", ")
        .replace("Not now", "Not today")
        .replace("7009", "7010")
        .replace("[[dispositions.groups]]\nname = \"Complaint\"\ncodes = [\"Late\"]\n", "")
        .replace("[[users]]\nuser_name = \"root\"\npassword = \"battery staple\"\nroles = [\"admin\"]\n", "");
    dir.write("c.toml", &other);
    let dry = dir.run("config apply --config c.toml --dry-run");
    let expected = [
        "~ user ada: skills: {\"Sales\":5} → {\"Sales\":9}",
        "+ disposition DispositionCode/Maybe",
        "~ disposition DispositionCode/NotNow: \"Not now\" → \"Not today\"",
        "~ place Hall: phone_number: \"7009\" → \"7010\"",
        "- user root",
        "- disposition group DispositionCode/Complaint",
        "6 to settle; nothing was changed.",
    ];
    assert_eq!(dry.out.lines().collect::<Vec<_>>(), expected, "{}", dry.err);
    assert!(dir.run("config apply --config c.toml").out.contains("6 settled."));
    assert!(dir.run("config apply --config c.toml").out.contains("Nothing differs."));
}

#[test]
fn a_changed_password_is_a_difference_that_shows_neither() {
    let dir = TestDir::new();
    dir.write("c.toml", CENTRE);
    assert!(dir.run("config apply --config c.toml").ok);
    dir.write("c.toml", &CENTRE.replace("correct horse", "another horse"));
    let said = dir.run("config apply --config c.toml");
    assert_eq!(said.out, "~ user ada: password\n1 settled.\n", "{}", said.err);
}

#[test]
fn what_the_file_does_not_speak_of_is_left_alone() {
    let dir = TestDir::new();
    dir.write("c.toml", CENTRE);
    assert!(dir.run("config apply --config c.toml").ok);
    assert!(dir.run_with("user add bob", "some password\n").ok);
    dir.write("c.toml", "[journal]\nkeep_days = 3\n");
    assert_eq!(dir.run("config apply --config c.toml").out, "Nothing differs.\n");
}

#[test]
fn the_demo_is_provisioned_once_and_refused_outside_the_demo() {
    let dir = TestDir::new();
    for _ in 0..2 {
        assert!(dir.serve("serve --demo --data d --http 127.0.0.1:0").stop());
    }
    let events = dir.run("events --data d").out;
    assert_eq!(events.lines().filter(|line| line.contains("jackfield.user.put")).count(), 13, "{events}");
    assert_eq!(events.lines().filter(|line| line.contains("jackfield.centre.put")).count(), 1, "{events}");
    let said = dir.run("serve --data d --http 127.0.0.1:0");
    assert!(!said.ok && said.err.contains("demo's password"), "{}", said.err);
}

#[test]
fn a_centre_of_its_own_does_not_become_the_demo() {
    let dir = TestDir::new();
    dir.write("c.toml", CENTRE);
    assert!(dir.run("config apply --config c.toml --data d").ok);
    let said = dir.run("serve --demo --data d --http 127.0.0.1:0");
    assert!(!said.ok && said.err.contains("centre of its own"), "{}", said.err);
}

#[test]
fn the_demo_password_in_a_file_is_refused() {
    let dir = TestDir::new();
    dir.write("c.toml", &CENTRE.replace("correct horse", "demo"));
    let said = dir.run("serve --config c.toml --http 127.0.0.1:0");
    assert!(!said.ok && said.err.contains("'ada'"), "{}", said.err);
    let said = dir.run_with("user add bob --data d", "demo\n");
    assert!(!said.ok && said.err.contains("demo's password"), "{}", said.err);
}

/// `CENTRE` without its user `root`.
fn without_root() -> String {
    CENTRE
        .replace("[[users]]\nuser_name = \"root\"\npassword = \"battery staple\"\nroles = [\"admin\"]\n", "")
}

#[test]
fn what_the_file_did_not_make_stays_until_it_is_told_to_go() {
    let dir = TestDir::new();
    dir.write("c.toml", CENTRE);
    assert!(dir.run("config apply --config c.toml").ok);
    assert!(dir.run_with("user add boss --role admin --config c.toml", "some password\n").ok);
    let stays = "  user boss stays: the file does not name it and did not make it; --delete takes it away\n";
    for line in ["config apply --config c.toml --dry-run", "config apply --config c.toml"] {
        assert_eq!(dir.run(line).out, format!("{stays}Nothing else differs.\n"), "{line}");
    }
    // What it made and no longer names goes.
    dir.write("c.toml", &without_root());
    assert_eq!(dir.run("config apply --config c.toml").out, format!("- user root\n{stays}1 settled.\n"));
    let dry = dir.run("config apply --config c.toml --delete --dry-run");
    assert_eq!(dry.out, "- user boss\n1 to settle; nothing was changed.\n");
    assert_eq!(dir.run("config apply --config c.toml --delete").out, "- user boss\n1 settled.\n");
    assert_eq!(dir.run("config apply --config c.toml --delete").out, "Nothing differs.\n");
}

#[test]
fn what_the_file_names_is_the_files_from_then_on() {
    let dir = TestDir::new();
    assert!(dir.run_with("user add root --role admin", "battery staple\n").ok);
    dir.write("c.toml", CENTRE);
    let said = dir.run("config apply --config c.toml");
    assert!(said.out.contains("~ the file's from now on: user root\n"), "{said:?}");
    dir.write("c.toml", &without_root());
    assert_eq!(dir.run("config apply --config c.toml").out, "- user root\n1 settled.\n");
}

#[test]
fn services_and_states_are_told_one_by_one() {
    let dir = TestDir::new();
    dir.write("c.toml", CENTRE);
    assert!(dir.run("config apply --config c.toml").ok);
    let other = CENTRE
        .replace("name = \"web\"\nmedium = \"chat\"", "name = \"shop\"\nmedium = \"chat\"")
        .replace("operation = \"Tea\"", "operation = \"Lunch\"");
    dir.write("c.toml", &other);
    let said = dir.run("config apply --config c.toml");
    let expected =
        ["+ service shop", "+ agent state Lunch", "- service web", "- agent state Tea", "4 settled."];
    assert_eq!(said.out.lines().collect::<Vec<_>>(), expected, "{}", said.err);
}

#[test]
fn a_phone_is_given_on_and_two_are_exchanged() {
    let dir = TestDir::new();
    let phones = |ada: &str, root: &str| {
        CENTRE
            .replace("phone_number = \"7001\"", &format!("phone_number = \"{ada}\""))
            .replace("roles = [\"admin\"]", &format!("roles = [\"admin\"]\nphone_number = \"{root}\""))
    };
    dir.write("c.toml", &phones("7001", "7002"));
    assert!(dir.run("config apply --config c.toml").ok);
    dir.write("c.toml", &phones("7002", "7001"));
    let said = dir.run("config apply --config c.toml");
    assert!(said.ok && said.out.ends_with("2 settled.\n"), "{said:?}");
    assert_eq!(dir.run("config apply --config c.toml").out, "Nothing differs.\n");
    // The one who has it goes, and another comes.
    dir.write("c.toml", &without_root().replace("user_name = \"ada\"", "user_name = \"eve\""));
    let said = dir.run("config apply --config c.toml");
    assert!(said.ok && said.out.ends_with("3 settled.\n"), "{said:?}");
}
