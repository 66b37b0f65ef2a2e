//! Conversations in the rows of queues and agents.

use crate::check;

const SUPPORT: &str = "queue Support/chat @00:00";
const SALES: &str = "queue Sales/chat @00:00";
const ANN: &str = "agent ann/chat @00:00";
const BOB: &str = "agent bob/chat @00:00";

#[test]
fn a_customer_who_is_answered() {
    let waited = "0 ann works; 0 s1 chats Support; 4 s1 offered ann; 20 s1 accepted ann";
    let row = "offered 1, answered 1, within_target 1, wait_ms 20000, longest_wait_ms 20000, answered_wait_ms 20000";
    check(waited, SUPPORT, row);
    let late = "0 ann works; 0 s1 chats Support; 4 s1 offered ann; 21 s1 accepted ann";
    check(
        late,
        SUPPORT,
        "offered 1, answered 1, wait_ms 21000, longest_wait_ms 21000, answered_wait_ms 21000",
    );
    check(late, ANN, "offered 1, accepted 1, inbound 1");
}

#[test]
fn a_customer_who_gives_up() {
    let left = |seconds: u32| format!("0 s1 chats Support; {seconds} s1 leaves");
    let row = "offered 1, abandoned 1, wait_ms 5000, longest_wait_ms 5000, abandoned_wait_ms 5000";
    check(&left(5), SUPPORT, row);
    let short = "offered 1, abandoned 1, abandoned_short 1, wait_ms 4000, longest_wait_ms 4000, abandoned_wait_ms 4000";
    check(&left(4), SUPPORT, short);
    check("0 s1 chats Support; 5 s1 is-silent", SUPPORT, row);
    let offered = "0 ann works; 0 s1 chats Support; 4 s1 offered ann; 9 s1 leaves";
    let row = "offered 1, abandoned 1, wait_ms 9000, longest_wait_ms 9000, abandoned_wait_ms 9000";
    check(offered, SUPPORT, row);
    check(offered, ANN, "offered 1, withdrawn 1");
}

#[test]
fn an_offer_that_is_not_taken_costs_the_customer_nothing() {
    let story = "0 ann works; 0 bob works; 0 s1 chats Support; 1 s1 offered ann; 2 s1 rejected ann; \
                 3 s1 offered bob; 33 s1 lapses bob";
    check(story, SUPPORT, "offered 1, requeued 2");
    check(story, ANN, "offered 1, refused 1");
    check(story, BOB, "offered 1, missed 1");
}

#[test]
fn a_closed_queue() {
    check("0 closes Support; 1 s1 texts", "queue Support/smsession @00:00", "offered 1, out_of_hours 1");
    check(
        "0 closes Sales; 1 s1 chats Sales; 9 s1 leaves",
        SALES,
        "offered 1, abandoned 1, found_closed 1, wait_ms 8000, \
         longest_wait_ms 8000, abandoned_wait_ms 8000",
    );
}

/// Ann talks with a customer from the tenth second on.
const CHATTING: &str =
    "0 ann works; 0 bob works; 0 cat works; 0 s1 chats Support; 4 s1 offered ann; 10 s1 accepted ann";

/// A story that begins with ann chatting.
#[track_caller]
fn then(story: &str, row: &str, expected: &str) {
    check(&format!("{CHATTING}; {story}"), row, expected);
}

#[test]
fn the_part_of_an_agent() {
    let begun = "offered 1, accepted 1, inbound 1";
    then("70 s1 done ann", ANN, &format!("{begun}, handled 1, talk_ms 60000, without_disposition 1"));
    then("20 s1 code ann Sold; 70 s1 done ann", ANN, &format!("{begun}, handled 1, talk_ms 60000"));
    then(
        "70 s1 left ann; 100 s1 done ann",
        ANN,
        &format!("{begun}, handled 1, talk_ms 60000, wrap_ms 30000, without_disposition 1"),
    );
    then(
        "40 s1 leaves; 100 s1 done ann",
        ANN,
        &format!("{begun}, handled 1, talk_ms 30000, wrap_ms 60000, without_disposition 1"),
    );
    let queue = "offered 1, answered 1, within_target 1, wait_ms 10000, longest_wait_ms 10000, answered_wait_ms 10000";
    then(
        "70 s1 left ann; 100 s1 done ann",
        SUPPORT,
        &format!("{queue}, handled 1, talk_ms 60000, wrap_ms 30000, without_disposition 1"),
    );
}

#[test]
fn what_happened_stands_in_its_interval() {
    let story = "890 s1 left ann; 910 s1 done ann";
    then(story, "agent ann/chat @00:15", "handled 1, talk_ms 880000, wrap_ms 20000, without_disposition 1");
    then(story, ANN, "offered 1, accepted 1, inbound 1");
}

