//! Telephones for the world: those of the scripted agents, and people outside who call the queue.

use desk::{
    Desk,
    ports::{Arrival, Switch},
};
use domain::{
    InteractionId, UserData,
    call::{CallerId, Cause, Dn, HeardBy, LegCommand, LegEvent, LegId, Playback, RoomId, SwitchCommand},
};
use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet, BinaryHeap},
    ops::Range,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    time::{Instant, sleep_until},
};

/// How long a phone takes for anything, in milliseconds.
const REACTION: Range<u64> = 20..200;
/// How long a prompt lasts.
const PROMPT: Duration = Duration::from_secs(2);
/// Between two callers at one node, in milliseconds.
const BETWEEN: Range<u64> = 5_000..25_000;
/// How long a caller stays on the line, in milliseconds.
const STAY: Range<u64> = 20_000..120_000;
/// After how long an agent's phone ends a call by itself, where it does, in milliseconds.
const BREAKS: Range<u64> = 1_000..40_000;

/// All telephones of a world, and a switch for each of its nodes. What a node asks about a leg goes to the switch of the
/// node that carries the call, where the leg is; what that switch hears, its own desk is told.
#[derive(Debug)]
pub struct Phones {
    numbers: BTreeSet<Dn>,
    /// How often a phone is busy, does not answer, or ends a call by itself, in a hundred.
    trouble: u32,
    inner: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    chance: fastrand::Rng,
    /// Where the switch of each node takes orders; the receiver is gone while the node is down.
    switches: BTreeMap<usize, UnboundedSender<Order>>,
    carriers: BTreeMap<InteractionId, usize>,
    legs: BTreeMap<LegId, Leg>,
}

/// A leg that is up or coming.
#[derive(Debug, Default)]
struct Leg {
    room: Option<RoomId>,
    heard_by: HeardBy,
    muted: bool,
    /// It rings and does not answer, whatever it is told.
    deaf: bool,
}

#[derive(Debug)]
enum Order {
    Asked(SwitchCommand),
    /// Something happens on a leg after a while.
    Happens(Duration, LegId, LegEvent),
}

impl Phones {
    /// The phones of the scripted agents. So many calls in a hundred meet a phone that is busy or does not answer, and as
    /// many are ended by a phone.
    pub fn new(seed: u64, trouble: u32) -> Arc<Self> {
        let inner = Inner {
            chance: fastrand::Rng::with_seed(seed),
            switches: BTreeMap::new(),
            carriers: BTreeMap::new(),
            legs: BTreeMap::new(),
        };
        Arc::new(Self { numbers: demo::centre::numbers().collect(), trouble, inner: Mutex::new(inner) })
    }

    /// The numbers that are registered.
    pub const fn numbers(&self) -> &BTreeSet<Dn> {
        &self.numbers
    }

    /// Whom a leg hears: the legs in its room that are not muted, and that let it hear them.
    pub fn hears(&self, leg: &LegId) -> BTreeSet<u16> {
        let inner = self.inner();
        let Some(room) = inner.legs.get(leg).and_then(|leg| leg.room.clone()) else { return BTreeSet::new() };
        let others = inner
            .legs
            .iter()
            .filter(|(id, other)| *id != leg && other.room.as_ref() == Some(&room) && !other.muted)
            .filter(|(_, other)| match &other.heard_by {
                HeardBy::Everyone => true,
                HeardBy::One(one) => one == leg,
                HeardBy::Nobody => false,
            });
        others.map(|(id, _)| id.number).collect()
    }

    /// The switch of a node, for its desk, and what keeps it going. That of an earlier process at this node is gone.
    pub(crate) fn switch(
        self: &Arc<Self>,
        node: usize,
        desk: Arc<Desk>,
    ) -> (Arc<dyn Switch>, impl Future<Output = ()> + use<>) {
        let (order, orders) = unbounded_channel();
        let mut inner = self.inner();
        inner.switches.insert(node, order);
        let Inner { carriers, legs, .. } = &mut *inner;
        legs.retain(|leg, _| carriers.get(&leg.call) != Some(&node));
        drop(inner);
        let switch = NodeSwitch { phones: self.clone(), node };
        (Arc::new(switch), self.clone().run(desk, orders))
    }

