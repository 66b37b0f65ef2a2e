//! The binary under test as a process of its own.

use crate::Setting;
use anyhow::{Context, bail};
use std::{
    fs::File,
    net::{SocketAddr, TcpListener, UdpSocket},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// A running server.
pub struct Node {
    child: Child,
    /// Where it listens, on 127.0.0.1.
    pub port: u16,
    /// Where it speaks SIP.
    pub sip: SocketAddr,
    /// How long it took from its start to a good answer of `/ready`.
    pub ready_after: Duration,
}

impl Node {
    /// Starts `jackfield serve` on a data directory, with a settings file if one is given, and waits until ready.
    pub fn start(setting: &Setting, data: &Path, config: Option<&Path>) -> anyhow::Result<Self> {
        Self::start_with(setting, data, config, &[])
    }

    /// The same with variables of the environment.
    pub fn start_with(
        setting: &Setting,
        data: &Path,
        config: Option<&Path>,
        variables: &[(&str, &str)],
    ) -> anyhow::Result<Self> {
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        // Over TCP too; the first that is free for both.
        let free = || UdpSocket::bind("127.0.0.1:0").and_then(|socket| socket.local_addr());
        let sip = (0..64).find_map(|_| free().ok().filter(|addr| TcpListener::bind(addr).is_ok()));
        let sip = sip.context("no port for SIP")?;
        let log = File::create(data.with_extension("log"))?;
        let mut command = Command::new(&setting.binary);
        command
            .args(["serve", "--http", &format!("127.0.0.1:{port}"), "--sip", &sip.to_string(), "--data"])
            .arg(data);
        if let Some(config) = config {
            command.arg("--config").arg(config);
        }
        command.envs(world::limits::LIFTED).envs(variables.iter().copied());
        command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log).env("RUST_LOG", "warn");
        let start = Instant::now();
        let child = command.spawn().with_context(|| format!("{} cannot be run", setting.binary.display()))?;
        let mut node = Self { child, port, sip, ready_after: Duration::ZERO };
        while !is_ready(port) {
            if let Some(status) = node.child.try_wait()? {
                bail!("the server ended: {status}; see {}", data.with_extension("log").display());
            }
            if start.elapsed() > Duration::from_secs(120) {
                bail!("the server is not ready after two minutes");
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        node.ready_after = start.elapsed();
        Ok(node)
    }

    /// Memory the process holds, in bytes: what belongs to it alone and its share of the rest.
    pub fn memory(&self) -> anyhow::Result<u64> {
        let rollup = std::fs::read_to_string(format!("/proc/{}/smaps_rollup", self.child.id()))?;
        let line = rollup.lines().find(|line| line.starts_with("Pss:")).context("no Pss")?;
        let kilobytes: u64 = line.split_whitespace().nth(1).context("no figure")?.parse()?;
        Ok(kilobytes * 1024)
    }

    /// The processor time it has used (proc(5), in ticks of 10 ms).
    pub fn processor(&self) -> anyhow::Result<Duration> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        let behind = stat.rsplit(')').next().unwrap_or_default();
        let ticks = behind.split_whitespace().skip(11).take(2).map(str::parse::<u64>);
        Ok(Duration::from_millis(ticks.sum::<Result<u64, _>>()? * 10))
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn is_ready(port: u16) -> bool {
    use std::{
        io::{Read, Write},
        net::TcpStream,
    };
    let Ok(mut stream) = TcpStream::connect(("127.0.0.1", port)) else { return false };
    stream.set_read_timeout(Some(Duration::from_secs(2))).ok();
    let asked = stream.write_all(b"GET /ready HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");
    let mut answer = [0; 12];
    asked.is_ok() && stream.read_exact(&mut answer).is_ok() && answer.ends_with(b"200")
}
