use super::*;

fn reading(pid: u32, started: u64, cpu_ns: u64, rss_bytes: u64) -> ProcessReading {
    ProcessReading { pid, started, cpu_ns, rss_bytes, threads: Some(1), ..ProcessReading::default() }
}

fn child(pid: u32, cpu_ns: u64) -> ProcessReading {
    ProcessReading { parent: Some(1), ..reading(pid, u64::from(pid), cpu_ns, 10) }
}

#[test]
fn a_finished_worker_keeps_its_time_and_gives_back_its_memory() {
    let mut fold = TreeFold::default();
    let first = fold.sample(0, &[reading(1, 10, 5, 100), reading(2, 11, 7, 50)], None).unwrap();
    assert_eq!((first.cpu_ns, first.rss_bytes, first.processes, first.threads), (12, 150, 2, Some(2)));
    let second = fold.sample(1, &[reading(1, 10, 6, 100)], Some(&[(1, 90)])).unwrap();
    assert_eq!((second.cpu_ns, second.rss_bytes, second.pss_bytes), (13, 100, Some(90)));
}

#[test]
fn a_pid_used_again_is_another_process() {
    let mut fold = TreeFold::default();
    fold.sample(0, &[reading(2, 11, 7, 50)], None);
    let next = fold.sample(1, &[reading(2, 12, 1, 10)], None).unwrap();
    assert_eq!(next.cpu_ns, 8);
}

#[test]
fn nothing_to_read_is_no_sample() {
    assert_eq!(TreeFold::default().sample(0, &[], None), None);
}

#[test]
fn what_a_parent_was_told_counts_once() {
    let mut fold = TreeFold::default();
    let parent = |cpu, reaped| ProcessReading { reaped_ns: Some(reaped), ..reading(1, 10, cpu, 100) };
    assert_eq!(fold.sample(0, &[parent(5, 0), child(2, 30)], None).unwrap().cpu_ns, 35);
    // The child ended with 40; a second one that no sample met took 60.
    assert_eq!(fold.sample(1, &[parent(5, 100)], None).unwrap().cpu_ns, 105);
    // The kernel's ticks are coarser than the clocks: the better of the two.
    assert_eq!(fold.sample(2, &[parent(5, 100), child(3, 7)], None).unwrap().cpu_ns, 112);
    assert_eq!(fold.sample(3, &[parent(6, 100)], None).unwrap().cpu_ns, 112, "it never falls");
    let (series, left_out) = fold.finish();
    assert_eq!((series.len(), left_out), (3, 0));
    assert_eq!(series[0].unseen_children_cpu_ns, 100 - 30 - 7);
}

#[test]
fn a_grandchild_counts_though_its_parent_is_gone() {
    let mut fold = TreeFold::default();
    let grandchild = |cpu| ProcessReading { parent: Some(2), ..reading(3, 3, cpu, 10) };
    fold.sample(0, &[reading(1, 1, 5, 100), child(2, 30), grandchild(7)], None);
    assert_eq!(fold.sample(1, &[reading(1, 1, 5, 100), grandchild(9)], None).unwrap().cpu_ns, 44);
}

#[test]
fn each_process_has_its_own_series() {
    let mut fold = TreeFold::new(1_000);
    let born = |start, it: ProcessReading| ProcessReading { start_boot_ns: Some(start), ..it };
    let root = |cpu, rss| born(1_000, reading(1, 10, cpu, rss));
    let mut samples = vec![fold.sample(50, &[root(5, 100)], None).unwrap()];
    let worker = born(1_060, child(2, 30));
    samples.extend(fold.sample(100, &[root(6, 80), worker], Some(&[(1, 70), (2, 5)])));
    samples.extend(fold.sample(150, &[root(7, 80)], None));
    assert_eq!(fold.unnamed(1), [1], "the dead get no name any more");
    fold.name(1, "python cpu_bench.py");
    let (series, _) = fold.finish();
    assert_eq!(
        series,
        [
            ProcessSeries {
                pid: 1,
                role: ProcessRole::Main,
                cpu_ns: vec![5, 1, 1],
                rss_bytes: vec![100, -20],
                threads: vec![1],
                pss_bytes: vec![70],
                ..ProcessSeries::default()
            },
            ProcessSeries {
                pid: 2,
                parent: Some(1),
                start_ns: 60,
                end_ns: Some(150),
                first: 1,
                cpu_ns: vec![30],
                rss_bytes: vec![10],
                threads: vec![1],
                pss_bytes: vec![5],
                ..ProcessSeries::default()
            },
        ]
    );
    let rss: Vec<u64> = series[0].points(&samples).map(|point| point.rss_bytes).collect();
    assert_eq!(rss, [100, 80, 80]);
}

#[test]
fn a_process_missed_once_has_a_gap_and_no_end() {
    let mut fold = TreeFold::default();
    for (t, with_child) in [(0, true), (1, false), (2, true)] {
        let readings =
            if with_child { vec![reading(1, 1, t, 9), child(2, t)] } else { vec![reading(1, 1, t, 9)] };
        fold.sample(t, &readings, None);
    }
    let (series, _) = fold.finish();
    assert_eq!((series[1].cpu_ns.as_slice(), series[1].end_ns), ([0, 0, 2].as_slice(), None));
}

#[test]
fn multiprocessing_helpers_are_known_by_their_command_line() {
    let mut fold = TreeFold::default();
    fold.sample(0, &[reading(1, 1, 0, 1), child(2, 0), child(3, 0)], None);
    let served = ProcessReading { parent: Some(3), ..reading(4, 4, 0, 1) };
    fold.sample(1, &[reading(1, 1, 0, 1), child(2, 0), child(3, 0), served], None);
    let server = "python -c from multiprocessing.forkserver import main; main(3)";
    for pid in fold.unnamed(1) {
        let command = ["python cpu_bench.py", "python -c from multiprocessing.resource_tracker import main"];
        fold.name(pid, command.get(pid as usize - 1).copied().unwrap_or(server));
    }
    let (series, _) = fold.finish();
    let roles: Vec<ProcessRole> = series.iter().map(|one| one.role).collect();
    use ProcessRole::{Forkserver, Main, Other, ResourceTracker};
    assert_eq!(roles, [Main, ResourceTracker, Forkserver, Other]);
}
