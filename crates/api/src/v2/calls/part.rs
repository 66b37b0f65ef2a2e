//! What an address of a call shows besides the call.

use domain::{
    InteractionId,
    call::Party,
    user::{Device, User},
};
use gws::Problem;

/// The phone of a user that a part was on.
pub fn device_of<'u>(user: &'u User, party: &Party) -> Option<&'u Device> {
    user.device.as_ref().filter(|device| device.phone_number == party.dn)
}

pub fn gone(id: &InteractionId) -> Problem {
    Problem::not_found(&format!("Call '{id}'"))
}
