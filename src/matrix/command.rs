//! A `[[workload]]` that is a whole command, and what runs before and after it.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::Workload;
use super::reader::{TomlTable, TomlValue};
use super::script::project;
use super::values::{once, packages};
use crate::harness::WorkloadInfo;

/// What stands for the interpreter under test.
pub(crate) const PYTHON: &str = "{python}";

const WORDS: &str = r#"a list of words such as ["{python}", "-m", "mytool"]"#;
/// Options of Python's that take the next word.
const WITH_VALUE: [&str; 2] = ["-X", "-W"];

/// A command line of the user's, each part as it was written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WholeCommand {
    pub command: Vec<String>,
    /// What runs before each pass; empty: nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub prepare: Vec<String>,
    /// What runs once after all passes of a process; empty: nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cleanup: Vec<String>,
    /// The absolute path of the folder in which they run.
    pub folder: PathBuf,
}

impl WholeCommand {
    pub(crate) fn in_folder(folder: &Path, [command, prepare, cleanup]: [Vec<String>; 3]) -> Self {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
        Self { command, prepare, cleanup, folder }
    }

    /// Returns the workload that it is.
    pub(crate) fn workload(self, name: String) -> Workload {
        Workload { name, tasks: 1, command: Some(self), ..Workload::default() }
    }

    /// Returns a name for it: what `-m` or a file says, else the program's own.
    pub(crate) fn name(&self) -> String {
        let mut words = self.command.iter().map(String::as_str);
        let mut name = words.next().filter(|word| *word != PYTHON);
        while name.is_none()
            && let Some(word) = words.next()
        {
            match word {
                "-m" => name = words.next(),
                "-c" => break,
                option if WITH_VALUE.contains(&option) => drop(words.next()),
                option if option.starts_with('-') => {}
                file => name = Some(file),
            }
        }
        let name = Path::new(name.unwrap_or_default());
        let stem =
            if name.extension().is_some_and(|end| end == "py") { name.file_stem() } else { name.file_name() };
        let text = stem.unwrap_or_default().to_string_lossy();
        let text: String = text.chars().filter(|c| c.is_alphanumeric() || "._-".contains(*c)).collect();
        if text.trim_start_matches('-').is_empty() { "command".to_owned() } else { text }
    }

    /// Returns what decides what it does, as arguments are shown.
    pub(super) fn shown(&self) -> impl Iterator<Item = (String, Json)> {
        let parts = [("command", &self.command), ("prepare", &self.prepare), ("cleanup", &self.cleanup)];
        let said = parts.into_iter().filter(|(_, words)| !words.is_empty());
        said.map(|(key, words)| (key.to_owned(), words.join(" ").into()))
    }

    /// Returns its entry of the catalogue.
    pub(super) fn described(&self, name: &str) -> WorkloadInfo {
        WorkloadInfo {
            name: name.to_owned(),
            summary: self.command.join(" "),
            args: serde_json::Map::new(),
            tasks: 1,
            requires: Vec::new(),
            shared: false,
            stress: String::new(),
            expect: String::new(),
        }
    }
}

/// Reads the rest of a table that has a `command`, which runs in `folder`.
pub(super) fn read(
    mut table: TomlTable<'_>,
    command: &TomlValue<'_>,
    folder: &Path,
    earlier: &[Workload],
) -> Option<Workload> {
    let before = table.problems.count();
    let parts = [words(command), table.read("prepare", words), table.read("cleanup", words)];
    let project = table.read("project", |value| project(value, folder));
    let packages = table.read("packages", packages).unwrap_or_default();
    let named = table.get("name");
    let given = named.as_ref().map(|value| value.name("._-", "this can't be a workload's name"));
    table.finish();
    let command_line = WholeCommand::in_folder(folder, parts.map(Option::unwrap_or_default));
    let name = given.map_or_else(|| Some(command_line.name()), |given| given.map(str::to_owned))?;
    let name = once(named.as_ref().unwrap_or(command), name, earlier)?;
    let sound = table.problems.count() == before;
    sound.then(|| Workload { packages, project, ..command_line.workload(name) })
}

/// Reads a command line, a word each.
fn words(value: &TomlValue<'_>) -> Option<Vec<String>> {
    if let Some(text) = value.get().as_str() {
        let words: Vec<&str> = text.split_whitespace().collect();
        return value.rather(WORDS, "this is a single string", format!("write `{words:?}`"));
    }
    let words = value.list_of(WORDS, |item| {
        let word = item.string(WORDS)?;
        if word.contains('\0') {
            item.wrong_value(WORDS, "no word can have a NUL")
        } else {
            Some(word.to_owned())
        }
    })?;
    if words[0].is_empty() { value.wrong_value(WORDS, "its first word is empty") } else { Some(words) }
}

#[cfg(test)]
mod tests {
    use crate::cell::Cell;
    use crate::harness::sample::catalogue;
    use crate::matrix::{Matrix, parse};

    use super::*;

    fn read(workload: &str) -> Result<Matrix, String> {
        let source = format!("[interpreters]\nuse = [\"3.13\"]\n[[workload]]\n{workload}\n");
        parse(&source, "/here/matrix.toml", &catalogue(), 2).map_err(|error| error.to_string())
    }

    #[test]
    fn a_command_is_a_workload_with_a_mode_of_its_own() {
        let matrix = read(
            "command = [\"{python}\", \"-m\", \"mytool\"]\nprepare = [\"rm\", \"out\"]\n[[workload]]\nname = \"fib\"",
        );
        let matrix = matrix.unwrap();
        let workload = &matrix.workloads[0];
        assert_eq!((workload.name.as_str(), workload.tasks), ("mytool", 1));
        assert_eq!(workload.base("3.13"), Cell::command("3.13", "mytool"));
        assert_eq!(workload.command.as_ref().unwrap().folder, Path::new("/here"));
        assert_eq!(workload.shown_args()["prepare"], "rm out");
        assert_eq!(matrix.modes.names.last().unwrap(), "command");
        let json = serde_json::to_string(&matrix).unwrap();
        assert_eq!(serde_json::from_str::<Matrix>(&json).unwrap(), matrix);
    }

    #[test]
    fn its_name_is_what_it_runs() {
        for (words, name) in [
            ("{python} -X gil=1 -m my.tool -v", "my.tool"),
            ("{python} -O bench/big.py 3", "big"),
            ("{python} -c pass", "command"),
            ("/opt/x/mytool --size 10", "mytool"),
            ("{python}", "command"),
        ] {
            let words = words.split(' ').map(str::to_owned).collect();
            assert_eq!(WholeCommand { command: words, ..WholeCommand::default() }.name(), name);
        }
    }

    #[test]
    fn slips_point_at_the_line() {
        let command = "command = [\"{python}\", \"a.py\"]\n";
        for (workload, expected) in [
            ("command = \"{python} -m mytool\"", "write `[\"{python}\", \"-m\", \"mytool\"]`"),
            ("command = []", "this list is empty"),
            ("command = [3]", "a list of words"),
            ("command = [\"\"]", "its first word is empty"),
            (&format!("{command}tasks = 3"), "unknown key `tasks`"),
            (&format!("{command}clean = [\"x\"]"), "did you mean `cleanup`?"),
            (&format!("{command}[[workload]]\n{command}"), "give one of the two another `name`"),
        ] {
            let error = read(workload).expect_err(workload);
            assert!(error.contains(expected) && error.contains('^'), "{workload}\n{error}");
        }
    }
}
