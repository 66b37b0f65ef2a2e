//! What good answers say: one type for each, which handlers answer with and the API document describes.

use crate::{
    answer::Answer,
    problem::{Outcome, Problem},
    query::{Page, Query},
    resource::{
        AgentState, BusinessAttribute, CallBrief, CallResource, ChannelResource, CodeSetting, Contact,
        DeviceResource, DispositionCode, Feature, GroupResource, Me, Measure, MessageResource,
        QuarantinedUnit, Queue, QueueWaiting, Service, Setting, SettingItems, SettingKey, SettingsGroup,
        Skill, StatisticValue, UnknownRequest, UserResource, WaitingInteraction,
    },
};
use domain::medium::{Medium, Unserved};
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        ObjectBuilder, RefOr,
        schema::{AnyOfBuilder, ArrayBuilder, Schema, Type},
    },
};

/// The `statusCode` of a success.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Success;

impl Serialize for Success {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_u8(0)
    }
}

impl PartialSchema for Success {
    fn schema() -> RefOr<Schema> {
        codes(&[0], "0: success.")
    }
}

impl ToSchema for Success {}

/// The `statusCode` of a success, or of a success of a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SuccessOrPart(u8);

impl Serialize for SuccessOrPart {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_u8(self.0)
    }
}

impl PartialSchema for SuccessOrPart {
    fn schema() -> RefOr<Schema> {
        codes(&[0, 7], "0: success. 7: only a part of it was done.")
    }
}

impl ToSchema for SuccessOrPart {}

fn codes(codes: &[u8], about: &str) -> RefOr<Schema> {
    ObjectBuilder::new()
        .schema_type(Type::Integer)
        .enum_values(Some(codes.to_vec()))
        .description(Some(about))
        .into()
}

