//! What is known so far of each cell, and whether that is enough.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use indexmap::IndexSet;

use crate::cell::Cell;
use crate::doubts::Ledger;
use crate::pairing::{Pair, PairRole, Pairing, Roles};
use crate::plan::PlannedCell;
use crate::record::{Invocation, InvocationKind, Outcome};
use crate::stats::{Components, Interval, Meeting, components, log_ratio_interval, settled};

/// Solo invocations of each cell: enough for an interval of the cold total.
pub(super) const SOLOS: u32 = 3;

/// What is known of one ratio.
#[derive(Debug, Clone, Default)]
pub(super) struct Ratio {
    /// One list for each pair of processes: the log ratio of each sweep.
    pairs: Vec<Vec<f64>>,
    /// The value of each pair.
    values: Vec<f64>,
    /// Of each pair, how far its ratio may be off since several workers' waiting isn't known.
    waiting: Vec<f64>,
}

impl Ratio {
    pub(super) fn push(&mut self, pair: &Pair) {
        self.pairs.push(pair.logs.clone());
        self.values.push(pair.value());
        self.waiting.push(pair.waiting);
    }

    /// Takes a pair of one sweep.
    #[cfg(test)]
    pub(super) fn push_value(&mut self, value: f64) {
        self.pairs.push(vec![value]);
        self.values.push(value);
        self.waiting.push(0.0);
    }

    /// Over the pairs' values.
    pub(super) fn interval(&self) -> Option<Interval> {
        Some(log_ratio_interval(&self.values)?.reaching(crate::stats::mean(&self.waiting)?))
    }

    pub(super) fn pairs(&self) -> usize {
        self.pairs.len()
    }

    pub(super) fn settled(&self, precision: f64) -> bool {
        self.interval().is_some_and(|interval| settled(&interval, precision, self.pairs.len()))
    }

    /// Returns the variance of the pairs' values; `None` below two.
    pub(super) fn variance(&self) -> Option<f64> {
        crate::stats::variance(&self.values)
    }

    fn components(&self) -> Option<Components> {
        components(&self.pairs)
    }
}

/// What is known of one cell.
#[derive(Debug, Clone, Default)]
pub(super) struct CellState {
    pub cell: Cell,
    /// One of those that answer the question: as many workers as there are CPUs for, or a mode that has
    /// only one. The others complete the curves.
    pub leading: bool,
    /// Over the baseline interpreter's `single`, and over this interpreter's own.
    pub over_baseline: Ratio,
    pub over_own: Ratio,
    /// Several processes of it at once over one; only of a `single`.
    pub capacity: Ratio,
    /// Over the fixed reference; only of a workload's baseline.
    pub over_reference: Ratio,
    pub solos: u32,
    /// Blocks that it was alive in.
    pub blocks: u32,
    /// The fastest of them from launch to exit.
    pub cold_ns: Option<u64>,
    pub failed: bool,
    /// Its ratios mean nothing, as it seems so far: it has no place in the contest.
    pub disqualified: bool,
    /// It can't be settled in the time that is left, and is out of the schedule meanwhile.
    pub deferred: bool,
    /// Already announced.
    pub announced: bool,
    /// Wall time of launch and end, and of a pass, last seen.
    pub overhead_ns: Option<u64>,
    pub pass_ns: Option<u64>,
    /// Wall time of the warm-up before a block, last seen.
    pub warm_ns: Option<u64>,
    /// Highest PSS (else RSS) of a solo invocation.
    pub memory_bytes: u64,
}

impl CellState {
    /// Returns whether its ratios mean something, as far as is known.
    pub(super) fn is_sound(&self) -> bool {
        !self.failed && !self.disqualified
    }
}

/// Everything that the schedule decides on.
#[derive(Debug)]
pub(super) struct Progress {
    pub cells: Vec<CellState>,
    pairing: Pairing,
    ledger: Ledger,
    pub precision: f64,
    /// By workload, what came of the blocks in which its cells, by index, were alive together.
    contests: BTreeMap<String, Vec<Meeting>>,
}

