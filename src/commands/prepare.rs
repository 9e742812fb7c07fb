//! What `run` and `plan` do alike: read the matrix, find the interpreters, plan the cells.

mod given;

use std::path::{Path, PathBuf};

use super::available;
use super::packages::{self, Lacking, Policy};
use super::{Exit, Failure};
use crate::harness::{Catalogue, WorkloadInfo};
use crate::interpreter::{Interpreter, Missing, Resolution};
use crate::matrix::{self, CpuSet, Matrix, MissingPolicy, duration_ns, fraction, size_bytes};
use crate::measure::{self, host};
use crate::plan::{self, Filters, Machine, Plan, Shard};
use crate::record::Against;

/// `--quick`: everything within 30 seconds, reports included.
const QUICK_BUDGET_NS: u64 = 27_000_000_000;
/// What a first look can settle.
const QUICK_PRECISION: f64 = 0.15;

/// Options that `run` and `plan` share.
#[derive(Debug, clap::Args)]
pub struct MatrixArgs {
    /// The matrix to measure
    #[arg(default_value = "matrix.toml", value_name = "MATRIX")]
    pub matrix: PathBuf,
    /// A first look in at most 30 seconds: baseline and free-threaded builds, first workload, one number
    /// of workers, settled at ±15 %
    #[arg(long)]
    pub quick: bool,
    #[command(flatten)]
    pub filters: FilterArgs,
    /// Wall time for the whole run, as `5m`
    #[arg(long, value_name = "TIME", value_parser = parse_budget)]
    pub budget: Option<u64>,
    /// Half-width of the 95 % interval at which a cell is settled, as `2%`
    #[arg(long, value_name = "SHARE", value_parser = parse_precision)]
    precision: Option<f64>,
    /// Samples of CPU and memory a second, 10 to 100 [default: 20]
    #[arg(long, value_name = "HZ", value_parser = clap::value_parser!(u32).range(10..=100))]
    sample_rate: Option<u32>,
    /// Measure once more what something else on the machine disturbed
    #[arg(long)]
    repeat_disturbed: bool,
    /// What one invocation's whole process tree may take, as `2GiB`: over it the tree is ended
    #[arg(long, value_name = "SIZE", value_parser = parse_size)]
    max_memory: Option<u64>,
    /// Run everything on these CPUs alone, as `0-1,3`
    #[arg(long, value_name = "CPUS", value_parser = CpuSet::parse)]
    cpus: Option<CpuSet>,
    /// Install interpreters that are missing, and packages that workloads require
    #[arg(long)]
    pub install: bool,
    /// Ask no network: interpreters and packages only from what is here
    #[arg(long)]
    pub offline: bool,
}

/// Which cells: options of every command that takes a matrix.
#[derive(Debug, clap::Args)]
pub struct FilterArgs {
    /// Only this interpreter (repeatable, globs allowed)
    #[arg(short = 'p', long = "interpreter", value_name = "NAME")]
    interpreters: Vec<String>,
    /// Not this interpreter (repeatable, globs allowed)
    #[arg(short = 'P', long = "not-interpreter", value_name = "NAME")]
    not_interpreters: Vec<String>,
    /// Only this workload (repeatable, globs allowed)
    #[arg(short = 'w', long = "workload", value_name = "NAME")]
    workloads: Vec<String>,
    /// Not this workload (repeatable, globs allowed)
    #[arg(short = 'W', long = "not-workload", value_name = "NAME")]
    not_workloads: Vec<String>,
    /// Only this mode (repeatable, globs allowed)
    #[arg(short = 'm', long = "mode", value_name = "NAME")]
    modes: Vec<String>,
    /// Not this mode (repeatable, globs allowed)
    #[arg(short = 'M', long = "not-mode", value_name = "NAME")]
    not_modes: Vec<String>,
    /// Only this number of workers (repeatable)
    #[arg(short = 'n', long = "workers", value_name = "N")]
    workers: Vec<u32>,
}

impl FilterArgs {
    pub fn filters(&self) -> Filters {
        Filters {
            interpreters: self.interpreters.clone(),
            workloads: self.workloads.clone(),
            modes: self.modes.clone(),
            not_interpreters: self.not_interpreters.clone(),
            not_workloads: self.not_workloads.clone(),
            not_modes: self.not_modes.clone(),
            workers: self.workers.clone(),
        }
    }
}

