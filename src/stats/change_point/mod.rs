//! Where the level of a series changed, over many runs.

mod noise;
#[cfg(test)]
mod tests;

use noise::SeriesNoise;

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
        let sure = noise.t(test.alpha / places as f64);
        Some(((sure + LIKELY) * noise.deviation(before, after)).max(test.least))
    }

    fn noise(&self, correlation: f64) -> Option<SeriesNoise> {
        let own: Vec<f64> =
            self.parts.iter().flatten().map(|&place| self.nights[place].error.powi(2)).collect();
        let steps = mean(&self.squares)? / 2.0 / (1.0 - correlation);
        let variance = steps.max(mean(&own)?).max(LEAST_SIGMA.powi(2));
        // Successive differences use two thirds of the information.
        let df = (self.squares.len() as f64 * 2.0 / 3.0).max(1.0);
        SeriesNoise::new(variance, correlation, df)
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

impl SeriesNoise {
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
