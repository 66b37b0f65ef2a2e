//! Moments.

/// A moment: milliseconds since 1970-01-01T00:00:00Z.
pub type Millis = i64;

/// Whether a time is none at all, so that it need not be written.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
pub(crate) const fn is_zero(time: &Millis) -> bool {
    *time == 0
}
