//! The disposition book: groups are known by their path of names, codes by their name within the group.

use super::{difference::Difference, wanted::stable_id};
use crate::{
    config::{CodeEntry, GroupEntry},
    findings::Findings,
};
use domain::{
    command::Provision,
    disposition_tree::{Code, DispositionGroup, DispositionTree, DispositionTreeEvent},
};
use std::collections::BTreeSet;

/// The book a file wants, with the ids of the present one where the names are the same.
pub fn wanted(entries: &[GroupEntry], current: &DispositionTree, findings: &mut Findings) -> DispositionTree {
    let mut book = DispositionTree::default();
    add_all(&mut book, entries, None, current, "", findings);
    book
}

fn add_all(
    book: &mut DispositionTree,
    entries: &[GroupEntry],
    parent: Option<&DispositionGroup>,
    current: &DispositionTree,
    above: &str,
    findings: &mut Findings,
) {
    let mut names = BTreeSet::new();
    for entry in entries {
        if names.insert(&entry.name) {
            add(book, entry, parent, current, above, findings);
        } else {
            let place = format!("{above}/{}", entry.name);
            findings.problem(format!("[[dispositions]]: the group '{}' stands there twice", plain(&place)));
        }
    }
}

fn add(
    book: &mut DispositionTree,
    entry: &GroupEntry,
    parent: Option<&DispositionGroup>,
    current: &DispositionTree,
    above: &str,
    findings: &mut Findings,
) {
    let path = format!("{above}/{}", entry.name);
    let known = current.groups.iter().find(|group| self::path(current, group) == path);
    check_name("group", &path, &entry.name, findings);
    let (mut names, mut codes) = (BTreeSet::new(), Vec::new());
    for code in &entry.codes {
        let (name, display) = match code {
            CodeEntry::Name(name) => (name, name),
            CodeEntry::Labelled { name, display } => (name, display),
        };
        check_name("code", &format!("{path}/{name}"), name, findings);
        if !names.insert(name) {
            findings.problem(format!(
                "[[dispositions]] '{}': the code '{name}' stands there twice",
                plain(&path)
            ));
            continue;
        }
        let kept = known.and_then(|group| group.codes.iter().find(|code| code.name == *name));
        codes.push(Code {
            id: kept.map_or_else(|| stable_id("code", &format!("{path}/{name}")), |code| code.id.clone()),
            name: name.clone(),
            display: display.clone(),
        });
    }
    let group = DispositionGroup {
        id: known.map_or_else(|| stable_id("group", &path), |group| group.id.clone()),
        name: entry.name.clone(),
        parent: parent.map(|parent| parent.id.clone()),
        codes,
    };
    book.groups.push(group.clone());
    add_all(book, &entry.groups, Some(&group), current, &path, findings);
}

fn check_name(what: &str, path: &str, name: &str, findings: &mut Findings) {
    if let Err(why) = domain::check::name("name", name) {
        findings.problem(format!("[[dispositions]]: the {what} '{}': {why}", plain(path)));
    }
}

fn plain(path: &str) -> &str {
    path.trim_start_matches('/')
}

/// The names from the root down to a group, each behind a slash.
fn path(book: &DispositionTree, group: &DispositionGroup) -> String {
    let above = group.parent.as_ref().and_then(|id| book.group(id));
    format!("{}/{}", above.map_or_else(String::new, |above| path(book, above)), group.name)
}

/// The changes that lead from one book to the other. `stays` says whether a group or code of this id stays although the
/// file does not name it; those that stay are added to `kept`.
pub fn differences(
    current: &DispositionTree,
    wanted: &DispositionTree,
    stays: impl Fn(&str) -> bool,
    kept: &mut Vec<String>,
) -> Vec<Difference> {
    let mut all = Vec::new();
    for group in &wanted.groups {
        let place = path(wanted, group);
        let place = plain(&place);
        match current.groups.iter().find(|there| plain(&path(current, there)) == place) {
            None => {
                let codes: Vec<&str> = group.codes.iter().map(|code| code.name.as_str()).collect();
                let words = format!("+ disposition group {place}: {}", codes.join(", "));
                all.push(difference(words, DispositionTreeEvent::GroupAdded(group.clone())));
            }
            Some(there) => {
                all.extend(codes(there, group, place));
                for code in there.codes.iter().filter(|code| !has(group, code)) {
                    let what = format!("disposition {place}/{}", code.name);
                    if stays(&code.id) {
                        kept.push(what);
                    } else {
                        let change = DispositionTreeEvent::CodeRemoved { id: code.id.clone() };
                        all.push(difference(format!("- {what}"), change));
                    }
                }
            }
        }
    }
    let besides = current.groups.iter().filter(|group| {
        let place = path(current, group);
        !wanted.groups.iter().any(|kept| path(wanted, kept) == place)
    });
    let mut gone: BTreeSet<&str> = BTreeSet::new();
    // Parents come before their children, and what is in a group goes with it: only the topmost is taken away, unless
    // it holds something that stays.
    for group in besides {
        if group.parent.as_deref().is_some_and(|parent| gone.contains(parent)) {
            gone.insert(&group.id);
            continue;
        }
        let what = format!("disposition group {}", plain(&path(current, group)));
        if holds_something_that(current, group, &stays) {
            kept.push(what);
        } else {
            gone.insert(&group.id);
            all.push(difference(
                format!("- {what}"),
                DispositionTreeEvent::GroupRemoved { id: group.id.clone() },
            ));
        }
    }
    all
}

/// Whether a group, one of its codes, or anything in the groups inside it stays.
fn holds_something_that(
    book: &DispositionTree,
    group: &DispositionGroup,
    stays: &impl Fn(&str) -> bool,
) -> bool {
    stays(&group.id)
        || group.codes.iter().any(|code| stays(&code.id))
        || book.children(Some(&group.id)).any(|inner| holds_something_that(book, inner, stays))
}

fn has(group: &DispositionGroup, code: &Code) -> bool {
    group.codes.iter().any(|kept| kept.name == code.name)
}

fn codes(there: &DispositionGroup, wanted: &DispositionGroup, place: &str) -> Vec<Difference> {
    let mut all = Vec::new();
    for code in &wanted.codes {
        match there.codes.iter().find(|known| known.name == code.name) {
            None => {
                let change = DispositionTreeEvent::CodeAdded { group: there.id.clone(), code: code.clone() };
                all.push(difference(format!("+ disposition {place}/{}", code.name), change));
            }
            Some(known) if known.display != code.display => {
                let words = format!(
                    "~ disposition {place}/{}: \"{}\" → \"{}\"",
                    code.name, known.display, code.display
                );
                let change =
                    DispositionTreeEvent::CodeRenamed { id: known.id.clone(), display: code.display.clone() };
                all.push(difference(words, change));
            }
            Some(_) => {}
        }
    }
    all
}

fn difference(words: String, change: DispositionTreeEvent) -> Difference {
    Difference { lines: vec![words], change: Provision::Book(change) }
}
