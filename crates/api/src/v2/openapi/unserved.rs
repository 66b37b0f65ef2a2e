//! The collections of media that are not served ([`crate::v2::unserved`]), described once and written out for each.

use crate::v2::openapi::{Denied, Listing, finish::operations, sessions::answered_by};
use domain::medium::{UNSERVED, Unserved};
use utoipa::{
    OpenApi,
    openapi::{ArrayBuilder, ObjectBuilder},
};

/// What is served below `/api/v2`.
#[derive(OpenApi)]
#[openapi(paths(list))]
pub(super) struct Described;

/// The caller's conversations of a medium that is not served: there are none.
///
/// Nothing stands below this address, and nothing can be begun here.
#[utoipa::path(
    get, path = "/me/{unserved}", tag = "interactions", params(Listing),
    responses((status = 200, description = "`uris`, or with `fields` the conversations: always empty"), Denied)
)]
#[expect(dead_code, reason = "it describes")]
fn list() {}

/// How the address is written before.
const TEMPLATE: &str = "/api/v2/me/{unserved}";

/// Writes the addresses out, and what their answers hold.
pub fn write_out(document: &mut utoipa::openapi::OpenApi) {
    let Some(template) = document.paths.paths.remove(TEMPLATE) else { return };
    let components = document.components.get_or_insert_default();
    for medium in UNSERVED {
        let (mut item, name) = (template.clone(), super::sessions::listing_name(medium.plural));
        for (_, operation) in operations(&mut item) {
            super::sessions::name_aliases(operation, medium.collection_aliases);
            answered_by(operation, &name);
        }
        document.paths.paths.insert(TEMPLATE.replace("{unserved}", medium.collection), item);
        components.schemas.insert(name, listing(medium).into());
    }
}

fn listing(medium: &Unserved) -> ObjectBuilder {
    let none =
        ArrayBuilder::new().items(ObjectBuilder::new()).max_items(Some(0)).description(Some("Always empty."));
    super::sessions::page().property(medium.plural, none)
}
