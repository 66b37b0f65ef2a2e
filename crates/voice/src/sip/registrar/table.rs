//! The table of bindings, and the news of numbers.

use super::{
    binding::Binding,
    binding_table::{self, BindingTable},
    path::reached_by,
    register_request::{Listed, RegisterRefusal, RegisterRequest},
};
use crate::{
    lock::held,
    settings::{Limits, Network, Timers},
    sip::{flow::Flow, origin::is_of},
};
use domain::call::Dn;
use std::{
    collections::BTreeSet,
    sync::{Mutex, atomic::Ordering},
    time::Duration,
};
use tokio::{
    sync::{Notify, mpsc},
    time::Instant,
};

/// How old the row of a binding may be that is only prolonged.
pub(super) const NOTED_FOR: Duration = Duration::from_secs(60);

/// All bindings.
pub(in crate::sip) struct Registrar {
    pub(super) book: Mutex<BindingTable>,
    pub(super) most: usize,
    pub(super) every: Duration,
    pub(super) longest: Duration,
    changes: mpsc::UnboundedSender<(Dn, bool)>,
    /// Notified when a phone must be asked now whether it is there.
    doubts: Notify,
}

/// A binding whose phone must be asked whether it is there.
pub(in crate::sip) struct Question {
    pub dn: Dn,
    pub binding: Binding,
    /// The number of the question, for its outcome.
    pub round: u32,
}

/// The change that the outcome of a question made.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::sip) enum ReachabilityChange {
    /// Nothing.
    Same,
    /// The phone does not answer any more, and is not rung any more.
    Silent,
    /// The phone answers again.
    Back,
}

/// A stream is closed: the phones that registered over it are gone, except those behind an edge.
pub(in crate::sip) fn closed(registrar: &Registrar, edges: &[Network], flow: Flow) {
    if is_of(edges, flow) { registrar.edge_closed(flow, edges) } else { registrar.closed(flow) }
}

impl Registrar {
    /// News of numbers are sent to `changes`: in service or not, in order.
    pub fn new(limits: &Limits, timers: &Timers, changes: mpsc::UnboundedSender<(Dn, bool)>) -> Self {
        Self {
            book: Mutex::default(),
            most: limits.registrations.max(1),
            every: timers.keep_alive,
            longest: timers.max_expires,
            changes,
            doubts: Notify::new(),
        }
    }

    /// Does what a REGISTER asks, all of it or nothing, and lists the bindings then.
    pub fn apply(
        &self,
        dn: &Dn,
        asked: RegisterRequest,
        now: Instant,
    ) -> Result<Vec<Listed>, RegisterRefusal> {
        let mut book = held(&self.book);
        // The bindings that it is about: another phone of the number may have the same Call-ID.
        let about = |binding: &Binding| {
            asked.all || asked.contacts.iter().any(|contact| binding.is_meant_by(contact))
        };
        let stale = |binding: &Binding| {
            about(binding) && binding.call_id == asked.call_id && asked.cseq <= binding.cseq
        };
        if book.of(dn).iter().any(stale) {
            return Err(RegisterRefusal::OutOfOrder);
        }
        // New, changed and removed bindings must be stored before the answer.
        let mut changed = asked.all && !book.of(dn).is_empty();
        let mut old = false;
        let first = book.next_serial(asked.contacts.len());
        self.change(&mut book, dn, |bindings| {
            if asked.all {
                bindings.clear();
            }
            for (serial, contact) in (first..).zip(asked.contacts) {
                let count = bindings.len();
                let known =
                    bindings.iter().position(|old| old.is_meant_by(&contact)).map(|at| bindings.remove(at));
                bindings.retain(|old| !old.is_meant_by(&contact));
                changed |= count > bindings.len() + 1;
                if contact.expires.is_zero() {
                    changed |= known.is_some();
                    continue;
                }
                if bindings.len() >= self.most {
                    bindings.remove(0);
                    changed = true;
                }
                let before = known.clone();
                let named = (asked.call_id.as_str(), asked.cseq);
                let from = (asked.origin, &asked.path[..]);
                let fresh = Binding::new((serial, known), contact, named, from, self.every, now);
                changed |= before.is_none_or(|before| !before.is_same(&fresh));
                old |= now.saturating_duration_since(fresh.noted) >= NOTED_FOR;
                bindings.push(fresh);
            }
        });
        if changed || old {
            book.changed(dn, changed, now);
        }
        let listed = book.of(dn).iter().map(|binding| Listed {
            contact: binding.contact.clone(),
            remaining: binding.life.expires().saturating_duration_since(now),
        });
        Ok(listed.collect())
    }

