use bayeux::{Admission, Advice, BatchRefused, Config, Reconnect};
use serde_json::json;

use crate::host::{TestHost, Who, polling, socket};

// spec: bayeux-conformance#14.
#[test]
fn success_carries_version_id_types_and_advice() {
    let mut host = TestHost::new();
    let body =
        json!({"channel": "/meta/handshake", "id": "1", "supportedConnectionTypes": ["callback-polling"]});
    let reply = host.reply(&polling("agent1"), &body);
    assert_eq!(
        reply,
        json!({
            "channel": "/meta/handshake", "id": "1", "successful": true,
            "version": "1.0", "minimumVersion": "1.0", "clientId": reply["clientId"],
            "supportedConnectionTypes": ["websocket", "long-polling"],
            "advice": {"reconnect": "retry", "interval": 0, "timeout": 30000},
        })
    );
}

// spec: bayeux-conformance#15.
#[test]
fn missing_and_odd_members_still_succeed() {
    let mut host = TestHost::new();
    for body in [
        json!({"channel": "/meta/handshake"}),
        json!({"channel": "/meta/handshake", "minimumVersion": "0.9", "advice": {"timeout": 0}}),
        json!({"channel": "/meta/handshake", "supportedConnectionTypes": ["pigeon"], "version": 3}),
    ] {
        assert_eq!(host.reply(&polling("agent1"), &body)["successful"], true, "{body}");
    }
}

// spec: bayeux-conformance#16.
#[test]
fn the_client_id_of_a_handshake_is_ignored() {
    let mut host = TestHost::new();
    let who = polling("agent1");
    let old = host.open(&who);
    for id in [json!(null), json!("bogus"), json!(old)] {
        let reply = host.reply(&who, &json!({"channel": "/meta/handshake", "clientId": id}));
        assert_ne!(reply["clientId"], old);
    }
    let hold = host.connect(&who, &old);
    assert_eq!(host.finish(hold)[0]["successful"], true, "the old session goes on");
}

// spec: bayeux-conformance#17.
#[test]
fn client_ids_are_all_of_the_randomness_given() {
    let mut host = TestHost::new();
    let id = host.open(&polling("agent1"));
    assert_eq!(id, format!("{:032x}", 1));
}

// spec: bayeux-conformance#18.
#[test]
fn a_cookie_is_set_only_where_there_was_none() {
    let mut host = TestHost::new();
    let mut set = |browser: Option<&str>, who: Who| {
        let who = Who { browser: browser.map(String::from), ..who };
        let answers = host.send(&who, &json!({"channel": "/meta/handshake"}));
        let [bayeux::MessageAnswer::Reply(reply)] = &answers[..] else { panic!("{answers:?}") };
        reply.set_browser().map(str::to_owned)
    };
    let fresh = set(None, polling("agent1")).expect("a new cookie");
    assert_eq!(fresh.len(), 32);
    assert_eq!(set(Some("any value"), polling("agent1")), None);
    assert_eq!(set(None, socket("agent1")), None, "a socket cannot set one");
    let long = "x".repeat(5000);
    assert!(set(Some(&long), polling("agent1")).is_some(), "an absurd value is replaced");
}

// spec: bayeux-conformance#19.
#[test]
fn a_handshake_with_company_fails_the_whole_request() {
    let mut host = TestHost::new();
    let who = polling("agent1");
    let id = host.open(&who);
    let body = json!([
        {"channel": "/meta/subscribe", "clientId": id, "subscription": "/a"},
        {"channel": "/meta/handshake"},
    ]);
    assert!(matches!(host.try_send(&who, &body), Err(BatchRefused::HandshakeNotAlone)));
    assert_eq!(host.hub.len(), 1);
    assert!(host.names(&id).is_empty(), "nothing was carried out");
}

// spec: bayeux-conformance#20.
#[test]
fn a_denied_handshake_opens_nothing() {
    let mut host = TestHost::new();
    host.admission = Admission::Denied { advice: None, ext: None };
    let reply = host.reply(&polling("agent1"), &json!({"channel": "/meta/handshake", "id": "1"}));
    assert_eq!(
        reply,
        json!({"channel": "/meta/handshake", "id": "1", "successful": false,
               "error": "403::handshake_denied", "advice": {"reconnect": "none"}})
    );
    assert!(host.hub.is_empty());
}

// spec: bayeux-conformance#20.
#[test]
fn the_hosts_own_advice_and_ext_are_delivered() {
    let mut host = TestHost::new();
    let advice = Advice { interval: Some(5000), ..Advice::only(Reconnect::Handshake) };
    let ext = json!({"why": "maintenance"}).as_object().cloned();
    host.admission = Admission::Denied { advice: Some(advice), ext };
    let reply = host.reply(&polling("agent1"), &json!({"channel": "/meta/handshake"}));
    assert_eq!(reply["advice"], json!({"reconnect": "handshake", "interval": 5000}));
    assert_eq!(reply["ext"], json!({"why": "maintenance"}));
}

// spec: bayeux-conformance#21.
#[test]
fn a_new_session_has_nothing_of_the_expired_one() {
    let mut host = TestHost::new();
    let who = polling("agent1");
    let old = host.listening(&who);
    host.note("/v2/me/calls", &json!(1));
    host.now += 10_000;
    host.hub.sweep(host.now);
    assert!(!host.alive(&old));
    host.start = host.mailbox.last().unwrap().position;
    let new = host.listening(&who);
    assert_ne!(new, old);
    host.note("/v2/me/calls", &json!(2));
    let hold = host.connect(&who, &new);
    let answer = host.finish(hold);
    assert_eq!(answer[0], json!({"channel": "/v2/me/calls", "data": 2}));
}

#[test]
fn sessions_of_one_user_are_limited_until_some_expire() {
    let mut host = TestHost::with(Config { max_sessions_per_principal: 2, ..Config::default() });
    let who = polling("agent1");
    host.open(&who);
    host.open(&who);
    let reply = host.reply(&who, &json!({"channel": "/meta/handshake"}));
    assert_eq!(reply["error"], "403::handshake_denied");
    assert_eq!(reply["advice"], json!({"reconnect": "handshake", "interval": 10000}));
    host.open(&polling("agent2"));
    host.now += 10_000;
    host.hub.sweep(host.now);
    host.open(&who);
}
