//! Whether a cell has become slower, or heavier: screened first, then confirmed on fresh pairs alone.
//!
//! What is screened out was never tested, and what is confirmed was not chosen by the numbers that
//! confirm it, so a false alarm's chance stays below [`Rule::alpha`] for the whole run, however many cells
//! there are: each look at the fresh pairs takes its share of it (Bonferroni over [`Rule::looks`] and a last
//! one), and Holm's correction holds the suspects together.

use super::combine::Estimated;
use super::interval::{Interval, log_ratio_interval};
use super::multiple_testing::holm;
use super::quantile::mean;

/// How one kind of figure is judged.
#[derive(Debug)]
pub(crate) struct Rule {
    /// Pairs of every cell before anything is said of it.
    pub screening: usize,
    /// Fresh pairs of a suspect at which it is looked at, rising.
    pub looks: &'static [usize],
    /// Chance of any false alarm in a run in which nothing became worse.
    pub alpha: f64,
    /// Half-width of the 95 % interval at which a suspect's estimate is taken at its word.
    pub fine: f64,
    /// Whether a cell with these screening pairs and this allowance (both logs) has to be looked at closely.
    suspect: fn(&[f64], f64) -> bool,
}

/// Judges times, from lock-step blocks. An estimate within its `fine` tells 5 % from an allowed 3 % 999 times in 1000.
pub(crate) const TIME: Rule = Rule {
    screening: 6,
    looks: &[4, 8, 16, 32, 64, 128],
    alpha: 0.008,
    fine: 0.0125,
    suspect: |pairs, allowed| log_ratio_interval(pairs).is_some_and(|interval| interval.high >= allowed),
};

/// Judges peaks of memory, from solo invocations of both sides. They vary by about a hundredth, so that one pair tells
/// whether half of what is allowed is gone, which is as much as screening has to tell.
pub(crate) const MEMORY: Rule = Rule {
    screening: 1,
    looks: &[3, 6, 12],
    alpha: 0.002,
    fine: 0.0125,
    suspect: |pairs, allowed| mean(pairs).is_some_and(|growth| growth >= allowed / 2.0),
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RuleVerdict {
    /// Too few pairs for anything.
    NotReached,
    /// Not worse by as much as is allowed.
    Cleared,
    /// Neither cleared nor confirmed so far.
    Suspect,
    /// Worse, and by more than is allowed.
    Confirmed,
}

/// What is known of one cell.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Judged {
    pub verdict: RuleVerdict,
    /// Log of new over base; of the fresh pairs alone once it is a suspect. `None` below 3 pairs.
    pub change: Option<Interval>,
    /// Mean of the same pairs, however few; `None` without any.
    pub estimate: Option<f64>,
    /// Pairs behind it.
    pub pairs: usize,
    /// The p value of "it has not become worse", corrected for looks and suspects; 1 where it wasn't tested.
    pub p: f64,
    /// Pairs until its next look; 0: nothing more to learn.
    pub wanted: usize,
    /// The pairs that are wanted are fresh ones of a suspect.
    pub suspect: bool,
}

/// How a cell's base fared. One that fails now and then gives sound pairs all the same.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct BaseRuns {
    pub sound: u32,
    pub failed: u32,
}

/// Failures before a base is given up: the first may be an accident.
const BASE_FAILURES: u32 = 3;

impl BaseRuns {
    /// One more invocation that came to its end.
    pub(crate) fn take(&mut self, sound: bool) {
        let count = if sound { &mut self.sound } else { &mut self.failed };
        *count = count.saturating_add(1);
    }

    pub(crate) fn runs(&self) -> u32 {
        self.sound.saturating_add(self.failed)
    }

    /// There is no base.
    pub(crate) fn never(&self) -> bool {
        self.failed > 0 && self.sound == 0
    }

    /// It fails more often than not: no more pairs are waited for.
    pub(crate) fn hopeless(&self) -> bool {
        self.failed >= BASE_FAILURES && self.failed > self.sound
    }
}

/// A cell's pair values, log of new over base in the order in which they were measured, and the share
/// that it may lose.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Gated<'a> {
    pub pairs: &'a [f64],
    pub allowed: f64,
}

