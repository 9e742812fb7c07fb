//! `[[budget]]`: what cells may lose before a gate fails.

use super::reader::TomlTable;
use super::rules::{MatrixAxes, Reader};
use super::run::share;
use super::{Budget, CellRule};

pub(super) fn read(tables: Vec<TomlTable<'_>>, included: &[CellRule], axes: &MatrixAxes<'_>) -> Vec<Budget> {
    let reader = Reader::of_cells(included, axes);
    let budget = |mut table: TomlTable<'_>| {
        let before = table.problems.count();
        let rule = reader.rule(&mut table).map(|(_, rule)| rule);
        let (max_slowdown, max_memory) = (table.read("max_slowdown", share), table.read("max_memory", share));
        table.finish();
        if table.problems.count() == before && max_slowdown.is_none() && max_memory.is_none() {
            let help = "add `max_slowdown = \"10%\"`, `max_memory = \"20%\"`, or both";
            return table.problem_with_help("this budget allows nothing", "it lacks a limit", help);
        }
        Some(Budget { rule: rule?, max_slowdown, max_memory })
    };
    tables.into_iter().filter_map(budget).collect()
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
