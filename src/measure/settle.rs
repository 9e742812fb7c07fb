//! What is known so far of each cell, and whether that is enough.

use std::collections::{HashMap, HashSet};

use crate::cell::{Cell, REFERENCE};
use crate::plan::PlannedCell;
use crate::record::{Invocation, InvocationKind, Outcome};
use crate::stats::{
    Components, Interval, capacity_log_ratios, components, log_ratio_interval, pair_log_ratios, settled,
};

/// Solo invocations of each cell: enough for an interval of the cold total.
pub const SOLOS: u32 = 3;

/// One cell of the run, or a capacity measurement, or a pair of rivals: anything that has a ratio.
#[derive(Debug, Clone, Default)]
pub struct Ratio {
    /// One list for each pair of processes: the log ratio of each sweep.
    pairs: Vec<Vec<f64>>,
}

impl Ratio {
    pub fn push(&mut self, sweeps: Vec<f64>) {
        if !sweeps.is_empty() {
            self.pairs.push(sweeps);
        }
    }

    /// Over the pairs' medians.
    pub fn interval(&self) -> Option<Interval> {
        log_ratio_interval(&self.values())
    }

    pub fn pairs(&self) -> usize {
        self.pairs.len()
    }

    /// Mean over pairs, however few.
    pub fn estimate(&self) -> Option<f64> {
        crate::stats::mean(&self.values())
    }

    pub fn settled(&self, precision: f64) -> bool {
        self.interval().is_some_and(|interval| settled(&interval, precision, self.pairs.len()))
    }

    /// Of the pairs' medians.
    pub fn variance(&self) -> Option<f64> {
        crate::stats::variance(&self.values())
    }

    fn components(&self) -> Option<Components> {
        components(&self.pairs)
    }

    fn values(&self) -> Vec<f64> {
        self.pairs.iter().filter_map(|sweeps| crate::stats::median(sweeps)).collect()
    }
}

/// What is known of one cell.
#[derive(Debug, Clone)]
pub struct Known {
    pub cell: Cell,
    pub oversubscribed: bool,
    /// One of those that answer the question: as many workers as there are CPUs for, or a mode that has
    /// only one. The others complete the curves.
    pub leading: bool,
    /// Over the baseline interpreter's `single`, and over this interpreter's own.
    pub over_baseline: Ratio,
    pub over_own: Ratio,
    pub solos: u32,
    pub failed: bool,
    /// It can't be settled in the time that is left, and is out of the schedule meanwhile.
    pub left: bool,
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

/// Everything that the schedule decides on.
#[derive(Debug)]
pub struct Board {
    pub known: Vec<Known>,
    index: HashMap<Cell, usize>,
    baseline_interpreter: String,
    precision: f64,
    /// By the capacity's own cell.
    pub capacity: HashMap<Cell, Ratio>,
    /// By a workload's baseline: the reference over it.
    pub references: HashMap<Cell, Ratio>,
    /// By workload: the two that meet, and what came of it.
    pub rivals: HashMap<String, (Vec<Cell>, Ratio)>,
}

impl Board {
    pub fn new(cells: &[PlannedCell], baseline_interpreter: &str, precision: f64) -> Self {
        let planned: Vec<&PlannedCell> = cells.iter().filter(|planned| planned.skipped.is_none()).collect();
        let multiplied: HashSet<&str> =
            planned.iter().filter(|one| one.cell.workers > 1).map(|one| one.cell.mode.as_str()).collect();
        let most = planned.iter().filter(|one| !one.oversubscribed).map(|one| one.cell.workers).max();
        let known: Vec<Known> = planned
            .iter()
            .map(|planned| Known {
                cell: planned.cell.clone(),
                oversubscribed: planned.oversubscribed,
                leading: Some(planned.cell.workers) == most
                    || !multiplied.contains(planned.cell.mode.as_str()),
                over_baseline: Ratio::default(),
                over_own: Ratio::default(),
                solos: 0,
                failed: false,
                left: false,
                announced: false,
                overhead_ns: None,
                pass_ns: None,
                warm_ns: None,
                memory_bytes: 0,
            })
            .collect();
        let index = known.iter().enumerate().map(|(place, known)| (known.cell.clone(), place)).collect();
        Self {
            known,
            index,
            baseline_interpreter: baseline_interpreter.to_owned(),
            precision,
            capacity: HashMap::new(),
            references: HashMap::new(),
            rivals: HashMap::new(),
        }
    }

    pub fn precision(&self) -> f64 {
        self.precision
    }

    pub fn get(&self, cell: &Cell) -> Option<&Known> {
        self.index.get(cell).and_then(|&place| self.known.get(place))
    }

    fn get_mut(&mut self, cell: &Cell) -> Option<&mut Known> {
        self.index.get(cell).and_then(|&place| self.known.get_mut(place))
    }

    /// The `single` that a cell's speedup is taken over, if it is in the plan and sound.
    pub fn baseline_of(&self, cell: &Cell) -> Option<Cell> {
        self.sound(Cell::single(&self.baseline_interpreter, &cell.workload))
    }

    /// The `single` of a cell's own interpreter, in the plain environment.
    pub fn own_of(&self, cell: &Cell) -> Option<Cell> {
        self.sound(Cell::single(&cell.interpreter, &cell.workload))
    }

    fn sound(&self, cell: Cell) -> Option<Cell> {
        self.get(&cell).is_some_and(|known| !known.failed).then_some(cell)
    }

