//! Which page a request comes from, and whether that page may send it.
//!
//! A browser sends the cookie, and Basic credentials it has once been told, with requests of any page. A request that
//! changes something is therefore only taken from our own pages and from those of listed origins. Our origin is the
//! public URL's, never the `Host` header's: a proxy may write another one, and a page elsewhere may have its name point
//! here.
//! Programs that are no browsers send neither `Origin` nor `Sec-Fetch-Site` and are not concerned.
//! Other origins are named exactly as in the list, with credentials, or not at all (spec: client-requirements#8).

use axum::response::{IntoResponse, Response};
use domain::Refusal;
use gws::Problem;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};

const SEC_FETCH_SITE: &str = "sec-fetch-site";
/// The names under which a program on this machine is reached from it.
const LOOPBACK: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// Our own origins, and those that are listed.
#[derive(Clone, Debug, Default)]
pub struct Origins {
    ours: Vec<String>,
    listed: Vec<String>,
}

impl Origins {
    /// Takes our own origin from a public URL, and the others from the list of the settings.
    pub fn new(public_url: &str, listed: &[String]) -> Self {
        let ours = origin_of(public_url);
        let ours = match ours.as_deref().and_then(loopback_port) {
            Some((scheme, port)) => LOOPBACK.iter().map(|host| format!("{scheme}://{host}{port}")).collect(),
            None => ours.into_iter().collect(),
        };
        Self { ours, listed: listed.to_vec() }
    }

    /// The origin of a request, when it is on the list.
    pub fn listed(&self, headers: &HeaderMap) -> Option<HeaderValue> {
        let origin = headers.get(header::ORIGIN)?;
        let is_listed = origin.to_str().is_ok_and(|origin| self.listed.iter().any(|listed| listed == origin));
        is_listed.then(|| origin.clone())
    }

    /// Refuses a request that changes something, or opens a socket, for a page that is neither ours nor listed.
    pub fn admit(&self, method: &Method, headers: &HeaderMap) -> Result<(), Problem> {
        let reads = matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS | Method::TRACE);
        if reads && !headers.contains_key(header::UPGRADE) || self.may_change(headers) {
            return Ok(());
        }
        metrics::counter!("jackfield_origins_refused_total").increment(1);
        Err(Refusal::Forbidden("A page of another origin asked that is not on the list".into()).into())
    }

    fn may_change(&self, headers: &HeaderMap) -> bool {
        let mut origins = headers.get_all(header::ORIGIN).iter();
        match (origins.next(), origins.next()) {
            (Some(origin), None) => {
                let is = |origins: &[String]| origins.iter().any(|one| one.as_bytes() == origin.as_bytes());
                is(&self.ours) || is(&self.listed)
            }
            // Even without an origin a browser says whether the page was ours.
            (None, _) => headers
                .get_all(SEC_FETCH_SITE)
                .iter()
                .all(|site| [&b"same-origin"[..], b"none"].contains(&site.as_bytes())),
            (Some(_), Some(_)) => false,
        }
    }
}

/// A URL's origin as browsers write it (RFC 6454 §6.2).
fn origin_of(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let scheme = scheme.to_ascii_lowercase();
    let authority = rest.split(['/', '?', '#']).next()?.to_ascii_lowercase();
    let host = authority.rsplit_once('@').map_or(&*authority, |(_, host)| host);
    let usual = if scheme == "https" { ":443" } else { ":80" };
    Some(format!("{scheme}://{}", host.strip_suffix(usual).unwrap_or(host)))
}

/// Scheme and port (with its colon) of an origin on this machine.
fn loopback_port(origin: &str) -> Option<(&str, &str)> {
    let (scheme, authority) = origin.split_once("://")?;
    let rest = LOOPBACK.iter().find_map(|host| authority.strip_prefix(host))?;
    (rest.is_empty() || rest.starts_with(':')).then_some((scheme, rest))
}

