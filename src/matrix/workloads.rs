//! `[[workload]]`: what one task does, its size, and how many there are in a pass.

use std::path::Path;

use serde_json::Value as Json;

use super::problems::Problems;
use super::reader::{TomlTable, TomlValue};
use super::sweep::Sizes;
use super::values::{MOST_TASKS, kind, once, packages, typed};
use super::{Workload, script};
use crate::harness::{Catalogue, WorkloadInfo};

/// The last one is skipped with its reason where numpy isn't there.
const DEFAULT: [&str; 3] = ["fib", "matmul", "matmul-numpy"];

pub(super) fn default(catalogue: &Catalogue) -> Vec<Workload> {
    DEFAULT.iter().filter_map(|name| catalogue.workload(name)).map(defaults).collect()
}

/// `None` where the tables aren't sound enough for anything that names a workload. Scripts are found
/// from `folder`.
pub(super) fn read(
    tables: Vec<TomlTable<'_, '_>>,
    folder: &Path,
    catalogue: &Catalogue,
    problems: &mut Problems,
) -> Option<Vec<Workload>> {
    let mut workloads: Vec<Workload> = Vec::new();
    let (mut names, mut sound): (Vec<Workload>, bool) = (Vec::new(), true);
    for mut table in tables {
        let sizes = Sizes::take(&mut table);
        let workload = match table.get("script") {
            Some(value) => script::read(table, &value, folder, &names, problems),
            None => workload(table, &names, catalogue, problems),
        };
        names.extend(workload.clone());
        match workload.and_then(|workload| sizes.apply(workload, problems)) {
            Some(points) => workloads.extend(points),
            None => sound = false,
        }
    }
    sound.then_some(workloads)
}

fn defaults(info: &WorkloadInfo) -> Workload {
    Workload {
        name: info.name.clone(),
        tasks: info.tasks,
        args: info.args.clone(),
        packages: Vec::new(),
        project: None,
        scaling: Default::default(),
        sweep: None,
        script: None,
        stress: info.stress.clone(),
        expect: info.expect.clone(),
    }
}

fn workload(
    mut table: TomlTable<'_, '_>,
    earlier: &[Workload],
    catalogue: &Catalogue,
    problems: &mut Problems,
) -> Option<Workload> {
    let info = table
        .required("name", "\"fib\"", problems)
        .and_then(|value| info(&value, earlier, catalogue, problems));
    let tasks = table.get("tasks").map(|value| value.integer(1..=MOST_TASKS, problems));
    let args = table.get("args");
    let packages = table.get("packages").map(|value| packages(&value, problems));
    table.finish(problems);
    let mut workload = defaults(info?);
    if let Some(tasks) = tasks {
        workload.tasks = tasks?.try_into().ok()?;
    }
    if let Some(args) = args {
        workload.args = arguments(&args, info?, problems)?;
    }
    if let Some(packages) = packages {
        workload.packages = packages?;
    }
    Some(workload)
}

fn info<'c>(
    value: &TomlValue<'_, '_>,
    earlier: &[Workload],
    catalogue: &'c Catalogue,
    problems: &mut Problems,
) -> Option<&'c WorkloadInfo> {
    let known: Vec<&str> = catalogue.workloads.iter().map(|workload| workload.name.as_str()).collect();
    let text = value.string("the name of a workload", problems)?;
    let Some(info) = catalogue.workload(text) else {
        problems.unknown(value.span(), format!("there is no workload `{text}`"), text, &known);
        return None;
    };
    once(value.span(), text, earlier, problems)?;
    Some(info)
}

/// The workload's own arguments, those given here in place of their defaults.
fn arguments(
    value: &TomlValue<'_, '_>,
    info: &WorkloadInfo,
    problems: &mut Problems,
) -> Option<serde_json::Map<String, Json>> {
    let known: Vec<&str> = info.args.keys().map(String::as_str).collect();
    let table = value.table("a table such as { n = 22 }", problems)?;
    let mut args = info.args.clone();
    let mut sound = true;
    for (key, span, argument) in table.entries() {
        let Some(default) = info.args.get(key) else {
            let title = format!("workload `{}` has no argument `{key}`", info.name);
            problems.unknown(span, title, key, &known);
            sound = false;
            continue;
        };
        match typed(&argument, default) {
            Some(json) => {
                args.insert(key.to_owned(), json);
            }
            None => {
                argument.wrong_type(&format!("{}, as its default {default} is", kind(default)), problems);
                sound = false;
            }
        }
    }
    sound.then_some(args)
}
