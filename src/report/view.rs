//! Questions that several reports ask of the same results.

use std::collections::{HashMap, HashSet};
use std::ops::Deref;

use crate::analysis::{Capacity, CellResult, Results, Scaling, Speedup};
use crate::cell::{Cell, CellVariant};
use crate::record::Outcome;

use super::format;
use super::theme::Theme;

/// Mark of a figure whose interval is wider than was asked.
pub const UNSETTLED: &str = "~";
/// Mark of more workers than CPUs.
pub const OVERSUBSCRIBED: &str = "+";

/// Several cells that don't have a number for the same reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    pub outcome: Outcome,
    pub reason: String,
    pub cells: usize,
    /// Each cell as `fib 3.13 mp×2`.
    pub names: Vec<String>,
}

/// Characters of a reason that are shown outside the record: an exception's message may be a page long.
const REASON: usize = 400;
/// The same where reasons are listed.
const LISTED: usize = 160;

/// A mode and its variant.
pub type Way<'a> = (&'a str, CellVariant<'a>);

/// Interpreter, workload, way, workers.
type Identity<'a> = (&'a str, &'a str, Way<'a>, u32);

/// Results with what would otherwise be searched for again with every cell.
pub struct View<'a> {
    results: &'a Results,
    index: HashMap<Identity<'a>, &'a CellResult>,
    /// Cells of each workload, in the matrix's order.
    by_workload: HashMap<&'a str, Vec<&'a CellResult>>,
    curves: HashMap<Identity<'a>, &'a Scaling>,
    /// Modes that multiply with the workers axis.
    many: HashSet<&'a str>,
    /// Modes that have more than one variant.
    varied: HashSet<&'a str>,
    focus: u32,
    names: Vec<&'a str>,
    present: Vec<&'a str>,
    workloads: Vec<&'a str>,
}

impl<'a> View<'a> {
    pub fn new(results: &'a Results) -> Self {
        let mut view = Self {
            results,
            index: HashMap::with_capacity(results.cells.len()),
            by_workload: HashMap::new(),
            curves: HashMap::new(),
            many: HashSet::new(),
            varied: HashSet::new(),
            focus: 1,
            names: Vec::new(),
            present: Vec::new(),
            workloads: Vec::new(),
        };
        let mut variants: HashMap<&str, CellVariant<'_>> = HashMap::new();
        for cell in &results.cells {
            view.index.entry(identity(cell)).or_insert(cell);
            view.by_workload.entry(&cell.workload).or_default().push(cell);
            if cell.workers > 1 {
                view.many.insert(&cell.mode);
            }
            if *variants.entry(&cell.mode).or_insert(cell.variant()) != cell.variant() {
                view.varied.insert(&cell.mode);
            }
        }
        view.focus = view.find_focus();
        let named = results.cells.iter().map(|cell| cell.interpreter.as_str());
        view.names = unique(named.chain(results.interpreters.iter().map(|known| known.name.as_str())));
        let ran: HashSet<&str> = (results.cells.iter().filter(|cell| cell.outcome != Outcome::Skipped))
            .map(|cell| cell.interpreter.as_str())
            .collect();
        view.present = view.names.iter().copied().filter(|name| ran.contains(name)).collect();
        let planned = results.workloads.iter().map(|workload| workload.name.as_str());
        view.workloads = unique(planned);
        // A record that names others in its cells has them last.
        let known: HashSet<&str> = view.workloads.iter().copied().collect();
        let strange = results.cells.iter().map(|cell| cell.workload.as_str());
        view.workloads.extend(unique(strange.filter(|name| !known.contains(name))));
        for one in &results.scaling {
            view.curves.entry(identity(&one.cell)).or_insert(one);
        }
        view
    }

    fn find_focus(&self) -> u32 {
        let wanted = |cell: &&CellResult| self.many.contains(&*cell.mode) && cell.outcome != Outcome::Skipped;
        let many = || self.results.cells.iter().filter(wanted).map(|cell| cell.workers);
        let fits = many().filter(|&workers| f64::from(workers) <= self.results.host.effective_cpus.max(1.0));
        fits.max().or_else(|| many().min()).unwrap_or(1)
    }
}

