//! What is told, and what customers are answered, against the API document. It is read strictly: a member that the
//! document does not describe fails the test that met it.

use crate::PUBLIC_URL;
use api::{Links, Shown, openapi};
use domain::medium::Media;
use serde_json::{Map, Value, json};
use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, LazyLock, Mutex, PoisonError},
};

/// Where the closed components stand, and where those stand that leave room for the members beside them.
const CLOSED: &str = "#/components/schemas/";
const OPEN: &str = "#/components/open/";

/// A document, and what was built from it so far.
struct Document {
    json: Value,
    components: Value,
    built: Mutex<HashMap<String, Arc<jsonschema::Validator>>>,
}

/// The documents of the media tables that the tests of this process have.
static DOCUMENTS: LazyLock<Mutex<HashMap<String, Arc<Document>>>> = LazyLock::new(Mutex::default);
/// Every kind of message that the tests of this process have met.
static MET: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// Checks a notification, `channel` and `data` as its topic tells it, of a server with these media that shows things so.
#[track_caller]
pub fn told((media, shown): (&Media, Shown), message: &Value) {
    let document = Document::of(media, shown);
    let delivery = document.picked("BayeuxMessage", "channel", message);
    if let Some(data) = message.get("data") {
        let union = document.json["components"]["schemas"][&delivery]["properties"]["data"]["$ref"].clone();
        let union = union.as_str().unwrap_or_default().trim_start_matches(CLOSED).to_owned();
        // A fault is told by the schema of the message, which says more than that of any of them.
        let component = document.picked(&union, "messageType", data);
        document.check(&component, data);
        meet(&component, data["notificationType"].as_str());
    }
    document.check(&delivery, message);
}

/// Checks an event of the reporting feed.
#[track_caller]
pub fn reported(event: &Value) {
    let document = Document::of(&Media::default(), Shown::default());
    let component = document.picked("ReportingEvent", "type", event);
    document.check(&component, event);
    if let Some(data) = component.strip_suffix("Event") {
        document.check(&format!("{data}Data"), &event["data"]);
    }
}

/// Checks what a request to an address of customers was answered with, if the document has the address.
#[track_caller]
pub fn answered(method: &str, path: &str, status: u16, answer: &Value) {
    let document = Document::of(&Media::default(), Shown::default());
    let Some(address) = document.address(path) else { return };
    let operation = &document.json["paths"][&address][method.to_ascii_lowercase()];
    if operation.is_null() {
        return;
    }
    let response = &operation["responses"][status.to_string()];
    assert!(!response.is_null(), "{method} {address} answers {status}, which is not documented: {answer}");
    let place = format!("{method} {address} {status}");
    document.check_by(&place, &response["content"]["application/json"]["schema"], answer);
}

