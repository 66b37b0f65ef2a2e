//! The messages that are kept, and the legs they belong to: at most so many bytes, and none for longer than ten minutes.
//!
//! There are three shares, so that nobody pushes out what matters more: messages of calls that have a leg of ours, other
//! messages of phones, peers and edges, and those of strangers. Outside of calls one network has at most half a share, so
//! that a phone that registers in a circle, or somebody who forges its address, leaves room for the others.

use super::leg::{LegFigures, LegRecord};
use crate::{media::Stats, sip::flow::Flow};
use domain::call::LegId;
use edge::Network;
use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
    time::Duration,
};
use tokio::time::Instant;

/// How long a message is kept.
const KEPT: Duration = Duration::from_secs(600);
/// What a message costs beside its own bytes: its place in the tables.
const OVERHEAD: usize = 512;

/// A message.
#[derive(Debug)]
pub(super) struct KeptMessage {
    pub at: Instant,
    pub flow: Flow,
    /// Whether it came in.
    pub came: bool,
    pub call_id: Arc<str>,
    /// Masked, and cut if it was long.
    pub bytes: Vec<u8>,
    /// How long it was.
    pub length: usize,
}

/// A part of the room there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Share {
    /// Messages of calls with a leg of ours.
    Call,
    /// Other messages from and to phones, peers and edges.
    Known,
    /// Messages from and to anybody else.
    Stranger,
}

/// Whoever has a bounded part of the room.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Holder {
    Share(Share),
    Sender(Share, Network),
}

/// The messages of a holder, the oldest first.
#[derive(Debug, Default)]
struct Held {
    bytes: usize,
    order: VecDeque<u64>,
}

/// What has one Call-ID.
#[derive(Debug, Default)]
struct Dialog {
    messages: VecDeque<u64>,
    legs: Vec<LegId>,
}

/// All that is kept.
#[derive(Debug)]
pub(super) struct Kept {
    most: usize,
    next: u64,
    messages: HashMap<u64, (Share, Arc<KeptMessage>)>,
    held: HashMap<Holder, Held>,
    dialogs: HashMap<Arc<str>, Dialog>,
    legs: HashMap<LegId, LegRecord>,
}

impl Share {
    const ALL: [Self; 3] = [Self::Call, Self::Known, Self::Stranger];

    /// The eighths of the room that are its own.
    const fn eighths(self) -> usize {
        match self {
            Self::Call => 5,
            Self::Known => 2,
            Self::Stranger => 1,
        }
    }
}

impl KeptMessage {
    fn size(&self) -> usize {
        self.bytes.capacity() + OVERHEAD
    }

    /// Whoever has it in their part.
    fn holders(&self, share: Share) -> impl Iterator<Item = Holder> + use<> {
        let sender = Holder::Sender(share, Network::of(self.flow.ip()));
        std::iter::once(Holder::Share(share)).chain((share != Share::Call).then_some(sender))
    }
}

impl Kept {
    /// Room for so many bytes.
    pub fn new(most: usize) -> Self {
        Self {
            most,
            next: 0,
            messages: HashMap::new(),
            held: HashMap::new(),
            dialogs: HashMap::new(),
            legs: HashMap::new(),
        }
    }

    /// Keeps a message. Whatever share it would have, one of a call of ours has that of calls.
    pub fn add(&mut self, message: KeptMessage, share: Share) {
        let dialog = self.dialogs.entry(message.call_id.clone()).or_default();
        let share = if dialog.legs.is_empty() { share } else { Share::Call };
        let seq = self.next;
        self.next += 1;
        dialog.messages.push_back(seq);
        self.expire(message.at);
        let message = Arc::new(message);
        self.messages.insert(seq, (share, message.clone()));
        self.place(seq, &message, share);
    }

