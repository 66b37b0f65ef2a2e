//! Headers, read and written.

use crate::settings::Timers;
use domain::call::{Caller, Cause};
use rsipstack::sip::{HasHeaders, Header, HeadersExt, Param, Request, Uri, typed};

/// What we take (RFC 3261 §20.5).
pub(super) const ALLOW: &str = "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE, PRACK";
/// Longest display name that is passed on, in characters.
const LONGEST_NAME: usize = 64;
/// Headers of one call that may become user data, and the bytes of one.
const MOST_EXTRAS: usize = 32;
const LONGEST_EXTRA: usize = 512;

/// The first header of a name.
pub(super) fn find<'a>(message: &'a impl HasHeaders, name: &str) -> Option<&'a str> {
    message
        .headers()
        .iter()
        .find(|header| header.name().eq_ignore_ascii_case(name))
        .map(|header| header.value().trim())
}

/// Whether a list header holds a token. Parameters of its entries do not count.
pub(super) fn has_token(message: &impl HasHeaders, name: &str, token: &str) -> bool {
    let entries = message.headers().iter().filter(|header| header.name().eq_ignore_ascii_case(name));
    entries
        .flat_map(|header| header.value().split(','))
        .any(|entry| entry.split(';').next().is_some_and(|entry| entry.trim().eq_ignore_ascii_case(token)))
}

/// Credentials of a request, for us as registrar and as proxy.
pub(super) fn authorizations(request: &Request) -> impl Iterator<Item = &str> {
    request.headers.iter().filter_map(|header| match header {
        Header::Authorization(value) => Some(value.value()),
        Header::ProxyAuthorization(value) => Some(value.value()),
        _ => None,
    })
}

/// What a request requires that we do not know (420).
pub(super) fn unsupported(request: &Request) -> Option<Header> {
    let required = request.headers.iter().filter_map(|header| match header {
        Header::Require(value) => Some(value.value()),
        _ => None,
    });
    let unknown: Vec<&str> = required
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .filter(|tag| !tag.is_empty() && !tag.eq_ignore_ascii_case("timer"))
        .collect();
    if unknown.is_empty() { None } else { Some(Header::Unsupported(unknown.join(", ").into())) }
}

/// Who calls: P-Asserted-Identity where it is there (RFC 3325), else From. Who wants to stay unknown is (RFC 3323).
pub(super) fn caller(request: &Request) -> Caller {
    let withheld = find(request, "Privacy").is_some_and(|value| {
        value.split(';').any(|kind| {
            ["id", "user", "header"].iter().any(|hidden| kind.trim().eq_ignore_ascii_case(hidden))
        })
    });
    let asserted = find(request, "P-Asserted-Identity").and_then(|value| typed::From::parse(value).ok());
    let from = || request.from_header().ok().and_then(|from| typed::From::parse(from.value()).ok());
    let Some(identity) = asserted.or_else(from) else { return Caller::default() };
    let number = identity.uri.user().unwrap_or_default();
    if withheld || number.eq_ignore_ascii_case("anonymous") {
        return Caller::default();
    }
    Caller {
        number: number.chars().filter(|c| !c.is_control()).take(LONGEST_NAME).collect(),
        name: plain(identity.display_name.as_deref().unwrap_or_default()),
    }
}

/// A display name without what could end it.
fn plain(name: &str) -> String {
    name.chars()
        .filter(|c| !c.is_control() && !matches!(c, '"' | '\\' | '<' | '>'))
        .take(LONGEST_NAME)
        .collect()
}

/// Headers that may become user data.
pub(super) fn extras(request: &Request) -> Vec<(String, String)> {
    let wanted = |name: &str| {
        name.get(..2).is_some_and(|start| start.eq_ignore_ascii_case("x-"))
            || ["User-to-User", "Diversion", "Subject"].iter().any(|known| known.eq_ignore_ascii_case(name))
    };
    let fits = |header: &&Header| wanted(header.name()) && header.value().len() <= LONGEST_EXTRA;
    let pair = |header: &Header| (header.name().to_owned(), header.value().to_owned());
    request.headers.iter().filter(fits).take(MOST_EXTRAS).map(pair).collect()
}

/// Identity of the caller towards a phone.
pub(super) fn identity(caller: &Caller, host: &Uri) -> (Option<String>, Uri) {
    let user = if caller.number.is_empty() { "anonymous" } else { caller.number.as_str() };
    let name = plain(&caller.name);
    let auth = rsipstack::sip::Auth { user: user.to_owned(), password: None };
    let uri = Uri { auth: Some(auth), params: Vec::new(), ..host.clone() };
    ((!name.is_empty()).then_some(name), uri)
}

/// `Contact`.
pub(super) fn contact(uri: &Uri) -> Header {
    Header::Contact(format!("<{uri}>").into())
}

/// `Allow`.
pub(super) fn allow() -> Header {
    Header::Allow(ALLOW.into())
}

/// `Content-Type` of a session description.
pub(super) fn sdp() -> Header {
    Header::ContentType("application/sdp".into())
}

/// Whether a body is a session description. A body without a type is taken for one.
pub(super) fn is_sdp(message: &impl HasHeaders) -> bool {
    find(message, "Content-Type").is_none_or(|kind| {
        kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/sdp"))
    })
}

/// `Warning` of a 488 (RFC 3261 §20.43).
pub(super) fn warning(code: u16, host: &impl std::fmt::Display) -> Header {
    Header::Warning(format!("{code} {host} \"Not acceptable\"").into())
}

/// `Retry-After`, in seconds.
pub(super) fn retry_after(secs: u32) -> Header {
    Header::RetryAfter(secs.to_string().into())
}

/// `Reason` of a BYE (RFC 3326).
pub(super) fn reason(cause: Cause) -> Header {
    let code = match cause {
        Cause::Normal => 200,
        other => super::causes::refusal(other),
    };
    Header::Reason(format!("SIP;cause={code};text=\"{}\"", cause.as_str()).into())
}

/// What makes a phone answer by itself: the older ways besides RFC 5373, which few know (voice-sip §2, §5.1).
pub(super) fn auto_answer(host: &Uri) -> [Header; 3] {
    [
        Header::CallInfo(format!("<{host}>;answer-after=0").into()),
        Header::AlertInfo("<http://localhost>;info=alert-autoanswer;delay=0".into()),
        Header::Other("Answer-Mode".into(), "Auto".into()),
    ]
}

/// The session timer that we offer (RFC 4028 §7.1).
pub(super) fn session_offer(timers: &Timers, interval: u64) -> [Header; 3] {
    [
        Header::Supported("timer".into()),
        Header::SessionExpires(format!("{interval};refresher=uac").into()),
        Header::MinSE(timers.min_session.as_secs().to_string().into()),
    ]
}

/// The tag of a To header, if it has one.
pub(super) fn to_tag(request: &Request) -> Option<String> {
    let to = request.to_header().ok().and_then(|to| typed::To::parse(to.value()).ok())?;
    to.params.into_iter().find_map(|param| match param {
        Param::Tag(tag) => Some(tag.value().to_owned()),
        _ => None,
    })
}
