//! Query parameters of GET: `fields`, `subresources`, filters, paging (spec: core-and-voice#1.6).

use crate::{
    answer::{Answer, fitting},
    problem::Problem,
};
use axum::extract::FromRequestParts;
use http::request::Parts;
use serde_json::{Map, Value};
use std::{collections::BTreeMap, convert::Infallible};

/// The most resources one page holds.
const MAX_LIMIT: usize = 1000;
/// The most that the resources of an answer weigh, in bytes as they are sent; one that weighs more goes alone.
const MAX_BYTES: usize = 4 * 1024 * 1024;

/// The parameters of a GET. Unknown ones are filters where a collection knows the attribute, and ignored where
/// it does not.
#[derive(Clone, Debug, Default)]
pub struct Query {
    pairs: BTreeMap<String, String>,
}

/// Which members or sub-resources a client asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// None.
    None,
    /// All of the first level.
    All,
    /// All of every level.
    Tree,
    /// Those named.
    Named(Vec<String>),
}

impl Wanted {
    fn parse(text: Option<&String>) -> Self {
        match text.map(|text| text.trim()) {
            None | Some("") => Self::None,
            Some("*") => Self::All,
            Some("**") => Self::Tree,
            Some(names) => Self::Named(names.split(',').map(|name| name.trim().to_owned()).collect()),
        }
    }

    /// Whether a name is among them.
    pub fn has(&self, name: &str) -> bool {
        match self {
            Self::None => false,
            Self::All | Self::Tree => true,
            Self::Named(names) => names.iter().any(|wanted| wanted == name),
        }
    }
}

impl Query {
    /// Reads the part of an address behind the question mark. A repeated name counts once, the last.
    pub fn parse(query: &str) -> Self {
        let pairs = serde_urlencoded(query);
        Self { pairs }
    }

    /// The same without some parameters, for a collection that gives them a meaning of its own.
    #[must_use]
    pub fn without(mut self, names: &[&str]) -> Self {
        self.pairs.retain(|name, _| !names.contains(&name.as_str()));
        self
    }

    /// The same with a value for a parameter that was not given.
    #[must_use]
    pub fn with_default(mut self, name: &str, value: &str) -> Self {
        self.pairs.entry(name.to_owned()).or_insert_with(|| value.to_owned());
        self
    }

    /// One parameter.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.pairs.get(name).map(String::as_str)
    }

    /// One parameter as a number; anything else is refused.
    pub fn number(&self, name: &str) -> Result<Option<u64>, Problem> {
        self.get(name)
            .map(|text| text.parse().map_err(|_| Problem::invalid(format!("'{name}' is not a number"))))
            .transpose()
    }

    /// The attributes to answer with.
    pub fn fields(&self) -> Wanted {
        Wanted::parse(self.pairs.get("fields"))
    }

    /// The sub-resources to embed.
    pub fn subresources(&self) -> Wanted {
        Wanted::parse(self.pairs.get("subresources"))
    }

    /// Answers a collection: addresses without `fields`, resources with it; filtered, sorted and paged. What is too
    /// large for one answer becomes a page of as many as fit, with its `limit` and the `totalCount`. Each resource must
    /// carry its `uri`; `subresources` are members that only appear when asked for.
    pub fn collection(
        &self,
        plural: &str,
        subresources: &[&str],
        resources: Vec<Value>,
    ) -> Result<Answer, Problem> {
        let mut resources = self.filtered(resources);
        if let Some(by) = self.get("sortBy") {
            let by = by.to_owned();
            resources.sort_by_cached_key(|resource| {
                resource.get(&by).map(|value| plain(value).to_lowercase()).unwrap_or_default()
            });
            if self.descends()? {
                resources.reverse();
            }
        }
        let total = resources.len();
        let offset = usize::try_from(self.number("offset")?.unwrap_or(0)).unwrap_or(usize::MAX);
        let limit = self.number("limit")?.map(|limit| usize::try_from(limit).unwrap_or(usize::MAX));
        let paged = limit.is_some() || offset > 0;
        let limit = limit.unwrap_or(usize::MAX).min(if paged { MAX_LIMIT } else { usize::MAX });
        let page = resources.into_iter().skip(offset).take(limit);

        let wanted = self.fields();
        let (name, (page, is_cut)) = if wanted == Wanted::None {
            ("uris", fitting(page.filter_map(|resource| resource.get("uri").cloned()), MAX_BYTES))
        } else {
            (plural, fitting(page.map(|resource| self.cut(resource, &wanted, subresources)), MAX_BYTES))
        };
        let limit = if is_cut { page.len() } else { limit };
        let answer = Answer::with(name, page);
        Ok(if paged || is_cut {
            answer.and("offset", offset).and("limit", limit).and("totalCount", total)
        } else {
            answer
        })
    }

    /// Whether the order is descending; a word that names no order is refused.
    fn descends(&self) -> Result<bool, Problem> {
        match self.get("order").unwrap_or_default() {
            "" => Ok(false),
            order if order.eq_ignore_ascii_case("ascending") => Ok(false),
            order if order.eq_ignore_ascii_case("descending") => Ok(true),
            _ => Err(Problem::invalid("'order' is neither 'Ascending' nor 'Descending'")),
        }
    }

    /// Reduces a resource to what was asked for.
    fn cut(&self, resource: Value, wanted: &Wanted, subresources: &[&str]) -> Value {
        let Value::Object(members) = resource else { return resource };
        let embedded = self.subresources();
        let keep = |name: &str| {
            if subresources.contains(&name) {
                embedded.has(name)
            } else {
                wanted.has(name) || matches!(name, "id" | "uri" | "path")
            }
        };
        Value::Object(members.into_iter().filter(|(name, _)| keep(name)).collect::<Map<_, _>>())
    }

    /// Resources that have every attribute which the query names with the value it gives; a dotted name looks into
    /// members and through arrays (`skills.name=Sales`). An attribute that none of them has is no filter.
    pub fn filtered(&self, mut resources: Vec<Value>) -> Vec<Value> {
        const CONTROL: [&str; 7] =
            ["fields", "subresources", "sortBy", "order", "limit", "offset", "filterName"];
        let filters = self.pairs.iter().filter(|(name, _)| !CONTROL.contains(&name.as_str()));
        for (name, wanted) in filters {
            let attribute = name.split_once('.').map_or(name.as_str(), |(attribute, _)| attribute);
            if resources.iter().any(|resource| resource.get(attribute).is_some()) {
                resources
                    .retain(|resource| values(resource, name).iter().any(|value| plain(value) == *wanted));
            }
        }
        resources
    }
}

