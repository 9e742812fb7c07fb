//! The keys of a `[[workload]]` that say how much work its cells have: `scaling`, and `sweep`, which
//! makes one workload for each of several sizes.

use serde_json::Value as Json;

use super::problems::Problems;
use super::reader::{TomlTable, TomlValue};
use super::sizes::{ScalingKind, SweepPoint};
use super::values::{kind, to_json, typed};
use super::{Inputs, Workload};

const SWEEP: &str = "a table with one argument and its sizes, such as { task_us = [1, 10, 100] }";
const SIZES: &str = "a list of two or more different numbers or strings";
const KINDS: [&str; 2] = ["strong", "weak"];

/// What a table asks for beside the workload itself.
#[derive(Default)]
pub(super) struct Sizes<'d, 's> {
    scaling: Option<TomlValue<'d, 's>>,
    sweep: Option<TomlValue<'d, 's>>,
}

impl<'d, 's> Sizes<'d, 's> {
    /// Takes both keys before the rest of the table is read, so that they are known in it.
    pub(super) fn take(table: &mut TomlTable<'d, 's>) -> Self {
        Self { scaling: table.get("scaling"), sweep: table.get("sweep") }
    }

    /// Returns the workload, or one for each size of its sweep. `None` only together with a problem.
    pub(super) fn apply(&self, mut workload: Workload, problems: &mut Problems) -> Option<Vec<Workload>> {
        if let Some(value) = &self.scaling {
            workload.scaling = scaling(value, &workload, problems)?;
        }
        match &self.sweep {
            Some(value) => sweep(value, &workload, problems),
            None => Some(vec![workload]),
        }
    }
}

fn scaling(value: &TomlValue<'_, '_>, workload: &Workload, problems: &mut Problems) -> Option<ScalingKind> {
    let kind = match value.string("\"strong\" or \"weak\"", problems)? {
        "strong" => ScalingKind::Strong,
        "weak" => ScalingKind::Weak,
        other => {
            problems.unknown(value.span(), format!("there is no scaling `{other}`"), other, &KINDS);
            return None;
        }
    };
    let listed =
        workload.script.as_ref().is_some_and(|script| matches!(script.inputs, Some(Inputs::List(_))));
    if kind == ScalingKind::Weak && listed {
        let label = "the tasks grow with the workers, a list of inputs doesn't";
        let help = "name a function that makes the inputs: `inputs = \"make\"`";
        problems.add_with_help(
            value.span(),
            "`scaling = \"weak\"` needs inputs for any number of tasks",
            label,
            help,
        );
        return None;
    }
    Some(kind)
}

fn sweep(value: &TomlValue<'_, '_>, workload: &Workload, problems: &mut Problems) -> Option<Vec<Workload>> {
    let table = value.table(SWEEP, problems)?;
    let entries: Vec<_> = table.entries().collect();
    let [(argument, span, sizes)] = entries.as_slice() else {
        value.wrong_value(SWEEP, format!("this names {} arguments", entries.len()), problems);
        return None;
    };
    let default = workload.args.get(*argument);
    let free = workload.script.as_ref().is_some_and(|script| script.function.is_some());
    if default.is_none() && !free {
        let known: Vec<&str> = workload.args.keys().map(String::as_str).collect();
        let title = format!("workload `{}` has no argument `{argument}`", workload.name);
        problems.unknown(span.clone(), title, argument, &known);
        return None;
    }
    let mut points: Vec<Workload> = Vec::new();
    for size in sizes.list(SIZES, problems)? {
        let json = match default {
            Some(default) => typed(&size, default),
            None => to_json(size.get()),
        };
        let Some(json) = json.filter(|json| json.is_number() || json.is_string()) else {
            let expected = default.map_or("a number or a string".to_owned(), |default| {
                format!("{}, as its default {default} is", kind(default))
            });
            size.wrong_type(&expected, problems);
            return None;
        };
        let mut point = workload.clone();
        point.name = format!("{}@{}", workload.name, shown(&json));
        point.args.insert((*argument).to_owned(), json);
        point.sweep = Some(SweepPoint { family: workload.name.clone(), argument: (*argument).to_owned() });
        if points.iter().any(|other| other.name == point.name) {
            size.wrong_value(SIZES, "this size is listed twice", problems);
            return None;
        }
        points.push(point);
    }
    if points.len() < 2 {
        sizes.wrong_value(SIZES, "one size is no sweep", problems);
        return None;
    }
    Some(points)
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
