//! What the command line says in place of the matrix.

use serde::{Deserialize, Serialize};

use super::{CpuSet, Matrix, MissingPolicy, duration_ns, fraction, size_bytes};

/// The budget of `--quick`, in nanoseconds: with the reports a run then takes at most 30 seconds.
const QUICK_BUDGET_NS: u64 = 27_000_000_000;
/// The precision that so short a run can reach.
const QUICK_PRECISION: f64 = 0.15;

/// Settings that go before the matrix's own.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, clap::Args)]
#[command(next_help_heading = "Settings")]
pub struct Overrides {
    /// Take a first look in at most 30 seconds: baseline and free-threaded builds, first workload, one number of
    /// workers, settled at ±15 %
    #[arg(long)]
    pub quick: bool,
    /// Limit the whole run to this time, as `5m`
    #[arg(long, value_name = "TIME", value_parser = duration_ns)]
    pub budget: Option<u64>,
    /// Call a cell settled when its 95 % interval is at most this wide on either side, as `2%`
    #[arg(long, value_name = "SHARE", value_parser = fraction)]
    pub precision: Option<f64>,
    /// Sample CPU and memory so many times a second, 10 to 100 [default: 20]
    #[arg(long, value_name = "HZ", value_parser = clap::value_parser!(u32).range(10..=100))]
    pub sample_rate: Option<u32>,
    /// Measure once more what something else on the machine disturbed
    #[arg(long)]
    pub repeat_disturbed: bool,
    /// End an invocation whose whole process tree takes more memory than this, as `2GiB`
    #[arg(long, value_name = "SIZE", value_parser = size_bytes)]
    pub max_memory: Option<u64>,
    /// Run everything on these CPUs alone, as `0-1,3`
    #[arg(long, value_name = "CPUS", value_parser = CpuSet::parse)]
    pub cpus: Option<CpuSet>,
    /// Install interpreters that are missing, and packages that workloads require
    #[arg(long)]
    pub install: bool,
}

impl Overrides {
    /// Writes what was given into the matrix.
    pub fn apply(&self, matrix: &mut Matrix) {
        let run = &mut matrix.run;
        if self.quick {
            run.budget_ns = run.budget_ns.min(QUICK_BUDGET_NS);
            run.precision = run.precision.max(QUICK_PRECISION);
        }
        run.budget_ns = self.budget.unwrap_or(run.budget_ns);
        run.precision = self.precision.unwrap_or(run.precision);
        run.sample_rate = self.sample_rate.unwrap_or(run.sample_rate);
        run.repeat_disturbed |= self.repeat_disturbed;
        run.max_memory_bytes = self.max_memory.or(run.max_memory_bytes);
        if self.cpus.is_some() {
            run.cpus.clone_from(&self.cpus);
        }
        if self.install {
            matrix.interpreters.missing = MissingPolicy::Install;
        }
    }
}
