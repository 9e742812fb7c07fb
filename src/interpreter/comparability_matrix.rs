//! Which interpreters are fit for which comparison. Pure.

use std::collections::BTreeSet;

use serde::Serialize;

use super::Facts;
use super::comparable::differences;

/// What a comparison would answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Question {
    /// One version with the GIL and without: two builds.
    FreeThreading,
    /// The GIL switched on and off in one free-threaded build.
    GilSwitch,
    /// One version after another.
    Versions,
    /// The JIT switched on and off in one build.
    Jit,
}

impl Question {
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::FreeThreading => "what free threading brings, and costs one thread",
            Self::GilSwitch => "what the GIL itself costs, in one build (`PYTHON_GIL` as a variant)",
            Self::Versions => "what a newer version brings",
            Self::Jit => "what the JIT brings, in one build (`PYTHON_JIT` as a variant)",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "is")]
pub(crate) enum PairVerdict {
    /// Nothing stands against it.
    Fit,
    /// It can be measured, with a warning that names these.
    Doubtful { differences: Vec<String> },
    /// Something isn't here.
    Missing { what: String },
}

/// One comparison, by indexes into the facts that were given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct BuildComparison {
    pub question: Question,
    /// One or two interpreters.
    pub of: Vec<usize>,
    /// The names as people would ask for them: `3.13 and 3.13t`.
    pub title: String,
    pub verdict: PairVerdict,
    /// A command that would make it fit.
    pub advice: Option<String>,
}

impl BuildComparison {
    fn new(question: Question, of: Vec<usize>, title: String, verdict: PairVerdict) -> Self {
        Self { question, of, title, verdict, advice: None }
    }
}

/// Returns the comparisons that what is here allows, or nearly allows. Only CPython's releases are looked at.
pub(crate) fn comparisons(all: &[&Facts]) -> Vec<BuildComparison> {
    let here: Vec<usize> = (0..all.len()).filter(|&index| all[index].is_cpython_release()).collect();
    let minors: BTreeSet<(u32, u32)> = here.iter().map(|&index| all[index].minor()).collect();
    let view = Builds { all, here };
    let mut found: Vec<BuildComparison> =
        minors.iter().filter(|minor| **minor >= (3, 13)).map(|minor| view.twins(*minor)).collect();
    if found.is_empty() {
        found.push(BuildComparison {
            question: Question::FreeThreading,
            of: Vec::new(),
            title: "3.13 and 3.13t".to_owned(),
            verdict: PairVerdict::Missing {
                what: "no version that has a free-threaded build is here".to_owned(),
            },
            advice: Some("gilmatrix install 3.13t --with-twin".to_owned()),
        });
    }
    found.extend(view.switches());
    let with_gil: Vec<(u32, u32)> =
        minors.iter().copied().filter(|minor| !view.builds(*minor, false).is_empty()).collect();
    found.extend(with_gil.windows(2).filter_map(|pair| view.versions(pair[0], pair[1])));
    found
}

struct Builds<'a> {
    all: &'a [&'a Facts],
    here: Vec<usize>,
}

