//! Every place that code and documents cite is there to be read, and every link of a document leads somewhere.
//! docs/spec/README.md says how a citation is written.

use regex::Regex;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    sync::LazyLock,
};

/// Where citations are looked for.
const PLACES: [&str; 5] = ["crates", "docs", "tests", ".ci", ""];
const KINDS: [&str; 8] = ["rs", "md", "toml", "sql", "py", "mjs", "xml", "sh"];
/// An anchor of a page: the number of a heading or an item, or the words of a heading.
const ANCHOR: &str = r"[0-9A-Za-z](?:[\w.-]*\w)?";

#[test]
fn every_citation_resolves() {
    let pages = Pages::read(&root());
    let (mut found, mut broken) = (0, Vec::new());
    for (path, text) in texts(&KINDS) {
        let (cited, wrong) = pages.citations(&text);
        found += cited;
        let missing = documents(&text).into_iter().filter(|name| !root().join(name).is_file());
        broken.extend(wrong.into_iter().chain(missing).map(|what| format!("{}: {what}", path.display())));
    }
    assert!(found > 1_000, "only {found} citations were found");
    assert!(broken.is_empty(), "these lead nowhere:\n{}", broken.join("\n"));
}

#[test]
fn every_link_of_a_document_leads_somewhere() {
    let (mut found, mut broken) = (0, Vec::new());
    for (path, text) in texts(&["md"]) {
        for target in links(&text) {
            found += 1;
            let (file, anchor) = target.split_once('#').unwrap_or((&target, ""));
            let file = if file.is_empty() { path.clone() } else { path.with_file_name("").join(file) };
            let leads = match fs::read_to_string(&file) {
                Ok(text) => anchor.is_empty() || anchors(&text).contains(anchor),
                // A link to a directory is one to the list of what is in it.
                Err(_) => file.is_dir() && anchor.is_empty(),
            };
            if !leads {
                broken.push(format!("{}: {target}", path.display()));
            }
        }
    }
    assert!(found > 300, "only {found} links were found");
    assert!(broken.is_empty(), "these lead nowhere:\n{}", broken.join("\n"));
}

#[test]
fn a_broken_citation_is_seen() {
    let page =
        "## <a id=\"1\"></a>1. Voice\n\n### <a id=\"1.2\"></a>1.2 Dial\n\n**A.** <a id=\"1.2-A\"></a>Ring.\n";
    let pages = Pages::of([("voice".to_owned(), anchors(page))].into());
    let cited = |text: &str| pages.citations(text);
    assert_eq!(cited("Dials (spec: voice#1.2, #1.2-A; RFC 3261 §8.1)."), (2, vec![]));
    assert_eq!(cited("//! Of all flows (spec:\n//! voice#1.2,\n//! #1–1.2)."), (3, vec![]));
    assert_eq!(cited("(spec: voice#1.3)").1, ["voice#1.3"]);
    assert_eq!(cited("(spec: voice#1, #2)").1, ["voice#2"]);
    assert_eq!(cited("(spec: voice#1–3)").1, ["voice#3"]);
    assert_eq!(cited("(spec: noise#1)").1, ["spec: noise#"]);
    assert_eq!(cited("(voice §1.2)").1, ["voice §"]);
    assert_eq!(documents("(`docs/calls.md`, and ../docs/none.md)"), ["docs/calls.md"]);
}

#[test]
fn a_broken_link_is_seen() {
    let text = "[a](b.md#c) and `[no](link)` and [out](https://example.com)\n```\n[no](link)\n```\n[d](#e)";
    assert_eq!(links(text), ["b.md#c", "#e"]);
    let anchors =
        anchors("# Who may call\n\n## `GET /me`, and *more*\n\n## Who may call\n\n```\n# none\n```\n");
    let expected = ["get-me-and-more", "who-may-call", "who-may-call-1"];
    assert_eq!(anchors.iter().map(String::as_str).collect::<Vec<_>>(), expected);
}

/// The pages that can be cited by their name.
struct Pages {
    /// With their anchors.
    anchors: BTreeMap<String, BTreeSet<String>>,
    /// A page with one anchor, or several.
    cited: Regex,
    /// A page with a section, as RFCs are cited.
    sections: Regex,
}

impl Pages {
    fn read(root: &Path) -> Self {
        let mut files = under(&root.join("docs/spec"));
        files.extend(["docs/decisions.md", "docs/glossary.md"].map(|name| root.join(name)));
        let page = |file: PathBuf| {
            let name = file.file_stem().expect("a name").to_string_lossy().into_owned();
            (name, anchors(&fs::read_to_string(&file).expect("text")))
        };
        Self::of(files.into_iter().map(page).collect())
    }

    fn of(anchors: BTreeMap<String, BTreeSet<String>>) -> Self {
        let names = anchors.keys().map(String::as_str).collect::<Vec<_>>().join("|");
        let cited = pattern(&format!(r"\b({names})#{ANCHOR}(?:(?:, #| and #|–#?){ANCHOR})*"));
        let sections = pattern(&format!(r"\b(?:{names})(?:\.md)?,? §"));
        Self { anchors, cited, sections }
    }

