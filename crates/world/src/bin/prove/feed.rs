//! The reporting feed, as a reporting program reads it.

use super::{
    calls::ReportedCalls,
    ledger::{Ledger, What},
    parts::ReportedParts,
    table::{Table, TableRow},
};
use anyhow::{Result, ensure};
use std::collections::BTreeMap;
use world::client::{ClientIdentity, Http, ServerAddress};

const READER: &str = "reporting@demo";

/// Reads the feed from its beginning, and writes what it tells into the ledger. It must come in order, and no event
/// twice.
pub async fn read(target: &ServerAddress, ledger: &Ledger, table: &mut Table) -> Result<()> {
    let mut http = Http::new(target.clone(), ClientIdentity::basic(READER, demo::centre::PASSWORD));
    let mut order = TableRow::default();
    let mut ids: BTreeMap<String, u32> = BTreeMap::new();
    let (mut calls, mut parts) = (ReportedCalls::default(), ReportedParts::default());
    let mut after = String::from("0");
    loop {
        let answer = http.get(&format!("/api/v2/reporting/events?after={after}&limit=1000")).await?;
        let json = answer.json();
        let Some(events) = json.as_array().filter(|_| answer.status.is_success()) else {
            ensure!(false, "the feed answered {} {json}", answer.status);
            break;
        };
        for event in events {
            let sequence = event["sequence"].as_str().unwrap_or_default().to_owned();
            let grows = number(&sequence) > number(&after);
            order.expect(&format!("{sequence} after {after}"), u32::from(grows));
            after = sequence;
            *ids.entry(event["id"].as_str().unwrap_or_default().to_owned()).or_default() += 1;
            let data = &event["data"];
            let text = |name: &str| data[name].as_str().unwrap_or_default();
            parts.take(event["type"].as_str().unwrap_or_default(), data);
            calls.take(event["type"].as_str().unwrap_or_default(), data, ledger);
            match event["type"].as_str() {
                Some("jackfield.disposition") if text("media") == "voice" => {
                    let value = data["disposition"]["value"].as_str().unwrap_or_default();
                    ledger.found(What::CallDisposition, value);
                }
                Some("jackfield.disposition") => {
                    let value = data["disposition"]["value"].as_str().unwrap_or_default();
                    // By its name: a colleague may have ended the agent's part before it came, or asked them back.
                    let late = value.trim_start_matches("agent").contains('l');
                    let what = if late { What::LateDisposition } else { What::LiveDisposition };
                    ledger.found(what, value);
                }
                _ => {}
            }
        }
        if events.is_empty() {
            break;
        }
    }
    for (id, count) in &ids {
        order.expect(id, *count);
    }
    calls.judge(ledger, table);
    parts.judge(ledger, table);
    table.add("events of the feed, in order and once", order);
    table.remark(format!("{} events in the feed", ids.len()));
    Ok(())
}

fn number(sequence: &str) -> u64 {
    sequence.parse().unwrap_or(0)
}
