//! What the demo says of itself once it runs.

use demo::{
    centre::{AGENTS, PASSWORD, agent_name},
    platforms::MOUNT,
};
use std::io::{self, Write};

/// A customer's text message, as the simulated provider is told of it.
const SAYING: &str = r#"{"platform":"sms","from":"+15550142","text":"Is my parcel on its way?"}"#;

/// Tells where it is, who can log in, and what to try.
pub fn show(url: &str, data: Option<&std::path::Path>, out: &mut impl Write) -> io::Result<()> {
    let first = agent_name(1);
    let people = agent_name(AGENTS / 2);
    let last = agent_name(AGENTS);
    let scripted = agent_name(AGENTS / 2 + 1);
    writeln!(out, "\nThe demo centre is open.\n")?;
    writeln!(out, "  URL        {url}")?;
    writeln!(out, "  agents     {first} … {people} are free for you; {scripted} … {last} are scripted")?;
    writeln!(out, "  others     supervisor@demo, admin@demo, reporting@demo")?;
    writeln!(out, "  password   {PASSWORD}")?;
    match data {
        Some(data) => writeln!(out, "  data       {}", data.display())?,
        None => writeln!(out, "  data       temporary, gone when this ends")?,
    }
    writeln!(out, "\n  Try        curl -u {first}:{PASSWORD} '{url}/api/v2/me?subresources=*'")?;
    writeln!(
        out,
        "  Text in    curl -H content-type:application/json {url}{MOUNT}/say \\\n               -d '{SAYING}'"
    )?;
    writeln!(out, "  Stop       Ctrl-C\n")?;
    out.flush()
}
