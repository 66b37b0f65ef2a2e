//! Keeps the bindings true: their time ends, and phones are asked whether they are there: those behind
//! NAT regularly, those that an earlier process knew at once, and those that have not answered a call.

use super::{
    binding::Binding,
    table::{Question, ReachabilityChange},
};
use crate::sip::{
    core::{Core, LegInput},
    headers,
    transport::mark,
};
use rsipstack::{
    sip::{Method, SipMessage, StatusCode, StatusCodeKind, Uri, typed},
    transaction::{
        key::{TransactionKey, TransactionRole},
        make_tag,
        transaction::Transaction,
    },
};
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::time::{Instant, MissedTickBehavior};

/// For how many T1 a phone may take to answer OPTIONS: 4 s, in which it is sent four times (RFC 3261 §17.1.2.2). That
/// is less than the transaction would wait, since it is asked again.
const PATIENCE: u32 = 8;

/// A watch that is so late stood still with its process: messages of phones still have to be read.
const STOOD_STILL: Duration = Duration::from_secs(5);

/// How many phones are asked within a tick, which is usually a second, and how many may be without an answer at once.
/// After a start all of them are due.
const IN_A_TICK: usize = 200;
const AT_ONCE: usize = 500;

/// Watches until the server stops.
pub(in crate::sip) async fn watch(core: Arc<Core>) {
    let every = core.settings.timers.keep_alive;
    let mut tick = tokio::time::interval(Duration::from_secs(1).min(every));
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let (mut last, mut left) = (Instant::now(), IN_A_TICK);
    let asking = Arc::new(AtomicUsize::new(0));
    loop {
        tokio::select! {
            _ = tick.tick() => {
                let now = Instant::now();
                let late = now.saturating_duration_since(last).saturating_sub(tick.period());
                (last, left) = (now, IN_A_TICK);
                if late > STOOD_STILL {
                    core.registrar.postpone(late);
                }
                core.registrar.sweep(now);
            }
            () = core.registrar.doubted() => {}
        }
        let most = left.min(AT_ONCE.saturating_sub(asking.load(Ordering::Relaxed)));
        for question in core.registrar.to_ask(Instant::now(), most) {
            left -= 1;
            asking.fetch_add(1, Ordering::Relaxed);
            let (core, asking) = (core.clone(), asking.clone());
            core.clone().spawn(async move {
                ask(&core, question).await;
                asking.fetch_sub(1, Ordering::Relaxed);
            });
        }
    }
}

/// Asks a phone whether it is there, and takes it out of service when it was silent too often. It stays bound, so that
/// it is found when it answers again.
async fn ask(core: &Core, Question { dn, binding, round }: Question) {
    let patience = core.settings.timers.t1 * PATIENCE;
    let answered = match tokio::time::timeout(patience, options(core, &binding)).await {
        Ok(Ok(answered)) => answered,
        Ok(Err(why)) => {
            tracing::debug!(%why, number = %dn, "OPTIONS was not sent");
            false
        }
        Err(_) => false,
    };
    match core.registrar.asked(&dn, binding.serial, round, answered, Instant::now()) {
        ReachabilityChange::Silent => {
            tracing::info!(number = %dn, at = %binding.flow.peer, "a phone does not answer and is out of service");
            metrics::counter!("jackfield_sip_failures_total", "what" => "keep-alive").increment(1);
            core.ask_all(|| LegInput::Silent(binding.serial));
        }
        ReachabilityChange::Back => {
            tracing::info!(number = %dn, at = %binding.flow.peer, "a phone answers again and is back in service");
        }
        ReachabilityChange::Same => {}
    }
}

/// Whether anything came back, even a refusal. The library takes an answer for one only if it names this very
/// transaction, by a branch that nobody can guess.
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