    /// People call the queue at a node, for as long as it is polled.
    pub(crate) async fn callers(self: Arc<Self>, node: usize, desk: Arc<Desk>) {
        loop {
            let pause = self.moment(BETWEEN);
            tokio::time::sleep(pause).await;
            let asks_for = (self.inner().chance.u32(..100) < 60).then_some("Contracts");
            let stay = self.moment(STAY);
            if let Some(call) = self.calls_in(node, &desk, asks_for).await {
                self.happens(
                    &LegId { call, number: 1 },
                    stay,
                    LegEvent::Gone { cause: Cause::Normal, code: None },
                );
            }
        }
    }

    /// Somebody outside calls the queue at a node, and perhaps asks for somebody else.
    pub async fn calls_in(&self, node: usize, desk: &Desk, asks_for: Option<&str>) -> Option<InteractionId> {
        let call = desk.ids().call();
        let leg = LegId { call: call.clone(), number: 1 };
        {
            let mut inner = self.inner();
            inner.carriers.insert(call.clone(), node);
            inner.legs.insert(leg.clone(), Leg::default());
        }
        let mut data = UserData::default();
        if let Some(whom) = asks_for {
            data.set(demo::ASKS_FOR_HEADER, whom.into());
        }
        let arrival = Arrival {
            leg,
            from: CallerId { number: "+15550142".into(), name: "Ines Moreau".into() },
            dialled: demo::centre::ROUTING_POINT.into(),
            device: None,
            beside: None,
            replaces: None,
            headers: Vec::new(),
        };
        desk.arrive(arrival, data).await.ok().map(|_| call)
    }

    /// Something happens on a leg after a while.
    pub fn happens(&self, leg: &LegId, after: Duration, event: LegEvent) {
        let inner = self.inner();
        let carrier = inner.carriers.get(&leg.call).and_then(|node| inner.switches.get(node));
        // A node that is down carries nothing.
        let _ = carrier.map(|switch| switch.send(Order::Happens(after, leg.clone(), event)));
    }

    /// What the switch of one process does until it is dropped.
    async fn run(self: Arc<Self>, desk: Arc<Desk>, mut orders: UnboundedReceiver<Order>) {
        let mut coming = Coming::default();
        loop {
            tokio::select! {
                // In this order, so that one seed has one course.
                biased;
                Some(order) = orders.recv() => match order {
                    Order::Asked(asked) => self.perform(asked, &mut coming),
                    Order::Happens(after, leg, event) => coming.add(after, leg, event),
                },
                () = coming.wait() => {
                    let Some((leg, event)) = coming.next() else { continue };
                    if !self.is_there(&leg, &event) {
                        continue;
                    }
                    let is_up = event == LegEvent::Up && leg.number > 1;
                    // Only a journal that cannot be written at all refuses it.
                    let _ = desk.heard(leg.clone(), event).await;
                    if is_up && self.is_trouble() {
                        let cause = if self.is_trouble() { Cause::Lost } else { Cause::Normal };
                        coming.add(self.moment(BREAKS), leg, LegEvent::Gone { cause, code: None });
                    }
                }
            }
        }
    }

    /// Whether a leg is still there to tell something of; it is not after its end.
    fn is_there(&self, leg: &LegId, event: &LegEvent) -> bool {
        let mut inner = self.inner();
        if matches!(event, LegEvent::Gone { .. }) {
            return inner.legs.remove(leg).is_some();
        }
        inner.legs.contains_key(leg)
    }

