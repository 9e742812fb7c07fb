//! Where the level of a series changed, over many runs.

use statrs::distribution::{ContinuousCDF, StudentsT};

use super::quantile::{mean, median};

/// Fewest values on either side of a change: one bad night, or two, is weather.
pub(crate) const FEWEST_BESIDE: usize = 3;
/// Values on either side that an outlier is judged by.
const WINDOW: usize = 3;
/// An outlier lies so many robust standard deviations from its neighbours.
const OUTLIER: f64 = 4.0;
/// A step of so many robust standard deviations leads to another level.
const JUMP: f64 = 4.5;
/// The median step of a normal series in its standard deviations.
const MEDIAN_STEP: f64 = 0.954;
/// No run is repeatable to better than this, whatever a few lucky values say.
const LEAST_SIGMA: f64 = 0.002;
/// Standard deviations beyond the limit at which a shift passes it nine times of ten, were its deviation known.
const LIKELY: f64 = 1.2816;

/// One run's value on a log scale.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct SeriesValue {
    pub value: f64,
    /// Standard error of the value from inside that run; 0 where it isn't known.
    pub error: f64,
}

/// A shift of the level.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct LevelShift {
    /// Index of the first value at the new level.
    pub at: usize,
    /// New level minus old one.
    pub shift: f64,
    /// Two-sided, corrected for every place where the change could have been.
    pub p: f64,
    /// It happened at a boundary that was given.
    pub known: bool,
}

/// By what a shift is told from chance.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ShiftTest {
    /// The largest p.
    pub alpha: f64,
    /// The smallest shift.
    pub least: f64,
    /// That of a night with the next: [`correlation`].
    pub correlation: f64,
}

/// Nights in their order, and between which of them a change is sought.
pub(crate) struct LevelSeries {
    nights: Vec<SeriesValue>,
    /// Indexes of the values that aren't outliers, between one boundary and the next.
    parts: Vec<Vec<usize>>,
    /// Squared differences of nights at one level, over one night and over two.
    squares: Vec<f64>,
    squares_of_two: Vec<f64>,
}

impl LevelSeries {
    /// `boundaries` are indexes where something is known to have changed.
    pub(crate) fn new(nights: Vec<SeriesValue>, boundaries: &[usize]) -> Self {
        let mut edges: Vec<usize> = boundaries.iter().copied().filter(|&at| at < nights.len()).collect();
        edges.extend([0, nights.len()]);
        edges.sort_unstable();
        edges.dedup();
        let sound = |edge: &[usize]| {
            let odd = outliers(&nights[edge[0]..edge[1]]);
            (edge[0]..edge[1]).filter(|place| !odd[place - edge[0]]).collect()
        };
        let parts = edges.windows(2).map(sound).collect();
        let mut series = Self { nights, parts, squares: Vec::new(), squares_of_two: Vec::new() };
        series.take_steps();
        series
    }

    /// A step to another level is left out: among so few it would hide itself in their mean.
    fn take_steps(&mut self) {
        let sound: Vec<Vec<SeriesValue>> =
            self.parts.iter().map(|part| part.iter().map(|&place| self.nights[place]).collect()).collect();
        let usual = usual_sigma(sound.iter().map(Vec::as_slice));
        let steady = |pair: &[SeriesValue]| (pair[1].value - pair[0].value).abs() <= JUMP * usual;
        let square = |nights: &[SeriesValue]| (nights[nights.len() - 1].value - nights[0].value).powi(2);
        for part in &sound {
            self.squares.extend(part.windows(2).filter(|pair| steady(pair)).map(square));
            let threes = part.windows(3).filter(|three| three.windows(2).all(steady));
            self.squares_of_two.extend(threes.map(square));
        }
    }

    /// Says of each night whether it stands alone against its neighbours and takes no part.
    pub(crate) fn outliers(&self) -> Vec<bool> {
        let mut odd = vec![true; self.nights.len()];
        self.parts.iter().flatten().for_each(|&place| odd[place] = false);
        odd
    }

