//! Calls in the rows of queues and agents.

use crate::check;

const SUPPORT: &str = "queue Support/voice @00:00";
const SALES: &str = "queue Sales/voice @00:00";
const ANN: &str = "agent ann/voice @00:00";
const BOB: &str = "agent bob/voice @00:00";
const CAT: &str = "agent cat/voice @00:00";

/// Everybody is at work, and somebody outside waits in a queue.
const WAITING: &str = "0 ann works; 0 bob works; 0 cat works; 0 K1 calls Support";

#[track_caller]
fn waiting(story: &str, row: &str, expected: &str) {
    check(&format!("{WAITING}; {story}"), row, expected);
}

/// Ann talks with them from the tenth second on.
#[track_caller]
fn talking(story: &str, row: &str, expected: &str) {
    waiting(&format!("4 K1 offered ann; 10 K1 up 2; {story}"), row, expected);
}

const ANSWERED: &str =
    "offered 1, answered 1, within_target 1, wait_ms 10000, longest_wait_ms 10000, answered_wait_ms 10000";
const TAKEN: &str = "offered 1, accepted 1, inbound 1";

#[test]
fn a_caller_who_is_answered() {
    talking("11 is", SUPPORT, ANSWERED);
    talking("11 is", ANN, TAKEN);
}

#[test]
fn a_caller_who_gives_up() {
    let row = "offered 1, abandoned 1, abandoned_short 1, wait_ms 4000, longest_wait_ms 4000, abandoned_wait_ms 4000";
    waiting("4 K1 hangs-up 1", SUPPORT, row);
    let row = "offered 1, abandoned 1, wait_ms 9000, longest_wait_ms 9000, abandoned_wait_ms 9000";
    waiting("4 K1 offered ann; 9 K1 hangs-up 1", SUPPORT, row);
    waiting("4 K1 offered ann; 9 K1 hangs-up 1", ANN, "offered 1, withdrawn 1");
    let row = "offered 1, removed 1, wait_ms 9000, longest_wait_ms 9000";
    waiting("9 K1 lost", SUPPORT, row);
}

#[test]
fn an_offer_that_is_not_taken() {
    let story = "4 K1 offered ann; 9 K1 rejected ann; 12 K1 offered bob; 42 K1 unanswered 3";
    waiting(story, SUPPORT, "offered 1, requeued 2");
    waiting(story, ANN, "offered 1, refused 1");
    waiting(story, BOB, "offered 1, missed 1");
}

#[test]
fn a_caller_whom_the_queue_does_not_keep() {
    check("1 K1 turned-away Support closed", SUPPORT, "offered 1, out_of_hours 1");
    check("1 K1 turned-away Support full", SUPPORT, "offered 1, overflowed 1");
    check("1 K1 sent-on Support Sales", SUPPORT, "offered 1, overflowed 1");
    check("1 K1 sent-on Support Sales", SALES, "offered 1");
}

#[test]
fn the_part_of_an_agent() {
    let handled = "handled 1, talk_ms 60000, without_disposition 1";
    talking("70 K1 done ann", ANN, &format!("{TAKEN}, {handled}"));
    talking("70 K1 done ann", SUPPORT, &format!("{ANSWERED}, {handled}"));
    talking(
        "20 K1 holds 2; 50 K1 resumes 2; 60 K1 holds 2; 70 K1 hangs-up 1",
        ANN,
        &format!("{TAKEN}, handled 1, talk_ms 20000, hold_ms 40000, without_disposition 1"),
    );
    let wrapped = "handled 1, talk_ms 60000, wrap_ms 30000, without_disposition 1";
    talking("70 K1 hangs-up 1; 100 ann after-call", SUPPORT, &format!("{ANSWERED}, {wrapped}"));
    talking("70 K1 hangs-up 1; 100 ann after-call", ANN, &format!("{TAKEN}, {wrapped}"));
    let own = "handled 1, talk_ms 60000, wrap_ms 40000, without_disposition 1";
    let story = "70 K1 hangs-up 1; 100 ann after-call; 110 ann is AfterCallWork; 120 ann is Ready";
    talking(story, ANN, &format!("{TAKEN}, {own}"));
    talking(story, SUPPORT, &format!("{ANSWERED}, {wrapped}"));
}

#[test]
fn handing_over() {
    let blind = "20 K1 handed ann bob; 22 K1 rings 3; 25 K1 up 3; 85 K1 hangs-up 1";
    talking(
        blind,
        ANN,
        &format!("{TAKEN}, handled 1, talk_ms 12000, transferred_out 1, without_disposition 1"),
    );
    talking(blind, BOB, &format!("{TAKEN}, handled 1, talk_ms 60000, without_disposition 1"));
    talking(
        blind,
        SUPPORT,
        &format!("{ANSWERED}, handled 2, talk_ms 72000, transferred_out 1, without_disposition 2"),
    );
    let asked = "20 K1 asks ann bob; 25 K1 up 4; 40 K1 given ann; 85 K1 hangs-up 1";
    talking(
        asked,
        ANN,
        &format!(
            "{TAKEN}, handled 1, talk_ms 10000, hold_ms 20000, asked 1, transferred_out 1, without_disposition 1"
        ),
    );
    talking(asked, BOB, "handled 1, talk_ms 60000, consulted 1, without_disposition 1");
    let moved = "20 K1 handed ann Sales; 45 K1 offered bob; 50 K1 up 3; 110 K1 hangs-up 1";
    talking(
        moved,
        ANN,
        &format!("{TAKEN}, handled 1, talk_ms 10000, transferred_out 1, without_disposition 1"),
    );
    talking(
        moved,
        SUPPORT,
        &format!("{ANSWERED}, handled 1, talk_ms 10000, transferred_out 1, without_disposition 1"),
    );
    talking(
        moved,
        SALES,
        "offered 1, answered 1, transferred_in 1, wait_ms 30000, longest_wait_ms 30000, \
         answered_wait_ms 30000, handled 1, talk_ms 60000, without_disposition 1",
    );
}

