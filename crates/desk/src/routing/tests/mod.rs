//! The routing rule: one line a rule, and what must hold on every board.

mod places;
mod preferred;
mod properties;
mod rules;
mod test_board;
