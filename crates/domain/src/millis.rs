//! Moments.

/// A moment: milliseconds since 1970-01-01T00:00:00Z.
pub type Millis = i64;
