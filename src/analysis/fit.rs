//! Whether one function is fit to be run in parallel, and from when on it pays: what `gilmatrix try`
//! ends with. Pure; reads results only.

use super::results::{CellResult, Results};
use crate::cell::{ModeKind, PLAIN, SINGLE};
use crate::record::Outcome;

/// The lower end of a GIL build's threads over its own `single` from which they run in parallel.
const PARALLEL: f64 = 1.2;
/// The upper end for free-threaded threads below which they gain nothing worth a thread.
const NO_GAIN: f64 = 1.15;
/// How a pool says that something can't be pickled: each Python has its own words.
const UNPICKLABLE: [&str; 5] =
    ["ickling", "an't pickle", "annot pickle", "an't get local object", "MaybeEncodingError"];

/// Indices are those of `Results::cells`.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Fit {
    pub best: Option<Best>,
    pub findings: Vec<Finding>,
}

/// The fastest settled way beside the baseline's `single`, faster than that beyond doubt.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Best {
    pub cell: usize,
    /// What it takes longer than `single` to start and end, ns; negative where it is quicker.
    pub extra_ns: Option<i64>,
    /// What each call saves, ns.
    pub saved_ns: f64,
    /// Peak memory of it and of `single`, bytes; PSS where both have it.
    pub memory: Option<(u64, u64)>,
}

impl Best {
    /// How many calls in a row make up for the start; `None` where that isn't known.
    pub(crate) fn pays_from(&self) -> Option<u64> {
        let extra = self.extra_ns?.max(0) as f64;
        (self.saved_ns > 0.0).then(|| (extra / self.saved_ns).ceil().max(1.0) as u64)
    }
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Finding {
    /// Threads run in parallel with the GIL: this many times as fast as their own `single`.
    ReleasesGil { cell: usize, ratio: f64 },
    /// Threads gain nothing without it.
    Contends { cell: usize, ratio: f64 },
    /// Other results than the baseline's `single`.
    OtherResults { cells: Vec<usize> },
    /// Processes can't run it.
    NotPicklable { cell: usize },
    /// It fails in these, for other reasons.
    Fails { cells: Vec<usize> },
    /// An import switches the GIL on.
    GilBack { cell: usize },
}

/// What the cells of one workload say about it.
pub(crate) fn fit(results: &Results, workload: &str) -> Fit {
    let cells: Vec<usize> =
        (0..results.cells.len()).filter(|cell| results.cells[*cell].workload == workload).collect();
    let view = WorkloadCells { results, cells };
    let findings = [
        view.other_results(),
        view.not_picklable(),
        view.threads(false, |low, _| low > PARALLEL, |cell, ratio| Finding::ReleasesGil { cell, ratio }),
        view.threads(true, |_, high| high < NO_GAIN, |cell, ratio| Finding::Contends { cell, ratio }),
        view.gil_back(),
        view.fails(),
    ];
    Fit { best: view.best(workload), findings: findings.into_iter().flatten().collect() }
}

struct WorkloadCells<'a> {
    results: &'a Results,
    cells: Vec<usize>,
}

