//! `/`: what runs here, how to log in, where to go.

use super::page::{escape, page};
use crate::state::Api;
use axum::{Router, routing::get};
use bytes::Bytes;
use std::sync::Arc;

const PAGE: &str = include_str!("start.html");
const DEMO: &str = include_str!("demo.html");
/// Its own style and nothing else.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The start page.
pub fn router(api: &Arc<Api>) -> Router {
    let html = Bytes::from(html(&api.config.version, api.links.root(), api.config.demo));
    Router::new().route("/", get(|| async move { page(html, POLICY) }))
}

fn html(version: &str, root: &str, demo: bool) -> String {
    PAGE.replace("{{demo}}", if demo { DEMO } else { "" })
        .replace("{{version}}", &escape(version))
        .replace("{{root}}", &escape(root))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_tells_the_version_and_where_to_go() {
        let html = html("1.2.3", "https://desk.example", false);
        for words in ["1.2.3", "/docs", "/api/v2/openapi.json", "/health", "/metrics"] {
            assert!(html.contains(words), "{words}");
        }
        assert!(!html.contains("{{"), "a place was not filled");
    }

    #[test]
    fn only_the_demo_tells_logins() {
        assert!(
            html("1", "http://localhost:8080", true)
                .contains("agent1@demo:demo 'http://localhost:8080/api/v2/me?subresources=*'")
        );
        assert!(!html("1", "http://localhost:8080", false).contains("@demo"));
    }

    #[test]
    fn nothing_on_it_comes_from_elsewhere() {
        let html = html("1", "", true);
        for word in ["<script", "src=", "http:", "https:", "@import", "url("] {
            assert!(!html.contains(word), "{word}");
        }
    }
}
