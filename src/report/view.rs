//! Questions that several reports ask of the same results.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use std::ops::Deref;

use indexmap::{IndexMap, IndexSet};

use crate::analysis::{Capacity, CellResult, Doubt, Results, Scaling};
use crate::cell::{Cell, CellVariant, SINGLE};
use crate::record::Outcome;

use super::format;
use super::theme::Theme;
use super::wording::outcome;

/// Several cells of which the same is to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CellGroup {
    /// What became of them, as `crashed`.
    pub what: &'static str,
    pub reason: String,
    pub cells: usize,
    /// Each cell as `fib 3.13 mp×2`.
    pub names: Vec<String>,
}

/// Characters of a reason where reasons are listed.
const LISTED: usize = 200;
/// What became of cells that are to be distrusted.
const DOUBTED: &str = "doubted";

/// A mode and its variant.
pub(super) type Way<'a> = (&'a str, CellVariant<'a>);

/// Interpreter, workload, way, workers.
type Identity<'a> = (&'a str, &'a str, Way<'a>, u32);

/// Results with what would otherwise be searched for again with every cell.
pub(crate) struct View<'a> {
    /// The results themselves, for as long as they live.
    pub results: &'a Results,
    index: HashMap<Identity<'a>, &'a CellResult>,
    /// Cells of each workload, in the matrix's order.
    by_workload: HashMap<&'a str, Vec<&'a CellResult>>,
    /// With 0 workers.
    curves: HashMap<Identity<'a>, &'a Scaling>,
    /// Modes that multiply with the workers axis.
    many: HashSet<&'a str>,
    /// Modes that have more than one variant.
    varied: HashSet<&'a str>,
    /// The number of workers that pictures with one number show: the largest that the machine has CPUs
    /// for, else the smallest that was asked for.
    pub focus_workers: u32,
    /// Interpreters in the matrix's order, those that aren't on this machine too: the place of a name
    /// here is its colour everywhere, whatever is missing.
    pub interpreter_names: Vec<&'a str>,
    /// Interpreters with at least one cell that was to be run.
    pub present: Vec<&'a str>,
    /// Workloads in the matrix's order.
    pub workload_names: Vec<&'a str>,
}

impl<'a> View<'a> {
    pub(crate) fn new(results: &'a Results) -> Self {
        let cells = || results.cells.iter();
        let mut by_workload: HashMap<&str, Vec<&CellResult>> = HashMap::new();
        for cell in cells() {
            by_workload.entry(&cell.workload).or_default().push(cell);
        }
        let many: HashSet<&str> = cells().filter(|cell| cell.workers > 1).map(|cell| &*cell.mode).collect();
        let ways = unique(cells().map(|cell| way(cell)));
        let varied = ways.iter().filter(|one| ways.iter().any(|other| one.0 == other.0 && one.1 != other.1));
        let named = results.interpreters.iter().map(|known| known.name.as_str());
        let interpreter_names = unique(cells().map(|cell| &*cell.interpreter).chain(named));
        let ran: HashSet<&str> = (cells().filter(|cell| cell.outcome != Outcome::Skipped))
            .map(|cell| cell.interpreter.as_str())
            .collect();
        let planned = results.workloads.iter().map(|workload| workload.name.as_str());
        Self {
            results,
            // Of several the first counts.
            index: cells().rev().map(|cell| (identity(cell), cell)).collect(),
            by_workload,
            curves: results.scaling.iter().rev().map(|one| (identity(&one.cell), one)).collect(),
            varied: varied.map(|(mode, _)| *mode).collect(),
            focus_workers: focus(results, &many),
            present: interpreter_names.iter().copied().filter(|name| ran.contains(name)).collect(),
            interpreter_names,
            // A record that names others in its cells has them last.
            workload_names: unique(planned.chain(cells().map(|cell| &*cell.workload))),
            many,
        }
    }

    /// Returns the first interpreter that `told` has something of, and that; the baseline is asked before all others.
    pub(crate) fn first_that_has<T>(&self, told: impl Fn(&str) -> Vec<T>) -> Option<(&'a str, Vec<T>)> {
        let mut names = self.present.clone();
        names.sort_by_key(|name| *name != self.baseline);
        names.into_iter().map(|name| (name, told(name))).find(|(_, told)| !told.is_empty())
    }

