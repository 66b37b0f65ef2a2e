//! The Bayeux protocol at `/api/v2/notifications`, as far as clients speak it: the messages they send, the replies, and
//! the deliveries in between.

use super::webhooks::Topic;
use serde_json::{Map, Value, json};
use utoipa::OpenApi;

/// Addresses from the root.
#[derive(OpenApi)]
#[openapi(paths(exchange, socket))]
pub(super) struct Described;

/// Bayeux messages, by long polling.
///
/// CometD clients come here, also below this address. Begin with `/meta/handshake`, subscribe to topics below `/v2/me`
/// and to `/notifications/services`, and then keep one `/meta/connect` open: it is held until there is something to
/// tell. With the extension `ack` a notification is sent again until the client has acknowledged it. A single message
/// is taken without the array, too. Who cannot log in by a header or a cookie is refused inside the replies.
#[utoipa::path(
    post, path = "/api/v2/notifications", tag = "notifications",
    request_body(content = serde_json::Value, description = "Bayeux messages, at most 128"),
    responses(
        (status = 200, description = "A reply to each message, and before the reply to a connect what there is to tell", body = serde_json::Value),
        (status = 400, description = "The body is no Bayeux message; a sentence says why", body = String, content_type = "text/plain"),
        (status = 415, description = "The alphabet is not known", body = String, content_type = "text/plain"),
        (status = 500, description = "A batch that is refused as a whole", body = String, content_type = "text/plain"),
        (status = 503, description = "Nothing can be stored at the moment; try again", content_type = "text/plain")
    )
)]
#[expect(dead_code, reason = "it describes")]
fn exchange() {}

/// The same over a WebSocket.
///
/// Ask for an upgrade (RFC 6455). Every text frame in either direction is an array of the same messages as over long
/// polling; the connection type is `websocket`, and notifications are pushed while a connect is held. The socket ends
/// with code 1002 (a fault of the protocol), 1007 (a message that is no JSON), 1008 (a message that is not allowed, or
/// the login has ended), 1009 (a message larger than 64 KiB) or 1013 (too many sockets of one user).
#[utoipa::path(
    get, path = "/api/v2/notifications", tag = "notifications",
    responses(
        (status = 101, description = "The socket is open"),
        (status = 400, description = "No WebSocket was asked for", content_type = "text/plain"),
        (status = 403, description = "Nobody is logged in, or another origin asked that is not on the list"),
        (status = 429, description = "The user has too many sockets; `Retry-After` says when to try again", content_type = "text/plain")
    )
)]
#[expect(dead_code, reason = "it describes")]
fn socket() {}

/// Adds the components, and puts them where the two addresses use them.
pub(super) fn add(document: &mut Value, topics: &[Topic]) {
    let mut schemas = Map::new();
    let requests = [
        ("BayeuxHandshakeRequest", "/meta/handshake", handshake()),
        ("BayeuxConnectRequest", "/meta/connect", connect()),
        ("BayeuxSubscribeRequest", "/meta/subscribe", subscription("Begins to listen.")),
        ("BayeuxUnsubscribeRequest", "/meta/unsubscribe", subscription("Listens no more.")),
        ("BayeuxDisconnectRequest", "/meta/disconnect", of_session("Ends the session.")),
    ];
    union(&mut schemas, "BayeuxRequest", "A message of a client.", requests);
    let replies = [
        ("BayeuxHandshakeReply", "/meta/handshake", welcome()),
        ("BayeuxConnectReply", "/meta/connect", reply("Answers a connect.", &json!({}))),
        ("BayeuxSubscribeReply", "/meta/subscribe", reply("Answers a subscribe.", &subscribed())),
        ("BayeuxUnsubscribeReply", "/meta/unsubscribe", reply("Answers an unsubscribe.", &subscribed())),
        ("BayeuxDisconnectReply", "/meta/disconnect", reply("Answers a disconnect.", &json!({}))),
    ];
    union(&mut schemas, "BayeuxMessage", "A reply, or something that is told.", replies);
    for topic in topics {
        deliver(&mut schemas, topic);
    }
    let messages = |name: &str| json!({"type": "array", "minItems": 1, "items": {"$ref": place(name)}});
    let operation = &mut document["paths"]["/api/v2/notifications"]["post"];
    operation["requestBody"]["content"]["application/json"] = json!({
        "schema": messages("BayeuxRequest"),
        "examples": {
            "handshake": {"value": [{
                "id": "1", "channel": "/meta/handshake", "version": "1.0", "minimumVersion": "1.0",
                "supportedConnectionTypes": ["websocket", "long-polling"], "ext": {"ack": true},
            }]},
            "subscribe": {"value": [{
                "id": "2", "channel": "/meta/subscribe", "clientId": CLIENT, "subscription": "/v2/me/calls",
            }]},
            "connect": {"value": [{
                "id": "3", "channel": "/meta/connect", "clientId": CLIENT, "connectionType": "long-polling",
                "ext": {"ack": 0},
            }]},
        },
    });
    operation["responses"]["200"]["content"]["application/json"] = json!({
        "schema": messages("BayeuxMessage"),
        "examples": {"subscribe": {"value": [{
            "id": "2", "channel": "/meta/subscribe", "successful": true, "subscription": "/v2/me/calls",
        }]}},
    });
    if let Some(open) = document["paths"]["/api/v2/notifications"]["get"]["responses"]["101"].as_object_mut()
    {
        open.remove("content");
    }
    for (name, schema) in schemas {
        document["components"]["schemas"][name] = schema;
    }
}

