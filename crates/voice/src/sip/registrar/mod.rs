//! Where phones are: bindings of numbers to contacts and flows (voice-sip §3). Pure bookkeeping; the wire is in
//! [`register`].

mod alive;
mod binding;
mod path;
mod register;
#[cfg(test)]
mod tests;

use crate::{
    settings::{Limits, Network},
    sip::{flow::Flow, locked, origin::is_of},
};
pub(super) use alive::{ask, watch};
pub(super) use binding::Binding;
use domain::call::Dn;
use path::reached_by;
pub(super) use register::{Asked, Contact, register};
use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, atomic::Ordering},
    time::Duration,
};
use tokio::{sync::mpsc, time::Instant};

/// All bindings.
pub(super) struct Registrar {
    book: Mutex<Book>,
    most: usize,
    changes: mpsc::UnboundedSender<(Dn, bool)>,
}

#[derive(Default)]
struct Book {
    bindings: HashMap<Dn, Vec<Binding>>,
    /// Who registered from where, by the sender.
    flows: HashMap<Flow, Vec<Dn>>,
    /// Of these, over which more than one number came at some time, or one that may not be alone.
    shared: HashSet<Flow>,
    serial: u64,
    total: usize,
}

/// Why a registration changes nothing.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// Shorter than we take: 423.
    TooBrief,
    /// An old message come again: 500 (RFC 3261 §10.3 step 7).
    OutOfOrder,
    /// It makes no sense: 400.
    Malformed,
}

/// A contact as the answer to REGISTER lists it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Listed {
    pub contact: String,
    pub remaining: Duration,
}

/// A stream is closed: what registered over it is gone, but not who is behind an edge.
pub(super) fn closed(registrar: &Registrar, edges: &[Network], flow: Flow) {
    if is_of(edges, flow) { registrar.edge_closed(flow, edges) } else { registrar.closed(flow) }
}

impl Registrar {
    /// What becomes of numbers is sent to `changes`: in service or not, in order.
    pub fn new(limits: &Limits, changes: mpsc::UnboundedSender<(Dn, bool)>) -> Self {
        Self { book: Mutex::default(), most: limits.registrations.max(1), changes }
    }

    /// Does what a REGISTER asks, all of it or nothing, and lists what is then bound.
    pub fn apply(&self, dn: &Dn, asked: Asked, now: Instant) -> Result<Vec<Listed>, Refused> {
        let mut book = locked(&self.book);
        let before = book.bindings.get(dn).map_or(&[][..], Vec::as_slice);
        // Of the bindings that it is about: another phone of the number may have the same Call-ID.
        let about =
            |binding: &Binding| asked.all || asked.contacts.iter().any(|contact| contact.is_of(binding));
        let stale = |binding: &Binding| {
            about(binding) && binding.call_id == asked.call_id && asked.cseq <= binding.cseq
        };
        if before.iter().any(stale) {
            return Err(Refused::OutOfOrder);
        }
        let mut bindings = book.bindings.remove(dn).unwrap_or_default();
        let before: Vec<Flow> = bindings.iter().map(|binding| binding.sender).collect();
        if asked.all {
            bindings.clear();
        }
        for contact in asked.contacts {
            let known = bindings.iter().position(|old| contact.is_of(old)).map(|at| bindings.remove(at));
            bindings.retain(|old| !contact.is_of(old));
            if contact.expires.is_zero() {
                continue;
            }
            if bindings.len() >= self.most {
                bindings.remove(0);
            }
            book.serial += 1;
            let fresh = (book.serial, Arc::default());
            let (serial, ways) = known.map_or(fresh, |old| (old.serial, old.ways));
            let from = (asked.origin, &asked.path[..]);
            bindings.push(Binding::new(serial, ways, contact, (&asked.call_id, asked.cseq), from, now));
        }
        let listed = bindings
            .iter()
            .map(|binding| Listed {
                contact: binding.contact.clone(),
                remaining: binding.expires.saturating_duration_since(now),
            })
            .collect();
        self.put_back(&mut book, dn, &before, bindings);
        Ok(listed)
    }

    /// The live bindings of a number, newest last.
    pub fn bindings(&self, dn: &Dn) -> Vec<Binding> {
        let now = Instant::now();
        let book = locked(&self.book);
        let all = book.bindings.get(dn).map_or(&[][..], Vec::as_slice);
        all.iter().filter(|binding| binding.expires > now).cloned().collect()
    }

    /// Whether a phone is registered under a number.
    pub fn serves(&self, dn: &Dn) -> bool {
        locked(&self.book).bindings.contains_key(dn)
    }

    /// Whether one of its phones may still be made to answer: it has not been tried in vain.
    pub fn is_made_to_answer(&self, dn: &Dn) -> bool {
        let by_hand = |binding: &Binding| binding.ways.by_hand.load(Ordering::Relaxed);
        let book = locked(&self.book);
        book.bindings.get(dn).is_some_and(|bindings| !bindings.iter().all(by_hand))
    }

    /// Has it told once more that a number is in service, since what its phones can do has changed.
    pub fn tell_again(&self, dn: &Dn) {
        let book = locked(&self.book);
        if book.bindings.contains_key(dn) {
            let _ = self.changes.send((dn.clone(), true));
        }
    }

