//! The first five minutes of the README and what it does with two logins, typed by a newcomer: every command, in bash, zsh
//! and fish, against a demo.
//!
//! Comments in the README that nobody sees steer it. Before a block,
//! `<!-- wait: USER PATH has TEXT -->` waits until the API answers a text, as a reader does who is slower than a
//! program, `<!-- expect: TEXT -->` tells what the block must print, and `<!-- again: TEXT -->` what it must print when it
//! is typed a few times. Blocks with a language are not typed.
//!
//! Needs curl, zsh and fish; `.ci/peers readme` installs them. A missing shell fails the run.

use phone::{Account, AnswerMode, Incoming, Phone, PhoneLine, Say};
use std::{
    fmt::Write as _,
    fs,
    io::{BufRead, BufReader},
    net::{SocketAddr, TcpListener},
    os::unix::fs::symlink,
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::Duration,
};
use tempfile::TempDir;

/// Where a block begins in what a shell prints.
const BLOCK: &str = "=== block ";
/// How long the API may take to answer what is waited for, in seconds: a caller comes within a minute.
const PATIENCE: u32 = 120;
/// How often a block is typed again at most that may have to be, a second apart.
const TIMES: usize = 60;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(name: &str) -> String {
    fs::read_to_string(root().join(name)).expect("a file of the sources")
}

/// A block of commands, and what the README says of it.
#[derive(Debug, Default)]
struct Block {
    commands: String,
    wait: Option<String>,
    expect: Vec<String>,
    /// Whether it is typed again and again.
    again: bool,
}

/// The blocks that are typed in a text, in their order.
fn blocks(text: &str) -> Vec<Block> {
    let (mut blocks, mut next) = (Vec::new(), Block::default());
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let comment = |what: &str| {
            let inside = line.strip_prefix("<!-- ")?.strip_suffix(" -->")?;
            Some(inside.strip_prefix(what)?.to_owned())
        };
        if let Some(wait) = comment("wait: ") {
            next.wait = Some(wait);
        } else if let Some(expect) = comment("expect: ") {
            next.expect.push(expect);
        } else if let Some(expect) = comment("again: ") {
            next.expect.push(expect);
            next.again = true;
        } else if let Some(language) = line.strip_prefix("```") {
            let inside: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
            if language.is_empty() {
                next.commands = inside.join("\n");
                blocks.push(std::mem::take(&mut next));
            }
        }
    }
    blocks
}

/// The parts of the README that are typed, one after the other.
const TYPED: [&str; 2] = ["## The first five minutes\n", "## With two logins\n"];

/// What is typed of the README.
fn typed_parts() -> String {
    let readme = read("README.md");
    let part = |heading: &str| {
        let (_, rest) = readme.split_once(heading).expect("the section");
        rest.split("\n## ").next().expect("its end").to_owned()
    };
    TYPED.map(part).join("\n")
}

/// A place like the root of the sources after a build, with a demo in it that `make demo` starts.
struct Place {
    dir: TempDir,
    demo: Child,
    web: SocketAddr,
    sip: SocketAddr,
}

impl Place {
    fn new() -> Self {
        let dir = TempDir::new().expect("a directory");
        let path = |name: &str| dir.path().join(name);
        fs::create_dir_all(path("target/debug")).expect("a directory");
        symlink(env!("CARGO_BIN_EXE_jackfield"), path("target/debug/jackfield")).expect("a link");
        symlink(root().join("demo.curl"), path("demo.curl")).expect("a link");
        let (web, sip) = (free(), free());
        // As the Makefile starts it, which a test of its own holds.
        let mut demo = Command::new("target/debug/jackfield")
            .args(["demo", "--data", "target/demo", "--fresh"])
            .args(["--host", &web.to_string(), "--sip", &sip.to_string()])
            .current_dir(dir.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the binary runs");
        let mut told = BufReader::new(demo.stdout.take().expect("its words")).lines();
        let is_open = told.by_ref().any(|line| line.is_ok_and(|line| line.starts_with("Ctrl-C")));
        assert!(is_open, "the demo did not start");
        // A pipe that nobody reads fills up.
        std::thread::spawn(move || told.for_each(drop));
        Self { dir, demo, web, sip }
    }

    /// What a shell makes of the blocks.
    fn typed(&self, shell: &[&str], blocks: &[Block]) -> String {
        let mut script = String::new();
        for (number, block) in blocks.iter().enumerate() {
            if let Some(wait) = &block.wait {
                let (who, rest) = wait.split_once(' ').expect("a user");
                let (path, text) = rest.split_once(" has ").expect("a path and a text");
                fs::write(self.dir.path().join(format!("wait-{number}")), self.waiting(who, path, text))
                    .expect("a file");
                let _ = writeln!(script, "sh wait-{number}");
            }
            let commands = block
                .commands
                .replace("http://localhost:8080", &format!("http://localhost:{}", self.web.port()));
            let _ = write!(script, "echo '{BLOCK}{number}'\n{commands}\n");
            if block.again {
                let again = Self::again(&commands, &block.expect);
                fs::write(self.dir.path().join(format!("again-{number}")), again).expect("a file");
                let _ = writeln!(script, "sh again-{number}");
            }
        }
        script.push_str("echo '=== end'\nexit\n");
        let file = self.dir.path().join("typed");
        fs::write(&file, script).expect("a file");
        let said = Command::new(shell[0])
            .args(&shell[1..])
            .current_dir(self.dir.path())
            .env("HOME", self.dir.path())
            .env("XDG_CONFIG_HOME", self.dir.path())
            .env_remove("TERM")
            .stdin(fs::File::open(&file).expect("the file"))
            .stderr(fs::File::create(self.dir.path().join("complaints")).expect("a file"))
            .output()
            .unwrap_or_else(|why| {
                panic!("{} cannot be run ({why}); `.ci/peers readme` installs it", shell[0])
            });
        String::from_utf8_lossy(&said.stdout).into_owned()
    }

    fn waiting(&self, who: &str, path: &str, text: &str) -> String {
        let url = format!("http://{}/api/v2{path}", self.web);
        format!(
            "n=0\nwhile [ $n -lt {PATIENCE}0 ]; do\n  if curl -s -u {who}:demo '{url}' | grep -qF '{text}'; then exit 0; fi\n  \
             sleep 0.1; n=$((n + 1))\ndone\necho 'waited for in vain: {path} has {text}'\n"
        )
    }

    /// Types commands again, which need no certain shell, until they print what they must; what is exported is known.
    fn again(commands: &str, expect: &[String]) -> String {
        let text = expect.join("\n");
        format!(
            "n=0\nwhile [ $n -lt {TIMES} ]; do\n  said=$({commands})\n  \
             if echo \"$said\" | grep -qF '{text}'; then echo \"$said\"; exit 0; fi\n  sleep 1; n=$((n + 1))\ndone\n"
        )
    }

    fn complaints(&self) -> String {
        fs::read_to_string(self.dir.path().join("complaints")).unwrap_or_default()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.demo.kill().ok();
        self.demo.wait().ok();
    }
}

fn free() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address")
}

