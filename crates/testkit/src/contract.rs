//! The API document, held against what the server answers.

use api::{Links, Shown, openapi};
use axum::{
    body::{Body, to_bytes},
    extract::Request,
    middleware::Next,
    response::Response,
};
use domain::medium::{Media, UNSERVED};
use http::{StatusCode, header};
use jsonschema::Validator;
use serde_json::{Value, json};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

/// The largest answer that is looked at, in bytes.
const MOST: usize = 64 << 20;

/// The document of a server, as strictly as it can be read: an answer has no member that it does not name.
pub struct Contract {
    media: Media,
    document: Value,
    /// The same for an answer that was asked for some members of resources only.
    of_parts: Value,
    validators: Mutex<HashMap<String, Arc<Validator>>>,
}

impl Contract {
    /// The contract of a server with these media that shows things so. It is made once for all servers that are alike.
    pub fn of(media: &Media, shown: Shown) -> Arc<Self> {
        static MADE: OnceLock<Mutex<HashMap<String, Arc<Contract>>>> = OnceLock::new();
        let mut made = MADE.get_or_init(Mutex::default).lock().unwrap_or_else(PoisonError::into_inner);
        let key = format!("{media:?} {shown:?}");
        made.entry(key).or_insert_with(|| Arc::new(Self::new(media, shown))).clone()
    }

    fn new(media: &Media, shown: Shown) -> Self {
        let mut document = openapi(&Links::new(crate::PUBLIC_URL), "0.0.0-test", media, shown);
        close(&mut document["components"]["schemas"]);
        let mut of_parts = document.clone();
        for (_, schema) in of_parts["components"]["schemas"].as_object_mut().expect("schemas") {
            if schema["properties"].get("statusCode").is_none() {
                open(schema);
            }
        }
        Self { media: media.clone(), document, of_parts, validators: Mutex::default() }
    }

    /// The document.
    pub const fn document(&self) -> &Value {
        &self.document
    }

    /// The operation that a request asks for, as method and path (`get /api/v2/me`). Addresses answer with `/me` before them
    /// and without, and collections in all their spellings.
    pub fn operation(&self, method: &str, path: &str) -> Option<String> {
        let method = method.to_ascii_lowercase();
        let segments: Vec<&str> = path.split('/').map(|segment| self.spelt(segment)).collect();
        let canonical = segments.join("/");
        let other = match canonical.strip_prefix("/api/v2/me/") {
            Some(rest) => format!("/api/v2/{rest}"),
            None => canonical.replacen("/api/v2/", "/api/v2/me/", 1),
        };
        [canonical, other].iter().find_map(|path| {
            let template = self.template(&method, path)?;
            Some(format!("{method} {template}"))
        })
    }

    fn spelt<'s>(&'s self, segment: &'s str) -> &'s str {
        let unserved = UNSERVED.iter().find(|row| row.collection_aliases.contains(&segment));
        let unserved = || unserved.map_or(segment, |row| row.collection);
        self.media.collection(segment).map_or_else(unserved, |row| row.collection)
    }

    fn template(&self, method: &str, path: &str) -> Option<&str> {
        let asked: Vec<&str> = path.split('/').collect();
        let paths = self.document["paths"].as_object().expect("paths");
        let fitting = paths.iter().filter_map(|(template, item)| {
            let parts: Vec<&str> = template.split('/').collect();
            let fits = |(part, segment): (&&str, &&str)| {
                part.starts_with('{') && !segment.is_empty() || part == segment
            };
            let is_fit = parts.len() == asked.len() && parts.iter().zip(&asked).all(fits);
            item.get(method)?;
            is_fit.then(|| (parts.iter().filter(|part| part.starts_with('{')).count(), template.as_str()))
        });
        fitting.min().map(|(_, template)| template)
    }

