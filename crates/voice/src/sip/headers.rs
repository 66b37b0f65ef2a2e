//! Headers, read and written.

use super::address::{self, Address};
use crate::settings::Timers;
use domain::call::{CallerId, Cause};
use rsipstack::sip::{HasHeaders, Header, Request, Response, Uri};

/// Our name in User-Agent.
pub(super) const NAME: &str = concat!("Jackfield/", env!("CARGO_PKG_VERSION"));
/// The methods that we take (RFC 3261 §20.5).
pub(super) const ALLOW: &str = "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE, REFER";
/// The extensions that we know (RFC 3261 §20.37): session timers, and calls that replace others.
pub(super) const SUPPORTED: &str = "timer, replaces";
/// Longest display name that is passed on, in characters.
const LONGEST_NAME: usize = 64;
/// Longest number that can be dialled, in bytes: what callers say is kept and shown.
pub(super) const LONGEST_NUMBER: usize = 64;
/// Identities of a caller, or contacts of a diversion, that are looked at.
const MOST_IDENTITIES: usize = 8;
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

/// The required extensions of a request that we do not know (420).
pub(super) fn unsupported(request: &Request) -> Option<Header> {
    let required = request.headers.iter().filter_map(|header| match header {
        Header::Require(value) => Some(value.value()),
        _ => None,
    });
    let unknown: Vec<&str> = required
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .filter(|tag| !tag.is_empty() && !SUPPORTED.split(", ").any(|known| tag.eq_ignore_ascii_case(known)))
        .collect();
    if unknown.is_empty() { None } else { Some(Header::Unsupported(unknown.join(", ").into())) }
}

/// The number that was dialled: that of the Request-URI, or of To where a gateway sends its calls to our host only.
pub(super) fn dialled(request: &Request) -> Option<String> {
    address::user(&target(request)).or_else(|| Address::first(find(request, "To")?)?.user())
}

/// The Request-URI as it came. The library would escape its escapes again.
pub(super) fn target(request: &Request) -> String {
    let uri = &request.uri;
    match (&uri.scheme, &uri.auth) {
        (Some(scheme), Some(auth)) => {
            let rest = Uri { scheme: None, auth: None, ..uri.clone() };
            format!("{scheme}:{}@{rest}", auth.user)
        }
        _ => uri.to_string(),
    }
}

/// The number that a 3xx names: that of the Contact with the highest `q` that names one (RFC 3261 §8.1.3.4).
pub(super) fn diverted(response: &Response) -> Option<String> {
    let rank = |contact: &Address<'_>| {
        let q = contact.parameter("q").and_then(|q| q.parse::<f32>().ok()).unwrap_or(1.0);
        if q.is_finite() { q } else { 0.0 }
    };
    let numbers = values(response, "Contact").flat_map(Address::all).filter_map(|contact| {
        Some((rank(&contact), contact.user().filter(|user| user.len() <= LONGEST_NUMBER)?))
    });
    // Of equal ones the first counts.
    let best = numbers.take(MOST_IDENTITIES).reduce(|best, next| if next.0 > best.0 { next } else { best });
    best.map(|(_, number)| number)
}

