//! Invocations that something else on the machine disturbed: counted and said, never dropped.

use crate::record::Invocation;

use super::Warning;

/// Disturbed invocations of a run.
#[derive(Debug, Default)]
pub(super) struct Disturbed {
    pub invocations: u32,
    /// Invocations during which the machine was watched.
    watched: u32,
    /// The reason of the one that others disturbed most.
    worst: Option<(f64, String)>,
}

impl Disturbed {
    pub(super) fn take(&mut self, invocation: &Invocation) {
        let Some(seen) = &invocation.disturbance else { return };
        self.watched += 1;
        let Some(reason) = &seen.reason else { return };
        self.invocations += 1;
        let share = (seen.others_ns + seen.steal_ns.unwrap_or(0)) as f64 / seen.wall_ns.max(1) as f64;
        if self.worst.as_ref().is_none_or(|(worst, _)| share > *worst) {
            self.worst = Some((share, reason.clone()));
        }
    }

    pub(super) fn warning(&self) -> Option<Warning> {
        let (_, reason) = self.worst.as_ref()?;
        let text = format!(
            "{} of {} invocations were disturbed, at worst: {reason}; intervals of ratios reach as far as \
             that may go, cold totals and memory are as they were (`--repeat-disturbed` measures them once more)",
            self.invocations, self.watched
        );
        Some(Warning { kind: "disturbed".to_owned(), text })
    }
}
