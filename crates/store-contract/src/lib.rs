//! What every store must do: one suite of tests for all of them, and a store in memory that serves only what was asked
//! for.
//!
//! * [`suite`] has the tests, over a [`StoreBackend`] on which a store is opened, and, with two desks, over nodes that
//!   share one ([`Shared`]). [`on_every_store!`] and [`on_shared_stores!`] make tests of them.
//! * [`StrictStore`] is that store. Code that runs on it has named or asked for all it looks at, so that it runs on any
//!   store that must lock and load first. Several nodes may share one.

pub mod strict;
pub mod suite;

pub use strict::StrictStore;
pub use suite::{Shared, StoreBackend};

/// Makes a test of every function of the suite that needs one store. `$backend` makes a fresh [`StoreBackend`].
#[macro_export]
macro_rules! on_every_store {
    (@tests $backend:expr; $($module:ident: $($name:ident),+;)+) => {
        $($(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                $crate::suite::$module::$name(&$backend).await;
            }
        )+)+
    };
    ($backend:expr) => {
        $crate::on_every_store! { @tests $backend;
            commits:
                a_refusal_leaves_no_trace,
                a_commit_is_all_or_nothing,
                a_decision_that_panics_harms_nobody_else,
                a_decision_may_ask_for_more_and_runs_again,
                a_want_that_was_forgotten_is_asked_for_and_obeyed,
                commands_of_one_group_see_each_other,
                a_decision_sees_the_log_its_group_wrote,
                a_snapshot_is_the_fold_of_its_events_after_a_reopening,
                a_witness_hears_of_every_commit_in_order_and_before_the_caller,
                every_witness_hears_of_every_later_commit_until_nobody_holds_it;
            bounds:
                a_log_is_read_up_to_a_weight,
                a_decision_sees_the_newest_of_a_log_up_to_a_weight,
                notes_are_read_up_to_a_weight,
                units_in_quarantine_are_read_up_to_a_weight,
                a_page_of_events_is_read_up_to_a_weight;
            limits:
                a_name_is_borne_by_whoever_bears_it_now,
                a_name_that_two_would_bear_is_never_written,
                who_waits_is_counted_in_the_same_group_and_after_a_reopening;
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
                whether_a_task_was_begun_and_by_whom_outlives_the_store,
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
            reports:
                nothing_is_counted_before_counting_began,
                a_batch_is_counted_once_and_outlives_the_store,
                a_boundary_that_passes_without_an_event_is_counted_once_too,
                rows_are_read_in_pages_in_the_order_of_their_keys,
                an_interval_has_the_revision_of_the_row_that_changed_last,
                counting_anew_replaces_what_it_counts,
                rows_of_conversations_that_are_deleted_stay_and_are_never_lowered,
                nothing_is_counted_anew_of_times_that_are_not_over,
                old_rows_go_whatever_they_are_about;
            counting:
                who_is_killed_anywhere_counts_as_one_who_never_was,
                of_two_who_count_each_event_is_counted_once,
                counting_anew_gives_what_was_there,
                what_was_deleted_before_it_was_counted_is_told_of_and_left_out;
            results:
                a_result_comes_with_its_commit_and_is_seen_by_the_next,
                a_refused_command_leaves_no_result,
                results_are_bounded_in_each_scope_and_forgotten_when_they_are_old;
            quarantine:
                a_unit_stays_until_it_is_released_and_no_number_comes_again,
                what_lies_there_for_longer_than_conversations_are_kept_goes;
        }
    };
}

/// Makes a test of every function of the suite that needs two nodes. `$shared` makes a fresh [`Shared`]; with
/// `@limits`, of those alone that ask for nothing but the limits that a commit keeps. Time is paused in the others.
#[macro_export]
macro_rules! on_shared_stores {
    (@limits $shared:expr) => {
        $crate::on_shared_stores! { @tests (flavor = "multi_thread", worker_threads = 2) $shared;
            what_one_desk_commits_the_other_knows,
            of_two_that_take_one_login_name_one_does,
            of_two_queues_that_take_one_number_one_does,
            of_two_customers_who_come_for_the_last_place_one_waits,
            a_call_that_finds_its_queue_full_goes_where_it_sends_what_it_does_not_take,
            a_queue_is_taken_away_or_somebody_comes_into_it;
        }
    };
    (@tests $runtime:tt $shared:expr; $($name:ident),+;) => {
        $(
            #[tokio::test $runtime]
            async fn $name() {
                $crate::suite::desks::$name(&$shared).await;
            }
        )+
    };
    ($shared:expr) => {
        $crate::on_shared_stores! { @limits $shared }
        $crate::on_shared_stores! { @tests (start_paused = true) $shared;
            what_is_asked_of_the_switch_is_asked_by_the_node_that_committed,
            a_start_beside_a_living_desk_leaves_its_calls_and_tasks_alone,
            a_task_is_sent_by_one_desk,
            two_routers_offer_everybody_once,
            two_desks_count_each_event_once;
        }
    };
}
