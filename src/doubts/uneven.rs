//! The same tasks take about the same CPU time in every process and in every pass: whoever takes next to nothing now and
//! then, by its process's number or by the time of day, leaves work out there.

use super::Suspect;
use crate::stats::median;

/// A process used less than this part of what others used: slower CPUs, colder caches and full machines together make
/// no more than a third of it.
const LESS: f64 = 0.25;
/// Others are at least so many, and differ by no more than this among themselves: one that used much more was disturbed.
const OTHERS: usize = 2;
const ALIKE: f64 = 0.5;
/// A pass takes next to nothing below this part of the longest.
const NOTHING: f64 = 0.1;
/// Of a process's passes no fewer and no more than this take next to nothing: one that is disturbed makes all others
/// short, and what is done once in many passes is done for all of them.
const SOME: (f64, f64) = (0.25, 0.75);
const PASSES: usize = 6;
/// And of the processes so many have such passes.
const SHARE: f64 = 2.0 / 3.0;

pub(super) fn doubt(suspect: &Suspect<'_>) -> Option<String> {
    // What the plain loop leaves out everyone is compared with.
    let all = [Some(suspect.facts), suspect.single];
    let processes = || all.iter().flatten().find_map(|facts| by_process(&facts.process_cpu_ns));
    processes().or_else(|| all.iter().flatten().find_map(|facts| by_pass(&facts.skipped)))
}

fn by_process(used: &[f64]) -> Option<String> {
    let (most, least) =
        (used.iter().copied().fold(0.0, f64::max), used.iter().copied().fold(f64::MAX, f64::min));
    let others: Vec<f64> = used.iter().copied().filter(|ns| *ns >= ALIKE * most).collect();
    let part = least / median(&others)?;
    (part < LESS && others.len() >= OTHERS).then(|| {
        format!(
            "one of its processes used {:.0} % of the CPU time that others took for the same tasks: it left work out",
            part * 100.0
        )
    })
}

fn by_pass(skipped: &[f64]) -> Option<String> {
    let some: Vec<f64> = skipped.iter().copied().filter(|part| (SOME.0..=SOME.1).contains(part)).collect();
    let many = some.len() > 1 && some.len() as f64 >= SHARE * skipped.len() as f64;
    let part = median(&some).filter(|_| many)?;
    Some(format!(
        "{:.0} % of its passes used next to no CPU time for the tasks that others work on: they left them out",
        part * 100.0
    ))
}

/// Returns the part of a process's passes that took next to nothing; `None`: too few.
pub(super) fn skipped(used: &[f64]) -> Option<f64> {
    let most = used.iter().copied().fold(0.0, f64::max);
    let few = used.iter().filter(|ns| **ns < NOTHING * most).count();
    (used.len() >= PASSES).then(|| few as f64 / used.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_that_leaves_work_out_is_seen_and_a_disturbed_one_is_none() {
        assert!(
            by_process(&[4.0, 4.1, 0.01, 5.0])
                .is_some_and(|it| it.starts_with("one of its processes used 0 %"))
        );
        for honest in [&[4.0, 4.1, 1.5, 5.0][..], &[1.0, 1.1, 0.9, 5.0], &[0.01, 4.0], &[4.0], &[]] {
            assert_eq!(by_process(honest), None, "{honest:?}");
        }
    }

    #[test]
    fn passes_that_do_nothing_by_the_time_of_day_are_seen_and_rare_ones_are_not() {
        assert_eq!(skipped(&[1.0, 0.0, 1.0, 0.0, 1.0, 1.0]), Some(1.0 / 3.0));
        assert_eq!((skipped(&[1.0, 0.0, 1.0]), skipped(&[1.0, 0.4, 0.5, 0.6, 1.0, 2.0])), (None, Some(0.0)));
        assert!(by_pass(&[0.3, 0.5, 0.0]).is_some_and(|it| it.starts_with("40 % of its passes")));
        assert_eq!(
            (by_pass(&[0.9, 0.9, 0.9]), by_pass(&[0.3, 0.0, 0.0]), by_pass(&[0.5])),
            (None, None, None)
        );
    }
}
