//! A tree without its root, for commands: the harness that starts them is no part of what they take.

use crate::platform::{ProcessReading, TreeReader};

/// Reads all below the root.
#[derive(Debug)]
pub(crate) struct BelowRoot(pub(crate) Box<dyn TreeReader>);

impl TreeReader for BelowRoot {
    fn read(&mut self, root: u32) -> Vec<ProcessReading> {
        let mut readings = self.0.read(root);
        readings.retain(|reading| reading.pid != root);
        readings
    }

    fn pss(&mut self, pids: &[u32]) -> Option<Vec<(u32, u64)>> {
        self.0.pss(pids)
    }

    fn name(&self) -> &'static str {
        self.0.name()
    }
}
