//! What a body asks for at an address, by its `operationName`.

use crate::state::Api;
use domain::Refusal;
use gws::{Body, Problem, Requests};

/// Reads a request. A name that is no operation at this address, nor a state of the centre where states are taken, is
/// counted under `place`, such as `/me/calls/{id}`, and refused.
pub fn asked<R: Requests>(api: &Api, body: &Body, place: &str) -> Result<R, Problem> {
    let operation = body.operation()?;
    let is_state = || {
        R::takes_states() && api.desk.centre().is_some_and(|centre| centre.agent_state(operation).is_some())
    };
    if !R::takes(operation) && !is_state() {
        api.unknown.count("POST", place, Some(operation));
        return Err(Refusal::UnknownOperation(operation.to_owned()).into());
    }
    Ok(R::read(body)?)
}
