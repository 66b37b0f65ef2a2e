//! Accounts at SMS providers: what `config check` says of them, and that a server takes their webhooks.

use crate::process::{Said, TestDir};

/// A centre with one service that texts; the account of it follows.
const CENTRE: &str = r#"
[[queues]]
name = "Support"

[[services]]
name = "texts"
medium = "smsession"
queue = "Support"
"#;

/// An account that is in order.
const ACCOUNT: &str = r#"
[[sms]]
service = "texts"
account_sid = "AC1"
from = ["+15550100"]
auth_token_env = "SMS_TOKEN"
"#;

fn check(toml: &str) -> Said {
    let dir = TestDir::new();
    dir.write("centre.toml", toml);
    dir.write("token", "hush-from-file\n");
    dir.run_in("config check --config centre.toml", ("SMS_TOKEN", "hush"))
}

fn with(lines: &str) -> String {
    format!("{CENTRE}{ACCOUNT}{lines}\n")
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
fn an_account_in_order_says_where_its_webhooks_go() {
    let said = check(&with(""));
    assert!(said.ok, "{}", said.err);
    assert!(
        said.out.contains("takes webhooks of 'texts' at http://localhost:8080/channels/sms/texts"),
        "{}",
        said.out
    );
    assert!(!said.out.contains("warning"), "{}", said.out);
}

#[test]
fn an_answer_that_could_not_be_sent_is_refused_before_it_is_needed() {
    let long = format!("[sms.replies]\nopt_out = \"{}\"", "ж".repeat(661));
    refused(&with(&long), &["texts", "replies.opt_out", "at most 10 are allowed"]);
    assert!(check(&with(&format!("[sms.replies]\nopt_out = \"{}\"", "ж".repeat(660)))).ok);
}

#[test]
fn everything_can_be_set() {
    let said = check(&with(
        r#"
secondary_token_file = "token"
api_key_sid = "SK1"
api_key_secret_file = "token"
messaging_service_sid = "MG1"
base_url = "https://sms.example/base"
address_prefix = "whatsapp:"
signature_header = "X-Signature"
repetition_header = "X-Again"
transliterate = "full"
max_parts = 3
per_second = 5
burst = 2
validity_seconds = 60
smart_encoded = true
status_callbacks = false
[sms.keywords]
opt_out = ["ENDE"]
opt_in = ["ANFANG"]
opt_in_if_out = ["JA"]
help = ["HILFE"]
[sms.replies]
opt_out = "Auf Wiedersehen."
opt_in = "Willkommen."
help = "Wir helfen."
"#,
    ));
    assert!(said.ok, "{}", said.err);
}

#[test]
fn an_unknown_key_is_named() {
    refused(&with("from_number = 1"), &["centre.toml", "from_number", "messaging_service_sid"]);
    refused(&with("[sms.keywords]\nstop = []"), &["centre.toml", "keywords.stop", "opt_out"]);
}

#[test]
fn a_secret_does_not_stand_in_the_file() {
    refused(&with("auth_token = \"hush\""), &["auth_token", "auth_token_env"]);
    let name = "'auth_token_env' is the name of a variable of the environment";
    refused(&with("").replace("SMS_TOKEN", "hush-itself"), &["[[sms]] 'texts'", name]);
    refused(&with("").replace("SMS_TOKEN", "JACKFIELD_TOKEN"), &[name]);
}

#[test]
fn a_secret_that_is_not_there_is_named_by_its_place() {
    refused(&with("").replace("SMS_TOKEN", "OTHER"), &["auth_token_env", "there is no variable OTHER"]);
    refused(
        &with("api_key_sid = \"SK1\"\napi_key_secret_file = \"nowhere\""),
        &["api_key_secret_file", "nowhere"],
    );
    refused(
        &with("auth_token_file = \"token\""),
        &["'auth_token_env' and 'auth_token_file' exclude each other"],
    );
    refused(
        &with("").replace("auth_token_env = \"SMS_TOKEN\"", ""),
        &["'auth_token_env' or 'auth_token_file' is missing"],
    );
    refused(&with("api_key_sid = \"SK1\""), &["'api_key_sid' needs 'api_key_secret_env'"]);
}

#[test]
fn an_account_belongs_to_a_service_that_texts() {
    refused(
        &with("").replace("service = \"texts\"", "service = \"other\""),
        &["[[sms]] 'other'", "no service"],
    );
    let chat = with("").replace("medium = \"smsession\"", "medium = \"chat\"");
    refused(&chat, &["[[sms]] 'texts'", "'chat'", "connector sms"]);
    refused(&format!("{}{ACCOUNT}", with("")), &["'texts' stands there twice"]);
    let said = check(CENTRE);
    assert!(said.ok && said.out.contains("warning: service 'texts' has no [[sms]]"), "{said:?}");
}

#[test]
fn a_provider_is_asked_over_https() {
    refused(&with("base_url = \"http://sms.example\""), &["'base_url'", "https"]);
    refused(&with("base_url = \"https://me:hush@sms.example\""), &["'base_url'", "password"]);
    refused(&with("base_url = \"sms.example\""), &["'base_url'", "no URL"]);
}

#[test]
fn what_cannot_be_meant_is_refused() {
    refused(&with("").replace("[\"+15550100\"]", "[]"), &["'from'", "at least one"]);
    refused(&with("").replace("\"+15550100\"", "\" +1\""), &["'from'", "no address"]);
    let prefixed = with("address_prefix = \"whatsapp:\"").replace("\"+1", "\"whatsapp:+1");
    refused(&prefixed, &["'from'", "without 'whatsapp:'"]);
    refused(&with("per_second = 0"), &["centre.toml", "per_second"]);
    refused(&with("transliterate = \"some\""), &["centre.toml", "transliterate"]);
    refused(&with("signature_header = \"two words\""), &["'signature_header'", "two words"]);
    refused(&with("").replace("\"AC1\"", "\"A C\""), &["'account_sid'"]);
}

#[test]
fn the_token_of_the_demo_is_for_the_demo() {
    let dir = TestDir::new();
    dir.write("centre.toml", &with(""));
    let token = ("SMS_TOKEN", "demo-sms-token");
    for line in ["config check", "serve --http 127.0.0.1:0"] {
        let said = dir.run_in(&format!("{line} --config centre.toml"), token);
        assert!(!said.ok && said.err.contains("the 'auth_token' is the demo's"), "{said:?}");
    }
}

#[test]
fn a_server_takes_the_webhooks_of_its_accounts_and_of_no_other() {
    let dir = TestDir::new();
    dir.write(
        "centre.toml",
        &with("").replace("auth_token_env = \"SMS_TOKEN\"", "auth_token_file = \"token\""),
    );
    dir.write("token", "gws-test-token");
    let server =
        dir.serve("serve --config centre.toml --http 127.0.0.1:0 --public-url https://sms.example.org");
    assert_eq!(server.post("/channels/sms/other", "A=1").0, 404);
    assert_eq!(server.post("/channels/sms/texts", "A=1").0, 403);
    // Over https://sms.example.org/channels/sms/texts, with this token.
    let form = "MessageSid=SM1&From=%2B15550001111&To=%2B15550100&Body=Hello";
    let kind = ("Content-Type", "application/x-www-form-urlencoded");
    let given = ("X-Twilio-Signature", "ICPzZ5TYVrD/jLrztGqXfjd64tA=");
    let (head, body) = server.send("POST /channels/sms/texts", &[kind, given], form);
    assert!(head.starts_with("HTTP/1.1 200") && body == "<Response/>", "{head}\n{body}");
    assert!(
        server.get("/metrics", None).1.contains("jackfield_webhooks_refused_total"),
        "and counts the rest"
    );
    assert!(server.stop());
    let told = dir.run("events --config centre.toml").out;
    assert!(told.contains("session.created"), "{told}");
}

#[test]
fn the_demo_has_an_account_without_being_told() {
    let dir = TestDir::new();
    let server = dir.serve("serve --demo --http 127.0.0.1:0");
    assert_eq!(server.post("/channels/sms/demo-sms", "A=1").0, 403);
    assert!(server.stop());
}
