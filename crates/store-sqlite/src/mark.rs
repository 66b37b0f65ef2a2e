//! The mark of a journal that is open: a small file beside it, made when a process opens the journal for writing and
//! removed when that process ends cleanly. A process that finds it knows that the last one did not, and what the
//! journal must have all the same.
//!
//! It is overwritten in place after each commit, before anybody is answered. That write is not synced: it outlives the
//! process, which is what a kill needs; after a power cut it may name an earlier commit, which asks for less. Only
//! the first commit of a WAL syncs it, so that a WAL which holds acknowledged commits is never believed to be empty.

use crate::{fault::SqliteResult, files, wal};
use rusqlite::Connection;
use sha2::{Digest, Sha256};
use std::{
    fs::{self, File},
    io,
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
};

/// The mark's file in its directory.
pub(crate) const FILE: &str = "in-use";
const BEGINNING: &str = "jackfield-journal-in-use 1";

/// What the journal held when it was last written to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct MarkRecord {
    /// The id of its stream.
    pub stream: String,
    /// Whether there may be commits that only the WAL has.
    pub in_wal: bool,
    /// The number of its newest event.
    pub event: u64,
    /// The life of the WAL ([`wal::Frames::salts`]).
    pub salts: u64,
    /// How many frames that life of the WAL had.
    pub frames: u32,
    /// Whether a commit failed in this life of the WAL, so that parts of it may be behind the last complete one.
    pub failed: bool,
}

/// What is found in place of a mark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum FoundMark {
    /// No mark: the last process ended cleanly.
    Nothing,
    /// A mark that cannot be read: the process died while writing it, or it is damaged.
    Unreadable,
    /// A mark.
    Record(MarkRecord),
}

/// The mark of this process.
pub(crate) struct Mark {
    dir: PathBuf,
    wal: PathBuf,
    file: File,
    record: MarkRecord,
}

/// Looks for a mark.
pub(crate) fn find(dir: &Path) -> io::Result<FoundMark> {
    match fs::read(dir.join(FILE)) {
        Ok(bytes) => Ok(String::from_utf8(bytes)
            .ok()
            .and_then(|text| MarkRecord::parse(&text))
            .map_or(FoundMark::Unreadable, FoundMark::Record)),
        Err(missing) if missing.kind() == io::ErrorKind::NotFound => Ok(FoundMark::Nothing),
        Err(why) => Err(why),
    }
}

/// Removes a mark, if there is one.
pub(crate) fn remove(dir: &Path) -> io::Result<()> {
    match fs::remove_file(dir.join(FILE)) {
        Err(missing) if missing.kind() == io::ErrorKind::NotFound => Ok(()),
        removed => removed.and_then(|()| files::sync_directory(dir)),
    }
}

impl Mark {
    /// Makes the mark, durably.
    pub fn make(dir: &Path, wal: PathBuf, record: MarkRecord) -> io::Result<Self> {
        let file = files::open_private(&dir.join(FILE))?;
        let mark = Self { dir: dir.into(), wal, file, record };
        mark.write()?;
        mark.file.sync_all()?;
        files::sync_directory(dir)?;
        Ok(mark)
    }

    /// A commit is durable: the newest event, and how many frames the WAL has with it.
    pub fn committed(&mut self, event: u64, frames: u32) {
        let is_first = !self.record.in_wal;
        let salts = wal::salts(&self.wal).unwrap_or_default();
        let failed = self.record.failed && salts == self.record.salts;
        self.record =
            MarkRecord { in_wal: true, event, salts, frames, failed, stream: self.record.stream.clone() };
        let written = self.write().and_then(|()| if is_first { self.file.sync_data() } else { Ok(()) });
        if let Err(why) = written {
            tracing::warn!(%why, "the mark of the open journal could not be written");
        }
    }

    /// A commit failed, and parts of it may be left in the WAL.
    pub fn failed(&mut self) {
        self.record.failed = true;
        if let Err(why) = self.write() {
            tracing::warn!(%why, "the mark of the open journal could not be written");
        }
    }

