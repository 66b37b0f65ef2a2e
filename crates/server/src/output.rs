//! The output of commands. When its reader stops reading, as `| head` does, no command fails or stops half-way.

use std::io::{self, ErrorKind, Write};

/// Standard output, or another writer. Once nobody reads it any more, what is written is dropped.
#[derive(Debug)]
pub struct Output<W = io::Stdout> {
    to: W,
    is_read: bool,
}

impl Output {
    /// Standard output.
    pub fn standard() -> Self {
        Self::to(io::stdout())
    }
}

impl<W: Write> Output<W> {
    /// Writes to something.
    pub const fn to(to: W) -> Self {
        Self { to, is_read: true }
    }

    /// Whether somebody may still read the output, as far as is known.
    pub const fn is_read(&self) -> bool {
        self.is_read
    }

    /// The result of a write, or `dropped` when its reader has gone.
    fn unless_gone<T>(&mut self, written: io::Result<T>, dropped: T) -> io::Result<T> {
        match written {
            Err(why) if why.kind() == ErrorKind::BrokenPipe => {
                self.is_read = false;
                Ok(dropped)
            }
            other => other,
        }
    }
}

impl<W: Write> Write for Output<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if !self.is_read {
            return Ok(bytes.len());
        }
        let written = self.to.write(bytes);
        self.unless_gone(written, bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if !self.is_read {
            return Ok(());
        }
        let flushed = self.to.flush();
        self.unless_gone(flushed, ())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Accepts a few writes and then fails.
    struct Failing(usize, ErrorKind);

    impl Write for Failing {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0 = self.0.checked_sub(1).ok_or_else(|| io::Error::from(self.1))?;
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            if self.0 == 0 { Err(self.1.into()) } else { Ok(()) }
        }
    }

    #[test]
    fn what_nobody_reads_any_more_is_dropped() {
        let mut out = Output::to(Failing(1, ErrorKind::BrokenPipe));
        assert!(out.write_all(b"one").is_ok() && out.is_read());
        assert!(out.flush().is_ok() && !out.is_read());
        assert!(out.write_all(b"two").is_ok() && out.flush().is_ok());
    }

    #[test]
    fn a_disk_that_is_full_is_told_of() {
        let mut out = Output::to(Failing(0, ErrorKind::StorageFull));
        assert_eq!(out.write(b"one").unwrap_err().kind(), ErrorKind::StorageFull);
        assert_eq!(out.flush().unwrap_err().kind(), ErrorKind::StorageFull);
    }
}
