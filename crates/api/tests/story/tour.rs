//! One walk through everything that the API document promises: each documented operation answers as it is documented,
//! and what it answers is the example in the document.

use crate::carried::{self, scripted::Scripted};
use desk::ports::Quarantined;
use domain::call::{Cause, LegEvent};
use http::Method;
use serde_json::{Map, Value, json};
use std::{collections::BTreeMap, fs, path::PathBuf, sync::Arc};
use testkit::{Client, Guest, START, ScriptedSwitch, TestServer};

/// Tom's phone.
const PHONE: &str = "/devices/de000000-0000-4000-8000-000000005001";
/// What answers with the document itself.
const NO_EXAMPLE: [&str; 1] = ["get /api/v2/openapi.json"];

/// What was answered, by operation.
#[derive(Default)]
struct Tour(BTreeMap<String, Value>);

impl Tour {
    async fn get(&mut self, who: &Client<'_>, path: &str) -> Value {
        self.send(who, Method::GET, path, None).await
    }

    async fn post(&mut self, who: &Client<'_>, path: &str, body: Value) -> Value {
        self.send(who, Method::POST, path, Some(body)).await
    }

    async fn operate(&mut self, who: &Client<'_>, path: &str, operation: &str) -> Value {
        self.post(who, path, json!({"operationName": operation})).await
    }

    /// Asks for something that succeeds, and keeps the answer unless the operation has one.
    async fn send(&mut self, who: &Client<'_>, method: Method, path: &str, body: Option<Value>) -> Value {
        let reply = who.send(method.clone(), path, body.map(|body| body.to_string())).await;
        assert!(reply.status.is_success(), "{}: {} {}", reply.asked, reply.status, reply.text);
        let rooted = ["/api/", "/internal-api"].iter().any(|root| path.starts_with(root));
        let whole = if rooted { path.to_owned() } else { format!("/api/v2{path}") };
        let bare = whole.split('?').next().unwrap_or_default();
        let operation = who.server().contract.operation(method.as_str(), bare).expect("it is documented");
        self.0.entry(operation).or_insert_with(|| settled(&reply.json));
        reply.json
    }

    async fn logins(&mut self, app: &TestServer) {
        let stranger = app.stranger();
        self.post(&stranger, "/login", json!({"userName": "agent1@demo", "password": "demo"})).await;
        self.post(&stranger, "/logout", json!({})).await;
        let tom = app.agent("agent1");
        let shake = json!({"channel": "/meta/handshake", "version": "1.0", "supportedConnectionTypes": ["long-polling"]});
        self.post(&tom, "/notifications", shake).await;
    }

    async fn work(&mut self, tom: &Client<'_>) {
        let channels = ["voice", "chat", "smsession", "facebooksession"];
        let start = json!({"operationName": "StartContactCenterSession", "channels": channels});
        self.post(tom, "/me", start).await;
        for path in ["/me/channels/chat", "/me/channels/smsession", "/me/channels/facebooksession"] {
            self.operate(tom, path, "Ready").await;
        }
        self.operate(tom, &format!("/me{PHONE}"), "Ready").await;
        for path in [
            "/me?subresources=devices,skills,channels",
            "/me/channels?fields=*",
            "/me/channels/chat",
            "/me/devices?fields=*",
            "/me/skills?fields=*",
            "/me/features?fields=*&limit=1",
            "/me/groups?fields=*",
            "/me/settings?fields=*",
            "/me/settings/workspace-tab",
            "/me/emails?fields=*",
            "/me/workitems?fields=*",
            "/me/tweets?fields=*",
            "/me/facebook?fields=*",
            "/me/workbins?fields=*",
        ] {
            self.get(tom, path).await;
        }
        for path in ["", "/settings/tserver"] {
            self.get(tom, &format!("/me{PHONE}{path}")).await;
        }
    }

