//! A `[[workload]]` whose code is the user's own: `script`, and how its function is called.

use std::path::{Path, PathBuf};

use serde_json::Value as Json;
use toml::de::DeValue;

use super::reader::{TomlTable, TomlValue, all};
use super::values::{json, once, packages, tasks};
use super::{Inputs, Project, Script, Workload};
use crate::harness::Source;

/// The number of tasks of a file that doesn't say how many.
const TASKS: u32 = 8;
const ARGS: &str = "a table such as { n = 22 }, or a list such as [22] for arguments without names";
const INPUTS: &str = "a list with an input for each task, or the name of a function that makes them";

/// Reads the rest of a table that has a `script`; functions that it names must be in the file.
pub(super) fn read(
    mut table: TomlTable<'_>,
    script: &TomlValue<'_>,
    folder: &Path,
    earlier: &[Workload],
) -> Option<Workload> {
    let file = File::open(script, folder);
    let before = table.problems.count();
    let called = table.read("function", |value| file.as_ref()?.task(value));
    let mut function = |key: &'static str| {
        table.read(key, |value| {
            file.as_ref()?.function(value, value.string("the name of a function in the script")?)
        })
    };
    let (setup, teardown, check) = (function("setup"), function("teardown"), function("check"));
    let inputs = table.read("inputs", |value| inputs(value, file.as_ref()));
    let plain = table.get("function").is_some();
    let drain = table.read("drain", |value| drains(value, plain)).unwrap_or_default();
    let args = table.read("args", |value| arguments(value, plain));
    let (mut args, positional) = args.unwrap_or_default();
    let project = table.read("project", |value| project(value, folder));
    let packages = table.read("packages", packages);
    let tasks = table.read("tasks", |value| tasks_for(value, inputs.as_ref()));
    let named = table.get("name");
    let own_name = || Some(file.as_ref()?.name(called.as_deref()));
    let name = named.as_ref().map_or_else(own_name, given_name);
    table.finish();
    let (file, name) = (file?, name?);
    if !plain {
        file.defines_task(script);
    }
    let name = once(named.as_ref().unwrap_or(script), name, earlier)?;
    if table.problems.count() > before {
        return None;
    }
    let Source { requires, sha256, .. } = &file.source;
    let mut all = if plain { serde_json::Map::new() } else { file.source.args.clone() };
    all.append(&mut args);
    Some(Workload {
        name,
        tasks: tasks.or_else(|| inputs.as_ref()?.listed()).or(file.source.tasks).unwrap_or(TASKS),
        args: all,
        packages: packages.unwrap_or_default(),
        project,
        script: Some(Script {
            shared: file.source.shares(),
            requires: requires.clone(),
            sha256: sha256.clone(),
            path: file.path,
            function: called,
            positional,
            drain,
            inputs,
            setup,
            teardown,
            check,
        }),
        ..Workload::default()
    })
}

fn given_name(value: &TomlValue<'_>) -> Option<String> {
    value.name("._-", "this can't be a workload's name").map(str::to_owned)
}

/// The script, looked into.
struct File {
    /// The path as the matrix has it.
    shown: String,
    path: PathBuf,
    source: Source,
}

