//! User data of a call (spec: core-and-voice#5.7; decisions#8).

use super::*;
use crate::userdata::MAX_BYTES;
use serde_json::json;

fn attach(data: &serde_json::Value) -> CallAct {
    CallAct::AttachUserData(pairs(data))
}

fn update(data: &serde_json::Value) -> CallAct {
    CallAct::UpdateUserData(pairs(data))
}

#[test]
fn pairs_are_added_and_replaced_in_every_live_state() {
    for state in [offered(), talking(), held(), dialling(), calling()] {
        check(state.clone(), ann(attach(&json!({"A": 1}))), "data +A via AttachUserData");
        let world = check(state, ann(update(&json!({"Subject": "New"}))), "data +Subject via UpdateUserData");
        assert_eq!(world.call().lines[0].user_data.get("Subject"), Some(&json!("New")));
    }
    check(talking(), ann(update(&json!({}))), "");
    check(internal(), bob(update(&json!({"A": {"deep": [1]}}))), "data +A via UpdateUserData");
}

#[test]
fn one_pair_or_all_are_taken_away() {
    let two = || talking().then(ann(update(&json!({"A": 1}))));
    let world = check(two(), ann(CallAct::DeleteUserData), "data -A -Subject via DeleteUserData");
    assert!(world.call().lines[0].user_data.is_empty());
    check(world, ann(CallAct::DeleteUserData), "");
    let pair = |key: &str| CallAct::DeleteUserDataPair(key.into());
    check(two(), ann(pair("A")), "data -A via DeleteUserDataPair");
    check(two(), ann(pair("Ghost")), "");
}

#[test]
fn there_is_a_bound() {
    let heavy = json!({"Big": "x".repeat(MAX_BYTES)});
    check(talking(), ann(update(&heavy)), "no: User data would exceed 65536 bytes");
    check(talking(), ann(attach(&json!({"": 1}))), "no: 'userData' has an empty key");
    let full = talking().then(ann(update(&json!({"Big": "x".repeat(MAX_BYTES - 200)}))));
    check(
        full.clone(),
        ann(update(&json!({"B": "x".repeat(300)}))),
        "no: User data would exceed 65536 bytes",
    );
    check(full, ann(CallAct::DeleteUserDataPair("Big".into())), "data -Big via DeleteUserDataPair");
}
