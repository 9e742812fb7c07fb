//! `[[variant]]`: an axis of environments beside the plain one, which always stays.

use std::collections::BTreeMap;

use super::cpus;
use super::problems::Problems;
use super::reader::{TomlTable, TomlValue, all};
use super::workers::count;
use super::{BLAS_THREADS, CpuSet, Variant};
use crate::cell::{PLAIN, StartMethod};

/// Reads the `[[variant]]` tables; `None` where they aren't sound enough for anything that names a variant. `of_run`
/// are the CPUs that the whole run is held to.
pub(super) fn read(tables: Vec<TomlTable<'_>>, of_run: Option<&CpuSet>) -> Option<Vec<Variant>> {
    let mut names: Vec<String> = Vec::new();
    all(tables.into_iter().map(|table| {
        let variant = variant(table, &names, of_run)?;
        names.push(variant.name.clone());
        Some(variant)
    }))
}

fn variant(mut table: TomlTable<'_>, earlier: &[String], of_run: Option<&CpuSet>) -> Option<Variant> {
    let name = table.required("name", "\"gil-on\"").and_then(|value| name(&value, earlier));
    let variables = table.get("env");
    let threads = table.get("blas_threads");
    let env = variables.as_ref().and_then(environment);
    let xoptions = table.read("xoptions", xoptions);
    let blas_threads = threads.as_ref().and_then(count);
    let cpus = table.read("cpus", |value| pinned(value, of_run));
    if ["env", "xoptions", "blas_threads", "cpus"].into_iter().all(|key| table.get(key).is_none()) {
        return table.problem_with_help(
            "`variant` needs `env`, `xoptions`, `blas_threads` or `cpus`",
            "this table has none of them",
            "add `env = { PYTHON_GIL = \"1\" }`",
        );
    }
    table.finish();
    if let Some(variables) = variables.filter(|_| threads.is_some()) {
        said_once(&variables, table.problems)?;
    }
    let (env, xoptions) = (env.unwrap_or_default(), xoptions.unwrap_or_default());
    Some(Variant { name: name?, env, xoptions, blas_threads, cpus })
}

/// Reads some of the CPUs that the run is held to.
fn pinned(value: &TomlValue<'_>, of_run: Option<&CpuSet>) -> Option<CpuSet> {
    let cpus = cpus::read(value)?;
    if let Some((run, beyond)) = of_run.and_then(|run| Some((run, cpus.beyond(run)?))) {
        let why = format!("CPU {beyond} is not among those of `run.cpus`, {run}");
        return value.wrong_value("some of the run's CPUs", why);
    }
    Some(cpus)
}

/// Checks that `env` sets nothing that `blas_threads` sets.
fn said_once(variables: &TomlValue<'_>, problems: &Problems) -> Option<()> {
    let twice = variables.get().as_table()?.keys().find(|key| BLAS_THREADS.contains(&key.get_ref().as_ref()));
    let Some(key) = twice else { return Some(()) };
    let title = format!("`variant.env.{}` and `variant.blas_threads` say the same", key.get_ref());
    let label = "`blas_threads` sets this variable";
    problems.add_with_help(key.span(), title, label, "leave out one of the two")
}

fn xoptions(value: &TomlValue<'_>) -> Option<Vec<String>> {
    const EXPECTED: &str = r#"a list of what follows `-X`, such as ["gil=1"]"#;
    value.list_of(EXPECTED, |option| xoption(option, EXPECTED))
}

fn xoption(value: &TomlValue<'_>, expected: &str) -> Option<String> {
    let text = value.string(expected)?;
    let (name, setting) = text.split_once('=').map_or((text, None), |(name, setting)| (name, Some(setting)));
    if let Some(rest) = text.strip_prefix("-X") {
        let help = format!("write `\"{}\"`", rest.trim_start());
        return value.problem_with_help(format!("`{text}` is not {expected}"), "without `-X`", help);
    }
    let plain = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    match name {
        _ if !plain || text.contains('\0') => value.wrong_value(expected, "expected `name` or `name=value`"),
        "gil" if !matches!(setting, Some("0" | "1")) => {
            value.wrong_value("\"gil=0\" or \"gil=1\"", "Python refuses to start with any other value")
        }
        "pycache_prefix" => {
            value.wrong_value(expected, "gilmatrix itself keeps the bytecode of each interpreter apart")
        }
        _ => Some(text.to_owned()),
    }
}

fn name(value: &TomlValue<'_>, earlier: &[String]) -> Option<String> {
    let text = value.name("._-", "this can't be shown as a name in tables")?.to_owned();
    if text == PLAIN || text.parse::<StartMethod>().is_ok() {
        let title = format!("a variant can't be named `{text}`");
        return value.problem(title, "this name has a meaning of its own");
    }
    match earlier.contains(&text) {
        true => value.problem(format!("two variants are named `{text}`"), "expected another name"),
        false => Some(text),
    }
}

fn environment(value: &TomlValue<'_>) -> Option<BTreeMap<String, String>> {
    const EXPECTED: &str = "a table of strings such as { PYTHON_GIL = \"1\" }";
    let table = value.table(EXPECTED)?;
    let settings = all(table.entries().map(|(key, span, value)| {
        if key.is_empty() || key.contains(['=', '\0']) {
            let title = "not the name of an environment variable";
            return table.problems.add(span, title, "expected one without `=`, not empty");
        }
        Some((key.to_owned(), setting(key, &value)?))
    }))?;
    if settings.is_empty() {
        return value.wrong_value(EXPECTED, "this one sets nothing, as the plain environment does");
    }
    Some(settings.into_iter().collect())
}

fn setting(key: &str, value: &TomlValue<'_>) -> Option<String> {
    if let Some(number) = value.get().as_integer() {
        return value.rather("a string", "this is a whole number", format!("write `\"{number}\"`"));
    }
    let text = value.string("a string")?;
    if key == "PYTHON_GIL" && !["0", "1"].contains(&text) {
        return value.wrong_value("\"0\" or \"1\"", "Python refuses to start with any other value");
    }
    if text.contains('\0') {
        return value.wrong_value("a string without NUL", "no environment can hold this");
    }
    Some(text.to_owned())
}
