//! Lies that are planted are called by their name, and honest cells stay without a doubt.

use super::synthetic::{World, cell};
use super::tests::{find, run};
use super::{Doubt, DoubtKind};
use crate::cell::Cell;
use crate::record::{AfterPass, Calls, Changed, Host, Noticed, Value, WarmUp, WarmWorker};

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
    // Short tasks: to be handed them takes workers a part of the loop's time, too.
    let with = |part: f64| {
        let mut world = honest(4);
        lie(&mut world, &mp, |value| {
            value.workers_cpu_ns = value.cpu_ns.map(|ns| vec![(ns as f64 * part) as u64]);
        });
        kinds(&world, &mp)
    };
    assert_eq!((with(0.3), with(0.7)), (vec![DoubtKind::IdleWorkers], vec![]));
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

/// Where two plain loops at once gained little, a ratio of 1.8 is more than there was to be had.
#[test]
fn nothing_that_computes_is_faster_than_what_the_machine_had_to_give() {
    let (mp, single) = (cell("3.13", "work", "mp", 2), cell("3.13", "work", "single", 1));
    let with = |slower: f64| {
        let mut world = honest(5);
        (0..3).for_each(|round| world.capacity(20 + round, &single, 2, slower));
        run(&world).cells.iter().find(|one| one.cell == mp).expect("mp").doubts.clone()
    };
    assert_eq!(with(1.1), [], "1.8 of 1.82");
    let found = with(1.7);
    assert_eq!(found[0].kind, DoubtKind::BeyondCapacity, "{found:?}");
    assert!(found[0].text.contains("2 processes at once did no more than 1."), "{found:?}");
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

/// Also where neighbours leave its threads no more than one CPU, once they were seen.
#[test]
fn a_function_with_threads_of_its_own_is_parallel_inside() {
    let all = |world: &World| run(world).cells.iter().flat_map(|one| one.doubts.clone()).collect::<Vec<_>>();
    let (mut world, single) = (honest(7), cell("3.13", "work", "single", 1));
    lie(&mut world, &single, |value| value.workers_cpu_ns = Some(vec![value.ns / 10]));
    assert_eq!(all(&world), [], "a helper that it waits for, as a process, takes turns with it");
    for one in world.records.iter_mut().filter(|one| one.cell == single) {
        one.resources.iter_mut().for_each(|it| it.peak_threads = Some(3));
    }
    let found = all(&world);
    assert_eq!(found.len(), 3, "{found:?}");
    assert!(found.iter().all(|doubt| doubt.kind == DoubtKind::OwnThreads), "{found:?}");
    assert!(
        found[0].text.starts_with("parallel inside: threads or processes that a call starts itself use 90 %")
    );
    let results = run(&world);
    assert!(results.answers[0].choose.is_some(), "which way is best is still known");
    lie(&mut world, &single, |value| value.cpu_ns = Some(value.ns / 10 * 19));
    assert!(all(&world)[0].text.contains("1.90 CPUs at once"));
}

#[test]
fn what_grows_or_slows_with_every_pass_or_works_between_them_is_named() {
    let mp = cell("3.13", "work", "mp", 2);
    let with = |change: &dyn Fn(&mut Value)| {
        let mut world = honest(8);
        lie(&mut world, &mp, change);
        kinds(&world, &mp)
    };
    let seen = |value: &mut Value, mib: u32, rest_cpu_ns| {
        let rss_bytes = u64::from(20 + mib) << 20;
        value.after = Some(AfterPass { rss_bytes, rest_ns: Some(9_000_000), rest_cpu_ns: Some(rest_cpu_ns) });
    };
    assert_eq!(with(&|value| seen(value, 3 * value.sweep, 50_000)), [DoubtKind::Grows]);
    assert_eq!(with(&|value| seen(value, 3 * value.sweep.min(3), 50_000)), [], "a cache that was filled");
    assert_eq!(with(&|value| seen(value, 0, 8_000_000)), [DoubtKind::BusyBetween]);
    let slower = |value: &mut Value| {
        value.ns *= u64::from(value.sweep + 4);
        value.cpu_ns = value.cpu_ns.map(|ns| ns * u64::from(value.sweep + 4));
        value.workers_cpu_ns = value.cpu_ns.map(|ns| vec![ns]);
    };
    assert_eq!(with(&slower), [DoubtKind::Slows]);
}

#[test]
fn what_changed_while_it_was_measured_is_of_its_cells_alone() {
    let mut world = honest(9);
    let file = "/opt/3.13t/bin/python".to_owned();
    world.run.changed.push(Changed { workload: None, interpreter: Some("3.13t".to_owned()), file });
    for one in run(&world).cells {
        let kinds: Vec<DoubtKind> = one.doubts.iter().map(|doubt| doubt.kind).collect();
        let expected = if one.interpreter == "3.13t" { vec![DoubtKind::ChangedDuringRun] } else { vec![] };
        assert_eq!(kinds, expected, "{}", one.cell);
    }
}

/// On a busy machine: a loop until some time has passed has less CPU time where it had to wait, work has not.
#[test]
fn what_ends_by_the_clock_is_no_work() {
    let (mut world, single) = (honest(10), cell("3.13", "work", "single", 1));
    let wait = |value: &mut Value| value.run_delay_ns = Some(value.ns / 9 * u64::from(value.sweep % 5));
    lie(&mut world, &single, wait);
    let found =
        |world: &World| find(&run(world), &single).doubts.iter().map(|it| it.kind).collect::<Vec<_>>();
    assert_eq!(found(&world), []);
    lie(&mut world, &single, |value| {
        value.cpu_ns = value.cpu_ns.map(|ns| ns - value.run_delay_ns.unwrap_or(0))
    });
    assert_eq!(found(&world), [DoubtKind::LessWork]);
}

/// The very first process writes a file, and the first calls of all others find their answer there.
#[test]
fn what_a_first_process_leaves_to_all_others_is_kept() {
    let mut world = honest(11);
    let mut with = |of: &dyn Fn(u64) -> Option<u64>| {
        let first = world.records.iter().map(|one| one.id).min().unwrap_or(0);
        for one in &mut world.records {
            let nth = one.id - first;
            one.calls = Some(Calls { first_cpu_ns: of(nth), later_ns: 20_000, threads: 0 });
        }
        run(&world).cells.iter().flat_map(|one| one.doubts.iter().map(|it| it.kind)).collect::<Vec<_>>()
    };
    assert_eq!(with(&|_| Some(2_000_000)), [], "each process does it once, as with a table");
    assert_eq!(
        with(&|nth| Some(if nth == 0 { 9_000_000 } else { 1_000_000 })),
        [],
        "a first start on this machine"
    );
    assert_eq!(with(&|nth| (nth > 0).then_some(90_000)), [], "the first one compiled what it imported");
    assert_eq!(with(&|nth| Some(if nth == 0 { 2_000_000 } else { 120_000 })), [DoubtKind::KeptResult; 6]);
    let slow_now_and_then = |nth| Some(if nth == 0 || nth % 7 == 3 { 2_000_000 } else { 120_000 });
    assert_eq!(with(&slow_now_and_then), [DoubtKind::KeptResult; 6]);
    let works = |nth| Some(if nth % 2 == 0 { 2_000_000 } else { 120_000 });
    assert_eq!(with(&works), [], "half of them have work to do");
}

/// What the harness sees of a plain loop, that its tasks end by the clock, is so in every mode.
#[test]
fn tasks_that_end_by_the_clock_do_so_in_every_mode() {
    let mut world = honest(12);
    let single = cell("3.13", "work", "single", 1);
    let one = world.records.iter_mut().find(|one| one.cell == single).expect("a plain loop");
    one.doubts.push(Noticed { kind: "less_work".to_owned(), text: "a call ends by the clock".to_owned() });
    for found in run(&world).cells {
        let told: Vec<&str> = found.doubts.iter().map(|it| it.text.as_str()).collect();
        let expected = if found.interpreter == "3.13" { vec!["a call ends by the clock"] } else { vec![] };
        assert_eq!(told, expected, "{}", found.cell);
    }
}

/// Where a quota limits the CPUs, no text speaks of CPUs that are there.
#[test]
fn texts_under_a_quota_speak_of_it() {
    let mut world = World::new(13, &["3.13"], &["work"], &["single", "threads"], &[2]);
    world.run.plan.cells.iter_mut().for_each(|one| one.oversubscribed = one.cell.workers > 1);
    world.run.host =
        Host { cpus: 16, effective_cpus: 1.5, cpu_quota: Some(1.5), busy_cpus: Some(3.0), ..Host::default() };
    world.fill(6, 7);
    let single = cell("3.13", "work", "single", 1);
    (0..3).for_each(|round| world.capacity(20 + round, &single, 2, 1.9));
    let results = run(&world);
    let warned = |kind: &str| {
        results.warnings.iter().find(|it| it.kind == kind).map(|it| it.text.clone()).unwrap_or_default()
    };
    assert!(
        warned("oversubscribed").ends_with("than usable CPUs (a quota of 1.5)"),
        "{:?}",
        results.warnings
    );
    assert!(warned("high_load").contains("(3.0 of 16)"), "others have the whole machine");
    assert!(warned("capacity_low").contains("not 1.5× (a quota of 1.5): no mode"), "{:?}", results.warnings);
    let threads = find(&results, &cell("3.13", "work", "threads", 2));
    assert!(threads.warnings.contains(&"2 workers, usable CPUs: a quota of 1.5".to_owned()), "{threads:?}");
    assert!(
        results.answers.iter().flat_map(|it| &it.doubts).any(|it| it.text.contains("3.0 of 16.0 CPUs busy"))
    );
}
