//! Dispositions of calls (spec: decisions#6; core-and-voice#6; seeds#002, #004).

use super::*;
use crate::{call::Cause, command::DeviceAct, disposition::Policy, medium};
use serde_json::json;

const GONE: &str = "no: Call 'C100' was not found";
const SET: &str = "disposition DispositionCode='IssueResolved' was null by ann via SetCallDisposition";

fn dispose(value: &str) -> CallAct {
    CallAct::SetDisposition { value: value.into(), key: None }
}

fn dispose_under(key: &str, value: &str) -> CallAct {
    CallAct::SetDisposition { value: value.into(), key: Some(key.into()) }
}

fn update(data: &serde_json::Value) -> CallAct {
    CallAct::UpdateUserData(pairs(data))
}

#[test]
fn on_a_live_call_it_is_an_update_of_the_key_in_the_user_data() {
    for state in [offered(), talking(), held(), ringing(), dialling(), calling(), internal()] {
        let world = check(state, ann(dispose("IssueResolved")), SET);
        assert_eq!(world.call().lines[0].user_data.get("DispositionCode"), Some(&json!("IssueResolved")));
    }
}

#[test]
fn it_names_the_line_and_the_phone_it_was_set_at() {
    let world = talking().then(ann(dispose("IssueResolved")));
    let (.., event) = world.history.last().expect("an event");
    let text = serde_json::to_value(event).expect("JSON");
    let said = |name: &str| text.pointer(&format!("/Call/fact/Disposition/{name}")).cloned();
    assert_eq!(said("call_uuid"), Some(json!("C100")), "{text}");
    assert_eq!(said("conn_id"), Some(json!("00a1030405060708")));
    assert_eq!(said("this_dn"), Some(json!("5001")));
    assert_eq!(said("leg"), Some(json!(2)));
}

#[test]
fn the_request_names_the_key_or_the_centre_does() {
    let under = "disposition Outcome='Referred' was null by ann via SetCallDisposition";
    let world = check(talking(), ann(dispose_under("Outcome", "Referred")), under);
    assert_eq!(world.call().lines[0].user_data.get("DispositionCode"), None);
    check(talking(), ann(dispose_under("", "IssueResolved")), SET);
    let renamed = talking().then(centre_with(|centre| centre.disposition.key = "Outcome".into()));
    check(renamed, ann(dispose("Referred")), under);
    let long = "k".repeat(256);
    check(
        talking(),
        ann(dispose_under(&long, "Referred")),
        "no: 'dispositionKey' is longer than 255 characters",
    );
}

#[test]
fn the_last_write_wins_and_an_empty_one_clears() {
    let set = talking().then(ann(dispose("IssueResolved")));
    let again =
        "disposition DispositionCode='IssueResolved' was 'IssueResolved' by ann via SetCallDisposition";
    check(set.clone(), ann(dispose("IssueResolved")), again);
    check(
        set.clone(),
        ann(CallAct::Hangup),
        "2 Released by agent normal talked dispositioned; ann: -slot kept; \
         1 Released by agent normal talked dispositioned; ended by agent dispositioned \
         => 2 release normal; 1 release normal",
    );
    let cleared = "disposition DispositionCode='' was 'IssueResolved' by ann via SetCallDisposition";
    let world = check(set, ann(dispose("")), cleared);
    check(
        world,
        ann(CallAct::Hangup),
        "2 Released by agent normal talked; ann: -slot kept; 1 Released by agent normal talked; \
         ended by agent => 2 release normal; 1 release normal",
    );
}

#[test]
fn it_is_recognised_by_its_key_whatever_the_operation() {
    let by = |via: &str| SET.replace("SetCallDisposition", via);
    let code = json!({"DispositionCode": "IssueResolved"});
    check(talking(), ann(CallAct::AttachUserData(pairs(&code))), &by("AttachUserData"));
    check(talking(), ann(update(&code)), &by("UpdateUserData"));
    check(
        talking(),
        ann(update(&json!({"A": 1, "DispositionCode": "IssueResolved", "B": 2}))),
        &format!("data +A +B via UpdateUserData; {}", by("UpdateUserData")),
    );
    let set = || talking().then(ann(dispose("IssueResolved")));
    let cleared =
        |via: &str| format!("disposition DispositionCode=null was 'IssueResolved' by ann via {via}");
    let pair = CallAct::DeleteUserDataPair("DispositionCode".into());
    let world = check(set(), ann(pair.clone()), &cleared("DeleteUserDataPair"));
    assert_eq!(world.call().lines[0].user_data.get("DispositionCode"), None);
    check(
        set(),
        ann(CallAct::DeleteUserData),
        &format!("data -Subject via DeleteUserData; {}", cleared("DeleteUserData")),
    );
    check(talking(), ann(pair), "");
}

#[test]
fn after_release_reporting_alone_hears_of_it() {
    let world = check(released(), ann(dispose("IssueResolved")), &format!("{SET} late"));
    assert_eq!(world.call().lines[0].user_data.get("DispositionCode"), None);
    let party = world.call().part(&"ann".into(), &c1()).expect("a part");
    assert_eq!(party.late.get("DispositionCode"), Some(&json!("IssueResolved")));
    check(
        released(),
        ann(update(&json!({"DispositionCode": "IssueResolved"}))),
        "no: UpdateUserData is not valid in state Released",
    );
}

