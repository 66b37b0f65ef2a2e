//! Giving up: work that can never succeed is logged once, counted, and not tried again.

use std::fmt::Display;

/// Says that something was given up. `what` is the word under which it is counted; `subject` names the one thing it was
/// about, without anything personal.
pub(crate) fn tell(what: &'static str, subject: &dyn Display, why: &dyn Display) {
    metrics::counter!("jackfield_given_up_total", "what" => what).increment(1);
    tracing::error!(what, %subject, %why, "given up, because it can never be done");
}
