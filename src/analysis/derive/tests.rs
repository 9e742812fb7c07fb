//! What was planted in a run is found again, with an interval that holds it.

use crate::analysis::synthetic::{World, cell};
use crate::analysis::{Figure, Results, Scaling, analyse};
use crate::matrix::{ScalingKind, SweepPoint};
use crate::record::Outcome;

fn holds(figure: &Figure, truth: f64) -> bool {
    figure.ci95.is_some_and(|[low, high]| low <= truth && truth <= high)
}

fn run(world: &World) -> Results {
    analyse(&world.run, world.records.clone())
}

/// Threads on 3.13t with these numbers of workers on a machine with 8 CPUs.
fn curve(seed: u64, workers: &[u32], speedup: impl Fn(f64) -> f64) -> World {
    let mut world = World::new(seed, &["3.13", "3.13t"], &["fib"], &["single", "threads"], workers);
    world.run.host.effective_cpus = 8.0;
    for planned in &mut world.run.plan.cells {
        planned.oversubscribed = planned.cell.workers > 8;
    }
    world.plant(&cell("3.13t", "fib", "single", 1), 0.6);
    for &n in workers {
        world.plant(&cell("3.13t", "fib", "threads", n), 0.6 * speedup(f64::from(n)));
    }
    world
}

fn threads(results: &Results) -> &Scaling {
    results.scaling.iter().find(|one| one.cell.interpreter == "3.13t" && one.cell.mode == "threads").unwrap()
}

#[test]
fn the_universal_scalability_law_is_recovered_with_its_knee() {
    let (one, sigma, kappa) = (0.95, 0.08, 0.02);
    let law = |n: f64| one * n / (1.0 + sigma * (n - 1.0) + kappa * n * (n - 1.0));
    // 16 workers are oversubscribed: whatever they do must not bend the curve.
    let mut world = curve(21, &[1, 2, 3, 4, 6, 8, 16], |n| if n > 8.0 { 0.1 } else { law(n) });
    world.fill(10, 6);
    let results = run(&world);
    let scaling = threads(&results);
    let usl = scaling.usl.as_ref().unwrap();
    assert!(holds(&usl.contention, sigma) && (usl.contention.value - sigma).abs() < 0.05, "{usl:?}");
    assert!(holds(&usl.coherency, kappa) && (usl.coherency.value - kappa).abs() < 0.01, "{usl:?}");
    assert!(holds(scaling.one_worker.as_ref().unwrap(), one), "{scaling:?}");
    let knee = ((1.0 - sigma) / kappa).sqrt();
    assert!((usl.knee.value.unwrap() / knee - 1.0).abs() < 0.15, "{usl:?}, planted {knee}");
    assert!(usl.knee.low.unwrap() < knee && knee < usl.knee.high.unwrap());
    assert!(!usl.knee_extrapolated && usl.worst < 1.05);
    assert!(scaling.points.iter().all(|point| point.fitted == (point.workers <= 8)));
    assert!(scaling.why_not.is_empty() && scaling.gustafson.is_none());
}

#[test]
fn amdahls_serial_fraction_is_recovered_and_agrees_with_karp_and_flatt() {
    let serial = 0.15;
    let mut world = curve(22, &[1, 2], |n| n / (1.0 + serial * (n - 1.0)));
    world.fill(14, 6);
    let results = run(&world);
    let scaling = threads(&results);
    let amdahl = scaling.amdahl.as_ref().unwrap();
    assert!(holds(amdahl, serial) && (amdahl.value - serial).abs() < 0.05, "{amdahl:?}");
    let karp_flatt = scaling.points[1].karp_flatt.as_ref().unwrap();
    assert!(holds(karp_flatt, serial) && (karp_flatt.value - serial).abs() < 0.05, "{karp_flatt:?}");
    assert!(scaling.usl.is_none(), "two numbers of workers make no curve");
    assert!(scaling.why_not[0].contains("needs three numbers of workers"), "{:?}", scaling.why_not);
    // The GIL: nothing is parallel.
    let locked = results.scaling.iter().find(|one| one.cell.interpreter == "3.13").unwrap();
    assert!(locked.amdahl.as_ref().unwrap().value > 0.9, "{locked:?}");
}

