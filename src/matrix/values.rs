//! Values that several tables about workloads read alike.

use serde_json::Value as Json;
use toml::de::DeValue;

use super::Workload;
use super::reader::TomlValue;

const MOST_TASKS: u64 = 1_000_000;

pub(super) fn tasks(value: &TomlValue<'_>) -> Option<u32> {
    value.integer(1..=MOST_TASKS)?.try_into().ok()
}

/// Reads requirements. The installer judges them; only what it would take for an option is refused.
pub(super) fn packages(value: &TomlValue<'_>) -> Option<Vec<String>> {
    const EXPECTED: &str = r#"a list of requirements such as ["numpy>=2"]"#;
    value.list_of(EXPECTED, |item| {
        let text = item.string(EXPECTED)?.trim();
        let start = text.chars().next().is_some_and(|c| c.is_ascii_alphanumeric() || "./".contains(c));
        match start && !text.contains(['\0', '\n', '\r']) {
            true => Some(text.to_owned()),
            false => item.wrong_value(EXPECTED, "a requirement begins with a package's name or a path"),
        }
    })
}

/// Returns the name of the workload that `value` gives; `None`, and notes it, where it is taken.
pub(super) fn once(value: &TomlValue<'_>, name: String, earlier: &[Workload]) -> Option<String> {
    let Some(taken) = earlier.iter().find(|workload| workload.name == name) else { return Some(name) };
    let help = match taken.script.is_some() || taken.command.is_some() {
        true => "give one of the two another `name`",
        false => "a workload is measured with one size; put the other size into a second matrix",
    };
    value.problem_with_help(format!("workload `{name}` is listed twice"), "listed before", help)
}

/// Returns the value as JSON; one that JSON can't hold is noted.
pub(super) fn json(value: &TomlValue<'_>) -> Option<Json> {
    const EXPECTED: &str = "what JSON can hold: a string, a number, true or false, a list, a table";
    to_json(value.get()).or_else(|| value.wrong_type(EXPECTED))
}

/// Returns the value as JSON; one that hasn't the type of the argument's default is noted.
pub(super) fn of_type(value: &TomlValue<'_>, default: &Json) -> Option<Json> {
    let json = to_json(value.get()).and_then(|json| match (default, &json) {
        (Json::Null, _) => Some(json),
        (Json::Number(wanted), Json::Number(given)) => match wanted.is_f64() {
            true => given.as_f64().map(Json::from),
            false => (!given.is_f64()).then_some(json),
        },
        (wanted, given) => (std::mem::discriminant(wanted) == std::mem::discriminant(given)).then_some(json),
    });
    json.or_else(|| value.wrong_type(&format!("{}, as its default {default} is", kind(default))))
}

/// Returns the value as JSON; `None` for what JSON doesn't have: dates, and numbers that aren't finite or don't fit.
fn to_json(value: &DeValue<'_>) -> Option<Json> {
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

fn kind(value: &Json) -> &'static str {
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
