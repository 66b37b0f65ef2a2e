//! `/contacts`: the internal directory, whom an interaction can be handed to (spec: admin-and-reporting#2.9), and its
//! search (spec: client-requirements#26).

use crate::{
    auth::{ANYONE, Caller},
    state::Api,
    v2::{
        calls,
        openapi::{Denied, Listing},
        queues, users,
    },
};
use axum::extract::{Path, State};
use domain::{Refusal, user::User};
use gws::{Contact, ContactAnswer, ContactsAnswer, Outcome, Problem, Query, full_name, queue_contact};
use serde_json::{Value, json};
use std::sync::Arc;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The parameters that mean something of their own in a search, and so are no filters by attribute.
const MEANT: [&str; 7] =
    ["name", "phoneNumber", "type", "roles", "channel", "filterName", "filterParameters"];
/// The one named filter.
const NAMES_OR_NUMBER: &str = "NamesOrPhoneNumberMatches";

/// The addresses below `/contacts`.
pub fn router() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(read))
}

/// Users who can log in, and queues. `totalCount` counts what the search found, whatever the page. Parameters
/// not named here filter by the attribute of their name or are ignored.
#[utoipa::path(
    get, path = "/contacts", tag = "contacts",
    params(
        ("name" = Option<String>, Query, description = "Comma list of names, any of which fits; `*` stands for anything"),
        ("phoneNumber" = Option<String>, Query, description = "The same for numbers; punctuation does not count"),
        ("type" = Option<String>, Query, description = "Comma list of `User` and `Queue`"),
        ("roles" = Option<String>, Query, description = "Comma list of roles, any of which fits"),
        ("channel" = Option<String>, Query, description = "Comma list of channels, all of which the person is logged in on"),
        ("filterName" = Option<String>, Query, description = "`NamesOrPhoneNumberMatches`"),
        ("filterParameters" = Option<String>, Query, description = "Comma list, all of which fit a name or a number; `*` stands for anything"),
        Listing,
    ),
    responses((status = 200, description = "The `contacts`, whole without `fields`, and `totalCount`", body = gws::ContactsAnswer), Denied)
)]
async fn list(State(api): State<Arc<Api>>, caller: Caller, query: Query) -> Outcome {
    caller.needs(ANYONE)?;
    let search = Search::parse(&query)?;
    let mut found = Vec::new();
    for user in api.desk.directory().all().iter().filter(|user| user.enabled) {
        found.push(user_contact(&api, user).await?);
    }
    found.extend(
        api.desk
            .queues()
            .iter()
            .map(|queue| queue_contact(&api.links, queue, &queues::channels(&api, queue))),
    );
    found.retain(|contact| search.fits(&json!(contact)));
    // Desktops ask for contacts without `fields` and expect whole resources.
    let query = query.without(&MEANT).with_default("fields", "*").counting();
    ContactsAnswer::of(&query, &[], found)
}

/// One entry: a user by their id, or with `type=Queue` a queue by its name.
#[utoipa::path(
    get, path = "/contacts/{id}", tag = "contacts",
    params(
        ("id" = String, Path, description = "The id of a user, or the name of a queue"),
        ("type" = Option<String>, Query, description = "`User`, as if left out, or `Queue`"),
    ),
    responses((status = 200, description = "The `contact`", body = gws::ContactAnswer), Denied)
)]
pub async fn read(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path(id): Path<String>,
    query: Query,
) -> Outcome {
    caller.needs(ANYONE)?;
    let absent = || Problem::not_found(&format!("Contact '{id}'"));
    let contact = match query.get("type") {
        None | Some("User") => {
            let user = users::find(&api, &id).ok().filter(|user| user.enabled).ok_or_else(absent)?;
            user_contact(&api, &user).await?
        }
        Some("Queue") => {
            let queue = api.desk.queue(&id.as_str().into()).ok_or_else(absent)?;
            queue_contact(&api.links, &queue, &queues::channels(&api, &queue))
        }
        Some(_) => return Err(absent()),
    };
    Ok(ContactAnswer::of(contact))
}

/// The entry of a user, with the channels they are logged in on now.
async fn user_contact(api: &Api, user: &User) -> Result<Contact, Problem> {
    let centre = api.desk.centre().ok_or_else(|| Problem::not_found("The contact center"))?;
    let agent = api.desk.agent(user).await?;
    Ok(gws::user_contact(&api.links, &centre, user, &agent, calls::activity(api, &agent).await?))
}

/// A search. What it does not mention fits.
#[derive(Debug, Default)]
struct Search {
    names: Vec<Pattern>,
    numbers: Vec<Pattern>,
    types: Vec<String>,
    roles: Vec<String>,
    channels: Vec<String>,
    either: Vec<Pattern>,
}

impl Search {
    /// Reads the search of a query; a filter that does not exist is refused.
    fn parse(query: &Query) -> Result<Self, Problem> {
        let list = |name: &str| items(query.get(name).unwrap_or_default());
        let either = match query.get("filterName") {
            None | Some("") if list("filterParameters").is_empty() => Vec::new(),
            None | Some("") => return Err(Refusal::Missing("filterName").into()),
            Some(NAMES_OR_NUMBER) => list("filterParameters"),
            Some(other) => return Err(Problem::invalid(format!("There is no filter '{other}'"))),
        };
        Ok(Self {
            names: list("name").iter().map(|text| Pattern::of(text)).collect(),
            numbers: list("phoneNumber").iter().map(|text| Pattern::of(&digits(text))).collect(),
            types: list("type"),
            roles: list("roles"),
            channels: list("channel"),
            either: either.iter().map(|text| Pattern::of(text)).collect(),
        })
    }

