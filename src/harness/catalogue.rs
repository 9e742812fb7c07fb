//! Every mode and workload there is, read from the Python files themselves: adding a file adds it
//! to the harness, to the matrix and to every message.

use std::path::Path;

use crate::cell::Mode;

use super::{ModeInfo, WorkloadInfo, embedded, header};

/// The modes of a matrix that names none, in the order in which reports show them.
pub(crate) const DEFAULT_MODES: [&str; 5] = ["single", "asyncio", "executor", "threads", "mp"];

/// The modes and workloads of the harness, each list in the order of its file names.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Catalogue {
    /// The modes, in the order of their files.
    pub modes: Vec<ModeInfo>,
    /// The workloads, in the order of their files.
    pub workloads: Vec<WorkloadInfo>,
}

impl Catalogue {
    /// The catalogue of the Python embedded in this binary.
    ///
    /// # Panics
    /// Only if the binary was built from a harness whose headers are wrong, which a test rules out.
    pub fn embedded() -> Self {
        Self::from_sources(embedded::sources()).expect("a test reads every embedded header")
    }

    /// Reads the header line of each file in `modes/` and `workloads/`; other files, and those whose
    /// name begins with `_`, are left alone. Paths are relative to `python-workloads/`.
    ///
    /// # Errors
    /// A header can't be read, or two files have one name: one line that names the file.
    pub fn from_sources<P, T>(sources: impl IntoIterator<Item = (P, T)>) -> Result<Self, String>
    where
        P: AsRef<Path>,
        T: AsRef<str>,
    {
        let mut sources: Vec<_> = sources.into_iter().collect();
        sources.sort_by(|(left, _), (right, _)| left.as_ref().cmp(right.as_ref()));
        let mut catalogue = Self::default();
        for (path, text) in &sources {
            catalogue
                .add(path.as_ref(), text.as_ref())
                .map_err(|problem| format!("`{}`: {problem}", path.as_ref().display()))?;
        }
        Ok(catalogue)
    }

    /// Returns the mode of this name.
    pub fn mode(&self, name: &str) -> Option<&ModeInfo> {
        self.modes.iter().find(|mode| mode.name == name)
    }

    /// Returns what each mode's workers are.
    pub fn kinds(&self) -> Vec<Mode> {
        self.modes.iter().map(|mode| Mode { name: mode.name.clone(), kind: mode.kind }).collect()
    }

    /// Returns the workload of this name.
    pub fn workload(&self, name: &str) -> Option<&WorkloadInfo> {
        self.workloads.iter().find(|workload| workload.name == name)
    }

    /// Adds a workload from outside the harness, in place of one of the same name.
    pub fn define(&mut self, workload: WorkloadInfo) {
        self.workloads.retain(|known| known.name != workload.name);
        self.workloads.push(workload);
    }

    fn add(&mut self, path: &Path, text: &str) -> Result<(), String> {
        let folder = path.parent().and_then(Path::to_str);
        let file = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let described = matches!(folder, Some("modes" | "workloads"));
        if !described || !file.ends_with(".py") || file.starts_with('_') {
            return Ok(());
        }
        let json = header::find(text).ok_or("has no `gilmatrix:` line in its docstring")?;
        if folder == Some("modes") {
            let mode = header::mode(json)?;
            if self.mode(&mode.name).is_some() {
                return Err(format!("a second mode named `{}`", mode.name));
            }
            self.modes.push(mode);
        } else {
            let workload = header::workload(json)?;
            if self.workload(&workload.name).is_some() {
                return Err(format!("a second workload named `{}`", workload.name));
            }
            self.workloads.push(workload);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MODE: &str = r#"gilmatrix: {"name": "threads", "summary": "", "workers": "threads"}"#;
    const WORKLOAD: &str = r#"gilmatrix: {"name": "fib", "args": {"n": 22}, "tasks": 8}"#;

    #[test]
    fn reads_modes_and_workloads_and_nothing_else() {
        let catalogue = Catalogue::from_sources([
            ("workloads/fib.py", WORKLOAD),
            ("modes/threads.py", MODE),
            ("modes/__init__.py", ""),
            ("modes/notes.txt", "gilmatrix: nonsense"),
            ("cpu_bench.py", "gilmatrix: nonsense"),
        ])
        .unwrap();
        assert_eq!(catalogue.modes.len(), 1);
        assert_eq!(catalogue.mode("threads").unwrap().since, None);
        assert_eq!(catalogue.workload("fib").unwrap().args["n"], 22);
        assert_eq!(catalogue.mode("fib"), None);
    }

    #[test]
    fn errors_name_the_file() {
        let error = Catalogue::from_sources([("modes/x.py", "import os")]).unwrap_err();
        assert_eq!(error.to_string(), "`modes/x.py`: has no `gilmatrix:` line in its docstring");
        let error = Catalogue::from_sources([("modes/a.py", MODE), ("modes/b.py", MODE)]).unwrap_err();
        assert_eq!(error.to_string(), "`modes/b.py`: a second mode named `threads`");
    }

    #[test]
    fn embedded_headers_are_sound() {
        let catalogue = Catalogue::from_sources(embedded::sources()).unwrap();
        assert_eq!(catalogue, Catalogue::embedded());
    }
}
