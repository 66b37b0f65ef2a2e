//! Webhooks on their way to the server: at least once, sometimes twice at the same moment, sometimes overtaken, and
//! again when they were not taken.

use super::{
    Platforms,
    log::{LogEntry, Platform, TrafficKind},
    messenger,
    signature::{self, Signing},
    webhook::{Webhook, WebhookContent},
};
use axum::http::{HeaderMap, StatusCode, header::RETRY_AFTER};
use futures::future::join_all;
use std::{sync::Arc, time::Duration};
use tokio::{sync::Mutex, task::JoinSet};

/// How many may be under way, pauses between tries included.
const UNDER_WAY: usize = 1_000;

/// The way in: the server's own address, and whether it has been verified for the page.
struct WebhookTarget {
    base_url: String,
    is_verified: Mutex<bool>,
}

/// A webhook as each of its tries sends it.
struct WebhookPost {
    address: String,
    headers: Vec<(&'static str, String)>,
    body: String,
    timeout: Duration,
}

/// What became of one try.
enum PostOutcome {
    Taken,
    Again(Option<Duration>),
    Refused,
}

impl Platforms {
    /// Delivers webhooks to the server at `base_url` (`http://127.0.0.1:PORT`), for as long as it is polled.
    pub async fn run(self: Arc<Self>, base_url: String) {
        let base_url = base_url.trim_end_matches('/').to_owned();
        let door = Arc::new(WebhookTarget { base_url, is_verified: Mutex::new(false) });
        let mut queue = self.queue.lock().await;
        let mut under_way = JoinSet::new();
        while let Some(webhook) = queue.recv().await {
            while under_way.try_join_next().is_some() {}
            if under_way.len() >= UNDER_WAY {
                under_way.join_next().await;
            }
            let (platforms, door) = (self.clone(), door.clone());
            under_way.spawn(async move { platforms.deliver(&door, webhook).await });
        }
    }

    /// Hands a webhook over for delivery. Chance holds it up or doubles it.
    pub(super) fn post(&self, mut webhook: Webhook) {
        let mischief = &self.settings.mischief;
        if self.happens(mischief.overtaken) {
            webhook.after += self.moment(&mischief.overtaken_by);
        }
        if webhook.copies.is_none() {
            webhook.copies = Some(if self.happens(mischief.doubled) { 2 } else { 1 });
        }
        if let Err(unsent) = self.outbox.try_send(webhook) {
            tracing::warn!("a simulated platform gives up a webhook: too many wait");
            self.note_try(&unsent.into_inner(), 0, 0);
        }
    }

    async fn deliver(&self, door: &WebhookTarget, mut webhook: Webhook) {
        let _until_done = webhook.until_done.take();
        tokio::time::sleep(webhook.after).await;
        let Some(post) = self.pack(door, &webhook) else {
            tracing::warn!("a callback to a foreign address is not followed");
            self.note_try(&webhook, 0, 0);
            return;
        };
        let copies = (0..webhook.copies.unwrap_or(1)).map(|_| self.insist(door, &webhook, &post));
        join_all(copies).await;
    }

    async fn insist(&self, door: &WebhookTarget, webhook: &Webhook, post: &WebhookPost) {
        let repeat = &self.settings.repeat;
        let mut pause = repeat.first;
        for attempt in 1..=repeat.tries {
            match self.attempt(door, webhook, post, attempt).await {
                PostOutcome::Taken | PostOutcome::Refused => return,
                PostOutcome::Again(wanted) => {
                    tokio::time::sleep(wanted.unwrap_or(pause).min(repeat.longest)).await;
                    pause = pause.saturating_mul(2);
                }
            }
        }
        tracing::warn!(kind = webhook.kind, id = webhook.id, "a simulated platform gives up a webhook");
    }

