//! From runs to series, and from series to changes.

use std::collections::{BTreeMap, HashMap};

use indexmap::IndexMap;

use super::Sensitivity;
use super::machine::slowness;
use super::night::Night;
use super::types::{EventKind, Failed, HistoryEvent, HistoryRun, LevelChange, Metric, Trend, TrendPoint};
use crate::analysis::metrics::MetricValue;
use crate::cell::Cell;
use crate::stats::change_point::{self, LevelSeries, SeriesValue, ShiftTest};

/// Half the width of a 95 % interval in standard errors.
const HALF_WIDTH: f64 = 1.96;
/// Relative error of a peak of memory.
const MEMORY_ERROR: f64 = 0.01;

pub(super) fn trends(
    nights: &[Night],
    runs: &[HistoryRun],
    events: &[HistoryEvent],
    sensitivity: &Sensitivity,
) -> Vec<Trend> {
    let slowness = slowness(nights, runs);
    let mut trends = Vec::new();
    for (key, indexes) in cells(nights) {
        for metric in [Metric::Speedup, Metric::Time, Metric::Memory] {
            let trend = follow(nights, key, &indexes, metric);
            if !trend.points.is_empty() || (metric == Metric::Speedup && !trend.failures.is_empty()) {
                trends.push(trend);
            }
        }
    }
    for trend in &mut trends {
        trend.events = marked(trend, nights, events);
    }
    let all: Vec<Vec<HostSeries>> =
        trends.iter().map(|trend| series(trend, runs, events, &slowness)).collect();
    for metric in [Metric::Speedup, Metric::Time, Metric::Memory] {
        let mut of_it: Vec<(&mut Trend, &Vec<HostSeries>)> =
            trends.iter_mut().zip(&all).filter(|(trend, _)| trend.metric == metric).collect();
        let levels = of_it.iter().flat_map(|(_, all)| *all).map(|one| &one.levels);
        let test = ShiftTest {
            alpha: sensitivity.alpha / of_it.len() as f64,
            least: (1.0 + sensitivity.least(metric)).ln(),
            correlation: change_point::correlation(levels),
        };
        for (trend, all) in &mut of_it {
            all.iter().for_each(|one| judge(trend, one, runs, &test));
            trend.changes.sort_by_key(|change| change.run);
        }
    }
    trends
}

/// What one kind of machine measured of a trend.
struct HostSeries<'a> {
    /// Of the trend's points.
    indexes: Vec<usize>,
    /// What is known to have changed at one of them.
    known: BTreeMap<usize, Vec<&'a str>>,
    levels: LevelSeries,
}

/// Returns each cell with its index in each run, in the order of the newest run that has it.
fn cells(nights: &[Night]) -> IndexMap<&Cell, Vec<Option<usize>>> {
    let mut indexes: IndexMap<&Cell, Vec<Option<usize>>> = IndexMap::new();
    for (run, night) in nights.iter().enumerate().rev() {
        for (index, cell) in night.cells.iter().enumerate() {
            indexes.entry(&cell.cell).or_insert_with(|| vec![None; nights.len()])[run] = Some(index);
        }
    }
    indexes
}

fn follow(nights: &[Night], key: &Cell, indexes: &[Option<usize>], metric: Metric) -> Trend {
    let (mut points, mut failures) = (Vec::new(), Vec::new());
    for (run, index) in indexes.iter().enumerate() {
        let Some(cell) = index.map(|index| &nights[run].cells[index]) else { continue };
        let own = nights[run].is_baseline(cell);
        if cell.outcome.is_failure() {
            failures.push(Failed { run, outcome: cell.outcome });
            continue;
        }
        let figure = match metric {
            Metric::Speedup if own => None,
            Metric::Speedup => cell.speedup.as_ref().map(MetricValue::from),
            Metric::Time if own => cell.wall_ns.as_ref().map(MetricValue::from),
            Metric::Time => None,
            Metric::Memory => cell.peak_pss_bytes.or(cell.peak_rss_bytes).map(MetricValue::from),
        };
        if let Some(found) = figure.filter(|found| found.value.is_finite() && found.value > 0.0) {
            points.push(TrendPoint { run, value: found.value, ci95: found.ci95, outlier: false });
        }
    }
    Trend {
        cell: key.clone(),
        metric,
        points,
        failures,
        events: Vec::new(),
        changes: Vec::new(),
        smallest: None,
    }
}