    /// A call of a leg has this Call-ID.
    pub fn attach(&mut self, leg: &LegId, call_id: &str, record: impl FnOnce() -> LegRecord) {
        let call_id: Arc<str> = call_id.into();
        let record = self.legs.entry(leg.clone()).or_insert_with(record);
        if record.call_ids.contains(&call_id) {
            return;
        }
        record.call_ids.push(call_id.clone());
        let dialog = self.dialogs.entry(call_id).or_default();
        dialog.legs.push(leg.clone());
        for seq in dialog.messages.clone() {
            self.becomes_of_a_call(seq);
        }
    }

    /// A leg is over.
    pub fn ended(&mut self, leg: &LegId, stats: Stats) {
        let Some(record) = self.legs.get_mut(leg) else { return };
        record.figures = LegFigures::Ended(stats);
        for call_id in record.call_ids.clone() {
            self.forget_if_empty(&call_id);
        }
    }

    /// Forgets what is older than ten minutes.
    pub fn expire(&mut self, now: Instant) {
        for share in Share::ALL {
            let holder = Holder::Share(share);
            while let Some(seq) = self.held.get(&holder).and_then(|held| held.order.front().copied())
                && self.messages.get(&seq).is_some_and(|(_, message)| now - message.at > KEPT)
            {
                self.remove(seq);
            }
        }
    }

    /// All messages, in their order.
    pub fn messages(&self) -> Vec<Arc<KeptMessage>> {
        let mut all: Vec<(u64, Arc<KeptMessage>)> =
            self.messages.iter().map(|(seq, (_, message))| (*seq, message.clone())).collect();
        all.sort_unstable_by_key(|(seq, _)| *seq);
        all.into_iter().map(|(_, message)| message).collect()
    }

    /// The legs that are looked for.
    pub fn legs(&self, wanted: impl Fn(&LegId, &LegRecord) -> bool) -> Vec<(LegId, LegRecord)> {
        let all = self.legs.iter().filter(|(leg, record)| wanted(leg, record));
        let mut found: Vec<_> = all.map(|(leg, record)| (leg.clone(), record.clone())).collect();
        found.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
        found
    }

    /// How many bytes are taken.
    pub fn bytes(&self) -> usize {
        Share::ALL
            .iter()
            .filter_map(|share| self.held.get(&Holder::Share(*share)))
            .map(|held| held.bytes)
            .sum()
    }

    /// Gives a message to its holders, who lose their oldest for it.
    fn place(&mut self, seq: u64, message: &KeptMessage, share: Share) {
        for holder in message.holders(share) {
            let held = self.held.entry(holder).or_default();
            held.bytes += message.size();
            held.order.push_back(seq);
        }
        for holder in message.holders(share) {
            while let Some(held) = self.held.get(&holder)
                && held.bytes > self.limit(&holder)
                && let Some(oldest) = held.order.front().copied()
            {
                self.remove(oldest);
            }
        }
    }

    fn limit(&self, holder: &Holder) -> usize {
        match holder {
            Holder::Share(share) => self.most / 8 * share.eighths(),
            Holder::Sender(share, _) => self.most / 16 * share.eighths(),
        }
    }

    fn remove(&mut self, seq: u64) {
        let Some((share, message)) = self.messages.remove(&seq) else { return };
        self.take_from_holders(seq, &message, share);
        if let Some(dialog) = self.dialogs.get_mut(&message.call_id)
            && let Ok(at) = dialog.messages.binary_search(&seq)
        {
            dialog.messages.remove(at);
        }
        self.forget_if_empty(&message.call_id);
    }

    fn take_from_holders(&mut self, seq: u64, message: &KeptMessage, share: Share) {
        for holder in message.holders(share) {
            let Some(held) = self.held.get_mut(&holder) else { continue };
            held.bytes = held.bytes.saturating_sub(message.size());
            if held.order.front() == Some(&seq) {
                held.order.pop_front();
            } else if let Ok(at) = held.order.binary_search(&seq) {
                // Only those of calls are not in the order of their numbers, and they leave from the front.
                held.order.remove(at);
            }
            if held.order.is_empty() {
                self.held.remove(&holder);
            }
        }
    }

