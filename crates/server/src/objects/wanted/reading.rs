//! How a file is read.

use crate::objects::{besides::Besides, current::Current};
use desk::ports::Ids;
use domain::medium::Media;

/// Whether the passwords of the file are hashed. Each costs tens of milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Passwords {
    /// They are, unless the hash that is known fits.
    Hashed,
    /// They are not: what is read is looked at and not written.
    #[default]
    LeftOut,
}

/// How a file is read.
#[derive(Clone, Copy)]
pub struct Reading<'a> {
    /// The media there are.
    pub media: &'a Media,
    /// What there is: ids and unchanged passwords are kept.
    pub current: &'a Current,
    /// Fresh ids.
    pub fresh: &'a dyn Ids,
    /// What becomes of what is there besides.
    pub besides: Besides,
    /// What becomes of passwords.
    pub passwords: Passwords,
}
