//! Every place that code and documents cite is there to be read: sections of docs/spec and docs/decisions.md, and items
//! of the conformance list.

use regex::Regex;
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// Where citations are looked for.
const PLACES: [&str; 6] = ["crates", "docs", "tests", "README.md", "CONTRIBUTING.md", ".ci"];
const KINDS: [&str; 7] = ["rs", "md", "toml", "sql", "py", "mjs", "xml"];

#[test]
fn every_citation_resolves() {
    let root = root();
    let places = citable(&root);
    let names: BTreeSet<&str> = places.iter().map(|(name, _)| name.as_str()).collect();
    let names = names.into_iter().collect::<Vec<_>>().join("|");
    let cites =
        Regex::new(&format!(r"\b({names})(?:\.md)?((?:[,;]? ?§\d+(?:\.\d+)*(?:[–-]\d+(?:\.\d+)*)?)+)"));
    let cites = cites.expect("a pattern");
    let section = Regex::new(r"§(\d+(?:\.\d+)*)(?:[–-](\d+(?:\.\d+)*))?").expect("a pattern");
    let item = Regex::new(r"conformance items? (\d+)(?:, (\d+))*").expect("a pattern");
    let line_end = Regex::new(r"\s*\n\s*(?://[/!]?|#|--)?\s*").expect("a pattern");
    let (mut found, mut nowhere) = (0, Vec::new());
    for path in files(&root) {
        let text = fs::read_to_string(&path).expect("text");
        // A citation may be broken over two lines of a comment.
        let text = line_end.replace_all(&text, " ");
        let mut look = |name: &str, place: &str| {
            found += 1;
            if !places.contains(&(name.to_owned(), place.to_owned())) {
                nowhere.push(format!("{}: {name} §{place}", path.display()));
            }
        };
        for cited in cites.captures_iter(&text) {
            for numbers in section.captures_iter(&cited[2]) {
                numbers.iter().skip(1).flatten().for_each(|number| look(&cited[1], number.as_str()));
            }
        }
        for cited in item.captures_iter(&text) {
            cited.iter().skip(1).flatten().for_each(|number| look("conformance item", number.as_str()));
        }
    }
    assert!(found > 1_000, "only {found} citations were found");
    assert!(nowhere.is_empty(), "these lead nowhere:\n{}", nowhere.join("\n"));
}

/// What can be cited: names of documents with the numbers of their headings, and of the items of lists below these.
fn citable(root: &Path) -> BTreeSet<(String, String)> {
    let heading = Regex::new(r"^#+ (\d+(?:\.\d+)*)").expect("a pattern");
    let item = Regex::new(r"^\s*(?:\| )?(\d+)(?:\.| \|)").expect("a pattern");
    let mut documents = vec![root.join("docs/decisions.md")];
    documents.extend(under(&root.join("docs/spec")));
    let mut all = BTreeSet::new();
    for document in documents {
        let name = document.file_stem().expect("a name").to_string_lossy().into_owned();
        let mut above = String::new();
        for line in fs::read_to_string(&document).expect("text").lines() {
            if let Some(found) = heading.captures(line) {
                found[1].clone_into(&mut above);
                all.insert((name.clone(), above.clone()));
            } else if let Some(found) = item.captures(line) {
                all.insert((name.clone(), format!("{above}.{}", &found[1])));
                if name == "bayeux-conformance" {
                    all.insert(("conformance item".to_owned(), found[1].to_owned()));
                }
            }
        }
    }
    all
}

fn files(root: &Path) -> Vec<PathBuf> {
    let of_a_kind = |path: &PathBuf| {
        path.extension().is_some_and(|kind| KINDS.iter().any(|known| *known == kind.to_string_lossy()))
    };
    PLACES.iter().flat_map(|place| under(&root.join(place))).filter(of_a_kind).collect()
}

/// The files below a directory, or the file itself; what was installed there is left out.
fn under(path: &Path) -> Vec<PathBuf> {
    if path.is_file() {
        return vec![path.to_owned()];
    }
    let Ok(entries) = fs::read_dir(path) else { return Vec::new() };
    let entries = entries.map(|entry| entry.expect("an entry").path());
    let ours = |path: &PathBuf| {
        let name = path.file_name().expect("a name").to_string_lossy();
        !path.is_symlink() && !["node_modules", ".venv", "target"].contains(&&*name)
    };
    entries.filter(ours).flat_map(|path| under(&path)).collect()
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}
