//! Files and directories that only their owner can use, whatever the umask is and whatever was there before.

use crate::open_error::OpenError;
use std::{
    fs::{self, DirBuilder, File, Permissions},
    io,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt},
    path::Path,
};

/// What others than the owner may do with a file or directory.
const OTHERS: u32 = 0o077;
/// A directory that many share, such as `/tmp`.
const STICKY: u32 = 0o1000;

/// Makes a directory that only its owner can enter, parents included. One that is there and that others can enter is
/// closed to them, and the log says so; it is refused where that cannot be done.
pub(crate) fn private_directory(dir: &Path) -> Result<(), OpenError> {
    let failed = |source| OpenError::Directory { path: dir.into(), source };
    DirBuilder::new().recursive(true).mode(0o700).create(dir).map_err(failed)?;
    let mode = fs::metadata(dir).map_err(failed)?.permissions().mode();
    if mode & OTHERS == 0 {
        return Ok(());
    }
    if mode & STICKY != 0 {
        return Err(OpenError::Shared(dir.into()));
    }
    if let Err(source) = fs::set_permissions(dir, Permissions::from_mode(0o700)) {
        return Err(OpenError::Entered { dir: dir.into(), source });
    }
    tracing::warn!(dir = %dir.display(), "others could enter this directory: it is closed to them now (0700)");
    Ok(())
}

/// Whether a directory is there, and an error where [`private_directory`] would refuse it. Changes nothing.
pub(crate) fn look(dir: &Path) -> Result<bool, OpenError> {
    let failed = |source| OpenError::Directory { path: dir.into(), source };
    let found = match fs::metadata(dir) {
        Err(missing) if missing.kind() == io::ErrorKind::NotFound => return Ok(false),
        found => found.map_err(failed)?,
    };
    if !found.is_dir() {
        return Err(failed(io::ErrorKind::NotADirectory.into()));
    }
    let mode = found.permissions().mode();
    if mode & OTHERS != 0 && mode & STICKY != 0 {
        return Err(OpenError::Shared(dir.into()));
    }
    Ok(true)
}

/// Closes a file to others than its owner, if it is there and they can use it.
pub(crate) fn private_file(path: &Path) -> Result<(), OpenError> {
    let failed = |source| OpenError::Directory { path: path.into(), source };
    let mode = match fs::metadata(path) {
        Err(missing) if missing.kind() == io::ErrorKind::NotFound => return Ok(()),
        found => found.map_err(failed)?.permissions().mode(),
    };
    if mode & OTHERS == 0 {
        return Ok(());
    }
    fs::set_permissions(path, Permissions::from_mode(0o600)).map_err(failed)?;
    tracing::warn!(file = %path.display(), "others could read this file: it is closed to them now (0600)");
    Ok(())
}

/// Opens a file for writing, made for its owner only if it is not there.
pub(crate) fn open_private(path: &Path) -> io::Result<File> {
    File::options().create(true).truncate(false).read(true).write(true).mode(0o600).open(path)
}

/// Makes the names in a directory durable.
pub(crate) fn sync_directory(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}

/// How many bytes a file has; `None` when it is not there.
pub(crate) fn length(path: &Path) -> io::Result<Option<u64>> {
    match fs::metadata(path) {
        Ok(found) => Ok(Some(found.len())),
        Err(missing) if missing.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(why) => Err(why),
    }
}