    async fn attempt(
        &self,
        door: &WebhookTarget,
        webhook: &Webhook,
        post: &WebhookPost,
        attempt: u32,
    ) -> PostOutcome {
        if webhook.platform == Platform::Messenger && !self.is_let_in(door).await {
            return PostOutcome::Again(None);
        }
        let mut request = self.client.post(&post.address).timeout(post.timeout).body(post.body.clone());
        for (name, value) in &post.headers {
            request = request.header(*name, value);
        }
        let answer = request.send().await;
        let status = answer.as_ref().map_or(0, |answer| answer.status().as_u16());
        self.note_try(webhook, status, attempt);
        match answer {
            Ok(answer) if answer.status().is_success() => PostOutcome::Taken,
            Ok(answer) if is_repeated(webhook, answer.status()) => {
                PostOutcome::Again(retry_after(answer.headers()))
            }
            Ok(_) => PostOutcome::Refused,
            Err(_) => PostOutcome::Again(None),
        }
    }

    /// A page's webhooks go only where its verification was answered.
    async fn is_let_in(&self, door: &WebhookTarget) -> bool {
        let mut is_verified = door.is_verified.lock().await;
        if !*is_verified {
            let address = format!("{}{}", door.base_url, self.settings.messenger.path);
            *is_verified = messenger::verify(self, &address).await;
        }
        *is_verified
    }

    fn pack(&self, door: &WebhookTarget, webhook: &Webhook) -> Option<WebhookPost> {
        let (sms, page) = (&self.settings.sms, &self.settings.messenger);
        Some(match &webhook.content {
            WebhookContent::Form { url, fields } => {
                let mut headers = vec![
                    ("content-type", "application/x-www-form-urlencoded; charset=utf-8".to_owned()),
                    ("i-twilio-idempotency-token", self.ids.guid()),
                ];
                if let Some(key) = webhook.signing.key(&sms.auth_token) {
                    headers.push(("x-twilio-signature", signature::of_form(key, url, fields)));
                }
                let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
                let address = address(url, &self.settings.public_url, &door.base_url)?;
                WebhookPost { address, headers, body, timeout: sms.timeout }
            }
            WebhookContent::Json(body) => {
                let mut headers = vec![("content-type", "application/json".to_owned())];
                if let Some(key) = webhook.signing.key(&page.app_secret) {
                    headers.push(("x-hub-signature-256", signature::of_body(key, body)));
                }
                let address = format!("{}{}", door.base_url, page.path);
                WebhookPost { address, headers, body: body.clone(), timeout: page.timeout }
            }
        })
    }

    fn note_try(&self, webhook: &Webhook, status: u16, attempt: u32) {
        self.log.note(LogEntry {
            at: self.clock.now(),
            platform: webhook.platform,
            way: TrafficKind::Webhook,
            kind: webhook.kind.clone(),
            person: webhook.person.clone(),
            id: webhook.id.clone(),
            text: webhook.text.clone(),
            status,
            code: 0,
            attempt,
        });
    }
}

/// Where a webhook really goes: the public URL may lead through a proxy that is not there. Nothing is sent to any
/// other host, whatever a `StatusCallback` names.
fn address(url: &str, public_url: &str, base_url: &str) -> Option<String> {
    let rest = [public_url, base_url].iter().find_map(|known| url.strip_prefix(known))?;
    matches!(rest.bytes().next(), None | Some(b'/' | b'?')).then(|| format!("{base_url}{rest}"))
}

/// The SMS provider repeats what may pass later; the Messenger platform whatever was not taken
/// (spec: channel-connectors#2.3). Webhooks signed wrongly on purpose are not repeated: refusing them is right.
fn is_repeated(webhook: &Webhook, status: StatusCode) -> bool {
    let by_rule = match webhook.platform {
        Platform::Sms => status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS,
        Platform::Messenger => true,
    };
    by_rule && (webhook.signing == Signing::Good || status.is_server_error())
}

fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_callback_goes_to_the_server_and_nowhere_else() {
        let to = |url| address(url, "https://centre.example.org", "http://127.0.0.1:8080");
        let ours = Some("http://127.0.0.1:8080/channels/sms/a?x=1".to_owned());
        assert_eq!(to("https://centre.example.org/channels/sms/a?x=1"), ours);
        assert_eq!(to("http://127.0.0.1:8080/channels/sms/a?x=1"), ours);
        assert_eq!(to("https://centre.example.org.evil.example/"), None);
        assert_eq!(to("http://127.0.0.1:80801/"), None);
        assert_eq!(to("https://centre.example.org@evil.example/"), None);
        assert_eq!(to("http://evil.example/"), None);
    }
}
