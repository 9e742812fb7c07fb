//! Workers that don't do what was handed to them, beside a main process that does: as with results that are only made when
//! they are unpickled.

use super::Suspect;
use crate::stats::median;

/// The part of the plain loop's work that workers do at least: their own clocks show it, what hands out the tasks uses
/// more. Measured in honest modes: 0.9 and more.
const LESS: f64 = 0.5;
/// The part of a pass's own CPU time below which its workers did nothing. Of tasks so short that handing them out is all
/// that is measured, workers still have a fifth.
const NOTHING: f64 = 0.05;
/// The plain loop's thread does the work itself where it has this part of the CPU time: else threads and processes that
/// a call starts do it, whatever the mode.
const ITSELF: f64 = 0.5;

pub(super) fn doubt(suspect: &Suspect<'_>) -> Option<String> {
    let itself = median(&suspect.single?.by_workers).filter(|part| *part > ITSELF)?;
    let part = median(&suspect.facts.by_workers)?;
    // What handing out short tasks costs is known from blocks; before there are any, workers must have done nothing.
    let (idle, part, whose) = match median(&suspect.facts.cpu).map(f64::exp) {
        Some(whole) => {
            let workers = part * whole;
            let idle = workers / itself < LESS && whole - workers > LESS;
            (idle, workers / itself, "the CPU time that the same tasks take in a plain loop")
        }
        None => (part < NOTHING, part, "its CPU time"),
    };
    idle.then(|| {
        format!(
            "its workers used {:.0} % of {whose}: the main process did the work that was handed to them",
            part * 100.0
        )
    })
}

#[cfg(test)]
mod tests {
    use super::super::CellFacts;
    use super::*;

    /// Solo invocations come first, and no process has met the plain loop yet.
    #[test]
    fn before_there_are_blocks_workers_must_have_done_nothing() {
        let of = |part: f64| CellFacts { by_workers: vec![part], ..CellFacts::default() };
        let single = of(0.98);
        let told = |part: f64| {
            doubt(&Suspect { workers: 2, facts: &of(part), single: Some(&single), capacity: None })
        };
        // Handing out short tasks leaves the workers less than half of the time.
        assert_eq!((told(0.47), told(0.2)), (None, None));
        assert!(told(0.01).is_some_and(|text| text.starts_with("its workers used 1 % of its CPU time")));
    }
}
