//! Checks a WAL without SQLite: how far it is complete, and whether something complete follows what is broken.
//!
//! SQLite takes a WAL up to its first broken frame and is silent about the rest, because a torn end is what a power
//! cut leaves behind. A frame that was damaged later, in the middle, looks the same to it. The format is that of
//! <https://www.sqlite.org/fileformat2.html#the_write_ahead_log>.

use std::{
    fs::File,
    io::{self, BufReader, ErrorKind, Read},
    os::unix::fs::FileExt,
    path::Path,
};

const HEADER: usize = 32;
const FRAME: usize = 24;
/// Without its last bit, which tells the order of bytes of the checksums.
const MAGIC: u32 = 0x377f_0682;

/// What is in a WAL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WalContent {
    /// There is no file, or it is empty.
    Nothing,
    /// The file does not begin as a WAL does.
    Unreadable,
    /// A WAL.
    Frames(Frames),
}

/// The frames of a WAL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Frames {
    /// Distinguishes this life of the WAL from the one before; changes whenever it starts over.
    pub salts: u64,
    /// How many frames SQLite takes: up to the last whole commit.
    pub whole: u32,
    /// Frames of this life follow them, as after a power cut.
    pub torn: bool,
    /// Behind what is broken a transaction ends and another one begins. The first was durable before the second
    /// was written, so this is no torn end: a commit that was acknowledged is damaged.
    pub damaged: bool,
}

/// The salts in the header of a WAL, if there is one.
pub(crate) fn salts(path: &Path) -> Option<u64> {
    let mut salts = [0; 8];
    File::open(path).ok()?.read_exact_at(&mut salts, 16).ok()?;
    Some(u64::from_be_bytes(salts))
}

/// Reads a WAL from its beginning to its end.
pub(crate) fn survey(path: &Path) -> io::Result<WalContent> {
    let file = match File::open(path) {
        Err(missing) if missing.kind() == ErrorKind::NotFound => return Ok(WalContent::Nothing),
        file => file?,
    };
    if file.metadata()?.len() == 0 {
        return Ok(WalContent::Nothing);
    }
    let mut file = BufReader::with_capacity(1 << 20, file);
    let mut header = [0; HEADER];
    if !fill(&mut file, &mut header)? {
        return Ok(WalContent::Unreadable);
    }
    let magic = word(&header, 0);
    let is_big = magic & 1 == 1;
    let mut sum = checksum(is_big, &header[..24], (0, 0));
    if magic & !1 != MAGIC || sum != (word(&header, 24), word(&header, 28)) {
        return Ok(WalContent::Unreadable);
    }
    let page = match word(&header, 8) {
        1 => 65_536,
        size @ 512..=65_536 => size as usize,
        _ => return Ok(WalContent::Unreadable),
    };
    let salts = (word(&header, 16), word(&header, 20));
    let mut frames = Frames {
        salts: u64::from(salts.0) << 32 | u64::from(salts.1),
        whole: 0,
        torn: false,
        damaged: false,
    };
    let mut buffer = vec![0; FRAME + page];
    let (mut number, mut is_broken, mut has_ended) = (0, false, false);
    while fill(&mut file, &mut buffer)? {
        number += 1;
        let is_ours = (word(&buffer, 8), word(&buffer, 12)) == salts;
        let is_commit = word(&buffer, 4) != 0;
        if !is_broken {
            let next = checksum(is_big, &buffer[FRAME..], checksum(is_big, &buffer[..8], sum));
            is_broken = !is_ours || word(&buffer, 0) == 0 || next != (word(&buffer, 16), word(&buffer, 20));
            sum = next;
        }
        if !is_broken {
            frames.torn = !is_commit;
            if is_commit {
                frames.whole = number;
            }
        } else if is_ours {
            frames.torn = true;
            frames.damaged |= has_ended;
            has_ended |= is_commit;
        }
    }
    Ok(WalContent::Frames(frames))
}

/// Fills the buffer, or says that the file ends before.
fn fill(file: &mut impl Read, buffer: &mut [u8]) -> io::Result<bool> {
    match file.read_exact(buffer) {
        Ok(()) => Ok(true),
        Err(end) if end.kind() == ErrorKind::UnexpectedEof => Ok(false),
        Err(why) => Err(why),
    }
}

/// A number of four bytes, the most significant first.
fn word(bytes: &[u8], at: usize) -> u32 {
    bytes[at..at + 4].iter().fold(0, |word, byte| word << 8 | u32::from(*byte))
}

