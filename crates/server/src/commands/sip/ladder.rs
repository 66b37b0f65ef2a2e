//! A trace for people: the server at the left, every other end with a line of its own, time downwards.

use crate::admin::{SipLeg, SipMessage, SipTraceAnswer};
use jiff::Timestamp;
use std::{
    fmt::Write as _,
    io::{self, Write},
    net::SocketAddr,
};

/// Characters from one line to the next.
const WIDTH: usize = 7;
/// The most lines beside the server's: with more ends the arrows only name them.
const MOST_LINES: usize = 12;
/// The longest text of a message that is shown, in characters.
const LONGEST: usize = 80;

/// The other end of messages: transport and address.
type End<'m> = (&'m str, SocketAddr);

/// Prints the ladder, and the sound of the legs.
pub fn print(found: &SipTraceAnswer, out: &mut impl Write) -> io::Result<()> {
    let ends = ends(&found.messages);
    for (number, (transport, addr)) in ends.iter().enumerate() {
        writeln!(out, "{:>3}  {transport} {addr}{}", number + 1, whose(found, (transport, *addr)))?;
    }
    if found.messages.is_empty() {
        writeln!(out, "There was no message in the last ten minutes.")?;
    } else {
        writeln!(out, "{}", heads(ends.len()))?;
    }
    for message in &found.messages {
        let end = ends.iter().position(|end| *end == (message.transport.as_str(), message.peer));
        let arrow = arrow(ends.len(), end.unwrap_or(0), message.came);
        writeln!(out, "{}  {arrow}  {}", moment(message.at), words(message))?;
    }
    if found.left_out > 0 {
        writeln!(out, "{} older messages are left out.", found.left_out)?;
    }
    if !found.legs.is_empty() {
        writeln!(out, "\nSound:")?;
    }
    for leg in &found.legs {
        writeln!(out, "  {}", sound(leg))?;
    }
    Ok(())
}

/// A moment in RFC 3339, to the millisecond.
pub fn moment(micros: i64) -> String {
    let moment = Timestamp::from_microsecond(micros);
    moment.map_or_else(|_| micros.to_string(), |moment| moment.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string())
}

/// The other ends, in the order in which they appear.
fn ends(messages: &[SipMessage]) -> Vec<End<'_>> {
    let mut ends: Vec<End<'_>> = Vec::new();
    for message in messages {
        let end = (message.transport.as_str(), message.peer);
        if !ends.contains(&end) {
            ends.push(end);
        }
    }
    ends
}

/// The legs that an end is part of, for its line in the list.
fn whose(found: &SipTraceAnswer, (transport, addr): (&str, SocketAddr)) -> String {
    let is_of = |leg: &&SipLeg| {
        let named = Some((leg.call.as_str(), leg.number));
        found.messages.iter().any(|message| {
            message.transport == transport
                && message.peer == addr
                && message.leg.as_ref().map(|(call, number)| (call.as_str(), *number)) == named
        })
    };
    found.legs.iter().filter(is_of).fold(String::new(), |mut text, leg| {
        let _ = write!(text, ", {}", name(leg));
        text
    })
}

fn name(leg: &SipLeg) -> String {
    let phone = leg.phone.as_ref().map_or_else(String::new, |dn| format!(" (phone {})", printable(dn)));
    format!("leg {} of {}{phone}", leg.number, leg.call)
}

/// The line above the ladder, with the numbers of the ends.
fn heads(count: usize) -> String {
    if count > MOST_LINES {
        return String::new();
    }
    let mut numbers = String::new();
    for number in 1..=count {
        let _ = write!(numbers, "{number:<WIDTH$}");
    }
    format!("\n{:<26}{:<WIDTH$}{}", "", "server", numbers.trim_end())
}

/// An arrow between the server and one of so many ends.
fn arrow(count: usize, to: usize, came: bool) -> String {
    if count > MOST_LINES {
        return format!("server {} {:<4}", if came { "<-" } else { "->" }, to + 1);
    }
    let end = (to + 1) * WIDTH;
    (0..=count * WIDTH)
        .map(|at| match at {
            _ if at == 1 && came => '<',
            _ if at + 1 == end && !came => '>',
            _ if at > 0 && at < end => '-',
            _ if at % WIDTH == 0 => '|',
            _ => ' ',
        })
        .collect()
}