/// The kinds of messages that the tests of this process have met: the component, and the `notificationType`.
pub fn met() -> BTreeSet<String> {
    MET.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

/// The kinds of messages that the document has.
pub fn documented(media: &Media) -> BTreeSet<String> {
    let document = Document::of(media, Shown::default());
    let schemas = &document.json["components"]["schemas"];
    let topics = document.json["webhooks"].as_object().expect("topics");
    let unions = topics.values().map(|topic| {
        let schema = &topic["post"]["requestBody"]["content"]["application/json"]["schema"]["$ref"];
        &schemas[schema.as_str().expect("a union").trim_start_matches(CLOSED)]
    });
    let messages = unions.flat_map(|union| {
        let mapping = union["discriminator"]["mapping"].as_object().expect("messages");
        mapping.values().map(|place| place.as_str().expect("a place").trim_start_matches(CLOSED))
    });
    let kinds = messages.flat_map(|component| {
        let member = &schemas[component]["properties"]["notificationType"];
        let member = match member["$ref"].as_str() {
            Some(place) => &schemas[place.trim_start_matches(CLOSED)],
            None => member,
        };
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

impl Document {
    fn of(media: &Media, shown: Shown) -> Arc<Self> {
        let key = format!("{media:?} {shown:?}");
        let mut documents = DOCUMENTS.lock().unwrap_or_else(PoisonError::into_inner);
        documents.entry(key).or_insert_with(|| Arc::new(Self::new(media, shown))).clone()
    }

    fn new(media: &Media, shown: Shown) -> Self {
        let json = openapi(&Links::new(PUBLIC_URL), "0.0.0-test", media, shown);
        let schemas = json["components"]["schemas"].as_object().expect("components");
        let every = |open| -> Map<String, Value> {
            schemas.iter().map(|(name, schema)| (name.clone(), closed(schema, open))).collect()
        };
        let components = json!({"schemas": every(false), "open": every(true)});
        Self { json, components, built: Mutex::default() }
    }

    /// The component that a union has for what stands in a member.
    #[track_caller]
    fn picked(&self, union: &str, member: &str, value: &Value) -> String {
        let word = value[member].as_str().unwrap_or_default();
        let place = &self.json["components"]["schemas"][union]["discriminator"]["mapping"][word];
        let place = place.as_str().unwrap_or_else(|| panic!("{union} has nothing for '{word}': {value:#}"));
        place.trim_start_matches(CLOSED).to_owned()
    }

    #[track_caller]
    fn check(&self, component: &str, value: &Value) {
        self.check_by(component, &json!({"$ref": format!("{CLOSED}{component}")}), value);
    }

    #[track_caller]
    fn check_by(&self, place: &str, schema: &Value, value: &Value) {
        let validator = {
            let mut built = self.built.lock().unwrap_or_else(PoisonError::into_inner);
            let validator = built.entry(place.to_owned()).or_insert_with(|| {
                let mut whole = closed(schema, false);
                whole["components"] = self.components.clone();
                Arc::new(jsonschema::draft202012::new(&whole).expect("a schema"))
            });
            validator.clone()
        };
        let faults: Vec<String> =
            validator.iter_errors(value).map(|fault| format!("{}: {fault}", fault.instance_path())).collect();
        assert!(faults.is_empty(), "{place} does not describe {value:#}: {faults:#?}");
    }

    /// The address of the document that a path has; literal parts count before parameters.
    fn address(&self, path: &str) -> Option<String> {
        let path = path.split('?').next().unwrap_or_default();
        let fits = |address: &&String| {
            let parts = address.split('/').zip(path.split('/'));
            address.split('/').count() == path.split('/').count()
                && parts.into_iter().all(|(known, part)| known.starts_with('{') || known == part)
        };
        let addresses = self.json["paths"].as_object()?.keys().filter(fits);
        addresses.min_by_key(|address| address.matches('{').count()).cloned()
    }
}

/// A schema with no room for members that it does not describe. One that is `open` leaves that to the schema around it.
fn closed(schema: &Value, open: bool) -> Value {
    let Value::Object(members) = schema else { return schema.clone() };
    let has = |name: &str| members.contains_key(name);
    let joined = has("allOf") || has("properties") && (has("oneOf") || has("anyOf"));
    let all = |value: &Value, open| -> Value {
        match value {
            Value::Array(items) => items.iter().map(|item| closed(item, open)).collect(),
            other => other.clone(),
        }
    };
    let inner = |(name, value): (&String, &Value)| {
        let value = match (name.as_str(), value) {
            ("$ref", Value::String(place)) if open => place.replace(CLOSED, OPEN).into(),
            ("properties", Value::Object(properties)) => {
                Value::Object(properties.iter().map(|(name, of)| (name.clone(), closed(of, false))).collect())
            }
            ("items" | "additionalProperties", value) => closed(value, false),
            ("allOf", value) => all(value, true),
            ("oneOf" | "anyOf", value) => all(value, open || joined),
            (_, value) => value.clone(),
        };
        (name.clone(), value)
    };
    let mut out: Map<String, Value> = members.iter().map(inner).collect();
    if joined && !open {
        out.insert("unevaluatedProperties".to_owned(), false.into());
    } else if has("properties") && !open && !has("additionalProperties") {
        out.insert("additionalProperties".to_owned(), false.into());
    }
    Value::Object(out)
}
