use bayeux::{Malformed, RequestMessage, Response, Subscription, named_sessions, parse};
use serde_json::{Value, json};

use crate::host::{TestHost, polling};

fn one(body: &str) -> RequestMessage {
    parse(body.as_bytes()).unwrap().remove(0)
}

// spec: bayeux-conformance#1.
#[test]
fn a_single_object_is_an_array_of_one() {
    assert_eq!(parse(b"{\"channel\":\"/meta/connect\"}"), parse(b"[{\"channel\":\"/meta/connect\"}]"));
}

// spec: bayeux-conformance#5, #69.
#[test]
fn malformed_json_is_named_with_its_place() {
    assert_eq!(parse(b"[{\"a\": }]"), Err(Malformed::Syntax { line: 1, column: 8 }));
    assert!(matches!(parse(b"[{\"a\":\"\xff\"}]"), Err(Malformed::Syntax { .. })));
    let deep = "[".repeat(10_000);
    assert!(matches!(parse(deep.as_bytes()), Err(Malformed::Syntax { .. })));
}

// spec: bayeux-conformance#5.
#[test]
fn what_is_no_object_is_no_message() {
    for body in ["\"text\"", "7", "null", "[7]", "[{\"channel\":\"/x\"}, \"text\"]", "[[]]"] {
        assert_eq!(parse(body.as_bytes()), Err(Malformed::NotObjects), "{body}");
    }
}

// spec: bayeux-conformance#6.
#[test]
fn an_empty_array_and_an_empty_body_are_told_apart() {
    assert_eq!(parse(b"[]"), Err(Malformed::NoMessages));
    assert_eq!(parse(b""), Err(Malformed::EmptyBody));
    assert_eq!(parse(b" \r\n"), Err(Malformed::EmptyBody));
}

#[test]
fn a_batch_has_a_limit() {
    let body = Value::Array(vec![json!({}); 129]).to_string();
    assert_eq!(parse(body.as_bytes()), Err(Malformed::TooMany(129)));
    let body = Value::Array(vec![json!({}); 128]).to_string();
    assert_eq!(parse(body.as_bytes()).unwrap().len(), 128);
}

// spec: bayeux-conformance#11.
#[test]
fn the_id_is_echoed_as_text_and_absence_is_kept() {
    let mut host = TestHost::new();
    let ask = |host: &mut TestHost, id: Value| {
        let mut body = json!({"channel": "/meta/handshake", "id": id});
        if id.is_null() {
            body.as_object_mut().unwrap().remove("id");
        }
        host.reply(&polling("agent1"), &body)
    };
    assert_eq!(ask(&mut host, json!("abc"))["id"], "abc");
    assert_eq!(ask(&mut host, json!(7))["id"], "7");
    assert!(ask(&mut host, Value::Null).get("id").is_none());
}

// spec: bayeux-conformance#12.
#[test]
fn replies_have_the_listed_members_and_no_client_id() {
    let mut host = TestHost::new();
    let who = polling("agent1");
    let id = host.open(&who);
    let reply = host.reply(
        &who,
        &json!({"channel": "/meta/subscribe", "clientId": id, "id": "3", "subscription": "/v2/me/calls"}),
    );
    assert_eq!(
        reply,
        json!({"channel": "/meta/subscribe", "successful": true, "id": "3", "subscription": "/v2/me/calls"})
    );
    let hold = host.connect(&who, &id);
    assert_eq!(host.finish(hold), [json!({"channel": "/meta/connect", "successful": true})]);
    let publish = host.reply(&who, &json!({"channel": "/chat", "clientId": id, "data": {}}));
    assert!(publish.get("clientId").is_none());
}

