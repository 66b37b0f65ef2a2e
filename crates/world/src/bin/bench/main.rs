//! `bench`: the figures of docs/performance.md, as JSON, measured on this machine against the release binary.
//!
//! Nothing here passes or fails: a figure is what it is. Server and load share the machine's cores, and every
//! connection is a real one over loopback.

mod called;
mod carried;
mod centre;
mod figures;
mod in_process;
mod lane;
mod node;
mod notification_session;
mod setting;
mod stats;

use anyhow::Context;
use serde_json::{Map, Value, json};
use setting::Setting;
use std::{path::PathBuf, time::Instant};

/// A figure: its name and how it is measured.
type Figure = (&'static str, fn(&Setting) -> anyhow::Result<Value>);

const FIGURES: &[Figure] = &[
    ("dispositions", figures::dispositions::measure),
    ("notify", figures::notify::measure),
    ("idle_websocket", figures::idle::websocket),
    ("idle_long_polling", figures::idle::long_polling),
    ("caused_long_polling", figures::caused::many_long_polling),
    ("caused_websocket", figures::caused::many_websocket),
    ("crowd_long_polling", figures::caused::crowd_long_polling),
    ("crowd_websocket", figures::caused::crowd_websocket),
    ("fan_out", figures::fan_out::measure),
    ("flood", figures::flood::measure),
    ("restart", figures::restart::measure),
    ("routing", figures::routing::measure),
    ("strangers", figures::strangers::measure),
    ("webhook_latency", figures::webhooks::latency),
    ("webhooks_sustained", figures::webhooks::sustained),
    ("conversations", figures::conversations::measure),
    ("colleagues", figures::colleagues::measure),
    ("calls", figures::calls::measure),
    ("relay", figures::relay::measure),
    ("held_calls", figures::held_calls::measure),
    ("held_consultations", figures::held_calls::consulted),
    ("answer", figures::answer::measure),
    ("handed_over", figures::handed_over::measure),
    ("conferences", figures::conferences::measure),
    ("hears", figures::hears::measure),
];

fn main() -> anyhow::Result<()> {
    let mut setting = Setting { binary: "target/release/jackfield".into(), scale: 1.0 };
    let (mut only, mut out) = (Vec::new(), None);
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        let mut value = || args.next().with_context(|| format!("{arg} needs a value"));
        match arg.as_str() {
            "--binary" => setting.binary = value()?.into(),
            "--scale" => setting.scale = value()?.parse()?,
            "--only" => only.extend(value()?.split(',').map(str::to_owned)),
            "--out" => out = Some(PathBuf::from(value()?)),
            _ => anyhow::bail!("bench [--binary FILE] [--scale N] [--only NAME,NAME] [--out FILE]"),
        }
    }
    // Ten thousand connections have two ends, and both may be here.
    rlimit::increase_nofile_limit(u64::MAX)?;

    let mut results = Map::new();
    for (name, measure) in FIGURES {
        if !only.is_empty() && !only.iter().any(|wanted| wanted == name) {
            continue;
        }
        eprintln!("{name} …");
        let start = Instant::now();
        let value = match measure(&setting) {
            Ok(value) => value,
            Err(why) => json!({"failed": format!("{why:#}")}),
        };
        eprintln!("{name}: {value} ({:.0} s)", start.elapsed().as_secs_f64());
        results.insert((*name).to_owned(), value);
    }
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let text =
        serde_json::to_string_pretty(&json!({"cores": cores, "scale": setting.scale, "figures": results}))?;
    println!("{text}");
    if let Some(out) = out {
        std::fs::write(&out, text).with_context(|| format!("{} cannot be written", out.display()))?;
    }
    Ok(())
}
