//! Whether a cell has become slower: screened first, then confirmed on fresh pairs alone.
//!
//! What is screened out was never tested, and what is confirmed was not chosen by the numbers that
//! confirm it, so a false alarm's chance stays below [`ALPHA`] for the whole run, however many cells
//! there are: each look at the fresh pairs takes its share of it (Bonferroni over [`LOOKS`] and a last
//! one), and Holm's correction holds the suspects together.

use super::interval::{Interval, log_ratio_interval};
use super::quantile::{mean, variance};
use super::several::holm;
use super::student::upper_tail;

/// Pairs of every cell before anything is said of it.
pub const SCREENING: usize = 6;
/// Fresh pairs of a suspect at which it is looked at.
pub const LOOKS: [usize; 5] = [8, 16, 32, 64, 128];
/// Chance of any false alarm in a run in which nothing became slower.
pub const ALPHA: f64 = 0.01;
/// Half-width of the 95 % interval at which a suspect's estimate is taken at its word: 5 % is then told
/// from an allowed 3 % 999 times in 1000.
pub const FINE: f64 = 0.0125;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Too few pairs for anything.
    NotReached,
    /// Slower by less than is allowed.
    Cleared,
    /// Neither cleared nor confirmed so far.
    Suspect,
    /// Slower, and by more than is allowed.
    Confirmed,
}

/// What is known of one cell.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Judged {
    pub verdict: Verdict,
    /// Log of new over base; of the fresh pairs alone once it is a suspect. `None` below 3 pairs.
    pub slowdown: Option<Interval>,
    /// Pairs behind it.
    pub pairs: usize,
    /// Of "it has not become slower", corrected for looks and suspects; 1 where it wasn't tested.
    pub p: f64,
    /// Pairs until its next look; 0: nothing more to learn.
    pub wanted: usize,
}

/// A cell's pair values, log of new over base in the order in which they were measured, and the share
/// that it may lose.
#[derive(Debug, Clone, Copy)]
pub struct Gated<'a> {
    pub pairs: &'a [f64],
    pub max_slowdown: f64,
}

/// `last`: no more pairs will come, so that the best estimate decides about a suspect that is slower
/// beyond doubt.
pub fn judge(cells: &[Gated<'_>], last: bool) -> Vec<Judged> {
    let suspects: Vec<usize> = (0..cells.len()).filter(|cell| suspect(&cells[*cell])).collect();
    let p: Vec<f64> = suspects.iter().map(|cell| p_value(&cells[*cell].pairs[SCREENING..])).collect();
    let adjusted = holm(&p);
    let mut p = vec![1.0; cells.len()];
    suspects.iter().zip(adjusted).for_each(|(cell, adjusted)| p[*cell] = adjusted);
    cells.iter().zip(p).map(|(cell, p)| one(cell, p, last)).collect()
}

fn suspect(cell: &Gated<'_>) -> bool {
    let screened = cell.pairs.get(..SCREENING).and_then(log_ratio_interval);
    screened.is_some_and(|interval| interval.high >= cell.max_slowdown.ln_1p())
}

fn one(cell: &Gated<'_>, p: f64, last: bool) -> Judged {
    let judged = |verdict, pairs: &[f64], wanted| Judged {
        verdict,
        slowdown: log_ratio_interval(pairs),
        pairs: pairs.len(),
        p,
        wanted,
    };
    if cell.pairs.len() < SCREENING {
        return judged(Verdict::NotReached, cell.pairs, SCREENING - cell.pairs.len());
    }
    if !suspect(cell) {
        return judged(Verdict::Cleared, &cell.pairs[..SCREENING], 0);
    }
    let fresh = &cell.pairs[SCREENING..];
    let next = LOOKS.iter().find(|look| **look > fresh.len()).map_or(0, |look| look - fresh.len());
    let Some(interval) = log_ratio_interval(fresh) else {
        return judged(Verdict::Suspect, &cell.pairs[..SCREENING], next);
    };
    let allowed = cell.max_slowdown.ln_1p();
    let (slower, fine) = (interval.estimate > allowed, interval.half_width <= FINE);
    let verdict = match p < ALPHA && slower {
        true if interval.low > allowed || fine || last => Verdict::Confirmed,
        _ if interval.high < allowed || (fine && !slower) => Verdict::Cleared,
        _ => Verdict::Suspect,
    };
    // Between two looks nothing is decided.
    match LOOKS.contains(&fresh.len()) || last {
        true if verdict != Verdict::Suspect => judged(verdict, fresh, 0),
        _ => judged(Verdict::Suspect, fresh, next),
    }
}

/// One-sided t tests at every look so far and at the last, smallest p, times their number.
fn p_value(fresh: &[f64]) -> f64 {
    let looks = LOOKS.iter().copied().filter(|look| *look < fresh.len()).chain([fresh.len()]);
    let smallest = looks.filter_map(|look| one_sided(&fresh[..look])).fold(1.0, f64::min);
    (smallest * (LOOKS.len() + 1) as f64).min(1.0)
}

/// p of "the mean is not above 0", Student's t.
fn one_sided(values: &[f64]) -> Option<f64> {
    let error = (variance(values)? / values.len() as f64).sqrt();
    let centre = mean(values)?;
    if error == 0.0 {
        return Some(if centre > 0.0 { 0.0 } else { 1.0 });
    }
    (values.len() >= 3).then(|| upper_tail(centre / error, values.len() as f64 - 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::simulate::Random;

    /// Measures until every cell is decided; the verdicts.
    fn play(random: &mut Random, truths: &[f64], spread: f64, heavy: bool) -> Vec<Verdict> {
        let mut pairs: Vec<Vec<f64>> = vec![Vec::new(); truths.len()];
        loop {
            let gated: Vec<Gated<'_>> =
                pairs.iter().map(|pairs| Gated { pairs, max_slowdown: 0.03 }).collect();
            let judged = judge(&gated, false);
            // As the schedule does: nobody is looked at closely before all are screened.
            let screening = judged.iter().any(|one| one.verdict == Verdict::NotReached);
            let mut more = false;
            for (place, one) in judged.iter().enumerate() {
                if one.wanted > 0 && (!screening || one.verdict == Verdict::NotReached) {
                    more = true;
                    for _ in 0..one.wanted {
                        let noise = if heavy { random.student3() } else { random.normal() };
                        pairs[place].push(truths[place] + spread * noise);
                    }
                }
            }
            if !more {
                let gated: Vec<Gated<'_>> =
                    pairs.iter().map(|pairs| Gated { pairs, max_slowdown: 0.03 }).collect();
                return judge(&gated, true).iter().map(|one| one.verdict).collect();
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
                .filter(|_| play(&mut random, &truths, spread, heavy).contains(&Verdict::Confirmed))
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
                        .all(|(place, verdict)| (*verdict == Verdict::Confirmed) == (place == 3))
                })
                .count();
            assert!(found >= 294, "spread {spread}: {found} of 300");
        }
    }

    #[test]
    fn a_little_is_allowed() {
        let mut random = Random::new(44);
        let alarms = (0..300)
            .filter(|_| play(&mut random, &[1.01f64.ln()], 0.04, false) == [Verdict::Confirmed])
            .count();
        assert!(alarms <= 3, "{alarms} of 300");
    }

    #[test]
    fn too_little_says_nothing() {
        let few = [0.2; 3];
        let judged = judge(&[Gated { pairs: &few, max_slowdown: 0.03 }], true);
        assert_eq!((judged[0].verdict, judged[0].wanted), (Verdict::NotReached, 3));
        assert!(judge(&[], true).is_empty());
    }
}
