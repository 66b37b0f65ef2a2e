//! A member that takes one of a list of words.

use utoipa::{PartialSchema, openapi::RefOr};

/// The schema of a text that is one of some.
pub fn one_of(words: &[&str]) -> RefOr<utoipa::openapi::Schema> {
    match String::schema() {
        RefOr::T(utoipa::openapi::Schema::Object(mut object)) => {
            object.enum_values = Some(words.iter().map(|word| (*word).into()).collect());
            RefOr::T(utoipa::openapi::Schema::Object(object))
        }
        other => other,
    }
}
