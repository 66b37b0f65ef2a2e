//! Three and more talk together (spec: voice-sip#5.7).

use super::*;
use crate::call::Cause;

#[test]
fn whom_was_asked_comes_in() {
    check(
        consulting(),
        ann(complete(Purpose::Conference)),
        "3 Released by agent normal talked; ann: -slot kept; 4 moved to 0 as called; 2 Established => 1 join 0; 2 join 0; 4 join 0",
    );
    check(asking(), ann(complete(Purpose::Conference)), "no: CompleteConference is not valid in state Held");
}

#[test]
fn who_leaves_leaves_the_others_together() {
    check(
        together(),
        ann(CallAct::Hangup),
        "2 Released by agent normal talked; ann: -slot kept; 4 moved to 0 as queue => 2 release normal; 1 join 0; 4 join 0",
    );
    check(together(), gone(1, Cause::Normal), "1 Released by customer normal talked => 2 join 0; 4 join 0");
}

#[test]
fn somebody_is_called_in_without_asking() {
    let called = talking().then(ann(single_step(Purpose::Conference, "5002")));
    check(
        talking(),
        ann(single_step(Purpose::Conference, "5002")),
        "3 bob 5002 Ringing answers until 60000 from 2; bob: +slot => 3 call 5002 as 100; 1 join 0; 2 join 0",
    );
    check(called, up(3), "3 Established => 1 join 0; 2 join 0; 3 join 0");
}

#[test]
fn who_has_been_in_it_longest_takes_others_out() {
    let out = |dn: &str| CallAct::Remove(dn.into());
    check(
        together(),
        ann(out("5002")),
        "4 Released by agent normal talked; bob: -slot kept => 4 release normal; 1 join 0; 2 join 0",
    );
    check(together(), ann(out("5003")), "no: Participant '5003' was not found");
    let not = "no: RemoveParticipantFromConference is not valid in state Established";
    check(together(), consult("bob", out("5001")), not);
    check(talking(), ann(out("100")), not);
}

#[test]
fn it_ends_for_everyone_when_one_says_so() {
    check(
        together(),
        consult("bob", CallAct::Clear),
        "1 Released by agent normal talked; 2 Released by agent normal talked; ann: -slot kept; 4 Released by agent normal talked; bob: -slot kept; ended by agent => 1 release normal; 2 release normal; 4 release normal",
    );
}
