//! Planted truths are found again.

use super::synthetic::{World, cell};
use super::{CellResult, DoubtKind, Results, analyse};
use crate::cell::Cell;
use crate::plan::{Situation, SkipKind, Skipped};
use crate::record::{InvocationKind, Outcome, RunStatus};

const MODES: [&str; 5] = ["single", "asyncio", "executor", "threads", "mp"];

pub(super) fn world(seed: u64) -> World {
    let mut world = World::new(seed, &["3.13", "3.13t"], &["fib"], &MODES, &[2]);
    for (name, mode, workers, speed) in [
        ("3.13", "mp", 2, 1.8),
        ("3.13t", "single", 1, 0.6),
        ("3.13t", "asyncio", 1, 0.6),
        ("3.13t", "threads", 2, 1.1),
        ("3.13t", "executor", 2, 1.05),
        ("3.13t", "mp", 2, 1.0),
    ] {
        world.plant(&cell(name, "fib", mode, workers), speed);
    }
    world
}

pub(super) fn run(world: &World) -> Results {
    analyse(&world.run, world.records.clone())
}

pub(super) fn find<'a>(results: &'a Results, wanted: &Cell) -> &'a CellResult {
    let same = |found: &&CellResult| {
        (&found.interpreter, &found.workload, &found.mode, found.workers)
            == (&wanted.interpreter, &wanted.workload, &wanted.mode, wanted.workers)
    };
    results.cells.iter().find(same).unwrap()
}

#[test]
fn planted_speedups_are_recovered() {
    let mut world = world(1);
    world.fill(12, 8);
    let results = run(&world);
    assert_eq!(results.counts.completed, 10);
    assert_eq!(results.counts.settled, 10);
    for (name, mode, workers, speed, own) in [
        ("3.13", "mp", 2, 1.8, 1.8),
        ("3.13t", "single", 1, 0.6, 1.0),
        ("3.13t", "threads", 2, 1.1, 1.1 / 0.6),
        ("3.13", "threads", 2, 1.0, 1.0),
    ] {
        let found = find(&results, &cell(name, "fib", mode, workers));
        let speedup = found.speedup.as_ref().unwrap();
        let itself = found.speedup_self.as_ref().unwrap();
        assert!((speedup.ratio / speed - 1.0).abs() < 0.04, "{name} {mode}: {speedup:?}");
        assert!((itself.ratio / own - 1.0).abs() < 0.04, "{name} {mode}: {itself:?}");
        assert!((found.efficiency.unwrap() - itself.ratio / f64::from(workers)).abs() < 1e-12);
        let [low, high] = speedup.ci95.unwrap();
        assert!(low < speedup.ratio && speedup.ratio < high && high / low < 1.1);
        assert_eq!(speedup.baseline, "3.13 fib single");
    }
    let threads = find(&results, &cell("3.13t", "fib", "threads", 2));
    assert_eq!(threads.invocations, 12 + 3);
    assert_eq!(threads.values_ns.len(), 12);
    assert!((threads.cpu_cores_used.unwrap() - 2.0).abs() < 1e-9);
    assert_eq!(threads.timeline.len(), 6);
    assert_eq!(threads.phases_ns.pool, Some(2_000_000));
    assert!(threads.total_ns.as_ref().unwrap().ci95.is_some());
    assert!(threads.speedup_total.as_ref().unwrap().ratio < 1.1);
    assert!(find(&results, &cell("3.13", "fib", "asyncio", 1)).loop_lag_ns.is_some());
}

#[test]
fn the_baseline_is_one_by_definition() {
    let mut world = world(2);
    world.fill(3, 4);
    let results = run(&world);
    let speedup = find(&results, &cell("3.13", "fib", "single", 1)).speedup.clone().unwrap();
    assert_eq!(
        (speedup.ratio, speedup.ci95, speedup.settled, speedup.pairs),
        (1.0, Some([1.0, 1.0]), true, 0)
    );
}

#[test]
fn the_order_of_records_does_not_matter() {
    let mut world = world(3);
    world.fill(4, 4);
    let expected = run(&world);
    world.records.reverse();
    assert_eq!(run(&world), expected);
}

