//! A call that comes in (spec: voice-sip#5.2).

use super::{
    admit::{Admission, admit},
    core::Core,
    flow::Flow,
    headers,
    leg::{self, Incoming, SessionTimer},
    limits::UnauthenticatedCall,
    origin::RequestOrigin,
    phone_legs::{DialogStands, ReplaceableLeg},
    refer_to,
    reply::{PendingInvite, reply},
};
use crate::media::{Direction, SdpError};
use desk::ports::Arrival;
use domain::{
    InteractionId,
    call::{CallerId, Dn, LegId},
};
use rsipstack::{
    dialog::{dialog::DialogStateReceiver, invite_dialog::InviteDialog},
    sip::{Header, StatusCode},
    transaction::Transaction,
};
use std::sync::{Arc, atomic::Ordering};
use tokio::sync::mpsc;
use tracing::Instrument;

/// Takes an INVITE outside a dialog: until its ACK, or its end.
pub(super) async fn take(core: Arc<Core>, mut tx: Transaction, origin: RequestOrigin) {
    let (device, proved) = match admit(&core, &tx.original, origin) {
        Admission::Device { dn, proved } => {
            core.strangers.forget(origin.flow);
            (Some(dn), proved)
        }
        Admission::Outside => (None, false),
        Admission::Silence => return,
        Admission::Challenge { stale } => return challenge(&core, &mut tx, origin, stale).await,
    };
    let Some(once) = PendingInvite::enter(&core, &tx) else {
        return reply(&mut tx, StatusCode::LoopDetected, Vec::new()).await;
    };
    let guest = if proved { None } else { core.guests.enter(origin.sender.ip(), origin.is_stream()) };
    if !proved && guest.is_none() {
        // Somebody may forge a phone's address: the phone can still get in with its password.
        return match device {
            Some(_) => challenge(&core, &mut tx, origin, false).await,
            None => refuse(&mut tx, StatusCode::ServiceUnavailable, vec![headers::retry_after(2)]).await,
        };
    }
    let place = match replaced(&core, device.as_ref(), &tx).await {
        Ok(Some(replaced)) => replaced,
        Ok(None) => beside(&core, device.as_ref(), &tx, origin).await,
        Err(status) => return refuse(&mut tx, status, Vec::new()).await,
    };
    match begin(&core, &tx, origin, CallerProof { device, proved, guest, place }) {
        Ok((id, mut dialog)) => {
            if let Err(why) = dialog.handle(&mut tx).await {
                tracing::debug!(leg = %id, %why, "an INVITE failed");
            }
            if dialog.state().is_terminated() {
                core.layer.remove_dialog(&dialog.id());
            }
            drop(once);
            finish(tx).await;
        }
        // Nothing was said before, so the caller asks again until they hear it; the library answers that by itself.
        Err((status, headers)) => refuse(&mut tx, status, headers).await,
    }
}

/// What is known of the caller.
struct CallerProof {
    device: Option<Dn>,
    proved: bool,
    guest: Option<UnauthenticatedCall>,
    place: CallPlace,
}

/// Where in the calls that there are a call comes in.
enum CallPlace {
    /// It is a call of its own.
    Fresh,
    /// It asks somebody beside a call, of which the caller's phone holds this leg.
    Beside(InteractionId, LegId),
    /// It takes the place of this leg of a call, of the same number.
    Instead(InteractionId, LegId),
}

/// The leg of a call that a phone holds, if the call that it makes now asks somebody beside that one.
async fn beside(core: &Core, device: Option<&Dn>, tx: &Transaction, origin: RequestOrigin) -> CallPlace {
    let held = device.and_then(|dn| core.phone_legs.held_by(dn, origin.sender.ip()));
    let (Some(leg), Some(dialled)) = (held, dialled(&tx.original)) else { return CallPlace::Fresh };
    // That it holds may be on its way to the listener.
    core.told_of(&leg).await;
    match core.listener.asks_beside(&leg, &dialled).await {
        Some(call) => CallPlace::Beside(call, leg),
        None => CallPlace::Fresh,
    }
}

/// The leg that a phone wants to replace by the call that it makes (RFC 3891 §3; spec: voice-sip#5.13), or the status of a
/// refusal. Nobody outside learns from it which dialogs there are.
async fn replaced(
    core: &Core,
    device: Option<&Dn>,
    tx: &Transaction,
) -> Result<Option<CallPlace>, StatusCode> {
    let Some((dialog, is_early_only)) = refer_to::replaced(&tx.original)? else { return Ok(None) };
    let dn = device.ok_or(StatusCode::Forbidden)?;
    let leg = match core.phone_legs.replaceable(dn, &dialog) {
        ReplaceableLeg::Own(_, DialogStands::Answered) if is_early_only => return Err(StatusCode::BusyHere),
        // What the phone began itself, and nobody has answered, it can only cancel.
        ReplaceableLeg::Own(_, DialogStands::Calls) | ReplaceableLeg::Unknown => {
            return Err(StatusCode::CallTransactionDoesNotExist);
        }
        ReplaceableLeg::Own(leg, DialogStands::Rings | DialogStands::Answered) => leg,
        ReplaceableLeg::Foreign => return Err(StatusCode::Forbidden),
    };
    core.told_of(&leg).await;
    let call = core.listener.takes_over(&leg).await.ok_or(StatusCode::CallTransactionDoesNotExist)?;
    Ok(Some(CallPlace::Instead(call, leg)))
}

/// The number that an INVITE dials.
fn dialled(request: &rsipstack::sip::Request) -> Option<Dn> {
    let fits = |user: &String| (1..=headers::LONGEST_NUMBER).contains(&user.len());
    headers::dialled(request).filter(fits).map(Dn::new)
}

