//! What the last process left behind: whether it ended cleanly, and whether everything it acknowledged is there.

use crate::{
    connect::{FILE, LOCK},
    damage,
    fault::SqliteResult,
    feed, files,
    mark::{self, FoundMark, MarkRecord},
    open_error::OpenError,
    schema,
    wal::{self, WalContent},
};
use rusqlite::{Connection, OpenFlags};
use std::{
    io,
    path::{Path, PathBuf},
};

/// A journal up to this size is checked before it is used, after an end that was not clean; a larger one while it is
/// used. Bytes, with its WAL.
const SMALL: u64 = 64 << 20;

/// How a directory was left.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a finding of its own, and they come together")]
pub(crate) struct DirectoryState {
    /// There is no journal, nor any file of one.
    pub nothing: bool,
    /// The last process did not end cleanly.
    pub unclean: bool,
    /// The journal is too large to be checked at once.
    pub large: bool,
    /// Parts of a commit that was never acknowledged are at the end of the WAL.
    pub torn: bool,
    /// The complete frames of the WAL.
    pub frames: Option<wal::Frames>,
    /// The newest event that the journal must have.
    pub event: u64,
}

/// The WAL of a directory's journal.
pub(crate) fn wal_of(dir: &Path) -> PathBuf {
    dir.join(format!("{FILE}-wal"))
}

/// Looks at the files of a directory, without SQLite and without changing anything.
pub(crate) fn inspect(dir: &Path) -> Result<DirectoryState, OpenError> {
    let failed = |source| OpenError::Directory { path: dir.into(), source };
    let length = |name: &str| files::length(&dir.join(name)).map_err(failed);
    let (wal, shm) = (format!("{FILE}-wal"), format!("{FILE}-shm"));
    let found = mark::find(dir).map_err(failed)?;
    let beside = [
        (found != FoundMark::Nothing).then_some(mark::FILE),
        length(&wal)?.and(Some(&*wal)),
        length(&shm)?.and(Some(&*shm)),
    ];
    let beside: Vec<&str> = beside.into_iter().flatten().collect();
    match length(FILE)? {
        None if beside.is_empty() => {
            return Ok(DirectoryState { nothing: true, ..DirectoryState::default() });
        }
        None => {
            return Err(gone(dir, &format!("is missing, though {} of it is there", beside.join(" and "))));
        }
        Some(0) => return Err(gone(dir, "is empty, which no journal ever is")),
        Some(_) => {}
    }
    let large = length(FILE)?.unwrap_or(0) + length(&wal)?.unwrap_or(0) > SMALL;
    let survey = wal::survey(&wal_of(dir)).map_err(failed)?;
    let unclean = found != FoundMark::Nothing;
    let record = match found {
        FoundMark::Record(record) => record,
        FoundMark::Nothing | FoundMark::Unreadable => MarkRecord::default(),
    };
    same_journal(dir, &record)?;
    let mut record = record;
    if record.in_wal && survey == WalContent::Nothing && was_moved(dir, &record) {
        record.in_wal = false;
    }
    judge(&record, survey).map_err(|what| OpenError::Lost { dir: dir.into(), what })?;
    let frames = match survey {
        WalContent::Frames(frames) => Some(frames),
        WalContent::Nothing | WalContent::Unreadable => None,
    };
    let torn = frames.is_some_and(|frames| frames.torn);
    Ok(DirectoryState { nothing: false, unclean, large, torn, frames, event: record.event })
}

/// The same for a process that only reads: what a writing process has open is that process's matter.
pub(crate) fn inspect_beside(dir: &Path) -> Result<DirectoryState, OpenError> {
    match inspect(dir) {
        Err(OpenError::Lost { .. } | OpenError::Gone { .. }) if is_open(dir) => Ok(DirectoryState::default()),
        left => left,
    }
}

fn is_open(dir: &Path) -> bool {
    std::fs::File::open(dir.join(LOCK))
        .is_ok_and(|lock| matches!(lock.try_lock(), Err(std::fs::TryLockError::WouldBlock)))
}

fn gone(dir: &Path, what: &str) -> OpenError {
    OpenError::Gone { dir: dir.into(), what: format!("{FILE} {what}") }
}

