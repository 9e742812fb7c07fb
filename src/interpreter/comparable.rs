//! Whether two builds can be compared: a ratio between builds that differ in how they were compiled
//! says something about compilers, not about Python. Pure.

use serde::{Deserialize, Serialize};

use super::{BuildSetting, Facts, Interpreter};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum DifferenceKind {
    Pgo,
    Lto,
    Optimisation,
    Compiler,
    Debug,
    Jit,
    Libc,
    Architecture,
}

/// One thing in which two builds differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Difference {
    pub kind: DifferenceKind,
    /// What each has: `-O2`, `GCC 12.2.0`, `glibc 2.36`, `configured`, `unknown`, `debug`, `release`, `on`, `off`.
    pub left: String,
    pub right: String,
}

impl Difference {
    /// Writes it as a sentence: "`3.12` was built with -O2, `3.13t` with -O3".
    pub(crate) fn text(&self, left: &str, right: &str) -> String {
        let (configured, other) = match self.left.as_str() {
            "configured" | "debug" | "on" => (left, right),
            _ => (right, left),
        };
        match self.kind {
            DifferenceKind::Pgo | DifferenceKind::Lto => {
                let what = if self.kind == DifferenceKind::Pgo { "PGO" } else { "LTO" };
                format!("`{configured}` was built with {what}, `{other}` is not known to be")
            }
            DifferenceKind::Debug => format!("`{configured}` is a debug build, `{other}` is not"),
            DifferenceKind::Optimisation | DifferenceKind::Compiler => {
                format!("`{left}` was built with {}, `{right}` with {}", self.left, self.right)
            }
            DifferenceKind::Jit => format!("`{configured}` runs with the JIT, `{other}` without"),
            DifferenceKind::Libc | DifferenceKind::Architecture => {
                format!("`{left}` runs on {}, `{right}` on {}", self.left, self.right)
            }
        }
    }
}

/// Returns what stands against comparing two builds; empty if nothing is known to. Two implementations differ in
/// everything and are compared for just that: nothing is said about them. A setting that one of them doesn't tell
/// isn't a difference, except that PGO and LTO can only ever be seen to be on.
pub(crate) fn differences(left: &Facts, right: &Facts) -> Vec<Difference> {
    if left.implementation != right.implementation {
        return Vec::new();
    }
    let mut differences = Vec::new();
    let mut push = |kind, left: &str, right: &str| {
        if left != right {
            differences.push(Difference { kind, left: left.to_owned(), right: right.to_owned() });
        }
    };
    push(DifferenceKind::Debug, build(left), build(right));
    push(DifferenceKind::Pgo, known(left.pgo), known(right.pgo));
    push(DifferenceKind::Lto, known(left.lto), known(right.lto));
    let told = [
        (DifferenceKind::Optimisation, &left.optimisation, &right.optimisation),
        (DifferenceKind::Compiler, &left.compiler, &right.compiler),
        (DifferenceKind::Libc, &left.libc, &right.libc),
    ];
    for (kind, left, right) in told {
        if let (Some(left), Some(right)) = (left, right) {
            push(kind, left, right);
        }
    }
    push(DifferenceKind::Jit, jit(left), jit(right));
    push(DifferenceKind::Architecture, &left.architecture, &right.architecture);
    differences
}

/// Returns the differences of two interpreters as sentences.
pub(crate) fn difference_texts(left: &Interpreter, right: &Interpreter) -> Vec<String> {
    let differences = differences(&left.facts, &right.facts);
    differences.iter().map(|difference| difference.text(&left.name, &right.name)).collect()
}

/// Returns the differences of two interpreters, and in which versions of a workload's packages they differ.
pub(crate) fn difference_texts_for(workload: &str, left: &Interpreter, right: &Interpreter) -> Vec<String> {
    let mut texts = difference_texts(left, right);
    let packages = |one: &Interpreter| Some(one.environments.get(workload)?.packages.join(" "));
    if let (Some(ours), Some(theirs)) = (packages(left), packages(right))
        && ours != theirs
    {
        texts.push(format!("`{}` runs {ours}, `{}` {theirs}", left.name, right.name));
    }
    texts
}

fn known(known: BuildSetting) -> &'static str {
    match known {
        BuildSetting::Configured => "configured",
        BuildSetting::Unknown => "unknown",
    }
}

/// Returns whether the JIT is on. Before 3.14 nobody can ask, and nothing is switched on.
fn jit(facts: &Facts) -> &'static str {
    if facts.jit_enabled == Some(true) { "on" } else { "off" }
}

fn build(facts: &Facts) -> &'static str {
    if facts.debug { "debug" } else { "release" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interpreter::testing::facts;

    #[test]
    fn a_twin_with_the_same_flags_is_comparable() {
        assert!(differences(&facts("3.13.5"), &facts("3.13.5t")).is_empty());
    }

    #[test]
    fn every_difference_is_named() {
        let (left, mut right) = (facts("3.12.1"), facts("3.13.5td"));
        right.pgo = BuildSetting::Configured;
        right.lto = BuildSetting::Configured;
        right.optimisation = Some("-O0".to_owned());
        right.compiler = Some("Clang 18".to_owned());
        right.libc = Some("musl".to_owned());
        right.jit_enabled = Some(true);
        right.architecture = "aarch64".to_owned();
        let texts: Vec<String> =
            differences(&left, &right).iter().map(|difference| difference.text("3.12", "3.13t")).collect();
        assert_eq!(
            texts,
            [
                "`3.13t` is a debug build, `3.12` is not",
                "`3.13t` was built with PGO, `3.12` is not known to be",
                "`3.13t` was built with LTO, `3.12` is not known to be",
                "`3.12` was built with -O3, `3.13t` with -O0",
                "`3.12` was built with GCC 12.2.0, `3.13t` with Clang 18",
                "`3.12` runs on glibc 2.36, `3.13t` on musl",
                "`3.13t` runs with the JIT, `3.12` without",
                "`3.12` runs on x86_64, `3.13t` on aarch64",
            ]
        );
    }

    #[test]
    fn what_is_not_known_and_other_implementations_are_no_difference() {
        let (left, mut right) = (facts("3.12.1"), facts("3.12.1"));
        right.optimisation = None;
        right.compiler = None;
        assert!(differences(&left, &right).is_empty());
        right.implementation = "pypy".to_owned();
        right.pgo = BuildSetting::Configured;
        assert!(differences(&left, &right).is_empty());
    }
}