    /// Whether an entry is let through.
    fn fits(&self, contact: &Value) -> bool {
        let any = |wanted: &[String], has: &[&str]| {
            wanted.is_empty() || wanted.iter().any(|wanted| has.contains(&wanted.as_str()))
        };
        let numbers = numbers(contact);
        let whole = full_name(contact);
        let mut names = texts(contact, &["name", "firstName", "lastName", "userName"]);
        names.push(&whole);
        let fits_either = |pattern: &Pattern| {
            let number = Pattern::of(&digits(&pattern.whole()));
            names.iter().any(|name| pattern.fits(name))
                || numbers
                    .iter()
                    .any(|text| pattern.fits(text) || number.says_something() && number.fits(text))
        };
        // The documents speak of the name of the entry; people type the name of the person.
        let mut known_as = texts(contact, &["name"]);
        known_as.push(&whole);
        any(&self.types, &texts(contact, &["type"]))
            && any(&self.roles, &strings(&contact["roles"]))
            && (self.names.is_empty()
                || self.names.iter().any(|name| known_as.iter().any(|text| name.fits(text))))
            && (self.numbers.is_empty()
                || self.numbers.iter().any(|number| numbers.iter().any(|text| number.fits(text))))
            && self.channels.iter().all(|channel| has_channel(contact, channel))
            && self.either.iter().all(fits_either)
    }
}

fn has_channel(contact: &Value, channel: &str) -> bool {
    let channels = contact["availability"]["channels"].as_array();
    channels.into_iter().flatten().any(|has| has["channel"] == channel)
}

fn numbers(contact: &Value) -> Vec<String> {
    let numbers = contact["phoneNumbers"].as_array().into_iter().flatten();
    numbers.filter_map(|number| number["phoneNumber"].as_str()).map(digits).collect()
}

fn texts<'c>(contact: &'c Value, names: &[&str]) -> Vec<&'c str> {
    names.iter().filter_map(|name| contact[*name].as_str()).collect()
}

fn strings(list: &Value) -> Vec<&str> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

fn items(list: &str) -> Vec<String> {
    list.split(',').map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect()
}

/// A number without what people put between its digits.
fn digits(number: &str) -> String {
    number.chars().filter(|letter| letter.is_alphanumeric() || *letter == '*').collect()
}

/// A text in which `*` stands for anything. Case does not count.
#[derive(Debug)]
struct Pattern(Vec<String>);

impl Pattern {
    fn of(text: &str) -> Self {
        Self(text.to_lowercase().split('*').map(str::to_owned).collect())
    }

    fn whole(&self) -> String {
        self.0.join("*")
    }

    fn says_something(&self) -> bool {
        self.0.iter().any(|part| !part.is_empty())
    }

    fn fits(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        let [first, middle @ .., last] = self.0.as_slice() else { return self.0.first() == Some(&text) };
        let Some(mut rest) = text.strip_prefix(first.as_str()) else { return false };
        for part in middle {
            let Some(at) = rest.find(part.as_str()) else { return false };
            rest = &rest[at + part.len()..];
        }
        rest.ends_with(last.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(query: &str, fits: bool) {
        let contact = json!({
            "name": "m.ito@demo", "firstName": "Mei", "lastName": "Ito", "userName": "m.ito@demo", "type": "User",
            "roles": ["ROLE_AGENT"], "phoneNumbers": [{"phoneNumber": "+1 555-0100"}],
            "availability": {"channels": [{"channel": "chat"}]},
        });
        let search = Search::parse(&Query::parse(query)).expect("a search");
        assert_eq!(search.fits(&contact), fits, "{query}");
    }

    #[test]
    fn no_search_finds_everything() {
        check("", true);
        check("filterName=NamesOrPhoneNumberMatches&filterParameters=*", true);
        check("filterName=NamesOrPhoneNumberMatches", true);
    }

    #[test]
    fn names_are_exact_but_for_the_star_and_case() {
        check("name=mei+ito", true);
        check("name=m.ito@demo", true);
        check("name=Mei", false);
        check("name=Bo,Mei*", true);
        check("name=*I*o", true);
        check("name=*x*", false);
    }

    #[test]
    fn punctuation_in_numbers_does_not_count() {
        check("phoneNumber=15550100", true);
        check("phoneNumber=(1)555-01*", true);
        check("phoneNumber=5550100", false);
    }

    #[test]
    fn all_arguments_must_fit_any_field() {
        let filter = "filterName=NamesOrPhoneNumberMatches&filterParameters=";
        check(&format!("{filter}it*,mei"), true);
        check(&format!("{filter}it*,bo"), false);
        check(&format!("{filter}*0100"), true);
        check(&format!("{filter}m.ito*"), true);
    }

    #[test]
    fn type_roles_and_channels_are_lists() {
        check("type=Queue", false);
        check("type=Queue,User", true);
        check("roles=ROLE_ADMIN,ROLE_AGENT", true);
        check("roles=ROLE_ADMIN", false);
        check("channel=chat", true);
        check("channel=chat,voice", false);
    }

    #[test]
    fn a_filter_that_does_not_exist_is_refused() {
        let problem = Search::parse(&Query::parse("filterName=Horoscope")).expect_err("refused");
        assert_eq!(problem.code, 2);
    }
}
