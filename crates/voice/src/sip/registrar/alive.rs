//! What keeps the bindings true: the end of their time, and phones behind NAT that are asked whether they are there.

use super::Binding;
use crate::sip::{core::Core, headers, transport::mark};
use domain::call::Dn;
use rsipstack::{
    sip::{Method, SipMessage, StatusCode, StatusCodeKind, Uri, typed},
    transaction::{
        key::{TransactionKey, TransactionRole},
        make_tag,
        transaction::Transaction,
    },
};
use std::{sync::Arc, time::Duration};
use tokio::time::{Instant, MissedTickBehavior};

/// Unanswered OPTIONS in a row after which a phone is held for gone (voice-sip §3).
const TOO_MANY: u8 = 3;

/// A watch that is this late stood still with its process: what phones sent meanwhile has still to be read.
const STOOD_STILL: Duration = Duration::from_secs(5);

/// Watches until the server stops.
pub(in crate::sip) async fn watch(core: Arc<Core>) {
    let every = core.settings.timers.keep_alive;
    let mut tick = tokio::time::interval(Duration::from_secs(1).min(every));
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut last = Instant::now();
    loop {
        tick.tick().await;
        let now = Instant::now();
        let late = now.saturating_duration_since(last).saturating_sub(tick.period());
        last = now;
        if late > STOOD_STILL {
            core.registrar.postpone(late);
        }
        core.registrar.sweep(now);
        for (dn, binding) in core.registrar.to_ask(now, every) {
            let asking = core.clone();
            core.spawn(async move { ask(&asking, dn, binding).await });
        }
    }
}

/// Asks a phone whether it is there, and takes it out when it was silent too often.
pub(in crate::sip) async fn ask(core: &Core, dn: Dn, binding: Binding) {
    match options(core, &binding).await {
        Ok(true) => binding.ways.answered(),
        Ok(false) if binding.ways.missed() >= TOO_MANY => {
            tracing::info!(number = %dn, "a phone does not answer and is taken out");
            metrics::counter!("jackfield_sip_failures_total", "what" => "keep-alive").increment(1);
            core.registrar.drop_binding(&dn, binding.serial);
        }
        Ok(false) => {}
        Err(why) => tracing::debug!(%why, "OPTIONS was not sent"),
    }
}

/// Whether anything came back, be it a refusal.
async fn options(core: &Core, binding: &Binding) -> rsipstack::Result<bool> {
    let mut target = Uri::try_from(binding.contact.as_str())?;
    let ours = core.contact_towards(binding.flow);
    let from = typed::From { display_name: None, uri: ours.clone(), params: Vec::new() }.with_tag(make_tag());
    let to = typed::To { display_name: None, uri: target.clone(), params: Vec::new() };
    if binding.is_forwarded() {
        mark(&mut target, binding.flow, &binding.path);
    }
    let endpoint = &core.layer.endpoint;
    let via = endpoint.get_via(Some(core.via(binding.flow.carrier)), None)?;
    let mut request = endpoint.make_request(Method::Options, target, via, from, to, 1, None);
    request.headers.push(headers::contact(&ours));
    let key = TransactionKey::from_request(&request, TransactionRole::Client)?;
    let mut tx = Transaction::new_client(key, request, endpoint.clone(), None);
    tx.destination = Some(binding.flow.to_addr());
    tx.send().await?;
    while let Some(message) = tx.receive().await {
        if let SipMessage::Response(response) = message
            && response.status_code.kind() != StatusCodeKind::Provisional
        {
            // The transaction layer makes 408 and 503 itself when nothing came.
            return Ok(!matches!(
                response.status_code,
                StatusCode::RequestTimeout | StatusCode::ServiceUnavailable
            ));
        }
    }
    Ok(false)
}
