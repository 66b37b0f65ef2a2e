//! What the demo says of itself once it runs.

use crate::wiring::Place;
use demo::{
    centre::{AGENTS, PASSWORD, ROUTING_POINT, agent_name, numbers},
    platforms::MOUNT,
};
use std::io::{self, Write};

/// A customer's text message, as the simulated provider is told of it.
const SAYING: &str = r#"{"platform":"sms","from":"+15550142","text":"Is my parcel on its way?"}"#;

/// Tells where it is, who can log in, and what to try.
pub fn show(place: &Place<'_>, data: Option<&std::path::Path>, out: &mut impl Write) -> io::Result<()> {
    let url = place.url;
    let first = agent_name(1);
    let people = agent_name(AGENTS / 2);
    let last = agent_name(AGENTS);
    let scripted = agent_name(AGENTS / 2 + 1);
    writeln!(out, "\nThe demo centre is open.\n")?;
    writeln!(out, "  URL        {url}")?;
    writeln!(out, "  agents     {first} … {people} are free for you; {scripted} … {last} are scripted")?;
    writeln!(out, "  others     supervisor@demo, admin@demo, reporting@demo")?;
    writeln!(out, "  password   {PASSWORD}")?;
    match (place.sip, numbers().next()) {
        (Some(sip), Some(phone)) => writeln!(
            out,
            "  phones     {phone} and on register at {sip} over SIP, password {PASSWORD}; customers call {ROUTING_POINT}"
        )?,
        _ => writeln!(
            out,
            "  phones     none: another program has the port for SIP; give one with --sip ADDR"
        )?,
    }
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