fn identity(cell: &Cell) -> Identity<'_> {
    (&cell.interpreter, &cell.workload, (&cell.mode, cell.variant()), cell.workers)
}

impl Deref for View<'_> {
    type Target = Results;

    fn deref(&self) -> &Results {
        self.results
    }
}

/// Interpreters in the matrix's order, those that aren't on this machine too: the place of a name
/// here is its colour everywhere, whatever is missing.
pub fn interpreters<'a>(results: &'a View<'_>) -> &'a [&'a str] {
    &results.names
}

/// Interpreters with at least one cell that was to be run.
pub fn present<'a>(results: &'a View<'_>) -> Vec<&'a str> {
    results.present.clone()
}

/// Place of an interpreter's colour: by its place among those of its kind in the matrix.
pub fn colour_index(results: &View<'_>, interpreter: &str) -> usize {
    let (nth, kind) = of_its_kind(results, interpreter);
    Theme::place(nth, kind)
}

/// An earlier interpreter of its kind has the same colour: there are more than the palette has.
pub fn colour_repeats(results: &View<'_>, interpreter: &str) -> bool {
    let (nth, kind) = of_its_kind(results, interpreter);
    (0..nth).any(|earlier| Theme::place(earlier, kind) == Theme::place(nth, kind))
}

/// How many of the same kind come before it, and whether that kind is free-threaded.
fn of_its_kind(results: &View<'_>, interpreter: &str) -> (usize, bool) {
    let kind = free_threaded(results, interpreter);
    let before = interpreters(results)
        .iter()
        .take_while(|name| **name != interpreter)
        .filter(|name| free_threaded(results, name) == kind);
    (before.count(), kind)
}

/// Workloads in the matrix's order.
pub fn workloads<'a>(results: &'a View<'_>) -> Vec<&'a str> {
    results.workloads.clone()
}

/// Cells of a workload, in the matrix's order.
pub fn of<'a>(results: &'a View<'_>, workload: &str) -> impl Iterator<Item = &'a CellResult> + Clone {
    results.by_workload.get(workload).into_iter().flatten().copied()
}

/// What follows from a mode's numbers of workers, where something does.
pub fn curve<'a>(
    results: &'a View<'_>,
    (interpreter, workload): (&'a str, &'a str),
    way: Way<'a>,
) -> Option<&'a Scaling> {
    results.curves.get(&(interpreter, workload, way, 0)).copied()
}

/// What was measured of the machine's capacity with so many workers, where it can be: N processes can't do more
/// than N times the work of one, and an interval of a factor of two says nothing.
pub fn capacities<'a>(results: &'a View<'_>, workers: u32) -> impl Iterator<Item = &'a Capacity> + Clone {
    /// What noise may add.
    const MOST: f64 = 1.15;
    const WIDEST: f64 = 2.0;
    let most = f64::from(workers) * MOST;
    let sound = move |capacity: &&Capacity| {
        let wide = capacity.ci95.is_some_and(|[low, high]| high > low * WIDEST);
        capacity.cell.workers == workers && capacity.ratio.is_finite() && capacity.ratio <= most && !wide
    };
    results.results.capacity.iter().filter(sound)
}

/// Modes, each with its variant, in the matrix's order.
pub fn mode_variants<'a>(results: &'a View<'_>) -> Vec<Way<'a>> {
    unique(results.cells.iter().map(|cell| (cell.mode.as_str(), cell.variant())))
}

/// `threads`, `mp`, and `mp (spawn)` or `threads (gil-on)` where a mode has more than one variant.
pub fn mode_name(results: &View<'_>, (mode, variant): Way<'_>) -> String {
    variant.after(mode, results.varied.contains(mode))
}