impl MatrixArgs {
    pub fn filters(&self) -> Filters {
        self.filters.filters()
    }
}

pub(super) fn parse_budget(text: &str) -> Result<u64, String> {
    duration_ns(text)
}

pub(super) fn parse_precision(text: &str) -> Result<f64, String> {
    fraction(text)
}

fn parse_size(text: &str) -> Result<u64, String> {
    size_bytes(text)
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
    /// The part of the matrix that `plan` keeps.
    pub shard: Option<Shard>,
    pub offline: bool,
    /// What it is held against.
    pub against: Option<Against>,
}

impl Prepared {
    /// Why the budget is too short for any ratio, if it is.
    pub fn too_short(&self) -> Option<String> {
        let (cells, budget_ns) = (self.plan.runnable().count(), self.matrix.run.budget_ns);
        let active = measure::solo_active(budget_ns, cells).as_nanos() as u64;
        let baseline = &self.matrix.interpreters.baseline;
        measure::forecast(&self.plan, baseline, self.effective_cpus, active).warning(budget_ns)
    }

    /// Leaves the other shards of the plan to others.
    ///
    /// # Errors
    /// There are fewer workloads than shards.
    pub fn keep_shard(&mut self, shard: Shard) -> Result<(), Failure> {
        plan::keep(&mut self.plan, shard).map_err(|message| Failure::new(Exit::Usage, message))?;
        self.shard = Some(shard);
        Ok(())
    }
}

/// For `run`: packages that the matrix names are installed.
///
/// # Errors
/// Exit 2: the matrix or a filter is wrong; 3: an interpreter that is required is missing; 5: a file can't be read;
/// 6: interpreters differ and the matrix forbids it.
pub fn prepare(args: &MatrixArgs) -> Result<Prepared, Failure> {
    prepare_with(args, !args.offline)
}

/// For `plan`: nothing is installed unless `--install` asks for it.
///
/// # Errors
/// As for [`prepare`].
pub fn preview(args: &MatrixArgs) -> Result<Prepared, Failure> {
    prepare_with(args, args.install && !args.offline)
}

fn prepare_with(args: &MatrixArgs, install_named: bool) -> Result<Prepared, Failure> {
    let mut matrix = load_pinned(&args.matrix, args.cpus.as_ref())?;
    override_settings(&mut matrix, args);
    let wish = Wish {
        folder: folder_of(&args.matrix),
        filters: args.filters.filters(),
        quick: args.quick,
        install_named,
        offline: args.offline,
    };
    complete(matrix, &wish)
}

/// The matrix as its file has it.
///
/// # Errors
/// Exit 2: it is wrong; 5: it can't be read.
pub fn load(path: &Path) -> Result<Matrix, Failure> {
    load_pinned(path, None)
}

fn load_pinned(path: &Path, cpus: Option<&CpuSet>) -> Result<Matrix, Failure> {
    matrix::load(path, &Catalogue::embedded(), whole_cpus(), cpus.map(CpuSet::count)).map_err(|error| {
        let exit = if error.is_refusal_of_the_machine() { Exit::Refused } else { Exit::Usage };
        Failure::rendered(exit, error.render(true).trim_end().to_owned())
    })
}

/// What relative paths of a file start from.
pub fn folder_of(file: &Path) -> &Path {
    file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// CPUs that this process may really use, at least one.
pub fn whole_cpus() -> u32 {
    (host::effective_cpus(None).floor() as u32).max(1)
}

/// What is wanted of a matrix, beside what it says itself.
pub struct Wish<'a> {
    /// Paths of interpreters and packages are relative to it.
    pub folder: &'a Path,
    pub filters: Filters,
    pub quick: bool,
    /// Packages that the matrix names may be installed.
    pub install_named: bool,
    pub offline: bool,
}