#[test]
fn handing_over() {
    let begun = "offered 1, accepted 1, inbound 1";
    let handed = "20 s1 handed ann bob; 30 s1 accepted bob; 50 s1 code bob Sold; 90 s1 done bob";
    then(
        handed,
        ANN,
        &format!("{begun}, handled 1, talk_ms 20000, transferred_out 1, without_disposition 1"),
    );
    then(handed, BOB, &format!("{begun}, handled 1, talk_ms 60000"));
    let queue = "offered 1, answered 1, within_target 1, wait_ms 10000, longest_wait_ms 10000, answered_wait_ms 10000";
    then(
        handed,
        SUPPORT,
        &format!("{queue}, handled 2, talk_ms 80000, transferred_out 1, without_disposition 1"),
    );
    let refused = "20 s1 handed ann bob; 30 s1 rejected bob";
    then(refused, ANN, begun);
    then(refused, BOB, "offered 1, refused 1");
    let moved = "20 s1 handed ann Sales; 45 s1 offered bob; 50 s1 accepted bob";
    then(
        moved,
        SALES,
        "offered 1, answered 1, transferred_in 1, wait_ms 30000, longest_wait_ms 30000, \
         answered_wait_ms 30000",
    );
    then(
        moved,
        SUPPORT,
        &format!("{queue}, handled 1, talk_ms 10000, transferred_out 1, without_disposition 1"),
    );
    then(
        "20 s1 handed ann Support",
        SUPPORT,
        "offered 2, answered 1, within_target 1, transferred_in 1, \
         wait_ms 10000, longest_wait_ms 10000, answered_wait_ms 10000, handled 1, talk_ms 10000, transferred_out 1, \
         without_disposition 1",
    );
}

#[test]
fn taken_from_an_agent() {
    let back = "20 s1 taken ann back";
    let queue = "answered 1, within_target 1";
    let wait = "wait_ms 10000, longest_wait_ms 10000, answered_wait_ms 10000, handled 1, talk_ms 10000";
    then(back, SUPPORT, &format!("offered 2, {queue}, returned 1, {wait}"));
    then(back, ANN, "offered 1, accepted 1, inbound 1, handled 1, talk_ms 10000");
    then("20 s1 taken ann Sales", SALES, "offered 1, transferred_in 1");
    let helped = "20 s1 joins ann bob; 25 s1 accepted bob; 30 ann loses-connection; 40 s1 handed bob Sales";
    then(helped, SALES, "offered 1, transferred_in 1");
    then(helped, BOB, "handled 1, talk_ms 15000, consulted 1, transferred_out 1, without_disposition 1");
    then("20 ann loses-connection", SUPPORT, &format!("offered 2, {queue}, returned 1, {wait}"));
    let offered = "0 ann works; 0 cat works; 0 s1 chats Support; 4 s1 offered ann; 10 s1 taken ann Sales";
    check(offered, SUPPORT, "offered 1, overflowed 1, wait_ms 10000, longest_wait_ms 10000");
    check(offered, SALES, "offered 1, transferred_in 1");
    check(offered, ANN, "offered 1, withdrawn 1");
}

#[test]
fn help_is_no_customer() {
    let advised = "20 s1 advice ann bob; 25 s1 accepted bob; 55 s1 left bob";
    then(advised, BOB, "consulted 1, consult_ms 30000");
    then(advised, ANN, "offered 1, accepted 1, inbound 1, asked 1");
    let conference = "20 s1 joins ann bob; 25 s1 accepted bob; 30 s1 done ann; 60 s1 done bob";
    then(conference, BOB, "handled 1, talk_ms 35000, consulted 1, without_disposition 1");
    then(
        conference,
        SUPPORT,
        "offered 1, answered 1, within_target 1, wait_ms 10000, longest_wait_ms 10000, \
         answered_wait_ms 10000, handled 2, talk_ms 55000, without_disposition 2",
    );
    let given = "20 s1 advice ann bob; 25 s1 accepted bob; 30 s1 handed ann bob";
    then(
        given,
        ANN,
        "offered 1, accepted 1, inbound 1, handled 1, talk_ms 20000, asked 1, transferred_out 1, \
         without_disposition 1",
    );
    let asked = "20 s1 advice ann Sales; 25 s1 leaves";
    then(asked, SALES, "");
    then(asked, ANN, "offered 1, accepted 1, inbound 1, asked 1");
}

#[test]
fn following() {
    let story = "20 s1 followed ann; 22 s1 accepted cat; 60 s1 done ann";
    then(story, "agent cat/chat @00:00", "monitoring 1");
    then(
        story,
        ANN,
        "offered 1, accepted 1, inbound 1, handled 1, talk_ms 50000, monitored 1, without_disposition 1",
    );
}

#[test]
fn work_without_a_customer() {
    let story =
        "20 s1 leaves; 30 s1 done-into ann Sales; 45 s1 offered bob; 50 s1 accepted bob; 80 s1 done bob";
    then(story, BOB, "offered 1, accepted 1, wrap_ms 30000");
    then(
        story,
        SALES,
        "offered 1, answered 1, within_target 1, transferred_in 1, wait_ms 20000, \
         longest_wait_ms 20000, answered_wait_ms 20000, wrap_ms 30000",
    );
}