    /// Cells of a workload, in the matrix's order.
    pub(crate) fn cells_of(&self, workload: &str) -> impl Iterator<Item = &'a CellResult> + Clone {
        self.by_workload.get(workload).into_iter().flatten().copied()
    }

    /// Cells whose figures may be shown, in the matrix's order.
    pub(crate) fn measured(&self) -> impl Iterator<Item = &'a CellResult> + Clone {
        self.results.cells.iter().filter(|cell| cell.has_numbers())
    }

    /// Returns the mode that all ratios are taken against, in a word for headings.
    pub(crate) fn base_mode(&self) -> &'static str {
        let plain = self.measured().find(|cell| !cell.is_command());
        plain.or(self.measured().next()).map_or(SINGLE, |cell| cell.base_mode())
    }

    /// Whether a picture with one number of workers shows this cell.
    pub(crate) fn in_focus(&self, cell: &CellResult) -> bool {
        cell.workers == self.focus_workers || !self.takes_workers(&cell.mode)
    }

    /// Whether a mode multiplies with the workers axis.
    pub(crate) fn takes_workers(&self, mode: &str) -> bool {
        self.many.contains(mode)
    }

    /// Place of an interpreter's colour: by its place among those of its kind in the matrix.
    pub(crate) fn colour_index(&self, interpreter: &str) -> usize {
        let (nth, kind) = self.of_its_kind(interpreter);
        Theme::place(nth, kind)
    }

    /// Whether an earlier interpreter of its kind has the same colour: there are more than the palette has.
    pub(crate) fn colour_repeats(&self, interpreter: &str) -> bool {
        let (nth, kind) = self.of_its_kind(interpreter);
        (0..nth).any(|earlier| Theme::place(earlier, kind) == Theme::place(nth, kind))
    }

    /// How many of the same kind come before it, and whether that kind is free-threaded.
    fn of_its_kind(&self, interpreter: &str) -> (usize, bool) {
        let kind = self.free_threaded(interpreter);
        let before = self.interpreter_names.iter().take_while(|name| **name != interpreter);
        (before.filter(|name| self.free_threaded(name) == kind).count(), kind)
    }

    /// Whether it was built without the GIL, as the interpreter said.
    pub(crate) fn free_threaded(&self, interpreter: &str) -> bool {
        match self.interpreter(interpreter) {
            Some(known) => known.facts.free_threaded(),
            // It isn't here: its name tells, as `3.14t`, and only its place in the palette hangs on it.
            None => {
                interpreter.strip_suffix('t').is_some_and(|rest| rest.ends_with(|c: char| c.is_ascii_digit()))
            }
        }
    }

    /// What follows from a mode's numbers of workers, where something does.
    pub(crate) fn curve(&self, interpreter: &str, workload: &str, way: Way<'_>) -> Option<&'a Scaling> {
        self.curves.get(&(interpreter, workload, way, 0)).copied()
    }

    /// What was measured of the machine's capacity with so many workers, where it can be: N processes can't
    /// do more than N times the work of one, and an interval of a factor of two says nothing.
    pub(crate) fn capacities(&self, workers: u32) -> impl Iterator<Item = &'a Capacity> + Clone {
        /// What noise may add.
        const MOST: f64 = 1.15;
        const WIDEST: f64 = 2.0;
        let most = f64::from(workers) * MOST;
        let sound = move |capacity: &&Capacity| {
            let wide = capacity.ci95.is_some_and(|[low, high]| high > low * WIDEST);
            capacity.cell.workers == workers && capacity.ratio.is_finite() && capacity.ratio <= most && !wide
        };
        self.results.capacity.iter().filter(sound)
    }

    /// Modes, each with its variant, in the matrix's order.
    pub(crate) fn ways(&self) -> Vec<Way<'a>> {
        unique(self.results.cells.iter().map(|cell| way(cell)))
    }

    /// `threads`, `mp`, and `mp (spawn)` or `threads (gil-on)` where a mode has more than one variant.
    pub(crate) fn way_name(&self, (mode, variant): Way<'_>) -> String {
        variant.after(mode, self.varied.contains(mode))
    }

    /// `threads×2`, `single`; `mp×2 (spawn)` where a mode has more than one variant.
    pub(crate) fn how(&self, cell: &Cell) -> String {
        cell.short(self.varied.contains(cell.mode.as_str()))
    }

    /// `3.13t threads×2`.
    pub(crate) fn who(&self, cell: &Cell) -> String {
        format!("{} {}", cell.interpreter, self.how(cell))
    }

    /// `3.13t threads×2 fib`: over a picture, where no panel says the workload.
    pub(crate) fn who_on(&self, cell: &Cell) -> String {
        format!("{} {}", self.who(cell), cell.workload)
    }

    /// `fib 3.13t threads×2`: as lists and trackers call a cell.
    pub(crate) fn full_name(&self, cell: &Cell) -> String {
        format!("{} {}", cell.workload, self.who(cell))
    }

    /// Whether the time of its warm pass is itself known to the precision that was asked, whatever its ratios are.
    pub(crate) fn time_settled(&self, cell: &CellResult) -> bool {
        let ends = cell.wall_ns.as_ref().and_then(|wall| wall.ci95);
        ends.is_some_and(|[low, high]| low > 0 && (high as f64 / low as f64).sqrt() - 1.0 <= self.precision)
    }

    /// The cell of this identity at the focus number of workers or, where the mode doesn't take workers, its
    /// only one.
    pub(crate) fn cell_in_focus(
        &self,
        interpreter: &str,
        workload: &str,
        way: Way<'_>,
    ) -> Option<&'a CellResult> {
        let workers = if self.takes_workers(way.0) { self.focus_workers } else { 1 };
        self.index.get(&(interpreter, workload, way, workers)).copied()
    }

    /// Cells with neither a number nor a failure of their own, gathered by reason, in order of appearance.
    pub(crate) fn silent_groups(&self) -> Vec<CellGroup> {
        let silent = |cell: &&CellResult| {
            matches!(cell.outcome, Outcome::Skipped | Outcome::NotReached | Outcome::Cancelled)
        };
        let told = |cell: &'a CellResult| (cell, outcome(cell.outcome), cell.reason.as_deref());
        self.groups(self.results.cells.iter().filter(silent).map(told), str::to_owned)
    }

    /// Failed cells, gathered by outcome and reason, the largest group first.
    pub(crate) fn failed_groups(&self) -> Vec<CellGroup> {
        let failed = self.results.cells.iter().filter(|cell| cell.outcome.is_failure());
        let told = |cell: &'a CellResult| (cell, outcome(cell.outcome), cell.reason.as_deref());
        largest_first(self.groups(failed.map(told), without_digits))
    }

    /// Doubts about cells, gathered by what they say, the largest group first. What an answer tells of the cell that it
    /// chooses isn't said again.
    pub(crate) fn doubt_groups(&self) -> Vec<CellGroup> {
        let answers = self.told_answers();
        let new = |doubt: &&'a Doubt| !answers.iter().any(|answer| answer.doubts.contains(doubt));
        let told = self.results.cells.iter().flat_map(|cell| {
            cell.doubts.iter().filter(new).map(move |doubt| (cell, DOUBTED, Some(doubt.text.as_str())))
        });
        largest_first(self.groups(told, without_digits))
    }

    /// Gathers cells, each with what became of it and why, by that and what `alike` makes of the reason.
    fn groups(
        &self,
        told: impl Iterator<Item = (&'a CellResult, &'static str, Option<&'a str>)>,
        alike: fn(&str) -> String,
    ) -> Vec<CellGroup> {
        let mut groups: IndexMap<(&str, String), CellGroup> = IndexMap::new();
        for (cell, what, reason) in told {
            let reason = reason.unwrap_or_default();
            let reason = reason.rsplit_once(" (invocation ").map_or(reason, |(reason, _)| reason);
            let group = groups.entry((what, alike(reason))).or_insert_with(|| {
                let reason = format::clip(reason, LISTED);
                CellGroup { what, reason, cells: 0, names: Vec::new() }
            });
            group.reason = common(&group.reason, &format::clip(reason, LISTED));
            group.cells += 1;
            group.names.push(self.full_name(cell));
        }
        groups.into_values().collect()
    }

    /// One line about how much stands, said before anything else; what failed comes first.
    pub(crate) fn tally(&self) -> String {
        let counts = &self.counts;
        let mut parts: Vec<String> = Vec::new();
        if counts.failed > 0 {
            let asked = counts.completed + counts.failed + counts.not_reached;
            parts.push(format!("{} of {} failed", counts.failed, format::count(asked as usize, "cell")));
            parts.extend(self.answered());
            parts.push(format!("{} measured", counts.completed));
        } else {
            parts.extend(self.answered());
            parts.push(format!("{} measured", format::count(counts.completed as usize, "cell")));
        }
        if counts.completed > 0 {
            parts.push(format!("{} of them to ±{}", counts.settled, format::percent(self.precision)));
        }
        for (n, word) in [(counts.not_reached, "not reached"), (counts.skipped, "skipped")] {
            if n > 0 {
                parts.push(format!("{n} {word}"));
            }
        }
        parts.join(", ")
    }
}

