//! `[[exclude]]` and `[[include]]`. A rule that names something the matrix doesn't have, or that no
//! cell can match, is a mistake and not a rule without effect.

use std::ops::Range;

use super::modes::ModesSection;
use super::problems::Problems;
use super::reader::{TomlTable, TomlValue};
use super::{CellRule, Interpreters, Variant, Workload, workers};
use crate::cell::{Cell, ModeKind, PLAIN, SINGLE, StartMethod};
use crate::harness::Catalogue;

/// What the matrix has on each axis; `None` where that part of the file isn't sound, and so nothing
/// can be said about names on it.
pub(super) struct MatrixAxes<'a> {
    pub interpreters: Option<&'a Interpreters>,
    pub workloads: Option<&'a [Workload]>,
    pub modes: &'a ModesSection,
    pub variants: Option<&'a [Variant]>,
    pub catalogue: &'a Catalogue,
}

/// A rule and where it stands.
type Placed = (Range<usize>, CellRule);

pub(super) fn include(
    tables: Vec<TomlTable<'_, '_>>,
    axes: &MatrixAxes<'_>,
    problems: &mut Problems,
) -> Vec<CellRule> {
    let modes = axes.catalogue.modes.iter().map(|mode| mode.name.clone()).collect();
    let reader = Reader { axes, modes: Some(modes), workers: None, start_methods: None };
    let rule = |mut table: TomlTable<'_, '_>| {
        let (span, rule) = reader.rule(&mut table, problems)?;
        table.finish(problems);
        reader.names_something(&span, &rule, problems).then_some(rule)
    };
    tables.into_iter().filter_map(rule).collect()
}

/// Reads the `[[exclude]]` tables. They apply to included cells too, so they may name what only those have.
pub(super) fn exclude(
    tables: Vec<TomlTable<'_, '_>>,
    included: &[CellRule],
    axes: &MatrixAxes<'_>,
    problems: &mut Problems,
) -> Vec<CellRule> {
    let reader = Reader::of_cells(included, axes);
    let rules: Vec<Placed> = tables
        .into_iter()
        .filter_map(|mut table| {
            let rule = reader.rule(&mut table, problems);
            table.finish(problems);
            rule.filter(|(span, rule)| reader.names_something(span, rule, problems))
        })
        .collect();
    keep_baseline(&rules, axes, problems);
    rules.into_iter().map(|(_, rule)| rule).collect()
}
/// What a rule may name; `None`: anything of the right type.
pub(super) struct Reader<'a> {
    axes: &'a MatrixAxes<'a>,
    modes: Option<Vec<String>>,
    workers: Option<Vec<u32>>,
    start_methods: Option<Vec<StartMethod>>,
}

impl<'a> Reader<'a> {
    /// Makes a reader of rules about cells that are there, included ones too.
    pub(super) fn of_cells(included: &[CellRule], axes: &'a MatrixAxes<'a>) -> Self {
        let mut modes = axes.modes.names.clone();
        let mut start_methods = axes.modes.start_methods.clone();
        let mut workers =
            axes.modes.workers.as_ref().filter(|axis| !axis.of_machine).map(|axis| axis.counts.clone());
        modes.iter_mut().for_each(|names| names.extend(included.iter().filter_map(|rule| rule.mode.clone())));
        start_methods
            .iter_mut()
            .for_each(|known| known.extend(included.iter().filter_map(|rule| rule.start_method)));
        workers.iter_mut().for_each(|counts| counts.extend(included.iter().filter_map(|rule| rule.workers)));
        Self { axes, modes, workers, start_methods }
    }

    /// Reads the selecting keys of a table; the caller finishes it.
    pub(super) fn rule(&self, table: &mut TomlTable<'_, '_>, problems: &mut Problems) -> Option<Placed> {
        let before = problems.count();
        let axes = self.axes;
        let interpreters =
            axes.interpreters.map(|all| all.entries.iter().map(|entry| entry.name.as_str()).collect());
        let workloads = axes.workloads.map(|all| all.iter().map(|workload| workload.name.as_str()).collect());
        let modes = self.modes.as_ref().map(|names| names.iter().map(String::as_str).collect());
        let variants = axes.variants.map(|all| {
            std::iter::once(PLAIN).chain(all.iter().map(|variant| variant.name.as_str())).collect()
        });
        let methods = self.start_methods.as_deref().unwrap_or(&StartMethod::ALL);
        let methods = Some(methods.iter().map(|method| method.as_str()).collect());
        let mode = table.get("mode");
        let rule = CellRule {
            interpreter: named(table.get("interpreter").as_ref(), "interpreter", interpreters, problems),
            workload: named(table.get("workload").as_ref(), "workload", workloads, problems),
            mode: named(mode.as_ref(), "mode", modes, problems),
            workers: self.workers(table.get("workers").as_ref(), mode.as_ref(), problems),
            start_method: named(table.get("start_method").as_ref(), "start method", methods, problems)
                .and_then(|name| name.parse().ok()),
            variant: named(table.get("variant").as_ref(), "variant", variants, problems),
        };
        if problems.count() > before {
            return None;
        }
        self.possible(&rule, mode.as_ref(), problems).then(|| (table.span(), rule))
    }

