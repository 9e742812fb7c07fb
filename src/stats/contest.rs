//! Which of several contenders is the fastest, and by how much any other may be faster at most.
//!
//! Contenders meet in blocks; a meeting gives the log ratio of two of them. The question is never "does A differ
//! from B?" but "how much is lost, at most, by choosing A?": multiple comparisons with the best (Hsu,
//! "Constrained simultaneous confidence intervals for multiple comparisons with the best", Annals of Statistics
//! 12 (1984)). A bound of a regret has to hold for the comparisons with the truly best contender only, whichever
//! that is: as many as there are others. So each is made at the level divided by their number (Bonferroni), and
//! then any choice may be picked after the fact. Variances are moderated ([`Prior`]), since a short run gives
//! each pair of contenders only a few meetings.
//!
//! Who is beaten beyond doubt leaves, and the level is shared among those that are left. How often the stated regret
//! holds with the whole rule, looks after every block included, is simulated in `benchmarks/answers`.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::moderated::Prior;
use super::quantile::{mean, variance};
use super::student::t_quantile;

/// One-sided level of a regret, over all other contenders together.
const LEVEL: f64 = 0.05;
/// The level is shared among so many comparisons at least: looks are paid for where contenders are few, too.
const FEWEST_SHARES: usize = 4;
/// One-sided level at which a contender is surely slower than another, over all contenders together.
const SURELY: f64 = 0.01;
/// Meetings before anything is decided: with fewer, the variance is mostly a guess.
const MIN_MEETINGS: usize = 3;
/// Meetings before a contender may leave as a loser: by then it takes a lead beyond any doubt.
const MIN_TO_LEAVE: usize = 2;
/// What is supposed of a meeting's variance before enough have been seen: a standard deviation of 10 %, worth one
/// degree of freedom.
const UNSEEN: Prior = Prior { df: 1.0, variance: 0.01 };
/// What is supposed of one worker against several before one of them leaves: a standard deviation of 15 %, as what a
/// virtual machine gives to several swings, worth four degrees of freedom.
const SWINGS: Prior = Prior { df: 4.0, variance: 0.0225 };

/// Two contenders in one block.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Meeting {
    pub one: usize,
    pub other: usize,
    /// Log of other's time over one's: above 0, one was faster.
    pub value: f64,
    /// By how much the true log ratio may lie above `value`, or below it where this is below 0.
    pub waiting: f64,
    pub block: u64,
    /// Other processes took CPU time from both, or the machine's owner did.
    pub disturbed: bool,
}

/// Returns the meetings that count: those that nothing disturbed, once there have been enough blocks of them; else all.
/// What is left out doesn't rest on how anything came out, and a contender that left in disturbed blocks comes back.
pub fn counted(meetings: &[Meeting]) -> impl Iterator<Item = &Meeting> {
    let quiet: BTreeSet<u64> = meetings.iter().filter(|it| !it.disturbed).map(|it| it.block).collect();
    let all = quiet.len() < MIN_MEETINGS;
    meetings.iter().filter(move |meeting| all || !meeting.disturbed)
}

/// Two contenders, from all of their meetings.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Contrast {
    /// Mean log ratio of times: above 0, the first is the faster one.
    pub estimate: f64,
    /// Standard error, with the moderated variance.
    pub error: f64,
    /// Degrees of freedom of `error`.
    pub df: f64,
    pub meetings: usize,
    /// By how much the true log ratio may lie below and above the estimate besides: 0 or more.
    pub waiting: [f64; 2],
}

impl Contrast {
    /// Returns the two-sided 95 % interval of the log ratio.
    pub fn ci95(&self) -> [f64; 2] {
        let half = t_quantile(0.025, self.df) * self.error;
        [self.estimate - half - self.waiting[0], self.estimate + half + self.waiting[1]]
    }
}

/// The meetings of a question's contenders, which are known by their index.
#[derive(Debug, Clone, Default)]
pub struct Contest {
    size: usize,
    /// By contenders that met, the lower index first.
    direct: HashMap<(usize, usize), Contrast>,
    /// The same for telling losers: with few meetings of one worker against several, what is supposed counts more.
    to_leave: HashMap<(usize, usize), Contrast>,
}

