//! Agents in their states.

use crate::{centre::Centre, check, rows::table};
use std::collections::BTreeMap;

const READY: &str = r#"["Ready",""]"#;

#[test]
fn time_is_counted_as_it_passes() {
    let story = "60 ann works; 960 ann is NotReady; 1000 ann stops";
    check(story, &format!("state ann/chat {READY} @00:00"), "ms 840000");
    check(story, &format!("state ann/chat {READY} @00:15"), "ms 60000");
    check(story, r#"state ann/chat ["NotReady",""] @00:15"#, "ms 40000");
    check(story, r#"state ann/- ["Session",""] @00:15"#, "ms 100000");
}

#[test]
fn what_runs_is_counted_when_its_interval_is_over() {
    check("60 ann works; 899 is", &format!("state ann/chat {READY} @00:00"), "");
}

#[test]
fn a_whole_interval_of_somebody_sums_to_its_length() {
    let mut centre = Centre::new();
    centre.tell(
        "10 ann works; 950 s1 chats Support; 960 s1 offered ann; 990 s1 lapses ann; 1200 ann is Ready; \
         1300 ann is NotReady; 1500 ann ends chat; 3700 ann is Ready; 3700 K1 calls Support; \
         3701 K1 offered ann; 3710 K1 up 2; 3800 K1 hangs-up 1; 3830 ann after-call; 4000 bob works; 9000 ann stops",
    );
    let mut sums: BTreeMap<_, i64> = BTreeMap::new();
    for row in centre.rows().into_values().filter(|row| row.key.table == stats::Table::State) {
        *sums.entry((row.key.object, row.key.medium, row.key.interval)).or_default() += row.columns["ms"];
    }
    let whole = |medium: &str| {
        let is_it = |(agent, of, _): &(String, String, stats::Interval)| agent == "ann" && of == medium;
        sums.iter().filter(|(key, _)| is_it(key)).filter(|(_, sum)| **sum == stats::INTERVAL).count()
    };
    assert!(sums.values().all(|sum| *sum <= stats::INTERVAL), "{sums:?}");
    assert_eq!([whole("voice"), whole("smsession"), whole(""), whole("chat")], [9, 9, 9, 0], "{sums:?}");
    let rows = table(&centre.rows());
    assert!(
        rows.contains(&(r#"state ann/voice ["AfterCallWork",""] @01:00"#.into(), "ms 30000".into())),
        "{rows:?}"
    );
}
