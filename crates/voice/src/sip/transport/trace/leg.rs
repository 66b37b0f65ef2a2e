//! The sound of legs, beside their messages.

use crate::media::{MediaFigures, Stats};
use domain::call::Dn;
use std::sync::Arc;

/// A leg, as a trace knows it.
#[derive(Clone, Debug)]
pub(super) struct LegRecord {
    /// The Call-IDs of its calls: one, or one for each phone that was called.
    pub call_ids: Vec<Arc<str>>,
    /// The number of the phone, where it is one of ours.
    pub phone: Option<Dn>,
    pub figures: LegFigures,
}

/// The figures of a leg's sound.
#[derive(Clone, Debug)]
pub(super) enum LegFigures {
    Live(MediaFigures),
    Ended(Stats),
}

impl LegRecord {
    pub fn is_live(&self) -> bool {
        matches!(self.figures, LegFigures::Live(_))
    }

    /// What passed so far, or in all. Nothing is known of a stream that is gone and whose leg did not say so.
    pub fn stats(&self) -> Stats {
        match &self.figures {
            LegFigures::Live(figures) => figures.read().unwrap_or_default(),
            LegFigures::Ended(stats) => *stats,
        }
    }
}
