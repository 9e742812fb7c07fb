//! `[[workload]]`: what one task does, its size, and how many there are in a pass.

use std::ops::Range;
use std::path::Path;

use serde_json::Value as Json;
use toml::de::DeValue;

use super::problems::Problems;
use super::reader::{Table, Value};
use super::sweep::Sizes;
use super::{Workload, script};
use crate::harness::{Catalogue, WorkloadInfo};

/// The last one is skipped with its reason where numpy isn't there.
const DEFAULT: [&str; 3] = ["fib", "matmul", "matmul-numpy"];
pub(super) const MOST_TASKS: u64 = 1_000_000;

pub fn default(catalogue: &Catalogue) -> Vec<Workload> {
    DEFAULT.iter().filter_map(|name| catalogue.workload(name)).map(defaults).collect()
}

/// `None` where the tables aren't sound enough for anything that names a workload. Scripts are found
/// from `folder`.
pub fn read(
    tables: Vec<Table<'_, '_>>,
    folder: &Path,
    catalogue: &Catalogue,
    problems: &mut Problems,
) -> Option<Vec<Workload>> {
    let mut workloads: Vec<Workload> = Vec::new();
    let (mut names, mut sound): (Vec<Workload>, bool) = (Vec::new(), true);
    for mut table in tables {
        let sizes = Sizes::take(&mut table);
        let workload = match table.get("script") {
            Some(value) => script::read(table, &value, folder, &names, problems),
            None => workload(table, &names, catalogue, problems),
        };
        names.extend(workload.clone());
        match workload.and_then(|workload| sizes.apply(workload, problems)) {
            Some(points) => workloads.extend(points),
            None => sound = false,
        }
    }
    sound.then_some(workloads)
}

fn defaults(info: &WorkloadInfo) -> Workload {
    Workload {
        name: info.name.clone(),
        tasks: info.tasks,
        args: info.args.clone(),
        packages: Vec::new(),
        project: None,
        scaling: Default::default(),
        sweep: None,
        script: None,
        stress: info.stress.clone(),
        expect: info.expect.clone(),
    }
}

fn workload(
    mut table: Table<'_, '_>,
    earlier: &[Workload],
    catalogue: &Catalogue,
    problems: &mut Problems,
) -> Option<Workload> {
    let info = table
        .required("name", "\"fib\"", problems)
        .and_then(|value| info(&value, earlier, catalogue, problems));
    let tasks = table.get("tasks").map(|value| value.integer(1..=MOST_TASKS, problems));
    let args = table.get("args");
    let packages = table.get("packages").map(|value| packages(&value, problems));
    table.finish(problems);
    let mut workload = defaults(info?);
    if let Some(tasks) = tasks {
        workload.tasks = tasks?.try_into().ok()?;
    }
    if let Some(args) = args {
        workload.args = arguments(&args, info?, problems)?;
    }
    if let Some(packages) = packages {
        workload.packages = packages?;
    }
    Some(workload)
}

pub(super) fn packages(value: &Value<'_, '_>, problems: &mut Problems) -> Option<Vec<String>> {
    const EXPECTED: &str = r#"a list of requirements such as ["numpy>=2"]"#;
    let items = value.list(EXPECTED, problems)?;
    let texts: Vec<_> = items.iter().filter_map(|item| requirement(item, EXPECTED, problems)).collect();
    (texts.len() == items.len()).then_some(texts)
}

/// The installer judges the rest; what it would take for an option is no requirement.
fn requirement(value: &Value<'_, '_>, expected: &str, problems: &mut Problems) -> Option<String> {
    let text = value.string(expected, problems)?.trim();
    let start = text.chars().next().is_some_and(|c| c.is_ascii_alphanumeric() || "./".contains(c));
    if !start || text.contains(['\0', '\n', '\r']) {
        value.wrong_value(expected, "a requirement begins with a package's name or a path", problems);
        return None;
    }
    Some(text.to_owned())
}

