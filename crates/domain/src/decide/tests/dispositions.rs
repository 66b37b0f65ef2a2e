//! Dispositions (spec: decisions#6; digital-channels#7; seeds#000, #001, #003).

use super::*;
use crate::{
    command::{CustomerAct, SessionAct},
    disposition::Policy,
};
use serde_json::{Value, json};

const GONE: &str = "no: Interaction 's1' was not found";
const SET: &str = "disposition DispositionCode='IssueResolved' was null by ann via SetDisposition";

#[test]
fn it_is_an_update_of_the_key_in_the_user_data() {
    for (state, agent) in [(chatting(), "ann"), (alone(), "ann"), (left(), "ann"), (join_failed(), "bob")] {
        let set = SET.replace("ann", agent);
        let world = check(state, does("s1", agent, dispose("IssueResolved")), &set);
        assert_eq!(world.session().user_data.get("DispositionCode"), Some(&json!("IssueResolved")));
    }
}

#[test]
fn the_request_names_the_key_or_the_centre_does() {
    let world = check(
        chatting(),
        ann(dispose_under("Outcome", "Referred")),
        "disposition Outcome='Referred' was null by ann via SetDisposition",
    );
    assert_eq!(world.session().user_data.get("DispositionCode"), None);
    check(chatting(), ann(dispose_under("", "IssueResolved")), SET);
    let renamed = chatting().then(centre_with(|centre| centre.disposition.key = "Outcome".into()));
    check(
        renamed.clone(),
        ann(dispose("Referred")),
        "disposition Outcome='Referred' was null by ann via SetDisposition",
    );
    check(renamed, ann(update(&json!({"DispositionCode": "x"}))), "data +DispositionCode via UpdateUserData");
    let long = "k".repeat(255);
    check(
        chatting(),
        ann(dispose_under(&long, "Referred")),
        &format!("disposition {long}='Referred' was null by ann via SetDisposition"),
    );
    check(
        chatting(),
        ann(dispose_under(&"k".repeat(256), "Referred")),
        "no: 'dispositionKey' is longer than 255 characters",
    );
}

#[test]
fn the_last_write_of_an_agent_wins_and_names_what_they_had_set_before() {
    let set = chatting().then(ann(dispose("IssueResolved")));
    check(
        set.clone(),
        ann(dispose("Referred")),
        "disposition DispositionCode='Referred' was 'IssueResolved' by ann via SetDisposition",
    );
    check(
        set.clone(),
        ann(dispose("IssueResolved")),
        "disposition DispositionCode='IssueResolved' was 'IssueResolved' by ann via SetDisposition",
    );
    let handed = set.then(ann(to_agent("bob"))).then(bob(accept()));
    let both = check(
        handed,
        bob(dispose("Referred")),
        "disposition DispositionCode='Referred' was null by bob via SetDisposition",
    );
    assert_eq!(both.session().user_data.get("DispositionCode"), Some(&json!("Referred")));
}

#[test]
fn each_agent_sets_and_clears_their_own() {
    let set = conferring().then(ann(dispose("IssueResolved"))).then(bob(dispose("Referred")));
    assert_eq!(set.session().user_data.get("DispositionCode"), Some(&json!("Referred")));
    let cleared = check(
        set,
        bob(delete(&["DispositionCode"])),
        "disposition DispositionCode=null was 'Referred' by bob via DeleteUserData",
    );
    assert_eq!(cleared.session().user_data.get("DispositionCode"), Some(&json!("IssueResolved")));
    check(cleared.clone(), bob(delete(&["DispositionCode"])), "");
    check(
        cleared.clone(),
        bob(complete()),
        "said left by bob; closed bob Completed by agent; bob: -slot kept",
    );
    check(
        cleared.then(bob(leave())),
        ann(leave()),
        "said left by ann; talk-ended by agent; closed ann LeftChat by agent dispositioned",
    );
}

