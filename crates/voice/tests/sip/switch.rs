//! A switch under test, and a listener that writes down what it is told.

use desk::ports::{Arrival, BindingRow, Bindings, StoreFault, Switch};
use domain::{
    InteractionId,
    call::{CallerId, Dn, LegCommand, LegEvent, LegId, Originate, SwitchCommand},
};
use futures::future::{BoxFuture, ready};
use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicI64, AtomicU32, AtomicUsize, Ordering},
    },
    time::Duration,
};
use testkit::{sip::Peer, wait::eventually};
use tokio::{sync::mpsc, time::timeout};
use voice::{Carrier, Limits, Listener, Network, PhoneAccount, Profile, Settings, Timers, Voice, media};

/// What a listener was told.
#[derive(Debug)]
pub enum TestEvent {
    Arrived(Box<Arrival>),
    LegEvent(LegId, LegEvent),
    InService(Dn, bool),
}

struct Script {
    told: mpsc::UnboundedSender<TestEvent>,
    calls: AtomicU32,
    /// Whether a call of a phone that holds another asks somebody beside that one.
    asks_beside: Arc<AtomicBool>,
    takes_over: Arc<AtomicBool>,
}

impl Listener for Script {
    fn fresh_call(&self) -> InteractionId {
        InteractionId::new(format!("call{}", self.calls.fetch_add(1, Ordering::Relaxed)))
    }

    fn asks_beside(&self, held: &LegId, _: &Dn) -> BoxFuture<'_, Option<InteractionId>> {
        let asks = self.asks_beside.load(Ordering::Relaxed);
        Box::pin(std::future::ready(asks.then(|| held.call.clone())))
    }

    fn takes_over(&self, replaced: &LegId) -> BoxFuture<'_, Option<InteractionId>> {
        let takes = self.takes_over.load(Ordering::Relaxed);
        Box::pin(std::future::ready(takes.then(|| replaced.call.clone())))
    }

    fn arrived(&self, arrival: Arrival) -> BoxFuture<'_, ()> {
        let _ = self.told.send(TestEvent::Arrived(Box::new(arrival)));
        Box::pin(std::future::ready(()))
    }

    fn heard(&self, leg: LegId, heard: LegEvent) -> BoxFuture<'_, ()> {
        let _ = self.told.send(TestEvent::LegEvent(leg, heard));
        Box::pin(std::future::ready(()))
    }

    fn in_service(&self, dn: Dn, on: bool) -> BoxFuture<'_, ()> {
        let _ = self.told.send(TestEvent::InService(dn, on));
        Box::pin(std::future::ready(()))
    }
}

/// Keeps bindings in memory, for the next switch of a test.
#[derive(Default)]
pub struct Kept {
    pub rows: Mutex<BTreeMap<Dn, Vec<BindingRow>>>,
    pub awake: AtomicI64,
    /// Nothing can be written.
    pub fails: AtomicBool,
    /// How often something was written.
    pub writes: AtomicUsize,
}

impl Kept {
    pub fn of(&self, dn: &str) -> Vec<BindingRow> {
        self.rows.lock().expect("rows").get(&Dn::new(dn)).cloned().unwrap_or_default()
    }
}

impl Bindings for Kept {
    fn awake(&self) -> i64 {
        self.awake.load(Ordering::Relaxed)
    }

    fn kept(&self) -> BoxFuture<'_, Result<Vec<BindingRow>, StoreFault>> {
        let rows = self.rows.lock().expect("rows").values().flatten().cloned().collect();
        Box::pin(ready(Ok(rows)))
    }

    fn keep(&self, phones: Vec<(Dn, Vec<BindingRow>)>) -> BoxFuture<'_, Result<(), StoreFault>> {
        if self.fails.load(Ordering::Relaxed) {
            return Box::pin(ready(Err(StoreFault::Failed("as told".into()))));
        }
        self.writes.fetch_add(1, Ordering::Relaxed);
        self.rows.lock().expect("rows").extend(phones);
        Box::pin(ready(Ok(())))
    }
}

/// A switch under test.
pub struct TestSwitch {
    pub voice: Arc<Voice>,
    pub kept: Arc<Kept>,
    pub told: mpsc::UnboundedReceiver<TestEvent>,
    pub server: SocketAddr,
    pub asks_beside: Arc<AtomicBool>,
    pub takes_over: Arc<AtomicBool>,
    made: u16,
}

/// Settings on the loop-back interface: numbers 5001 to 5004 with the password `demo`, 5004 is answered by hand.
pub fn settings() -> Settings {
    let account = |profile| PhoneAccount { password: "demo".into(), profile };
    let accounts = [
        ("5001", Profile::Auto),
        ("5002", Profile::Auto),
        ("5003", Profile::Reinvite),
        ("5004", Profile::Manual),
    ];
    Settings {
        listen: Settings::both(([127, 0, 0, 1], 0).into()),
        public: None,
        digest: vec![voice::Algorithm::Sha256, voice::Algorithm::Md5],
        digest_without_qop: false,
        realm: "jackfield".into(),
        accounts: accounts.into_iter().map(|(dn, profile)| (Dn::new(dn), account(profile))).collect(),
        peers: vec![Network { addr: [127, 0, 0, 1].into(), bits: 32 }],
        edges: Vec::new(),
        challenge: voice::Challenge::default(),
        ws_origins: vec!["https://phone.example".into()],
        media: media::Settings::loopback(),
        limits: Limits::default(),
        timers: Timers::default(),
        trace: Settings::TRACE,
    }
}

