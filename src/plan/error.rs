//! A command line that asks for what the matrix doesn't have.

/// Why there is no plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    #[error("no {kind} matches `{filter}`; there {}{}", there_is(known), hint)]
    NoMatch { kind: &'static str, filter: String, known: Vec<String>, hint: String },
    #[error("`{filter}` is neither {} {kind} nor a pattern: {problem}", article(kind))]
    Glob { kind: &'static str, filter: String, problem: String },
    #[error("the filters leave no {kind}; give fewer of those that leave out")]
    NothingLeft { kind: &'static str },
    #[error(
        "the matrix has {cells} cells, and a run measures at most {most}: give fewer interpreters, workloads, modes, workers or variants"
    )]
    TooMany { cells: usize, most: usize },
    /// An `[[exclude]]` rule takes away what ratios are taken against.
    #[error(
        "an `[[exclude]]` rule leaves out the baseline `{interpreter}` in mode `single` for workload `{workload}`; narrow the rule ({rule}), or choose another baseline"
    )]
    BaselineExcluded { interpreter: String, workload: String, rule: String },
}

fn there_is(known: &[String]) -> String {
    let names: Vec<_> = known.iter().map(|name| format!("`{name}`")).collect();
    match names.as_slice() {
        [] => "is none".to_owned(),
        [only] => format!("is only {only}"),
        many => format!("are {}", many.join(", ")),
    }
}

fn article(kind: &str) -> &'static str {
    if kind.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" }
}