/// `threads×2`, `single`; `mp×2 (spawn)` where a mode has more than one variant.
pub fn how(results: &View<'_>, cell: &Cell) -> String {
    cell.short(results.varied.contains(cell.mode.as_str()))
}

/// `3.13t threads×2`.
pub fn who(results: &View<'_>, cell: &Cell) -> String {
    format!("{} {}", cell.interpreter, how(results, cell))
}

/// Whether the time of its warm pass is itself known to the precision that was asked, whatever its ratios are.
pub fn time_settled(results: &View<'_>, cell: &CellResult) -> bool {
    let ends = cell.wall_ns.as_ref().and_then(|wall| wall.ci95);
    ends.is_some_and(|[low, high]| low > 0 && (high as f64 / low as f64).sqrt() - 1.0 <= results.precision)
}

/// Whether a mode multiplies with the workers axis.
pub fn takes_workers(results: &View<'_>, mode: &str) -> bool {
    results.many.contains(mode)
}

/// The number of workers that pictures with one number show: the largest that the machine has CPUs
/// for, else the smallest that was asked for.
pub fn focus_workers(results: &View<'_>) -> u32 {
    results.focus
}

/// The cell of this identity, at `workers` or, where the mode doesn't take workers, its only one.
pub fn cell_at<'a>(
    results: &'a View<'a>,
    interpreter: &str,
    workload: &str,
    way: Way<'_>,
    workers: u32,
) -> Option<&'a CellResult> {
    let workers = if takes_workers(results, way.0) { workers } else { 1 };
    results.index.get(&(interpreter, workload, way, workers)).copied()
}

/// The interval to print beside a ratio: none where a cell is its own baseline.
pub fn interval(speedup: &Speedup) -> Option<[f64; 2]> {
    speedup.ci95.filter(|ci| *ci != [1.0, 1.0])
}

/// A cell whose figures may be shown.
pub fn has_numbers(cell: &CellResult) -> bool {
    cell.outcome == Outcome::Completed
}

/// Completed, and every ratio it has is as narrow as was asked.
pub fn settled(cell: &CellResult) -> bool {
    let narrow = |speedup: &Option<Speedup>| speedup.as_ref().is_none_or(|speedup| speedup.settled);
    has_numbers(cell) && narrow(&cell.speedup) && narrow(&cell.speedup_self)
}

/// Built without the GIL, as the interpreter said.
pub fn free_threaded(results: &View<'_>, interpreter: &str) -> bool {
    match results.interpreter(interpreter) {
        Some(known) => known.facts.free_threaded(),
        // It isn't here: its name tells, as `3.14t`, and only its place in the palette hangs on it.
        None => {
            interpreter.strip_suffix('t').is_some_and(|rest| rest.ends_with(|c: char| c.is_ascii_digit()))
        }
    }
}

/// `timed out`, in words.
pub fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Completed => "completed",
        Outcome::Failed => "failed",
        Outcome::TimedOut => "timed out",
        Outcome::Crashed => "crashed",
        Outcome::ChecksumMismatch => "wrong answer",
        Outcome::ProtocolError => "protocol error",
        Outcome::GilMismatch => "GIL not as asked",
        Outcome::OutOfMemory => "out of memory",
        Outcome::NoSteadyState => "no steady state",
        Outcome::NotReached => "not reached",
        Outcome::Cancelled => "cancelled",
        Outcome::Skipped => "skipped",
    }
}

/// What stands in the place of a number: `crashed: killed by signal 11`.
pub fn why_none(cell: &CellResult) -> String {
    match cell.reason.as_deref() {
        Some(reason) if !reason.trim().is_empty() => {
            format!("{}: {}", outcome(cell.outcome), format::clip(reason, REASON))
        }
        _ => outcome(cell.outcome).to_owned(),
    }
}

/// Cells with neither a number nor a failure of their own, gathered by reason, in order of appearance.
pub fn silent_groups(results: &View<'_>) -> Vec<Group> {
    groups(results, |outcome| matches!(outcome, Outcome::Skipped | Outcome::NotReached | Outcome::Cancelled))
}

