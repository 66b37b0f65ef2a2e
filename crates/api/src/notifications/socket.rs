//! The WebSocket transport: the same messages, and notes pushed while a connect is held.

use super::{
    held::{Held, complete, settled, write},
    hub::millis,
    mailbox,
    pulse::{Beat, Pulse},
    receive::{BROWSER_COOKIE, receive},
    sockets::Place,
};
use crate::{
    auth::{Caller, cookie},
    state::Api,
};
use axum::{
    extract::{
        FromRequestParts, Request, State,
        ws::{CloseFrame, Message, Utf8Bytes, WebSocket, WebSocketUpgrade},
    },
    response::{IntoResponse, Response},
};
use bayeux::{Completed, Malformed, MessageAnswer, Transport};
use bytes::Bytes;
use http::{StatusCode, header};
use std::{sync::Arc, time::Duration};
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::{self, error::ProtocolError};
use tracing::Instrument;

/// The largest message from a client, in bytes (the reference's default).
const MAX_MESSAGE: usize = 64 * 1024;
/// How much of a message is read to the end, so that its sender can be told that it is too large: a client that is cut
/// off while still sending hears of nothing.
const MOST_READ: usize = 4 * MAX_MESSAGE;
/// A client that does not read for this long is given up.
const SLOWEST_READER: Duration = Duration::from_secs(20);
/// After how many seconds a client may try again when another of the user's sockets has ended.
const TRY_AGAIN: &str = "30";

/// Opens a socket; a plain GET has no meaning here (spec: bayeux-conformance#8). Whether the page may ask for one was
/// looked at before.
pub async fn get(State(api): State<Arc<Api>>, caller: Caller, request: Request) -> Response {
    let (mut parts, _) = request.into_parts();
    let Ok(upgrade) = WebSocketUpgrade::from_request_parts(&mut parts, &api).await else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let Some(place) = api.notifications.sockets.take(&caller.user.id) else {
        metrics::counter!("jackfield_sockets_refused_total").increment(1);
        return (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, TRY_AGAIN)]).into_response();
    };
    let browser = cookie(&parts.headers, BROWSER_COOKIE).map(str::to_owned);
    // Clients send small messages: with these buffers an idle socket weighs little more than its session.
    upgrade
        .read_buffer_size(512)
        .write_buffer_size(0)
        .max_message_size(MOST_READ)
        .max_frame_size(MOST_READ)
        .on_upgrade(move |socket| async move {
            let span = tracing::debug_span!("socket", user = caller.user.user_name);
            // A task of its own: the one that upgraded the connection is larger than everything kept here.
            let serving = serve(api.clone(), caller, browser, Box::new(socket), Home { api, place });
            tokio::spawn(serving.instrument(span));
        })
}

/// A socket's place among those of its user, given back however the socket ends.
struct Home {
    api: Arc<Api>,
    place: Arc<Place>,
}

impl Drop for Home {
    fn drop(&mut self) {
        self.api.notifications.sockets.give_back(&self.place);
    }
}

/// Why a socket ends.
enum End {
    /// The client is gone, or does not read.
    Gone,
    /// It sent something that is no text, no JSON, or no message.
    Unreadable,
    /// It sent more than one may at once.
    TooLarge,
    /// It broke a rule of the protocol.
    Broken,
    /// It sent a message that is not allowed.
    Refused,
    /// It says nothing, or has no notification session.
    Silent,
    /// Another of the user's sockets needs its place.
    Crowded,
    /// Its login has ended.
    LoggedOut,
}