const ALLOWED: &str =
    "Authorization, Content-Type, X-CSRF-TOKEN, X-Requested-With, ContactCenterId, Idempotency-Key";
const EXPOSED: &str = "X-CSRF-HEADER, X-CSRF-TOKEN, X-Stream-Id";

/// The answer to a preflight, if the request is one. It needs no login.
pub fn preflight(origins: &Origins, method: &Method, headers: &HeaderMap) -> Option<Response> {
    let asks = headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    if *method != Method::OPTIONS || !asks {
        return None;
    }
    let mut response = StatusCode::OK.into_response();
    if let Some(origin) = origins.listed(headers) {
        admit(&mut response, origin);
        let out = response.headers_mut();
        out.insert(
            header::ACCESS_CONTROL_ALLOW_METHODS,
            HeaderValue::from_static("GET, POST, PUT, DELETE, OPTIONS"),
        );
        out.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static(ALLOWED));
        out.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
    }
    Some(response)
}

/// Lets an origin read a response.
pub fn admit(response: &mut Response, origin: HeaderValue) {
    const VARY: HeaderName = header::VARY;
    let out = response.headers_mut();
    out.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    out.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
    out.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED));
    out.append(VARY, HeaderValue::from_static("Origin"));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(lines: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, value.parse().expect("a header"));
        }
        headers
    }

    fn may(url: &str, lines: &[(&'static str, &str)]) -> bool {
        let origins = Origins::new(url, &["https://desk.example".to_owned()]);
        origins.admit(&Method::POST, &headers(lines)).is_ok()
    }

    #[test]
    fn ours_is_the_public_url_whatever_the_host_header_says() {
        let url = "https://Jack.example:443/field";
        assert!(may(url, &[("origin", "https://jack.example"), ("host", "127.0.0.1:8080")]));
        for foreign in [
            "http://jack.example",
            "https://jack.example:8443",
            "https://jack.example.evil",
            "https://evil.example",
            "null",
            "",
        ] {
            assert!(!may(url, &[("origin", foreign), ("host", "evil.example")]), "{foreign:?}");
        }
        assert!(may(url, &[("origin", "https://desk.example")]), "it is listed");
    }

    #[test]
    fn on_this_machine_it_goes_by_three_names() {
        for url in ["http://localhost:8080", "http://127.0.0.1:8080", "http://[::1]:8080/"] {
            for origin in ["http://localhost:8080", "http://127.0.0.1:8080", "http://[::1]:8080"] {
                assert!(may(url, &[("origin", origin)]), "{url} {origin}");
            }
            for origin in ["http://localhost", "https://localhost:8080", "http://localhost:8081"] {
                assert!(!may(url, &[("origin", origin)]), "{url} {origin}");
            }
        }
        assert!(!may("http://localhost.example:1", &[("origin", "http://127.0.0.1:1")]));
    }

    #[test]
    fn without_an_origin_the_site_counts_and_programs_have_neither() {
        let url = "https://jack.example";
        assert!(may(url, &[]));
        for (site, right) in
            [("same-origin", true), ("none", true), ("same-site", false), ("cross-site", false)]
        {
            assert_eq!(may(url, &[("sec-fetch-site", site)]), right, "{site}");
        }
        assert!(!may(url, &[("origin", "https://jack.example"), ("origin", "https://evil.example")]));
    }

    #[test]
    fn reading_is_free_and_a_socket_is_no_reading() {
        let origins = Origins::new("https://jack.example", &[]);
        let foreign = headers(&[("origin", "https://evil.example")]);
        assert!(origins.admit(&Method::GET, &foreign).is_ok());
        for method in [Method::POST, Method::PUT, Method::DELETE, Method::PATCH] {
            assert!(origins.admit(&method, &foreign).is_err(), "{method}");
        }
        let socket = headers(&[("origin", "https://evil.example"), ("upgrade", "websocket")]);
        assert!(origins.admit(&Method::GET, &socket).is_err());
    }
}
