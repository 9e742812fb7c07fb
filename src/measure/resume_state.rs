//! What a resumed run knows already, from the record of what went before.

use std::collections::HashSet;

use super::job::Job;
use super::progress::Progress;
use crate::cell::Cell;
use crate::record::{Invocation, InvocationKind, RecordError};

/// What went before, beside what [`Progress`] has learned from it.
#[derive(Debug, Default)]
pub(super) struct ResumeState {
    pub invocations: u32,
    /// The highest that there are; 0: none.
    pub last_id: u64,
    pub last_block: u64,
    pub round: u32,
    /// On the run's clock: when the last invocation had ended.
    pub spent_ns: u64,
    /// What the last round has measured already.
    done: HashSet<(InvocationKind, Cell)>,
}

impl ResumeState {
    /// Reads the record in order and lets [`Progress`] learn from it as it did while it was measured.
    ///
    /// A block whose last members are missing, since the runner died while it wrote them, gives the
    /// ratios of those that are there.
    ///
    /// # Errors
    /// A line that can't be read.
    pub(super) fn read(
        records: impl Iterator<Item = Result<Invocation, RecordError>>,
        progress: &mut Progress,
    ) -> Result<Self, RecordError> {
        let mut past = Self::default();
        for record in records {
            let record = record?;
            past.see(&record);
            progress.take(&record);
        }
        progress.learn(&[]);
        for index in 0..progress.cells.len() {
            let settled = progress.is_settled(&progress.cells[index]);
            // It was said when it happened.
            progress.cells[index].announced = settled;
        }
        Ok(past)
    }

    fn see(&mut self, record: &Invocation) {
        self.invocations = self.invocations.saturating_add(1);
        self.last_id = self.last_id.max(record.id);
        self.last_block = self.last_block.max(record.block.unwrap_or(0));
        self.spent_ns = self.spent_ns.max(record.ended_ns());
        if record.round > self.round {
            self.round = record.round;
            self.done.clear();
        }
        if record.round == self.round {
            self.done.insert((record.kind, record.cell.clone()));
        }
    }

    /// Leaves out what the round that is taken up again has measured already.
    pub(super) fn prune(&self, jobs: Vec<Job>, progress: &Progress) -> Vec<Job> {
        jobs.into_iter().filter_map(|job| self.rest_of(job, progress)).collect()
    }

    fn rest_of(&self, job: Job, progress: &Progress) -> Option<Job> {
        let kind = job.kind();
        let done = |cell: &Cell| self.done.contains(&(kind, cell.clone()));
        match job {
            Job::Solo(ref cell) | Job::Reference(ref cell) | Job::Capacity { single: ref cell, .. } => {
                (!done(cell)).then_some(job)
            }
            // A run with a base isn't resumed.
            Job::Against(_) | Job::GateSolo(..) => Some(job),
            Job::Block(cells) => {
                let base = |cell: &Cell| progress.bases_of(cell).contains(cell);
                let guests = cells.iter().filter(|cell| !base(cell)).count();
                let rest: Vec<Cell> =
                    cells.iter().filter(|cell| base(cell) || !done(cell)).cloned().collect();
                let open = match guests {
                    0 => rest.iter().any(|cell| !done(cell)),
                    _ => rest.iter().any(|cell| !base(cell)),
                };
                open.then_some(Job::Block(rest))
            }
        }
    }
}

#[cfg(test)]
#[path = "resume_state_tests.rs"]
mod tests;