fn info<'c>(
    value: &Value<'_, '_>,
    earlier: &[Workload],
    catalogue: &'c Catalogue,
    problems: &mut Problems,
) -> Option<&'c WorkloadInfo> {
    let known: Vec<&str> = catalogue.workloads.iter().map(|workload| workload.name.as_str()).collect();
    let text = value.string("the name of a workload", problems)?;
    let Some(info) = catalogue.workload(text) else {
        problems.unknown(value.span(), format!("there is no workload `{text}`"), text, &known);
        return None;
    };
    once(value.span(), text, earlier, problems)?;
    Some(info)
}

/// `None`, and a note, where the name is taken.
pub(super) fn once(
    span: Range<usize>,
    name: &str,
    earlier: &[Workload],
    problems: &mut Problems,
) -> Option<()> {
    if earlier.iter().all(|workload| workload.name != name) {
        return Some(());
    }
    let help = match earlier.iter().any(|workload| workload.name == name && workload.script.is_some()) {
        true => "give one of the two another `name`",
        false => "a workload is measured with one size; put the other size into a second matrix",
    };
    problems.add_with_help(span, format!("workload `{name}` is listed twice"), "listed before", help);
    None
}

/// The workload's own arguments, those given here in place of their defaults.
fn arguments(
    value: &Value<'_, '_>,
    info: &WorkloadInfo,
    problems: &mut Problems,
) -> Option<serde_json::Map<String, Json>> {
    let known: Vec<&str> = info.args.keys().map(String::as_str).collect();
    let table = value.table("a table such as { n = 22 }", problems)?;
    let mut args = info.args.clone();
    let mut sound = true;
    for (key, span, argument) in table.entries() {
        let Some(default) = info.args.get(key) else {
            let title = format!("workload `{}` has no argument `{key}`", info.name);
            problems.unknown(span, title, key, &known);
            sound = false;
            continue;
        };
        match typed(&argument, default) {
            Some(json) => {
                args.insert(key.to_owned(), json);
            }
            None => {
                argument.wrong_type(&format!("{}, as its default {default} is", kind(default)), problems);
                sound = false;
            }
        }
    }
    sound.then_some(args)
}

/// The value as JSON if it has the type of the argument's default.
pub(super) fn typed(value: &Value<'_, '_>, default: &Json) -> Option<Json> {
    let json = to_json(value.get())?;
    match (default, &json) {
        (Json::Null, _) => Some(json),
        (Json::Number(wanted), Json::Number(given)) => match wanted.is_f64() {
            true => given.as_f64().map(Json::from),
            false => (!given.is_f64()).then_some(json),
        },
        (wanted, given) => (std::mem::discriminant(wanted) == std::mem::discriminant(given)).then_some(json),
    }
}

/// `None` for what JSON doesn't have: dates, and numbers that aren't finite or don't fit.
pub(super) fn to_json(value: &DeValue<'_>) -> Option<Json> {
    match value {
        DeValue::String(text) => Some(Json::from(text.as_ref())),
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix()).ok().map(Json::from),
        DeValue::Float(number) => {
            number.as_str().parse().ok().and_then(serde_json::Number::from_f64).map(Json::from)
        }
        DeValue::Boolean(flag) => Some(Json::from(*flag)),
        DeValue::Datetime(_) => None,
        DeValue::Array(items) => {
            items.iter().map(|item| to_json(item.get_ref())).collect::<Option<_>>().map(Json::Array)
        }
        DeValue::Table(table) => table
            .iter()
            .map(|(key, item)| Some((key.get_ref().to_string(), to_json(item.get_ref())?)))
            .collect::<Option<_>>()
            .map(Json::Object),
    }
}

pub(super) fn kind(value: &Json) -> &'static str {
    match value {
        Json::Null => "anything",
        Json::Bool(_) => "true or false",
        Json::Number(number) if number.is_f64() => "a number",
        Json::Number(_) => "a whole number",
        Json::String(_) => "a string",
        Json::Array(_) => "a list",
        Json::Object(_) => "a table",
    }
}
