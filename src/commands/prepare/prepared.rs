//! Everything that a run starts from.

use crate::commands::{Exit, Failure};
use crate::harness::Catalogue;
use crate::interpreter::{Interpreter, Missing};
use crate::matrix::Matrix;
use crate::measure;
use crate::plan::{self, MatrixOptions, Plan, Shard};
use crate::record::Against;

/// Everything that a run starts from.
pub(crate) struct Prepared {
    pub matrix: Matrix,
    pub catalogue: Catalogue,
    pub interpreters: Vec<Interpreter>,
    pub missing: Vec<Missing>,
    pub plan: Plan,
    pub effective_cpus: f64,
    pub warnings: Vec<String>,
    /// The part of the matrix that `plan` keeps.
    pub shard: Option<Shard>,
    pub offline: bool,
    /// The base of `--against`; `None` without one.
    pub against: Option<Against>,
    /// What the command line said beside the matrix file; `None` where there is no such file.
    pub options: Option<MatrixOptions>,
}

impl Prepared {
    /// Returns why the budget is too short for any ratio, if it is.
    pub(crate) fn too_short(&self) -> Option<String> {
        let (cells, budget_ns) = (self.plan.runnable().count(), self.matrix.run.budget_ns);
        let active = measure::solo_active(budget_ns, cells).as_nanos() as u64;
        let baseline = &self.matrix.interpreters.baseline;
        measure::forecast(&self.plan, baseline, self.effective_cpus, active).warning(budget_ns)
    }

    /// Keeps one shard of the plan and skips the others.
    ///
    /// # Errors
    /// There are fewer workloads than shards.
    pub(crate) fn keep_shard(&mut self, shard: Shard) -> Result<(), Failure> {
        plan::keep(&mut self.plan, shard).map_err(|message| Exit::Usage.because(message))?;
        self.shard = Some(shard);
        Ok(())
    }
}