#[test]
fn two_blocks_are_no_interval() {
    let mut world = world(4);
    world.fill(2, 4);
    let results = run(&world);
    let speedup = find(&results, &cell("3.13", "fib", "mp", 2)).speedup.clone().unwrap();
    assert_eq!((speedup.ci95, speedup.settled, speedup.pairs), (None, false, 2));
    let warm = &results.answers[0];
    assert!(warm.choose.is_some() && !warm.decided && warm.regret.is_some(), "{warm:?}");
}

#[test]
fn a_failure_marks_its_cell_and_no_other() {
    let mut world = world(5);
    world.fill(6, 4);
    let threads = cell("3.13t", "fib", "threads", 2);
    let broken = world.records.iter_mut().rfind(|one| one.cell == threads).unwrap();
    broken.outcome = Outcome::Crashed;
    broken.reason = Some("killed by signal 11".to_owned());
    let results = run(&world);
    let found = find(&results, &threads);
    assert_eq!(found.outcome, Outcome::Crashed);
    assert!(found.reason.as_ref().unwrap().starts_with("killed by signal 11 (invocation "));
    assert!(found.speedup.is_none() && found.speedup_self.is_none() && found.efficiency.is_none());
    assert!(found.speedup_total.is_none());
    assert_eq!(results.counts.failed, 1);
    assert!(find(&results, &cell("3.13t", "fib", "mp", 2)).speedup.as_ref().is_some_and(|s| s.pairs == 6));
    for answer in results.answers.iter().filter(|answer| answer.situation == Situation::Warm) {
        assert!(answer.choose.iter().chain(&answer.as_good).all(|named| named.0 != threads), "{answer:?}");
        let left_out = answer.not_considered.iter().find(|one| one.cell.0 == threads).unwrap();
        assert!(left_out.reason.starts_with("killed by signal 11"), "{left_out:?}");
    }
}

#[test]
fn a_failed_baseline_leaves_nothing_to_compare_with() {
    let mut world = world(6);
    world.fill(6, 4);
    let single = cell("3.13", "fib", "single", 1);
    world.records.iter_mut().find(|one| one.cell == single).unwrap().outcome = Outcome::TimedOut;
    let results = run(&world);
    assert!(results.cells.iter().all(|cell| cell.speedup.is_none()));
    assert!(find(&results, &cell("3.13t", "fib", "mp", 2)).speedup_self.is_some());
    assert!(results.warnings.iter().any(|warning| warning.kind == "baseline_failed"));
}

#[test]
fn a_wrong_answer_is_not_fast() {
    let mut world = world(7);
    world.fill(6, 4);
    let wrong = cell("3.13", "fib", "mp", 2);
    world.records.iter_mut().filter(|one| one.cell == wrong).for_each(|one| {
        one.values.iter_mut().for_each(|value| value.checksum = "other".to_owned());
    });
    let results = run(&world);
    let found = find(&results, &wrong);
    assert_eq!(found.outcome, Outcome::ChecksumMismatch);
    let reason = found.reason.as_ref().unwrap();
    assert!(reason.contains("`other`") && reason.contains("`sum of fib`"), "{reason}");
    assert!(found.speedup.is_none());
    assert_eq!(results.counts.failed, 1);
}

#[test]
fn a_baseline_alone_against_all_is_the_wrong_one() {
    let mut world = world(8);
    world.fill(6, 4);
    let single = cell("3.13", "fib", "single", 1);
    world.records.iter_mut().filter(|one| one.cell == single).for_each(|one| {
        one.values.iter_mut().for_each(|value| value.checksum = "other".to_owned());
    });
    let results = run(&world);
    assert_eq!(find(&results, &single).outcome, Outcome::ChecksumMismatch);
    assert_eq!(results.counts.failed, 1);
}

#[test]
fn a_gil_that_came_back_is_a_mismatch() {
    let mut world = world(9);
    world.fill(6, 4);
    let threads = cell("3.13t", "fib", "threads", 2);
    for one in world.records.iter_mut().filter(|one| one.cell == threads) {
        one.gil.as_mut().unwrap().enabled_after = true;
    }
    let results = run(&world);
    let found = find(&results, &threads);
    assert_eq!(found.outcome, Outcome::GilMismatch);
    assert!(found.speedup.is_none() && found.speedup_self.is_none());
    assert!(found.gil.unwrap().enabled_after);
}

