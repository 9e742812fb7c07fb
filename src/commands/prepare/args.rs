//! A matrix and its options on a command line, and written out again for another one.

use std::path::PathBuf;

use clap::builder::{PathBufValueParser, TypedValueParser};
use jiff::SignedDuration;

use crate::matrix::{Overrides, matrix_file};
use crate::plan::{Filters, MatrixOptions};

/// The arguments that `run` and `plan` share.
#[derive(Debug, clap::Args)]
pub(crate) struct MatrixArgs {
    /// The matrix to measure; where there is no matrix.toml, `[tool.gilmatrix]` of pyproject.toml
    #[arg(default_value = "matrix.toml", value_name = "MATRIX", value_parser = PathBufValueParser::new().map(matrix_file))]
    pub matrix: PathBuf,
    #[command(flatten)]
    pub options: MatrixOptions,
}

impl MatrixArgs {
    /// Returns the matrix and every option that was given, as `run` takes them. Each is named: an option that is
    /// added must not be forgotten here.
    pub(crate) fn to_args(&self) -> Vec<String> {
        let MatrixOptions { offline, filters, overrides } = &self.options;
        let Filters { interpreters, not_interpreters, workloads, not_workloads, modes, not_modes, workers } =
            filters;
        let Overrides { quick, budget, precision, sample_rate, repeat_disturbed, max_memory, cpus, install } =
            overrides;
        let path = self.matrix.display().to_string();
        let mut args = vec![if path.starts_with('-') { format!("./{path}") } else { path }];
        let flags = [
            (quick, "--quick"),
            (repeat_disturbed, "--repeat-disturbed"),
            (install, "--install"),
            (offline, "--offline"),
        ];
        args.extend(flags.iter().filter(|(given, _)| **given).map(|(_, name)| (*name).to_owned()));
        let workers: Vec<String> = workers.iter().map(u32::to_string).collect();
        let lists = [
            ("interpreter", interpreters),
            ("not-interpreter", not_interpreters),
            ("workload", workloads),
            ("not-workload", not_workloads),
            ("mode", modes),
            ("not-mode", not_modes),
            ("workers", &workers),
        ];
        args.extend(
            lists.iter().flat_map(|(name, values)| values.iter().map(move |it| format!("--{name}={it}"))),
        );
        let values = [
            ("budget", budget.map(|ns| format!("{:#}", SignedDuration::from_nanos(saturated(ns))))),
            ("precision", precision.map(|share| share.to_string())),
            ("sample-rate", sample_rate.map(|rate| rate.to_string())),
            ("max-memory", max_memory.map(|bytes| format!("{bytes}B"))),
            ("cpus", cpus.as_ref().map(ToString::to_string)),
        ];
        args.extend(values.into_iter().filter_map(|(name, value)| Some(format!("--{name}={}", value?))));
        args
    }
}

fn saturated(ns: u64) -> i64 {
    i64::try_from(ns).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::MatrixArgs;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        matrix: MatrixArgs,
    }

    #[test]
    fn what_was_given_is_given_again() {
        let whole = "x my.toml --quick -p 3.13t -p=-odd -P 3.12 -w a* -W b -m mp -M single -n 2 -n 4 --budget 1h5m \
                     --precision 2.5% --sample-rate 30 --repeat-disturbed --max-memory 1.5GiB --cpus 0-1,3 --install \
                     --offline";
        let parsed = Line::parse_from(whole.split_whitespace()).matrix;
        let args = parsed.to_args();
        let again = Line::parse_from(std::iter::once("x".to_owned()).chain(args)).matrix;
        assert_eq!(format!("{parsed:?}"), format!("{again:?}"));
        assert_eq!(again.options.overrides.budget, Some(3_900_000_000_000));
        let plain = Line::parse_from(["x", "--", "-my matrix.toml"]).matrix;
        assert_eq!(plain.to_args(), ["./-my matrix.toml"]);
    }

    #[test]
    fn a_run_keeps_its_options() {
        let parsed = Line::parse_from("x -p 3.13t -n 2 --quick --cpus 0-1".split_whitespace()).matrix.options;
        let text = serde_json::to_string(&parsed).expect("options are JSON");
        assert_eq!(serde_json::from_str::<crate::plan::MatrixOptions>(&text).expect("options"), parsed);
    }
}
