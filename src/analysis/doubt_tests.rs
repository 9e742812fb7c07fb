//! Lies that are planted are called by their name, and honest cells stay without a doubt.

use super::synthetic::{World, cell};
use super::tests::{find, run};
use super::{Doubt, DoubtKind};
use crate::cell::Cell;
use crate::record::{Value, WarmUp, WarmWorker};

/// Two interpreters of which one's processes gain what two CPUs give, ready for a lie.
fn honest(seed: u64) -> World {
    let mut world = World::new(seed, &["3.13", "3.13t"], &["work"], &["single", "threads", "mp"], &[2]);
    for (name, mode, speed) in [("3.13", "mp", 1.8), ("3.13t", "threads", 1.7), ("3.13t", "mp", 1.5)] {
        world.plant(&cell(name, "work", mode, 2), speed);
    }
    world.fill(8, 7);
    let all: Vec<Cell> = world.run.plan.runnable().cloned().collect();
    all.iter()
        .for_each(|one| lie(&mut world, one, |value| value.workers_cpu_ns = value.cpu_ns.map(|ns| vec![ns])));
    world
}

fn lie(world: &mut World, cell: &Cell, change: impl Fn(&mut Value)) {
    let records = world.records.iter_mut().filter(|one| one.cell == *cell);
    records.flat_map(|one| &mut one.values).for_each(change);
}

fn doubts(world: &World, cell: &Cell) -> Vec<Doubt> {
    let results = run(world);
    let others = results.cells.iter().filter(|one| one.cell != *cell);
    others.for_each(|one| assert!(one.doubts.is_empty(), "{}: {:?}", one.cell, one.doubts));
    find(&results, cell).doubts.clone()
}

fn kinds(world: &World, cell: &Cell) -> Vec<DoubtKind> {
    doubts(world, cell).iter().map(|doubt| doubt.kind).collect()
}

#[test]
fn honest_cells_have_no_doubt() {
    assert_eq!(kinds(&honest(1), &cell("3.13", "work", "mp", 2)), []);
}

/// Workers that skip half of their tasks use half of the CPU time; with a third more than the loop they are honest.
#[test]
fn who_uses_clearly_less_cpu_time_did_less_work() {
    let mp = cell("3.13", "work", "mp", 2);
    let with = |factor: f64| {
        let mut world = honest(2);
        lie(&mut world, &mp, |value| value.cpu_ns = value.cpu_ns.map(|ns| (ns as f64 * factor) as u64));
        doubts(&world, &mp)
    };
    let found = with(0.45);
    assert_eq!(found[0].kind, DoubtKind::LessWork, "{found:?}");
    assert!(found[0].text.starts_with("its tasks used 50 % of the CPU time"), "{found:?}");
    // 1.11 times as much as the loop as it is: here 0.83 and 1.5 times.
    assert_eq!((with(0.75), with(1.35)), (vec![], vec![]));
}

/// Another environment, as one with a JIT, is other work than the plain one's.
#[test]
fn another_environment_is_held_against_its_own_loop() {
    let mut world = honest(3);
    let mp = cell("3.13", "work", "mp", 2);
    let jit = Cell { environment: "jit".to_owned(), ..mp.clone() };
    lie(&mut world, &mp, |value| value.cpu_ns = value.cpu_ns.map(|ns| ns / 3));
    world.run.plan.cells.iter_mut().filter(|one| one.cell == mp).for_each(|one| one.cell = jit.clone());
    world.records.iter_mut().filter(|one| one.cell == mp).for_each(|one| one.cell = jit.clone());
    assert_eq!(kinds(&world, &jit), []);
}

#[test]
fn workers_that_do_nothing_beside_a_busy_main_process_are_idle() {
    let (mut world, mp) = (honest(4), cell("3.13", "work", "mp", 2));
    lie(&mut world, &mp, |value| value.workers_cpu_ns = Some(vec![20_000, 30_000]));
    assert_eq!(kinds(&world, &mp), [DoubtKind::IdleWorkers]);
    // Where a call leaves the work to threads of its own, its worker does nothing in any mode.
    lie(&mut world, &cell("3.13", "work", "single", 1), |value| value.workers_cpu_ns = Some(vec![40_000]));
    assert_eq!(kinds(&world, &mp), []);
}

#[test]
fn what_computes_is_not_faster_than_its_cpus_allow() {
    let (mut world, mp) = (honest(5), cell("3.13", "work", "mp", 2));
    lie(&mut world, &mp, |value| value.ns /= 2);
    assert_eq!(kinds(&world, &mp), [DoubtKind::BeyondCapacity], "3.6 times as fast with the same CPU time");
    // What waits for most of its time may overlap as it likes.
    for mode in [("single", 1), ("threads", 2), ("mp", 2)] {
        lie(&mut world, &cell("3.13", "work", mode.0, mode.1), |value| {
            value.cpu_ns = value.cpu_ns.map(|ns| ns / 4);
            value.workers_cpu_ns = value.cpu_ns.map(|ns| vec![ns]);
        });
    }
    assert_eq!(kinds(&world, &mp), []);
}

#[test]
fn a_task_that_takes_no_longer_than_its_call_does_nothing() {
    let (mut world, mp) = (honest(6), cell("3.13", "work", "mp", 2));
    let warm_up = |tasks| WarmUp {
        start_ns: 0,
        ns: 1,
        workers: vec![WarmWorker { pid: 1, thread: None, tasks, ns: 1 }],
    };
    world.records.iter_mut().for_each(|one| one.warm_ups.push(warm_up(4)));
    assert_eq!(kinds(&world, &mp), []);
    world.records.iter_mut().for_each(|one| one.warm_ups[0] = warm_up(400_000));
    let results = run(&world);
    assert!(results.cells.iter().all(|one| one.doubts[0].kind == DoubtKind::LessWork), "{results:?}");
    assert_eq!(results.answers[0].choose, None);
}