/// Defines answers with fixed members.
macro_rules! answers {
    ($($(#[$about:meta])* $name:ident$(<$life:lifetime>)? { $($(#[$of:meta])* $key:ident: $what:ty),* $(,)? })+) => {$(
        $(#[$about])*
        #[derive(Serialize, ToSchema)]
        #[serde(rename_all = "camelCase")]
        pub struct $name$(<$life>)? {
            #[schema(inline)]
            status_code: Success,
            $($(#[$of])* $key: $what,)*
        }

        impl$(<$life>)? $name$(<$life>)? {
            /// The answer with its members.
            pub fn of($($key: $what),*) -> Answer {
                Answer::of(&Self { status_code: Success, $($key),* })
            }
        }
    )+};
}

answers! {
    /// It was done.
    Done {}
    /// It was accepted and is committed.
    Accepted {
        /// The number that the notification of what follows bears as well; absent when nothing follows.
        #[serde(skip_serializing_if = "Option::is_none")]
        reference_id: Option<u64>,
    }
    /// A conversation was begun.
    BegunAnswer<'a> {
        /// The number that its first notification bears as well.
        #[serde(skip_serializing_if = "Option::is_none")]
        reference_id: Option<u64>,
        /// The interaction's id.
        id: &'a str,
        /// Its address.
        uri: &'a str,
        /// Its path.
        path: &'a str,
    }
    /// Something was made.
    CreatedAnswer {
        /// Its id.
        id: String,
        /// Its address.
        uri: String,
        /// Its path.
        path: String,
    }
    /// The caller.
    MeAnswer {
        /// The caller.
        user: Me,
    }
    /// The calls of another user, in brief.
    CallsOfUserAnswer {
        /// The calls.
        calls: Vec<CallBrief>,
    }
    /// The channels of another user.
    ChannelsOfUserAnswer {
        /// The channels.
        channels: Vec<ChannelResource>,
    }
    /// A user.
    UserAnswer {
        /// The user.
        user: UserResource,
    }
    /// A device.
    DeviceAnswer {
        /// The device.
        device: DeviceResource,
    }
    /// A channel.
    ChannelAnswer {
        /// The channel.
        channel: ChannelResource,
    }
    /// A skill.
    SkillAnswer {
        /// The skill.
        skill: Skill,
    }
    /// A queue.
    QueueAnswer {
        /// The queue.
        queue: Queue,
    }
    /// An entry of the directory.
    ContactAnswer {
        /// The entry.
        contact: Contact,
    }
    /// A group.
    GroupAnswer {
        /// The group.
        group: GroupResource,
    }
    /// A disposition code.
    DispositionAnswer {
        /// The code.
        disposition: DispositionCode,
    }
    /// A feature.
    FeatureAnswer {
        /// The feature.
        feature: Feature,
    }
    /// A part of the server.
    ServiceAnswer {
        /// The part.
        service: Service,
    }
    /// A call.
    CallAnswer<'a> {
        /// The call.
        call: CallResource<'a>,
    }
    /// The items of a group of settings.
    SettingsGroupAnswer {
        /// The items.
        settings: SettingItems,
        /// The attribute that tells them apart.
        key: SettingKey,
    }
    /// Disposition codes as a flat list.
    CodesAnswer {
        /// The codes.
        settings: Vec<CodeSetting>,
        /// The attribute that tells them apart.
        key: SettingKey,
    }
    /// The settings of the switch for a device.
    SwitchSettingsAnswer {
        /// Always empty.
        settings: Vec<Setting>,
        /// The attribute that would tell them apart.
        key: SettingKey,
    }
    /// What was said in a conversation, as far as the caller may see it.
    MessagesAnswer {
        /// The entries of the log.
        #[schema(value_type = Vec<MessageResource<'static>>)]
        messages: Vec<Value>,
        /// The `startIndex` with which to go on, when more follow than fit into 1 MiB.
        #[serde(skip_serializing_if = "Option::is_none")]
        next_index: Option<u32>,
    }
    /// What a text would cost.
    MeasureAnswer {
        /// The measure.
        measure: Measure,
    }
    /// The version of the server.
    VersionAnswer<'a> {
        /// The version.
        version: &'a str,
    }
    /// Unknown requests.
    UnknownRequestsAnswer {
        /// The requests, by method and path.
        requests: Vec<UnknownRequest>,
    }
    /// Units in quarantine.
    QuarantineAnswer {
        /// The units, the oldest first.
        #[schema(value_type = Vec<QuarantinedUnit>)]
        units: Vec<Value>,
    }
    /// Everything that waits, in the order in which it will be served.
    RoutingAnswer {
        /// Who waits.
        #[schema(value_type = Vec<WaitingInteraction>)]
        waiting: Vec<Value>,
        /// How many wait, when that is more than fit into one answer.
        #[serde(skip_serializing_if = "Option::is_none")]
        total_count: Option<usize>,
    }
    /// Who waits in a queue, in the order in which it will be served.
    QueueWaitingAnswer {
        /// Who waits, a page of them.
        #[schema(value_type = Vec<QueueWaiting>)]
        waiting: Vec<Value>,
        /// How many come before the page.
        offset: usize,
        /// How many wait.
        total_count: usize,
        /// Whether the queue is closed: who waits is offered to agents who are ready all the same.
        queue_closed: bool,
        /// When it opens: `2026-02-03 10:11:12.345+0100`; absent while it is open, and where nobody knows.
        #[serde(skip_serializing_if = "Option::is_none")]
        queue_opens_at: Option<String>,
    }
    /// The states and options of a desktop, in one go.
    OwnSettingsAnswer {
        /// Both.
        resources: OwnSettings,
    }
    /// Values of statistics of an object.
    StatisticsAnswer {
        /// The id of the object: of an agent, or the name of a queue or a code.
        object_id: String,
        /// The values.
        statistics: Vec<StatisticValue>,
    }
    /// The centre, with what was asked for.
    CentreAnswer {
        /// The sub-resources that were asked for.
        resources: CentreResources,
    }
    /// Business attributes.
    BusinessAttributesAnswer {
        /// The attributes.
        business_attributes: Vec<BusinessAttribute>,
        /// The same, where other clients look for them.
        resources: CentreResources,
    }
}

/// What a desktop reads as it starts.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OwnSettings {
    /// The states that an agent can enter.
    pub agent_states: Vec<AgentState>,
    /// What is the caller's own.
    pub user: OwnSections,
}

/// The options of a user.
#[derive(Serialize, ToSchema)]
pub struct OwnSections {
    /// Sections, each with its options.
    pub settings: Vec<SettingsGroup>,
}