/// Who calls: P-Asserted-Identity where it is there (RFC 3325), else Remote-Party-ID, which came before it, or
/// P-Preferred-Identity, else From. Of several identities the first with a telephone number counts; a `sip` and a `tel`
/// URI name the same caller (RFC 3325 §9.1). A caller who asks for privacy stays unknown (RFC 3323).
pub(super) fn caller(request: &Request) -> CallerId {
    let privacy = values(request, "Privacy").flat_map(|value| value.split([';', ',']));
    let withheld = privacy
        .map(str::trim)
        .any(|kind| ["id", "user", "header"].iter().any(|hidden| kind.eq_ignore_ascii_case(hidden)));
    if withheld {
        return CallerId::default();
    }
    let asserted = ["P-Asserted-Identity", "Remote-Party-ID", "P-Preferred-Identity", "From"];
    for name in asserted {
        let all: Vec<Address<'_>> =
            values(request, name).flat_map(Address::all).filter(is_calling).take(MOST_IDENTITIES).collect();
        // `;privacy=full` of Remote-Party-ID means the same as Privacy does for the others.
        let hides = |who: &Address<'_>| {
            who.parameter("privacy").is_some_and(|kind| !kind.eq_ignore_ascii_case("off"))
        };
        if name == "Remote-Party-ID" && all.iter().any(hides) {
            return CallerId::default();
        }
        let named = || all.iter().filter(|who| !who.is_anonymous());
        let with_number = || named().find(|who| who.user().is_some_and(|user| is_number(&user)));
        let Some(who) = with_number().or_else(|| named().next()) else { continue };
        let display =
            [who].into_iter().chain(named()).map(|who| plain(&who.name)).find(|name| !name.is_empty());
        return CallerId {
            number: who.user().unwrap_or_default().chars().take(LONGEST_NAME).collect(),
            name: display.unwrap_or_default(),
        };
    }
    CallerId::default()
}

/// Whether an identity is the caller's: Remote-Party-ID may also name the called party.
fn is_calling(who: &Address<'_>) -> bool {
    who.parameter("party").is_none_or(|party| party.eq_ignore_ascii_case("calling"))
}

