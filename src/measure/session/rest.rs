//! What a process tree takes and uses between its passes, seen from outside.

use super::{Place, Session};
use crate::platform::monotonic_ns;
use crate::record::{AfterPass, InvocationKind};

/// A tree at the end of a pass.
#[derive(Debug, Clone, Copy)]
pub(super) struct AtRest {
    since_ns: u64,
    cpu_ns: u64,
}

impl Session<'_> {
    /// Looks at the tree after the first, second, fourth, ... counted pass of a block: nobody works at that moment, and
    /// even a large tree costs no more than a thousandth of the block. Solos have a sampler. `late_ns`: what the process
    /// had used since the clock stopped, by other threads than the harness's.
    pub(super) fn begin_rest(&mut self, place: Place, late_ns: Option<u64>) {
        if self.draft.kind != InvocationKind::Block || place.warmup || !place.sweep.is_power_of_two() {
            return;
        }
        let Some((cpu_ns, rss_bytes)) = self.look() else { return };
        let cpu_ns = cpu_ns.saturating_sub(late_ns.unwrap_or(0));
        self.at_rest = Some(AtRest { since_ns: monotonic_ns(), cpu_ns });
        if let Some(value) = self.draft.values.last_mut() {
            value.after = Some(AfterPass { rss_bytes, rest_ns: None, rest_cpu_ns: None });
        }
    }

    /// Notes what it used since then, before it is asked for anything more.
    pub(super) fn end_rest(&mut self) {
        let Some(AtRest { since_ns, cpu_ns }) = self.at_rest.take() else { return };
        let Some((now_ns, _)) = self.look() else { return };
        if let Some(after) = self.draft.values.last_mut().and_then(|value| value.after.as_mut()) {
            after.rest_ns = Some(monotonic_ns() - since_ns);
            after.rest_cpu_ns = now_ns.checked_sub(cpu_ns);
        }
    }

    /// Returns the CPU time and the resident memory of the tree; `None` where it is gone.
    fn look(&self) -> Option<(u64, u64)> {
        let readings = self.context.reader.lock().ok()?.read(self.draft.pid);
        let sums = readings.iter().map(|it| (it.cpu_ns, it.rss_bytes));
        sums.reduce(|sum, one| (sum.0 + one.0, sum.1 + one.1))
    }
}