impl Contest {
    /// Collects the `meetings` that count. `several` says of each contender whether it has several workers.
    pub fn new(several: &[bool], meetings: &[Meeting]) -> Self {
        let mut values: BTreeMap<(usize, usize), Vec<f64>> = BTreeMap::new();
        let mut waiting: HashMap<(usize, usize), Vec<f64>> = HashMap::new();
        for meeting in counted(meetings).filter(|it| it.one != it.other && it.value.is_finite()) {
            let key = (meeting.one.min(meeting.other), meeting.one.max(meeting.other));
            let sign = if meeting.one < meeting.other { 1.0 } else { -1.0 };
            values.entry(key).or_default().push(sign * meeting.value);
            waiting.entry(key).or_default().push(sign * meeting.waiting);
        }
        // How many of two contenders have several workers. What the machine gives to several workers swings from block
        // to block, alike for all that have several: that cancels between two of them. Against one worker it doesn't,
        // and every such pair sees the same few swings, so that many pairs tell no more of their variance than one: it
        // is moderated by what is supposed beforehand alone.
        let kind = |&(one, other): &(usize, usize)| {
            [one, other].into_iter().filter(|index| several.get(*index) == Some(&true)).count()
        };
        let prior = |wanted: usize| {
            let of_kind = values.iter().filter(|(key, _)| kind(key) == wanted);
            let samples: Vec<(f64, f64)> = of_kind
                .filter_map(|(_, values)| Some((variance(values)?, values.len() as f64 - 1.0)))
                .collect();
            Prior::of(&samples).unwrap_or(UNSEEN)
        };
        let (one_worker, several_workers) = (prior(0), prior(2));
        let contrasts = |mixed: Prior| {
            let of = |(key, values): (&(usize, usize), &Vec<f64>)| {
                let prior = match kind(key) {
                    0 => one_worker,
                    1 => mixed,
                    _ => several_workers,
                };
                let waiting = mean(&waiting[key])?;
                let waiting = [(-waiting).max(0.0), waiting.max(0.0)];
                Some((*key, Contrast { waiting, ..contrast(values, prior)? }))
            };
            values.iter().filter_map(of).collect()
        };
        Self { size: several.len(), direct: contrasts(UNSEEN), to_leave: contrasts(SWINGS) }
    }

    /// Compares two contenders by their own meetings, or else through the third that has met both most often.
    /// `None`: nothing ties them together.
    pub fn contrast(&self, one: usize, other: usize) -> Option<Contrast> {
        let direct = |one: usize, other: usize| look_up(&self.direct, one, other);
        direct(one, other).or_else(|| {
            let bridge = |third: usize| Some((direct(one, third)?, direct(third, other)?));
            let bridges = (0..self.size).filter(|third| *third != one && *third != other);
            let (left, right) =
                bridges.filter_map(bridge).max_by_key(|(left, right)| left.meetings.min(right.meetings))?;
            Some(Contrast {
                estimate: left.estimate + right.estimate,
                error: left.error.hypot(right.error),
                df: left.df.min(right.df),
                meetings: left.meetings.min(right.meetings),
                waiting: [left.waiting[0] + right.waiting[0], left.waiting[1] + right.waiting[1]],
            })
        })
    }

    /// By how much `other` may be faster than `choice`, at most.
    fn bound(&self, choice: usize, other: usize, quantiles: &mut Quantiles) -> f64 {
        let contrast = self.contrast(choice, other);
        contrast.map_or(f64::INFINITY, |found| {
            quantiles.at(found.df) * found.error - found.estimate + found.waiting[0]
        })
    }

    fn regret_at(&self, choice: usize, among: &[usize], quantiles: &mut Quantiles) -> f64 {
        let others = among.iter().copied().filter(|&other| other != choice);
        others.map(|other| self.bound(choice, other, quantiles)).fold(0.0, f64::max)
    }

    /// Returns the contender of `among` that looks fastest: the one whose worst estimate against any other is the best.
    pub fn front_runner(&self, among: &[usize]) -> Option<usize> {
        let worst = |one: usize| {
            let others = among.iter().filter(|&&other| other != one);
            let estimates = others.filter_map(|&other| Some(self.contrast(one, other)?.estimate));
            estimates.fold(f64::INFINITY, f64::min)
        };
        among.iter().copied().max_by(|&a, &b| worst(a).total_cmp(&worst(b)))
    }

    /// Returns every contender of `among` with its regret, in that order: by how much the best of them may be faster, at
    /// most, as a log ratio (95 %, one-sided, for all of them together); 0 where nothing else can be faster, infinite
    /// where one was never compared with it.
    pub fn regrets(&self, among: &[usize]) -> Vec<(usize, f64)> {
        let mut quantiles = Quantiles::new(LEVEL / among.len().saturating_sub(1).max(FEWEST_SHARES) as f64);
        among.iter().map(|&one| (one, self.regret_at(one, among, &mut quantiles))).collect()
    }

