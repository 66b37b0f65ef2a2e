//! What the requests of operations have in common in the API document: an example for each operation, and the states
//! that a centre names itself.

use gws::{Family, OwnStateRequest, families};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{Content, OpenApi, Ref, RefOr, example::ExampleBuilder, path::Operation, schema::AnyOfBuilder},
};

/// Completes every request that names its operation.
pub(super) fn complete(document: &mut OpenApi) {
    let families = families();
    for item in document.paths.paths.values_mut() {
        if let Some((content, family)) = item.post.as_mut().and_then(|post| named(post, &families)) {
            exemplify(content, family);
        }
    }
    let components = document.components.get_or_insert_default();
    components.schemas.insert(OwnStateRequest::name().into_owned(), OwnStateRequest::schema());
}

/// The body of an operation that takes the requests of a family.
fn named<'o, 'f>(
    operation: &'o mut Operation,
    families: &'f [Family],
) -> Option<(&'o mut Content, &'f Family)> {
    let content = operation.request_body.as_mut()?.content.get_mut("application/json")?;
    let Some(RefOr::Ref(to)) = &content.schema else { return None };
    let name = to.ref_location.rsplit('/').next()?;
    let family = families.iter().find(|family| family.name == name)?;
    Some((content, family))
}

/// An example for each operation. States of the centre's own stand beside the union, which is told apart by the names
/// that are known, so that a generated client can send both.
fn exemplify(content: &mut Content, family: &Family) {
    for row in &family.rows {
        let name = row.names.first().copied().unwrap_or_default();
        let example = ExampleBuilder::new().value(Some(row.example.clone())).build();
        content.examples.insert(name.to_owned(), example.into());
    }
    if family.takes_states {
        let either = AnyOfBuilder::new()
            .item(Ref::from_schema_name(&*family.name))
            .item(Ref::from_schema_name(OwnStateRequest::name()));
        content.schema = Some(either.into());
    }
}