// spec: bayeux-conformance#11, #15, #16, #37: a member of the wrong type is a member that is not there.
#[test]
fn odd_members_are_read_leniently() {
    let message =
        one(r#"{"channel":7,"clientId":null,"id":true,"advice":"soon","ext":[1],"connectionType":{}}"#);
    assert_eq!(message, RequestMessage::default());
    let message = one(r#"{"advice":{"timeout":1500.0,"interval":-3},"subscription":["/a",7],"data":null}"#);
    let advice = message.advice.unwrap();
    assert_eq!((advice.timeout, advice.interval), (Some(1500), None));
    assert_eq!(message.subscription, Some(Subscription::Many(vec!["/a".into(), "7".into()])));
    assert!(message.has_data);
}

#[test]
fn the_sessions_of_a_batch_are_listed_without_handshakes() {
    let batch = parse(
        br#"[{"channel":"/meta/subscribe","clientId":"a"},{"channel":"/meta/connect","clientId":"b"},
             {"channel":"/meta/handshake","clientId":"old"},{"channel":"/x"}]"#,
    )
    .unwrap();
    assert_eq!(named_sessions(&batch).collect::<Vec<_>>(), ["a", "b"]);
}

// spec: bayeux-conformance#53, #79.
#[test]
fn an_event_is_its_channel_and_the_bytes_it_was_made_of() {
    let mut response = Response::new();
    assert!(response.is_empty());
    response.event("/v2/me/\"calls\"", b"{\"n\": 1.0 }");
    response.event("/b", b"null");
    let length = response.len();
    let bytes = response.finish();
    assert_eq!(bytes.len(), length);
    assert_eq!(
        String::from_utf8(bytes).unwrap(),
        r#"[{"channel":"/v2/me/\"calls\"","data":{"n": 1.0 }},{"channel":"/b","data":null}]"#
    );
}

// spec: bayeux-conformance#61.
#[test]
fn a_clock_question_is_answered_with_receipt_time_and_error() {
    let mut host = TestHost::new();
    let who = polling("agent1");
    let now = host.now;
    let body = json!({"channel": "/meta/handshake", "ext": {"timesync": {"tc": now - 500, "l": 0, "o": 0}}});
    let reply = host.reply(&who, &body);
    assert_eq!(reply["ext"], json!({"timesync": {"tc": now - 500, "ts": now, "p": 0, "a": -500}}));

    let id = reply["clientId"].clone();
    let hold = host.hold(
        &who,
        &json!({"channel": "/meta/connect", "clientId": id, "ext": {"timesync": {"tc": now - 500, "l": 90, "o": 400}}}),
    );
    host.now += 1234;
    let answer = host.finish(hold);
    assert_eq!(
        answer[0]["ext"],
        json!({"timesync": {"tc": now - 500, "ts": now, "p": 1234}}),
        "accurate: no a"
    );
}

// spec: bayeux-conformance#61, #62.
#[test]
fn other_extensions_are_neither_used_nor_echoed() {
    let mut host = TestHost::new();
    let body =
        json!({"channel": "/meta/handshake", "ext": {"binary": true, "timesync": "now", "my": {"x": 1}}});
    assert!(host.reply(&polling("agent1"), &body).get("ext").is_none());
}

// spec: bayeux-conformance#31, #54.
#[test]
fn a_publish_is_refused_with_what_is_wrong_with_it() {
    let mut host = TestHost::new();
    let who = polling("agent1");
    let id = host.open(&who);
    let mut error = |body: Value| {
        let reply = host.reply(&who, &body);
        assert_eq!((&reply["successful"], reply.get("advice")), (&json!(false), None));
        reply["error"].as_str().unwrap().to_owned()
    };
    assert_eq!(error(json!({"channel": "/chat", "data": 1})), "402::Unknown client");
    assert_eq!(error(json!({"channel": "/chat", "data": 1, "clientId": "nobody"})), "402::Unknown client");
    assert_eq!(error(json!({"data": 1, "clientId": id})), "400::channel_missing");
    assert_eq!(error(json!({"channel": "chat", "clientId": id})), "405::channel_invalid");
    assert!(
        error(json!({"channel": "/meta/x", "clientId": id})).starts_with("403:denied_by_security_policy:")
    );
    for channel in ["/chat", "/service/x"] {
        let text = error(json!({"channel": channel, "clientId": id, "data": {}}));
        assert_eq!(text, "403:denied_by_security_policy:publish_denied");
    }
}
