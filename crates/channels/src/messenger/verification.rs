//! The request by which the platform verifies a webhook's address (spec: channel-connectors#2.2).

use crate::secret::Secret;
use std::fmt;

/// The longest query that is read, in bytes.
const MAX_QUERY_BYTES: usize = 4096;
/// The longest challenge that is given back, in bytes. The platform's are numbers of some ten digits.
const MAX_CHALLENGE_BYTES: usize = 256;

/// Why a challenge is not given back. The client is told none of it, only 403.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unverified {
    /// The query is too long to be the platform's.
    TooLong,
    /// `hub.mode` is not `subscribe`.
    Mode,
    /// `hub.verify_token` is not ours.
    Token,
    /// `hub.challenge` is left out, empty, or too long.
    Challenge,
}

impl fmt::Display for Unverified {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(match self {
            Self::TooLong => "the query is too long",
            Self::Mode => "hub.mode is not 'subscribe'",
            Self::Token => "hub.verify_token is not the account's",
            Self::Challenge => "hub.challenge is missing or too long",
        })
    }
}

/// The challenge to answer a verification with, 200 and as `text/plain`, or why it is 403. `query` is the query
/// of the request as it came, without the question mark.
pub fn challenge(query: &str, ours: &Secret) -> Result<String, Unverified> {
    if query.len() > MAX_QUERY_BYTES {
        return Err(Unverified::TooLong);
    }
    let named = |name| {
        let mut pairs = form_urlencoded::parse(query.as_bytes());
        pairs.find(|(key, _)| key == name).map(|(_, value)| value.into_owned()).unwrap_or_default()
    };
    if named("hub.mode") != "subscribe" {
        return Err(Unverified::Mode);
    }
    if !ours.is(&named("hub.verify_token")) {
        return Err(Unverified::Token);
    }
    let challenge = named("hub.challenge");
    if challenge.is_empty() || challenge.len() > MAX_CHALLENGE_BYTES {
        return Err(Unverified::Challenge);
    }
    Ok(challenge)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(query: &str) -> Result<String, Unverified> {
        challenge(query, &Secret::new("demo-verify"))
    }

    #[test]
    fn who_knows_the_token_gets_his_challenge_back() {
        let query = "hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=demo-verify";
        assert_eq!(asked(query), Ok("1158201444".into()));
        assert_eq!(
            asked("hub.mode=subscribe&hub%2Echallenge=a%20b&hub.verify_token=demo-verify"),
            Ok("a b".into())
        );
    }

    #[test]
    fn everybody_else_is_refused() {
        assert_eq!(asked(""), Err(Unverified::Mode));
        assert_eq!(
            asked("hub.mode=unsubscribe&hub.challenge=1&hub.verify_token=demo-verify"),
            Err(Unverified::Mode)
        );
        assert_eq!(
            asked("hub.mode=subscribe&hub.challenge=1&hub.verify_token=other"),
            Err(Unverified::Token)
        );
        assert_eq!(asked("hub.mode=subscribe&hub.challenge=1"), Err(Unverified::Token));
        assert_eq!(asked("hub.mode=subscribe&hub.verify_token=demo-verify"), Err(Unverified::Challenge));
    }

    #[test]
    fn a_token_that_was_forgotten_lets_nobody_in() {
        let query = "hub.mode=subscribe&hub.challenge=1&hub.verify_token=";
        assert_eq!(challenge(query, &Secret::new("")), Err(Unverified::Token));
    }

    #[test]
    fn what_is_given_back_is_bounded() {
        let query = |length| {
            format!("hub.mode=subscribe&hub.verify_token=demo-verify&hub.challenge={}", "1".repeat(length))
        };
        assert_eq!(asked(&query(256)).map(|challenge| challenge.len()), Ok(256));
        assert_eq!(asked(&query(257)), Err(Unverified::Challenge));
        assert_eq!(asked(&query(MAX_QUERY_BYTES)), Err(Unverified::TooLong));
    }
}