fn is_number(user: &str) -> bool {
    let digits = user.strip_prefix('+').unwrap_or(user);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// All headers of a name.
pub(super) fn values<'a>(message: &'a impl HasHeaders, name: &'a str) -> impl Iterator<Item = &'a str> {
    let named = move |header: &&Header| header.name().eq_ignore_ascii_case(name);
    message.headers().iter().filter(named).map(Header::value)
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
pub(super) fn identity(caller: &CallerId, host: &Uri) -> (Option<String>, Uri) {
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

/// `Reason` of a CANCEL (RFC 3326 §2): a call that was answered elsewhere is not a missed call.
pub(super) fn cancel_reason(cause: Cause) -> String {
    match cause {
        Cause::Normal => "SIP;cause=200;text=\"Call completed elsewhere\"".to_owned(),
        Cause::Cancelled => "SIP;cause=487;text=\"cancelled\"".to_owned(),
        other => format!("SIP;cause={};text=\"{}\"", super::causes::refusal(other), other.as_str()),
    }
}

/// Headers that make a phone answer by itself: the older ways besides RFC 5373, which few know (spec: voice-sip#2,
/// #5.1).
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
        Header::Supported(SUPPORTED.into()),
        Header::SessionExpires(format!("{interval};refresher=uac").into()),
        Header::MinSE(timers.min_session.as_secs().to_string().into()),
    ]
}

/// The tag of a To header, if it has one.
pub(super) fn to_tag(request: &Request) -> Option<String> {
    Address::first(find(request, "To")?)?.parameter("tag").map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rsipstack::sip::SipMessage;

    fn request(headers: &str) -> Request {
        let text = format!(
            "INVITE sip:1@h SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\nTo: <sip:1@h>\r\nCall-ID: 1\r\n\
             CSeq: 1 INVITE\r\n{headers}Content-Length: 0\r\n\r\n"
        );
        match SipMessage::try_from(text.as_str()) {
            Ok(SipMessage::Request(request)) => request,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_caller_is_who_the_network_asserts_else_who_they_say_they_are() {
        let plain = "From: \"Ada\" <sip:+15550000000@c>;tag=x\r\n";
        let hidden = "From: <sip:anonymous@anonymous.invalid>;tag=x\r\n";
        for (from, headers, number, name) in [
            (plain, "", "+15550000000", "Ada"),
            ("From: <tel:+1-555-000-0000>;tag=x\r\n", "", "+15550000000", ""),
            (plain, "P-Asserted-Identity: \"Ines\" <sip:+1555@c;user=phone>\r\n", "+1555", "Ines"),
            (plain, "P-Asserted-Identity: tel:+1555\r\n", "+1555", ""),
            (plain, "P-Asserted-Identity: <sip:ines@c>, \"Ines\" <tel:+1555>\r\n", "+1555", "Ines"),
            (
                plain,
                "P-Asserted-Identity: \"Ines\" <sip:ines@c>\r\nP-Asserted-Identity: <tel:+1555>\r\n",
                "+1555",
                "Ines",
            ),
            (plain, "P-Asserted-Identity: <sip:ines@c>\r\n", "ines", ""),
            (hidden, "P-Asserted-Identity: <sip:+1555@c>\r\n", "+1555", ""),
            (hidden, "", "", ""),
            (hidden, "P-Asserted-Identity: <sip:+1555@c>\r\nPrivacy: id\r\n", "", ""),
            (plain, "Privacy: critical ; User\r\n", "", ""),
            (plain, "Privacy: none\r\n", "+15550000000", "Ada"),
            (plain, "Remote-Party-ID: <sip:+1555@c>;party=calling;privacy=off\r\n", "+1555", ""),
            (plain, "Remote-Party-ID: <sip:+1555@c>;party=called\r\n", "+15550000000", "Ada"),
            (plain, "Remote-Party-ID: <sip:+1555@c>;privacy=full\r\n", "", ""),
            (plain, "P-Preferred-Identity: <tel:+1555>\r\n", "+1555", ""),
            ("From: \"a \\\"<sip:5550199@h>\" <sip:+1555@h>;tag=x\r\n", "", "+1555", "a sip:5550199@h"),
        ] {
            let said = caller(&request(&format!("{from}{headers}")));
            assert_eq!((said.number.as_str(), said.name.as_str()), (number, name), "{from}{headers}");
        }
    }

    #[test]
    fn a_diversion_goes_to_the_contact_that_is_wanted_most_and_names_a_number() {
        for (contacts, number) in [
            ("Contact: <sip:5003@h>", Some("5003")),
            ("Contact: <sip:5003@h>;q=0.5, \"B\" <sip:5004@h;user=phone>;q=0.9", Some("5004")),
            ("Contact: <sip:5003@h>\r\nContact: <sip:5004@h>", Some("5003")),
            ("Contact: <sip:h>, <tel:+1-555-000-0000>;q=0.1", Some("+15550000000")),
            ("Contact: <sip:5003@h>;q=nan, <sip:5004@h>;q=0.2", Some("5004")),
            ("Contact: <mailto:5003@h>", None),
            ("X: y", None),
        ] {
            let text = format!(
                "SIP/2.0 302 Moved\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\nFrom: <sip:a@h>;tag=1\r\n\
                 To: <sip:b@h>;tag=2\r\nCall-ID: 1\r\nCSeq: 1 INVITE\r\n{contacts}\r\nContent-Length: 0\r\n\r\n"
            );
            let Ok(SipMessage::Response(response)) = SipMessage::try_from(text.as_str()) else {
                panic!("{contacts}")
            };
            assert_eq!(diverted(&response).as_deref(), number, "{contacts}");
        }
    }

    #[test]
    fn the_number_dialled_is_that_of_the_request_uri_or_of_to() {
        for (uri, number) in [
            ("sip:9000@h", Some("9000")),
            ("tel:+1-555-111-2222", Some("+15551112222")),
            ("sip:+15551112222;npdi;rn=1@h;user=phone", Some("+15551112222")),
            ("sip:*70%23@h", Some("*70#")),
            ("sip:h", Some("1")),
        ] {
            let mut request = request("From: <sip:a@h>;tag=1\r\n");
            request.uri = Uri::try_from(uri).expect("a URI");
            assert_eq!(dialled(&request).as_deref(), number, "{uri}");
        }
    }
}
