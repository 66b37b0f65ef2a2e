//! A directory of its own, and the binary run in it.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::PathBuf,
    process::{Child, Command, Output, Stdio},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// A directory with a data directory that is not made yet.
pub struct TestDir(TempDir);

/// What a command said.
#[derive(Debug)]
pub struct Said {
    pub ok: bool,
    pub out: String,
    pub err: String,
}

impl TestDir {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    fn command(&self, line: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_jackfield"));
        command.args(line.split_whitespace()).current_dir(self.0.path());
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("JACKFIELD_")) {
            command.env_remove(name);
        }
        command
    }

    /// Runs a command to its end.
    pub fn run(&self, line: &str) -> Said {
        said(self.command(line).stdin(Stdio::null()).output().unwrap())
    }

    /// Runs a line of bash.
    pub fn shell(&self, line: &str) -> Said {
        let mut command = Command::new("bash");
        said(command.args(["-c", line]).current_dir(self.0.path()).stdin(Stdio::null()).output().unwrap())
    }

    /// The same with a line of standard input.
    pub fn run_with(&self, line: &str, input: &str) -> Said {
        let piped = || Stdio::piped();
        let mut child = self.command(line).stdin(piped()).stdout(piped()).stderr(piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        said(child.wait_with_output().unwrap())
    }

    /// The same with something in the environment.
    pub fn run_in(&self, line: &str, (name, value): (&str, &str)) -> Said {
        said(self.command(line).env(name, value).stdin(Stdio::null()).output().unwrap())
    }

    /// Starts a server on ports of the system's choice and waits until it serves.
    pub fn serve(&self, line: &str) -> Server {
        Self::start(self.command(line))
    }

    /// The same with variables of the environment.
    pub fn serve_in<const N: usize>(&self, line: &str, variables: [(&str, &str); N]) -> Server {
        let mut command = self.command(line);
        command.envs(variables);
        Self::start(command)
    }

    /// The same with a server whose files may be kept from growing ([`Server::limit_files`]): it ignores the signal
    /// that would end it.
    pub fn serve_on_a_disk_that_fails(&self, line: &str) -> Server {
        let mut command = Command::new("sh");
        command.args(["-c", "trap '' XFSZ; exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_jackfield")]);
        command.args(line.split_whitespace()).current_dir(self.0.path());
        Self::start(command)
    }

    fn start(mut command: Command) -> Server {
        let mut child = command
            .args(["--sip", "127.0.0.1:0"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap());
        let (mut told, mut sip) = (String::new(), None);
        let port = loop {
            let mut line = String::new();
            assert!(log.read_line(&mut line).unwrap() > 0, "the server ended:\n{told}");
            told.push_str(&line);
            let port = line.split_once("addr=127.0.0.1:").map(|(_, rest)| {
                let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
                digits.parse().unwrap()
            });
            match port {
                Some(port) if line.contains("serving") => break port,
                Some(port) if line.contains("Udp") => sip = Some(port),
                _ => {}
            }
        };
        // A full pipe would stop the server.
        let told = Arc::new(Mutex::new(told));
        let rest = told.clone();
        std::thread::spawn(move || {
            let mut line = String::new();
            while log.read_line(&mut line).is_ok_and(|read| read > 0) {
                rest.lock().unwrap().push_str(&line);
                line.clear();
            }
        });
        Server { child, port, sip, told }
    }
}

fn said(output: Output) -> Said {
    Said {
        ok: output.status.success(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A server that runs; it is killed when dropped.
pub struct Server {
    child: Child,
    pub port: u16,
    /// Where it speaks SIP over UDP, if it does.
    pub sip: Option<u16>,
    told: Arc<Mutex<String>>,
}

impl Server {
    /// Status and body of a GET, as a user or as nobody.
    pub fn get(&self, path: &str, credentials: Option<&str>) -> (u16, String) {
        let authorization =
            credentials.map_or_else(String::new, |encoded| format!("Authorization: Basic {encoded}\r\n"));
        self.ask(&format!("GET {path} HTTP/1.1\r\nHost: t\r\nConnection: close\r\n{authorization}\r\n"))
    }

    /// Status and body of a POST of a form.
    pub fn post(&self, path: &str, form: &str) -> (u16, String) {
        self.ask(&format!(
            "POST {path} HTTP/1.1\r\nHost: t\r\nConnection: close\r\nContent-Length: {}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\n\r\n{form}",
            form.len()
        ))
    }

    /// Head and body of the answer to a request with headers of one's own.
    pub fn send(&self, ask: &str, headers: &[(&str, &str)], body: &str) -> (String, String) {
        let headers =
            headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect::<Vec<_>>().concat();
        let length = body.len();
        self.exchange(&format!(
            "{ask} HTTP/1.1\r\nHost: t\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n{body}"
        ))
    }

    fn ask(&self, request: &str) -> (u16, String) {
        let (head, body) = self.exchange(request);
        (head.split(' ').nth(1).unwrap().parse().unwrap(), body)
    }

    fn exchange(&self, request: &str) -> (String, String) {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.to_owned(), body.to_owned())
    }

    /// What it has written to its log so far.
    pub fn log(&self) -> String {
        self.told.lock().unwrap().clone()
    }

    /// Lets none of its files grow beyond so many bytes from now on; `None` for as long as they like.
    pub fn limit_files(&self, bytes: Option<u64>) {
        let process = rustix::process::Pid::from_child(&self.child);
        let limits = rustix::process::Rlimit { current: bytes, maximum: None };
        rustix::process::prlimit(Some(process), rustix::process::Resource::Fsize, limits).unwrap();
    }

    /// Asks it to stop.
    pub fn tell_to_stop(&self) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    }

    /// Asks it to stop, and tells whether it did so in good order.
    pub fn stop(mut self) -> bool {
        self.tell_to_stop();
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(20) {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.success();
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        false
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
