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
        let cost = Derived::new("free-threading-cost", Unit::Ratio, cell);
        let against = Some(one.twin.as_str());
        let settled = Some(one.settled);
        found.extend(one.cost.map(|figure| Derived { settled, against, ..cost.with(figure) }));
    }
    for one in &view.overall {
        let speedup = Derived::new("overall-speedup", Unit::Ratio, one.cell.clone()).larger();
        found
            .extend(one.speedup.map(|figure| Derived { settled: Some(one.settled), ..speedup.with(figure) }));
    }
    for one in &view.scaling {
        let new = |name, unit| Derived::new(name, unit, one.cell.clone());
        let serial = |name| new(name, Unit::SerialFraction);
        found.extend(one.amdahl.map(|figure| serial("amdahl-serial-fraction").with(figure)));
        found.extend(one.gustafson.map(|figure| serial("gustafson-serial-fraction").with(figure)));
        found.extend(one.points.iter().filter(|point| point.fitted).filter_map(|point| {
            let fraction = serial("karp-flatt-serial-fraction").with(point.karp_flatt?);
            Some(Derived { cell: Cell { workers: point.workers, ..one.cell.clone() }, ..fraction })
        }));
        if let Some(usl) = &one.usl {
            found.push(new("usl-contention", Unit::Share).with(usl.contention));
            found.push(new("usl-coherency", Unit::Share).with(usl.coherency));
            found.push(new("usl-knee", Unit::Workers).larger().with(usl.knee));
        }
    }
    for one in &view.break_even {
        let cell = Cell { workload: one.family.clone(), ..one.cell.clone() };
        let new = |name, unit| Derived::new(name, unit, cell.clone());
        let inline = one.against == SINGLE;
        let against = (!inline).then_some(one.against.as_str());
        found.push(Derived { against, ..new("break-even-task", Unit::Nanoseconds).with(one.task_ns) });
        // The same whatever it is held against.
        if inline {
            found.push(new("overhead-per-task", Unit::Nanoseconds).with(one.overhead_ns));
            found.push(new("large-task-speedup", Unit::Ratio).larger().with(one.limit));
        }
    }
    for one in &view.memory_growth {
        let new = |name| Derived::new(name, Unit::Bytes, one.cell.clone());
        found.push(new("memory-per-worker").with(one.per_worker));
        found.push(new("memory-without-workers").with(one.base));
    }
    found
}

impl Derived<'_> {
    fn new(name: &'static str, unit: Unit, cell: Cell) -> Self {
        Self {
            name,
            unit,
            direction: Direction::SmallerIsBetter,
            figure: OpenFigure { value: None, low: None, high: None },
            settled: None,
            cell,
            against: None,
        }
    }

    fn with(self, figure: impl Into<OpenFigure>) -> Self {
        Self { figure: figure.into(), ..self }
    }

    fn larger(self) -> Self {
        Self { direction: Direction::LargerIsBetter, ..self }
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