#[test]
fn ideal_scaling_has_no_knee_and_no_serial_part() {
    let mut world = curve(23, &[1, 2, 4, 8], |n| n);
    world.fill(10, 6);
    let results = run(&world);
    let scaling = threads(&results);
    let usl = scaling.usl.as_ref().unwrap();
    assert!(usl.contention.value < 0.03 && usl.coherency.value < 0.004, "{usl:?}");
    assert_eq!(usl.knee.high, None, "it may be endless: {usl:?}");
    let efficiency = scaling.points.last().unwrap().efficiency;
    assert!((efficiency.value - 1.0).abs() < 0.05 && holds(&efficiency, 1.0), "{efficiency:?}");
}

#[test]
fn too_few_pairs_or_cpus_are_said_instead_of_a_fit() {
    let mut world = curve(24, &[1, 16], |n| n);
    world.fill(6, 6);
    let why = threads(&run(&world)).why_not.clone();
    assert!(why[0].contains("1 oversubscribed left out"), "{why:?}");
    let mut world = curve(25, &[2, 4], |n| n);
    world.fill(2, 6);
    let results = run(&world);
    assert!(threads(&results).amdahl.is_none());
    assert!(threads(&results).why_not[0].contains("2 with too few pairs"), "{results:?}");
}

#[test]
fn weak_scaling_counts_the_work_and_not_the_time() {
    // Four workers do four times the work in 1.25 times the time: a scaled speedup of 3.2.
    let mut world = curve(26, &[1, 2, 4], |_| 1.0);
    world.run.matrix.workloads[0].scaling = ScalingKind::Weak;
    let serial = 0.25 * 4.0 / 5.0 / 3.0 * 4.0;
    for n in [1, 2, 4] {
        let scaled = f64::from(n) - serial * (f64::from(n) - 1.0);
        world.plant(&cell("3.13t", "fib", "threads", n), 0.6 * scaled / f64::from(n));
    }
    world.fill(10, 6);
    // Each number of workers has tasks of its own, and so a checksum of its own.
    for record in &mut world.records {
        let workers = record.cell.workers;
        record.values.iter_mut().for_each(|value| value.checksum = format!("of {workers}"));
    }
    let results = run(&world);
    assert_eq!(results.counts.failed, 0);
    let scaling = threads(&results);
    assert_eq!(scaling.kind, ScalingKind::Weak);
    let four = scaling.points.last().unwrap();
    assert!((four.speedup.value / (4.0 - serial * 3.0) - 1.0).abs() < 0.05, "{four:?}");
    assert!(four.karp_flatt.is_none() && scaling.amdahl.is_none());
    let gustafson = scaling.gustafson.as_ref().unwrap();
    assert!(holds(gustafson, serial) && (gustafson.value - serial).abs() < 0.04, "{gustafson:?}");
}

#[test]
fn the_break_even_task_size_is_recovered() {
    // Handing out costs 40 µs with threads and 150 µs with processes, whose limit is higher.
    let sizes = [10.0, 100.0, 1_000.0, 10_000.0];
    let names: Vec<String> = sizes.map(|us| format!("short@{us}")).to_vec();
    let workloads: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut world = World::new(27, &["3.13t"], &workloads, &["single", "threads", "mp"], &[2]);
    for (workload, us) in world.run.matrix.workloads.iter_mut().zip(sizes) {
        workload.sweep = Some(SweepPoint { family: "short".to_owned(), argument: "us".to_owned() });
        workload.tasks = 100;
        let pass = |task_us: f64| 40_000.0 / (100.0 * task_us);
        world.times.insert(cell("3.13t", &workload.name, "single", 1), 100.0 * us * 1e3);
        let time = |overhead: f64, limit: f64| 40e6 / pass(overhead + us / limit);
        world.times.insert(cell("3.13t", &workload.name, "threads", 2), time(40.0, 1.5));
        world.times.insert(cell("3.13t", &workload.name, "mp", 2), time(150.0, 1.9));
    }
    world.fill(10, 6);
    let results = run(&world);
    let find = |mode: &str, against: &str| {
        let same = |one: &&crate::analysis::BreakEven| one.cell.mode == mode && one.against == against;
        results.break_even.iter().find(same).unwrap_or_else(|| panic!("{mode} {:?}", results.break_even))
    };
    for (mode, overhead, limit) in [("threads", 40e3, 1.5), ("mp", 150e3, 1.9)] {
        let found = find(mode, "single");
        let truth = overhead / (1.0 - 1.0 / limit);
        let at = found.task_ns.value.unwrap();
        assert!((at / truth - 1.0).abs() < 0.2, "{mode}: {at}, planted {truth}");
        assert!(found.task_ns.low.unwrap() < truth && truth < found.task_ns.high.unwrap(), "{found:?}");
        assert!(holds(&found.overhead_ns, overhead) && holds(&found.limit, limit), "{found:?}");
        assert!(found.worst < 1.1, "{found:?}");
    }
    let threads = find("threads", "single");
    let near = |found: Option<u64>, truth: f64| (found.unwrap() as f64 / truth - 1.0).abs() < 0.1;
    assert!(near(threads.slower_up_to_ns, 100e3) && near(threads.faster_from_ns, 1e6), "{threads:?}");
    let crossing = find("mp", "threads×2");
    let truth = (150e3 - 40e3) / (1.0 / 1.5 - 1.0 / 1.9);
    assert!((crossing.task_ns.value.unwrap() / truth - 1.0).abs() < 0.3, "{crossing:?}, planted {truth}");
}

