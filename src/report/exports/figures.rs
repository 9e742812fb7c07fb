//! What is derived from several cells, one figure at a time: for formats that take figures and not tables.

use crate::analysis::OpenFigure;
use crate::analysis::metrics::{Direction, Unit};
use crate::cell::{Cell, SINGLE};

use super::super::view::View;

/// One figure, its interval, and what it is of.
#[derive(Debug, Clone)]
pub(super) struct Derived<'a> {
    /// In kebab case, as `amdahl-serial-fraction`; at most 64 letters.
    pub name: &'static str,
    pub unit: Unit,
    pub direction: Direction,
    pub figure: OpenFigure,
    /// As narrow as was asked, where that was asked.
    pub settled: Option<bool>,
    /// What it is of, parts left open where it is of all workloads or numbers of workers; the workload may be
    /// the `[[workload]]` with a `sweep`.
    pub cell: Cell,
    /// What it is taken against, where that is neither the own nor the baseline's `single`.
    pub against: Option<&'a str>,
}

/// All of a run, table by table as in the reports.
pub(super) fn all<'a>(view: &'a View<'_>) -> Vec<Derived<'a>> {
    let mut found = Vec::new();
    for one in &view.single_thread {
        let cell = Cell::single(&one.interpreter, &one.workload);
        let (settled, against) = (Some(one.settled), Some(one.twin.as_str()));
        let cost = |figure| Derived::new("free-threading-cost", Unit::Ratio, &cell, figure);
        found.extend(one.cost.map(|figure| Derived { settled, against, ..cost(figure) }));
    }
    for one in &view.overall {
        let settled = Some(one.settled);
        let speedup = |figure| Derived::new("overall-speedup", Unit::Ratio, &one.cell, figure).larger();
        found.extend(one.speedup.map(|figure| Derived { settled, ..speedup(figure) }));
    }
    for one in &view.scaling {
        let new = |name, unit, figure| Derived::new(name, unit, &one.cell, figure);
        let serial = |name, figure| new(name, Unit::SerialFraction, figure);
        found.extend(one.amdahl.map(|figure| serial("amdahl-serial-fraction", figure)));
        found.extend(one.gustafson.map(|figure| serial("gustafson-serial-fraction", figure)));
        found.extend(one.points.iter().filter(|point| point.fitted).filter_map(|point| {
            let fraction = serial("karp-flatt-serial-fraction", point.karp_flatt?);
            Some(Derived { cell: Cell { workers: point.workers, ..one.cell.clone() }, ..fraction })
        }));
        if let Some(usl) = &one.usl {
            found.push(new("usl-contention", Unit::Share, usl.contention));
            found.push(new("usl-coherency", Unit::Share, usl.coherency));
            found.push(Derived::new("usl-knee", Unit::Workers, &one.cell, usl.knee).larger());
        }
    }
    for one in &view.break_even {
        let cell = Cell { workload: one.family.clone(), ..one.cell.clone() };
        let inline = one.against == SINGLE;
        let against = (!inline).then_some(one.against.as_str());
        let task = Derived::new("break-even-task", Unit::Nanoseconds, &cell, one.task_ns);
        found.push(Derived { against, ..task });
        // The same whatever it is held against.
        if inline {
            found.push(Derived::new("overhead-per-task", Unit::Nanoseconds, &cell, one.overhead_ns));
            found.push(Derived::new("large-task-speedup", Unit::Ratio, &cell, one.limit).larger());
        }
    }
    for one in &view.memory_growth {
        let new = |name, figure| Derived::new(name, Unit::Bytes, &one.cell, figure);
        found.extend([new("memory-per-worker", one.per_worker), new("memory-without-workers", one.base)]);
    }
    found
}

impl Derived<'_> {
    fn new(name: &'static str, unit: Unit, cell: &Cell, figure: impl Into<OpenFigure>) -> Self {
        let (direction, figure) = (Direction::SmallerIsBetter, figure.into());
        Self { name, unit, direction, figure, settled: None, cell: cell.clone(), against: None }
    }

    fn larger(self) -> Self {
        Self { direction: Direction::LargerIsBetter, ..self }
    }

    pub(super) fn unit_name(&self) -> &'static str {
        match self.unit {
            Unit::Share | Unit::SerialFraction | Unit::Ratio => "1",
            Unit::Workers => "workers",
            Unit::Cpus => "CPUs",
            Unit::Nanoseconds => "ns",
            Unit::Bytes => "bytes",
        }
    }

    /// `fib 3.13t threads×2`, as trackers call a cell.
    pub(super) fn full_name(&self, view: &View<'_>) -> String {
        format!("{} {}", self.workload().unwrap_or("all workloads"), self.who(view))
    }

    /// `None`: all workloads.
    pub(super) fn workload(&self) -> Option<&str> {
        Some(self.cell.workload.as_str()).filter(|name| !name.is_empty())
    }

    /// `3.13t threads×2`, as a cell is called, or `3.13t threads`; ` over 3.13` where that has to be said.
    pub(super) fn who(&self, view: &View<'_>) -> String {
        let against = self.against.map_or_else(String::new, |against| format!(" over {against}"));
        format!("{}{against}", view.who(&self.cell))
    }

    /// As the tables of the reports say it.
    pub(super) fn text(&self) -> String {
        let text = self.unit.in_full(self.figure);
        if self.settled == Some(false) { format!("{text}, not settled") } else { text }
    }
}
