//! The customer's side of a chat, which `channels` serves in both of its protocols.

use gws::customer::{
    COMMANDS, ChatApiAnswer, CustomerChatAnswer, CustomerDoneAnswer, CustomerMessagesAnswer,
    CustomerRequestChatRequest, CustomerRequestedAnswer, CustomerSendMessageRequest, CustomerServiceAnswer,
    Field, OPERATIONS, REQUEST, REQUEST_CHAT,
};
use serde_json::{Map, Value, json};
use utoipa::{
    IntoResponses, OpenApi,
    openapi::path::{PathItem, Paths},
};

/// Addresses from the root.
#[derive(OpenApi)]
#[openapi(
    paths(open, door, read, operate, messages, poll),
    components(schemas(
        ChatApiAnswer,
        CustomerRequestChatRequest,
        CustomerSendMessageRequest,
        CustomerChatAnswer,
        CustomerServiceAnswer,
        CustomerDoneAnswer
    ))
)]
pub(super) struct Described;

/// How a customer is refused (spec: digital-channels#6.3).
#[derive(IntoResponses)]
#[expect(dead_code, reason = "it describes; web chat answers")]
enum NotDone {
    /// `statusCode` 1: a parameter or the header is missing. 2: a parameter is not valid, or the chat is over. 6: there
    /// is no such chat.
    #[response(status = 400)]
    Invalid,
    /// `statusCode` 3: the header names another contact centre.
    #[response(status = 403)]
    Elsewhere,
    /// `statusCode` 2: there is no such operation.
    #[response(status = 405)]
    Unknown,
    /// `statusCode` 4: the body did not come in time.
    #[response(status = 408)]
    Slow,
    /// `statusCode` 9: a request with the same `Idempotency-Key` is still being served.
    #[response(status = 409)]
    Running,
    /// `statusCode` 2: the body is too large.
    #[response(status = 413)]
    Large,
    /// `statusCode` 2: the body is in an alphabet that is not known.
    #[response(status = 415)]
    Alphabet,
    /// `statusCode` 2: the `Idempotency-Key` was used for another request.
    #[response(status = 422)]
    Reused,
    /// `statusCode` 4: more than a customer may ask; `Retry-After` says when to try again, in seconds.
    #[response(status = 429)]
    TooMuch,
    /// `statusCode` 4: the chat cannot be served any more.
    #[response(status = 500)]
    Broken,
    /// `statusCode` 4: too many wait, or nothing can be stored; try again.
    #[response(status = 503)]
    Later,
}

/// A customer requests a chat.
///
/// The customer chat: without a login, told from agents' requests by the header. Whoever has the `id` of the answer
/// has the chat, so keep it secret.
#[utoipa::path(
    post, path = "/api/v2/chats", tag = "customers", security(()),
    request_body(content = CustomerRequestChatRequest, example = json!({
        "operationName": "RequestChat", "nickname": "Ines", "subject": "Order 4711", "userData": {"Plan": "gold"}
    })),
    params(("ContactCenterId" = String, Header, description = "The id of the contact centre; makes the request a customer's")),
    responses(
        (status = 200, description = "The chat is opened", body = CustomerRequestedAnswer, example = json!({
            "statusCode": 0, "id": "0f8a1c52-3b7d-4e10-9c44-5a6b7c8d9e0f",
            "path": "/api/v2/chats/0f8a1c52-3b7d-4e10-9c44-5a6b7c8d9e0f"
        })),
        NotDone
    )
)]
#[expect(dead_code, reason = "it describes")]
fn open() {}

/// How a service stands, before a customer requests a chat.
///
/// Without `endpoint` it is the only service there is, as in a request.
#[utoipa::path(
    get, path = "/api/v2/chats", tag = "customers", security(()),
    params(
        ("endpoint" = Option<String>, Query, description = "The service, by its name or by that of its queue"),
        ("ContactCenterId" = String, Header, description = "The id of the contact centre; makes the request a customer's")
    ),
    responses(
        (status = 200, description = "Whether it is open, and whether a chat can be requested", body = CustomerServiceAnswer, example = json!(closed())),
        NotDone
    )
)]
#[expect(dead_code, reason = "it describes")]
fn door() {}

