//! What becomes of objects that a file does not name.

/// What becomes of an object that the file does not name, although it names others of the kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UnlistedObjects {
    /// It stays: at first start, and in the demo.
    #[default]
    Stays,
    /// It goes if the file made it.
    GoesIfOurs,
    /// It goes.
    Goes,
}

impl UnlistedObjects {
    /// Whether an object that the file does not name stays.
    pub fn stays(self, made_by_file: bool) -> bool {
        match self {
            Self::Stays => true,
            Self::GoesIfOurs => !made_by_file,
            Self::Goes => false,
        }
    }
}