/// Failed cells, gathered by outcome and reason, the largest group first.
pub fn failed_groups(results: &View<'_>) -> Vec<Group> {
    let mut groups = groups(results, Outcome::is_failure);
    groups.sort_by_key(|group| std::cmp::Reverse(group.cells));
    groups
}

/// Reasons that differ in their numbers alone (a pid, an invocation) are one.
fn groups(results: &View<'_>, wanted: impl Fn(Outcome) -> bool) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let mut places: HashMap<(Outcome, String), usize> = HashMap::new();
    for cell in results.results.cells.iter().filter(|cell| wanted(cell.outcome)) {
        let reason = cell.reason.as_deref().unwrap_or_default();
        let reason = reason.rsplit_once(" (invocation ").map_or(reason, |(reason, _)| reason);
        let alike = if cell.outcome.is_failure() {
            reason.chars().filter(|c| !c.is_ascii_digit()).collect()
        } else {
            reason.to_owned()
        };
        let place = *places.entry((cell.outcome, alike)).or_insert_with(|| {
            let reason = format::clip(reason, LISTED);
            groups.push(Group { outcome: cell.outcome, reason, cells: 0, names: Vec::new() });
            groups.len() - 1
        });
        let group = &mut groups[place];
        group.reason = common(&group.reason, &format::clip(reason, LISTED));
        group.cells += 1;
        group.names.push(format!("{} {}", cell.workload, who(results, cell)));
    }
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

impl Group {
    /// `44 cells skipped: ...`.
    pub fn text(&self) -> String {
        let head = format!("{} {}", format::count(self.cells, "cell"), outcome(self.outcome));
        if self.reason.is_empty() { head } else { format!("{head}: {}", self.reason) }
    }
}

/// One line about how much stands, said before anything else; what failed comes first.
pub fn tally(results: &View<'_>) -> String {
    let counts = &results.counts;
    let mut parts = Vec::new();
    if counts.failed > 0 {
        let asked = counts.completed + counts.failed + counts.not_reached;
        parts.push(format!("{} of {} failed", counts.failed, format::count(asked as usize, "cell")));
        parts.push(format!("{} measured", counts.completed));
    } else {
        parts.push(format!("{} measured", format::count(counts.completed as usize, "cell")));
    }
    if counts.completed > counts.settled {
        parts.push(format!("{} of them unsettled", counts.completed - counts.settled));
    }
    for (n, word) in [(counts.not_reached, "not reached"), (counts.skipped, "skipped")] {
        if n > 0 {
            parts.push(format!("{n} {word}"));
        }
    }
    parts.join(", ")
}

fn unique<T: PartialEq>(items: impl Iterator<Item = T>) -> Vec<T> {
    let mut kept: Vec<T> = Vec::new();
    for item in items {
        if !kept.contains(&item) {
            kept.push(item);
        }
    }
    kept
}

/// `1.2 s, 99th percentile 800 ms`: how long the event loop stood still at the longest.
pub fn lag(cell: &CellResult) -> Option<String> {
    let longest = format::ns(cell.loop_lag_ns?);
    let p99 = cell.loop_lag_p99_ns.filter(|p99| Some(*p99) != cell.loop_lag_ns);
    let p99 = p99.map(|p99| format!(", 99th percentile {}", format::ns(p99)));
    Some(longest + &p99.unwrap_or_default())
}

/// What a pass is, where it isn't one execution after one warm-up.
pub fn passes(cell: &CellResult) -> Option<String> {
    let repeats =
        (cell.repeats > 1).then(|| format!("tasks repeated up to {} times in a pass", cell.repeats));
    let warm_ups =
        cell.warm_ups.filter(|&rounds| rounds > 1).map(|rounds| format!("{rounds} warm-ups of a process"));
    let parts: Vec<String> = repeats.into_iter().chain(warm_ups).collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}
