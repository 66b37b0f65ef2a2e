//! The WebSocket transport: the same messages, and notes pushed while a connect is held.

use super::{BROWSER_COOKIE, Held, complete, mail, millis, receive, write};
use crate::{
    app::Api,
    auth::{Caller, allowed_origin, cookie},
};
use axum::{
    extract::{
        FromRequestParts, Request, State,
        ws::{CloseFrame, Message, Utf8Bytes, WebSocket, WebSocketUpgrade},
    },
    response::{IntoResponse, Response},
};
use bayeux::{Answer, Completed, Transport};
use http::{HeaderMap, StatusCode, header};
use std::{sync::Arc, time::Duration};
use tokio::sync::futures::Notified;

/// The largest message from a client, in bytes (the reference's default).
const MAX_MESSAGE: usize = 64 * 1024;
/// A client that does not read for this long is given up.
const SLOWEST_READER: Duration = Duration::from_secs(30);
/// Closed for a message that cannot be read (RFC 6455 §7.4.1, conformance item 69).
const UNREADABLE: u16 = 1011;

/// Opens a socket; a plain GET has no meaning here (conformance item 8).
pub async fn get(State(api): State<Arc<Api>>, caller: Caller, request: Request) -> Response {
    let (mut parts, _) = request.into_parts();
    let Ok(upgrade) = WebSocketUpgrade::from_request_parts(&mut parts, &api).await else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    if !same_or_allowed(&api, &parts.headers) {
        return StatusCode::FORBIDDEN.into_response();
    }
    let browser = cookie(&parts.headers, BROWSER_COOKIE).map(str::to_owned);
    // What clients send is small: with these buffers an idle socket weighs little more than its session.
    upgrade
        .read_buffer_size(512)
        .write_buffer_size(0)
        .max_message_size(MAX_MESSAGE)
        .max_frame_size(MAX_MESSAGE)
        .on_upgrade(move |socket| async move {
            // A task of its own: the one that upgraded the connection is larger than all that is kept here.
            tokio::spawn(serve(api, caller, browser, Box::new(socket)));
        })
}

/// A page of another origin could ride on the user's cookie: only our own and listed origins may (DESIGN §3).
fn same_or_allowed(api: &Api, headers: &HeaderMap) -> bool {
    let Some(origin) = headers.get(header::ORIGIN) else { return true };
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let same = origin
        .to_str()
        .ok()
        .and_then(|origin| origin.split_once("://"))
        .is_some_and(|(_, authority)| Some(authority) == host);
    same || allowed_origin(&api.config, headers).is_some()
}

/// Why a socket ends.
enum End {
    /// The client is gone, or does not read.
    Gone,
    /// It sent what cannot be read.
    Unreadable,
}

/// Serves a socket until it ends. It is boxed, because an `async fn` keeps room for its arguments twice.
async fn serve(api: Arc<Api>, caller: Caller, browser: Option<String>, mut socket: Box<WebSocket>) {
    metrics::gauge!("jackfield_sockets").increment(1);
    let end = converse(&api, &caller, browser.as_deref(), &mut socket).await;
    if matches!(end, End::Unreadable) {
        let frame = CloseFrame { code: UNREADABLE, reason: Utf8Bytes::from_static("unreadable message") };
        // The client may be gone already; then there is nobody to tell.
        socket.send(Message::Close(Some(frame))).await.ok();
    }
    metrics::gauge!("jackfield_sockets").decrement(1);
}

/// Speaks with one client until either is gone. What is only needed while something is said is boxed, so that an
/// idle socket does not keep room for it.
async fn converse(api: &Api, caller: &Caller, browser: Option<&str>, socket: &mut WebSocket) -> End {
    let mailbox = api.desk.mailroom().of(&caller.user.id);
    let mut held: Option<Held<'_>> = None;
    loop {
        let bell = mailbox.bell().notified();
        tokio::pin!(bell);
        bell.as_mut().enable();
        if let Some(waiting) = held.take() {
            match Box::pin(deliver(api, caller, waiting, socket)).await {
                Ok(still) => held = still,
                Err(end) => return end,
            }
        }
        let incoming = match &held {
            None => socket.recv().await,
            Some(waiting) => {
                let until = waiting.hold.as_ref().map_or(0, bayeux::Hold::until);
                let left = until.saturating_sub(millis(api.desk.now()));
                let woken: Notified<'_> = waiting.waker.notified();
                tokio::select! {
                    incoming = socket.recv() => incoming,
                    () = bell => continue,
                    () = woken => continue,
                    () = tokio::time::sleep(Duration::from_millis(left)) => continue,
                }
            }
        };
        let text = match incoming {
            Some(Ok(Message::Text(text))) if !text.is_empty() => text,
            Some(Ok(Message::Close(_)) | Err(_)) | None => return End::Gone,
            Some(Ok(_)) => continue,
        };
        api.logins.touch(&caller.login.id, api.desk.awake());
        match Box::pin(answer(api, caller, browser, &text, socket)).await {
            // An older hold is superseded by the new one; dropping it gives it back.
            Ok(Some(hold)) => held = Some(hold),
            Ok(None) => {}
            Err(end) => return end,
        }
    }
}

