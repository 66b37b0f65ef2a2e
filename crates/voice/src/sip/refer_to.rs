//! Whom a REFER names (RFC 3515 §2.1, RFC 3891 §3).

use super::{
    address::{self, Address, entries},
    escape::unescaped,
    headers,
};
use domain::call::Dn;
use rsipstack::{
    dialog::DialogId,
    sip::{Request, StatusCode},
};

/// The longest Refer-To that is read, in bytes.
const LONGEST: usize = 1_024;

/// Whom a REFER names.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum ReferTarget {
    /// A number.
    Number(Dn),
    /// The other end of a dialog that the sender has with us.
    Dialog(DialogId),
}

/// Reads a REFER; or the status of its refusal.
pub(super) fn read(request: &Request) -> Result<ReferTarget, StatusCode> {
    let mut named = headers::values(request, "Refer-To").take(2).flat_map(entries);
    let (Some(entry), None) = (named.next(), named.next()) else { return Err(StatusCode::BadRequest) };
    if entry.len() > LONGEST {
        return Err(StatusCode::BadRequest);
    }
    let address = Address::first(entry).ok_or(StatusCode::BadRequest)?;
    let (scheme, _) = address.uri.split_once(':').ok_or(StatusCode::BadRequest)?;
    if !["sip", "sips", "tel"].iter().any(|known| scheme.trim().eq_ignore_ascii_case(known)) {
        return Err(StatusCode::UnsupportedUriScheme);
    }
    // Without brackets, what follows the question mark is no header of the URI (RFC 3261 §20.10).
    if !entry.contains('<') && entry.contains('?') {
        return Err(StatusCode::BadRequest);
    }
    let (uri, of_uri) = address.uri.split_once('?').unwrap_or((address.uri, ""));
    let method = uri.split(';').skip(1).filter_map(|parameter| parameter.split_once('='));
    let mut methods = method.filter(|(name, _)| name.trim().eq_ignore_ascii_case("method"));
    if methods.any(|(_, method)| !method.trim().eq_ignore_ascii_case("INVITE")) {
        return Err(StatusCode::Forbidden);
    }
    let mut replaces = of_uri
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .filter(|(name, _)| name.trim().eq_ignore_ascii_case("Replaces"));
    match (replaces.next(), replaces.next()) {
        (Some((_, value)), None) => {
            dialog(&unescaped(value)).map(ReferTarget::Dialog).ok_or(StatusCode::BadRequest)
        }
        (Some(_), Some(_)) => Err(StatusCode::BadRequest),
        (None, _) => {
            let number = address::user(uri).filter(|number| number.len() <= headers::LONGEST_NUMBER);
            number.map(|number| ReferTarget::Number(Dn::new(number))).ok_or(StatusCode::BadRequest)
        }
    }
}

/// The dialog that an INVITE is to replace, and whether only while it rings; `None` without a Replaces. Several, or one that
/// names no dialog, are the status of a refusal (RFC 3891 §3).
pub(super) fn replaced(request: &Request) -> Result<Option<(DialogId, bool)>, StatusCode> {
    let mut named = headers::values(request, "Replaces").take(2);
    let value = match (named.next(), named.next()) {
        (None, _) => return Ok(None),
        // A comma would begin another: there is none within a dialog's names (RFC 3891 §6.1).
        (Some(value), None) if value.len() <= LONGEST && !value.contains(',') => value,
        _ => return Err(StatusCode::BadRequest),
    };
    let is_early_only = value.split(';').skip(1).any(|part| part.trim().eq_ignore_ascii_case("early-only"));
    dialog(value).map(|dialog| Some((dialog, is_early_only))).ok_or(StatusCode::BadRequest)
}

