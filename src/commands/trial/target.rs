//! `FILE.py:FUNC` and its arguments.

use std::borrow::Cow;
use std::path::Path;

use serde_json::Value as Json;

use super::TryArgs;
use crate::commands::{Exit, Failure};
use crate::harness::Source;
use crate::matrix::{Inputs, Project, Script, Workload, meant};

/// The function that was named, found in its file.
#[derive(Debug)]
pub(super) struct TryTarget {
    script: Script,
    function: String,
    /// It is a coroutine function, so an event loop can run it.
    pub(super) asynchronous: bool,
    named: serde_json::Map<String, Json>,
}

impl TryTarget {
    /// # Errors
    /// Exit 2: no such file or function, or arguments that can't be read; 5: the file can't be read.
    pub(super) fn read(target: &str, args: &TryArgs) -> Result<Self, Failure> {
        let (file, function) = split(target, args.project.as_deref())?;
        let (file, path) = (file.as_ref(), Path::new(file.as_ref()));
        let source = Source::read(path).map_err(|error| unreadable(file, &error))?;
        if function.is_empty() {
            return Err(
                Exit::Usage.because(format!("`{target}` names no function; {}", there_is(&source, file)))
            );
        }
        let inputs = args.inputs.as_deref().map(inputs).transpose()?;
        let made_by = match &inputs {
            Some(Inputs::Function(name)) => Some(name.as_str()),
            _ => None,
        };
        let hooks = [made_by, args.setup.as_deref(), args.teardown.as_deref(), args.check.as_deref()];
        let asynchronous = source.is_coroutine(function);
        let plain = Some(function).filter(|_| !asynchronous);
        for name in plain.into_iter().chain(hooks.into_iter().flatten()) {
            has(&source, file, name)?;
        }
        let (named, positional) = match &args.args_json {
            Some(text) => all_at_once(text)?,
            None => one_by_one(&args.args),
        };
        let script = Script {
            path: std::path::absolute(path).unwrap_or_else(|_| path.to_owned()),
            sha256: source.sha256,
            function: Some(function.to_owned()),
            positional,
            drain: args.drain,
            inputs,
            setup: args.setup.clone(),
            teardown: args.teardown.clone(),
            check: args.check.clone(),
            requires: source.requires,
            ..Script::default()
        };
        Ok(Self { script, function: function.to_owned(), named, asynchronous })
    }

    /// Returns the workload, with one call a pass or one for each input that was given, until it is known how long
    /// they take.
    pub(super) fn workload(self, packages: &[String], project: Option<Project>) -> Workload {
        Workload {
            name: self.function,
            tasks: match &self.script.inputs {
                Some(Inputs::List(list)) => u32::try_from(list.len()).unwrap_or(u32::MAX),
                _ => 1,
            },
            args: self.named,
            packages: packages.to_vec(),
            project,
            script: Some(self.script),
            ..Workload::default()
        }
    }
}

/// Returns the file and the function, which may be empty. A module is looked for in the current folder, in the project's,
/// and in `src` of both.
fn split<'t>(target: &'t str, project: Option<&Path>) -> Result<(Cow<'t, str>, &'t str), Failure> {
    let (place, function) = target.rsplit_once(':').unwrap_or((target, ""));
    if place.ends_with(".py") {
        return Ok((place.into(), function));
    }
    if target == place || !place.split('.').all(is_identifier) {
        let text = format!("`{target}` is not FILE.py:FUNC or MODULE:FUNC, as `mine.py:work`");
        return Err(Exit::Usage.because(text));
    }
    let module = place.replace('.', "/");
    let folders = ["".as_ref(), "src".as_ref()].into_iter().flat_map(|inside: &Path| {
        [Some(inside.to_owned()), project.map(|project| project.join(inside))].into_iter().flatten()
    });
    let files = folders.flat_map(|it| [".py", "/__init__.py"].map(|end| it.join(format!("{module}{end}"))));
    let files: Vec<String> = files.map(|file| file.display().to_string()).collect();
    match files.iter().find(|file| Path::new(file).is_file()) {
        Some(file) => Ok((file.clone().into(), function)),
        None => Err(Exit::Usage.because(format!(
            "there is no module `{place}` here: looked for {}; of an installed package, name a function of your own \
             that calls it",
            files.join(", ")
        ))),
    }
}

fn has(source: &Source, file: &str, name: &str) -> Result<(), Failure> {
    if source.is_coroutine(name) {
        return Err(Exit::Usage.because(format!(
            "`{name}` in `{file}` is a coroutine function; name a plain one that runs it: `def run(): return asyncio.run({name}())`"
        )));
    }
    if source.has(name) {
        return Ok(());
    }
    let meant = meant(name, &source.offers());
    Err(Exit::Usage.because(format!("`{file}` has no function `{name}`; {}{meant}", there_is(source, file))))
}

