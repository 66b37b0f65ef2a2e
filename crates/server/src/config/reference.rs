//! `docs/settings.md`: every setting, generated from the structs. A test compares it with the committed page;
//! them; `REGENERATE=1 cargo test -p server --bin jackfield reference` writes it again.

use super::Config;
use figment::{
    Figment,
    providers::{Format, Toml},
};
use serde_json::{Map, Value};
use std::{collections::BTreeSet, fmt::Write, fs, path::PathBuf};

const HEAD: &str = "# Settings

Every setting there is, drawn from the program. `jackfield config check` says what is wrong with a file, all of it at
once; a key that nobody knows is an error that names it.

A setting outside of lists can also come from the environment, in capitals and with underscores: `http.public_url` is
`JACKFIELD_HTTP_PUBLIC_URL`. Flags (`--http`, `--sip`, `--data`, `--public-url`) win over the environment, and that over
the file. Lists (`[[users]]` and the like) come from the file.

Settings are read when the server starts. Tables that are marked *object* say what the journal should hold: they are
applied when the data directory is new, and later by `jackfield config apply`
([operations.md](operations.md#objects-of-the-file)).

An entry without a default is not set, or must be given where it says *required*.
";

/// Tables that say which objects the journal should hold.
const OBJECTS: [&str; 11] = [
    "agent_groups",
    "agent_states",
    "centre",
    "disposition",
    "dispositions",
    "interaction",
    "interaction.disposition",
    "places",
    "queues",
    "services",
    "users",
];

/// A table of the file.
struct Table {
    /// `http.tls`, or `users` for `[[users]]`.
    path: String,
    /// How it is written: `[http.tls]`.
    title: String,
    about: String,
    rows: Vec<SettingRow>,
}

/// A setting.
struct SettingRow {
    key: String,
    kind: String,
    default: Option<Value>,
    required: bool,
    example: Option<Value>,
    about: String,
}

struct Tables<'a> {
    definitions: &'a Map<String, Value>,
    found: Vec<Table>,
}

fn tables() -> Vec<Table> {
    let schema = schemars::schema_for!(Config).to_value();
    let none = Map::new();
    let definitions = schema["$defs"].as_object().unwrap_or(&none);
    let mut tables = Tables { definitions, found: Vec::new() };
    let root = serde_json::json!({"description": "What stands in no table."});
    tables.add("", "Before any table", &root, &schema);
    tables.found
}

impl Tables<'_> {
    /// The schema that another refers to, also through an option.
    fn resolved<'a>(&'a self, schema: &'a Value) -> &'a Value {
        let options = schema["anyOf"].as_array().into_iter().flatten();
        let target = options.chain([schema]).find_map(|option| option["$ref"].as_str());
        match target.and_then(|target| self.definitions.get(target.trim_start_matches("#/$defs/"))) {
            Some(found) => found,
            None => schema,
        }
    }

    /// Adds a table. `field` is its description where it is used, which says more than that of the type.
    fn add(&mut self, path: &str, title: &str, field: &Value, schema: &Value) {
        let required: Vec<&str> =
            schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let mut table = Table {
            path: path.to_owned(),
            title: title.to_owned(),
            about: about(if field["description"].is_string() { field } else { schema }),
            rows: Vec::new(),
        };
        let mut inner: Vec<(String, String, Value, Value)> = Vec::new();
        for (key, field) in schema["properties"].as_object().into_iter().flatten() {
            let below = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
            let target = self.resolved(field).clone();
            let items = self.resolved(&field["items"]).clone();
            if target["properties"].is_object() {
                inner.push((below.clone(), format!("`[{below}]`"), field.clone(), target));
            } else if items["properties"].is_object() && path != key && !path.ends_with("dispositions") {
                inner.push((below.clone(), format!("`[[{below}]]`"), field.clone(), items));
            } else {
                let default = field.get("default").filter(|default| !default.is_null()).cloned();
                let example = field["examples"].get(0).cloned().or_else(|| example(default.as_ref()));
                table.rows.push(SettingRow {
                    key: key.clone(),
                    kind: self.kind(field),
                    required: required.contains(&key.as_str()),
                    about: about(field),
                    default,
                    example,
                });
            }
        }
        self.found.push(table);
        for (path, title, field, schema) in inner {
            self.add(&path, &title, &field, &schema);
        }
    }

    /// The type in plain words.
    fn kind(&self, field: &Value) -> String {
        let target = self.resolved(field);
        let variants = target["oneOf"].as_array().or_else(|| target["enum"].as_array());
        if let Some(variants) = variants {
            let words: Vec<String> = variants
                .iter()
                .filter_map(|variant| {
                    let word = variant.as_str().or_else(|| variant["const"].as_str());
                    let table = || {
                        variant["properties"].as_object()?.keys().next().map(|key| format!("{{ {key} = … }}"))
                    };
                    word.map(|word| format!("\"{word}\"")).or_else(table)
                })
                .collect();
            return words.join(" or ");
        }
        let types: Vec<&str> = match &target["type"] {
            Value::String(one) => vec![one],
            Value::Array(all) => all.iter().filter_map(Value::as_str).filter(|one| *one != "null").collect(),
            _ => Vec::new(),
        };
        match types.first().copied() {
            Some("string") => "text".into(),
            Some("integer") => "whole number".into(),
            Some("boolean") => "true or false".into(),
            Some("array") if target["prefixItems"].is_array() => "two whole numbers".into(),
            Some("array") => "list".into(),
            Some("object") => "table".into(),
            _ => "value".into(),
        }
    }
}

