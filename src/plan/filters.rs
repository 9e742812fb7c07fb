//! What of the matrix is asked for on the command line.

use std::collections::HashSet;

use glob::Pattern;

use super::PlanError;
use crate::matrix::nearest;

/// Names are exact or globs (`3.13*`); several of one kind mean any of them. Empty: everything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filters {
    pub interpreters: Vec<String>,
    pub workloads: Vec<String>,
    pub modes: Vec<String>,
    /// Names to leave out, of what the lists above let through.
    pub not_interpreters: Vec<String>,
    pub not_workloads: Vec<String>,
    pub not_modes: Vec<String>,
    /// For modes with many workers; those with one are not touched.
    pub workers: Vec<u32>,
}

/// Which names of an axis pass.
pub(super) struct Passing<'a> {
    names: HashSet<&'a str>,
    first: &'a str,
}

impl<'a> Passing<'a> {
    /// `kind` is the word for messages: `interpreter`.
    pub fn new(
        kind: &'static str,
        axis: impl IntoIterator<Item = &'a str>,
        wanted: &[String],
        unwanted: &[String],
    ) -> Result<Self, PlanError> {
        let names: Vec<&str> = axis.into_iter().collect();
        let wanted = matchers(kind, wanted, &names)?;
        let unwanted = matchers(kind, unwanted, &names)?;
        let passes = |name: &&str| {
            (wanted.is_empty() || wanted.iter().any(|matcher| matcher.matches(name)))
                && !unwanted.iter().any(|matcher| matcher.matches(name))
        };
        let passing: Vec<&str> = names.into_iter().filter(passes).collect();
        let first = *passing.first().ok_or(PlanError::NothingLeft { kind })?;
        Ok(Self { names: passing.into_iter().collect(), first })
    }

    pub fn passes(&self, name: &str) -> bool {
        self.names.contains(name)
    }

    /// In the axis' order.
    pub fn first(&self) -> &'a str {
        self.first
    }
}

enum Matcher {
    Exact(String),
    Glob(Pattern),
}

impl Matcher {
    fn matches(&self, name: &str) -> bool {
        match self {
            Self::Exact(exact) => exact == name,
            Self::Glob(pattern) => pattern.matches(name),
        }
    }
}

fn matchers(kind: &'static str, texts: &[String], names: &[&str]) -> Result<Vec<Matcher>, PlanError> {
    texts.iter().map(|text| matcher(kind, text, names)).collect()
}

fn matcher(kind: &'static str, text: &str, names: &[&str]) -> Result<Matcher, PlanError> {
    if names.contains(&text) {
        return Ok(Matcher::Exact(text.to_owned()));
    }
    let pattern = Pattern::new(text).map_err(|error| PlanError::Glob {
        kind,
        filter: text.to_owned(),
        problem: error.msg.to_owned(),
    })?;
    match names.iter().any(|name| pattern.matches(name)) {
        true => Ok(Matcher::Glob(pattern)),
        false => Err(PlanError::NoMatch {
            kind,
            filter: text.to_owned(),
            known: names.iter().map(|name| (*name).to_owned()).collect(),
            nearest: nearest(text, names).map(str::to_owned),
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
    fn names_that_look_like_globs_match_themselves() {
        let axis = ["./py[1]", "./py1"];
        let passing = Passing::new("interpreter", axis, &["./py[1]".to_owned()], &[]).unwrap();
        assert!(passing.passes("./py[1]") && !passing.passes("./py1"));
    }
}