/// The dialog of a Replaces: its `to-tag` is ours, since it is written for the end that the dialog is with.
fn dialog(replaces: &str) -> Option<DialogId> {
    let mut parts = replaces.split(';').map(str::trim);
    let call_id = parts.next().filter(|id| !id.is_empty())?.to_owned();
    let (mut to, mut from) = (None, None);
    for (name, value) in parts.filter_map(|part| part.split_once('=')) {
        let tag = match name.trim().to_ascii_lowercase().as_str() {
            "to-tag" => &mut to,
            "from-tag" => &mut from,
            _ => continue,
        };
        if tag.replace(value.trim().to_owned()).is_some() {
            return None;
        }
    }
    Some(DialogId { call_id, local_tag: to?, remote_tag: from? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rsipstack::sip::SipMessage;

    fn refer(headers: &str) -> Result<ReferTarget, u16> {
        let text = format!(
            "REFER sip:1@h SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\nFrom: <sip:a@h>;tag=1\r\n\
             To: <sip:b@h>;tag=2\r\nCall-ID: 1\r\nCSeq: 1 REFER\r\n{headers}\r\nContent-Length: 0\r\n\r\n"
        );
        match SipMessage::try_from(text.as_str()) {
            Ok(SipMessage::Request(request)) => read(&request).map_err(|status| status.code()),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_number_is_read_as_everywhere() {
        for (value, number) in [
            ("<sip:5002@h>", "5002"),
            ("sip:5002@h", "5002"),
            ("\"Ann, A.\" <sips:5002@h;user=phone>", "5002"),
            ("<tel:+1-555-000-0000>", "+15550000000"),
            ("<sip:5002@h;method=INVITE>", "5002"),
            ("<sip:5002@h?Accept-Contact=x>", "5002"),
            ("<sip:%2B1555@h>", "+1555"),
        ] {
            let read = refer(&format!("Refer-To: {value}"));
            assert_eq!(read, Ok(ReferTarget::Number(Dn::new(number))), "{value}");
        }
    }

    #[test]
    fn a_dialog_is_read_from_replaces() {
        let named = DialogId { call_id: "c@h".into(), local_tag: "o".into(), remote_tag: "t".into() };
        for value in [
            "<sip:5002@h?Replaces=c%40h%3Bto-tag%3Do%3Bfrom-tag%3Dt>",
            "<sip:5002@h?Require=replaces&replaces=c%40h%3Bfrom-tag%3Dt%3Bto-tag%3Do%3Bearly-only>",
            "<sip:h?Replaces=c@h;to-tag=o;from-tag=t>",
        ] {
            let read = refer(&format!("Refer-To: {value}"));
            assert_eq!(read, Ok(ReferTarget::Dialog(named.clone())), "{value}");
        }
    }

    #[test]
    fn what_names_nobody_or_several_is_refused() {
        let long = format!("Refer-To: <sip:{}@h>", "5".repeat(65));
        let longer = format!("Refer-To: <sip:5002@h?X={}>", "5".repeat(2_000));
        for (headers, code) in [
            ("X: y", 400),
            ("Refer-To: ", 400),
            ("Refer-To: <>", 400),
            ("Refer-To: 5002", 400),
            ("Refer-To: <sip:h>", 400),
            ("Refer-To: <sip:5002@h>, <sip:5003@h>", 400),
            ("Refer-To: <sip:5002@h>\r\nRefer-To: <sip:5003@h>", 400),
            ("Refer-To: sip:5002@h?Replaces=c%3Bto-tag%3Do%3Bfrom-tag%3Dt", 400),
            ("Refer-To: <sip:5002@h?Replaces=c>", 400),
            ("Refer-To: <sip:5002@h?Replaces=%3Bto-tag%3Do%3Bfrom-tag%3Dt>", 400),
            ("Refer-To: <sip:5002@h?Replaces=c%3Bto-tag%3Do%3Bto-tag%3Dp%3Bfrom-tag%3Dt>", 400),
            ("Refer-To: <sip:5002@h?Replaces=a%3Bto-tag%3Do%3Bfrom-tag%3Dt&Replaces=b>", 400),
            ("Refer-To: <http://5002@h>", 416),
            ("Refer-To: <mailto:5002@h>", 416),
            ("Refer-To: <sip:5002@h;method=BYE>", 403),
            (&long, 400),
            (&longer, 400),
        ] {
            assert_eq!(refer(headers), Err(code), "{headers}");
        }
    }

    fn invite(headers: &str) -> Result<Option<(DialogId, bool)>, u16> {
        let text = format!(
            "INVITE sip:1@h SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\nFrom: <sip:a@h>;tag=1\r\n\
             To: <sip:b@h>\r\nCall-ID: 1\r\nCSeq: 1 INVITE\r\n{headers}\r\nContent-Length: 0\r\n\r\n"
        );
        match SipMessage::try_from(text.as_str()) {
            Ok(SipMessage::Request(request)) => replaced(&request).map_err(|status| status.code()),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn an_invite_names_one_dialog_that_it_replaces() {
        let named = DialogId { call_id: "c@h".into(), local_tag: "o".into(), remote_tag: "t".into() };
        assert_eq!(invite("X: y"), Ok(None));
        let value = "Replaces: c@h;to-tag=o;from-tag=t";
        assert_eq!(invite(value), Ok(Some((named.clone(), false))));
        assert_eq!(invite("replaces: c@h ; from-tag=t;to-tag=o; Early-Only"), Ok(Some((named, true))));
        for bad in [
            "Replaces: ".to_owned(),
            "Replaces: c@h".to_owned(),
            "Replaces: c@h;to-tag=o".to_owned(),
            "Replaces: c@h;to-tag=o;to-tag=p;from-tag=t".to_owned(),
            format!("{value}\r\nReplaces: d;to-tag=o;from-tag=t"),
            format!("{value},d;to-tag=o;from-tag=t"),
            format!("{value};x={}", "y".repeat(2_000)),
        ] {
            assert_eq!(invite(&bad), Err(400), "{bad}");
        }
    }
}
