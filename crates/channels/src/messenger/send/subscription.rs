//! The events that the page should tell us of (spec: channel-connectors#2.1, Subscribe).

use super::request::{Request, proof, request};
use crate::messenger::MessengerConfig;
use serde::Serialize;

/// The fields whose events the page should tell.
const FIELDS: [&str; 12] = [
    "messages",
    "message_echoes",
    "message_deliveries",
    "message_reads",
    "message_reactions",
    "message_edits",
    "messaging_postbacks",
    "messaging_referrals",
    "messaging_optins",
    "messaging_handovers",
    "standby",
    "messaging_policy_enforcement",
];

#[derive(Serialize)]
struct SubscriptionBody {
    subscribed_fields: [&'static str; 12],
    appsecret_proof: String,
}

/// The request that subscribes the page. Made again, it changes nothing; its answer, read by
/// [`super::answer::action`], tells whether the token is good.
pub fn subscription(config: &MessengerConfig) -> Request {
    let body = SubscriptionBody { subscribed_fields: FIELDS, appsecret_proof: proof(config) };
    request(config, "subscribed_apps", &body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_subscribed_to_all_that_is_read() {
        let request = subscription(&super::super::tests::config());
        assert_eq!(request.url, "https://graph.facebook.com/v26.0/1001/subscribed_apps");
        let body = request.body.expect("a body");
        assert!(
            body.contains(r#""message_echoes""#) && body.contains(r#""appsecret_proof":"e17c"#),
            "{body}"
        );
        assert!(!body.contains("page-token-1"));
    }
}
