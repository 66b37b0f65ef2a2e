//! What is told over CometD, topic by topic: the section `webhooks` of the document, and the components of the messages.

use domain::medium::{Connector, Media, Medium};
use gws::{
    CALLS_TOPIC, DEVICES_TOPIC, SERVICES_TOPIC,
    notification::{
        CHANNELS_TOPIC, CallErrorMessage, CallStateChangeMessage, ChannelStateChangeMessageV2,
        DeviceErrorMessage, DeviceStateChangeMessage, DeviceUserEventMessage, MessageLogUpdated,
        ServiceStateChangeMessage, SessionStateChangeMessage,
    },
};
use serde_json::{Map, Value, json};
use utoipa::{
    ToSchema,
    openapi::{RefOr, Schema},
};

/// Messages as stories of the tests were told them, by component.
const EXAMPLES: &str = include_str!("notifications.json");

/// A topic, with every message that is told on it.
pub(super) struct Topic {
    /// Its name, and the other spellings under which it can be subscribed to.
    pub names: Vec<&'static str>,
    /// The name that its components begin with.
    pub word: String,
    about: String,
    messages: Vec<Told>,
}

/// A message of a topic.
struct Told {
    /// The name of its component.
    component: String,
    /// Its `messageType`.
    message_type: &'static str,
    schema: Value,
    /// The schemas that it refers to.
    parts: Vec<(String, Value)>,
    example: Value,
}

impl Topic {
    /// The name of the component that is any message of the topic.
    pub fn union(&self) -> String {
        format!("{}Notification", self.word)
    }

    fn item(&self) -> Value {
        let examples: Map<String, Value> = self
            .messages
            .iter()
            .map(|told| (told.component.clone(), json!({"value": told.example})))
            .collect();
        let others = match &self.names[1..] {
            [] => String::new(),
            others => format!(" The topic can also be subscribed to as `{}`.", others.join("`, `")),
        };
        json!({"post": {
            "operationId": format!("told{}", self.word),
            "tags": ["notifications"],
            "summary": format!("What is told on {}", self.names[0]),
            "description": format!(
                "{} It comes as the `data` of a CometD message on the channel `{}`, to clients that have subscribed to \
                 it; see `/api/v2/notifications`.{others} Nothing is answered to it.",
                self.about, self.names[0]
            ),
            "security": [],
            "requestBody": {
                "required": true,
                "content": {"application/json": {
                    "schema": {"$ref": format!("#/components/schemas/{}", self.union())},
                    "examples": examples,
                }},
            },
            "responses": {"204": {
                "description": "No request is made, and none is answered. With the extension `ack` the next connect \
                                says how far the client has got.",
            }},
        }})
    }

    fn union_schema(&self) -> Value {
        let place = |component: &str| format!("#/components/schemas/{component}");
        let mapping: Map<String, Value> = self
            .messages
            .iter()
            .map(|told| (told.message_type.to_owned(), place(&told.component).into()))
            .collect();
        let any: Vec<Value> =
            self.messages.iter().map(|told| json!({"$ref": place(&told.component)})).collect();
        json!({
            "description": format!("What is told on `{}`.", self.names[0]),
            "oneOf": any,
            "discriminator": {"propertyName": "messageType", "mapping": mapping},
        })
    }
}

impl Told {
    fn of<T: ToSchema>(component: &str, message_type: &'static str, examples: &Value) -> Self {
        let mut parts = Vec::new();
        T::schemas(&mut parts);
        let mut schema = value(T::schema());
        schema["properties"]["messageType"] = json!({"type": "string", "enum": [message_type]});
        Self {
            component: component.to_owned(),
            message_type,
            schema,
            parts: parts.into_iter().map(|(name, part)| (name, value(part))).collect(),
            example: examples[component].clone(),
        }
    }

    /// The same with a member under each key of a medium.
    fn under(mut self, keys: impl IntoIterator<Item = (String, Value)>) -> Self {
        for (key, schema) in keys {
            self.schema["properties"][&key] = schema;
            if let Some(required) = self.schema["required"].as_array_mut() {
                required.push(key.into());
            }
        }
        self
    }
}

fn value(schema: RefOr<Schema>) -> Value {
    serde_json::to_value(schema).unwrap_or_default()
}

