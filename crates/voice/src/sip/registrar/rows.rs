//! The stored bindings, so that the next process rings phones that it has not heard yet.
//!
//! A REGISTER that makes, changes or removes a binding is answered when that is stored; one that only prolongs it is
//! stored at most once a minute, and not waited for. So the stored end may be a minute early, which
//! [`Registrar::take_up`] allows for.

use super::{
    binding::{Binding, Ways},
    binding_table,
    life::BindingLife,
    path::reached_by,
    register_request::is_elsewhere,
    table::{NOTED_FOR, Registrar},
};
use crate::{
    settings::{Network, PhoneAccount},
    sip::{flow::Flow, held, origin::is_of},
};
use desk::ports::{BindingRow, Bindings, StoreFault};
use domain::{Millis, call::Dn};
use rsipstack::sip::Uri;
use std::{
    collections::HashMap,
    sync::{Arc, atomic::AtomicBool, atomic::Ordering},
    time::Duration,
};
use tokio::{sync::Mutex, time::Instant};

/// How many numbers are written at once.
const AT_ONCE: usize = 256;

/// Stores what changed.
pub(in crate::sip) struct BindingWriter {
    registrar: Arc<Registrar>,
    bindings: Arc<dyn Bindings>,
    /// Only one writes at a time, so that nothing older comes after something newer.
    turn: Mutex<()>,
}

impl BindingWriter {
    pub fn new(registrar: Arc<Registrar>, bindings: Arc<dyn Bindings>) -> Self {
        Self { registrar, bindings, turn: Mutex::default() }
    }

    /// Returns when nothing of a number is left that must be stored before it is acknowledged.
    pub async fn settle(&self, dn: &Dn) -> Result<(), StoreFault> {
        while self.registrar.waits(dn) {
            let turn = self.turn.lock().await;
            // The task that had the turn before may have stored it.
            if self.registrar.waits(dn) {
                self.write().await?;
            }
            drop(turn);
        }
        Ok(())
    }

    /// Stores everything that has changed.
    pub async fn flush(&self) -> Result<(), StoreFault> {
        let _turn = self.turn.lock().await;
        while self.write().await? {}
        Ok(())
    }

    /// Stores some of it; answers whether there may be more.
    async fn write(&self) -> Result<bool, StoreFault> {
        let (numbers, rows) = self.registrar.unwritten(self.bindings.awake(), Instant::now());
        if numbers.is_empty() {
            return Ok(false);
        }
        self.bindings.keep(rows).await?;
        held(&self.registrar.book).was_written(&numbers);
        Ok(numbers.len() == AT_ONCE)
    }
}

impl Registrar {
    /// Takes up the bindings of an earlier process, on probation. Those over streams are gone with the streams
    /// (RFC 5626 §4.3: the phone makes another), except phones behind an edge that says in Path where it is. Also gone
    /// are those that have run out, that belong to no account any more, and that were behind an edge that is none any
    /// more.
    pub fn take_up(
        &self,
        rows: Vec<BindingRow>,
        accounts: &HashMap<Dn, PhoneAccount>,
        edges: &[Network],
        awake: Millis,
        now: Instant,
    ) {
        let mut book = held(&self.book);
        for row in rows {
            let dn = row.dn.clone();
            let serial = book.next_serial(1);
            let binding = accounts.get(&dn).and_then(|_| self.revived(row, edges, serial, awake, now));
            let Some(binding) = binding else {
                book.changed(&dn, false, now);
                continue;
            };
            self.change(&mut book, &dn, |bindings| {
                if bindings.len() >= self.most {
                    bindings.remove(0);
                }
                bindings.push(binding);
            });
        }
    }

    fn revived(
        &self,
        row: BindingRow,
        edges: &[Network],
        serial: u64,
        awake: Millis,
        now: Instant,
    ) -> Option<Binding> {
        let received = Flow::named(&row.transport, &row.received)?;
        let sender = Flow::written(&row.sender)?;
        let is_forwarded = sender != received || !row.path.is_empty();
        if is_forwarded && !is_of(edges, received) {
            return None;
        }
        let flow = if received.is_stream() { reached_by(&row.path, edges)? } else { received };
        let uri = Uri::try_from(row.contact.as_str()).ok()?;
        let left = u64::try_from(row.expires.saturating_sub(awake)).unwrap_or(0);
        let left = Duration::from_millis(left).min(self.longest);
        // It ran out before, unless it was stored a minute too early.
        let late = row.expires < awake.saturating_sub(millis(NOTED_FOR));
        let behind_nat = !received.is_stream() && is_elsewhere(&uri, sender);
        let every = behind_nat.then_some(self.every);
        (!late).then(|| Binding {
            serial,
            contact: row.contact,
            flow,
            sender,
            shared: is_of(edges, received),
            call_id: row.call_id,
            cseq: row.cseq,
            instance: row.instance,
            reg_id: row.reg_id,
            path: row.path,
            behind_nat,
            life: BindingLife::on_probation(now + left + NOTED_FOR, every, now),
            ways: Arc::new(Ways {
                talks: AtomicBool::new(row.talks),
                refused_talk: AtomicBool::new(row.refused_talk),
                by_hand: AtomicBool::new(row.by_hand),
            }),
            noted: now,
        })
    }

    fn waits(&self, dn: &Dn) -> bool {
        held(&self.book).waits(dn)
    }

    /// The numbers that must be stored, and all bindings of each.
    pub(super) fn unwritten(
        &self,
        awake: Millis,
        now: Instant,
    ) -> (Vec<(Dn, binding_table::Unwritten)>, StoredBindings) {
        let book = held(&self.book);
        let numbers = book.unwritten(AT_ONCE);
        let rows = numbers.iter().map(|(dn, _)| {
            let rows = book.of(dn).iter().map(|binding| row(dn, binding, awake, now));
            (dn.clone(), rows.collect())
        });
        let rows = rows.collect();
        (numbers, rows)
    }
}

/// The bindings of numbers, as they are stored.
pub(super) type StoredBindings = Vec<(Dn, Vec<BindingRow>)>;

fn row(dn: &Dn, binding: &Binding, awake: Millis, now: Instant) -> BindingRow {
    let learned = |what: &AtomicBool| what.load(Ordering::Relaxed);
    BindingRow {
        dn: dn.clone(),
        contact: binding.contact.clone(),
        instance: binding.instance.clone(),
        reg_id: binding.reg_id,
        path: binding.path.clone(),
        transport: binding.flow.transport().to_owned(),
        received: binding.flow.peer.to_string(),
        sender: binding.sender.to_text(),
        expires: awake.saturating_add(millis(binding.life.expires().saturating_duration_since(now))),
        call_id: binding.call_id.clone(),
        cseq: binding.cseq,
        talks: learned(&binding.ways.talks),
        refused_talk: learned(&binding.ways.refused_talk),
        by_hand: learned(&binding.ways.by_hand),
    }
}

fn millis(time: Duration) -> Millis {
    Millis::try_from(time.as_millis()).unwrap_or(Millis::MAX)
}
