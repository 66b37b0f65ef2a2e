//! Calls: the switch as the settings want it, connected with the desk.

mod headers;
mod listener;
mod settings;

pub use settings::{TelephonySettings, settings};

use crate::taken;
use anyhow::{Context, Result, anyhow};
use desk::{Condition, Desk, ServiceKind, ServiceState};
use listener::SwitchListener;
use std::{collections::BTreeSet, io::ErrorKind, sync::Arc, time::Duration};
use voice::{Carrier, StartError, Voice};

/// The id of the switch among the services, as desktops know it (spec: core-and-voice#3.7).
const SERVICE: &str = "VOICE";

/// The switch, while there is one.
pub struct Telephony {
    desk: Arc<Desk>,
    voice: Option<Arc<Voice>>,
}

impl Telephony {
    /// Starts the switch, unless it is turned off. When another program has the default port, the server runs without
    /// calls, and logs it; if an address is given (`is_given`), and at any other failure, the server does not start.
    pub async fn start(desk: &Arc<Desk>, calls: Option<TelephonySettings>, is_given: bool) -> Result<Self> {
        let Some(TelephonySettings { settings, headers }) = calls else {
            return Self::without(desk, "Calls are turned off (sip.off).").await;
        };
        let (listener, joined) = SwitchListener::new(desk.clone(), headers);
        let voice = match Voice::start(settings, Arc::new(listener), desk.clone()).await {
            Ok(voice) => voice,
            Err(StartError::Listen { addr, why, .. }) if !is_given && why.kind() == ErrorKind::AddrInUse => {
                tracing::warn!(%addr, "another program has the port for calls: give one with --sip, or set sip.off");
                return Self::without(desk, "Another program has the port for calls.").await;
            }
            Err(StartError::Listen { addr, carrier, why }) => {
                let setting = match carrier {
                    Carrier::Udp | Carrier::Tcp => "--sip (sip.addr)",
                    Carrier::Tls => "sip.tls.addr",
                    Carrier::Ws => "sip.ws",
                };
                return Err(anyhow!(taken::in_words(setting, addr, &why)))
                    .with_context(|| format!("calls over {carrier:?}; sip.off = true does without them"));
            }
            Err(why) => return Err(why).context("calls (--sip, sip.addr)"),
        };
        desk.connect_switch(voice.clone());
        desk.begin_phones(&voice.in_service()).await?;
        desk.services().set(state(desk, Condition::Working));
        for (transport, addr) in voice.addresses() {
            tracing::info!(?transport, %addr, "speaking SIP");
        }
        // The signals of phones that waited are handled now.
        joined.send_replace(true);
        Ok(Self { desk: desk.clone(), voice: Some(voice) })
    }

    /// A server without calls, where no phone is in service.
    async fn without(desk: &Arc<Desk>, why: &str) -> Result<Self> {
        desk.begin_phones(&BTreeSet::new()).await?;
        desk.services().set(state(desk, Condition::Absent).because(why));
        Ok(Self { desk: desk.clone(), voice: None })
    }

    /// Where SIP is spoken over UDP, if it is.
    pub fn addr(&self) -> Option<std::net::SocketAddr> {
        let addresses = self.voice.as_ref()?.addresses();
        addresses.into_iter().find(|(carrier, _)| *carrier == voice::Carrier::Udp).map(|(_, addr)| addr)
    }

    /// The switch, for whoever asks it what it said and heard.
    pub fn switch(&self) -> Option<Arc<Voice>> {
        self.voice.clone()
    }

    /// Waits until signalling ends by itself, which it should not; forever when there are no calls.
    pub async fn ended(&self) {
        match &self.voice {
            Some(voice) => voice.ended().await,
            None => std::future::pending().await,
        }
    }

    /// Takes no more calls, and lets those there are go on for a while (spec: decisions#3: calls are kept until a
    /// deadline).
    pub async fn drain(&self, time: Duration) {
        if let Some(voice) = &self.voice {
            voice.drain(time).await;
        }
    }

    /// Ends all calls, and the switch.
    pub async fn stop(self) {
        if let Some(voice) = self.voice {
            voice.stop().await;
            self.desk.disconnect_switch();
        }
    }
}

fn state(desk: &Desk, condition: Condition) -> ServiceState {
    ServiceState {
        id: SERVICE.into(),
        name: SERVICE.into(),
        kind: ServiceKind::Switch,
        condition,
        why: None,
        since: desk.now(),
    }
}
