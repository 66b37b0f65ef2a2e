//! Whether anybody is still at the other end of a socket.

use bayeux::ClientId;
use std::time::Duration;
use tokio::time::Instant;

/// How long nothing may be heard of a client before it is asked whether it is there.
const ASK: Duration = Duration::from_secs(30);
/// How long nothing may be heard of a client before it counts as gone. Half a frame does not count.
const GONE: Duration = Duration::from_secs(75);
/// How long a socket may be without a notification session.
const WITHOUT: Duration = Duration::from_secs(30);

/// When something was last heard of a client.
#[derive(Debug)]
pub(super) struct Pulse {
    heard: Instant,
    asked: Instant,
    session: Option<ClientId>,
    /// Since when it has been without a session.
    without: Option<Instant>,
}

/// What must be done now.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Beat {
    /// Nothing: wait.
    Wait,
    /// Ask the client.
    Ping,
    /// Close the socket.
    Over,
}

impl Pulse {
    pub fn new(now: Instant) -> Self {
        Self { heard: now, asked: now, session: None, without: Some(now) }
    }

    /// A whole frame has come.
    pub fn heard(&mut self, now: Instant) {
        self.heard = now;
    }

    /// The socket serves a session from now on.
    pub fn serves(&mut self, session: ClientId) {
        self.session = Some(session);
        self.without = None;
    }

    /// The session it serves or has served.
    pub fn session(&self) -> Option<&ClientId> {
        self.session.as_ref()
    }

    /// When to look again.
    pub fn next(&self) -> Instant {
        let ask = self.heard.max(self.asked) + ASK;
        let gone = self.heard + GONE;
        let without = self.without.map(|since| since + WITHOUT);
        without.into_iter().fold(ask.min(gone), Instant::min)
    }

    /// Looks what must be done; `lives` says whether its session does.
    pub fn look(&mut self, lives: bool, now: Instant) -> Beat {
        if lives {
            self.without = None;
        } else {
            // Whenever the session expired, nothing has been heard since then.
            self.without.get_or_insert(self.heard);
        }
        if self.without.is_some_and(|since| now - since >= WITHOUT) {
            return Beat::Over;
        }
        if now - self.heard >= GONE {
            return Beat::Over;
        }
        if now - self.heard.max(self.asked) >= ASK {
            self.asked = now;
            return Beat::Ping;
        }
        Beat::Wait
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Looks whenever it is time, for so long; answers the moments, in seconds, at which something had to be done.
    fn run(
        pulse: &mut Pulse,
        began: Instant,
        until: u64,
        mut lives: impl FnMut(u64) -> bool,
    ) -> Vec<(u64, Beat)> {
        let mut all = Vec::new();
        loop {
            let now = pulse.next();
            let at = (now - began).as_secs();
            if at > until {
                return all;
            }
            match pulse.look(lives(at), now) {
                Beat::Wait => {}
                Beat::Ping => all.push((at, Beat::Ping)),
                Beat::Over => {
                    all.push((at, Beat::Over));
                    return all;
                }
            }
        }
    }

    #[test]
    fn a_socket_without_a_session_is_closed_after_thirty_seconds_whatever_it_says() {
        let began = Instant::now();
        let mut pulse = Pulse::new(began);
        pulse.heard(began + Duration::from_secs(20));
        assert_eq!(run(&mut pulse, began, 100, |_| false), [(30, Beat::Over)]);
    }

    #[test]
    fn a_silent_client_is_asked_and_given_up_after_seventy_five_seconds() {
        let began = Instant::now();
        let mut pulse = Pulse::new(began);
        pulse.serves("s".into());
        assert_eq!(
            run(&mut pulse, began, 100, |_| true),
            [(30, Beat::Ping), (60, Beat::Ping), (75, Beat::Over)]
        );
    }

    #[test]
    fn a_session_that_has_expired_is_none() {
        let began = Instant::now();
        let mut pulse = Pulse::new(began);
        pulse.serves("s".into());
        let beats = run(&mut pulse, began, 100, |at| at < 10);
        assert_eq!(beats, [(30, Beat::Over)]);
    }

    #[test]
    fn whoever_answers_stays() {
        let began = Instant::now();
        let mut pulse = Pulse::new(began);
        pulse.serves("s".into());
        for _ in 0..10 {
            let now = pulse.next();
            assert_eq!(pulse.look(true, now), Beat::Ping);
            pulse.heard(now + Duration::from_secs(1));
        }
    }
}
