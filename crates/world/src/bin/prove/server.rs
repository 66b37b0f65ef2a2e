//! The real server, as a child process that can be killed and started again on the same directory.

use anyhow::{Context, Result, bail, ensure};
use rustix::process::{Pid, Signal, kill_process};
use std::{
    ffi::OsString,
    fs::File,
    net::{SocketAddr, TcpListener, UdpSocket},
    path::{Path, PathBuf},
    process::Stdio,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};
use tokio::{
    process::{Child, Command},
    time::{Instant, sleep, timeout},
};
use world::client::{ClientIdentity, Http, ServerAddress};

/// How long a start may take.
const START: Duration = Duration::from_secs(30);
/// How long a stop may take: the drain, and a little.
const STOP: Duration = Duration::from_secs(20);
/// How much of the log is shown, in bytes.
const TAIL: usize = 4_000;

/// How a server is run.
#[derive(Clone, Debug, Default)]
pub struct LaunchOptions {
    /// What follows `serve` on its command line, besides where it listens and where its data are.
    pub arguments: Vec<OsString>,
    /// What is set in its environment.
    pub environment: Vec<(&'static str, OsString)>,
}

/// The server.
#[derive(Debug)]
pub struct Server {
    binary: PathBuf,
    /// An earlier release, whose process is every other one.
    earlier: Option<PathBuf>,
    /// Whether the process is one of it.
    is_earlier: bool,
    home: PathBuf,
    way: LaunchOptions,
    addr: SocketAddr,
    sip: SocketAddr,
    /// How many processes of it were ended.
    ended: Arc<AtomicU32>,
    child: Child,
    /// How often it was killed.
    pub kills: u32,
    /// How often it was told to stop.
    pub stops: u32,
}

impl Server {
    /// Starts it with the demo centre, its data below a directory. Where there is an `earlier` release, that has them
    /// first, and then the two in turns.
    pub async fn start(binary: &Path, earlier: Option<&Path>, home: &Path) -> Result<Self> {
        // The same port after each restart, too, over UDP and TCP.
        let free = || UdpSocket::bind("127.0.0.1:0").and_then(|socket| socket.local_addr());
        let sip = (0..64).find_map(|_| free().ok().filter(|addr| TcpListener::bind(addr).is_ok()));
        let sip = sip.context("no port for SIP")?;
        let config = home.join("calls.toml");
        // A restart waits for no caller who stays on the line.
        std::fs::write(&config, "[sip]\ndrain = 1\n")?;
        let mut arguments = vec!["--demo".into(), "--sip".into(), sip.to_string().into()];
        if earlier.is_none() {
            arguments.extend(["--config".into(), OsString::from(config)]);
        }
        let way = LaunchOptions { arguments, ..LaunchOptions::default() };
        let mut server = Self::start_in(way, earlier.unwrap_or(binary), home).await?;
        server.sip = sip;
        binary.clone_into(&mut server.binary);
        server.is_earlier = earlier.is_some();
        server.earlier = earlier.map(Path::to_owned);
        Ok(server)
    }

    /// Starts it in a way of its own.
    pub async fn start_in(way: LaunchOptions, binary: &Path, home: &Path) -> Result<Self> {
        // Freed again at once: the same port is wanted after each restart.
        let addr = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let child = spawn(binary, home, &way, addr)?;
        let mut server = Self {
            binary: binary.into(),
            earlier: None,
            is_earlier: false,
            home: home.into(),
            way,
            addr,
            sip: addr,
            ended: Arc::default(),
            child,
            kills: 0,
            stops: 0,
        };
        server.until_it_answers().await?;
        Ok(server)
    }

    /// Where it listens.
    pub const fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Where it speaks SIP, with the demo centre.
    pub const fn sip(&self) -> SocketAddr {
        self.sip
    }

    /// How many processes of it were ended; counted before they are.
    pub const fn ended(&self) -> &Arc<AtomicU32> {
        &self.ended
    }

