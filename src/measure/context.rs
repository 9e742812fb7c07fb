//! What every invocation of a run shares.

use std::collections::{BTreeMap, HashSet};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::watch;

use super::event::Alive;
use super::guard::Guard;
use super::resume_state::ResumeState;
use crate::cell::{Cell, REFERENCE};
use crate::harness::Catalogue;
use crate::interpreter::Interpreter;
use crate::matrix::{BLAS_THREADS, CpuSet, Matrix, SweepPoint, Workload};
use crate::platform::{
    TreeReader, adopt_orphans, exits_can_be_watched, monotonic_ns, semaphore_prefix, tree_reader,
};
use crate::process::{Roots, Scratch};
use crate::record::wants_gil;
use crate::record::{Against, Side};

/// The machine refused something that no cell is to blame for.
#[derive(Debug, thiserror::Error)]
#[error("can't {action}: {source}")]
pub struct ContextError {
    pub action: String,
    pub source: std::io::Error,
}

impl ContextError {
    /// Returns what makes it of an error of the system.
    pub(super) fn of(action: &str) -> impl FnOnce(std::io::Error) -> Self {
        let action = action.to_owned();
        move |source| Self { action, source }
    }
}

/// Refuses a place that can't be told to the harness, whose spec is JSON.
fn readable(path: &Path) -> Result<(), ContextError> {
    let refused = |path: &Path| ContextError {
        action: format!("work in `{}`: set TMPDIR and XDG_CACHE_HOME to other folders", path.display()),
        source: std::io::Error::new(std::io::ErrorKind::InvalidInput, "its name isn't UTF-8"),
    };
    path.to_str().map(drop).ok_or_else(|| refused(path))
}

/// Interpreters, workloads and places that a cell's names stand for.
#[derive(Debug)]
pub struct Context {
    interpreters: Vec<Interpreter>,
    workloads: Vec<Workload>,
    /// What stands for them on the base side of `--against`.
    base: Against,
    /// What its run and its variants say.
    pub(super) matrix: Matrix,
    harness: PathBuf,
    pycache: PathBuf,
    /// Ends what is left if the runner dies. Before the folder: it is gone when the guard is.
    guard: Option<Guard>,
    /// Specs and reports of live invocations; gone with the run.
    temp: Scratch,
    pub(super) timeout: Duration,
    /// Between two samples of a solo invocation.
    pub(super) sample_interval: Duration,
    pub(super) roots: Roots,
    /// Reads what trees take between passes.
    pub(super) reader: Mutex<Box<dyn TreeReader>>,
    /// Plain loops that were asked whether their tasks end by the clock.
    looked_at: Mutex<HashSet<Cell>>,
    /// Whose processes are alive.
    alive: watch::Sender<Vec<Alive>>,
    started_ns: AtomicU64,
    next_id: AtomicU64,
    next_block: AtomicU64,
}

impl Context {
    /// `harness` is the path of `cpu_bench.py`; bytecode goes below `pycache`, apart for each interpreter,
    /// since GIL and free-threaded builds of one version have the same cache tag.
    ///
    /// # Errors
    /// No temporary folder can be made, or the kernel refuses orphans, or processes that can be watched.
    pub fn new(
        matrix: &Matrix,
        interpreters: &[Interpreter],
        against: Option<&Against>,
        harness: &Path,
        pycache: &Path,
    ) -> Result<Self, ContextError> {
        exits_can_be_watched().map_err(ContextError::of("watch processes, so that each can be ended"))?;
        adopt_orphans().map_err(ContextError::of("become the parent of orphaned processes"))?;
        let temp = Scratch::new("").map_err(ContextError::of("make a temporary folder"))?;
        [temp.path(), harness, pycache].into_iter().try_for_each(readable)?;
        Ok(Self {
            interpreters: interpreters.to_vec(),
            workloads: matrix.workloads.iter().cloned().chain(reference_workload()).collect(),
            base: against.cloned().unwrap_or_default(),
            matrix: matrix.clone(),
            harness: harness.to_owned(),
            pycache: pycache.to_owned(),
            guard: None,
            temp,
            timeout: Duration::from_nanos(matrix.run.timeout_ns),
            sample_interval: Duration::from_secs(1) / matrix.run.sample_rate.max(1),
            roots: Roots::default(),
            reader: Mutex::new(tree_reader().map_err(ContextError::of("see what processes take"))?),
            looked_at: Mutex::default(),
            alive: watch::Sender::new(Vec::new()),
            started_ns: AtomicU64::new(monotonic_ns()),
            next_id: AtomicU64::new(1),
            next_block: AtomicU64::new(1),
        })
    }

