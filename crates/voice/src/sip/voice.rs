//! The switch.

use super::{
    core::{Core, LegInput},
    digest::Digest,
    flow::Flow,
    headers, leg,
    limits::Logins,
    reasons::Reasons,
    registrar::{self, Registrar},
    request,
    transport::{
        self, Closings, Finder, Marks, Opened, SenderCheck, SipRecorder, SipTrace, SipTraceQuery, StartError,
        StreamContext, Streams,
    },
};
use crate::{Carrier, Listener, Settings, media::Engine, settings::Profile};
use desk::ports::{Bindings, Switch};
use domain::call::{Cause, Dn, LegCommand, SwitchCommand};
use futures::FutureExt;
use rsipstack::{EndpointBuilder, dialog::dialog_layer::DialogLayer, transaction::endpoint::EndpointOption};
use std::{
    collections::BTreeSet,
    net::SocketAddr,
    panic::AssertUnwindSafe,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};
use tokio::{sync::mpsc, time::Instant};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::Instrument;

/// SIP phones and their media behind the port [`Switch`].
pub struct Voice {
    core: Arc<Core>,
    addresses: Vec<(Carrier, SocketAddr)>,
    tasks: TaskTracker,
    token: CancellationToken,
    over: CancellationToken,
}

impl Voice {
    /// Listens, and tells the listener what it hears. Phones in `bindings`, from an earlier process, are known at once,
    /// and asked whether they are there.
    ///
    /// # Errors
    /// When an address cannot be listened on, or there is none, or when bindings cannot be read.
    pub async fn start(
        settings: Settings,
        listener: Arc<dyn Listener>,
        bindings: Arc<dyn Bindings>,
    ) -> Result<Arc<Self>, StartError> {
        let (token, tasks) = (CancellationToken::new(), TaskTracker::new());
        let (changes, heard_changes) = mpsc::unbounded_channel();
        let (closings, heard_closings) = mpsc::unbounded_channel();
        let registrar = Arc::new(Registrar::new(&settings.limits, &settings.timers, changes));
        let kept = bindings.kept().await.map_err(StartError::Bindings)?;
        registrar.take_up(kept, &settings.accounts, &settings.edges, bindings.awake(), Instant::now());
        let spared = settings.peers.iter().chain(&settings.edges).copied().collect();
        let strangers = Streams::new(&settings.limits, spared);
        let doorkeeper = Arc::new(SenderCheck {
            registrar: registrar.clone(),
            digest: Arc::new(Digest::new(&settings)?),
            logins: Arc::new(Logins::new(settings.limits.failed_logins_per_minute)),
            peers: settings.peers.clone(),
            edges: settings.edges.clone(),
            recorder: SipRecorder::new(settings.trace),
        });
        let reasons = Arc::new(Reasons::default());
        let Opened { layer, told, bound, doors } = transport::open(&settings, &doorkeeper, &token).await?;
        let host = told.first().map(|(_, addr)| addr.ip().to_string());
        let timers = &settings.timers;
        let option = EndpointOption {
            t1: timers.t1,
            t2: timers.t1 * 8,
            t4: timers.t1 * 10,
            t1x64: timers.t1 * 64,
            // A phone may ring longer than we let it, so that we are the one to end it.
            timerc: timers.ring.max(timers.auto_answer) + Duration::from_secs(60),
            callid_suffix: host,
            ..EndpointOption::default()
        };
        let endpoint = EndpointBuilder::new()
            .with_transport_layer(layer)
            .with_cancel_token(token.clone())
            .with_user_agent(headers::NAME)
            .with_option(option)
            .with_inspector(Box::new(Marks {
                registrar: registrar.clone(),
                reasons: reasons.clone(),
                edges: settings.edges.clone(),
            }))
            .with_target_locator(Box::new(Finder))
            .with_transport_inspector(Box::new(Closings {
                registrar: registrar.clone(),
                strangers: strangers.clone(),
                edges: settings.edges.clone(),
                tell: closings,
            }))
            .build();
        let incoming =
            endpoint.incoming_transactions().map_err(|why| StartError::Library(why.to_string()))?;
        let context = Arc::new(StreamContext {
            endpoint: endpoint.inner.clone(),
            strangers: strangers.clone(),
            doorkeeper: doorkeeper.clone(),
            origins: settings.ws_origins.clone(),
            // As long as a registration, so that a phone that sends nothing in between keeps its stream.
            idle: timers.max_expires + Duration::from_secs(60),
            token: token.clone(),
        });
        let layer = Arc::new(DialogLayer::new(endpoint.inner.clone()));
        let engine = Engine::new(settings.media.clone());
        let core = Arc::new(Core::new(
            settings,
            listener.clone(),
            engine,
            registrar,
            bindings,
            strangers.clone(),
            &doorkeeper,
            reasons,
            layer,
            told,
            tasks.clone(),
        ));

        let over = CancellationToken::new();
        let last = over.clone().drop_guard();
        tokio::spawn(async move {
            endpoint.serve().await;
            drop(last);
        });
        until(&token, request::serve(core.clone(), incoming));
        until(&token, strangers.watch(core.settings.timers.stranger));
        until(&token, core.recorder.clone().sweep());
        until(&token, registrar::watch(core.clone()));
        until(&token, registrar::keep(core.clone()));
        until(&token, tell_changes(listener, heard_changes));
        until(&token, tell_closings(core.clone(), heard_closings));
        for door in doors {
            until(&token, transport::serve(door, context.clone()));
        }
        Ok(Arc::new(Self { core, addresses: bound, tasks, token, over }))
    }

