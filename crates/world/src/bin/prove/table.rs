//! The verdict, as a table.

use std::fmt;

/// How many names a row shows of what is wrong.
const SHOWN: usize = 5;

/// One kind of thing.
#[derive(Clone, Debug, Default)]
pub struct TableRow {
    acknowledged: u32,
    found: u32,
    doubled: u32,
    lost: u32,
    /// Of requests whose answer was lost: how many, and how many of them were done.
    unknown: (u32, u32),
    /// Refused, and there all the same; or there and never asked for.
    ghosts: u32,
    wrong: Vec<String>,
}

impl TableRow {
    /// Something that must be there exactly once was there so many times.
    pub fn expect(&mut self, name: &str, found: u32) {
        self.acknowledged += 1;
        self.found += u32::from(found > 0);
        self.lost += u32::from(found == 0);
        self.doubled += u32::from(found > 1);
        self.note(found != 1, || format!("{name}: acknowledged, there {found} times"));
    }

    /// Something that may be there once.
    pub fn allow(&mut self, name: &str, found: u32) {
        self.unknown.0 += 1;
        self.unknown.1 += u32::from(found > 0);
        self.doubled += u32::from(found > 1);
        self.note(found > 1, || format!("{name}: answer lost, there {found} times"));
    }

    /// Something that must not be there.
    pub fn forbid(&mut self, name: &str, found: u32) {
        self.ghosts += u32::from(found > 0);
        self.note(found > 0, || format!("{name}: refused or never asked for, there {found} times"));
    }

    /// How many things were lost.
    pub const fn lost(&self) -> u32 {
        self.lost
    }

    fn note(&mut self, wrong: bool, what: impl FnOnce() -> String) {
        if wrong {
            self.wrong.push(what());
        }
    }

    fn holds(&self) -> bool {
        self.doubled == 0 && self.lost == 0 && self.ghosts == 0
    }
}

/// All kinds of things.
#[derive(Clone, Debug, Default)]
pub struct Table {
    rows: Vec<(String, TableRow)>,
    remarks: Vec<String>,
}

impl Table {
    /// Adds a row.
    pub fn add(&mut self, name: &str, row: TableRow) {
        self.rows.push((name.to_owned(), row));
    }

    /// Adds a line below the table.
    pub fn remark(&mut self, line: String) {
        self.remarks.push(line);
    }

    /// Whether nothing was lost, doubled, or there without being asked for.
    pub fn holds(&self) -> bool {
        self.rows.iter().all(|(_, row)| row.holds())
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| {:<42} | acknowledged | found | doubled | lost |", "what")?;
        writeln!(f, "| {:-<42} | -----------: | ----: | ------: | ---: |", "")?;
        for (name, row) in &self.rows {
            let TableRow { acknowledged, found, doubled, lost, .. } = row;
            writeln!(f, "| {name:<42} | {acknowledged:>12} | {found:>5} | {doubled:>7} | {lost:>4} |")?;
        }
        writeln!(f)?;
        for (name, row) in &self.rows {
            let ((asked, done), ghosts) = (row.unknown, row.ghosts);
            if asked > 0 || ghosts > 0 {
                writeln!(
                    f,
                    "{name}: {asked} answers lost, {done} of these done; {ghosts} there without leave"
                )?;
            }
            for wrong in row.wrong.iter().take(SHOWN) {
                writeln!(f, "  ! {wrong}")?;
            }
        }
        self.remarks.iter().try_for_each(|remark| writeln!(f, "{remark}"))
    }
}
