//! A `[[workload]]` whose code is the user's own: `script`, and how its function is called.

use std::path::{Path, PathBuf};

use serde_json::Value as Json;

use super::problems::Problems;
use super::reader::{TomlTable, TomlValue};
use super::values::{MOST_TASKS, json, once, packages};
use super::{Inputs, Project, Script, Workload};
use crate::harness::Source;

/// The number of tasks of a file that doesn't say how many.
const TASKS: u32 = 8;
const ARGS: &str = "a table such as { n = 22 }, or a list such as [22] for arguments without names";
const INPUTS: &str = "a list with an input for each task, or the name of a function that makes them";

/// Reads the rest of a table that has a `script`; functions that it names must be in the file.
pub(super) fn read(
    mut table: TomlTable<'_, '_>,
    script: &TomlValue<'_, '_>,
    folder: &Path,
    earlier: &[Workload],
    problems: &mut Problems,
) -> Option<Workload> {
    let file = File::open(script, folder, problems);
    let before = problems.count();
    let mut function = |key: &'static str, problems: &mut Problems| {
        let value = table.get(key)?;
        let name = value.string("the name of a function in the script", problems)?.to_owned();
        file.as_ref()?.function(&value, &name, problems).then_some(name)
    };
    let called = function("function", problems);
    let (setup, teardown) = (function("setup", problems), function("teardown", problems));
    let inputs = table.get("inputs").and_then(|value| inputs(&value, file.as_ref(), problems));
    let plain = table.get("function").is_some();
    let args = table.get("args").and_then(|value| arguments(&value, plain, problems));
    let (mut args, positional) = args.unwrap_or_default();
    let project = table.get("project").and_then(|value| project(&value, folder, problems));
    let packages = table.get("packages").map_or(Some(Vec::new()), |value| packages(&value, problems));
    let tasks = table.get("tasks").and_then(|value| tasks(&value, inputs.as_ref(), problems));
    let name = match table.get("name") {
        Some(value) => name(&value, problems).map(|name| (name, value.span())),
        None => Some((file.as_ref()?.name(called.as_deref()), script.span())),
    };
    table.finish(problems);
    let (file, (name, span)) = (file?, name?);
    if !plain {
        file.defines_task(script, problems);
    }
    once(span, &name, earlier, problems)?;
    if problems.count() > before {
        return None;
    }
    let given = inputs.as_ref().and_then(Inputs::listed);
    let Source { requires, sha256, .. } = &file.source;
    let mut all = if plain { serde_json::Map::new() } else { file.source.args.clone() };
    all.append(&mut args);
    Some(Workload {
        name,
        tasks: tasks.or(given).or(file.source.tasks).unwrap_or(TASKS),
        args: all,
        packages: packages?,
        project,
        scaling: Default::default(),
        sweep: None,
        script: Some(Script {
            shared: file.source.shares(),
            requires: requires.clone(),
            sha256: sha256.clone(),
            path: file.path,
            function: called,
            positional,
            inputs,
            setup,
            teardown,
        }),
        stress: String::new(),
        expect: String::new(),
    })
}

/// The script, looked into.
struct File {
    /// The path as the matrix has it.
    shown: String,
    path: PathBuf,
    source: Source,
}

