//! Takes requests as they come in.

use super::{call, core::Core, flow::Flow, headers, registrar::register, reply::reply};
use futures::FutureExt;
use rsipstack::{
    dialog::{DialogId, dialog::Dialog, dialog::DialogState},
    sip::{Header, Method, StatusCode},
    transaction::{Transaction, TransactionReceiver},
};
use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

/// Takes requests until the endpoint ends. Each is a task of its own, since handling an INVITE lasts until its ACK.
pub(super) async fn serve(core: Arc<Core>, mut incoming: TransactionReceiver) {
    while let Some(tx) = incoming.recv().await {
        let in_dialog = headers::to_tag(&tx.original).is_some();
        let taking = take(core.clone(), tx);
        if !in_dialog {
            core.spawn(taking);
            continue;
        }
        // A request that panics at its first step must not end this loop.
        let mut taking = Box::pin(AssertUnwindSafe(taking).catch_unwind());
        // Requests of a dialog have an order (RFC 3261 §12.2.2), which tasks on several threads would lose: each takes
        // its first step, which compares its number and hands it on, before the next comes in.
        if futures::poll!(&mut taking).is_pending() {
            core.spawn(taking.map(drop));
        }
    }
}

async fn take(core: Arc<Core>, mut tx: Transaction) {
    let Some(flow) = tx.connection.as_ref().and_then(Flow::of) else { return };
    let origin = core.origin(&tx.original, flow);
    if let Some(status) = refused_at_sight(&tx) {
        if core.answers_to(origin) || headers::to_tag(&tx.original).is_some() {
            reply(&mut tx, status, Vec::new()).await;
        }
        return;
    }
    if headers::to_tag(&tx.original).is_some() {
        return of_a_dialog(&core, tx).await;
    }
    match tx.original.method {
        // Wrong passwords of one phone must not silence the others behind the same address.
        Method::Register
            if !core.logins.blocked(origin.sender.ip()) || core.registrar.knows(origin.sender) =>
        {
            register(&core, &mut tx, origin).await;
        }
        Method::Register => {}
        // Boxed, since its future is large and other requests should not carry it.
        Method::Invite => Box::pin(call::take(core, tx, origin)).await,
        _ if !core.answers_to(origin) => {
            metrics::counter!("jackfield_sip_failures_total", "what" => "stranger").increment(1);
        }
        Method::Options => {
            let able = vec![
                headers::allow(),
                Header::Accept("application/sdp, multipart/mixed".into()),
                Header::Supported(headers::SUPPORTED.into()),
            ];
            reply(&mut tx, StatusCode::OK, able).await;
        }
        Method::Subscribe => reply(&mut tx, StatusCode::BadEvent, Vec::new()).await,
        // A call is handed over in its own dialog; nobody is called for who has none with us.
        Method::Refer => reply(&mut tx, StatusCode::Forbidden, Vec::new()).await,
        Method::Bye | Method::Info | Method::Update | Method::Notify | Method::PRack => {
            reply(&mut tx, StatusCode::CallTransactionDoesNotExist, Vec::new()).await;
        }
        _ => reply(&mut tx, StatusCode::MethodNotAllowed, vec![headers::allow()]).await,
    }
}

/// The refusal of a request that can never be taken: without hops left (RFC 3261 §16.3), or with an impossible number; and
/// of one that is to replace a dialog, but begins none (RFC 3891 §3).
fn refused_at_sight(tx: &Transaction) -> Option<StatusCode> {
    let begins = tx.original.method == Method::Invite && headers::to_tag(&tx.original).is_none();
    let is_ack = tx.original.method == Method::Ack;
    if !begins && !is_ack && headers::find(&tx.original, "Replaces").is_some() {
        return Some(StatusCode::BadRequest);
    }
    match headers::find(&tx.original, "Max-Forwards").map(str::parse::<u8>) {
        Some(Ok(0)) => Some(StatusCode::TooManyHops),
        Some(Err(_)) => Some(StatusCode::BadRequest),
        _ => None,
    }
}

async fn of_a_dialog(core: &Arc<Core>, mut tx: Transaction) {
    let method = tx.original.method;
    if method == Method::Ack {
        return;
    }
    let Some(mut dialog) = find(core, &tx).await else {
        return reply(&mut tx, StatusCode::CallTransactionDoesNotExist, Vec::new()).await;
    };
    if let Some(unsupported) = headers::unsupported(&tx.original) {
        return reply(&mut tx, StatusCode::BadExtension, vec![unsupported]).await;
    }
    let confirmed = matches!(dialog.state(), DialogState::Confirmed(..));
    match method {
        Method::Options => {
            return reply(
                &mut tx,
                StatusCode::OK,
                vec![headers::allow(), Header::Supported(headers::SUPPORTED.into())],
            )
            .await;
        }
        // Only a call that is answered can be handed over (spec: voice-sip#5.12).
        Method::Refer if !confirmed => return reply(&mut tx, StatusCode::Forbidden, Vec::new()).await,
        Method::Notify => return reply(&mut tx, StatusCode::BadEvent, Vec::new()).await,
        Method::Invite if !confirmed => {
            let later = vec![headers::retry_after(1)];
            return reply(&mut tx, StatusCode::ServerInternalError, later).await;
        }
        // Before the answer only the target can change, and the library keeps that.
        Method::Update if !confirmed && tx.original.body.is_empty() => {
            return reply(&mut tx, StatusCode::OK, vec![headers::allow()]).await;
        }
        Method::Update if !confirmed => {
            return reply(&mut tx, StatusCode::ServerInternalError, vec![headers::retry_after(2)]).await;
        }
        Method::Info if !confirmed => return reply(&mut tx, StatusCode::OK, Vec::new()).await,
        Method::Invite | Method::Bye | Method::Update | Method::Info | Method::PRack | Method::Refer => {}
        _ => return reply(&mut tx, StatusCode::MethodNotAllowed, vec![headers::allow()]).await,
    }
    if let Err(why) = dialog.handle(&mut tx).await {
        tracing::debug!(%why, "a request of a dialog failed");
    }
    if tx.last_response.is_none() {
        // The library does not answer requests that are out of order (RFC 3261 §12.2.2).
        reply(&mut tx, StatusCode::ServerInternalError, Vec::new()).await;
    }
    if dialog.state().is_terminated() {
        core.layer.remove_dialog(&dialog.id());
    }
}

/// The dialog of a request. A call of ours that was just answered is for a moment known only without the other end's
/// tag, while its first request may be here already.
async fn find(core: &Core, tx: &Transaction) -> Option<Dialog> {
    let id = DialogId::try_from(tx).ok()?;
    let early = DialogId { remote_tag: String::new(), ..id.clone() };
    for _ in 0..20 {
        if let Some(dialog) = core.layer.get_dialog(&id) {
            return Some(dialog);
        }
        let unnamed = core.layer.get_dialog(&early)?;
        if tx.original.method != Method::Bye && !matches!(unnamed.state(), DialogState::Confirmed(..)) {
            return Some(unnamed);
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    core.layer.get_dialog(&id)
}