    fn becomes_of_a_call(&mut self, seq: u64) {
        let Some((share, message)) = self.messages.get_mut(&seq) else { return };
        if *share == Share::Call {
            return;
        }
        let (before, message) = (std::mem::replace(share, Share::Call), message.clone());
        self.take_from_holders(seq, &message, before);
        self.place(seq, &message, Share::Call);
    }

    /// Forgets a Call-ID of which there is nothing any more, and legs that are over and have no other.
    fn forget_if_empty(&mut self, call_id: &Arc<str>) {
        let Some(dialog) = self.dialogs.get_mut(call_id).filter(|dialog| dialog.messages.is_empty()) else {
            return;
        };
        let legs = &mut self.legs;
        dialog.legs.retain(|leg| {
            let Some(record) = legs.get_mut(leg) else { return false };
            if record.is_live() {
                return true;
            }
            record.call_ids.retain(|known| known != call_id);
            if record.call_ids.is_empty() {
                legs.remove(leg);
            }
            false
        });
        if dialog.legs.is_empty() {
            self.dialogs.remove(call_id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{media::MediaFigures, settings::Carrier};

    const ROOM: usize = 80_000;

    fn message(from: u8, call_id: &str, at: Instant) -> KeptMessage {
        let flow = Flow { carrier: Carrier::Udp, peer: ([192, 0, 2, from], 5060).into() };
        let bytes = vec![b'x'; 488];
        KeptMessage { at, flow, came: true, call_id: call_id.into(), length: bytes.len(), bytes }
    }

    fn leg(number: u16) -> LegId {
        LegId { call: "call".into(), number }
    }

    fn record() -> LegRecord {
        LegRecord { call_ids: Vec::new(), phone: None, figures: LegFigures::Live(MediaFigures::default()) }
    }

    fn of(kept: &Kept, call_id: &str) -> usize {
        kept.messages().iter().filter(|message| &*message.call_id == call_id).count()
    }

    /// That nothing is left over of what was removed.
    fn agrees(kept: &Kept) {
        for share in Share::ALL {
            let sizes =
                kept.messages.values().filter(|(own, _)| *own == share).map(|(_, message)| message.size());
            let held = kept.held.get(&Holder::Share(share)).map_or(0, |held| held.bytes);
            assert_eq!(held, sizes.sum::<usize>(), "{share:?}");
            assert!(held <= kept.limit(&Holder::Share(share)), "{share:?}");
        }
        let in_dialogs: usize = kept.dialogs.values().map(|dialog| dialog.messages.len()).sum();
        assert_eq!(in_dialogs, kept.messages.len());
        let orders: usize = kept.held.values().map(|held| held.order.len()).sum();
        let holders: usize =
            kept.messages.values().map(|(share, message)| message.holders(*share).count()).sum();
        assert_eq!(orders, holders);
    }

    #[tokio::test(start_paused = true)]
    async fn the_oldest_go_first_and_nothing_stays_beyond_the_room() {
        let mut kept = Kept::new(ROOM);
        for number in 0..1000_u32 {
            let from = u8::try_from(number % 3).expect("small");
            kept.add(message(from, &number.to_string(), Instant::now()), Share::Known);
            agrees(&kept);
        }
        assert!(kept.bytes() <= ROOM / 4 && kept.messages.len() == 20, "{}", kept.messages.len());
        assert_eq!((of(&kept, "999"), of(&kept, "979"), of(&kept, "0")), (1, 0, 0));
    }

    #[tokio::test(start_paused = true)]
    async fn a_message_is_kept_for_ten_minutes() {
        let mut kept = Kept::new(ROOM);
        kept.add(message(1, "a", Instant::now()), Share::Known);
        tokio::time::advance(Duration::from_secs(400)).await;
        kept.add(message(1, "b", Instant::now()), Share::Stranger);
        tokio::time::advance(Duration::from_secs(201)).await;
        kept.expire(Instant::now());
        agrees(&kept);
        assert_eq!((of(&kept, "a"), of(&kept, "b"), kept.dialogs.len()), (0, 1, 1));
        tokio::time::advance(Duration::from_secs(600)).await;
        kept.expire(Instant::now());
        assert!(kept.bytes() == 0 && kept.held.is_empty() && kept.dialogs.is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn a_flood_of_strangers_pushes_out_nothing_of_phones_and_calls() {
        let mut kept = Kept::new(ROOM);
        kept.add(message(1, "register", Instant::now()), Share::Known);
        kept.add(message(2, "call", Instant::now()), Share::Stranger);
        kept.attach(&leg(1), "call", record);
        kept.add(message(2, "call", Instant::now()), Share::Stranger);
        for number in 0..1000_u32 {
            let from = u8::try_from(number % 200).expect("small");
            kept.add(message(from, &number.to_string(), Instant::now()), Share::Stranger);
        }
        agrees(&kept);
        assert_eq!((of(&kept, "register"), of(&kept, "call")), (1, 2));
    }

    #[tokio::test(start_paused = true)]
    async fn one_phone_in_a_circle_leaves_half_to_the_others() {
        let mut kept = Kept::new(ROOM);
        for number in 0..8_u8 {
            kept.add(message(100 + number, "other", Instant::now()), Share::Known);
        }
        for _ in 0..1000 {
            kept.add(message(1, "circle", Instant::now()), Share::Known);
            agrees(&kept);
        }
        assert_eq!((of(&kept, "other"), of(&kept, "circle")), (8, 10));
    }

    #[tokio::test(start_paused = true)]
    async fn a_leg_is_known_while_it_lives_and_while_a_message_of_it_is_there() {
        let mut kept = Kept::new(ROOM);
        kept.attach(&leg(1), "a", record);
        kept.attach(&leg(1), "b", record);
        kept.attach(&leg(2), "c", record);
        kept.add(message(1, "a", Instant::now()), Share::Stranger);
        tokio::time::advance(Duration::from_secs(601)).await;
        kept.expire(Instant::now());
        assert_eq!(kept.legs(|_, _| true).len(), 2, "they live");
        kept.add(message(1, "b", Instant::now()), Share::Stranger);
        kept.ended(&leg(1), Stats::default());
        kept.ended(&leg(2), Stats::default());
        let left = kept.legs(|_, _| true);
        assert_eq!(left.iter().map(|(leg, _)| leg.number).collect::<Vec<_>>(), [1]);
        tokio::time::advance(Duration::from_secs(601)).await;
        kept.expire(Instant::now());
        assert!(kept.legs.is_empty() && kept.dialogs.is_empty());
    }

    proptest::proptest! {
        #[test]
        fn whatever_happens_the_bounds_hold(
            steps in proptest::collection::vec((0_u8..6, 0_u8..5, 0_u16..4, 0_u64..200), 1..300)
        ) {
            let mut kept = Kept::new(ROOM / 4);
            let mut now = Instant::now();
            for (what, from, number, seconds) in steps {
                let call_id = format!("{}", number + u16::from(from % 2) * 10);
                match what {
                    0 => kept.attach(&leg(number), &call_id, record),
                    1 => kept.ended(&leg(number), Stats::default()),
                    2 => now += Duration::from_secs(seconds),
                    3 => kept.add(message(from, &call_id, now), Share::Stranger),
                    _ => kept.add(message(from, &call_id, now), Share::Known),
                }
                agrees(&kept);
            }
            now += Duration::from_secs(601);
            for number in 0..4 {
                kept.ended(&leg(number), Stats::default());
            }
            kept.expire(now);
            proptest::prop_assert!(kept.messages.is_empty() && kept.held.is_empty());
            proptest::prop_assert!(kept.dialogs.is_empty() && kept.legs.is_empty());
        }
    }
}