impl Progress {
    /// Nothing is known yet. `weak` says of a workload whether its tasks grow with the workers.
    pub(super) fn new(
        cells: &[PlannedCell],
        baseline_interpreter: &str,
        precision: f64,
        weak: impl Fn(&str) -> bool,
    ) -> Self {
        let planned: Vec<&PlannedCell> = cells.iter().filter(|planned| planned.skipped.is_none()).collect();
        let multiplied: HashSet<&str> =
            planned.iter().filter(|one| one.cell.workers > 1).map(|one| one.cell.mode.as_str()).collect();
        let most = planned.iter().filter(|one| !one.oversubscribed).map(|one| one.cell.workers).max();
        let leading = |cell: &Cell| Some(cell.workers) == most || !multiplied.contains(cell.mode.as_str());
        let state = |planned: &PlannedCell| CellState {
            cell: planned.cell.clone(),
            leading: leading(&planned.cell),
            ..CellState::default()
        };
        let roles = Roles::new(planned.iter().map(|one| &one.cell), baseline_interpreter, weak);
        Self {
            cells: planned.iter().map(|one| state(one)).collect(),
            pairing: Pairing::new(roles),
            ledger: Ledger::new(planned.iter().map(|one| &one.cell)),
            precision,
            contests: BTreeMap::new(),
        }
    }

    /// Returns the workloads, in the matrix's order.
    pub fn workloads(&self) -> IndexSet<&str> {
        self.cells.iter().map(|state| state.cell.workload.as_str()).collect()
    }

    /// Returns the indexes of a workload's cells.
    pub fn cells_of<'a>(&'a self, workload: &'a str) -> impl Iterator<Item = usize> + 'a {
        self.cells
            .iter()
            .enumerate()
            .filter(move |(_, it)| it.cell.workload == workload)
            .map(|(index, _)| index)
    }

    /// Returns every meeting of two of a workload's cells, by their indexes.
    pub fn meetings_of(&self, workload: &str) -> &[Meeting] {
        self.contests.get(workload).map_or(&[], Vec::as_slice)
    }

    /// Returns in how many blocks a workload's cells have met.
    pub fn blocks_of(&self, workload: &str) -> u32 {
        self.meetings_of(workload).iter().map(|meeting| meeting.block).collect::<BTreeSet<u64>>().len() as u32
    }

    /// Notes a meeting.
    #[cfg(test)]
    pub fn meet(&mut self, workload: &str, meeting: Meeting) {
        self.contests.entry(workload.to_owned()).or_default().push(meeting);
    }

    /// Returns the name of the baseline interpreter.
    pub fn baseline(&self) -> &str {
        &self.pairing.roles.baseline
    }

    pub(super) fn get(&self, cell: &Cell) -> Option<&CellState> {
        self.cells.get(self.pairing.roles.find(cell)?)
    }

    fn get_mut(&mut self, cell: &Cell) -> Option<&mut CellState> {
        self.cells.get_mut(self.pairing.roles.find(cell)?)
    }

    /// The `single` that a cell's speedup is taken over, if it is in the plan and sound.
    pub(super) fn baseline_of(&self, cell: &Cell) -> Option<Cell> {
        self.sound(Cell::bases(&self.pairing.roles.baseline, &cell.workload))
    }

    /// The `single` of a cell's own interpreter, in the plain environment.
    pub(super) fn own_of(&self, cell: &Cell) -> Option<Cell> {
        self.sound(Cell::bases(&cell.interpreter, &cell.workload))
    }

    /// Both of them, each once.
    pub(super) fn bases_of(&self, cell: &Cell) -> Vec<Cell> {
        let mut bases: Vec<Cell> = self.baseline_of(cell).into_iter().chain(self.own_of(cell)).collect();
        bases.dedup();
        bases
    }

    /// Those whose ratios mean something.
    pub(super) fn sound_cells(&self) -> impl Iterator<Item = &CellState> {
        self.cells.iter().filter(|known| known.is_sound())
    }

    /// Those of a workload whose ratios mean something.
    pub(super) fn sound_of<'a>(&'a self, workload: &'a str) -> impl Iterator<Item = &'a CellState> {
        self.sound_cells().filter(move |known| known.cell.workload == workload)
    }

    fn sound(&self, bases: [Cell; 2]) -> Option<Cell> {
        bases.into_iter().find(|cell| self.get(cell).is_some_and(CellState::is_sound))
    }

    /// Nothing more to learn about its ratios: settled, not sound, or the baseline itself.
    pub(super) fn is_settled(&self, known: &CellState) -> bool {
        let enough = |base: Option<Cell>, ratio: &Ratio| match base {
            // A missing baseline can't be waited for.
            None => true,
            Some(base) => base == known.cell || ratio.settled(self.precision),
        };
        !known.is_sound()
            || (enough(self.baseline_of(&known.cell), &known.over_baseline)
                && enough(self.own_of(&known.cell), &known.over_own))
    }

