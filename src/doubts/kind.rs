//! A doubt and its kinds.

use serde::{Deserialize, Serialize};

/// A reason to distrust something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Doubt {
    pub kind: DoubtKind,
    pub text: String,
}

/// What is to be distrusted. Names are a contract: scripts ask for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum DoubtKind {
    /// Nothing in the result tells a right one from a wrong one.
    AnswerUnproven,
    /// Faster than the machine can have made it.
    BeyondCapacity,
    /// It used CPU time while it should have waited for its turn.
    BusyBetween,
    /// Other programs kept CPUs busy.
    BusyMachine,
    /// Its script or its interpreter changed while it was measured.
    ChangedDuringRun,
    /// The builds that are compared differ in more than their GIL.
    DifferentBuilds,
    /// The garbage collector works otherwise than it was found.
    GcChanged,
    /// What reads the GIL's state isn't Python's own.
    GilReaderReplaced,
    /// It takes more memory with every pass.
    Grows,
    /// Its workers did nothing while the main process was busy.
    IdleWorkers,
    /// Calls answer from what an earlier one left behind.
    KeptResult,
    /// It used clearly less CPU time than the plain loop for the same tasks.
    LessWork,
    /// Its workers share one native thread.
    OneThread,
    /// A call starts threads or processes of its own.
    OwnThreads,
    /// A worker left for fewer CPUs than it was given.
    Pinned,
    /// Each pass takes longer than the one before.
    Slows,
    /// It uses next to no CPU time at all.
    Waits,
}

impl DoubtKind {
    /// Returns its name, as in `results.json`.
    pub fn name(self) -> String {
        let name = serde_json::to_value(self).unwrap_or_default();
        name.as_str().unwrap_or_default().to_owned()
    }

    /// Whether it makes the cell's ratios meaningless: then it has none, and no place in an answer.
    pub fn is_disqualifying(self) -> bool {
        !matches!(self, Self::AnswerUnproven | Self::BusyMachine | Self::DifferentBuilds | Self::OwnThreads)
    }
}
