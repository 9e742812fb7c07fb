//! What calls left behind outside of their process, as in a file: the first call of a run does the work, and the first ones
//! of all later processes find it done.

use std::collections::BTreeMap;

use crate::record::{Invocation, Outcome};

/// The first call of all takes so much CPU time, in nanoseconds, and so many times as much as those of later processes.
/// A call that imports anything isn't judged: the first of all may have to compile it.
const FIRST_NS: u64 = 500_000;
const TIMES: u64 = 5;
/// Those take less than this: what reads a table that was built once has work to do all the same.
const NEXT_TO_NOTHING_NS: u64 = 600_000;
/// So many later processes must have been seen.
const PROCESSES: u32 = 3;

/// What first calls of a workload took: in the run's first process, and in all later ones.
#[derive(Debug, Default)]
pub(super) struct FirstCalls {
    earliest: Option<(u64, Group, u64)>,
    later: BTreeMap<Group, Later>,
}

/// Interpreter and environment: calls of others take another time.
type Group = (String, String);

#[derive(Debug, Default)]
struct Later {
    processes: u32,
    most_ns: u64,
}

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
        let later = self.later.entry(one.1).or_default();
        later.processes += 1;
        later.most_ns = later.most_ns.max(one.2);
    }

    /// Says why each cell of the workload is to be distrusted, if it is.
    pub(super) fn doubt(&self) -> Option<String> {
        let (_, group, first_ns) = self.earliest.as_ref()?;
        let Later { processes, most_ns } = self.later.get(group)?;
        let kept = *first_ns >= FIRST_NS.max(TIMES * most_ns) && *most_ns < NEXT_TO_NOTHING_NS;
        (kept && *processes >= PROCESSES).then(|| {
            format!(
                "the first call of the run took {:.1} ms of CPU time, those of later processes {:.2} ms at most: they answer \
                 from what it left behind, in a file perhaps, and to look that up is all that was measured",
                *first_ns as f64 / 1e6,
                *most_ns as f64 / 1e6
            )
        })
    }
}