impl File {
    fn open(value: &TomlValue<'_, '_>, folder: &Path, problems: &mut Problems) -> Option<Self> {
        let shown = value.string("the path of a Python file", problems)?;
        let path = folder.join(shown);
        let path = std::path::absolute(&path).unwrap_or(path);
        if path.extension().is_none_or(|end| end != "py") {
            value.wrong_value("the path of a Python file", "this name doesn't end in `.py`", problems);
            return None;
        }
        match Source::read(&path) {
            Ok(source) => Some(Self { shown: shown.to_owned(), path, source }),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let known = neighbours(&path);
                let known: Vec<&str> = known.iter().map(String::as_str).collect();
                let title = format!("there is no file `{shown}` beside the matrix");
                problems.unknown(value.span(), title, shown, &known);
                None
            }
            Err(error) => {
                let title = format!("the script `{shown}` can't be read");
                problems.add(value.span(), title, error.to_string());
                None
            }
        }
    }

    /// Whether the file may have the function; if not, that is noted.
    fn function(&self, value: &TomlValue<'_, '_>, name: &str, problems: &mut Problems) -> bool {
        let shown = &self.shown;
        if self.source.has(name) {
            return true;
        }
        if self.source.coroutines.iter().any(|known| known == name) {
            let help = "give a function that runs it: `def work(): return asyncio.run(...)`";
            let title = format!("`{name}` in `{shown}` is a coroutine function");
            problems.add_with_help(value.span(), title, "a plain function was expected", help);
            return false;
        }
        let known: Vec<&str> = self.source.functions.iter().map(String::as_str).collect();
        problems.unknown(value.span(), format!("`{shown}` has no function `{name}`"), name, &known);
        false
    }

    /// Notes where a script that no function is named of doesn't define `task`.
    fn defines_task(&self, script: &TomlValue<'_, '_>, problems: &mut Problems) {
        if self.source.has("task") {
            return;
        }
        let title = format!("`{}` has no function `task`", self.shown);
        let example = self.source.functions.first().map_or("work", String::as_str);
        let help = format!("name one of its functions: `function = \"{example}\"`");
        problems.add_with_help(script.span(), title, "a script without `function` defines `task`", help);
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

fn name(value: &TomlValue<'_, '_>, problems: &mut Problems) -> Option<String> {
    const EXPECTED: &str = "a name of letters, digits, `.`, `_` and `-`";
    let text = value.string(EXPECTED, problems)?;
    let sound = !text.is_empty()
        && !text.starts_with('-')
        && text.chars().all(|c| c.is_alphanumeric() || "._-".contains(c));
    if !sound {
        value.wrong_value(EXPECTED, "this can't be a workload's name", problems);
    }
    sound.then(|| text.to_owned())
}

fn project(value: &TomlValue<'_, '_>, folder: &Path, problems: &mut Problems) -> Option<Project> {
    let shown = value.string("the folder of a Python project, such as \".\"", problems)?;
    match Project::read(&folder.join(shown)) {
        Ok(project) => Some(project),
        Err(error) => {
            let title = format!("the project `{shown}` can't be installed");
            let help = "the folder that has a `pyproject.toml`, relative to the matrix";
            problems.add_with_help(value.span(), title, error.to_string(), help);
            None
        }
    }
}

fn tasks(value: &TomlValue<'_, '_>, inputs: Option<&Inputs>, problems: &mut Problems) -> Option<u32> {
    let tasks = u32::try_from(value.integer(1..=MOST_TASKS, problems)?).ok()?;
    if let Some(Inputs::List(list)) = inputs
        && list.len() != tasks as usize
    {
        let label = format!("`inputs` has {}", list.len());
        problems.add(value.span(), "each task needs one input of its own".to_owned(), label);
        return None;
    }
    Some(tasks)
}

fn inputs(value: &TomlValue<'_, '_>, file: Option<&File>, problems: &mut Problems) -> Option<Inputs> {
    if let Some(name) = value.get().as_str() {
        return file?.function(value, name, problems).then(|| Inputs::Function(name.to_owned()));
    }
    if value.get().as_array().is_none() {
        value.wrong_type(INPUTS, problems);
        return None;
    }
    let items = value.list(INPUTS, problems)?;
    let list: Vec<Json> = items.iter().filter_map(|item| json(item, problems)).collect();
    (list.len() == items.len()).then_some(Inputs::List(list))
}

type ScriptArguments = (serde_json::Map<String, Json>, Vec<Json>);

/// Reads arguments with names, or a list; only a plain function takes a list.
fn arguments(value: &TomlValue<'_, '_>, plain: bool, problems: &mut Problems) -> Option<ScriptArguments> {
    if plain && value.get().as_array().is_some_and(|array| array.is_empty()) {
        return Some(ScriptArguments::default());
    }
    if plain && value.get().as_array().is_some() {
        let items = value.list(ARGS, problems)?;
        let list: Vec<Json> = items.iter().filter_map(|item| json(item, problems)).collect();
        return (list.len() == items.len()).then(|| (serde_json::Map::new(), list));
    }
    let table = value.table(if plain { ARGS } else { "a table such as { n = 22 }" }, problems)?;
    let before = problems.count();
    let args: serde_json::Map<String, Json> =
        table.entries().filter_map(|(key, _, item)| Some((key.to_owned(), json(&item, problems)?))).collect();
    (problems.count() == before).then(|| (args, Vec::new()))
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
            "script = \"mine.py\"\nfunction = \"work\"\nname = \"fib\"\ninputs = [1, 2.5, \"a\"]\nargs = []",
        )
        .unwrap();
        let workload = &matrix.workloads[0];
        assert_eq!((workload.name.as_str(), workload.tasks), ("fib", 3));
        assert!(
            matches!(&workload.script.as_ref().unwrap().inputs, Some(Inputs::List(list)) if list.len() == 3)
        );
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
            ("script = \"mine.py\"\nfunction = \"wrok\"", "did you mean `work`?"),
            ("script = \"mine.py\"\nfunction = \"late\"", "is a coroutine function"),
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
