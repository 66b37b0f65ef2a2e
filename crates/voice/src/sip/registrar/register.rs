//! Handles REGISTER (RFC 3261 §10.3).

use super::{
    path,
    register_request::{Contact, Listed, RegisterRefusal, RegisterRequest, is_elsewhere},
};
use crate::{
    settings::Timers,
    sip::{address::Address, core::Core, digest::DigestCheck, headers, origin::RequestOrigin},
};
use rsipstack::{
    sip::{Header, HeadersExt, Param, Request, StatusCode},
    transaction::Transaction,
    transport::SipConnection,
};
use std::time::Duration;
use tokio::time::Instant;

/// Contacts in one message; more is not a phone.
const MOST_CONTACTS: usize = 10;
/// After how many seconds a phone should come again whose registration could not be written.
const LATER: u32 = 5;
/// Longest `Call-ID`, which is kept.
const LONGEST_CALL_ID: usize = 512;
/// Longest URI of a contact.
const LONGEST_CONTACT: usize = 512;

/// Answers a REGISTER.
pub(in crate::sip) async fn register(core: &Core, tx: &mut Transaction, origin: RequestOrigin) {
    let user = headers::find(&tx.original, "To").and_then(|to| Address::first(to)?.user());
    let proved = core.digest.verify(
        &core.settings.accounts,
        origin.sender,
        "REGISTER",
        &headers::target(&tx.original),
        headers::authorizations(&tx.original),
    );
    let dn = match proved {
        // A phone that is heard after too many failures is heard only for its own number, so that it cannot guess
        // others.
        DigestCheck::Right(dn) if core.logins.blocked(origin.sender.ip()) && !core.may_prove(&dn, origin) => {
            return;
        }
        DigestCheck::Right(dn) => dn,
        DigestCheck::Wrong if core.failed_login(&tx.original, origin) => return,
        DigestCheck::Stale => return challenge(core, tx, origin, true).await,
        DigestCheck::Wrong | DigestCheck::Absent => return challenge(core, tx, origin, false).await,
    };
    if user.as_deref() != Some(dn.as_str()) {
        // The credentials are right, but not for this address of record (spec: voice-sip#3.3).
        return answer(tx, StatusCode::Forbidden, Vec::new()).await;
    }
    if !origin.is_of_an_edge() && headers::has_token(&tx.original, "Require", "path") {
        // We would not keep it (RFC 3327 §5.3).
        return answer(tx, StatusCode::BadExtension, vec![Header::Unsupported("path".into())]).await;
    }
    let done = read(&tx.original, origin, &core.settings.timers)
        .and_then(|asked| core.registrar.apply(&dn, asked, Instant::now()));
    if tx.connection.as_ref().and_then(SipConnection::cancel_token).is_some_and(|token| token.is_cancelled())
    {
        // The stream was closed meanwhile, and its bindings were removed before this one was made.
        core.closed(origin.flow);
    }
    // What is acknowledged must be known to the next process.
    if done.is_ok()
        && let Err(why) = core.keeper.settle(&dn).await
    {
        metrics::counter!("jackfield_sip_failures_total", "what" => "unwritten").increment(1);
        tracing::warn!(number = %dn, %why, "where a phone is could not be written down: it is told to come again");
        return answer(tx, StatusCode::ServiceUnavailable, vec![headers::retry_after(LATER)]).await;
    }
    match done {
        Ok(listed) => {
            core.strangers.forget(origin.flow);
            let mut with: Vec<Header> = listed.iter().map(contact_header).collect();
            with.extend(path::answered(&tx.original, origin));
            answer(tx, StatusCode::OK, with).await;
        }
        Err(RegisterRefusal::TooBrief) => {
            let least = Header::MinExpires(core.settings.timers.min_expires.as_secs().to_string().into());
            answer(tx, StatusCode::IntervalTooBrief, vec![least]).await;
        }
        Err(RegisterRefusal::OutOfOrder) => answer(tx, StatusCode::ServerInternalError, Vec::new()).await,
        Err(RegisterRefusal::Malformed) => answer(tx, StatusCode::BadRequest, Vec::new()).await,
    }
}

