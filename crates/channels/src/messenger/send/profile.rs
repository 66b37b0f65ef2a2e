//! The name of a customer (spec: channel-connectors#2.1, People). It takes a permission, so it may stay unknown.

use super::request::{Request, proof};
use crate::messenger::MessengerConfig;
use serde::Deserialize;

/// What the platform tells of a person.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Profile {
    first_name: String,
    last_name: String,
    name: String,
}

impl Profile {
    /// The person's name; `None` when the platform keeps it to itself.
    pub fn name(&self) -> Option<String> {
        let parts = [&self.first_name, &self.last_name].map(|part| part.trim());
        let both = parts.join(" ").trim().to_owned();
        let name = if both.is_empty() { self.name.trim().to_owned() } else { both };
        (!name.is_empty()).then_some(name)
    }
}

/// The request that asks for it; `None` for an id that cannot be part of an address.
pub fn profile(config: &MessengerConfig, person: &str) -> Option<Request> {
    let is_number = !person.is_empty() && person.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| {
        let proof = proof(config);
        let query = format!("fields=first_name,last_name,name&appsecret_proof={proof}");
        let url = format!("{}/{}/{person}?{query}", config.base_url, config.version);
        Request { url, bearer: config.page_token.clone(), body: None }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(json: &str) -> Option<String> {
        serde_json::from_str::<Profile>(json).expect("a profile").name()
    }

    #[test]
    fn a_name_is_what_there_is_of_it() {
        assert_eq!(name(r#"{"first_name":"Zoe","last_name":"Quinn"}"#).as_deref(), Some("Zoe Quinn"));
        assert_eq!(name(r#"{"first_name":"Zoe"}"#).as_deref(), Some("Zoe"));
        assert_eq!(name(r#"{"name":"Zoe Quinn","id":"7"}"#).as_deref(), Some("Zoe Quinn"));
        assert_eq!(name(r#"{"id":"7"}"#), None);
    }

    #[test]
    fn only_a_number_is_asked_for() {
        let config = super::super::tests::config();
        let request = profile(&config, "2002").expect("a request");
        assert!(request.url.starts_with("https://graph.facebook.com/v26.0/2002?fields="));
        assert_eq!(format!("{request:?}"), "GET https://graph.facebook.com/v26.0/2002");
        for other in ["", "me", "../1001", "2002?x"] {
            assert!(profile(&config, other).is_none(), "{other}");
        }
    }
}
