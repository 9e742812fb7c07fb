//! Values that several tables about workloads read alike.

use std::ops::Range;

use serde_json::Value as Json;
use toml::de::DeValue;

use super::Workload;
use super::problems::Problems;
use super::reader::TomlValue;

pub(super) const MOST_TASKS: u64 = 1_000_000;

pub(super) fn packages(value: &TomlValue<'_, '_>, problems: &mut Problems) -> Option<Vec<String>> {
    const EXPECTED: &str = r#"a list of requirements such as ["numpy>=2"]"#;
    let items = value.list(EXPECTED, problems)?;
    let texts: Vec<_> = items.iter().filter_map(|item| requirement(item, EXPECTED, problems)).collect();
    (texts.len() == items.len()).then_some(texts)
}

/// Reads a requirement. The installer judges it; only what it would take for an option is refused.
fn requirement(value: &TomlValue<'_, '_>, expected: &str, problems: &mut Problems) -> Option<String> {
    let text = value.string(expected, problems)?.trim();
    let start = text.chars().next().is_some_and(|c| c.is_ascii_alphanumeric() || "./".contains(c));
    if !start || text.contains(['\0', '\n', '\r']) {
        value.wrong_value(expected, "a requirement begins with a package's name or a path", problems);
        return None;
    }
    Some(text.to_owned())
}

/// Returns `None`, and notes it, where the name is taken.
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

/// Returns the value as JSON; one that JSON can't hold is noted.
pub(super) fn json(value: &TomlValue<'_, '_>, problems: &mut Problems) -> Option<Json> {
    let json = to_json(value.get());
    if json.is_none() {
        value.wrong_type("what JSON can hold: a string, a number, true or false, a list, a table", problems);
    }
    json
}

/// Returns the value as JSON if it has the type of the argument's default.
pub(super) fn typed(value: &TomlValue<'_, '_>, default: &Json) -> Option<Json> {
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

/// Returns the value as JSON; `None` for what JSON doesn't have: dates, and numbers that aren't finite or don't fit.
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