/// The chat of a customer, or, without the header, a conversation of an agent.
///
/// What an agent is answered stands at `/api/v2/{collection}/{id}`.
#[utoipa::path(
    get, path = "/api/v2/chats/{id}", tag = "customers", security(()),
    params(
        ("id" = String, Path, description = "The chat, as it was given to the customer"),
        ("ContactCenterId" = String, Header, description = "The id of the contact centre; makes the request a customer's")
    ),
    responses((status = 200, description = "The chat", body = CustomerChatAnswer, example = json!(chat())), NotDone)
)]
#[expect(dead_code, reason = "it describes")]
fn read() {}

/// A customer goes on with their chat; a request without a body reads it.
#[utoipa::path(
    post, path = "/api/v2/chats/{id}", tag = "customers", security(()),
    request_body(content = Option<serde_json::Value>, description = "What the customer does; nothing to read the chat"),
    params(
        ("id" = String, Path, description = "The chat, as it was given to the customer"),
        ("ContactCenterId" = String, Header, description = "The id of the contact centre; makes the request a customer's")
    ),
    responses((status = 200, description = "Done; or the chat, when no operation was named", body = serde_json::Value), NotDone)
)]
#[expect(dead_code, reason = "it describes")]
fn operate() {}

/// What a customer has not received yet, or, without the header, the log of an agent's conversation.
///
/// What an agent is answered stands at `/api/v2/{collection}/{id}/messages`.
#[utoipa::path(
    get, path = "/api/v2/chats/{id}/messages", tag = "customers", security(()),
    params(
        ("id" = String, Path, description = "The chat, as it was given to the customer"),
        ("index" = Option<u32>, Query, description = "The first index wanted; what was not received yet when absent"),
        ("ContactCenterId" = String, Header, description = "The id of the contact centre; makes the request a customer's")
    ),
    responses((status = 200, description = "A part of the transcript", body = CustomerMessagesAnswer, example = json!(told())), NotDone)
)]
#[expect(dead_code, reason = "it describes")]
fn messages() {}

/// What a customer has not received yet.
#[utoipa::path(
    post, path = "/api/v2/chats/{id}/messages", tag = "customers", security(()),
    params(
        ("id" = String, Path, description = "The chat, as it was given to the customer"),
        ("index" = Option<u32>, Query, description = "The first index wanted; what was not received yet when absent"),
        ("ContactCenterId" = String, Header, description = "The id of the contact centre; makes the request a customer's")
    ),
    responses((status = 200, description = "A part of the transcript", body = CustomerMessagesAnswer, example = json!(told())), NotDone)
)]
#[expect(dead_code, reason = "it describes")]
fn poll() {}

fn closed() -> Value {
    json!({
        "statusCode": 0, "open": false, "accepts": true, "opensAt": 1_770_109_862_000_u64,
        "message": "We are back at eight.",
    })
}

fn chat() -> Value {
    serde_json::from_str(include_str!("customer_chat.json")).unwrap_or_default()
}

fn told() -> Value {
    json!({
        "statusCode": 0,
        "messages": [{
            "index": 1, "type": "ParticipantJoined",
            "from": {"nickname": "Ines", "participantId": "1", "type": "Customer"},
        }],
    })
}

/// Puts the operations of a chat where they are asked for.
pub(super) fn add(document: &mut Value) {
    let place = |name: &str| format!("#/components/schemas/{name}");
    let schemas = &mut document["components"]["schemas"];
    let (mut any, mut mapping) = (Vec::new(), Map::new());
    for operation in OPERATIONS {
        let name = format!("Customer{operation}Request");
        if schemas.get(&name).is_none() {
            schemas[&name] = json!({"type": "object", "description": about(operation)});
        }
        name_operation(&mut schemas[&name], operation);
        any.push(json!({"$ref": place(&name)}));
        mapping.insert(operation.to_owned(), place(&name).into());
    }
    name_operation(&mut schemas["CustomerRequestChatRequest"], REQUEST_CHAT);
    schemas["CustomerRequest"] = json!({
        "description": "What a customer does in their chat.",
        "oneOf": any,
        "discriminator": {"propertyName": "operationName", "mapping": mapping},
    });
    let operation = &mut document["paths"]["/api/v2/chats/{id}"]["post"];
    operation["requestBody"] = json!({
        "description": "What the customer does; nothing to read the chat",
        "required": false,
        "content": {"application/json": {
            "schema": {"$ref": place("CustomerRequest")},
            "example": {"operationName": "SendMessage", "text": "Hello"},
        }},
    });
    operation["responses"]["200"]["content"]["application/json"] = json!({
        "schema": {"oneOf": [{"$ref": place("CustomerDoneAnswer")}, {"$ref": place("CustomerChatAnswer")}]},
        "examples": {"done": {"value": {"statusCode": 0}}, "the chat": {"value": chat()}},
    });
}

