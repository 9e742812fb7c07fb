//! The workers axis: `"doubling"`, `[1, 2, 4]`, `"cpus"`, `"1..cpus"`.

use toml::de::DeValue;

use super::reader::TomlValue;

/// The most workers; more are a slip of the keyboard.
pub const MOST: u64 = 1024;
const EXPECTED: &str = r#""doubling", "cpus", "1..cpus", or a list such as [1, 2, 4]"#;
/// 2, 4, … up to the CPUs: the counts that are somebody's question.
const DOUBLING: &str = "doubling";

/// The counts, ascending, and whether they depend on the machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct WorkersAxis {
    pub counts: Vec<u32>,
    pub of_machine: bool,
}

impl WorkersAxis {
    /// Returns what is measured where the matrix doesn't say.
    pub fn unsaid(cpus: u32) -> Self {
        Self { counts: doubling(cpus), of_machine: true }
    }
}

/// Returns 2, 4, …, and the number of CPUs: one worker is what `single` stands for.
pub(crate) fn doubling(cpus: u32) -> Vec<u32> {
    let mut counts: Vec<u32> =
        std::iter::successors(Some(2u32), |count| count.checked_mul(2)).take_while(|it| *it < cpus).collect();
    counts.push(cpus.max(1));
    counts
}

pub(super) fn read(value: &TomlValue<'_>, cpus: u32) -> Option<WorkersAxis> {
    let cpus = cpus.max(1);
    let mut counts = Vec::new();
    let mut of_machine = false;
    if let Some(text) = value.get().as_str() {
        counts = words(text, value, cpus)?;
        of_machine = text.contains("cpus") || text.trim() == DOUBLING;
    } else {
        for item in value.list(EXPECTED)? {
            if let Some(text) = item.get().as_str() {
                counts.extend(words(text, &item, cpus)?);
                of_machine |= text.contains("cpus");
            } else if let DeValue::Integer(_) = item.get() {
                let count = count(&item)?;
                if counts.contains(&count) && !of_machine {
                    return item.problem(format!("`{}` has {count} twice", value.name), "listed before");
                }
                counts.push(count);
            } else {
                return item.wrong_type(EXPECTED);
            }
        }
    }
    counts.sort_unstable();
    counts.dedup();
    Some(WorkersAxis { counts, of_machine })
}

/// Reads one worker count, 1 or more.
pub(super) fn count(value: &TomlValue<'_>) -> Option<u32> {
    value.integer(1..=MOST).and_then(|count| count.try_into().ok())
}

/// Reads `doubling`, `cpus`, or a range whose ends are numbers or `cpus`.
fn words(text: &str, value: &TomlValue<'_>, cpus: u32) -> Option<Vec<u32>> {
    if text.trim() == DOUBLING {
        return Some(doubling(cpus));
    }
    let end = |word: &str| match word.trim() {
        "cpus" => Some(cpus),
        number => number.parse().ok().filter(|count| (1..=MOST).contains(&u64::from(*count))),
    };
    let (low, high) = match text.split_once("..") {
        Some((low, high)) => (end(low), end(high.trim_start_matches('='))),
        None if text.trim() == "cpus" => (Some(cpus), Some(cpus)),
        None => (None, None),
    };
    match (low, high) {
        (Some(low), Some(high)) if low <= high => Some((low..=high).collect()),
        (Some(low), Some(high)) => {
            let why = format!("from {low} up to {high} there is nothing (usable CPUs here: {cpus})");
            value.wrong_value(EXPECTED, why)
        }
        _ => value.wrong_value(EXPECTED, format!("`{text}` is none of these")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn workers_double_up_to_the_cpus() {
        assert_eq!(doubling(1), [1]);
        assert_eq!(doubling(2), [2]);
        assert_eq!(doubling(6), [2, 4, 6]);
        assert_eq!(doubling(8), [2, 4, 8]);
        assert_eq!(doubling(0), [1]);
    }
}