async fn challenge(core: &Core, tx: &mut Transaction, origin: RequestOrigin, stale: bool) {
    let challenges = core.digest.challenges(origin.sender, stale);
    let challenges: Vec<Header> =
        challenges.into_iter().map(|text| Header::ProxyAuthenticate(text.into())).collect();
    reply(tx, StatusCode::ProxyAuthenticationRequired, challenges).await;
}

async fn refuse(tx: &mut Transaction, status: StatusCode, headers: Vec<Header>) {
    metrics::counter!("jackfield_sip_refused_total", "code" => status.code().to_string()).increment(1);
    reply(tx, status, headers).await;
}

/// Sends a refusal again until it is acknowledged: the library does so only while somebody waits for it.
async fn finish(mut tx: Transaction) {
    while tx.state == rsipstack::transaction::TransactionState::Completed && tx.receive().await.is_some() {}
}

type Refusal = (StatusCode, Vec<Header>);

/// Makes the leg and answers it, or the refusal.
fn begin(
    core: &Arc<Core>,
    tx: &Transaction,
    origin: RequestOrigin,
    whence: CallerProof,
) -> Result<(LegId, InviteDialog), Refusal> {
    let request = &tx.original;
    let RequestOrigin { flow, sender, .. } = origin;
    let CallerProof { device, proved, guest, place } = whence;
    let plain = |status| (status, Vec::new());
    let takes = || core.pace.takes(sender.ip(), proved);
    if core.closing.load(Ordering::Relaxed) || core.legs() >= core.most_legs || !takes() {
        return Err((StatusCode::ServiceUnavailable, vec![headers::retry_after(2)]));
    }
    if let Some(unsupported) = headers::unsupported(request) {
        return Err((StatusCode::BadExtension, vec![unsupported]));
    }
    if !request.body.is_empty() && !headers::is_sdp(request) {
        return Err((
            StatusCode::UnsupportedMediaType,
            vec![Header::Accept("application/sdp, multipart/mixed".into())],
        ));
    }
    let session = SessionTimer::asked(request, &core.settings.timers).map_err(|least| {
        (StatusCode::SessionIntervalTooSmall, vec![Header::MinSE(least.as_secs().to_string().into())])
    })?;
    let dialled = dialled(request).ok_or(plain(StatusCode::NotFound))?;
    let (id, beside, replaces) = match place {
        CallPlace::Fresh => (LegId { call: core.listener.fresh_call(), number: 1 }, None, None),
        CallPlace::Beside(call, held) => (core.made_by_phone(call), Some(held), None),
        CallPlace::Instead(call, leg) => (core.made_by_phone(call), None, Some(leg)),
    };
    let (tell, events) = mpsc::unbounded_channel();
    let stream = core.engine.open(id.clone(), tell).map_err(|why| {
        tracing::warn!(leg = %id, %why, "no media for a call");
        (StatusCode::ServiceUnavailable, vec![headers::retry_after(2)])
    })?;
    stream.answered(false);
    stream.signalled_from(sender.ip());
    stream.behind_nat(device.as_ref().is_some_and(|dn| core.registrar.is_behind_nat(dn, sender)));
    let answer = match offer(request) {
        Some(offer) => {
            Some(stream.answer(offer, Direction::SendRecv).map_err(|why| unacceptable(core, &why))?.sdp)
        }
        None => None,
    };
    let acts = core.enter(&id).ok_or(plain(StatusCode::ServerInternalError))?;
    let dialog = dialog(core, tx, flow).inspect_err(|_| core.leave(&id))?;
    let caller = headers::caller(request);
    let arrival = Arrival {
        leg: id.clone(),
        from: device
            .as_ref()
            .map_or(caller.clone(), |dn| CallerId { number: dn.to_string(), name: caller.name }),
        dialled,
        device,
        beside,
        replaces,
        headers: headers::extras(request),
    };
    metrics::counter!("jackfield_sip_calls_total", "way" => "in").increment(1);
    if let Some(call_id) = headers::find(request, "Call-ID") {
        core.recorder.attach(&id, call_id, arrival.device.as_ref(), stream.figures());
    }
    let (ours, events_of_dialog) = dialog;
    let incoming = Incoming { dialog: ours.clone(), answer, session, answered: false, origin, guest };
    let leg =
        leg::Leg::incoming(core, id.clone(), acts, (stream, events), events_of_dialog, incoming, request);
    let span = leg::span(&id, "in", arrival.device.as_ref());
    core.spawn(leg.arrive(arrival).instrument(span));
    Ok((id, ours))
}

fn dialog(core: &Core, tx: &Transaction, flow: Flow) -> Result<(InviteDialog, DialogStateReceiver), Refusal> {
    let (tell, events) = core.layer.new_dialog_state_channel();
    let contact = core.contact_towards(flow);
    match core.layer.get_or_create_server_invite(tx, tell, None, Some(contact)) {
        Ok(dialog) => Ok((dialog, events)),
        Err(why) => {
            tracing::debug!(%why, "an INVITE makes no sense");
            Err((StatusCode::BadRequest, Vec::new()))
        }
    }
}

/// The session description of a message, if it has a body.
pub(super) fn offer(request: &rsipstack::sip::Request) -> Option<&str> {
    if request.body.is_empty() { None } else { Some(std::str::from_utf8(&request.body).unwrap_or_default()) }
}

/// The refusal of a session description.
pub(super) fn unacceptable(core: &Core, why: &SdpError) -> Refusal {
    match why {
        SdpError::Malformed(_) | SdpError::TooLong => (StatusCode::BadRequest, Vec::new()),
        other => (StatusCode::NotAcceptableHere, vec![headers::warning(other.warning(), &core.host())]),
    }
}
