//! Pages on Messenger: what `config check` says of them, and that a server takes their webhooks.

use crate::process::{Said, TestDir};
use testkit::wait::eventually_blocking;

/// A centre with one service on Messenger; the page of it follows.
const CENTRE: &str = r#"
[[queues]]
name = "Support"

[[services]]
name = "page"
medium = "facebooksession"
queue = "Support"
"#;

/// A page that is in order.
const PAGE: &str = r#"
[[messenger]]
service = "page"
page_id = "1001"
app_id = "3003"
app_secret_file = "secret"
page_token_env = "PAGE_TOKEN"
verify_token_file = "verify"
"#;

fn dir(toml: &str) -> TestDir {
    let dir = TestDir::new();
    dir.write("centre.toml", toml);
    dir.write("secret", "hush-secret\n");
    dir.write("verify", "hush-verify\n");
    dir
}

fn check(toml: &str) -> Said {
    dir(toml).run_in("config check --config centre.toml", ("PAGE_TOKEN", "hush-token"))
}

fn with(lines: &str) -> String {
    format!("{CENTRE}{PAGE}{lines}\n")
}

#[track_caller]
fn refused(toml: &str, words: &[&str]) {
    let said = check(toml);
    assert!(!said.ok, "accepted: {toml}\n{}", said.out);
    for word in words {
        assert!(said.err.contains(word), "'{word}' is not in: {}", said.err);
    }
    assert!(!said.err.contains("hush") && !said.out.contains("hush"), "{said:?}");
}

#[test]
fn a_page_in_order_says_where_its_webhooks_go() {
    let said = check(&with(""));
    assert!(said.ok, "{}", said.err);
    let address = "takes webhooks of 'page' at http://localhost:8080/channels/messenger/page";
    assert!(said.out.contains(address) && !said.out.contains("warning"), "{}", said.out);
}

#[test]
fn everything_can_be_set() {
    let said = check(&with(
        r#"
secondary_app_secret_file = "verify"
version = "v25.0"
base_url = "https://graph.example/base/"
human_agent = true
per_second = 50
echo_seconds = 5
"#,
    ));
    assert!(said.ok, "{}", said.err);
}

#[test]
fn secrets_stand_elsewhere() {
    refused(&with("app_secret = \"hush\""), &["centre.toml", "app_secret", "app_secret_env"]);
    refused(&with("").replace("PAGE_TOKEN", "OTHER"), &["page_token_env", "there is no variable OTHER"]);
    refused(
        &with("").replace("app_secret_file = \"secret\"", ""),
        &["'app_secret_env' or 'app_secret_file'"],
    );
    refused(&with("").replace("\"verify\"", "\"nowhere\""), &["[[messenger]] 'page'", "nowhere"]);
}

#[test]
fn a_page_belongs_to_a_service_on_messenger() {
    refused(&with("").replace("service = \"page\"", "service = \"other\""), &["'other'", "no service"]);
    let chat = with("").replace("\"facebooksession\"", "\"chat\"");
    refused(&chat, &["[[messenger]] 'page'", "'chat'", "connector messenger"]);
    refused(&format!("{}{PAGE}", with("")), &["'page' stands there twice"]);
    let said = check(CENTRE);
    assert!(said.ok && said.out.contains("warning: service 'page' has no [[messenger]]"), "{said:?}");
}

#[test]
fn what_cannot_be_meant_is_refused() {
    refused(&with("base_url = \"http://graph.example\""), &["'base_url'", "https"]);
    refused(&with("base_url = \"https://me:hush@graph.example\""), &["[[messenger]] 'page'", "base URL"]);
    refused(&with("").replace("\"1001\"", "\"me\""), &["page id is not a number"]);
    refused(&with("version = \"26\""), &["'version'", "v26.0"]);
    refused(&with("per_second = 0"), &["centre.toml", "per_second"]);
    refused(&with("pages = 1"), &["centre.toml", "pages", "page_id"]);
}

#[test]
fn to_answer_for_a_week_the_page_needs_the_feature() {
    let service = |line: &str| {
        with(line).replace("queue = \"Support\"\n", "queue = \"Support\"\nperson_reply_seconds = 600000\n")
    };
    refused(&service(""), &["person_reply_seconds", "human_agent = true"]);
    assert!(check(&service("human_agent = true")).ok);
    // Who has the feature need not say for how long: the service is made with a week.
    let dir = dir(&with("human_agent = true"));
    let token = ("PAGE_TOKEN", "hush-token");
    assert!(dir.run_in("config apply --config centre.toml", token).ok);
    let said = dir.run_in("config apply --config centre.toml --dry-run", token);
    assert!(said.out.contains("Nothing differs."), "{said:?}");
    dir.write("centre.toml", &with(""));
    let said = dir.run_in("config apply --config centre.toml --dry-run", token);
    assert!(!said.out.contains("Nothing differs."), "without it the service is another: {said:?}");
}

#[test]
fn the_secrets_of_the_demo_are_for_the_demo() {
    for (secret, key) in [("demo-app-secret", "app_secret"), ("demo-verify", "verify_token")] {
        let dir = dir(&with(""));
        dir.write(if key == "app_secret" { "secret" } else { "verify" }, secret);
        for line in ["config check", "serve --http 127.0.0.1:0"] {
            let said = dir.run_in(&format!("{line} --config centre.toml"), ("PAGE_TOKEN", "hush-token"));
            assert!(!said.ok && said.err.contains(&format!("the '{key}' is the demo's")), "{said:?}");
        }
    }
    let said = dir(&with("")).run_in("config check --config centre.toml", ("PAGE_TOKEN", "demo-page-token"));
    assert!(!said.ok && said.err.contains("the 'page_token' is the demo's"), "{said:?}");
}

#[test]
fn the_demo_has_a_page_and_a_platform() {
    let dir = TestDir::new();
    let server = dir.serve("serve --demo --http 127.0.0.1:0 --data d");
    let verify =
        "/channels/messenger/demo-page?hub.mode=subscribe&hub.verify_token=demo-verify&hub.challenge=77";
    assert_eq!(server.get(verify, None), (200, "77".into()));
    assert_eq!(server.post("/channels/messenger/demo-page", "{}").0, 403);
    let says = r#"{"platform":"messenger","from":"5001","name":"Zoe Quinn","text":"Are you open today?"}"#;
    let (head, body) = server.send("POST /simulators/say", &[("Content-Type", "application/json")], says);
    assert!(head.starts_with("HTTP/1.1 2"), "{head}\n{body}");
    eventually_blocking("it is taken in", || {
        dir.run("events --data d").out.contains("jackfield.session.created")
    });
    assert!(server.stop());
}

#[test]
fn without_the_demo_there_are_no_platforms() {
    let dir = TestDir::new();
    let server = dir.serve("serve --http 127.0.0.1:0 --data d");
    assert_eq!(server.get("/simulators/log", None).0, 404);
    assert_eq!(server.post("/channels/messenger/demo-page", "{}").0, 404);
    assert!(server.stop());
}