fn about(schema: &Value) -> String {
    schema["description"].as_str().unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// An example that shows how the setting is written: the default, or the other value of yes and no.
fn example(default: Option<&Value>) -> Option<Value> {
    match default? {
        Value::Bool(on) => Some(Value::Bool(!on)),
        Value::String(text) if text.is_empty() => None,
        Value::Array(items) if items.is_empty() => None,
        Value::Object(members) if members.is_empty() => None,
        other => Some(other.clone()),
    }
}

/// A value in TOML, on one line.
fn toml(value: &Value) -> String {
    match value {
        Value::Array(items) => format!("[{}]", items.iter().map(toml).collect::<Vec<_>>().join(", ")),
        Value::Object(members) => {
            let members: Vec<String> =
                members.iter().map(|(key, value)| format!("{} = {}", quoted(key), toml(value))).collect();
            format!("{{ {} }}", members.join(", "))
        }
        other => other.to_string(),
    }
}

/// A key with the quotation marks it needs.
fn quoted(key: &str) -> String {
    let is_bare =
        !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte));
    if is_bare { key.to_owned() } else { format!("\"{key}\"") }
}

fn page(tables: &[Table]) -> String {
    let mut page = HEAD.to_owned();
    for Table { path, title, about, rows } in tables.iter().filter(|table| !table.rows.is_empty()) {
        let object =
            if OBJECTS.contains(&path.as_str()) || path.starts_with("queues.") { "*Object.* " } else { "" };
        let _ = write!(page, "\n## {title}\n\n{object}{about}\n\n");
        page.push_str("| key | type | default | example | |\n| --- | --- | --- | --- | --- |\n");
        for row in rows {
            let default = match &row.default {
                Some(default) => format!("`{}`", toml(default)),
                None if row.required => "*required*".into(),
                None => String::new(),
            };
            let example =
                row.example.as_ref().map_or_else(String::new, |example| format!("`{}`", toml(example)));
            let cells = [format!("`{}`", row.key), row.kind.clone(), default, example, row.about.clone()];
            let cells: Vec<String> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
            let _ = writeln!(page, "| {} |", cells.join(" | "));
        }
    }
    page
}

#[test]
fn the_committed_page_is_that_of_the_structs() {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/settings.md");
    let page = page(&tables());
    if std::env::var_os("REGENERATE").is_some() {
        fs::write(&file, &page).expect("written");
    }
    assert!(
        fs::read_to_string(&file).unwrap_or_default() == page,
        "docs/settings.md is not what the structs say: write it again with `REGENERATE=1 cargo test -p server --bin \
         jackfield reference` and commit it"
    );
}

#[test]
fn every_setting_is_described_and_shown_by_an_example_that_is_read() {
    let mut file = String::new();
    let mut names = BTreeSet::new();
    for Table { path, title, rows, .. } in &tables() {
        let is_list = title.contains("[[");
        // A list inside a list of the file does not occur; a table inside one belongs to its last entry.
        if !path.is_empty() {
            let _ = writeln!(file, "{}", if is_list { format!("[[{path}]]") } else { format!("[{path}]") });
        }
        for row in rows {
            let name = format!("{path}.{}", row.key);
            assert!(!row.about.is_empty() && !row.kind.is_empty(), "{name} is not described");
            let example = row.example.as_ref().unwrap_or_else(|| panic!("{name} has no example"));
            let _ = writeln!(file, "{} = {}", row.key, toml(example));
            assert!(names.insert(name.clone()), "{name} stands there twice");
        }
    }
    assert!(names.len() > 150, "{} settings", names.len());
    let read = Figment::from(figment::providers::Serialized::defaults(Config::default()))
        .merge(Toml::string(&file))
        .extract::<Config>();
    read.unwrap_or_else(|why| panic!("{why}\n{file}"));
}

#[test]
fn every_setting_outside_of_lists_can_come_from_the_environment() {
    let is_in_list = |path: &str| {
        path.split('.').any(|part| {
            [
                "users",
                "places",
                "queues",
                "media",
                "services",
                "sms",
                "messenger",
                "phones",
                "edges",
                "agent_groups",
                "agent_states",
                "dispositions",
            ]
            .contains(&part)
                && path != "sip.media"
        })
    };
    for Table { path, rows, .. } in tables().iter().filter(|table| !is_in_list(&table.path)) {
        for row in rows {
            let name = if path.is_empty() { row.key.clone() } else { format!("{path}.{}", row.key) };
            let variable = name.replace(['.', '-'], "_").to_uppercase();
            assert_eq!(super::load::dotted(&variable).as_str(), name, "JACKFIELD_{variable}");
        }
    }
}
