//! Where the level of a series changed, over many runs.

use statrs::distribution::{ContinuousCDF, StudentsT};

use super::quantile::{mean, median};

/// Fewest values on either side of a change: one bad night, or two, is weather.
pub(crate) const FEWEST_BESIDE: usize = 3;
/// Values on either side that an outlier is judged by.
const WINDOW: usize = 3;
/// In robust standard deviations.
const OUTLIER: f64 = 4.0;
/// No run is repeatable to better than this, whatever a few lucky values say.
const LEAST_SIGMA: f64 = 0.002;
/// The median step of a normal series in its standard deviations.
const MEDIAN_STEP: f64 = 0.954;
/// Standard deviations beyond the limit at which a shift passes it nine times of ten, were its deviation known.
const LIKELY: f64 = 1.2816;
/// A step of so many standard deviations leads to another level.
const JUMP: f64 = 4.5;

/// One run's value on a log scale.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct SeriesValue {
    pub(crate) value: f64,
    /// Standard error of the value from inside that run; 0 where it isn't known.
    pub(crate) error: f64,
}

/// A shift of the level.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct LevelShift {
    /// Index of the first value at the new level.
    pub(crate) at: usize,
    /// New level minus old one.
    pub(crate) shift: f64,
    /// Two-sided, corrected for every place where the change could have been.
    pub(crate) p: f64,
    /// It happened at a boundary that was given.
    pub(crate) known: bool,
}