    /// The changes of level, first to last. At a boundary a shift is tested against that place alone, and is `known`.
    ///
    /// Binary segmentation (Scott and Knott, Biometrics 30, 1974) between the boundaries: the place with the
    /// largest two-sample t splits a part if its p, Bonferroni over all places, is at most `alpha` and the
    /// shift at least `least`; then each half on its own. The standard deviation comes from successive
    /// differences (von Neumann, Annals of Mathematical Statistics 12, 1941) without the steps that lead to
    /// another level, so that the changes themselves don't inflate it, and is never below what each run says of
    /// its own precision. Where a night is like the one before it, a few in a row say less.
    pub(crate) fn changes(&self, test: &ShiftTest) -> Vec<LevelShift> {
        let Some(noise) = self.noise(test.correlation) else { return Vec::new() };
        let mut found = Vec::new();
        // The last level of the part before: what a boundary is compared with.
        let mut last: Option<Vec<f64>> = None;
        for part in &self.parts {
            let values: Vec<f64> = part.iter().map(|&place| self.nights[place].value).collect();
            let mut inside = Vec::new();
            noise.split(&values, 0, test, &mut inside);
            inside.sort_by_key(|change| change.at);
            let first_end = inside.first().map_or(values.len(), |change| change.at);
            if let Some(before) = &last
                && let Some(change) = noise.compare(before, &values[..first_end], test)
            {
                found.push(LevelShift { at: part[0], known: true, ..change });
            }
            let last_start = inside.last().map_or(0, |change| change.at);
            if !values.is_empty() {
                last = Some(values[last_start..].to_vec());
            }
            found.extend(inside.into_iter().map(|change| LevelShift { at: part[change.at], ..change }));
        }
        found
    }

    /// The smallest shift that the last [`FEWEST_BESIDE`] values would show, three times of four, against all before
    /// them; `None` where there are too few.
    pub(crate) fn smallest(&self, test: &ShiftTest) -> Option<f64> {
        let noise = self.noise(test.correlation)?;
        let count = self.parts.iter().map(Vec::len).sum::<usize>();
        let places = (count + 1).checked_sub(2 * FEWEST_BESIDE).filter(|places| *places > 0)?;
        let (before, after) = ((count - FEWEST_BESIDE) as f64, FEWEST_BESIDE as f64);
        let sure = noise.student.inverse_cdf(1.0 - test.alpha / places as f64 / 2.0);
        Some(((sure + LIKELY) * noise.deviation(before, after)).max(test.least))
    }

    fn noise(&self, correlation: f64) -> Option<SeriesNoise> {
        let own: Vec<f64> =
            self.parts.iter().flatten().map(|&place| self.nights[place].error.powi(2)).collect();
        let steps = mean(&self.squares)? / 2.0 / (1.0 - correlation);
        let variance = steps.max(mean(&own)?).max(LEAST_SIGMA.powi(2));
        // Successive differences use two thirds of the information.
        let df = (self.squares.len() as f64 * 2.0 / 3.0).max(1.0);
        Some(SeriesNoise { variance, correlation, student: StudentsT::new(0.0, 1.0, df).ok()? })
    }
}

/// The standard deviation that most steps speak of, and the runs' own errors: a few far values don't change it.
fn usual_sigma<'a>(parts: impl Iterator<Item = &'a [SeriesValue]> + Clone) -> f64 {
    let pairs = parts.clone().flat_map(|part| part.windows(2));
    let steps: Vec<f64> = pairs.map(|pair| (pair[1].value - pair[0].value).abs()).collect();
    let errors: Vec<f64> = parts.flatten().map(|night| night.error).collect();
    let [steps, errors] = [steps, errors].map(|values| median(&values).unwrap_or(0.0));
    (steps / MEDIAN_STEP).max(errors).max(LEAST_SIGMA)
}

/// Values far from the medians of the three before *and* of the three after them: Hampel's identifier
/// (Davies and Gather, "The identification of multiple outliers", JASA 88, 1993) on either side, so that
/// the first value of a new level is none.
fn outliers(nights: &[SeriesValue]) -> Vec<bool> {
    let values: Vec<f64> = nights.iter().map(|night| night.value).collect();
    let sigma = usual_sigma(std::iter::once(nights));
    (0..values.len())
        .map(|place| {
            let before = &values[place.saturating_sub(WINDOW)..place];
            let after = &values[place + 1..(place + 1 + WINDOW).min(values.len())];
            let far = |side: &[f64]| {
                median(side).is_none_or(|centre| (values[place] - centre).abs() > OUTLIER * sigma)
            };
            before.len().max(after.len()) == WINDOW && far(before) && far(after)
        })
        .collect()
}

