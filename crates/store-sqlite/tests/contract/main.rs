//! The store contract: one suite for every store, here on SQLite. Another store needs a [`Ground`] of its
//! own and takes the suite as it is.

mod sqlite;
mod suite;

use desk::ports::Store;
use std::sync::Arc;
use store_sqlite::{Options, SqliteStore};
use suite::Ground;

struct Directory(tempfile::TempDir);

impl Ground for Directory {
    fn open(&self) -> Arc<dyn Store> {
        Arc::new(SqliteStore::open(self.0.path(), Options::default()).expect("open"))
    }

    fn fail_notes_of(&self, channel: &str) {
        let conn = rusqlite::Connection::open(self.0.path().join("journal.db")).expect("open");
        conn.execute_batch(&format!(
            "CREATE TRIGGER broken BEFORE INSERT ON note WHEN new.channel = '{channel}'
             BEGIN SELECT raise(ABORT, 'broken on purpose'); END"
        ))
        .expect("a trigger");
    }
}

macro_rules! on_sqlite {
    ($($module:ident: $($name:ident),+;)+) => {
        $($(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                suite::$module::$name(&Directory(tempfile::tempdir().expect("a directory"))).await;
            }
        )+)+
    };
}

on_sqlite! {
    commits:
        a_refusal_leaves_no_trace,
        a_commit_is_all_or_nothing,
        a_decision_that_panics_harms_nobody_else,
        a_decision_may_ask_for_more_and_runs_again,
        commands_of_one_group_see_each_other,
        a_decision_sees_the_log_its_group_wrote,
        a_snapshot_is_the_fold_of_its_events_after_a_reopening,
        a_witness_hears_of_every_commit_in_order_and_before_the_caller;
    bounds:
        a_log_is_read_up_to_a_weight,
        a_decision_sees_the_newest_of_a_log_up_to_a_weight,
        notes_are_read_up_to_a_weight,
        units_in_quarantine_are_read_up_to_a_weight,
        a_page_of_events_is_read_up_to_a_weight;
    mailboxes:
        positions_grow_and_a_cause_takes_its_own,
        a_backlog_counts_notes_and_bytes_and_a_trim_shortens_it,
        a_trim_goes_through_all_of_many_mailboxes,
        shelves_keep_rows_until_they_are_taken_off;
    history:
        the_feed_tells_in_order_and_only_what_was_asked_for,
        the_feed_can_begin_at_a_moment,
        retiring_takes_whole_conversations_and_says_how_far,
        retiring_takes_calls_too_and_leaves_phones,
        a_number_is_never_given_twice;
    tasks:
        a_task_comes_with_its_commit_and_goes_with_its_outcome,
        a_commit_that_cannot_be_written_leaves_no_task,
        tasks_are_listed_in_the_order_in_which_they_were_asked_for,
        whether_a_task_was_begun_outlives_the_store,
        a_witness_hears_of_tasks_and_signs_in_order,
        a_sign_alone_is_told_too;
    names:
        a_unit_that_comes_eight_times_at_once_is_taken_once,
        a_name_leads_to_its_entry_in_the_same_group_and_after_a_reopening,
        a_name_keeps_what_it_was_given_first,
        a_name_of_a_deleted_conversation_leads_nowhere,
        retiring_forgets_old_names_however_many,
        an_amended_entry_keeps_its_place;
    bindings:
        the_bindings_of_a_number_are_those_that_were_given_last,
        bindings_of_many_numbers_are_written_at_once_and_outlive_the_store;
    results:
        a_result_comes_with_its_commit_and_is_seen_by_the_next,
        a_refused_command_leaves_no_result,
        results_are_bounded_in_each_scope_and_forgotten_when_they_are_old;
    quarantine:
        a_unit_stays_until_it_is_released_and_no_number_comes_again,
        what_lies_there_for_longer_than_conversations_are_kept_goes;
}
