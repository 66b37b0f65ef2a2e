//! Everything that can be wrong with a request, in the words of this API (spec: digital-channels#1.3, #6.3).

use super::wire::only_for_one;
use crate::chat::{
    bounds::MAX_BODY_BYTES,
    limits::{Excess, refused},
    repeat::Why,
};
use axum::response::{IntoResponse, Response};
use desk::{Refused, ports::StoreFault};
use domain::Refusal;
use edge::{Illegible, Unread};
use http::{StatusCode, header::RETRY_AFTER};

/// Why a request was not done. Nothing has changed when one is answered.
#[derive(Debug)]
pub(super) enum Trouble {
    /// The request does not name the contact centre.
    NoCentre,
    /// The request names another contact centre.
    OtherCentre,
    /// There is nothing at this address.
    UnknownAddress,
    /// The address does not take this method.
    UnknownMethod,
    /// The API has no such operation here.
    UnknownOperation,
    /// The body is larger than one may be.
    TooLarge,
    /// The body did not come in time.
    TooSlow,
    /// The body is in an alphabet that is not known, or has bytes that are not of its alphabet.
    Illegible(Illegible),
    /// A required member was left out.
    Missing(&'static str),
    /// The request says something impossible, or breaks a bound. A sentence.
    Bad(String),
    /// There is no such chat, or not any more.
    UnknownChat,
    /// The chat is over.
    Ended,
    /// The queue is closed, and says so in these words.
    Closed(String),
    /// The queue is full at the moment.
    Full,
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
            Unread::Broken => Self::Bad("The body could not be read".into()),
        }
    }
}

impl From<Refused> for Trouble {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Store(fault) => Self::Store(fault),
            Refused::Rule(refusal) => refusal.into(),
        }
    }
}

impl From<Refusal> for Trouble {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Missing(name) => Self::Missing(name),
            Refusal::Invalid(why) => Self::Bad(why),
            Refusal::NotFound(_) => Self::UnknownChat,
            Refusal::Ended => Self::Ended,
            Refusal::QueueFull(_) => Self::Full,
            Refusal::Closed { text, .. } => Self::Closed(text),
            Refusal::WrittenOut => Self::WrittenOut,
            other => Self::Bad(other.to_string()),
        }
    }
}

impl Trouble {
    /// What is wrong, as a label of the metric: `why`, the HTTP status, `statusCode`.
    const fn row(&self) -> (&'static str, StatusCode, u8) {
        match self {
            Self::NoCentre => ("no-centre", StatusCode::BAD_REQUEST, 1),
            Self::OtherCentre => ("other-centre", StatusCode::FORBIDDEN, 3),
            Self::UnknownAddress => ("unknown-address", StatusCode::NOT_FOUND, 6),
            Self::UnknownMethod => ("unknown-method", StatusCode::METHOD_NOT_ALLOWED, 2),
            Self::UnknownOperation => ("unknown-operation", StatusCode::METHOD_NOT_ALLOWED, 2),
            Self::TooLarge => ("too-large", StatusCode::PAYLOAD_TOO_LARGE, 2),
            Self::Illegible(why) => ("charset", why.status(), 2),
            Self::TooSlow => ("too-slow", StatusCode::REQUEST_TIMEOUT, 4),
            Self::Missing(_) => ("missing", StatusCode::BAD_REQUEST, 1),
            Self::Bad(_) => ("bad", StatusCode::BAD_REQUEST, 2),
            Self::UnknownChat => ("unknown-chat", StatusCode::BAD_REQUEST, 6),
            Self::Ended => ("ended", StatusCode::BAD_REQUEST, 2),
            Self::Full => ("queue-full", StatusCode::SERVICE_UNAVAILABLE, 4),
            Self::Closed(_) => ("closed", StatusCode::SERVICE_UNAVAILABLE, 4),
            Self::TooMany(_) => ("too-many", StatusCode::TOO_MANY_REQUESTS, 4),
            Self::WrittenOut => ("written-out", StatusCode::BAD_REQUEST, 2),
            Self::BadKey(_) => ("bad-key", StatusCode::BAD_REQUEST, 2),
            Self::Repeated(Why::Running) => ("key-in-progress", Why::Running.status(), 9),
            Self::Repeated(Why::Other) => ("key-reused", Why::Other.status(), 2),
            Self::Store(fault) if fault.is_permanent() => ("store", StatusCode::INTERNAL_SERVER_ERROR, 4),
            Self::Store(_) => ("store", StatusCode::SERVICE_UNAVAILABLE, 4),
        }
    }

    fn message(&self) -> String {
        match self {
            Self::NoCentre => "Required header 'ContactCenterId' is missing".into(),
            Self::OtherCentre => "There is no such contact center here".into(),
            Self::UnknownAddress => "There is nothing at this address".into(),
            Self::UnknownMethod => "This address does not take this method".into(),
            Self::UnknownOperation => "There is no such operation".into(),
            Self::Illegible(why) => why.to_string(),
            Self::TooLarge => format!("The body is larger than {MAX_BODY_BYTES} bytes"),
            Self::TooSlow => "The body did not come in time".into(),
            Self::Missing(name) => Refusal::Missing(name).to_string(),
            Self::Bad(why) | Self::Closed(why) => why.clone(),
            Self::UnknownChat => "There is no such chat".into(),
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

impl IntoResponse for Trouble {
    fn into_response(self) -> Response {
        let (why, status, status_code) = self.row();
        metrics::counter!("jackfield_chat_refused_total", "why" => why).increment(1);
        match &self {
            Self::Store(fault) => tracing::error!(%fault, "a customer could not be served"),
            Self::TooMany(excess) => excess.count(),
            Self::WrittenOut => refused("chat-in-all"),
            _ => {}
        }
        let mut response = gws::refusal(status, status_code, &self.message());
        only_for_one(&mut response);
        if let Self::TooMany(excess) = self {
            response.headers_mut().insert(RETRY_AFTER, excess.seconds().into());
        }
        response
    }
}
