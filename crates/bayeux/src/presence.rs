//! Whether the clients of a principal are heard of.

/// How the clients of a principal were heard.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Presence {
    /// Whether one of them waits for an answer: it is there.
    pub waits: bool,
    /// Another number than before means that one of them was heard since.
    pub activity: u64,
}
