//! What `run` and `plan` do alike: read the matrix, find the interpreters, plan the cells.

use std::path::{Path, PathBuf};

use super::{Exit, Failure, output};
use crate::harness::{Catalogue, WorkloadInfo};
use crate::interpreter::{self, Discovery, Interpreter, Missing, Resolution};
use crate::matrix::{self, Matrix, MissingPolicy, duration_ns, fraction};
use crate::measure::host::effective_cpus;
use crate::plan::{self, Filters, Plan};

/// `--quick`: everything within 30 seconds, reports included.
const QUICK_BUDGET_NS: u64 = 25_000_000_000;

/// Options that `run` and `plan` share.
#[derive(Debug, clap::Args)]
pub struct MatrixArgs {
    /// The matrix to measure
    #[arg(default_value = "matrix.toml", value_name = "MATRIX")]
    pub matrix: PathBuf,
    /// First workload, one worker count, at most 30 seconds: a first look
    #[arg(long)]
    pub quick: bool,
    /// Only this interpreter (repeatable)
    #[arg(short = 'p', visible_short_alias = 'P', long = "interpreter", value_name = "NAME")]
    interpreters: Vec<String>,
    /// Only this workload (repeatable)
    #[arg(short = 'w', visible_short_alias = 'W', long = "workload", value_name = "NAME")]
    workloads: Vec<String>,
    /// Only this mode (repeatable)
    #[arg(short = 'm', visible_short_alias = 'M', long = "mode", value_name = "NAME")]
    modes: Vec<String>,
    /// Only this number of workers (repeatable)
    #[arg(short = 'n', long = "workers", value_name = "N")]
    workers: Vec<u32>,
    /// Wall time for the whole run, as `5m`
    #[arg(long, value_name = "TIME", value_parser = parse_budget)]
    budget: Option<u64>,
    /// Half-width of the 95 % interval at which a cell is settled, as `2%`
    #[arg(long, value_name = "SHARE", value_parser = parse_precision)]
    precision: Option<f64>,
    /// Install interpreters that are missing
    #[arg(long)]
    pub install: bool,
}

fn parse_budget(text: &str) -> Result<u64, String> {
    duration_ns(text)
}

fn parse_precision(text: &str) -> Result<f64, String> {
    fraction(text)
}

/// Everything that a run starts from.
pub struct Prepared {
    pub matrix: Matrix,
    pub catalogue: Catalogue,
    pub interpreters: Vec<Interpreter>,
    pub missing: Vec<Missing>,
    pub plan: Plan,
    pub effective_cpus: f64,
    pub warnings: Vec<String>,
}

/// # Errors
/// Exit 2: the matrix or a filter is wrong; 3: an interpreter that is required is missing; 5: a file can't be read.
pub fn prepare(args: &MatrixArgs) -> Result<Prepared, Failure> {
    let catalogue = Catalogue::embedded();
    let effective_cpus = effective_cpus();
    let cpus = (effective_cpus.floor() as u32).max(1);
    let mut matrix = matrix::load(&args.matrix, &catalogue, cpus).map_err(|error| {
        let exit = if error.is_refusal_of_the_machine() { Exit::Refused } else { Exit::Usage };
        Failure::rendered(exit, error.render(true))
    })?;
    override_settings(&mut matrix, args);

    let folder = args.matrix.parent().unwrap_or(Path::new("."));
    let resolution = resolve(&matrix, folder)?;
    let Resolution { found, missing, warnings, .. } = resolution;
    let filters = Filters {
        interpreters: args.interpreters.clone(),
        workloads: args.workloads.clone(),
        modes: args.modes.clone(),
        workers: args.workers.clone(),
    };
    let missing_package = |interpreter: &Interpreter, workload: &WorkloadInfo| {
        let lacks = |package: &&String| interpreter::module_version(interpreter, package).is_none();
        workload.requires.iter().find(lacks).cloned()
    };
    let plan = plan::expand(&plan::Request {
        matrix: &matrix,
        catalogue: &catalogue,
        interpreters: &found,
        missing: &missing,
        effective_cpus,
        filters: &filters,
        quick: args.quick,
        missing_package: &missing_package,
    })
    .map_err(|error| Failure::new(Exit::Usage, error.to_string()))?;
    Ok(Prepared { matrix, catalogue, interpreters: found, missing, plan, effective_cpus, warnings })
}

fn override_settings(matrix: &mut Matrix, args: &MatrixArgs) {
    if args.quick {
        matrix.run.budget_ns = matrix.run.budget_ns.min(QUICK_BUDGET_NS);
    }
    if let Some(budget) = args.budget {
        matrix.run.budget_ns = budget;
    }
    if let Some(precision) = args.precision {
        matrix.run.precision = precision;
    }
    if args.install {
        matrix.interpreters.missing = MissingPolicy::Install;
    }
}
