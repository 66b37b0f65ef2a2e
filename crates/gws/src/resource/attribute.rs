//! Business attributes: the disposition book in the form in which the vendor's desktop reads it
//! (spec: admin-and-reporting#2.5). It has no folders.

use domain::disposition_tree::{Code, DispositionGroup, DispositionTree};
use serde::Serialize;
use utoipa::ToSchema;

/// A root group of disposition codes, with the codes of all that is in it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BusinessAttribute {
    /// The name of the group.
    name: String,
    /// The same.
    display_name: String,
    /// Always empty.
    description: &'static str,
    /// What it is for: it contains dispositions.
    #[schema(value_type = Vec<AttributeProperty>)]
    user_properties: [AttributeProperty; 1],
    /// The codes.
    values: Vec<AttributeValue>,
}

/// What an attribute is for.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AttributeProperty {
    /// Always `htcc`.
    name: &'static str,
    /// What the attribute contains.
    value: AttributeContents,
}

/// What an attribute contains.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AttributeContents {
    /// Always `dispositions`.
    contains: &'static str,
}

/// A code as the value of an attribute.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AttributeValue {
    /// What a disposition sends.
    name: String,
    /// What people read.
    display_name: String,
    /// Always empty.
    description: &'static str,
    /// Always false.
    default: bool,
    /// Always empty.
    #[schema(value_type = Vec<AttributeProperty>)]
    user_properties: [AttributeProperty; 0],
}

/// One attribute for each root group, with the codes of all that is in it.
pub fn business_attributes(book: &DispositionTree) -> Vec<BusinessAttribute> {
    let attributes = book.children(None).map(|root| {
        let mut codes = Vec::new();
        gather(book, root, &mut codes);
        let contents = AttributeContents { contains: "dispositions" };
        BusinessAttribute {
            name: root.name.clone(),
            display_name: root.name.clone(),
            description: "",
            user_properties: [AttributeProperty { name: "htcc", value: contents }],
            values: codes.into_iter().map(value).collect(),
        }
    });
    attributes.collect()
}

fn gather<'b>(book: &'b DispositionTree, group: &'b DispositionGroup, codes: &mut Vec<&'b Code>) {
    codes.extend(&group.codes);
    for folder in book.children(Some(&group.id)) {
        gather(book, folder, codes);
    }
}

fn value(code: &Code) -> AttributeValue {
    AttributeValue {
        name: code.name.clone(),
        display_name: code.display.clone(),
        description: "",
        default: false,
        user_properties: [],
    }
}
