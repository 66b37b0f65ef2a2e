//! The trace of SIP, as it goes from a server to the command that asks for it.

use super::{
    client,
    request::{AdminAnswer, Request, SipTraceBy},
};
use anyhow::{Context, Result, anyhow, bail};
use domain::{
    InteractionId, Millis,
    call::{Dn, interactions_of},
};
use serde::{Deserialize, Serialize};
use std::{net::SocketAddr, path::Path, sync::Arc, time::Duration};
use voice::{SdpSummary, SipTrace, SipTraceQuery, TracedLeg, TracedMessage, Voice};

/// What a server found.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SipTraceAnswer {
    /// The messages, in their order.
    pub messages: Vec<SipMessage>,
    /// The legs that they belong to.
    pub legs: Vec<SipLeg>,
    /// Older messages that were left out.
    pub left_out: usize,
}

/// A message of SIP.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SipMessage {
    /// When it came or went, in microseconds since 1970.
    pub at: i64,
    /// Whether it came in.
    pub came: bool,
    /// `udp`, `tcp`, `tls` or `ws`.
    pub transport: String,
    /// The other end.
    pub peer: SocketAddr,
    /// The server, as the other end sees it.
    pub ours: SocketAddr,
    /// The interaction and the number of the leg that it belongs to.
    pub leg: Option<(String, u16)>,
    /// Its Call-ID.
    pub call_id: String,
    /// The start line.
    pub start: String,
    /// The value of `CSeq`.
    pub cseq: String,
    /// The user or number in From.
    pub from: Option<String>,
    /// The user or number in To.
    pub to: Option<String>,
    /// Its session description in a few words.
    pub sdp: Option<Sdp>,
    /// The media type of its body.
    pub content_type: Option<String>,
    /// What was kept of it.
    pub text: String,
    /// How many bytes were kept.
    pub kept: usize,
    /// How many bytes it had.
    pub length: usize,
}

/// A session description in a few words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sdp {
    /// The names of its formats.
    pub codecs: Vec<String>,
    /// Address and port.
    pub address: String,
    /// `sendrecv` or another direction.
    pub direction: String,
    /// `RTP/AVP` or another transport.
    pub proto: String,
}

/// The sound of a leg.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SipLeg {
    /// The interaction.
    pub call: String,
    /// The number of the leg within it.
    pub number: u16,
    /// The number of the phone, if it is one of ours.
    pub phone: Option<String>,
    /// Whether it goes on.
    pub is_live: bool,
    /// Packets that were taken.
    pub received: u64,
    /// Packets that were not: broken, or from somewhere else.
    pub refused: u64,
    /// Packets that never came.
    pub lost: u64,
    /// Packets sent.
    pub sent: u64,
    /// Packets that the system would not take.
    pub unsent: u64,
    /// How unevenly packets came, in microseconds.
    pub jitter: u64,
    /// When the last packet came, in microseconds since 1970.
    pub heard_at: Option<i64>,
    /// Where packets go to.
    pub remote: Option<SocketAddr>,
    /// Packets of ours that the other end says it missed, and how unevenly it says they came, in microseconds.
    pub reported: Option<(u32, u64)>,
}

/// Asks the server of a data directory.
pub async fn ask(data: &Path, by: &SipTraceBy) -> Result<SipTraceAnswer> {
    let alone = anyhow!(
        "a trace of SIP is only in the memory of a server that runs: name its data directory with --data, or its settings \
         with --config"
    );
    let answer = client::ask(data, &Request::SipTrace { of: by.clone() }, alone).await?;
    if let Some(why) = answer.refused {
        bail!(why);
    }
    serde_json::from_str(&answer.said)
        .context("the server's trace cannot be understood, perhaps it is of another release")
}

/// Looks in the memory of this server.
pub(super) async fn find(switch: Option<Arc<Voice>>, by: SipTraceBy, now: Millis) -> AdminAnswer {
    let Some(switch) = switch else {
        return AdminAnswer::refused("this server runs without calls, so that there is no SIP to trace");
    };
    let query = match &by {
        SipTraceBy::Dn(dn) => SipTraceQuery::Phone(Dn::from(dn.as_str())),
        SipTraceBy::Call(id) => {
            SipTraceQuery::Call(interactions_of(&InteractionId::from(id.as_str())).collect())
        }
        SipTraceBy::From(number) => SipTraceQuery::Caller(number.clone()),
    };
    let found = tokio::task::spawn_blocking(move || {
        let trace = switch.trace(&query)?;
        Some(SipTraceAnswer::of(trace, now))
    });
    match found.await {
        Ok(Some(found)) if found.messages.is_empty() && found.legs.is_empty() => {
            AdminAnswer::refused(format!("in the last ten minutes there was no message of SIP {by}"))
        }
        Ok(Some(found)) => match serde_json::to_string(&found) {
            Ok(said) => AdminAnswer { said, refused: None },
            Err(why) => AdminAnswer::refused(why.to_string()),
        },
        Ok(None) => AdminAnswer::refused("this server keeps no trace of SIP (sip.trace_mib = 0)"),
        Err(why) => AdminAnswer::refused(format!("the trace could not be read: {why}")),
    }
}

impl SipTraceAnswer {
    fn of(trace: SipTrace, now: Millis) -> Self {
        Self {
            messages: trace.messages.into_iter().map(|message| SipMessage::of(message, now)).collect(),
            legs: trace.legs.into_iter().map(|leg| SipLeg::of(leg, now)).collect(),
            left_out: trace.left_out,
        }
    }
}

impl SipMessage {
    fn of(message: TracedMessage, now: Millis) -> Self {
        Self {
            at: moment(now, message.age),
            came: message.came,
            transport: message.transport.to_owned(),
            peer: message.peer,
            ours: message.ours,
            leg: message.leg.map(|leg| (leg.call.to_string(), leg.number)),
            call_id: message.call_id,
            start: message.start,
            cseq: message.cseq,
            from: message.from,
            to: message.to,
            sdp: message.sdp.map(Sdp::of),
            content_type: message.content_type,
            text: String::from_utf8_lossy(&message.text).into_owned(),
            kept: message.text.len(),
            length: message.length,
        }
    }
}

impl Sdp {
    fn of(SdpSummary { codecs, address, direction, proto }: SdpSummary) -> Self {
        Self { codecs, address, direction, proto }
    }
}

impl SipLeg {
    fn of(leg: TracedLeg, now: Millis) -> Self {
        let stats = leg.stats;
        Self {
            call: leg.leg.call.to_string(),
            number: leg.leg.number,
            phone: leg.phone.map(|dn| dn.to_string()),
            is_live: leg.is_live,
            received: stats.received,
            refused: stats.refused,
            lost: stats.lost,
            sent: stats.sent,
            unsent: stats.unsent,
            jitter: micros(stats.jitter),
            heard_at: leg.heard.map(|ago| moment(now, ago)),
            remote: stats.target,
            reported: stats.reported.map(|said| (said.lost, micros(said.jitter))),
        }
    }
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

/// A moment in microseconds since 1970.
fn moment(now: Millis, ago: Duration) -> i64 {
    now.saturating_mul(1000).saturating_sub(i64::try_from(ago.as_micros()).unwrap_or(i64::MAX))
}
