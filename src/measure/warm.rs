//! When an invocation is warm. Pure: decided from what its workers say they ran.
//!
//! A fixed number of warm-ups is too few for one interpreter and a waste for the next: Barrett,
//! Bolz-Tereick, Killick, Mount and Tratt, "Virtual machine warmup blows hot and cold" (OOPSLA 2017). They
//! call a process warm whose last change lies before the last quarter of its iterations, and one
//! that changes to the end without a steady state. So it is here, with one difference: noise only ever
//! adds time, so a change is a worker falling clearly below its fastest so far. A slow round on a busy
//! machine is none.

use crate::record::{WarmUp, WarmWorker, WorkerFacts};

/// A time below this part of the fastest so far is clearly faster.
const FASTER: f64 = 0.9;
/// The rounds without a change, at least, that make a worker warm.
const QUIET: usize = 3;
/// The number of rounds after which a worker that isn't seen at work in any of them is starved.
const TRIES: usize = 3;
/// The rounds, and the nanoseconds in all, after which one goes on as it is.
const MOST_ROUNDS: usize = 40;
const MOST_NS: u64 = 2_000_000_000;
/// The number of changes in a row, up to the last of all rounds, that nothing but a process without a steady state makes.
const FALLING: usize = 8;

/// What the warm-ups so far mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum WarmUpVerdict {
    /// Another warm-up is needed.
    Again,
    /// Every worker is warm.
    Warm,
    /// Good enough, with this doubt.
    Doubtful(String),
    /// Some worker will never be warm: the reason, which names it.
    Never(String),
}

/// Judges the warm-ups so far. Without a compiler at run time a worker is warm once it has run its share:
/// CPython specialises within the first few calls. `compiles`: PyPy, or CPython with its JIT on.
pub(crate) fn judge(workers: &[WorkerFacts], rounds: &[WarmUp], compiles: bool) -> WarmUpVerdict {
    let Some(last) = rounds.last() else { return WarmUpVerdict::Again };
    if let Some(missing) = unseen(workers, last) {
        let recent = &rounds[rounds.len().saturating_sub(TRIES)..];
        let ever = recent.iter().any(|round| unseen(std::slice::from_ref(missing), round).is_none());
        return match recent.len() == TRIES && !ever {
            true => WarmUpVerdict::Never(format!(
                "{} ran no task in {TRIES} warm-ups, in which every worker is given its share: what it would run is cold",
                name(missing)
            )),
            false => WarmUpVerdict::Again,
        };
    }
    if !compiles {
        return WarmUpVerdict::Warm;
    }
    let curves: Vec<(String, Vec<f64>)> =
        workers.iter().map(|worker| (name(worker), curve(worker, rounds))).collect();
    let restless = curves.iter().find(|(_, curve)| !steady(curve));
    let Some((who, curve)) = restless else { return WarmUpVerdict::Warm };
    let spent: u64 = rounds.iter().map(|round| round.ns).sum();
    if rounds.len() < MOST_ROUNDS && spent < MOST_NS {
        return WarmUpVerdict::Again;
    }
    let count = rounds.len();
    if falling(curve) >= FALLING {
        let share = 100.0 * (1.0 - curve[curve.len() - 1] / curve[curve.len() - 1 - FALLING]);
        return WarmUpVerdict::Never(format!(
            "{who} never became steady: each of its last {FALLING} of {count} warm-ups was clearly faster than the one before, by {share:.0} % in all"
        ));
    }
    WarmUpVerdict::Doubtful(format!(
        "{who} was perhaps not warm: it still became faster in its last warm-ups of {count}"
    ))
}

/// Returns the first worker that isn't seen at work in the round.
fn unseen<'a>(workers: &'a [WorkerFacts], round: &WarmUp) -> Option<&'a WorkerFacts> {
    workers.iter().find(|worker| row(worker, round).is_none_or(|row| row.tasks == 0))
}

fn row<'a>(worker: &WorkerFacts, round: &'a WarmUp) -> Option<&'a WarmWorker> {
    round.workers.iter().find(|row| row.pid == worker.pid && row.thread == worker.thread)
}

/// Returns the time of a task, in nanoseconds, in each round in which the worker ran any.
fn curve(worker: &WorkerFacts, rounds: &[WarmUp]) -> Vec<f64> {
    let rows = rounds.iter().filter_map(|round| row(worker, round)).filter(|row| row.tasks > 0);
    rows.map(|row| row.ns as f64 / f64::from(row.tasks)).collect()
}