    fn perform(&self, asked: SwitchCommand, coming: &mut Coming) {
        let SwitchCommand { leg, act } = asked;
        let soon = self.moment(REACTION);
        match act {
            LegCommand::Originate(how) => {
                let mut made = Leg::default();
                if !self.numbers.contains(&how.to) {
                    let gone = LegEvent::Gone { cause: Cause::NoSuchNumber, code: Some(404) };
                    coming.add(soon, leg.clone(), gone);
                } else if self.is_trouble() {
                    made.deaf = self.is_trouble();
                    let (cause, code) =
                        if self.is_trouble() { (Cause::Busy, 486) } else { (Cause::Refused, 603) };
                    let end = if made.deaf {
                        LegEvent::Ringing
                    } else {
                        LegEvent::Gone { cause, code: Some(code) }
                    };
                    coming.add(soon, leg.clone(), end);
                } else {
                    coming.add(soon, leg.clone(), LegEvent::Ringing);
                    if how.auto_answer {
                        coming.add(soon * 2, leg.clone(), LegEvent::Up);
                    }
                }
                self.inner().legs.insert(leg, made);
            }
            LegCommand::Answer => {
                let is_deaf = self.inner().legs.get(&leg).is_some_and(|leg| leg.deaf);
                coming.add(soon, leg, if is_deaf { LegEvent::NotAnswered(489) } else { LegEvent::Up });
            }
            LegCommand::Release(_) => {
                coming.add(soon, leg, LegEvent::Gone { cause: Cause::Normal, code: None });
            }
            LegCommand::Join(room, by) => {
                self.change(&leg, |leg| (leg.room, leg.heard_by) = (Some(room), by));
            }
            LegCommand::Part(what) => {
                self.change(&leg, |leg| leg.room = None);
                if matches!(what, Playback::Prompt(_)) {
                    coming.add(PROMPT, leg, LegEvent::Played);
                }
            }
            LegCommand::HoldPhone(on) => coming.add(soon, leg, LegEvent::HoldDone { on, refused: None }),
            LegCommand::Mute(on) => self.change(&leg, |leg| leg.muted = on),
            LegCommand::Ring | LegCommand::Dtmf(_) | LegCommand::Referred(_) => {}
        }
    }

    fn change(&self, leg: &LegId, change: impl FnOnce(&mut Leg)) {
        if let Some(leg) = self.inner().legs.get_mut(leg) {
            change(leg);
        }
    }

    fn is_trouble(&self) -> bool {
        self.trouble > 0 && self.inner().chance.u32(..100) < self.trouble
    }

    fn moment(&self, range: Range<u64>) -> Duration {
        Duration::from_millis(self.inner().chance.u64(range))
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The switch of one node.
#[derive(Debug)]
struct NodeSwitch {
    phones: Arc<Phones>,
    node: usize,
}

impl Switch for NodeSwitch {
    fn perform(&self, effects: &[SwitchCommand]) {
        let mut inner = self.phones.inner();
        let Inner { switches, carriers, .. } = &mut *inner;
        for effect in effects {
            let carrier = carriers.entry(effect.leg.call.clone()).or_insert(self.node);
            // A node that is down carries nothing; its calls are over when it comes back.
            let _ = switches.get(carrier).map(|switch| switch.send(Order::Asked(effect.clone())));
        }
    }

    fn answers(&self, dn: &Dn) -> Option<bool> {
        self.phones.numbers.contains(dn).then_some(true)
    }
}

/// What will happen on legs, in order; the events of one leg stay in the order in which they were added.
#[derive(Default)]
struct Coming {
    heap: BinaryHeap<Reverse<(Instant, u64)>>,
    events: BTreeMap<u64, (LegId, LegEvent)>,
    latest: BTreeMap<LegId, Instant>,
    count: u64,
}

impl Coming {
    fn add(&mut self, after: Duration, leg: LegId, event: LegEvent) {
        let mut at = Instant::now() + after;
        // What a phone does by itself later stands behind nothing.
        if after < PROMPT {
            at = at.max(self.latest.get(&leg).copied().unwrap_or(at));
            self.latest.insert(leg.clone(), at);
        }
        self.count += 1;
        self.heap.push(Reverse((at, self.count)));
        self.events.insert(self.count, (leg, event));
    }

    async fn wait(&self) {
        match self.heap.peek() {
            Some(Reverse((at, _))) => sleep_until(*at).await,
            None => std::future::pending().await,
        }
    }

    fn next(&mut self) -> Option<(LegId, LegEvent)> {
        let Reverse((_, number)) = self.heap.pop()?;
        self.events.remove(&number)
    }
}
