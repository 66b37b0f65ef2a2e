//! The addresses of conversations, documented once for all media and written out for every medium of the media table:
//! each has its own collection, and its own keys in answers. They are served for each medium ([`crate::v2::sessions`]), so
//! no handler carries their documentation.

use crate::v2::openapi::{Denied, Listing, Refused, finish::operations};
use domain::medium::{Connector, Media, Medium};
use gws::{SessionMeasureRequest, SessionRequest, SessionsRequest, UserSessionRequest};
use utoipa::{
    OpenApi,
    openapi::{
        ArrayBuilder, Content, ObjectBuilder, Ref, RefOr, Required,
        path::{Operation, PathItem},
        schema::{AnyOfBuilder, Type},
        security::SecurityRequirement,
    },
};

/// What is served below `/api/v2`.
#[derive(OpenApi)]
#[openapi(
    paths(
        list, begin, read, operate, messages, measure, read_without_me, messages_without_me, list_of_user, take_over
    ),
    components(schemas(gws::CallBrief, gws::SessionBrief, gws::SessionResource<'static>))
)]
pub(super) struct Described;

/// The caller's live conversations of a medium.
///
/// A client takes a conversation that is missing here for revoked.
#[utoipa::path(
    get, path = "/me/{collection}", tag = "interactions",
    params(("collection" = String, Path, description = "The medium's collection"), Listing),
    responses((status = 200, description = "`uris`, or with `fields` the conversations"), Denied)
)]
#[expect(dead_code, reason = "it describes")]
fn list() {}

/// Begins a conversation, on a medium whose connector can write to a customer first.
///
/// It is the caller's at once, if they are logged in on the channel and have a free slot. Refused with 409 while a
/// conversation with this address is open, and with 403 for a customer who opted out.
#[utoipa::path(
    post, path = "/me/{collection}", tag = "interactions",
    params(("collection" = String, Path, description = "The medium's collection")),
    request_body = SessionsRequest,
    responses((status = 200, description = "begun, with `referenceId`, `id`, `uri` and `path`", body = gws::BegunAnswer<'static>), Refused)
)]
#[expect(dead_code, reason = "it describes")]
fn begin() {}

/// What a text would cost on its way: its alphabet, its length and its parts.
///
/// Nothing is sent. `tooLong` and `windowOpen` tell whether it could be.
#[utoipa::path(
    post, path = "/me/{collection}/{id}/measure", tag = "interactions",
    params(("collection" = String, Path, description = "The medium's collection"), ("id" = String, Path, description = "The interaction id")),
    request_body = SessionMeasureRequest,
    responses((status = 200, description = "The `measure`", body = gws::MeasureAnswer), Refused)
)]
#[expect(dead_code, reason = "it describes")]
fn measure() {}

/// One conversation of the caller.
///
/// After its completion it is still there with `dispositionUntil` as long as it takes a disposition.
#[utoipa::path(
    get, path = "/me/{collection}/{id}", tag = "interactions",
    params(("collection" = String, Path, description = "The medium's collection"), ("id" = String, Path, description = "The interaction id")),
    responses((status = 200, description = "The conversation"), Denied)
)]
#[expect(dead_code, reason = "it describes")]
fn read() {}

/// Operates a conversation.
///
/// Accepted means committed: what follows is told by notification, with the same `referenceId`. `SetDisposition`
/// answers `{"statusCode":0}` and nothing else. It is taken after completion too, for an hour or while the conversation
/// is among the agent's last sixteen of the medium; then nothing is notified, and reporting hears of it as
/// `EventUserEvent`.
#[utoipa::path(
    post, path = "/me/{collection}/{id}", tag = "interactions",
    params(("collection" = String, Path, description = "The medium's collection"), ("id" = String, Path, description = "The interaction id")),
    request_body = SessionRequest,
    responses((status = 200, description = "accepted, with `referenceId`", body = gws::Accepted), Refused)
)]
#[expect(dead_code, reason = "it describes")]
fn operate() {}

/// What was said, as far as the caller may see it.
///
/// Also of an earlier conversation with the same customer address as one in which the caller takes part now.
#[utoipa::path(
    get, path = "/me/{collection}/{id}/messages", tag = "interactions",
    params(
        ("collection" = String, Path, description = "The medium's collection"),
        ("id" = String, Path, description = "The interaction id"),
        ("startIndex" = Option<u32>, Query, description = "The first index to answer, from 1"),
        ("count" = Option<u32>, Query, description = "At most so many"),
    ),
    responses((status = 200, description = "The `messages`; `nextIndex`, with which to go on, when more follow than fit into 1 MiB", body = gws::MessagesAnswer), Denied)
)]
#[expect(dead_code, reason = "it describes")]
fn messages() {}