impl WorkloadCells<'_> {
    fn cell(&self, index: usize) -> &CellResult {
        &self.results.cells[index]
    }

    fn first(&self, wanted: impl Fn(&CellResult) -> bool) -> Option<usize> {
        self.cells.iter().copied().find(|cell| wanted(self.cell(*cell)))
    }

    fn other_results(&self) -> Option<Finding> {
        let wrong = |cell: &usize| self.cell(*cell).outcome == Outcome::ChecksumMismatch;
        let cells: Vec<usize> = self.cells.iter().copied().filter(wrong).collect();
        (!cells.is_empty()).then_some(Finding::OtherResults { cells })
    }

    fn unpicklable(&self, cell: &CellResult) -> bool {
        let reason = cell.reason.as_deref().unwrap_or_default();
        cell.start_method.is_some()
            && cell.outcome.is_failure()
            && UNPICKLABLE.iter().any(|words| reason.contains(words))
    }

    fn fails(&self) -> Option<Finding> {
        let told = [Outcome::ChecksumMismatch, Outcome::GilMismatch];
        let fails = |cell: &usize| {
            let cell = self.cell(*cell);
            cell.outcome.is_failure() && !told.contains(&cell.outcome) && !self.unpicklable(cell)
        };
        let cells: Vec<usize> = self.cells.iter().copied().filter(fails).collect();
        (!cells.is_empty()).then_some(Finding::Fails { cells })
    }

    fn not_picklable(&self) -> Option<Finding> {
        self.first(|cell| self.unpicklable(cell)).map(|cell| Finding::NotPicklable { cell })
    }

    fn gil_back(&self) -> Option<Finding> {
        let back = |cell: &CellResult| cell.outcome == Outcome::GilMismatch && self.free(&cell.interpreter);
        self.first(back).map(|cell| Finding::GilBack { cell })
    }

    /// Looks at the fastest threads with as many workers as have a CPU each, on interpreters that are or aren't
    /// free-threaded; there is a finding if their interval is `so`.
    fn threads(
        &self,
        free: bool,
        so: impl Fn(f64, f64) -> bool,
        finding: impl Fn(usize, f64) -> Finding,
    ) -> Option<Finding> {
        let threads = |cell: &CellResult| {
            self.results.kind(&cell.mode) == Some(ModeKind::Threads)
                && cell.environment == PLAIN
                && cell.outcome == Outcome::Completed
                && cell.workers > 1
                && !cell.oversubscribed
        };
        let most = self.cells.iter().map(|cell| self.cell(*cell)).filter(|cell| threads(cell));
        let most = most.map(|cell| cell.workers).max()?;
        let here =
            |cell: &CellResult| threads(cell) && cell.workers == most && self.free(&cell.interpreter) == free;
        let all = self.cells.iter().copied().filter(|index| here(self.cell(*index)));
        let speedups = all.filter_map(|index| Some((index, self.cell(index).speedup_self.as_ref()?)));
        let (index, speedup) = speedups.max_by(|(_, a), (_, b)| a.ratio.total_cmp(&b.ratio))?;
        let [low, high] = speedup.ci95?;
        so(low, high).then(|| finding(index, speedup.ratio))
    }

    fn free(&self, interpreter: &str) -> bool {
        self.results.interpreter(interpreter).is_some_and(|known| known.facts.free_threaded())
    }

    fn best(&self, workload: &str) -> Option<Best> {
        let single = self.first(|cell| {
            cell.interpreter == self.results.baseline && cell.mode == SINGLE && cell.environment == PLAIN
        })?;
        let faster = |cell: &usize| {
            let found = self.cell(*cell);
            let speedup = found.speedup.as_ref().filter(|speedup| speedup.settled && speedup.pairs > 0);
            *cell != single
                && found.outcome == Outcome::Completed
                && found.environment == PLAIN
                && speedup.is_some_and(|speedup| speedup.ci95.is_some_and(|[low, _]| low > 1.0))
        };
        let ratio = |cell: &usize| self.cell(*cell).speedup.as_ref().map_or(0.0, |speedup| speedup.ratio);
        let best = self.cells.iter().copied().filter(faster).max_by(|a, b| ratio(a).total_cmp(&ratio(b)))?;
        let (ours, theirs) = (self.cell(best), self.cell(single));
        let tasks = self.results.workload(workload)?.tasks;
        // From the ratio, which is formed side by side, not from two medians.
        let saved = theirs.wall_ns.as_ref()?.median as f64 * (1.0 - 1.0 / ratio(&best));
        Some(Best {
            cell: best,
            extra_ns: around(ours).zip(around(theirs)).map(|(ours, theirs)| ours - theirs),
            saved_ns: saved / f64::from(tasks.max(1)),
            memory: ours
                .peak_pss_bytes
                .zip(theirs.peak_pss_bytes)
                .or_else(|| ours.peak_rss_bytes.zip(theirs.peak_rss_bytes)),
        })
    }
}

