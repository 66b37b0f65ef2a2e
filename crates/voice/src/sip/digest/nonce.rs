//! Nonces without a table: a time and a number, signed together with the address the challenge was sent to. Only the
//! counts of nonces that were used rightly are kept.
//!
//! The source address of a datagram proves nothing, a nonce does: a client that gives back one that was sent to an
//! address can read what is sent there. So a nonce is good only where it was sent to: for datagrams the address and the
//! port, for
//! streams the address, since a phone may come back over another stream and no stream has a forged source.

use crate::sip::{flow::Flow, held};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use std::{
    collections::BTreeMap,
    fmt::Write as _,
    net::IpAddr,
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::time::Instant;

/// Nonces in use whose counts are kept. When there are more, the oldest are given up: they are stale from then on,
/// so that a forgotten count can never be used again.
const KEPT: usize = 65_536;
const STAMP: usize = 16;
const MAC: usize = 16;

/// When a nonce was issued, in milliseconds since the start, and its number.
pub(super) type Stamp = (u64, u64);

/// Issues nonces and takes them back.
pub(in crate::sip) struct Nonces {
    key: [u8; 32],
    start: Instant,
    life: Duration,
    issued: AtomicU64,
    used: Mutex<UsedNonces>,
}

#[derive(Default)]
struct UsedNonces {
    counts: BTreeMap<Stamp, u32>,
    /// Nonces issued up to this one are not taken any more.
    floor: Option<Stamp>,
}

impl Nonces {
    /// Fails when the system has no randomness for a key.
    pub fn new(life: Duration) -> Result<Self, getrandom::Error> {
        let mut key = [0; 32];
        getrandom::fill(&mut key)?;
        Ok(Self { key, start: Instant::now(), life, issued: AtomicU64::new(0), used: Mutex::default() })
    }

    /// A fresh nonce for the other end of a flow.
    pub fn issue(&self, flow: Flow) -> String {
        let mut bytes = [0; STAMP + MAC];
        bytes[..8].copy_from_slice(&self.now().to_be_bytes());
        bytes[8..STAMP].copy_from_slice(&self.issued.fetch_add(1, Ordering::Relaxed).to_be_bytes());
        let mac = self.mac(&bytes[..STAMP], flow);
        bytes[STAMP..].copy_from_slice(&mac);
        bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
    }

    /// Reads a nonce: `None` when we did not send it there, or too long ago.
    pub fn read(&self, nonce: &str, flow: Flow) -> Option<Stamp> {
        self.opened(nonce, flow).filter(|stamp| stamp.0 >= self.oldest())
    }

    /// Whether this count of a nonce is higher than any before. The count is used up by that.
    pub fn spend(&self, stamp: Stamp, count: u32) -> bool {
        let oldest = self.oldest();
        let mut used = held(&self.used);
        while let Some(entry) = used.counts.first_entry() {
            if entry.key().0 >= oldest {
                break;
            }
            entry.remove();
        }
        if stamp.0 < oldest || used.floor.is_some_and(|floor| stamp <= floor) {
            return false;
        }
        let last = used.counts.entry(stamp).or_insert(0);
        if count <= *last {
            return false;
        }
        *last = count;
        if used.counts.len() > KEPT {
            used.floor = used.counts.pop_first().map(|(stamp, _)| stamp);
        }
        true
    }

    /// Sixteen digits for a text that nobody else can predict.
    pub fn tag(&self, text: &[u8]) -> String {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.key) else { return String::new() };
        mac.update(b"tag");
        mac.update(text);
        let bytes = mac.finalize().into_bytes();
        bytes[..8].iter().fold(String::with_capacity(16), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
    }

    /// When the oldest nonce that is still good was issued.
    fn oldest(&self) -> u64 {
        self.now().saturating_sub(u64::try_from(self.life.as_millis()).unwrap_or(u64::MAX))
    }

    fn now(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn opened(&self, nonce: &str, flow: Flow) -> Option<Stamp> {
        let mut bytes = [0; STAMP + MAC];
        if nonce.len() != 2 * bytes.len() || !nonce.is_ascii() {
            return None;
        }
        for (byte, pair) in bytes.iter_mut().zip(nonce.as_bytes().chunks(2)) {
            *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
        }
        let ours: bool =
            subtle::ConstantTimeEq::ct_eq(&self.mac(&bytes[..STAMP], flow)[..], &bytes[STAMP..]).into();
        let word = |from: usize| <[u8; 8]>::try_from(&bytes[from..from + 8]).map(u64::from_be_bytes).ok();
        if ours { Some((word(0)?, word(8)?)) } else { None }
    }

    fn mac(&self, stamp: &[u8], flow: Flow) -> [u8; MAC] {
        let mut out = [0; MAC];
        if let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.key) {
            mac.update(stamp);
            match flow.ip().to_canonical() {
                IpAddr::V4(ip) => mac.update(&ip.octets()),
                IpAddr::V6(ip) => mac.update(&ip.octets()),
            }
            if !flow.is_stream() {
                mac.update(&flow.peer.port().to_be_bytes());
            }
            out.copy_from_slice(&mac.finalize().into_bytes()[..MAC]);
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Carrier;

    fn at(carrier: Carrier, peer: &str) -> Flow {
        Flow { carrier, peer: peer.parse().expect("an address") }
    }

    fn here() -> Flow {
        at(Carrier::Udp, "192.0.2.1:5060")
    }

    impl Nonces {
        fn take(&self, nonce: &str, count: u32) -> bool {
            self.read(nonce, here()).is_some_and(|stamp| self.spend(stamp, count))
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_nonce_ends_with_its_time() {
        let nonces = Nonces::new(Duration::from_secs(300)).expect("a key");
        let nonce = nonces.issue(here());
        tokio::time::advance(Duration::from_secs(299)).await;
        assert!(nonces.take(&nonce, 1));
        tokio::time::advance(Duration::from_secs(2)).await;
        assert!(!nonces.take(&nonce, 2));
    }

    #[tokio::test]
    async fn counts_grow() {
        let nonces = Nonces::new(Duration::from_secs(300)).expect("a key");
        let nonce = nonces.issue(here());
        assert!(nonces.take(&nonce, 9));
        assert!(!nonces.take(&nonce, 9));
        assert!(!nonces.take(&nonce, 8));
        assert!(nonces.take(&nonce, 0x0a));
        assert!(!nonces.take("00", 1));
        assert!(!nonces.take(&"zz".repeat(32), 1));
    }

    #[tokio::test]
    async fn a_nonce_is_good_only_where_it_was_sent_to() {
        let nonces = Nonces::new(Duration::from_secs(300)).expect("a key");
        let nonce = nonces.issue(here());
        for (carrier, peer, good) in [
            (Carrier::Udp, "192.0.2.1:5060", true),
            (Carrier::Udp, "[::ffff:192.0.2.1]:5060", true),
            (Carrier::Udp, "192.0.2.1:5061", false),
            (Carrier::Udp, "192.0.2.2:5060", false),
            (Carrier::Tcp, "192.0.2.1:5060", false),
        ] {
            assert_eq!(nonces.read(&nonce, at(carrier, peer)).is_some(), good, "{carrier:?} {peer}");
        }
        let streamed = nonces.issue(at(Carrier::Tcp, "192.0.2.1:40000"));
        assert!(nonces.read(&streamed, at(Carrier::Tcp, "192.0.2.1:40001")).is_some(), "another stream");
        assert!(nonces.read(&streamed, at(Carrier::Tcp, "192.0.2.2:40000")).is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn memory_has_an_end_and_what_is_forgotten_is_not_taken_again() {
        let nonces = Nonces::new(Duration::from_secs(300)).expect("a key");
        let first = nonces.issue(here());
        assert!(nonces.take(&first, 1));
        tokio::time::advance(Duration::from_millis(2)).await;
        for _ in 0..KEPT {
            assert!(nonces.take(&nonces.issue(here()), 1));
        }
        assert_eq!(held(&nonces.used).counts.len(), KEPT);
        assert!(!nonces.take(&first, 2));
    }
}