/// From a resolved matrix to everything that a run starts from: interpreters, packages, the plan.
///
/// # Errors
/// As for [`prepare`], but for the matrix itself.
pub fn complete(matrix: Matrix, wish: &Wish<'_>) -> Result<Prepared, Failure> {
    let Wish { folder, ref filters, offline, .. } = *wish;
    check_cpus(&matrix)?;
    let effective_cpus = host::effective_cpus(matrix.run.cpus.as_ref());
    let mut catalogue = Catalogue::embedded();
    for own in matrix.workloads.iter().filter_map(|it| it.described(&catalogue)).collect::<Vec<_>>() {
        catalogue.define(own);
    }
    let planned = |found: &[Interpreter], missing: &[Missing], lacking: &Lacking| {
        let packages_missing = |interpreter: &Interpreter, workload: &WorkloadInfo| {
            lacking.get(&(interpreter.name.clone(), workload.name.clone())).cloned()
        };
        let machine =
            Machine { interpreters: found, missing, effective_cpus, packages_missing: &packages_missing };
        plan::expand(&matrix, &catalogue, &machine, filters, wish.quick)
            .map_err(|error| Failure::new(Exit::Usage, error.to_string()))
    };
    // Planned more than once: what the filters leave out needs no interpreter, what doesn't run no package.
    let asked = planned(&[], &[], &Lacking::new())?;
    let Resolution { mut found, missing, mut warnings, .. } =
        available::interpreters(&matrix, &asked, folder, offline)?;
    let first = planned(&found, &missing, &Lacking::new())?;
    let policy = Policy {
        named: wish.install_named,
        required: matrix.interpreters.missing == MissingPolicy::Install && !offline,
        offline,
    };
    let lacking = packages::provide(&matrix, &catalogue, &mut found, &first, folder, policy)?;
    if let (MissingPolicy::Fail, Some(((name, workload), reason))) =
        (matrix.interpreters.missing, lacking.first_key_value())
    {
        let text = format!("`{workload}` can't run on `{name}`: {reason}");
        return Err(Failure::new(Exit::Missing, text));
    }
    warnings.extend(packages::doubts(&found));
    available::note_uses(&found);
    let plan = planned(&found, &missing, &lacking)?;
    super::unlike::check(&matrix, &found, &plan)?;
    Ok(Prepared {
        matrix,
        catalogue,
        interpreters: found,
        missing,
        plan,
        effective_cpus,
        warnings,
        shard: None,
        offline,
        against: None,
    })
}

/// Nobody can be pinned to CPUs that this process may not use itself, nor a variant to others than the run's.
fn check_cpus(matrix: &Matrix) -> Result<(), Failure> {
    let Some(usable) = crate::platform::affinity() else { return Ok(()) };
    let run = matrix.run.cpus.as_ref().map(|cpus| ("the run".to_owned(), cpus, &usable));
    let allowed = matrix.run.cpus.as_ref().unwrap_or(&usable);
    let variants = matrix
        .variants
        .iter()
        .filter_map(|variant| Some((format!("variant `{}`", variant.name), variant.cpus.as_ref()?, allowed)));
    for (who, cpus, allowed) in run.into_iter().chain(variants) {
        if let Some(beyond) = cpus.beyond(allowed) {
            let text = format!(
                "{who} can't be held to `cpus = \"{cpus}\"`: CPU {beyond} is not there to be used, only {allowed}"
            );
            return Err(Failure::new(Exit::Usage, text));
        }
    }
    Ok(())
}

fn override_settings(matrix: &mut Matrix, args: &MatrixArgs) {
    if args.quick {
        matrix.run.budget_ns = matrix.run.budget_ns.min(QUICK_BUDGET_NS);
        matrix.run.precision = matrix.run.precision.max(QUICK_PRECISION);
    }
    if let Some(budget) = args.budget {
        matrix.run.budget_ns = budget;
    }
    if let Some(precision) = args.precision {
        matrix.run.precision = precision;
    }
    if let Some(rate) = args.sample_rate {
        matrix.run.sample_rate = rate;
    }
    matrix.run.repeat_disturbed |= args.repeat_disturbed;
    matrix.run.max_memory_bytes = args.max_memory.or(matrix.run.max_memory_bytes);
    if args.cpus.is_some() {
        matrix.run.cpus.clone_from(&args.cpus);
    }
    if args.install {
        matrix.interpreters.missing = MissingPolicy::Install;
    }
}
