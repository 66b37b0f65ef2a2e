//! What becomes of what a file does not name.

/// What becomes of an object that the file does not name though it speaks of its kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Besides {
    /// It stays: at first start, and in the demo.
    #[default]
    Stays,
    /// It goes if the file made it.
    GoesIfOurs,
    /// It goes.
    Goes,
}

impl Besides {
    /// Whether something stays that the file does not name.
    pub fn stays(self, made_by_file: bool) -> bool {
        match self {
            Self::Stays => true,
            Self::GoesIfOurs => !made_by_file,
            Self::Goes => false,
        }
    }
}
