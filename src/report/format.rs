//! Numbers as a reader sees them. Nothing else in the program turns nanoseconds or bytes into text.

use super::canvas::shortened;
pub(crate) use crate::plural::count;

/// What stands where a figure doesn't exist.
pub(crate) const NONE: &str = "–";

const TIME_UNITS: [(f64, &str); 4] = [(1.0, "ns"), (1e3, "µs"), (1e6, "ms"), (1e9, "s")];
const BYTE_UNITS: [(f64, &str); 5] = [
    (1.0, "B"),
    (1024.0, "KiB"),
    (1_048_576.0, "MiB"),
    (1_073_741_824.0, "GiB"),
    (1_099_511_627_776.0, "TiB"),
];

/// Decimals that leave three significant digits, rounding considered: 9.996 is `10.0`.
fn decimals(value: f64) -> usize {
    match value.abs() {
        v if v >= 99.95 => 0,
        v if v >= 9.995 => 1,
        _ => 2,
    }
}

/// The largest unit in which `value` is at least 1 once rounded.
fn unit(value: f64, units: &[(f64, &'static str)]) -> (f64, &'static str) {
    let fits = |&&(size, _): &&(f64, &'static str)| value >= size * 0.9995;
    units.iter().rev().find(fits).or(units.first()).copied().unwrap_or((1.0, ""))
}

/// Unit of times up to `max`, in nanoseconds, and its name.
pub(crate) fn time_unit(max: f64) -> (f64, &'static str) {
    unit(max, &TIME_UNITS)
}

/// Unit of sizes up to `max`, in bytes, and its name.
pub(crate) fn byte_unit(max: f64) -> (f64, &'static str) {
    unit(max, &BYTE_UNITS)
}

fn scaled(value: f64, units: &[(f64, &'static str)]) -> String {
    let (size, name) = unit(value, units);
    let shown = value / size;
    // The smallest unit can't be split.
    let places = if size <= 1.0 { 0 } else { decimals(shown) };
    format!("{shown:.places$} {name}")
}

/// `41.3 ms`: three significant digits in the unit that fits; minutes from 100 s on.
pub(crate) fn ns(value: u64) -> String {
    ns_f64(value as f64)
}

/// As [`ns`], for positions between whole nanoseconds (axis ticks, means).
pub(crate) fn ns_f64(value: f64) -> String {
    let seconds = value / 1e9;
    if seconds >= 99.95 {
        let whole = seconds.round() as u64;
        return format!("{} min {:02} s", whole / 60, whole % 60);
    }
    scaled(value, &TIME_UNITS)
}

/// `41.0–42.2 ms`: both ends in the unit of the upper one.
pub(crate) fn ns_interval([low, high]: [u64; 2]) -> String {
    let (size, name) = unit(high as f64, &TIME_UNITS);
    let places = if size <= 1.0 { 0 } else { decimals(high as f64 / size) };
    format!("{:.places$}–{:.places$} {name}", low as f64 / size, high as f64 / size)
}

/// `23.4 MiB`.
pub(crate) fn bytes(value: u64) -> String {
    scaled(value as f64, &BYTE_UNITS)
}

fn ratio_decimals(value: f64) -> usize {
    decimals(value) + usize::from(value.abs() < 0.0995)
}

/// `1.87×`.
pub(crate) fn ratio(value: f64) -> String {
    if !value.is_finite() {
        return NONE.to_owned();
    }
    format!("{value:.*}×", ratio_decimals(value))
}

/// `1.9×`: for titles and labels, where the interval stands elsewhere.
pub(crate) fn ratio_short(value: f64) -> String {
    if !value.is_finite() {
        return NONE.to_owned();
    }
    // 0.044 is not 0.0.
    let places = match value {
        large if large >= 9.95 => 0,
        small if small < 0.095 => 2,
        _ => 1,
    };
    format!("{value:.places$}×")
}

/// `1.80–1.94`: both ends with the decimals of the upper one.
pub(crate) fn interval([low, high]: [f64; 2]) -> String {
    if !(low.is_finite() && high.is_finite()) {
        return NONE.to_owned();
    }
    let places = ratio_decimals(high);
    format!("{low:.places$}–{high:.places$}")
}

/// Without the minus of what is rounded to nothing, at two decimals.
fn no_minus(value: f64) -> f64 {
    if value.abs() < 0.005 { 0.0 } else { value }
}

/// `1.92` CPUs.
pub(crate) fn cores(value: f64) -> String {
    if value.is_finite() { format!("{:.2}", no_minus(value)) } else { NONE.to_owned() }
}

/// A whole number of CPUs without decimals, a quota with them: `2`, `1.5`.
pub(crate) fn cpus(value: f64) -> String {
    if value.fract().abs() < 0.005 { format!("{value:.0}") } else { format!("{value:.1}") }
}

/// `5 %`, `2.5 %`, `0.04 %`.
pub(crate) fn percent(fraction: f64) -> String {
    let value = fraction * 100.0;
    // Nothing has no sign.
    let value = if value.abs() < 0.0005 { 0.0 } else { value };
    let places = match value.abs() {
        // What is little isn't nothing.
        little if (0.0005..0.095).contains(&little) => 2 + usize::from(little < 0.0095),
        _ => usize::from((value - value.round()).abs() >= 0.05),
    };
    format!("{value:.places$} %")
}

/// `1 CPU`, `2 CPUs`, `2.5 CPUs`.
pub(crate) fn cpu_count(value: f64) -> String {
    let written = cpus(value);
    format!("{written} CPU{}", if written == "1" { "" } else { "s" })
}

/// `2026-11-22 13:22 UTC`.
pub(crate) fn date(unix_ns: u64) -> String {
    match jiff::Timestamp::from_nanosecond(i128::from(unix_ns)) {
        Ok(at) => at.strftime("%Y-%m-%d %H:%M UTC").to_string(),
        Err(_) => NONE.to_owned(),
    }
}

/// The day alone, in UTC.
pub(crate) fn day(unix_ns: u64) -> String {
    date(unix_ns).chars().take_while(|c| *c != ' ').collect()
}

/// At most `max` characters, the last one an ellipsis where something was cut off.
pub(crate) fn clip(text: &str, max: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    shortened(&line, 0.0, |short| short.chars().count() <= max)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_three_digits_in_the_unit_that_fits() {
        for (value, text) in [
            (0, "0 ns"),
            (853, "853 ns"),
            (999, "999 ns"),
            (1_000, "1.00 µs"),
            (41_250_000, "41.2 ms"),
            (41_349_999, "41.3 ms"),
            (99_960_000, "100 ms"),
            (999_600_000, "1.00 s"),
            (1_870_000_000, "1.87 s"),
            (59_990_000_000, "60.0 s"),
            (125_400_000_000, "2 min 05 s"),
        ] {
            assert_eq!(ns(value), text, "{value}");
        }
    }

    #[test]
    fn an_interval_of_times_has_one_unit() {
        assert_eq!(ns_interval([980_000, 1_020_000]), "0.98–1.02 ms");
        assert_eq!(ns_interval([41_000_000, 42_240_000]), "41.0–42.2 ms");
        assert_eq!(ns_interval([12, 15]), "12–15 ns");
    }

    #[test]
    fn bytes_are_binary() {
        assert_eq!(bytes(512), "512 B");
        assert_eq!(bytes(24_536_678), "23.4 MiB");
        assert_eq!(bytes(1_073_741_824), "1.00 GiB");
    }

    #[test]
    fn ratios_and_their_intervals() {
        assert_eq!(ratio(1.874), "1.87×");
        assert_eq!(ratio(12.345), "12.3×");
        assert_eq!(ratio(0.0123), "0.012×");
        assert_eq!(ratio(f64::NAN), NONE);
        assert_eq!(ratio_short(1.94), "1.9×");
        assert_eq!(interval([1.8, 1.941]), "1.80–1.94");
        assert_eq!(interval([f64::NEG_INFINITY, 1.0]), NONE);
    }

    #[test]
    fn small_words() {
        assert_eq!(percent(0.05), "5 %");
        assert_eq!(percent(-1e-9), "0 %");
        assert_eq!(percent(0.025), "2.5 %");
        assert_eq!(cpus(2.0), "2");
        assert_eq!(cpus(1.5), "1.5");
        assert_eq!((cpu_count(1.0), cpu_count(2.0)), ("1 CPU".to_owned(), "2 CPUs".to_owned()));
        assert_eq!(date(1_795_353_720_000_000_000), "2026-11-22 13:22 UTC");
        assert_eq!(clip("killed by\n signal 11", 10), "killed by…");
    }
}
