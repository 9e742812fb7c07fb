//! What one call of the function is like, from a few passes of it.

use crate::doubts::{NEXT_TO_NONE, PARALLEL_INSIDE};
use crate::record::{Invocation, Value};
use crate::report::format;

/// The time that a pass in `single` should take: long enough for the clock, short enough for many.
const PASS_NS: u64 = 60_000_000;
/// To read the results may take so many times as long as the calls.
const READING: u64 = 2;
/// Beyond this many calls a pass measures the handing out of calls and nothing else.
const MOST_CALLS: u64 = 2_000;
/// Handing a call to a thread costs some ten microseconds, to a process more.
const SHORT_NS: u64 = 100_000;
/// Below this the two clocks of a pass say little about each other.
const CLOCKED_NS: u64 = 1_000_000;
/// Cores that one call uses: above this it is parallel inside, below that it waits.
const PARALLEL: f64 = 1.3;
const WAITING: f64 = 0.5;
/// The part of its CPU time that a call leaves to threads and processes of its own.
const ELSEWHERE: f64 = 0.3;

/// What one call is like.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Call {
    /// Time of a call in `single` on the baseline, warm.
    pub ns: u64,
    /// CPU time over wall time, where a pass was long enough to tell.
    cores: Option<f64>,
    /// The part of that CPU time which wasn't the calling thread's; `None` where it can't be told.
    elsewhere: Option<f64>,
    /// Calls in a pass.
    pub tasks: u32,
    /// Calls that a pool of processes hands out at once.
    chunk: u64,
    /// It is a run of a command, which no worker is to do.
    whole_command: bool,
}

impl Call {
    /// Reads it from the passes after the first, each of `calls` calls. `busy`: other programs keep the CPUs busy.
    pub(super) fn from_passes(invocation: &Invocation, calls: u32, workers: &[u32], busy: bool) -> Self {
        let calls = u64::from(calls.max(1));
        let warm: Vec<&Value> = invocation.values.iter().filter(|value| !value.warmup).collect();
        let mut times: Vec<u64> = warm.iter().map(|value| value.ns).collect();
        times.sort_unstable();
        let ns = (times.get(times.len() / 2).copied().unwrap_or(1) / calls).max(1);
        let whole_command = invocation.cell.is_command();
        let even = workers.iter().copied().fold(u32::try_from(calls).unwrap_or(1), lcm);
        let tasks = if whole_command { 1 } else { tasks(ns.max(reading(&warm) / calls / READING), even) };
        let most = u64::from(workers.iter().copied().max().unwrap_or(1));
        Self {
            ns,
            // Where others keep the CPUs busy, not to compute isn't to wait.
            cores: cores(&warm).filter(|cores| *cores >= WAITING || !busy),
            elsewhere: elsewhere(&warm),
            tasks,
            // As `Pool.map` does by itself: four chunks for each worker.
            chunk: u64::from(tasks).div_ceil(4 * most),
            whole_command,
        }
    }

    /// Returns whether handing a call to a worker costs about as much as the call.
    pub(super) fn is_short(&self) -> bool {
        self.ns < SHORT_NS
    }

    /// Returns what makes the function a doubtful case, seen in one call.
    pub(super) fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if self.whole_command {
            return notes;
        }
        if self.is_short() {
            let remedy = match self.chunk {
                chunk if self.ns.saturating_mul(chunk) < SHORT_NS => "put many into one call".to_owned(),
                chunk => format!("`mp` hands out {chunk} at once, for threads put many into one call"),
            };
            notes.push(format!(
                "too short: a call takes {} or less, handing it to a worker costs about as much; {remedy}",
                format::ns(self.ns)
            ));
        }
        let elsewhere = self.elsewhere.filter(|part| *part > ELSEWHERE);
        match self.cores {
            Some(cores) if cores > PARALLEL => notes.push(format!(
                "{PARALLEL_INSIDE}: one call keeps {} CPUs busy by itself, workers would only compete for them",
                format::cores(cores)
            )),
            // On a busy machine they get no more than a CPU.
            _ if elsewhere.is_some() => notes.push(format!(
                "{PARALLEL_INSIDE}, as it seems: threads or processes that a call starts itself use {} of its CPU time; where they run at once, workers only compete with them",
                format::percent((elsewhere.unwrap_or_default() * 100.0).round() / 100.0)
            )),
            // Below this a waking process is the larger part. Of what does nothing but wait the doubt says it.
            Some(cores) if (NEXT_TO_NONE..WAITING).contains(&cores) && self.ns > SHORT_NS => notes.push(format!(
                "it waits: a call computes for {} of its time, so threads or asyncio serve it with the GIL, too",
                format::percent(cores)
            )),
            _ => {}
        }
        notes
    }
}

/// Returns the most cores of all passes: what others on the machine took from one pass they leave to another, while a
/// function that waits does so in each.
fn cores(warm: &[&Value]) -> Option<f64> {
    let long = warm.iter().filter(|value| value.ns >= CLOCKED_NS);
    long.filter_map(|value| Some(value.cpu_ns? as f64 / value.ns as f64)).max_by(f64::total_cmp)
}