    async fn calls(&mut self, exchange: &ScriptedSwitch<'_>, tom: &Client<'_>) {
        self.post(tom, "/me/devices", json!({"phoneNumber": "5001"})).await;
        let dial = json!({"operationName": "Dial", "destination": {"phoneNumber": "5002"}});
        self.post(tom, &format!("/me{PHONE}/calls"), dial).await;
        let call = self.get(tom, "/me/calls?fields=*").await["calls"][0]["id"].clone();
        let call = call.as_str().expect("an id");
        exchange.hears(&call.into(), 1, LegEvent::Up).await;
        exchange.hears(&call.into(), 2, LegEvent::Up).await;
        let data = json!({"operationName": "UpdateUserData", "userData": {"Case": "17"}});
        self.post(tom, &format!("/me/calls/{call}"), data).await;
        self.get(tom, &format!("/me/calls/{call}")).await;
        self.get(tom, &format!("/calls/{call}")).await;
        let event = json!({"operationName": "SendUserEvent", "userData": {"DispositionCode": "Referred"}});
        self.post(tom, "/internal-api/operations", event).await;
        // Whoever talks is offered nothing else.
        exchange.hears(&call.into(), 1, LegEvent::Gone { cause: Cause::Normal, code: None }).await;
    }

    async fn conversation(&mut self, app: &TestServer, tom: &Client<'_>, guest: &Guest<'_>) {
        app.offer(guest, tom).await;
        tom.accepts(guest, "Tom").await.ok();
        let (path, collection) = (guest.path(), guest.collection);
        self.post(tom, &path, json!({"operationName": "SendMessage", "text": "One moment please"})).await;
        self.get(tom, &format!("/me/{collection}?fields=*")).await;
        self.get(tom, &path).await;
        self.get(tom, &format!("{path}/messages")).await;
        // Whoever is given `uri` asks without `/me`.
        let bare = path.trim_start_matches("/me");
        self.get(tom, bare).await;
        self.get(tom, &format!("{bare}/messages")).await;
        if collection != "chats" {
            self.post(tom, &format!("{path}/measure"), json!({"text": "Good day"})).await;
        }
    }