    /// How many anchors a text cites, and what of it leads nowhere.
    fn citations(&self, text: &str) -> (usize, Vec<String>) {
        static ONE: LazyLock<Regex> = LazyLock::new(|| pattern(&format!("[#–]({ANCHOR})")));
        static NONE: LazyLock<Regex> = LazyLock::new(|| pattern(r"\bspec: ([a-z][a-z-]*)#"));
        static LINK: LazyLock<Regex> = LazyLock::new(|| pattern(r"\[[^\]]*\]\([^)]*\)"));
        let (mut found, mut broken) = (0, Vec::new());
        // Patterns are slow where nothing is optimised, and most lines cite nothing.
        let cites = |line: &&str| {
            let signs = ["#", "§", "spec:"];
            signs.iter().any(|sign| line.contains(sign))
                || self.anchors.keys().any(|name| line.contains(name))
        };
        let text = joined(text.lines().filter(cites));
        for cited in self.cited.captures_iter(&text) {
            let page = &cited[1];
            for anchor in ONE.captures_iter(&cited[0]) {
                found += 1;
                if !self.anchors[page].contains(&anchor[1]) {
                    broken.push(format!("{page}#{}", &anchor[1]));
                }
            }
        }
        // What looks like a citation and is none.
        for none in NONE.captures_iter(&text) {
            broken.extend((!self.anchors.contains_key(&none[1])).then(|| none[0].to_owned()));
        }
        if text.contains('§') {
            let unlinked = LINK.replace_all(&text, "");
            broken.extend(self.sections.find_iter(&unlinked).map(|none| none.as_str().to_owned()));
        }
        (found, broken)
    }
}

/// Lines as one: a citation may be broken over two lines of a comment.
fn joined<'l>(lines: impl Iterator<Item = &'l str>) -> String {
    let without_mark = |line: &str| -> String {
        let line = line.trim();
        let marks = ["//!", "///", "//", "--", "# "];
        marks.iter().find_map(|mark| line.strip_prefix(mark)).unwrap_or(line).trim().to_owned()
    };
    lines.map(without_mark).collect::<Vec<_>>().join(" ")
}

/// The anchors of a document: those that it sets, and those that its headings have by themselves.
fn anchors(markdown: &str) -> BTreeSet<String> {
    static SET: LazyLock<Regex> = LazyLock::new(|| pattern(r#"<a id="([^"]+)"></a>"#));
    static HEADING: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?m)^#{1,6} (.+)$"));
    let prose = without_code_blocks(markdown);
    let mut all: BTreeSet<String> = SET.captures_iter(&prose).map(|found| found[1].to_owned()).collect();
    let mut times: BTreeMap<String, usize> = BTreeMap::new();
    for found in HEADING.captures_iter(&prose) {
        let words = SET.replace_all(&found[1], "").trim().to_lowercase();
        let kept = |c: &char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_');
        let slug = words.chars().filter(kept).collect::<String>().replace(' ', "-");
        let before = times.entry(slug.clone()).or_default();
        all.insert(if *before == 0 { slug } else { format!("{slug}-{before}") });
        *before += 1;
    }
    all
}

/// The documents that a text names by their path from the root.
fn documents(text: &str) -> Vec<String> {
    // Of another directory's `docs` it is a part of a longer path.
    static PATH: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?:^|[^\w./-])(docs/[\w/-]+\.(?:md|toml))\b"));
    let lines = text.lines().filter(|line| line.contains("docs/"));
    lines.flat_map(|line| PATH.captures_iter(line).map(|found| found[1].to_owned())).collect()
}

/// The targets of a document's links that do not lead out of the repository.
fn links(markdown: &str) -> Vec<String> {
    static CODE: LazyLock<Regex> = LazyLock::new(|| pattern("`[^`\n]*`"));
    static LINK: LazyLock<Regex> = LazyLock::new(|| pattern(r"\]\(([^)\s]+)\)"));
    let prose = without_code_blocks(markdown);
    let prose = CODE.replace_all(&prose, "");
    let targets = LINK.captures_iter(&prose).map(|found| found[1].to_owned());
    targets.filter(|target| !target.contains("://") && !target.starts_with("mailto:")).collect()
}

fn without_code_blocks(markdown: &str) -> String {
    static BLOCK: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?ms)^ *```.*?^ *```[^\n]*$"));
    BLOCK.replace_all(markdown, "").into_owned()
}

/// The files of these kinds, and what is in them.
fn texts(kinds: &[&str]) -> Vec<(PathBuf, String)> {
    let of_a_kind =
        |path: &PathBuf| path.extension().is_some_and(|kind| kinds.iter().any(|known| **known == *kind));
    // This one writes of citations that lead nowhere.
    let own = Path::new(file!()).file_name();
    let files = PLACES.iter().flat_map(|place| match *place {
        "" => children(&root()).into_iter().filter(|path| path.is_file()).collect(),
        place => under(&root().join(place)),
    });
    let files = files.filter(of_a_kind).filter(|path| path.file_name() != own);
    files.map(|path| (path.clone(), fs::read_to_string(&path).expect("text"))).collect()
}

/// The files below a directory; what was installed there is left out.
fn under(path: &Path) -> Vec<PathBuf> {
    let below = |path: PathBuf| if path.is_dir() { under(&path) } else { vec![path] };
    children(path).into_iter().flat_map(below).collect()
}

fn children(path: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(path) else { return Vec::new() };
    let entries = entries.map(|entry| entry.expect("an entry").path());
    let ours = |path: &PathBuf| {
        let name = path.file_name().expect("a name").to_string_lossy();
        !path.is_symlink() && !["node_modules", ".venv", "target"].contains(&&*name)
    };
    entries.filter(ours).collect()
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a pattern")
}
