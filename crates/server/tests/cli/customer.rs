//! A customer and an agent at one address: `/api/v2/chats` serves both, told apart by the header `ContactCenterId`.

use crate::process::{Server, TestDir};
use serde_json::{Value, json};
use testkit::wait::found_blocking;

const SERVE: &str = "serve --demo --data d --http 127.0.0.1:0";
const CENTRE: (&str, &str) = ("ContactCenterId", "c0ffee00-0000-4000-8000-000000000001");
/// `agent1@demo:demo`
const AGENT: (&str, &str) = ("Authorization", "Basic YWdlbnQxQGRlbW86ZGVtbw==");

fn asked(server: &Server, ask: &str, who: &[(&str, &str)], body: &Value) -> (u16, Value) {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let (head, answer) = server.send(ask, who, &body);
    (head.split(' ').nth(1).unwrap().parse().unwrap(), serde_json::from_str(&answer).unwrap())
}

/// As the customer, who is always understood here.
fn customer(server: &Server, ask: &str, body: &Value) -> Value {
    let (status, answer) = asked(server, ask, &[CENTRE], body);
    assert_eq!((status, &answer["statusCode"]), (200, &json!(0)), "{ask}: {answer}");
    answer
}

/// As the agent, likewise.
fn agent(server: &Server, ask: &str, body: &Value) -> Value {
    let (status, answer) = asked(server, ask, &[AGENT], body);
    assert_eq!((status, &answer["statusCode"]), (200, &json!(0)), "{ask}: {answer}");
    answer
}

/// The agent gets ready and takes the one chat there is; answers its address.
fn takes(server: &Server) -> String {
    agent(
        server,
        "POST /api/v2/me",
        &json!({"operationName": "StartContactCenterSession", "channels": ["chat"]}),
    );
    agent(server, "POST /api/v2/me/channels/chat", &json!({"operationName": "Ready"}));
    let chat = found_blocking("somebody is offered", || {
        agent(server, "GET /api/v2/me/chats?fields=*", &Value::Null)["chats"].get(0).cloned()
    });
    let accept = json!({"operationName": "Accept", "nickname": "Ada"});
    agent(server, &format!("POST /api/v2/me{}", chat["path"].as_str().unwrap()), &accept);
    let (_, path) = chat["uri"].as_str().unwrap().split_once("/api/").unwrap();
    format!("/api/{path}")
}

#[test]
fn a_customer_and_an_agent_talk_below_one_address() {
    let dir = TestDir::new();
    let server = dir.serve(SERVE);
    let request = json!({"operationName": "RequestChat", "nickname": "Ines", "subject": "Invoice"});
    let opened = customer(&server, "POST /api/v2/chats", &request);
    let of_customer = opened["path"].as_str().unwrap();
    let says = json!({"operationName": "SendMessage", "text": "Hello"});
    customer(&server, &format!("POST {of_customer}"), &says);
    let of_agent = takes(&server);
    assert_ne!(of_customer, of_agent);

    let chat = agent(&server, &format!("GET {of_agent}"), &Value::Null);
    assert_eq!(chat["chat"]["userData"]["Subject"], "Invoice");
    let log = agent(&server, &format!("GET {of_agent}/messages"), &Value::Null);
    assert_eq!(log["messages"][1]["text"], "Hello");
    // Neither gets in at the other's address.
    for (ask, who, expected) in [
        (format!("GET {of_customer}"), AGENT, (400, 1)),
        (format!("GET {of_agent}"), CENTRE, (400, 6)),
        (format!("GET {of_agent}"), ("Accept", "*/*"), (403, 20)),
    ] {
        let (status, answer) = asked(&server, &ask, &[who], &Value::Null);
        assert_eq!((status, answer["statusCode"].as_u64().unwrap()), expected, "{ask} {who:?}");
    }
    assert_eq!(customer(&server, &format!("GET {of_customer}"), &Value::Null)["chat"]["state"], "Chatting");
    let poll = format!("GET {of_customer}/messages/");
    assert_eq!(customer(&server, &poll, &Value::Null)["messages"].as_array().unwrap().len(), 3);
    assert_eq!(customer(&server, &poll, &Value::Null)["messages"], json!([]));

    assert!(server.stop());
    let server = dir.serve(SERVE);
    assert_eq!(customer(&server, &format!("GET {of_customer}"), &Value::Null)["chat"]["state"], "Chatting");
    customer(&server, &format!("POST {of_customer}"), &json!({"operationName": "Complete"}));
    assert!(server.stop());

    let key = opened["id"].as_str().unwrap().as_bytes();
    for file in std::fs::read_dir(dir.path("d")).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        assert!(!bytes.windows(key.len()).any(|window| window == key));
    }
}

#[test]
fn browsers_may_send_what_a_customer_or_an_agent_sends() {
    let dir = TestDir::new();
    let server = dir.serve(SERVE);
    let may = |path: &str, headers: &str| {
        let asks = [
            ("Origin", "https://shop.example"),
            ("Access-Control-Request-Method", "POST"),
            ("Access-Control-Request-Headers", headers),
        ];
        server.send(&format!("OPTIONS {path}"), &asks, "").0.to_lowercase()
    };
    for path in ["/api/v2/chats", "/api/v2/chats/0f8a1c52-3b7d-4e10-9c44-5a6b7c8d9e0f/messages"] {
        let head = may(path, "contactcenterid,content-type");
        assert!(head.starts_with("http/1.1 200"), "{head}");
        assert!(head.contains("access-control-allow-origin: *\r\n"), "{head}");
        assert!(head.contains("contactcenterid"), "{head}");
    }
    // This site is not on the agents' list.
    let head = may("/api/v2/chats/0001KaF7Q2M80C1D", "authorization,content-type");
    assert!(!head.contains("access-control-allow-origin"), "{head}");
}
