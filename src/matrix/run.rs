//! `[run]`: how long, how precise, how many.

use toml::de::DeValue;

use super::RunSettings;
use super::cpus;
use super::problems::Problems;
use super::reader::{TomlTable, TomlValue};
use super::resolved::SAMPLE_RATE;
use super::units::{
    DURATION_EXPECTED, FRACTION_EXPECTED, SIZE_EXPECTED, duration_ns, fraction, in_range, size_bytes,
};

const MAX_ROUNDS: u64 = 1_000_000;
/// The samples a second that can be asked for: more would disturb what they measure.
pub(super) const SAMPLE_RATES: std::ops::RangeInclusive<u64> = 10..=100;

impl Default for RunSettings {
    fn default() -> Self {
        Self {
            budget_ns: 180_000_000_000,
            precision: 0.05,
            max_rounds: 60,
            timeout_ns: 60_000_000_000,
            sample_rate: SAMPLE_RATE,
            repeat_disturbed: false,
            max_memory_bytes: None,
            cpus: None,
            seed: None,
        }
    }
}

pub(super) fn read(mut table: TomlTable<'_, '_>, problems: &mut Problems) -> RunSettings {
    let default = RunSettings::default();
    let settings = RunSettings {
        budget_ns: table.get("budget").and_then(|it| duration(&it, problems)).unwrap_or(default.budget_ns),
        precision: table.get("precision").and_then(|it| share(&it, problems)).unwrap_or(default.precision),
        max_rounds: table
            .get("max_rounds")
            .and_then(|it| rounds(&it, problems))
            .unwrap_or(default.max_rounds),
        timeout_ns: table.get("timeout").and_then(|it| duration(&it, problems)).unwrap_or(default.timeout_ns),
        sample_rate: table
            .get("sample_rate")
            .and_then(|it| it.integer(SAMPLE_RATES, problems))
            .map_or(default.sample_rate, |rate| rate as u32),
        repeat_disturbed: table
            .get("repeat_disturbed")
            .and_then(|it| it.boolean(problems))
            .unwrap_or(default.repeat_disturbed),
        max_memory_bytes: table.get("max_memory").and_then(|it| size(&it, problems)),
        cpus: table.get("cpus").and_then(|it| cpus::read(&it, problems)),
        seed: table.get("seed").and_then(|it| it.integer(0..=u64::MAX, problems)),
    };
    table.finish(problems);
    settings
}

fn rounds(value: &TomlValue<'_, '_>, problems: &mut Problems) -> Option<u32> {
    value.integer(1..=MAX_ROUNDS, problems).and_then(|rounds| rounds.try_into().ok())
}

fn duration(value: &TomlValue<'_, '_>, problems: &mut Problems) -> Option<u64> {
    if let DeValue::Integer(number) = value.get() {
        let title = format!("`{}` must be {DURATION_EXPECTED}", value.name);
        let help = format!("write `\"{number}s\"` for seconds");
        problems.add_with_help(value.span(), title, "this number has no unit", help);
        return None;
    }
    let text = value.string(DURATION_EXPECTED, problems)?;
    let duration = duration_ns(text);
    duration.map_err(|why| value.wrong_value(DURATION_EXPECTED, why, problems)).ok()
}

fn size(value: &TomlValue<'_, '_>, problems: &mut Problems) -> Option<u64> {
    if let DeValue::Integer(number) = value.get() {
        let title = format!("`{}` must be {SIZE_EXPECTED}", value.name);
        let help = format!("write `\"{number}MiB\"` for mebibytes, `\"{number}B\"` for bytes");
        problems.add_with_help(value.span(), title, "this number has no unit", help);
        return None;
    }
    let text = value.string(SIZE_EXPECTED, problems)?;
    size_bytes(text).map_err(|why| value.wrong_value(SIZE_EXPECTED, why, problems)).ok()
}

/// Reads a share above 0 and below 1: `0.05` or `"5%"`.
pub(super) fn share(value: &TomlValue<'_, '_>, problems: &mut Problems) -> Option<f64> {
    let read = match value.get() {
        DeValue::String(text) => fraction(text),
        DeValue::Float(number) => {
            let parsed = number.as_str().parse().unwrap_or(f64::NAN);
            in_range(parsed, number.as_str())
        }
        DeValue::Integer(number) => {
            let title = format!("`{}` must be {FRACTION_EXPECTED}", value.name);
            let help = format!("write `\"{number}%\"` if per cent was meant");
            problems.add_with_help(value.span(), title, "a whole number is not below 1 and above 0", help);
            return None;
        }
        _ => {
            value.wrong_type(FRACTION_EXPECTED, problems);
            return None;
        }
    };
    read.map_err(|why| value.wrong_value(FRACTION_EXPECTED, why, problems)).ok()
}
