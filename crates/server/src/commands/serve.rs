//! `jackfield serve`.

use crate::{
    cli::Serve,
    config,
    demo_mode::DemoMode,
    wiring::{self, Plan},
};
use anyhow::Result;

/// Runs the server until it is told to stop.
pub async fn run(args: Serve) -> Result<()> {
    let config = config::load(args.place.config.as_deref(), args.flags())?;
    let demo_mode = if args.demo { DemoMode::Provisioned } else { DemoMode::None };
    wiring::run(Plan { config, listen: None, demo_mode }, |_| Ok(())).await
}
