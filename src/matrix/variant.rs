//! An environment beside the plain one, as `run.json` keeps it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{CpuSet, Matrix};

/// Environment variables that decide how many threads a math library starts by itself. Pinned to 1
/// unless a variant says otherwise: a pool of pools measures nothing.
pub(crate) const BLAS_THREADS: [&str; 6] = [
    "OPENBLAS_NUM_THREADS",
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "BLIS_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
];

/// A `[[variant]]` table.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Variant {
    pub name: String,
    pub env: BTreeMap<String, String>,
    /// The options behind `-X` on the interpreter's command line: `gil=1`, `dev`.
    #[serde(default)]
    pub xoptions: Vec<String>,
    /// Threads that a math library may start by itself in each process; `None`: the pin to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blas_threads: Option<u32>,
    /// Requirements to install for each workload in it, each in place of the workload's own of the same name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub packages: Vec<String>,
    /// The only CPUs that its invocations run on; `None`: those of the run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpus: Option<CpuSet>,
}

impl Variant {
    /// Returns what its invocations find in their environment because of it; `blas_threads` as the variables that say
    /// it.
    fn variables(&self) -> BTreeMap<String, String> {
        let mut variables = self.env.clone();
        if let Some(threads) = self.blas_threads {
            variables.extend(BLAS_THREADS.map(|name| (name.to_owned(), threads.to_string())));
        }
        variables
    }

    /// Returns what decides about the GIL: `-X gil=…`, which wins, or `PYTHON_GIL`.
    pub fn python_gil(&self) -> Option<&str> {
        let option = self.xoptions.iter().rev().find_map(|option| option.strip_prefix("gil="));
        option.or_else(|| self.env.get("PYTHON_GIL").map(String::as_str))
    }
}

/// What the processes of an environment's cells find because of the matrix: what all have, then what the variant says.
impl Matrix {
    /// Returns all variables.
    pub fn variables(&self, environment: &str) -> BTreeMap<String, String> {
        let mut variables = self.run.env.clone();
        variables.extend(self.variant(environment).map(Variant::variables).unwrap_or_default());
        variables
    }

    /// Returns the threads that each worker's math library may have: of several variables the largest counts.
    pub fn threads_by_worker(&self, environment: &str) -> u32 {
        let variables = self.variables(environment);
        let said = BLAS_THREADS.iter().filter_map(|name| variables.get(*name)?.parse().ok());
        said.max().unwrap_or(1).max(1)
    }

    /// Returns what changes which libraries they load, or how they allocate memory.
    pub fn loader_env(&self, environment: &str) -> BTreeMap<String, String> {
        self.variables(environment).into_iter().filter(|(name, _)| is_of_loader(name)).collect()
    }

    /// Returns the requirements of an environment beside those of the workloads.
    pub fn packages_of(&self, environment: &str) -> &[String] {
        self.variant(environment).map_or(&[], |variant| &variant.packages)
    }

    /// Returns what decides about the GIL of a build that can do without it.
    pub fn python_gil(&self, environment: &str) -> Option<&str> {
        let own = self.variant(environment).and_then(Variant::python_gil);
        own.or_else(|| self.run.env.get("PYTHON_GIL").map(String::as_str))
    }
}

/// Whether a variable changes which libraries each process loads, or how it allocates memory.
pub(crate) fn is_of_loader(name: &str) -> bool {
    matches!(name, "LD_PRELOAD" | "GLIBC_TUNABLES" | "PYTHONMALLOC") || name.starts_with("MALLOC_")
}