impl End {
    /// The code (RFC 6455 §7.4.1) and the words that the client is told, if it is still
    /// to be told, and the word for the operator.
    const fn told(&self) -> (Option<(u16, &'static str)>, &'static str) {
        match self {
            Self::Gone => (None, "gone"),
            Self::Unreadable => (Some((1007, "unreadable message")), "unreadable"),
            Self::TooLarge => (Some((1009, "message too large")), "too-large"),
            Self::Broken => (Some((1002, "protocol error")), "broken"),
            Self::Refused => (Some((1008, "message not allowed")), "refused"),
            // A client that says nothing does not read either.
            Self::Silent => (None, "silent"),
            Self::Crowded => (Some((1013, "too many sockets")), "crowded"),
            Self::LoggedOut => (Some((1008, "the login has ended")), "logged-out"),
        }
    }
}

/// Serves a socket until it ends. It is boxed, because an `async fn` keeps room for its arguments twice.
async fn serve(
    api: Arc<Api>,
    caller: Caller,
    browser: Option<String>,
    mut socket: Box<WebSocket>,
    home: Home,
) {
    metrics::gauge!("jackfield_sockets").increment(1);
    let end = converse(&api, &caller, browser.as_deref(), &mut socket, &home.place).await;
    let (told, why) = end.told();
    metrics::counter!("jackfield_sockets_closed_total", "why" => why).increment(1);
    if let Some((code, reason)) = told {
        let frame = CloseFrame { code, reason: Utf8Bytes::from_static(reason) };
        // The client may be gone already, or not read; then there is nobody to tell.
        tokio::time::timeout(SLOWEST_READER, socket.send(Message::Close(Some(frame)))).await.ok();
    }
    metrics::gauge!("jackfield_sockets").decrement(1);
}

/// Speaks with one client until either side is gone. What is only needed while something is said is boxed, so that an
/// idle socket does not keep room for it.
async fn converse(
    api: &Api,
    caller: &Caller,
    browser: Option<&str>,
    socket: &mut WebSocket,
    place: &Place,
) -> End {
    let mailbox = api.desk.mailboxes().of(&caller.user.id);
    let mut held: Option<Held<'_>> = None;
    let mut pulse = Pulse::new(Instant::now());
    loop {
        let woken = mailbox.wake().notified();
        tokio::pin!(woken);
        woken.as_mut().enable();
        if let Some(waiting) = held.take() {
            match Box::pin(deliver(api, caller, waiting, socket)).await {
                Ok(still) => held = still,
                Err(end) => return end,
            }
        }
        if held.is_none() && caller.login.has_ended() {
            return End::LoggedOut;
        }
        let hold = held.as_ref().and_then(|waiting| waiting.hold.as_ref());
        let left =
            hold.map(|hold| Duration::from_millis(hold.until().saturating_sub(millis(api.desk.now()))));
        let waker = held.as_ref().map(|waiting| waiting.waker.clone());
        let look = left.map_or(pulse.next(), |left| pulse.next().min(Instant::now() + left));
        let incoming = tokio::select! {
            incoming = socket.recv() => incoming,
            () = woken, if waker.is_some() => continue,
            () = async { if let Some(waker) = &waker { waker.notified().await } }, if waker.is_some() => continue,
            () = place.claimed() => return End::Crowded,
            () = settled(&caller.login) => return End::LoggedOut,
            () = tokio::time::sleep_until(look) => {
                let lives = held.is_some() || pulse.session().is_some_and(|id| api.notifications.hub().knows(id.as_str()));
                place.set_settled(lives);
                match pulse.look(lives, Instant::now()) {
                    Beat::Wait => {}
                    Beat::Ping => if let Err(end) = transmit(socket, Message::Ping(Bytes::new())).await {
                        return end;
                    },
                    Beat::Over => return End::Silent,
                }
                continue;
            }
        };
        pulse.heard(Instant::now());
        let text = match incoming {
            Some(Ok(Message::Text(text))) if text.len() > MAX_MESSAGE => return End::TooLarge,
            Some(Ok(Message::Text(text))) if !text.is_empty() => text,
            Some(Err(why)) => return broken(why),
            Some(Ok(Message::Close(_))) | None => return End::Gone,
            Some(Ok(_)) => continue,
        };
        caller.login.touch(api.desk.awake());
        match Box::pin(answer(api, caller, browser, &text, socket, &mut pulse)).await {
            // An older hold is superseded by the new one; dropping it gives it back.
            Ok(Some(hold)) => held = Some(hold),
            Ok(None) => {}
            Err(end) => return end,
        }
        place.set_settled(pulse.session().is_some());
    }
}

/// Why reading ended: the fault of the client that it is told of, if there was one.
fn broken(why: axum::Error) -> End {
    match why.into_inner().downcast_ref::<tungstenite::Error>() {
        Some(tungstenite::Error::Utf8(_)) => End::Unreadable,
        Some(tungstenite::Error::Capacity(_)) => End::TooLarge,
        Some(tungstenite::Error::Protocol(ProtocolError::ResetWithoutClosingHandshake)) | None => End::Gone,
        Some(tungstenite::Error::Protocol(_)) => End::Broken,
        Some(_) => End::Gone,
    }
}

/// Answers a batch; a connect in it comes back as a hold.
async fn answer<'a>(
    api: &'a Api,
    caller: &Caller,
    browser: Option<&str>,
    text: &str,
    socket: &mut WebSocket,
    pulse: &mut Pulse,
) -> Result<Option<Held<'a>>, End> {
    let batch = match bayeux::parse(text.as_bytes()) {
        Ok(batch) => batch,
        // An empty frame was passed over before (spec: bayeux-conformance#69); one of blanks is no JSON.
        Err(Malformed::EmptyBody | Malformed::Syntax { .. } | Malformed::NotObjects) => {
            return Err(End::Unreadable);
        }
        Err(Malformed::NoMessages | Malformed::TooMany(_)) => return Err(End::Refused),
    };
    let answers = match receive(api, caller, browser, true, Transport::WebSocket, batch).await {
        Ok(Ok(answers)) => answers,
        Ok(Err(_)) => return Err(End::Refused),
        Err(fault) => {
            let user = &caller.user.user_name;
            tracing::error!(%fault, user, "a notification message failed in the store");
            return Err(End::Gone);
        }
    };
    let mut held = None;
    let mut out = bayeux::Response::new();
    for answer in answers {
        match answer {
            MessageAnswer::Reply(reply) => {
                if let Some(id) = reply.opened() {
                    pulse.serves(id.clone());
                }
                out.reply(&reply);
            }
            MessageAnswer::Hold(hold) => {
                pulse.serves(hold.session().clone());
                held = Some(Held::new(api, hold));
            }
        }
    }
    if !out.is_empty() {
        send(socket, out).await?;
    }
    Ok(held)
}

