//! The legs of phones of ours, as far as their own keys need them (spec: voice-sip#5.12): which dialog each is, and
//! whether its phone holds it.

use super::held;
use domain::call::{Dn, LegId};
use rsipstack::dialog::DialogId;
use std::{collections::HashMap, net::IpAddr, sync::Mutex};

/// The legs of phones, by the number of the phone.
#[derive(Default)]
pub(super) struct PhoneLegs(Mutex<HashMap<Dn, Vec<PhoneLeg>>>);

struct PhoneLeg {
    leg: LegId,
    /// The host that the phone sends from. Several phones may have one number.
    host: IpAddr,
    dialog: DialogId,
    is_held: bool,
    stands: DialogStands,
}

/// How a dialog with a phone stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DialogStands {
    /// The phone calls, and we have not answered.
    Calls,
    /// We call, and the phone rings.
    Rings,
    /// It is answered.
    Answered,
}

/// The leg of a dialog that a phone names.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum NamedLeg {
    /// A leg of its own number.
    Own(LegId),
    /// A leg of somebody else.
    Foreign,
    /// There is none.
    Unknown,
}

/// The leg of a dialog that a phone wants to replace by another.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum ReplaceableLeg {
    /// A leg of its own number that rings, or talks.
    Own(LegId, DialogStands),
    /// A leg of somebody else.
    Foreign,
    /// There is none.
    Unknown,
}

impl PhoneLegs {
    /// A leg is there, with a phone at a host.
    pub fn enter(&self, dn: Dn, leg: LegId, host: IpAddr, dialog: DialogId, stands: DialogStands) {
        let mut legs = held(&self.0);
        let own = legs.entry(dn).or_default();
        if !own.iter().any(|entry| entry.leg == leg && entry.dialog == dialog) {
            own.push(PhoneLeg { leg, host, dialog, is_held: false, stands });
        }
    }

    /// A leg that a phone made is answered.
    pub fn answered(&self, dn: &Dn, leg: &LegId) {
        let mut legs = held(&self.0);
        if let Some(entry) = legs.get_mut(dn).into_iter().flatten().find(|entry| entry.leg == *leg) {
            entry.stands = DialogStands::Answered;
        }
    }

    /// A phone holds a leg, or goes on.
    pub fn hold(&self, dn: &Dn, leg: &LegId, on: bool) {
        let mut legs = held(&self.0);
        if let Some(entry) = legs.get_mut(dn).into_iter().flatten().find(|entry| entry.leg == *leg) {
            entry.is_held = on;
        }
    }

    /// A leg is gone.
    pub fn leave(&self, dn: &Dn, leg: &LegId) {
        let mut legs = held(&self.0);
        let Some(of_number) = legs.get_mut(dn) else { return };
        of_number.retain(|entry| entry.leg != *leg);
        if of_number.is_empty() {
            legs.remove(dn);
        }
    }

    /// The newest leg that the phone of a number at a host holds.
    pub fn held_by(&self, dn: &Dn, host: IpAddr) -> Option<LegId> {
        let legs = held(&self.0);
        let mut newest = legs.get(dn)?.iter().rev();
        newest.find(|entry| entry.is_held && entry.host == host).map(|entry| entry.leg.clone())
    }

    /// The leg of a dialog that a phone of a number names.
    pub fn named(&self, dn: &Dn, dialog: &DialogId) -> NamedLeg {
        let legs = held(&self.0);
        // One that rings has been asked nothing yet that it could hand over.
        let is_it = |entry: &&PhoneLeg| entry.dialog == *dialog && entry.stands != DialogStands::Rings;
        match legs.get(dn).and_then(|own| own.iter().find(is_it)) {
            Some(entry) => NamedLeg::Own(entry.leg.clone()),
            None if legs.values().flatten().any(|entry| is_it(&entry)) => NamedLeg::Foreign,
            None => NamedLeg::Unknown,
        }
    }

