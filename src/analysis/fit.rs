//! Whether one function is fit to be run in parallel, and from when on it pays: what `gilmatrix try`
//! ends with. Pure; reads results only.

use super::answers::NamedCell;
use super::{CellResult, Results, Speedup};
use crate::cell::{ModeKind, PLAIN};
use crate::plan::Situation;
use crate::record::{NOT_FIT, Outcome};

/// The lower end of a GIL build's threads over its own `single` from which they run in parallel.
const PARALLEL: f64 = 1.2;
/// The upper end for free-threaded threads below which they gain nothing worth a thread.
const NO_GAIN: f64 = 1.15;

#[derive(Debug, Default, PartialEq)]
pub(crate) struct Fit<'a> {
    pub best: Option<Best<'a>>,
    pub findings: Vec<Finding<'a>>,
}

/// The way that the answer names, where it is faster than the baseline's `single` beyond doubt.
#[derive(Debug, PartialEq)]
pub(crate) struct Best<'a> {
    pub cell: &'a CellResult,
    /// Nanoseconds that it takes longer than `single` to start and end; negative where it is quicker.
    pub extra_ns: Option<i64>,
    /// Nanoseconds that each call saves.
    pub saved_ns: f64,
    /// Bytes at the peak of it and of `single`; PSS where both have it.
    pub memory: Option<(u64, u64)>,
}

impl Best<'_> {
    /// How many calls in a row make up for the start; `None` where that isn't known.
    pub(crate) fn pays_from(&self) -> Option<u64> {
        pays_from(self.extra_ns?, self.saved_ns)
    }
}

fn pays_from(extra_ns: i64, saved_ns: f64) -> Option<u64> {
    (saved_ns > 0.0).then(|| (extra_ns.max(0) as f64 / saved_ns).ceil().max(1.0) as u64)
}

