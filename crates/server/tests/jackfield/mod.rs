//! The real binary, started for one test on a port and a directory of its own.

use std::{
    fs::File,
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// The limits that peers are beyond.
const LIFTED: [&str; 10] = [
    "CHATS_PER_MINUTE",
    "CHATS_BURST",
    "MESSAGES_PER_MINUTE",
    "MESSAGES_BURST",
    "SIGNS_PER_MINUTE",
    "SIGNS_BURST",
    "BYTES_PER_MINUTE",
    "BYTES_BURST",
    "CHAT_BYTES_PER_MINUTE",
    "CHAT_BYTES_BURST",
];
/// How long a start may take; a debug build hashes slowly.
const PATIENCE: Duration = Duration::from_secs(60);

pub struct Jackfield {
    child: Child,
    port: u16,
    dir: TempDir,
}

impl Jackfield {
    /// `jackfield serve --demo`, ready to answer.
    pub fn demo() -> Self {
        let dir = TempDir::new().expect("a directory");
        let port = free_port();
        let child = spawn(&dir.path().join("data"), port, &dir.path().join("log"));
        let server = Self { child, port, dir };
        server.wait_until_ready();
        server
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// What the server said so far.
    pub fn log(&self) -> String {
        let mut log = String::new();
        if let Ok(mut file) = File::open(self.dir.path().join("log")) {
            file.read_to_string(&mut log).ok();
        }
        log
    }

    fn wait_until_ready(&self) {
        let start = Instant::now();
        let address = SocketAddr::from(([127, 0, 0, 1], self.port));
        while !is_ready(address) {
            assert!(start.elapsed() < PATIENCE, "the server did not get ready:\n{}", self.log());
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Jackfield {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn spawn(data: &PathBuf, port: u16, log: &PathBuf) -> Child {
    let log = File::create(log).expect("a log");
    Command::new(env!("CARGO_BIN_EXE_jackfield"))
        .args(["serve", "--demo", "--http", &format!("127.0.0.1:{port}")])
        .args(["--sip", "127.0.0.1:0", "--data"])
        .arg(data)
        // A peer's customer says three hundred things at once, and all of them come from this machine.
        .envs(LIFTED.map(|name| (format!("JACKFIELD_LIMITS_CUSTOMERS_{name}"), "1000000000")))
        .stdin(Stdio::null())
        .stdout(log.try_clone().expect("a log"))
        .stderr(log)
        .spawn()
        .expect("the binary runs")
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}

fn is_ready(address: SocketAddr) -> bool {
    let Ok(mut stream) = TcpStream::connect_timeout(&address, Duration::from_millis(200)) else {
        return false;
    };
    stream.set_read_timeout(Some(Duration::from_secs(2))).ok();
    let asked = stream.write_all(b"GET /ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    let mut answer = [0; 12];
    asked.is_ok() && stream.read_exact(&mut answer).is_ok() && answer.ends_with(b"200")
}
