//! Everything that can be wrong with a request, in the words of the Chat API (spec: digital-channels#6.1, *Errors*).

use crate::chat::{
    bounds::{MAX_BODY_BYTES, MAX_FIELDS},
    limits::{Excess, refused},
    repeat::Why,
};
use desk::{Refused, ports::StoreFault};
use domain::Refusal;
use edge::{Illegible, Unread};
use gws::customer::ChatApiError;
use http::StatusCode;

/// Why a request was not done. Nothing has changed when one is answered.
#[derive(Debug)]
pub(super) enum Trouble {
    /// The centre has no such service for customers.
    UnknownService,
    /// The API has no such command.
    UnknownCommand,
    /// Files cannot be exchanged here.
    NoFiles,
    /// The body is neither of the two form encodings.
    ContentType,
    /// The body is larger than a form may be.
    TooLarge,
    /// The body did not come in time.
    TooSlow,
    /// The body is not what its content type says.
    Unreadable,
    /// The body is in an alphabet that is not known, or has bytes that are not of its alphabet.
    Illegible(Illegible),
    /// The form has more fields than one may have.
    TooManyFields,
    /// A required field was left out.
    Missing(&'static str),
    /// A field says something impossible, or breaks a bound. A sentence.
    Bad(String),
    /// There is no such chat in this service.
    UnknownChat,
    /// The user id or the key is not this chat's.
    WrongKey,
    /// The chat is over.
    Ended,
    /// The queue is full at the moment.
    Full,
    /// The queue is closed, and says so in these words.
    Closed(String),
    /// More than a customer may ask in this time.
    TooMany(Excess),
    /// The customer has written as much as one chat takes.
    WrittenOut,
    /// The `Idempotency-Key` is malformed. A sentence.
    BadKey(&'static str),
    /// A request with an idempotency key is not performed.
    Repeated(Why),
    /// The journal could not be read or written.
    Store(StoreFault),
}

impl From<StoreFault> for Trouble {
    fn from(fault: StoreFault) -> Self {
        Self::Store(fault)
    }
}

impl From<Illegible> for Trouble {
    fn from(why: Illegible) -> Self {
        Self::Illegible(why)
    }
}

impl From<Unread> for Trouble {
    fn from(why: Unread) -> Self {
        match why {
            Unread::TooLarge => Self::TooLarge,
            Unread::TooSlow | Unread::Crowded => Self::TooSlow,
            Unread::Broken => Self::Unreadable,
        }
    }
}

impl From<Refused> for Trouble {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Store(fault) => Self::Store(fault),
            Refused::Rule(Refusal::Missing(name)) => Self::Missing(name),
            Refused::Rule(Refusal::NotFound(_)) => Self::UnknownChat,
            Refused::Rule(Refusal::Ended) => Self::Ended,
            Refused::Rule(Refusal::QueueFull(_)) => Self::Full,
            Refused::Rule(Refusal::Closed { text, .. }) => Self::Closed(text),
            Refused::Rule(Refusal::WrittenOut) => Self::WrittenOut,
            Refused::Rule(other) => Self::Bad(other.to_string()),
        }
    }
}