/// The values at a dotted path.
fn values<'v>(resource: &'v Value, path: &str) -> Vec<&'v Value> {
    let (name, rest) = path.split_once('.').map_or((path, None), |(name, rest)| (name, Some(rest)));
    let Some(found) = resource.get(name) else { return Vec::new() };
    let items = match found {
        Value::Array(items) => items.iter().collect(),
        other => vec![other],
    };
    match rest {
        Some(rest) => items.into_iter().flat_map(|item| values(item, rest)).collect(),
        None => items,
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn serde_urlencoded(query: &str) -> BTreeMap<String, String> {
    let uri: http::Uri = match format!("/?{query}").parse() {
        Ok(uri) => uri,
        Err(_) => return BTreeMap::new(),
    };
    axum::extract::Query::<Vec<(String, String)>>::try_from_uri(&uri)
        .map(|axum::extract::Query(pairs)| pairs.into_iter().collect())
        .unwrap_or_default()
}

impl<S: Sync> FromRequestParts<S> for Query {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::parse(parts.uri.query().unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::response::IntoResponse;
    use serde_json::json;

    fn answer(query: &str) -> Value {
        let people = vec![
            json!({"id": "1", "uri": "u/1", "name": "Bo", "skills": [{"name": "Sales"}], "devices": []}),
            json!({"id": "2", "uri": "u/2", "name": "Al", "skills": [{"name": "Support"}], "devices": []}),
        ];
        let answer = Query::parse(query).collection("users", &["devices"], people).expect("answered");
        let response = answer.into_response();
        let bytes =
            futures::executor::block_on(axum::body::to_bytes(response.into_body(), 10_000)).expect("body");
        serde_json::from_slice(&bytes).expect("json")
    }

    #[test]
    fn without_fields_a_collection_answers_addresses() {
        assert_eq!(answer(""), json!({"statusCode": 0, "uris": ["u/1", "u/2"]}));
    }

    #[test]
    fn a_filter_looks_through_arrays_and_unknown_parameters_are_ignored() {
        assert_eq!(answer("skills.name=Sales&nonsense=1"), json!({"statusCode": 0, "uris": ["u/1"]}));
    }

    #[test]
    fn who_lacks_an_attribute_that_others_have_does_not_fit_it() {
        let people =
            vec![json!({"uri": "1", "skills": []}), json!({"uri": "2", "skills": [{"name": "Sales"}]})];
        let found = Query::parse("skills.name=Sales&team=x").filtered(people);
        assert_eq!(found.iter().map(|person| person["uri"].clone()).collect::<Vec<_>>(), ["2"]);
    }

    #[test]
    fn named_fields_keep_the_address_and_drop_subresources() {
        assert_eq!(
            answer("fields=name&limit=1&sortBy=name&order=Ascending"),
            json!({"statusCode": 0, "users": [{"id": "2", "uri": "u/2", "name": "Al"}],
                   "offset": 0, "limit": 1, "totalCount": 2})
        );
    }

    #[test]
    fn what_is_too_large_for_one_answer_becomes_a_page() {
        // 65,536 bytes each with its comma: 64 of them fill an answer.
        let one = |id: usize| json!({"id": format!("{id:02}"), "uri": "u", "name": "x".repeat(65_504)});
        assert_eq!(domain::json::len(&one(1)) + 1, 65_536);
        let page = |number: usize, query: &str| {
            let people = (0..number).map(one).collect();
            let answer = Query::parse(query).collection("users", &[], people).expect("answered");
            let body = answer.into_response().into_body();
            let bytes = futures::executor::block_on(axum::body::to_bytes(body, usize::MAX)).expect("body");
            let answer: Value = serde_json::from_slice(&bytes).expect("json");
            let shown = answer["users"].as_array().map_or(0, Vec::len);
            (shown, answer["offset"].clone(), answer["limit"].clone(), answer["totalCount"].clone())
        };
        assert_eq!(page(64, "fields=*"), (64, Value::Null, Value::Null, Value::Null));
        assert_eq!(page(65, "fields=*"), (64, 0.into(), 64.into(), 65.into()));
        assert_eq!(page(65, "fields=*&offset=64"), (1, 64.into(), 1000.into(), 65.into()));
    }

    #[test]
    fn subresources_appear_when_asked_for() {
        assert_eq!(answer("fields=*&subresources=devices")["users"][0]["devices"], json!([]));
    }
}
