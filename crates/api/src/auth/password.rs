//! Passwords: argon2 in PHC form, hashed in memory that is reused.
//!
//! A hash takes 19 MiB. Allocated on whatever thread is at hand, that leaves as much behind in the allocator's
//! arena of every such thread, hundreds of megabytes after a morning of logins. So the memory is kept: two pieces, the
//! second only made when two passwords are looked at together, and nobody hashes without one of them.

use argon2::{
    Algorithm, Argon2, Block, Params, PasswordHash, Version,
    password_hash::{Output, Salt, SaltString, rand_core::OsRng},
};
use std::sync::{Condvar, Mutex, PoisonError};
use subtle::ConstantTimeEq;

/// How many passwords are hashed at once; each takes a core meanwhile.
pub const AT_ONCE: usize = 2;
/// A longer salt than any in use, in bytes.
const MAX_SALT: usize = 64;
/// Memory beyond this many blocks of 1 KiB is freed after use: an unusual hash asked for it.
const KEPT_BLOCKS: usize = Params::DEFAULT_M_COST as usize;
/// The hash that is compared when there is no user: the usual parameters, and a hash of no known password.
const NOBODYS: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5IGlzIGhlcmUuLg$\
                       AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Hashes a password with a fresh salt. Takes tens of milliseconds and 19 MiB; not for an async thread. Answers `None`
/// when the password is empty or longer than argon2 takes.
pub fn hash_password(password: &str) -> Option<String> {
    if password.is_empty() {
        return None;
    }
    let salt = SaltString::generate(&mut OsRng);
    let params = Params::default();
    let mut out = [0; Params::DEFAULT_OUTPUT_LEN];
    fill(Algorithm::default(), Version::default(), params.clone(), password, salt.as_salt(), &mut out)?;
    let hash = PasswordHash {
        algorithm: Algorithm::default().ident(),
        version: Some(Version::default().into()),
        params: (&params).try_into().ok()?,
        salt: Some(salt.as_salt()),
        hash: Some(Output::new(&out).ok()?),
    };
    Some(hash.to_string())
}

/// Whether a password is the one that was hashed. As slow as hashing; a damaged hash fits no password, and the empty
/// password fits no hash, so that an account without a password cannot be logged in to.
pub fn verify_password(password: &str, hash: &str) -> bool {
    fits(password, hash).unwrap_or(false) && !password.is_empty()
}

/// Takes as long as [`verify_password`] for a user who is not there.
pub fn verify_nobody(password: &str, hash: Option<&str>) {
    fits(password, hash.unwrap_or(NOBODYS));
}

/// Whether a text is a hash that passwords can be compared with: argon2 in PHC form, whole.
pub fn is_password_hash(text: &str) -> bool {
    Parts::of(text).is_some()
}

fn fits(password: &str, hash: &str) -> Option<bool> {
    let Parts { algorithm, version, params, salt, expected } = Parts::of(hash)?;
    let mut out = vec![0; expected.len()];
    fill(algorithm, version, params, password, salt, &mut out)?;
    Some(out.ct_eq(expected.as_bytes()).into())
}

/// The parts of a hash in PHC form.
struct Parts<'a> {
    algorithm: Algorithm,
    version: Version,
    params: Params,
    salt: Salt<'a>,
    expected: Output,
}

impl<'a> Parts<'a> {
    fn of(text: &'a str) -> Option<Self> {
        let hash = PasswordHash::new(text).ok()?;
        Some(Self {
            algorithm: Algorithm::try_from(hash.algorithm).ok()?,
            version: hash.version.map_or(Ok(Version::default()), Version::try_from).ok()?,
            params: Params::try_from(&hash).ok()?,
            salt: hash.salt?,
            expected: hash.hash?,
        })
    }
}

fn fill(
    algorithm: Algorithm,
    version: Version,
    params: Params,
    password: &str,
    salt: Salt<'_>,
    out: &mut [u8],
) -> Option<()> {
    let mut room = [0; MAX_SALT];
    let salt = salt.decode_b64(&mut room).ok()?;
    let blocks = params.block_count();
    let argon2 = Argon2::new(algorithm, version, params);
    MEMORY.lend(blocks, |memory| {
        argon2.hash_password_into_with_memory(password.as_bytes(), salt, out, memory).ok()
    })
}

