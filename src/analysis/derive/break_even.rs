//! From which task size on handing tasks out pays.
//!
//! A task that takes x inline takes y = o + b·x of a pass when it is handed out: o is what handing it out
//! costs, together with its share of the pass's fixed costs, and 1/b is the speedup that huge tasks
//! reach. Divided by x this is 1/S = b + o/x, a straight line in 1/x, so o and b follow from the
//! speedups, which are formed side by side, by least squares with coefficients ≥ 0; both are as fast at x = o/(1 − b), and
//! two modes at (o₁ − o₂)/(b₂ − b₁).

use indexmap::IndexMap;

use crate::analysis::figures::{BreakEven, OpenFigure};
use crate::cell::{Cell, SINGLE};
use crate::matrix::SweepPoint;
use crate::record::Outcome;
use crate::stats::{Estimated, Row, least_squares};

use super::{Measured, fitted, worst};

/// Sizes below which two coefficients are not worth fitting.
const FEWEST: usize = 3;

pub(super) fn all(evidence: Measured<'_>) -> Vec<BreakEven> {
    let mut curves: IndexMap<(&str, Cell), Curve> = IndexMap::new();
    for (index, cell) in evidence.cells() {
        let handed_out = cell.outcome == Outcome::Completed && cell.mode != SINGLE;
        if let Some((sweep, point)) = size_point(evidence, index).filter(|_| handed_out) {
            let (family, way) = (sweep.family.as_str(), cell.of_all_workloads());
            let curve = curves.entry((family, way.clone())).or_insert_with(|| {
                let argument = &sweep.argument;
                Curve { family, argument, way, points: Vec::new() }
            });
            curve.points.push(point);
        }
    }
    let enough = |curve: &Curve<'_>| curve.points.len() >= FEWEST;
    let curves: Vec<Curve> = curves.into_values().filter(enough).collect();
    let mut found: Vec<BreakEven> = curves.iter().filter_map(|curve| curve.against(None)).collect();
    for (index, one) in curves.iter().enumerate() {
        for other in curves[index + 1..].iter().filter(|other| one.rivals(other)) {
            // What costs less to hand out wins until the other's larger limit pays: one way round it never does.
            let pays = |one: &Curve<'_>, other| {
                one.against(Some(other)).filter(|found| found.task_ns.value.is_some())
            };
            found.extend(pays(one, other).or_else(|| pays(other, one)));
        }
    }
    found
}

struct SizePoint {
    cell: usize,
    /// Nanoseconds that one task takes in the own `single`.
    inline: f64,
    /// Log speedup over it.
    log: Estimated,
    ci95: Option<[f64; 2]>,
}

/// What a cell says of its size; `None` where its workload has no `sweep`, or too little was measured.
fn size_point(evidence: Measured<'_>, index: usize) -> Option<(&SweepPoint, SizePoint)> {
    let cell = evidence.results.cells.get(index)?;
    let info = evidence.results.workload(&cell.workload)?;
    let single = Cell::single(&cell.interpreter, &cell.workload);
    let single = evidence.results.cells.iter().find(|other| other.cell == single)?;
    let inline = single.wall_ns.as_ref()?.median as f64 / f64::from(info.tasks.max(1));
    let (log, ci95) = (evidence.over_own(index)?, cell.speedup_self.as_ref()?.ci95);
    Some((info.sweep.as_ref()?, SizePoint { cell: index, inline, log, ci95 }))
}

/// One way of running a workload in all its sizes.
struct Curve<'a> {
    family: &'a str,
    argument: &'a str,
    way: Cell,
    points: Vec<SizePoint>,
}

impl<'a> Curve<'a> {
    /// Worth comparing: the same interpreter, environment and workers, and another way.
    fn rivals(&self, other: &Self) -> bool {
        let (one, two) = (&self.way, &other.way);
        self.family == other.family
            && (&one.interpreter, one.workers, &one.environment)
                == (&two.interpreter, two.workers, &two.environment)
            && one.workers > 1
            && one.mode != two.mode
            && one.start_method.is_some() != two.start_method.is_some()
    }

    fn logs(&self) -> Vec<Estimated> {
        self.points.iter().map(|point| point.log).collect()
    }

    /// Overhead and 1/limit.
    fn model(&self, logs: &[f64]) -> Option<(f64, f64)> {
        let row = |(point, log): (&SizePoint, &f64)| {
            let y = (-log).exp();
            Row { x: [1.0, 1.0 / point.inline, 0.0], y, weight: (point.log.df + 1.0) / (y * y) }
        };
        // In units of the first size, so that both columns are of a kind.
        let unit = self.points.first()?.inline;
        let rows = self.points.iter().zip(logs).map(row);
        let rows = rows.map(|row| Row { x: [1.0, row.x[1] * unit, 0.0], ..row });
        let [b, o, _] = least_squares(rows, 2)?;
        Some((o * unit, b))
    }

    /// Where it becomes faster than another way, or than running the tasks inline.
    fn against(&self, other: Option<&Self>) -> Option<BreakEven> {
        let (mut logs, cut) = (self.logs(), self.points.len());
        logs.extend(other.iter().flat_map(|other| other.logs()));
        let [at, overhead, limit] = fitted(&logs, |logs| {
            let (o1, b1) = self.model(&logs[..cut])?;
            let (o2, b2) = other.map_or(Some((0.0, 1.0)), |other| other.model(&logs[cut..]))?;
            let pays = b1 < b2 && (o1 > o2 || other.is_none());
            Some([if pays { (o1 - o2) / (b2 - b1) } else { f64::INFINITY }, o1, 1.0 / b1])
        })?;
        if !(overhead.value.is_finite() && limit.value.is_finite()) {
            return None;
        }
        let model = |inline: f64| 1.0 / (1.0 / limit.value + overhead.value / inline);
        // Sizes at which the measured interval leaves 1 out.
        let inline = self.points.iter().filter(|_| other.is_none());
        let ends_of = |point: &SizePoint| point.ci95.map(|ci95| (point.inline.round() as u64, ci95));
        let clear = || inline.clone().filter_map(ends_of);
        Some(BreakEven {
            family: self.family.to_owned(),
            argument: self.argument.to_owned(),
            cell: self.way.clone(),
            against: other.map_or_else(|| SINGLE.to_owned(), |other| other.way.short(true)),
            task_ns: OpenFigure::of(at),
            overhead_ns: overhead.closed(),
            limit: limit.closed(),
            slower_up_to_ns: clear().filter(|(_, [_, high])| *high < 1.0).map(|(ns, _)| ns).max(),
            faster_from_ns: clear().filter(|(_, [low, _])| *low > 1.0).map(|(ns, _)| ns).min(),
            worst: worst(self.points.iter().map(|point| (point.log.mean.exp(), model(point.inline)))),
            cells: self.points.iter().map(|point| point.cell).collect(),
        })
    }
}
