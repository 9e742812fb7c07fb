//! `[modes]`: how the tasks are run, with how many workers, started how.

use super::reader::{TomlTable, TomlValue};
use super::workers::{self, WorkersAxis};
use super::{Modes, Workload};
use crate::cell::{COMMAND, SINGLE, StartMethod};
use crate::harness::{Catalogue, DEFAULT_MODES};

/// The section, and whether its worker counts depend on the machine; each part `None` where it was
/// written and isn't sound.
pub(super) struct ModesSection {
    pub names: Option<Vec<String>>,
    pub workers: Option<WorkersAxis>,
    pub start_methods: Option<Vec<StartMethod>>,
    pub chunksize: Option<u32>,
}

impl ModesSection {
    /// Adds the mode of whole commands where a workload is one.
    pub(super) fn fit(&mut self, workloads: &[Workload]) {
        let names = self.names.iter_mut().filter(|names| !names.iter().any(|name| name == COMMAND));
        names.for_each(|names| {
            names.extend(workloads.iter().find_map(|it| it.command.as_ref()).map(|_| COMMAND.to_owned()));
        });
    }

    /// Returns what stands in the matrix once there are no problems.
    pub(super) fn resolved(self) -> Option<Modes> {
        Some(Modes {
            names: self.names?,
            workers: self.workers?.counts,
            start_methods: self.start_methods?,
            chunksize: self.chunksize,
        })
    }
}

pub(super) fn read(table: Option<TomlTable<'_>>, catalogue: &Catalogue, cpus: u32) -> ModesSection {
    let names =
        DEFAULT_MODES.iter().filter(|name| catalogue.mode(name).is_some()).map(|&name| name.to_owned());
    let mut read = ModesSection {
        names: Some(names.collect()),
        workers: Some(WorkersAxis::unsaid(cpus)),
        start_methods: Some(vec![StartMethod::Fork]),
        chunksize: None,
    };
    let Some(mut table) = table else { return read };
    if let Some(value) = table.get("use") {
        read.names = modes(&value, catalogue);
    }
    if let Some(value) = table.get("workers") {
        read.workers = workers::read(&value, cpus);
    }
    if let Some(value) = table.get("start_methods") {
        read.start_methods = start_methods(&value);
    }
    if let Some(value) = table.get("chunksize").filter(|value| value.get().as_str() != Some("default")) {
        read.chunksize = workers::count(&value);
    }
    table.finish();
    read
}

/// Reads the modes. `single` is always among them: every ratio is taken against it.
fn modes(value: &TomlValue<'_>, catalogue: &Catalogue) -> Option<Vec<String>> {
    let known: Vec<&str> = catalogue.modes.iter().map(|mode| mode.name.as_str()).collect();
    let mut names = words(value, "a list of modes", "mode", &known)?;
    if catalogue.mode(SINGLE).is_some() && !names.iter().any(|name| name == SINGLE) {
        names.insert(0, SINGLE.to_owned());
    }
    Some(names)
}

fn start_methods(value: &TomlValue<'_>) -> Option<Vec<StartMethod>> {
    let known = StartMethod::ALL.map(StartMethod::as_str);
    let names = words(value, "a list of start methods", "start method", &known)?;
    Some(names.iter().filter_map(|name| name.parse().ok()).collect())
}

/// Reads a list of known names, each once.
fn words(value: &TomlValue<'_>, expected: &str, kind: &str, known: &[&str]) -> Option<Vec<String>> {
    let mut names: Vec<&str> = Vec::new();
    value.list_of(expected, |item| {
        let text = item.known(expected, known, |text| format!("there is no {kind} `{text}`"))?;
        if names.contains(&text) {
            return item.problem(format!("{kind} `{text}` is listed twice"), "listed before");
        }
        names.push(text);
        Some(text.to_owned())
    })
}
