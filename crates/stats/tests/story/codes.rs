//! Codes.

use crate::check;

const DONE: &str = "0 ann works; 0 s1 chats Support; 4 s1 offered ann; 10 s1 accepted ann; 70 s1 done ann";

#[track_caller]
fn chatting(story: &str, row: &str, expected: &str) {
    let begun = DONE.rsplit_once("; ").map_or("", |(begun, _)| begun);
    check(&format!("{begun}; {story}"), row, expected);
}

fn row(agent: &str, code: &str, ended: &str) -> String {
    format!(r#"code {agent}/chat ["Support","DispositionCode","{code}",{ended}] @00:00"#)
}

#[test]
fn a_code_while_the_part_is_live() {
    chatting("20 s1 code ann Sold", &row("ann", "Sold", "null"), "set 1");
    let changed = "20 s1 code ann Sold; 30 s1 code ann Lost; 40 s1 clear ann";
    chatting(changed, &row("ann", "Sold", "null"), "set 1");
    chatting(changed, &row("ann", "Lost", "null"), "set 1, changed 1");
    chatting(changed, &row("ann", "", "null"), "cleared 1");
}

#[test]
fn a_late_code_says_how_late_it_was_and_when_the_part_ended() {
    check(
        &format!("{DONE}; 100 s1 code ann Sold"),
        &row("ann", "Sold", "0"),
        "set 1, late 1, lag_ms 30000, lag_count 1",
    );
    let later = r#"code ann/chat ["Support","DispositionCode","Sold",0] @00:15"#;
    check(&format!("{DONE}; 970 s1 code ann Sold"), later, "set 1, late 1, lag_ms 900000, lag_count 1");
}

#[test]
fn words_that_no_book_has_stand_in_no_row() {
    chatting("20 s1 code ann Mrs-Jones-moved", &row("ann", "", "null"), "set 1, unknown 1");
}

#[test]
fn a_late_code_of_a_call() {
    let story = "0 ann works; 0 K1 calls Support; 4 K1 offered ann; 10 K1 up 2; 70 K1 hangs-up 1; 80 K1 code ann Sold";
    let row = r#"code ann/voice ["Support","DispositionCode","Sold",0] @00:00"#;
    check(story, row, "set 1, late 1, lag_ms 10000, lag_count 1");
}