/// The correlation of a night with the next, of these series together: 0 to 0.8.
///
/// By the ratio of squared differences over two nights to those over one, which is 1 + ρ where nights are an
/// autoregressive process of order one; a level in it cancels. The median over the series: what changes in some of
/// them says nothing of the others. It is drawn towards 0 by its own standard error, some 2/√n of n differences, since a
/// little of it that is chance would hide small changes; by 0.1 at most, or of a single series little would be left.
pub(crate) fn correlation<'a>(all: impl IntoIterator<Item = &'a LevelSeries>) -> f64 {
    let one = |series: &LevelSeries| {
        let (near, far) = (mean(&series.squares)?, mean(&series.squares_of_two)?);
        (near > 0.0).then(|| (far / near - 1.0, series.squares_of_two.len()))
    };
    let (ratios, counts): (Vec<f64>, Vec<usize>) = all.into_iter().filter_map(one).unzip();
    let error = (2.0 / (counts.iter().sum::<usize>() as f64).sqrt()).min(0.1);
    let rho = median(&ratios).unwrap_or(0.0).max(0.0);
    (rho.powi(3) / (rho * rho + error * error)).min(0.8)
}

/// What chance does to a mean of nights.
struct SeriesNoise {
    variance: f64,
    correlation: f64,
    student: StudentsT,
}

impl SeriesNoise {
    /// The variance of the mean of so many nights in a row: each repeats some of the one before.
    fn variance_of_mean(&self, nights: f64) -> f64 {
        let rho = self.correlation;
        let ends = 2.0 * rho * (1.0 - rho.powf(nights)) / (nights * (1.0 - rho).powi(2));
        self.variance * ((1.0 + rho) / (1.0 - rho) - ends) / nights
    }

    /// The standard deviation of the difference of two means.
    fn deviation(&self, before: f64, after: f64) -> f64 {
        (self.variance_of_mean(before) + self.variance_of_mean(after)).sqrt()
    }

    /// Two-sided p of a t.
    fn p(&self, t: f64) -> f64 {
        2.0 * self.student.sf(t)
    }

    fn compare(&self, before: &[f64], after: &[f64], test: &ShiftTest) -> Option<LevelShift> {
        if before.len().min(after.len()) < FEWEST_BESIDE {
            return None;
        }
        let shift = mean(after)? - mean(before)?;
        let p = self.p(shift.abs() / self.deviation(before.len() as f64, after.len() as f64));
        (p <= test.alpha && shift.abs() >= test.least).then_some(LevelShift { at: 0, shift, p, known: false })
    }