/// What a message says, in a line.
fn words(message: &SipMessage) -> String {
    let mut text = if let Some(status) = message.start.strip_prefix("SIP/2.0 ") {
        printable(status)
    } else {
        let named = |who: &Option<String>| who.as_deref().map_or_else(|| "?".into(), printable);
        match message.start.split(' ').next().unwrap_or_default() {
            "REGISTER" => format!("REGISTER {}", named(&message.to)),
            "INVITE" => format!("INVITE {} from {}", named(&message.to), named(&message.from)),
            other => printable(other),
        }
    };
    let _ = write!(text, " ({})", printable(&message.cseq));
    if let Some(sdp) = &message.sdp {
        let codecs: Vec<String> = sdp.codecs.iter().map(|codec| printable(codec)).collect();
        let proto =
            if sdp.proto == "RTP/AVP" { String::new() } else { format!(" over {}", printable(&sdp.proto)) };
        let (address, direction) = (printable(&sdp.address), printable(&sdp.direction));
        let _ = write!(text, ", SDP: {} at {address}{proto}, {direction}", codecs.join(" "));
    }
    if message.kept < message.length {
        let kind = message
            .content_type
            .as_deref()
            .map_or_else(String::new, |kind| format!(" ({})", printable(kind)));
        let _ =
            write!(text, ", {} of {} bytes not kept{kind}", message.length - message.kept, message.length);
    }
    text
}

fn sound(leg: &SipLeg) -> String {
    let mut text = name(leg);
    match leg.remote {
        Some(remote) => {
            let _ = write!(text, ", {remote}");
        }
        None => text.push_str(", nowhere to send to"),
    }
    let _ = write!(
        text,
        ": {} packets in, {} out, {} lost, jitter {}",
        leg.received,
        leg.sent,
        lost(leg),
        millis(leg.jitter)
    );
    if leg.refused > 0 {
        let _ = write!(text, ", {} refused", leg.refused);
    }
    if leg.unsent > 0 {
        let _ = write!(text, ", {} not sent", leg.unsent);
    }
    match leg.heard_at {
        Some(at) => {
            let _ = write!(text, "; last heard at {}", moment(at));
        }
        None => text.push_str("; never heard"),
    }
    if let Some((lost, jitter)) = leg.reported {
        let _ = write!(text, "; the other end misses {lost}, jitter {}", millis(jitter));
    }
    text.push_str(if leg.is_live { "; it goes on" } else { "; it is over" });
    text
}

/// Packets that were lost, with their share of all.
fn lost(leg: &SipLeg) -> String {
    let all = leg.received + leg.lost;
    if leg.lost == 0 || all == 0 {
        return leg.lost.to_string();
    }
    let tenths = leg.lost.saturating_mul(1000) / all;
    format!("{} ({}.{} %)", leg.lost, tenths / 10, tenths % 10)
}

fn millis(micros: u64) -> String {
    format!("{}.{} ms", micros / 1000, micros % 1000 / 100)
}