    /// From now on nothing that this run starts outlives the runner, whatever ends it: gilmatrix is started a second
    /// time as its guard.
    ///
    /// # Errors
    /// The guard can't be started.
    pub fn guard(&mut self) -> Result<(), ContextError> {
        let guard = Guard::start(self.temp.path()).map_err(ContextError::of("start the guard process"))?;
        // A child of ours, but no orphan that an invocation left.
        self.roots.add(guard.pid());
        self.guard = Some(guard);
        Ok(())
    }

    /// On the run's own clock.
    pub fn elapsed_ns(&self) -> u64 {
        self.on_run_clock(monotonic_ns())
    }

    pub(super) fn on_run_clock(&self, monotonic: u64) -> u64 {
        monotonic.saturating_sub(self.started_ns.load(Ordering::Relaxed))
    }

    /// Changes whenever a process starts or ends.
    pub(super) fn alive(&self) -> watch::Receiver<Vec<Alive>> {
        self.alive.subscribe()
    }

    /// Returns whether this cell is asked for the first time, and remembers it.
    pub(super) fn is_first_look(&self, cell: &Cell) -> bool {
        self.looked_at.lock().is_ok_and(|mut known| known.insert(cell.clone()))
    }

    /// A cell's process has started.
    pub(super) fn begun(&self, pid: u32, cell: &Cell) {
        self.roots.add(pid);
        self.alive.send_modify(|alive| alive.push(Alive { pid, cell: cell.clone() }));
    }

    /// Ends every cell's processes at once.
    pub(super) fn kill_all(&self) {
        let pids: Vec<u32> = self.alive.borrow().iter().map(|one| one.pid).collect();
        self.roots.kill(&pids);
    }

    /// It has ended.
    pub(super) fn gone(&self, pid: u32) {
        self.roots.remove(pid);
        self.alive.send_modify(|alive| alive.retain(|one| one.pid != pid));
    }

    pub(super) fn next_id(&self) -> u64 {
        self.next_id.fetch_add(1, Ordering::Relaxed)
    }

    /// Goes on where an earlier runner stopped: numbers and the run's clock, which stood still meanwhile.
    pub(super) fn go_on(&self, past: &ResumeState) {
        self.next_id.store(past.last_id + 1, Ordering::Relaxed);
        self.next_block.store(past.last_block + 1, Ordering::Relaxed);
        // On a machine that was started just now the difference may be below zero: the clock then begins at 0.
        self.started_ns.store(monotonic_ns().saturating_sub(past.spent_ns), Ordering::Relaxed);
    }

    /// The number that the next invocation will have.
    pub(super) fn peek_id(&self) -> u64 {
        self.next_id.load(Ordering::Relaxed)
    }

    pub(super) fn next_block(&self) -> u64 {
        self.next_block.fetch_add(1, Ordering::Relaxed)
    }

    /// What the names of an invocation's semaphores begin with, by which those are found that its processes
    /// could not take away any more.
    pub(super) fn semaphores(&self, id: u64) -> String {
        format!("{}{id}-", semaphore_prefix(self.temp.path()))
    }

    pub(super) fn temp(&self) -> &Path {
        self.temp.path()
    }

    pub(super) fn interpreter(&self, cell: &Cell, side: Side) -> Option<&Interpreter> {
        let all = if side.is_new() { &self.interpreters } else { &self.base.interpreters };
        all.iter().find(|one| one.name == cell.interpreter)
    }

    pub(super) fn workload(&self, cell: &Cell, side: Side) -> Option<&Workload> {
        let all = if side.is_new() { &self.workloads } else { &self.base.workloads };
        all.iter().find(|one| one.name == cell.workload)
    }

