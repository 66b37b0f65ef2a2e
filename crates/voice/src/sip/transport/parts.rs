//! Bodies of several parts (RFC 5621 §3.1; RFC 2046 §5.1): the session description among them becomes the body, so that
//! the code behind here need not know of parts. Carriers put ISUP or a location beside it.

use super::message::{Head, end_of_head};
use base64::{Engine as _, engine::general_purpose::STANDARD};

/// The most parts that are read, and the deepest nesting.
const MOST: usize = 16;
const DEEPEST: u8 = 3;
/// Longest boundary (RFC 2046 §5.1.1).
const LONGEST_BOUNDARY: usize = 70;

/// The session description among the parts of a body; `None` where the body has no parts, or none of that kind.
pub(super) fn description(kind: &str, body: &[u8]) -> Option<Vec<u8>> {
    within(kind, body, DEEPEST)
}

fn within(kind: &str, body: &[u8], depth: u8) -> Option<Vec<u8>> {
    let media = media_type(kind);
    let subtype = media.strip_prefix("multipart/")?;
    let boundary = boundary(kind).filter(|boundary| (1..=LONGEST_BOUNDARY).contains(&boundary.len()))?;
    let mut found = parts(body, &boundary).filter_map(|part| read(part, depth));
    // Of alternatives the last is the best (RFC 2046 §5.1.4).
    if subtype == "alternative" { found.last() } else { found.next() }
}

/// The description that a part is, or contains.
fn read(part: &[u8], depth: u8) -> Option<Vec<u8>> {
    let (head, body) = if let Some(body) = part.strip_prefix(b"\r\n") {
        (&[][..], body)
    } else {
        let end = end_of_head(part)?;
        (&part[..end], &part[end + 4..])
    };
    // In a message a start line stands before the first header.
    let head = Head::read(&[&b"\r\n"[..], head].concat())?;
    let kind = head.find("Content-Type").unwrap_or("text/plain");
    if depth > 0 && media_type(kind).starts_with("multipart/") {
        return within(kind, body, depth - 1);
    }
    let session = head.find("Content-Disposition").is_none_or(|text| {
        text.split(';').next().is_some_and(|text| text.trim().eq_ignore_ascii_case("session"))
    });
    if media_type(kind) != "application/sdp" || !session {
        return None;
    }
    let coded = head.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("Content-Transfer-Encoding"));
    let mut text = match coded.map(|(_, coding)| coding.to_ascii_lowercase()).as_deref() {
        Some("base64") => {
            let bare: Vec<u8> = body.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
            STANDARD.decode(bare).ok()?
        }
        None | Some("binary" | "8bit" | "7bit") => body.to_vec(),
        Some(_) => return None,
    };
    // The line break before a boundary belongs to the boundary.
    if !text.ends_with(b"\n") {
        text.extend_from_slice(b"\r\n");
    }
    Some(text)
}

/// `application/sdp`, in small letters and without its parameters.
fn media_type(kind: &str) -> String {
    kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

fn boundary(kind: &str) -> Option<String> {
    let (_, parameters) = kind.split_once(';')?;
    let mut rest = parameters;
    while let Some((name, value)) = rest.split_once('=') {
        let value = value.trim_start();
        let (text, after) = match value.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"')?,
            None => value.split_once(';').unwrap_or((value, "")),
        };
        if name.trim_matches([';', ' ', '\t']).eq_ignore_ascii_case("boundary") {
            return Some(text.trim_end().to_owned());
        }
        rest = after.trim_start_matches([';', ' ']);
    }
    None
}

/// The parts between the boundaries. A body without the last boundary has its last part to its end.
fn parts<'b>(body: &'b [u8], boundary: &str) -> impl Iterator<Item = &'b [u8]> {
    let delimiter = [b"\r\n--", boundary.as_bytes()].concat();
    // The first may stand at the very beginning.
    let mut rest = match body.strip_prefix(&delimiter[2..]) {
        Some(rest) => Some(rest),
        None => find(body, &delimiter).map(|at| &body[at + delimiter.len()..]),
    };
    std::iter::from_fn(move || {
        let text = rest.take()?;
        if text.starts_with(b"--") {
            return None;
        }
        // Blanks may follow the boundary on its line.
        let line = find(text, b"\r\n")?;
        let content = &text[line + 2..];
        let (part, after) = match find(&text[line..], &delimiter) {
            // It may be empty: then the line break is that of the next boundary.
            Some(0) => (&[][..], Some(&text[line + delimiter.len()..])),
            Some(at) => (&text[line + 2..line + at], Some(&text[line + at + delimiter.len()..])),
            None => (content, None),
        };
        rest = after;
        Some(part)
    })
    .take(MOST)
}

