//! One conversation followed through the log: every line of an operation on it names it, and none tells what was said.

use crate::process::{Server, TestDir};
use serde_json::{Value, json};
use testkit::wait::found_blocking;

const SERVE: &str = "serve --demo --data d --http 127.0.0.1:0";
/// `agent1@demo:demo`
const AGENT: (&str, &str) = ("Authorization", "Basic YWdlbnQxQGRlbW86ZGVtbw==");
const JSON: (&str, &str) = ("Content-Type", "application/json");
const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");

fn answered(answer: &(String, String)) -> Value {
    assert!(answer.0.starts_with("HTTP/1.1 2"), "{}\n{}", answer.0, answer.1);
    serde_json::from_str(&answer.1).unwrap_or_default()
}

fn agent(server: &Server, ask: &str, body: &Value) -> Value {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    answered(&server.send(ask, &[AGENT], &body))
}

/// The agent gets ready for a medium and takes the one conversation there is; answers its id.
fn takes(server: &Server, channel: &str, collection: &str) -> String {
    let begin = json!({"operationName": "StartContactCenterSession", "channels": [channel]});
    agent(server, "POST /api/v2/me", &begin);
    agent(server, &format!("POST /api/v2/me/channels/{channel}"), &json!({"operationName": "Ready"}));
    let id = found_blocking("an offer", || {
        let held = agent(server, &format!("GET /api/v2/me/{collection}?fields=*"), &Value::Null);
        held[collection].get(0).map(|held| held["id"].as_str().unwrap().to_owned())
    });
    let accept = json!({"operationName": "Accept", "nickname": "Ada"});
    agent(server, &format!("POST /api/v2/me/{collection}/{id}"), &accept);
    id
}

/// The whole log, once the server has ended.
fn ended(server: Server, dir: &TestDir) -> String {
    let done = |log: &str| log.contains("stopping");
    server.tell_to_stop();
    let log = found_blocking("the end", || Some(server.log()).filter(|log| done(log)));
    drop((server, dir));
    log
}

/// The lines that contain all of these words. There are some, and each names the conversation.
#[track_caller]
fn each_names_it(log: &str, id: &str, words: &[&str]) {
    let found: Vec<&str> = log.lines().filter(|line| words.iter().all(|word| line.contains(word))).collect();
    assert!(!found.is_empty(), "no line has {words:?} in\n{log}");
    for line in found {
        assert!(line.contains(id), "does not name {id}: {line}");
    }
}

#[track_caller]
fn tells_nothing_of(log: &str, words: &[&str]) {
    for word in words {
        let line = log.lines().find(|line| line.contains(word));
        assert_eq!(line, None, "'{word}' stands in the log");
    }
}

#[test]
fn a_text_message_is_followed_from_the_webhook_over_the_desk_to_the_provider() {
    let dir = TestDir::new();
    let server = dir.serve_in(SERVE, [("RUST_LOG", "debug")]);
    let says = json!({"platform": "sms", "from": "+15550298", "text": "Purple elephants"});
    answered(&server.send("POST /simulators/say", &[JSON], &says.to_string()));
    let id = takes(&server, "smsession", "smsessions");
    let address = format!("/api/v2/me/smsessions/{id}");
    agent(&server, &format!("POST {address}"), &json!({"operationName": "SendMessage", "text": "Marmalade"}));
    found_blocking("what became of the message", || {
        let log = agent(&server, &format!("GET {address}/messages"), &Value::Null);
        log.to_string().contains("elivered").then_some(())
    });
    agent(
        &server,
        &format!("POST {address}"),
        &json!({"operationName": "SetDisposition", "disposition": "Quality"}),
    );
    let stop = json!({"platform": "sms", "from": "+15550298", "text": "STOP"});
    answered(&server.send("POST /simulators/say", &[JSON], &stop.to_string()));
    found_blocking("that the customer wants no more", || {
        let course = dir.run(&format!("trace {id} --data d"));
        let told = course.out.contains("the customer does not want to hear from us, by a word they sent");
        told.then_some(())
    });
    let log = ended(server, &dir);

    // The provider may deliver a webhook again, which then is about nothing.
    let webhook = |line: &str| line.contains("request{method=\"POST\" route=\"/channels/sms/{account}\"");
    assert!(
        log.lines().any(|line| webhook(line) && line.contains(&id) && line.contains("status=200")),
        "{log}"
    );
    for layer in [
        &["kind=\"receive.said\"", "interaction="][..],
        &["command{kind=\"offer\""],
        &["route=\"/api/v2/me/smsessions/{id}\"", "user=\"agent1@demo\"", "operation=\"Accept\""],
        &["route=\"/api/v2/me/smsessions/{id}\"", "operation=\"SendMessage\"", "status=200"],
        &["kind=\"session.accept\""],
        &["kind=\"session.say\"", "reference="],
        &["kind=\"session.set-disposition\""],
        &["connector{service=\"demo-sms\" call=\"send\""],
        &["connector{", "outcome=\"sent\""],
        &["kind=\"report\""],
        &["route=\"/channels/sms/{account}/status/{session}/{index}\""],
    ] {
        each_names_it(&log, &id, layer);
    }
    tells_nothing_of(&log, &["Purple", "elephants", "15550298", "Marmalade", "YWdlbnQx"]);
}

