//! What must not be there, read from the text of the crates (`docs/ARCHITECTURE.md`, Invariants).

use regex::Regex;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// The crates of the workspace.
fn crates() -> Vec<PathBuf> {
    let all = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a parent");
    let mut crates: Vec<_> =
        fs::read_dir(all).expect("crates").map(|found| found.expect("one").path()).collect();
    crates.retain(|path| path.join("Cargo.toml").exists());
    crates.sort();
    assert!(crates.len() > 10, "only {} crates were found", crates.len());
    crates
}

fn name(path: &Path) -> String {
    path.file_name().expect("a name").to_string_lossy().into_owned()
}

/// What a crate needs to be built, tests aside.
fn dependencies(of: &Path) -> BTreeSet<String> {
    let manifest = fs::read_to_string(of.join("Cargo.toml")).expect("a manifest");
    let section =
        Regex::new(r"(?m)^\[(?:target\..*\.)?dependencies\]\n((?:[^\[\n].*\n|\n)*)").expect("a pattern");
    let row = Regex::new(r"(?m)^([\w-]+)[ .=]").expect("a pattern");
    section
        .captures_iter(&manifest)
        .flat_map(|found| row.captures_iter(found.get(1).expect("rows").as_str()).collect::<Vec<_>>())
        .map(|found| found[1].to_owned())
        .collect()
}

/// The source files of a crate, and their text without comments and without the tests at their end.
fn sources(of: &Path) -> Vec<(PathBuf, String)> {
    let comment = Regex::new(r"(?m)(^|\s)//.*$").expect("a pattern");
    let mut found = Vec::new();
    let mut open = vec![of.join("src")];
    while let Some(directory) = open.pop() {
        for entry in fs::read_dir(directory).expect("a directory") {
            let path = entry.expect("an entry").path();
            let stem = path.file_stem().expect("a name").to_string_lossy().into_owned();
            if path.is_dir() && stem != "tests" {
                open.push(path);
            } else if path.extension().is_some_and(|kind| kind == "rs") && stem != "tests" {
                let text = fs::read_to_string(&path).expect("text");
                let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
                found.push((path, comment.replace_all(text, "").into_owned()));
            }
        }
    }
    found
}

/// The files of these crates in which a pattern is found.
fn found(crates: &[PathBuf], pattern: &str) -> Vec<PathBuf> {
    let pattern = Regex::new(pattern).expect("a pattern");
    let files = crates.iter().flat_map(|of| sources(of));
    files.filter(|(_, text)| pattern.is_match(text)).map(|(path, _)| path).collect()
}

#[test]
fn no_arrow_between_crates_runs_back() {
    // A crate may need those above it in this list, and no others of ours.
    let order = [
        "domain",
        "stats",
        "edge",
        "bayeux",
        "desk",
        "store-contract",
        "store-sqlite",
        "voice",
        "phone",
        "gws",
        "api",
        "channels",
        "demo",
        "testkit",
        "world",
        "server",
    ];
    let place: BTreeMap<_, _> = order.iter().zip(0..).map(|(name, place)| (*name, place)).collect();
    for of in crates() {
        let name = name(&of);
        let own = place.get(&*name).unwrap_or_else(|| panic!("{name} is not in the list"));
        for needed in dependencies(&of) {
            let runs_back = place.get(&*needed).is_some_and(|above| above >= own);
            assert!(!runs_back, "{name} needs {needed}");
        }
    }
}

#[test]
fn the_domain_needs_nothing_but_serde_and_knows_no_time_no_chance_and_no_world() {
    let domain: Vec<_> = crates().into_iter().filter(|path| name(path) == "domain").collect();
    assert_eq!(dependencies(&domain[0]).into_iter().collect::<Vec<_>>(), ["serde", "serde_json"]);
    let world = r"\basync\b|\bSystemTime\b|\bInstant\b|\bstd::(fs|net|thread|process|env|time)\b|\brandom\b";
    assert_eq!(found(&domain, world), Vec::<PathBuf>::new());
}

#[test]
fn no_type_of_the_sip_library_leaves_those_who_speak_sip() {
    let mut files = found(&crates(), r#"(?m)^[^"\n]*\brsipstack::"#);
    assert!(files.len() > 10, "{files:?}");
    files.retain(|path| {
        let path = path.to_string_lossy();
        !path.contains("/voice/src/sip") && !path.contains("/phone/src/")
    });
    assert_eq!(files, Vec::<PathBuf>::new());
}

#[test]
fn no_trait_has_one_implementation_unless_it_is_a_port() {
    let files: Vec<_> =
        crates().iter().filter(|of| name(of) != "testkit").flat_map(|of| sources(of)).collect();
    let mut all = Vec::new();
    for of in crates() {
        all.extend(sources(&of));
        let tests = of.join("tests");
        let mut open = if tests.exists() { vec![tests] } else { Vec::new() };
        while let Some(directory) = open.pop() {
            for entry in fs::read_dir(directory).expect("a directory") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    open.push(path);
                } else if path.extension().is_some_and(|kind| kind == "rs") {
                    let text = fs::read_to_string(&path).expect("text");
                    all.push((path, text));
                }
            }
        }
    }
    let defined = Regex::new(r"(?m)^\s*(?:pub(?:\([a-z]+\))? )?trait (\w+)").expect("a pattern");
    let mut traits = 0;
    for (path, text) in &files {
        for found in defined.captures_iter(text) {
            traits += 1;
            let one = format!(r"impl(?:<[^{{]*>)? +(?:[a-z_]+::)*{}(?:<[^{{]*>)? +for ", &found[1]);
            let one = Regex::new(&one).expect("a pattern");
            let implementations: usize = all.iter().map(|(_, text)| one.find_iter(text).count()).sum();
            let is_port = path.to_string_lossy().contains("/desk/src/ports/");
            assert!(is_port || implementations > 1, "{} in {}: {implementations}", &found[1], path.display());
        }
    }
    assert!(traits > 10, "only {traits} traits were found");
}
