//! Which entries a search of the directory lets through (spec: admin-and-reporting#2.9).

use domain::Refusal;
use gws::{Problem, Query, full_name};
use serde_json::Value;

/// The parameters that mean something of their own here, and so are no filters by attribute.
pub const MEANT: [&str; 7] =
    ["name", "phoneNumber", "type", "roles", "channel", "filterName", "filterParameters"];

/// The one named filter.
const NAMES_OR_NUMBER: &str = "NamesOrPhoneNumberMatches";

/// A search. What it does not mention fits.
#[derive(Debug, Default)]
pub struct Search {
    names: Vec<Pattern>,
    numbers: Vec<Pattern>,
    types: Vec<String>,
    roles: Vec<String>,
    channels: Vec<String>,
    either: Vec<Pattern>,
}

impl Search {
    /// Reads the search of a query; a filter that does not exist is refused.
    pub fn parse(query: &Query) -> Result<Self, Problem> {
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
    pub fn fits(&self, contact: &Value) -> bool {
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
