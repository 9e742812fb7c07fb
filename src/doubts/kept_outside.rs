//! What calls left behind outside of their process, as in a file: the first call of a run does the work, and the first ones
//! of all later processes find it done.

use std::collections::BTreeMap;

use crate::record::{Invocation, Outcome};
use crate::stats::quantile;

/// The first call of all takes so much CPU time, in nanoseconds, and so many times as much as those of later processes.
/// A call that imports anything isn't judged: the first of all may have to compile it.
const FIRST_NS: f64 = 500_000.0;
const TIMES: f64 = 5.0;
/// Those take less than this: what reads a table that was built once has work to do all the same.
const NEXT_TO_NOTHING_NS: f64 = 600_000.0;
/// So many later processes must have been seen,
const PROCESSES: usize = 3;
/// and this part of them counts: one may find its CPU taken, or its files gone from the cache.
const MOST: f64 = 0.75;

/// What first calls of a workload took: in the run's first process, and in all later ones.
#[derive(Debug, Default)]
pub(super) struct FirstCalls {
    earliest: Option<(u64, Group, u64)>,
    /// CPU time of the first calls of later processes, in nanoseconds.
    later: BTreeMap<Group, Vec<f64>>,
}

/// Interpreter and environment: calls of others take another time.
type Group = (String, String);

impl FirstCalls {
    /// Takes one process, or one with its workers, in any order.
    pub(super) fn take(&mut self, invocation: &Invocation) {
        let calls = invocation.calls.filter(|_| invocation.outcome == Outcome::Completed);
        let Some(first_ns) = calls.and_then(|calls| calls.first_cpu_ns) else { return };
        let cell = &invocation.cell;
        let mut one = (invocation.id, (cell.interpreter.clone(), cell.environment.clone()), first_ns);
        match &mut self.earliest {
            Some(earliest) if one.0 < earliest.0 => std::mem::swap(earliest, &mut one),
            Some(_) => {}
            None => return self.earliest = Some(one),
        }
        self.later.entry(one.1).or_default().push(one.2 as f64);
    }

    /// Says why each cell of the workload is to be distrusted, if it is.
    pub(super) fn doubt(&self) -> Option<String> {
        let (_, group, first_ns) = self.earliest.as_ref()?;
        let later = self.later.get(group).filter(|later| later.len() >= PROCESSES)?;
        let (first_ns, later_ns) = (*first_ns as f64, quantile(later, MOST)?);
        let kept = first_ns >= FIRST_NS.max(TIMES * later_ns) && later_ns < NEXT_TO_NOTHING_NS;
        kept.then(|| {
            format!(
                "the first call of the run took {:.1} ms of CPU time, most of those of later processes {:.2} ms or less: \
                 they answer from what it left behind, in a file perhaps, and to look that up is all that was measured",
                first_ns / 1e6,
                later_ns / 1e6
            )
        })
    }
}
