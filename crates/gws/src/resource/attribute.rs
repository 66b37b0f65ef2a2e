//! Business attributes: the disposition book in the form in which the vendor's desktop reads it
//! (spec: admin-and-reporting#2.5). It has no folders.

use domain::disposition_tree::{Code, DispositionGroup, DispositionTree};
use serde_json::{Value, json};

/// One attribute for each root group, with the codes of all that is in it.
pub fn business_attributes(book: &DispositionTree) -> Value {
    let attributes = book.children(None).map(|root| {
        let mut codes = Vec::new();
        gather(book, root, &mut codes);
        json!({
            "name": root.name,
            "displayName": root.name,
            "description": "",
            "userProperties": [{"name": "htcc", "value": {"contains": "dispositions"}}],
            "values": codes.into_iter().map(value).collect::<Vec<_>>(),
        })
    });
    attributes.collect()
}

fn gather<'b>(book: &'b DispositionTree, group: &'b DispositionGroup, codes: &mut Vec<&'b Code>) {
    codes.extend(&group.codes);
    for folder in book.children(Some(&group.id)) {
        gather(book, folder, codes);
    }
}

fn value(code: &Code) -> Value {
    json!({
        "name": code.name,
        "displayName": code.display,
        "description": "",
        "default": false,
        "userProperties": [],
    })
}
