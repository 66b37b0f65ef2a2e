//! Limits of the process.

/// The fewest connections that are worth serving.
pub const FEWEST: usize = 16;
/// Open files that are kept for other things than connections: the journal and its readers, listeners, the program.
const NEEDED: usize = 64;
/// The most that are kept for media of calls, backups and requests to others, two for each call.
const MOST_KEPT: usize = 2_048;

/// Lets the process have as many open files as the system allows: every held poll is one. Answers how many.
pub fn raise() -> usize {
    match rlimit::increase_nofile_limit(u64::MAX) {
        Ok(limit) => {
            if limit < 4_096 {
                tracing::warn!(limit, "few open files: few clients can be connected");
            }
            usize::try_from(limit).unwrap_or(usize::MAX)
        }
        Err(why) => {
            tracing::warn!(%why, "the limit of open files could not be raised");
            rlimit::getrlimit(rlimit::Resource::NOFILE)
                .map_or(1_024, |(soft, _)| usize::try_from(soft).unwrap_or(usize::MAX))
        }
    }
}

/// How many connections there may be with so many open files.
pub fn connections(open_files: usize) -> usize {
    let kept = NEEDED + (open_files / 8).min(MOST_KEPT);
    open_files.saturating_sub(kept).max(FEWEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_leave_files_for_everything_else() {
        assert_eq!(connections(256), 160);
        assert_eq!(connections(1_024), 832);
        assert_eq!(connections(1_048_576), 1_046_464);
        assert_eq!(connections(0), FEWEST);
    }
}
