//! Blocks while their members' records arrive, in any order.

use std::collections::BTreeMap;

use crate::record::{Invocation, InvocationKind, Side};
use crate::stats::{CapacityPass, Pass};

use super::{Pair, PairRole};

/// Blocks that may be waiting for members at once. The runner has one block alive at a time, so more
/// than a few means that members are missing (they failed, or the runner died).
const MAX_OPEN: usize = 64;

/// One completed invocation of a block.
#[derive(Debug)]
pub(super) struct Member {
    /// Index of its cell; `None`: the fixed reference.
    pub cell: Option<usize>,
    pub side: Side,
    pub workers: u32,
    /// It runs a whole command.
    pub command: bool,
    /// Counted passes; none in a block of capacity.
    pub passes: Vec<Pass>,
    /// CPU time of the workers in the same passes, where they said it.
    pub cpu: Vec<Pass>,
    /// Counted passes in a block of capacity.
    pub capacity: Vec<CapacityPass>,
}

#[derive(Debug)]
pub(super) struct Block {
    pub id: u64,
    pub kind: InvocationKind,
    pub members: Vec<Member>,
    /// Invocations of it that failed.
    pub lost: u32,
    /// As in [`Pair`].
    pub others_cpus: f64,
    pub disturbed: bool,
}

impl Block {
    fn new(id: u64, kind: InvocationKind) -> Self {
        Self { id, kind, members: Vec::new(), lost: 0, others_cpus: 0.0, disturbed: false }
    }

    /// Returns a pair of this block; `None` without a sweep that both have.
    pub(super) fn pair(
        &self,
        cell: usize,
        other: Option<usize>,
        role: PairRole,
        logs: Vec<f64>,
    ) -> Option<Pair> {
        (!logs.is_empty()).then_some(Pair {
            cell,
            other,
            role,
            block: self.id,
            others_cpus: self.others_cpus,
            disturbed: self.disturbed,
            logs,
            cpu_logs: Vec::new(),
            waiting: 0.0,
            several: false,
        })
    }

    /// Returns the first invocation of each cell: a second one in the same block is no independent pair.
    pub(super) fn distinct(&self) -> impl Iterator<Item = (usize, &Member)> {
        let first = |index: usize, cell| self.members[..index].iter().all(|other| other.cell != cell);
        let members = self.members.iter().enumerate();
        members.filter(move |(index, it)| first(*index, it.cell)).filter_map(|(_, it)| Some((it.cell?, it)))
    }

    /// Returns the first member of a cell.
    pub(super) fn of(&self, cell: usize) -> Option<&Member> {
        self.members.iter().find(|member| member.cell == Some(cell))
    }
}

#[derive(Debug, Default)]
pub(super) struct Blocks {
    open: BTreeMap<u64, Block>,
    closed_up_to: u64,
    /// Invocations whose block was closed before they came.
    pub late: u32,
}

impl Blocks {
    /// Adds an invocation to its block (`sound`: it completed and is what was asked for); gives back the oldest block
    /// once too many are open.
    pub(super) fn add(&mut self, cell: Option<usize>, invocation: &Invocation, sound: bool) -> Option<Block> {
        let id = invocation.block?;
        if id <= self.closed_up_to && !self.open.contains_key(&id) {
            self.late += 1;
            return None;
        }
        let kind = invocation.kind;
        let block = self.open.entry(id).or_insert_with(|| Block::new(id, kind));
        if let Some(seen) = &invocation.disturbance {
            // The same for all members: a block is watched as a whole.
            block.others_cpus = seen.others_ns as f64 / seen.wall_ns.max(1) as f64;
            block.disturbed = seen.disturbed();
        }
        if sound {
            block.members.push(member(cell, invocation));
        } else {
            block.lost += 1;
        }
        if self.open.len() <= MAX_OPEN {
            return None;
        }
        let (id, block) = self.open.pop_first()?;
        self.closed_up_to = self.closed_up_to.max(id);
        Some(block)
    }

    /// Gives back the blocks that are still open.
    pub(super) fn drain(&mut self) -> impl Iterator<Item = Block> + use<> {
        self.closed_up_to = self.open.last_key_value().map_or(self.closed_up_to, |(id, _)| *id);
        std::mem::take(&mut self.open).into_values()
    }
}

fn member(cell: Option<usize>, invocation: &Invocation) -> Member {
    let (side, workers, command) = (invocation.side, invocation.cell.workers, invocation.cell.is_command());
    if invocation.kind == InvocationKind::Capacity {
        let capacity = invocation.capacity_passes();
        return Member { cell, side, workers, command, passes: Vec::new(), cpu: Vec::new(), capacity };
    }
    let counted = invocation.values.iter().filter(|value| !value.warmup);
    let cpu = counted
        .filter_map(|value| Some(Pass { sweep: value.sweep, ns: value.cpu_ns?, run_delay_ns: None }))
        .collect();
    Member { cell, side, workers, command, passes: invocation.counted_passes(), cpu, capacity: Vec::new() }
}