#[test]
fn a_chat_is_followed_through_the_log_that_servers_write_by_themselves() {
    let dir = TestDir::new();
    let server = dir.serve_in(SERVE, [("RUST_LOG", "info,desk=debug,jackfield=debug")]);
    let opened = "nickname=Inesita&subject=Purple&message=elephants";
    let opened = answered(&server.send("POST /genesys/2/chat/customer-support", &[FORM], opened));
    let of = |name: &str| opened[name].as_str().unwrap().to_owned();
    let (id, user, key) = (of("chatId"), of("userId"), of("secureKey"));
    let own = format!("userId={user}&secureKey={key}");
    let chat = format!("POST /genesys/2/chat/customer-support/{id}");
    answered(&server.send(&format!("{chat}/send"), &[FORM], &format!("{own}&message=zebras")));
    assert_eq!(takes(&server, "chat", "chats"), id);
    answered(&server.send(&format!("{chat}/disconnect"), &[FORM], &own));
    let address = format!("POST /api/v2/me/chats/{id}");
    agent(&server, &address, &json!({"operationName": "SetComment", "comment": "Marmalade"}));
    agent(&server, &address, &json!({"operationName": "Complete"}));
    let log = ended(server, &dir);

    for layer in [
        &["route=\"/genesys/2/chat/{service}\"", "operation=\"request\""][..],
        &["route=\"/genesys/2/chat/{service}/{chat_id}/{command}\"", "operation=\"send\""],
        &["kind=\"customer.say\""],
        &["kind=\"session.complete\""],
        &["route=\"/api/v2/me/chats/{id}\"", "operation=\"SetComment\""],
    ] {
        each_names_it(&log, &id, layer);
    }
    tells_nothing_of(&log, &["Inesita", "Purple", "elephants", "zebras", "Marmalade", &key]);
}

#[test]
fn the_pass_of_a_customer_is_in_no_span() {
    let dir = TestDir::new();
    let server = dir.serve_in(SERVE, [("RUST_LOG", "debug")]);
    let customer = [("ContactCenterId", "c0ffee00-0000-4000-8000-000000000001")];
    let request = json!({"operationName": "RequestChat", "nickname": "Inesita"});
    let opened = answered(&server.send("POST /api/v2/chats", &customer, &request.to_string()));
    let pass = opened["id"].as_str().unwrap().to_owned();
    let says = json!({"operationName": "SendMessage", "text": "Purple"});
    answered(&server.send(&format!("POST /api/v2/chats/{pass}"), &customer, &says.to_string()));
    answered(&server.send(&format!("GET /api/v2/chats/{pass}/messages"), &customer, ""));
    let unknown = json!({"operationName": "my name is Inesita"});
    server.send(&format!("POST /api/v2/chats/{pass}"), &customer, &unknown.to_string());
    let id = takes(&server, "chat", "chats");
    let log = ended(server, &dir);
    each_names_it(&log, &id, &["route=\"/api/v2/chats/{id}\"", "operation=\"SendMessage\""]);
    each_names_it(&log, &id, &["route=\"/api/v2/chats/{id}/messages\"", "operation=\"GetMessages\""]);
    tells_nothing_of(&log, &[&pass, "Inesita", "Purple"]);
}
