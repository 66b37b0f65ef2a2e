//! Requests that come in on a line, each to the call or the phone it is for.

use crate::{
    call::{self, Legs},
    line_shared::{LineShared, METHODS},
    phone::Phones,
};
use rsipstack::{
    dialog::DialogId,
    sip::{HasHeaders, Header, HeadersExt, Method, StatusCode},
    transaction::{TransactionReceiver, transaction::Transaction},
};
use std::{
    sync::{Arc, Weak},
    time::Duration,
};

/// How long a request waits for the call it belongs to to come into being: it may overtake the ACK.
const OVERTAKEN: Duration = Duration::from_millis(500);

/// Whom requests can be for.
#[derive(Clone)]
pub(crate) struct Called {
    pub phones: Arc<Phones>,
    pub legs: Arc<Legs>,
}

/// Takes requests for as long as the line is there.
pub(crate) async fn run(line: Weak<LineShared>, called: Called, mut incoming: TransactionReceiver) {
    while let Some(tx) = incoming.recv().await {
        let Some(line) = line.upgrade() else { return };
        let called = called.clone();
        tokio::spawn(async move {
            let method = tx.original.method;
            if let Err(why) = take(&line, &called, tx).await {
                tracing::debug!(%why, %method, "a phone could not take a request");
            }
        });
    }
}

async fn take(line: &Arc<LineShared>, called: &Called, mut tx: Transaction) -> rsipstack::Result<()> {
    let tagged = tx.original.to_header()?.tag()?.is_some();
    match tx.original.method {
        _ if tagged => within(line, &called.legs, tx).await,
        Method::Invite => {
            let Some(phone) = tx.original.uri.user().and_then(|user| called.phones.get(user)) else {
                return tx.reply(StatusCode::NotFound).await;
            };
            call::ring(line, &called.legs, phone, tx).await
        }
        Method::Ack | Method::Cancel => Ok(()),
        Method::Options => {
            let user = tx.original.uri.user().unwrap_or_default();
            let there = user.is_empty() || called.phones.get(user).is_some();
            tx.reply(if there { StatusCode::OK } else { StatusCode::NotFound }).await
        }
        Method::Bye | Method::Notify | Method::Info | Method::Update => {
            tx.reply(StatusCode::CallTransactionDoesNotExist).await
        }
        _ => {
            let allow = METHODS.map(|method| method.to_string()).join(", ");
            tx.reply_with(StatusCode::MethodNotAllowed, vec![Header::Allow(allow.into())], None).await
        }
    }
}

/// A request inside a dialog.
async fn within(line: &Arc<LineShared>, legs: &Legs, mut tx: Transaction) -> rsipstack::Result<()> {
    let id = DialogId::try_from(&tx)?;
    let key = (id.call_id.clone(), id.local_tag.clone());
    let Some(leg) = legs.get(&key) else {
        return match tx.original.method {
            Method::Ack => Ok(()),
            _ => tx.reply(StatusCode::CallTransactionDoesNotExist).await,
        };
    };
    let method = tx.original.method;
    let early = matches!(method, Method::Ack | Method::Bye | Method::PRack);
    if method == Method::Notify && leg.rings() {
        let talk = tx.original.headers().iter().any(
            |header| matches!(header, Header::Event(event) if event.value().trim().eq_ignore_ascii_case("talk")),
        );
        if !talk {
            return tx.reply(StatusCode::BadEvent).await;
        }
        tx.reply(StatusCode::OK).await?;
        leg.told_to_talk();
        return Ok(());
    }
    if !early && !leg.settles(OVERTAKEN).await {
        let later = vec![Header::RetryAfter("1".into())];
        return tx.reply_with(StatusCode::ServerInternalError, later, None).await;
    }
    if line.dialogs.match_dialog(&tx).is_none() {
        // Its 2xx has come, and the library is about to list the dialog under its full name.
        tokio::time::sleep(OVERTAKEN / 10).await;
    }
    match line.dialogs.match_dialog(&tx) {
        Some(mut dialog) => dialog.handle(&mut tx).await,
        None => tx.reply(StatusCode::CallTransactionDoesNotExist).await,
    }
}
