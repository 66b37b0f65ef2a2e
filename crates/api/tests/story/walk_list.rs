//! The walk list (docs/walk-list.toml) against the router, the API document and the tests, both ways. What the list
//! says is done is there; what is there is in the list. docs/compatibility.md is written from it.

use axum::{
    Router,
    body::{Body, to_bytes},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use http::{Method, Request, header};
use serde::Deserialize;
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
    fs,
    path::{Path, PathBuf},
};
use testkit::TestServer;
use tower::ServiceExt;

/// Where the customer chat is specified, whose addresses agents have, too.
const CUSTOMER_CHAT: &str = "digital-channels#6.3";
/// The centre of the harness.
const CENTRE: &str = "c0ffee00-0000-4000-8000-000000000001";
const REGENERATE: &str = "`REGENERATE=1 cargo test -p api --test story walk_list`";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WalkList {
    area: Vec<Area>,
}

/// Rows that belong together.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Area {
    name: String,
    rows: Vec<Row>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    is: Is,
    /// Method and address.
    ask: String,
    operation: Option<String>,
    source: String,
    test: Option<String>,
    /// The crate that serves it, when the router below does not.
    by: Option<String>,
    note: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Is {
    Done,
    Issue,
    #[serde(rename = "not planned")]
    NotPlanned,
}

impl Row {
    fn method(&self) -> &str {
        self.ask.split_once(' ').expect("a method and an address").0
    }

    fn path(&self) -> &str {
        self.ask.split_once(' ').expect("a method and an address").1
    }

    /// Whether it is asked for by HTTP, not told or published over CometD.
    fn is_request(&self) -> bool {
        !matches!(self.method(), "SUBSCRIBE" | "PUBLISH")
    }

    /// Whether it is asked for by a customer below an address of agents.
    fn is_a_customers(&self) -> bool {
        self.source == CUSTOMER_CHAT
    }

    /// Its source as a link from the directory of the page.
    fn link(&self) -> String {
        let folder = if self.source.starts_with("decisions") { "" } else { "spec/" };
        match self.source.split_once('#') {
            Some((page, anchor)) => format!("[{}]({folder}{page}.md#{anchor})", self.source),
            None => self.source.clone(),
        }
    }

    fn name(&self) -> String {
        self.operation.iter().fold(self.ask.clone(), |ask, operation| format!("{ask} {operation}"))
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|fault| panic!("{path}: {fault}"))
}

fn walk_list() -> WalkList {
    toml::from_str(&read("docs/walk-list.toml")).expect("docs/walk-list.toml is a walk list")
}

fn rows() -> Vec<Row> {
    walk_list().area.into_iter().flat_map(|area| area.rows).collect()
}

fn done() -> impl Iterator<Item = Row> {
    rows().into_iter().filter(|row| row.is == Is::Done)
}

/// Every operation of the committed document, as method and path.
fn documented() -> BTreeSet<String> {
    let document: Value = serde_json::from_str(&read("crates/api/openapi.json")).expect("json");
    let mut all = BTreeSet::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for method in item.as_object().expect("an item").keys() {
            all.insert(format!("{} {path}", method.to_uppercase()));
        }
    }
    all
}

/// Whether an address with parameters takes another: a parameter takes any segment.
fn takes(template: &str, address: &str) -> bool {
    let (mut takes, mut asks) = (template.split('/'), address.split('/'));
    loop {
        match (takes.next(), asks.next()) {
            (None, None) => return true,
            (Some(part), Some(asked)) if part == asked || part.starts_with('{') => {}
            _ => return false,
        }
    }
}

/// The API and web chat, as the program serves them.
fn router(app: &TestServer) -> Router {
    let chat = channels::Chat::new(app.desk.clone(), channels::ChatConfig::default());
    chat.before(app.router.clone().merge(chat.router()))
}

/// Whether something stands behind an address and knows the operation. Whether it then refuses does not matter here:
/// nothing that is asked for exists.
async fn is_handled(router: &Router, row: &Row) -> Result<(), String> {
    let mut path = String::new();
    for segment in row.path().split('/').skip(1) {
        path.push('/');
        path.push_str(match segment {
            "{service}" => "help",
            "{channel}" => "chat",
            parameter if parameter.starts_with('{') => "none",
            literal => literal,
        });
    }
    let agents = path.starts_with("/api/v2/me") || path.starts_with("/internal-api");
    let user = if agents { "agent1@demo:demo" } else { "admin@demo:demo" };
    let mut request = Request::builder()
        .method(row.method().parse::<Method>().expect("a method"))
        .uri(&path)
        .header(header::AUTHORIZATION, format!("Basic {}", STANDARD.encode(user)));
    if row.is_a_customers() {
        request = request.header("ContactCenterId", CENTRE);
    }
    let body = if path.starts_with("/genesys") {
        request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        Body::empty()
    } else if row.method() == "GET" {
        Body::empty()
    } else {
        let operation = row.operation.as_ref();
        Body::from(operation.map_or_else(|| json!({}), |name| json!({"operationName": name})).to_string())
    };
    let request = request.body(body).expect("a request");
    let response = router.clone().oneshot(request).await.expect("an answer");
    let status = response.status();
    // What is cut off at this length is no refusal.
    let bytes = to_bytes(response.into_body(), 1 << 20).await.unwrap_or_default();
    let answer: Value = serde_json::from_slice(&bytes).unwrap_or_default();
    let said = answer["statusMessage"].as_str().unwrap_or_default();
    // Of what is not there the API names the address, below its root; of what does not exist it names the thing.
    let address = said.split(' ').find(|word| word.starts_with('/'));
    let nowhere = match address {
        _ if status != 404 => false,
        Some(address) => path.ends_with(address),
        None => path.starts_with("/genesys") || row.is_a_customers() || answer.is_null(),
    };
    if nowhere || status == 405 || said.starts_with("Unknown operation") {
        return Err(format!("{}: {status} {said}", row.name()));
    }
    Ok(())
}

