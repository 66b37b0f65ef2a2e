//! Where to send to, and from where to listen: symmetric RTP (voice-sip §4 "Latching").
//!
//! Sent is to the address of the description until the first valid packet comes in; then to where that came from, if
//! the leg is behind a NAT or the packet comes from where the signalling does. There it stays until the next
//! description is agreed. Listening is to one source: once followed, to that; before, to the first heard, unless a
//! better one (that of the signalling, that of the description) is heard. Otherwise whoever finds the port could talk
//! into the call.

use std::net::{IpAddr, SocketAddr};

/// The addresses of one leg.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Latch {
    described: Option<SocketAddr>,
    signalled: Option<IpAddr>,
    nat: bool,
    /// The source that is listened to, and how good it is.
    source: Option<(SocketAddr, Trust)>,
    followed: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Trust {
    Stranger,
    Signalled,
    Described,
}

/// What becomes of a valid packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Heard {
    /// It is taken.
    Taken,
    /// It is taken, and from now on we send to where it came from.
    Follow(SocketAddr),
    /// It is from a stranger, and dropped.
    Refused,
}

impl Latch {
    /// A description was agreed: what was followed before counts no more. Whether it names another address than the
    /// one before; if not, we send where we sent until something is heard, since a mere refresh must not cut the audio
    /// of a phone behind a NAT.
    pub fn describe(&mut self, target: Option<SocketAddr>) -> bool {
        let moved = self.described != target;
        self.described = target;
        self.source = None;
        self.followed = false;
        moved
    }

    pub fn signalled_from(&mut self, ip: IpAddr) {
        self.signalled = Some(ip);
    }

    pub fn behind_nat(&mut self, nat: bool) {
        self.nat = nat;
    }

    pub fn signalled(&self) -> Option<IpAddr> {
        self.signalled
    }

    /// A valid packet came from there: it could be parsed, and its payload type is one that was agreed.
    pub fn hear(&mut self, from: SocketAddr) -> Heard {
        if let Some((source, _)) = self.source
            && source == from
        {
            return Heard::Taken;
        }
        let trust = self.trust(from);
        if self.followed || self.source.is_some_and(|(_, known)| trust <= known) {
            return Heard::Refused;
        }
        self.source = Some((from, trust));
        self.followed = trust >= Trust::Signalled || self.nat;
        if self.followed { Heard::Follow(from) } else { Heard::Taken }
    }

    fn trust(&self, from: SocketAddr) -> Trust {
        if self.described == Some(from) {
            Trust::Described
        } else if self.signalled == Some(from.ip()) {
            Trust::Signalled
        } else {
            Trust::Stranger
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DESCRIBED: &str = "10.0.0.5:4000";
    const PHONE: &str = "203.0.113.9:61000";
    const OTHER: &str = "198.51.100.1:7000";

    fn at(text: &str) -> SocketAddr {
        text.parse().expect("an address")
    }

    fn latch() -> Latch {
        let mut latch = Latch::default();
        latch.describe(Some(at(DESCRIBED)));
        latch.signalled_from(at(PHONE).ip());
        latch
    }

    #[test]
    fn a_packet_from_where_the_signalling_comes_is_followed_and_then_nobody_else() {
        let mut latch = latch();
        assert_eq!(latch.hear(at(PHONE)), Heard::Follow(at(PHONE)));
        assert_eq!(latch.hear(at(PHONE)), Heard::Taken);
        assert_eq!(latch.hear(at(OTHER)), Heard::Refused);
        assert_eq!(latch.hear(at("203.0.113.9:61001")), Heard::Refused, "its ports do not wander");
        assert_eq!(latch.hear(at(DESCRIBED)), Heard::Refused);
    }

    #[test]
    fn a_stranger_is_heard_but_not_followed_until_a_better_source_is_heard() {
        let mut latch = latch();
        assert_eq!(latch.hear(at(OTHER)), Heard::Taken);
        assert_eq!(latch.hear(at("198.51.100.2:1")), Heard::Refused, "one stranger at a time");
        assert_eq!(latch.hear(at(DESCRIBED)), Heard::Follow(at(DESCRIBED)));
        assert_eq!(latch.hear(at(OTHER)), Heard::Refused);
    }

    #[test]
    fn behind_a_nat_anybody_is_followed_once() {
        let mut latch = latch();
        latch.behind_nat(true);
        assert_eq!(latch.hear(at(OTHER)), Heard::Follow(at(OTHER)));
        assert_eq!(latch.hear(at(PHONE)), Heard::Refused);
    }

    #[test]
    fn a_new_description_begins_anew() {
        let mut latch = latch();
        latch.hear(at(PHONE));
        assert!(!latch.describe(Some(at(DESCRIBED))), "it names no other address");
        assert_eq!(latch.hear(at("203.0.113.9:61001")), Heard::Follow(at("203.0.113.9:61001")));
    }
}
