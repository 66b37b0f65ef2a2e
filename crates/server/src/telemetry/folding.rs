//! Folding the log: of lines that one place of the program writes again and again, a few a minute are written, and then
//! how many more there were.
//!
//! Strangers decide how often some lines are written: a line for each request that cannot be verified would fill a disk
//! and hide what an operator must see. The kind of a line is the place in the program that writes it, so nothing a
//! stranger sends makes another kind, and there are no more kinds than places.

use metrics::counter;
use std::{
    collections::HashMap,
    fmt::{Debug, Write as _},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::time::Instant;
use tracing::{
    Event, Level, Metadata, Subscriber,
    field::{Field, Visit},
};
use tracing_subscriber::layer::{Context, Filter};

/// How many lines of a kind are written in a minute.
const TOLD: u64 = 10;
/// The time after which as many are written again.
const WINDOW: Duration = Duration::from_secs(60);
/// The target of the lines that tell how many were folded; they are never folded themselves.
const TARGET: &str = "jackfield::log";
/// The target of libraries that use the facade of the `log` crate. All of their lines come from one place of
/// this program.
const FACADE: &str = "log";

/// A kind of line: its place in the program, and its words.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct LineKind {
    level: Level,
    target: String,
    place: Option<(String, u32)>,
}

/// Lines of a kind since the last window began.
#[derive(Debug)]
struct Lines {
    since: Instant,
    count: u64,
    /// The words of the first line that was folded, without its values.
    words: String,
}

/// Lets the first lines of each kind through, and counts the others until [`Folding::flush`] writes their number.
#[derive(Clone, Debug, Default)]
pub struct Folding(Arc<Mutex<HashMap<LineKind, Lines>>>);

impl Folding {
    /// Writes how many lines of each kind were folded in windows that are over; to be called every few seconds.
    pub fn flush(&self) {
        self.tell(|_, lines| lines.since.elapsed() >= WINDOW);
    }

    /// The same for windows that are not over, at the end of the program.
    pub fn flush_all(&self) {
        self.tell(|_, _| true);
    }

    fn tell(&self, is_over: impl Fn(&LineKind, &Lines) -> bool) {
        let over: Vec<(LineKind, Lines)> =
            self.kinds().extract_if(|kind, lines| is_over(kind, lines)).collect();
        for (LineKind { level, target, .. }, lines) in over {
            let folded = lines.count.saturating_sub(TOLD);
            if folded == 0 {
                continue;
            }
            let words = lines.words;
            if level == Level::ERROR {
                tracing::error!(target: TARGET, folded, of = target, "more lines like this: {words}");
            } else if level == Level::WARN {
                tracing::warn!(target: TARGET, folded, of = target, "more lines like this: {words}");
            } else {
                tracing::info!(target: TARGET, folded, of = target, "more lines like this: {words}");
            }
        }
    }

    /// Whether one more line of a kind is written.
    fn passes(&self, kind: LineKind, words: impl FnOnce() -> String) -> bool {
        let now = Instant::now();
        let mut kinds = self.kinds();
        let lines = kinds.entry(kind).or_insert(Lines { since: now, count: 0, words: String::new() });
        if lines.count <= TOLD && now.duration_since(lines.since) >= WINDOW {
            // Nothing was folded, so there is nothing to write before the next window begins.
            (lines.since, lines.count) = (now, 0);
        }
        lines.count += 1;
        if lines.count == TOLD + 1 {
            lines.words = words();
        }
        lines.count <= TOLD
    }

    fn kinds(&self) -> MutexGuard<'_, HashMap<LineKind, Lines>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<S: Subscriber> Filter<S> for Folding {
    fn enabled(&self, _: &Metadata<'_>, _: &Context<'_, S>) -> bool {
        true
    }

    fn event_enabled(&self, event: &Event<'_>, _: &Context<'_, S>) -> bool {
        let metadata = event.metadata();
        // An operator who asks for more than the usual log wants all of it.
        if *metadata.level() > Level::INFO || metadata.target() == TARGET {
            return true;
        }
        let passes = self.passes(kind(event), || {
            let mut words = Words::default();
            event.record(&mut words);
            words.message
        });
        if !passes {
            counter!("jackfield_log_lines_folded_total").increment(1);
        }
        passes
    }
}

