//! `[modes]`: how the tasks are run, with how many workers, started how.

use super::Modes;
use super::problems::Problems;
use super::reader::{TomlTable, TomlValue};
use super::workers::{self, WorkersAxis};
use crate::cell::{SINGLE, StartMethod};
use crate::harness::{Catalogue, DEFAULT_MODES};

/// The section, and whether its worker counts depend on the machine; each part `None` where it was
/// written and isn't sound.
pub(super) struct ModesSection {
    pub names: Option<Vec<String>>,
    pub workers: Option<WorkersAxis>,
    pub start_methods: Option<Vec<StartMethod>>,
}

impl ModesSection {
    /// Returns what stands in the matrix once there are no problems.
    pub(super) fn resolved(self) -> Option<Modes> {
        Some(Modes { names: self.names?, workers: self.workers?.counts, start_methods: self.start_methods? })
    }
}

pub(super) fn read(
    table: Option<TomlTable<'_, '_>>,
    catalogue: &Catalogue,
    cpus: u32,
    problems: &mut Problems,
) -> ModesSection {
    let names =
        DEFAULT_MODES.iter().filter(|name| catalogue.mode(name).is_some()).map(|&name| name.to_owned());
    let mut read = ModesSection {
        names: Some(names.collect()),
        workers: Some(WorkersAxis::default()),
        start_methods: Some(vec![StartMethod::Fork]),
    };
    let Some(mut table) = table else { return read };
    if let Some(value) = table.get("use") {
        read.names = modes(&value, catalogue, problems);
    }
    if let Some(value) = table.get("workers") {
        read.workers = workers::read(&value, cpus, problems);
    }
    if let Some(value) = table.get("start_methods") {
        read.start_methods = start_methods(&value, problems);
    }
    table.finish(problems);
    read
}

/// Reads the modes. `single` is always among them: every ratio is taken against it.
fn modes(value: &TomlValue<'_, '_>, catalogue: &Catalogue, problems: &mut Problems) -> Option<Vec<String>> {
    let known: Vec<&str> = catalogue.modes.iter().map(|mode| mode.name.as_str()).collect();
    let mut names = words(value, "a list of modes", "mode", &known, problems)?;
    if catalogue.mode(SINGLE).is_some() && !names.iter().any(|name| name == SINGLE) {
        names.insert(0, SINGLE.to_owned());
    }
    Some(names)
}

fn start_methods(value: &TomlValue<'_, '_>, problems: &mut Problems) -> Option<Vec<StartMethod>> {
    let known = StartMethod::ALL.map(StartMethod::as_str);
    let names = words(value, "a list of start methods", "start method", &known, problems)?;
    Some(names.iter().filter_map(|name| name.parse().ok()).collect())
}

/// Reads a list of known names, each once.
fn words(
    value: &TomlValue<'_, '_>,
    expected: &str,
    kind: &str,
    known: &[&str],
    problems: &mut Problems,
) -> Option<Vec<String>> {
    let items = value.list(expected, problems)?;
    let mut names: Vec<String> = Vec::new();
    for item in &items {
        let Some(text) = item.string(expected, problems) else { continue };
        if !known.contains(&text) {
            problems.unknown(item.span(), format!("there is no {kind} `{text}`"), text, known);
        } else if names.iter().any(|name| name == text) {
            problems.add(item.span(), format!("{kind} `{text}` is listed twice"), "listed before");
        } else {
            names.push(text.to_owned());
        }
    }
    (names.len() == items.len()).then_some(names)
}
