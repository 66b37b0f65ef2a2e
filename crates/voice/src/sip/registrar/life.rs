//! How sure it is that a phone is where it registered: the life of a binding, without network and clock.
//!
//! ```text
//!  REGISTER ─▶ registered ──── a call or an OPTIONS is not answered ───▶ doubted ──┐ asked, and no answer
//!                  ▲                                                        ▲      ▼
//!                  └──────────────── REGISTER ◀── silent ◀──────────────────┼── silent: asked from time to time
//!  an earlier process knew it ─▶ on probation: as doubted, and no proof of who calls   │
//!                                       ▲───────────────────── an answer ──────────────┘
//! ```
//!
//! Only a REGISTER prolongs it. An answer to OPTIONS shows that somebody is there, and brings the phone back into
//! service; it proves nothing.

use std::time::Duration;
use tokio::time::Instant;

/// Unanswered OPTIONS in a row after which a phone is out of service (spec: voice-sip#3).
const TOO_MANY: u8 = 3;
/// INVITEs in a row without any answer after which a phone is removed although it answers OPTIONS (spec: voice-sip#7).
const TOO_MANY_CALLS: u8 = 2;
/// How soon after it went silent a phone is asked again; each time it takes twice as long, up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_secs(5);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// The life of a binding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::sip) struct BindingLife {
    expires: Instant,
    /// How often it is asked while all is well; `None` is never.
    every: Option<Duration>,
    /// Whether it registered with this process and has not been silent since.
    proves: bool,
    /// OPTIONS in a row that were not answered; from [`TOO_MANY`] on it is silent.
    missed: u8,
    /// INVITEs in a row that were not answered at all.
    unanswered_calls: u8,
    /// When it must be asked next.
    ask_at: Option<Instant>,
    /// Whether it is being asked.
    asking: bool,
    /// Counts REGISTERs, so that the outcome of an earlier question does not count.
    round: u32,
    /// How long it is left alone while it is silent.
    pause: Duration,
}

impl BindingLife {
    /// A phone registered. `every` is how often it should be asked whether it is there, and `before` its life until
    /// now.
    pub fn registered(
        expires: Instant,
        every: Option<Duration>,
        before: Option<&Self>,
        now: Instant,
    ) -> Self {
        Self {
            expires,
            every,
            proves: true,
            missed: 0,
            unanswered_calls: before.map_or(0, |before| before.unanswered_calls),
            ask_at: every.map(|_| now + Duration::from_secs(1)),
            asking: false,
            round: before.map_or(0, |before| before.round.wrapping_add(1)),
            pause: FIRST_PAUSE,
        }
    }

    /// An earlier process knew the phone: it is on probation, and asked at once.
    pub fn on_probation(expires: Instant, every: Option<Duration>, now: Instant) -> Self {
        let registered = Self::registered(expires, every, None, now);
        Self { proves: false, missed: TOO_MANY - 1, ask_at: Some(now), ..registered }
    }

    /// When it ends.
    pub const fn expires(&self) -> Instant {
        self.expires
    }

    /// Whether its time is over.
    pub fn is_over(&self, now: Instant) -> bool {
        self.expires <= now
    }

    /// Whether the phone may be rung.
    pub const fn is_usable(&self) -> bool {
        self.missed < TOO_MANY
    }

    /// Whether a call from its address counts as a call of its number.
    pub const fn proves(&self) -> bool {
        self.proves
    }

    /// Since when it is due to be asked whether it is there; `None` while it is not.
    pub fn due(&self, now: Instant) -> Option<Instant> {
        self.ask_at.filter(|at| *at <= now && !self.asking)
    }

    /// Notes that it is asked now; answers the number of the question.
    pub const fn ask(&mut self) -> u32 {
        self.ask_at = None;
        self.asking = true;
        self.round
    }

    /// The phone answered the question of this number.
    pub fn answered(&mut self, round: u32, now: Instant) {
        if self.asking && round == self.round {
            self.asking = false;
            self.heard(now);
        }
    }

    /// The phone did not answer the question of this number.
    pub fn unanswered(&mut self, round: u32, now: Instant) {
        if !self.asking || round != self.round {
            return;
        }
        self.asking = false;
        self.missed = self.missed.saturating_add(1);
        if self.is_usable() {
            self.ask_at = Some(now);
            return;
        }
        self.proves = false;
        self.ask_at = Some(now + self.pause);
        self.pause = (self.pause * 2).min(LONGEST_PAUSE);
    }

    /// The phone answered something within a call.
    pub fn heard(&mut self, now: Instant) {
        self.missed = 0;
        self.pause = FIRST_PAUSE;
        self.ask_at = self.every.map(|every| now + every);
    }

