//! What all parts of signalling share.

use super::{
    digest::Digest,
    flow::{Flow, wire},
    headers, held,
    limits::{CallRate, Failures, Logins, UnauthenticatedCalls},
    origin::{RequestOrigin, is_of},
    phone_legs::PhoneLegs,
    reasons::Reasons,
    registrar::{BindingWriter, Registrar, closed},
    transport::{SenderCheck, SipRecorder, Streams},
};
use crate::{
    Listener, media,
    settings::{Carrier, Challenge, Settings},
};
use desk::ports::Bindings;
use domain::{
    InteractionId,
    call::{Dn, LegCommand, LegId},
};
use rsipstack::{
    dialog::dialog_layer::DialogLayer,
    sip::{Auth, HasHeaders, Header, HostWithPort, Param, Request, Scheme, Uri},
    transport::SipAddr,
};
use std::{
    collections::{HashMap, HashSet},
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU16, Ordering},
    },
};
use tokio::{
    runtime::Handle,
    sync::{Notify, mpsc, oneshot},
};
use tokio_util::task::TaskTracker;
use tracing::Instrument;

/// Events for a leg from outside its dialog.
pub(super) enum LegInput {
    /// The desk asks it to do this.
    LegCommand(LegCommand),
    /// This stream was closed.
    Closed(Flow),
    /// The phone of this binding does not answer anything.
    Silent(u64),
    /// Somebody waits until the listener was told all that is known of the leg now.
    SayWhenTold(oneshot::Sender<()>),
}

/// What all parts of signalling share.
pub(super) struct Core {
    pub settings: Settings,
    pub listener: Arc<dyn Listener>,
    pub engine: Arc<media::Engine>,
    pub registrar: Arc<Registrar>,
    pub keeper: BindingWriter,
    pub strangers: Arc<Streams>,
    pub recorder: Arc<SipRecorder>,
    pub digest: Arc<Digest>,
    pub logins: Arc<Logins>,
    /// Wrong credentials, by number and network.
    guesses: Failures<(edge::Network, Dn)>,
    pub pace: CallRate,
    pub guests: Arc<UnauthenticatedCalls>,
    /// The reasons for which calls are being cancelled.
    pub reasons: Arc<Reasons>,
    /// Legs at once, at most as many as have ports.
    pub most_legs: usize,
    pub layer: Arc<DialogLayer>,
    /// The addresses by which phones reach us.
    pub addresses: Vec<(Carrier, SocketAddr)>,
    /// INVITEs that are being handled, so that one that arrives twice by two ways is taken once (RFC 3261 §8.2.2.2).
    pub pending: Mutex<HashSet<String>>,
    pub phone_legs: PhoneLegs,
    /// How many legs phones made beside the ones that they hold.
    made_by_phones: AtomicU16,
    legs: Mutex<HashMap<LegId, mpsc::UnboundedSender<LegInput>>>,
    /// Whether no more calls are taken.
    pub closing: AtomicBool,
    /// Notified when the last leg is gone.
    pub quiet: Notify,
    tasks: TaskTracker,
    runtime: Handle,
}

impl Core {
    #[expect(clippy::too_many_arguments, reason = "it is put together once, in one place")]
    pub fn new(
        settings: Settings,
        listener: Arc<dyn Listener>,
        engine: Arc<media::Engine>,
        registrar: Arc<Registrar>,
        bindings: Arc<dyn Bindings>,
        strangers: Arc<Streams>,
        doorkeeper: &SenderCheck,
        reasons: Arc<Reasons>,
        layer: Arc<DialogLayer>,
        addresses: Vec<(Carrier, SocketAddr)>,
        tasks: TaskTracker,
    ) -> Self {
        Self {
            logins: doorkeeper.logins.clone(),
            guesses: Failures::new(settings.limits.failed_logins_per_minute),
            pace: CallRate::new(&settings.limits),
            guests: UnauthenticatedCalls::new(&settings.limits),
            reasons,
            most_legs: settings.limits.legs.min(settings.media.pairs()),
            settings,
            listener,
            engine,
            keeper: BindingWriter::new(registrar.clone(), bindings),
            registrar,
            strangers,
            recorder: doorkeeper.recorder.clone(),
            digest: doorkeeper.digest.clone(),
            layer,
            addresses,
            pending: Mutex::default(),
            phone_legs: PhoneLegs::default(),
            made_by_phones: AtomicU16::new(0),
            legs: Mutex::default(),
            closing: AtomicBool::new(false),
            quiet: Notify::new(),
            tasks,
            runtime: Handle::current(),
        }
    }

