//! Synthetic truth for the tests of this module and of `analysis`: fixed seeds, no surprises.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::{Interval, Pass, pair_value};

pub(crate) struct Random(ChaCha8Rng);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    /// Open interval 0 to 1.
    pub fn uniform(&mut self) -> f64 {
        self.0.random::<f64>().max(f64::MIN_POSITIVE)
    }

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

#[derive(Debug, Clone, Copy)]
pub(crate) enum Noise {
    Normal,
    /// Student's t with 3 degrees of freedom on every pass.
    HeavyTails,
    /// One pass in ten is up to three times as slow.
    Bursts,
}

/// A base and a cell in a block.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PairModel {
    /// Log ratio, above 0: the cell is faster.
    pub truth: f64,
    /// Standard deviation of each process's own level.
    pub between: f64,
    /// Standard deviation of a pass.
    pub within: f64,
    /// Change of the machine's speed from block to block, shared by both.
    pub drift: f64,
    pub sweeps: u32,
    pub noise: Noise,
}

impl PairModel {
    /// One process's passes in ns.
    fn passes(&self, random: &mut Random, level: f64) -> Vec<Pass> {
        let own = self.between / 2f64.sqrt() * random.normal();
        (0..self.sweeps)
            .map(|sweep| {
                let noise = match self.noise {
                    Noise::Normal => self.within * random.normal(),
                    Noise::HeavyTails => self.within * random.student3(),
                    Noise::Bursts if random.below(10) == 0 => 1.1 * random.uniform(),
                    Noise::Bursts => self.within * random.normal(),
                };
                Pass { sweep, ns: (1e7 * (level + own + noise).exp()) as u64, cpu_ns: None }
            })
            .collect()
    }

    pub fn pair(&self, random: &mut Random, block: usize) -> f64 {
        let machine = self.drift * block as f64;
        let base = self.passes(random, machine);
        let cell = self.passes(random, machine - self.truth);
        pair_value(&base, &cell).unwrap_or(f64::NAN)
    }
}

/// The share of trials whose interval holds the truth.
pub(crate) fn coverage(trials: u32, truth: f64, mut trial: impl FnMut() -> Option<Interval>) -> f64 {
    let hits = (0..trials).filter(|_| trial().is_some_and(|interval| interval.holds(truth))).count();
    hits as f64 / f64::from(trials)
}