    /// The only CPUs that a cell's processes may run on.
    pub(super) fn cpus_of(&self, cell: &Cell) -> Option<&CpuSet> {
        self.matrix.cpus_of(&cell.environment)
    }

    /// The variables that the matrix gives a cell.
    fn variables(&self, cell: &Cell, interpreter: &Interpreter) -> BTreeMap<String, String> {
        let mut env = self.matrix.variables(&cell.environment);
        // A build with the GIL can't take it. `-X gil` says the same and wins; said here too, it is what the proof expects.
        env.remove("PYTHON_GIL");
        let gil = self.matrix.python_gil(&cell.environment).filter(|_| interpreter.facts.free_threaded());
        env.extend(gil.map(|value| ("PYTHON_GIL".to_owned(), value.to_owned())));
        env
    }

    /// Whether an interpreter compiles while a cell runs.
    pub(super) fn compiles(&self, cell: &Cell, interpreter: &Interpreter) -> bool {
        let facts = &interpreter.facts;
        facts.implementation != "cpython"
            || facts.jit_enabled == Some(true)
            || self.matrix.variables(&cell.environment).get("PYTHON_JIT").is_some_and(|value| value == "1")
    }

    /// The `-X` options of a cell's variant.
    fn xoptions(&self, cell: &Cell) -> &[String] {
        self.matrix.variant(&cell.environment).map_or(&[], |variant| &variant.xoptions)
    }

    /// Whether the GIL should be on in a cell's workers.
    pub(super) fn wants_gil(&self, cell: &Cell, interpreter: &Interpreter) -> bool {
        let python_gil = self.matrix.python_gil(&cell.environment);
        wants_gil(&interpreter.facts, &interpreter.command, self.xoptions(cell), python_gil)
    }

    /// The whole command line of a cell.
    pub(super) fn command_line(&self, cell: &Cell, interpreter: &Interpreter, spec: &Path) -> Vec<String> {
        let mut command = interpreter.command_for(cell).to_vec();
        for option in self.xoptions(cell) {
            command.extend(["-X".to_owned(), option.clone()]);
        }
        command.push(self.harness.display().to_string());
        command.push("--spec".to_owned());
        command.push(spec.display().to_string());
        command
    }

    /// The folder of an interpreter's bytecode.
    pub(super) fn bytecode_of(&self, interpreter: &Interpreter) -> PathBuf {
        let own = &interpreter.facts.executable_sha256;
        self.pycache.join(own.get(..16).unwrap_or(own))
    }

    /// The environment of a cell: the runner's, without anything that would change the interpreter
    /// behind the matrix's back.
    pub(super) fn environment(&self, cell: &Cell, interpreter: &Interpreter) -> Vec<(OsString, OsString)> {
        let pycache = self.bytecode_of(interpreter);
        let mut env = vec![
            // Fixed, so that dicts and sets are laid out alike in every process.
            ("PYTHONHASHSEED".to_owned(), "0".to_owned()),
            ("PYTHONPYCACHEPREFIX".to_owned(), pycache.display().to_string()),
        ];
        env.extend(BLAS_THREADS.map(|name| (name.to_owned(), "1".to_owned())));
        env.extend(self.guard.as_ref().map(Guard::variable));
        env.extend(self.variables(cell, interpreter));
        // Inherited ones may be anything but UTF-8.
        let inherited =
            std::env::vars_os().filter(|(name, _)| !name.as_encoded_bytes().starts_with(b"PYTHON"));
        inherited.chain(env.into_iter().map(|(name, value)| (name.into(), value.into()))).collect()
    }
}

/// Some 10 ms of function calls. To change it is to make stored runs incomparable, as any change of the harness does.
fn reference_workload() -> Option<Workload> {
    let mut args = Catalogue::embedded().workload("fib")?.args.clone();
    args.insert("n".to_owned(), 23.into());
    let sweep = Some(SweepPoint { family: "fib".to_owned(), argument: "n".to_owned() });
    Some(Workload { name: REFERENCE.to_owned(), tasks: 2, args, sweep, ..Workload::default() })
}
