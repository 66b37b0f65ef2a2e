//! No files of a crate import each other in a circle: what two files share stands in a file below both.
//!
//! What is read is the text: a path that begins with `crate`, `super`, `self`, a child or an imported name takes something
//! from the file where its longest prefix that is a module leads, through re-exports to the file of the definition. The
//! name of a module alone takes nothing, and tests may use what they like.

use regex::Regex;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    sync::LazyLock,
};

#[test]
fn no_files_import_each_other_in_a_circle() {
    let mut circles = Vec::new();
    let mut found = 0;
    for source in roots() {
        let modules = Modules::read(&source);
        found += modules.files.len();
        let in_circles: Vec<String> = modules.circles();
        if !in_circles.is_empty() {
            circles.push(format!("{}: {}", source.display(), in_circles.join(", ")));
        }
    }
    assert!(found > 500, "only {found} files were found");
    assert!(circles.is_empty(), "files that import each other in a circle:\n{}", circles.join("\n"));
}

#[test]
fn a_circle_is_seen_through_re_exports_and_not_in_names_of_modules() {
    let file = |module: &str, text: &str| (path(module), Module::of(text));
    let modules = |files: Vec<(Name, Module)>| Modules { files: files.into_iter().collect() };
    let circle = modules(vec![
        file("", "mod a;\nmod b;\npub use b::B;"),
        file("a", "use crate::B;\npub struct A;"),
        file("b", "use super::a;\npub struct B(a::A);"),
    ]);
    assert_eq!(circle.circles(), ["a", "b"]);
    let none = modules(vec![
        file("", "mod a;\nmod b;\npub use b::B;"),
        file("a", "use crate::B; // b::A\npub struct A;"),
        file("b", "use super::a;\n#[cfg(test)]\nmod tests {\n    use super::a::A;\n}\n"),
    ]);
    assert_eq!(none.circles(), [""; 0]);
}

/// How many imports of imports are followed.
const STEPS: usize = 8;

/// A module by its name within its crate, or any other path.
type Name = Vec<String>;

/// What a file says of others.
struct Module {
    /// Names that it imports, and from where.
    imports: BTreeMap<String, Name>,
    /// Every path in it.
    paths: BTreeSet<Name>,
}

/// The modules of one library or binary.
struct Modules {
    files: BTreeMap<Name, Module>,
}

impl Modules {
    /// The files below the directory of a root.
    fn read(root: &Path) -> Self {
        let mut files = BTreeMap::new();
        read_below(root, &mut Vec::new(), &mut files);
        Self { files }
    }

    /// The names of all files that are in a circle.
    fn circles(&self) -> Vec<String> {
        let arrows: BTreeMap<&Name, BTreeSet<&Name>> =
            self.files.iter().map(|(name, module)| (name, self.taken(name, module))).collect();
        let reached = |from: &Name| {
            let mut all: BTreeSet<&Name> = BTreeSet::new();
            let mut next: Vec<&Name> = arrows[from].iter().copied().collect();
            while let Some(name) = next.pop() {
                if all.insert(name) {
                    next.extend(&arrows[name]);
                }
            }
            all
        };
        let in_a_circle = self.files.keys().filter(|name| reached(name).contains(name));
        in_a_circle.map(|name| if name.is_empty() { "the root".into() } else { name.join("::") }).collect()
    }

    /// The files that a file takes something from.
    fn taken(&self, name: &Name, module: &Module) -> BTreeSet<&Name> {
        let files = module.paths.iter().filter_map(|path| self.file(&self.whole(name, path, 0)?, 0));
        files.filter(|file| *file != name).collect()
    }

    /// A path of a file as one from the root; `None` when it leads out of the crate.
    fn whole(&self, within: &Name, path: &[String], steps: usize) -> Option<Name> {
        let (first, rest) = path.split_first()?;
        let mut whole = match first.as_str() {
            "crate" => Vec::new(),
            "self" => within.clone(),
            "super" => {
                let (_, above) = within.split_last()?;
                // `super::super` goes on from there.
                let again = rest.first().is_some_and(|next| next == "super");
                let above = above.to_vec();
                return if again { self.whole(&above, rest, steps) } else { Some([&above, rest].concat()) };
            }
            _ if self.files.contains_key(&[&within[..], std::slice::from_ref(first)].concat()) => {
                let mut child = within.clone();
                child.push(first.clone());
                child
            }
            name => {
                let import = self.files.get(within)?.imports.get(name).filter(|_| steps < STEPS)?;
                self.whole(within, import, steps + 1)?
            }
        };
        whole.extend_from_slice(rest);
        Some(whole)
    }

    /// The file that defines what a path from the root names.
    fn file(&self, path: &Name, steps: usize) -> Option<&Name> {
        // The last part may be a module and what its parent hands on out of it, under one name.
        let is_module = self.files.contains_key(path);
        let most = if is_module { path.len().checked_sub(1)? } else { path.len() };
        let mut prefixes = (0..=most).rev().map(|length| path[..length].to_vec());
        let (name, module) = prefixes.find_map(|prefix| self.files.get_key_value(&prefix))?;
        let (item, rest) = path[name.len()..].split_first()?;
        match module.imports.get(item) {
            Some(import) if steps < STEPS => {
                let whole = [self.whole(name, import, 0)?, rest.to_vec()].concat();
                self.file(&whole, steps + 1)
            }
            _ => Some(name).filter(|_| !is_module),
        }
    }
}

