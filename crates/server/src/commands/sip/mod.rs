//! `jackfield sip trace`: what SIP said in the last ten minutes, asked of the server that said it.

mod json;
mod ladder;
mod pcap;

use crate::{
    admin::{self, SipTraceBy},
    cli::{SipTrace, SipTraceOf},
    config,
};
use anyhow::{Context, Result, bail};
use std::{
    fs,
    io::{ErrorKind, Write},
    path::Path,
};

/// Prints the messages of a phone, a call or a caller, and the sound of the legs; writes them to a file, too, if asked.
pub async fn trace(args: SipTrace, out: &mut impl Write) -> Result<()> {
    let config = config::load(args.place.config.as_deref(), args.place.flags())?;
    let by = match args.of {
        SipTraceOf { dn: Some(dn), .. } => SipTraceBy::Dn(dn),
        SipTraceOf { call: Some(call), .. } => SipTraceBy::Call(call),
        SipTraceOf { from: Some(number), .. } => SipTraceBy::From(number),
        // The command line is refused before.
        SipTraceOf { .. } => bail!("give --dn, --call or --from"),
    };
    let found = admin::ask(&config.data, &by).await?;
    if let Some(file) = &args.pcap {
        save(file, &pcap::written(&found.messages))?;
    }
    if args.json {
        json::print(&found, out)?;
    } else {
        ladder::print(&found, out)?;
    }
    if let Some(file) = args.pcap.filter(|_| !args.json) {
        writeln!(out, "\nThe messages are in {}.", file.display())?;
    }
    Ok(out.flush()?)
}

/// Writes the file. One that is there is replaced only if it is such a file, too: a slip must cost nobody their settings.
fn save(file: &Path, bytes: &[u8]) -> Result<()> {
    match fs::read(file) {
        Ok(there) if !there.is_empty() && !pcap::is_one(&there) => {
            bail!("{} is there and is no capture: it is left as it is", file.display());
        }
        Err(why) if why.kind() != ErrorKind::NotFound => return Err(why).context(file.display().to_string()),
        Ok(_) | Err(_) => {}
    }
    fs::write(file, bytes).with_context(|| file.display().to_string())
}
