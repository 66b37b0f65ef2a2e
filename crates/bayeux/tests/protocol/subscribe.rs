use bayeux::{Config, Subscriptions};
use serde_json::{Value, json};

use crate::host::{TestHost, polling};

fn pick<'a>(names: &[&str], spellings: &[&'a str]) -> Option<&'a str> {
    Subscriptions::new(names.iter().copied()).pick(spellings)
}

// spec: bayeux-conformance#39.
#[test]
fn subscribing_works_before_the_first_connect_and_twice_counts_once() {
    let mut host = TestHost::new();
    let who = polling("agent1");
    let id = host.open(&who);
    for _ in 0..2 {
        assert_eq!(host.subscribe(&who, &id, "/v2/me/calls")["successful"], true);
    }
    host.note("/v2/me/calls", &json!(1));
    let hold = host.connect(&who, &id);
    assert_eq!(host.finish(hold).len(), 2, "one event, one reply");
}

// spec: bayeux-conformance#40.
#[test]
fn an_array_is_taken_in_order_up_to_the_first_failure() {
    let mut host = TestHost::new();
    let who = polling("agent1");
    let id = host.open(&who);
    let mut ask = |kind: &str, names: Value| {
        let body = json!({"channel": format!("/meta/{kind}"), "clientId": id, "subscription": names});
        let reply = host.reply(&who, &body);
        assert_eq!(reply["subscription"], names, "echoed as it came");
        (reply["successful"].as_bool().unwrap(), host.names(&id).join(" "))
    };
    assert_eq!(ask("subscribe", json!(["/a", "/b"])), (true, "/a /b".into()));
    assert_eq!(ask("subscribe", json!(["/c", "bad", "/d"])), (false, "/a /b /c".into()));
    assert_eq!(ask("unsubscribe", json!(["/a", "/c"])), (true, "/b".into()));
}

// spec: bayeux-conformance#41.
#[test]
fn missing_and_invalid_names_are_told_apart() {
    let mut host = TestHost::new();
    let who = polling("agent1");
    let id = host.open(&who);
    let mut error = |names: Value| {
        let reply =
            host.reply(&who, &json!({"channel": "/meta/subscribe", "clientId": id, "subscription": names}));
        reply["error"].as_str().unwrap().to_owned()
    };
    for missing in [json!(null), json!([])] {
        assert_eq!(error(missing), "403::subscription_missing");
    }
    let long = format!("/{}", "x".repeat(600));
    for invalid in [json!("calls"), json!(""), json!("/"), json!(7), json!([{"a": 1}]), json!(long)] {
        assert_eq!(error(invalid), "403::subscription_invalid");
    }
}

// spec: bayeux-conformance#42.
#[test]
fn meta_channels_are_refused() {
    let mut host = TestHost::new();
    let who = polling("agent1");
    let id = host.open(&who);
    for channel in ["/meta/connect", "/meta/*", "/meta/**", "/meta"] {
        let reply = host.subscribe(&who, &id, channel);
        let error = reply["error"].as_str().unwrap();
        assert!(error.starts_with("403:denied_by_security_policy:"), "{channel}: {error}");
    }
}

// spec: bayeux-conformance#43.
#[test]
fn everything_is_accepted_and_means_broadcast_channels_only() {
    let mut host = TestHost::new();
    let who = polling("agent1");
    let id = host.open(&who);
    assert_eq!(host.subscribe(&who, &id, "/**")["successful"], true);
    assert_eq!(pick(&["/**"], &["/v2/me/calls"]), Some("/v2/me/calls"));
    assert_eq!(pick(&["/**"], &["/meta/connect"]), None);
    assert_eq!(pick(&["/**"], &["/service/x"]), None);
}

// spec: bayeux-conformance#44.
#[test]
fn one_star_is_one_level_and_two_are_all_below() {
    let one = |channel| pick(&["/v2/me/*"], &[channel]).is_some();
    assert_eq!((one("/v2/me/calls"), one("/v2/me"), one("/v2/me/calls/x")), (true, false, false));
    assert!(!one("/v2/mean/calls"));
    let all = |channel| pick(&["/v2/**"], &[channel]).is_some();
    assert_eq!((all("/v2/me"), all("/v2/me/calls/x"), all("/v2"), all("/v3/me")), (true, true, false, false));
    assert!(pick(&["/*"], &["/a"]).is_some() && pick(&["/*"], &["/a/b"]).is_none());
}