/// Returns whether the last change lies before the last quarter of the rounds.
fn steady(curve: &[f64]) -> bool {
    let mut fastest = f64::INFINITY;
    let mut changed = 0;
    for (index, &time) in curve.iter().enumerate() {
        if time < fastest * FASTER {
            changed = index;
        }
        fastest = fastest.min(time);
    }
    curve.len() - changed > QUIET.max(curve.len() / 4)
}

/// Counts the rounds at the end, of which each was clearly faster than the one before.
fn falling(curve: &[f64]) -> usize {
    curve.windows(2).rev().take_while(|pair| pair[1] < pair[0] * FASTER).count()
}

fn name(worker: &WorkerFacts) -> String {
    match worker.thread {
        Some(thread) => format!("worker {} (thread {thread})", worker.pid),
        None => format!("worker {}", worker.pid),
    }
}

#[cfg(test)]
mod tests {
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    use super::*;

    fn worker(pid: u32) -> WorkerFacts {
        WorkerFacts {
            pid,
            thread: None,
            executable: String::new(),
            version: String::new(),
            py_gil_disabled: None,
            gil_enabled_before: true,
            gil_enabled_after: None,
            cpus: None,
        }
    }

    fn round(workers: &[(u32, u32, u64)]) -> WarmUp {
        let row = |&(pid, tasks, ns)| WarmWorker { pid, thread: None, tasks, ns };
        WarmUp { start_ns: 0, ns: 1_000_000, workers: workers.iter().map(row).collect() }
    }

    /// Rounds of one worker until it is judged, each as long as `time` says.
    fn until_judged(compiles: bool, mut time: impl FnMut(usize) -> f64) -> (usize, WarmUpVerdict) {
        let mut rounds = Vec::new();
        loop {
            rounds.push(round(&[(1, 4, time(rounds.len()) as u64)]));
            match judge(&[worker(1)], &rounds, compiles) {
                WarmUpVerdict::Again => {}
                verdict => return (rounds.len(), verdict),
            }
        }
    }

    #[test]
    fn without_a_compiler_the_share_of_every_worker_is_enough() {
        let two = [worker(1), worker(2)];
        assert_eq!(judge(&two, &[], false), WarmUpVerdict::Again);
        assert_eq!(judge(&two, &[round(&[(1, 4, 9), (2, 4, 9)])], false), WarmUpVerdict::Warm);
    }

    #[test]
    fn a_worker_that_never_runs_is_named() {
        let two = [worker(1), worker(2)];
        let starved = || round(&[(1, 8, 9), (2, 0, 0)]);
        assert_eq!(judge(&two, &[starved(), starved()], false), WarmUpVerdict::Again);
        let replaced = round(&[(1, 4, 9), (3, 4, 9)]);
        let verdict = judge(&two, &[starved(), replaced, starved()], false);
        assert!(
            matches!(&verdict, WarmUpVerdict::Never(reason) if reason.starts_with("worker 2 ran no task"))
        );
        let once = round(&[(1, 4, 9), (2, 4, 9)]);
        assert_eq!(judge(&two, &[starved(), starved(), once], false), WarmUpVerdict::Warm);
    }

    #[test]
    fn a_compiler_is_waited_for() {
        // Interpreted, traced, compiled: as PyPy does it.
        let times = |place: usize| [35e6, 30e6, 8e6, 7.9e6, 3e6].get(place).copied().unwrap_or(2.9e6);
        assert_eq!(until_judged(true, times), (8, WarmUpVerdict::Warm));
        assert_eq!(until_judged(true, |_| 1e6), (4, WarmUpVerdict::Warm));
    }

    #[test]
    fn without_a_steady_state_it_says_so() {
        let (rounds, verdict) = until_judged(true, |place| 1e9 * 0.8f64.powi(place as i32));
        assert_eq!(rounds, MOST_ROUNDS);
        assert!(
            matches!(&verdict, WarmUpVerdict::Never(reason) if reason.contains("8 of 40")),
            "{verdict:?}"
        );
        let (_, verdict) = until_judged(true, |place| 1e9 * 0.8f64.powi((place / 2) as i32));
        assert!(matches!(verdict, WarmUpVerdict::Doubtful(_)), "{verdict:?}");
    }

    /// A false alarm is worse than a doubt: on a machine as noisy as they come there is neither.
    #[test]
    fn noise_is_no_change() {
        let mut random = ChaCha8Rng::seed_from_u64(1);
        let mut rounds = 0;
        for _ in 0..2_000 {
            // Up to three times as long, most often a little.
            let (count, verdict) = until_judged(true, |_| 1e7 * (1.0 + 2.0 * random.random::<f64>().powi(3)));
            assert_eq!(verdict, WarmUpVerdict::Warm);
            rounds += count;
        }
        assert!(rounds < 2_000 * 10, "{rounds}");
    }
}