impl File {
    fn open(value: &TomlValue<'_>, folder: &Path) -> Option<Self> {
        let shown = value.string("the path of a Python file")?;
        let path = folder.join(shown);
        let path = std::path::absolute(&path).unwrap_or(path);
        if path.extension().is_none_or(|end| end != "py") {
            return value.wrong_value("the path of a Python file", "this name doesn't end in `.py`");
        }
        match Source::read(&path) {
            Ok(source) => Some(Self { shown: shown.to_owned(), path, source }),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let known = neighbours(&path);
                let known: Vec<&str> = known.iter().map(String::as_str).collect();
                value.unknown(format!("there is no file `{shown}` beside the matrix"), shown, &known)
            }
            Err(error) => value.problem(format!("the script `{shown}` can't be read"), error.to_string()),
        }
    }

    /// Returns the name of what is to be measured, which may be a coroutine function.
    fn task(&self, value: &TomlValue<'_>) -> Option<String> {
        let name = value.string("the name of a function in the script")?;
        if self.source.is_coroutine(name) { Some(name.to_owned()) } else { self.function(value, name) }
    }

    /// Returns the name of a function that the file may have; if it hasn't, that is noted.
    fn function(&self, value: &TomlValue<'_>, name: &str) -> Option<String> {
        let shown = &self.shown;
        if self.source.has(name) {
            return Some(name.to_owned());
        }
        if self.source.is_coroutine(name) {
            let help = "give a function that runs it: `def work(): return asyncio.run(...)`";
            let title = format!("`{name}` in `{shown}` is a coroutine function");
            return value.problem_with_help(title, "a plain function was expected", help);
        }
        value.unknown(format!("`{shown}` has no function `{name}`"), name, &self.source.offers())
    }

    /// Notes where a script that no function is named of doesn't define `task`.
    fn defines_task(&self, script: &TomlValue<'_>) {
        if self.source.has("task") {
            return;
        }
        let title = format!("`{}` has no function `task`", self.shown);
        let example = self.source.functions.first().map_or("work", String::as_str);
        let help = format!("name one of its functions: `function = \"{example}\"`");
        script.problem_with_help::<()>(title, "a script without `function` defines `task`", help);
    }

    fn name(&self, function: Option<&str>) -> String {
        let stem = || self.path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
        function.map(str::to_owned).or_else(stem).unwrap_or_default()
    }
}

/// Returns the Python files of the folder that the script should be in.
fn neighbours(path: &Path) -> Vec<String> {
    let Some(entries) = path.parent().and_then(|folder| std::fs::read_dir(folder).ok()) else {
        return Vec::new();
    };
    let names = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok());
    let mut names: Vec<String> = names.filter(|name| name.ends_with(".py")).collect();
    names.sort();
    names
}

pub(super) fn project(value: &TomlValue<'_>, folder: &Path) -> Option<Project> {
    let shown = value.string("the folder of a Python project, such as \".\"")?;
    Project::read(&folder.join(shown)).map_or_else(
        |error| {
            let title = format!("the project `{shown}` can't be installed");
            let help = "the folder that has a `pyproject.toml`, relative to the matrix";
            value.problem_with_help(title, error.to_string(), help)
        },
        Some,
    )
}

fn drains(value: &TomlValue<'_>, plain: bool) -> Option<bool> {
    let help = "add `function = \"work\"`";
    match value.boolean()? {
        true if !plain => value.problem_with_help("`drain` is of a function", "`function` names none", help),
        drain => Some(drain),
    }
}

fn tasks_for(value: &TomlValue<'_>, inputs: Option<&Inputs>) -> Option<u32> {
    let tasks = tasks(value)?;
    match inputs {
        Some(Inputs::List(list)) if list.len() != tasks as usize => {
            value.problem("each task needs one input of its own", format!("`inputs` has {}", list.len()))
        }
        _ => Some(tasks),
    }
}

fn inputs(value: &TomlValue<'_>, file: Option<&File>) -> Option<Inputs> {
    match value.get() {
        DeValue::String(name) => Some(Inputs::Function(file?.function(value, name)?)),
        DeValue::Array(_) => Some(Inputs::List(value.list_of(INPUTS, json)?)),
        _ => value.wrong_type(INPUTS),
    }
}

type ScriptArguments = (serde_json::Map<String, Json>, Vec<Json>);

/// Reads arguments with names, or a list, which may be empty; only a plain function takes a list.
fn arguments(value: &TomlValue<'_>, plain: bool) -> Option<ScriptArguments> {
    match value.get() {
        DeValue::Array(list) if plain && list.is_empty() => return Some(ScriptArguments::default()),
        DeValue::Array(_) if plain => return Some((serde_json::Map::new(), value.list_of(ARGS, json)?)),
        _ => {}
    }
    let table = value.table(if plain { ARGS } else { "a table such as { n = 22 }" })?;
    let args = all(table.entries().map(|(key, _, item)| Some((key.to_owned(), json(&item)?))))?;
    Some((args.into_iter().collect(), Vec::new()))
}

