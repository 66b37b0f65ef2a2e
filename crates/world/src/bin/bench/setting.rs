//! What is measured, and with what.

use std::path::PathBuf;

/// What is measured, and with what.
pub struct Setting {
    /// The binary under test.
    pub binary: PathBuf,
    /// Multiplies durations and crowds; 1 is what the figures ask for.
    pub scale: f64,
}

impl Setting {
    /// A crowd or a number of operations at this scale, at least one.
    pub fn scaled(&self, full: usize) -> usize {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "crowds are small and positive"
        )]
        let scaled = (full as f64 * self.scale) as usize;
        scaled.max(1)
    }
}
