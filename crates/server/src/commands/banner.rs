//! What the demo prints once it runs.

use crate::wiring::ServerAddresses;
use demo::centre::{AGENTS, COACH, EXPERT, PASSWORD, ROUTING_POINT, agent_name, numbers};
use std::{
    env,
    io::{self, Write},
    path::Path,
};

/// Prints where it is, who can log in, and what to try. `end` says what becomes of the data.
pub fn show(place: &ServerAddresses<'_>, data: &Path, end: &str, out: &mut impl Write) -> io::Result<()> {
    let url = place.url;
    let first = agent_name(1);
    let people = agent_name(AGENTS / 2);
    let last = agent_name(AGENTS);
    let scripted = agent_name(AGENTS / 2 + 1);
    writeln!(
        out,
        "\nThe demo centre is open: {url} in a browser tells what is here, {url}/docs tries the API out.\n"
    )?;
    writeln!(out, "  agents     {first} … {people} are free for you; {scripted} … {last} are scripted")?;
    writeln!(
        out,
        "  others     supervisor@demo, admin@demo, reporting@demo; {EXPERT} and {COACH} are scripted"
    )?;
    writeln!(out, "  password   {PASSWORD}")?;
    if let (Some(sip), Some(phone)) = (place.sip, numbers().next()) {
        writeln!(
            out,
            "  phones     {phone} and on register at {sip} over SIP, password {PASSWORD}; customers call {ROUTING_POINT}"
        )?;
    }
    writeln!(out, "  data       {}, {end}", data.display())?;
    let open = [Some(place.addr), place.sip].into_iter().flatten().filter(|addr| !addr.ip().is_loopback());
    let open: Vec<String> = open.map(|addr| addr.to_string()).collect();
    if !open.is_empty() {
        writeln!(
            out,
            "\n  WARNING    This demo is open to the network at {}. Whoever reaches it can log in with the\n             \
             password above as anybody, administrators included, and read and say what they like.",
            open.join(" and ")
        )?;
    }
    writeln!(
        out,
        "\nBe an agent: log in on the chat channel, get ready, and look here for who is offered to you.\n"
    )?;
    writeln!(
        out,
        "  curl -w '\\n' -u {first}:{PASSWORD} {url}/api/v2/me -d '{{\"operationName\":\"StartContactCenterSession\",\"channels\":[\"chat\"]}}'"
    )?;
    writeln!(
        out,
        "  curl -w '\\n' -u {first}:{PASSWORD} {url}/api/v2/me/channels/chat -d '{{\"operationName\":\"Ready\"}}'"
    )?;
    writeln!(out, "\nWho waits, and why nobody is offered them:\n")?;
    writeln!(out, "  {} why --data {}", word(&program()), word(&data.display().to_string()))?;
    writeln!(out, "\nCtrl-C ends the demo.\n")?;
    out.flush()
}

/// This program, as it was called.
fn program() -> String {
    env::args().next().unwrap_or_else(|| "jackfield".into())
}

/// A word of a command line, in quotes where bash, zsh or fish would read more into it.
fn word(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-+:@,".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        return text.to_owned();
    }
    // Outside of quotes the three shells agree on what a backslash means.
    let quoted = text.chars().fold(String::new(), |mut quoted, c| {
        match c {
            '\'' => quoted.push_str(r"'\''"),
            '\\' => quoted.push_str(r"'\\'"),
            other => quoted.push(other),
        }
        quoted
    });
    format!("'{quoted}'")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(addr: &str, data: &str) -> String {
        let (addr, sip) = (addr.parse().unwrap(), Some("127.0.0.1:5060".parse().unwrap()));
        let mut out = Vec::new();
        let place = ServerAddresses { url: "http://localhost:8080", addr, sip };
        show(&place, Path::new(data), "kept", &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn the_line_for_why_names_the_data_directory() {
        let said = shown("127.0.0.1:8080", "/var/lib/my demo");
        assert!(said.contains(" why --data '/var/lib/my demo'\n"), "{said}");
        assert!(shown("127.0.0.1:8080", "target/demo").contains(" why --data target/demo\n"));
    }

    #[test]
    fn a_demo_that_a_network_reaches_warns() {
        assert!(!shown("127.0.0.1:8080", "d").contains("WARNING"));
        for addr in ["0.0.0.0:8080", "10.0.0.7:8080", "[::]:8080"] {
            let said = shown(addr, "d");
            assert!(
                said.contains(&format!("WARNING    This demo is open to the network at {addr}.")),
                "{said}"
            );
        }
    }

    #[test]
    fn a_word_is_one_word_in_every_shell() {
        assert_eq!(word("target/debug/jackfield"), "target/debug/jackfield");
        assert_eq!(word("/tmp/a b"), "'/tmp/a b'");
        assert_eq!(word("it's"), "'it'\\''s'");
        assert_eq!(word(r"a\b"), r"'a'\\'b'");
        assert_eq!(word(""), "''");
    }
}