impl Builds<'_> {
    fn builds(&self, minor: (u32, u32), free_threaded: bool) -> Vec<usize> {
        let fits = |&&index: &&usize| {
            self.all[index].minor() == minor && self.all[index].free_threaded() == free_threaded
        };
        self.here.iter().filter(fits).copied().collect()
    }

    /// Returns the pair that differs least: first in how it was built, then in its patch level.
    fn nearest(&self, left: &[usize], right: &[usize]) -> Option<(usize, usize, Vec<String>)> {
        let pairs = left.iter().flat_map(|&one| right.iter().map(move |&other| (one, other)));
        let judged = pairs.map(|(one, other)| (one, other, self.between(one, other)));
        judged.min_by_key(|(one, other, differences)| {
            (differences.len(), self.all[*one].version != self.all[*other].version)
        })
    }

    fn between(&self, one: usize, other: usize) -> Vec<String> {
        let (left, right) = (self.all[one], self.all[other]);
        differences(left, right).iter().map(|it| it.text(&left.request(), &right.request())).collect()
    }

    fn twins(&self, minor: (u32, u32)) -> BuildComparison {
        let (major, minor_) = minor;
        let (with_gil, free) = (self.builds(minor, false), self.builds(minor, true));
        let install = format!("gilmatrix install {major}.{minor_}t --with-twin");
        let (of, verdict) = match self.nearest(&with_gil, &free) {
            Some((one, other, differences)) => (vec![one, other], verdict(differences)),
            None => {
                let lacking = if free.is_empty() { "t" } else { "" };
                let what = format!("`{major}.{minor_}{lacking}` isn't here");
                ([with_gil, free].concat().into_iter().take(1).collect(), PairVerdict::Missing { what })
            }
        };
        let advice = (verdict != PairVerdict::Fit).then_some(install);
        let title = format!("{major}.{minor_} and {major}.{minor_}t");
        BuildComparison { question: Question::FreeThreading, of, title, verdict, advice }
    }

    fn switches(&self) -> Vec<BuildComparison> {
        let one = |question, index: usize| {
            BuildComparison::new(question, vec![index], self.all[index].request(), PairVerdict::Fit)
        };
        let gil = |&&index: &&usize| {
            self.all[index].free_threaded() && self.all[index].honours_python_gil == Some(true)
        };
        let jit = |&&index: &&usize| self.all[index].jit_available == Some(true);
        let gil = self.here.iter().filter(gil).map(|&index| one(Question::GilSwitch, index));
        gil.chain(self.here.iter().filter(jit).map(|&index| one(Question::Jit, index))).collect()
    }

    fn versions(&self, older: (u32, u32), newer: (u32, u32)) -> Option<BuildComparison> {
        let (one, other, differences) =
            self.nearest(&self.builds(older, false), &self.builds(newer, false))?;
        let title = format!("{}.{} and {}.{}", older.0, older.1, newer.0, newer.1);
        let verdict = verdict(differences);
        Some(BuildComparison::new(Question::Versions, vec![one, other], title, verdict))
    }
}

fn verdict(differences: Vec<String>) -> PairVerdict {
    if differences.is_empty() { PairVerdict::Fit } else { PairVerdict::Doubtful { differences } }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interpreter::testing::facts;

    fn lines(all: &[Facts]) -> Vec<String> {
        let all: Vec<&Facts> = all.iter().collect();
        let line = |it: BuildComparison| {
            let verdict = match it.verdict {
                PairVerdict::Fit => "fit".to_owned(),
                PairVerdict::Doubtful { differences } => differences.join("; "),
                PairVerdict::Missing { what } => what,
            };
            format!("{:?} {} {:?}: {verdict}", it.question, it.title, it.of)
        };
        comparisons(&all).into_iter().map(line).collect()
    }

    #[test]
    fn a_pair_with_the_same_flags_is_found_among_several() {
        let mut debian = facts("3.13.5");
        debian.optimisation = Some("-O2".to_owned());
        let all = [debian, facts("3.13.5t"), facts("3.13.0"), facts("3.13.5"), facts("3.12.1")];
        assert_eq!(
            lines(&all),
            [
                "FreeThreading 3.13 and 3.13t [3, 1]: fit",
                "GilSwitch 3.13t [1]: fit",
                "Versions 3.12 and 3.13 [4, 2]: fit",
            ]
        );
    }

    #[test]
    fn what_is_missing_or_built_otherwise_is_said() {
        let mut other = facts("3.14.0t");
        other.optimisation = Some("-O2".to_owned());
        let all = [facts("3.13.5"), other, facts("3.14.0"), facts("3.15.0a2"), facts("3.13.5td")];
        assert_eq!(
            lines(&all),
            [
                "FreeThreading 3.13 and 3.13t [0]: `3.13t` isn't here",
                "FreeThreading 3.14 and 3.14t [2, 1]: `3.14` was built with -O3, `3.14t` with -O2",
                "GilSwitch 3.14t [1]: fit",
                "Versions 3.13 and 3.14 [0, 2]: fit",
            ]
        );
        assert_eq!(
            lines(&[facts("3.12.1")])[0],
            "FreeThreading 3.13 and 3.13t []: no version that has a free-threaded build is here"
        );
    }
}
