//! Groups: the business unit, groups of agents, and the tree of disposition codes
//! (spec: admin-and-reporting#2.8, #6.3).

use crate::links::{Links, escape};
use crate::query::Wanted;
use domain::{
    centre::{AgentGroup, Centre},
    disposition_tree::{Code, DispositionGroup, DispositionTree},
};
use serde::Serialize;
use serde_json::Value;
use utoipa::{
    ToSchema,
    openapi::{
        Ref,
        schema::{ArrayBuilder, Schema},
    },
};

/// What a group is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub enum GroupType {
    /// The centre as a business unit.
    BusinessUnit,
    /// Agents whom somebody leads.
    AgentGroup,
    /// Disposition codes.
    #[serde(rename = "dispositions")]
    Dispositions,
}

/// A business unit, a group of agents, or a group or folder of disposition codes.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = DispositionGroup)]
pub struct GroupResource {
    /// Its id.
    id: String,
    /// Its name.
    name: String,
    /// What it is.
    r#type: GroupType,
    /// What it has in it.
    #[schema(value_type = Vec<String>)]
    contains: &'static [&'static str],
    /// Of codes: whether it is the group that `/settings/dispositions` lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    default_group: Option<bool>,
    /// Of codes: the address of the group that it is a folder of.
    #[serde(skip_serializing_if = "Option::is_none")]
    parent_uri: Option<String>,
    /// Sub-resource of a group of agents: its members.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = members)]
    users: Option<Vec<Value>>,
    /// Sub-resource: the codes that lie directly in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    dispositions: Option<Vec<DispositionCode>>,
    /// Sub-resource: the folders in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(no_recursion)]
    groups: Option<Vec<GroupResource>>,
    /// Its address.
    uri: String,
    /// Its path.
    path: String,
}

/// A disposition code of a group.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DispositionCode {
    /// Its id.
    pub id: String,
    /// What a disposition sends; never changes.
    name: String,
    /// What people read.
    display_name: String,
    /// Its address.
    pub uri: String,
    /// Its path.
    pub path: String,
}

/// The centre as the one business unit.
pub fn unit_resource(links: &Links, centre: &Centre) -> GroupResource {
    let path = format!("/groups/{}", escape(&centre.id));
    GroupResource {
        id: centre.id.clone(),
        name: centre.name.clone(),
        r#type: GroupType::BusinessUnit,
        contains: &["users", "skills", "queues", "places"],
        default_group: None,
        parent_uri: None,
        users: None,
        dispositions: None,
        groups: None,
        uri: links.uri(&path),
        path,
    }
}

/// A group of agents, with its members where they are wanted.
pub fn agent_group(links: &Links, group: &AgentGroup, users: Option<Vec<Value>>) -> GroupResource {
    let id = agent_group_id(group);
    let path = group_path(&id);
    GroupResource {
        id,
        name: group.name.clone(),
        r#type: GroupType::AgentGroup,
        contains: &["users"],
        default_group: None,
        parent_uri: None,
        users,
        dispositions: None,
        groups: None,
        uri: links.uri(&path),
        path,
    }
}

/// The schema of the members of a group.
fn members() -> Schema {
    ArrayBuilder::new().items(Ref::from_schema_name("User")).into()
}

/// The id of a group of agents: its class, and its name.
pub fn agent_group_id(group: &AgentGroup) -> String {
    format!("2-{}", group.name)
}

/// A group of codes. `*` embeds its codes and the folders in it, `**` also the contents of those.
pub fn disposition_group(
    links: &Links,
    book: &DispositionTree,
    group: &DispositionGroup,
    wanted: &Wanted,
) -> GroupResource {
    let path = group_path(&group.id);
    let codes = || group.codes.iter().map(|code| code_resource(links, group, code)).collect();
    let folders = || {
        let inner = if *wanted == Wanted::Tree { Wanted::Tree } else { Wanted::None };
        let folders = book.children(Some(&group.id));
        folders.map(|folder| disposition_group(links, book, folder, &inner)).collect()
    };
    GroupResource {
        id: group.id.clone(),
        name: group.name.clone(),
        r#type: GroupType::Dispositions,
        contains: &["dispositions"],
        default_group: Some(book.default_group().is_some_and(|default| default.id == group.id)),
        users: None,
        parent_uri: group.parent.as_ref().map(|parent| links.uri(&group_path(parent))),
        dispositions: wanted.has("dispositions").then(codes),
        groups: wanted.has("groups").then(folders),
        uri: links.uri(&path),
        path,
    }
}

/// A code. Its name is what a disposition sends.
pub fn code_resource(links: &Links, group: &DispositionGroup, code: &Code) -> DispositionCode {
    let path = format!("{}/dispositions/{}", group_path(&group.id), escape(&code.id));
    DispositionCode {
        id: code.id.clone(),
        name: code.name.clone(),
        display_name: code.display.clone(),
        uri: links.uri(&path),
        path,
    }
}

fn group_path(id: &str) -> String {
    format!("/groups/{}", escape(id))
}
