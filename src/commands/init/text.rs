//! A commented matrix from what is here. Pure.

use std::collections::BTreeSet;

use crate::interpreter::Facts;
use crate::report::format;

/// A matrix with `@NAME@` where something of this machine goes.
const TEMPLATE: &str = include_str!("template.toml");

/// The interpreters that a new matrix asks for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct StarterMatrix {
    /// Requests, oldest first.
    pub requests: Vec<String>,
    pub baseline: String,
    /// Requests that this machine could answer, too, and that are named in a comment.
    pub others: Vec<String>,
    /// No interpreter is here: these have to be installed.
    pub install: bool,
}

/// Chooses the newest CPython with the GIL as baseline, the one before it, and every free-threaded build with its
/// twin; the rest is named in a comment.
pub(super) fn choose(all: &[&Facts]) -> StarterMatrix {
    let minors = |free: bool| {
        let these = all.iter().filter(|facts| facts.is_cpython_release() && facts.free_threaded() == free);
        these.map(|facts| facts.minor()).collect::<BTreeSet<_>>()
    };
    let (gil, free) = (minors(false), minors(true));
    let name = |(major, minor): &(u32, u32), end: &str| format!("{major}.{minor}{end}");
    let kept = |minor: &&(u32, u32)| gil.iter().rev().take(2).any(|it| it == *minor) || free.contains(minor);
    let mut named: Vec<((u32, u32), String)> =
        gil.iter().filter(kept).map(|it| (*it, name(it, ""))).collect();
    named.extend(free.iter().map(|it| (*it, name(it, "t"))));
    named.sort();
    let requests: Vec<String> = named.into_iter().map(|(_, request)| request).collect();
    let mut others: Vec<String> = gil.iter().filter(|it| !kept(it)).map(|it| name(it, "")).collect();
    let pypys: BTreeSet<(u32, u32)> =
        all.iter().filter(|facts| facts.implementation == "pypy").map(|facts| facts.minor()).collect();
    others.extend(pypys.iter().map(|(major, minor)| format!("pypy@{major}.{minor}")));
    match gil.last().map(|it| name(it, "")).or_else(|| free.last().map(|it| name(it, "t"))) {
        Some(baseline) => StarterMatrix { requests, baseline, others, install: false },
        None => StarterMatrix {
            requests: ["3.14", "3.14t"].map(str::to_owned).to_vec(),
            baseline: "3.14".to_owned(),
            others,
            install: true,
        },
    }
}

impl StarterMatrix {
    pub(super) fn has_free_threaded(&self) -> bool {
        self.requests.iter().any(|request| request.ends_with('t'))
    }

    /// Returns the file. `workers`: 1, 2, … up to the CPUs that can be used.
    pub(super) fn matrix(&self, workers: &[u32], cpus: u32) -> String {
        let quoted =
            |names: &[String]| names.iter().map(|it| format!("\"{it}\"")).collect::<Vec<_>>().join(", ");
        let mut notes = String::new();
        if !self.others.is_empty() {
            notes.push_str(&format!("# Also here: {}\n", quoted(&self.others)));
        }
        if !self.has_free_threaded() {
            notes.push_str(
                "# No free-threaded build is here: `gilmatrix install 3.14t --with-twin` gets one.\n",
            );
        }
        let workers = workers.iter().map(u32::to_string).collect::<Vec<_>>().join(", ");
        let filled = [
            ("@NOTES@", notes),
            ("@REQUESTS@", quoted(&self.requests)),
            ("@BASELINE@", self.baseline.clone()),
            ("@MISSING@", if self.install { "install" } else { "skip" }.to_owned()),
            ("@WORKERS@", workers),
            ("@CPUS@", format::count(cpus as usize, "CPU")),
            ("@FIRST@", self.requests.first().cloned().unwrap_or_default()),
        ];
        filled.iter().fold(TEMPLATE.to_owned(), |text, (name, value)| text.replace(name, value))
    }
}

