//! A trace for programs: one object a line.

use super::ladder::moment;
use crate::admin::{Sdp, SipLeg, SipMessage, SipTraceAnswer};
use serde_json::{Value, json};
use std::io::{self, Write};

/// Prints the messages and behind them the legs.
pub fn print(found: &SipTraceAnswer, out: &mut impl Write) -> io::Result<()> {
    for message in &found.messages {
        writeln!(out, "{}", of_message(message))?;
    }
    for leg in &found.legs {
        writeln!(out, "{}", of_leg(leg))?;
    }
    Ok(())
}

fn of_message(message: &SipMessage) -> Value {
    json!({
        "time": moment(message.at),
        "direction": if message.came { "in" } else { "out" },
        "transport": message.transport,
        "peer": message.peer,
        "server": message.ours,
        "call": message.leg.as_ref().map(|(call, _)| call),
        "leg": message.leg.as_ref().map(|(_, number)| number),
        "callId": message.call_id,
        "startLine": message.start,
        "cseq": message.cseq,
        "from": message.from,
        "to": message.to,
        "sdp": message.sdp.as_ref().map(of_description),
        "bytes": message.length,
        "message": message.text,
    })
}

fn of_description(sdp: &Sdp) -> Value {
    json!({
        "codecs": sdp.codecs,
        "address": sdp.address,
        "direction": sdp.direction,
        "transport": sdp.proto,
    })
}

fn of_leg(leg: &SipLeg) -> Value {
    json!({
        "call": leg.call,
        "leg": leg.number,
        "phone": leg.phone,
        "open": leg.is_live,
        "rtp": {
            "remote": leg.remote,
            "received": leg.received,
            "refused": leg.refused,
            "lost": leg.lost,
            "sent": leg.sent,
            "unsent": leg.unsent,
            "jitterMs": millis(leg.jitter),
            "lastHeard": leg.heard_at.map(moment),
            "reported": leg.reported.map(|(lost, jitter)| json!({"lost": lost, "jitterMs": millis(jitter)})),
        },
    })
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds with a few digits")]
fn millis(micros: u64) -> f64 {
    micros as f64 / 1000.0
}