/// The id of a session, in examples.
const CLIENT: &str = "1a2b3c4d5e6f";

fn place(name: &str) -> String {
    format!("#/components/schemas/{name}")
}

/// Messages told apart by their channel, and the component that is any of them.
fn union<const N: usize>(
    schemas: &mut Map<String, Value>,
    name: &str,
    about: &str,
    messages: [(&str, &str, Value); N],
) {
    let mut mapping = Map::new();
    let mut any = Vec::new();
    for (component, channel, mut schema) in messages {
        schema["properties"]["channel"] = json!({"type": "string", "enum": [channel]});
        mapping.insert(channel.to_owned(), place(component).into());
        any.push(json!({"$ref": place(component)}));
        schemas.insert(component.to_owned(), schema);
    }
    let union = json!({
        "description": about,
        "oneOf": any,
        "discriminator": {"propertyName": "channel", "mapping": mapping},
    });
    schemas.insert(name.to_owned(), union);
}

/// Something that is told, among the replies.
fn deliver(schemas: &mut Map<String, Value>, topic: &Topic) {
    let component = format!("{}Delivery", topic.word);
    let delivery = json!({
        "description": format!("A notification on `{}`.", topic.names[0]),
        "type": "object",
        "properties": {
            "channel": {"type": "string", "enum": topic.names},
            "data": {"$ref": place(&topic.union())},
        },
        "required": ["channel", "data"],
    });
    schemas.insert(component.clone(), delivery);
    let union = &mut schemas["BayeuxMessage"];
    for name in &topic.names {
        union["discriminator"]["mapping"][*name] = place(&component).into();
    }
    if let Some(any) = union["oneOf"].as_array_mut() {
        any.push(json!({"$ref": place(&component)}));
    }
}

fn text(about: &str) -> Value {
    json!({"type": "string", "description": about})
}

/// A message of a client: its id and channel, and the members of its kind, of which those named are required.
fn message(about: &str, members: &Value, required: &[&str]) -> Value {
    let mut properties = json!({
        "id": {"type": ["string", "integer"], "description": "Comes back with the reply, as a text."},
        "channel": null,
    });
    extend(&mut properties, members);
    let required: Vec<&str> = ["channel"].into_iter().chain(required.iter().copied()).collect();
    json!({"description": about, "type": "object", "properties": properties, "required": required})
}

fn extend(properties: &mut Value, more: &Value) {
    if let (Some(properties), Some(more)) = (properties.as_object_mut(), more.as_object()) {
        properties.extend(more.clone());
    }
}

fn handshake() -> Value {
    let ack = json!({
        "description": "Whether the client acknowledges: as a truth value, or as an object.",
        "oneOf": [
            {"type": "boolean"},
            {"type": "object", "properties": {"enabled": {"type": "boolean"}}, "required": ["enabled"]},
        ],
    });
    let members = json!({
        "version": text("The version of the protocol, `1.0`."),
        "minimumVersion": text("The oldest version that will do."),
        "supportedConnectionTypes": {
            "type": "array", "items": text("`long-polling` or `websocket`."), "description": "What the client can do.",
        },
        "ext": {"type": "object", "properties": {"ack": ack, "timesync": timesync()}},
    });
    message("Opens a session.", &members, &[])
}