#[test]
fn an_empty_value_clears() {
    let set = chatting().then(ann(dispose("IssueResolved")));
    let cleared = check(
        set,
        ann(dispose("")),
        "disposition DispositionCode='' was 'IssueResolved' by ann via SetDisposition",
    );
    assert_eq!(cleared.session().user_data.get("DispositionCode"), Some(&json!("")));
    check(
        cleared.then(ann(leave())),
        ann(complete()),
        "closed ann Completed by agent; ann: -slot kept; ended by agent",
    );
}

#[test]
fn it_is_recognised_by_its_key_whatever_the_operation() {
    let by = |via: &str| SET.replace("SetDisposition", via);
    check(chatting(), ann(attach(&json!({"DispositionCode": "IssueResolved"}))), &by("AttachUserData"));
    check(chatting(), ann(update(&json!({"DispositionCode": "IssueResolved"}))), &by("UpdateUserData"));
    check(
        chatting(),
        ann(update(&json!({"A": 1, "DispositionCode": "IssueResolved", "B": 2}))),
        &format!("data +A +B via UpdateUserData; {}", by("UpdateUserData")),
    );
    let set = chatting().then(ann(dispose("IssueResolved")));
    let cleared = "disposition DispositionCode=null was 'IssueResolved' by ann via DeleteUserData";
    let world = check(set.clone(), ann(delete(&["DispositionCode"])), cleared);
    assert_eq!(world.session().user_data.get("DispositionCode"), None);
    check(
        set,
        ann(delete(&["Subject", "DispositionCode"])),
        &format!("data -Subject via DeleteUserData; {cleared}"),
    );
    check(chatting(), ann(delete(&["DispositionCode"])), "");
    check(
        chatting(),
        customer(CustomerAct::Data(pairs(&json!({"DispositionCode": "Referred"})))),
        "disposition DispositionCode='Referred' was null by customer via CustomerData",
    );
}

#[test]
fn every_change_of_the_key_is_exactly_one_event_and_lands_once() {
    let acts = [
        dispose("IssueResolved"),
        attach(&json!({"DispositionCode": "Referred", "A": 1})),
        update(&json!({"DispositionCode": "Billing"})),
        delete(&["DispositionCode", "A"]),
    ];
    let world = acts.into_iter().fold(chatting(), |world, act| world.then(ann(act)));
    let told = world.history.iter().filter(|(.., event)| event.kind() == "disposition").count();
    assert_eq!(told, 4);
    for (.., event) in &world.history {
        let text = serde_json::to_string(event).expect("JSON");
        assert!(event.kind() == "disposition" || !text.contains("DispositionCode"), "{text}");
    }
}

#[test]
fn it_is_not_open_before_the_agent_accepted() {
    check(invited(), ann(dispose("IssueResolved")), "no: SetDisposition is not valid in state Invited");
    check(
        invited(),
        ann(update(&json!({"DispositionCode": "x"}))),
        "no: UpdateUserData is not valid in state Invited",
    );
}

#[test]
fn it_does_not_exist_for_who_has_nothing_to_do_with_it() {
    check(chatting(), bob(dispose("IssueResolved")), GONE);
    check(rejected(), ann(dispose("IssueResolved")), GONE);
    check(revoked(), ann(dispose("IssueResolved")), GONE);
    check(chatting().then(log_out("ann")), ann(dispose("IssueResolved")), GONE);
    check(chatting(), does("s9", "ann", dispose("IssueResolved")), "no: Interaction 's9' was not found");
}

#[test]
fn after_completion_reporting_alone_hears_of_it() {
    let world = check(completed(), ann(dispose("IssueResolved")), &format!("{SET} late"));
    assert_eq!(world.session().user_data.get("DispositionCode"), None);
    let party = world.session().party(&"ann".into()).expect("a part");
    assert_eq!(party.late.get("DispositionCode"), Some(&json!("IssueResolved")));
    check(completed(), ann(update(&json!({"DispositionCode": "IssueResolved"}))), GONE);
    check(completed(), ann(delete(&["DispositionCode"])), GONE);
}

