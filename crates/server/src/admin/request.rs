//! The requests of commands, and the answers to them.

use crate::config::Config;
use anyhow::{Result, bail};
use domain::user::Role;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, fmt, io::Write};

/// What commands change, or ask a running server for. It goes over the socket as JSON.
#[derive(Serialize, Deserialize)]
#[serde(tag = "operation", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Request {
    /// Adds a user.
    AddUser(NewUser),
    /// Gives a user another password.
    ChangePassword {
        /// The login name.
        user_name: String,
        /// The password.
        password: String,
    },
    /// Settles what differs between the objects of a file and those of the journal.
    Apply {
        /// The file.
        config: Box<Config>,
        /// Whether an object that the file does not name goes even if the file did not make it.
        delete: bool,
    },
    /// Takes the words and personal values of a person out of the journal.
    Erase {
        /// A value of the person's.
        person: String,
    },
    /// Tells what SIP said lately; only a running server knows.
    SipTrace {
        /// Whose messages.
        of: SipTraceBy,
    },
}

impl Request {
    /// The word for it, for logs.
    pub(super) const fn name(&self) -> &'static str {
        match self {
            Self::AddUser(_) => "add-user",
            Self::ChangePassword { .. } => "change-password",
            Self::Apply { .. } => "apply",
            Self::Erase { .. } => "erase",
            Self::SipTrace { .. } => "sip-trace",
        }
    }
}

/// A request may hold passwords and the name of a person.
impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A user to be added.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewUser {
    /// The login name.
    pub user_name: String,
    /// The password.
    pub password: String,
    /// What the user may do.
    pub roles: Vec<Role>,
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// Skills with levels.
    pub skills: BTreeMap<String, u8>,
    /// The DN of the user's phone.
    pub phone_number: Option<String>,
    /// The place the user sits at.
    pub place: Option<String>,
}

/// Whose messages are asked for.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SipTraceBy {
    /// Those of the phones of a number.
    Dn(String),
    /// Those of a call, by its UUID.
    Call(String),
    /// Those of calls from a number.
    From(String),
}

impl fmt::Display for SipTraceBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dn(dn) => write!(f, "from or to a phone of the number '{dn}'"),
            Self::Call(id) => write!(f, "of a call '{id}'"),
            Self::From(number) => write!(f, "of a call from '{number}'"),
        }
    }
}

/// The outcome of a request.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AdminAnswer {
    /// What was done, in lines for the operator.
    pub said: String,
    /// Why it was not done, or not all of it.
    pub refused: Option<String>,
}

impl AdminAnswer {
    /// It was not done, for this reason.
    pub(super) fn refused(why: impl Into<String>) -> Self {
        Self { said: String::new(), refused: Some(why.into()) }
    }

    /// Prints what was done, and fails with what was refused.
    pub fn print(self, out: &mut impl Write) -> Result<()> {
        write!(out, "{}", self.said)?;
        out.flush()?;
        match self.refused {
            None => Ok(()),
            Some(why) => bail!(why),
        }
    }
}