/// The phone of `agent1@demo`, as the README has it registered.
async fn phone(sip: SocketAddr) -> (Phone, PhoneLine) {
    let line = PhoneLine::open(([127, 0, 0, 1], 0).into(), sip).await.expect("a line");
    let phone = line.phone(Account::new("5001").password("demo"));
    phone.on_incoming(Incoming { answer: AnswerMode::Manual, say: Say::Silence, hang_up_after: None });
    phone.register(Duration::from_secs(600)).await.expect("it registers");
    (phone, line)
}

/// Types all of it into a shell, and looks at what came of each block.
async fn follow(shell: &'static [&'static str]) {
    let place = Place::new();
    let _phone = phone(place.sip).await;
    let (said, place) = tokio::task::spawn_blocking(move || {
        let said = place.typed(shell, &blocks(&typed_parts()));
        (said, place)
    })
    .await
    .expect("it is typed");
    let all = || format!("{said}\n--- complaints ---\n{}", place.complaints());
    assert!(said.contains("=== end"), "{}", all());
    assert!(!said.contains("waited for in vain"), "{}", all());
    for (number, block) in blocks(&typed_parts()).iter().enumerate() {
        let (_, rest) = said
            .split_once(&format!("{BLOCK}{number}\n"))
            .unwrap_or_else(|| panic!("block {number}: {}", all()));
        let printed = rest.split("\n=== ").next().unwrap_or_default();
        for text in &block.expect {
            assert!(
                printed.contains(text.as_str()),
                "block {number} does not print {text}\n{block:?}\n{}",
                all()
            );
        }
        refused(number, printed, &all());
    }
    // Shells that are not at a terminal say so; whatever else they or curl complain of is an error of the README.
    let complaints = place.complaints();
    for word in
        ["curl: ", "not found", "no matches", "Unknown command", "Unsupported", "parse error", "syntax error"]
    {
        assert!(!complaints.contains(word), "{}", all());
    }
}

/// Fails when an answer among the lines that were printed refuses something.
fn refused(number: usize, printed: &str, all: &str) {
    for line in printed.lines() {
        let Ok(answer) = serde_json::from_str::<serde_json::Value>(line) else { continue };
        let code = answer.get("statusCode").and_then(serde_json::Value::as_i64).unwrap_or(0);
        assert_eq!(code, 0, "block {number}: {line}\n{all}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn its_commands_work_in_bash() {
    follow(&["bash", "--noprofile", "--norc", "-i"]).await;
}

/// As people type it: at a prompt, zsh takes no comments.
#[tokio::test(flavor = "multi_thread")]
async fn its_commands_work_in_zsh() {
    follow(&["zsh", "-f", "-i"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn its_commands_work_in_fish() {
    follow(&["fish"]).await;
}

#[test]
fn no_command_needs_a_certain_shell() {
    for text in [typed_parts(), read("docs/calls.md"), read("docs/conversations.md")] {
        for block in blocks(&text) {
            for line in block.commands.lines() {
                assert!(!line.contains(" # "), "zsh takes no comments at a prompt: {line}");
                let assigns = line
                    .split_once('=')
                    .is_some_and(|(name, _)| name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'));
                assert!(!assigns, "fish sets no variable so: {line}");
            }
        }
    }
}

#[test]
fn the_makefile_starts_the_demo_that_the_readme_speaks_of() {
    let makefile = read("Makefile");
    assert!(makefile.contains("--data $(TARGET)/demo --fresh"), "where `why` looks");
    assert!(typed_parts().contains("target/debug/jackfield why --data target/demo"));
}

#[test]
fn blocks_are_read_with_what_is_said_of_them() {
    let text = "Words.\n\n<!-- wait: agent1@demo /me has x -->\n<!-- again: y -->\n```\na\nb\n```\n```text\nc\n```\n```\nd\n```\n";
    let found = blocks(text);
    let commands: Vec<&str> = found.iter().map(|block| block.commands.as_str()).collect();
    assert_eq!(commands, ["a\nb", "d"]);
    assert_eq!(found[0].wait.as_deref(), Some("agent1@demo /me has x"));
    assert_eq!((found[0].expect.as_slice(), found[1].expect.len()), (["y".to_owned()].as_slice(), 0));
    assert!(found[0].again && !found[1].again);
}
