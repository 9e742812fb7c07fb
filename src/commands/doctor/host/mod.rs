//! The machine's half of `doctor`: what would make its numbers untrustworthy, and the command that mends it.

mod checks;
mod probe;

use std::fmt::Write as _;

use serde::Serialize;

/// One thing that was checked.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Check {
    pub name: &'static str,
    /// False where it would spoil numbers.
    pub ok: bool,
    /// What was found.
    pub found: String,
    /// Why it matters; `None` where it is ok.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<&'static str>,
    /// What mends it; `None` where it is ok.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mend: Option<String>,
}

/// Probes the machine, which takes about a second, and judges what was found.
pub(crate) fn of_this_machine() -> Vec<Check> {
    checks::all(&probe::probe())
}

/// Writes the checks for people: what is wrong first, the rest in one line each.
pub(crate) fn describe(checks: &[Check]) -> String {
    let mut text = String::from("machine\n");
    let (fine, wrong): (Vec<&Check>, Vec<&Check>) = checks.iter().partition(|check| check.ok);
    for check in wrong {
        // Writing to a string can't fail.
        let _ = writeln!(text, "  warning: {}: {}", check.name, check.found);
        if let Some(why) = check.why {
            let _ = writeln!(text, "    {why}");
        }
        if let Some(mend) = &check.mend {
            let _ = writeln!(text, "    try {mend}");
        }
    }
    for check in fine {
        let _ = writeln!(text, "  ok: {}: {}", check.name, check.found);
    }
    text
}