#[test]
fn the_same_late_value_is_not_told_twice() {
    let late = completed().then(ann(dispose("IssueResolved")));
    check(late.clone(), ann(dispose("IssueResolved")), "");
    check(
        late.clone(),
        ann(dispose_under("Outcome", "IssueResolved")),
        "disposition Outcome='IssueResolved' was null by ann via SetDisposition late",
    );
    let other = check(
        late,
        ann(dispose("Referred")),
        "disposition DispositionCode='Referred' was 'IssueResolved' by ann via SetDisposition late",
    );
    check(
        other,
        ann(dispose("IssueResolved")),
        "disposition DispositionCode='IssueResolved' was 'Referred' by ann via SetDisposition late",
    );
    let set_before = chatting().then(ann(dispose("Referred"))).then(ann(complete()));
    check(set_before, ann(dispose("Referred")), "");
    check(completed(), ann(dispose("")), "");
}

#[test]
fn a_late_one_is_taken_for_an_hour() {
    check(completed().after(3_600_000), ann(dispose("IssueResolved")), &format!("{SET} late"));
    let late = |millis| crowded(16, centre_with(|centre| centre.disposition.late = millis));
    check(late(120_000), ann(dispose("IssueResolved")), &format!("{SET} late"));
    check(late(119_999), ann(dispose("IssueResolved")), GONE);
}

#[test]
fn a_late_one_is_taken_among_the_last_sixteen_whatever_its_age() {
    let short = centre_with(|centre| centre.disposition.late = 60_000);
    check(crowded(15, short), ann(dispose("IssueResolved")), &format!("{SET} late"));
}

#[test]
fn a_conversation_completed_twice_is_one_of_the_sixteen() {
    let twice = handing_over().then(bob(accept())).then(bob(to_agent("ann"))).then(ann(accept()));
    assert_eq!(twice.then(ann(complete())).agent("ann").recent[&test_centre::medium()].len(), 1);
}

/// Ann completed `s1` and `more` others after it, two minutes ago.
fn crowded(more: usize, setting: Command) -> TestCentre {
    let mut world = completed().then(setting);
    for id in (0..more).map(|nth| format!("t{nth}")) {
        world = world.then(open_as(&id, &json!({}))).then(offer_of(&id, "ann"));
        world = world.then(does(&id, "ann", accept())).then(does(&id, "ann", complete()));
    }
    world.after(120_000)
}

#[test]
fn an_offer_refused_since_does_not_close_a_completed_part() {
    let handed = chatting().then(ann(to_queue("Sales"))).after(10_000).then(offer("ann"));
    check(handed.clone(), ann(dispose("IssueResolved")), "no: SetDisposition is not valid in state Invited");
    let world = check(handed.then(ann(reject())), ann(dispose("IssueResolved")), &format!("{SET} late"));
    assert_eq!(world.session().agents[0].late.get("DispositionCode"), Some(&json!("IssueResolved")));
    assert!(world.session().agents[1].late.is_empty());
}

#[test]
fn who_handed_over_sets_his_own_late_one_beside_the_live_one() {
    let handed = handing_over().then(bob(accept())).then(bob(dispose("Referred")));
    let world =
        check(handed, ann(dispose("IssueResolved")), &SET.replace("SetDisposition", "SetDisposition late"));
    assert_eq!(world.session().user_data.get("DispositionCode"), Some(&json!("Referred")));
}

#[test]
fn policy_open_takes_anything_and_marks_what_is_unknown() {
    let unknown = "disposition DispositionCode='Odd' was null by ann via SetDisposition unknown";
    for policy in [None, Some(Policy::Open), Some(Policy::Warn)] {
        check(chatting().then(with(policy)), ann(dispose("Odd")), unknown);
        check(
            chatting().then(with(policy)),
            ann(dispose("Billing")),
            &SET.replace("IssueResolved", "Billing"),
        );
        check(
            completed().then(with(policy)),
            ann(dispose("Odd")),
            &unknown.replace(" unknown", " late unknown"),
        );
    }
}

