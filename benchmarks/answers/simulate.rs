//! Does the stated regret hold? Simulated runs of the whole rule: all contenders in a block, looks after each,
//! losers leave, the run ends when the choice's regret is at most 5 %.
//!
//!     cargo run --release --example answers [RUNS]

/// The library's own tests simulate with the same code, which the program doesn't hold.
#[allow(dead_code, reason = "each program needs a part of it")]
#[path = "../../src/stats"]
mod stats {
    pub use gilmatrix::internals::{Interval, Pass, log_ratio_interval, pair_value, settled};

    pub mod simulate;
}

use gilmatrix::internals::{Contest, Meeting};
use stats::simulate::Random;

const PRECISION: f64 = 1.05;
const MOST_BLOCKS: usize = 40;

/// What makes one block differ from the next.
#[derive(Clone, Copy)]
struct Machine {
    /// Standard deviation of a contender's level from block to block; each contender has its own, log-normal
    /// around this.
    spread: f64,
    /// Standard deviation of what the machine gives to several workers, shared by all contenders that have them.
    capacity: f64,
    /// Levels have heavy tails (Student's t with 3 degrees of freedom).
    heavy: bool,
    /// Each contender meets one of two speeds of its CPU in a block, so far apart (a log ratio), one time in ten.
    two_speeds: f64,
}

/// What came of a run.
struct Outcome {
    /// What the choice loses against the truly fastest is at most what was stated.
    holds: bool,
    decided: bool,
    blocks: usize,
    /// The truly fastest had left.
    lost_the_best: bool,
}

#[expect(clippy::disallowed_macros, reason = "a benchmark may end where its output does")]
fn main() {
    let runs: usize =
        std::env::args_os().nth(1).and_then(|count| count.to_str()?.parse().ok()).unwrap_or(2_000);
    let slow: [f64; 4] = [-0.3, -0.4, -0.5, -0.6];
    let with = |first: &[f64]| -> Vec<f64> { first.iter().chain(&slow).copied().collect() };
    let contests = [
        ("2 within 3 %", vec![0.0, -0.03]),
        ("3, one clear winner", vec![0.0, -0.2, -0.4]),
        ("9, one clear winner", with(&[0.0, -0.15, -0.2, -0.45, -0.5])),
        ("9, two within 3 %", with(&[0.0, -0.03, -0.2, -0.45, -0.5])),
        ("9, five within 6 %", with(&[0.0, -0.015, -0.03, -0.045, -0.06])),
        ("9, all equal", vec![0.0; 9]),
        ("15, one each 2 %", (0..15).map(|place| -0.02 * f64::from(place)).collect()),
        ("40, one each 1 %", (0..40).map(|place| -0.01 * f64::from(place)).collect()),
    ];
    let still = Machine { spread: 0.03, capacity: 0.0, heavy: false, two_speeds: 0.0 };
    let machines = [
        ("quiet, 3 %", still),
        ("7 %, heavy tails", Machine { spread: 0.07, heavy: true, ..still }),
        ("capacity swings by 5 %", Machine { capacity: 0.05, ..still }),
        ("capacity swings by 15 %", Machine { spread: 0.05, capacity: 0.15, ..still }),
        ("CPU of two speeds", Machine { spread: 0.03, two_speeds: 0.4, ..still }),
    ];
    println!(
        "| contenders | machine | regret holds | decided | blocks, median | 90 % | best left by mistake |"
    );
    println!("| --- | --- | --- | --- | --- | --- | --- |");
    for (seed, (contenders, speeds)) in contests.iter().enumerate() {
        for (machine_name, machine) in machines {
            let mut random = Random::new(seed as u64 + 1);
            let outcomes: Vec<Outcome> = (0..runs).map(|_| run(speeds, machine, &mut random)).collect();
            let share = |of: fn(&Outcome) -> bool| {
                100.0 * outcomes.iter().filter(|outcome| of(outcome)).count() as f64 / runs as f64
            };
            let mut blocks: Vec<usize> = outcomes.iter().map(|outcome| outcome.blocks).collect();
            blocks.sort_unstable();
            println!(
                "| {contenders} | {machine_name} | {:.1} % | {:.0} % | {} | {} | {:.2} % |",
                share(|outcome| outcome.holds),
                share(|outcome| outcome.decided),
                blocks[runs / 2],
                blocks[runs * 9 / 10],
                share(|outcome| outcome.lost_the_best),
            );
        }
    }
}

/// Every second contender has several workers.
fn several(index: usize) -> bool {
    index % 2 == 1
}

fn run(speeds: &[f64], machine: Machine, random: &mut Random) -> Outcome {
    let all: Vec<usize> = (0..speeds.len()).collect();
    let spreads: Vec<f64> = all.iter().map(|_| machine.spread * (0.4 * random.normal()).exp()).collect();
    let kinds: Vec<bool> = all.iter().map(|&index| several(index)).collect();
    let mut alive = all.clone();
    let mut meetings = Vec::new();
    for blocks in 1.. {
        meet(&alive, speeds, &spreads, machine, blocks, random, &mut meetings);
        let contest = Contest::new(&kinds, &meetings);
        let in_play = contest.in_play(&all);
        // Any of those that are as good: the worst for the claim is the one that states the least regret.
        let deciding = contest.deciding(&in_play, PRECISION.ln(), None);
        let decided = deciding.into_iter().min_by(|a, b| a.1.total_cmp(&b.1));
        let front_runner = contest.front_runner(&in_play);
        let (choice, regret) = decided
            .or_else(|| contest.regrets(&in_play).into_iter().find(|(index, _)| Some(*index) == front_runner))
            .expect("somebody is in play");
        let decided = decided.is_some();
        if decided || blocks == MOST_BLOCKS {
            let best = speeds.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            return Outcome {
                holds: best - speeds[choice] <= regret + 1e-12,
                decided,
                blocks,
                lost_the_best: !in_play.iter().any(|&index| speeds[index] == best),
            };
        }
        alive = in_play;
    }
    unreachable!("the loop ends with the last block")
}

/// One block: every contender that is alive meets every other.
fn meet(
    alive: &[usize],
    speeds: &[f64],
    spreads: &[f64],
    machine: Machine,
    block: usize,
    random: &mut Random,
    meetings: &mut Vec<Meeting>,
) {
    let swing = machine.capacity * random.normal();
    let seen: Vec<f64> = alive
        .iter()
        .map(|&index| {
            let noise = if machine.heavy { random.student3() } else { random.normal() };
            let machine_gives = if several(index) { swing } else { 0.0 };
            let speed_of_cpu = if random.below(10) == 0 { -machine.two_speeds } else { 0.0 };
            speeds[index] + spreads[index] * noise + machine_gives + speed_of_cpu
        })
        .collect();
    for (place, &one) in alive.iter().enumerate() {
        for (later, &other) in alive.iter().enumerate().skip(place + 1) {
            let value = seen[place] - seen[later];
            meetings.push(Meeting { one, other, value, waiting: 0.0, block: block as u64, disturbed: false });
        }
    }
}