#[test]
fn the_same_late_value_is_not_told_twice() {
    let late = released().then(ann(dispose("IssueResolved")));
    check(late.clone(), ann(dispose("IssueResolved")), "");
    check(
        late.clone(),
        ann(dispose("Referred")),
        "disposition DispositionCode='Referred' was 'IssueResolved' by ann via SetCallDisposition late",
    );
    check(
        late,
        ann(dispose_under("Outcome", "IssueResolved")),
        "disposition Outcome='IssueResolved' was null by ann via SetCallDisposition late",
    );
    let set_before = talking().then(ann(dispose("Referred"))).then(ann(CallAct::Hangup));
    check(set_before, ann(dispose("Referred")), "");
    check(released(), ann(dispose("")), "");
}

#[test]
fn a_late_one_is_taken_for_an_hour_or_among_the_last_sixteen() {
    let late = format!("{SET} late");
    check(released().after(3_600_000), ann(dispose("IssueResolved")), &late);
    check(released().after(3_600_001), ann(dispose("IssueResolved")), &late);
    check(crowded(15).after(3_600_001), ann(dispose("IssueResolved")), &late);
    check(crowded(16).after(3_600_000), ann(dispose("IssueResolved")), &late);
    check(crowded(16).after(3_600_001), ann(dispose("IssueResolved")), GONE);
}

/// Ann had `c1` and `more` calls after it.
fn crowded(more: usize) -> TestCentre {
    (0..more).fold(released(), |world, nth| {
        let call = format!("d{nth}");
        let world = world.then(dials(&call));
        let hang_up = CallAct::Hangup;
        world.then(Command::Call { call: call.as_str().into(), agent: "ann".into(), act: hang_up })
    })
}

#[test]
fn it_does_not_exist_for_who_has_nothing_to_do_with_it() {
    check(talking(), bob(dispose("IssueResolved")), GONE);
    check(released(), bob(dispose("IssueResolved")), GONE);
    check(phones(), ann(dispose("IssueResolved")), GONE);
}

#[test]
fn what_was_never_taken_takes_no_late_one() {
    check(offered().then(ann(CallAct::Reject)), ann(dispose("IssueResolved")), GONE);
    check(offered().after(30_000).then(unanswered(2)), ann(dispose("IssueResolved")), GONE);
    check(offered().then(gone(1, Cause::Normal)), ann(dispose("IssueResolved")), GONE);
    check(ringing().then(ann(CallAct::Reject)), ann(dispose("IssueResolved")), GONE);
    let unanswered = dialling().then(ann(CallAct::Hangup));
    check(unanswered, ann(dispose("IssueResolved")), &format!("{SET} late"));
    let busy = phones().then(device("bob", "5002", DeviceAct::DoNotDisturb(true)));
    let busy = busy.then(dial("5002", to_device("5002"))).then(up(1));
    check(busy, ann(dispose("IssueResolved")), &format!("{SET} late"));
}

#[test]
fn an_offer_refused_since_does_not_close_a_part_that_talked() {
    let back = talking().then(gone(2, Cause::Lost)).then(offer("ann"));
    check(back.clone(), ann(dispose("IssueResolved")), SET);
    let world = check(back.then(ann(CallAct::Reject)), ann(dispose("IssueResolved")), &format!("{SET} late"));
    assert_eq!(world.call().parties[1].late.get("DispositionCode"), Some(&json!("IssueResolved")));
    assert!(world.call().parties[2].late.is_empty());
}

#[test]
fn each_party_has_late_ones_of_its_own() {
    let over = internal().then(ann(CallAct::Hangup)).then(ann(dispose("IssueResolved")));
    check(over, bob(dispose("IssueResolved")), &format!("{} late", SET.replace("ann", "bob")));
}

#[test]
fn policy_strict_takes_codes_of_the_book_alone() {
    let with = |world: TestCentre, policy| {
        world.then(centre_with(|centre| _ = centre.disposition.policy.insert(medium::voice(), policy)))
    };
    let no = "no: \"Odd\" is not in the disposition book";
    for world in [talking(), released()] {
        check(with(world.clone(), Policy::Strict), ann(dispose("Odd")), no);
        let late = if world.call().is_open() { "" } else { " late" };
        let billing = format!("{}{late}", SET.replace("IssueResolved", "Billing"));
        check(with(world.clone(), Policy::Strict), ann(dispose("Billing")), &billing);
        let odd = format!("{}{late} unknown", SET.replace("IssueResolved", "Odd"));
        for policy in [Policy::Open, Policy::Warn] {
            check(with(world.clone(), policy), ann(dispose("Odd")), &odd);
        }
    }
    let update = update(&json!({"DispositionCode": "Odd", "A": 1}));
    check(with(talking(), Policy::Strict), ann(update), no);
    let set = with(talking().then(ann(dispose("IssueResolved"))), Policy::Strict);
    check(
        set,
        ann(dispose("")),
        "disposition DispositionCode='' was 'IssueResolved' by ann via SetCallDisposition",
    );
}