    /// The bindings of a number whose time is not over, newest last.
    pub fn bindings(&self, dn: &Dn) -> Vec<Binding> {
        let now = Instant::now();
        held(&self.book).of(dn).iter().filter(|binding| !binding.life.is_over(now)).cloned().collect()
    }

    /// Those of them that may be rung.
    pub fn usable(&self, dn: &Dn) -> Vec<Binding> {
        let mut bindings = self.bindings(dn);
        bindings.retain(|binding| binding.life.is_usable());
        bindings
    }

    /// Whether a phone is in service under a number.
    pub fn serves(&self, dn: &Dn) -> bool {
        binding_table::serves(held(&self.book).of(dn))
    }

    /// Every number that a phone is in service under.
    pub fn in_service(&self) -> BTreeSet<Dn> {
        held(&self.book).in_service()
    }

    /// Whether one of its phones may still be made to answer: it has not failed to so far.
    pub fn is_made_to_answer(&self, dn: &Dn) -> bool {
        let may =
            |binding: &Binding| binding.life.is_usable() && !binding.ways.by_hand.load(Ordering::Relaxed);
        held(&self.book).of(dn).iter().any(may)
    }

    /// Tells once more that a number is in service, since the abilities of its phones have changed.
    pub fn tell_again(&self, dn: &Dn) {
        if self.serves(dn) {
            let _ = self.changes.send((dn.clone(), true));
        }
    }

    /// Something was learned about a phone that the next process must know, too.
    pub fn learned(&self, dn: &Dn) {
        held(&self.book).changed(dn, false, Instant::now());
    }

    /// Whether this number registered from there, even with an earlier process, and whoever is there now.
    pub fn is_flow_of(&self, dn: &Dn, sender: Flow) -> bool {
        held(&self.book).of(dn).iter().any(|binding| binding.sender == sender)
    }

    /// Whether this number registered from there with this process and has been there since, and nobody else registered
    /// from there for as long as we know: a call from there is then a call of this number.
    pub fn is_alone_on(&self, dn: &Dn, flow: Flow) -> bool {
        let book = held(&self.book);
        let proves = |binding: &Binding| binding.sender == flow && binding.life.proves();
        !book.is_shared(flow) && book.of(dn).iter().any(proves)
    }

    /// Whether the phone that registered this number from there sits behind a NAT.
    pub fn is_behind_nat(&self, dn: &Dn, sender: Flow) -> bool {
        held(&self.book).of(dn).iter().any(|binding| binding.sender == sender && binding.behind_nat)
    }

    /// Whether anybody registered from there.
    pub fn knows(&self, sender: Flow) -> bool {
        held(&self.book).knows(sender)
    }

    /// A stream of an edge is closed. The phones behind it are where they were, and are reached by their Path over
    /// another stream; those that came without a Path are gone.
    pub fn edge_closed(&self, flow: Flow, edges: &[Network]) {
        let mut book = held(&self.book);
        for dn in book.where_any(|binding| binding.flow == flow) {
            self.change(&mut book, &dn, |bindings| {
                bindings.retain_mut(|binding| {
                    let way = if binding.flow == flow {
                        reached_by(&binding.path, edges)
                    } else {
                        Some(binding.flow)
                    };
                    binding.flow = way.unwrap_or(flow);
                    way.is_some()
                });
            });
            book.changed(&dn, false, Instant::now());
        }
    }

    /// A stream is closed: the phones that registered over it are gone.
    pub fn closed(&self, flow: Flow) {
        let dns = held(&self.book).over(flow);
        for dn in dns {
            self.drop_where(&dn, |binding| binding.flow == flow);
        }
    }

    /// Removes one binding.
    pub fn drop_binding(&self, dn: &Dn, serial: u64) {
        self.drop_where(dn, |binding| binding.serial == serial);
    }