    /// Kills it, as a power cut would, and starts it again after a while.
    pub async fn kill(&mut self, pause: Duration) -> Result<()> {
        self.ended.fetch_add(1, Ordering::Relaxed);
        self.child.kill().await.context("the server could not be killed")?;
        self.kills += 1;
        self.again(pause).await
    }

    /// Tells it to stop, waits until it has, and starts it again after a while.
    pub async fn restart(&mut self, pause: Duration) -> Result<()> {
        self.stop().await?;
        self.stops += 1;
        self.again(pause).await
    }

    /// Makes it stand still for a while, as a paused machine does.
    pub async fn pause(&self, time: Duration) -> Result<()> {
        self.signal(Signal::STOP)?;
        sleep(time).await;
        self.signal(Signal::CONT)
    }

    /// Tells it to stop; answers the end of its log.
    pub async fn stop_for_good(mut self) -> Result<String> {
        self.stop().await?;
        let log = std::fs::read(self.home.join("server.log"))?;
        Ok(String::from_utf8_lossy(&log[log.len().saturating_sub(TAIL)..]).into_owned())
    }

    async fn stop(&mut self) -> Result<()> {
        self.ended.fetch_add(1, Ordering::Relaxed);
        self.signal(Signal::TERM)?;
        let status =
            timeout(STOP, self.child.wait()).await.context("the server did not stop when told to")??;
        if !status.success() {
            bail!("the server ended with {status} when told to stop");
        }
        Ok(())
    }

    fn signal(&self, signal: Signal) -> Result<()> {
        let pid = self.child.id().and_then(|pid| Pid::from_raw(i32::try_from(pid).ok()?));
        let Some(pid) = pid else { bail!("the server ended by itself; see its log") };
        Ok(kill_process(pid, signal)?)
    }

    async fn again(&mut self, pause: Duration) -> Result<()> {
        sleep(pause).await;
        let binary = match &self.earlier {
            Some(earlier) if !self.is_earlier => earlier,
            Some(_) => {
                self.migrate().await?;
                &self.binary
            }
            None => &self.binary,
        };
        self.is_earlier = binary != &self.binary;
        self.child = spawn(binary, &self.home, &self.way, self.addr)?;
        self.until_it_answers().await
    }

    /// Brings the journal up, as an operator does before a newer release has it; nothing happens where it is.
    async fn migrate(&self) -> Result<()> {
        let data = self.home.join("data");
        let done = Command::new(&self.binary).arg("migrate").arg("--data").arg(data).output().await?;
        let why = || String::from_utf8_lossy(&done.stderr).into_owned();
        ensure!(done.status.success(), "the journal could not be brought up: {}", why());
        Ok(())
    }

    async fn until_it_answers(&mut self) -> Result<()> {
        let mut http = Http::new(ServerAddress::new(self.addr), ClientIdentity::Cookies);
        let deadline = Instant::now() + START;
        while Instant::now() < deadline {
            if let Some(status) = self.child.try_wait()? {
                bail!(
                    "the server ended at once with {status}; see {}",
                    self.home.join("server.log").display()
                );
            }
            if http.get("/ready").await.is_ok_and(|answer| answer.status.is_success()) {
                return Ok(());
            }
            sleep(Duration::from_millis(20)).await;
        }
        bail!("the server did not answer within {START:?}")
    }
}

fn spawn(binary: &Path, home: &Path, way: &LaunchOptions, addr: SocketAddr) -> Result<Child> {
    let log = File::options().create(true).append(true).open(home.join("server.log"))?;
    Command::new(binary)
        .arg("serve")
        .args(&way.arguments)
        .args(["--http", &addr.to_string(), "--data"])
        .arg(home.join("data"))
        .envs(world::limits::LIFTED)
        .envs(way.environment.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::null())
        .stdout(log.try_clone()?)
        .stderr(log)
        .kill_on_drop(true)
        .spawn()
        .with_context(|| format!("{} could not be started; `make build` builds it", binary.display()))
}
