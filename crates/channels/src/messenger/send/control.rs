//! Requests about the control over a thread (channel-connectors §2.9).

use super::{Body, Request, request};
use crate::messenger::MessengerConfig;

/// What is to be done with the control over a thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Handover<'a> {
    /// It is taken.
    Take,
    /// Its owner is asked for it.
    Ask,
    /// It is given up: the page's default app gets it.
    Release,
    /// It goes to this app.
    Pass(&'a str),
}

/// The request that does so. `metadata` is what the other app is told of it. Its answer is read by
/// [`super::answer::action`].
pub fn control(
    config: &MessengerConfig,
    person: &str,
    handover: Handover<'_>,
    metadata: Option<&str>,
) -> Request {
    let (edge, target_app_id) = match handover {
        Handover::Take => ("take_thread_control", None),
        Handover::Ask => ("request_thread_control", None),
        Handover::Release => ("release_thread_control", None),
        Handover::Pass(app) => ("pass_thread_control", Some(app)),
    };
    request(config, edge, &Body { target_app_id, metadata, ..Body::to(config, person) })
}

#[cfg(test)]
mod tests {
    use super::{
        super::tests::{PROOF, config},
        *,
    };
    use serde_json::{Value, json};

    #[test]
    fn every_handover_has_its_address() {
        for (handover, edge) in [
            (Handover::Take, "take_thread_control"),
            (Handover::Ask, "request_thread_control"),
            (Handover::Release, "release_thread_control"),
            (Handover::Pass("3003"), "pass_thread_control"),
        ] {
            let request = control(&config(), "2002", handover, None);
            assert_eq!(request.url, format!("https://graph.facebook.com/v26.0/1001/{edge}"));
        }
    }

    #[test]
    fn the_other_app_is_named_and_told() {
        let request = control(&config(), "2002", Handover::Pass("263902037430900"), Some("order 7"));
        let body: Value = serde_json::from_str(&request.body).expect("JSON");
        assert_eq!(
            body,
            json!({
                "recipient": {"id": "2002"},
                "target_app_id": "263902037430900",
                "metadata": "order 7",
                "appsecret_proof": PROOF,
            })
        );
    }
}