/// What is marked on its axis: what touches its figures, and where the machine was another one.
fn marked(trend: &Trend, nights: &[Night], events: &[HistoryEvent]) -> Vec<usize> {
    let concerns = |event: &HistoryEvent| {
        let baseline = (trend.metric == Metric::Speedup).then(|| nights[event.run].baseline.as_str());
        event.kind == EventKind::Host
            || event.concerns(&trend.cell.interpreter, &trend.cell.workload, baseline)
    };
    (0..events.len()).filter(|&index| concerns(&events[index])).collect()
}

/// A trend's series, for each kind of machine on its own.
fn series<'a>(
    trend: &Trend,
    runs: &'a [HistoryRun],
    events: &'a [HistoryEvent],
    slowness: &[HashMap<&str, f64>],
) -> Vec<HostSeries<'a>> {
    let host_of = |run: usize| runs[run].host_of(&trend.cell.workload);
    let mut by_host: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, point) in trend.points.iter().enumerate() {
        // Without the machine's share a slow night would be taken for a slow program.
        if trend.metric != Metric::Time || slowness[point.run].contains_key(&*trend.cell.workload) {
            by_host.entry(host_of(point.run)).or_default().push(index);
        }
    }
    let one = |(host, indexes): (&str, Vec<usize>)| {
        let mut known: BTreeMap<usize, Vec<&str>> = BTreeMap::new();
        // Each kind of machine has a series of its own: what another has learnt of late, and the change to another,
        // explain nothing in it.
        let own = trend.events.iter().map(|&index| &events[index]);
        for event in own.filter(|event| event.kind != EventKind::Host && host_of(event.run) == host) {
            // An event lies at the first run of this series that has it.
            let at = indexes.iter().position(|&index| trend.points[index].run >= event.run);
            if let Some(at) = at.filter(|&at| at > 0) {
                known.entry(at).or_default().push(&event.text);
            }
        }
        let slow = |run: usize| slowness[run].get(&*trend.cell.workload).copied();
        let values = indexes.iter().map(|&index| value(&trend.points[index], trend.metric, slow)).collect();
        let boundaries: Vec<usize> = known.keys().copied().collect();
        HostSeries { indexes, known, levels: LevelSeries::new(values, &boundaries) }
    };
    by_host.into_iter().map(one).collect()
}

/// Marks outliers and finds the changes.
fn judge(trend: &mut Trend, series: &HostSeries<'_>, runs: &[HistoryRun], test: &ShiftTest) {
    for change in series.levels.changes(test) {
        let run = trend.points[series.indexes[change.at]].run;
        trend.changes.push(LevelChange {
            run,
            run_id: runs[run].run_id.clone(),
            ratio: change.shift.exp(),
            worse: if trend.metric == Metric::Speedup { change.shift < 0.0 } else { change.shift > 0.0 },
            p: change.p,
            explained_by: series.known.get(&change.at).filter(|_| change.known).map(|texts| texts.join("; ")),
        });
    }
    for (index, outlier) in series.indexes.iter().zip(series.levels.outliers()) {
        trend.points[*index].outlier = outlier;
    }
    // Of the machine that measured last.
    if series.indexes.last() == Some(&(trend.points.len() - 1)) {
        trend.smallest = series.levels.smallest(test).map(f64::exp);
    }
}

fn value(point: &TrendPoint, metric: Metric, slowness: impl Fn(usize) -> Option<f64>) -> SeriesValue {
    let machine = if metric == Metric::Time { slowness(point.run).unwrap_or(0.0) } else { 0.0 };
    let error = match (metric, point.ci95) {
        (Metric::Memory, _) => MEMORY_ERROR,
        (_, Some([low, high])) if low > 0.0 && high.is_finite() => (high / low).ln() / 2.0 / HALF_WIDTH,
        _ => 0.0,
    };
    SeriesValue { value: point.value.ln() - machine, error }
}