#[tokio::test]
async fn what_is_done_has_a_handler() {
    let app = TestServer::with(|centre| {
        centre.features.insert("api-voice".into());
    })
    .await;
    let router = router(&app);
    app.agent("agent1").ready().await;
    let mut missing = Vec::new();
    for row in done().filter(|row| row.is_request() && row.by.is_none()) {
        missing.extend(is_handled(&router, &row).await.err());
    }
    assert!(missing.is_empty(), "done, but nothing is there: {missing:#?}");
}

#[tokio::test]
async fn the_check_for_a_handler_tells_what_is_not_there() {
    let app = TestServer::start().await;
    let router = router(&app);
    let asks = [
        ("GET /api/v2/nowhere", None, ""),
        ("GET /api/v2/me/nowhere/{id}", None, ""),
        ("DELETE /api/v2/me", None, ""),
        ("GET /internal-api/nowhere", None, ""),
        ("POST /genesys/2/chat/{service}/{chatId}/nowhere", None, ""),
        ("POST /api/v2/me", Some("Nonsense"), ""),
        ("POST /api/v2/me/chats/{id}", Some("Nonsense"), ""),
        ("POST /api/v2/chats", Some("Nonsense"), CUSTOMER_CHAT),
        ("POST /api/v2/chats/{id}", Some("Nonsense"), CUSTOMER_CHAT),
        ("GET /api/v2/chats/{id}/nowhere", None, CUSTOMER_CHAT),
        ("DELETE /api/v2/chats/{id}", None, CUSTOMER_CHAT),
    ];
    for (ask, operation, source) in asks {
        let row = Row {
            is: Is::Done,
            ask: ask.into(),
            operation: operation.map(str::to_owned),
            source: source.into(),
            test: None,
            by: None,
            note: None,
        };
        assert!(is_handled(&router, &row).await.is_err(), "{ask}");
    }
}

#[test]
fn what_is_done_is_documented() {
    let documented = documented();
    let missing: Vec<String> = done()
        .filter(Row::is_request)
        .filter(|row| {
            let takes_it = |one: &String| {
                one.split_once(' ')
                    .is_some_and(|(method, path)| method == row.method() && takes(path, row.path()))
            };
            !documented.iter().any(takes_it)
        })
        .map(|row| row.name())
        .collect();
    assert!(missing.is_empty(), "done, but not in crates/api/openapi.json: {missing:#?}");
}

#[test]
fn what_is_done_names_a_test_that_is_there() {
    let mut wrong = Vec::new();
    for row in rows() {
        let found = match (row.is, row.test.as_ref().and_then(|test| test.split_once("::"))) {
            (Is::Done, Some((file, name))) => {
                fs::read_to_string(root().join(file)).is_ok_and(|text| text.contains(&format!("fn {name}(")))
            }
            (Is::Done, None) => false,
            (Is::Issue | Is::NotPlanned, _) => row.test.is_none(),
        };
        if !found {
            wrong.push(format!("{}: {:?}", row.name(), row.test));
        }
    }
    assert!(wrong.is_empty(), "a done row names a test as file::name, no other row does: {wrong:#?}");
}

#[test]
fn what_is_documented_is_in_the_list() {
    let rows = rows();
    let missing: Vec<String> = documented()
        .into_iter()
        .filter(|one| {
            let (method, path) = one.split_once(' ').expect("a method and a path");
            !rows.iter().any(|row| row.method() == method && takes(path, row.path()))
        })
        .collect();
    assert!(missing.is_empty(), "served, but not in docs/walk-list.toml: {missing:#?}");
}

/// Where the requests of each family are posted to.
const FAMILIES: [(&str, &str); 12] = [
    ("SessionRequest", "POST /api/v2/me/chats/{id}"),
    ("SessionsRequest", "POST /api/v2/me/smsessions"),
    ("CallRequest", "POST /api/v2/me/calls/{id}"),
    ("CallsRequest", "POST /api/v2/me/devices/{id}/calls"),
    ("MeRequest", "POST /api/v2/me"),
    ("ChannelRequest", "POST /api/v2/me/channels/{channel}"),
    ("DeviceRequest", "POST /api/v2/me/devices/{id}"),
    ("UserChannelRequest", "POST /api/v2/users/{id}/channels/{channel}"),
    ("UserSessionRequest", "POST /api/v2/users/{id}/chats/{interactionId}"),
    ("WaitingRequest", "POST /api/v2/queues/{name}/waiting/{interactionId}"),
    ("QuarantineRequest", "POST /api/v2/diagnostics/quarantine/{id}"),
    ("DesktopRequest", "POST /internal-api/operations"),
];
/// Where customers post their operations.
const CUSTOMERS: &str = "POST /api/v2/chats/{id}";

