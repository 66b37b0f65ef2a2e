//! The disposition book: groups are known by their path of names, codes by their name within the group.

use super::{difference::Difference, stable_id};
use crate::config::{CodeEntry, GroupEntry};
use domain::{
    book::{Book, Code, Event, Group},
    command::Provision,
};

/// The book a file wants, with the ids of the present one where the names are the same.
pub fn wanted(entries: &[GroupEntry], current: &Book) -> Book {
    let mut book = Book::default();
    for entry in entries {
        add(&mut book, entry, None, current, "");
    }
    book
}

fn add(book: &mut Book, entry: &GroupEntry, parent: Option<&Group>, current: &Book, above: &str) {
    let path = format!("{above}/{}", entry.name);
    let known = current.groups.iter().find(|group| self::path(current, group) == path);
    let codes = entry.codes.iter().map(|code| {
        let (name, display) = match code {
            CodeEntry::Name(name) => (name, name),
            CodeEntry::Labelled { name, display } => (name, display),
        };
        let kept = known.and_then(|group| group.codes.iter().find(|code| code.name == *name));
        Code {
            id: kept.map_or_else(|| stable_id("code", &format!("{path}/{name}")), |code| code.id.clone()),
            name: name.clone(),
            display: display.clone(),
        }
    });
    let group = Group {
        id: known.map_or_else(|| stable_id("group", &path), |group| group.id.clone()),
        name: entry.name.clone(),
        parent: parent.map(|parent| parent.id.clone()),
        codes: codes.collect(),
    };
    book.groups.push(group.clone());
    for inner in &entry.groups {
        add(book, inner, Some(&group), current, &path);
    }
}

/// The names from the root down to a group, each behind a slash.
fn path(book: &Book, group: &Group) -> String {
    let above = group.parent.as_ref().and_then(|id| book.group(id));
    format!("{}/{}", above.map_or_else(String::new, |above| path(book, above)), group.name)
}

/// The changes that lead from one book to the other.
pub fn differences(current: &Book, wanted: &Book, only: bool) -> Vec<Difference> {
    let mut all = Vec::new();
    for group in &wanted.groups {
        let place = path(wanted, group);
        let place = place.trim_start_matches('/');
        match current.groups.iter().find(|there| path(current, there).trim_start_matches('/') == place) {
            None => {
                let codes: Vec<&str> = group.codes.iter().map(|code| code.name.as_str()).collect();
                let words = format!("+ disposition group {place}: {}", codes.join(", "));
                all.push(difference(words, Event::GroupAdded(group.clone())));
            }
            Some(there) => all.extend(codes(there, group, place, only)),
        }
    }
    if only {
        // Only the topmost: what lies in a group goes with it.
        let gone =
            |group: &&Group| !wanted.groups.iter().any(|kept| path(wanted, kept) == path(current, group));
        let doomed: Vec<&Group> = current.groups.iter().filter(gone).collect();
        for group in &doomed {
            let inside = doomed.iter().any(|above| group.parent.as_ref() == Some(&above.id));
            if !inside {
                let words = format!("- disposition group {}", path(current, group).trim_start_matches('/'));
                all.push(difference(words, Event::GroupRemoved { id: group.id.clone() }));
            }
        }
    }
    all
}

fn codes(there: &Group, wanted: &Group, place: &str, only: bool) -> Vec<Difference> {
    let mut all = Vec::new();
    for code in &wanted.codes {
        match there.codes.iter().find(|known| known.name == code.name) {
            None => {
                let change = Event::CodeAdded { group: there.id.clone(), code: code.clone() };
                all.push(difference(format!("+ disposition {place}/{}", code.name), change));
            }
            Some(known) if known.display != code.display => {
                let words = format!(
                    "~ disposition {place}/{}: \"{}\" → \"{}\"",
                    code.name, known.display, code.display
                );
                let change = Event::CodeRenamed { id: known.id.clone(), display: code.display.clone() };
                all.push(difference(words, change));
            }
            Some(_) => {}
        }
    }
    if only {
        let gone = there.codes.iter().filter(|code| !wanted.codes.iter().any(|kept| kept.name == code.name));
        all.extend(gone.map(|code| {
            difference(
                format!("- disposition {place}/{}", code.name),
                Event::CodeRemoved { id: code.id.clone() },
            )
        }));
    }
    all
}

fn difference(words: String, change: Event) -> Difference {
    Difference { words, change: Provision::Book(change) }
}