#[cfg(test)]
mod tests {
    use crate::harness::Catalogue;
    use crate::harness::sample::catalogue;
    use crate::matrix::{Inputs, Matrix, load};

    const CODE: &str = "def work(n):\n    return n\n\nasync def late(): pass\ndef make(args, tasks): pass\n";

    fn read(workload: &str) -> Result<Matrix, String> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("mine.py"), CODE).unwrap();
        let path = folder.path().join("matrix.toml");
        std::fs::write(&path, format!("[interpreters]\nuse = [\"3.13\"]\n[[workload]]\n{workload}\n"))
            .unwrap();
        load(&path, &catalogue(), 2, None).map_err(|error| error.to_string())
    }

    #[test]
    fn a_function_with_everything() {
        let matrix = read("script = \"mine.py\"\nfunction = \"work\"\nargs = { n = 3 }\ntasks = 4").unwrap();
        let workload = &matrix.workloads[0];
        assert_eq!((workload.name.as_str(), workload.tasks), ("work", 4));
        assert_eq!(workload.args["n"], 3);
        let script = workload.script.as_ref().unwrap();
        assert!(script.path.is_absolute() && script.path.ends_with("mine.py"));
        assert_eq!(script.sha256.len(), 64);
        let info = workload.described(&Catalogue::default()).unwrap();
        assert_eq!((info.name.as_str(), info.shared), ("work", false));

        let matrix = read(
            "script = \"mine.py\"\nfunction = \"work\"\nname = \"fib\"\ninputs = [1, 2.5, \"a\"]\nargs = []\ndrain = true",
        )
        .unwrap();
        let workload = &matrix.workloads[0];
        assert_eq!((workload.name.as_str(), workload.tasks), ("fib", 3));
        assert!(
            matches!(&workload.script.as_ref().unwrap().inputs, Some(Inputs::List(list)) if list.len() == 3)
        );
        assert_eq!(workload.shown_args()["drain"], true);
        let json = serde_json::to_string(&matrix).unwrap();
        assert_eq!(serde_json::from_str::<Matrix>(&json).unwrap(), matrix);
    }

    #[test]
    fn slips_point_at_the_line() {
        let function = "script = \"mine.py\"\nfunction = \"work\"\n";
        for (workload, expected) in [
            ("script = \"mien.py\"\nfunction = \"work\"", "did you mean `mine.py`?"),
            ("script = \"mine.txt\"", "doesn't end in `.py`"),
            ("script = \"mine.py\"", "has no function `task`"),
            ("script = \"mine.py\"\ndrain = true", "`function` names none"),
            (&format!("{function}drain = 1"), "`workload.drain` must be true or false"),
            ("script = \"mine.py\"\nfunction = \"wrok\"", "did you mean `work`?"),
            (&format!("{function}setup = \"late\""), "is a coroutine function"),
            ("function = \"work\"\nname = \"fib\"", "unknown key `function`"),
            (&format!("{function}inputs = \"mkae\""), "did you mean `make`?"),
            (&format!("{function}inputs = 3"), "`workload.inputs` must be a list"),
            (&format!("{function}inputs = [1979-05-27]"), "what JSON can hold"),
            (&format!("{function}inputs = [1, 2]\ntasks = 3"), "`inputs` has 2"),
            (&format!("{function}args = 3"), "`workload.args` must be a table"),
            (&format!("{function}name = \"a b\""), "can't be a workload's name"),
            (&format!("{function}[[workload]]\n{function}"), "give one of the two another `name`"),
            (&format!("{function}setup = \"up\""), "has no function `up`"),
        ] {
            let error = read(workload).expect_err(workload);
            assert!(error.contains(expected), "{workload}\n{error}");
            assert!(error.contains('^'), "a caret: {error}");
        }
    }
}