/// The running sum over pairs of words, in the order of bytes that the header tells.
fn checksum(is_big: bool, bytes: &[u8], (mut first, mut second): (u32, u32)) -> (u32, u32) {
    for pair in bytes.chunks_exact(8) {
        let (mut left, mut right) = (word(pair, 0), word(pair, 4));
        if !is_big {
            (left, right) = (left.swap_bytes(), right.swap_bytes());
        }
        first = first.wrapping_add(left).wrapping_add(second);
        second = second.wrapping_add(right).wrapping_add(first);
    }
    (first, second)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rusqlite::Connection;
    use std::{fs, path::PathBuf};

    /// A WAL of five commits, four frames or more each, and how many frames it had after each.
    fn wal(dir: &Path) -> (PathBuf, Vec<u32>) {
        let conn = Connection::open(dir.join("j")).expect("open");
        conn.pragma_update(None, "journal_mode", "WAL").expect("sql");
        conn.execute_batch("CREATE TABLE t (x)").expect("sql");
        let path = dir.join("j-wal");
        let mut counts = Vec::new();
        for _ in 0..5 {
            conn.execute("INSERT INTO t VALUES (randomblob(12000))", []).expect("sql");
            counts.push(whole(&path).whole);
        }
        let copy = dir.join("copy");
        fs::copy(path, &copy).expect("copied");
        (copy, counts)
    }

    fn whole(path: &Path) -> Frames {
        match survey(path).expect("read") {
            WalContent::Frames(frames) => frames,
            other => panic!("{other:?}"),
        }
    }

    fn spoil(path: &Path, at: u64) {
        let file = File::options().write(true).open(path).expect("open");
        file.write_all_at(&[0x55; 64], at).expect("written");
    }

    const SIZE: u64 = (FRAME + 4096) as u64;

    #[test]
    fn a_whole_wal_is_whole_to_its_end() {
        let dir = tempfile::tempdir().expect("a directory");
        let (path, counts) = wal(dir.path());
        assert!(counts.is_sorted() && counts[0] >= 4);
        let frames = whole(&path);
        assert_eq!((frames.whole, frames.torn, frames.damaged), (counts[4], false, false));
        assert_eq!(salts(&path), Some(frames.salts));
    }

    #[test]
    fn damage_before_another_commit_is_told_from_a_torn_end() {
        let dir = tempfile::tempdir().expect("a directory");
        let (path, counts) = wal(dir.path());
        let sound = fs::read(&path).expect("read");
        // Of the last transaction any frame may be torn, also the one that ends it.
        for frame in counts[3]..counts[4] {
            fs::write(&path, &sound).expect("written");
            spoil(&path, HEADER as u64 + u64::from(frame) * SIZE + 100);
            let frames = whole(&path);
            assert_eq!((frames.whole, frames.torn, frames.damaged), (counts[3], true, false), "{frame}");
        }
        // Of an earlier one none may be.
        for frame in counts[1]..counts[2] {
            fs::write(&path, &sound).expect("written");
            spoil(&path, HEADER as u64 + u64::from(frame) * SIZE + 100);
            let frames = whole(&path);
            assert_eq!((frames.whole, frames.torn, frames.damaged), (counts[1], true, true), "{frame}");
        }
    }

    #[test]
    fn a_cut_wal_ends_with_its_last_whole_commit() {
        let dir = tempfile::tempdir().expect("a directory");
        let (path, counts) = wal(dir.path());
        File::options()
            .write(true)
            .open(&path)
            .expect("open")
            .set_len(HEADER as u64 + 5 * SIZE + 7)
            .expect("cut");
        let frames = whole(&path);
        assert!(frames.whole <= 5 && frames.whole < counts[4] && !frames.damaged);
    }

    #[test]
    fn what_is_no_wal_is_said_to_be_none() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("x");
        assert_eq!(survey(&path).expect("read"), WalContent::Nothing);
        fs::write(&path, "").expect("written");
        assert_eq!(survey(&path).expect("read"), WalContent::Nothing);
        for bytes in [&[0x55; 9][..], &[0; 5000], b"garbage garbage garbage garbage garbage garbage"] {
            fs::write(&path, bytes).expect("written");
            assert_eq!(survey(&path).expect("read"), WalContent::Unreadable);
        }
    }
}
