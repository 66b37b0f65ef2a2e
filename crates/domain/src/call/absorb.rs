//! Two interactions become one: the older absorbs the newer (spec: core-and-voice#5.7). All that was in the newer is in the
//! older then, behind what was there: its parties and lines have numbers that grow by how many there were, and keep their
//! UUIDs. The switch knows its legs by the names that they had.

use super::{party::PartyOrigin, snapshot::Call};
use crate::{
    InteractionId, Millis, UserData,
    interaction::{End, EndedBy},
    request::Request,
};
use std::collections::BTreeMap;

/// The first number that no party has: phones number the legs so that they make by their own keys.
const FIRST_OF_PHONES: u16 = 0x8000;

impl Call {
    /// How much the number of a party grows that comes with another interaction.
    pub fn parties_before(&self) -> u16 {
        u16::try_from(self.parties.len()).unwrap_or(u16::MAX)
    }

    /// How much the number of a line grows.
    pub fn lines_before(&self) -> u16 {
        u16::try_from(self.lines.len()).unwrap_or(u16::MAX)
    }

    /// Takes another interaction in.
    pub(super) fn absorb(&mut self, other: &Self, user_data: &UserData) {
        let (parties, lines) = (self.parties_before(), self.lines_before());
        let legs = self.legs_of(other);
        let leg_here = |number: u16| legs.get(&number).copied().unwrap_or(number);
        // One queue stands behind a call, and one agent serves it.
        let takes_queue = self.queued.is_none() && other.queued.is_some();
        for line in &other.lines {
            let mut line = line.clone();
            line.by = line.by.map(|by| by + parties);
            line.from = Some(other.from_of(&line).clone());
            line.user_data = UserData::default();
            self.lines.push(line);
        }
        self.taken_legs.extend(legs.iter().map(|(there, here)| (*here, other.leg(*there))));
        for party in &other.parties {
            let mut party = party.clone();
            party.leg += parties;
            party.carrier = party.carrier.map(leg_here);
            party.line += lines;
            party.shown_as = party.shown_as.map(|line| line + lines);
            if let Some(handover) = &mut party.handover {
                handover.from += parties;
            }
            if let Some(watch) = &mut party.watch {
                watch.target += parties;
            }
            party.request = party.request.map(|request| request + self.requested);
            if party.origin == PartyOrigin::Queue && !takes_queue {
                party.origin = PartyOrigin::Called;
            }
            self.parties.push(party);
        }
        if takes_queue && let Some(mut queued) = other.queued.clone() {
            queued.party = Some(queued.party.unwrap_or(1) + parties);
            queued.after += parties;
            self.queued = Some(queued);
        }
        for request in &other.requests {
            let (number, line) = (request.number + self.requested, request.line.map(|line| line + lines));
            self.requests.push(Request { number, line, ..request.clone() });
        }
        self.requested += other.requested;
        let data = &mut self.lines[0].user_data;
        data.change(user_data, &[]);
        for set in &other.dispositions {
            let mut set = set.clone();
            set.party += parties;
            data.set(&set.key, set.value.clone());
            self.dispositions.push(set);
        }
    }

    /// The number here of every leg that another interaction has, by its number there.
    fn legs_of(&self, other: &Self) -> BTreeMap<u16, u16> {
        let parties = self.parties_before();
        let carriers =
            |call: &Self| call.parties.iter().map(super::party::Party::carried_by).collect::<Vec<_>>();
        let own = carriers(self);
        let mut legs: BTreeMap<u16, u16> =
            other.parties.iter().map(|party| (party.leg, party.leg + parties)).collect();
        for number in carriers(other).into_iter().filter(|number| *number >= FIRST_OF_PHONES) {
            let is_free = |number: &u16| {
                !own.contains(number)
                    && !self.taken_legs.contains_key(number)
                    && legs.values().all(|here| here != number)
            };
            if !legs.contains_key(&number)
                && let Some(here) = (number..=u16::MAX).chain(FIRST_OF_PHONES..number).find(is_free)
            {
                legs.insert(number, here);
            }
        }
        legs
    }

    /// It is part of another interaction from now on; what is left here leads there.
    pub(super) fn give_up_to(&mut self, at: Millis, into: &InteractionId, closer: EndedBy) {
        self.ended = Some(End { at, closer });
        self.absorbed_into = Some(into.clone());
        self.parties.clear();
        self.dispositions.clear();
        self.taken_legs.clear();
        self.requests.clear();
        if let Some(queued) = &mut self.queued {
            queued.waiting = false;
            queued.barred.clear();
        }
    }

    /// Which of two interactions is the older, so that the other becomes part of it.
    pub fn is_older_than(&self, other: &Self) -> bool {
        (self.created_at, &self.id) < (other.created_at, &other.id)
    }
}
