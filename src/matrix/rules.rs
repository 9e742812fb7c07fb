//! `[[exclude]]` and `[[include]]`. A rule that names something the matrix doesn't have, or that no
//! cell can match, is a mistake and not a rule without effect.

use std::ops::Range;

use super::modes::ModesSection;
use super::problems::Problems;
use super::reader::{TomlTable, TomlValue};
use super::{CellRule, Interpreters, Variant, Workload, workers};
use crate::cell::{ModeKind, PLAIN, StartMethod};
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

pub(super) fn include(tables: Vec<TomlTable<'_>>, axes: &MatrixAxes<'_>) -> Vec<CellRule> {
    let modes = axes.catalogue.modes.iter().map(|mode| mode.name.clone()).collect();
    let reader = Reader { axes, modes: Some(modes), workers: None, start_methods: None };
    tables.into_iter().filter_map(|table| Some(reader.whole(table)?.1)).collect()
}

/// Reads the `[[exclude]]` tables. They apply to included cells too, so they may name what only those have.
pub(super) fn exclude(
    tables: Vec<TomlTable<'_>>,
    included: &[CellRule],
    axes: &MatrixAxes<'_>,
    problems: &Problems,
) -> Vec<CellRule> {
    let reader = Reader::of_cells(included, axes);
    let rules: Vec<Placed> = tables.into_iter().filter_map(|table| reader.whole(table)).collect();
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
    pub(super) fn rule(&self, table: &mut TomlTable<'_>) -> Option<Placed> {
        let before = table.problems.count();
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
        let mut named = |key, kind, known| table.read(key, |value| named(value, kind, known));
        let rule = CellRule {
            interpreter: named("interpreter", "interpreter", interpreters),
            workload: named("workload", "workload", workloads),
            mode: named("mode", "mode", modes),
            start_method: named("start_method", "start method", methods).and_then(|name| name.parse().ok()),
            variant: named("variant", "variant", variants),
            workers: table.read("workers", |value| self.workers(value, mode.as_ref())),
        };
        if table.problems.count() > before {
            return None;
        }
        self.possible(&rule, mode.as_ref()).then(|| (table.span(), rule))
    }

    /// Reads a table that is a rule and nothing else.
    fn whole(&self, mut table: TomlTable<'_>) -> Option<Placed> {
        let rule = self.rule(&mut table);
        table.finish();
        let (span, rule) = rule?;
        if rule == CellRule::default() {
            let label = "an empty rule would match every cell";
            return table.problems.add(span, "a rule needs at least one key", label);
        }
        Some((span, rule))
    }

    fn workers(&self, value: &TomlValue<'_>, mode: Option<&TomlValue<'_>>) -> Option<u32> {
        let count = workers::count(value)?;
        let one_worker = mode.and_then(|mode| mode.get().as_str()).is_some_and(|name| self.one_worker(name));
        if let Some(counts) = self.workers.as_ref().filter(|counts| !one_worker && !counts.contains(&count)) {
            let counts: Vec<String> = counts.iter().map(u32::to_string).collect();
            let title = format!("the matrix has no cells with {count} workers");
            return value.problem(title, format!("expected one of {}", counts.join(", ")));
        }
        Some(count)
    }

    /// Whether keys that are sound by themselves can match together.
    fn possible(&self, rule: &CellRule, mode: Option<&TomlValue<'_>>) -> bool {
        let (Some(value), Some(name)) = (mode, rule.mode.as_deref()) else { return true };
        let Some(info) = self.axes.catalogue.mode(name) else { return true };
        let (why, expected) = if info.kind.one_worker() && rule.workers.is_some_and(|count| count != 1) {
            ("has one worker", "expected `workers = 1`, or a mode with many workers")
        } else if info.kind != ModeKind::Processes && rule.start_method.is_some() {
            ("starts no processes", "expected a mode with a start method, such as `mp`")
        } else {
            return true;
        };
        let title = format!("this rule can match no cell: mode `{name}` {why}");
        value.problem::<()>(title, expected).is_some()
    }

    fn one_worker(&self, mode: &str) -> bool {
        self.axes.catalogue.mode(mode).is_some_and(|info| info.kind.one_worker())
    }
}

/// Reads a name among those known; with `None` any string will do.
fn named(value: &TomlValue<'_>, kind: &str, known: Option<Vec<&str>>) -> Option<String> {
    let expected = format!("the name of one {kind}");
    let text = match known {
        Some(known) => value.known(&expected, &known, |text| format!("the matrix has no {kind} `{text}`"))?,
        None => value.string(&expected)?,
    };
    Some(text.to_owned())
}

/// Notes a rule that drops the baseline which a workload's ratios need; only one that drops the whole workload may.
fn keep_baseline(rules: &[Placed], axes: &MatrixAxes<'_>, problems: &Problems) {
    let (Some(interpreters), Some(workloads)) = (axes.interpreters, axes.workloads) else { return };
    for (span, rule) in rules {
        let baseline = |workload: &Workload| workload.base(&interpreters.baseline);
        let hit = workloads.iter().map(baseline).find(|cell| rule.matches(cell));
        if let Some(cell) = hit.filter(|_| !rule.only_of_workload()) {
            problems.add_with_help::<()>(
                span.clone(),
                "this rule excludes the baseline of every ratio",
                format!(
                    "it matches `{}` in mode `{}`, workload `{}`",
                    cell.interpreter, cell.mode, cell.workload
                ),
                "add a key that spares it, or choose another `interpreters.baseline`",
            );
        }
    }
}