#[derive(Debug, PartialEq)]
pub(crate) enum Finding<'a> {
    /// Threads run in parallel with the GIL: this many times as fast as their own `single`.
    ReleasesGil { cell: &'a CellResult, ratio: f64 },
    /// Threads gain nothing without it; nor do as many processes, of which this is the speedup, where it is known.
    NoGain { cell: &'a CellResult, ratio: f64, processes: Option<f64> },
    /// Threads gain nothing without it, and processes do: its calls wait for each other.
    Contends { cell: &'a CellResult, ratio: f64, processes: f64 },
    /// Other results than the baseline's `single`.
    OtherResults { cells: Vec<&'a CellResult> },
    /// Processes can't run it.
    NotPicklable { cell: &'a CellResult },
    /// It fails in these, for other reasons.
    Fails { cells: Vec<&'a CellResult> },
    /// An import switches the GIL on.
    GilBack { cell: &'a CellResult },
}

/// What the cells of one workload say about it.
pub(crate) fn fit<'a>(results: &'a Results, workload: &str) -> Fit<'a> {
    let cells = results.cells.iter().filter(|cell| cell.workload == workload).collect();
    let all = WorkloadCells { results, cells };
    let told = [Outcome::ChecksumMismatch, Outcome::GilMismatch];
    let some = |cells: Vec<&'a CellResult>| (!cells.is_empty()).then_some(cells);
    let wrong = all.with(|cell| cell.outcome == Outcome::ChecksumMismatch);
    let fails =
        all.with(|cell| cell.outcome.is_failure() && !told.contains(&cell.outcome) && !unpicklable(cell));
    let back = |cell: &CellResult| cell.outcome == Outcome::GilMismatch && all.free(cell);
    let findings = [
        some(wrong).map(|cells| Finding::OtherResults { cells }),
        all.first(unpicklable).map(|cell| Finding::NotPicklable { cell }),
        all.threads(false)
            .filter(|(_, speedup)| speedup.ci95.is_some_and(|[low, _]| low > PARALLEL))
            .map(|(cell, speedup)| Finding::ReleasesGil { cell, ratio: speedup.ratio }),
        all.threads(true)
            .filter(|(_, speedup)| speedup.ci95.is_some_and(|[_, high]| high < NO_GAIN))
            .map(|(cell, speedup)| all.no_gain(cell, speedup)),
        all.first(back).map(|cell| Finding::GilBack { cell }),
        some(fails).map(|cells| Finding::Fails { cells }),
    ];
    Fit { best: all.best(workload), findings: findings.into_iter().flatten().collect() }
}

fn unpicklable(cell: &CellResult) -> bool {
    let reason = cell.reason.as_deref().unwrap_or_default();
    cell.outcome == Outcome::Failed && reason.starts_with(NOT_FIT)
}

struct WorkloadCells<'a> {
    results: &'a Results,
    cells: Vec<&'a CellResult>,
}

impl<'a> WorkloadCells<'a> {
    fn with(&self, wanted: impl Fn(&CellResult) -> bool) -> Vec<&'a CellResult> {
        self.cells.iter().copied().filter(|cell| wanted(cell)).collect()
    }

    fn first(&self, wanted: impl Fn(&CellResult) -> bool) -> Option<&'a CellResult> {
        self.cells.iter().copied().find(|cell| wanted(cell))
    }

    /// The fastest threads with as many workers as have a CPU each, on interpreters that are or aren't
    /// free-threaded.
    fn threads(&self, free: bool) -> Option<(&'a CellResult, &'a Speedup)> {
        self.fastest(free, ModeKind::Threads)
    }

    fn fastest(&self, free: bool, kind: ModeKind) -> Option<(&'a CellResult, &'a Speedup)> {
        let threads = self.with(|cell| {
            self.results.kind(&cell.mode) == Some(kind)
                && cell.environment == PLAIN
                && cell.outcome == Outcome::Completed
                && cell.workers > 1
                && !cell.oversubscribed
        });
        let most = threads.iter().map(|cell| cell.workers).max()?;
        let here = threads.into_iter().filter(|cell| cell.workers == most && self.free(cell) == free);
        let speedups = here.filter_map(|cell| Some((cell, cell.speedup_self.as_ref()?)));
        speedups.max_by(|(_, a), (_, b)| a.ratio.total_cmp(&b.ratio))
    }

    /// Contention is what threads lose and processes don't; where neither gains, no CPU was left for a second worker.
    fn no_gain(&self, cell: &'a CellResult, threads: &Speedup) -> Finding<'a> {
        let processes = self.fastest(true, ModeKind::Processes).map(|(_, speedup)| speedup);
        let apart = |it: &&Speedup| it.ci95.zip(threads.ci95).is_some_and(|(it, threads)| it[0] > threads[1]);
        let ratio = threads.ratio;
        match processes.filter(apart) {
            Some(found) => Finding::Contends { cell, ratio, processes: found.ratio },
            None => Finding::NoGain { cell, ratio, processes: processes.map(|it| it.ratio) },
        }
    }

    fn free(&self, cell: &CellResult) -> bool {
        self.results.interpreter(&cell.interpreter).is_some_and(|known| known.facts.free_threaded())
    }

    fn best(&self, workload: &str) -> Option<Best<'a>> {
        let warm = (self.results.answers.iter())
            .find(|answer| answer.workload == workload && answer.situation == Situation::Warm)?;
        let gain = warm.gain.as_ref().filter(|gain| gain.ci95[0] > 1.0)?;
        let find = |wanted: &NamedCell| self.first(|cell| cell.cell == wanted.0);
        let (cell, single, ratio) = (find(warm.choose.as_ref()?)?, find(&gain.over)?, gain.ratio);
        let tasks = self.results.workload(workload)?.tasks;
        // From the ratio, which is formed side by side, not from two medians.
        let saved = single.wall_ns.as_ref()?.median as f64 * (1.0 - 1.0 / ratio);
        let pss = cell.peak_pss_bytes.zip(single.peak_pss_bytes);
        Some(Best {
            cell,
            extra_ns: around(cell).zip(around(single)).map(|(ours, theirs)| ours - theirs),
            saved_ns: saved / f64::from(tasks.max(1)),
            memory: pss.or_else(|| cell.peak_rss_bytes.zip(single.peak_rss_bytes)),
        })
    }
}

/// Everything but the work.
fn around(cell: &CellResult) -> Option<i64> {
    let phases = &cell.phases_ns;
    let parts = [phases.start?, phases.imports?, phases.pool?, phases.teardown?];
    i64::try_from(parts.into_iter().fold(0, u64::saturating_add)).ok()
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
        assert_eq!((best.cell.interpreter.as_str(), best.cell.mode.as_str()), ("3.13t", "threads"));
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

    /// Contention is what threads lose and processes don't.
    #[test]
    fn a_full_machine_is_no_contention() {
        let findings = |processes: f64| {
            let mut world = world();
            world.plant(&cell("3.13t", "work", "threads", 2), 0.95);
            world.plant(&cell("3.13t", "work", "mp", 2), processes);
            world.fill(12, 8);
            let results = analyse(&world.run, world.records.clone());
            let told = fit(&results, "work").findings;
            told.iter().map(|finding| format!("{finding:?}")).collect::<Vec<_>>().join("\n")
        };
        assert!(findings(0.9).contains("NoGain") && !findings(0.9).contains("Contends"));
        assert!(findings(1.7).contains("Contends"));
    }

    #[test]
    fn what_fails_otherwise_is_named_once() {
        let mut world = world();
        world.fill(6, 4);
        for (name, mode, reason) in [
            ("3.13", "threads", "ValueError: spam (pass)"),
            ("3.13t", "threads", "ValueError: spam (pass)"),
            ("3.13", "mp", "not fit for processes: what its calls return can't be pickled: spam (pass)"),
        ] {
            let broken = cell(name, "work", mode, 2);
            let record = world.records.iter_mut().rfind(|one| one.cell == broken).unwrap();
            record.outcome = Outcome::Failed;
            record.reason = Some(reason.to_owned());
        }
        let results = analyse(&world.run, world.records.clone());
        let findings = fit(&results, "work").findings;
        let named = |cell: &&CellResult| (cell.mode.clone(), cell.workers);
        let [Finding::NotPicklable { cell }, Finding::Fails { cells }] = findings.as_slice() else {
            panic!("{findings:?}")
        };
        assert_eq!(named(cell), ("mp".to_owned(), 2));
        assert_eq!(
            cells.iter().map(named).collect::<Vec<_>>(),
            [("threads".to_owned(), 2), ("threads".to_owned(), 2)]
        );
    }

    #[test]
    fn when_it_pays() {
        assert_eq!(pays_from(10_000, 1_000.0), Some(10));
        assert_eq!(pays_from(-5, 1_000.0), Some(1));
        assert_eq!(pays_from(10_000, 0.0), None);
    }

    #[test]
    fn an_unknown_workload_has_nothing() {
        let results = analyse(&world().run, Vec::new());
        assert_eq!(fit(&results, "other"), Fit::default());
        assert_eq!(fit(&results, "work"), Fit::default());
    }
}