    fn names_something(&self, span: &Range<usize>, rule: &CellRule, problems: &mut Problems) -> bool {
        if *rule == CellRule::default() {
            let label = "an empty rule would match every cell";
            problems.add(span.clone(), "a rule needs at least one key", label);
        }
        *rule != CellRule::default()
    }

    fn workers(
        &self,
        value: Option<&TomlValue<'_, '_>>,
        mode: Option<&TomlValue<'_, '_>>,
        problems: &mut Problems,
    ) -> Option<u32> {
        let value = value?;
        let count = workers::count(value, problems)?;
        let one_worker = mode.and_then(|mode| mode.get().as_str()).is_some_and(|name| self.one_worker(name));
        let known = self.workers.as_ref().filter(|counts| !one_worker && !counts.contains(&count));
        if let Some(counts) = known {
            let counts: Vec<String> = counts.iter().map(u32::to_string).collect();
            let title = format!("the matrix has no cells with {count} workers");
            problems.add(value.span(), title, format!("expected one of {}", counts.join(", ")));
        }
        Some(count)
    }

    /// Whether keys that are sound by themselves can match together.
    fn possible(&self, rule: &CellRule, mode: Option<&TomlValue<'_, '_>>, problems: &mut Problems) -> bool {
        let (Some(value), Some(name)) = (mode, rule.mode.as_deref()) else { return true };
        let Some(info) = self.axes.catalogue.mode(name) else { return true };
        if info.kind.one_worker() && rule.workers.is_some_and(|count| count != 1) {
            let title = format!("this rule can match no cell: mode `{name}` has one worker");
            problems.add(value.span(), title, "expected `workers = 1`, or a mode with many workers");
            return false;
        }
        if info.kind != ModeKind::Processes && rule.start_method.is_some() {
            let title = format!("this rule can match no cell: mode `{name}` starts no processes");
            problems.add(value.span(), title, "expected a mode with a start method, such as `mp`");
            return false;
        }
        true
    }

    fn one_worker(&self, mode: &str) -> bool {
        self.axes.catalogue.mode(mode).is_some_and(|info| info.kind.one_worker())
    }
}

/// Reads a name among those known; with `None` any string will do.
fn named(
    value: Option<&TomlValue<'_, '_>>,
    kind: &str,
    known: Option<Vec<&str>>,
    problems: &mut Problems,
) -> Option<String> {
    let value = value?;
    let text = value.string(&format!("the name of one {kind}"), problems)?;
    if let Some(known) = known.filter(|known| !known.contains(&text)) {
        problems.unknown(value.span(), format!("the matrix has no {kind} `{text}`"), text, &known);
        return None;
    }
    Some(text.to_owned())
}

/// Notes a rule that drops the baseline which a workload's ratios need; only one that drops the whole workload may.
fn keep_baseline(rules: &[Placed], axes: &MatrixAxes<'_>, problems: &mut Problems) {
    let (Some(interpreters), Some(workloads)) = (axes.interpreters, axes.workloads) else { return };
    for (span, rule) in rules {
        let baseline = |workload: &Workload| Cell::single(&interpreters.baseline, &workload.name);
        let hit = workloads.iter().map(baseline).find(|cell| rule.matches(cell));
        if let Some(cell) = hit.filter(|_| !rule.only_of_workload()) {
            problems.add_with_help(
                span.clone(),
                "this rule excludes the baseline of every ratio",
                format!("it matches `{}` in mode `{SINGLE}`, workload `{}`", cell.interpreter, cell.workload),
                "add a key that spares it, or choose another `interpreters.baseline`",
            );
        }
    }
}
