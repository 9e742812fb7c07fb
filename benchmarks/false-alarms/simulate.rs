//! How often the rules go wrong, over many thousand synthetic runs with the stopping rule on.
//!
//!     cargo run --release --example false-alarms [TRIALS]

#![allow(
    clippy::disallowed_macros,
    clippy::disallowed_methods,
    reason = "a program for one table may print, and panic"
)]

/// The library's own tests simulate with the same code, which the program doesn't hold.
#[allow(dead_code, reason = "each program needs a part of it")]
#[path = "../../src/stats"]
mod stats {
    pub use gilmatrix::internals::{
        Interval, Pass, differs, log_ratio_interval, median, pair_value, settled,
    };

    pub mod simulate;
}

use stats::simulate::{Noise, PairModel, Random};
use stats::{differs, log_ratio_interval, median};

const MOST_PAIRS: usize = 300;

fn main() {
    let trials: usize = std::env::args().nth(1).and_then(|count| count.parse().ok()).unwrap_or(10_000);
    let plain = PairModel {
        truth: 0.0,
        between: 0.03,
        heavy_layout: false,
        within: 0.03,
        drift: 0.0,
        sweeps: 5,
        noise: Noise::Normal,
    };
    let scenarios = [
        ("quiet", plain),
        ("drift, 1 % a block", PairModel { drift: 0.01, ..plain }),
        ("heavy tails (t3) in passes", PairModel { noise: Noise::HeavyTails, ..plain }),
        ("heavy tails (t3) in layout", PairModel { heavy_layout: true, ..plain }),
        ("bursts: 1 pass in 10 up to 3×", PairModel { noise: Noise::Bursts, ..plain }),
        ("a neighbour comes and goes", PairModel { noise: Noise::Neighbour { told: true }, ..plain }),
        (
            "the same, without the kernel's count",
            PairModel { noise: Noise::Neighbour { told: false }, ..plain },
        ),
        ("layout of 6 %", PairModel { between: 0.06, ..plain }),
    ];
    println!(
        "| scenario | precision | false alarms | 95 % intervals that hold the truth | 3 % found | pairs, median |"
    );
    println!("| --- | --- | --- | --- | --- | --- |");
    for (place, (name, model)) in scenarios.into_iter().enumerate() {
        for precision in [0.02, 0.0115] {
            let mut random = Random::new(1000 + place as u64);
            let slower = PairModel { truth: -(1.03f64.ln()), ..model };
            let (mut alarms, mut holds, mut found, mut pairs) = (0, 0, 0, Vec::new());
            for _ in 0..trials {
                let values = model.run(&mut random, precision, MOST_PAIRS);
                alarms += usize::from(differs(&values));
                holds += usize::from(log_ratio_interval(&values).is_some_and(|interval| interval.holds(0.0)));
                pairs.push(values.len() as f64);
                found += usize::from(differs(&slower.run(&mut random, precision, MOST_PAIRS)));
            }
            let percent = |count: usize| 100.0 * count as f64 / trials as f64;
            println!(
                "| {name} | ±{} % | {:.2} % | {:.1} % | {:.1} % | {:.0} |",
                precision * 100.0,
                percent(alarms),
                percent(holds),
                percent(found),
                median(&pairs).unwrap_or(0.0)
            );
        }
    }
}