/// Returns the part of the CPU time of all passes that wasn't the calling thread's; the clocks are too coarse for one
/// pass.
fn elsewhere(warm: &[&Value]) -> Option<f64> {
    let long = warm.iter().filter(|value| value.ns >= CLOCKED_NS);
    let used = long.filter_map(|value| Some((value.cpu_ns?, value.workers_cpu_ns.as_ref()?.iter().sum())));
    let (all, own) = used.fold((0u64, 0u64), |sum, (all, own): (u64, u64)| (sum.0 + all, sum.1 + own));
    (all > 0).then(|| all.saturating_sub(own) as f64 / all as f64)
}

/// Returns what the harness takes to read the results of one execution, at least.
fn reading(warm: &[&Value]) -> u64 {
    let each = warm.iter().filter_map(|value| Some(value.harness_ns? / u64::from(value.repeats.min(2))));
    each.min().unwrap_or(0)
}

/// Returns as many calls as fill a pass, an even share for every number of workers.
fn tasks(call_ns: u64, even: u32) -> u32 {
    let even = u64::from(even.max(1));
    let wanted = (PASS_NS / call_ns.max(1)).clamp(1, MOST_CALLS);
    u32::try_from(wanted.div_ceil(even) * even).unwrap_or(u32::MAX)
}

fn lcm(a: u32, b: u32) -> u32 {
    // Beyond an odd number of CPUs: uneven shares are the lesser evil.
    (1..=256).find(|all: &u32| all.is_multiple_of(a) && all.is_multiple_of(b)).unwrap_or(a.max(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pass_takes_some_tens_of_milliseconds_in_even_shares() {
        for (call_ns, even, expected) in
            [(1_000_000, 2, 60), (7_000_000, 4, 8), (500_000_000, 4, 4), (100, 2, 2_000), (0, 0, 2_000)]
        {
            assert_eq!(tasks(call_ns, even), expected, "{call_ns} {even}");
        }
        assert_eq!([1, 2, 4, 6].into_iter().fold(1, lcm), 12);
        assert_eq!([1, 2, 4, 8, 16, 32, 64, 127].into_iter().fold(1, lcm), 127);
    }

    #[test]
    fn what_others_took_from_a_pass_is_not_waiting() {
        let value = |ns, cpu_ns| Value {
            repeats: 1,
            total_ns: None,
            loop_lag_p99_ns: None,
            beats: None,
            workers_cpu_ns: Some(vec![cpu_ns / 4]),
            run_delay_ns: None,
            harness_ns: None,
            after: None,
            ns,
            block: None,
            sweep: 0,
            seq: 0,
            start_ns: 0,
            warmup: false,
            concurrent: 1,
            checksum: String::new(),
            cpu_ns: Some(cpu_ns),
            loop_lag_ns: None,
        };
        let of = |values: &[Value]| cores(&values.iter().collect::<Vec<_>>());
        let starved =
            [value(20_000_000, 4_000_000), value(5_000_000, 4_900_000), value(9_000_000, 4_000_000)];
        assert_eq!(of(&starved), Some(0.98));
        let waiting = [value(20_000_000, 2_000_000), value(20_000_000, 1_000_000)];
        assert_eq!(of(&waiting), Some(0.1));
        assert_eq!(of(&[value(3_000, 9_000)]), None, "too short to tell");
        let part = |values: &[Value]| elsewhere(&values.iter().collect::<Vec<_>>());
        assert_eq!(part(&waiting), Some(0.75));
        assert_eq!(part(&[value(3_000, 9_000)]), None);
    }

    #[test]
    fn notes_are_about_doubtful_calls_only() {
        let call = |ns, cores, elsewhere| {
            Call { ns, cores, elsewhere, tasks: 8, chunk: 10, whole_command: false }.notes()
        };
        let notes = |ns, cores| call(ns, cores, Some(0.01));
        assert!(notes(5_000_000, Some(1.0)).is_empty() && notes(5_000_000, None).is_empty());
        assert!(
            notes(3_000, Some(1.0))[0].starts_with("too short: a call takes 3.00 µs"),
            "{:?}",
            notes(3_000, None)
        );
        let chunked = notes(30_000, Some(1.0));
        assert!(chunked[0].ends_with("`mp` hands out 10 at once, for threads put many into one call"));
        assert!(notes(5_000_000, Some(1.9))[0].starts_with("parallel inside"));
        assert!(notes(5_000_000, Some(0.1))[0].starts_with("it waits"));
        assert!(notes(5_000_000, Some(0.01)).is_empty(), "a doubt says it in the table");
        let starved = call(5_000_000, Some(1.0), Some(0.97));
        assert!(starved[0].starts_with("parallel inside, as it seems: ") && starved[0].contains("97 %"));
        assert_eq!(call(5_000_000, None, Some(0.97)), starved);
    }
}