    async fn led(&mut self, app: &TestServer, tom: &Client<'_>, guests: &[Guest<'_>]) {
        let sasha = app.agent("supervisor");
        let of = |rest: &str| format!("/users/{}{rest}", tom.id());
        for path in ["/channels", "/calls"] {
            self.get(&sasha, &of(path)).await;
        }
        self.operate(&sasha, &of(""), "NotReady").await;
        self.operate(&sasha, &of("/channels/chat"), "Ready").await;
        for guest in guests {
            let collection = of(&format!("/{}", guest.collection));
            self.get(&sasha, &collection).await;
            self.operate(&sasha, &format!("{collection}/{}", guest.id), "PlaceInQueue").await;
        }
    }

    async fn written_first(&mut self, tom: &Client<'_>) {
        for (collection, to) in [("smsessions", "+15550143"), ("facebooksessions", "+15550144")] {
            let create = json!({"operationName": "Create", "to": to, "text": "Your parcel is here"});
            self.post(tom, &format!("/me/{collection}"), create).await;
        }
    }

    async fn centre(&mut self, admin: &Client<'_>, user: &str) {
        let skills = self.get(admin, "/skills?fields=*").await;
        let skill = skills["skills"][0]["id"].as_str().expect("an id").to_owned();
        let held = self.get(admin, &format!("/users/{user}/skills?fields=*")).await;
        let held = held["skills"][0]["id"].as_str().expect("an id").to_owned();
        for path in [
            "/users?fields=*&limit=1",
            "/devices?fields=*&limit=1",
            PHONE,
            "/contacts?type=User&limit=1",
            "/queues?fields=*",
            "/queues/Support",
            "/features?fields=*&limit=1",
            "/features/api-voice",
            "/system/features?fields=*&limit=1",
            "/system/features/api-voice",
            "/settings?fields=*",
            "/settings/workspace-tab",
            "/services?fields=*",
            "/services/REPORTING",
            "/workbins?fields=*",
            "/internal-api/me/settings",
            "/internal-api/contact-center?subresources=businessAttributes",
            "/internal-api/business-attributes",
            "/openapi.json",
        ] {
            self.get(admin, path).await;
        }
        for path in [
            format!("/me/skills/{held}"),
            format!("/skills/{skill}"),
            format!("/users/{user}"),
            format!("/users/{user}/skills/{held}"),
            format!("/users/{user}/devices?fields=*"),
            format!("/contacts/{user}"),
            format!("{PHONE}/settings/tserver"),
        ] {
            self.get(admin, &path).await;
        }
    }

    async fn codes(&mut self, admin: &Client<'_>) {
        let flat = "/settings/dispositions";
        self.get(admin, flat).await;
        self.post(admin, flat, json!({"name": "Returned", "displayName": "Returned goods"})).await;
        let renamed = json!({"name": "Returned", "displayName": "Goods returned"});
        self.send(admin, Method::PUT, flat, Some(renamed)).await;
        self.send(admin, Method::DELETE, flat, Some(json!({"name": "Returned"}))).await;

        let group = self.post(admin, "/groups", json!({"name": "Outcome"})).await;
        let group = group["path"].as_str().expect("a path").to_owned();
        let code = json!({"name": "Sold", "displayName": "Sold it"});
        let code = self.post(admin, &format!("{group}/dispositions"), code).await;
        let code = code["path"].as_str().expect("a path").to_owned();
        self.get(admin, "/groups?fields=*").await;
        self.get(admin, &group).await;
        self.get(admin, &format!("{group}/dispositions?fields=*")).await;
        self.get(admin, &code).await;
        self.send(admin, Method::PUT, &group, Some(json!({"name": "Outcome"}))).await;
        self.send(admin, Method::PUT, &code, Some(json!({"displayName": "Sold"}))).await;
        self.send(admin, Method::DELETE, &code, None).await;
        self.send(admin, Method::DELETE, &group, None).await;
    }

    async fn inside(&mut self, app: &TestServer, admin: &Client<'_>) {
        let unit = Quarantined {
            id: 0,
            at: START,
            service: carried::SMS.into(),
            why: "no sender".into(),
            raw: b"Body=Hello".to_vec(),
        };
        let unit = app.desk.store().quarantine(unit).await.expect("kept");
        let waiting = app.customer("Waiting").await;
        app.agent("agent1").get("/horoscope").await.refused(404, 6);
        for path in ["version", "clients", "routing", "quarantine"] {
            let who = if path == "routing" { &app.agent("supervisor") } else { admin };
            self.get(who, &format!("/diagnostics/{path}")).await;
        }
        let (sasha, list) = (app.agent("supervisor"), "/queues/Support/waiting");
        self.get(&sasha, list).await;
        let raise = json!({"operationName": "Raise", "priority": 5});
        self.post(&sasha, &format!("{list}/{}", waiting.id), raise).await;
        self.operate(admin, &format!("/diagnostics/quarantine/{unit}"), "Discard").await;
        self.get(admin, "/reporting/events?limit=1").await;
        crate::report_rows::counted(app).await;
        let hour = format!("from={}&to={}&group=hour", START - START % 3_600_000, START + 3_600_000);
        for table in [
            "queues?queue=Support&",
            "agents?agent=agent1@demo&",
            "agent-states?agent=agent1@demo&",
            "dispositions?",
            "intervals?",
        ] {
            self.get(admin, &format!("/reporting/{table}{hour}")).await;
        }
        self.get(admin, "/api/v1/stats/Support").await;
        self.get(admin, "/api/v1/stats/Support/Total_Answered").await;
    }
}

