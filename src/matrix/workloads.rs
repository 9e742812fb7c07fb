//! `[[workload]]`: what one task does, its size, and how many there are in a pass.

use std::path::Path;

use serde_json::Value as Json;

use super::reader::{TomlTable, TomlValue, all};
use super::sweep::Sizes;
use super::values::{of_type, once, packages, tasks};
use super::{Workload, command, script};
use crate::harness::{Catalogue, WorkloadInfo};

/// The last one is skipped with its reason where numpy isn't there.
const DEFAULT: [&str; 3] = ["fib", "matmul", "matmul-numpy"];

pub(super) fn default(catalogue: &Catalogue) -> Vec<Workload> {
    DEFAULT.iter().filter_map(|name| catalogue.workload(name)).map(defaults).collect()
}

/// `None` where the tables aren't sound enough for anything that names a workload. Scripts are found
/// from `folder`.
pub(super) fn read(
    tables: Vec<TomlTable<'_>>,
    folder: &Path,
    catalogue: &Catalogue,
) -> Option<Vec<Workload>> {
    let mut workloads: Vec<Workload> = Vec::new();
    let (mut names, mut sound): (Vec<Workload>, bool) = (Vec::new(), true);
    for mut table in tables {
        if let Some(value) = table.get("command") {
            let workload = command::read(table, &value, folder, &names);
            sound &= workload.is_some();
            names.extend(workload.clone());
            workloads.extend(workload);
            continue;
        }
        let sizes = Sizes::take(&mut table);
        let workload = match table.get("script") {
            Some(value) => script::read(table, &value, folder, &names),
            None => workload(table, &names, catalogue),
        };
        names.extend(workload.clone());
        match workload.and_then(|workload| sizes.apply(workload)) {
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
        stress: info.stress.clone(),
        expect: info.expect.clone(),
        ..Workload::default()
    }
}

fn workload(mut table: TomlTable<'_>, earlier: &[Workload], catalogue: &Catalogue) -> Option<Workload> {
    let info = table.required("name", "\"fib\"").and_then(|value| info(&value, earlier, catalogue));
    let tasks = table.read("tasks", tasks);
    let args = table.get("args");
    let packages = table.read("packages", packages);
    table.finish();
    let info = info?;
    let workload = defaults(info);
    Some(Workload {
        tasks: tasks.unwrap_or(workload.tasks),
        args: args.map_or(Some(workload.args), |args| arguments(&args, info))?,
        packages: packages.unwrap_or_default(),
        ..workload
    })
}

fn info<'c>(
    value: &TomlValue<'_>,
    earlier: &[Workload],
    catalogue: &'c Catalogue,
) -> Option<&'c WorkloadInfo> {
    let known: Vec<&str> = catalogue.workloads.iter().map(|workload| workload.name.as_str()).collect();
    let title = |text: &str| format!("there is no workload `{text}`");
    let text = value.known("the name of a workload", &known, title)?;
    catalogue.workload(&once(value, text.to_owned(), earlier)?)
}

/// The workload's own arguments, those given here in place of their defaults.
fn arguments(value: &TomlValue<'_>, info: &WorkloadInfo) -> Option<serde_json::Map<String, Json>> {
    let known: Vec<&str> = info.args.keys().map(String::as_str).collect();
    let table = value.table("a table such as { n = 22 }")?;
    let given = all(table.entries().map(|(key, span, argument)| match info.args.get(key) {
        Some(default) => Some((key.to_owned(), of_type(&argument, default)?)),
        None => {
            let title = format!("workload `{}` has no argument `{key}`", info.name);
            table.problems.unknown(span, title, key, &known)
        }
    }))?;
    Some(info.args.clone().into_iter().chain(given).collect())
}
