//! Features the centre lacks: its resources are not there, its operations are not valid (spec: decisions#8).

use crate::state::Api;
use domain::Refusal;
use gws::Problem;

/// Opens reading of users, skills, devices, queues and groups.
pub const READ: &str = "api-provisioning-read";
/// Opens changing them.
pub const WRITE: &str = "api-provisioning-write";
/// Opens calls and phones.
pub const VOICE: &str = "api-voice";

/// Whether the centre has a feature.
pub fn has(api: &Api, feature: &str) -> bool {
    api.desk.centre().is_some_and(|centre| centre.has(&[feature]))
}

/// Refuses a resource whose feature the centre lacks, as if nothing were there.
pub fn shows(api: &Api, feature: &str, what: &str) -> Result<(), Problem> {
    if has(api, feature) { Ok(()) } else { Err(Problem::not_found(what)) }
}

/// Refuses an operation whose feature the centre lacks.
pub fn allows(api: &Api, feature: &'static str) -> Result<(), Problem> {
    if has(api, feature) { Ok(()) } else { Err(Refusal::FeatureOff(feature).into()) }
}
