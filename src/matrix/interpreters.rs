//! `[interpreters]` and the `[[interpreter]]` tables it may name.

use toml::de::DeValue;

use super::problems::Problems;
use super::reader::{TomlTable, TomlValue};
use super::request::{Shape, shape};
use super::{Comparability, InterpreterEntry, InterpreterSource, Interpreters, MissingPolicy};

const EXAMPLE: &str = r#"["3.13", "3.13t"]"#;
const USE: &str = r#"a list of interpreters such as ["3.13", "3.13t"]"#;
const MISSING: [(&str, MissingPolicy); 3] =
    [("skip", MissingPolicy::Skip), ("fail", MissingPolicy::Fail), ("install", MissingPolicy::Install)];
const COMPARABILITY: [(&str, Comparability); 2] =
    [("warn", Comparability::Warn), ("strict", Comparability::Strict)];

/// Reads the `[[interpreter]]` tables.
pub(super) fn definitions(tables: Vec<TomlTable<'_, '_>>, problems: &mut Problems) -> Vec<InterpreterEntry> {
    let mut entries: Vec<InterpreterEntry> = Vec::new();
    for table in tables {
        let Some(entry) = definition(table, &entries, problems) else { continue };
        entries.push(entry);
    }
    entries
}

fn definition(
    mut table: TomlTable<'_, '_>,
    earlier: &[InterpreterEntry],
    problems: &mut Problems,
) -> Option<InterpreterEntry> {
    let span = table.span();
    let name =
        table.required("name", "\"my-build\"", problems).and_then(|value| name(&value, earlier, problems));
    let command = table.get("command");
    let request = table.get("request");
    let source = match (&command, &request) {
        (Some(command), None) => self::command(command, problems).map(InterpreterSource::Command),
        (None, Some(request)) => request_string(request, problems).map(InterpreterSource::Request),
        (Some(_), Some(request)) => {
            let label = "this table has a `command` too";
            problems.add(
                request.span(),
                "`interpreter` takes either `command` or `request`, not both",
                label,
            );
            None
        }
        (None, None) => {
            problems.add_with_help(
                span,
                "`interpreter` needs either `command` or `request`",
                "this table has neither",
                r#"add `request = "path/to/python3"`, or `command = ["wrapper", "python3"]`"#,
            );
            None
        }
    };
    table.finish(problems);
    Some(InterpreterEntry { name: name?, source: source? })
}

fn name(value: &TomlValue<'_, '_>, earlier: &[InterpreterEntry], problems: &mut Problems) -> Option<String> {
    const EXPECTED: &str = "a name of letters, digits and `.`, `_`, `+`, `@`, `-`";
    let text = value.string(EXPECTED, problems)?;
    let sound = text.chars().all(|c| c.is_alphanumeric() || "._+@-".contains(c));
    if text.is_empty() || text.starts_with('-') || !sound {
        value.wrong_value(EXPECTED, "this can't be shown as a name in tables", problems);
        return None;
    }
    if earlier.iter().any(|entry| entry.name == text) {
        problems.add(
            value.span(),
            format!("two `[[interpreter]]` tables are named `{text}`"),
            "expected another name",
        );
        return None;
    }
    Some(text.to_owned())
}

fn command(value: &TomlValue<'_, '_>, problems: &mut Problems) -> Option<Vec<String>> {
    const EXPECTED: &str = r#"a program and its arguments such as ["chroot", "/srv/sid", "python3.14"]"#;
    let items = value.list(EXPECTED, problems)?;
    let words: Vec<_> = items.iter().filter_map(|item| word(item, EXPECTED, problems)).collect();
    (words.len() == items.len()).then_some(words)
}

fn word(value: &TomlValue<'_, '_>, expected: &str, problems: &mut Problems) -> Option<String> {
    let text = value.string(expected, problems)?;
    if text.is_empty() || text.contains('\0') {
        value.wrong_value(expected, "an empty word, or one with a NUL, can't be run", problems);
        return None;
    }
    Some(text.to_owned())
}

/// Reads a request; this is the one place where its syntax is judged here.
fn request_string(value: &TomlValue<'_, '_>, problems: &mut Problems) -> Option<String> {
    let text = value.string("a request such as \"3.13t\", or a path", problems)?;
    match shape(text) {
        Ok(_) => Some(text.to_owned()),
        Err(why) => {
            problems.add(value.span(), format!("`{text}` is not a request for an interpreter"), why);
            None
        }
    }
}

