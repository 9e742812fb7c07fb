//! What the schedule consists of.

use crate::cell::Cell;
use crate::record::{InvocationKind, Side};

/// One thing to run; its invocations are alive together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Job {
    Solo(Cell),
    Block(Vec<Cell>),
    Capacity {
        single: Cell,
        workers: u32,
    },
    /// A cell and its counterpart on the base side of the gate.
    Against(Cell),
    /// One side of the gate, alone: its memory.
    GateSolo(Cell, Side),
    /// A workload's baseline and the fixed reference.
    Reference(Cell),
}

impl Job {
    pub(super) fn kind(&self) -> InvocationKind {
        match self {
            Self::Solo(_) | Self::GateSolo(..) => InvocationKind::Solo,
            Self::Block(_) => InvocationKind::Block,
            Self::Capacity { .. } => InvocationKind::Capacity,
            Self::Against(_) => InvocationKind::Against,
            Self::Reference(_) => InvocationKind::Reference,
        }
    }

    /// For people.
    pub(super) fn title(&self) -> String {
        match self {
            Self::Solo(cell) => format!("{cell}, alone"),
            Self::Block(cells) => cells.last().map_or_else(String::new, |cell| {
                format!("{} {}: {} cells in lock-step", cell.interpreter, cell.workload, cells.len())
            }),
            Self::Against(cell) => format!("{cell} against its base"),
            Self::GateSolo(cell, Side::Base) => format!("the base of {cell}, alone"),
            Self::GateSolo(cell, Side::New) => format!("{cell}, alone once more"),
            Self::Reference(cell) => format!("{cell} beside the reference"),
            Self::Capacity { single, workers } => format!("{workers} × {single} at once"),
        }
    }
}