/// Makes a request one that names its operation.
fn name_operation(schema: &mut Value, operation: &str) {
    schema["properties"]["operationName"] = json!({"type": "string", "enum": [operation]});
    match schema["required"].as_array_mut() {
        Some(required) => required.insert(0, "operationName".into()),
        None => schema["required"] = json!(["operationName"]),
    }
}

fn about(operation: &str) -> &'static str {
    match operation {
        "SendStartTypingNotification" => "Says that the customer types.",
        "SendStopTypingNotification" => "Says that the customer types no more.",
        _ => "Ends the chat.",
    }
}

/// The addresses of the Chat API v2 of the mobile services: that of a service, and one for each command.
pub(super) fn forms() -> Paths {
    let service = json!({
        "name": "service", "in": "path", "required": true, "schema": {"type": "string"},
        "description": "The service through which the customer comes in",
    });
    let chat = json!({
        "name": "chatId", "in": "path", "required": true, "schema": {"type": "string"}, "description": "The chat",
    });
    let request = item(
        "A customer asks for a chat.\n\nChat API v2 of the mobile services: a form, and an answer of HTTP 200 with a \
         `statusCode` of its own (0 done, 1 try again, 2 refused for good). Keep `chatId`, `userId`, `secureKey` and \
         `alias` for the commands.",
        &json!([service]),
        &form(REQUEST, true, &Map::new(), Vec::new()),
        2,
    );
    let commands = COMMANDS.iter().map(|command| {
        let (who, required) = credentials();
        let body = form(command.fields, command.takes_user_data, &who, required);
        let item = item(command.about, &json!([service, chat]), &body, 3);
        (format!("/genesys/2/chat/{{service}}/{{chatId}}/{}", command.name), item)
    });
    let mut request = request;
    request["get"] = service_door(&json!([service]));
    let mut paths = Paths::new();
    paths.paths.extend(
        std::iter::once(("/genesys/2/chat/{service}".to_owned(), request))
            .chain(commands)
            .filter_map(|(path, item)| Some((path, serde_json::from_value::<PathItem>(item).ok()?))),
    );
    paths
}

/// How a service stands, before a customer asks for a chat.
fn service_door(parameters: &Value) -> Value {
    let answer = |about: &str, schema: &str, example: Value| {
        json!({
            "description": about,
            "content": {"application/json": {
                "schema": {"$ref": format!("#/components/schemas/{schema}")}, "example": example,
            }},
        })
    };
    let unknown = json!({
        "statusCode": 2, "chatEnded": false, "messages": [],
        "errors": [{"code": 200, "advice": "There is no such chat service"}],
    });
    json!({
        "tags": ["customers"],
        "summary": "How a service stands, before a customer asks for a chat.",
        "security": [{}],
        "parameters": parameters,
        "responses": {
            "200": answer("Whether it is open, and whether a chat can be requested", "CustomerServiceAnswer", closed()),
            "404": answer("There is no such service", "ChatApiAnswer", unknown),
        },
    })
}

/// The fields by which a customer shows that a chat is theirs, and says how much of it they want.
fn credentials() -> (Map<String, Value>, Vec<&'static str>) {
    let fields = [
        Field {
            name: "userId",
            about: "As the chat was opened with.",
            is_required: true,
            example: "19C22C5007000001",
        },
        Field {
            name: "secureKey",
            about: "As the chat was opened with.",
            is_required: true,
            example: "4f1d6c0b9a7e",
        },
        Field { name: "alias", about: "As the last answer gave it.", is_required: false, example: "2" },
        Field {
            name: "transcriptPosition",
            about: "The first index of the transcript that is wanted; `nextPosition` of the last answer asks for what \
                    is new.",
            is_required: false,
            example: "2",
        },
    ];
    (fields.iter().map(member).collect(), vec!["userId", "secureKey"])
}