    /// The addresses where it listens, with the ports that were taken.
    pub fn addresses(&self) -> Vec<(Carrier, SocketAddr)> {
        self.addresses.clone()
    }

    /// What SIP said in the last ten minutes; `None` when nothing of it is kept. Slow: not for a thread that serves
    /// others.
    pub fn trace(&self, query: &SipTraceQuery) -> Option<SipTrace> {
        self.core.recorder.search(query, |flow| self.core.address_towards(flow))
    }

    /// The numbers that a phone is in service under.
    pub fn in_service(&self) -> BTreeSet<Dn> {
        self.core.registrar.in_service()
    }

    /// Waits until signalling has ended: after [`Voice::stop`], or when it broke down by itself, with which
    /// the program should end too.
    pub async fn ended(&self) {
        self.over.cancelled().await;
    }

    /// Takes no more calls (503), and waits until the present ones are over or the time has passed.
    pub async fn drain(&self, time: Duration) {
        self.core.closing.store(true, Ordering::Relaxed);
        let quiet = async {
            loop {
                let rings = self.core.quiet.notified();
                if self.core.legs() == 0 {
                    return;
                }
                rings.await;
            }
        };
        if tokio::time::timeout(time, quiet).await.is_err() {
            tracing::info!(legs = self.core.legs(), "calls are still going on, and end now");
        }
    }

    /// Releases every leg, waits until the phones know or [`Timers::stop`](crate::Timers) has passed, and ends.
    pub async fn stop(&self) {
        self.core.ask_all(|| LegInput::LegCommand(LegCommand::Release(Cause::Closed)));
        self.tasks.close();
        if tokio::time::timeout(self.core.settings.timers.stop, self.tasks.wait()).await.is_err() {
            tracing::info!(tasks = self.tasks.len(), "phones that were told of the end did not answer");
        }
        if let Err(why) = self.core.keeper.flush().await {
            tracing::warn!(%why, "where phones are could not be written down at the end");
        }
        self.token.cancel();
    }
}

impl Drop for Voice {
    fn drop(&mut self) {
        self.token.cancel();
    }
}

impl Switch for Voice {
    fn perform(&self, effects: &[SwitchCommand]) {
        for SwitchCommand { leg, act } in effects {
            match act {
                LegCommand::Originate(asked) => {
                    let Some(acts) = self.core.enter(leg) else { continue };
                    let making = leg::originate(self.core.clone(), leg.clone(), acts, (**asked).clone());
                    let phone = Some(&asked.to).filter(|to| self.core.settings.accounts.contains_key(*to));
                    self.core.spawn(making.instrument(leg::span(leg, "out", phone)));
                }
                other => self.core.act(leg, other.clone()),
            }
        }
    }

    fn answers(&self, dn: &Dn) -> Option<bool> {
        let account = self.core.settings.accounts.get(dn).filter(|_| self.core.registrar.serves(dn))?;
        Some(account.profile != Profile::Manual && self.core.registrar.is_made_to_answer(dn))
    }
}

/// Runs something until the end.
fn until(token: &CancellationToken, work: impl Future<Output = ()> + Send + 'static) {
    let token = token.clone();
    tokio::spawn(async move { token.run_until_cancelled(work).await });
}

/// Tells legs of streams that were closed.
async fn tell_closings(core: Arc<Core>, mut closings: mpsc::UnboundedReceiver<Flow>) {
    while let Some(flow) = closings.recv().await {
        core.ask_all(|| LegInput::Closed(flow));
    }
}

/// Tells which numbers come into service and go out of it, in order.
async fn tell_changes(listener: Arc<dyn Listener>, mut changes: mpsc::UnboundedReceiver<(Dn, bool)>) {
    while let Some((dn, on)) = changes.recv().await {
        // A panic of the listener must not keep it from being told of other numbers.
        if AssertUnwindSafe(listener.in_service(dn, on)).catch_unwind().await.is_err() {
            metrics::counter!("jackfield_sip_failures_total", "what" => "panic").increment(1);
        }
    }
}
