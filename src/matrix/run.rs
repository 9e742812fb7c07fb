//! `[run]`: how long, how precise, how many.

use toml::de::{DeInteger, DeValue};

use super::RunSettings;
use super::reader::{TomlTable, TomlValue};
use super::units::{
    DURATION_EXPECTED, FRACTION_EXPECTED, SIZE_EXPECTED, duration_ns, fraction, in_range, size_bytes,
};
use super::{cpus, variants};

const MAX_ROUNDS: u64 = 1_000_000;
/// The samples a second that can be asked for: more would disturb what they measure.
pub(super) const SAMPLE_RATES: std::ops::RangeInclusive<u64> = 10..=100;

pub(super) fn read(mut table: TomlTable<'_>) -> RunSettings {
    let default = RunSettings::default();
    let settings = RunSettings {
        budget_ns: table.read("budget", duration).unwrap_or(default.budget_ns),
        precision: table.read("precision", share).unwrap_or(default.precision),
        max_rounds: table.read("max_rounds", rounds).unwrap_or(default.max_rounds),
        until: table.read("until", TomlValue::one_of).unwrap_or(default.until),
        timeout_ns: table.read("timeout", duration).unwrap_or(default.timeout_ns),
        sample_rate: table
            .read("sample_rate", |value| value.integer(SAMPLE_RATES))
            .map_or(default.sample_rate, |rate| rate as u32),
        repeat_disturbed: table
            .read("repeat_disturbed", TomlValue::boolean)
            .unwrap_or(default.repeat_disturbed),
        max_memory_bytes: table.read("max_memory", size),
        cpus: table.read("cpus", cpus::read),
        env: table.read("env", variants::environment).unwrap_or_default(),
        seed: table.read("seed", |value| value.integer(0..=u64::MAX)),
    };
    table.finish();
    settings
}

fn rounds(value: &TomlValue<'_>) -> Option<u32> {
    value.integer(1..=MAX_ROUNDS).and_then(|rounds| rounds.try_into().ok())
}

fn duration(value: &TomlValue<'_>) -> Option<u64> {
    let help = |number: &DeInteger<'_>| format!("write `\"{number}s\"` for seconds");
    with_unit(value, DURATION_EXPECTED, help, duration_ns)
}

fn size(value: &TomlValue<'_>) -> Option<u64> {
    let help =
        |number: &DeInteger<'_>| format!("write `\"{number}MiB\"` for mebibytes, `\"{number}B\"` for bytes");
    with_unit(value, SIZE_EXPECTED, help, size_bytes)
}

/// Reads a number that is nothing without its unit; `help` says how to write one.
fn with_unit(
    value: &TomlValue<'_>,
    expected: &str,
    help: impl FnOnce(&DeInteger<'_>) -> String,
    read: fn(&str) -> Result<u64, String>,
) -> Option<u64> {
    match value.get() {
        DeValue::Integer(number) => value.rather(expected, "this number has no unit", help(number)),
        _ => value.parsed(expected, read(value.string(expected)?)),
    }
}

/// Reads a share above 0 and below 1: `0.05` or `"5%"`.
pub(super) fn share(value: &TomlValue<'_>) -> Option<f64> {
    let read = match value.get() {
        DeValue::String(text) => fraction(text),
        DeValue::Float(number) => in_range(number.as_str().parse().unwrap_or(f64::NAN), number.as_str()),
        DeValue::Integer(number) => {
            let help = format!("write `\"{number}%\"` if per cent was meant");
            return value.rather(FRACTION_EXPECTED, "a whole number is not below 1 and above 0", help);
        }
        _ => return value.wrong_type(FRACTION_EXPECTED),
    };
    value.parsed(FRACTION_EXPECTED, read)
}
