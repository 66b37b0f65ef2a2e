//! Long polling: one POST, one response; a connect is held until there is something to tell.

use super::{
    held::{Held, complete, settled, write},
    hub::millis,
    mailbox,
    receive::{BROWSER_COOKIE, receive},
};
use crate::{
    auth::{Caller, cookie, set_cookie},
    body::read,
    state::Api,
};
use axum::{
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use bayeux::{Completed, Malformed, MessageAnswer, Reply, Transport};
use bytes::Bytes;
use desk::ports::StoreFault;
use edge::in_utf_8;
use gws::Problem;
use http::{HeaderValue, StatusCode, header};
use std::{sync::Arc, time::Duration};

/// The largest body that is read of a client whose login has ended, in bytes, and how long it may take.
const MAX_FAREWELL: usize = 16 * 1024;
const FAREWELL_TIME: Duration = Duration::from_secs(5);

/// Answers a batch of Bayeux messages. The path below the endpoint means nothing (spec: bayeux-conformance#2).
pub async fn post(State(api): State<Arc<Api>>, caller: Caller, request: Request) -> Response {
    let browser = cookie(request.headers(), BROWSER_COOKIE).map(str::to_owned);
    let vouched = request.headers().contains_key(header::AUTHORIZATION);
    let headers = request.headers().clone();
    // Boxed here and below, so that a held poll does not keep room for what came before it.
    let body = match Box::pin(read(request)).await {
        Ok(body) => body,
        Err(problem) => return problem.into_response(),
    };
    // Whatever alphabet a client declares is honoured (spec: bayeux-conformance#3).
    let body = match in_utf_8(&headers, &body) {
        Ok(body) => body,
        Err(why) => return (why.status(), why.to_string()).into_response(),
    };
    drop(headers);
    let batch = match bayeux::parse(&body) {
        Ok(batch) => batch,
        Err(Malformed::EmptyBody) => return StatusCode::OK.into_response(),
        Err(malformed) => return (StatusCode::BAD_REQUEST, malformed.to_string()).into_response(),
    };
    // A held poll that kept the body would keep the connection's read buffer with it.
    drop(body);
    let transport = Transport::LongPolling;
    let received = Box::pin(receive(&api, &caller, browser.as_deref(), vouched, transport, batch)).await;
    let answers = match received {
        Ok(Ok(answers)) => answers,
        Ok(Err(refused)) => return (StatusCode::INTERNAL_SERVER_ERROR, refused.to_string()).into_response(),
        Err(fault) => return unavailable(&caller, &fault),
    };
    match respond(&api, &caller, answers).await {
        Ok(response) => response,
        Err(fault) => unavailable(&caller, &fault),
    }
}

async fn respond(api: &Api, caller: &Caller, answers: Vec<MessageAnswer>) -> Result<Response, StoreFault> {
    let mut out = bayeux::Response::new();
    let mut browser = None;
    for answer in answers {
        match answer {
            MessageAnswer::Reply(reply) => {
                browser = reply.set_browser().map(str::to_owned).or(browser);
                out.reply(&reply);
            }
            MessageAnswer::Hold(hold) => {
                match hold_connect(api, caller, Held::new(api, hold), &mut out).await? {
                    Some(reply) => out.reply(&reply),
                    None => return Ok(StatusCode::INTERNAL_SERVER_ERROR.into_response()),
                }
            }
        }
    }
    let mut response = messages(out);
    if let Some(value) = browser.and_then(|browser| set_cookie(&api.config, BROWSER_COOKIE, &browser)) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    Ok(response)
}

fn messages(out: bayeux::Response) -> Response {
    let mut response = Bytes::from(out.finish()).into_response();
    let headers = response.headers_mut();
    let kind = HeaderValue::from_static("application/json;charset=utf-8");
    headers.insert(header::CONTENT_TYPE, kind);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Answers a client whose login has ended while it goes on polling or disconnects: its sessions are unknown, and a
/// disconnect is a quiet success. Anything else is answered with the problem.
pub async fn farewell(api: &Api, request: Request, problem: Problem) -> Response {
    let body = axum::body::to_bytes(request.into_body(), MAX_FAREWELL);
    let Ok(Ok(body)) = tokio::time::timeout(FAREWELL_TIME, body).await else {
        return problem.into_response();
    };
    match bayeux::parse(&body) {
        Ok(batch) if !batch.iter().any(bayeux::RequestMessage::is_handshake) => {
            let mut out = bayeux::Response::new();
            for reply in &bayeux::without_login(batch, millis(api.desk.now())) {
                out.reply(reply);
            }
            messages(out)
        }
        _ => problem.into_response(),
    }
}

/// Waits until there are notes or volatile messages, the time is up, or the hub lets the connect go. The messages
/// are in `out` when this returns; `None` when a newer connect has taken over.
async fn hold_connect(
    api: &Api,
    caller: &Caller,
    mut held: Held<'_>,
    out: &mut bayeux::Response,
) -> Result<Option<Reply>, StoreFault> {
    let Some((until, mut looked)) = held.hold.as_ref().map(|hold| (hold.until(), hold.after())) else {
        return Ok(None);
    };
    let agent = &caller.user.id;
    let mailbox = api.desk.mailboxes().of(agent);
    let mut notes = Vec::new();
    loop {
        // Ask to be woken before looking, so that a note placed in between does it.
        let woken = mailbox.wake().notified();
        tokio::pin!(woken);
        woken.as_mut().enable();
        let subscriptions = held.hold.as_ref().and_then(|hold| api.notifications.hub().listening(hold));
        let Some(subscriptions) = subscriptions else { break };
        let found = Box::pin(mailbox::look(api, agent, &subscriptions, looked)).await?;
        looked = found.looked;
        notes = found.notes;
        let now = millis(api.desk.now());
        if !caller.login.holds(&api.desk) {
            // The session has ended and is about to be told; newer notes are not for it.
            notes.clear();
        }
        let due = held.hold.as_ref().is_none_or(|hold| api.notifications.hub().is_due(hold, now));
        if !notes.is_empty() || due {
            break;
        }
        tokio::select! {
            () = woken => {}
            () = held.waker.notified() => {}
            // The session may go with another login by now.
            () = settled(&caller.login) => break,
            () = tokio::time::sleep(Duration::from_millis(until.saturating_sub(now))) => {}
        }
    }
    let Some(hold) = held.take() else { return Ok(None) };
    let (told, completed) = complete(api, hold, looked);
    Ok(match completed {
        Completed::Deliver(reply) => {
            for note in &notes {
                note.write(out);
            }
            write(&told, out);
            metrics::counter!("jackfield_notes_delivered_total").increment(notes.len() as u64);
            Some(reply)
        }
        Completed::Ended(reply) => Some(reply),
        Completed::Superseded => None,
    })
}

fn unavailable(caller: &Caller, fault: &StoreFault) -> Response {
    tracing::error!(%fault, user = caller.user.user_name, "a notification request failed in the store");
    StatusCode::SERVICE_UNAVAILABLE.into_response()
}
