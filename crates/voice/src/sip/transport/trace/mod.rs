//! What SIP said in the last ten minutes, for an operator who looks for a fault: every message in and out over every
//! transport, masked before it is kept, and bounded in memory and time.

mod description;
mod kept;
mod leg;
mod mask;
mod search;

pub use description::SdpSummary;
pub use search::{SipTrace, SipTraceQuery, TracedLeg, TracedMessage};

use crate::{
    media::{MediaFigures, Stats},
    sip::{flow::Flow, held},
};
use domain::call::{Dn, LegId};
use kept::{Kept, KeptMessage, Share};
use leg::{LegFigures, LegRecord};
use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::time::Instant;

/// Messages of strangers that are kept within a second: masking what a flood sends must cost next to nothing.
const STRANGERS_A_SECOND: u32 = 500;
/// How often old messages are forgotten, also when no others come.
const SWEEP: Duration = Duration::from_secs(15);

/// The recorder. Its lock is held for about a microsecond and never across an await; messages are masked before it, with
/// the one copy of them that is made.
pub(in crate::sip) struct SipRecorder {
    is_on: bool,
    kept: Mutex<Kept>,
    /// The present second, and how many messages of strangers came in it.
    strangers: Mutex<(Instant, u32)>,
}

impl SipRecorder {
    /// One that keeps at most so many bytes; with none it keeps nothing.
    pub fn new(most: usize) -> Arc<Self> {
        Arc::new(Self {
            is_on: most > 0,
            kept: Mutex::new(Kept::new(most)),
            strangers: Mutex::new((Instant::now(), 0)),
        })
    }

    /// Keeps a message that came in (`came`) or goes out.
    pub(super) fn keep(&self, message: &[u8], flow: Flow, came: bool, is_known: bool) {
        if !self.is_on || !is_known && !self.takes_a_stranger() {
            return;
        }
        let Some(mask::Masked { bytes, length, call_id }) = mask::mask(message) else { return };
        let share = if is_known { Share::Known } else { Share::Stranger };
        let message = KeptMessage { at: Instant::now(), flow, came, call_id: call_id.into(), bytes, length };
        held(&self.kept).add(message, share);
    }

    /// A leg makes or has taken a call with this Call-ID.
    pub fn attach(&self, leg: &LegId, call_id: &str, phone: Option<&Dn>, figures: MediaFigures) {
        if self.is_on {
            let phone = phone.cloned();
            let record = || LegRecord { call_ids: Vec::new(), phone, figures: LegFigures::Live(figures) };
            held(&self.kept).attach(leg, call_id, record);
        }
    }

    /// A leg is over, with these figures of its sound.
    pub fn ended(&self, leg: &LegId, stats: Stats) {
        held(&self.kept).ended(leg, stats);
    }

    /// Looks for messages; `ours` is our address towards the other end of a flow. `None` when nothing is kept at all.
    /// Slow, since it reads every message: not for a thread that serves others.
    pub fn search(&self, query: &SipTraceQuery, ours: impl Fn(Flow) -> SocketAddr) -> Option<SipTrace> {
        self.is_on.then(|| search::search(&self.kept, query, ours))
    }

    /// Forgets what is old. Never returns.
    pub async fn sweep(self: Arc<Self>) {
        loop {
            let bytes = {
                let mut kept = held(&self.kept);
                kept.expire(Instant::now());
                kept.bytes()
            };
            metrics::gauge!("jackfield_sip_trace_bytes")
                .set(u32::try_from(bytes).map_or(f64::MAX, f64::from));
            tokio::time::sleep(SWEEP).await;
        }
    }