fn timesync() -> Value {
    let number = |about: &str| json!({"type": "integer", "description": about});
    json!({
        "type": "object",
        "description": "The clock of the client, in milliseconds.",
        "properties": {
            "tc": number("Its time."), "l": number("The delay that it has measured."),
            "o": number("The distance to the server's clock that it has measured."),
        },
        "required": ["tc"],
    })
}

fn client_id() -> Value {
    text("The session, as the reply to the handshake named it.")
}

fn connect() -> Value {
    let members = json!({
        "clientId": client_id(),
        "connectionType": text("`long-polling` or `websocket`."),
        "advice": {
            "type": "object",
            "properties": {
                "timeout": {"type": "integer", "minimum": 0, "description": "The longest hold, in milliseconds; 0 asks for an answer at once."},
                "interval": {"type": "integer", "minimum": 0, "description": "The pause before the client's next connect, in milliseconds."},
            },
        },
        "ext": {
            "type": "object",
            "properties": {
                "ack": {"type": "integer", "description": "The last `ext.ack` that was received; 0 or less at first."},
                "timesync": timesync(),
            },
        },
    });
    message("Waits for something to be told.", &members, &["clientId"])
}

fn subscriptions() -> Value {
    json!({
        "description": "A topic, or several. `/v2/me/*` is all of the caller's.",
        "oneOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}],
    })
}

fn subscription(about: &str) -> Value {
    let members = json!({"clientId": client_id(), "subscription": subscriptions()});
    message(about, &members, &["clientId", "subscription"])
}

fn of_session(about: &str) -> Value {
    message(about, &json!({"clientId": client_id()}), &["clientId"])
}

fn subscribed() -> Value {
    json!({"subscription": subscriptions()})
}

/// A reply: what all have, and the members of its kind.
fn reply(about: &str, members: &Value) -> Value {
    let number = |about: &str| json!({"type": "integer", "description": about});
    let mut properties = json!({
        "id": text("That of the message, if it had one."),
        "channel": null,
        "successful": {"type": "boolean", "description": "Whether it was done."},
        "error": text("Why not: a number, a colon, arguments, a colon, a sentence. 402 is an unknown session."),
        "advice": {
            "type": "object",
            "description": "How to go on.",
            "properties": {
                "reconnect": {
                    "type": "string", "enum": ["retry", "handshake", "none"],
                    "description": "Connect again, shake hands again, or stop.",
                },
                "interval": number("The pause before the next connect or handshake, in milliseconds."),
                "timeout": number("How long a connect may be held, in milliseconds."),
                "multiple-clients": {
                    "type": "boolean",
                    "description": "Another session of the same browser is held; this one is answered at once.",
                },
            },
            "required": ["reconnect"],
        },
        "ext": {
            "type": "object",
            "properties": {
                "ack": {
                    "description": "To a handshake, whether notifications are sent again until they are acknowledged; to a \
                                    connect, the number that the next connect acknowledges.",
                    "oneOf": [
                        {"type": "boolean"},
                        {"type": "integer"},
                        {
                            "type": "object",
                            "properties": {"enabled": {"type": "boolean"}, "batch": {"type": "integer"}},
                            "required": ["enabled", "batch"],
                        },
                    ],
                },
                "timesync": {
                    "type": "object",
                    "description": "For the clock of the client, in milliseconds.",
                    "properties": {
                        "tc": number("The client's time, as it was sent."), "ts": number("The server's time."),
                        "p": number("How long the server had the message."),
                        "a": number("How far the client's measure is off; absent when it is right."),
                    },
                    "required": ["tc", "ts", "p"],
                },
            },
        },
    });
    extend(&mut properties, members);
    json!({
        "description": about, "type": "object", "properties": properties, "required": ["channel", "successful"],
    })
}

fn welcome() -> Value {
    let members = json!({
        "version": text("The version of the protocol."),
        "minimumVersion": text("The oldest version that will do."),
        "clientId": text("The session; only of a handshake that succeeded."),
        "supportedConnectionTypes": {"type": "array", "items": {"type": "string"}},
    });
    reply("Answers a handshake.", &members)
}