#[test]
fn a_consultation_that_comes_back() {
    let story = "20 K1 asks ann bob; 25 K1 up 4; 40 K1 hangs-up 4; 60 K1 hangs-up 1";
    talking(story, BOB, "consulted 1, consult_ms 15000");
}

#[test]
fn a_conference() {
    let story = "20 K1 asks ann bob; 25 K1 up 4; 40 K1 joined ann; 60 K1 done ann; 90 K1 hangs-up 1";
    talking(
        story,
        ANN,
        &format!("{TAKEN}, handled 1, talk_ms 30000, hold_ms 20000, asked 1, without_disposition 1"),
    );
    talking(story, BOB, "handled 1, talk_ms 65000, consulted 1, without_disposition 1");
    let called_in = "20 K1 called-in ann bob; 25 K1 up 3; 60 K1 done ann; 60 K1 hangs-up 1";
    talking(called_in, ANN, &format!("{TAKEN}, handled 1, talk_ms 50000, asked 1, without_disposition 1"));
    talking(called_in, BOB, "handled 1, talk_ms 35000, consulted 1, without_disposition 1");
    talking(called_in, SUPPORT, &format!("{ANSWERED}, handled 2, talk_ms 85000, without_disposition 2"));
    talking("20 K1 called-in ann bob; 25 K1 up 3; 40 K1 hangs-up 3", BOB, "consulted 1, consult_ms 15000");
}

#[test]
fn a_handover_that_nobody_takes() {
    let story = "20 K1 handed ann bob; 22 K1 rings 3; 30 ann stops; 120 K1 unanswered 3";
    talking(
        story,
        SUPPORT,
        "offered 2, answered 1, within_target 1, returned 1, wait_ms 10000, longest_wait_ms 10000, \
         answered_wait_ms 10000, handled 1, talk_ms 12000, wrap_ms 8000, without_disposition 1",
    );
    talking(story, ANN, &format!("{TAKEN}, handled 1, talk_ms 12000, wrap_ms 8000, without_disposition 1"));
    talking(story, BOB, "offered 1, missed 1");
}

#[test]
fn patience_that_is_over() {
    let story = "120 K1 overdue Sales";
    waiting(story, SUPPORT, "offered 1, overflowed 1, wait_ms 120000, longest_wait_ms 120000");
    waiting(story, SALES, "offered 1");
}

#[test]
fn calls_without_a_queue() {
    let dialled = "0 ann works; 1 K1 dials ann 0301234; 3 K1 up 1; 10 K1 up 2; 40 K1 done ann";
    check(dialled, ANN, "outbound 1, handled 1, talk_ms 30000, without_disposition 1");
    let unanswered = "0 ann works; 1 K1 dials ann 0301234; 3 K1 up 1; 40 K1 done ann";
    check(unanswered, ANN, "");
    let internal = "0 ann works; 0 bob works; 1 K1 dials ann 5002; 3 K1 up 1; 10 K1 up 2; 40 K1 done ann";
    check(internal, ANN, "internal 1, handled 1, talk_ms 30000, without_disposition 1");
    check(
        internal,
        BOB,
        "offered 1, accepted 1, internal 1, handled 1, talk_ms 30000, without_disposition 1",
    );
    let direct = "0 ann works; 1 K1 calls ann; 5 K1 up 2; 35 K1 hangs-up 1";
    check(direct, ANN, &format!("{TAKEN}, handled 1, talk_ms 30000, without_disposition 1"));
    let refused = "0 ann works; 1 K1 calls ann; 5 K1 refuses 2";
    check(refused, ANN, "offered 1, refused 1");
}

#[test]
fn following() {
    let story = "20 K1 followed ann; 22 K1 up 3; 60 K1 hangs-up 1";
    talking(story, CAT, "monitoring 1");
    talking(story, ANN, &format!("{TAKEN}, handled 1, talk_ms 50000, monitored 1, without_disposition 1"));
}

#[test]
fn a_restart() {
    let cut = "handled 1, talk_ms 60000, without_disposition 1";
    talking("70 K1 lost", SUPPORT, &format!("{ANSWERED}, {cut}"));
}

#[test]
fn two_calls_that_become_one() {
    let story = "20 K1 holds 2; 21 K2 dials ann 5002; 22 K2 up 1; 25 K2 up 2; 40 K1 brought-to ann K2; 41 cat is Ready; \
                 60 K2 code bob Sold; 85 K1 hangs-up 1; 90 K2 code bob Lost";
    talking(
        story,
        ANN,
        "offered 1, accepted 1, inbound 1, internal 1, handled 2, talk_ms 25000, hold_ms 20000, \
         transferred_out 1, without_disposition 2",
    );
    talking(story, BOB, "offered 1, accepted 1, internal 1, handled 1, talk_ms 60000");
    let late = r#"code bob/voice ["Support","DispositionCode","Lost",0] @00:00"#;
    talking(story, late, "set 1, late 1, changed 1, lag_ms 5000, lag_count 1");
    talking(
        story,
        SUPPORT,
        &format!(
            "{ANSWERED}, handled 2, talk_ms 70000, hold_ms 20000, transferred_out 1, without_disposition 1"
        ),
    );
}
