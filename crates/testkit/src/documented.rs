//! What is told, and what customers are answered, against the API document. It is read strictly: a member that the
//! document does not describe fails the test that met it.

use crate::{Asked, Contract};
use api::Shown;
use domain::medium::Media;
use http::StatusCode;
use serde_json::{Value, json};
use std::{
    collections::BTreeSet,
    sync::{Mutex, PoisonError},
};

/// Where components stand.
const COMPONENTS: &str = "#/components/schemas/";

/// Every kind of message that the tests of this process have met.
static MET: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// Checks a message of the notifications endpoint: a reply, or a notification as its topic tells it.
#[track_caller]
pub fn told(contract: &Contract, message: &Value) {
    let delivery = picked(contract, "BayeuxMessage", "channel", message);
    if let Some(data) = message.get("data") {
        let union = &contract.document()["components"]["schemas"][&delivery]["properties"]["data"]["$ref"];
        // A fault is told by the schema of the message, which says more than that of any of them.
        let component = picked(contract, name(union), "messageType", data);
        check(contract, &component, data);
        meet(&component, data["notificationType"].as_str());
    }
    check(contract, &delivery, message);
}

/// Checks what a request to an address of customers was answered with, if the document has the address.
#[track_caller]
pub fn answered(method: &str, path: &str, status: StatusCode, answer: &Value) {
    let contract = Contract::of(&Media::default(), Shown::default());
    let path = path.split('?').next().unwrap_or_default().to_owned();
    // Agents have some addresses of customers under `/me`, too.
    let is_known = contract.operation(method, &path).is_some_and(|known| !known.contains("/me/"));
    if is_known {
        let asked = Asked { method: method.to_owned(), path, of_parts: false };
        let breach = contract.breach(&asked, status, answer);
        assert_eq!(breach, None, "{method} {} answers {status}: {answer:#}", asked.path);
    }
}

/// The kinds of messages that the tests of this process have met: the component, and the `notificationType`.
pub fn met() -> BTreeSet<String> {
    MET.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

/// The kinds of messages that the document has.
pub fn documented(contract: &Contract) -> BTreeSet<String> {
    let document = contract.document();
    let schemas = &document["components"]["schemas"];
    let topics = document["webhooks"].as_object().expect("topics");
    let unions = topics.values().map(|topic| {
        let schema = &topic["post"]["requestBody"]["content"]["application/json"]["schema"]["$ref"];
        &schemas[name(schema)]
    });
    let messages = unions.flat_map(|union| {
        let mapping = union["discriminator"]["mapping"].as_object().expect("messages");
        mapping.values().map(name)
    });
    let kinds = messages.flat_map(|component| {
        let member = &schemas[component]["properties"]["notificationType"];
        let member = if member["$ref"].is_string() { &schemas[name(&member["$ref"])] } else { member };
        match member["enum"].as_array() {
            Some(words) => {
                words.iter().map(|word| format!("{component} {}", word.as_str().expect("a word"))).collect()
            }
            None => vec![component.to_owned()],
        }
    });
    kinds.collect()
}

fn meet(component: &str, kind: Option<&str>) {
    let met = kind.map_or_else(|| component.to_owned(), |kind| format!("{component} {kind}"));
    MET.lock().unwrap_or_else(PoisonError::into_inner).insert(met);
}

/// The component that a reference names.
fn name(reference: &Value) -> &str {
    reference.as_str().unwrap_or_default().trim_start_matches(COMPONENTS)
}

/// The component that a union has for what stands in a member.
#[track_caller]
fn picked(contract: &Contract, union: &str, member: &str, value: &Value) -> String {
    let word = value[member].as_str().unwrap_or_default();
    let place = &contract.document()["components"]["schemas"][union]["discriminator"]["mapping"][word];
    assert!(place.is_string(), "{union} has nothing for '{word}': {value:#}");
    name(place).to_owned()
}

#[track_caller]
fn check(contract: &Contract, component: &str, value: &Value) {
    let misfit = contract.misfit(&json!({"$ref": format!("{COMPONENTS}{component}")}), value);
    assert_eq!(misfit, None, "{component} does not describe {value:#}");
}