/// Everything but the work.
fn around(cell: &CellResult) -> Option<i64> {
    let phases = &cell.phases_ns;
    let parts = [phases.start?, phases.imports?, phases.pool?, phases.teardown?];
    i64::try_from(parts.iter().sum::<u64>()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::analyse;
    use crate::analysis::synthetic::{World, cell};

    fn world() -> World {
        World::new(3, &["3.13", "3.13t"], &["work"], &["single", "threads", "mp"], &[2])
    }

    #[test]
    fn the_best_way_and_nothing_to_complain_of() {
        let mut world = world();
        for (name, mode, workers, speed) in [
            ("3.13", "mp", 2, 1.6),
            ("3.13t", "single", 1, 0.9),
            ("3.13t", "threads", 2, 1.8),
            ("3.13t", "mp", 2, 1.5),
        ] {
            world.plant(&cell(name, "work", mode, workers), speed);
        }
        world.fill(12, 8);
        let results = analyse(&world.run, world.records.clone());
        let fit = fit(&results, "work");
        assert_eq!(fit.findings, []);
        let best = fit.best.unwrap();
        let found = &results.cells[best.cell];
        assert_eq!((found.interpreter.as_str(), found.mode.as_str()), ("3.13t", "threads"));
        assert!(best.saved_ns > 0.0);
    }

    #[test]
    fn what_releases_the_gil_and_what_contends_is_told() {
        let mut world = world();
        for (name, mode, workers, speed) in
            [("3.13", "threads", 2, 1.9), ("3.13t", "single", 1, 1.0), ("3.13t", "threads", 2, 0.6)]
        {
            world.plant(&cell(name, "work", mode, workers), speed);
        }
        world.fill(12, 8);
        let results = analyse(&world.run, world.records.clone());
        let findings = fit(&results, "work").findings;
        assert!(matches!(findings[0], Finding::ReleasesGil { ratio, .. } if ratio > 1.7), "{findings:?}");
        assert!(matches!(findings[1], Finding::Contends { ratio, .. } if ratio < 0.7), "{findings:?}");
        assert_eq!(findings.len(), 2);
    }

    #[test]
    fn what_fails_otherwise_is_named_once() {
        let mut world = world();
        world.fill(6, 4);
        for (name, mode, reason) in [
            ("3.13", "threads", "ValueError: spam (pass)"),
            ("3.13t", "threads", "ValueError: spam (pass)"),
            ("3.13", "mp", "MaybeEncodingError: Error sending result (pass)"),
        ] {
            let broken = cell(name, "work", mode, 2);
            let record = world.records.iter_mut().rfind(|one| one.cell == broken).unwrap();
            record.outcome = Outcome::Failed;
            record.reason = Some(reason.to_owned());
        }
        let results = analyse(&world.run, world.records.clone());
        let findings = fit(&results, "work").findings;
        let named = |index: &usize| (results.cells[*index].mode.as_str(), results.cells[*index].workers);
        let [Finding::NotPicklable { cell }, Finding::Fails { cells }] = findings.as_slice() else {
            panic!("{findings:?}")
        };
        assert_eq!(named(cell), ("mp", 2));
        assert_eq!(cells.iter().map(named).collect::<Vec<_>>(), [("threads", 2); 2]);
    }

    #[test]
    fn when_it_pays() {
        let best = |extra_ns, saved_ns| Best { cell: 0, extra_ns, saved_ns, memory: None };
        assert_eq!(best(Some(10_000), 1_000.0).pays_from(), Some(10));
        assert_eq!(best(Some(-5), 1_000.0).pays_from(), Some(1));
        assert_eq!(best(Some(10_000), 0.0).pays_from(), None);
        assert_eq!(best(None, 1_000.0).pays_from(), None);
    }

    #[test]
    fn an_unknown_workload_has_nothing() {
        let results = analyse(&world().run, Vec::new());
        assert_eq!(fit(&results, "other"), Fit::default());
        assert_eq!(fit(&results, "work"), Fit::default());
    }
}