fn member(field: &Field) -> (String, Value) {
    let text = json!({"type": "string", "description": field.about, "example": field.example});
    (field.name.to_owned(), text)
}

/// The body of a form: the fields of a command, and those that all have.
fn form(
    fields: &[Field],
    takes_user_data: bool,
    others: &Map<String, Value>,
    mut required: Vec<&'static str>,
) -> Value {
    let mut properties = others.clone();
    properties.extend(fields.iter().map(member));
    required.extend(fields.iter().filter(|field| field.is_required).map(|field| field.name));
    let mut encoding = Map::new();
    if takes_user_data {
        let pairs = json!({
            "type": "object", "additionalProperties": {"type": "string"},
            "description": "Pairs of user data, each a field `userData[key]`.",
        });
        properties.insert("userData".to_owned(), pairs);
        encoding
            .insert("userData".to_owned(), json!({"headers": {}, "style": "deepObject", "explode": true}));
    }
    let example: Map<String, Value> = properties
        .iter()
        .filter_map(|(name, member)| Some((name.clone(), member.get("example")?.clone())))
        .collect();
    let mut schema = json!({"type": "object", "properties": properties});
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
    let content = json!({"schema": schema, "example": example, "encoding": encoding});
    json!({
        "required": true,
        "description": "Also as `multipart/form-data`. Of a field given twice the last counts, and an empty one counts \
                        as left out.",
        "content": {"application/x-www-form-urlencoded": content},
    })
}

/// An address. `next` is the position from which its example goes on.
fn item(about: &str, parameters: &Value, body: &Value, next: u32) -> Value {
    let answer = |about: &str, example: Value| {
        json!({
            "description": about,
            "content": {"application/json": {
                "schema": {"$ref": "#/components/schemas/ChatApiAnswer"}, "example": example,
            }},
        })
    };
    let refused = |about: &str, code: u16, advice: &str, again: u8| {
        let errors = json!([{"code": code, "advice": advice}]);
        answer(about, json!({"statusCode": again, "chatEnded": false, "messages": [], "errors": errors}))
    };
    let done = json!({
        "statusCode": 0, "chatId": "0001KaF7Q2M80C1D", "userId": "19C22C5007000001", "secureKey": "4f1d6c0b9a7e",
        "alias": next.to_string(), "nextPosition": next, "chatEnded": false,
        "messages": [{
            "index": next - 1, "type": "ParticipantJoined", "utcTime": 1_770_109_862_000_u64,
            "from": {"nickname": "Ines", "participantId": 1, "type": "Client"},
        }],
    });
    json!({"post": {
        "tags": ["customers"],
        "summary": about,
        "security": [{}],
        "parameters": parameters,
        "requestBody": body,
        "responses": {
            "200": answer("It was done, or `statusCode` and `errors` say why not", done),
            "400": refused("The body is no form", 104, "The body is not a form", 2),
            "404": refused("There is no such service", 200, "There is no such chat service", 2),
            "408": refused("The form did not come in time", 249, "The form did not come in time", 1),
            "409": refused(
                "A request with the same `Idempotency-Key` is still being served", 249,
                "The request with this Idempotency-Key is still being served", 1,
            ),
            "422": refused(
                "The `Idempotency-Key` was used for another request", 104,
                "This Idempotency-Key was used for another request", 2,
            ),
            "413": refused("The form is too large", 104, "The body is larger than 1048576 bytes", 2),
            "415": refused(
                "The body is in another form, or in an alphabet that is not known", 104,
                "The body must be application/x-www-form-urlencoded or multipart/form-data", 2,
            ),
            "429": refused(
                "More than a customer may ask; `Retry-After` says when to try again, in seconds", 249,
                "Too much in a short time; try again later", 1,
            ),
        },
    }})
}