/// The mode of a cell with its variant.
pub(super) fn way(cell: &Cell) -> Way<'_> {
    (&cell.mode, cell.variant())
}

/// The number of workers that pictures with one number show, of modes that have `many`.
fn focus(results: &Results, many: &HashSet<&str>) -> u32 {
    let wanted = |cell: &&CellResult| many.contains(&*cell.mode) && cell.outcome != Outcome::Skipped;
    let many = || results.cells.iter().filter(wanted).map(|cell| cell.workers);
    let fits = many().filter(|&workers| f64::from(workers) <= results.host.effective_cpus.max(1.0));
    fits.max().or_else(|| many().min()).unwrap_or(1)
}

fn identity(cell: &Cell) -> Identity<'_> {
    (&cell.interpreter, &cell.workload, way(cell), cell.workers)
}

impl Deref for View<'_> {
    type Target = Results;

    fn deref(&self) -> &Results {
        self.results
    }
}

/// Reasons that differ in their numbers alone (a pid, an invocation) are one.
fn without_digits(reason: &str) -> String {
    reason.chars().filter(|c| !c.is_ascii_digit()).collect()
}

fn largest_first(mut groups: Vec<CellGroup>) -> Vec<CellGroup> {
    groups.sort_by_key(|group| std::cmp::Reverse(group.cells));
    groups
}