/// Of a cell that does nothing but wait.
#[test]
fn a_doubt_that_makes_ratios_meaningless_takes_the_cell_out_of_the_answers() {
    let mut world = world(20);
    world.fill(6, 4);
    let waiting = cell("3.13", "fib", "mp", 2);
    for one in world.records.iter_mut().filter(|one| one.cell == waiting) {
        one.values.iter_mut().for_each(|value| value.cpu_ns = Some(value.ns / 500));
    }
    let results = run(&world);
    let found = find(&results, &waiting);
    assert_eq!((found.outcome, found.doubts[0].kind), (Outcome::Completed, DoubtKind::Waits));
    assert!(found.speedup.is_none() && found.speedup_self.is_none() && found.speedup_total.is_none());
    assert!(found.wall_ns.is_some(), "its time is what it is");
    assert!(results.cells.iter().filter(|one| **one != *found).all(|one| one.doubts.is_empty()));
    for answer in results.answers.iter().filter(|one| one.situation != Situation::Responsive) {
        assert!(answer.choose.iter().chain(&answer.as_good).all(|named| named.0 != waiting), "{answer:?}");
        let left_out = answer.not_considered.iter().find(|one| one.cell.0 == waiting).unwrap();
        assert_eq!(left_out.reason, found.doubts[0].text);
    }
}

#[test]
fn another_build_or_version_is_a_mismatch() {
    type Change = fn(&mut String, &mut Option<bool>);
    let changes: [(Change, Outcome); 2] = [
        (|version, _| *version = "3.12.1".to_owned(), Outcome::WrongInterpreter),
        (|_, free| *free = Some(true), Outcome::GilMismatch),
    ];
    for (change, outcome) in changes {
        let mut world = world(10);
        world.fill(3, 4);
        let mp = cell("3.13", "fib", "mp", 2);
        let one = world.records.iter_mut().find(|one| one.cell == mp).unwrap();
        let worker = &mut one.workers[1];
        change(&mut worker.version, &mut worker.py_gil_disabled);
        assert_eq!(find(&run(&world), &mp).outcome, outcome);
    }
}

#[test]
fn what_was_not_run_stays_in_place() {
    let mut world = world(11);
    let reason = "excluded by rule 1".to_owned();
    world.run.plan.cells[1].skipped = Some(Skipped { kind: SkipKind::Excluded, reason: reason.clone() });
    let results = run(&world);
    assert_eq!(results.cells.len(), 10);
    assert_eq!((results.cells[1].outcome, results.cells[1].reason.clone()), (Outcome::Skipped, Some(reason)));
    assert_eq!(results.cells[0].outcome, Outcome::NotReached);
    assert_eq!((results.counts.not_reached, results.counts.skipped), (9, 1));
    world.run.status = RunStatus::Interrupted;
    assert_eq!(run(&world).cells[0].outcome, Outcome::Cancelled);
}

#[test]
fn capacity_is_recovered_and_blocks_without_a_baseline_count_as_no_speedup() {
    let mut world = world(12);
    world.fill(6, 6);
    let (threads, mp) = (cell("3.13t", "fib", "threads", 2), cell("3.13", "fib", "mp", 2));
    let before = find(&run(&world), &threads).speedup.clone().unwrap().pairs;
    for round in 1..=8 {
        world.block(InvocationKind::Rivals, round, &[threads.clone(), mp.clone()], 8);
        world.capacity(round, &cell("3.13", "fib", "single", 1), 2, 1.26);
    }
    let results = run(&world);
    assert_eq!(find(&results, &threads).speedup.as_ref().unwrap().pairs, before);
    let [capacity] = results.capacity.as_slice() else { panic!("{:?}", results.capacity) };
    assert_eq!((capacity.cell.workers, capacity.blocks), (2, 8));
    assert!((capacity.ratio - 1.6).abs() < 0.05, "{capacity:?}");
    let doubted = |results: &Results| {
        let doubts: Vec<String> =
            results.answers.iter().flat_map(|it| &it.doubts).map(|it| it.text.clone()).collect();
        doubts.join("; ")
    };
    assert!(
        doubted(&results).contains("fib together did 1.5"),
        "what the machine gave: {}",
        doubted(&results)
    );
}

