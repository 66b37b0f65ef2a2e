//! Changes to the disposition book: its groups and their codes (spec: admin-and-reporting#6.2, #6.3).

use crate::links::unescape;
use serde::{Deserialize, Deserializer, de::Error};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, schema::Type},
};

/// A group of disposition codes to add.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(examples(json!({"name": "Complaints", "parentUri": "/groups/7d1b0c1e"})))]
pub struct DispositionGroupRequest {
    /// `dispositions`: there are no other groups that can be added.
    #[serde(rename = "type")]
    #[expect(dead_code, reason = "it is read to be refused where there is no such group")]
    #[schema(inline)]
    kind: Option<GroupKind>,
    /// The address or path of the group it should lie in; at the root when left out.
    #[schema(value_type = Option<String>)]
    parent_uri: Option<GroupAddress>,
    /// Its name, which never changes.
    name: String,
}

impl DispositionGroupRequest {
    /// The name of the group, and the id of the one that it should lie in.
    pub fn named(self) -> (String, Option<String>) {
        (self.name, self.parent_uri.map(|GroupAddress(id)| id))
    }
}

/// The kind of a group: `dispositions`.
#[derive(Clone, Copy, Debug)]
pub struct GroupKind;

impl<'de> Deserialize<'de> for GroupKind {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        match &*String::deserialize(from)? {
            "dispositions" => Ok(Self),
            _ => Err(D::Error::custom("'type' is not 'dispositions'")),
        }
    }
}

impl PartialSchema for GroupKind {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new().schema_type(Type::String).enum_values(Some(["dispositions"])).into()
    }
}

impl ToSchema for GroupKind {}

/// The id of a group, from its address or path.
#[derive(Clone, Debug)]
pub struct GroupAddress(String);

impl<'de> Deserialize<'de> for GroupAddress {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let address = String::deserialize(from)?;
        let mut parts = address.trim_end_matches('/').rsplit('/');
        match (parts.next(), parts.next()) {
            (Some(id), Some("groups")) if !id.is_empty() => Ok(Self(unescape(id))),
            _ => Err(D::Error::custom("'parentUri' is not the address of a group")),
        }
    }
}

/// A group or a code as it is: its `name` cannot become another.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(examples(json!({"name": "Complaints"})))]
pub struct DispositionNameRequest {
    /// Its name.
    pub name: Option<String>,
}

/// A disposition code to add.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(examples(json!({"name": "IssueResolved", "displayName": "The issue is resolved"})))]
pub struct DispositionCodeRequest {
    /// What a disposition sends; never changes.
    name: String,
    /// What people read; the name when left out.
    display_name: Option<String>,
}

impl DispositionCodeRequest {
    /// What a disposition sends, and what people read.
    pub fn named(self) -> (String, String) {
        let display = self.display_name.unwrap_or_else(|| self.name.clone());
        (self.name, display)
    }
}

/// A disposition code of which people should read something else.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(examples(json!({"displayName": "The issue is settled"})))]
pub struct DispositionCodeChangeRequest {
    /// Its name, which can only be what it is.
    pub name: Option<String>,
    /// What people read.
    pub display_name: String,
}

/// A disposition code by its name, of which people should read something else.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(examples(json!({"name": "IssueResolved", "displayName": "The issue is settled"})))]
pub struct DispositionCodeRenameRequest {
    /// What a disposition sends.
    pub name: String,
    /// What people read.
    pub display_name: String,
}

/// A disposition code by its name.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(examples(json!({"name": "IssueResolved"})))]
pub struct DispositionCodeNameRequest {
    /// What a disposition sends.
    pub name: String,
}
