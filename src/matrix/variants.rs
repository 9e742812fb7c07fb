//! `[[variant]]`: an axis of environments beside the plain one, which always stays.

use std::collections::BTreeMap;

use super::cpus;
use super::problems::Problems;
use super::reader::{TomlTable, TomlValue};
use super::workers::MOST;
use super::{BLAS_THREADS, CpuSet, Variant};
use crate::cell::{PLAIN, StartMethod};

/// Reads the `[[variant]]` tables; `None` where they aren't sound enough for anything that names a variant. `of_run`
/// are the CPUs that the whole run is held to.
pub(super) fn read(
    tables: Vec<TomlTable<'_, '_>>,
    of_run: Option<&CpuSet>,
    problems: &mut Problems,
) -> Option<Vec<Variant>> {
    let count = tables.len();
    let mut variants: Vec<Variant> = Vec::new();
    for table in tables {
        let Some(variant) = variant(table, &variants, of_run, problems) else { continue };
        variants.push(variant);
    }
    (variants.len() == count).then_some(variants)
}

fn variant(
    mut table: TomlTable<'_, '_>,
    earlier: &[Variant],
    of_run: Option<&CpuSet>,
    problems: &mut Problems,
) -> Option<Variant> {
    let name = table.required("name", "\"gil-on\"", problems).and_then(|it| name(&it, earlier, problems));
    let variables = table.get("env");
    let env = variables.as_ref().map(|value| environment(value, problems));
    let options = table.get("xoptions").map(|value| xoptions(&value, problems));
    let threads = table.get("blas_threads").map(|value| blas_threads(&value, problems));
    let cpus = table.get("cpus").map(|value| pinned(&value, of_run, problems));
    if env.is_none() && options.is_none() && threads.is_none() && cpus.is_none() {
        let title = "`variant` needs `env`, `xoptions`, `blas_threads` or `cpus`";
        problems.add_with_help(
            table.span(),
            title,
            "this table has none of them",
            "add `env = { PYTHON_GIL = \"1\" }`",
        );
        return None;
    }
    table.finish(problems);
    if let (Some(variables), Some(_)) = (&variables, &threads) {
        said_once(variables, problems)?;
    }
    Some(Variant {
        name: name?,
        env: env.unwrap_or_else(|| Some(BTreeMap::new()))?,
        xoptions: options.unwrap_or_else(|| Some(Vec::new()))?,
        blas_threads: threads.map_or(Some(None), |threads| threads.map(Some))?,
        cpus: cpus.map_or(Some(None), |cpus| cpus.map(Some))?,
    })
}

/// Reads some of the CPUs that the run is held to.
fn pinned(value: &TomlValue<'_, '_>, of_run: Option<&CpuSet>, problems: &mut Problems) -> Option<CpuSet> {
    let cpus = cpus::read(value, problems)?;
    if let Some((run, beyond)) = of_run.and_then(|run| Some((run, cpus.beyond(run)?))) {
        let why = format!("CPU {beyond} is not among those of `run.cpus`, {run}");
        value.wrong_value("some of the run's CPUs", why, problems);
        return None;
    }
    Some(cpus)
}

/// Reads a number of threads: as many as there may be workers.
fn blas_threads(value: &TomlValue<'_, '_>, problems: &mut Problems) -> Option<u32> {
    let expected = format!("a whole number from 1 to {MOST}");
    let (meant, label) = match (value.get().as_integer(), value.get().as_str()) {
        (Some(integer), _) => {
            let number = i128::from_str_radix(integer.as_str(), integer.radix()).ok();
            if let Some(sound) = number.filter(|it| (1..=i128::from(MOST)).contains(it)) {
                return sound.try_into().ok();
            }
            (number, format!("{} is out of range", integer.as_str()))
        }
        (None, text) => (text.and_then(|text| text.trim().parse().ok()), "this is a string".to_owned()),
    };
    let Some(nearest) = meant.map(|it| it.clamp(1, i128::from(MOST))) else {
        value.wrong_type(&expected, problems);
        return None;
    };
    let title = format!("`{}` must be {expected}", value.name);
    problems.add_with_help(value.span(), title, label, format!("write `{nearest}`"));
    None
}

