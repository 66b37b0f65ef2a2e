//! Every "no" of the server: one closed list, so that each has one status and one wording.

use crate::{
    QueueName, call,
    medium::MediumName,
    session::{AgentPartyState, SessionOperation},
};
use std::fmt;

/// Why a command was refused. Nothing has changed when one is returned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// A required parameter is missing (`statusCode` 1). Names the parameter.
    Missing(&'static str),
    /// A parameter has the wrong form or names something impossible (`statusCode` 2). A sentence.
    Invalid(String),
    /// The operation does not exist, or not for this resource (`statusCode` 2). The name as given.
    UnknownOperation(String),
    /// The operation is not open in the state the interaction is in (`statusCode` 2).
    NotInState {
        /// The operation.
        operation: SessionOperation,
        /// The state of the agent's part.
        state: AgentPartyState,
    },
    /// The operation is not open in the state the call is in (`statusCode` 2).
    NotInCallState {
        /// The operation.
        operation: call::CallOperation,
        /// The state of the agent's part.
        state: call::PartyState,
    },
    /// No phone is registered under the number (`statusCode` 4).
    NotRegistered(call::Dn),
    /// The centre does not have the feature, or not this resource, so the operation is unknown (`statusCode` 2).
    FeatureOff(&'static str),
    /// The request does not carry the token it needs (`statusCode` 3). A sentence.
    Forbidden(String),
    /// The user lacks the role (`statusCode` 5).
    RoleMissing,
    /// There is no such thing, or it is not this user's (`statusCode` 6).
    NotFound(String),
    /// The value is outside what the disposition policy allows (`statusCode` 10).
    OutOfRange(String),
    /// A read-only property was to be changed (`statusCode` 11).
    ReadOnly(&'static str),
    /// There is one already (`statusCode` 18).
    Exists(String),
    /// It is in use (`statusCode` 19).
    InUse(String),
    /// The user has no contact-centre session, so there is no state to change (`statusCode` 2).
    NotLoggedIn,
    /// The channel could not be started or is not part of the session (`statusCode` 4).
    ChannelUnavailable {
        /// The channel as the client named it.
        channel: String,
        /// Why, in a sentence.
        why: String,
    },
    /// User data would grow past the bound of a conversation (`statusCode` 2).
    UserDataTooLarge,
    /// A text has more characters than it may (`statusCode` 2).
    TooManyCharacters {
        /// The parameter.
        parameter: &'static str,
        /// The bound in characters: Unicode scalar values.
        chars: usize,
    },
    /// A text is longer than the bound of what is stored (`statusCode` 2).
    TextTooLong {
        /// The parameter.
        parameter: &'static str,
        /// The bound in bytes, as the text stands in JSON.
        bytes: usize,
    },
    /// The platform takes no longer message (`statusCode` 2).
    MessageTooLong {
        /// The bound in characters.
        chars: u32,
    },
    /// A text would go out in more parts than may be sent (`statusCode` 2).
    TooManyParts {
        /// How many it would take.
        parts: usize,
        /// How many it may take.
        most: usize,
        /// The alphabet that it needs, in the provider's word.
        alphabet: &'static str,
        /// How long a text of that alphabet may be, in characters that count once.
        chars: usize,
    },
    /// The time in which the platform lets us write to this customer is over (`statusCode` 3).
    WindowClosed,
    /// The customer does not want to hear from us (`statusCode` 3).
    OptedOut,
    /// As many conversations wait as the queue takes (`statusCode` 4).
    QueueFull(QueueName),
    /// The queue is closed and takes nobody in (`statusCode` 4).
    Closed {
        /// What it tells those who come.
        text: String,
        /// When it opens; `None` when nobody knows.
        until: Option<crate::Millis>,
    },
    /// The agent cannot be offered this now. To the router it means a lost race; to an agent, that the colleague
    /// they named cannot take it (`statusCode` 2).
    NotAvailable {
        /// The medium concerned.
        medium: MediumName,
        /// Why, in a sentence.
        why: &'static str,
    },
    /// The customer has written as much as one conversation takes (`statusCode` 2).
    WrittenOut,
    /// The conversation is over (`statusCode` 2).
    Ended,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(name) => write!(f, "Required parameter '{name}' is missing"),
            Self::Invalid(why)
            | Self::Forbidden(why)
            | Self::OutOfRange(why)
            | Self::Closed { text: why, .. } => f.write_str(why),
            Self::UnknownOperation(name) => write!(f, "Unknown operation '{name}'"),
            Self::NotInState { operation, state } => {
                write!(f, "{operation:?} is not valid in state {}", state.as_str())
            }
            Self::NotInCallState { operation, state } => {
                write!(f, "{operation:?} is not valid in state {}", state.as_str())
            }
            Self::NotRegistered(dn) => write!(f, "Device '{dn}' is not registered."),
            Self::FeatureOff(name) => write!(f, "The contact center does not have the feature {name}"),
            Self::RoleMissing => f.write_str("The user lacks the role this request needs"),
            Self::NotFound(what) => write!(f, "{what} was not found"),
            Self::ReadOnly(name) => write!(f, "'{name}' cannot be changed"),
            Self::Exists(what) => write!(f, "{what} exists already"),
            Self::InUse(what) => write!(f, "{what} is in use"),
            Self::NotLoggedIn => f.write_str("The agent has no contact center session on this channel"),
            Self::ChannelUnavailable { channel, why } => {
                write!(f, "Channel '{channel}' is unavailable: {why}")
            }
            Self::UserDataTooLarge => {
                write!(f, "User data would exceed {} bytes", crate::userdata::MAX_BYTES)
            }
            Self::TooManyCharacters { parameter, chars } => {
                write!(f, "'{parameter}' is longer than {chars} characters")
            }
            Self::TextTooLong { parameter, bytes } => {
                write!(f, "'{parameter}' is longer than {bytes} bytes")
            }
            Self::MessageTooLong { chars } => {
                write!(f, "The message is longer than the {chars} characters that can be sent at once")
            }
            Self::TooManyParts { parts, most, alphabet, chars } => write!(
                f,
                "The message would take {parts} text messages; at most {most} are allowed, which is {chars} \
                 characters in {alphabet}"
            ),
            Self::WindowClosed => f.write_str(
                "The time to answer this customer is over: nothing can be sent until the customer writes again",
            ),
            Self::OptedOut => f.write_str(
                "The customer has opted out of messages: nothing can be sent until the customer opts in again",
            ),
            Self::QueueFull(name) => write!(f, "Queue '{name}' takes no more conversations now"),
            Self::NotAvailable { medium, why } => write!(f, "The agent is not available for {medium}: {why}"),
            Self::WrittenOut => {
                f.write_str("This conversation takes no more from its customer: begin another one")
            }
            Self::Ended => f.write_str("The conversation has ended"),
        }
    }
}
