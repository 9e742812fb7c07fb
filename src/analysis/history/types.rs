//! The types behind `history.json`.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::cell::{Cell, FlatCell};
use crate::record::Outcome;

pub(crate) const HISTORY_SCHEMA: &str = "gilmatrix.history/4";

/// The trend of every cell over many runs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct History {
    pub schema: String,
    /// Oldest first.
    pub runs: Vec<HistoryRun>,
    /// What changed between one run and the one before it.
    pub events: Vec<HistoryEvent>,
    pub trends: Vec<Trend>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct HistoryRun {
    pub run_id: String,
    pub started_unix_ns: u64,
    /// Runs whose machines are alike have the same; only they are compared.
    pub host: String,
    /// Workloads that another machine measured, and which; empty but for a merged run.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub other_hosts: BTreeMap<String, String>,
    /// Cells that failed in it.
    pub failed: u32,
}

impl HistoryRun {
    /// The machine that measured a workload.
    pub(crate) fn host_of(&self, workload: &str) -> &str {
        self.other_hosts.get(workload).unwrap_or(&self.host)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum EventKind {
    Interpreter,
    Workload,
    Tool,
    Host,
    Baseline,
}

/// A change that is known from the run itself. A shift of level at it is explained by it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct HistoryEvent {
    /// Index into `runs` of the first run that has it.
    pub run: usize,
    pub kind: EventKind,
    /// The interpreter or the workload that changed; `None` where it concerns all cells.
    pub what: Option<String>,
    /// As `3.13t: 3.13.5 became 3.13.6`.
    pub text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Metric {
    /// Speedup over the baseline interpreter's `single`, from lock-step blocks: drift cancels.
    Speedup,
    /// Time of a pass in ns, for the baseline's own cells. Changes are sought after the machine's own
    /// ups and downs (the median over all workloads of a run) are taken out.
    Time,
    /// Peak memory of the process tree in bytes: PSS, or RSS where the system gives no PSS.
    Memory,
}

/// One figure of one cell over the runs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Trend {
    #[serde(flatten, with = "FlatCell")]
    pub cell: Cell,
    pub metric: Metric,
    pub points: Vec<TrendPoint>,
    pub failures: Vec<Failed>,
    /// Indexes into the history's `events` of those that touch its figures, changes of the host included.
    pub events: Vec<usize>,
    pub changes: Vec<LevelChange>,
    /// From which size on a change in its last three runs would have been seen, three times of four: 1.06 is 6 %. `None`:
    /// none would, as there are too few runs of this machine, or a time is not judged.
    pub smallest: Option<f64>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct TrendPoint {
    /// Index into `runs`.
    pub run: usize,
    pub value: f64,
    pub ci95: Option<[f64; 2]>,
    /// Stands alone against its neighbours, and takes no part in finding changes.
    pub outlier: bool,
}

/// A run in which the cell has no figure because it failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Failed {
    pub run: usize,
    pub outcome: Outcome,
}

/// The level before and after a run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct LevelChange {
    /// Index into `runs` of the first one at the new level.
    pub run: usize,
    pub run_id: String,
    /// New level divided by the old one, of the metric.
    pub ratio: f64,
    /// Slower or heavier.
    pub worse: bool,
    /// Corrected for every run where it could have happened, not for the number of cells.
    pub p: f64,
    /// The event at the same run that explains it; without one it is an alarm if it is worse.
    pub explained_by: Option<String>,
}

impl LevelChange {
    /// For the worse, and nothing known explains it.
    pub(crate) fn alarms(&self) -> bool {
        self.worse && self.explained_by.is_none()
    }
}

impl History {
    /// Changes for the worse that nothing explains, newest first.
    pub(crate) fn alarms(&self) -> Vec<(&Trend, &LevelChange)> {
        self.changes(LevelChange::alarms)
    }

    /// The changes that `wanted` picks, newest first.
    pub(crate) fn changes(&self, wanted: impl Fn(&LevelChange) -> bool) -> Vec<(&Trend, &LevelChange)> {
        let all =
            self.trends.iter().flat_map(|trend| trend.changes.iter().map(move |change| (trend, change)));
        let mut picked: Vec<_> = all.filter(|(_, change)| wanted(change)).collect();
        picked.sort_by_key(|(_, change)| std::cmp::Reverse(change.run));
        picked
    }
}
