//! The disposition book: groups of codes, in a tree (spec: admin-and-reporting#6.3).

use crate::{Refusal, check};
use serde::{Deserialize, Serialize};

/// A code. Its name is the value that a disposition sends, and never changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Code {
    /// Opaque id.
    pub id: String,
    /// The value.
    pub name: String,
    /// What people read.
    pub display: String,
}

/// A group of codes: a business attribute, or a folder of one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DispositionGroup {
    /// Opaque id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Id of the group it lies in; `None` at the root.
    pub parent: Option<String>,
    /// Its codes, in order.
    pub codes: Vec<Code>,
}

/// All groups. The first root group is the default one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DispositionTree {
    /// Parents before children.
    pub groups: Vec<DispositionGroup>,
}

/// A change of the book.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DispositionTreeEvent {
    /// A group was added.
    GroupAdded(DispositionGroup),
    /// A group was taken away with everything in it.
    GroupRemoved {
        /// Its id.
        id: String,
    },
    /// A code was added to a group.
    CodeAdded {
        /// The group's id.
        group: String,
        /// The code.
        code: Code,
    },
    /// A code's display name changed.
    CodeRenamed {
        /// The code's id.
        id: String,
        /// What people read now.
        display: String,
    },
    /// A code was taken away.
    CodeRemoved {
        /// The code's id.
        id: String,
    },
}

impl DispositionTree {
    /// The group that flat requests mean.
    pub fn default_group(&self) -> Option<&DispositionGroup> {
        self.groups.iter().find(|group| group.parent.is_none())
    }

    /// A group by its id.
    pub fn group(&self, id: &str) -> Option<&DispositionGroup> {
        self.groups.iter().find(|group| group.id == id)
    }

    /// The groups directly inside another, or at the root.
    pub fn children<'a>(&'a self, parent: Option<&'a str>) -> impl Iterator<Item = &'a DispositionGroup> {
        self.groups.iter().filter(move |group| group.parent.as_deref() == parent)
    }

    /// A code by its id, with its group.
    pub fn code(&self, id: &str) -> Option<(&DispositionGroup, &Code)> {
        self.groups.iter().find_map(|group| Some((group, group.codes.iter().find(|code| code.id == id)?)))
    }

    /// A code by the value it sends, in whatever group.
    pub fn named(&self, name: &str) -> Option<&Code> {
        self.groups.iter().flat_map(|group| &group.codes).find(|code| code.name == name)
    }

    /// Refuses a change that the book does not allow: ids are unique, names too among siblings, and what is
    /// changed must exist.
    pub fn check(&self, change: &DispositionTreeEvent) -> Result<(), Refusal> {
        match change {
            DispositionTreeEvent::GroupAdded(group) => {
                check::name("name", &group.name)?;
                if let Some(parent) = &group.parent {
                    self.group(parent).ok_or_else(|| Refusal::NotFound(format!("Group '{parent}'")))?;
                }
                if self.group(&group.id).is_some() {
                    return Err(Refusal::Exists(format!("Group '{}'", group.id)));
                }
                for (place, code) in group.codes.iter().enumerate() {
                    self.check_code(&group.codes[..place], code)?;
                }
                if self.children(group.parent.as_deref()).any(|other| other.name == group.name) {
                    return Err(Refusal::Exists(format!("Group '{}'", group.name)));
                }
            }
            DispositionTreeEvent::GroupRemoved { id } => {
                self.group(id).ok_or_else(|| Refusal::NotFound(format!("Group '{id}'")))?;
            }
            DispositionTreeEvent::CodeAdded { group, code } => {
                let found = self.group(group).ok_or_else(|| Refusal::NotFound(format!("Group '{group}'")))?;
                self.check_code(&found.codes, code)?;
            }
            DispositionTreeEvent::CodeRenamed { id, .. } | DispositionTreeEvent::CodeRemoved { id } => {
                self.code(id).ok_or_else(|| Refusal::NotFound(format!("Disposition '{id}'")))?;
            }
        }
        Ok(())
    }

    fn check_code(&self, siblings: &[Code], code: &Code) -> Result<(), Refusal> {
        check::name("name", &code.name)?;
        let taken = |other: &Code| other.name == code.name || other.id == code.id;
        if siblings.iter().any(taken) || self.code(&code.id).is_some() {
            return Err(Refusal::Exists(format!("Disposition '{}'", code.name)));
        }
        Ok(())
    }

    /// Folds one change.
    pub fn apply(&mut self, change: &DispositionTreeEvent) {
        match change {
            DispositionTreeEvent::GroupAdded(group) => self.groups.push(group.clone()),
            DispositionTreeEvent::GroupRemoved { id } => self.remove_group(id),
            DispositionTreeEvent::CodeAdded { group, code } => {
                if let Some(found) = self.groups.iter_mut().find(|found| found.id == *group) {
                    found.codes.push(code.clone());
                }
            }
            DispositionTreeEvent::CodeRenamed { id, display } => {
                for code in self.groups.iter_mut().flat_map(|group| &mut group.codes) {
                    if code.id == *id {
                        code.display.clone_from(display);
                    }
                }
            }
            DispositionTreeEvent::CodeRemoved { id } => {
                for group in &mut self.groups {
                    group.codes.retain(|code| code.id != *id);
                }
            }
        }
    }

    fn remove_group(&mut self, id: &str) {
        let mut gone = vec![id.to_owned()];
        // Children stand behind their parents, so one pass finds all descendants.
        for group in &self.groups {
            if group.parent.as_ref().is_some_and(|parent| gone.contains(parent)) {
                gone.push(group.id.clone());
            }
        }
        self.groups.retain(|group| !gone.contains(&group.id));
    }
}