/// Answers a batch; a connect in it comes back as a hold.
async fn answer<'a>(
    api: &'a Api,
    caller: &Caller,
    browser: Option<&str>,
    text: &str,
    socket: &mut WebSocket,
) -> Result<Option<Held<'a>>, End> {
    let Ok(batch) = bayeux::parse(text.as_bytes()) else { return Err(End::Unreadable) };
    let answers = match receive(api, caller, browser, true, Transport::WebSocket, batch).await {
        Ok(Ok(answers)) => answers,
        Ok(Err(_)) => return Err(End::Unreadable),
        Err(fault) => {
            tracing::error!(%fault, "a notification message failed in the store");
            return Err(End::Gone);
        }
    };
    let mut held = None;
    let mut out = bayeux::Response::new();
    for answer in answers {
        match answer {
            Answer::Reply(reply) => out.reply(&reply),
            Answer::Hold(hold) => held = Some(Held::new(api, hold)),
        }
    }
    if !out.is_empty() {
        send(socket, out).await?;
    }
    Ok(held)
}

/// Looks what there is for a held connect, in the mailbox and outside it. A client with acknowledgements gets it with
/// the reply; others get it pushed while the connect stays held (conformance items 58, 68). Answers the hold if it
/// goes on.
async fn deliver<'a>(
    api: &'a Api,
    caller: &Caller,
    mut held: Held<'a>,
    socket: &mut WebSocket,
) -> Result<Option<Held<'a>>, End> {
    let Some(hold) = held.hold.as_mut() else { return Ok(None) };
    let subscriptions = api.notifications.hub().listening(hold);
    let mut out = bayeux::Response::new();
    let mut looked = hold.after();
    let mut letters = Vec::new();
    if let Some(subscriptions) = subscriptions {
        match mail::look(api, &caller.user.id, &subscriptions, looked).await {
            Ok(found) => (looked, letters) = (found.looked, found.letters),
            Err(fault) => {
                tracing::error!(%fault, "a mailbox could not be read");
                return Err(End::Gone);
            }
        }
    }
    for letter in &letters {
        letter.write(&mut out);
    }
    metrics::counter!("jackfield_notes_delivered_total").increment(letters.len() as u64);
    let due = api.notifications.hub().is_due(hold, millis(api.desk.now()));
    if hold.pushes() && !due {
        let told = {
            let mut hub = api.notifications.hub();
            let told = hub.take_volatile(hold);
            let is_any = !letters.is_empty() || !told.is_empty();
            (is_any && hub.pushed(hold, looked)).then_some(told)
        };
        if let Some(told) = told {
            write(&told, &mut out);
            send(socket, out).await?;
        }
        return Ok(Some(held));
    }
    if letters.is_empty() && !due {
        return Ok(Some(held));
    }
    let Some(hold) = held.take() else { return Ok(None) };
    let (told, completed) = complete(api, hold, looked);
    match completed {
        Completed::Deliver(reply) => {
            write(&told, &mut out);
            out.reply(&reply);
            send(socket, out).await?;
        }
        Completed::Ended(reply) => {
            let mut alone = bayeux::Response::new();
            alone.reply(&reply);
            send(socket, alone).await?;
        }
        Completed::Superseded => {}
    }
    Ok(None)
}

async fn send(socket: &mut WebSocket, response: bayeux::Response) -> Result<(), End> {
    let Ok(text) = Utf8Bytes::try_from(response.finish()) else { return Err(End::Unreadable) };
    match tokio::time::timeout(SLOWEST_READER, socket.send(Message::Text(text))).await {
        Ok(Ok(())) => Ok(()),
        _ => Err(End::Gone),
    }
}