#[test]
fn any_interpreter_may_be_the_baseline() {
    let mut world = world(15);
    world.fill(12, 8);
    let results = super::analyse_over(&world.run, world.records.clone(), "3.13t");
    assert_eq!(results.baseline, "3.13t");
    for (name, mode, workers, speed) in [
        ("3.13", "single", 1, 1.0),
        ("3.13", "mp", 2, 1.8),
        ("3.13t", "threads", 2, 1.1),
        ("3.13t", "single", 1, 0.6),
    ] {
        let found = find(&results, &cell(name, "fib", mode, workers)).speedup.clone().unwrap();
        let [low, high] = found.ci95.unwrap();
        assert!((found.ratio / (speed / 0.6) - 1.0).abs() < 0.05, "{name} {mode}: {found:?}");
        assert!(low <= found.ratio && found.ratio <= high && found.settled, "{name} {mode}: {found:?}");
        assert_eq!(found.baseline, "3.13t fib single");
    }
    let total = find(&results, &cell("3.13", "fib", "single", 1)).speedup_total.clone().unwrap();
    assert!(total.ratio > 1.0 && total.baseline == "3.13t fib single", "{total:?}");
}

#[test]
fn a_baseline_that_a_cell_never_met_is_reached_over_the_measured_one() {
    let mut world = World::new(16, &["3.13", "3.12"], &["fib"], &["single", "mp"], &[2]);
    let (single, other) = (cell("3.13", "fib", "single", 1), cell("3.12", "fib", "single", 1));
    let mp = cell("3.13", "fib", "mp", 2);
    world.plant(&other, 0.8);
    world.plant(&mp, 1.6);
    for round in 1..=8 {
        world.block(InvocationKind::Block, round, &[single.clone(), other.clone()], 8);
        world.block(InvocationKind::Block, round, &[single.clone(), mp.clone()], 8);
    }
    let results = super::analyse_over(&world.run, world.records.clone(), "3.12");
    let found = find(&results, &mp).speedup.clone().unwrap();
    let [low, high] = found.ci95.unwrap();
    assert!((found.ratio / 2.0 - 1.0).abs() < 0.06 && low < 2.0 && 2.0 < high, "{found:?}");
}

/// Every loop waited half of its time for a CPU; what the pool's workers waited, nobody knows.
#[test]
fn what_several_workers_waited_widens_the_ratio_over_any_baseline() {
    for together in [true, false] {
        let mut world = World::new(17, &["3.13", "3.12"], &["fib"], &["single", "mp"], &[2]);
        let (single, other) = (cell("3.13", "fib", "single", 1), cell("3.12", "fib", "single", 1));
        let mp = cell("3.13", "fib", "mp", 2);
        for round in 1..=8 {
            for others in if together { vec![vec![&other, &mp]] } else { vec![vec![&other], vec![&mp]] } {
                let members: Vec<Cell> = [&single].into_iter().chain(others).cloned().collect();
                world.block(InvocationKind::Block, round, &members, 8);
            }
        }
        for one in world.records.iter_mut().filter(|one| one.cell.workers == 1) {
            one.values.iter_mut().for_each(|value| value.run_delay_ns = Some(value.ns / 2));
        }
        for baseline in ["3.13", "3.12"] {
            let results = super::analyse_over(&world.run, world.records.clone(), baseline);
            let found = find(&results, &mp).speedup.clone().unwrap();
            let [low, high] = found.ci95.unwrap();
            // Two workers beside work that takes half of one CPU: up to three times as fast as they look.
            assert!(
                (low - 0.5).abs() < 0.05 && (high - 1.5).abs() < 0.15,
                "{baseline} {together}: {found:?}"
            );
            assert!(!found.settled, "{found:?}");
        }
    }
}