    /// Returns every contender of `among` that decides the question, with its regret: that is at most `precision`, and
    /// it met all others often enough. One that looks slower than `stay`, which people have already, decides nothing
    /// where that one may yet be much slower: a gain that nobody has seen is no reason to change.
    pub fn deciding(&self, among: &[usize], precision: f64, stay: Option<usize>) -> Vec<(usize, f64)> {
        let met = |one: usize, other: usize| {
            one == other || self.contrast(one, other).is_some_and(|found| found.meetings >= MIN_MEETINGS)
        };
        let decides = |&(choice, regret): &(usize, f64)| {
            regret <= precision && among.iter().all(|&other| met(choice, other))
        };
        let mut found: Vec<(usize, f64)> = self.regrets(among).into_iter().filter(decides).collect();
        if let Some(stay) = stay.filter(|stay| found.iter().all(|(choice, _)| choice != stay)) {
            found.retain(|&(choice, _)| self.contrast(choice, stay).is_none_or(|lead| lead.estimate > 0.0));
        }
        found
    }

    /// Returns those of `among` that may be the fastest: no other is faster beyond doubt. Regrets are of these, since
    /// the others meet no more.
    pub fn in_play(&self, among: &[usize]) -> Vec<usize> {
        let gone = self.surely_slower(among);
        among.iter().copied().filter(|index| !gone.contains(index)).collect()
    }

    /// Returns those of `among` that can't be the fastest: another one is faster beyond doubt.
    fn surely_slower(&self, among: &[usize]) -> Vec<usize> {
        let mut quantiles = Quantiles::new(SURELY / among.len().max(1) as f64);
        let mut beaten = |loser: usize, other: usize| {
            let found = [look_up(&self.direct, other, loser), look_up(&self.to_leave, other, loser)];
            found.iter().flatten().any(|found| {
                let least = found.estimate - found.waiting[0];
                found.meetings >= MIN_TO_LEAVE && least > quantiles.at(found.df) * found.error
            })
        };
        among.iter().copied().filter(|&loser| among.iter().any(|&other| beaten(loser, other))).collect()
    }
}

/// The contrast of two contenders from the values of their meetings.
fn contrast(values: &[f64], prior: Prior) -> Option<Contrast> {
    let n = values.len() as f64;
    let (variance, df) = prior.moderate(variance(values).unwrap_or(0.0), n - 1.0);
    Some(Contrast {
        estimate: mean(values)?,
        error: (variance / n).sqrt(),
        df,
        meetings: values.len(),
        waiting: [0.0; 2],
    })
}

fn look_up(known: &HashMap<(usize, usize), Contrast>, one: usize, other: usize) -> Option<Contrast> {
    let found = *known.get(&(one.min(other), one.max(other)))?;
    let [below, above] = found.waiting;
    let turned = Contrast { estimate: -found.estimate, waiting: [above, below], ..found };
    Some(if one < other { found } else { turned })
}

/// Quantiles of Student's t at one level: degrees of freedom recur, and each takes a bisection.
struct Quantiles {
    level: f64,
    known: Vec<(f64, f64)>,
}

impl Quantiles {
    fn new(level: f64) -> Self {
        Self { level, known: Vec::new() }
    }

