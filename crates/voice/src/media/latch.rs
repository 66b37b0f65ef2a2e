//! Where to send to, and whom to listen to (symmetric RTP, RFC 4961; the rule is in `docs/calls.md`, "Sound").
//!
//! The address that a description names always wins, at any time and over whatever was heard before: packets from
//! there are taken at once, and ours are sent there. Another source is only *followed* (sent to) where the other end
//! cannot name its address: it sits behind a NAT. Sources are ranked, and a switch only goes upwards:
//!
//! described > where the signalling comes from > anybody else
//!
//! and within a rank, a source that sent before there was a description comes last: it may be the rest of an earlier
//! call. Every source but the described has to prove itself with several packets in a row of one stream, so that a
//! stray packet, or the rest of a call that had our port before, takes nothing.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

/// Packets in a row that another source than the described has to send: 80 ms.
const PROBATION: u8 = 4;
/// How far the number of a packet may be ahead of the one before.
const GAP: u16 = 8;
/// For how many ticks after a description another source may be followed: 10 s.
const WINDOW: u64 = 500;
/// After how many ticks a silent source can be replaced by another of its rank: 2 s.
const SILENT: u64 = 100;
/// How many sources are remembered that sent before there was a description.
const EARLY: usize = 4;

/// The addresses of one leg.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Latch {
    described: Option<SocketAddr>,
    /// Where its reports come from, as the description says (RFC 3605), or the next port.
    described_reports: Option<SocketAddr>,
    signalled: Option<IpAddr>,
    nat: bool,
    agreed: bool,
    /// The tick of the last description.
    since: u64,
    source: Option<LatchedSource>,
    /// The address that is sent to instead of the described one.
    followed: Option<SocketAddr>,
    trial: Option<UnprovedSource>,
    early: [Option<SocketAddr>; EARLY],
}

/// The source that is listened to.
#[derive(Clone, Copy, Debug)]
struct LatchedSource {
    at: SocketAddr,
    rank: SourceRank,
    heard: u64,
}

/// A source that has not proved itself yet.
#[derive(Clone, Copy, Debug)]
struct UnprovedSource {
    at: SocketAddr,
    ssrc: u32,
    sequence: u16,
    packets: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum SourceRank {
    EarlyStranger,
    Stranger,
    EarlySignalled,
    Signalled,
    Described,
}

/// The facts of a valid packet: it could be parsed, and its payload type is one that was agreed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Packet {
    pub from: SocketAddr,
    pub ssrc: u32,
    pub sequence: u16,
}

/// What becomes of a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LatchDecision {
    /// It is taken.
    Taken,
    /// It is taken, and from now on we send there.
    Follow(SocketAddr),
    /// It is dropped.
    Refused,
}

impl Latch {
    /// A description was agreed. Answers whether it names another address than the one before, so that we send there
    /// from now on. One that names the same is a refresh: what is followed stays, since a refresh must not cut the
    /// sound of a phone behind a NAT.
    pub fn describe(&mut self, target: Option<SocketAddr>, reports: Option<SocketAddr>, tick: u64) -> bool {
        let moved = !self.agreed || self.described != target;
        self.described = target;
        self.described_reports = reports;
        self.agreed = true;
        self.since = tick;
        self.trial = None;
        if moved {
            (self.source, self.followed) = (None, None);
        }
        moved
    }

    /// Notes where the signalling comes from. The source that is listened to is ranked again.
    pub fn signalled_from(&mut self, ip: IpAddr) {
        self.signalled = Some(ip.to_canonical());
        if let Some(LatchedSource { at, .. }) = self.source {
            let rank = self.rank(at);
            self.source = self.source.map(|source| LatchedSource { rank, ..source });
        }
    }

    pub fn behind_nat(&mut self, nat: bool) {
        self.nat = nat;
    }

    pub fn signalled(&self) -> Option<IpAddr> {
        self.signalled
    }

    /// Remembers a source that sent before there was a description: it counts least.
    pub fn early(&mut self, from: SocketAddr) {
        if !self.early.contains(&Some(from))
            && let Some(free) = self.early.iter_mut().find(|known| known.is_none())
        {
            *free = Some(from);
        }
    }