/// What is missing in the WAL, if anything is.
fn judge(record: &MarkRecord, survey: WalContent) -> Result<(), String> {
    match survey {
        WalContent::Nothing if record.in_wal => {
            Err(format!("{FILE}-wal is missing or empty, though commits were in it"))
        }
        WalContent::Unreadable if record.in_wal => {
            Err(format!("{FILE}-wal is damaged at its beginning, and commits were in it"))
        }
        WalContent::Nothing | WalContent::Unreadable => Ok(()),
        WalContent::Frames(frames) => {
            let same = record.in_wal && record.salts == frames.salts;
            if same && frames.whole < record.frames {
                return Err(format!(
                    "{FILE}-wal is cut or damaged: {} of its {} frames can be read",
                    frames.whole, record.frames
                ));
            }
            if frames.damaged && !(same && record.failed) {
                return Err(format!(
                    "{FILE}-wal is damaged behind frame {}: whole commits lie behind the damage",
                    frames.whole
                ));
            }
            Ok(())
        }
    }
}

/// Checks that a WAL belongs to its journal: it is of no use beside another one, and SQLite does not check.
fn same_journal(dir: &Path, record: &MarkRecord) -> Result<(), OpenError> {
    if record.stream.is_empty() {
        return Ok(());
    }
    match stream(&dir.join(FILE)) {
        Ok(Some(found)) if found != record.stream => {
            let what = format!(
                "is another journal than the one that was open (stream {found}, not {})",
                record.stream
            );
            Err(gone(dir, &what))
        }
        // The file by itself may be halfway through a checkpoint; with its WAL it will be checked again.
        _ => Ok(()),
    }
}

/// Whether the WAL is gone because another program (the `sqlite3` shell, for instance) moved all of it into the
/// journal: then the file by itself has the newest event. Its pages are checked afterwards, as after every unclean end.
fn was_moved(dir: &Path, record: &MarkRecord) -> bool {
    let newest = |conn: Connection| Ok(feed::head(&conn)?.max(schema::oldest(&conn)?));
    alone(&dir.join(FILE)).and_then(newest).is_ok_and(|newest| newest >= record.event)
}

/// The stream id in the file by itself.
fn stream(file: &Path) -> SqliteResult<Option<String>> {
    schema::meta(&alone(file)?, "stream_id")
}

/// The file by itself, as if there were no WAL.
pub(crate) fn alone(file: &Path) -> SqliteResult<Connection> {
    let name = file.to_str().unwrap_or_default();
    let name = name.replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    let flags =
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Ok(Connection::open_with_flags(format!("file:{name}?immutable=1"), flags)?)
}

impl DirectoryState {
    /// Checks the journal as SQLite recovered it, before anything is written to it.
    pub fn check(&self, dir: &Path, conn: &Connection) -> Result<(), OpenError> {
        if !self.unclean {
            return Ok(());
        }
        let lost = |what| OpenError::Lost { dir: dir.into(), what };
        if !self.large {
            damage::check(conn, damage::Depth::Quick).map_err(|found| match found {
                damage::CheckFailure::Damage(what) => lost(format!("{FILE} is damaged: {what}")),
                damage::CheckFailure::Fault(fault) => fault.into(),
            })?;
        }
        let newest = feed::head(conn)?.max(schema::oldest(conn)?);
        if newest < self.event {
            return Err(lost(format!(
                "the journal ends with event {newest}, though event {} was committed",
                self.event
            )));
        }
        Ok(())
    }

    /// The mark for a journal that is open from now on.
    pub fn record(&self, stream: String, event: u64) -> MarkRecord {
        let (salts, frames) = self.frames.map_or((0, 0), |frames| (frames.salts, frames.whole));
        MarkRecord { stream, in_wal: frames > 0, event, salts, frames, failed: false }
    }
}

/// Restores the mode of a file that others left.
pub(crate) fn close_to_others(dir: &Path) -> Result<(), OpenError> {
    for name in [FILE.to_owned(), format!("{FILE}-wal"), format!("{FILE}-shm"), mark::FILE.to_owned()] {
        files::private_file(&dir.join(name))?;
    }
    Ok(())
}

/// The journal of a directory gets its name only when it is whole, so that no kill leaves half of one.
pub(crate) fn rename(part: &Path, dir: &Path) -> io::Result<()> {
    std::fs::File::options().write(true).open(part)?.sync_all()?;
    std::fs::rename(part, dir.join(FILE))?;
    files::sync_directory(dir)
}