impl Trouble {
    /// What is wrong, as a label of the metric: `why`, the HTTP status, `statusCode`, the error code.
    const fn row(&self) -> (&'static str, StatusCode, u8, u16) {
        match self {
            Self::UnknownService => ("unknown-service", StatusCode::NOT_FOUND, 2, 200),
            Self::UnknownCommand => ("unknown-command", StatusCode::NOT_FOUND, 2, 104),
            Self::NoFiles => ("no-files", StatusCode::OK, 2, 200),
            Self::ContentType => ("content-type", StatusCode::UNSUPPORTED_MEDIA_TYPE, 2, 104),
            Self::TooLarge => ("too-large", StatusCode::PAYLOAD_TOO_LARGE, 2, 104),
            Self::TooSlow => ("too-slow", StatusCode::REQUEST_TIMEOUT, 1, 249),
            Self::Unreadable => ("unreadable", StatusCode::BAD_REQUEST, 2, 104),
            Self::Illegible(why) => ("charset", why.status(), 2, 104),
            Self::TooManyFields => ("too-many-fields", StatusCode::OK, 2, 104),
            Self::Missing(_) => ("missing", StatusCode::OK, 2, 104),
            Self::Bad(_) => ("bad", StatusCode::OK, 2, 104),
            Self::UnknownChat => ("unknown-chat", StatusCode::OK, 2, 240),
            Self::WrongKey => ("wrong-key", StatusCode::OK, 2, 241),
            Self::Ended => ("ended", StatusCode::OK, 2, 240),
            Self::Full => ("queue-full", StatusCode::OK, 1, 249),
            // A repeat within minutes would be refused again.
            Self::Closed(_) => ("closed", StatusCode::OK, 2, 249),
            Self::TooMany(_) => ("too-many", StatusCode::TOO_MANY_REQUESTS, 1, 249),
            Self::WrittenOut => ("written-out", StatusCode::OK, 2, 104),
            Self::BadKey(_) => ("bad-key", StatusCode::BAD_REQUEST, 2, 104),
            // Asked again, the request succeeds.
            Self::Repeated(Why::Running) => ("key-in-progress", Why::Running.status(), 1, 249),
            Self::Repeated(Why::Other) => ("key-reused", Why::Other.status(), 2, 104),
            // A repeat would fail again.
            Self::Store(fault) if fault.is_permanent() => ("store", StatusCode::OK, 2, 249),
            Self::Store(_) => ("store", StatusCode::OK, 1, 249),
        }
    }

    /// The HTTP status of the answer.
    pub const fn status(&self) -> StatusCode {
        self.row().1
    }

    /// The `statusCode` of the answer: 1 when a repeat may succeed, else 2.
    pub const fn status_code(&self) -> u8 {
        self.row().2
    }

    /// Whether customers are told that their chat is over. With a wrong key they are told nothing of it.
    pub const fn chat_ended(&self) -> bool {
        matches!(self, Self::UnknownChat | Self::Ended)
    }

    /// The error as the answer lists it. Counts it, and logs it when the operator must know.
    pub fn fault(&self) -> ChatApiError {
        let (why, _, _, code) = self.row();
        metrics::counter!("jackfield_chat_refused_total", "why" => why).increment(1);
        match self {
            Self::Store(fault) => tracing::error!(%fault, "a customer could not be served"),
            Self::TooMany(excess) => excess.count(),
            Self::WrittenOut => refused("chat-in-all"),
            _ => {}
        }
        ChatApiError { code, advice: self.advice() }
    }

    fn advice(&self) -> String {
        match self {
            Self::UnknownService => "There is no such chat service".into(),
            Self::UnknownCommand => "There is no such command".into(),
            Self::NoFiles => "Files cannot be exchanged in this chat".into(),
            Self::ContentType => {
                "The body must be application/x-www-form-urlencoded or multipart/form-data".into()
            }
            Self::TooLarge => format!("The body is larger than {MAX_BODY_BYTES} bytes"),
            Self::TooSlow => "The form did not come in time".into(),
            Self::Unreadable => "The body is not a form".into(),
            Self::Illegible(why) => why.to_string(),
            Self::TooManyFields => format!("The form has more than {MAX_FIELDS} fields"),
            Self::Missing(name) => Refusal::Missing(name).to_string(),
            Self::Bad(why) | Self::Closed(why) => why.clone(),
            Self::UnknownChat => "There is no such chat".into(),
            Self::WrongKey => "The user id or the secure key is wrong".into(),
            Self::Ended => Refusal::Ended.to_string(),
            Self::Full => "Too many customers are waiting; try again later".into(),
            Self::TooMany(excess) => excess.sentence(),
            Self::WrittenOut => Refusal::WrittenOut.to_string(),
            Self::BadKey(why) => (*why).into(),
            Self::Repeated(why) => why.words().into(),
            Self::Store(fault) if fault.is_permanent() => "The chat cannot be served any more".into(),
            Self::Store(_) => "The chat cannot be reached at the moment; try again".into(),
        }
    }
}