    /// Runs work in the background; [`crate::Voice::stop`] waits for it.
    pub fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        self.tasks.spawn_on(work.in_current_span(), &self.runtime);
    }

    /// Registers a leg; `None` when there is a leg of this name already.
    pub fn enter(&self, leg: &LegId) -> Option<mpsc::UnboundedReceiver<LegInput>> {
        let mut legs = held(&self.legs);
        if legs.contains_key(leg) {
            return None;
        }
        let (send, acts) = mpsc::unbounded_channel();
        legs.insert(leg.clone(), send);
        gauge(legs.len());
        Some(acts)
    }

    /// A leg is over: acts for it are ignored from now on.
    pub fn leave(&self, leg: &LegId) {
        let mut legs = held(&self.legs);
        legs.remove(leg);
        gauge(legs.len());
        if legs.is_empty() {
            self.quiet.notify_waiters();
        }
    }

    /// How many legs there are.
    pub fn legs(&self) -> usize {
        held(&self.legs).len()
    }

    /// Hands an act to its leg; nothing when there is none.
    pub fn act(&self, leg: &LegId, act: LegCommand) {
        if let Some(leg) = held(&self.legs).get(leg) {
            let _ = leg.send(LegInput::LegCommand(act));
        }
    }

    /// Hands something to every leg.
    pub fn ask_all(&self, asked: impl Fn() -> LegInput) {
        for leg in held(&self.legs).values() {
            let _ = leg.send(asked());
        }
    }

    /// Waits until the listener was told all that is known of a leg now, or the leg is over, or for too long.
    pub async fn told_of(&self, leg: &LegId) {
        let (say, told) = oneshot::channel();
        if let Some(leg) = held(&self.legs).get(leg) {
            let _ = leg.send(LegInput::SayWhenTold(say));
        }
        let _ = tokio::time::timeout(self.settings.timers.t1 * 4, told).await;
    }

    /// The name of a leg that a phone makes for a call that has one already: its number is no party's, since a call has never so
    /// many of them, and not one of the last 32,768 of this kind.
    pub fn made_by_phone(&self, call: InteractionId) -> LegId {
        let made = self.made_by_phones.fetch_add(1, Ordering::Relaxed);
        LegId { call, number: made | 0x8000 }
    }

    /// The origin of a request that came over a flow.
    pub fn origin(&self, request: &Request, flow: Flow) -> RequestOrigin {
        let vias = request.headers().iter().filter_map(|header| match header {
            Header::Via(via) => Some(via.value()),
            _ => None,
        });
        RequestOrigin::of(flow, vias, &self.settings.edges)
    }

    /// Whether an edge is at the other end.
    pub fn is_edge(&self, flow: Flow) -> bool {
        is_of(&self.settings.edges, flow)
    }

    /// A stream is closed: the phones that registered over it are gone, unless it was an edge's.
    pub fn closed(&self, flow: Flow) {
        closed(&self.registrar, &self.settings.edges, flow);
    }

    /// Whether a sender is a peer. An edge never is, whatever its address: it speaks for others.
    pub fn is_peer(&self, origin: RequestOrigin) -> bool {
        is_of(&self.settings.peers, origin.sender) && !self.is_edge(origin.sender)
    }

    /// Whether we answer requests that need no proof at all: strangers hear nothing (spec: voice-sip#3). An edge may
    /// ask whether we are there.
    pub fn answers_to(&self, origin: RequestOrigin) -> bool {
        self.registrar.knows(origin.sender) || self.is_peer(origin) || self.is_edge(origin.sender)
    }

    /// Whether the flow by itself tells that a number calls: its phone registered over it, from there and not through
    /// a proxy that may do so for others, too, and no other number did; unless every call must be proved.
    pub fn is_known_by_flow(&self, dn: &Dn, origin: RequestOrigin) -> bool {
        self.settings.challenge == Challenge::Shared
            && origin.is_direct()
            && self.registrar.is_alone_on(dn, origin.flow)
    }

    /// Whether right credentials for a number count after too many failures from the same network: those of a phone
    /// that registered from there do, unless too many failures were for its number, so that nobody guesses those of
    /// others.
    pub fn may_prove(&self, dn: &Dn, origin: RequestOrigin) -> bool {
        let guessed = || self.guesses.blocked(&(edge::Network::of(origin.sender.ip()), dn.clone()));
        self.registrar.is_flow_of(dn, origin.sender) && !guessed()
    }

    /// Counts wrong credentials; answers whether there were too many to answer.
    pub fn failed_login(&self, request: &Request, origin: RequestOrigin) -> bool {
        metrics::counter!("jackfield_sip_failures_total", "what" => "credentials").increment(1);
        let ip = origin.sender.ip();
        let claimed = self.digest.claimed(headers::authorizations(request));
        if let Some(dn) = claimed.filter(|dn| self.settings.accounts.contains_key(dn)) {
            self.guesses.failed((edge::Network::of(ip), dn));
        }
        self.logins.failed(ip);
        self.logins.blocked(ip)
    }

    /// The address by which we are reached over a transport.
    fn address(&self, carrier: Carrier) -> SocketAddr {
        let same = self.addresses.iter().find(|(listening, _)| *listening == carrier);
        same.or(self.addresses.first()).map_or_else(|| ([127, 0, 0, 1], 5060).into(), |(_, addr)| *addr)
    }

    /// Our host, as it stands in URIs.
    pub fn host(&self) -> std::net::IpAddr {
        self.address(Carrier::Udp).ip()
    }

    /// Our Contact for the other end of a flow, in a family of addresses that it can reach.
    pub fn contact_towards(&self, flow: Flow) -> Uri {
        let mut uri = self.contact(flow.carrier, None);
        uri.host_with_port = HostWithPort::from(self.address_towards(flow));
        uri
    }

    /// The address by which the other end of a flow reaches us, in a family of addresses that it can reach.
    pub fn address_towards(&self, flow: Flow) -> SocketAddr {
        let listen = self.settings.listen.iter().find(|listen| listen.transport.carrier() == flow.carrier);
        let everywhere = listen.is_some_and(|listen| listen.addr.ip().is_unspecified());
        let ours = self.address(flow.carrier);
        let fits = ours.ip().is_ipv4() == flow.ip().is_ipv4();
        if let Some(listen) = listen
            && everywhere
            && (self.settings.public.is_none() || !fits)
        {
            return SocketAddr::new(media::towards(listen.addr.ip(), Some(flow.ip())), ours.port());
        }
        ours
    }

    /// The Via of a transport.
    pub fn via(&self, carrier: Carrier) -> SipAddr {
        SipAddr { r#type: Some(wire(carrier)), addr: HostWithPort::from(self.address(carrier)) }
    }

    /// Our Contact over a transport; also our name elsewhere.
    pub fn contact(&self, carrier: Carrier, user: Option<&str>) -> Uri {
        let params = match carrier {
            Carrier::Udp => Vec::new(),
            other => vec![Param::Transport(wire(other))],
        };
        Uri {
            scheme: Some(Scheme::Sip),
            auth: user.map(|user| Auth { user: user.to_owned(), password: None }),
            host_with_port: HostWithPort::from(self.address(carrier)),
            params,
            headers: Vec::new(),
        }
    }
}

fn gauge(legs: usize) {
    metrics::gauge!("jackfield_sip_legs").set(u32::try_from(legs).map_or(f64::MAX, f64::from));
}