/// What may be asked for of the centre.
#[derive(Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CentreResources {
    /// The disposition book in the desktop's own form.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub business_attributes: Option<Vec<BusinessAttribute>>,
}

/// A contact-centre session has begun, or the state of all channels has changed.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SessionStartedAnswer {
    #[schema(inline)]
    status_code: SuccessOrPart,
    /// With `statusCode` 7: that it is a part.
    #[serde(skip_serializing_if = "Option::is_none")]
    status_message: Option<&'static str>,
    /// With `statusCode` 7: the channels that have started.
    #[serde(skip_serializing_if = "Option::is_none")]
    succeeded: Option<Vec<StartedChannel>>,
    /// With `statusCode` 7: those that have not, and why.
    #[serde(skip_serializing_if = "Option::is_none")]
    failed: Option<Vec<FailedChannel>>,
}

/// A channel that has started.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StartedChannel {
    #[schema(inline)]
    status_code: Success,
    /// Its name, as it was asked for.
    channel: String,
}

/// A channel that has not started.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FailedChannel {
    /// Why, as a number.
    status_code: u8,
    /// Why, in a sentence.
    status_message: String,
    /// Its name, as it was asked for.
    channel: String,
}

impl SessionStartedAnswer {
    /// Only a part of the channels has started.
    pub fn partial(started: &[String], failed: &[(String, Problem)]) -> Answer {
        let succeeded =
            started.iter().map(|channel| StartedChannel { status_code: Success, channel: channel.clone() });
        let failed = failed.iter().map(|(channel, problem)| FailedChannel {
            status_code: problem.code,
            status_message: problem.message.clone(),
            channel: channel.clone(),
        });
        Answer::of(&Self {
            status_code: SuccessOrPart(7),
            status_message: Some("Operation partially succeeded"),
            succeeded: Some(succeeded.collect()),
            failed: Some(failed.collect()),
        })
    }
}

