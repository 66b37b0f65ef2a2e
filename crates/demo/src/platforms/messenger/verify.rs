//! The platform verifies the webhook before it delivers anything (spec: channel-connectors#2.2).

use crate::platforms::{
    Platforms,
    log::{LogEntry, Platform, TrafficKind},
};

/// Asks the webhook of the page to repeat a challenge. Answers whether it did.
pub(in crate::platforms) async fn verify(platforms: &Platforms, address: &str) -> bool {
    let settings = &platforms.settings.messenger;
    let challenge = platforms.ids.secret();
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("hub.mode", "subscribe")
        .append_pair("hub.verify_token", &settings.verify_token)
        .append_pair("hub.challenge", &challenge)
        .finish();
    let asked = platforms.client.get(format!("{address}?{query}")).timeout(settings.timeout).send().await;
    let (status, is_right) = match asked {
        Err(_) => (0, false),
        Ok(answer) => {
            let status = answer.status();
            let is_repeated = answer.text().await.is_ok_and(|body| body == challenge);
            (status.as_u16(), status.is_success() && is_repeated)
        }
    };
    if !is_right {
        tracing::debug!(status, "the webhook of the simulated page was not verified");
    }
    platforms.log.note(LogEntry {
        at: platforms.clock.now(),
        platform: Platform::Messenger,
        way: TrafficKind::Webhook,
        kind: if is_right { "verified" } else { "not verified" }.into(),
        person: String::new(),
        id: String::new(),
        text: String::new(),
        status,
        code: 0,
        attempt: 1,
    });
    is_right
}