    /// Nothing more to learn about its ratios: settled, failed, or the baseline itself.
    pub fn is_settled(&self, known: &Known) -> bool {
        let enough = |base: Option<Cell>, ratio: &Ratio| match base {
            // A missing baseline can't be waited for.
            None => true,
            Some(base) => base == known.cell || ratio.settled(self.precision),
        };
        known.failed
            || (enough(self.baseline_of(&known.cell), &known.over_baseline)
                && enough(self.own_of(&known.cell), &known.over_own))
    }

    /// Neither failed nor settled, and wanted.
    pub fn unsettled(&self, wanted: &dyn Fn(&Known) -> bool) -> Vec<Cell> {
        let open = self.known.iter().filter(|known| !self.is_settled(known) && wanted(known));
        open.map(|known| known.cell.clone()).collect()
    }

    /// Takes in what a job has measured: one solo, or all members of one block.
    pub fn learn(&mut self, invocations: &[Invocation]) {
        for invocation in invocations {
            self.learn_costs(invocation);
        }
        match invocations.first().map(|first| first.kind) {
            Some(InvocationKind::Block) => self.learn_block(invocations),
            Some(InvocationKind::Rivals) => self.learn_rivals(invocations),
            Some(InvocationKind::Capacity) => self.learn_capacity(invocations),
            Some(InvocationKind::Reference) => self.learn_reference(invocations),
            // The gate has a board of its own.
            Some(InvocationKind::Solo | InvocationKind::Against) | None => {}
        }
    }

    fn learn_costs(&mut self, invocation: &Invocation) {
        // What the base side does is no fault of the cell's.
        let Some(known) = self.get_mut(&invocation.cell).filter(|_| invocation.side.is_new()) else { return };
        known.failed |= invocation.outcome != Outcome::Completed;
        let phases = &invocation.phases_ns;
        let overhead =
            [phases.start, phases.imports, phases.pool, phases.teardown].into_iter().flatten().sum();
        // A warm-up, too, is what a process costs; solos have none of their own.
        if invocation.kind != InvocationKind::Solo {
            known.warm_ns = Some(invocation.warm_ups.iter().map(|round| round.ns).sum());
        }
        known.overhead_ns = Some(overhead);
        let passes: Vec<f64> = invocation.values.iter().map(|value| value.ns as f64).collect();
        known.pass_ns = crate::stats::median(&passes).map(|ns| ns as u64).or(known.pass_ns);
        if invocation.kind == InvocationKind::Solo {
            known.solos += 1;
            if let Some(resources) = &invocation.resources {
                let peak = resources.peak_pss_bytes.unwrap_or(resources.peak_rss_bytes);
                known.memory_bytes = known.memory_bytes.max(peak);
            }
        }
    }

    fn learn_block(&mut self, block: &[Invocation]) {
        let find = |cell: Option<Cell>| {
            cell.and_then(|cell| {
                block.iter().find(|other| other.cell == cell && other.outcome == Outcome::Completed)
            })
        };
        for invocation in block.iter().filter(|one| one.outcome == Outcome::Completed) {
            let cell = &invocation.cell;
            let over = |base: Option<Cell>| {
                find(base.filter(|base| base != cell)).map(|base| ratios(base, invocation))
            };
            let (baseline, own) = (over(self.baseline_of(cell)), over(self.own_of(cell)));
            if let Some(known) = self.get_mut(cell) {
                known.over_baseline.push(baseline.unwrap_or_default());
                known.over_own.push(own.unwrap_or_default());
            }
        }
    }

    fn learn_rivals(&mut self, block: &[Invocation]) {
        let Some((cells, ratio)) = block.first().and_then(|one| self.rivals.get_mut(&one.cell.workload))
        else {
            return;
        };
        let find = |cell: Option<&Cell>| {
            block.iter().find(|one| Some(&one.cell) == cell && one.outcome == Outcome::Completed)
        };
        if let (Some(left), Some(right)) = (find(cells.first()), find(cells.get(1))) {
            ratio.push(ratios(right, left));
        }
    }

    fn learn_reference(&mut self, block: &[Invocation]) {
        let sound = || block.iter().filter(|one| one.outcome == Outcome::Completed);
        let reference = sound().find(|one| one.cell.workload == REFERENCE);
        let own = sound().find(|one| one.cell.workload != REFERENCE);
        if let (Some(reference), Some(own)) = (reference, own) {
            self.references.entry(own.cell.clone()).or_default().push(ratios(reference, own));
        }
    }

    fn learn_capacity(&mut self, block: &[Invocation]) {
        let Some(first) = block.first() else { return };
        if block.iter().any(|one| one.outcome != Outcome::Completed) {
            return;
        }
        let members: Vec<_> = block.iter().map(Invocation::capacity_passes).collect();
        let ratio = capacity_log_ratios(&members);
        self.capacity.entry(first.cell.clone()).or_default().push(ratio);
    }

    /// Variances over all cells, from those that have enough: medians of (within, between).
    pub fn variances(&self) -> Option<(f64, f64)> {
        let found: Vec<Components> = self
            .known
            .iter()
            .flat_map(|known| [known.over_baseline.components(), known.over_own.components()])
            .flatten()
            .collect();
        let within = crate::stats::median(&found.iter().map(|one| one.within).collect::<Vec<_>>())?;
        let between = crate::stats::median(&found.iter().map(|one| one.between).collect::<Vec<_>>())?;
        Some((within, between))
    }
}

fn ratios(base: &Invocation, cell: &Invocation) -> Vec<f64> {
    pair_log_ratios(&base.counted_passes(), &cell.counted_passes())
}
