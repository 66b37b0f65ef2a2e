//! Objects of the settings in the journal.

use crate::house::House;

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
    let house = House::new();
    house.write("c.toml", CENTRE);
    for _ in 0..2 {
        let server = house.serve("serve --config c.toml --http 127.0.0.1:0");
        let (status, body) = server.get("/api/v2/me", Some(ADA));
        assert_eq!(status, 200, "{body}");
        assert!(body.contains("0b7e6d5c-1111-4222-8333-444455556666"), "{body}");
        assert!(server.stop());
    }
    let said = house.run("config apply --config c.toml --dry-run");
    assert_eq!(said.out, "Nothing differs.\n", "{}", said.err);
}

#[test]
fn apply_shows_the_difference_settles_it_and_finds_none_again() {
    let house = House::new();
    house.write("c.toml", CENTRE);
    let first = house.run("config apply --config c.toml");
    assert!(first.ok, "{}", first.err);
    for line in
        ["+ centre", "+ user ada", "+ queue Sales", "+ disposition group DispositionCode: Sold, NotNow"]
    {
        assert!(first.out.contains(line), "'{line}' is not in: {}", first.out);
    }
    assert!(house.run("config apply --config c.toml").out.contains("Nothing differs."));

    let other = CENTRE
        .replace("skills = { Sales = 5 }", "skills = { Sales = 9 }")
        .replace("\"Sold\", ", "\"Sold\", \"Maybe\", ")
        .replace("Not now", "Not today")
        .replace("[[dispositions.groups]]\nname = \"Complaint\"\ncodes = [\"Late\"]\n", "")
        .replace("[[users]]\nuser_name = \"root\"\npassword = \"battery staple\"\nroles = [\"admin\"]\n", "");
    house.write("c.toml", &other);
    let dry = house.run("config apply --config c.toml --dry-run");
    let expected = [
        "~ user ada: skills: {\"Sales\":5} → {\"Sales\":9}",
        "+ disposition DispositionCode/Maybe",
        "~ disposition DispositionCode/NotNow: \"Not now\" → \"Not today\"",
        "- disposition group DispositionCode/Complaint",
        "- user root",
        "5 to settle; nothing was changed.",
    ];
    assert_eq!(dry.out.lines().collect::<Vec<_>>(), expected, "{}", dry.err);
    assert!(house.run("config apply --config c.toml").out.contains("5 settled."));
    assert!(house.run("config apply --config c.toml").out.contains("Nothing differs."));
}

#[test]
fn a_changed_password_is_a_difference_that_shows_neither() {
    let house = House::new();
    house.write("c.toml", CENTRE);
    assert!(house.run("config apply --config c.toml").ok);
    house.write("c.toml", &CENTRE.replace("correct horse", "another horse"));
    let said = house.run("config apply --config c.toml");
    assert_eq!(said.out, "~ user ada: password\n1 settled.\n", "{}", said.err);
}

#[test]
fn what_the_file_does_not_speak_of_is_left_alone() {
    let house = House::new();
    house.write("c.toml", CENTRE);
    assert!(house.run("config apply --config c.toml").ok);
    assert!(house.run_with("user add bob", "some password\n").ok);
    house.write("c.toml", "[journal]\nkeep_days = 3\n");
    assert_eq!(house.run("config apply --config c.toml").out, "Nothing differs.\n");
}

#[test]
fn the_demo_is_provisioned_once_and_refused_outside_the_demo() {
    let house = House::new();
    for _ in 0..2 {
        assert!(house.serve("serve --demo --data d --http 127.0.0.1:0").stop());
    }
    let events = house.run("events --data d").out;
    assert_eq!(events.lines().filter(|line| line.contains("jackfield.user.put")).count(), 11, "{events}");
    assert_eq!(events.lines().filter(|line| line.contains("jackfield.centre.put")).count(), 1, "{events}");
    let said = house.run("serve --data d --http 127.0.0.1:0");
    assert!(!said.ok && said.err.contains("demo's password"), "{}", said.err);
}

#[test]
fn a_centre_of_its_own_does_not_become_the_demo() {
    let house = House::new();
    house.write("c.toml", CENTRE);
    assert!(house.run("config apply --config c.toml --data d").ok);
    let said = house.run("serve --demo --data d --http 127.0.0.1:0");
    assert!(!said.ok && said.err.contains("centre of its own"), "{}", said.err);
}

#[test]
fn the_demo_password_in_a_file_is_refused() {
    let house = House::new();
    house.write("c.toml", &CENTRE.replace("correct horse", "demo"));
    let said = house.run("serve --config c.toml --http 127.0.0.1:0");
    assert!(!said.ok && said.err.contains("'ada'"), "{}", said.err);
    let said = house.run_with("user add bob --data d", "demo\n");
    assert!(!said.ok && said.err.contains("demo's password"), "{}", said.err);
}