    /// A valid packet came.
    pub fn hear(&mut self, packet: Packet, tick: u64) -> LatchDecision {
        let Packet { from, .. } = packet;
        if let Some(source) = &mut self.source
            && source.at == from
        {
            source.heard = tick;
            return LatchDecision::Taken;
        }
        let rank = self.rank(from);
        if rank == SourceRank::Described {
            return self.switch(from, rank, tick);
        }
        // A source that stopped can be replaced by another of its rank, within the time in which one may be followed.
        let is_up = self.source.is_none_or(|known| {
            let stopped = tick.saturating_sub(known.heard) > SILENT && self.is_open(tick);
            rank > known.rank || rank == known.rank && stopped
        });
        if !is_up || !self.proves(packet) {
            return LatchDecision::Refused;
        }
        self.switch(from, rank, tick)
    }

    /// Whether a report from this address is the other end's: it comes from where the description says, or from the
    /// host that is listened or sent to.
    pub fn reports(&self, from: SocketAddr) -> bool {
        let same = |known: Option<SocketAddr>| known.is_some_and(|known| known.ip() == from.ip());
        self.agreed
            && (self.described_reports == Some(from)
                || same(self.described)
                || same(self.followed)
                || same(self.source.map(|source| source.at)))
    }

    /// Where to send reports to: where the description says; next to what is followed, where that is.
    pub fn report_target(&self) -> Option<SocketAddr> {
        match self.followed {
            Some(followed) => Some(SocketAddr::new(followed.ip(), followed.port().checked_add(1)?)),
            None => self.described_reports,
        }
    }

    fn switch(&mut self, from: SocketAddr, rank: SourceRank, tick: u64) -> LatchDecision {
        self.trial = None;
        self.source = Some(LatchedSource { at: from, rank, heard: tick });
        let sent_to = self.followed.or(self.described);
        match rank {
            SourceRank::Described => self.followed = None,
            SourceRank::Signalled | SourceRank::EarlySignalled
                if self.is_open(tick) && !self.names_its_address() =>
            {
                self.followed = Some(from);
            }
            _ => return LatchDecision::Taken,
        }
        // An end that holds with an address of zeros wants nothing.
        if self.described.is_none() || sent_to == Some(from) {
            LatchDecision::Taken
        } else {
            LatchDecision::Follow(from)
        }
    }

    /// Whether a source other than the described may be followed now.
    fn is_open(&self, tick: u64) -> bool {
        tick.saturating_sub(self.since) <= WINDOW
    }

    /// Whether the other end can name an address where it is reached: it cannot where its Contact was not where it
    /// registered from, or where it names a private address while its signalling comes from another.
    fn names_its_address(&self) -> bool {
        let private = |ip: IpAddr| self.signalled.is_some_and(|known| known != ip) && is_private(ip);
        !self.nat && !self.described.is_some_and(|described| private(described.ip().to_canonical()))
    }

    /// Whether a source has now sent so many packets in a row.
    fn proves(&mut self, Packet { from, ssrc, sequence }: Packet) -> bool {
        let packets = match self.trial {
            Some(trial)
                if trial.at == from
                    && trial.ssrc == ssrc
                    && (1..=GAP).contains(&sequence.wrapping_sub(trial.sequence)) =>
            {
                trial.packets.saturating_add(1)
            }
            // Two that send at once do not block each other forever: the host that the signalling comes from has
            // precedence.
            Some(trial) if trial.at != from && self.rank(trial.at) > self.rank(from) => return false,
            _ => 1,
        };
        self.trial = Some(UnprovedSource { at: from, ssrc, sequence, packets });
        packets >= PROBATION
    }

    fn rank(&self, from: SocketAddr) -> SourceRank {
        let is_early = self.early.contains(&Some(from));
        match (self.signalled == Some(from.ip().to_canonical()), is_early) {
            _ if self.described == Some(from) => SourceRank::Described,
            (true, false) => SourceRank::Signalled,
            (true, true) => SourceRank::EarlySignalled,
            (false, false) => SourceRank::Stranger,
            (false, true) => SourceRank::EarlyStranger,
        }
    }
}

