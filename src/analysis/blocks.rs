//! Blocks while their members' records arrive, in any order.

use std::collections::BTreeMap;

use crate::record::{Invocation, InvocationKind};
use crate::stats::{CapacityPass, Pass};

/// Blocks that may be waiting for members at once. The runner has one block alive at a time, so more
/// than a few means that members are missing (they failed, or the runner died).
const MAX_OPEN: usize = 64;

/// One completed invocation of a block.
#[derive(Debug)]
pub(super) struct Member {
    pub cell: usize,
    /// Counted passes.
    pub passes: Vec<Pass>,
    /// CPU time of the workers in the same passes, where they said it.
    pub cpu: Vec<Pass>,
    /// The same of a capacity block.
    pub capacity: Vec<CapacityPass>,
}

#[derive(Debug)]
pub(super) struct Block {
    pub id: u64,
    pub kind: InvocationKind,
    pub members: Vec<Member>,
    /// Invocations of it that failed.
    pub lost: u32,
}

impl Block {
    /// The first invocation of each cell: a second one in the same block is no independent pair.
    pub fn distinct(&self) -> impl Iterator<Item = &Member> {
        let seen = |place: usize, cell: usize| self.members[..place].iter().any(|other| other.cell == cell);
        self.members
            .iter()
            .enumerate()
            .filter(move |(place, member)| !seen(*place, member.cell))
            .map(|(_, member)| member)
    }

    pub fn of(&self, cell: usize) -> Option<&Member> {
        self.members.iter().find(|member| member.cell == cell)
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
    /// Adds an invocation to its block (`counts`: it completed and is what was asked for); gives back the oldest block once too
    /// many are open.
    pub fn add(&mut self, cell: usize, invocation: &Invocation, counts: bool) -> Option<Block> {
        let id = invocation.block?;
        if id <= self.closed_up_to && !self.open.contains_key(&id) {
            self.late += 1;
            return None;
        }
        let kind = invocation.kind;
        let block = self.open.entry(id).or_insert_with(|| Block { id, kind, members: Vec::new(), lost: 0 });
        if counts {
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

    /// The blocks that are still open.
    pub fn drain(&mut self) -> impl Iterator<Item = Block> + use<> {
        std::mem::take(&mut self.open).into_values()
    }
}

fn member(cell: usize, invocation: &Invocation) -> Member {
    match invocation.kind {
        InvocationKind::Capacity => {
            let capacity = invocation.capacity_passes();
            Member { cell, passes: Vec::new(), cpu: Vec::new(), capacity }
        }
        _ => {
            let counted = invocation.values.iter().filter(|value| !value.warmup);
            let cpu = counted
                .filter_map(|value| {
                    Some(Pass { sweep: value.sweep, ns: value.cpu_ns?, cpu_ns: None, run_delay_ns: None })
                })
                .collect();
            Member { cell, passes: invocation.counted_passes(), cpu, capacity: Vec::new() }
        }
    }
}