    fn takes_a_stranger(&self) -> bool {
        let (began, count) = &mut *held(&self.strangers);
        if began.elapsed() >= Duration::from_secs(1) {
            (*began, *count) = (Instant::now(), 0);
        }
        *count = count.saturating_add(1);
        *count <= STRANGERS_A_SECOND
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Carrier;
    use domain::InteractionId;

    const ROOM: usize = 1 << 20;

    fn at(last: u8) -> Flow {
        Flow { carrier: Carrier::Udp, peer: ([192, 0, 2, last], 5060).into() }
    }

    fn ours(_: Flow) -> SocketAddr {
        ([192, 0, 2, 200], 5060).into()
    }

    fn request(method: &str, from: &str, to: &str, call_id: &str) -> String {
        format!(
            "{method} sip:{to}@192.0.2.200 SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=1\r\nf: <sip:{from}@h>;tag=1\r\n\
             To: <sip:{to}@h>\r\nCall-ID : {call_id}\r\nCSeq: 1\r\n  {method}\r\nl: 0\r\n\r\n"
        )
    }

    /// The first words of what is found.
    fn found(recorder: &SipRecorder, query: &SipTraceQuery) -> Vec<String> {
        let trace = recorder.search(query, ours).expect("it is on");
        trace.messages.iter().map(|message| format!("{} {}", message.call_id, message.start)).collect()
    }

    fn leg(number: u16) -> LegId {
        LegId { call: "call".into(), number }
    }

    fn phone(dn: &str) -> SipTraceQuery {
        SipTraceQuery::Phone(Dn::new(dn))
    }

    #[tokio::test(start_paused = true)]
    async fn a_phone_a_call_and_a_caller_are_found_by_what_was_said() {
        let recorder = SipRecorder::new(ROOM);
        let keep = |text: String, last| recorder.keep(text.as_bytes(), at(last), true, true);
        keep(request("REGISTER", "5001", "5001", "r"), 1);
        keep(request("INVITE", "+1%20555-0142", "9000", "c"), 2);
        recorder.attach(&leg(1), "c", None, MediaFigures::default());
        keep(request("INVITE", "+15550142", "5001", "a"), 1);
        recorder.attach(&leg(2), "a", Some(&Dn::new("5001")), MediaFigures::default());
        keep(request("BYE", "x", "y", "a"), 1);
        keep(request("OPTIONS", "z", "z", "o"), 3);
        let call = |id: &str| SipTraceQuery::Call(vec![InteractionId::from(id)]);
        let of_the_call = [
            "c INVITE sip:9000@192.0.2.200 SIP/2.0",
            "a INVITE sip:5001@192.0.2.200 SIP/2.0",
            "a BYE sip:y@192.0.2.200 SIP/2.0",
        ];
        assert_eq!(found(&recorder, &call("call")), of_the_call);
        for number in ["15550142", "+15550142", "1 (555) 0142"] {
            assert_eq!(found(&recorder, &SipTraceQuery::Caller(number.into())), of_the_call, "{number}");
        }
        let of_the_phone = found(&recorder, &phone("5001"));
        assert_eq!(
            (of_the_phone.len(), of_the_phone[0].as_str()),
            (3, "r REGISTER sip:5001@192.0.2.200 SIP/2.0")
        );
        for nothing in [
            call("other"),
            phone("5002"),
            SipTraceQuery::Caller("z".into()),
            SipTraceQuery::Caller("+".into()),
        ] {
            assert!(found(&recorder, &nothing).is_empty(), "{nothing:?}");
        }
        let trace = recorder.search(&call("call"), ours).expect("it is on");
        let legs: Vec<_> =
            trace.legs.iter().map(|leg| (leg.leg.number, leg.phone.as_ref().map(Dn::as_str))).collect();
        assert_eq!(legs, [(1, None), (2, Some("5001"))]);
        let first = &trace.messages[0];
        assert_eq!((first.from.as_deref(), first.to.as_deref()), (Some("+15550142"), Some("9000")));
        assert_eq!((first.cseq.as_str(), first.leg.as_ref()), ("1 INVITE", Some(&leg(1))));
        assert!(first.came && first.transport == "udp" && first.peer == at(2).peer);
    }

    #[tokio::test(start_paused = true)]
    async fn more_strangers_within_a_second_are_not_even_masked() {
        let recorder = SipRecorder::new(64 * ROOM);
        for number in 0..600 {
            recorder.keep(request("OPTIONS", "s", "s", &number.to_string()).as_bytes(), at(1), true, false);
        }
        assert_eq!(found(&recorder, &phone("s")).len(), 500);
        recorder.keep(request("OPTIONS", "s", "s", "known").as_bytes(), at(1), true, true);
        tokio::time::advance(Duration::from_secs(1)).await;
        recorder.keep(request("OPTIONS", "s", "s", "late").as_bytes(), at(1), false, false);
        assert_eq!(found(&recorder, &phone("s")).len(), 502);
    }

    #[tokio::test(start_paused = true)]
    async fn without_room_nothing_is_kept() {
        let recorder = SipRecorder::new(0);
        recorder.keep(request("OPTIONS", "s", "s", "1").as_bytes(), at(1), true, true);
        recorder.attach(&leg(1), "1", None, MediaFigures::default());
        assert!(recorder.search(&phone("s"), ours).is_none());
        assert!(held(&recorder.kept).messages().is_empty());
        assert!(held(&recorder.kept).legs(|_, _| true).is_empty());
    }
}
