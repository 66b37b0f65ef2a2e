//! Origins of pages, as browsers send them (RFC 6454 §6.2).

use crate::findings::Findings;
use axum::http::Uri;

/// Warns of an origin that no browser sends: it never equals one.
pub fn check(setting: &str, origin: &str, findings: &mut Findings) {
    if !is_one(origin) {
        findings.warning(format!(
            "{setting}: '{origin}' is no origin such as https://desk.example:8443, so no browser ever comes from it"
        ));
    }
}

/// `scheme://host[:port]`, in lower case and without the scheme's own port.
fn is_one(text: &str) -> bool {
    let Ok(uri) = text.parse::<Uri>() else { return false };
    let usual = match uri.scheme_str() {
        Some("https") => Some(443),
        Some("http") => Some(80),
        _ => None,
    };
    let plain = uri
        .authority()
        .is_some_and(|authority| text.ends_with(authority.as_str()) && !authority.as_str().contains('@'));
    let has_scheme = uri.scheme_str().is_some();
    has_scheme
        && plain
        && text == text.to_ascii_lowercase()
        && (uri.port_u16().is_none() || uri.port_u16() != usual)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_scheme_host_and_a_port_that_does_not_go_without_saying() {
        for origin in
            ["https://desk.example", "http://localhost:3000", "https://[::1]:8443", "http://10.0.0.1"]
        {
            assert!(is_one(origin), "{origin}");
        }
        for wrong in [
            "*",
            "desk.example",
            "https://desk.example/",
            "https://Desk.example",
            "https://desk.example:443",
            "",
        ] {
            assert!(!is_one(wrong), "{wrong}");
        }
    }
}