async fn challenge(core: &Core, tx: &mut Transaction, origin: RequestOrigin, stale: bool) {
    let challenges = core.digest.challenges(origin.sender, stale);
    let challenges: Vec<Header> =
        challenges.into_iter().map(|text| Header::WwwAuthenticate(text.into())).collect();
    answer(tx, StatusCode::Unauthorized, challenges).await;
}

async fn answer(tx: &mut Transaction, status: StatusCode, headers: Vec<Header>) {
    if let Err(why) = tx.reply_with(status, headers, None).await {
        tracing::debug!(%why, "an answer to REGISTER was not sent");
    }
}

fn within_angles(value: &str) -> impl Iterator<Item = &str> {
    value.split('<').skip(1).filter_map(|rest| rest.split_once('>').map(|(uri, _)| uri.trim()))
}

fn contact_header(listed: &Listed) -> Header {
    // Rounded up, so that a fresh registration is granted what it was told.
    let secs = listed.remaining.as_secs() + u64::from(listed.remaining.subsec_nanos() > 0);
    Header::Contact(format!("<{}>;expires={secs}", listed.contact).into())
}

/// Reads the request.
fn read(
    request: &Request,
    origin: RequestOrigin,
    timers: &Timers,
) -> Result<RegisterRequest, RegisterRefusal> {
    let call_id = request.call_id_header().map_err(|_| RegisterRefusal::Malformed)?.value().to_owned();
    let cseq =
        request.cseq_header().and_then(rsipstack::sip::CSeq::seq).map_err(|_| RegisterRefusal::Malformed)?;
    if call_id.len() > LONGEST_CALL_ID {
        return Err(RegisterRefusal::Malformed);
    }
    let named = request.expires_header().and_then(|expires| expires.value().trim().parse::<u32>().ok());
    let path = path::read(request, origin)?;
    let mut asked = RegisterRequest { all: false, contacts: Vec::new(), call_id, cseq, origin, path };
    if request.contact_headers().is_empty() {
        return Ok(asked);
    }
    if request.contact_headers().iter().any(|contact| contact.value().trim() == "*") {
        // RFC 3261 §10.2.2: only alone, and only to remove all.
        if request.contact_headers().len() > 1 || named != Some(0) {
            return Err(RegisterRefusal::Malformed);
        }
        asked.all = true;
        return Ok(asked);
    }
    let contacts = request.typed_contact_headers().map_err(|_| RegisterRefusal::Malformed)?;
    if contacts.len() > MOST_CONTACTS {
        return Err(RegisterRefusal::Malformed);
    }
    let talks = headers::has_token(request, "Allow-Events", "talk");
    // The contacts as they came: the library writes some parts its own way, and phones look for what they wrote.
    let raw: Vec<&str> =
        request.contact_headers().iter().flat_map(|header| within_angles(header.value())).collect();
    let as_written = raw.len() == contacts.len();
    for (at, contact) in contacts.into_iter().enumerate() {
        let uri = if as_written { raw[at].to_owned() } else { contact.uri.to_string() };
        if uri.len() > LONGEST_CONTACT || contact.uri.scheme.is_none() {
            return Err(RegisterRefusal::Malformed);
        }
        let wanted = contact
            .expires()
            .or(named)
            .map_or(timers.default_expires, |secs| Duration::from_secs(secs.into()));
        if !wanted.is_zero() && wanted < timers.min_expires {
            return Err(RegisterRefusal::TooBrief);
        }
        let instance = contact.params.iter().find_map(|param| match param {
            Param::Other(name, Some(value)) if name.value().eq_ignore_ascii_case("+sip.instance") => {
                Some(value.value().trim_matches('"').chars().take(128).collect())
            }
            _ => None,
        });
        let reg_id = contact.params.iter().find_map(|param| match param {
            Param::Other(name, Some(value)) if name.value().eq_ignore_ascii_case("reg-id") => {
                value.value().parse().ok()
            }
            _ => None,
        });
        let elsewhere = is_elsewhere(&contact.uri, origin.sender);
        asked.contacts.push(Contact {
            uri,
            instance,
            reg_id,
            expires: wanted.min(timers.max_expires),
            elsewhere,
            talks,
        });
    }
    Ok(asked)
}