/// Defines the answers of collections.
macro_rules! listings {
    (@ $shown:ty) => { $shown };
    (@ $shown:ty, $item:ty) => { $item };
    ($($(#[$about:meta])* $name:ident $(<$life:lifetime>)? { $key:ident: $shown:ty $(, of $item:ty)? })+) => {$(
        $(#[$about])*
        ///
        /// Without `fields` it has `uris`, with it the resources; with `fields` other than `*` these have only the members
        /// that were asked for, besides `id`, `uri` and `path`.
        #[derive(Serialize, ToSchema)]
        #[serde(rename_all = "camelCase")]
        pub struct $name {
            #[schema(inline)]
            status_code: Success,
            /// The addresses.
            #[serde(skip_serializing_if = "Option::is_none")]
            uris: Option<Vec<String>>,
            /// The resources.
            #[serde(skip_serializing_if = "Option::is_none")]
            #[schema(value_type = Option<Vec<$shown>>)]
            $key: Option<Vec<Value>>,
            /// How many were left out before these, when these are not all.
            #[serde(skip_serializing_if = "Option::is_none")]
            offset: Option<usize>,
            /// The most that this answer holds, when these are not all.
            #[serde(skip_serializing_if = "Option::is_none")]
            limit: Option<usize>,
            /// How many there are, when these are not all.
            #[serde(skip_serializing_if = "Option::is_none")]
            total_count: Option<usize>,
        }

        impl $name {
            /// The part of some resources that a query asks for; `subresources` are members that only appear when asked
            /// for.
            pub fn of$(<$life>)?(
                query: &Query,
                subresources: &[&str],
                resources: impl IntoIterator<Item = listings!(@ $shown $(, $item)?)>,
            ) -> Outcome {
                let Page { uris, resources, offset, limit, total_count } = query.page(subresources, resources)?;
                let status_code = Success;
                Ok(Answer::of(&Self { status_code, uris, $key: resources, offset, limit, total_count }))
            }
        }
    )+};
}

listings! {
    /// Users.
    UsersAnswer { users: UserResource }
    /// Devices.
    DevicesAnswer { devices: DeviceResource }
    /// Channels.
    ChannelsAnswer { channels: ChannelResource }
    /// Skills.
    SkillsAnswer { skills: Skill }
    /// Queues.
    QueuesAnswer { queues: Queue }
    /// Entries of the directory. `totalCount` is always there.
    ContactsAnswer { contacts: Contact }
    /// Groups.
    GroupsAnswer { groups: GroupResource }
    /// Disposition codes.
    DispositionsAnswer { dispositions: DispositionCode }
    /// Features.
    FeaturesAnswer { features: Feature }
    /// Parts of the server.
    ServicesAnswer { services: Service }
    /// Calls.
    CallsAnswer<'c> { calls: CallResource<'static>, of CallResource<'c> }
    /// Groups of settings.
    SettingsAnswer { settings: SettingsGroup }
}

/// Workbins: there are none. A list, or an object for a request that names ids.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WorkbinsAnswer {
    #[schema(inline)]
    status_code: Success,
    /// Without `fields`: always empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    uris: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = no_workbins)]
    workbins: Option<Value>,
    /// How many were left out before these, when a page was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    offset: Option<usize>,
    /// The most that this answer holds, when a page was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    limit: Option<usize>,
    /// How many there are, when a page was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    total_count: Option<usize>,
}

impl WorkbinsAnswer {
    /// None of all.
    pub fn of(query: &Query) -> Outcome {
        let Page { uris, resources, offset, limit, total_count } = query.page(&[], [(); 0])?;
        let workbins = resources.map(Value::from);
        Ok(Answer::of(&Self { status_code: Success, uris, workbins, offset, limit, total_count }))
    }

    /// None of those that a request names.
    pub fn by_id() -> Answer {
        let workbins = Some(Value::Object(Map::new()));
        let (uris, offset, limit, total_count) = (None, None, None, None);
        Answer::of(&Self { status_code: Success, uris, workbins, offset, limit, total_count })
    }
}

fn no_workbins() -> RefOr<Schema> {
    let nothing = || ObjectBuilder::new().max_properties(Some(0));
    AnyOfBuilder::new()
        .item(ArrayBuilder::new().items(nothing()))
        .item(nothing())
        .description(Some("Always empty: a list, or an object by id."))
        .into()
}

/// A conversation under each of its medium's keys, from its resource as JSON text.
pub fn session_answer(medium: &Medium, resource: &str) -> Answer {
    let mut text = String::with_capacity(medium.singular.len() * (resource.len() + 24) + 24);
    text.push('{');
    for key in medium.singular {
        for part in ["\"", key, "\":", resource, ","] {
            text.push_str(part);
        }
    }
    text.push_str("\"statusCode\":0}");
    Answer::kept(text)
}

/// Conversations of another user in brief, under each plural of their medium. They have no address of their own, so there
/// are no `uris`.
pub fn session_briefs_answer(medium: &Medium, briefs: &[Value]) -> Answer {
    let mut members = Map::from_iter([("statusCode".to_owned(), 0.into())]);
    for key in std::iter::once(&medium.plural).chain(medium.plural_aliases) {
        members.insert((*key).to_owned(), briefs.to_vec().into());
    }
    Answer::of(&members)
}

/// Conversations of a medium. The list stands under the plural's other spellings too, as the resource does under its
/// keys.
pub fn sessions_answer(medium: &Medium, query: &Query, resources: Vec<Value>) -> Outcome {
    listed_under(std::iter::once(&medium.plural).chain(medium.plural_aliases), query, resources)
}

/// The conversations of a medium that is not served: there are none.
pub fn unserved_answer(medium: &Unserved, query: &Query) -> Outcome {
    listed_under([&medium.plural], query, Vec::new())
}

fn listed_under<'k>(
    keys: impl IntoIterator<Item = &'k &'static str>,
    query: &Query,
    resources: Vec<Value>,
) -> Outcome {
    let Page { uris, resources, offset, limit, total_count } = query.page(&[], resources)?;
    let mut members = Map::from_iter([("statusCode".to_owned(), 0.into())]);
    if let Some(resources) = resources {
        for key in keys {
            members.insert((*key).to_owned(), resources.clone().into());
        }
    }
    let numbers = [("offset", offset), ("limit", limit), ("totalCount", total_count)];
    members.extend(numbers.into_iter().filter_map(|(name, number)| Some((name.to_owned(), number?.into()))));
    if let Some(uris) = uris {
        members.insert("uris".to_owned(), uris.into());
    }
    Ok(Answer::of(&members))
}
