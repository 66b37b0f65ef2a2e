//! The bindings of all numbers, found by number and by sender, and the numbers whose rows must be written.

use super::binding::Binding;
use crate::sip::flow::Flow;
use domain::call::Dn;
use std::collections::{BTreeSet, HashMap, HashSet};
use tokio::time::Instant;

/// All bindings.
#[derive(Default)]
pub(super) struct BindingTable {
    bindings: HashMap<Dn, Vec<Binding>>,
    /// The numbers registered from each sender.
    flows: HashMap<Flow, Vec<Dn>>,
    /// Senders from which more than one number registered at some time, or one that may not be the only one.
    shared: HashSet<Flow>,
    serial: u64,
    total: usize,
    silent: usize,
    unwritten: HashMap<Dn, Unwritten>,
    written: u64,
}

/// A number whose rows differ from its bindings.
#[derive(Clone, Copy, Debug)]
pub(super) struct Unwritten {
    /// Grows with each change, so that what changed again while it was written is written again.
    pub change: u64,
    /// Whether the rows must be written before a REGISTER is acknowledged.
    pub waits: bool,
}

/// Whether any phone of these bindings can be rung.
pub(super) fn serves(bindings: &[Binding]) -> bool {
    bindings.iter().any(|binding| binding.life.is_usable())
}

impl BindingTable {
    /// The bindings of a number, newest last.
    pub fn of(&self, dn: &Dn) -> &[Binding] {
        self.bindings.get(dn).map_or(&[], Vec::as_slice)
    }

    /// One binding of a number.
    pub fn binding(&mut self, dn: &Dn, serial: u64) -> Option<&mut Binding> {
        self.bindings.get_mut(dn)?.iter_mut().find(|binding| binding.serial == serial)
    }

    /// Every binding.
    pub fn all(&self) -> impl Iterator<Item = (&Dn, &Binding)> {
        self.bindings.iter().flat_map(|(dn, bindings)| bindings.iter().map(move |binding| (dn, binding)))
    }

    /// Changes every binding in a way that brings no number into service or out of it.
    pub fn each(&mut self, change: impl FnMut(&mut Binding)) {
        self.bindings.values_mut().flatten().for_each(change);
    }

    /// Every number that a phone is in service under.
    pub fn in_service(&self) -> BTreeSet<Dn> {
        let served = self.bindings.iter().filter(|(_, bindings)| serves(bindings));
        served.map(|(dn, _)| dn.clone()).collect()
    }

    /// The numbers with a binding for which `so` holds.
    pub fn where_any(&self, so: impl Fn(&Binding) -> bool) -> Vec<Dn> {
        let found = self.bindings.iter().filter(|(_, bindings)| bindings.iter().any(&so));
        found.map(|(dn, _)| dn.clone()).collect()
    }

    /// Whether anybody registered from there.
    pub fn knows(&self, sender: Flow) -> bool {
        self.flows.contains_key(&sender)
    }

    /// The numbers that registered from there.
    pub fn over(&self, sender: Flow) -> Vec<Dn> {
        self.flows.get(&sender).cloned().unwrap_or_default()
    }

    /// Whether more than one number may be there, or was at any time since the first of them registered.
    pub fn is_shared(&self, sender: Flow) -> bool {
        self.shared.contains(&sender)
    }

    /// The first of so many new names for bindings.
    pub fn next_serial(&mut self, count: usize) -> u64 {
        let first = self.serial + 1;
        self.serial += count as u64;
        first
    }

    /// Changes the bindings of a number, and the index of senders with them.
    pub fn change(&mut self, dn: &Dn, change: impl FnOnce(&mut Vec<Binding>)) {
        let mut bindings = self.bindings.remove(dn).unwrap_or_default();
        let silent =
            |bindings: &[Binding]| bindings.iter().filter(|binding| !binding.life.is_usable()).count();
        (self.total, self.silent) = (self.total - bindings.len(), self.silent - silent(&bindings));
        let before: Vec<Flow> = bindings.iter().map(|binding| binding.sender).collect();
        change(&mut bindings);
        for sender in &before {
            if let Some(dns) = self.flows.get_mut(sender) {
                dns.retain(|other| other != dn);
            }
        }
        for binding in &bindings {
            let dns = self.flows.entry(binding.sender).or_default();
            if !dns.contains(dn) {
                dns.push(dn.clone());
            }
            if binding.shared || dns.len() > 1 {
                self.shared.insert(binding.sender);
            }
        }
        for sender in &before {
            if self.flows.get(sender).is_some_and(Vec::is_empty) {
                self.flows.remove(sender);
                self.shared.remove(sender);
            }
        }
        (self.total, self.silent) = (self.total + bindings.len(), self.silent + silent(&bindings));
        gauge("jackfield_sip_registrations", self.total);
        gauge("jackfield_sip_registrations_silent", self.silent);
        if !bindings.is_empty() {
            self.bindings.insert(dn.clone(), bindings);
        }
    }

    /// The rows of a number differ from its bindings now; `waits` when that must be written before it is acknowledged.
    pub fn changed(&mut self, dn: &Dn, waits: bool, now: Instant) {
        self.written += 1;
        let entry = self.unwritten.entry(dn.clone());
        let unwritten = entry.or_insert(Unwritten { change: 0, waits: false });
        *unwritten = Unwritten { change: self.written, waits: unwritten.waits || waits };
        for binding in self.bindings.get_mut(dn).into_iter().flatten() {
            binding.noted = now;
        }
    }

    /// Whether a number must be written before a REGISTER is acknowledged.
    pub fn waits(&self, dn: &Dn) -> bool {
        self.unwritten.get(dn).is_some_and(|unwritten| unwritten.waits)
    }

    /// At most so many numbers that must be written; those with a REGISTER to be acknowledged first.
    pub fn unwritten(&self, most: usize) -> Vec<(Dn, Unwritten)> {
        let of = |waits: bool| self.unwritten.iter().filter(move |(_, unwritten)| unwritten.waits == waits);
        of(true).chain(of(false)).take(most).map(|(dn, unwritten)| (dn.clone(), *unwritten)).collect()
    }

    /// These numbers were written as they then were.
    pub fn was_written(&mut self, numbers: &[(Dn, Unwritten)]) {
        for (dn, then) in numbers {
            if self.unwritten.get(dn).is_some_and(|now| now.change == then.change) {
                self.unwritten.remove(dn);
            }
        }
    }
}

fn gauge(name: &'static str, count: usize) {
    metrics::gauge!(name).set(u32::try_from(count).map_or(f64::MAX, f64::from));
}
