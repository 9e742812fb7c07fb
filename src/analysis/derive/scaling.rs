//! Speedup over workers, and the laws fitted to it.
//!
//! Amdahl, "Validity of the single processor approach" (AFIPS 1967); Gustafson, "Reevaluating Amdahl's
//! law" (CACM 31, 1988); Gunther, "Guerrilla capacity planning" (Springer 2007), chapters 4 to 6; Karp
//! and Flatt, "Measuring parallel processor performance" (CACM 33, 1990). All but the last are linear
//! once written for n/S (or S), so they are fitted by least squares with coefficients ≥ 0: n/S(n) = a + b(n − 1) +
//! cn(n − 1) with σ = b/a and κ = c/a. A point weighs as many pairs as it has, relative to its
//! size: spreads estimated from a few pairs each would be poor weights. Intervals: [`crate::stats::propagate`].

use rayon::prelude::*;

use crate::analysis::CellResult;
use crate::analysis::figures::{Figure, OpenFigure, Scaling, ScalingPoint, Usl};
use crate::matrix::ScalingKind;
use crate::record::Outcome;
use crate::stats::{COLUMNS, Estimated, Row, least_squares};

use super::{Measured, fitted, worst};

/// One for each interpreter, workload, mode and variant with a cell of several workers.
pub(super) fn all(evidence: Measured<'_>) -> Vec<Scaling> {
    let several = |group: &Vec<usize>| group.iter().any(|cell| evidence.results.cells[*cell].workers > 1);
    let groups: Vec<Vec<usize>> = evidence.groups().into_iter().filter(several).collect();
    groups.par_iter().filter_map(|group| one(evidence, group)).collect()
}

fn one(evidence: Measured<'_>, group: &[usize]) -> Option<Scaling> {
    let cells = &evidence.results.cells;
    let first = &cells[*group.first()?];
    let info = evidence.results.workload(&first.workload);
    let kind = info.map_or(ScalingKind::Strong, |info| info.scaling);
    let mut order = group.to_vec();
    order.sort_by_key(|cell| cells[*cell].workers);
    let points: Vec<ScalingPoint> = order
        .iter()
        .filter(|cell| cells[**cell].outcome == Outcome::Completed)
        .filter_map(|cell| point(evidence, *cell, kind))
        .collect();
    if points.is_empty() {
        return None;
    }
    let fit = ScalingFit::of(evidence, &points);
    let mut scaling = Scaling { cell: first.curve(), kind, points, ..Scaling::default() };
    match kind {
        ScalingKind::Strong => fit.strong(&mut scaling),
        ScalingKind::Weak => fit.weak(&mut scaling),
    }
    Some(scaling)
}

fn point(evidence: Measured<'_>, index: usize, kind: ScalingKind) -> Option<ScalingPoint> {
    let cell: &CellResult = &evidence.results.cells[index];
    let speedup = cell.speedup_self.as_ref()?;
    let n = f64::from(cell.workers.max(1));
    let serial = |speedup: f64| (1.0 / speedup - 1.0 / n) / (1.0 - 1.0 / n);
    let karp_flatt = (cell.workers > 1 && kind == ScalingKind::Strong).then(|| Figure {
        value: serial(speedup.ratio),
        // The faster, the smaller.
        ci95: speedup.ci95.map(|[low, high]| [serial(high), serial(low)]),
    });
    Some(ScalingPoint {
        workers: cell.workers,
        cell: index,
        speedup: Figure { value: speedup.ratio, ci95: speedup.ci95 },
        efficiency: Figure { value: speedup.ratio / n, ci95: speedup.ci95.map(|ci| ci.map(|end| end / n)) },
        karp_flatt,
        fitted: !cell.oversubscribed && evidence.over_own(index).is_some(),
    })
}

/// What the laws are fitted to.
struct ScalingFit {
    workers: Vec<f64>,
    logs: Vec<Estimated>,
    /// The mode's own cell with one worker is among them, so that S(1) is a coefficient; else it is 1.
    own_one: bool,
    /// Points left out, by why.
    oversubscribed: usize,
    unsure: usize,
}

impl ScalingFit {
    fn of(evidence: Measured<'_>, points: &[ScalingPoint]) -> Self {
        let mut fit =
            Self { workers: Vec::new(), logs: Vec::new(), own_one: false, oversubscribed: 0, unsure: 0 };
        for point in points {
            match evidence.over_own(point.cell) {
                Some(log) if point.fitted => {
                    fit.own_one |= point.workers == 1;
                    fit.workers.push(f64::from(point.workers));
                    fit.logs.push(log);
                }
                _ if evidence.results.cells[point.cell].oversubscribed => fit.oversubscribed += 1,
                _ => fit.unsure += 1,
            }
        }
        fit
    }

