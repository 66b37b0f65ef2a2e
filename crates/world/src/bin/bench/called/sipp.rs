//! The callers: one run of `sipp`, a program that others wrote and that repeats what it gets no answer to.

use super::queue::QUEUE;
use anyhow::{Context, bail};
use std::{
    fs::File,
    io::ErrorKind,
    net::{SocketAddr, UdpSocket},
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};
use tempfile::TempDir;

const SCENARIO: &str = include_str!("caller.xml");
/// Of its socket, in bytes; the system may give less.
const BUFFER: &str = "4194304";
/// How long after the last call was to end `sipp` may take to see it.
const PATIENCE: Duration = Duration::from_secs(40);

/// Callers that come one after the other.
pub struct Callers {
    child: Child,
    dir: TempDir,
    begun: Instant,
    longest: Duration,
    /// Where their sound would go. Nobody reads it: the kernel throws away what comes.
    _ear: UdpSocket,
}

/// How a run ended.
#[derive(Debug, Default)]
pub struct SippResult {
    /// Calls that went as the scenario says.
    pub successful: u64,
    /// Calls that did not.
    pub failed: u64,
    /// Requests that were sent again.
    pub retransmissions: u64,
    /// From the first call to the end of the last.
    pub took: Duration,
}

impl Callers {
    /// So many calls, so many of them a second, each of so long.
    pub fn start(sip: SocketAddr, calls: usize, per_second: usize, length: Duration) -> anyhow::Result<Self> {
        let dir = TempDir::new()?;
        let scenario = dir.path().join("caller.xml");
        std::fs::write(&scenario, SCENARIO)?;
        let session = UdpSocket::bind("127.0.0.1:0")?;
        let port = UdpSocket::bind("127.0.0.1:0")?.local_addr()?.port();
        let mut command = Command::new("sipp");
        command.arg(sip.to_string()).arg("-sf").arg(&scenario);
        command.args(["-i", "127.0.0.1", "-p", &port.to_string(), "-nostdin"]);
        command.args(["-m", &calls.to_string(), "-r", &per_second.to_string(), "-l", &calls.to_string()]);
        command.args(["-d", &length.as_millis().to_string()]);
        // Else a moment in which it is not on a processor overflows its 64 kB, and it repeats what was answered.
        command.args(["-buff_size", BUFFER]);
        command.args(["-key", "number", QUEUE, "-key", "media", &session.local_addr()?.port().to_string()]);
        command.args(["-trace_stat", "-stf", "stat.csv", "-fd", "1", "-trace_err", "-error_file", "errors"]);
        command.current_dir(dir.path()).env("TERM", "vt100");
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(File::create(dir.path().join("said"))?);
        let child = command.spawn().map_err(|why| match why.kind() {
            ErrorKind::NotFound => {
                anyhow::anyhow!("sipp is missing: install the package sip-tester (Debian, Ubuntu)")
            }
            _ => anyhow::Error::new(why).context("sipp cannot be run"),
        })?;
        let longest = Duration::from_secs((calls / per_second.max(1)) as u64) + length + PATIENCE;
        Ok(Self { child, dir, begun: Instant::now(), longest, _ear: session })
    }

    /// Waits for the end of the last call.
    pub async fn ended(mut self) -> anyhow::Result<SippResult> {
        while self.child.try_wait()?.is_none() {
            if self.begun.elapsed() > self.longest {
                bail!("sipp does not come to an end: {}", self.complaints());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let took = self.begun.elapsed();
        let path: PathBuf = self.dir.path().join("stat.csv");
        let table = std::fs::read_to_string(path).with_context(|| self.complaints())?;
        let mut lines = table.lines().filter(|line| !line.is_empty());
        let names: Vec<&str> = lines.next().context("sipp wrote no figures")?.split(';').collect();
        let last: Vec<&str> = lines.next_back().with_context(|| self.complaints())?.split(';').collect();
        let figure = |name: &str| -> anyhow::Result<u64> {
            let at = names.iter().position(|known| *known == name).with_context(|| format!("no {name}"))?;
            Ok(last.get(at).context("a short line")?.parse()?)
        };
        let ended = SippResult {
            successful: figure("SuccessfulCall(C)")?,
            failed: figure("FailedCall(C)")?,
            retransmissions: figure("Retransmissions(C)")?,
            took,
        };
        if ended.failed > 0 || ended.retransmissions > 0 {
            eprintln!("sipp: {ended:?} {}", self.complaints());
        }
        Ok(ended)
    }

    /// The end of what it complained of.
    fn complaints(&self) -> String {
        let read = |name: &str| std::fs::read_to_string(self.dir.path().join(name)).unwrap_or_default();
        let all = read("said") + &read("errors");
        all.chars().rev().take(1_500).collect::<Vec<_>>().into_iter().rev().collect()
    }
}

impl Drop for Callers {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