    /// Whether this number registered from there.
    pub fn is_flow_of(&self, dn: &Dn, sender: Flow) -> bool {
        locked(&self.book).flows.get(&sender).is_some_and(|dns| dns.contains(dn))
    }

    /// Whether this number registered from there, and nobody else did for as long as it has been registered.
    pub fn is_alone_on(&self, dn: &Dn, flow: Flow) -> bool {
        let book = locked(&self.book);
        !book.shared.contains(&flow) && book.flows.get(&flow).is_some_and(|dns| dns.contains(dn))
    }

    /// Whether the phone that registered this number from there sits behind a NAT.
    pub fn is_behind_nat(&self, dn: &Dn, sender: Flow) -> bool {
        let book = locked(&self.book);
        let all = book.bindings.get(dn).map_or(&[][..], Vec::as_slice);
        all.iter().any(|binding| binding.sender == sender && binding.behind_nat)
    }

    /// Whether anybody registered from there.
    pub fn knows(&self, sender: Flow) -> bool {
        locked(&self.book).flows.contains_key(&sender)
    }

    /// A stream of an edge is closed. The phones behind it are where they were, and are called over the way that they
    /// came by: over another stream to where the edge says in Path that it is, and with it those go that came without.
    pub fn edge_closed(&self, flow: Flow, edges: &[Network]) {
        let dns: Vec<Dn> = {
            let mut book = locked(&self.book);
            let mut lost = Vec::new();
            for (dn, bindings) in &mut book.bindings {
                for binding in bindings.iter_mut().filter(|binding| binding.flow == flow) {
                    match reached_by(&binding.path, edges) {
                        Some(way) => binding.flow = way,
                        None => lost.push(dn.clone()),
                    }
                }
            }
            lost
        };
        for dn in dns {
            self.drop_where(&dn, |binding| binding.flow == flow);
        }
    }

    /// A stream is closed: what registered over it is gone.
    pub fn closed(&self, flow: Flow) {
        let dns = locked(&self.book).flows.get(&flow).cloned().unwrap_or_default();
        for dn in dns {
            self.drop_where(&dn, |binding| binding.flow == flow);
        }
    }

    /// Takes out one binding.
    pub fn drop_binding(&self, dn: &Dn, serial: u64) {
        self.drop_where(dn, |binding| binding.serial == serial);
    }

    /// Takes out what has run out.
    pub fn sweep(&self, now: Instant) {
        let due: Vec<Dn> = {
            let book = locked(&self.book);
            let over = |bindings: &Vec<Binding>| bindings.iter().any(|binding| binding.expires <= now);
            book.bindings.iter().filter(|(_, bindings)| over(bindings)).map(|(dn, _)| dn.clone()).collect()
        };
        for dn in due {
            self.drop_where(&dn, |binding| binding.expires <= now);
        }
    }

    /// For so long nothing could be heard of any phone, so that all run out so much later.
    pub fn postpone(&self, by: Duration) {
        for binding in locked(&self.book).bindings.values_mut().flatten() {
            binding.expires += by;
            binding.ask_at += by;
        }
    }

    /// Bindings that are to be asked whether they are there, and when that is due again.
    fn to_ask(&self, now: Instant, every: Duration) -> Vec<(Dn, Binding)> {
        let mut book = locked(&self.book);
        let mut due = Vec::new();
        for (dn, bindings) in &mut book.bindings {
            for binding in bindings.iter_mut().filter(|binding| binding.behind_nat && binding.ask_at <= now) {
                binding.ask_at = now + every;
                due.push((dn.clone(), binding.clone()));
            }
        }
        due
    }

    fn drop_where(&self, dn: &Dn, gone: impl Fn(&Binding) -> bool) {
        let mut book = locked(&self.book);
        let Some(mut bindings) = book.bindings.remove(dn) else { return };
        let before: Vec<Flow> = bindings.iter().map(|binding| binding.sender).collect();
        bindings.retain(|binding| !gone(binding));
        self.put_back(&mut book, dn, &before, bindings);
    }

    /// The index of flows follows the bindings, and who listens hears of the first and the last.
    fn put_back(&self, book: &mut Book, dn: &Dn, before: &[Flow], bindings: Vec<Binding>) {
        for flow in before {
            if let Some(dns) = book.flows.get_mut(flow) {
                dns.retain(|other| other != dn);
            }
        }
        for binding in &bindings {
            let dns = book.flows.entry(binding.sender).or_default();
            if !dns.contains(dn) {
                dns.push(dn.clone());
            }
            if binding.shared || dns.len() > 1 {
                book.shared.insert(binding.sender);
            }
        }
        for flow in before {
            if book.flows.get(flow).is_some_and(Vec::is_empty) {
                book.flows.remove(flow);
                book.shared.remove(flow);
            }
        }
        book.total = book.total + bindings.len() - before.len();
        metrics::gauge!("jackfield_sip_registrations")
            .set(u32::try_from(book.total).map_or(f64::MAX, f64::from));
        let serves = !bindings.is_empty();
        if serves {
            book.bindings.insert(dn.clone(), bindings);
        }
        if serves == before.is_empty() {
            let _ = self.changes.send((dn.clone(), serves));
        }
    }
}