    /// Numbers of workers that the curve goes through, 1 always among them.
    fn counts(&self) -> usize {
        self.workers.len() + usize::from(!self.own_one)
    }

    fn strong(&self, scaling: &mut Scaling) {
        if self.counts() < 2 {
            scaling.why_not.push(self.too_few("Amdahl's law", "two"));
            return;
        }
        let law = |columns: usize| {
            fitted(&self.logs, |logs| {
                let [a, b, c] = self.coefficients(logs, columns)?;
                let (contention, coherency) = (b / a, c / a);
                let knee =
                    if contention >= 1.0 { 1.0 } else { ((1.0 - contention) / coherency).sqrt().max(1.0) };
                Some([1.0 / a, contention, coherency, knee])
            })
        };
        if let Some([one, serial, ..]) = law(2) {
            (scaling.one_worker, scaling.amdahl) = (Some(one), Some(serial));
        }
        if self.counts() < 3 {
            scaling.why_not.push(self.too_few("the Universal Scalability Law", "three"));
            return;
        }
        let Some([one, contention, coherency, knee]) = law(3) else { return };
        let most = self.workers.iter().copied().fold(1.0, f64::max);
        scaling.one_worker = Some(one);
        let model = |n: f64| scaling.speedup(n, contention.value, coherency.value);
        let worst = worst(self.logs.iter().zip(&self.workers).map(|(log, n)| (log.mean.exp(), model(*n))));
        let knee_extrapolated = knee.value.is_finite() && knee.value > most;
        scaling.usl =
            Some(Usl { contention, coherency, knee: OpenFigure::of(knee), knee_extrapolated, worst });
    }

    /// S(n) = S(1)·(n − s(n − 1)) = S(1)(1 − s)·n + S(1)s.
    fn weak(&self, scaling: &mut Scaling) {
        if self.counts() < 2 {
            scaling.why_not.push(self.too_few("Gustafson's law", "two"));
            return;
        }
        let law = fitted(&self.logs, |logs| {
            let rows = self.rows(logs, |n, speedup| ([n, 1.0, 0.0], speedup));
            if self.own_one {
                let [a, b, _] = least_squares(rows, 2)?;
                return Some([a + b, b / (a + b)]);
            }
            // S − n = −s(n − 1).
            let line = |row: Row| Row { x: [row.x[0] - 1.0, 0.0, 0.0], y: row.x[0] - row.y, ..row };
            let [serial, ..] = least_squares(rows.map(line), 1).unwrap_or_default();
            Some([1.0, serial])
        });
        if let Some([one, serial]) = law {
            (scaling.one_worker, scaling.gustafson) = (Some(one), Some(serial));
        }
    }

    /// a, b and c of n/S = a + b(n − 1) + cn(n − 1); the last only with three columns.
    fn coefficients(&self, logs: &[f64], columns: usize) -> Option<[f64; COLUMNS]> {
        let rows = self.rows(logs, |n, speedup| ([1.0, n - 1.0, n * (n - 1.0)], n / speedup));
        if self.own_one {
            return least_squares(rows, columns).filter(|found| found[0] > 0.0);
        }
        // S(1) is 1, so a is: what is left has one coefficient fewer. Above the ideal all of them are 0.
        let rest = |row: Row| Row { x: [row.x[1], row.x[2], 0.0], y: row.y - 1.0, ..row };
        let [b, c, _] = least_squares(rows.map(rest), columns - 1).unwrap_or_default();
        Some([1.0, b, c])
    }

    fn rows(
        &self,
        logs: &[f64],
        terms: impl Fn(f64, f64) -> ([f64; COLUMNS], f64),
    ) -> impl Iterator<Item = Row> {
        self.workers.iter().zip(logs).zip(&self.logs).map(move |((n, log), known)| {
            let (x, y) = terms(*n, log.exp());
            Row { x, y, weight: (known.df + 1.0) / (y * y) }
        })
    }

    fn too_few(&self, law: &str, wanted: &str) -> String {
        let left_out =
            [(self.oversubscribed, "oversubscribed left out"), (self.unsure, "with too few pairs")];
        let some = left_out.into_iter().filter(|(count, _)| *count > 0);
        let reasons: Vec<String> = some.map(|(count, why)| format!("{count} {why}")).collect();
        let reasons = if reasons.is_empty() { String::new() } else { format!(" ({})", reasons.join(", ")) };
        format!("{law} needs {wanted} numbers of workers, 1 among them; there are {}{reasons}", self.counts())
    }
}
