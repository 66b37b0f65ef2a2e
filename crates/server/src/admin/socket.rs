//! The socket in the data directory.

use anyhow::{Context, Result, bail, ensure};
use std::{
    fs::{self, Permissions},
    io,
    os::unix::fs::{FileTypeExt, PermissionsExt},
    path::{Path, PathBuf},
};
use tokio::net::UnixListener;

/// The name of the socket.
const FILE: &str = "admin.sock";
/// The longest path of a socket on Linux, in bytes: `sun_path` less the zero at its end (unix(7)).
const LONGEST: usize = 107;

/// Where the server of a data directory listens for commands.
pub fn path(data: &Path) -> Result<PathBuf> {
    let path = data.join(FILE);
    let length = path.as_os_str().len();
    ensure!(
        length <= LONGEST,
        "the path {} has {length} bytes, and that of a socket has at most {LONGEST}: choose a shorter data directory, or \
         start in a directory from which it is shorter",
        path.display()
    );
    Ok(path)
}

/// A socket that is listened on. It is removed when this is dropped.
pub struct Socket {
    pub(super) listener: UnixListener,
    path: PathBuf,
}

impl Socket {
    /// Listens in a data directory whose lock this process holds: a socket that is there already is left over from a
    /// process that is gone.
    pub fn bind(data: &Path) -> Result<Self> {
        let path = path(data)?;
        match fs::symlink_metadata(&path) {
            Ok(found) if found.file_type().is_socket() => {
                fs::remove_file(&path).with_context(|| path.display().to_string())?;
            }
            Ok(_) => bail!("{} is there and is no socket", path.display()),
            Err(missing) if missing.kind() == io::ErrorKind::NotFound => {}
            Err(why) => return Err(why).with_context(|| path.display().to_string()),
        }
        let listener = UnixListener::bind(&path).with_context(|| path.display().to_string())?;
        let socket = Self { listener, path };
        // The directory is closed to others, and so is the socket from the beginning by the process's umask; this
        // ensures it whatever that is.
        fs::set_permissions(&socket.path, Permissions::from_mode(0o600))
            .with_context(|| socket.path.display().to_string())?;
        Ok(socket)
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        if let Err(why) = fs::remove_file(&self.path) {
            tracing::debug!(%why, "the socket for commands could not be removed");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_socket_is_for_its_owner_replaces_a_stale_one_and_goes() {
        let dir = tempfile::tempdir().expect("a directory");
        let at = path(dir.path()).expect("short");
        // A socket is left over, as after a kill.
        drop(std::os::unix::net::UnixListener::bind(&at).expect("bound"));
        assert!(at.exists());
        let socket = Socket::bind(dir.path()).expect("bound");
        let mode = fs::metadata(&at).expect("there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        drop(socket);
        assert!(!at.exists());
    }

    #[tokio::test]
    async fn another_file_of_that_name_is_not_touched() {
        let dir = tempfile::tempdir().expect("a directory");
        fs::write(dir.path().join(FILE), "notes").expect("written");
        let why = Socket::bind(dir.path()).err().expect("refused").to_string();
        assert!(why.contains("is no socket"), "{why}");
        assert_eq!(fs::read(dir.path().join(FILE)).expect("there"), b"notes");
    }

    #[test]
    fn a_path_that_is_too_long_is_named_with_its_bound() {
        let long = PathBuf::from(format!("/tmp/{}", "d".repeat(100)));
        let why = path(&long).expect_err("too long").to_string();
        assert!(why.contains("has 116 bytes") && why.contains("at most 107"), "{why}");
        assert!(path(Path::new("d")).is_ok());
    }
}