/// Every topic.
pub(super) fn topics(media: &Media) -> Vec<Topic> {
    let examples: Value = serde_json::from_str(EXAMPLES).unwrap_or_default();
    let topic = |name, word: &str, about: &str, messages| Topic {
        names: vec![name],
        word: word.to_owned(),
        about: about.to_owned(),
        messages,
    };
    let mut topics = vec![
        topic(
            CALLS_TOPIC,
            "Calls",
            "The calls of the agent.",
            vec![
                Told::of::<CallStateChangeMessage<'_>>(
                    "CallStateChangeMessage",
                    "CallStateChangeMessage",
                    &examples,
                ),
                Told::of::<CallErrorMessage>("CallErrorMessage", "ErrorMessage", &examples),
            ],
        ),
        topic(
            DEVICES_TOPIC,
            "Devices",
            "The phone of the agent.",
            vec![
                Told::of::<DeviceStateChangeMessage>(
                    "DeviceStateChangeMessage",
                    "DeviceStateChangeMessage",
                    &examples,
                ),
                Told::of::<DeviceUserEventMessage<'_>>(
                    "DeviceUserEventMessage",
                    "DeviceUserEventMessage",
                    &examples,
                ),
                Told::of::<DeviceErrorMessage<'_>>("DeviceErrorMessage", "ErrorMessage", &examples),
            ],
        ),
        topic(
            CHANNELS_TOPIC,
            "Channels",
            "The contact-centre session of the agent, and their states.",
            vec![Told::of::<ChannelStateChangeMessageV2>(
                "ChannelStateChangeMessageV2",
                "ChannelStateChangeMessageV2",
                &examples,
            )],
        ),
        topic(
            SERVICES_TOPIC,
            "Services",
            "The parts of the server, whoever listens.",
            vec![Told::of::<ServiceStateChangeMessage>(
                "ServiceStateChangeMessage",
                "ServiceStateChangeMessage",
                &examples,
            )],
        ),
    ];
    // The examples are of web chat, told as each medium tells them.
    let known = Media::default();
    if let Some(web_chat) = known.rows().iter().find(|row| row.connector == Connector::WebChat) {
        topics.extend(media.rows().iter().map(|medium| conversations(medium, web_chat, &examples)));
    }
    topics
}

/// The topic of a medium's conversations. Messages differ from medium to medium in the keys of the conversation.
fn conversations(medium: &Medium, web_chat: &Medium, examples: &Value) -> Topic {
    let word = capital(medium.collection);
    let singular = capital(medium.singular[0]);
    let change =
        Told::of::<SessionStateChangeMessage<'_>>(web_chat.message_type, medium.message_type, examples);
    let resources = medium.singular.iter().map(|key| {
        let member = json!({"$ref": "#/components/schemas/Session"});
        ((*key).to_owned(), member)
    });
    let change = Told { component: medium.message_type.to_owned(), ..change.under(resources) };
    let log = Told::of::<MessageLogUpdated<'_>>("ChatMessageLogUpdated", "MessageLogUpdated", examples);
    let names = medium.singular.iter().flat_map(|key| {
        let text = |about: &str| json!({"type": "string", "description": about});
        [
            (format!("{key}Uri"), text("The address of the conversation.")),
            (format!("{key}Path"), text("Its path, without `/me`.")),
        ]
    });
    let log = Told { component: format!("{singular}MessageLogUpdated"), ..log.under(names) };
    let messages =
        [change, log].map(|told| Told { example: example_of(medium, web_chat, &told.example), ..told });
    Topic {
        names: medium.topics.to_vec(),
        word,
        about: format!("The conversations of the agent in the medium `{}`.", medium.name.as_str()),
        messages: messages.into(),
    }
}

/// An example of the web chat as another medium would tell it.
fn example_of(medium: &Medium, web_chat: &Medium, of_chat: &Value) -> Value {
    let address = |text: &str| text.replace("/chats/", &format!("/{}/", medium.collection));
    match of_chat {
        Value::Object(members) => {
            let mut out = Map::new();
            for (name, value) in members {
                let value = match (name.as_str(), value) {
                    ("messageType", Value::String(kind)) if *kind == web_chat.message_type => {
                        medium.message_type.into()
                    }
                    _ => example_of(medium, web_chat, value),
                };
                match name
                    .strip_prefix(web_chat.singular[0])
                    .filter(|rest| matches!(*rest, "" | "Uri" | "Path"))
                {
                    Some(rest) => {
                        out.extend(medium.singular.iter().map(|key| (format!("{key}{rest}"), value.clone())));
                    }
                    None => {
                        out.insert(name.clone(), value);
                    }
                }
            }
            out.into()
        }
        Value::Array(items) => items.iter().map(|item| example_of(medium, web_chat, item)).collect(),
        Value::String(text) => address(text).into(),
        other => other.clone(),
    }
}

/// A word with a capital, as components begin.
fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}

/// Adds the webhooks and the components of what they tell.
pub(super) fn add(document: &mut Value, topics: &[Topic]) {
    let webhooks: Map<String, Value> =
        topics.iter().map(|topic| (topic.names[0].to_owned(), topic.item())).collect();
    document["webhooks"] = webhooks.into();
    for topic in topics {
        document["components"]["schemas"][topic.union()] = topic.union_schema();
        for told in &topic.messages {
            document["components"]["schemas"][&told.component] = told.schema.clone();
            for (name, part) in &told.parts {
                // What answers refer to, too, is described with them.
                if document["components"]["schemas"].get(name).is_none() {
                    document["components"]["schemas"][name] = part.clone();
                }
            }
        }
    }
    // Their schemas come with the resources.
    for name in ["Call", "Channel", "Device", "Message", "Service", "Session"] {
        if document["components"]["schemas"].get(name).is_none() {
            document["components"]["schemas"][name] = json!({"type": "object"});
        }
    }
}
