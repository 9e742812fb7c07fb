//! Sets of CPUs as people and the kernel write them: `0-1,3`.

use std::fmt;

use serde::{Deserialize, Serialize};
use toml::de::DeValue;

use super::problems::Problems;
use super::reader::TomlValue;

pub const CPUS_EXPECTED: &str = r#"CPUs such as "0-1,3" or [0, 1]"#;
/// What the kernel's affinity masks hold at most.
const MOST: u32 = 1024;

/// CPUs by their numbers, ascending, each once, at least one; written as `0-1,3`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CpuSet(Vec<u32>);

impl CpuSet {
    /// `None`: there is none.
    pub fn new(cpus: impl IntoIterator<Item = u32>) -> Option<Self> {
        let mut cpus: Vec<u32> = cpus.into_iter().collect();
        cpus.sort_unstable();
        cpus.dedup();
        (!cpus.is_empty()).then_some(Self(cpus))
    }

    /// Reads `0-1,3`.
    ///
    /// # Errors
    /// One line that says what was expected.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is not {CPUS_EXPECTED}");
        let number = |word: &str| {
            let cpu: u32 = word.trim().parse().map_err(|_| wrong())?;
            if cpu < MOST { Ok(cpu) } else { Err(format!("CPU {cpu} is beyond the last one, {}", MOST - 1)) }
        };
        let mut cpus = Vec::new();
        for part in text.split(',') {
            match part.split_once('-') {
                None => cpus.push(number(part)?),
                Some((low, high)) => {
                    let (low, high) = (number(low)?, number(high)?);
                    if low > high {
                        return Err(format!("from {low} up to {high} there is no CPU"));
                    }
                    cpus.extend(low..=high);
                }
            }
        }
        Self::new(cpus).ok_or_else(wrong)
    }

    pub fn cpus(&self) -> &[u32] {
        &self.0
    }

    /// At least 1.
    pub fn count(&self) -> u32 {
        self.0.len() as u32
    }

    /// Those that `other` hasn't.
    pub fn beyond(&self, other: &Self) -> Option<Self> {
        Self::new(self.0.iter().copied().filter(|cpu| !other.0.contains(cpu)))
    }
}

impl fmt::Display for CpuSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, run) in self.0.chunk_by(|left, right| left + 1 == *right).enumerate() {
            let comma = if place == 0 { "" } else { "," };
            match run {
                [only] => write!(f, "{comma}{only}")?,
                _ => write!(f, "{comma}{}-{}", run[0], run[run.len() - 1])?,
            }
        }
        Ok(())
    }
}

impl TryFrom<String> for CpuSet {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text)
    }
}

impl From<CpuSet> for String {
    fn from(cpus: CpuSet) -> Self {
        cpus.to_string()
    }
}

pub(super) fn read(value: &TomlValue<'_, '_>, problems: &mut Problems) -> Option<CpuSet> {
    match value.get() {
        DeValue::String(text) => {
            CpuSet::parse(text).map_err(|why| value.wrong_value(CPUS_EXPECTED, why, problems)).ok()
        }
        DeValue::Integer(number) => {
            let title = format!("`{}` must be {CPUS_EXPECTED}", value.name);
            let help = format!("write `[{number}]` for that CPU alone");
            problems.add_with_help(value.span(), title, "this is a whole number", help);
            None
        }
        DeValue::Array(_) => {
            let items = value.list(CPUS_EXPECTED, problems)?;
            let cpus: Vec<u64> =
                items.iter().filter_map(|item| item.integer(0..=u64::from(MOST) - 1, problems)).collect();
            if cpus.len() < items.len() {
                return None;
            }
            CpuSet::new(cpus.into_iter().filter_map(|cpu| cpu.try_into().ok()))
        }
        _ => {
            value.wrong_type(CPUS_EXPECTED, problems);
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::harness::sample::catalogue;
    use crate::matrix::parse;

    #[test]
    fn sets_are_read_and_written_alike() {
        for (text, cpus, written) in [
            ("0", vec![0], "0"),
            ("3, 0-1", vec![0, 1, 3], "0-1,3"),
            ("0,1,2,8-9,9", vec![0, 1, 2, 8, 9], "0-2,8-9"),
        ] {
            let set = CpuSet::parse(text).unwrap();
            assert_eq!((set.cpus(), set.to_string().as_str()), (cpus.as_slice(), written), "{text}");
            let json = serde_json::to_string(&set).unwrap();
            assert_eq!(serde_json::from_str::<CpuSet>(&json).unwrap(), set);
        }
        for wrong in ["", ",", "a", "1-", "-1", "2-1", "0-1-2", "1024", "0-99999999999"] {
            assert!(CpuSet::parse(wrong).is_err(), "{wrong}");
        }
        let (all, some) = (CpuSet::parse("0-3").unwrap(), CpuSet::parse("1,5").unwrap());
        assert_eq!(some.beyond(&all), CpuSet::parse("5").ok());
        assert_eq!(all.beyond(&all), None);
    }

    #[test]
    fn the_run_and_its_variants_may_be_pinned() {
        let read = |run: &str, variant: &str| {
            let text = format!(
                "[run]\n{run}\n[interpreters]\nuse = [\"3.13\"]\n[modes]\nworkers = \"1..cpus\"\n\
                 [[variant]]\nname = \"v\"\n{variant}\n"
            );
            parse(&text, "matrix.toml", &catalogue(), 8).map_err(|error| error.to_string())
        };
        let matrix = read("cpus = \"0-2\"", "cpus = [1]").unwrap();
        assert_eq!(matrix.run.cpus, CpuSet::parse("0-2").ok());
        assert_eq!(matrix.variants[0].cpus, CpuSet::parse("1").ok());
        assert_eq!(matrix.modes.workers, [1, 2, 3], "`cpus` follows");
        let json = serde_json::to_string(&matrix).unwrap();
        assert_eq!(serde_json::from_str::<crate::matrix::Matrix>(&json).unwrap(), matrix);
        for (run, variant, expected) in [
            ("cpus = 1", "cpus = \"0\"", "write `[1]`"),
            ("cpus = \"a\"", "cpus = \"0\"", "0-1,3"),
            ("cpus = []", "cpus = \"0\"", "empty"),
            ("cpus = [-1]", "cpus = \"0\"", "out of range"),
            ("cpus = \"0\"", "cpus = \"0-1\"", "CPU 1"),
            ("", "cpus = true", "boolean"),
        ] {
            let error = read(run, variant).expect_err(run);
            assert!(error.contains(expected) && error.contains("matrix.toml:"), "{run} {variant}\n{error}");
        }
    }
}