/// Settings with no peers: everybody proves who they are.
pub fn strict() -> Settings {
    Settings { peers: Vec::new(), ..settings() }
}

impl TestSwitch {
    /// A listener whose words go nowhere.
    pub fn listener() -> Arc<dyn Listener> {
        let (asks_beside, takes_over) = Default::default();
        let told = mpsc::unbounded_channel().0;
        Arc::new(Script { told, calls: AtomicU32::new(1), asks_beside, takes_over })
    }

    pub async fn open(settings: Settings) -> Self {
        Self::open_behind(settings, |listener| listener).await
    }

    /// With something between the switch and the listener.
    pub async fn open_behind(
        settings: Settings,
        wrap: impl FnOnce(Arc<dyn Listener>) -> Arc<dyn Listener>,
    ) -> Self {
        Self::open_after(settings, Arc::default(), wrap).await
    }

    /// After another that kept these bindings.
    pub async fn open_after(
        settings: Settings,
        kept: Arc<Kept>,
        wrap: impl FnOnce(Arc<dyn Listener>) -> Arc<dyn Listener>,
    ) -> Self {
        let (told, listening) = mpsc::unbounded_channel();
        let (asks_beside, takes_over) = (Arc::<AtomicBool>::default(), Arc::new(AtomicBool::new(true)));
        let script = Script {
            told,
            calls: AtomicU32::new(1),
            asks_beside: asks_beside.clone(),
            takes_over: takes_over.clone(),
        };
        let script = Arc::new(script);
        let voice = Voice::start(settings, wrap(script), kept.clone()).await.expect("a switch");
        let addresses = voice.addresses();
        let udp = addresses.iter().find(|(carrier, _)| *carrier == Carrier::Udp).expect("datagrams");
        let server = udp.1;
        Self { voice, kept, told: listening, server, asks_beside, takes_over, made: 0 }
    }

    /// Another switch at the same address, which knows what this one wrote and was never told to stop. There are no calls.
    pub async fn killed(self, settings: Settings) -> Self {
        let Self { voice, kept, server, .. } = self;
        drop(voice);
        eventually("the address is free again", async || {
            tokio::net::UdpSocket::bind(server).await.is_ok()
                && tokio::net::TcpListener::bind(server).await.is_ok()
        })
        .await;
        Self::open_after(Settings { listen: Settings::both(server), ..settings }, kept, |listener| listener)
            .await
    }

    pub async fn peer(&self, user: &str) -> Peer {
        Peer::new(user, self.server).await
    }

    /// A phone that is registered.
    pub async fn phone(&mut self, user: &str) -> Peer {
        let mut phone = self.peer(user).await;
        phone.register().await;
        match self.next().await {
            TestEvent::InService(dn, true) => assert_eq!(dn.as_str(), user),
            other => panic!("{other:?}"),
        }
        phone
    }

    pub async fn next(&mut self) -> TestEvent {
        timeout(Duration::from_secs(8), self.told.recv())
            .await
            .expect("to be told something")
            .expect("a listener")
    }

    pub async fn arrived(&mut self) -> Arrival {
        match self.next().await {
            TestEvent::Arrived(arrival) => *arrival,
            other => panic!("{other:?}"),
        }
    }

    pub async fn heard(&mut self, leg: &LegId) -> LegEvent {
        match self.next().await {
            TestEvent::LegEvent(of, heard) if of == *leg => heard,
            other => panic!("instead of something about {leg}: {other:?}"),
        }
    }

    /// What is heard of a leg, whatever else is.
    pub async fn heard_among(&mut self, leg: &LegId) -> LegEvent {
        loop {
            if let TestEvent::LegEvent(of, heard) = self.next().await
                && of == *leg
            {
                return heard;
            }
        }
    }

    /// Nothing is told for so long.
    pub async fn hears_nothing(&mut self, time: Duration) {
        if let Ok(told) = timeout(time, self.told.recv()).await {
            panic!("{told:?}");
        }
    }

    pub fn act(&self, leg: &LegId, act: LegCommand) {
        self.voice.perform(&[SwitchCommand { leg: leg.clone(), act }]);
    }

    /// Calls a number; the leg.
    pub fn call(&mut self, to: &str, auto_answer: bool) -> LegId {
        self.made += 1;
        let leg = LegId { call: InteractionId::new("made"), number: self.made };
        let from = CallerId { number: "15550123".into(), name: "Ada \"Q\"".into() };
        self.act(&leg, LegCommand::Originate(Box::new(Originate { to: Dn::new(to), from, auto_answer })));
        leg
    }
}
