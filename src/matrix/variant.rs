//! An environment beside the plain one, as `run.json` keeps it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::CpuSet;

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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Variant {
    pub name: String,
    pub env: BTreeMap<String, String>,
    /// The options behind `-X` on the interpreter's command line: `gil=1`, `dev`.
    #[serde(default)]
    pub xoptions: Vec<String>,
    /// Threads that a math library may start by itself in each process; `None`: the pin to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blas_threads: Option<u32>,
    /// The only CPUs that its invocations run on; `None`: those of the run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpus: Option<CpuSet>,
}

impl Variant {
    /// Returns what its invocations find in their environment because of it; `blas_threads` as the variables that say
    /// it.
    pub fn variables(&self) -> BTreeMap<String, String> {
        let mut variables = self.env.clone();
        if let Some(threads) = self.blas_threads {
            variables.extend(BLAS_THREADS.map(|name| (name.to_owned(), threads.to_string())));
        }
        variables
    }

    /// Returns the threads that each worker's math library may have, by `blas_threads` or by the variables in `env`,
    /// of which the largest counts.
    pub fn threads_by_worker(&self) -> u32 {
        let variables = self.variables();
        let said = BLAS_THREADS.iter().filter_map(|name| variables.get(*name)?.parse().ok());
        said.max().unwrap_or(1).max(1)
    }

    /// Returns what of its environment changes which libraries its processes load, or how they allocate memory.
    pub fn loader_env(&self) -> BTreeMap<String, String> {
        let of_loader = self.env.iter().filter(|(name, _)| is_of_loader(name));
        of_loader.map(|(name, value)| (name.clone(), value.clone())).collect()
    }

    /// Returns what decides about the GIL: `-X gil=…`, which wins, or `PYTHON_GIL`.
    pub fn python_gil(&self) -> Option<&str> {
        let option = self.xoptions.iter().rev().find_map(|option| option.strip_prefix("gil="));
        option.or_else(|| self.env.get("PYTHON_GIL").map(String::as_str))
    }
}

/// Whether a variable changes which libraries each process loads, or how it allocates memory.
pub(crate) fn is_of_loader(name: &str) -> bool {
    matches!(name, "LD_PRELOAD" | "GLIBC_TUNABLES" | "PYTHONMALLOC") || name.starts_with("MALLOC_")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variant(env: &[(&str, &str)], blas_threads: Option<u32>) -> Variant {
        let env = env.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Variant { name: "one".into(), env, xoptions: Vec::new(), blas_threads, cpus: None }
    }

    #[test]
    fn every_library_is_told_its_threads() {
        let variables = variant(&[("A", "b")], Some(3)).variables();
        assert_eq!(variables.len(), 1 + BLAS_THREADS.len());
        assert!(BLAS_THREADS.iter().all(|name| variables[*name] == "3"));
        assert_eq!(variant(&[("A", "b")], None).variables().len(), 1);
    }

    #[test]
    fn threads_of_a_worker_are_the_most_that_is_said() {
        assert_eq!(variant(&[], Some(4)).threads_by_worker(), 4);
        assert_eq!(variant(&[("A", "9")], None).threads_by_worker(), 1);
        let own = [("OMP_NUM_THREADS", "2"), ("MKL_NUM_THREADS", "3"), ("BLIS_NUM_THREADS", "all")];
        assert_eq!(variant(&own, None).threads_by_worker(), 3);
        assert_eq!(variant(&[("OMP_NUM_THREADS", "0")], None).threads_by_worker(), 1);
    }
}
