//! The routing rule: one line a rule, what must hold on every board, and that the indexes of the board change nothing.

mod first;
mod indexes;
mod media;
mod places;
mod preferred;
mod properties;
mod requests;
mod rules;
mod test_board;
