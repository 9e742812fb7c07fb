//! The table of figures: every figure of a cell, once, for everything that shows or exports figures.
//!
//! To add a figure: add an entry to [`METRICS`]. It gets its columns in `results.csv`, is offered by the page's
//! explorer, and goes to the trackers that its entry names it for.

use super::figures::Figure;
use super::{CellResult, Estimate, Speedup};

/// What a figure counts, and so how it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    Nanoseconds,
    Bytes,
    /// How many times as much.
    Ratio,
    /// A part of the whole, 1 for all of it.
    Share,
    /// A part of the whole, where what was measured may lie beyond what a part can be.
    SerialFraction,
    Cpus,
    Workers,
}

/// Which way a figure is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    SmallerIsBetter,
    LargerIsBetter,
    Neither,
}

/// A figure as one cell has it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct MetricValue<'a> {
    pub value: f64,
    pub ci95: Option<[f64; 2]>,
    /// Whether it is as narrow as was asked; true where nothing was asked.
    pub settled: bool,
    /// What a ratio was formed over; `None` for what is no ratio of paired passes.
    pub speedup: Option<&'a Speedup>,
}

/// One figure that every measured cell may have.
#[derive(Debug)]
pub(crate) struct CellMetric {
    /// What people read.
    pub title: &'static str,
    /// Its column in `results.csv`, which is its key in `results.json`; `None`: others there say it.
    pub column: Option<&'static str>,
    pub unit: Unit,
    pub direction: Direction,
    /// The measure's name at Bencher; `None`: it isn't tracked there.
    pub bencher: Option<&'static str>,
    /// What github-action-benchmark has after the cell's name; `None`: it isn't tracked there.
    pub action: Option<&'static str>,
    /// Whether the page's explorer offers it.
    pub explored: bool,
    /// Returns the cell's own; `None` where it has none.
    pub of: fn(&CellResult) -> Option<MetricValue<'_>>,
}

/// Every figure, in the order in which the explorer offers them; [`TABLE`] first.
pub(crate) static METRICS: [CellMetric; 21] = [
    TIME,
    SPEEDUP_SELF,
    SPEEDUP,
    TOTAL,
    CPUS_USED,
    PEAK_MEMORY,
    ratio("speedup in all, cold", "speedup_total", |cell| value(cell.speedup_total.as_ref())),
    CellMetric {
        unit: Unit::Share,
        ..ratio("efficiency: speedup per worker", "efficiency", |cell| {
            Some(MetricValue { ci95: cell.efficiency_ci95, ..MetricValue::from(cell.efficiency?) })
        })
    },
    CellMetric {
        column: None,
        ..time("start of the interpreter, with imports", "", |cell| {
            value(Some(cell.phases_ns.start?.saturating_add(cell.phases_ns.imports?)))
        })
    },
    time("making the pool", "pool_ns", |cell| value(cell.phases_ns.pool)),
    CellMetric {
        bencher: Some("cpu-time"),
        ..time("CPU time of all its processes", "cpu_ns", |cell| value(cell.cpu_ns))
    },
    LONGEST_STALL,
    time("event loop's lag, 99th percentile", "loop_lag_p99_ns", |cell| value(cell.loop_lag_p99_ns)),
    only_column(time("start of the interpreter", "start_ns", |cell| value(cell.phases_ns.start))),
    only_column(time("imports", "imports_ns", |cell| value(cell.phases_ns.imports))),
    only_column(time("first pass", "first_ns", |cell| value(cell.phases_ns.first))),
    only_column(time("teardown", "teardown_ns", |cell| value(cell.phases_ns.teardown))),
    only_column(memory("peak of summed RSS", "peak_rss_bytes", |cell| value(cell.peak_rss_bytes))),
    only_column(memory("peak of PSS", "peak_pss_bytes", |cell| value(cell.peak_pss_bytes))),
    only_column(burnt("CPU time over its own single", "cpu_over_self", |cell| value(cell.cpu_over_self))),
    only_column(burnt("CPU time over the baseline", "cpu_over_base", |cell| value(cell.cpu_over_base))),
];

/// How many of [`METRICS`] are columns of the reports' tables.
pub(crate) const TABLE: usize = 6;