    /// What is wrong with an answer, if it is not as the document says.
    pub fn breach(&self, asked: &Asked, status: StatusCode, answer: &Value) -> Option<String> {
        let Some(operation) = self.operation(&asked.method, &asked.path) else {
            let refused = self.fails("", &json!({"$ref": "#/components/schemas/Refusal"}), false, answer);
            return if status.is_success() { Some("it is not documented".into()) } else { refused };
        };
        let (method, path) = operation.split_once(' ').expect("a method and a path");
        let mut response = &self.document["paths"][path][method]["responses"][status.as_str()];
        if let Some(to) = response["$ref"].as_str() {
            response = self.document.pointer(to.trim_start_matches('#')).expect("a response");
        }
        if response.is_null() {
            return Some(format!("{operation} has no answer {status}"));
        }
        let schema = &response["content"]["application/json"]["schema"];
        if schema.is_null() {
            return None;
        }
        let name = format!("{operation} {status}");
        self.fails(&name, schema, asked.of_parts, answer).map(|why| format!("{name}: {why}"))
    }

    /// What is wrong with a value, if it does not fit a schema of the document.
    pub fn misfit(&self, schema: &Value, value: &Value) -> Option<String> {
        self.fails(&schema.to_string(), schema, false, value)
    }

    fn fails(&self, name: &str, schema: &Value, of_parts: bool, answer: &Value) -> Option<String> {
        let validator = {
            let mut validators = self.validators.lock().unwrap_or_else(PoisonError::into_inner);
            let make = || Arc::new(self.validator(schema, of_parts));
            validators.entry(format!("{name} {of_parts}")).or_insert_with(make).clone()
        };
        let wrong =
            validator.iter_errors(answer).map(|fault| format!("{} at '{}'", fault, fault.instance_path()));
        let wrong: Vec<String> = wrong.take(5).collect();
        (!wrong.is_empty()).then(|| wrong.join("; "))
    }

    fn validator(&self, schema: &Value, of_parts: bool) -> Validator {
        let mut schema = schema.clone();
        close(&mut schema);
        let from = if of_parts { &self.of_parts } else { &self.document };
        schema["components"] = from["components"].clone();
        jsonschema::validator_for(&schema).expect("a schema")
    }
}

/// A request, as far as the contract asks for it.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The method.
    pub method: String,
    /// The path, from the root.
    pub path: String,
    /// Whether `fields` names members of resources.
    pub of_parts: bool,
}

impl Asked {
    /// What a request asks.
    pub fn of(request: &Request) -> Self {
        let query = request.uri().query().unwrap_or_default();
        let fields = form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name == "fields").last();
        Self {
            method: request.method().as_str().to_owned(),
            path: request.uri().path().to_owned(),
            of_parts: fields.is_some_and(|(_, names)| !["", "*", "**"].contains(&names.trim())),
        }
    }
}

/// Lets no answer of JSON pass that is not as the document says.
pub async fn hold(contract: Arc<Contract>, request: Request, next: Next) -> Response {
    let asked = Asked::of(&request);
    let response = next.run(request).await;
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    // Bayeux messages are held one by one, by `documented::told`.
    let is_ours = ["/api/v2", "/internal-api"].iter().any(|root| asked.path.starts_with(root))
        && !asked.path.starts_with("/api/v2/notifications");
    if !is_ours || !kind.is_some_and(|kind| kind.starts_with("application/json")) {
        return response;
    }
    let (head, body) = response.into_parts();
    let bytes = to_bytes(body, MOST).await.expect("a body");
    let answer: Value = serde_json::from_slice(&bytes).expect("JSON, as the answer says");
    if let Some(breach) = contract.breach(&asked, head.status, &answer) {
        panic!("{} {} is not as the API document says: {breach}\n{answer}", asked.method, asked.path);
    }
    Response::from_parts(head, Body::from(bytes))
}

/// Closes every object that names its members.
fn close(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            members.values_mut().for_each(close);
            if members.get("properties").is_some_and(is_members)
                && !members.contains_key("additionalProperties")
            {
                members.insert("unevaluatedProperties".to_owned(), false.into());
            }
        }
        Value::Array(items) => items.iter_mut().for_each(close),
        _ => {}
    }
}

/// Whether this lists members, and is not a member of that name.
fn is_members(properties: &Value) -> bool {
    properties.as_object().is_some_and(|members| members.values().all(Value::is_object))
}

/// Demands no member of any object, so that parts of resources fit.
fn open(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            if members.get("required").is_some_and(Value::is_array) {
                members.remove("required");
            }
            if let Some(kinds) = members.remove("oneOf") {
                members.insert("anyOf".to_owned(), kinds);
            }
            members.values_mut().for_each(open);
        }
        Value::Array(items) => items.iter_mut().for_each(open),
        _ => {}
    }
}
