//! Synthetic runs with a known truth: for the tests of this module and of `analysis`, and for
//! `benchmarks/false-alarms`, which counts how often the rules go wrong. Fixed seeds, no surprises.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::{Interval, Pass, log_ratio_interval, pair_value, settled};

/// Random numbers from a seed.
pub struct Random(ChaCha8Rng);

impl Random {
    /// Starts a sequence.
    pub fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    /// Open interval 0 to 1.
    pub fn uniform(&mut self) -> f64 {
        self.0.random::<f64>().max(f64::MIN_POSITIVE)
    }

    /// Returns a whole number below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        self.0.random_range(0..end)
    }

    /// Box and Muller.
    pub fn normal(&mut self) -> f64 {
        (-2.0 * self.uniform().ln()).sqrt() * (std::f64::consts::TAU * self.uniform()).cos()
    }

    /// Student's t with 3 degrees of freedom, scaled to variance 1.
    pub fn student3(&mut self) -> f64 {
        let chi: f64 = (0..3).map(|_| self.normal().powi(2)).sum();
        self.normal() / chi.sqrt()
    }
}

/// How values scatter.
#[derive(Debug, Clone, Copy)]
pub enum Noise {
    /// They scatter normally.
    Normal,
    /// Student's t with 3 degrees of freedom on every pass.
    HeavyTails,
    /// One pass in ten is up to three times as slow.
    Bursts,
    /// Another process comes and goes, some blocks at a time: while it is there, half of the passes wait up to
    /// 8 ms for their CPU; `told`: the kernel counts how long.
    Neighbour { told: bool },
}

/// A base and a cell in a block.
#[derive(Debug, Clone, Copy)]
pub struct PairModel {
    /// Log ratio, above 0: the cell is faster.
    pub truth: f64,
    /// Standard deviation of a pair's log ratio that comes from the processes (layout).
    pub between: f64,
    /// The levels have heavy tails (Student's t with 3 degrees of freedom).
    pub heavy_layout: bool,
    /// Standard deviation of a pass.
    pub within: f64,
    /// Change of the machine's speed from block to block, shared by both.
    pub drift: f64,
    /// The number of sweeps of a pair.
    pub sweeps: u32,
    /// How the log times of passes scatter.
    pub noise: Noise,
}

/// A pass takes 10 ms.
const PASS_NS: f64 = 1e7;

impl PairModel {
    /// One process's passes.
    fn passes(&self, random: &mut Random, level: f64, busy: bool) -> Vec<Pass> {
        let layout = if self.heavy_layout { random.student3() } else { random.normal() };
        let own = self.between / 2f64.sqrt() * layout;
        let told = matches!(self.noise, Noise::Neighbour { told: true });
        let pass = |sweep: u32, random: &mut Random| {
            let noise = match self.noise {
                Noise::HeavyTails => self.within * random.student3(),
                Noise::Bursts if random.below(10) == 0 => 1.1 * random.uniform(),
                _ => self.within * random.normal(),
            };
            let cpu = PASS_NS * (level + own + noise).exp();
            let wait = if busy && random.below(2) == 0 { 8e6 * random.uniform() } else { 0.0 };
            Pass { sweep, ns: cpu as u64 + wait as u64, run_delay_ns: told.then_some(wait as u64) }
        };
        (0..self.sweeps).map(|sweep| pass(sweep, random)).collect()
    }

    /// Returns the value of one pair.
    pub fn pair(&self, random: &mut Random, block: usize) -> f64 {
        let machine = self.drift * block as f64;
        // On and off for five blocks at a time on average, apart for each place in the run.
        let busy =
            matches!(self.noise, Noise::Neighbour { .. }) && (block / 5 + random.below(2)).is_multiple_of(2);
        let base = self.passes(random, machine, busy);
        let cell = self.passes(random, machine - self.truth, busy);
        pair_value(&base, &cell).unwrap_or(f64::NAN)
    }

    /// Pairs until the stopping rule says enough, or the budget of pairs is used up.
    pub fn run(&self, random: &mut Random, precision: f64, most: usize) -> Vec<f64> {
        let mut values = Vec::new();
        while values.len() < most {
            values.push(self.pair(random, values.len()));
            if log_ratio_interval(&values).is_some_and(|found| settled(&found, precision, values.len())) {
                break;
            }
        }
        values
    }
}

/// The share of trials whose interval holds the truth.
pub(crate) fn coverage(trials: u32, truth: f64, mut trial: impl FnMut() -> Option<Interval>) -> f64 {
    let hits = (0..trials).filter(|_| trial().is_some_and(|interval| interval.holds(truth))).count();
    hits as f64 / f64::from(trials)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::differs;

    const MODEL: PairModel = PairModel {
        truth: 0.0,
        between: 0.03,
        heavy_layout: false,
        within: 0.02,
        drift: 0.01,
        sweeps: 5,
        noise: Noise::Normal,
    };

    /// The whole table is in `benchmarks/false-alarms`.
    #[test]
    fn identical_code_is_rarely_called_different_and_three_per_cent_are_found() {
        let mut random = Random::new(1908);
        for noise in [Noise::Normal, Noise::HeavyTails, Noise::Neighbour { told: true }] {
            let same = PairModel { noise, ..MODEL };
            let slower = PairModel { truth: -(1.03f64.ln()), ..same };
            let mut count =
                |model: PairModel| (0..200).filter(|_| differs(&model.run(&mut random, 0.0115, 300))).count();
            let (alarms, found) = (count(same), count(slower));
            assert!(alarms <= 7, "{noise:?}: {alarms} of 200 alarms");
            assert!(found >= 184, "{noise:?}: {found} of 200 found");
        }
    }

    #[test]
    fn what_is_known_of_a_neighbour_takes_it_out() {
        let mut random = Random::new(7);
        let mut spread = |noise| {
            let model = PairModel { noise, ..MODEL };
            let values: Vec<f64> = (0..400).map(|block| model.pair(&mut random, block)).collect();
            crate::stats::variance(&values).unwrap().sqrt()
        };
        let quiet = spread(Noise::Normal);
        let [nothing, delay] = [false, true].map(|told| spread(Noise::Neighbour { told }));
        assert!(nothing > 1.5 * delay && delay < 1.1 * quiet, "{nothing} {delay} {quiet}");
    }
}
