//! Whether an address can be read at all, before anything is looked up by it (RFC 3986 §2.1).

use axum::{
    extract::Request,
    middleware::Next,
    response::{IntoResponse, Response},
};
use gws::Problem;
use http::{StatusCode, Uri};
use percent_encoding::percent_decode_str;

/// The longest address, path and query together, in bytes.
const MAX_ADDRESS: usize = 8 * 1024;

/// Answers a request whose address cannot be read: HTTP 400 with `statusCode` 2 when an escape is malformed or the
/// bytes are not UTF-8, HTTP 414 with `statusCode` 2 when it is longer than 8 KiB.
pub async fn sound(request: Request, next: Next) -> Response {
    match check(request.uri()) {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
}

/// Why an address cannot be read, as [`sound`] answers it.
pub fn check(uri: &Uri) -> Result<(), Problem> {
    let (path, query) = (uri.path(), uri.query().unwrap_or_default());
    if path.len() + query.len() > MAX_ADDRESS {
        let why = format!("The address is longer than {MAX_ADDRESS} bytes");
        return Err(Problem::new(StatusCode::URI_TOO_LONG, 2, why));
    }
    if !escapes_are_whole(path) {
        return Err(Problem::invalid("The path has a '%' without two hexadecimal digits behind it"));
    }
    if percent_decode_str(path).decode_utf8().is_err() {
        return Err(Problem::invalid("The path is not UTF-8"));
    }
    // In a query a '%' that begins no escape stands for itself, as in every form (WHATWG URL, §5.1).
    if percent_decode_str(query).decode_utf8().is_err() {
        return Err(Problem::invalid("The query is not UTF-8"));
    }
    Ok(())
}

fn escapes_are_whole(path: &str) -> bool {
    let mut behind = path.split('%');
    behind.next();
    behind.all(|part| part.len() >= 2 && part.bytes().take(2).all(|byte| byte.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(address: &str) -> Option<u16> {
        check(&address.parse().expect("an address")).err().map(|problem| problem.http.as_u16())
    }

    #[test]
    fn an_address_is_utf_8_in_whole_escapes_and_not_too_long() {
        for (address, expected) in [
            ("/me/chats/1?fields=*", None),
            ("/queues/B%C3%BCro%20Nord", None),
            ("/users?filterParameters=100%", None),
            ("/me/chats/%ff", Some(400)),
            ("/settings/%c0%ae", Some(400)),
            ("/me/chats/%zz", Some(400)),
            ("/me/chats/%4", Some(400)),
            ("/me/chats/%", Some(400)),
            ("/me?fields=%ff", Some(400)),
        ] {
            assert_eq!(refused(address), expected, "{address}");
        }
        assert_eq!(refused(&format!("/{}", "a".repeat(MAX_ADDRESS - 1))), None);
        assert_eq!(refused(&format!("/{}", "a".repeat(MAX_ADDRESS))), Some(414));
    }
}
