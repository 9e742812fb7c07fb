//! From runs to series, and from series to changes.

use std::collections::{BTreeMap, HashMap};

use indexmap::IndexMap;

use super::Sensitivity;
use super::machine::slowness;
use super::night::Night;
use super::types::{EventKind, Failed, HistoryEvent, HistoryRun, LevelChange, Metric, Trend, TrendPoint};
use crate::analysis::metrics::MetricValue;
use crate::cell::Cell;
use crate::stats::change_point::{self, SeriesValue as Value};

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
    let mut of_a_kind: HashMap<Metric, usize> = HashMap::new();
    for trend in &trends {
        *of_a_kind.entry(trend.metric).or_default() += 1;
    }
    let all: Vec<Vec<HostSeries>> = trends.iter().map(|trend| series(trend, runs, &slowness)).collect();
    let correlation = |metric: Metric| {
        let of_it = trends.iter().zip(&all).filter(|(trend, _)| trend.metric == metric);
        change_point::correlation(of_it.flat_map(|(_, all)| all).map(|one| one.values.as_slice()))
    };
    let correlations =
        [Metric::Speedup, Metric::Time, Metric::Memory].map(|metric| (metric, correlation(metric)));
    let correlations = HashMap::from(correlations);
    for (trend, all) in trends.iter_mut().zip(&all) {
        trend.events = marked(trend, nights, events);
        let test = ChangeTest {
            alpha: sensitivity.alpha / of_a_kind[&trend.metric] as f64,
            least: (1.0 + sensitivity.least(trend.metric)).ln(),
            correlation: correlations[&trend.metric],
        };
        for one in all {
            judge(trend, one, runs, events, &test);
        }
        trend.changes.sort_by_key(|change| change.run);
    }
    trends
}

/// What one kind of machine measured of a trend.
struct HostSeries<'a> {
    host: &'a str,
    /// Of the trend's points.
    indexes: Vec<usize>,
    values: Vec<Value>,
}

/// By what a change is told from chance.
struct ChangeTest {
    alpha: f64,
    least: f64,
    correlation: f64,
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
fn series<'a>(trend: &Trend, runs: &'a [HistoryRun], slowness: &[HashMap<&str, f64>]) -> Vec<HostSeries<'a>> {
    let mut by_host: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, point) in trend.points.iter().enumerate() {
        // Without the machine's share a slow night would be taken for a slow program.
        let host = runs[point.run].host_of(&trend.cell.workload);
        if trend.metric != Metric::Time || slowness[point.run].contains_key(host) {
            by_host.entry(host).or_default().push(index);
        }
    }
    let one = |(host, indexes): (&'a str, Vec<usize>)| {
        let slow = |run: usize| slowness[run].get(host).copied();
        let values = indexes.iter().map(|&index| value(&trend.points[index], trend.metric, slow)).collect();
        HostSeries { host, indexes, values }
    };
    by_host.into_iter().map(one).collect()
}

/// Marks outliers and finds the changes.
fn judge(
    trend: &mut Trend,
    series: &HostSeries<'_>,
    runs: &[HistoryRun],
    events: &[HistoryEvent],
    test: &ChangeTest,
) {
    let run_of = |index: usize| trend.points[series.indexes[index]].run;
    // An event lies at the first run of this series that has it.
    let mut known: BTreeMap<usize, Vec<&str>> = BTreeMap::new();
    // Each kind of machine has a series of its own: what another has learnt of late, and the change to another,
    // explain nothing in it.
    let own = trend.events.iter().map(|&index| &events[index]);
    for event in own.filter(|event| {
        event.kind != EventKind::Host && runs[event.run].host_of(&trend.cell.workload) == series.host
    }) {
        let at = (0..series.indexes.len()).find(|&index| run_of(index) >= event.run);
        if let Some(at) = at.filter(|&at| at > 0) {
            known.entry(at).or_default().push(&event.text);
        }
    }
    let boundaries: Vec<usize> = known.keys().copied().collect();
    let found = change_point::changes(&series.values, &boundaries, test.alpha, test.least, test.correlation);
    let changes: Vec<LevelChange> = found
        .into_iter()
        .map(|change| LevelChange {
            run: run_of(change.at),
            run_id: runs[run_of(change.at)].run_id.clone(),
            ratio: change.shift.exp(),
            worse: if trend.metric == Metric::Speedup { change.shift < 0.0 } else { change.shift > 0.0 },
            p: change.p,
            explained_by: known.get(&change.at).filter(|_| change.known).map(|texts| texts.join("; ")),
        })
        .collect();
    let smallest = change_point::smallest(&series.values, test.alpha, test.least, test.correlation);
    for (index, outlier) in series.indexes.iter().zip(change_point::outliers(&series.values)) {
        trend.points[*index].outlier = outlier;
    }
    trend.changes.extend(changes);
    // Of the machine that measured last.
    if series.indexes.last() == Some(&(trend.points.len() - 1)) {
        trend.smallest = smallest.map(f64::exp);
    }
}

fn value(point: &TrendPoint, metric: Metric, slowness: impl Fn(usize) -> Option<f64>) -> Value {
    let machine = if metric == Metric::Time { slowness(point.run).unwrap_or(0.0) } else { 0.0 };
    let error = match (metric, point.ci95) {
        (Metric::Memory, _) => MEMORY_ERROR,
        (_, Some([low, high])) if low > 0.0 && high.is_finite() => (high / low).ln() / 2.0 / HALF_WIDTH,
        _ => 0.0,
    };
    Value { value: point.value.ln() - machine, error }
}
