//! How long a client may keep a connection waiting: with its requests, and with reading the answers.

use super::phase::Phase;
use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};
use tokio::time::{Instant, Sleep, sleep_until};

/// How long the first request of a connection may take to come, the handshake of TLS included, and every other
/// from the first byte of its head to the last.
const HEAD: Duration = Duration::from_secs(15);
/// How long a connection may be idle on which somebody is known, or a proxy's. A held poll is not idle; it ends after
/// 30 s, so that a client that is slow to ask again still finds its connection.
const IDLE: Duration = Duration::from_secs(75);
/// How long any other connection may be idle.
const IDLE_STRANGER: Duration = Duration::from_secs(30);
/// How long a client may take nothing of what is ready for it.
const STALL: Duration = Duration::from_secs(20);
/// How far behind a client may be that takes a little now and then, as time. A mebibyte makes up for [`PER_MIB`].
const BEHIND: Duration = Duration::from_secs(60);
/// The slowest pace at which a client does not fall behind, as time for a mebibyte: 17 kB/s.
const PER_MIB: Duration = Duration::from_secs(60);

/// How long requests are waited for.
#[derive(Debug, Default)]
pub struct RequestTimer {
    requests: u32,
    has_begun: bool,
    until: Option<(Instant, Wait)>,
    timer: Timer,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wait {
    Head,
    Idle,
}

impl RequestTimer {
    /// Something came.
    pub fn came(&mut self, phase: &Phase) {
        self.follow(phase);
        if !phase.is_answering() && !self.has_begun {
            self.has_begun = true;
            self.until = None;
        }
    }

    /// The client took some of an answer, so it is not idle.
    pub fn stir(&mut self) {
        self.until = self.until.filter(|(_, wait)| *wait == Wait::Head);
    }

    /// Nothing has come: answers whether there is still time.
    pub fn poll_wait(&mut self, phase: &Phase, cx: &mut Context<'_>) -> Poll<io::Error> {
        self.follow(phase);
        if phase.is_answering() {
            // A held poll or a socket has no limit, and does not keep room for a timer.
            (self.until, self.timer) = (None, Timer::default());
            phase.look_again(cx);
            return Poll::Pending;
        }
        let (until, wait) = *self.until.get_or_insert_with(|| {
            let now = Instant::now();
            if self.has_begun || phase.requests() == 0 {
                (now + HEAD, Wait::Head)
            } else if phase.connection.is_known() || phase.is_trusted {
                (now + IDLE, Wait::Idle)
            } else {
                (now + IDLE_STRANGER, Wait::Idle)
            }
        });
        ready!(self.timer.poll(until, cx));
        Poll::Ready(match wait {
            Wait::Head => cut("head"),
            Wait::Idle => io::ErrorKind::TimedOut.into(),
        })
    }

    /// Forgets what was before the last request.
    fn follow(&mut self, phase: &Phase) {
        if self.requests != phase.requests() {
            self.requests = phase.requests();
            self.has_begun = false;
            self.until = None;
        }
    }
}

/// How long a client is waited for that does not take its answer.
#[derive(Debug, Default)]
pub struct Writing {
    blocked: Option<Instant>,
    behind: Duration,
    timer: Timer,
}

impl Writing {
    /// Whether something is ready that the client does not take.
    pub fn is_blocked(&self) -> bool {
        self.blocked.is_some()
    }

    /// The client took so many bytes.
    pub fn took(&mut self, bytes: usize) {
        if let Some(since) = self.blocked.take() {
            self.behind += since.elapsed();
        }
        if !self.behind.is_zero() {
            let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
            self.behind = self.behind.saturating_sub(PER_MIB * (bytes / 1024) / 1024);
        }
    }

    /// The client takes nothing: answers whether there is still time.
    pub fn poll_wait(&mut self, cx: &mut Context<'_>) -> Poll<io::Error> {
        let since = *self.blocked.get_or_insert_with(Instant::now);
        let patience = STALL.min(BEHIND.saturating_sub(self.behind));
        ready!(self.timer.poll(since + patience, cx));
        Poll::Ready(cut(if patience == STALL { "stalled-reader" } else { "slow-reader" }))
    }
}

/// A timer that takes room only once it is needed.
#[derive(Debug, Default)]
pub struct Timer(Option<Pin<Box<Sleep>>>);

impl Timer {
    /// Waits for a moment.
    pub fn poll(&mut self, until: Instant, cx: &mut Context<'_>) -> Poll<()> {
        let sleep = self.0.get_or_insert_with(|| Box::pin(sleep_until(until)));
        if sleep.deadline() != until {
            sleep.as_mut().reset(until);
        }
        sleep.as_mut().poll(cx)
    }
}

/// Counts a connection that is closed before its client meant it to be.
pub fn cut(why: &'static str) -> io::Error {
    metrics::counter!("jackfield_http_connections_cut_total", "why" => why).increment(1);
    io::Error::new(io::ErrorKind::TimedOut, why)
}