    /// The phone answered a call in some way.
    pub const fn call_answered(&mut self) {
        self.unanswered_calls = 0;
    }

    /// A call has had no answer for longer than it should: the phone is asked once, and that decides.
    pub fn doubt(&mut self, now: Instant) {
        if self.is_usable() {
            self.missed = self.missed.max(TOO_MANY - 1);
            self.ask_at = Some(now);
        }
    }

    /// A call ended without any answer. Answers whether the binding must be removed: the phone cannot be called.
    pub const fn call_unanswered(&mut self) -> bool {
        self.unanswered_calls = self.unanswered_calls.saturating_add(1);
        self.unanswered_calls >= TOO_MANY_CALLS
    }

    /// The phone could not be heard for so long.
    pub fn postpone(&mut self, by: Duration) {
        self.expires += by;
        self.ask_at = self.ask_at.map(|at| at + by);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const MINUTE: Duration = Duration::from_secs(60);
    const EVERY: Duration = Duration::from_secs(30);

    fn fresh(now: Instant) -> BindingLife {
        BindingLife::registered(now + 60 * MINUTE, None, None, now)
    }

    /// The phone is asked, and does not answer.
    fn says_nothing(life: &mut BindingLife, now: Instant) {
        assert!(life.due(now).is_some(), "{life:?}");
        let round = life.ask();
        life.unanswered(round, now);
    }

    #[tokio::test]
    async fn a_phone_that_registers_is_usable_and_a_proof() {
        let now = Instant::now();
        let life = fresh(now);
        assert!(life.is_usable() && life.proves() && life.due(now + 59 * MINUTE).is_none());
        let behind_nat = BindingLife::registered(now + MINUTE, Some(EVERY), None, now);
        assert!(behind_nat.due(now).is_none() && behind_nat.due(now + Duration::from_secs(1)).is_some());
    }

    #[tokio::test]
    async fn a_phone_on_probation_is_usable_and_asked_at_once_and_proves_nothing() {
        let now = Instant::now();
        let mut life = BindingLife::on_probation(now + MINUTE, None, now);
        assert!(life.is_usable() && !life.proves() && life.due(now).is_some());
        let round = life.ask();
        life.answered(round, now);
        assert!(life.is_usable() && !life.proves() && life.due(now + MINUTE).is_none());
    }

    #[tokio::test]
    async fn a_phone_on_probation_that_does_not_answer_is_silent() {
        let now = Instant::now();
        let mut life = BindingLife::on_probation(now + MINUTE, None, now);
        says_nothing(&mut life, now);
        assert!(!life.is_usable() && life.due(now + FIRST_PAUSE).is_some());
    }

    #[tokio::test]
    async fn a_phone_that_is_asked_regularly_is_silent_after_three() {
        let mut now = Instant::now();
        let mut life = BindingLife::registered(now + 60 * MINUTE, Some(EVERY), None, now);
        now += EVERY;
        for missed in 1..=3 {
            says_nothing(&mut life, now);
            assert_eq!(life.is_usable(), missed < 3);
        }
        assert!(!life.proves());
    }

    #[tokio::test]
    async fn a_call_without_an_answer_makes_one_more_question_decide() {
        let now = Instant::now();
        let mut life = fresh(now);
        life.doubt(now);
        assert!(life.is_usable() && life.proves());
        let mut answers = life.clone();
        let round = answers.ask();
        answers.answered(round, now);
        assert!(answers.is_usable() && answers.proves());
        says_nothing(&mut life, now);
        assert!(!life.is_usable());
    }

    #[tokio::test]
    async fn a_silent_phone_is_asked_ever_more_rarely_and_comes_back_with_its_answer_and_without_its_proof() {
        let mut now = Instant::now();
        let mut life = BindingLife::on_probation(now + 60 * MINUTE, None, now);
        let mut pauses = Vec::new();
        for _ in 0..6 {
            says_nothing(&mut life, now);
            let next = life.ask_at.expect("to be asked");
            pauses.push((next - now).as_secs());
            now = next;
        }
        assert_eq!(pauses, [5, 10, 20, 40, 60, 60]);
        let round = life.ask();
        life.answered(round, now);
        assert!(life.is_usable() && !life.proves());
        life = BindingLife::registered(now + MINUTE, None, Some(&life), now);
        assert!(life.proves());
    }

    #[tokio::test]
    async fn what_was_asked_before_a_register_says_nothing_of_it() {
        let now = Instant::now();
        let mut life = BindingLife::on_probation(now + MINUTE, None, now);
        let round = life.ask();
        let mut life = BindingLife::registered(now + MINUTE, None, Some(&life), now);
        let before = life.clone();
        life.unanswered(round, now);
        life.answered(round, now);
        assert_eq!(life, before);
    }

    #[tokio::test]
    async fn a_phone_that_answers_options_and_no_calls_is_taken_out_after_the_second() {
        let now = Instant::now();
        let mut life = fresh(now);
        assert!(!life.call_unanswered());
        life.call_answered();
        assert!(!life.call_unanswered());
        let mut life = BindingLife::registered(now + MINUTE, None, Some(&life), now);
        assert!(life.call_unanswered(), "that it registers says nothing of calls");
    }

    /// Events of a binding.
    #[derive(Clone, Copy, Debug)]
    enum BindingEvent {
        Register,
        Ask,
        /// The answer to the newest question, or to the one before.
        Answer(bool),
        NoAnswer(bool),
        LegEvent,
        Doubt,
        Pass(u16),
        StandStill(u16),
    }

    fn happens() -> impl Strategy<Value = BindingEvent> {
        prop_oneof![
            1 => Just(BindingEvent::Register),
            6 => Just(BindingEvent::Ask),
            4 => any::<bool>().prop_map(BindingEvent::Answer),
            6 => any::<bool>().prop_map(BindingEvent::NoAnswer),
            1 => Just(BindingEvent::LegEvent),
            2 => Just(BindingEvent::Doubt),
            6 => (0..90_u16).prop_map(BindingEvent::Pass),
            1 => (0..90_u16).prop_map(BindingEvent::StandStill),
        ]
    }

    proptest! {
        #[test]
        fn a_binding_lives_by_its_rules(
            kept in any::<bool>(),
            nat in any::<bool>(),
            course in prop::collection::vec(happens(), 0..200),
        ) {
            let every = nat.then_some(EVERY);
            let mut now = Instant::now();
            let mut life = if kept {
                BindingLife::on_probation(now + 60 * MINUTE, every, now)
            } else {
                BindingLife::registered(now + 60 * MINUTE, every, None, now)
            };
            let (mut rounds, mut doubtful, mut last_ask) = ([u32::MAX; 2], kept, None::<Instant>);
            for happened in course {
                let before = life.clone();
                match happened {
                    BindingEvent::Register => {
                        life = BindingLife::registered(now + 60 * MINUTE, every, Some(&life), now);
                        doubtful = false;
                        prop_assert!(life.proves() && life.is_usable());
                    }
                    BindingEvent::Ask => if life.due(now).is_some() {
                        rounds = [rounds[1], life.ask()];
                        if !life.is_usable() {
                            // A silent phone is asked rarely.
                            if let Some(last) = last_ask {
                                prop_assert!(now - last >= FIRST_PAUSE);
                            }
                        }
                        last_ask = Some(now);
                        prop_assert!(life.due(now + 60 * MINUTE).is_none(), "one question at a time");
                    },
                    BindingEvent::Answer(newest) => life.answered(rounds[usize::from(newest)], now),
                    BindingEvent::NoAnswer(newest) => life.unanswered(rounds[usize::from(newest)], now),
                    BindingEvent::LegEvent => life.heard(now),
                    BindingEvent::Doubt => life.doubt(now),
                    BindingEvent::Pass(secs) => now += Duration::from_secs(secs.into()),
                    BindingEvent::StandStill(secs) => {
                        let by = Duration::from_secs(secs.into());
                        now += by;
                        life.postpone(by);
                        prop_assert_eq!(life.expires() - now, before.expires() - (now - by), "it keeps its rest");
                    }
                }
                let stale = match happened {
                    BindingEvent::Answer(newest) | BindingEvent::NoAnswer(newest) => rounds[usize::from(newest)] != before.round,
                    _ => false,
                };
                if stale {
                    prop_assert_eq!(&life, &before, "an answer to something else says nothing");
                }
                if !matches!(happened, BindingEvent::Register | BindingEvent::StandStill(_)) {
                    prop_assert_eq!(life.expires(), before.expires(), "only a REGISTER prolongs it");
                }
                if !life.is_usable() {
                    doubtful = true;
                    // It is found again when it comes back.
                    prop_assert!(life.asking || life.ask_at.is_some());
                }
                prop_assert_eq!(life.proves(), !doubtful, "who was silent or kept proves nothing until they register");
                if before.is_usable() && !life.is_usable() {
                    prop_assert!(matches!(happened, BindingEvent::NoAnswer(_)), "only silence takes it out of service");
                }
            }
        }
    }
}
