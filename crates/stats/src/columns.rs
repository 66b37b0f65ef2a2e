//! The columns of interval rows, each with what it counts. `docs/reporting.md` has the same sentences, which a test holds.
//!
//! Everything is counted in the interval in which it happened: an offer when it came, an answer when it was given, a talk
//! when the part ended of which it was. Only the time in a state is counted as it passes.

use crate::row::Table;

/// A column of a table of interval rows: a whole number of events, or of milliseconds where its name ends in `_ms`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// In which table it stands.
    pub table: Table,
    /// Its name.
    pub name: &'static str,
    /// What it counts, in a sentence.
    pub means: &'static str,
}

macro_rules! columns {
    ($module:ident, $table:ident, $about:literal, $($name:ident = $text:literal: $means:literal;)*) => {
        #[doc = $about]
        pub mod $module {
            use crate::columns::Column;
            use crate::row::Table;

            $(
                #[doc = $means]
                pub const $name: Column = Column { table: Table::$table, name: $text, means: $means };
            )*

            /// All of them, in the order in which tables show them.
            pub const ALL: &[Column] = &[$($name),*];
        }
    };
}

columns! {
    queue, Queue, "Of a queue and a medium.",
    OFFERED = "offered": "Customers who came to the queue: from outside, handed over, come back after an answer, or turned away at \
        its door. Always `answered + abandoned + overflowed + out_of_hours + removed` and those who wait still.";
    ANSWERED = "answered": "Of these, taken by an agent of the queue: the first who accepted or whose phone was answered.";
    WITHIN_TARGET = "within_target": "Of the answered, those who had waited for at most `service_level_seconds` of the queue.";
    ABANDONED = "abandoned": "Of the offered, those who left or fell silent while they waited, or while they were offered to an agent.";
    ABANDONED_SHORT = "abandoned_short": "Of the abandoned, those who had waited for less than `short_abandon_seconds` of the queue.";
    OVERFLOWED = "overflowed": "Of the offered, those who left unanswered for another queue, for an announcement, or because \
        the queue was full or their patience there was over.";
    OUT_OF_HOURS = "out_of_hours": "Of the offered, those whom the queue did not take in because it was closed.";
    REMOVED = "removed": "Of the offered, those whose waiting ended by nobody's choice of theirs: a supervisor, a program, or a restart that \
        cut the call off.";
    FOUND_CLOSED = "found_closed": "Customers who came or wrote while the queue was closed, and wait on.";
    REQUEUED = "requeued": "Offers that no agent took, so that the customer went back to their place; they go on waiting.";
    RETURNED = "returned": "Of the offered, those who came back to this queue after it had answered them: taken from their agent, \
        or handed over to somebody who did not answer.";
    TRANSFERRED_IN = "transferred_in": "Of the offered, those whom an agent handed over to this queue or a supervisor moved there.";
    WAIT_MS = "wait_ms": "How long those had waited who left the queue, however they left it.";
    LONGEST_WAIT_MS = "longest_wait_ms": "The longest of these times; of several intervals the longest.";
    ANSWERED_WAIT_MS = "answered_wait_ms": "How long the answered had waited.";
    ABANDONED_WAIT_MS = "abandoned_wait_ms": "How long the abandoned had waited.";
    HANDLED = "handled": "Parts of agents that ended after a talk with a customer of the queue: more than one of a customer who \
        was handed over or met several agents at once.";
    TALK_MS = "talk_ms": "How long the handled parts had talked, without holding.";
    HOLD_MS = "hold_ms": "How long the handled parts had held the others.";
    WRAP_MS = "wrap_ms": "Work after the talk with customers of the queue: of a conversation from the end of the talk to that of the \
        part, of a call the state *After Call Work* that followed.";
    TRANSFERRED_OUT = "transferred_out": "Of the handled, those whose agent handed the customer over to a colleague or a queue.";
    WITHOUT_DISPOSITION = "without_disposition": "Of the handled, those that ended without a code.";
}

columns! {
    agent, Agent, "Of an agent and a medium.",
    OFFERED = "offered": "Customers offered to the agent: by a queue, handed over by a colleague, or called directly. Always \
        `accepted + refused + missed + withdrawn` and the offers that still stand.";
    ACCEPTED = "accepted": "Of these, those they took.";
    REFUSED = "refused": "Of the offered, those they refused.";
    MISSED = "missed": "Of the offered, those that lapsed without an answer.";
    WITHDRAWN = "withdrawn": "Of the offered, those that ended otherwise: the customer left, or it was taken back.";
    INBOUND = "inbound": "Parts in which the agent came to talk with somebody who had come from outside.";
    OUTBOUND = "outbound": "Parts in which the agent came to talk with somebody whom we called or wrote to.";
    INTERNAL = "internal": "Calls between phones of ours in which the agent came to talk.";
    HANDLED = "handled": "Parts that ended after a talk, without those in which they only helped or followed.";
    TALK_MS = "talk_ms": "How long the handled parts had talked, without holding.";
    HOLD_MS = "hold_ms": "How long the handled parts had held the others.";
    WRAP_MS = "wrap_ms": "Work after talks: of conversations from the end of the talk to that of the part, of calls the whole state \
        *After Call Work*.";
    ASKED = "asked": "How often they asked a colleague or a queue for help, or called somebody in.";
    CONSULTED = "consulted": "How often they gave such help: advised a colleague, or joined their talk.";
    CONSULT_MS = "consult_ms": "How long they gave help; no part of `talk_ms`.";
    TRANSFERRED_OUT = "transferred_out": "How often they handed a customer over to a colleague or a queue, and were rid of them.";
    MONITORED = "monitored": "Interactions of theirs that a supervisor followed.";
    MONITORING = "monitoring": "Interactions that they followed as a supervisor.";
    WITHOUT_DISPOSITION = "without_disposition": "Of the handled, those that ended without a code; a late code does not take it back.";
}

columns! {
    state, State, "Of an agent, a medium (empty: the session as a whole) and a state.",
    MS = "ms": "How long the channel was in the state, in this interval; of an agent whose session lasts for all of it the rows \
        of each medium of it sum to 900,000, and so does that of the session as a whole.";
}

columns! {
    disposition, Disposition, "Of a code, an agent, a queue, a medium and an interval in which parts ended.",
    SET = "set": "How often the code was set, changes and late codes included.";
    LATE = "late": "Of the set, those after the agent's part was over.";
    CHANGED = "changed": "Of the set, those in the place of another value.";
    CLEARED = "cleared": "How often a code was taken away.";
    UNKNOWN = "unknown": "Of the set, values that the disposition book did not have.";
    LAG_MS = "lag_ms": "How long after the end of the part late codes were set.";
    LAG_COUNT = "lag_count": "Of the late, those of which that is known.";
}

/// The columns of a table.
pub const fn of(table: Table) -> &'static [Column] {
    match table {
        Table::Queue => queue::ALL,
        Table::Agent => agent::ALL,
        Table::State => state::ALL,
        Table::Disposition => disposition::ALL,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = include_str!("../../../docs/reporting.md");

    #[test]
    fn the_page_says_of_every_column_what_is_said_here() {
        for table in [Table::Queue, Table::Agent, Table::State, Table::Disposition] {
            for Column { name, means, .. } in of(table) {
                let row = format!("| `{name}` | {means} |");
                assert!(PAGE.contains(&row), "docs/reporting.md lacks this row:\n{row}");
            }
        }
    }
}