#[test]
fn policy_strict_takes_codes_of_the_book_alone() {
    let strict = |world: TestCentre| world.then(with(Some(Policy::Strict)));
    let no = "no: \"Odd\" is not in the disposition book";
    check(strict(chatting()), ann(dispose("Odd")), no);
    check(strict(chatting()), ann(update(&json!({"DispositionCode": "Odd", "A": 1}))), no);
    check(
        strict(chatting()),
        ann(attach(&json!({"DispositionCode": 7}))),
        "no: 7 is not in the disposition book",
    );
    check(strict(completed()), ann(dispose("Odd")), no);
    check(strict(chatting()), ann(dispose("Billing")), &SET.replace("IssueResolved", "Billing"));
    let set = strict(chatting().then(ann(dispose("IssueResolved"))));
    check(
        set.clone(),
        ann(dispose("")),
        "disposition DispositionCode='' was 'IssueResolved' by ann via SetDisposition",
    );
    check(
        set,
        ann(delete(&["DispositionCode"])),
        "disposition DispositionCode=null was 'IssueResolved' by ann via DeleteUserData",
    );
}

fn with(policy: Option<Policy>) -> Command {
    centre_with(|centre| {
        centre.disposition.policy.extend(policy.map(|policy| (test_centre::medium(), policy)));
    })
}

#[test]
fn every_terminal_event_names_its_closer_and_whether_there_is_a_disposition() {
    let set = |world: TestCentre| world.then(ann(dispose("IssueResolved")));
    check(
        set(chatting()),
        ann(leave()),
        "said left by ann; talk-ended by agent; closed ann LeftChat by agent dispositioned",
    );
    check(
        set(left()),
        ann(complete()),
        "closed ann Completed by agent dispositioned; ann: -slot kept; ended by agent dispositioned",
    );
    check(
        set(chatting()).then(ann(to_queue("Sales"))).then(offer("bob")).after(30_000),
        lapse("bob"),
        "offer-ended bob Revoked by no-answer barred until 40000 dispositioned; bob: -slot; \
         queued Sales since 0; bob: NotReady (No answer) by server",
    );
    check(
        waiting(),
        customer(CustomerAct::Leave(crate::session::EndedBy::Idle)),
        "said left by customer; talk-ended by idle; ended by idle",
    );
}

#[test]
fn it_travels_with_the_conversation() {
    let handed =
        chatting().then(ann(dispose("IssueResolved"))).then(ann(to_queue("Sales"))).then(offer("bob"));
    let world = handed.then(bob(accept()));
    assert_eq!(world.session().user_data.get("DispositionCode"), Some(&json!("IssueResolved")));
}

#[test]
fn it_shares_the_bound_of_the_user_data() {
    let long = "x".repeat(crate::userdata::MAX_BYTES);
    check(chatting(), ann(dispose(&long)), "no: User data would exceed 65536 bytes");
    check(completed(), ann(dispose(&long)), "no: User data would exceed 65536 bytes");
    let half = "x".repeat(40_000);
    let late = completed().then(ann(dispose_under("A", &half)));
    check(late, ann(dispose_under("B", &half)), "no: User data would exceed 65536 bytes");
}

#[test]
fn a_value_of_any_other_type_is_a_disposition_too() {
    let act = SessionAct::UpdateUserData(pairs(&json!({"DispositionCode": {"deep": 1}})));
    let world = check(
        chatting(),
        ann(act),
        "disposition DispositionCode={\"deep\":1} was null by ann via UpdateUserData unknown",
    );
    assert_eq!(world.session().user_data.get("DispositionCode").map(Value::is_object), Some(true));
}

#[test]
fn what_is_taken_out_of_the_user_data_is_not_kept_elsewhere() {
    let world = chatting().then(ann(dispose_under("A", "Referred"))).then(ann(delete(&["A"])));
    assert_eq!(world.session().dispositions, []);
}