/// The memory of all hashing in this process.
static MEMORY: Memory =
    Memory { idle: Mutex::new(Idle { pieces: Vec::new(), lent: 0 }), returned: Condvar::new() };

/// Pieces of memory, at most [`AT_ONCE`] of them.
struct Memory {
    idle: Mutex<Idle>,
    returned: Condvar,
}

struct Idle {
    pieces: Vec<Vec<Block>>,
    lent: usize,
}

impl Memory {
    /// Lends a piece of so many blocks; waits while all are lent.
    fn lend<T>(&'static self, blocks: usize, hash: impl FnOnce(&mut [Block]) -> T) -> T {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        while idle.lent >= AT_ONCE {
            idle = self.returned.wait(idle).unwrap_or_else(PoisonError::into_inner);
        }
        idle.lent += 1;
        let piece = idle.pieces.pop().unwrap_or_default();
        drop(idle);
        let mut lent = Lent { of: self, piece };
        if lent.piece.len() < blocks {
            lent.piece.resize(blocks, Block::default());
        }
        hash(&mut lent.piece[..blocks])
    }
}

/// A piece that returns to the others when it is dropped.
struct Lent {
    of: &'static Memory,
    piece: Vec<Block>,
}

impl Drop for Lent {
    fn drop(&mut self) {
        let mut piece = std::mem::take(&mut self.piece);
        if piece.len() > KEPT_BLOCKS {
            piece.truncate(KEPT_BLOCKS);
            piece.shrink_to_fit();
        }
        let mut idle = self.of.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.lent -= 1;
        idle.pieces.push(piece);
        drop(idle);
        self.of.returned.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_fits_its_own_hash_alone() {
        let hash = hash_password("long enough").expect("a hash");
        assert!(is_password_hash(&hash));
        for damaged in
            ["", "secret", "$argon2id$", &hash[..hash.len() / 2], &hash.replace("argon2id", "bcrypt")]
        {
            assert!(!is_password_hash(damaged), "{damaged}");
        }
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(verify_password("long enough", &hash));
        for wrong in ["", "long enoug", "Long enough"] {
            assert!(!verify_password(wrong, &hash), "{wrong}");
        }
        assert!(!verify_password("long enough", "$argon2id$damaged"));
    }

    #[test]
    fn a_hash_of_the_usual_library_is_understood() {
        use argon2::PasswordHasher;
        let salt = SaltString::encode_b64(b"a salt for tests").expect("a salt");
        let params = Params::new(Params::MIN_M_COST, 3, 1, None).expect("parameters");
        let hasher = Argon2::new(Algorithm::Argon2i, Version::V0x10, params);
        let hash = hasher.hash_password(b"key", &salt).expect("a hash").to_string();
        assert!(verify_password("key", &hash) && !verify_password("kez", &hash));
    }

    #[test]
    fn the_empty_password_is_hashed_by_nobody_and_fits_nothing() {
        use argon2::PasswordHasher;
        assert_eq!(hash_password(""), None);
        let salt = SaltString::encode_b64(b"a salt for tests").expect("a salt");
        let of_nothing = Argon2::default().hash_password(b"", &salt).expect("a hash").to_string();
        assert!(!verify_password("", &of_nothing));
    }

    #[test]
    fn nobodys_hash_can_be_hashed_against() {
        assert_eq!(fits("anything", NOBODYS), Some(false));
    }

    #[test]
    fn many_at_once_share_two_pieces_of_memory() {
        let hash = hash_password("shared").expect("a hash");
        std::thread::scope(|scope| {
            for number in 0..8 {
                let hash = &hash;
                scope.spawn(move || assert!(!verify_password(&format!("shared{number}"), hash)));
            }
        });
        let idle = MEMORY.idle.lock().unwrap_or_else(PoisonError::into_inner);
        assert!(idle.pieces.len() + idle.lent <= AT_ONCE);
    }
}