/// The same conversation, at the address that its `uri` gives.
#[utoipa::path(
    get, path = "/{collection}/{id}", tag = "interactions",
    params(("collection" = String, Path, description = "The medium's collection"), ("id" = String, Path, description = "The interaction id")),
    responses((status = 200, description = "The conversation"), Denied)
)]
#[expect(dead_code, reason = "it describes")]
fn read_without_me() {}

/// The same log, below the address that the conversation's `uri` gives.
#[utoipa::path(
    get, path = "/{collection}/{id}/messages", tag = "interactions",
    params(
        ("collection" = String, Path, description = "The medium's collection"),
        ("id" = String, Path, description = "The interaction id"),
        ("startIndex" = Option<u32>, Query, description = "The first index to answer, from 1"),
        ("count" = Option<u32>, Query, description = "At most so many"),
    ),
    responses((status = 200, description = "The `messages`; `nextIndex`, with which to go on, when more follow than fit into 1 MiB", body = gws::MessagesAnswer), Denied)
)]
#[expect(dead_code, reason = "it describes")]
fn messages_without_me() {}

/// The live conversations of an agent in brief, for those who lead them.
#[utoipa::path(
    get, path = "/users/{id}/{collection}", tag = "users",
    params(("collection" = String, Path, description = "The medium's collection"), ("id" = String, Path, description = "The user's id")),
    responses((status = 200, description = "The conversations, without addresses"), Denied)
)]
#[expect(dead_code, reason = "it describes")]
fn list_of_user() {}

/// Takes a conversation from an agent whom the caller leads.
///
/// The agent's part is `Revoked`, and the notification says in `changedBy` who did it. A colleague is offered the
/// conversation, and if they do not take it, it waits in its queue again. In a queue its place is counted from when its
/// customer began to wait.
#[utoipa::path(
    post, path = "/users/{id}/{collection}/{interactionId}", tag = "users",
    params(
        ("collection" = String, Path, description = "The medium's collection"),
        ("id" = String, Path, description = "The user's id"),
        ("interactionId" = String, Path, description = "The interaction id"),
    ),
    request_body = UserSessionRequest,
    responses((status = 200, description = "Accepted", body = gws::Done), Refused)
)]
#[expect(dead_code, reason = "it describes")]
fn take_over() {}

/// How the addresses are written before.
const COLLECTION: &str = "{collection}";

/// Writes the addresses out, and what their answers hold. Other spellings of a collection answer, too; they are named in
/// the description.
pub fn write_out(document: &mut utoipa::openapi::OpenApi, media: &Media) {
    let templates: Vec<(String, PathItem)> = document
        .paths
        .paths
        .iter()
        .filter(|(path, _)| path.contains(COLLECTION))
        .map(|(path, item)| (path.clone(), item.clone()))
        .collect();
    for (template, item) in templates {
        document.paths.paths.remove(&template);
        for medium in media.rows() {
            let mut item = item.clone();
            let carried_only = template.ends_with(COLLECTION) || template.ends_with("/measure");
            if carried_only && medium.connector == Connector::WebChat {
                item.post = None;
            }
            for (method, operation) in operations(&mut item) {
                of_medium(operation, medium);
                if method == "get" {
                    answer(&template, operation, medium);
                }
            }
            let path = template.replace(COLLECTION, medium.collection);
            match document.paths.paths.get_mut(&path) {
                Some(there) => unite(there, item),
                None if operations(&mut item).next().is_some() => {
                    document.paths.paths.insert(path, item);
                }
                None => {}
            }
        }
    }
    let components = document.components.get_or_insert_default();
    for medium in media.rows() {
        components.schemas.insert(single_name(medium), single(medium).into());
        components.schemas.insert(listing_name(medium.plural), listing(medium).into());
        components.schemas.insert(briefs_name(medium), briefs(medium).into());
    }
}

/// An operation at the addresses of one medium.
fn of_medium(operation: &mut Operation, medium: &Medium) {
    if let Some(parameters) = &mut operation.parameters {
        parameters.retain(|parameter| parameter.name != "collection");
    }
    name_aliases(operation, medium.collection_aliases);
}

/// Names the other spellings of a collection.
pub(super) fn name_aliases(operation: &mut Operation, aliases: &[&str]) {
    if !aliases.is_empty() {
        let others: Vec<String> = aliases.iter().map(|name| format!("`{name}`")).collect();
        let about = format!("The collection answers as {}, too.", others.join(" and "));
        let described =
            operation.description.take().map_or(about.clone(), |text| format!("{text}\n\n{about}"));
        operation.description = Some(described);
    }
}

/// What reading a conversation, or their list, answers.
fn answer(template: &str, operation: &mut Operation, medium: &Medium) {
    let name = if template.ends_with("/me/{collection}") {
        listing_name(medium.plural)
    } else if template.ends_with("/users/{id}/{collection}") {
        briefs_name(medium)
    } else if template.ends_with("/{collection}/{id}") {
        single_name(medium)
    } else {
        return;
    };
    answered_by(operation, &name);
}

