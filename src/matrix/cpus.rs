//! `cpus`: the CPUs that a run or a variant is held to.

use toml::de::DeValue;

use super::problems::Problems;
use super::reader::TomlValue;
use crate::platform::{CPUS_EXPECTED, CpuSet, MOST_CPUS};

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
            let cpus: Vec<u64> = items
                .iter()
                .filter_map(|item| item.integer(0..=u64::from(MOST_CPUS) - 1, problems))
                .collect();
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