/// A text of somebody else's, which must not control the terminal.
fn printable(text: &str) -> String {
    let mut shown = String::new();
    for c in text.chars().take(LONGEST) {
        if c.is_control() {
            shown.extend(c.escape_default());
        } else {
            shown.push(c);
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::admin::Sdp;

    fn message(peer: &str, came: bool, start: &str, cseq: &str) -> SipMessage {
        SipMessage {
            at: 1_764_504_000_123_456,
            came,
            transport: "udp".into(),
            peer: peer.parse().expect("an address"),
            ours: "192.0.2.1:5060".parse().expect("an address"),
            leg: Some(("CALL".into(), if peer.ends_with("61") { 2 } else { 1 })),
            call_id: "c".into(),
            start: start.into(),
            cseq: cseq.into(),
            from: Some("+15550142".into()),
            to: Some("9000".into()),
            sdp: None,
            content_type: None,
            text: String::new(),
            kept: 500,
            length: 500,
        }
    }

    fn leg(number: u16, phone: Option<&str>) -> SipLeg {
        SipLeg {
            call: "CALL".into(),
            number,
            phone: phone.map(str::to_owned),
            is_live: number == 2,
            received: 990,
            refused: 0,
            lost: 10,
            sent: 1000,
            unsent: 0,
            jitter: 4_250,
            heard_at: Some(1_764_504_000_000_000),
            remote: "192.0.2.7:4000".parse().ok(),
            reported: (number == 2).then_some((3, 1_000)),
        }
    }

    #[test]
    fn a_call_is_a_ladder_with_the_sound_of_its_legs() {
        let sdp = Sdp {
            codecs: vec!["PCMU".into(), "telephone-event".into()],
            address: "192.0.2.7:4000".into(),
            direction: "sendrecv".into(),
            proto: "RTP/AVP".into(),
        };
        let (caller, phone) = ("192.0.2.7:5060", "192.0.2.8:5061");
        let found = SipTraceAnswer {
            messages: vec![
                SipMessage {
                    sdp: Some(sdp),
                    ..message(caller, true, "INVITE sip:9000@h SIP/2.0", "1 INVITE")
                },
                message(caller, false, "SIP/2.0 100 Trying", "1 INVITE"),
                SipMessage {
                    to: Some("5001".into()),
                    ..message(phone, false, "INVITE sip:5001@h SIP/2.0", "7 INVITE")
                },
                message(phone, true, "SIP/2.0 180 Ringing\u{1b}[2J", "7 INVITE"),
                SipMessage {
                    content_type: Some("application/dtmf-relay".into()),
                    length: 522,
                    ..message(phone, true, "INFO sip:x@h SIP/2.0", "8 INFO")
                },
            ],
            legs: vec![leg(1, None), leg(2, Some("5001"))],
            left_out: 4,
        };
        let mut out = Vec::new();
        print(&found, &mut out).expect("printed");
        let at = "2025-11-30T12:00:00.123Z";
        let expected = format!(
            "  1  udp 192.0.2.7:5060, leg 1 of CALL\n\
             \x20 2  udp 192.0.2.8:5061, leg 2 of CALL (phone 5001)\n\
             \n\
             {:26}server 1      2\n\
             {at}  |<-----|      |  INVITE 9000 from +15550142 (1 INVITE), SDP: PCMU telephone-event at 192.0.2.7:4000, sendrecv\n\
             {at}  |----->|      |  100 Trying (1 INVITE)\n\
             {at}  |------------>|  INVITE 5001 from +15550142 (7 INVITE)\n\
             {at}  |<------------|  180 Ringing\\u{{1b}}[2J (7 INVITE)\n\
             {at}  |<------------|  INFO (8 INFO), 22 of 522 bytes not kept (application/dtmf-relay)\n\
             4 older messages are left out.\n\
             \n\
             Sound:\n\
             \x20 leg 1 of CALL, 192.0.2.7:4000: 990 packets in, 1000 out, 10 (1.0 %) lost, jitter 4.2 ms; last heard at \
             2025-11-30T12:00:00.000Z; it is over\n\
             \x20 leg 2 of CALL (phone 5001), 192.0.2.7:4000: 990 packets in, 1000 out, 10 (1.0 %) lost, jitter 4.2 ms; last \
             heard at 2025-11-30T12:00:00.000Z; the other end misses 3, jitter 1.0 ms; it goes on\n",
            ""
        );
        assert_eq!(String::from_utf8(out).expect("text"), expected);
    }

    #[test]
    fn many_ends_are_named_instead_of_drawn() {
        let from =
            |port: u16| message(&format!("192.0.2.7:{port}"), true, "REGISTER sip:h SIP/2.0", "1 REGISTER");
        let found = SipTraceAnswer { messages: (1..=13).map(from).collect(), ..SipTraceAnswer::default() };
        let mut out = Vec::new();
        print(&found, &mut out).expect("printed");
        let text = String::from_utf8(out).expect("text");
        assert!(text.contains("  server <- 13    REGISTER 9000 (1 REGISTER)\n"), "{text}");
    }

    #[test]
    fn a_long_call_without_a_message_still_has_its_sound() {
        let silent = SipLeg { received: 0, lost: 0, heard_at: None, remote: None, ..leg(2, None) };
        let found = SipTraceAnswer { legs: vec![silent], ..SipTraceAnswer::default() };
        let mut out = Vec::new();
        print(&found, &mut out).expect("printed");
        let text = String::from_utf8(out).expect("text");
        assert!(text.starts_with("There was no message in the last ten minutes.\n\nSound:\n"), "{text}");
        assert!(
            text.contains("nowhere to send to: 0 packets in, 1000 out, 0 lost")
                && text.contains("never heard"),
            "{text}"
        );
    }
}