/// Says by which schema an operation answers.
pub(super) fn answered_by(operation: &mut Operation, schema: &str) {
    if let Some(RefOr::T(response)) = operation.responses.responses.get_mut("200") {
        let content = Content::new(Some(Ref::from_schema_name(schema)));
        response.content.insert("application/json".to_owned(), content);
    }
}

/// One address serves two kinds of callers, told apart by a header: customers and agents. The document has one operation
/// for both.
fn unite(there: &mut PathItem, with: PathItem) {
    let PathItem { get, post, put, delete, .. } = with;
    for (to, from) in
        [(&mut there.get, get), (&mut there.post, post), (&mut there.put, put), (&mut there.delete, delete)]
    {
        match (to, from) {
            (Some(to), Some(from)) => unite_operations(to, from),
            (to @ None, from) => *to = from,
            (Some(_), None) => {}
        }
    }
}

fn unite_operations(to: &mut Operation, from: Operation) {
    let parameters = to.parameters.get_or_insert_default();
    for parameter in parameters.iter_mut().filter(|parameter| parameter.name == "ContactCenterId") {
        parameter.required = Required::False;
    }
    for parameter in from.parameters.unwrap_or_default() {
        if !parameters.iter().any(|other| other.name == parameter.name) {
            parameters.push(parameter);
        }
    }
    // Without a login for customers, with one for agents.
    let logins =
        ["basic", "session"].map(|scheme| SecurityRequirement::new::<_, [String; 0], String>(scheme, []));
    to.security.get_or_insert_default().extend(logins);
    for (status, response) in from.responses.responses {
        match (to.responses.responses.get_mut(&status), response) {
            (None, response) => {
                to.responses.responses.insert(status, response);
            }
            (Some(RefOr::T(there)), RefOr::T(response)) => {
                for (kind, content) in response.content {
                    let old = there.content.get(&kind).and_then(|old| old.schema.clone());
                    let both = match (old, content.schema) {
                        (Some(old), Some(new)) if old != new => {
                            Some(AnyOfBuilder::new().item(old).item(new).into())
                        }
                        (old, new) => new.or(old),
                    };
                    there.content.insert(kind, Content::new(both));
                }
            }
            (Some(_), _) => {}
        }
    }
}

fn single_name(medium: &Medium) -> String {
    format!("{}Answer", capital(medium.singular.first().copied().unwrap_or_default()))
}

/// The name of the schema of a collection.
pub(super) fn listing_name(plural: &str) -> String {
    format!("{}Answer", capital(plural))
}

fn briefs_name(medium: &Medium) -> String {
    format!("{}OfUserAnswer", capital(medium.plural))
}

fn capital(word: &str) -> String {
    word.chars()
        .next()
        .map(|first| first.to_ascii_uppercase())
        .into_iter()
        .chain(word.chars().skip(1))
        .collect()
}

fn single(medium: &Medium) -> ObjectBuilder {
    let session = || Ref::from_schema_name("Session");
    let answer = status_code(ObjectBuilder::new().description(Some("A conversation.")));
    medium.singular.iter().fold(answer, |answer, key| answer.property(*key, session()).required(*key))
}

fn listing(medium: &Medium) -> ObjectBuilder {
    std::iter::once(&medium.plural).chain(medium.plural_aliases).fold(page(), |answer, key| {
        answer.property(*key, ArrayBuilder::new().items(Ref::from_schema_name("Session")))
    })
}

/// The answer of a collection of conversations, without these.
pub(super) fn page() -> ObjectBuilder {
    let about = "Conversations. Without `fields` it has `uris`, with it the resources; with `fields` other than `*` these \
                 have only the members that were asked for, besides `id`, `uri` and `path`.";
    let number = |about: &str| {
        ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(0)).description(Some(about)).build()
    };
    let uri = ObjectBuilder::new().schema_type(Type::String);
    status_code(ObjectBuilder::new().description(Some(about)))
        .property("uris", ArrayBuilder::new().items(uri).description(Some("The addresses.")))
        .property("offset", number("How many were left out before these, when these are not all."))
        .property("limit", number("The most that this answer holds, when these are not all."))
        .property("totalCount", number("How many there are, when these are not all."))
}

fn briefs(medium: &Medium) -> ObjectBuilder {
    let answer =
        status_code(ObjectBuilder::new().description(Some("Conversations of another user, in brief.")));
    let keys = std::iter::once(&medium.plural).chain(medium.plural_aliases);
    keys.fold(answer, |answer, key| {
        let list =
            ArrayBuilder::new().items(Ref::from_schema_name(<gws::SessionBrief as utoipa::ToSchema>::name()));
        answer.property(*key, list).required(*key)
    })
}

fn status_code(answer: ObjectBuilder) -> ObjectBuilder {
    use utoipa::PartialSchema;
    answer.property("statusCode", gws::Success::schema()).required("statusCode")
}