fn there_is(source: &Source, file: &str) -> String {
    let names: Vec<String> = source.offers().iter().take(12).map(|name| format!("`{name}`")).collect();
    match names.as_slice() {
        [] => format!("`{file}` defines no function"),
        [only] => format!("there is only {only}"),
        many => format!("there are {}", many.join(", ")),
    }
}

fn unreadable(file: &str, error: &std::io::Error) -> Failure {
    match error.kind() {
        std::io::ErrorKind::NotFound => Exit::Usage.because(format!("there is no file `{file}`")),
        std::io::ErrorKind::IsADirectory => {
            Exit::Usage.because(format!("`{file}` is a directory, not a Python file"))
        }
        _ => Exit::Refused.because(format!("`{file}` can't be read: {error}")),
    }
}

/// Reads a JSON list, or the name of a function.
fn inputs(text: &str) -> Result<Inputs, Failure> {
    if !text.trim_start().starts_with('[') {
        return Ok(Inputs::Function(text.to_owned()));
    }
    match serde_json::from_str::<Vec<Json>>(text) {
        Ok(list) if list.is_empty() => {
            Err(Exit::Usage.because("`--inputs` is an empty list: give it at least one input"))
        }
        Ok(list) => Ok(Inputs::List(list)),
        Err(error) => Err(Exit::Usage.because(format!("`--inputs` is no JSON list: {error}"))),
    }
}

type Arguments = (serde_json::Map<String, Json>, Vec<Json>);

fn all_at_once(text: &str) -> Result<Arguments, Failure> {
    match serde_json::from_str(text) {
        Ok(Json::Array(list)) => Ok((serde_json::Map::new(), list)),
        Ok(Json::Object(named)) => Ok((named, Vec::new())),
        Ok(_) => {
            let text = "`--args-json` must be a list, or an object with the arguments' names; for one value write `--arg`";
            Err(Exit::Usage.because(text))
        }
        Err(error) => Err(Exit::Usage.because(format!("`--args-json` is no JSON: {error}"))),
    }
}

fn one_by_one(texts: &[String]) -> Arguments {
    let (mut named, mut positional) = Arguments::default();
    for text in texts {
        match text.split_once('=').filter(|(name, _)| is_identifier(name)) {
            Some((name, value)) => {
                named.insert(name.to_owned(), value_of(value));
            }
            None => positional.push(value_of(text)),
        }
    }
    (named, positional)
}

fn is_identifier(text: &str) -> bool {
    let mut letters = text.chars();
    letters.next().is_some_and(|first| first.is_alphabetic() || first == '_')
        && letters.all(|letter| letter.is_alphanumeric() || letter == '_')
}

/// Reads JSON, or else takes the text itself.
fn value_of(text: &str) -> Json {
    serde_json::from_str(text).unwrap_or_else(|_| Json::from(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_a_file_or_a_module_and_a_function() {
        let of = |target| split(target, None).map_err(|failure| failure.to_string());
        assert_eq!(of("a/mine.py:work").unwrap(), ("a/mine.py".into(), "work"));
        assert_eq!(of("mine.py").unwrap(), ("mine.py".into(), ""));
        assert!(of(":").unwrap_err().contains("is not FILE.py:FUNC or MODULE:FUNC"));
        let missing = of("acme.sim:work").unwrap_err();
        let looked = "acme/sim.py, acme/sim/__init__.py, src/acme/sim.py, src/acme/sim/__init__.py";
        assert!(missing.contains(looked), "{missing}");
        let project = tempfile::tempdir().unwrap();
        let file = project.path().join("src/acme/sim.py");
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(&file, "").unwrap();
        let (found, function) = split("acme.sim:C.work", Some(project.path())).unwrap();
        assert_eq!((found.as_ref(), function), (file.to_str().unwrap(), "C.work"));
    }

    #[test]
    fn arguments_are_json_or_text() {
        let texts = ["35", "n=3", "word", "a b=c", "[1, 2]", "flag=true", "=x"].map(str::to_owned);
        let (named, positional) = one_by_one(&texts);
        assert_eq!(serde_json::Value::from(named), serde_json::json!({"n": 3, "flag": true}));
        assert_eq!(
            serde_json::Value::from(positional),
            serde_json::json!([35, "word", "a b=c", [1, 2], "=x"])
        );
        assert!(all_at_once("3").is_err() && all_at_once("{").is_err());
        assert!(inputs("[]").is_err() && inputs("[1,").is_err());
        assert_eq!(inputs("make").unwrap(), Inputs::Function("make".to_owned()));
        assert_eq!(inputs("[1]").unwrap(), Inputs::List(vec![Json::from(1)]));
        assert_eq!(all_at_once("[1]").unwrap().1, [Json::from(1)]);
    }
}
