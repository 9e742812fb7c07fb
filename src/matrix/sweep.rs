//! The keys of a `[[workload]]` that say how much work its cells have: `scaling`, and `sweep`, which
//! makes one workload for each of several sizes.

use serde_json::Value as Json;

use super::reader::{TomlTable, TomlValue};
use super::sizes::{ScalingKind, SweepPoint};
use super::values::of_type;
use super::{Inputs, Workload};

const SWEEP: &str = "a table with one argument and its sizes, such as { task_us = [1, 10, 100] }";
const SIZES: &str = "a list of two or more different numbers or strings";

/// What a table asks for beside the workload itself.
pub(super) struct Sizes<'d> {
    scaling: Option<TomlValue<'d>>,
    sweep: Option<TomlValue<'d>>,
}

impl<'d> Sizes<'d> {
    /// Takes both keys before the rest of the table is read, so that they are known in it.
    pub(super) fn take(table: &mut TomlTable<'d>) -> Self {
        Self { scaling: table.get("scaling"), sweep: table.get("sweep") }
    }

    /// Returns the workload, or one for each size of its sweep. `None` only together with a problem.
    pub(super) fn apply(&self, mut workload: Workload) -> Option<Vec<Workload>> {
        if let Some(value) = &self.scaling {
            workload.scaling = scaling(value, &workload)?;
        }
        match &self.sweep {
            Some(value) => sweep(value, &workload),
            None => Some(vec![workload]),
        }
    }
}

fn scaling(value: &TomlValue<'_>, workload: &Workload) -> Option<ScalingKind> {
    let kind: ScalingKind = value.one_of()?;
    let listed =
        workload.script.as_ref().is_some_and(|script| matches!(script.inputs, Some(Inputs::List(_))));
    if kind == ScalingKind::Weak && listed {
        return value.problem_with_help(
            "`scaling = \"weak\"` needs inputs for any number of tasks",
            "the tasks grow with the workers, a list of inputs doesn't",
            "name a function that makes the inputs: `inputs = \"make\"`",
        );
    }
    Some(kind)
}

fn sweep(value: &TomlValue<'_>, workload: &Workload) -> Option<Vec<Workload>> {
    let table = value.table(SWEEP)?;
    let entries: Vec<_> = table.entries().collect();
    let [(argument, span, sizes)] = entries.as_slice() else {
        return value.wrong_value(SWEEP, format!("this names {} arguments", entries.len()));
    };
    let default = workload.args.get(*argument);
    let free = workload.script.as_ref().is_some_and(|script| script.function.is_some());
    if default.is_none() && !free {
        let known: Vec<&str> = workload.args.keys().map(String::as_str).collect();
        let title = format!("workload `{}` has no argument `{argument}`", workload.name);
        return table.problems.unknown(span.clone(), title, argument, &known);
    }
    let mut points: Vec<Workload> = Vec::new();
    for size in sizes.list(SIZES)? {
        let json = of_type(&size, default.unwrap_or(&Json::Null))?;
        if !json.is_number() && !json.is_string() {
            return size.wrong_type("a number or a string");
        }
        let mut point = workload.clone();
        point.name = format!("{}@{}", workload.name, shown(&json));
        point.args.insert((*argument).to_owned(), json);
        point.sweep = Some(SweepPoint { family: workload.name.clone(), argument: (*argument).to_owned() });
        if points.iter().any(|other| other.name == point.name) {
            return size.wrong_value(SIZES, "this size is listed twice");
        }
        points.push(point);
    }
    if points.len() < 2 { sizes.wrong_value(SIZES, "one size is no sweep") } else { Some(points) }
}

fn shown(size: &Json) -> String {
    size.as_str().map_or_else(|| size.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use crate::harness::sample::catalogue;
    use crate::matrix::{Matrix, ScalingKind, parse};

    fn read(workload: &str) -> Result<Matrix, String> {
        let source = format!("[interpreters]\nuse = [\"3.13\"]\n[[workload]]\nname = \"fib\"\n{workload}\n");
        parse(&source, "matrix.toml", &catalogue(), 2).map_err(|error| error.to_string())
    }

    #[test]
    fn a_sweep_is_a_workload_for_each_size() {
        let matrix = read("sweep = { n = [10, 20] }\nscaling = \"weak\"\ntasks = 6").unwrap();
        let names: Vec<&str> = matrix.workloads.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(names, ["fib@10", "fib@20"]);
        let last = &matrix.workloads[1];
        assert_eq!(
            (last.args["n"].clone(), last.code(), last.scaling),
            (20.into(), "fib", ScalingKind::Weak)
        );
        assert_eq!((last.tasks, last.tasks_with(4)), (6, 24));
        let info = last.described(&catalogue()).unwrap();
        assert_eq!((info.name.as_str(), info.args["n"].clone()), ("fib@20", 20.into()));
    }

    #[test]
    fn what_is_no_sweep_is_refused_with_what_was_expected() {
        for (workload, said) in [
            ("sweep = { m = [1, 2] }", "has no argument `m`"),
            ("sweep = { n = [1] }", "one size is no sweep"),
            ("sweep = { n = [1, 1] }", "listed twice"),
            ("sweep = { n = [1, \"two\"] }", "a whole number, as its default"),
            ("sweep = { n = 3 }", "a list of two or more"),
            ("sweep = {}", "this names 0 arguments"),
            ("sweep = 3", "a table with one argument"),
            ("scaling = \"week\"", "did you mean `weak`?"),
        ] {
            let error = read(workload).unwrap_err();
            assert!(error.contains(said), "{workload}: {error}");
        }
        assert_eq!(read("scaling = \"strong\"").unwrap().workloads[0].scaling, ScalingKind::Strong);
    }
}