/// Checks that `env` sets nothing that `blas_threads` sets.
fn said_once(variables: &TomlValue<'_, '_>, problems: &mut Problems) -> Option<()> {
    let twice = variables.get().as_table()?.keys().find(|key| BLAS_THREADS.contains(&key.get_ref().as_ref()));
    let Some(key) = twice else { return Some(()) };
    let title = format!("`variant.env.{}` and `variant.blas_threads` say the same", key.get_ref());
    let label = "`blas_threads` sets this variable";
    problems.add_with_help(key.span(), title, label, "leave out one of the two");
    None
}

fn xoptions(value: &TomlValue<'_, '_>, problems: &mut Problems) -> Option<Vec<String>> {
    const EXPECTED: &str = r#"a list of what follows `-X`, such as ["gil=1"]"#;
    let items = value.list(EXPECTED, problems)?;
    let options: Vec<_> = items.iter().filter_map(|item| xoption(item, EXPECTED, problems)).collect();
    (options.len() == items.len()).then_some(options)
}

fn xoption(value: &TomlValue<'_, '_>, expected: &str, problems: &mut Problems) -> Option<String> {
    let text = value.string(expected, problems)?;
    let (name, setting) = text.split_once('=').map_or((text, None), |(name, setting)| (name, Some(setting)));
    if let Some(rest) = text.strip_prefix("-X") {
        let help = format!("write `\"{}\"`", rest.trim_start());
        problems.add_with_help(value.span(), format!("`{text}` is not {expected}"), "without `-X`", help);
    } else if name.is_empty()
        || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        || text.contains('\0')
    {
        value.wrong_value(expected, "expected `name` or `name=value`", problems);
    } else if name == "gil" && !matches!(setting, Some("0" | "1")) {
        value.wrong_value("\"gil=0\" or \"gil=1\"", "Python refuses to start with any other value", problems);
    } else if name == "pycache_prefix" {
        value.wrong_value(
            expected,
            "gilmatrix itself keeps the bytecode of each interpreter apart",
            problems,
        );
    } else {
        return Some(text.to_owned());
    }
    None
}

fn name(value: &TomlValue<'_, '_>, earlier: &[Variant], problems: &mut Problems) -> Option<String> {
    const EXPECTED: &str = "a name of letters, digits and `.`, `_`, `-`";
    let text = value.string(EXPECTED, problems)?;
    let sound = text.chars().all(|c| c.is_alphanumeric() || "._-".contains(c));
    if text.is_empty() || text.starts_with('-') || !sound {
        value.wrong_value(EXPECTED, "this can't be shown as a name in tables", problems);
    } else if text == PLAIN || text.parse::<StartMethod>().is_ok() {
        let title = format!("a variant can't be named `{text}`");
        problems.add(value.span(), title, "this name has a meaning of its own");
    } else if earlier.iter().any(|variant| variant.name == text) {
        problems.add(value.span(), format!("two variants are named `{text}`"), "expected another name");
    } else {
        return Some(text.to_owned());
    }
    None
}

fn environment(value: &TomlValue<'_, '_>, problems: &mut Problems) -> Option<BTreeMap<String, String>> {
    const EXPECTED: &str = "a table of strings such as { PYTHON_GIL = \"1\" }";
    let table = value.table(EXPECTED, problems)?;
    let mut env = BTreeMap::new();
    let mut sound = true;
    for (key, span, value) in table.entries() {
        match setting(key, span, &value, problems) {
            Some(text) => {
                env.insert(key.to_owned(), text);
            }
            None => sound = false,
        }
    }
    if sound && env.is_empty() {
        value.wrong_value(EXPECTED, "this one sets nothing, as the plain environment does", problems);
        return None;
    }
    sound.then_some(env)
}

fn setting(
    key: &str,
    span: std::ops::Range<usize>,
    value: &TomlValue<'_, '_>,
    problems: &mut Problems,
) -> Option<String> {
    if key.is_empty() || key.contains(['=', '\0']) {
        problems.add(span, "not the name of an environment variable", "expected one without `=`, not empty");
        return None;
    }
    if let Some(number) = value.get().as_integer() {
        let title = format!("`{}` must be a string", value.name);
        problems.add_with_help(
            value.span(),
            title,
            "this is a whole number",
            format!("write `\"{number}\"`"),
        );
        return None;
    }
    let text = value.string("a string", problems)?;
    if key == "PYTHON_GIL" && !["0", "1"].contains(&text) {
        value.wrong_value("\"0\" or \"1\"", "Python refuses to start with any other value", problems);
        return None;
    }
    if text.contains('\0') {
        value.wrong_value("a string without NUL", "no environment can hold this", problems);
        return None;
    }
    Some(text.to_owned())
}
