//! What of the matrix is asked for on the command line.

use glob::Pattern;
use serde::{Deserialize, Serialize};

use super::PlanError;
use crate::cell::Cell;
use crate::matrix::meant;

/// Which cells of a matrix are measured. Names are exact or globs (`3.13*`); several of one kind mean any of them, an
/// empty list means all.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, clap::Args)]
#[command(next_help_heading = "Cells")]
pub struct Filters {
    /// Measure only this interpreter (repeatable, globs allowed)
    #[arg(short = 'p', long = "interpreter", value_name = "NAME")]
    pub interpreters: Vec<String>,
    /// Leave out this interpreter (repeatable, globs allowed)
    #[arg(short = 'P', long = "not-interpreter", value_name = "NAME")]
    pub not_interpreters: Vec<String>,
    /// Measure only this workload (repeatable, globs allowed)
    #[arg(short = 'w', long = "workload", value_name = "NAME")]
    pub workloads: Vec<String>,
    /// Leave out this workload (repeatable, globs allowed)
    #[arg(short = 'W', long = "not-workload", value_name = "NAME")]
    pub not_workloads: Vec<String>,
    /// Measure only this mode (repeatable, globs allowed)
    #[arg(short = 'm', long = "mode", value_name = "NAME")]
    pub modes: Vec<String>,
    /// Leave out this mode (repeatable, globs allowed)
    #[arg(short = 'M', long = "not-mode", value_name = "NAME")]
    pub not_modes: Vec<String>,
    /// Measure only this number of workers (repeatable); modes that always have one worker stay
    #[arg(short = 'n', long = "workers", value_name = "N")]
    pub workers: Vec<u32>,
}

impl Filters {
    /// Whether the cell is one of those that were asked for, and not only kept because ratios need it.
    pub fn names(&self, cell: &Cell) -> bool {
        self.names_interpreter(&cell.interpreter)
            && passes(&self.workloads, &self.not_workloads, &cell.workload)
            && passes(&self.modes, &self.not_modes, &cell.mode)
            && (self.workers.is_empty() || self.workers.contains(&cell.workers))
    }

    /// Returns whether an interpreter of this name passes.
    pub fn names_interpreter(&self, name: &str) -> bool {
        passes(&self.interpreters, &self.not_interpreters, name)
    }
}

fn passes(wanted: &[String], unwanted: &[String], name: &str) -> bool {
    let fits = |text: &String| text == name || Pattern::new(text).is_ok_and(|pattern| pattern.matches(name));
    (wanted.is_empty() || wanted.iter().any(fits)) && !unwanted.iter().any(fits)
}

/// Which names of an axis pass.
pub(super) struct Passing<'a>(Vec<&'a str>);

impl<'a> Passing<'a> {
    /// `kind` is the word for messages: `interpreter`.
    pub(super) fn new(
        kind: &'static str,
        axis: impl IntoIterator<Item = &'a str>,
        wanted: &[String],
        unwanted: &[String],
    ) -> Result<Self, PlanError> {
        let mut names: Vec<&str> = axis.into_iter().collect();
        let picked = |texts: &[String]| -> Result<Vec<&str>, PlanError> {
            let each: Result<Vec<_>, _> = texts.iter().map(|text| matching(kind, text, &names)).collect();
            Ok(each?.concat())
        };
        let (wanted, unwanted) = (picked(wanted)?, picked(unwanted)?);
        names.retain(|name| (wanted.is_empty() || wanted.contains(name)) && !unwanted.contains(name));
        if names.is_empty() { Err(PlanError::NothingLeft { kind }) } else { Ok(Self(names)) }
    }

    pub(super) fn passes(&self, name: &str) -> bool {
        self.0.contains(&name)
    }

    /// In the axis' order.
    pub(super) fn first(&self) -> &'a str {
        self.0[0]
    }
}

/// Returns the name that the text is, else those that it matches as a pattern, one at least.
fn matching<'a>(kind: &'static str, text: &str, names: &[&'a str]) -> Result<Vec<&'a str>, PlanError> {
    if let Some(exact) = names.iter().find(|name| **name == text) {
        return Ok(vec![exact]);
    }
    let pattern = Pattern::new(text).map_err(|error| PlanError::Glob {
        kind,
        filter: text.to_owned(),
        problem: error.msg.to_owned(),
    })?;
    let found: Vec<&str> = names.iter().copied().filter(|name| pattern.matches(name)).collect();
    match found.is_empty() {
        false => Ok(found),
        true => Err(PlanError::NoMatch {
            kind,
            filter: text.to_owned(),
            known: names.iter().map(|name| (*name).to_owned()).collect(),
            hint: meant(text, names),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AXIS: [&str; 3] = ["3.12", "3.13", "3.13t"];

    fn passing(wanted: &[&str], unwanted: &[&str]) -> Result<Vec<&'static str>, PlanError> {
        let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let passing = Passing::new("interpreter", AXIS, &owned(wanted), &owned(unwanted))?;
        Ok(AXIS.into_iter().filter(|name| passing.passes(name)).collect())
    }

    #[test]
    fn exact_names_globs_and_their_opposites() {
        assert_eq!(passing(&[], &[]), Ok(AXIS.to_vec()));
        assert_eq!(passing(&["3.13"], &[]), Ok(vec!["3.13"]), "an exact name is no prefix");
        assert_eq!(passing(&["3.13*"], &[]), Ok(vec!["3.13", "3.13t"]));
        assert_eq!(passing(&["3.13*"], &["*t"]), Ok(vec!["3.13"]));
        assert_eq!(passing(&["3.12", "*t"], &[]), Ok(vec!["3.12", "3.13t"]));
    }

    #[test]
    fn a_filter_without_effect_says_what_there_is() {
        let error = passing(&["3.14"], &[]).unwrap_err().to_string();
        assert_eq!(
            error,
            "no interpreter matches `3.14`; there are `3.12`, `3.13`, `3.13t`; did you mean `3.13`?"
        );
        let error = passing(&[], &["[a"]).unwrap_err().to_string();
        assert_eq!(error, "`[a` is neither an interpreter nor a pattern: invalid range pattern");
    }

    #[test]
    fn a_cell_is_named_or_not() {
        let cell = Cell {
            interpreter: "3.13t".to_owned(),
            workload: "fib".to_owned(),
            mode: "threads".to_owned(),
            workers: 2,
            start_method: None,
            environment: "plain".to_owned(),
        };
        let single = Cell { mode: "single".to_owned(), workers: 1, ..cell.clone() };
        let filters = Filters {
            interpreters: vec!["3.13*".to_owned()],
            not_modes: vec!["mp".to_owned()],
            workers: vec![2],
            ..Filters::default()
        };
        assert!(filters.names(&cell) && !filters.names(&single));
        assert!(!Filters { not_modes: vec!["thr*".to_owned()], ..filters }.names(&cell));
        assert!(Filters::default().names(&single));
    }

    #[test]
    fn names_that_look_like_globs_match_themselves() {
        let axis = ["./py[1]", "./py1"];
        let passing = Passing::new("interpreter", axis, &["./py[1]".to_owned()], &[]).unwrap();
        assert!(passing.passes("./py[1]") && !passing.passes("./py1"));
    }
}
