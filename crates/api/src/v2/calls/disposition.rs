//! `SetCallDisposition`, at the address of the call or of a phone (spec: core-and-voice#6, decisions#6).

use crate::{auth::Caller, repeat::Repeat, state::Api};
use domain::Command;
use gws::{Answer, Body, Outcome, call_act, disposed_call};

/// Sets the disposition of the call that the address, `callUri` and `callUuid` name. Faults of the request are reported
/// before the call is looked up.
pub async fn set(api: &Api, caller: &Caller, repeat: &Repeat, address: Option<&str>, body: &Body) -> Outcome {
    let act = call_act(body)?;
    let call = disposed_call(body, address)?;
    edge::span::interaction(call.as_str());
    let command = Command::Call { call, agent: caller.user.id.clone(), act };
    Ok(api.perform(repeat, command, |_| Answer::done()).await?)
}