/// Reads `[interpreters]`; `None` where it isn't sound enough for anything that names an interpreter.
pub(super) fn read(
    table: Option<TomlTable<'_, '_>>,
    definitions: &[InterpreterEntry],
    problems: &mut Problems,
) -> Option<Interpreters> {
    let Some(mut table) = table else {
        let help = format!("add `use = {EXAMPLE}` under `[interpreters]`");
        problems.add_with_help(None, "the matrix names no interpreters", "", help);
        return None;
    };
    let entries =
        table.required("use", EXAMPLE, problems).and_then(|value| entries(&value, definitions, problems));
    let baseline = table.get("baseline");
    let missing = table.get("missing").and_then(|value| word_of(&value, &MISSING, problems));
    let comparability =
        table.get("comparability").and_then(|value| word_of(&value, &COMPARABILITY, problems));
    let allow_prerelease = table.get("allow_prerelease").and_then(|value| value.boolean(problems));
    let entries = entries.and_then(|entries| {
        let baseline = match baseline {
            Some(value) => self::baseline(&value, &entries, problems)?,
            None => default_baseline(&entries)?,
        };
        Some((entries, baseline))
    });
    table.finish(problems);
    let (entries, baseline) = entries?;
    Some(Interpreters {
        entries,
        baseline,
        missing: missing.unwrap_or(MissingPolicy::Skip),
        comparability: comparability.unwrap_or_default(),
        allow_prerelease: allow_prerelease.unwrap_or_default(),
    })
}

fn entries(
    value: &TomlValue<'_, '_>,
    definitions: &[InterpreterEntry],
    problems: &mut Problems,
) -> Option<Vec<InterpreterEntry>> {
    let items = value.list(USE, problems)?;
    let mut entries: Vec<InterpreterEntry> = Vec::new();
    for item in &items {
        let Some(entry) = entry(item, definitions, problems) else { continue };
        if entries.iter().any(|earlier| earlier.name == entry.name) {
            problems.add(
                item.span(),
                format!("interpreter `{}` is listed twice", entry.name),
                "listed before",
            );
        } else {
            entries.push(entry);
        }
    }
    (entries.len() == items.len()).then_some(entries)
}

fn entry(
    value: &TomlValue<'_, '_>,
    definitions: &[InterpreterEntry],
    problems: &mut Problems,
) -> Option<InterpreterEntry> {
    if let DeValue::Float(number) = value.get() {
        let help = format!("write `\"{}\"` in quotes: as a number, 3.10 would be 3.1", number.as_str());
        problems.add_with_help(
            value.span(),
            format!("`{}` must be {USE}", value.name),
            "this is a number",
            help,
        );
        return None;
    }
    let text = value.string(USE, problems)?;
    if let Some(defined) = definitions.iter().find(|entry| entry.name == text) {
        return Some(defined.clone());
    }
    let request = request_string(value, problems)?;
    if let (Ok(Shape::Name), Some(meant)) = (shape(text), misspelt(text, definitions)) {
        let title = format!("there is no interpreter `{text}`");
        let label = "neither an `[[interpreter]]` table nor a usual name on PATH";
        problems.add_with_help(value.span(), title, label, format!("did you mean `{meant}`?"));
        return None;
    }
    Some(InterpreterEntry { name: text.to_owned(), source: InterpreterSource::Request(request) })
}

/// Returns the table that a request seems to misspell: the slip would otherwise be taken for an executable on PATH.
fn misspelt<'a>(text: &str, definitions: &'a [InterpreterEntry]) -> Option<&'a str> {
    if ["python", "pypy", "graalpy"].iter().any(|usual| text.contains(usual)) {
        return None;
    }
    let distance = |entry: &InterpreterEntry| strsim::osa_distance(text, &entry.name);
    let near = definitions.iter().min_by_key(|entry| distance(entry))?;
    (distance(near) <= 2).then_some(near.name.as_str())
}

/// Reads one of a few words.
fn word_of<T: Copy>(value: &TomlValue<'_, '_>, words: &[(&str, T)], problems: &mut Problems) -> Option<T> {
    let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
    let quoted: Vec<String> = known.iter().map(|word| format!("`{word}`")).collect();
    let expected = match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => quoted.concat(),
    };
    let text = value.string(&expected, problems)?;
    let found = words.iter().find(|(word, _)| *word == text).map(|(_, meaning)| *meaning);
    if found.is_none() {
        problems.unknown(value.span(), format!("`{}` can't be `{text}`", value.name), text, &known);
    }
    found
}

fn baseline(
    value: &TomlValue<'_, '_>,
    entries: &[InterpreterEntry],
    problems: &mut Problems,
) -> Option<String> {
    let names: Vec<&str> = entries.iter().map(|entry| entry.name.as_str()).collect();
    let text = value.string("the name of one of the interpreters in `use`", problems)?;
    if !names.contains(&text) {
        problems.unknown(
            value.span(),
            format!("the baseline `{text}` is not in `interpreters.use`"),
            text,
            &names,
        );
        return None;
    }
    Some(text.to_owned())
}

/// Returns the first that asks for a build with the GIL by version, else the first.
pub(crate) fn default_baseline(entries: &[InterpreterEntry]) -> Option<String> {
    let with_gil = |entry: &&InterpreterEntry| match &entry.source {
        InterpreterSource::Request(text) => shape(text) == Ok(Shape::Version { free_threaded: false }),
        InterpreterSource::Command(_) => false,
    };
    entries.iter().find(with_gil).or(entries.first()).map(|entry| entry.name.clone())
}