    /// Sound, not settled, and wanted.
    pub(super) fn unsettled(&self, wanted: &dyn Fn(&CellState) -> bool) -> Vec<Cell> {
        let open = self.cells.iter().filter(|known| !self.is_settled(known) && wanted(known));
        open.map(|known| known.cell.clone()).collect()
    }

    /// Takes in what a job has measured, one solo or all members of one block, and returns its pairs.
    pub(super) fn learn(&mut self, invocations: &[Invocation]) -> Vec<Pair> {
        invocations.iter().for_each(|invocation| self.take(invocation));
        let pairs = self.pairing.close();
        pairs.iter().for_each(|pair| self.take_pair(pair));
        // Of a run that is resumed all, else those that met: what a cell is held against was in its block.
        let met = invocations.iter().filter_map(|one| self.pairing.roles.find(&one.cell));
        let judged: Vec<usize> =
            if invocations.is_empty() { (0..self.cells.len()).collect() } else { met.collect() };
        for index in judged {
            let doubts = self.ledger.doubts(index);
            self.cells[index].disqualified = doubts.iter().any(|doubt| doubt.kind.is_disqualifying());
        }
        pairs
    }

    /// Takes in one invocation of those that were recorded before.
    pub(super) fn take(&mut self, invocation: &Invocation) {
        self.learn_costs(invocation);
        if let Some(index) = self.pairing.roles.find(&invocation.cell) {
            self.ledger.take(index, invocation);
        }
        let pairs = self.pairing.take(invocation, invocation.outcome == Outcome::Completed);
        pairs.iter().for_each(|pair| self.take_pair(pair));
    }

    fn take_pair(&mut self, pair: &Pair) {
        self.ledger.take_pair(pair);
        if let Some(meeting) = pair.meeting() {
            self.contests.entry(self.cells[pair.cell].cell.workload.clone()).or_default().push(meeting);
        }
        let state = &mut self.cells[pair.cell];
        match pair.role {
            PairRole::Base => state.over_baseline.push(pair),
            PairRole::Own => state.over_own.push(pair),
            PairRole::Capacity { .. } => state.capacity.push(pair),
            PairRole::Reference => state.over_reference.push(pair),
            // The gate has a book of its own, and contenders are noted above.
            PairRole::Against | PairRole::Contender => {}
        }
    }

    fn learn_costs(&mut self, invocation: &Invocation) {
        // What the base side does is no fault of the cell's.
        let Some(known) = self.get_mut(&invocation.cell).filter(|_| invocation.side.is_new()) else { return };
        known.blocks += u32::from(invocation.kind == InvocationKind::Block);
        known.failed |= invocation.outcome != Outcome::Completed;
        let phases = &invocation.phases_ns;
        let overhead =
            [phases.start, phases.imports, phases.pool, phases.teardown].into_iter().flatten().sum();
        // A warm-up, too, is what a process costs; solos have none of their own.
        if invocation.kind != InvocationKind::Solo {
            known.warm_ns = Some(invocation.warm_ups.iter().map(|round| round.ns).sum());
        }
        known.overhead_ns = Some(overhead);
        let passes: Vec<f64> = invocation.values.iter().map(|value| value.cost_ns() as f64).collect();
        known.pass_ns = crate::stats::median(&passes).map(|ns| ns as u64).or(known.pass_ns);
        if invocation.kind == InvocationKind::Solo {
            known.solos += 1;
            known.cold_ns = known.cold_ns.into_iter().chain(invocation.total_ns).min();
            if let Some(resources) = &invocation.resources {
                let peak = resources.peak_pss_bytes.unwrap_or(resources.peak_rss_bytes);
                known.memory_bytes = known.memory_bytes.max(peak);
            }
        }
    }

    /// Variances over all cells, from those that have enough: medians of (within, between).
    pub(super) fn variances(&self) -> Option<(f64, f64)> {
        let found: Vec<Components> = self
            .cells
            .iter()
            .flat_map(|known| [known.over_baseline.components(), known.over_own.components()])
            .flatten()
            .collect();
        let within = crate::stats::median(&found.iter().map(|one| one.within).collect::<Vec<_>>())?;
        let between = crate::stats::median(&found.iter().map(|one| one.between).collect::<Vec<_>>())?;
        Some((within, between))
    }
}
