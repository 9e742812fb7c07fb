//! The options of a command line again, for another one.

use jiff::SignedDuration;

use super::{FilterArgs, MatrixArgs};

impl MatrixArgs {
    /// The matrix and every option that was given, as `run` takes them. Named one by one: an option that is added
    /// must not be forgotten here.
    pub fn given(&self) -> Vec<String> {
        let Self {
            matrix,
            quick,
            filters,
            budget,
            precision,
            sample_rate,
            repeat_disturbed,
            max_memory,
            cpus,
            install,
            offline,
        } = self;
        let path = matrix.display().to_string();
        let mut words = vec![if path.starts_with('-') { format!("./{path}") } else { path }];
        let flags = [
            (quick, "--quick"),
            (repeat_disturbed, "--repeat-disturbed"),
            (install, "--install"),
            (offline, "--offline"),
        ];
        words.extend(flags.iter().filter(|(given, _)| **given).map(|(_, name)| (*name).to_owned()));
        words.extend(filters.given());
        let values = [
            ("budget", budget.map(|ns| format!("{:#}", SignedDuration::from_nanos(saturated(ns))))),
            ("precision", precision.map(|share| share.to_string())),
            ("sample-rate", sample_rate.map(|rate| rate.to_string())),
            ("max-memory", max_memory.map(|bytes| format!("{bytes}B"))),
            ("cpus", cpus.as_ref().map(ToString::to_string)),
        ];
        words.extend(values.into_iter().filter_map(|(name, value)| Some(format!("--{name}={}", value?))));
        words
    }
}

impl FilterArgs {
    fn given(&self) -> Vec<String> {
        let Self { interpreters, not_interpreters, workloads, not_workloads, modes, not_modes, workers } =
            self;
        let lists = [
            ("interpreter", interpreters),
            ("not-interpreter", not_interpreters),
            ("workload", workloads),
            ("not-workload", not_workloads),
            ("mode", modes),
            ("not-mode", not_modes),
        ];
        let named =
            lists.iter().flat_map(|(name, values)| values.iter().map(move |it| format!("--{name}={it}")));
        named.chain(workers.iter().map(|count| format!("--workers={count}"))).collect()
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
        let words = parsed.given();
        let again = Line::parse_from(std::iter::once("x".to_owned()).chain(words)).matrix;
        assert_eq!(format!("{parsed:?}"), format!("{again:?}"));
        assert_eq!(again.budget, Some(3_900_000_000_000));
        let plain = Line::parse_from(["x", "--", "-my matrix.toml"]).matrix;
        assert_eq!(plain.given(), ["./-my matrix.toml"]);
    }
}