fn find(text: &[u8], what: &[u8]) -> Option<usize> {
    text.windows(what.len()).position(|window| window == what)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SDP: &str = "v=0\r\no=- 1 1 IN IP4 h\r\n";

    fn found(kind: &str, body: &str) -> Option<String> {
        description(kind, body.as_bytes()).map(|text| String::from_utf8(text).expect("text"))
    }

    #[test]
    fn the_description_is_found_wherever_it_stands() {
        let sdp = format!("--b\r\nContent-Type: application/sdp\r\n\r\n{SDP}\r\n");
        let isup = "--b\r\nc : application/isup;version=x\r\nContent-Disposition: signal;handling=optional\r\n\r\n\x01\x10\r\n";
        let bare =
            sdp.replace("Content-Type: application/sdp", "content-type:\r\n  Application/SDP; charset=utf-8");
        for body in [
            format!("{sdp}{isup}--b--\r\n"),
            format!("{isup}{sdp}--b--"),
            format!("a preamble\r\n{isup}{bare}--b--\r\nan epilogue"),
            format!("{isup}{sdp}"),
            format!("{isup}--b  \r\n{}", &sdp[5..]),
        ] {
            let text = found("multipart/mixed;boundary=b", &body).unwrap_or_default();
            assert_eq!(text.trim_end(), SDP.trim_end(), "{body}");
        }
    }

    #[test]
    fn the_boundary_may_be_quoted_and_have_blanks() {
        let body = format!("--b 1\r\nContent-Type: application/sdp\r\n\r\n{SDP}\r\n--b 1--\r\n");
        for kind in ["multipart/mixed; boundary=\"b 1\"", "Multipart/Mixed;x=\"y;z\";BOUNDARY = \"b 1\";q=1"]
        {
            assert_eq!(found(kind, &body).as_deref(), Some(SDP), "{kind}");
        }
    }

    #[test]
    fn parts_within_parts_and_alternatives_are_read() {
        let inner = format!("--i\r\nContent-Type: application/sdp\r\n\r\n{SDP}\r\n--i--");
        let body = format!("--b\r\nContent-Type: multipart/related;boundary=i\r\n\r\n{inner}\r\n--b--\r\n");
        assert_eq!(found("multipart/mixed;boundary=b", &body).as_deref(), Some(SDP));
        let two = format!(
            "--b\r\nContent-Type: application/sdp\r\n\r\nv=9\r\n\r\n--b\r\nContent-Type: application/sdp\r\n\r\n{SDP}\r\n--b--"
        );
        assert_eq!(found("multipart/alternative;boundary=b", &two).as_deref(), Some(SDP));
        assert_eq!(found("multipart/mixed;boundary=b", &two).as_deref(), Some("v=9\r\n"));
    }

    #[test]
    fn what_is_no_description_of_the_session_is_none() {
        for (kind, body) in [
            ("application/sdp", SDP),
            ("multipart/mixed", SDP),
            ("multipart/mixed;boundary=b", "--b\r\nContent-Type: text/plain\r\n\r\nhello\r\n--b--\r\n"),
            ("multipart/mixed;boundary=b", "--b--\r\n"),
            ("multipart/mixed;boundary=b", "--b\r\n--b\r\n--b--"),
            (
                "multipart/mixed;boundary=b",
                "--b\r\nContent-Type: application/sdp\r\nContent-Disposition: early-session\r\n\r\nv=0\r\n--b--",
            ),
        ] {
            assert_eq!(found(kind, body), None, "{kind} {body}");
        }
    }

    #[test]
    fn a_part_in_base64_is_decoded() {
        let coded = STANDARD.encode(SDP);
        let body = format!(
            "--b\r\nContent-Type: application/sdp\r\nContent-Transfer-Encoding: base64\r\n\r\n{coded}\r\n--b--"
        );
        assert_eq!(found("multipart/mixed;boundary=b", &body).as_deref(), Some(SDP));
    }

    proptest! {
        #[test]
        fn nothing_makes_it_panic(kind in "\\PC{0,60}", body in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = description(&kind, &body);
            let _ = description("multipart/mixed;boundary=b", &[b"--b\r\n", &body[..], b"\r\n--b--"].concat());
        }
    }
}