#[test]
fn every_operation_that_is_read_is_in_the_list() {
    let rows = rows();
    let mut missing = Vec::new();
    let mut look = |ask: &str, name: &str| {
        let listed = |row: &Row| row.ask == ask && row.operation.as_deref() == Some(name);
        if !rows.iter().any(listed) {
            missing.push(format!("{ask} {name}"));
        }
    };
    for family in gws::families() {
        let ask = FAMILIES.iter().find(|(name, _)| *name == family.name).map(|(_, ask)| *ask);
        let ask = ask.unwrap_or_else(|| panic!("{} has no address above", family.name));
        family.rows.iter().flat_map(|row| row.names).for_each(|name| look(ask, name));
    }
    for name in gws::customer::OPERATIONS {
        look(CUSTOMERS, name);
    }
    assert!(missing.is_empty(), "read, but not in docs/walk-list.toml: {missing:#?}");
}

#[test]
fn every_state_that_can_be_entered_is_in_the_list() {
    let rows = rows();
    for state in domain::centre::system_states() {
        for ask in ["POST /api/v2/me", "POST /api/v2/me/channels/{channel}", "POST /api/v2/me/devices/{id}"] {
            let listed =
                |row: &Row| row.ask == ask && row.operation.as_deref() == Some(state.operation.as_str());
            let left = state.state == domain::agent::Readiness::LoggedOut;
            assert!(left || rows.iter().any(listed), "{ask} {}", state.operation);
        }
    }
}

#[test]
fn no_row_stands_twice() {
    let mut seen = BTreeSet::new();
    for row in rows() {
        let name = format!("{} ({})", row.name(), row.note.clone().unwrap_or_default());
        assert!(seen.insert(name.clone()), "{name}");
        assert!(!row.source.is_empty(), "{name} has no source");
    }
}

#[test]
fn the_compatibility_page_is_written_from_the_list() {
    let file = root().join("docs/compatibility.md");
    let page = page(&walk_list());
    if std::env::var_os("REGENERATE").is_some() {
        fs::write(&file, &page).expect("written");
    }
    let committed = fs::read_to_string(&file).unwrap_or_default();
    assert!(
        committed == page,
        "docs/compatibility.md is not what docs/walk-list.toml says: run {REGENERATE}."
    );
}

fn page(list: &WalkList) -> String {
    let mut counts: BTreeMap<&str, [usize; 3]> = BTreeMap::new();
    let mut out = String::from(
        "# Compatibility\n\n\
         Every operation and resource of the Web Services API v2, of the Chat API v2 and of what belongs to them, and \
         what becomes of it here. This page is written from `walk-list.toml`, which a test holds to the router, to the \
         API document and to the tests: what is done is served, documented and tested, and nothing is served that is \
         not listed.\n\n\
         * **done**: it works.\n\
         * **issue**: it is to come.\n\
         * **not planned**: nobody asked for it yet.\n\n\
         `GET /api/v2/diagnostics/clients` tells what the clients of a running server asked for and it does not \
         know.\n\n",
    );
    for area in &list.area {
        for row in &area.rows {
            counts.entry(&area.name).or_default()[row.is as usize] += 1;
        }
    }
    let mut table = |line: std::fmt::Arguments<'_>| out.write_fmt(line).expect("memory");
    table(format_args!("| | done | issue | not planned |\n|---|--:|--:|--:|\n"));
    for area in &list.area {
        let [done, issue, unplanned] = counts[area.name.as_str()];
        let anchor = area.name.to_lowercase().replace([',', '\''], "").replace(' ', "-");
        table(format_args!("| [{}](#{anchor}) | {done} | {issue} | {unplanned} |\n", area.name));
    }
    let [done, issue, unplanned] =
        counts.values().fold([0; 3], |sum, one| [sum[0] + one[0], sum[1] + one[1], sum[2] + one[2]]);
    table(format_args!("| **all** | **{done}** | **{issue}** | **{unplanned}** |\n"));
    for area in &list.area {
        table(format_args!(
            "\n## {}\n\n| request | operation or message | | source | |\n|---|---|---|---|---|\n",
            area.name
        ));
        for row in &area.rows {
            let is = match row.is {
                Is::Done => "**done**",
                Is::Issue => "issue",
                Is::NotPlanned => "not planned",
            };
            let operation = row.operation.as_ref().map(|name| format!("`{name}`")).unwrap_or_default();
            let note = row.note.as_deref().unwrap_or_default();
            let source = row.link();
            table(format_args!("| `{}` | {operation} | {is} | {source} | {note} |\n", row.ask));
        }
    }
    out
}