#[tokio::test]
async fn every_documented_operation_answers_and_its_example_is_such_an_answer() {
    let app = TestServer::with(|centre| {
        testkit::with_voice(centre);
        centre.features.insert(domain::command::CONTROL_FEATURE.into());
    })
    .await;
    let exchange = ScriptedSwitch::connect(&app);
    exchange.registers("5001", true).await;
    exchange.registers("5002", true).await;
    for service in [carried::SMS, carried::PAGE] {
        app.desk.connect(service, Arc::new(Scripted::default()));
    }
    let (tom, admin) = (app.agent("agent1"), app.agent("admin"));
    let mut tour = Tour::default();
    tour.logins(&app).await;
    tour.work(&tom).await;
    tour.calls(&exchange, &tom).await;
    let guests = [
        app.customer("Ines").await,
        carried::texter(&app).writes("Hello").await,
        carried::messenger(&app).writes("Hello").await,
    ];
    for guest in &guests {
        tour.conversation(&app, &tom, guest).await;
    }
    tour.written_first(&tom).await;
    tour.led(&app, &tom, &guests).await;
    tour.centre(&admin, tom.id().as_str()).await;
    tour.codes(&admin).await;
    tour.inside(&app, &admin).await;

    let unmet: Vec<String> = promised(app.contract.document())
        .into_iter()
        .filter(|operation| !tour.0.contains_key(operation))
        .collect();
    assert!(unmet.is_empty(), "documented, but nobody was answered: {unmet:#?}");
    tour.0.retain(|operation, _| !NO_EXAMPLE.contains(&operation.as_str()));
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/v2/openapi/examples.json");
    if std::env::var_os("REGENERATE").is_some() {
        fs::write(&file, serde_json::to_string_pretty(&tour.0).expect("json") + "\n").expect("written");
    }
    let committed: BTreeMap<String, Value> =
        serde_json::from_str(&fs::read_to_string(&file).expect("examples")).expect("json");
    let other: Vec<&String> = tour.0.keys().filter(|one| committed.get(*one) != tour.0.get(*one)).collect();
    assert!(
        other.is_empty() && committed.len() == tour.0.len(),
        "{} is not what the server answers to {other:?}. Write it anew with `REGENERATE=1 cargo test -p api --test story \
         tour`, then the document, and commit both.",
        file.display()
    );
}

/// The operations whose success is told as JSON, but for those of customers, whose other half is in `channels`.
fn promised(document: &Value) -> Vec<String> {
    let is_good = |operation: &Value| {
        let responses = operation["responses"].as_object().expect("responses");
        responses.iter().any(|(status, response)| {
            status.starts_with('2') && response["content"].get("application/json").is_some()
        })
    };
    let is_ours = |operation: &Value| {
        let tags = operation["tags"].as_array().expect("tags");
        !tags.iter().any(|tag| tag == "customers")
    };
    let paths = document["paths"].as_object().expect("paths");
    let mut found = Vec::new();
    for (path, item) in paths {
        let operations = item.as_object().expect("an item").iter();
        let ours = operations.filter(|(_, operation)| is_good(operation) && is_ours(operation));
        found.extend(ours.map(|(method, _)| format!("{method} {path}")));
    }
    found
}

/// An answer as it is in every time zone.
fn settled(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(settled).collect(),
        Value::Object(members) => Value::Object(
            members.iter().map(|(name, value)| (name.clone(), settled(value))).collect::<Map<_, _>>(),
        ),
        Value::String(text) if is_moment(text) => "2026-02-03 10:11:12.345+0100".into(),
        other => other.clone(),
    }
}

/// Whether a text has the form of the moments of the API.
fn is_moment(text: &str) -> bool {
    let form = "dddd-dd-dd dd:dd:dd.ddd";
    let fits = |(letter, of): (char, char)| if of == 'd' { letter.is_ascii_digit() } else { letter == of };
    text.len() == form.len() + 5 && text.chars().zip(form.chars()).all(fits)
}