    /// Moves everything from the WAL into the journal and empties it; answers whether nobody held it up. In between,
    /// the mark says so: at no moment does it ask for commits that are not in the WAL any more.
    pub fn empty_wal(&mut self, conn: &Connection) -> SqliteResult<bool> {
        let checkpoint = |how: &str| conn.query_row(how, [], |row| row.get::<_, bool>(0));
        if checkpoint("PRAGMA wal_checkpoint(FULL)")? {
            return Ok(false);
        }
        self.record = MarkRecord { in_wal: false, salts: 0, frames: 0, failed: false, ..self.record.clone() };
        self.write().and_then(|()| self.file.sync_data()).map_err(|why| self.trouble(&why))?;
        Ok(!checkpoint("PRAGMA wal_checkpoint(TRUNCATE)")?)
    }

    /// Removes the mark: the journal is closed and whole.
    pub fn remove(self) {
        if let Err(why) = remove(&self.dir) {
            tracing::warn!(%why, "the mark of the open journal could not be removed");
        }
    }

    fn write(&self) -> io::Result<()> {
        self.file.write_all_at(self.record.to_string().as_bytes(), 0)
    }

    fn trouble(&self, why: &io::Error) -> crate::fault::SqliteFault {
        crate::fault::SqliteFault::Damaged(format!("{}: {why}", self.dir.join(FILE).display()))
    }
}

/// The text of a mark, always of the same length, so that it is overwritten as a whole.
impl std::fmt::Display for MarkRecord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { stream, in_wal, event, salts, frames, failed } = self;
        let (in_wal, failed) = (u8::from(*in_wal), u8::from(*failed));
        let text = format!("{BEGINNING} {stream} {in_wal} {event:020} {salts:016x} {frames:010} {failed}");
        writeln!(f, "{text} {}", sum(&text))
    }
}

impl MarkRecord {
    fn parse(text: &str) -> Option<Self> {
        let (text, found) = text.strip_suffix('\n')?.rsplit_once(' ')?;
        let rest = text.strip_prefix(BEGINNING)?;
        let words: Vec<&str> = rest.split_whitespace().collect();
        let [stream, in_wal, event, salts, frames, failed] = *words.as_slice() else { return None };
        (found == sum(text)).then_some(())?;
        Some(Self {
            stream: stream.to_owned(),
            in_wal: in_wal == "1",
            event: event.parse().ok()?,
            salts: u64::from_str_radix(salts, 16).ok()?,
            frames: frames.parse().ok()?,
            failed: failed == "1",
        })
    }
}

fn sum(text: &str) -> String {
    Sha256::digest(text).iter().take(8).fold(String::new(), |sum, byte| sum + &format!("{byte:02x}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_read_as_it_was_written_and_a_damaged_one_is_not_believed() {
        let dir = tempfile::tempdir().expect("a directory");
        assert_eq!(find(dir.path()).expect("read"), FoundMark::Nothing);
        let stream = "ab".repeat(16);
        let empty = MarkRecord { stream: stream.clone(), event: 7, ..MarkRecord::default() };
        let mut mark = Mark::make(dir.path(), dir.path().join("wal"), empty.clone()).expect("made");
        assert_eq!(find(dir.path()).expect("read"), FoundMark::Record(empty));
        mark.committed(u64::MAX, u32::MAX);
        let full =
            MarkRecord { stream, in_wal: true, event: u64::MAX, frames: u32::MAX, ..MarkRecord::default() };
        assert_eq!(find(dir.path()).expect("read"), FoundMark::Record(full));
        let text = fs::read_to_string(dir.path().join(FILE)).expect("read");
        fs::write(dir.path().join(FILE), text.replacen('1', "2", 2)).expect("written");
        assert_eq!(find(dir.path()).expect("read"), FoundMark::Unreadable);
        fs::write(dir.path().join(FILE), "").expect("written");
        assert_eq!(find(dir.path()).expect("read"), FoundMark::Unreadable);
        mark.remove();
        assert_eq!(find(dir.path()).expect("read"), FoundMark::Nothing);
    }
}