fn kind(event: &Event<'_>) -> LineKind {
    let metadata = event.metadata();
    let place = metadata.file().zip(metadata.line()).map(|(file, line)| (file.to_owned(), line));
    let mut kind = LineKind { level: *metadata.level(), target: metadata.target().to_owned(), place };
    if metadata.target() == FACADE {
        let mut words = Words::default();
        event.record(&mut words);
        kind.target = words.target;
        kind.place = Some((words.file, words.line));
    }
    kind
}

/// The words of a line, and where it was written if it came through the facade of the `log` crate.
#[derive(Debug, Default)]
struct Words {
    message: String,
    target: String,
    file: String,
    line: u32,
}

impl Visit for Words {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if field.name() == "message" {
            // Writing into a string does not fail.
            let _ = write!(self.message, "{value:?}");
        }
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "message" => value.clone_into(&mut self.message),
            "log.target" => value.clone_into(&mut self.target),
            "log.file" => value.clone_into(&mut self.file),
            _ => {}
        }
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        if field.name() == "log.line" {
            self.line = u32::try_from(value).unwrap_or(u32::MAX);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io;
    use tracing_subscriber::{Layer, layer::SubscriberExt};

    #[derive(Clone, Default)]
    struct SharedBuffer(Arc<Mutex<Vec<u8>>>);

    impl io::Write for SharedBuffer {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl SharedBuffer {
        fn lines(&self) -> Vec<String> {
            let text = String::from_utf8(self.0.lock().unwrap().clone()).unwrap();
            text.lines().map(str::to_owned).collect()
        }

        fn count(&self, words: &str) -> usize {
            self.lines().iter().filter(|line| line.contains(words)).count()
        }
    }

    fn log() -> (SharedBuffer, Folding, tracing::subscriber::DefaultGuard) {
        let (written, folding) = (SharedBuffer::default(), Folding::default());
        let writer = written.clone();
        let lines = tracing_subscriber::fmt::layer()
            .with_ansi(false)
            .with_writer(move || writer.clone())
            .with_filter(folding.clone());
        let guard = tracing::subscriber::set_default(tracing_subscriber::registry().with(lines));
        (written, folding, guard)
    }

    fn stranger(n: u64) {
        tracing::warn!(n, "a stranger asks");
    }

    #[tokio::test(start_paused = true)]
    async fn of_one_kind_of_line_ten_a_minute_are_told_and_then_how_many_more_there_were() {
        let (log, folding, _guard) = log();
        (0..3_000).for_each(stranger);
        assert_eq!(log.count("a stranger asks"), 10);
        folding.flush();
        assert_eq!(log.count("more lines like this"), 0, "the minute is not over");
        tokio::time::advance(WINDOW).await;
        folding.flush();
        assert_eq!(log.count("more lines like this: a stranger asks folded=2990"), 1, "{:?}", log.lines());
        stranger(1);
        assert_eq!(log.count("a stranger asks n="), 11, "the next minute begins again");
    }

    #[tokio::test(start_paused = true)]
    async fn a_kind_that_is_folded_hides_no_other() {
        let (log, _, _guard) = log();
        (0..100).for_each(stranger);
        tracing::warn!("something else");
        tracing::error!("a stranger asks");
        assert_eq!((log.count("something else"), log.count("ERROR")), (1, 1));
    }

    #[tokio::test(start_paused = true)]
    async fn what_comes_seldom_is_never_folded() {
        let (log, folding, _guard) = log();
        for n in 0..30 {
            stranger(n);
            tokio::time::advance(WINDOW / 5).await;
            folding.flush();
        }
        assert_eq!((log.count("a stranger asks"), log.count("more lines")), (30, 0));
    }

    #[tokio::test(start_paused = true)]
    async fn the_end_of_the_program_tells_what_was_folded_so_far() {
        let (log, folding, _guard) = log();
        (0..12).for_each(stranger);
        folding.flush_all();
        assert_eq!(log.count("folded=2"), 1, "{:?}", log.lines());
    }

    #[tokio::test(start_paused = true)]
    async fn who_asks_for_details_gets_all_of_them() {
        let (log, _, _guard) = log();
        for _ in 0..30 {
            tracing::debug!("a detail");
        }
        assert_eq!(log.count("a detail"), 30);
    }
}
