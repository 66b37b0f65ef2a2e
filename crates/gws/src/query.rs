//! Query parameters of GET: `fields`, `subresources`, filters, paging (spec: core-and-voice#1.6).

use crate::{answer::fitting, problem::Problem};
use axum::extract::FromRequestParts;
use http::request::Parts;
use serde::Serialize;
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
    counts: bool,
}

/// What a collection answers of its resources.
#[derive(Debug)]
pub struct Page {
    /// The addresses of those on the page; `None` when `fields` asks for resources.
    pub uris: Option<Vec<String>>,
    /// The resources on the page, as far as they were asked for.
    pub resources: Option<Vec<Value>>,
    /// How many were left out before the page. This and what follows is told when it is not all there is.
    pub offset: Option<usize>,
    /// The most that the page holds.
    pub limit: Option<usize>,
    /// How many there are.
    pub total_count: Option<usize>,
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
        Self { pairs, counts: false }
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

    /// The same for a collection that always tells how many resources there are.
    #[must_use]
    pub fn counting(self) -> Self {
        Self { counts: true, ..self }
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

    /// A page of a collection: addresses without `fields`, resources with it; filtered, sorted and cut. What is too
    /// large for one answer becomes a page of as many as fit, with its `limit` and the `totalCount`. Each resource must
    /// carry its `uri`; `subresources` are members that only appear when asked for.
    pub fn page<T: Serialize>(
        &self,
        subresources: &[&str],
        resources: impl IntoIterator<Item = T>,
    ) -> Result<Page, Problem> {
        let resources =
            resources.into_iter().map(|resource| serde_json::to_value(resource).unwrap_or_default());
        let mut resources = self.filtered(resources.collect());
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
        let (uris, resources, is_cut) = if wanted == Wanted::None {
            let uris = page.filter_map(|resource| resource.get("uri").cloned());
            let (uris, is_cut) = fitting(uris, MAX_BYTES);
            let text = |uri| if let Value::String(uri) = uri { Some(uri) } else { None };
            (Some(uris.into_iter().filter_map(text).collect::<Vec<_>>()), None, is_cut)
        } else {
            let resources = page.map(|resource| self.cut(resource, &wanted, subresources));
            let (resources, is_cut) = fitting(resources, MAX_BYTES);
            (None, Some(resources), is_cut)
        };
        let shown = uris.as_ref().map(Vec::len).or(resources.as_ref().map(Vec::len)).unwrap_or_default();
        let is_page = paged || is_cut;
        Ok(Page {
            uris,
            resources,
            offset: is_page.then_some(offset),
            limit: is_page.then_some(if is_cut { shown } else { limit }),
            total_count: (is_page || self.counts).then_some(total),
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
    use serde_json::json;

    /// What a collection of people answers.
    fn told(query: &str, people: Vec<Value>) -> Value {
        let page = Query::parse(query).page(&["devices"], people).expect("answered");
        let members = [
            ("uris", page.uris.map(Value::from)),
            ("users", page.resources.map(Value::from)),
            ("offset", page.offset.map(Value::from)),
            ("limit", page.limit.map(Value::from)),
            ("totalCount", page.total_count.map(Value::from)),
        ];
        members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
    }

    fn answer(query: &str) -> Value {
        let people = vec![
            json!({"id": "1", "uri": "u/1", "name": "Bo", "skills": [{"name": "Sales"}], "devices": []}),
            json!({"id": "2", "uri": "u/2", "name": "Al", "skills": [{"name": "Support"}], "devices": []}),
        ];
        told(query, people)
    }

    #[test]
    fn without_fields_a_collection_answers_addresses() {
        assert_eq!(answer(""), json!({"uris": ["u/1", "u/2"]}));
    }

    #[test]
    fn a_filter_looks_through_arrays_and_unknown_parameters_are_ignored() {
        assert_eq!(answer("skills.name=Sales&nonsense=1"), json!({"uris": ["u/1"]}));
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
            json!({"users": [{"id": "2", "uri": "u/2", "name": "Al"}], "offset": 0, "limit": 1, "totalCount": 2})
        );
    }

    #[test]
    fn what_is_too_large_for_one_answer_becomes_a_page() {
        // 65,536 bytes each with its comma: 64 of them fill an answer.
        let one = |id: usize| json!({"id": format!("{id:02}"), "uri": "u", "name": "x".repeat(65_504)});
        assert_eq!(domain::json::len(&one(1)) + 1, 65_536);
        let page = |number: usize, query: &str| {
            let answer = told(query, (0..number).map(one).collect());
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
