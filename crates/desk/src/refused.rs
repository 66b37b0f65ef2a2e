//! Why a command was not performed.

use crate::ports::StoreFault;
use domain::Refusal;

/// Why a command was not performed. Nothing has changed.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Refused {
    /// The rules say no.
    #[error("{0}")]
    Rule(Refusal),
    /// The store could not do it.
    #[error(transparent)]
    Store(#[from] StoreFault),
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Self::Rule(refusal)
    }
}
