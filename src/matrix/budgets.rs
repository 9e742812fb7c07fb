//! `[[budget]]`: what cells may lose before a gate fails.

use super::problems::Problems;
use super::reader::{TomlTable, TomlValue};
use super::rules::{MatrixAxes, Reader};
use super::run::share;
use super::{Budget, CellRule};

pub(super) fn read(
    tables: Vec<TomlTable<'_, '_>>,
    included: &[CellRule],
    axes: &MatrixAxes<'_>,
    problems: &mut Problems,
) -> Vec<Budget> {
    let reader = Reader::of_cells(included, axes);
    let mut budget = |mut table: TomlTable<'_, '_>| {
        let before = problems.count();
        let rule = reader.rule(&mut table, problems).map(|(_, rule)| rule);
        let mut limit = |value: Option<TomlValue<'_, '_>>| value.and_then(|value| share(&value, problems));
        let max_slowdown = limit(table.get("max_slowdown"));
        let max_memory = limit(table.get("max_memory"));
        let span = table.span();
        table.finish(problems);
        if problems.count() == before && max_slowdown.is_none() && max_memory.is_none() {
            let help = "add `max_slowdown = \"10%\"`, `max_memory = \"20%\"`, or both";
            problems.add_with_help(span, "this budget allows nothing", "it lacks a limit", help);
        }
        Some(Budget { rule: rule?, max_slowdown, max_memory })
    };
    tables.into_iter().filter_map(&mut budget).collect()
}

#[cfg(test)]
mod tests {
    use crate::harness::sample::catalogue;
    use crate::matrix::parse;

    fn read(more: &str) -> Result<crate::matrix::Matrix, String> {
        let text = format!("[interpreters]\nuse = [\"3.13\", \"3.13t\"]\n{more}");
        parse(&text, "matrix.toml", &catalogue(), 2).map_err(|error| error.to_string())
    }

    #[test]
    fn of_several_that_match_the_last_that_speaks_counts() {
        let matrix = read(
            "[[budget]]\nmax_slowdown = \"5%\"\nmax_memory = 0.2\n\
             [[budget]]\ninterpreter = \"3.13t\"\nmax_slowdown = \"10%\"\n",
        )
        .unwrap();
        let cell = |interpreter: &str| crate::cell::Cell {
            interpreter: interpreter.into(),
            ..crate::cell::Cell::reference("3.13")
        };
        assert_eq!(matrix.budget(&cell("3.13")), (Some(0.05), Some(0.2)));
        assert_eq!(matrix.budget(&cell("3.13t")), (Some(0.1), Some(0.2)));
        let json = serde_json::to_string(&matrix).unwrap();
        assert_eq!(serde_json::from_str::<crate::matrix::Matrix>(&json).unwrap(), matrix);
    }

    #[test]
    fn slips_point_at_the_line() {
        for (budget, expected) in [
            ("[[budget]]\nworkload = \"fib\"\n", "allows nothing"),
            ("[[budget]]\nmax_slowdown = 5\n", "5%"),
            ("[[budget]]\nworklaod = \"fib\"\nmax_slowdown = \"5%\"\n", "workload"),
            ("[[budget]]\nworkload = \"fob\"\nmax_slowdown = \"5%\"\n", "fib"),
        ] {
            let error = read(budget).expect_err(budget);
            assert!(error.contains(expected), "{budget}\n{error}");
            assert!(error.contains("matrix.toml:"), "{error}");
        }
    }
}
