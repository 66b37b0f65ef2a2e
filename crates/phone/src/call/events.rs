//! What the library tells about a dialog, one call at a time.

use super::{
    leg::{self, Leg},
    state::{CallEnd, CallState},
};
use rsipstack::{
    dialog::{
        dialog::{DialogState, DialogStateReceiver, TerminatedReason, TransactionHandle},
        invitation::InviteAsyncResult,
    },
    sip::{HasHeaders, Header, Method, Request, Response, StatusCode, StatusCodeKind},
};
use std::{sync::Arc, time::Duration};

/// Follows a call until it is over, and hangs up when that was asked for.
pub(super) async fn follow(leg: Arc<Leg>, mut events: DialogStateReceiver, stay: Option<Duration>) {
    let mut answered = false;
    loop {
        let event = tokio::select! {
            event = events.recv() => event,
            _ = leg.ended() => return,
            () = leg.line.over.cancelled() => {
                return leg.end(CallEnd { code: StatusCode::ServiceUnavailable.into(), by_us: true });
            }
        };
        let Some(event) = event else { return };
        match event {
            DialogState::Early(_, response) if !answered => {
                if leg.is_ours() && !response.body.is_empty() {
                    leg.voice.take_answer(&response.body);
                }
                leg.becomes(CallState::Ringing);
            }
            // It comes again after requests inside the dialog.
            DialogState::Confirmed(_, response) if !answered => {
                answered = true;
                confirmed(&leg, &response);
                tokio::spawn(leaves(leg.clone(), stay));
            }
            DialogState::Terminated(_, reason) => return leg.end(ended(&leg, &reason)),
            other => asked(&leg, other).await,
        }
    }
}

/// The INVITE's task is over: what it ended with, when no event has said so.
pub(super) async fn invited(leg: &Leg, outcome: Result<InviteAsyncResult, tokio::task::JoinError>) {
    let code = match outcome {
        Ok(Ok((_, Some(response)))) if response.status_code.kind() == StatusCodeKind::Successful => return,
        Ok(Ok((_, Some(response)))) => response.status_code.into(),
        Ok(Ok((_, None))) => StatusCode::RequestTimeout.into(),
        Ok(Err(_)) | Err(_) => StatusCode::ServiceUnavailable.into(),
    };
    // The event with the reason stands in the queue before this; it says more.
    if tokio::time::timeout(Duration::from_secs(1), leg.ended()).await.is_err() {
        leg.end(CallEnd { code, by_us: false });
    }
}

/// The INVITE was handled to its end: a call that is neither confirmed nor over by now never will be.
pub(super) fn handled(leg: &Leg) {
    if !matches!(leg.dialog.state(), DialogState::Confirmed(..) | DialogState::Terminated(..)) {
        leg.end(CallEnd { code: StatusCode::RequestTimeout.into(), by_us: false });
    }
}

fn confirmed(leg: &Leg, response: &Response) {
    if leg.is_ours() {
        leg.voice.take_answer(&response.body);
    } else if let Some(ack) = leg.dialog.last_remote_ack().filter(|ack| !ack.body.is_empty()) {
        leg.voice.take_answer(&ack.body);
    }
    leg.voice.speak();
    leg.becomes(CallState::Answered);
}

/// Hangs up when the stay is over or all has been said.
async fn leaves(leg: Arc<Leg>, stay: Option<Duration>) {
    let bored = async {
        match stay {
            Some(stay) => tokio::time::sleep(stay).await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = leg.ended() => return,
        () = bored => {}
        () = leg.voice.has_said_all() => {}
    }
    leg.hang_up(leg::DECLINED).await;
}

fn ended(leg: &Leg, reason: &TerminatedReason) -> CallEnd {
    let ours = leg.is_ours();
    let (code, by_us) = match reason {
        TerminatedReason::UacBye => (200, ours),
        TerminatedReason::UasBye => (200, !ours),
        TerminatedReason::UacCancel => (487, ours),
        TerminatedReason::Timeout => (408, false),
        TerminatedReason::UacBusy | TerminatedReason::UasBusy => (486, !ours),
        TerminatedReason::UasDecline => (leg.refusal().unwrap_or(603), !ours),
        TerminatedReason::ProxyAuthRequired => (401, false),
        TerminatedReason::ProxyError(code)
        | TerminatedReason::UacOther(code)
        // The 487 that a CANCEL brought.
        | TerminatedReason::UasOther(code) => (code.clone().into(), leg.is_leaving()),
    };
    CallEnd { code, by_us }
}

/// Answers a request inside the dialog; the library says 501 when nobody does.
async fn asked(leg: &Leg, event: DialogState) {
    let answered = match event {
        DialogState::Updated(_, request, handle) => change(leg, &request, handle).await,
        DialogState::Info(_, request, handle) => {
            let digit = dtmf_relay(&request);
            if let Some(digit) = digit {
                leg.voice.digit_by_info(digit);
            }
            let status = if digit.is_some() { StatusCode::OK } else { StatusCode::UnsupportedMediaType };
            handle.reply(status).await.is_ok()
        }
        DialogState::Options(_, _, handle) => handle.reply(StatusCode::OK).await.is_ok(),
        DialogState::Notify(_, request, handle) => {
            let known = leg.transfer_told(&request)
                || request.headers().iter().any(|header| {
                    matches!(header, Header::Event(event)
                if matches!(event.value().trim().to_ascii_lowercase().as_str(), "talk" | "hold"))
                });
            handle.reply(if known { StatusCode::OK } else { StatusCode::BadEvent }).await.is_ok()
        }
        DialogState::Refer(_, _, handle) | DialogState::Message(_, _, handle) => {
            handle.reply(StatusCode::MethodNotAllowed).await.is_ok()
        }
        _ => true,
    };
    if !answered {
        tracing::debug!("a request was gone before a phone answered it");
    }
}

async fn change(leg: &Leg, request: &Request, handle: TransactionHandle) -> bool {
    match leg.answer_change(request.method == Method::Invite, &request.body) {
        Ok(Some(sdp)) => handle.respond(StatusCode::OK, Some(vec![leg::sdp_type()]), Some(sdp)).await.is_ok(),
        Ok(None) => handle.reply(StatusCode::OK).await.is_ok(),
        Err(code) => handle.reply(StatusCode::from(code)).await.is_ok(),
    }
}

/// The digit of an `application/dtmf-relay` body.
fn dtmf_relay(request: &Request) -> Option<char> {
    let body = std::str::from_utf8(&request.body).ok()?;
    let signal = body.lines().find_map(|line| line.trim().strip_prefix("Signal="))?;
    signal.trim().chars().next().filter(|digit| "0123456789*#ABCD".contains(*digit))
}
