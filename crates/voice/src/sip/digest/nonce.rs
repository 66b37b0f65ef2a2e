//! Nonces without a table: a time and a number, signed. Only the counts of nonces that were used rightly are kept.

use crate::sip::locked;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use std::{
    collections::BTreeMap,
    fmt::Write as _,
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

/// When a nonce was issued, in ms from the start, and its number.
type Stamp = (u64, u64);

/// Issues nonces and takes them back.
pub(in crate::sip) struct Nonces {
    key: [u8; 32],
    start: Instant,
    life: Duration,
    issued: AtomicU64,
    used: Mutex<Used>,
}

#[derive(Default)]
struct Used {
    counts: BTreeMap<Stamp, u32>,
    /// Nothing issued up to here is taken.
    floor: Option<Stamp>,
}

impl Nonces {
    /// Fails when the system has no chance for a key.
    pub fn new(life: Duration) -> Result<Self, getrandom::Error> {
        let mut key = [0; 32];
        getrandom::fill(&mut key)?;
        Ok(Self { key, start: Instant::now(), life, issued: AtomicU64::new(0), used: Mutex::default() })
    }

    /// A fresh nonce.
    pub fn issue(&self) -> String {
        let mut bytes = [0; STAMP + MAC];
        bytes[..8].copy_from_slice(&self.now().to_be_bytes());
        bytes[8..STAMP].copy_from_slice(&self.issued.fetch_add(1, Ordering::Relaxed).to_be_bytes());
        let mac = self.mac(&bytes[..STAMP]);
        bytes[STAMP..].copy_from_slice(&mac);
        bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
    }

    /// Whether a nonce is ours and young and this count of it is higher than any before. It is used up by that.
    pub fn spend(&self, nonce: &str, count: u32) -> bool {
        let Some(stamp) = self.read(nonce) else { return false };
        let oldest = self.now().saturating_sub(u64::try_from(self.life.as_millis()).unwrap_or(u64::MAX));
        let mut used = locked(&self.used);
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

    fn now(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn read(&self, nonce: &str) -> Option<Stamp> {
        let mut bytes = [0; STAMP + MAC];
        if nonce.len() != 2 * bytes.len() || !nonce.is_ascii() {
            return None;
        }
        for (byte, pair) in bytes.iter_mut().zip(nonce.as_bytes().chunks(2)) {
            *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
        }
        let ours: bool =
            subtle::ConstantTimeEq::ct_eq(&self.mac(&bytes[..STAMP])[..], &bytes[STAMP..]).into();
        let word = |from: usize| <[u8; 8]>::try_from(&bytes[from..from + 8]).map(u64::from_be_bytes).ok();
        if ours { Some((word(0)?, word(8)?)) } else { None }
    }

    fn mac(&self, stamp: &[u8]) -> [u8; MAC] {
        let mut out = [0; MAC];
        if let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.key) {
            mac.update(stamp);
            out.copy_from_slice(&mac.finalize().into_bytes()[..MAC]);
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_nonce_ends_with_its_time() {
        let nonces = Nonces::new(Duration::from_secs(300)).expect("a key");
        let nonce = nonces.issue();
        tokio::time::advance(Duration::from_secs(299)).await;
        assert!(nonces.spend(&nonce, 1));
        tokio::time::advance(Duration::from_secs(2)).await;
        assert!(!nonces.spend(&nonce, 2));
    }

    #[tokio::test]
    async fn counts_grow() {
        let nonces = Nonces::new(Duration::from_secs(300)).expect("a key");
        let nonce = nonces.issue();
        assert!(nonces.spend(&nonce, 9));
        assert!(!nonces.spend(&nonce, 9));
        assert!(!nonces.spend(&nonce, 8));
        assert!(nonces.spend(&nonce, 0x0a));
        assert!(!nonces.spend("00", 1));
        assert!(!nonces.spend(&"zz".repeat(32), 1));
    }

    #[tokio::test]
    async fn memory_has_an_end_and_what_is_forgotten_is_not_taken_again() {
        let nonces = Nonces::new(Duration::from_secs(300)).expect("a key");
        let first = nonces.issue();
        assert!(nonces.spend(&first, 1));
        tokio::time::sleep(Duration::from_millis(2)).await;
        for _ in 0..KEPT {
            assert!(nonces.spend(&nonces.issue(), 1));
        }
        assert_eq!(locked(&nonces.used).counts.len(), KEPT);
        assert!(!nonces.spend(&first, 2));
    }
}