impl Rule {
    /// `last`: no more pairs will come, so that the best estimate decides about a suspect that is worse
    /// beyond doubt.
    pub(crate) fn judge(&self, cells: &[Gated<'_>], last: bool) -> Vec<Judged> {
        let suspects: Vec<usize> = (0..cells.len()).filter(|cell| self.suspects(&cells[*cell])).collect();
        let p: Vec<f64> =
            suspects.iter().map(|cell| self.p_value(&cells[*cell].pairs[self.screening..])).collect();
        let adjusted = holm(&p);
        let mut p = vec![1.0; cells.len()];
        suspects.iter().zip(adjusted).for_each(|(cell, adjusted)| p[*cell] = adjusted);
        cells.iter().zip(p).map(|(cell, p)| self.one(cell, p, last)).collect()
    }

    fn suspects(&self, cell: &Gated<'_>) -> bool {
        let screened = cell.pairs.get(..self.screening);
        screened.is_some_and(|pairs| (self.suspect)(pairs, cell.allowed.ln_1p()))
    }

    fn one(&self, cell: &Gated<'_>, p: f64, last: bool) -> Judged {
        let suspect = self.suspects(cell);
        let judged = |verdict, pairs: &[f64], wanted| Judged {
            verdict,
            change: log_ratio_interval(pairs),
            estimate: mean(pairs),
            pairs: pairs.len(),
            p,
            wanted,
            suspect,
        };
        if cell.pairs.len() < self.screening {
            return judged(RuleVerdict::NotReached, cell.pairs, self.screening - cell.pairs.len());
        }
        let (screened, fresh) = cell.pairs.split_at(self.screening);
        if !suspect {
            return judged(RuleVerdict::Cleared, screened, 0);
        }
        let next = self.looks.iter().find(|look| **look > fresh.len()).map_or(0, |look| look - fresh.len());
        let Some(interval) = log_ratio_interval(fresh) else {
            return judged(RuleVerdict::Suspect, screened, next);
        };
        let allowed = cell.allowed.ln_1p();
        let (worse, fine) = (interval.estimate > allowed, interval.half_width <= self.fine);
        let verdict = match p < self.alpha && worse {
            true if interval.low > allowed || fine || last => RuleVerdict::Confirmed,
            _ if interval.high < allowed || (fine && !worse) => RuleVerdict::Cleared,
            _ => RuleVerdict::Suspect,
        };
        // Between two looks nothing is decided.
        match self.looks.contains(&fresh.len()) || last {
            true if verdict != RuleVerdict::Suspect => judged(verdict, fresh, 0),
            _ => judged(RuleVerdict::Suspect, fresh, next),
        }
    }

    /// One-sided t tests at every look so far and at the last, smallest p, times their number.
    fn p_value(&self, fresh: &[f64]) -> f64 {
        let looks = self.looks.iter().copied().filter(|look| *look < fresh.len()).chain([fresh.len()]);
        let smallest =
            looks.filter_map(|look| Some(Estimated::of(&fresh[..look])?.chance())).fold(1.0, f64::min);
        (smallest * (self.looks.len() + 1) as f64).min(1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::simulate::Random;

    /// Measures until every cell is decided; the verdicts.
    fn play(random: &mut Random, truths: &[f64], spread: f64, heavy: bool) -> Vec<RuleVerdict> {
        play_by(&TIME, 0.03, random, truths, spread, heavy).0
    }

    /// Verdicts, and how many pairs they took in all.
    fn play_by(
        rule: &Rule,
        allowed: f64,
        random: &mut Random,
        truths: &[f64],
        spread: f64,
        heavy: bool,
    ) -> (Vec<RuleVerdict>, usize) {
        let mut pairs: Vec<Vec<f64>> = vec![Vec::new(); truths.len()];
        loop {
            let gated: Vec<Gated<'_>> = pairs.iter().map(|pairs| Gated { pairs, allowed }).collect();
            let judged = rule.judge(&gated, false);
            // As the schedule does: nobody is looked at closely before all are screened.
            let screening = judged.iter().any(|one| one.verdict == RuleVerdict::NotReached);
            let mut more = false;
            for (place, one) in judged.iter().enumerate() {
                if one.wanted > 0 && (!screening || one.verdict == RuleVerdict::NotReached) {
                    more = true;
                    for _ in 0..one.wanted {
                        let noise = if heavy { random.student3() } else { random.normal() };
                        pairs[place].push(truths[place] + spread * noise);
                    }
                }
            }
            if !more {
                let gated: Vec<Gated<'_>> = pairs.iter().map(|pairs| Gated { pairs, allowed }).collect();
                let verdicts = rule.judge(&gated, true).iter().map(|one| one.verdict).collect();
                return (verdicts, pairs.iter().map(Vec::len).sum());
            }
        }
    }

    #[test]
    fn where_nothing_became_slower_alarms_are_rare() {
        let mut random = Random::new(42);
        for (cells, spread, heavy) in [(1, 0.03, false), (12, 0.05, false), (12, 0.08, true), (4, 0.15, true)]
        {
            let truths = vec![0.0; cells];
            let alarms = (0..600)
                .filter(|_| play(&mut random, &truths, spread, heavy).contains(&RuleVerdict::Confirmed))
                .count();
            assert!(alarms <= 9, "{cells} cells, spread {spread}: {alarms} of 600");
        }
    }

    #[test]
    fn five_per_cent_are_found_and_named() {
        let mut random = Random::new(43);
        let mut truths = vec![0.0; 8];
        truths[3] = 1.05f64.ln();
        for spread in [0.02, 0.04, 0.06] {
            let found = (0..300)
                .filter(|_| {
                    let verdicts = play(&mut random, &truths, spread, false);
                    verdicts
                        .iter()
                        .enumerate()
                        .all(|(place, verdict)| (*verdict == RuleVerdict::Confirmed) == (place == 3))
                })
                .count();
            assert!(found >= 294, "spread {spread}: {found} of 300");
        }
    }

    #[test]
    fn a_little_is_allowed() {
        let mut random = Random::new(44);
        let alarms = (0..300)
            .filter(|_| play(&mut random, &[1.01f64.ln()], 0.04, false) == [RuleVerdict::Confirmed])
            .count();
        assert!(alarms <= 3, "{alarms} of 300");
    }

    #[test]
    fn too_little_says_nothing() {
        let few = [0.2; 3];
        let judged = TIME.judge(&[Gated { pairs: &few, allowed: 0.03 }], true);
        assert_eq!((judged[0].verdict, judged[0].wanted), (RuleVerdict::NotReached, 3));
        assert!(TIME.judge(&[], true).is_empty());
        // Equal to the byte, and heavier: two pairs are no proof.
        let judged = MEMORY.judge(&[Gated { pairs: &[0.2; 3], allowed: 0.1 }], true);
        assert_eq!((judged[0].verdict, judged[0].wanted), (RuleVerdict::Suspect, 1));
    }

    #[test]
    fn memory_is_judged_by_few_pairs() {
        let mut random = Random::new(45);
        let mut truths = vec![0.0; 12];
        let count = |random: &mut Random, truths: &[f64], spread| {
            let plays = (0..300).map(|_| play_by(&MEMORY, 0.1, random, truths, spread, false));
            let mut alarms = vec![0; truths.len()];
            let mut most = 0;
            for (verdicts, pairs) in plays {
                most = most.max(pairs);
                (0..truths.len())
                    .for_each(|at| alarms[at] += usize::from(verdicts[at] == RuleVerdict::Confirmed));
            }
            (alarms, most)
        };
        for spread in [0.01, 0.05] {
            let (alarms, most) = count(&mut random, &truths, spread);
            assert!(alarms.iter().sum::<usize>() <= 2, "spread {spread}: {alarms:?}");
            assert!(most <= truths.len() * 7, "most cells are cleared by their first pair: {most}");
        }
        truths[5] = 1.2f64.ln();
        let (alarms, _) = count(&mut random, &truths, 0.01);
        assert_eq!((alarms[5], alarms.iter().sum::<usize>()), (300, 300), "{alarms:?}");
        truths[5] = 1.05f64.ln();
        assert_eq!(count(&mut random, &truths, 0.01).0.iter().sum::<usize>(), 0, "half of it is allowed");
    }
}