/// One reason for two that differ in a number: a pid of one of several would be taken for that of all.
fn common(one: &str, other: &str) -> String {
    if one == other || one.split(' ').count() != other.split(' ').count() {
        return one.to_owned();
    }
    let word = |(one, other): (&str, &str)| if one == other { one } else { "…" }.to_owned();
    one.split(' ').zip(other.split(' ')).map(word).collect::<Vec<_>>().join(" ")
}

/// Cells of a group that are named; the tables have them all.
const NAMED: usize = 4;

impl CellGroup {
    /// `44 cells skipped: ...`.
    pub(crate) fn text(&self) -> String {
        let head = format!("{} {}", format::count(self.cells, "cell"), self.what);
        if self.reason.is_empty() { head } else { format!("{head}: {}", self.reason) }
    }

    /// The same with the first of its names.
    pub(crate) fn with_names(&self) -> String {
        format!("{} ({})", self.text(), self.first_names())
    }

    /// `fib 3.13 mp×2, fib 3.13 mp×4, 7 more`.
    pub(crate) fn first_names(&self) -> String {
        let named = self.names.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
        let more = self.names.len().saturating_sub(NAMED);
        if more > 0 { format!("{named}, {more} more") } else { named }
    }
}

/// The items without those that came before, in order of appearance.
pub(super) fn unique<T: Hash + Eq>(items: impl Iterator<Item = T>) -> Vec<T> {
    items.collect::<IndexSet<T>>().into_iter().collect()
}
