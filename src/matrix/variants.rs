//! `[[variant]]`: an axis of environments beside the plain one, which always stays.

use std::collections::BTreeMap;

use super::cpus;
use super::problems::Problems;
use super::reader::{TomlTable, TomlValue, all};
use super::values::packages;
use super::workers::count;
use super::{BLAS_THREADS, CpuSet, Variant};
use crate::cell::{PLAIN, StartMethod};

/// What a name may have beside letters and digits.
const NAME_SIGNS: &str = "._-";
const RESERVED: &str = "this name has a meaning of its own";
const GIL_TAKES: &str = "\"0\" or \"1\"";
const GIL_WHY: &str = "Python refuses to start with any other value";

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
    let packages = table.read("packages", packages).unwrap_or_default();
    if ["env", "xoptions", "blas_threads", "cpus", "packages"].into_iter().all(|key| table.get(key).is_none())
    {
        return table.problem_with_help(
            "`variant` needs `env`, `xoptions`, `blas_threads`, `cpus` or `packages`",
            "this table has none of them",
            "add `env = { PYTHON_GIL = \"1\" }`",
        );
    }
    table.finish();
    if let Some(variables) = variables.filter(|_| threads.is_some()) {
        said_once(&variables, table.problems)?;
    }
    let (env, xoptions) = (env.unwrap_or_default(), xoptions.unwrap_or_default());
    Some(Variant { name: name?, env, xoptions, blas_threads, packages, cpus })
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

/// Reads `NAME=VALUE` of a command line.
///
/// # Errors
/// It is none, or Python would refuse it.
pub(crate) fn assignment(text: &str) -> Result<(String, String), String> {
    match text.split_once('=').filter(|(name, _)| !name.is_empty()) {
        None => Err("expected NAME=VALUE, as PYTHON_GIL=0".to_owned()),
        Some((name, value)) if gil_refuses(name, value) => {
            Err(format!("`{name}` must be {GIL_TAKES}: {GIL_WHY}"))
        }
        Some((name, value)) => Ok((name.to_owned(), value.to_owned())),
    }
}

/// Reads `VARIANT:NAME=VALUE` of a command line.
///
/// # Errors
/// It is none, no table could show the variant's name, or Python would refuse the variable.
pub(crate) fn variant_assignment(text: &str) -> Result<(String, (String, String)), String> {
    let (variant, rest) = (text.split_once(':').filter(|(variant, _)| !variant.contains('=')))
        .ok_or("expected VARIANT:NAME=VALUE, as gil-on:PYTHON_GIL=1")?;
    let sound = |c: char| c.is_alphanumeric() || NAME_SIGNS.contains(c);
    match variant {
        _ if variant.is_empty() || variant.starts_with('-') || !variant.chars().all(sound) => {
            Err(format!("`{variant}` can't name a variant: letters, digits, `.`, `_` and `-` can"))
        }
        _ if is_reserved(variant) => Err(format!("a variant can't be named `{variant}`: {RESERVED}")),
        _ => Ok((variant.to_owned(), assignment(rest)?)),
    }
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

fn is_reserved(name: &str) -> bool {
    name == PLAIN || name.parse::<StartMethod>().is_ok()
}

fn gil_refuses(variable: &str, value: &str) -> bool {
    variable == "PYTHON_GIL" && !["0", "1"].contains(&value)
}

fn name(value: &TomlValue<'_>, earlier: &[String]) -> Option<String> {
    let text = value.name(NAME_SIGNS, "this can't be shown as a name in tables")?.to_owned();
    if is_reserved(&text) {
        return value.problem(format!("a variant can't be named `{text}`"), RESERVED);
    }
    match earlier.contains(&text) {
        true => value.problem(format!("two variants are named `{text}`"), "expected another name"),
        false => Some(text),
    }
}

pub(super) fn environment(value: &TomlValue<'_>) -> Option<BTreeMap<String, String>> {
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
    if gil_refuses(key, text) {
        return value.wrong_value(GIL_TAKES, GIL_WHY);
    }
    if text.contains('\0') {
        return value.wrong_value("a string without NUL", "no environment can hold this");
    }
    Some(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::harness::sample::catalogue;
    use crate::matrix::{Matrix, parse};

    fn matrix(more: &str) -> Matrix {
        let text = format!("[interpreters]\nuse = [\"3.13\"]\n{more}");
        parse(&text, "matrix.toml", &catalogue(), 2).unwrap_or_else(|error| panic!("{error}"))
    }

    #[test]
    fn every_library_is_told_its_threads() {
        let matrix = matrix("[[variant]]\nname = \"v\"\nblas_threads = 3\nenv = { A = \"b\" }");
        let variables = matrix.variables("v");
        assert_eq!(variables.len(), 1 + BLAS_THREADS.len());
        assert!(BLAS_THREADS.iter().all(|name| variables[*name] == "3"));
        assert_eq!((matrix.variables(PLAIN).len(), matrix.threads_by_worker("v")), (0, 3));
    }

    #[test]
    fn threads_of_a_worker_are_the_most_that_is_said() {
        let threads = |env: &str| {
            matrix(&format!("[[variant]]\nname = \"v\"\nenv = {{ {env} }}")).threads_by_worker("v")
        };
        assert_eq!(threads("A = \"9\""), 1);
        let own = "OMP_NUM_THREADS = \"2\", MKL_NUM_THREADS = \"3\", BLIS_NUM_THREADS = \"all\"";
        assert_eq!((threads(own), threads("OMP_NUM_THREADS = \"0\"")), (3, 1));
    }

    #[test]
    fn what_all_cells_have_is_a_variants_too_unless_it_says_otherwise() {
        let all = "[run]\nenv = { PYTHON_GIL = \"0\", MALLOC_ARENA_MAX = \"2\", OMP_NUM_THREADS = \"4\" }\n";
        let matrix = matrix(&format!("{all}[[variant]]\nname = \"on\"\nxoptions = [\"gil=1\"]"));
        assert_eq!((matrix.python_gil(PLAIN), matrix.python_gil("on")), (Some("0"), Some("1")));
        assert_eq!((matrix.threads_by_worker(PLAIN), matrix.threads_by_worker("on")), (4, 4));
        assert_eq!(matrix.loader_env("on").into_keys().collect::<Vec<_>>(), ["MALLOC_ARENA_MAX"]);
    }

    #[test]
    fn a_command_line_names_variables_and_variants() {
        let owned = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(assignment("A=b=c"), Ok(owned("A", "b=c")));
        assert_eq!(variant_assignment("on:A="), Ok(("on".to_owned(), owned("A", ""))));
        for text in ["A", "=b", "PYTHON_GIL=2"] {
            assert!(assignment(text).is_err(), "{text}");
        }
        for text in
            ["A=b", "A=b:c", ":A=b", "-x:A=b", "a b:A=b", "plain:A=b", "spawn:A=b", "on:PYTHON_GIL=x", "on:A"]
        {
            assert!(variant_assignment(text).is_err(), "{text}");
        }
    }
}
