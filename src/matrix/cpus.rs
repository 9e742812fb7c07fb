//! `cpus`: the CPUs that a run or a variant is held to.

use toml::de::DeValue;

use super::reader::TomlValue;
use crate::platform::{CPUS_EXPECTED, CpuSet, MOST_CPUS};

pub(super) fn read(value: &TomlValue<'_>) -> Option<CpuSet> {
    match value.get() {
        DeValue::String(text) => value.parsed(CPUS_EXPECTED, CpuSet::parse(text)),
        DeValue::Integer(number) => {
            let help = format!("write `[{number}]` for that CPU alone");
            value.rather(CPUS_EXPECTED, "this is a whole number", help)
        }
        DeValue::Array(_) => {
            let cpus = value.list_of(CPUS_EXPECTED, |item| item.integer(0..=u64::from(MOST_CPUS) - 1))?;
            CpuSet::new(cpus.into_iter().filter_map(|cpu| cpu.try_into().ok()))
        }
        _ => value.wrong_type(CPUS_EXPECTED),
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
