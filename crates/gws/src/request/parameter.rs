//! Parameters that take one of several words, some of which this server cannot honour: those are refused by name.

use crate::{body::Body, problem::Problem};

/// The kind that a message counts as. Only `Normal` ones are carried here, so `System` is refused.
pub fn treat_as(body: &Body) -> Result<Option<&str>, Problem> {
    match body.maybe_text("treatAs")? {
        found @ (None | Some("Normal")) => Ok(found),
        Some("System") => Err(Problem::invalid("'treatAs' System is not supported")),
        Some(_) => Err(Problem::invalid("'treatAs' is neither 'Normal' nor 'System'")),
    }
}

/// Refuses a `workmode` of `Ready` that is not how phones work here (spec: core-and-voice#4.3): an agent who has ended
/// a call is ready again automatically, at once or after the queue's time for work after a call, which is `AutoIn`.
pub fn work_mode(body: &Body, operation: &str) -> Result<(), Problem> {
    match body.maybe_text("workmode")?.filter(|_| operation == "Ready") {
        None | Some("" | "AutoIn") => Ok(()),
        Some("ManualIn") => Err(Problem::invalid("'workmode' ManualIn is not supported")),
        Some(_) => Err(Problem::invalid("'workmode' is neither 'AutoIn' nor 'ManualIn'")),
    }
}
