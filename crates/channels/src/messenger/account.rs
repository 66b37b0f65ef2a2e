//! One account: a page, and what is known of it while the server runs.

use super::{
    MessengerConfig,
    account_state::AccountState,
    echo::Echoes,
    name_cache::NameCache,
    rate::AccountRate,
    referrals::Referrals,
    send::{self, GraphAnswer, Request},
    trouble::{Failure, Remedy},
    typing::Typing,
    usage::Usage,
};
use crate::{
    intake::Intake,
    outbound::{Ask, HttpFault, Outbound},
};
use desk::{Desk, address};
use domain::{Millis, thread::Address};
use http::{HeaderMap, StatusCode};
use std::sync::Arc;

/// The media type of every request.
const JSON: &str = "application/json";

/// How an answer is read.
type AnswerReader<T> = fn(StatusCode, &HeaderMap, &[u8]) -> GraphAnswer<T>;

/// The answer to a request.
struct ReceivedAnswer<T> {
    answer: GraphAnswer<T>,
    /// Whether the platform said anything at all.
    was_answered: bool,
}

/// One account.
pub(super) struct Account {
    /// Its settings.
    pub config: MessengerConfig,
    /// Where its webhooks come in.
    pub intake: Intake,
    /// How it stands.
    pub standing: AccountState,
    /// How fast it sends.
    pub rate: AccountRate,
    /// The sends that may need their echoes.
    pub echoes: Echoes,
    /// To whom somebody types.
    pub typing: Typing,
    /// The names of its customers.
    pub names: NameCache,
    /// The links by which they came.
    pub referrals: Referrals,
    outbound: Arc<Outbound>,
}

impl Account {
    /// An account that has not done anything yet.
    pub fn new(desk: Arc<Desk>, outbound: Arc<Outbound>, service: &str, config: MessengerConfig) -> Self {
        Self {
            standing: AccountState::new(service, config.version),
            rate: AccountRate::new(config.texts_a_second),
            echoes: Echoes::default(),
            typing: Typing::default(),
            names: NameCache::default(),
            referrals: Referrals::default(),
            intake: Intake::new(desk, service),
            outbound,
            config,
        }
    }

    /// The service.
    pub fn service(&self) -> &str {
        self.intake.service()
    }

    /// Now.
    pub fn now(&self) -> Millis {
        self.intake.desk().now()
    }

    /// The addresses of the thread with a person.
    pub fn address(&self, person: &str) -> Address {
        address(self.service(), &self.config.page_id, person)
    }

    /// Tells how the account stands.
    pub fn report(&self) {
        self.intake.desk().services().set(self.standing.state(self.now()));
    }

    /// Asks the platform for something that an agent waits for. What the answer tells of the account is noted.
    pub async fn ask<T>(&self, request: Request, read: AnswerReader<T>) -> Result<T, Failure> {
        let ReceivedAnswer { answer, was_answered } = self.exchange(request, read).await;
        match &answer.outcome {
            Ok(_) => self.standing.did(answer.usage, self.now()),
            Err(failure) => self.failed(failure, was_answered, answer.usage),
        }
        self.report();
        answer.outcome
    }

    /// Asks the platform for something that nobody waits for. Of its refusals only those count that concern everything.
    pub async fn ask_in_passing<T>(&self, request: Request, read: AnswerReader<T>) -> Result<T, Failure> {
        let ReceivedAnswer { answer, was_answered } = self.exchange(request, read).await;
        match &answer.outcome {
            Err(failure) if matches!(failure.trouble.remedy(), Remedy::StopAccount | Remedy::SlowDown) => {
                self.failed(failure, was_answered, answer.usage);
            }
            _ => self.standing.used(answer.usage, self.now()),
        }
        self.report();
        answer.outcome
    }

    /// Subscribes the page to its webhooks, which also shows whether the platform is there and accepts the token.
    pub async fn check(&self) {
        let request = send::subscription(&self.config);
        let ReceivedAnswer { answer, was_answered } = self.exchange(request, send::answer::action).await;
        match &answer.outcome {
            Ok(()) => self.standing.subscribed(true, answer.usage, self.now()),
            Err(failure) if matches!(failure.trouble.remedy(), Remedy::Fail | Remedy::FailAndAlarm) => {
                self.log(failure);
                self.standing.subscribed(false, answer.usage, self.now());
            }
            Err(failure) => self.failed(failure, was_answered, answer.usage),
        }
        self.report();
    }

    async fn exchange<T>(&self, request: Request, read: AnswerReader<T>) -> ReceivedAnswer<T> {
        let Request { url, bearer, body } = request;
        let Ok(url) = url.parse() else {
            return ReceivedAnswer { answer: unanswered(&Failure::not_sent()), was_answered: false };
        };
        let ask = match body {
            Some(body) => Ask::post(url, JSON, body.into_bytes()),
            None => Ask::get(url),
        };
        match self.outbound.ask(ask.bearer(bearer.reveal())).await {
            Ok(answer) => ReceivedAnswer {
                answer: read(answer.status, &answer.headers, &answer.body),
                was_answered: true,
            },
            Err(fault) => {
                tracing::warn!(%fault, service = self.service(), "the Graph API did not answer");
                match fault {
                    HttpFault::Forbidden(_) | HttpFault::NotSent(_) => {
                        ReceivedAnswer { answer: unanswered(&Failure::not_sent()), was_answered: false }
                    }
                    HttpFault::Lost { head: None, .. } => {
                        ReceivedAnswer { answer: unanswered(&Failure::broken()), was_answered: false }
                    }
                    HttpFault::Lost { head: Some((status, headers)), .. } => {
                        let outcome = Err(Failure::status(status));
                        ReceivedAnswer {
                            answer: GraphAnswer { outcome, usage: Usage::read(&headers) },
                            was_answered: true,
                        }
                    }
                }
            }
        }
    }

    fn failed(&self, failure: &Failure, was_answered: bool, usage: Usage) {
        if was_answered {
            self.log(failure);
        }
        let (service, trouble) = (self.service().to_owned(), failure.trouble);
        metrics::counter!(
            "jackfield_messenger_troubles_total", "service" => service, "trouble" => trouble.name()
        )
        .increment(1);
        self.standing.did_not(trouble, was_answered, usage, self.now());
    }

    fn log(&self, failure: &Failure) {
        tracing::warn!(
            service = self.service(),
            trouble = failure.trouble.name(),
            code = failure.code,
            subcode = failure.subcode,
            fbtrace_id = failure.trace,
            words = failure.words,
            "the Graph API refused a request"
        );
    }
}

fn unanswered<T>(failure: &Failure) -> GraphAnswer<T> {
    GraphAnswer { outcome: Err(failure.clone()), usage: Usage::default() }
}