/// Looks what there is for a held connect, in the mailbox and outside it. A client with acknowledgements gets it with
/// the reply; others get it pushed while the connect stays held (spec: bayeux-conformance#58, #68). Answers the hold if
/// it goes on.
async fn deliver<'a>(
    api: &'a Api,
    caller: &Caller,
    mut held: Held<'a>,
    socket: &mut WebSocket,
) -> Result<Option<Held<'a>>, End> {
    if !caller.login.holds(&api.desk) {
        return Err(End::LoggedOut);
    }
    let Some(hold) = held.hold.as_mut() else { return Ok(None) };
    let subscriptions = api.notifications.hub().listening(hold);
    let mut out = bayeux::Response::new();
    let mut looked = hold.after();
    let mut notes = Vec::new();
    if let Some(subscriptions) = subscriptions {
        match mailbox::look(api, &caller.user.id, &subscriptions, looked).await {
            Ok(found) => (looked, notes) = (found.looked, found.notes),
            Err(fault) => {
                let user = &caller.user.user_name;
                tracing::error!(%fault, user, "a mailbox could not be read");
                return Err(End::Gone);
            }
        }
    }
    for note in &notes {
        note.write(&mut out);
    }
    metrics::counter!("jackfield_notes_delivered_total").increment(notes.len() as u64);
    let due = api.notifications.hub().is_due(hold, millis(api.desk.now()));
    if hold.pushes() && !due {
        let told = {
            let mut hub = api.notifications.hub();
            let told = hub.take_volatile(hold);
            let is_any = !notes.is_empty() || !told.is_empty();
            (is_any && hub.pushed(hold, looked)).then_some(told)
        };
        if let Some(told) = told {
            write(&told, &mut out);
            send(socket, out).await?;
        }
        return Ok(Some(held));
    }
    if notes.is_empty() && !due {
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
    transmit(socket, Message::Text(text)).await
}

async fn transmit(socket: &mut WebSocket, message: Message) -> Result<(), End> {
    match tokio::time::timeout(SLOWEST_READER, socket.send(message)).await {
        Ok(Ok(())) => Ok(()),
        _ => Err(End::Gone),
    }
}
