//! Where messages begin and end: a datagram or a frame of WebSocket is one (RFC 3261 §18.3, RFC 7118 §5), in a stream
//! of bytes `Content-Length` says so (RFC 3261 §18.3).

use super::{
    inspect::{Inspection, inspect, method},
    message::{Head, LONGEST, end_of_head},
};

/// The longest body over a stream.
const LONGEST_BODY: usize = 64 * 1024;

/// What was read.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum StreamItem {
    /// Blanks that keep the connection open (RFC 5626 §3.5.1); whether an answer is asked for.
    Ping(bool),
    Message(Inspection),
}

/// A stream of bytes in which messages cannot be found any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Broken;

/// Reads a datagram or a frame.
pub(super) fn whole(bytes: &[u8]) -> StreamItem {
    // Some send an empty line first (RFC 3261 §7.5).
    let Some(start) = bytes.iter().position(|byte| !byte.is_ascii_whitespace()) else {
        return StreamItem::Ping(bytes == b"\r\n\r\n");
    };
    let bytes = &bytes[start..];
    let head = end_of_head(bytes)
        .filter(|end| *end <= LONGEST)
        .and_then(|end| Some((Head::read(&bytes[..end])?, &bytes[end + 4..])));
    let Some((head, rest)) = head else { return StreamItem::Message(Inspection::Drop) };
    // Bytes behind the body are ignored; without a length the body is the rest.
    match head.length().map(|length| rest.get(..length.unwrap_or(rest.len()))) {
        Ok(Some(body)) => StreamItem::Message(inspect(head, body)),
        _ => StreamItem::Message(misses_its_body(head)),
    }
}

/// Takes a complete message from the beginning of a stream; `None` when more has to come. `note` is shown the message as
/// it came, with its head read.
pub(super) fn next(
    buffer: &mut Vec<u8>,
    note: impl FnOnce(&[u8], &Head),
) -> Result<Option<StreamItem>, Broken> {
    if buffer.starts_with(b"\r\n") {
        // A lone line break is the answer to a ping of ours, or the first half of one.
        let is_ping = buffer.starts_with(b"\r\n\r\n");
        buffer.drain(..if is_ping { 4 } else { 2 });
        return Ok(Some(StreamItem::Ping(is_ping)));
    }
    let Some(end) = end_of_head(buffer) else {
        return if buffer.len() > LONGEST { Err(Broken) } else { Ok(None) };
    };
    let head = Head::read(&buffer[..end]).filter(|_| end <= LONGEST).ok_or(Broken)?;
    let length = head.length().map_err(|_| Broken)?.unwrap_or(0);
    if length > LONGEST_BODY {
        return Err(Broken);
    }
    let Some(message) = buffer.get(..end + 4 + length) else { return Ok(None) };
    note(message, &head);
    let body = message[end + 4..].to_vec();
    buffer.drain(..end + 4 + length);
    Ok(Some(StreamItem::Message(inspect(head, &body))))
}

fn misses_its_body(head: Head) -> Inspection {
    match inspect(head, b"") {
        Inspection::Pass(head, _) if method(&head).is_some_and(|method| method != "ACK") => {
            Inspection::Refuse("400 Bad Request", head)
        }
        Inspection::Pass(..) => Inspection::Drop,
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::{super::inspect::tests::request, *};
    use proptest::prelude::*;

    fn refused(text: &str) -> Option<&'static str> {
        match whole(text.as_bytes()) {
            StreamItem::Message(Inspection::Refuse(status, _)) => Some(status),
            _ => None,
        }
    }

    #[test]
    fn a_body_that_is_missing_is_refused() {
        let text = request("OPTIONS", ";tag=1", "1 OPTIONS");
        for length in ["Content-Length: 9", "l : 9", "Content-Length: x", "Content-Length: 0\r\nl: 1"] {
            assert_eq!(
                refused(&text.replace("Content-Length: 0", length)),
                Some("400 Bad Request"),
                "{length}"
            );
        }
    }

    #[test]
    fn without_a_length_the_body_is_the_rest_and_with_one_no_more_than_that() {
        let text = request("INVITE", ";tag=1", "1 INVITE");
        for (length, body) in [("X: y", "v=0\r\n"), ("Content-Length: 3", "v=0")] {
            let bytes = text.replace("Content-Length: 0", length) + "v=0\r\n";
            let StreamItem::Message(Inspection::Pass(_, got)) = whole(bytes.as_bytes()) else {
                panic!("{bytes}")
            };
            assert_eq!(got, body.as_bytes(), "{length}");
        }
    }

    #[test]
    fn what_is_no_message_is_dropped_and_blanks_are_a_ping() {
        assert_eq!(whole(b"OPTIONS"), StreamItem::Message(Inspection::Drop));
        assert_eq!(whole(b"\r\n\r\n"), StreamItem::Ping(true));
        assert_eq!(whole(b"\0"), StreamItem::Message(Inspection::Drop));
        let late = format!("\r\n{}", request("OPTIONS", ";tag=1", "1 OPTIONS"));
        assert!(matches!(whole(late.as_bytes()), StreamItem::Message(Inspection::Pass(..))));
    }

    #[test]
    fn messages_are_told_apart_in_a_stream_however_it_comes() {
        let text = request("INVITE", ";tag=1", "1 INVITE").replace("Content-Length: 0", "l :\r\n 5");
        let stream = format!("\r\n\r\n{text}v=0\r\n\r\n{text}v=1\r\n");
        let mut buffer = Vec::new();
        let mut got = Vec::new();
        for byte in stream.bytes() {
            buffer.push(byte);
            while let Some(read) = next(&mut buffer, |_, _| ()).expect("a stream") {
                if let StreamItem::Message(Inspection::Pass(_, body)) = read {
                    got.push(String::from_utf8(body).expect("text"));
                }
            }
        }
        assert_eq!(got, ["v=0\r\n", "v=1\r\n"]);
        assert!(buffer.is_empty());
    }

    #[test]
    fn a_stream_that_makes_no_sense_is_broken() {
        let long = format!("OPTIONS sip:x SIP/2.0\r\nX: {}", "x".repeat(LONGEST));
        for text in [
            "OPTIONS sip:x SIP/2.0\r\nContent-Length: x\r\n\r\n",
            "OPTIONS sip:x SIP/2.0\r\nContent-Length: 99999999\r\n\r\n",
            &long,
        ] {
            assert_eq!(next(&mut text.as_bytes().to_vec(), |_, _| ()), Err(Broken));
        }
    }

    proptest! {
        #[test]
        fn nothing_makes_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = whole(&bytes);
            let mut buffer = bytes;
            while let Ok(Some(_)) = next(&mut buffer, |_, _| ()) {}
        }
    }
}
