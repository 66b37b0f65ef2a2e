//! A user on the wire, with the sub-resources that were asked for (spec: core-and-voice#4.1).

use super::{
    CallBrief, CallResource, ChannelResource, DeviceResource, Feature, GroupResource, SessionBrief,
    SessionResource, Skill, words::Role,
};
use crate::links::Links;
use domain::user::User;
use serde::Serialize;
use serde_json::{Map, Value};
use std::{borrow::Cow, collections::BTreeMap};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        Ref, RefOr,
        schema::{AnyOfBuilder, ArrayBuilder, Schema},
    },
};

/// Somebody who works here. Sub-resources are there when they were asked for and the caller may see them.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = User)]
pub struct UserResource {
    /// 32 hexadecimal digits.
    id: String,
    /// The login name, unique.
    user_name: String,
    /// First name; may be empty.
    first_name: String,
    /// Last name; may be empty.
    last_name: String,
    /// E-mail address; may be empty.
    email_address: String,
    /// The login name once more.
    employee_id: String,
    /// What they may do.
    roles: Vec<Role>,
    /// Whether they may log in.
    enabled: bool,
    /// Always false.
    change_password_on_first_login: bool,
    /// The id of the contact centre.
    contact_center_id: String,
    /// Its address.
    uri: String,
    /// Its path.
    path: String,
    /// Sub-resource: the phone, if they have one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub devices: Option<Vec<DeviceResource>>,
    /// Sub-resource: skills with their levels, by name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub skills: Option<Vec<Skill>>,
    /// Sub-resource: the business unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub groups: Option<Vec<GroupResource>>,
    /// Sub-resource: the features of the centre.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub features: Option<Vec<Feature>>,
    /// Sub-resource: the channels of the contact-centre session.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channels: Option<Vec<ChannelResource>>,
    /// The channels once more, whichever of both names they were asked for by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel_states: Option<Vec<ChannelResource>>,
    /// Live calls, those of others in brief.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = calls_of_user)]
    pub calls: Option<Value>,
    /// Live conversations of every medium, those of others in brief.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = sessions_of_user)]
    pub interactions: Option<Value>,
    /// Sub-resource of the caller: their options by section and name, free in their values.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settings: Option<BTreeMap<String, BTreeMap<String, Value>>>,
    /// Conversations under the plural names of their media.
    #[serde(flatten)]
    #[schema(ignore)]
    pub of_media: Map<String, Value>,
}

/// The user without sub-resources.
pub fn user_resource(links: &Links, centre: &str, user: &User) -> UserResource {
    let path = format!("/users/{}", user.id);
    UserResource {
        id: user.id.as_str().to_owned(),
        user_name: user.user_name.clone(),
        first_name: user.first_name.clone(),
        last_name: user.last_name.clone(),
        email_address: user.email.clone(),
        employee_id: user.user_name.clone(),
        roles: user.roles.iter().copied().map(Role).collect(),
        enabled: user.enabled,
        change_password_on_first_login: false,
        contact_center_id: centre.to_owned(),
        uri: links.uri(&path),
        path,
        devices: None,
        skills: None,
        groups: None,
        features: None,
        channels: None,
        channel_states: None,
        calls: None,
        interactions: None,
        settings: None,
        of_media: Map::new(),
    }
}

/// The caller, whose own calls and conversations are shown whole.
#[derive(Serialize)]
#[serde(transparent)]
pub struct Me(pub UserResource);

impl PartialSchema for Me {
    fn schema() -> RefOr<Schema> {
        let mut schema = UserResource::schema();
        if let RefOr::T(Schema::Object(object)) = &mut schema {
            object.description = Some("The caller. Sub-resources are there when they were asked for.".into());
            object.properties.insert("calls".into(), list(CallResource::name(), None, CALLS));
            object.properties.insert("interactions".into(), list(SessionResource::name(), None, SESSIONS));
        }
        schema
    }
}

impl ToSchema for Me {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("Me")
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        UserResource::schemas(schemas);
        schemas.push((CallResource::name().into_owned(), CallResource::schema()));
        CallResource::schemas(schemas);
        schemas.push((SessionResource::name().into_owned(), SessionResource::schema()));
        SessionResource::schemas(schemas);
    }
}

const CALLS: &str = "Sub-resource: live calls.";
const SESSIONS: &str = "Sub-resource: live conversations.";

/// Calls of the caller, or of somebody else in brief.
fn calls_of_user() -> RefOr<Schema> {
    list(CallResource::name(), Some(CallBrief::name()), "Sub-resource: live calls, those of others in brief.")
}

/// Conversations of the caller, or of somebody else in brief.
pub fn sessions_of_user() -> RefOr<Schema> {
    let about = "Sub-resource: live conversations, those of others in brief.";
    list(SessionResource::name(), Some(SessionBrief::name()), about)
}

/// Conversations of the caller.
pub fn sessions_of_caller() -> RefOr<Schema> {
    list(SessionResource::name(), None, SESSIONS)
}

fn list(whole: Cow<'static, str>, brief: Option<Cow<'static, str>>, about: &str) -> RefOr<Schema> {
    let list = ArrayBuilder::new().description(Some(about));
    let whole = Ref::from_schema_name(whole);
    match brief {
        None => list.items(whole),
        Some(brief) => list.items(AnyOfBuilder::new().item(whole).item(Ref::from_schema_name(brief))),
    }
    .into()
}
