use std::sync::Arc;

use bayeux::{Config, MessageAnswer};
use serde_json::json;

use crate::host::{TestHost, polling};

// spec: bayeux-conformance#79.
#[test]
fn equal_subscriptions_are_kept_once() {
    let mut host = TestHost::with(Config { max_sessions_per_principal: 2_000, ..Config::default() });
    let who = polling("agent1");
    let ids: Vec<_> = (0..1_000).map(|_| host.open(&who)).collect();
    for id in &ids {
        let names = json!(["/v2/me/calls", "/v2/me/chats"]);
        host.reply(&who, &json!({"channel": "/meta/subscribe", "clientId": id, "subscription": names}));
    }
    assert_eq!(host.hub.sizes().lists, 2, "the empty one and this");
    let lists: Vec<_> = ids.iter().map(|id| host.hub.subscriptions(&id.as_str().into()).unwrap()).collect();
    assert!(lists.iter().all(|list| Arc::ptr_eq(list, &lists[0])));
}

#[test]
fn the_totals_count_what_happened() {
    let mut host = TestHost::new();
    let who = polling("agent1");
    let id = host.listening(&who);
    let first = host.connect(&who, &id);
    let second = host.connect(&who, &id);
    host.complete(first);
    host.finish(second);
    host.reply(&who, &json!({"channel": "/meta/connect", "clientId": "nobody"}));
    host.now += 10_000;
    host.hub.sweep(host.now);
    let totals = host.hub.totals();
    assert_eq!((totals.opened, totals.connects, totals.superseded), (1, 3, 1));
    assert_eq!((totals.unknown, totals.expired, totals.denied, totals.adopted), (1, 1, 0, 0));
}

#[test]
fn answers_keep_the_order_of_the_batch() {
    let mut host = TestHost::new();
    let who = polling("agent1");
    let id = host.listening(&who);
    let answers = host.send(
        &who,
        &json!([
            {"channel": "/meta/connect", "clientId": id},
            {"channel": "/meta/subscribe", "clientId": id, "subscription": "/a"},
        ]),
    );
    assert!(matches!(&answers[..], [MessageAnswer::Hold(_), MessageAnswer::Reply(_)]));
}
