//! Starting over: a directory without the journal that was in it.

use crate::{
    connect::{FILE, PART},
    files, mark, open,
    open_error::OpenError,
};
use std::{fs, io, path::Path};

/// Deletes the journal of a directory, if there is one, so that whoever opens the directory next starts over. What
/// else is in it stays. The directory is made if it is not there.
///
/// # Errors
/// [`OpenError::InUse`] while a process writes to the journal; otherwise when the directory or a file of it cannot be
/// used.
pub fn clear(dir: &Path) -> Result<(), OpenError> {
    files::private_directory(dir)?;
    let _lock = open::lock(dir)?;
    // The journal goes first: without it, the other files are found to belong to none.
    for name in [FILE, &format!("{FILE}-wal"), &format!("{FILE}-shm"), mark::FILE, PART] {
        let path = dir.join(name);
        match fs::remove_file(&path) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => {
                return Err(OpenError::Directory { path, source });
            }
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Options, SqliteStore};

    #[test]
    fn whoever_opens_the_directory_next_begins_anew() {
        let dir = tempfile::tempdir().unwrap();
        let stream = || SqliteStore::open_reader(dir.path()).unwrap().stream_id().to_owned();
        let first = SqliteStore::open(dir.path(), Options::default()).unwrap();
        let before = stream();
        assert!(matches!(clear(dir.path()), Err(OpenError::InUse(_))), "somebody writes to it");
        drop(first);
        fs::write(dir.path().join("other"), "kept").unwrap();
        clear(dir.path()).unwrap();
        assert!(matches!(SqliteStore::open_reader(dir.path()), Err(OpenError::Missing(_))));
        let _again = SqliteStore::open(dir.path(), Options::default()).unwrap();
        assert_ne!(stream(), before);
        assert!(dir.path().join("other").exists());
    }
}
