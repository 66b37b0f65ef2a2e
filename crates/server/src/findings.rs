//! Faults of settings: all of them, each with its place in the file.

use anyhow::{Result, anyhow};
use std::fmt::Display;

/// What was found in settings while they were read.
#[derive(Debug, Default)]
pub struct Findings {
    problems: Vec<String>,
    warnings: Vec<String>,
}

impl Findings {
    /// Notes a fault that a server refuses: its table and key, then what is wrong.
    pub fn problem(&mut self, why: impl Display) {
        self.problems.push(why.to_string());
    }

    /// Notes a setting that is allowed but probably not meant.
    pub fn warning(&mut self, why: impl Display) {
        self.warnings.push(why.to_string());
    }

    /// The value; or nothing, and its fault is noted.
    pub fn keep<T>(&mut self, found: Result<T>) -> Option<T> {
        match found {
            Ok(value) => Some(value),
            Err(why) => {
                self.problem(format!("{why:#}"));
                None
            }
        }
    }

    /// Takes over the findings of another check.
    pub fn take(&mut self, other: Self) {
        self.problems.extend(other.problems);
        self.warnings.extend(other.warnings);
    }

    /// The same, but as warnings only.
    pub fn take_as_warnings(&mut self, other: Self) {
        self.warnings.extend(other.problems.into_iter().chain(other.warnings));
    }

    /// The faults.
    pub fn problems(&self) -> &[String] {
        &self.problems
    }

    /// The warnings.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// An error that names every problem, one a line, if there is any.
    pub fn refuse(&self) -> Result<()> {
        match self.problems.as_slice() {
            [] => Ok(()),
            [one] => Err(anyhow!("{one}")),
            all => Err(anyhow!("the settings have {} problems:\n  {}", all.len(), all.join("\n  "))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_names_every_problem_and_no_warning() {
        let mut findings = Findings::default();
        findings.warning("probably not meant");
        assert!(findings.refuse().is_ok());
        findings.problem("a: wrong");
        assert_eq!(findings.refuse().expect_err("one").to_string(), "a: wrong");
        assert_eq!(findings.keep::<()>(Err(anyhow!("why").context("b"))), None);
        let why = findings.refuse().expect_err("two").to_string();
        assert_eq!(why, "the settings have 2 problems:\n  a: wrong\n  b: why");
    }
}
