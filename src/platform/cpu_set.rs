//! Sets of CPUs as people and the kernel write them: `0-1,3`.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How a set of CPUs may be written.
pub(crate) const CPUS_EXPECTED: &str = r#"CPUs such as "0-1,3" or [0, 1]"#;
/// The number of CPUs that the kernel's affinity masks hold at most.
pub(crate) const MOST_CPUS: u32 = 1024;

/// CPUs by their numbers, ascending, each once, at least one; written as `0-1,3`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CpuSet(Vec<u32>);

impl CpuSet {
    /// Sorts the numbers and drops what stands twice. `None` where there is no number.
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
            if cpu < MOST_CPUS {
                Ok(cpu)
            } else {
                Err(format!("CPU {cpu} is beyond the last one, {}", MOST_CPUS - 1))
            }
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

    /// Returns the numbers, ascending.
    pub fn cpus(&self) -> &[u32] {
        &self.0
    }

    /// Returns how many there are, at least 1.
    pub fn count(&self) -> u32 {
        self.0.len() as u32
    }

    /// Returns the CPUs that `other` hasn't; `None` where it has them all.
    pub fn beyond(&self, other: &Self) -> Option<Self> {
        Self::new(self.0.iter().copied().filter(|cpu| !other.0.contains(cpu)))
    }
}

impl fmt::Display for CpuSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, run) in self.0.chunk_by(|left, right| left + 1 == *right).enumerate() {
            let comma = if index == 0 { "" } else { "," };
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

#[cfg(test)]
mod tests {
    use super::*;

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
}