    /// The leg of a dialog that a phone of a number wants to replace.
    pub fn replaceable(&self, dn: &Dn, dialog: &DialogId) -> ReplaceableLeg {
        let legs = held(&self.0);
        let is_it = |entry: &&PhoneLeg| entry.dialog == *dialog;
        match legs.get(dn).and_then(|own| own.iter().find(is_it)) {
            Some(entry) => ReplaceableLeg::Own(entry.leg.clone(), entry.stands),
            None if legs.values().flatten().any(|entry| is_it(&entry)) => ReplaceableLeg::Foreign,
            None => ReplaceableLeg::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    fn dialog(call: &str) -> DialogId {
        DialogId { call_id: call.into(), local_tag: "ours".into(), remote_tag: "theirs".into() }
    }

    fn leg(number: u16) -> LegId {
        LegId { call: "C1".into(), number }
    }

    #[test]
    fn a_phone_holds_what_it_held_last_and_not_what_another_phone_of_its_number_holds() {
        let (legs, dn) = (PhoneLegs::default(), Dn::new("5001"));
        for number in 1..=2 {
            legs.enter(dn.clone(), leg(number), HERE, dialog(&number.to_string()), DialogStands::Answered);
            assert_eq!(legs.held_by(&dn, HERE), (number == 2).then(|| leg(1)));
            legs.hold(&dn, &leg(number), true);
        }
        assert_eq!(legs.held_by(&dn, HERE), Some(leg(2)));
        assert_eq!(legs.held_by(&dn, [127, 0, 0, 2].into()), None);
        assert_eq!(legs.held_by(&Dn::new("5002"), HERE), None);
        legs.leave(&dn, &leg(2));
        assert_eq!(legs.held_by(&dn, HERE), Some(leg(1)));
        legs.hold(&dn, &leg(1), false);
        assert_eq!(legs.held_by(&dn, HERE), None);
    }

    #[test]
    fn a_dialog_is_named_by_all_its_parts_and_is_its_phones() {
        let (legs, dn) = (PhoneLegs::default(), Dn::new("5001"));
        legs.enter(dn.clone(), leg(1), HERE, dialog("a"), DialogStands::Answered);
        assert_eq!(legs.named(&dn, &dialog("a")), NamedLeg::Own(leg(1)));
        assert_eq!(legs.named(&Dn::new("5002"), &dialog("a")), NamedLeg::Foreign);
        assert_eq!(legs.named(&dn, &dialog("b")), NamedLeg::Unknown);
        let other_tag = DialogId { remote_tag: "x".into(), ..dialog("a") };
        assert_eq!(legs.named(&dn, &other_tag), NamedLeg::Unknown);
        legs.leave(&dn, &leg(1));
        assert_eq!(legs.named(&dn, &dialog("a")), NamedLeg::Unknown);
    }

    #[test]
    fn what_a_phone_may_replace_says_how_it_stands_and_a_ringing_call_is_not_handed_over() {
        let (legs, dn) = (PhoneLegs::default(), Dn::new("5001"));
        let rings = ReplaceableLeg::Own(leg(1), DialogStands::Rings);
        legs.enter(dn.clone(), leg(1), HERE, dialog("a"), DialogStands::Rings);
        legs.enter(dn.clone(), leg(1), HERE, dialog("b"), DialogStands::Rings);
        assert_eq!(legs.replaceable(&dn, &dialog("b")), rings);
        assert_eq!(legs.named(&dn, &dialog("a")), NamedLeg::Unknown);
        assert_eq!(legs.replaceable(&Dn::new("5002"), &dialog("a")), ReplaceableLeg::Foreign);
        legs.leave(&dn, &leg(1));
        assert_eq!(legs.replaceable(&dn, &dialog("b")), ReplaceableLeg::Unknown);
        legs.enter(dn.clone(), leg(2), HERE, dialog("c"), DialogStands::Calls);
        assert_eq!(legs.replaceable(&dn, &dialog("c")), ReplaceableLeg::Own(leg(2), DialogStands::Calls));
        legs.answered(&dn, &leg(2));
        assert_eq!(legs.replaceable(&dn, &dialog("c")), ReplaceableLeg::Own(leg(2), DialogStands::Answered));
    }
}
