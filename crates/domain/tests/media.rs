//! A medium is one row of the table in `domain/src/medium.rs`, and no other file names one (spec: decisions#1).

mod rust;

use domain::medium::{Media, UNSERVED};
use rust::{Source, scan};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// Crates that may name media: the demo centre is set up with some, and harnesses run it.
const FREE: [&str; 4] = ["store-contract", "demo", "testkit", "world"];
/// Directories that hold no production code.
const TESTS: [&str; 3] = ["tests", "benches", "examples"];
/// Names of media that have a row in some build of the table, whether or not in this one.
const KNOWN: [&str; 10] = [
    "chat",
    "chats",
    "smsession",
    "smsessions",
    "smssession",
    "smssessions",
    "facebooksession",
    "facebooksessions",
    "SMSsessionStateChangeMessage",
    "FacebooksessionStateChangeMessage",
];

#[test]
fn no_other_file_names_a_medium() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the directory of all crates");
    let table = crates.join("domain/src/medium.rs");
    let names = names();
    let sources = production(crates);
    assert!(sources.contains_key(&table), "the table is not at {}", table.display());
    assert!(sources.len() > 20, "only {} files were found below {}", sources.len(), crates.display());

    let known = |name: &String| sources[&table].texts.iter().any(|(_, text)| text == name);
    assert!(names.iter().any(known), "the scanner does not even find the names in the table");

    let mut found = Vec::new();
    for (file, source) in sources.iter().filter(|(file, _)| **file != table) {
        for (line, text) in source.texts.iter().filter(|(_, text)| names.contains(text)) {
            let file = file.strip_prefix(crates).unwrap_or(file);
            found.push(format!("  crates/{}:{line}: \"{text}\"", file.display()));
        }
    }
    assert!(
        found.is_empty(),
        "A medium is named outside the media table:\n{}\n\nA medium is one row of crates/domain/src/medium.rs: \
         take the name from there (`Media::named`, `channel`, `collection`, or a field of `Medium`), or add a \
         field to the row if the table does not know what you need.",
        found.join("\n")
    );
}

/// Every word of the table that only one medium has. Feature ids are not among them: a licence is no medium.
fn names() -> BTreeSet<String> {
    let mut names: BTreeSet<String> = KNOWN.into_iter().map(str::to_owned).collect();
    for row in Media::default().rows() {
        names.extend([row.name.as_str(), row.collection, row.plural, row.message_type].map(str::to_owned));
        let lists = [row.channel_aliases, row.collection_aliases, row.singular, row.topics];
        names.extend(lists.into_iter().flatten().map(|name| (*name).to_owned()));
    }
    for row in UNSERVED {
        names.extend([row.collection, row.plural].map(str::to_owned));
        names.extend(row.collection_aliases.iter().map(|name| (*name).to_owned()));
    }
    names
}

/// The production code of the workspace, file by file.
fn production(crates: &Path) -> BTreeMap<PathBuf, Source> {
    let mut sources = BTreeMap::new();
    for entry in fs::read_dir(crates).expect("the crates").filter_map(Result::ok) {
        if entry.path().is_dir() && !FREE.iter().any(|free| entry.file_name() == *free) {
            read(&entry.path(), &mut sources);
        }
    }
    let tests: Vec<PathBuf> = sources
        .iter()
        .flat_map(|(file, source)| source.tests.iter().flat_map(|name| places(file, name)))
        .collect();
    sources.retain(|file, _| !tests.iter().any(|test| file.starts_with(test)));
    sources
}

fn read(directory: &Path, sources: &mut BTreeMap<PathBuf, Source>) {
    for path in fs::read_dir(directory).expect("a directory").filter_map(Result::ok).map(|entry| entry.path())
    {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if path.is_dir() {
            if !TESTS.contains(&name) && name != "target" && name != "node_modules" {
                read(&path, sources);
            }
        } else if path.extension().is_some_and(|ending| ending == "rs") && name != "tests.rs" {
            // A file may vanish while others work on the tree; what is not there names nothing.
            if let Ok(text) = fs::read_to_string(&path) {
                sources.insert(path, scan(&text));
            }
        }
    }
}

/// Where a module that a file declares may stand.
fn places(file: &Path, module: &str) -> Vec<PathBuf> {
    let (Some(directory), Some(stem)) = (file.parent(), file.file_stem()) else { return Vec::new() };
    [directory.to_owned(), directory.join(stem)]
        .into_iter()
        .flat_map(|home| [home.join(format!("{module}.rs")), home.join(module)])
        .collect()
}

#[test]
fn the_scanner_finds_literals_in_production_code_alone() {
    let source = scan(include_str!("rust/sample.txt"));
    let texts: Vec<&str> = source.texts.iter().map(|(_, text)| text.as_str()).collect();
    assert_eq!(texts, ["one", "two\\\"\\\\", "three \"3\"", "four", "five", "six", "seven"]);
    assert_eq!(source.tests, ["checks"]);
    assert_eq!(source.texts[0].0, 5);
}