// spec: bayeux-conformance#45.
#[test]
fn overlapping_subscriptions_deliver_one_copy() {
    let mut host = TestHost::new();
    let who = polling("agent1");
    let id = host.listening(&who);
    for channel in ["/v2/me/calls", "/v2/me/*"] {
        host.subscribe(&who, &id, channel);
    }
    host.note("/v2/me/calls", &json!(1));
    let hold = host.connect(&who, &id);
    assert_eq!(host.finish(hold).len(), 2);
}

#[test]
fn a_note_of_many_spellings_comes_under_the_one_subscribed_to() {
    let both = ["/v2/me/smsessions", "/v2/me/smssessions"];
    assert_eq!(pick(&["/v2/me/smssessions"], &both), Some(both[1]));
    assert_eq!(pick(&["/v2/me/smssessions", "/v2/me/*"], &both), Some(both[1]), "exact before pattern");
    assert_eq!(pick(&both, &both), Some(both[0]), "canonical first");
    assert_eq!(pick(&["/v2/me/*"], &both), Some(both[0]));
    assert_eq!(pick(&["/v2/me/calls"], &both), None);
    assert_eq!(pick(&["/old/*"], &["/v2/me/sms", "/old/sms"]), Some("/old/sms"));
}

// spec: bayeux-conformance#46.
#[test]
fn wildcards_are_only_legal_at_the_end() {
    let mut host = TestHost::new();
    let who = polling("agent1");
    let id = host.open(&who);
    for channel in ["/a/*/b", "/**/b", "/*/*"] {
        assert_eq!(host.subscribe(&who, &id, channel)["error"], "403::subscription_invalid", "{channel}");
    }
    assert_eq!(pick(&["/a/*/b"], &["/a/x/b"]), None);
    assert!(pick(&["/a/b*"], &["/a/bc"]).is_none(), "a star inside a segment is no wildcard");
}

// spec: bayeux-conformance#47.
#[test]
fn a_trailing_slash_names_the_same_channel() {
    let mut host = TestHost::new();
    let who = polling("agent1");
    let id = host.open(&who);
    let reply = host.subscribe(&who, &id, "/a/b/");
    assert_eq!((&reply["successful"], &reply["subscription"]), (&json!(true), &json!("/a/b/")));
    assert_eq!(host.names(&id), ["/a/b"]);
    let body = json!({"channel": "/meta/unsubscribe", "clientId": id, "subscription": "/a/b/"});
    assert_eq!(host.reply(&who, &body)["successful"], true);
    assert!(host.names(&id).is_empty());
}

// spec: bayeux-conformance#48.
#[test]
fn service_channels_are_accepted_without_effect() {
    let mut host = TestHost::new();
    let who = polling("agent1");
    let id = host.open(&who);
    for channel in ["/service/x", "/service/**"] {
        assert_eq!(host.subscribe(&who, &id, channel)["successful"], true);
    }
    assert!(host.names(&id).is_empty());
}

// spec: bayeux-conformance#49.
#[test]
fn unsubscribing_stops_delivery_at_once_and_needs_a_subscription() {
    let mut host = TestHost::new();
    let who = polling("agent1");
    let id = host.open(&who);
    host.subscribe(&who, &id, "/a");
    let hold = host.connect(&who, &id);
    host.finish(hold);
    let hold = host.connect(&who, &id);
    let body = json!({"channel": "/meta/unsubscribe", "clientId": id, "subscription": "/a"});
    assert_eq!(host.reply(&who, &body)["successful"], true);
    host.note("/a", &json!(1));
    assert_eq!(host.finish(hold).len(), 1, "only the reply");
    assert_eq!(host.reply(&who, &body)["error"], "400::channel_missing");
}

// spec: bayeux-conformance#50.
#[test]
fn a_denied_subscription_leaves_the_rest_intact() {
    let mut host = TestHost::with(Config { max_subscriptions_per_session: 2, ..Config::default() });
    let who = polling("agent1");
    let id = host.open(&who);
    host.subscribe(&who, &id, "/a");
    let reply = host.subscribe(&who, &id, "/v2/others/calls");
    assert_eq!(reply["error"], "403:denied_by_security_policy:subscribe_denied");
    host.subscribe(&who, &id, "/b");
    assert_eq!(host.subscribe(&who, &id, "/c")["error"], "403:too_many_subscriptions:subscribe_denied");
    assert_eq!(host.subscribe(&who, &id, "/b")["successful"], true, "one it has is no further one");
    assert_eq!(host.names(&id), ["/a", "/b"]);
}