    fn at(&mut self, df: f64) -> f64 {
        if let Some((_, found)) = self.known.iter().find(|(known, _)| *known == df) {
            return *found;
        }
        let found = t_quantile(self.level, df);
        self.known.push((df, found));
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::simulate::Random;

    /// Contenders as fast as `speeds` (logs), all in each of so many blocks.
    fn contest(speeds: &[f64], blocks: usize, spread: f64, random: &mut Random) -> Contest {
        let mut meetings = Vec::new();
        for block in 0..blocks as u64 {
            let seen: Vec<f64> = speeds.iter().map(|speed| speed + spread * random.normal()).collect();
            for one in 0..seen.len() {
                let others = one + 1..seen.len();
                meetings.extend(others.map(|other| met(one, other, seen[one] - seen[other], block)));
            }
        }
        Contest::new(&vec![false; speeds.len()], &meetings)
    }

    fn met(one: usize, other: usize, value: f64, block: u64) -> Meeting {
        Meeting { one, other, value, waiting: 0.0, block, disturbed: false }
    }

    #[test]
    fn disturbed_blocks_count_until_there_are_enough_others() {
        let disturbed = |meeting| Meeting { disturbed: true, ..meeting };
        let mut meetings = vec![disturbed(met(0, 1, -0.5, 1)), disturbed(met(0, 1, -0.4, 2))];
        meetings.extend([met(0, 1, 0.2, 3), met(0, 1, 0.1, 4)]);
        assert_eq!(counted(&meetings).count(), 4);
        meetings.push(met(0, 1, 0.3, 5));
        let estimate = Contest::new(&[false, true], &meetings).contrast(0, 1).unwrap().estimate;
        assert!((estimate - 0.2).abs() < 1e-12, "{estimate}");
        // Who only met the others in disturbed blocks has yet to meet them.
        meetings.push(disturbed(met(0, 2, -0.5, 1)));
        assert_eq!(Contest::new(&[false; 3], &meetings).contrast(0, 2), None);
    }

    #[test]
    fn the_fastest_is_found_and_the_slow_leave() {
        let mut random = Random::new(1984);
        let found = contest(&[0.0, 0.5, 0.45, -0.2], 6, 0.02, &mut random);
        let all = [0, 1, 2, 3];
        let regrets = found.regrets(&all);
        assert!(regrets[1].1 < 0.03 && regrets[0].1 > 0.4, "{regrets:?}");
        assert_eq!(found.deciding(&all, 0.03, Some(0)), [regrets[1]]);
        assert_eq!((found.in_play(&all), found.front_runner(&all)), (vec![1, 2], Some(1)));
        let contrast = found.contrast(1, 0).unwrap();
        assert!((contrast.estimate - 0.5).abs() < 0.05 && contrast.ci95()[0] > 0.4, "{contrast:?}");
        assert!((found.contrast(0, 1).unwrap().estimate + contrast.estimate).abs() < 1e-12);
    }

    #[test]
    fn there_is_an_answer_from_the_first_meeting_on() {
        let one = Contest::new(&[false, true], &[met(0, 1, -0.5, 1)]);
        let regrets = one.regrets(&[0, 1]);
        assert!(regrets[1].1.is_finite() && regrets[1].1 < regrets[0].1, "{regrets:?}");
        assert_eq!(one.deciding(&[0, 1], 9.0, None), [], "one meeting decides nothing");
        assert_eq!(one.in_play(&[0, 1]), [0, 1]);
        assert_eq!((one.regrets(&[]), one.regrets(&[1])), (vec![], vec![(1, 0.0)]));
    }

    /// Beside other work that takes the loop's CPU, two threads look a little slower, and may be three times as fast.
    #[test]
    fn what_looks_slower_than_what_people_have_decides_nothing() {
        let beside = |value| Meeting { waiting: -1.1, ..met(0, 1, value, 1) };
        let found = Contest::new(&[false, true], &[0.06, 0.05, 0.07, 0.06, 0.05, 0.07].map(beside));
        let precision = 0.2f64.ln_1p();
        let regrets = found.regrets(&[0, 1]);
        assert!(regrets[0].1 > 1.0 && regrets[1].1 < precision, "{regrets:?}");
        assert_eq!(found.deciding(&[0, 1], precision, None), [regrets[1]]);
        assert_eq!(found.deciding(&[0, 1], precision, Some(0)), []);
        // Where the loop would decide as well, both are as good.
        let alike = Contest::new(&[false; 2], &[0.01, 0.012, 0.008, 0.01].map(|value| met(0, 1, value, 1)));
        assert_eq!(alike.deciding(&[0, 1], precision, Some(0)).len(), 2);
    }

    #[test]
    fn who_never_met_is_compared_through_a_third() {
        let meetings = [(0.1, 0.2), (0.12, 0.18), (0.11, 0.19)]
            .map(|(first, second)| [met(0, 1, first, 1), met(1, 2, second, 1)]);
        let found = Contest::new(&[false; 4], meetings.as_flattened());
        let contrast = found.contrast(0, 2).unwrap();
        assert!((contrast.estimate - 0.3).abs() < 1e-9 && contrast.meetings == 3, "{contrast:?}");
        assert_eq!(found.contrast(0, 3), None);
        assert_eq!(found.regrets(&[0, 3])[0], (0, f64::INFINITY));
    }

    /// The stated regret holds in 95 % of runs that stop as soon as it is small, ties included. The whole rule with
    /// more scenarios and runs: `cargo run --release --example answers`.
    #[test]
    fn the_stated_regret_holds() {
        let mut random = Random::new(7);
        let speeds = [0.0, -0.015, -0.03, -0.045, -0.3];
        let all: Vec<usize> = (0..speeds.len()).collect();
        let runs = 400;
        let held = (0..runs).filter(|_| {
            let mut blocks = 3;
            loop {
                // Fresh draws at each look are harder than a growing sample: nothing is favoured twice.
                let found = contest(&speeds, blocks, 0.04, &mut random);
                let regrets = found.regrets(&all);
                let (leader, regret) = *regrets.iter().min_by(|a, b| a.1.total_cmp(&b.1)).unwrap();
                if regret <= 0.05 || blocks >= 30 {
                    return -speeds[leader] <= regret + 1e-12;
                }
                blocks += 1;
            }
        });
        assert!(held.count() >= runs * 95 / 100);
    }
}
