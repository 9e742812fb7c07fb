//! The fold itself: one invocation after the other in, the pairs of complete blocks out.

use crate::record::{Invocation, InvocationKind, Side};
use crate::stats::{Pass, capacity_log_ratios, pair_log_ratios, unseen_waiting};

use super::blocks::{Block, Blocks, Member};
use super::{Pair, PairRole, Roles};

/// Gathers the members of blocks and pairs them once a block is complete.
#[derive(Debug)]
pub(crate) struct Pairing {
    pub roles: Roles,
    blocks: Blocks,
}

impl Pairing {
    pub(crate) fn new(roles: Roles) -> Self {
        Self { roles, blocks: Blocks::default() }
    }

    /// Takes one invocation (`sound`: it completed and is what was asked for) and returns the pairs of a block that is
    /// taken to be complete, since so many others have begun. Members of a block may come in any order, up to 64 blocks
    /// apart. What is in no block, or of a cell without a role, gives nothing.
    pub(crate) fn take(&mut self, invocation: &Invocation, sound: bool) -> Vec<Pair> {
        let cell = self.roles.find(&invocation.cell);
        if cell.is_none() && !invocation.cell.is_reference() {
            return Vec::new();
        }
        let closed = self.blocks.add(cell, invocation, sound);
        closed.map(|block| pairs(&block, &self.roles)).unwrap_or_default()
    }

    /// Takes all blocks as complete and returns their pairs.
    pub(crate) fn close(&mut self) -> Vec<Pair> {
        self.blocks.drain().flat_map(|block| pairs(&block, &self.roles)).collect()
    }

    /// Returns how many invocations came after their block had been closed.
    pub(crate) fn late(&self) -> u32 {
        self.blocks.late
    }
}

fn pairs(block: &Block, roles: &Roles) -> Vec<Pair> {
    match block.kind {
        InvocationKind::Block | InvocationKind::Rivals => contenders(block, roles),
        InvocationKind::Capacity => capacity(block).into_iter().collect(),
        InvocationKind::Against => {
            let side = |side| block.members.iter().find(|member| member.side == side);
            let both = side(Side::New).zip(side(Side::Base)).filter(|(new, base)| new.cell == base.cell);
            both.and_then(|(new, base)| other_work(block, new, base, PairRole::Against)).into_iter().collect()
        }
        InvocationKind::Reference => {
            let reference = block.members.iter().find(|member| member.cell.is_none());
            let own = block.members.iter().find(|member| member.cell.is_some());
            let both = own.zip(reference);
            both.and_then(|(own, it)| other_work(block, own, it, PairRole::Reference)).into_iter().collect()
        }
        InvocationKind::Solo => Vec::new(),
    }
}

/// Returns each member over the two plain loops that it is taken against, and each two, the one with the lower index over
/// the other.
fn contenders(block: &Block, roles: &Roles) -> Vec<Pair> {
    let cells: Vec<usize> = block.distinct().map(|(cell, _)| cell).collect();
    let singles = cells.iter().flat_map(|&cell| {
        let over = move |other: Option<usize>, role| contrast(block, roles, (cell, other?), role);
        [over(roles.base[cell], PairRole::Base), over(roles.own[cell], PairRole::Own)]
    });
    let each_two = cells.iter().flat_map(|&cell| {
        let others = cells.iter().filter(move |&&other| other > cell);
        others.map(move |&other| contrast(block, roles, (cell, other), PairRole::Contender))
    });
    singles.chain(each_two).flatten().collect()
}

/// Compares any two members of a block, by the work they do in a time.
fn contrast(block: &Block, roles: &Roles, (cell, other): (usize, usize), role: PairRole) -> Option<Pair> {
    let (one, against) = (block.of(cell)?, block.of(other).filter(|_| other != cell)?);
    let work = roles.work[cell] - roles.work[other];
    let logs: Vec<f64> = log_ratios(against, one).into_iter().map(|log| log + work).collect();
    let cpu_logs = pair_log_ratios(&one.cpu, &against.cpu).into_iter().map(|log| log - work).collect();
    let waiting = match (one.workers, against.workers) {
        (1, 1) => 0.0,
        (several, 1) => unseen_waiting(&against.passes, several),
        (1, several) => -unseen_waiting(&one.passes, several),
        _ => 0.0,
    };
    let several = one.workers.max(against.workers) > 1;
    Some(Pair { cpu_logs, waiting, several, ..block.pair(cell, Some(other), role, logs)? })
}

/// Compares two members by their times. Of two commands of which only one says how long it waited for a CPU, since the
/// other has threads of its own, that is taken off neither.
fn log_ratios(base: &Member, cell: &Member) -> Vec<f64> {
    let tells = |member: &Member| member.passes.iter().all(|pass| pass.run_delay_ns.is_some());
    if !(base.command && cell.command) || tells(base) == tells(cell) {
        return pair_log_ratios(&base.passes, &cell.passes);
    }
    let whole = |passes: &[Pass]| -> Vec<Pass> {
        passes.iter().map(|pass| Pass { run_delay_ns: None, ..*pass }).collect()
    };
    pair_log_ratios(&whole(&base.passes), &whole(&cell.passes))
}

/// Compares a member with one that is no cell of the plan.
fn other_work(block: &Block, one: &Member, against: &Member, role: PairRole) -> Option<Pair> {
    let several = one.workers.max(against.workers) > 1;
    Some(Pair { several, ..block.pair(one.cell?, None, role, log_ratios(against, one))? })
}

/// Returns what a block's processes did together over what one alone does. A block with a lost member says nothing.
fn capacity(block: &Block) -> Option<Pair> {
    let cell = block.members.first()?.cell?;
    if block.lost > 0 || block.members.iter().any(|member| member.cell != Some(cell)) {
        return None;
    }
    let members: Vec<_> = block.members.iter().map(|member| member.capacity.as_slice()).collect();
    let logs = capacity_log_ratios(&members);
    let role = PairRole::Capacity { processes: u32::try_from(members.len()).unwrap_or(u32::MAX) };
    Some(Pair { several: true, ..block.pair(cell, None, role, logs)? })
}