impl Module {
    fn of(text: &str) -> Self {
        static USE: LazyLock<Regex> =
            LazyLock::new(|| pattern(r"(?m)^\s*(?:pub(?:\([^)]*\))?\s+)?use\s+([^;]+);"));
        static PATH: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?:[\w]+::)+\w+"));
        // Who may see something says nothing of what is taken.
        static SEEN_BY: LazyLock<Regex> = LazyLock::new(|| pattern(r"pub\([^)]*\)"));
        let text = without_tests(text);
        let text = SEEN_BY.replace_all(&text, "pub");
        let (mut imports, mut paths) = (BTreeMap::new(), BTreeSet::new());
        for found in USE.captures_iter(&text) {
            expand(&found[1], &[], &mut |path, name| {
                // A macro is handed on under its own name.
                if path != [name.clone()] {
                    imports.insert(name, path.clone());
                }
                paths.insert(path);
            });
        }
        paths.extend(PATH.find_iter(&USE.replace_all(&text, "")).map(|found| path(found.as_str())));
        Self { imports, paths }
    }
}

/// A text without its comments and what is compiled for tests alone.
fn without_tests(text: &str) -> String {
    static COMMENT: LazyLock<Regex> = LazyLock::new(|| pattern(r"//[^\n]*"));
    static TEST: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"(?ms)^#\[cfg\(test\)\]\n(?:[^\n{]*;\n|.*?^\}\n?)"));
    TEST.replace_all(&COMMENT.replace_all(text, ""), "").into_owned()
}

/// Every path of a tree of imports, with the name that it bears from there on.
fn expand(tree: &str, above: &[String], tell: &mut impl FnMut(Name, String)) {
    let tree = tree.trim();
    if tree.is_empty() {
        // What follows the last comma of a list.
        return;
    }
    if let Some((prefix, inner)) = tree.split_once('{') {
        let above = [above, &path(prefix.trim().trim_end_matches("::"))].concat();
        let (mut depth, mut start) = (0, 0);
        let inner = inner.trim_end();
        let inner = inner.strip_suffix('}').unwrap_or(inner);
        for (at, character) in inner.char_indices() {
            match character {
                '{' => depth += 1,
                '}' => depth -= 1,
                ',' if depth == 0 => {
                    expand(&inner[start..at], &above, tell);
                    start = at + 1;
                }
                _ => {}
            }
        }
        return expand(&inner[start..], &above, tell);
    }
    let (named, alias) = tree.split_once(" as ").map_or((tree, None), |(named, alias)| (named, Some(alias)));
    let mut whole = [above, &path(named)].concat();
    if matches!(whole.last().map(String::as_str), Some("self" | "*")) {
        whole.pop();
    }
    if let Some(last) = whole.last().cloned() {
        tell(whole, alias.map_or(last, |alias| alias.trim().to_owned()));
    }
}

/// Reads the modules of a directory: a file `a.rs` or `a/mod.rs` is the module `a`.
fn read_below(directory: &Path, name: &mut Name, files: &mut BTreeMap<Name, Module>) {
    let entries = fs::read_dir(directory).expect("a directory").map(|entry| entry.expect("an entry").path());
    for path in entries {
        let stem = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let is_root = name.is_empty() && (stem == "lib" || stem == "main");
        if stem == "tests" {
            // They may use what they like.
        } else if path.is_dir() {
            if !(name.is_empty() && stem == "bin") {
                name.push(stem);
                read_below(&path, name, files);
                name.pop();
            }
        } else if path.extension().is_some_and(|kind| kind == "rs") {
            let whole = if is_root || stem == "mod" { name.clone() } else { [&name[..], &[stem]].concat() };
            files.insert(whole, Module::of(&fs::read_to_string(&path).expect("text")));
        }
    }
}

/// The directories of every library and binary.
fn roots() -> Vec<PathBuf> {
    let directories = |path: PathBuf| {
        let entries = fs::read_dir(path).into_iter().flatten().map(|entry| entry.expect("an entry").path());
        entries.filter(|path| path.is_dir()).collect::<Vec<_>>()
    };
    // `testkit` is tests all through, and they may use what they like.
    let ours = directories(crates()).into_iter().filter(|name| !name.ends_with("testkit"));
    let sources: Vec<PathBuf> = ours.map(|name| name.join("src")).collect();
    let binaries = sources.iter().flat_map(|source| directories(source.join("bin"))).collect::<Vec<_>>();
    sources.into_iter().chain(binaries).filter(|path| path.is_dir()).collect()
}

fn crates() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn path(text: &str) -> Name {
    text.split("::").map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect()
}

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a pattern")
}