#[test]
fn memory_by_worker_is_recovered() {
    let mut world = World::new(28, &["3.13"], &["fib"], &["single", "threads", "mp"], &[1, 2, 4]);
    world.fill(3, 4);
    let results = run(&world);
    let mib = |bytes: f64| bytes / f64::from(1 << 20);
    let find = |mode: &str| results.memory_growth.iter().find(|one| one.cell.mode == mode).unwrap();
    let mp = find("mp");
    assert!((mib(mp.per_worker.value) - 4.0).abs() < 1e-6, "{mp:?}");
    assert!((mib(mp.base.value) - 14.0).abs() < 1e-6 && mp.measure == "pss" && mp.invocations == 9);
    assert!(mp.per_worker.ci95.is_some());
    assert!(find("threads").per_worker.value.abs() < 1.0);
}

#[test]
fn the_price_of_free_threading_is_its_own_figure() {
    let mut world = curve(29, &[2], |n| n);
    world.fill(12, 6);
    let results = run(&world);
    let [found] = results.single_thread.as_slice() else { panic!("{:?}", results.single_thread) };
    let cost = found.cost.as_ref().unwrap();
    assert!(holds(cost, 1.0 / 0.6) && (cost.value * 0.6 - 1.0).abs() < 0.04, "{cost:?}");
    assert_eq!((found.interpreter.as_str(), found.twin.as_str(), found.settled), ("3.13t", "3.13", true));
    assert!(found.differences.is_empty(), "{:?}", found.differences);
}

#[test]
fn cpu_seconds_are_compared_for_the_same_work() {
    let mut world = curve(30, &[2], |_| 1.6);
    world.fill(80, 6);
    let results = run(&world);
    // Two workers that are both busy for 1/1.6 of the time burn 1.25 times the CPU.
    let same = |one: &&crate::analysis::CellResult| one.interpreter == "3.13t" && one.mode == "threads";
    let burnt = results.cells.iter().find(same).unwrap().cpu_over_self.unwrap();
    assert!(holds(&burnt, 1.25) && (burnt.value / 1.25 - 1.0).abs() < 0.05, "{burnt:?}");
}

#[test]
fn the_mean_over_workloads_is_of_ratios_and_of_the_same_workloads() {
    let mut world = World::new(31, &["3.13"], &["a", "b", "c"], &["single", "threads", "mp"], &[2]);
    for (workload, threads, mp) in [("a", 2.0, 1.8), ("b", 0.5, 1.7), ("c", 1.0, 1.9)] {
        world.plant(&cell("3.13", workload, "threads", 2), threads);
        world.plant(&cell("3.13", workload, "mp", 2), mp);
    }
    world.fill(10, 6);
    let find = |results: &Results, mode: &str| {
        results.overall.iter().find(|one| one.cell.mode == mode).unwrap().clone()
    };
    let results = run(&world);
    let threads = find(&results, "threads").speedup.unwrap();
    assert!(holds(&threads, 1.0) && (threads.value - 1.0).abs() < 0.03, "{threads:?}");
    let single = find(&results, "single").speedup.unwrap();
    assert_eq!((single.value, single.ci95), (1.0, Some([1.0, 1.0])));

    let broken = cell("3.13", "b", "mp", 2);
    world.records.iter_mut().find(|one| one.cell == broken).unwrap().outcome = Outcome::Crashed;
    let mp = find(&run(&world), "mp");
    assert_eq!((mp.speedup, mp.missing), (None, vec!["b: failed".to_owned()]));
}

#[test]
fn the_same_record_gives_the_same_figures() {
    let mut world = curve(32, &[1, 2, 4], |n| n / (1.0 + 0.1 * (n - 1.0)));
    world.fill(4, 4);
    let first = run(&world);
    world.records.reverse();
    assert_eq!(run(&world), first);
}
