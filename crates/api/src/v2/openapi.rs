//! The API document: what the router documents, and what it serves without documenting it, as OpenAPI 3.1.

mod bayeux;
mod customers;
mod elsewhere;
mod feed;
mod finish;
mod refusals;
mod sessions;
mod unserved;
mod webhooks;

pub(super) use refusals::{Denied, Embedding, Listing, Refused};

use domain::medium::Media;
use finish::operations;
use gws::{Links, Shown};
use serde_json::Value;
use utoipa::{
    OpenApi as _,
    openapi::{
        Components, InfoBuilder, ObjectBuilder, OpenApi, OpenApiBuilder, Paths, Required, Server, Tag,
        path::{Operation, Parameter, ParameterBuilder, ParameterIn},
        schema::Type,
        security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityRequirement, SecurityScheme},
    },
};

const TITLE: &str = "Jackfield";
const ABOUT: &str = "An open agent-interaction server for contact centres, with the Web Services API v2 that agent \
desktops and CRM adapters in the field speak.\n\nEvery answer of `/api/v2` is JSON with a `statusCode`: 0 is success, 7 is \
success of a part, anything else is told in `statusMessage`. Look at both, the HTTP status and the `statusCode`. An \
operation is a POST with an `operationName`; its answer says that it was accepted, and what became of it is told by a \
notification (`/api/v2/notifications`, CometD). Log in with HTTP Basic on any request; the session cookie that comes back \
will do from then on. Without a login the answer is 403 with `statusCode` 20, never 401.\n\nUnknown members and \
parameters are ignored.";

/// The whole API as a document, with addresses below the public URL of the links, for a server with these media that
/// shows things so.
pub fn openapi(links: &Links, version: &str, media: &Media, shown: Shown) -> Value {
    let info = InfoBuilder::new()
        .title(TITLE)
        .version(version)
        .description(Some(ABOUT))
        .license(Some(
            utoipa::openapi::LicenseBuilder::new().name("Apache-2.0").identifier(Some("Apache-2.0")).build(),
        ))
        .build();
    let mut document = OpenApiBuilder::new()
        .info(info)
        .servers(Some([Server::new(links.root())]))
        .paths(Paths::new())
        .components(Some(components()))
        .security(Some([login("basic"), login("session")]))
        .tags(Some(tags()))
        .build()
        .nest("/api/v2", super::router::documented().into_openapi())
        .nest("/api/v2", sessions::Described::openapi())
        .nest("/api/v2", unserved::Described::openapi())
        .merge_from(customers::Described::openapi())
        .merge_from(bayeux::Described::openapi())
        .merge_from(elsewhere::Described::openapi());
    document.paths.paths.extend(customers::forms().paths);
    sessions::write_out(&mut document, media);
    unserved::write_out(&mut document);
    name_and_complete(&mut document);
    finish::complete_requests(&mut document);
    let mut document = finish::finish(document, links.root(), media, shown);
    let topics = webhooks::topics(media);
    webhooks::add(&mut document, &topics);
    bayeux::add(&mut document, &topics);
    customers::add(&mut document);
    feed::add(&mut document);
    document
}

/// Gives every operation its name, a summary of one sentence, and what all operations of its kind have.
fn name_and_complete(document: &mut OpenApi) {
    for (path, item) in &mut document.paths.paths {
        for (method, operation) in operations(item) {
            operation.operation_id = Some(operation_id(method, path));
            summarise(operation);
            let takes_no_key = ["/api/v2/notifications", "/api/v2/login", "/api/v2/logout", "/genesys"];
            let takes_key = method == "post" && !takes_no_key.iter().any(|root| path.starts_with(root));
            if takes_key {
                operation.parameters.get_or_insert_default().push(idempotency_key());
            }
            refusals::complete(path, operation, takes_key);
        }
    }
}

/// The header of every POST that may come twice (docs/idempotency.md).
fn idempotency_key() -> Parameter {
    ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .schema(Some(ObjectBuilder::new().schema_type(Type::String).max_length(Some(257))))
        .description(Some(
            "A random UUID. The request is performed once, and one that comes again within 24 hours is answered as the \
             first was; 422 for another request under the same key, 409 while the first is being served.",
        ))
        .build()
}

fn login(scheme: &str) -> SecurityRequirement {
    SecurityRequirement::new::<_, [String; 0], String>(scheme, [])
}

fn components() -> Components {
    let mut components = Components::new();
    let basic = Http::builder()
        .scheme(HttpAuthScheme::Basic)
        .description(Some("User name and password, on the first request or on every one."))
        .build();
    components.add_security_scheme("basic", SecurityScheme::Http(basic));
    let cookie = ApiKeyValue::with_description("JSESSIONID", "The session that the first login opens.");
    components.add_security_scheme("session", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
    refusals::describe(&mut components);
    components
}

fn tags() -> Vec<Tag> {
    [
        ("me", "The caller: their contact-centre session, channels and phone"),
        ("interactions", "Conversations of the caller, in every medium"),
        ("calls", "Calls of the caller"),
        ("notifications", "What changes, as it changes"),
        ("reporting", "Everything that happened, for reporting, workforce management and quality"),
        ("customers", "The customer's side of a chat"),
        ("users", "Users"),
        ("skills", "Skills"),
        ("devices", "Phones"),
        ("queues", "Queues"),
        ("contacts", "The directory of colleagues and queues"),
        ("groups", "Groups: disposition codes as a tree, business units"),
        ("settings", "Settings, states and disposition codes as lists"),
        ("features", "What the centre has"),
        ("services", "The parts of the server and whether they work"),
        ("workbins", "Workbins"),
        ("diagnostics", "Looking inside"),
        ("internal", "Bundled reads of one vendor's desktop; no public contract"),
        ("operation", "For those who run the server; without login"),
    ]
    .into_iter()
    .map(|(name, about)| utoipa::openapi::tag::TagBuilder::new().name(name).description(Some(about)).build())
    .collect()
}

/// Reduces a summary to its first sentence, which stands in lists, and moves the rest to the description.
fn summarise(operation: &mut Operation) {
    let Some(text) = operation.summary.take() else { return };
    let text = text.replace('\n', " ");
    let (first, rest) = match text.split_once(". ") {
        Some((first, rest)) => (first, Some(rest)),
        None => (text.trim_end_matches('.'), None),
    };
    let described =
        rest.into_iter().map(str::to_owned).chain(operation.description.take()).collect::<Vec<_>>();
    operation.summary = Some(first.to_owned());
    operation.description = (!described.is_empty()).then(|| described.join("\n\n"));
}

/// A name for an operation that no other has, drawn from its address: `getMeChannelsByChannel`.
fn operation_id(method: &str, path: &str) -> String {
    let mut id = method.to_owned();
    let segments = path.trim_start_matches("/api/v2").split('/').filter(|segment| !segment.is_empty());
    for segment in segments {
        let (by, word) = match segment.strip_prefix('{') {
            Some(parameter) => ("By", parameter.trim_end_matches('}')),
            None => ("", segment),
        };
        id.push_str(by);
        for part in word.split(|c: char| !c.is_ascii_alphanumeric()) {
            let mut letters = part.chars();
            id.extend(letters.next().map(|first| first.to_ascii_uppercase()));
            id.push_str(letters.as_str());
        }
    }
    id
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operation_is_named_by_its_address() {
        assert_eq!(operation_id("get", "/api/v2/me/channels/{channel}"), "getMeChannelsByChannel");
        assert_eq!(operation_id("post", "/internal-api/operations"), "postInternalApiOperations");
    }
}