    fn split(&self, values: &[f64], offset: usize, test: &ShiftTest, found: &mut Vec<LevelShift>) {
        if values.len() < 2 * FEWEST_BESIDE {
            return;
        }
        let total: f64 = values.iter().sum();
        let mut left: f64 = values[..FEWEST_BESIDE - 1].iter().sum();
        // By their t: the p of what is sure is 0, at more places than one.
        let (mut largest, mut at, mut shift) = (0.0, 0, 0.0);
        for place in FEWEST_BESIDE..=values.len() - FEWEST_BESIDE {
            left += values[place - 1];
            let (before, after) = (place as f64, (values.len() - place) as f64);
            let here = (total - left) / after - left / before;
            let t = here.abs() / self.deviation(before, after);
            if t > largest {
                (largest, at, shift) = (t, place, here);
            }
        }
        let p = self.p(largest) * (values.len() + 1 - 2 * FEWEST_BESIDE) as f64;
        if at == 0 || p > test.alpha || shift.abs() < test.least {
            return;
        }
        found.push(LevelShift { at: offset + at, shift, p, known: false });
        self.split(&values[..at], offset, test, found);
        self.split(&values[at..], offset + at, test, found);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::simulate::Random;

    /// What is found where each night has a value of its own.
    fn changes(nights: &[SeriesValue], boundaries: &[usize], alpha: f64, least: f64) -> Vec<LevelShift> {
        LevelSeries::new(nights.to_vec(), boundaries).changes(&ShiftTest { alpha, least, correlation: 0.0 })
    }

    /// What is found in a history of series, of each.
    fn in_history(all: &[Vec<SeriesValue>], alpha: f64, least: f64) -> Vec<Vec<LevelShift>> {
        let all: Vec<LevelSeries> = all.iter().map(|nights| LevelSeries::new(nights.clone(), &[])).collect();
        let test = ShiftTest { alpha: alpha / all.len() as f64, least, correlation: correlation(&all) };
        all.iter().map(|series| series.changes(&test)).collect()
    }

    fn series(random: &mut Random, levels: &[(usize, f64)], sigma: f64) -> Vec<SeriesValue> {
        let mut nights = Vec::new();
        for (count, level) in levels {
            for _ in 0..*count {
                nights.push(SeriesValue { value: level + sigma * random.normal(), error: sigma / 2.0 });
            }
        }
        nights
    }

    #[test]
    fn a_planted_change_is_found_on_the_third_night() {
        let mut random = Random::new(1);
        let trials = 300;
        let (mut hits, mut near) = (0, 0);
        for _ in 0..trials {
            let nights = series(&mut random, &[(30, 0.0), (3, -0.06)], 0.01);
            let found = changes(&nights, &[], 0.001, 0.02);
            hits += u32::from(!found.is_empty());
            near += u32::from(found.first().is_some_and(|change| change.at.abs_diff(30) <= 1));
        }
        assert!(hits >= trials * 95 / 100, "{hits} of {trials}");
        assert!(near >= hits * 95 / 100, "{near} of {hits} at the right place");
    }

    #[test]
    fn nothing_is_found_where_nothing_changed() {
        let mut random = Random::new(2);
        let alarms: usize =
            (0..2000).map(|_| changes(&series(&mut random, &[(60, 0.0)], 0.01), &[], 0.01, 0.0).len()).sum();
        // 2000 x 1 % would be 20; Bonferroni over overlapping places keeps it well below.
        assert!(alarms <= 20, "{alarms}");
    }

    #[test]
    fn one_bad_night_or_two_are_outliers_and_no_change() {
        let mut random = Random::new(3);
        let mut nights = series(&mut random, &[(40, 0.0)], 0.01);
        nights[20].value -= 0.3;
        nights[30].value -= 0.2;
        nights[31].value -= 0.2;
        nights[39].value -= 0.2;
        assert!(changes(&nights, &[], 0.01, 0.02).is_empty());
        let odd = LevelSeries::new(nights, &[]).outliers();
        assert!(odd[20] && odd[30] && odd[31] && odd[39], "{odd:?}");
    }

    #[test]
    fn two_changes_are_two() {
        let mut random = Random::new(4);
        let nights = series(&mut random, &[(20, 0.0), (15, 0.08), (15, 0.0)], 0.01);
        let found = changes(&nights, &[], 0.01, 0.02);
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].at.abs_diff(20) <= 1 && found[1].at.abs_diff(35) <= 1, "{found:?}");
        assert!(found[0].shift > 0.0 && found[1].shift < 0.0);
    }

    #[test]
    fn a_shift_at_a_known_place_is_told_apart() {
        let mut random = Random::new(5);
        let nights = series(&mut random, &[(20, 0.0), (12, -0.1), (10, -0.16)], 0.01);
        let found = changes(&nights, &[20], 0.01, 0.02);
        assert_eq!(
            found.iter().map(|change| (change.at, change.known)).collect::<Vec<_>>(),
            [(20, true), (32, false)]
        );
        assert!(changes(&nights[..22], &[20], 0.01, 0.02).is_empty(), "two nights after it are too few");
    }

    #[test]
    fn short_series_say_nothing() {
        for count in 0..6 {
            let nights = vec![SeriesValue { value: count as f64, error: 0.0 }; count];
            assert!(changes(&nights, &[], 0.05, 0.0).is_empty());
        }
    }

    #[test]
    fn what_changed_does_not_hide_itself_in_a_short_series() {
        let mut random = Random::new(6);
        for _ in 0..200 {
            let fall = series(&mut random, &[(8, 0.0), (5, -2.3)], 0.015);
            let four_of_twelve = series(&mut random, &[(6, 0.0), (4, 2.3), (2, 0.0)], 0.015);
            for (nights, at) in [(fall, 8), (four_of_twelve, 6)] {
                let found = in_history(&[nights], 0.01, 0.02);
                assert!(found[0].iter().any(|change| change.at == at), "{found:?}");
            }
        }
    }

    #[test]
    fn an_incident_that_was_repaired_masks_nothing() {
        let mut random = Random::new(7);
        for _ in 0..200 {
            let nights = series(&mut random, &[(20, 0.0), (4, 1.1), (26, 0.0), (10, 0.22)], 0.015);
            let found = in_history(&[nights], 1e-4, 0.02);
            let near = |night: usize| found[0].iter().any(|change| change.at.abs_diff(night) <= 1);
            assert!(near(20) && near(24) && near(50), "{found:?}");
        }
    }

    #[test]
    fn a_known_change_is_no_correlation() {
        let mut random = Random::new(10);
        let nights = |random: &mut Random| series(random, &[(30, 0.0), (30, 0.05)], 0.015);
        let known: Vec<LevelSeries> = (0..50).map(|_| LevelSeries::new(nights(&mut random), &[30])).collect();
        assert!(correlation(&known) < 0.1, "{}", correlation(&known));
    }

    /// Nights of an autoregressive process of order one.
    fn alike(random: &mut Random, count: usize, rho: f64) -> Vec<SeriesValue> {
        const SIGMA: f64 = 0.015;
        let mut level = random.normal();
        let night = |_| {
            let value = SIGMA * level;
            level = rho * level + (1.0 - rho * rho).sqrt() * random.normal();
            SeriesValue { value, error: SIGMA / 3.0 }
        };
        (0..count).map(night).collect()
    }

    /// `GILMATRIX_HISTORIES=2000 cargo test --lib nights_that_are_alike -- --nocapture` prints docs/history.md's table.
    #[test]
    fn nights_that_are_alike_raise_few_alarms() {
        let histories = std::env::var("GILMATRIX_HISTORIES").map_or(200, |text| text.parse().unwrap());
        let mut random = Random::new(8);
        // Of one trend the correlation is known badly.
        for (trends, most) in [(1, 0.035), (6, 0.03), (96, 0.02)] {
            for (nights, rho) in [(20, 0.0), (20, 0.6), (60, 0.0), (60, 0.6)] {
                let alarmed = (0..histories).filter(|_| {
                    let all: Vec<_> = (0..trends).map(|_| alike(&mut random, nights, rho)).collect();
                    in_history(&all, 0.01, 0.02).iter().any(|found| !found.is_empty())
                });
                let share = alarmed.count() as f64 / f64::from(histories);
                #[allow(clippy::disallowed_macros, reason = "what a longer simulation found")]
                {
                    println!("| {trends} | {nights} | {rho} | {:.1} % |", 100.0 * share);
                }
                // By chance three standard deviations more.
                let chance = 3.0 * (most / f64::from(histories)).sqrt();
                assert!(share <= most + chance, "{trends} {nights} {rho}: {share}");
            }
        }
    }

    #[test]
    fn what_could_be_shown_is_found_when_it_is_there() {
        let mut random = Random::new(9);
        let test = ShiftTest { alpha: 0.001, least: 0.02, correlation: 0.0 };
        let (mut found, trials) = (0, 300);
        for _ in 0..trials {
            let mut nights = series(&mut random, &[(30, 0.0)], 0.015);
            let shift = LevelSeries::new(nights.clone(), &[]).smallest(&test).unwrap();
            nights[27..].iter_mut().for_each(|night| night.value += shift);
            found += u32::from(!LevelSeries::new(nights, &[]).changes(&test).is_empty());
        }
        assert!((trials * 65 / 100..trials * 95 / 100).contains(&found), "{found} of {trials}");
        let short = series(&mut random, &[(5, 0.0)], 0.01);
        assert_eq!(LevelSeries::new(short, &[]).smallest(&test), None);
    }
}
