//! The interpreters' half: which are fit for which comparison, and what to install.

use std::fmt::Write as _;

use serde_json::json;

use crate::interpreter::comparability_matrix::{BuildComparison, PairVerdict, comparisons};
use crate::interpreter::{BuildSetting, Discovery, Facts};

/// The interpreters here, and which of them can be compared.
pub(super) struct InterpreterReport {
    discovery: Discovery,
    comparisons: Vec<BuildComparison>,
}

impl InterpreterReport {
    pub(super) fn of_this_machine() -> Self {
        let discovery = Discovery::of_this_machine();
        let comparisons = comparisons(&discovery.facts());
        Self { discovery, comparisons }
    }

    /// Returns whether no interpreter is here.
    pub(super) fn none(&self) -> bool {
        self.discovery.found.is_empty()
    }

    pub(super) fn describe(&self) -> String {
        let Self { discovery, comparisons } = self;
        let mut text = String::new();
        let mut line = |line: String| {
            // Writing to a string can't fail.
            let _ = writeln!(text, "{line}");
        };
        let (here, broken) = (discovery.found.len(), discovery.broken.len());
        line(format!("interpreters: {here} here, {broken} skipped (`gilmatrix pythons` lists them)"));
        let mut asked = None;
        for comparison in comparisons {
            if asked != Some(comparison.question) {
                asked = Some(comparison.question);
                line(format!("\n{}", comparison.question.text()));
            }
            let title = &comparison.title;
            match &comparison.verdict {
                PairVerdict::Fit => line(format!("  {title}: fit{}", patches(discovery, comparison))),
                PairVerdict::Doubtful { differences } => {
                    line(format!("  {title}: not quite comparable: {}", differences.join("; ")));
                }
                PairVerdict::Missing { what } => line(format!("  {title}: {what}")),
            }
            if let Some(advice) = &comparison.advice {
                line(format!("    try `{advice}`"));
            }
        }
        let slow = discovery.found.iter().map(|found| &found.probed.facts).filter(|facts| unoptimised(facts));
        let slow: Vec<String> = slow.map(|facts| format!("`{}`", facts.executable.display())).collect();
        if !slow.is_empty() {
            line("\nbuilt without optimisation: their times say little about Python".to_owned());
            slow.into_iter().for_each(|path| line(format!("  {path}")));
        }
        let plain = |facts: &Facts| facts.implementation == "cpython" && facts.pgo == BuildSetting::Unknown;
        if discovery.found.iter().any(|found| plain(&found.probed.facts)) {
            line(
                "\nbuilds that aren't known to have PGO run slower than those people deploy; ratios between two \
                 such builds hold, absolute times don't carry over (`gilmatrix install 3.13t --with-twin --optimized`)"
                    .to_owned(),
            );
        }
        text
    }

    pub(super) fn as_json(&self) -> serde_json::Value {
        let path = |at: &usize| self.discovery.found.get(*at).map(|found| found.path.clone());
        let all: Vec<_> = self
            .comparisons
            .iter()
            .map(|it| {
                json!({
                    "question": it.question,
                    "title": it.title,
                    "interpreters": it.of.iter().map(path).collect::<Vec<_>>(),
                    "verdict": it.verdict,
                    "advice": it.advice,
                })
            })
            .collect();
        all.into()
    }
}

/// Returns the versions, as ` (3.13.5 and 3.13.0, same flags)`.
fn patches(discovery: &Discovery, comparison: &BuildComparison) -> String {
    let version = |at: &usize| discovery.found.get(*at).map(|found| found.probed.facts.version.as_str());
    match comparison.of.iter().map(version).collect::<Option<Vec<_>>>().as_deref() {
        Some([only]) => format!(" ({only})"),
        Some([one, other]) if one == other => format!(" ({one}, same flags)"),
        Some([one, other]) => format!(" ({one} and {other}, same flags)"),
        _ => String::new(),
    }
}

fn unoptimised(facts: &Facts) -> bool {
    facts.debug || matches!(facts.optimisation.as_deref(), Some("-O0" | "-Og" | "-O" | "-O1"))
}
