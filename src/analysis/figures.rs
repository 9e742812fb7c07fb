//! The types in `results.json` of what is derived from several cells. Indexes are those of `cells`.

use serde::{Deserialize, Serialize};

use crate::cell::{Cell, FlatCell};
use crate::matrix::ScalingKind;

/// A figure and its 95 % interval; none where too few process pairs stand behind it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Figure {
    pub value: f64,
    pub ci95: Option<[f64; 2]>,
}

/// A figure that may have no end: `None` stands for infinity.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct OpenFigure {
    pub value: Option<f64>,
    /// Lower and upper end of the 95 % interval.
    pub low: Option<f64>,
    pub high: Option<f64>,
}

impl From<Figure> for OpenFigure {
    fn from(figure: Figure) -> Self {
        let [low, high] = figure.ci95.map_or([None, None], |ends| ends.map(Some));
        Self { value: Some(figure.value), low, high }
    }
}

/// What free threading costs one thread.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct SingleThread {
    pub workload: String,
    /// The free-threaded interpreter and its `single`.
    pub interpreter: String,
    pub cell: usize,
    /// Its twin with the GIL, of the same version where there is one, and its `single`.
    pub twin: String,
    pub against: usize,
    /// Time of the one over the time of the other: 1.8 takes 1.8 times as long. `None`: too few pairs.
    pub cost: Option<Figure>,
    pub settled: bool,
    pub pairs: u32,
    /// In what the two builds differ beside the GIL; empty for true twins.
    pub differences: Vec<String>,
}

/// How one interpreter's mode scales with its workers, over its own `single`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Scaling {
    /// Without workers.
    #[serde(flatten, with = "FlatCell")]
    pub cell: Cell,
    pub kind: ScalingKind,
    /// By rising workers.
    pub points: Vec<ScalingPoint>,
    /// Speedup of one worker in the fits: the mode's own cell with one worker, or 1 (`single`) where
    /// that wasn't measured well enough.
    pub one_worker: Option<Figure>,
    /// Amdahl's serial fraction: S(n) = S(1) · n / (1 + σ(n − 1)). Strong scaling only.
    pub amdahl: Option<Figure>,
    /// Gunther's Universal Scalability Law. Strong scaling only.
    pub usl: Option<Usl>,
    /// Gustafson's serial fraction: S(n) = S(1) · (n − s(n − 1)). Weak scaling only.
    pub gustafson: Option<Figure>,
    /// Why a fit that could be expected isn't there.
    pub why_not: Vec<String>,
}

impl Scaling {
    /// Returns the speedup with `n` workers by the law of contention and coherency, which is Amdahl's without the latter.
    pub(crate) fn speedup(&self, n: f64, contention: f64, coherency: f64) -> f64 {
        let one = self.one_worker.map_or(1.0, |figure| figure.value);
        one * n / (1.0 + contention * (n - 1.0) + coherency * n * (n - 1.0))
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ScalingPoint {
    pub workers: u32,
    pub cell: usize,
    pub speedup: Figure,
    /// Speedup divided by the workers.
    pub efficiency: Figure,
    /// Karp's and Flatt's serial fraction, with more than one worker: (1/S − 1/n) / (1 − 1/n).
    pub karp_flatt: Option<Figure>,
    /// The fits rest on it: no more workers than CPUs, and pairs enough for an interval.
    pub fitted: bool,
}

/// S(n) = S(1) · n / (1 + σ(n − 1) + κn(n − 1)).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Usl {
    /// σ, contention: the share that queues.
    pub contention: Figure,
    /// κ, coherency: what each pair of workers costs.
    pub coherency: Figure,
    /// √((1 − σ)/κ), the number of workers beyond which more make it slower. No value: none is shown.
    pub knee: OpenFigure,
    /// The knee lies beyond the largest number of workers that was fitted.
    pub knee_extrapolated: bool,
    /// Largest distance of a point from the curve, as a ratio above 1.
    pub worst: f64,
}

/// What each further worker adds to the peak memory of the whole tree.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct MemoryGrowth {
    /// Without workers.
    #[serde(flatten, with = "FlatCell")]
    pub cell: Cell,
    /// `pss`, or `rss` (summed) where the system gives no PSS.
    pub measure: String,
    /// Bytes each worker adds, and bytes with none; least squares over solo invocations.
    pub per_worker: Figure,
    pub base: Figure,
    pub invocations: u32,
    pub cells: Vec<usize>,
}

/// The task size from which handing tasks out is faster than the alternative.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct BreakEven {
    /// The `[[workload]]` with a `sweep`, and its argument.
    pub family: String,
    pub argument: String,
    /// Without a workload.
    #[serde(flatten, with = "FlatCell")]
    pub cell: Cell,
    /// `single`, or another mode of the same interpreter, as `mp×2 (fork)`.
    pub against: String,
    /// A task's time run inline at which both are as fast; no value: never within this model.
    pub task_ns: OpenFigure,
    /// Time that each task takes beyond its share of the work: handing out, and the pass's fixed costs.
    pub overhead_ns: Figure,
    /// Speedup over the own `single` that very large tasks would reach.
    pub limit: Figure,
    /// Measured, not modelled: the largest task that was slower and the smallest that was faster, intervals
    /// clear of 1.
    pub slower_up_to_ns: Option<u64>,
    pub faster_from_ns: Option<u64>,
    /// Largest distance of a measured ratio from the model, as a ratio above 1.
    pub worst: f64,
    pub cells: Vec<usize>,
}

/// One interpreter's mode over all workloads: the geometric mean of its speedups over the baseline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Overall {
    /// Without a workload.
    #[serde(flatten, with = "FlatCell")]
    pub cell: Cell,
    /// All lines have the same workloads, so that lines compare; a line that lacks one has no ratio.
    pub workloads: Vec<String>,
    pub speedup: Option<Figure>,
    /// Every speedup in it is settled.
    pub settled: bool,
    /// Workloads that it lacks, each with why.
    pub missing: Vec<String>,
    pub cells: Vec<usize>,
}