/// Values far from the medians of the three before *and* of the three after them: Hampel's identifier
/// (Davies and Gather, "The identification of multiple outliers", JASA 88, 1993) on either side, so that
/// the first value of a new level is none.
pub(crate) fn outliers(nights: &[SeriesValue]) -> Vec<bool> {
    let values: Vec<f64> = nights.iter().map(|night| night.value).collect();
    let steps: Vec<f64> = values.windows(2).map(|pair| (pair[1] - pair[0]).abs()).collect();
    let errors: Vec<f64> = nights.iter().map(|night| night.error).collect();
    // The median step of a normal series is 0.954 standard deviations.
    let sigma = (median(&steps).unwrap_or(0.0) / 0.954).max(median(&errors).unwrap_or(0.0)).max(LEAST_SIGMA);
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

/// The changes of level in a series, first to last, outliers left aside. `boundaries` are indexes where
/// something is known to have changed: there a shift is tested against that place alone, and is `known`.
///
/// Binary segmentation (Scott and Knott, Biometrics 30, 1974) between the boundaries: the place with the
/// largest two-sample t splits a part if its p, Bonferroni over all places, is at most `alpha` and the
/// shift at least `least`; then each half on its own. The standard deviation comes from successive
/// differences (von Neumann, Annals of Mathematical Statistics 12, 1941) without the steps that lead to
/// another level, so that the changes themselves don't inflate it, and is never below what each run says of
/// its own precision. Where a night is like the one before it (`correlation`), a few in a row say less.
pub(crate) fn changes(
    nights: &[SeriesValue],
    boundaries: &[usize],
    alpha: f64,
    least: f64,
    correlation: f64,
) -> Vec<LevelShift> {
    let parts = parts(nights, boundaries);
    let Some(noise) = SeriesNoise::of(nights, &parts, correlation) else { return Vec::new() };
    let mut found = Vec::new();
    // The last level of the part before: what a boundary is compared with.
    let mut last: Option<Vec<f64>> = None;
    for part in &parts {
        let values: Vec<f64> = part.iter().map(|&place| nights[place].value).collect();
        let mut inside = Vec::new();
        noise.split(&values, 0, alpha, least, &mut inside);
        inside.sort_by_key(|change| change.at);
        let first_end = inside.first().map_or(values.len(), |change| change.at);
        if let Some(before) = &last
            && let Some(change) = noise.compare(before, &values[..first_end], alpha, least)
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

/// The smallest shift that the last [`FEWEST_BESIDE`] values of a series would show, three times of four, against all
/// before them; `None` where there are too few.
pub(crate) fn smallest(nights: &[SeriesValue], alpha: f64, least: f64, correlation: f64) -> Option<f64> {
    let parts = parts(nights, &[]);
    let noise = SeriesNoise::of(nights, &parts, correlation)?;
    let count = parts.iter().map(Vec::len).sum::<usize>();
    let places = (count + 1).checked_sub(2 * FEWEST_BESIDE).filter(|places| *places > 0)?;
    let (before, after) = ((count - FEWEST_BESIDE) as f64, FEWEST_BESIDE as f64);
    let sure = noise.student.inverse_cdf(1.0 - alpha / places as f64 / 2.0);
    Some(((sure + LIKELY) * noise.deviation(before, after)).max(least))
}

/// Indexes of the values that aren't outliers, between one boundary and the next.
fn parts(nights: &[SeriesValue], boundaries: &[usize]) -> Vec<Vec<usize>> {
    let mut edges: Vec<usize> = boundaries.iter().copied().filter(|&at| at < nights.len()).collect();
    edges.extend([0, nights.len()]);
    edges.sort_unstable();
    edges.dedup();
    let part = |edge: &[usize]| {
        let odd = outliers(&nights[edge[0]..edge[1]]);
        (edge[0]..edge[1]).filter(|place| !odd[place - edge[0]]).collect()
    };
    edges.windows(2).map(part).collect()
}

/// The correlation of a night with the next, of these series together: 0 to 0.8.
///
/// By the ratio of squared differences over two nights to those over one, which is 1 + ρ where nights are an
/// autoregressive process of order one; a level in it cancels. The median over the series: what changes in some of
/// them says nothing of the others. Below its own standard error, some 1/√n of n differences, it is taken for none.
pub(crate) fn correlation<'a>(series: impl IntoIterator<Item = &'a [SeriesValue]>) -> f64 {
    let one = |nights: &[SeriesValue]| {
        let steps = SteadySteps::of(nights, &parts(nights, &[]));
        let (near, far) = (mean(&steps.squares)?, mean(&steps.squares_of_two)?);
        (near > 0.0).then(|| (far / near - 1.0, steps.squares_of_two.len()))
    };
    let (ratios, counts): (Vec<f64>, Vec<usize>) = series.into_iter().filter_map(one).unzip();
    let error = 1.0 / (counts.iter().sum::<usize>() as f64).sqrt();
    median(&ratios).filter(|rho| *rho > error).unwrap_or(0.0).min(0.8)
}

/// Squared differences of nights at one level, over one night and over two.
struct SteadySteps {
    squares: Vec<f64>,
    squares_of_two: Vec<f64>,
}

impl SteadySteps {
    fn of(nights: &[SeriesValue], parts: &[Vec<usize>]) -> Self {
        let value = |place: usize| nights[place].value;
        let steps = parts.iter().flat_map(|part| part.windows(2)).map(|pair| value(pair[1]) - value(pair[0]));
        let steps: Vec<f64> = steps.map(f64::abs).collect();
        let errors: Vec<f64> = parts.iter().flatten().map(|&place| nights[place].error).collect();
        // A step to another level is far beyond the others: it would hide itself in their mean.
        let usual = (median(&steps).unwrap_or(0.0) / MEDIAN_STEP)
            .max(median(&errors).unwrap_or(0.0))
            .max(LEAST_SIGMA);
        let steady = |from: usize, to: usize| (value(to) - value(from)).abs() <= JUMP * usual;
        let mut found = Self { squares: Vec::new(), squares_of_two: Vec::new() };
        for part in parts {
            for pair in part.windows(2).filter(|pair| steady(pair[0], pair[1])) {
                found.squares.push((value(pair[1]) - value(pair[0])).powi(2));
            }
            for three in
                part.windows(3).filter(|three| steady(three[0], three[1]) && steady(three[1], three[2]))
            {
                found.squares_of_two.push((value(three[2]) - value(three[0])).powi(2));
            }
        }
        found
    }
}

struct SeriesNoise {
    variance: f64,
    correlation: f64,
    student: StudentsT,
}

impl SeriesNoise {
    fn of(nights: &[SeriesValue], parts: &[Vec<usize>], correlation: f64) -> Option<Self> {
        let squares = SteadySteps::of(nights, parts).squares;
        let own: Vec<f64> = parts.iter().flatten().map(|&place| nights[place].error.powi(2)).collect();
        let steps = mean(&squares)? / 2.0 / (1.0 - correlation);
        let variance = steps.max(mean(&own)?).max(LEAST_SIGMA.powi(2));
        // Successive differences use two thirds of the information.
        let df = (squares.len() as f64 * 2.0 / 3.0).max(1.0);
        Some(Self { variance, correlation, student: StudentsT::new(0.0, 1.0, df).ok()? })
    }

    /// The variance of the mean of so many nights in a row: each repeats some of the one before.
    fn variance_of_mean(&self, nights: f64) -> f64 {
        let rho = self.correlation;
        let ends = 2.0 * rho * (1.0 - rho.powf(nights)) / (nights * (1.0 - rho).powi(2));
        self.variance * ((1.0 + rho) / (1.0 - rho) - ends) / nights
    }

    /// Two-sided p of a shift between this many values before and after, at one place.
    fn p(&self, shift: f64, before: f64, after: f64) -> f64 {
        2.0 * self.student.sf(shift.abs() / self.deviation(before, after))
    }

    /// The standard deviation of the difference of two means.
    fn deviation(&self, before: f64, after: f64) -> f64 {
        (self.variance_of_mean(before) + self.variance_of_mean(after)).sqrt()
    }

    fn compare(&self, before: &[f64], after: &[f64], alpha: f64, least: f64) -> Option<LevelShift> {
        if before.len().min(after.len()) < FEWEST_BESIDE {
            return None;
        }
        let shift = mean(after)? - mean(before)?;
        let p = self.p(shift, before.len() as f64, after.len() as f64);
        (p <= alpha && shift.abs() >= least).then_some(LevelShift { at: 0, shift, p, known: false })
    }

    fn split(&self, values: &[f64], offset: usize, alpha: f64, least: f64, found: &mut Vec<LevelShift>) {
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
        let p = 2.0 * self.student.sf(largest) * (values.len() + 1 - 2 * FEWEST_BESIDE) as f64;
        if at == 0 || p > alpha || shift.abs() < least {
            return;
        }
        found.push(LevelShift { at: offset + at, shift, p, known: false });
        self.split(&values[..at], offset, alpha, least, found);
        self.split(&values[at..], offset + at, alpha, least, found);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::simulate::Random;

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
            let found = changes(&nights, &[], 0.001, 0.02, 0.0);
            hits += u32::from(!found.is_empty());
            near += u32::from(found.first().is_some_and(|change| change.at.abs_diff(30) <= 1));
        }
        assert!(hits >= trials * 95 / 100, "{hits} of {trials}");
        assert!(near >= hits * 95 / 100, "{near} of {hits} at the right place");
    }

    #[test]
    fn nothing_is_found_where_nothing_changed() {
        let mut random = Random::new(2);
        let alarms: usize = (0..2000)
            .map(|_| changes(&series(&mut random, &[(60, 0.0)], 0.01), &[], 0.01, 0.0, 0.0).len())
            .sum();
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
        assert!(changes(&nights, &[], 0.01, 0.02, 0.0).is_empty());
        let odd = outliers(&nights);
        assert!(odd[20] && odd[30] && odd[31] && odd[39], "{odd:?}");
    }

    #[test]
    fn two_changes_are_two() {
        let mut random = Random::new(4);
        let nights = series(&mut random, &[(20, 0.0), (15, 0.08), (15, 0.0)], 0.01);
        let found = changes(&nights, &[], 0.01, 0.02, 0.0);
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].at.abs_diff(20) <= 1 && found[1].at.abs_diff(35) <= 1, "{found:?}");
        assert!(found[0].shift > 0.0 && found[1].shift < 0.0);
    }

    #[test]
    fn a_shift_at_a_known_place_is_told_apart() {
        let mut random = Random::new(5);
        let nights = series(&mut random, &[(20, 0.0), (12, -0.1), (10, -0.16)], 0.01);
        let found = changes(&nights, &[20], 0.01, 0.02, 0.0);
        assert_eq!(
            found.iter().map(|change| (change.at, change.known)).collect::<Vec<_>>(),
            [(20, true), (32, false)]
        );
        assert!(changes(&nights[..22], &[20], 0.01, 0.02, 0.0).is_empty(), "two nights after it are too few");
    }

    #[test]
    fn short_series_say_nothing() {
        for count in 0..6 {
            let nights = vec![SeriesValue { value: count as f64, error: 0.0 }; count];
            assert!(changes(&nights, &[], 0.05, 0.0, 0.0).is_empty());
        }
    }

    #[test]
    fn what_changed_does_not_hide_itself_in_a_short_series() {
        let mut random = Random::new(6);
        for _ in 0..200 {
            let fall = series(&mut random, &[(8, 0.0), (5, -2.3)], 0.015);
            let found = changes(&fall, &[], 0.01, 0.02, correlation([&fall[..]]));
            assert!(found.iter().any(|change| change.at == 8), "{found:?}");
            let four_of_twelve = series(&mut random, &[(6, 0.0), (4, 2.3), (2, 0.0)], 0.015);
            let found = changes(&four_of_twelve, &[], 0.01, 0.02, correlation([&four_of_twelve[..]]));
            assert!(!found.is_empty());
        }
    }

    #[test]
    fn an_incident_that_was_repaired_masks_nothing() {
        let mut random = Random::new(7);
        for _ in 0..200 {
            let nights = series(&mut random, &[(20, 0.0), (4, 1.1), (26, 0.0), (10, 0.22)], 0.015);
            let found = changes(&nights, &[], 1e-4, 0.02, correlation([&nights[..]]));
            let near = |night: usize| found.iter().any(|change| change.at.abs_diff(night) <= 1);
            assert!(near(20) && near(24) && near(50), "{found:?}");
        }
    }

    /// Nights of an autoregressive process of order one.
    fn alike(random: &mut Random, count: usize, rho: f64, sigma: f64) -> Vec<SeriesValue> {
        let mut level = random.normal();
        let night = |_| {
            let value = sigma * level;
            level = rho * level + (1.0 - rho * rho).sqrt() * random.normal();
            SeriesValue { value, error: sigma / 3.0 }
        };
        (0..count).map(night).collect()
    }

    #[test]
    fn nights_that_are_alike_raise_no_alarm() {
        let mut random = Random::new(8);
        let mut alarms = 0;
        for _ in 0..20 {
            let trends: Vec<Vec<SeriesValue>> = (0..96).map(|_| alike(&mut random, 60, 0.6, 0.015)).collect();
            let rho = correlation(trends.iter().map(Vec::as_slice));
            assert!((0.5..0.7).contains(&rho), "{rho}");
            alarms += trends.iter().map(|nights| changes(nights, &[], 1e-4, 0.02, rho).len()).sum::<usize>();
        }
        assert!(alarms <= 1, "{alarms} in 20 histories, of which one in a hundred may have one");
        let alone: usize = (0..1000)
            .map(|_| alike(&mut random, 60, 0.6, 0.015))
            .map(|nights| changes(&nights, &[], 0.01, 0.02, correlation([&nights[..]])).len())
            .sum();
        assert!(alone <= 35, "{alone} of 1000: a correlation known from one series alone is known badly");
    }

    #[test]
    fn what_could_be_shown_is_found_when_it_is_there() {
        let mut random = Random::new(9);
        let (mut found, trials) = (0, 300);
        for _ in 0..trials {
            let mut nights = series(&mut random, &[(30, 0.0)], 0.015);
            let shift = smallest(&nights, 0.001, 0.02, 0.0).unwrap();
            nights[27..].iter_mut().for_each(|night| night.value += shift);
            found += u32::from(!changes(&nights, &[], 0.001, 0.02, 0.0).is_empty());
        }
        assert!((trials * 65 / 100..trials * 95 / 100).contains(&found), "{found} of {trials}");
        assert_eq!(smallest(&series(&mut random, &[(5, 0.0)], 0.01), 0.01, 0.02, 0.0), None);
    }
}
