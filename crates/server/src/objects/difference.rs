//! A difference, in words and as the command that settles it.

use domain::command::Provision;
use serde::Serialize;
use serde_json::Value;

/// A difference between the file and the journal.
#[derive(Clone, Debug)]
pub struct Difference {
    /// `+` added, `~` changed, `-` taken away, and the object; empty for a step that only prepares another.
    pub lines: Vec<String>,
    /// The change that settles it.
    pub change: Provision,
}

/// The changes from the objects there are to those that are wanted.
#[derive(Clone, Debug, Default)]
pub struct Differences {
    /// The differences, in an order in which each finds what it refers to.
    pub all: Vec<Difference>,
    /// Objects that stay because the file neither names nor made them.
    pub kept: Vec<String>,
    /// Changes that the rules would refuse as things are, if that was tried.
    pub refused: Vec<String>,
}

impl Differences {
    /// The differences, in words: what is taken away comes last.
    pub fn lines(&self) -> Vec<&str> {
        let lines = self.all.iter().flat_map(|difference| &difference.lines).map(String::as_str);
        let (gone, mut lines): (Vec<&str>, Vec<&str>) = lines.partition(|line| line.starts_with('-'));
        lines.extend(gone);
        lines
    }

    /// The lines for an operator: the differences, or what was settled.
    pub fn told(&self, settled: bool) -> String {
        let lines = self.lines();
        let mut told: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
        for what in &self.kept {
            told.push(format!(
                "  {what} stays: the file does not name it and did not make it; --delete takes it away"
            ));
        }
        told.extend(self.refused.iter().map(|refusal| format!("  refused as things are: {refusal}")));
        told.push(match (lines.len(), settled) {
            (0, _) if self.kept.is_empty() => "Nothing differs.".into(),
            (0, _) => "Nothing else differs.".into(),
            (count, false) => format!("{count} to settle; nothing was changed."),
            (count, true) => format!("{count} settled."),
        });
        told.join("\n") + "\n"
    }

    /// Everything as one change.
    pub fn into_change(self) -> Provision {
        Provision::All(self.all.into_iter().map(|difference| difference.change).collect())
    }
}

/// The difference of one object.
pub(super) fn put<T: Serialize + PartialEq>(
    what: &str,
    there: Option<&T>,
    wanted: &T,
    change: impl FnOnce() -> Provision,
) -> Option<Difference> {
    let line = line(what, there, wanted)?;
    Some(Difference { lines: vec![line], change: change() })
}

/// The same in words.
pub(super) fn line<T: Serialize + PartialEq>(what: &str, there: Option<&T>, wanted: &T) -> Option<String> {
    match there {
        None => Some(format!("+ {what}")),
        Some(there) if there == wanted => None,
        Some(there) => Some(format!("~ {what}: {}", changed(there, wanted).join("; "))),
    }
}

/// `skills: {} → {"Support":1}` for each member that differs; of a password only that it is another.
fn changed<T: Serialize>(there: &T, wanted: &T) -> Vec<String> {
    let (Ok(Value::Object(there)), Ok(Value::Object(wanted))) =
        (serde_json::to_value(there), serde_json::to_value(wanted))
    else {
        return vec!["changed".into()];
    };
    // A member with its default value may not be written.
    let names = there.keys().chain(wanted.keys().filter(|name| !there.contains_key(*name)));
    let differing = names.filter(|name| there.get(*name) != wanted.get(*name));
    differing
        .map(|name| match (name.as_str(), there.get(name), wanted.get(name)) {
            ("password_hash", ..) => "password".into(),
            (_, Some(before), Some(after)) => format!("{name}: {before} → {after}"),
            (_, None, Some(after)) => format!("{name}: {after}"),
            (_, before, None) => format!("{name}: {} → as usual", before.unwrap_or(&Value::Null)),
        })
        .collect()
}