/// Whether an address is not unique on the Internet (RFC 1918, RFC 6598, RFC 3927, RFC 4193): behind a NAT another
/// host has it where we are, or none has.
fn is_private(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => {
            let [first, second, ..] = ip.octets();
            ip.is_private() || ip.is_loopback() || ip.is_link_local() || (first == 100 && second & 0xC0 == 64)
        }
        IpAddr::V6(ip) => ip.is_unique_local() || ip.is_unicast_link_local() || ip == Ipv6Addr::LOCALHOST,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRIVATE: &str = "10.0.0.5:4000";
    const PUBLIC: &str = "203.0.113.9:4000";
    /// From the host that the signalling comes from, but another port than the described.
    const MAPPED: &str = "203.0.113.9:61000";
    const OTHER: &str = "198.51.100.1:7000";

    fn at(text: &str) -> SocketAddr {
        text.parse().expect("an address")
    }

    fn latch(described: &str) -> Latch {
        let mut latch = Latch::default();
        latch.signalled_from(at(MAPPED).ip());
        latch.describe(Some(at(described)), None, 0);
        latch
    }

    /// Sends so many packets in a row; answers what became of the last.
    fn send(latch: &mut Latch, from: &str, packets: u16, tick: u64) -> LatchDecision {
        let mut heard = LatchDecision::Refused;
        for sequence in 0..packets {
            let ssrc = u32::from(at(from).port());
            heard =
                latch.hear(Packet { from: at(from), ssrc, sequence: sequence.wrapping_add(65_530) }, tick);
        }
        heard
    }

    #[test]
    fn one_stray_packet_takes_nothing_and_the_described_address_is_heard_at_once() {
        for stray in [MAPPED, OTHER] {
            let mut latch = latch(PUBLIC);
            assert_eq!(send(&mut latch, stray, 1, 0), LatchDecision::Refused, "{stray}");
            assert_eq!(send(&mut latch, PUBLIC, 1, 0), LatchDecision::Taken, "{stray}");
            assert_eq!(send(&mut latch, stray, 50, 0), LatchDecision::Refused, "{stray}");
        }
    }

    #[test]
    fn the_described_address_wins_over_whatever_was_heard_before_at_any_time() {
        for (described, before) in [(PUBLIC, MAPPED), (PUBLIC, OTHER), (PRIVATE, MAPPED), (PRIVATE, OTHER)] {
            let mut latch = latch(described);
            send(&mut latch, before, 50, 0);
            let followed = latch.followed.is_some();
            let heard = send(&mut latch, described, 1, 100_000);
            let back = if followed { LatchDecision::Follow(at(described)) } else { LatchDecision::Taken };
            assert_eq!(heard, back, "{described} after {before}");
            assert_eq!(send(&mut latch, before, 50, 100_000), LatchDecision::Refused, "never back");
        }
    }

    #[test]
    fn who_names_their_address_is_never_followed_elsewhere() {
        let mut latch = latch(PUBLIC);
        assert_eq!(send(&mut latch, MAPPED, 50, 0), LatchDecision::Taken, "it is heard, as nobody better is");
        assert_eq!(latch.followed, None);
    }

    #[test]
    fn behind_a_nat_the_host_of_the_signalling_is_followed_after_several_packets_and_then_nobody_else() {
        let mut latch = latch(PRIVATE);
        assert_eq!(send(&mut latch, MAPPED, 3, 0), LatchDecision::Refused);
        assert_eq!(send(&mut latch, MAPPED, 4, 0), LatchDecision::Follow(at(MAPPED)));
        for other in ["203.0.113.9:61001", OTHER] {
            assert_eq!(send(&mut latch, other, 50, 0), LatchDecision::Refused, "{other}");
        }
    }

    #[test]
    fn packets_that_do_not_follow_each_other_prove_nothing() {
        let mut latch = latch(PRIVATE);
        for sequence in [1, 100, 7, 40_000, 12, 300] {
            assert_eq!(latch.hear(Packet { from: at(MAPPED), ssrc: 1, sequence }, 0), LatchDecision::Refused);
        }
        for ssrc in 0..9 {
            let sequence = u16::try_from(ssrc).expect("small");
            assert_eq!(latch.hear(Packet { from: at(MAPPED), ssrc, sequence }, 0), LatchDecision::Refused);
        }
    }

    #[test]
    fn another_host_is_never_followed_even_behind_a_nat() {
        let mut latch = latch(PRIVATE);
        assert_eq!(send(&mut latch, OTHER, 50, 0), LatchDecision::Taken);
        assert_eq!(latch.followed, None);
        assert_eq!(send(&mut latch, MAPPED, 4, 0), LatchDecision::Follow(at(MAPPED)), "upwards");
    }

    #[test]
    fn a_contact_that_is_not_the_source_says_nat_as_well() {
        let mut latch = latch(PUBLIC);
        latch.behind_nat(true);
        assert_eq!(send(&mut latch, MAPPED, 4, 0), LatchDecision::Follow(at(MAPPED)));
    }

    #[test]
    fn who_comes_late_is_not_followed() {
        let mut latch = latch(PRIVATE);
        assert_eq!(send(&mut latch, MAPPED, 50, WINDOW + 1), LatchDecision::Taken);
        assert_eq!(latch.followed, None);
    }

    #[test]
    fn a_refresh_that_names_the_same_address_keeps_what_is_followed() {
        let mut latch = latch(PRIVATE);
        send(&mut latch, MAPPED, 4, 0);
        send(&mut latch, MAPPED, 1, 999);
        assert!(!latch.describe(Some(at(PRIVATE)), None, 1000), "it names no other address");
        assert_eq!(send(&mut latch, "203.0.113.9:61001", 50, 1000), LatchDecision::Refused);
        assert_eq!(latch.followed, Some(at(MAPPED)));
    }

    #[test]
    fn after_a_refresh_a_new_mapping_of_the_nat_is_followed_once_the_old_one_is_silent() {
        let mut latch = latch(PRIVATE);
        send(&mut latch, MAPPED, 4, 0);
        latch.describe(Some(at(PRIVATE)), None, 1000);
        let fresh = "203.0.113.9:61001";
        assert_eq!(send(&mut latch, fresh, 4, 1001), LatchDecision::Follow(at(fresh)));
    }

    #[test]
    fn a_new_address_begins_anew() {
        let mut latch = latch(PRIVATE);
        send(&mut latch, MAPPED, 4, 0);
        assert!(latch.describe(Some(at("10.0.0.6:4000")), None, 10));
        assert_eq!(latch.followed, None);
    }

    #[test]
    fn what_was_there_before_the_description_counts_least() {
        let mut latch = Latch::default();
        latch.signalled_from(at(MAPPED).ip());
        latch.early(at(MAPPED));
        latch.describe(Some(at(PRIVATE)), None, 0);
        assert_eq!(
            send(&mut latch, MAPPED, 4, 0),
            LatchDecision::Follow(at(MAPPED)),
            "it may be early media"
        );
        assert_eq!(send(&mut latch, OTHER, 50, 0), LatchDecision::Refused);
        let other = "203.0.113.9:61002";
        assert_eq!(send(&mut latch, other, 4, 0), LatchDecision::Follow(at(other)));
    }

    #[test]
    fn reports_come_from_where_the_sound_does() {
        let mut latch = latch(PUBLIC);
        latch.describe(Some(at(PUBLIC)), Some(at("203.0.113.10:4001")), 0);
        for (from, ours) in [("203.0.113.10:4001", true), ("203.0.113.9:9", true), (OTHER, false)] {
            assert_eq!(latch.reports(at(from)), ours, "{from}");
        }
        assert_eq!(latch.report_target(), Some(at("203.0.113.10:4001")));
    }

    #[test]
    fn private_addresses_are_told_from_public_ones() {
        for (text, private) in [
            ("10.1.2.3", true),
            ("172.31.0.1", true),
            ("100.64.0.1", true),
            ("100.128.0.1", false),
            ("169.254.1.1", true),
            ("fd00::1", true),
            ("fe80::1", true),
            ("2001:db8::1", false),
            ("203.0.113.9", false),
        ] {
            assert_eq!(is_private(text.parse().expect("an address")), private, "{text}");
        }
    }
}
