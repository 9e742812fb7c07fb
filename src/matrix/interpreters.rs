//! `[interpreters]` and the `[[interpreter]]` tables it may name.

use toml::de::DeValue;

use super::problems::Problems;
use super::reader::{TomlTable, TomlValue};
use super::request::{Build, Request, Versions};
use super::{Comparability, InterpreterEntry, InterpreterSource, Interpreters, MissingPolicy};

const EXAMPLE: &str = r#"["3.13", "3.13t"]"#;
const REQUEST: &str =
    "a version such as `3.13`, `3.13t` or `>=3.12`, `pypy@3.10`, a path, or a Python's name on PATH";
const USE: &str = r#"a list of interpreters such as ["3.13", "3.13t"]"#;

/// Reads the `[[interpreter]]` tables.
pub(super) fn definitions(tables: Vec<TomlTable<'_>>) -> Vec<InterpreterEntry> {
    let mut entries: Vec<InterpreterEntry> = Vec::new();
    for table in tables {
        let entry = definition(table, &entries);
        entries.extend(entry);
    }
    entries
}

fn definition(mut table: TomlTable<'_>, earlier: &[InterpreterEntry]) -> Option<InterpreterEntry> {
    let name = table.required("name", "\"my-build\"").and_then(|value| name(&value, earlier));
    let source = match (table.get("command"), table.get("request")) {
        (Some(command), None) => self::command(&command).map(InterpreterSource::Command),
        (None, Some(text)) => request(text.string(REQUEST)?, &text, &[]),
        (Some(_), Some(request)) => request.problem(
            "`interpreter` takes either `command` or `request`, not both",
            "this table has a `command` too",
        ),
        (None, None) => table.problem_with_help(
            "`interpreter` needs either `command` or `request`",
            "this table has neither",
            r#"add `request = "path/to/python3"`, or `command = ["wrapper", "python3"]`"#,
        ),
    };
    table.finish();
    Some(InterpreterEntry { name: name?, source: source? })
}

fn name(value: &TomlValue<'_>, earlier: &[InterpreterEntry]) -> Option<String> {
    let text = value.name("._+@-", "this can't be shown as a name in tables")?;
    if earlier.iter().any(|entry| entry.name == text) {
        let title = format!("two `[[interpreter]]` tables are named `{text}`");
        return value.problem(title, "expected another name");
    }
    Some(text.to_owned())
}

fn command(value: &TomlValue<'_>) -> Option<Vec<String>> {
    const EXPECTED: &str = r#"a program and its arguments such as ["chroot", "/srv/sid", "python3.14"]"#;
    value.list_of(EXPECTED, |word| {
        let text = word.string(EXPECTED)?;
        match text.is_empty() || text.contains('\0') {
            true => word.wrong_value(EXPECTED, "an empty word, or one with a NUL, can't be run"),
            false => Some(text.to_owned()),
        }
    })
}

/// Reads a request. What is none may be meant for one of the tables.
fn request(text: &str, value: &TomlValue<'_>, tables: &[InterpreterEntry]) -> Option<InterpreterSource> {
    let text = text.trim();
    let Err(error) = text.parse::<Request>() else {
        return Some(InterpreterSource::Request(text.to_owned()));
    };
    let near = |entry: &&InterpreterEntry| strsim::osa_distance(text, &entry.name) <= 2;
    let meant = tables.iter().find(near).map_or(error.nearest, |table| table.name.clone());
    let title = format!("`{text}` is not a request for an interpreter");
    let label = format!("{}; expected {REQUEST}", error.problem);
    value.problem_with_help(title, label, format!("did you mean `{meant}`?"))
}

/// Reads `[interpreters]`, which is `place` in the file; `None` where it isn't sound enough for anything that names an
/// interpreter.
pub(super) fn read(
    table: Option<TomlTable<'_>>,
    definitions: &[InterpreterEntry],
    place: &str,
    problems: &Problems,
) -> Option<Interpreters> {
    let Some(mut table) = table else {
        let help = format!("add `use = {EXAMPLE}` under `[{place}]`");
        return problems.add_with_help(None, "the matrix names no interpreters", "", help);
    };
    let entries = table.required("use", EXAMPLE).and_then(|value| entries(&value, definitions));
    let baseline = table.get("baseline");
    let missing = table.read("missing", TomlValue::one_of);
    let comparability = table.read("comparability", TomlValue::one_of::<Comparability>);
    let allow_prerelease = table.read("allow_prerelease", TomlValue::boolean);
    table.finish();
    let entries = entries?;
    let baseline = match baseline {
        Some(value) => self::baseline(&value, &entries)?,
        None => default_baseline(&entries)?,
    };
    Some(Interpreters {
        entries,
        baseline,
        missing: missing.unwrap_or(MissingPolicy::Skip),
        comparability: comparability.unwrap_or_default(),
        allow_prerelease: allow_prerelease.unwrap_or_default(),
    })
}

fn entries(value: &TomlValue<'_>, definitions: &[InterpreterEntry]) -> Option<Vec<InterpreterEntry>> {
    let mut names: Vec<String> = Vec::new();
    value.list_of(USE, |item| {
        let entry = entry(item, definitions)?;
        if names.contains(&entry.name) {
            return item.problem(format!("interpreter `{}` is listed twice", entry.name), "listed before");
        }
        names.push(entry.name.clone());
        Some(entry)
    })
}

fn entry(value: &TomlValue<'_>, definitions: &[InterpreterEntry]) -> Option<InterpreterEntry> {
    if let DeValue::Float(number) = value.get() {
        let help = format!("write `\"{}\"` in quotes: as a number, 3.10 would be 3.1", number.as_str());
        return value.rather(USE, "this is a number", help);
    }
    let text = value.string(USE)?.trim();
    if let Some(defined) = definitions.iter().find(|entry| entry.name == text) {
        return Some(defined.clone());
    }
    Some(InterpreterEntry { name: text.to_owned(), source: request(text, value, definitions)? })
}

fn baseline(value: &TomlValue<'_>, entries: &[InterpreterEntry]) -> Option<String> {
    let names: Vec<&str> = entries.iter().map(|entry| entry.name.as_str()).collect();
    let title = |text: &str| format!("the baseline `{text}` is not in `interpreters.use`");
    value.known("the name of one of the interpreters in `use`", &names, title).map(str::to_owned)
}

/// Returns the first that asks for a build with the GIL by version, else the first.
pub(crate) fn default_baseline(entries: &[InterpreterEntry]) -> Option<String> {
    let with_gil = |entry: &&InterpreterEntry| match &entry.source {
        InterpreterSource::Request(text) => matches!(
            text.parse(),
            Ok(Request::Version(asked)) if asked.build == Build::Gil && asked.versions != Versions::Any
        ),
        InterpreterSource::Command(_) => false,
    };
    entries.iter().find(with_gil).or(entries.first()).map(|entry| entry.name.clone())
}
