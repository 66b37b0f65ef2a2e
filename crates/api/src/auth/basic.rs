//! The `Authorization: Basic` header.

use base64::{Engine, engine::general_purpose::STANDARD};
use http::{HeaderMap, header};

/// The longest header looked at, in bytes.
const MAX_HEADER: usize = 1024;

/// A user name and a password.
#[derive(PartialEq, Eq)]
pub struct Credentials {
    /// The user name.
    pub user_name: String,
    /// The password; never logged.
    pub password: String,
}

/// The credentials of a request; `None` when there are none, or none that can be read.
pub fn credentials(headers: &HeaderMap) -> Option<Credentials> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, encoded) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") || encoded.len() > MAX_HEADER {
        return None;
    }
    let decoded = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (user_name, password) = decoded.split_once(':')?;
    Some(Credentials { user_name: user_name.to_owned(), password: password.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_may_contain_colons() {
        let mut headers = HeaderMap::new();
        let encoded = format!("basic {}", STANDARD.encode("a@demo:x:y"));
        headers.insert(header::AUTHORIZATION, encoded.parse().expect("header"));
        let found = credentials(&headers).expect("credentials");
        assert_eq!((found.user_name.as_str(), found.password.as_str()), ("a@demo", "x:y"));
    }

    #[test]
    fn anything_else_is_no_credentials() {
        for value in ["Bearer x", "Basic ###", "Basic", "Basic bm9jb2xvbg=="] {
            let mut headers = HeaderMap::new();
            headers.insert(header::AUTHORIZATION, value.parse().expect("header"));
            assert!(credentials(&headers).is_none(), "{value}");
        }
    }
}