/// Returns a pyproject.toml with a matrix behind its last line, in lines that end as its own do.
pub(super) fn added(pyproject: &str, matrix: &str) -> String {
    let header = |line: &str| match line.trim_start_matches("# ") {
        rest if rest.starts_with("[[") => line.replacen("[[", "[[tool.gilmatrix.", 1),
        rest if rest.starts_with('[') => line.replacen('[', "[tool.gilmatrix.", 1),
        _ => line.to_owned(),
    };
    let own: String = matrix.lines().map(|line| header(line) + "\n").collect();
    let gap = if pyproject.ends_with('\n') { "\n" } else { "\n\n" };
    let new = format!("{gap}{own}");
    pyproject.to_owned() + &if pyproject.contains("\r\n") { new.replace('\n', "\r\n") } else { new }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::harness::Catalogue;
    use crate::interpreter::testing::facts;
    use crate::matrix;

    fn chosen(versions: &[&str]) -> StarterMatrix {
        let all: Vec<Facts> = versions.iter().map(|version| facts(version)).collect();
        choose(&all.iter().collect::<Vec<_>>())
    }

    #[test]
    fn the_newest_and_every_pair_of_twins() {
        let choice = chosen(&["3.8.18", "3.11.2", "3.13.5t", "3.13.5", "3.14.0", "3.13.0", "3.15.0a1"]);
        assert_eq!(choice.requests, ["3.13", "3.13t", "3.14"]);
        assert_eq!(choice.baseline, "3.14");
        assert_eq!(choice.others, ["3.8", "3.11"]);
        assert_eq!(chosen(&["3.13.5t"]).baseline, "3.13t");
        let none = chosen(&[]);
        assert!(none.install && none.requests == ["3.14", "3.14t"]);
    }

    #[test]
    fn in_a_pyproject_the_rest_stays_as_it_is() {
        let matrix = chosen(&["3.13.5", "3.13.5t"]).matrix(&[1, 2], 2);
        for old in ["", "[project]\nname = \"a\"", "[tool.x]\r\ny = 1\r\n"] {
            let new = added(old, &matrix);
            assert!(new.starts_with(old) && new.contains("\n# [[tool.gilmatrix.variant]]"), "{new}");
            assert_eq!(new.contains('\r'), old.contains('\r'));
            let read = matrix::parse(&new, "pyproject.toml", &Catalogue::embedded(), 2);
            let alone = matrix::parse(&matrix, "matrix.toml", &Catalogue::embedded(), 2);
            assert_eq!(read.unwrap_or_else(|error| panic!("{error}")), alone.unwrap());
        }
    }

    #[test]
    fn what_is_written_loads_with_its_examples_too() {
        let choices = [chosen(&["3.12.1", "3.13.5", "3.13.5t"]), chosen(&["3.11.2"]), chosen(&[])];
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("bench_mine.py"), "def work(n):\n    return n\n").unwrap();
        std::fs::write(folder.path().join("pyproject.toml"), "[project]\nname = \"mine\"\n").unwrap();
        for (at, choice) in choices.iter().enumerate() {
            let text = choice.matrix(&[1, 2], 2);
            let path = folder.path().join("matrix.toml");
            std::fs::write(&path, &text).unwrap();
            let read = matrix::load(&path, &Catalogue::embedded(), 2, None);
            let read = read.unwrap_or_else(|error| panic!("{at}: {}", error.render(false)));
            assert_eq!(read.interpreters.baseline, choice.baseline);
            assert_eq!(read.interpreters.entries.len(), choice.requests.len());
            assert_eq!(read.workloads.len(), 2);
            // The examples are keys and tables; every other comment begins with a capital or explains one.
            let example = |line: &str| {
                line.starts_with('[') || line.split_once(" = ").is_some_and(|(key, _)| !key.contains(' '))
            };
            let lines =
                text.lines().map(|line| line.strip_prefix("# ").filter(|rest| example(rest)).unwrap_or(line));
            std::fs::write(&path, lines.collect::<Vec<_>>().join("\n")).unwrap();
            let read = matrix::load(&path, &Catalogue::embedded(), 2, None);
            let read = read.unwrap_or_else(|error| panic!("{at}: {}", error.render(false)));
            assert_eq!((read.workloads.len(), read.variants.len(), read.exclude.len()), (3, 1, 1), "{at}");
        }
    }
}
