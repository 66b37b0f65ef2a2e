//! Sound of five hundred calls of two: what relaying costs, by the example of the engine.

use crate::Setting;
use anyhow::{Context, ensure};
use serde_json::Value;
use std::process::Command;

const CALLS: usize = 500;
const SECONDS: usize = 20;

pub fn measure(setting: &Setting) -> anyhow::Result<Value> {
    run(setting, CALLS, 2)
}

/// So many calls of so many parties.
pub(super) fn run(setting: &Setting, calls: usize, parties: usize) -> anyhow::Result<Value> {
    let program = setting.binary.with_file_name("examples").join("relay");
    let out = Command::new(&program)
        .args([calls, setting.scaled(SECONDS), parties].map(|number| number.to_string()))
        .output()
        .with_context(|| {
            format!("{}: make it with cargo build --release -p voice --example relay", program.display())
        })?;
    ensure!(out.status.success(), "relay ended: {}", String::from_utf8_lossy(&out.stderr));
    Ok(serde_json::from_slice(&out.stdout)?)
}