    /// Removes bindings whose time is over.
    pub fn sweep(&self, now: Instant) {
        let due = held(&self.book).where_any(|binding| binding.life.is_over(now));
        for dn in due {
            self.drop_where(&dn, |binding| binding.life.is_over(now));
        }
    }

    /// For so long nothing could be heard of any phone, so all bindings last so much longer.
    pub fn postpone(&self, by: Duration) {
        held(&self.book).each(|binding| binding.life.postpone(by));
    }

    /// The phone of a binding answered a call, or refused it.
    pub fn heard(&self, dn: &Dn, serial: u64) {
        let now = Instant::now();
        self.live(dn, serial, |binding| {
            binding.life.heard(now);
            binding.life.call_answered();
        });
    }

    /// A call to the phone of a binding has had no answer for longer than it should: it is asked whether it is there
    /// now.
    pub fn doubt(&self, dn: &Dn, serial: u64) {
        let now = Instant::now();
        self.live(dn, serial, |binding| binding.life.doubt(now));
        self.doubts.notify_one();
    }

    /// Waits until a phone must be asked now.
    pub async fn doubted(&self) {
        self.doubts.notified().await;
    }

    /// A call to the phone of a binding ended without any answer. After the second in a row the binding is removed.
    pub fn call_unanswered(&self, dn: &Dn, serial: u64) {
        let mut gone = false;
        self.live(dn, serial, |binding| gone = binding.life.call_unanswered());
        if gone {
            self.drop_binding(dn, serial);
        } else {
            self.doubt(dn, serial);
        }
    }

    /// At most `most` of the bindings that are due to be asked whether their phone is there, the longest due first.
    /// Each is asked from now on, until [`Registrar::asked`] is told the outcome.
    pub fn to_ask(&self, now: Instant, most: usize) -> Vec<Question> {
        let mut book = held(&self.book);
        let mut due: Vec<(Instant, Dn, u64)> = Vec::new();
        for (dn, binding) in book.all() {
            due.extend(binding.life.due(now).map(|since| (since, dn.clone(), binding.serial)));
        }
        due.sort_unstable_by_key(|(since, ..)| *since);
        due.truncate(most);
        let mut questions = Vec::new();
        for (_, dn, serial) in due {
            if let Some(binding) = book.binding(&dn, serial) {
                let round = binding.life.ask();
                questions.push(Question { binding: binding.clone(), dn, round });
            }
        }
        questions
    }

    /// Tells whether the phone of a binding answered the question of this round.
    pub fn asked(
        &self,
        dn: &Dn,
        serial: u64,
        round: u32,
        answered: bool,
        now: Instant,
    ) -> ReachabilityChange {
        let mut became = ReachabilityChange::Same;
        self.live(dn, serial, |binding| {
            let before = binding.life.is_usable();
            if answered {
                binding.life.answered(round, now);
            } else {
                binding.life.unanswered(round, now);
            }
            became = match (before, binding.life.is_usable()) {
                (true, false) => ReachabilityChange::Silent,
                (false, true) => ReachabilityChange::Back,
                _ => ReachabilityChange::Same,
            };
        });
        became
    }

    /// Changes the life of one binding.
    fn live(&self, dn: &Dn, serial: u64, happens: impl FnOnce(&mut Binding)) {
        let mut book = held(&self.book);
        if book.binding(dn, serial).is_none() {
            return;
        }
        self.change(&mut book, dn, |bindings| {
            if let Some(binding) = bindings.iter_mut().find(|binding| binding.serial == serial) {
                happens(binding);
            }
        });
    }

    fn drop_where(&self, dn: &Dn, gone: impl Fn(&Binding) -> bool) {
        let mut book = held(&self.book);
        if !book.of(dn).iter().any(&gone) {
            return;
        }
        self.change(&mut book, dn, |bindings| bindings.retain(|binding| !gone(binding)));
        book.changed(dn, false, Instant::now());
    }

    /// Changes the bindings of a number, and tells when that brings it into service or out of it.
    pub(super) fn change(&self, book: &mut BindingTable, dn: &Dn, change: impl FnOnce(&mut Vec<Binding>)) {
        let before = binding_table::serves(book.of(dn));
        book.change(dn, change);
        let serves = binding_table::serves(book.of(dn));
        if serves != before {
            let _ = self.changes.send((dn.clone(), serves));
        }
    }
}

#[cfg(test)]
mod tests;
