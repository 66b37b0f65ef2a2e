//! What the log says of a leg: which call it belongs to, and no number from outside.

use crate::{
    calls::{called, caller},
    switch::{TestSwitch, settings},
};
use desk::ports::Arrival;
use domain::{
    InteractionId,
    call::{Dn, LegEvent, LegId},
};
use futures::future::BoxFuture;
use std::{
    io,
    sync::{Arc, Mutex},
};
use tracing_subscriber::{EnvFilter, layer::SubscriberExt};
use voice::Listener;

/// Writes a line whenever something is told.
struct Writing(Arc<dyn Listener>);

impl Listener for Writing {
    fn fresh_call(&self) -> InteractionId {
        self.0.fresh_call()
    }

    fn arrived(&self, arrival: Arrival) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            tracing::info!("it arrived");
            self.0.arrived(arrival).await;
        })
    }

    fn heard(&self, leg: LegId, heard: LegEvent) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            tracing::info!("something was heard");
            self.0.heard(leg, heard).await;
        })
    }

    fn in_service(&self, dn: Dn, on: bool) -> BoxFuture<'_, ()> {
        self.0.in_service(dn, on)
    }
}

#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl io::Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("not poisoned").extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn every_line_of_a_leg_names_its_call_and_no_number_from_outside() {
    let written = Written::default();
    let writer = written.clone();
    let lines = tracing_subscriber::fmt::layer().with_ansi(false).with_writer(move || writer.clone());
    // The library writes whole messages.
    let filter = EnvFilter::new(format!("debug,{}", voice::LOG_FILTER));
    let _guard = tracing::subscriber::set_default(tracing_subscriber::registry().with(filter).with(lines));
    let mut switch = TestSwitch::open_behind(settings(), |listener| Arc::new(Writing(listener))).await;
    let mut phone = switch.phone("5001").await;
    // Two numbers from outside: 15550199 calls, and the phone is told that 15550123 does.
    let (_caller, _call, leg, _) = caller(&mut switch).await;
    let (_dialog, made, _) = called(&mut switch, &mut phone).await;

    let text = String::from_utf8(written.0.lock().expect("not poisoned").clone()).expect("text");
    let named = |leg: &LegId, rest: &str| {
        let span = format!("leg{{interaction=\"{}\" leg={}{rest}}}", leg.call, leg.number);
        text.lines().filter(|line| line.contains(&span)).count()
    };
    assert_eq!(named(&leg, " way=\"in\""), 2, "{text}");
    assert!(named(&made, " way=\"out\" phone=\"5001\"") >= 1, "{text}");
    let mut told = text.lines().filter(|line| line.contains("it arrived") || line.contains("was heard"));
    assert!(told.all(|line| line.contains("leg{interaction=")), "{text}");
    assert!(!text.contains("15550199") && !text.contains("15550123"), "{text}");
}