pub(crate) const TIME: CellMetric = CellMetric {
    bencher: Some("latency"),
    action: Some(""),
    ..time("time of a warm pass", "wall_ns", |cell| value(cell.wall_ns.as_ref()))
};
pub(crate) const SPEEDUP_SELF: CellMetric = CellMetric {
    bencher: Some("speedup-self"),
    ..ratio("speedup over its own single", "speedup_self", |cell| value(cell.speedup_self.as_ref()))
};
pub(crate) const SPEEDUP: CellMetric = CellMetric {
    bencher: Some("speedup"),
    ..ratio("speedup over the baseline", "speedup", |cell| value(cell.speedup.as_ref()))
};
pub(crate) const TOTAL: CellMetric = CellMetric {
    bencher: Some("cold-total"),
    action: Some(" cold, in all"),
    ..time("cold, in all", "total_ns", |cell| value(cell.total_ns.as_ref()))
};
pub(crate) const CPUS_USED: CellMetric = CellMetric {
    unit: Unit::Cpus,
    direction: Direction::Neither,
    ..time("CPUs used", "cpu_cores_used", |cell| value(cell.cpu_cores_used))
};
/// PSS, or summed RSS where the system gives no PSS.
pub(crate) const PEAK_MEMORY: CellMetric = CellMetric {
    column: None,
    bencher: Some("peak-memory"),
    action: Some(" memory"),
    ..memory("peak memory", "", |cell| value(cell.peak_bytes()))
};
/// The median over passes of the longest time in which the event loop could do nothing else.
pub(crate) const LONGEST_STALL: CellMetric = time("longest stall of the event loop", "loop_lag_ns", |cell| {
    let ci95 = cell.loop_lag_ci95.map(|ends| ends.map(|end| end as f64));
    Some(MetricValue { ci95, ..MetricValue::from(cell.loop_lag_ns? as f64) })
});

type Of = fn(&CellResult) -> Option<MetricValue<'_>>;

const fn time(title: &'static str, column: &'static str, of: Of) -> CellMetric {
    CellMetric {
        title,
        column: Some(column),
        unit: Unit::Nanoseconds,
        direction: Direction::SmallerIsBetter,
        bencher: None,
        action: None,
        explored: true,
        of,
    }
}

const fn memory(title: &'static str, column: &'static str, of: Of) -> CellMetric {
    CellMetric { unit: Unit::Bytes, ..time(title, column, of) }
}

const fn ratio(title: &'static str, column: &'static str, of: Of) -> CellMetric {
    CellMetric { unit: Unit::Ratio, direction: Direction::LargerIsBetter, ..time(title, column, of) }
}

/// How many times as much CPU time: less is better.
const fn burnt(title: &'static str, column: &'static str, of: Of) -> CellMetric {
    CellMetric { unit: Unit::Ratio, ..time(title, column, of) }
}

const fn only_column(metric: CellMetric) -> CellMetric {
    CellMetric { explored: false, ..metric }
}

fn value<'a>(found: Option<impl Into<MetricValue<'a>>>) -> Option<MetricValue<'a>> {
    found.map(Into::into)
}

impl CellMetric {
    /// Returns the figure of this column.
    pub(crate) fn of_column(column: &str) -> Option<&'static Self> {
        METRICS.iter().find(|metric| metric.column == Some(column))
    }
}

impl From<f64> for MetricValue<'_> {
    /// A figure without an interval.
    fn from(value: f64) -> Self {
        Self { value, ci95: None, settled: true, speedup: None }
    }
}

impl From<&Estimate> for MetricValue<'_> {
    fn from(found: &Estimate) -> Self {
        let ci95 = found.ci95.map(|ends| ends.map(|end| end as f64));
        Self { ci95, ..Self::from(found.median as f64) }
    }
}

impl<'a> From<&'a Speedup> for MetricValue<'a> {
    fn from(found: &'a Speedup) -> Self {
        Self { value: found.ratio, ci95: found.ci95, settled: found.settled, speedup: Some(found) }
    }
}

impl From<Figure> for MetricValue<'_> {
    fn from(found: Figure) -> Self {
        Self { ci95: found.ci95, ..Self::from(found.value) }
    }
}

impl From<u64> for MetricValue<'_> {
    fn from(found: u64) -> Self {
        Self::from(found as f64)
    }
}
