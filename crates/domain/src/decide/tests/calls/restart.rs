//! The process that carried a call is gone (spec: decisions#1): the call is released honestly.

use super::*;

#[test]
fn everyone_was_cut_off_and_nothing_is_asked_of_the_switch() {
    check(
        talking(),
        lost(),
        "1 Released by restart failed talked; 2 Released by restart failed talked; ann: -slot kept; \
         ended by restart",
    );
    check(
        offered(),
        lost(),
        "1 Released by restart failed; 2 Released by restart failed; ann: -slot; ended by restart",
    );
    check(waiting(), lost(), "1 Released by restart failed; ended by restart");
    check(dialling(), lost(), "1 Released by restart failed; ann: -slot kept; ended by restart");
}

#[test]
fn what_is_over_or_unknown_is_no_matter() {
    check(released(), lost(), "");
    check(talking().then(lost()), lost(), "");
    check(phones(), lost(), "");
    check(phones(), unanswered(1), "");
}

#[test]
fn a_disposition_is_taken_after_it() {
    let set = CallAct::SetDisposition { value: "IssueResolved".into(), key: None };
    check(
        talking().then(lost()),
        ann(set),
        "disposition DispositionCode='IssueResolved' was null by ann via SetCallDisposition late",
    );
}
