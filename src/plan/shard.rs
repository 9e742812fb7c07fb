//! A matrix in parts, for several machines. What is compared stays together: a workload is never divided,
//! since every ratio is taken between cells of one workload.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::{Plan, SkipKind, Skipped};

/// One part of a matrix, as `2/3`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Shard {
    /// The number of this part, from 1.
    pub index: u32,
    /// How many there are.
    pub of: u32,
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let expected = || format!("`{text}` is no shard, expected one as `1/2`: the first of two");
        let (index, of) = text.split_once('/').ok_or_else(expected)?;
        let shard = Self {
            index: index.trim().parse().map_err(|_| expected())?,
            of: of.trim().parse().map_err(|_| expected())?,
        };
        if (1..=shard.of).contains(&shard.index) { Ok(shard) } else { Err(expected()) }
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.of)
    }
}

/// Returns the workloads of each of `count` shards, about as many cells in each. The same on every machine,
/// whatever interpreters are on it: only what the matrix and the filters leave out doesn't count.
///
/// The largest workload goes to the emptiest shard, then the next one (Graham, "Bounds on multiprocessing
/// timing anomalies", 1969).
///
/// # Errors
/// One line: there are fewer workloads than shards.
pub(crate) fn divide(plan: &Plan, count: u32) -> Result<Vec<Vec<String>>, String> {
    let unwanted = |skipped: &Skipped| matches!(skipped.kind, SkipKind::Excluded | SkipKind::Filtered);
    let mut sizes: IndexMap<&str, usize> = IndexMap::new();
    for planned in plan.cells.iter().filter(|it| !it.skipped.as_ref().is_some_and(unwanted)) {
        *sizes.entry(&planned.cell.workload).or_default() += 1;
    }
    if sizes.len() < count as usize {
        return Err(format!(
            "can't make {count} shards: a workload stays on one machine, since its cells are compared, so there can \
             be {} at most, one for each",
            sizes.len()
        ));
    }
    let mut order: Vec<usize> = (0..sizes.len()).collect();
    order.sort_by_key(|&index| std::cmp::Reverse(sizes[index]));
    // Each with its cells and, in the matrix's order, its workloads.
    let mut shards: Vec<(usize, BTreeSet<usize>)> = vec![(0, BTreeSet::new()); count as usize];
    for index in order {
        if let Some((load, workloads)) = shards.iter_mut().min_by_key(|(load, _)| *load) {
            *load += sizes[index];
            workloads.insert(index);
        }
    }
    let names: Vec<&str> = sizes.into_keys().collect();
    let named =
        |workloads: BTreeSet<usize>| workloads.into_iter().map(|index| names[index].to_owned()).collect();
    Ok(shards.into_iter().map(|(_, workloads)| named(workloads)).collect())
}

/// Skips what other shards measure.
///
/// # Errors
/// As for [`divide`].
pub(crate) fn keep(plan: &mut Plan, shard: Shard) -> Result<(), String> {
    let shards = divide(plan, shard.of)?;
    for planned in plan.cells.iter_mut().filter(|planned| planned.skipped.is_none()) {
        let holder = (1..).zip(&shards).find(|(_, names)| names.contains(&planned.cell.workload));
        if let Some((index, _)) = holder.filter(|(index, _)| *index != shard.index) {
            let reason = format!("shard {} measures it", Shard { index, of: shard.of });
            planned.skipped = Some(Skipped { kind: SkipKind::OtherShard, reason });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cell::{Cell, PLAIN};
    use crate::plan::PlannedCell;

    fn plan(sizes: &[(&str, u32)]) -> Plan {
        let cell = |workload: &str, workers| PlannedCell {
            cell: Cell {
                interpreter: "3.13".to_owned(),
                workload: workload.to_owned(),
                mode: "threads".to_owned(),
                workers,
                start_method: None,
                environment: PLAIN.to_owned(),
            },
            skipped: None,
            oversubscribed: false,
        };
        let cells = sizes.iter().flat_map(|(name, size)| (0..*size).map(|workers| cell(name, workers)));
        Plan { cells: cells.collect() }
    }

    #[test]
    fn every_workload_is_whole_and_in_one_shard() {
        let whole = plan(&[("a", 5), ("b", 9), ("c", 4), ("d", 6)]);
        let shards = divide(&whole, 2).unwrap();
        assert_eq!(shards, [["b", "c"], ["a", "d"]]);
        let mut seen = 0;
        for index in 1..=2 {
            let mut part = whole.clone();
            keep(&mut part, Shard { index, of: 2 }).unwrap();
            assert_eq!(part.cells.len(), whole.cells.len(), "nothing is dropped in silence");
            for cell in part.runnable() {
                assert!(shards[index as usize - 1].contains(&cell.workload));
                seen += 1;
            }
        }
        assert_eq!(seen, 24);
    }

    #[test]
    fn what_is_not_here_does_not_move_the_border() {
        let mut elsewhere = plan(&[("a", 5), ("b", 9), ("c", 4), ("d", 6)]);
        for planned in elsewhere.cells.iter_mut().filter(|planned| planned.cell.workload == "b") {
            let reason = "not found".to_owned();
            planned.skipped = Some(Skipped { kind: SkipKind::InterpreterMissing, reason });
        }
        assert_eq!(divide(&elsewhere, 2).unwrap(), [["b", "c"], ["a", "d"]]);
    }

    #[test]
    fn more_shards_than_workloads_are_refused() {
        let message = divide(&plan(&[("a", 1), ("b", 1)]), 3).unwrap_err();
        assert!(message.contains("2 at most"), "{message}");
    }

    #[test]
    fn shards_are_written_as_fractions() {
        assert_eq!("2/3".parse(), Ok(Shard { index: 2, of: 3 }));
        assert_eq!(Shard { index: 2, of: 3 }.to_string(), "2/3");
        for wrong in ["", "2", "0/2", "3/2", "a/b", "1/0", "-1/2"] {
            assert!(wrong.parse::<Shard>().is_err(), "{wrong}");
        }
    }
}
