//! Least squares of a few coefficients.

use super::interval::Interval;
use super::student::t_critical;

/// Most coefficients of [`least_squares`].
pub(crate) const COLUMNS: usize = 3;

/// One observation `y` of Σ coefficient · x.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Row {
    pub x: [f64; COLUMNS],
    pub y: f64,
    pub weight: f64,
}

/// The coefficients ≥ 0 of the first `columns` columns with the least weighted sum of squares, the
/// others 0. All of them where none is negative; else few enough to try every set of coefficients that
/// are held at 0 (Lawson and Hanson, "Solving least squares problems", chapter 23, find the same set
/// stepwise). `None` with fewer rows than columns or where no set can be solved.
pub(crate) fn least_squares(rows: impl IntoIterator<Item = Row>, columns: usize) -> Option<[f64; COLUMNS]> {
    if columns > COLUMNS {
        return None;
    }
    let normal = Normal::of(rows, columns);
    if normal.rows < columns {
        return None;
    }
    let whole = (1u32 << columns) - 1;
    let allowed = |set: u32| {
        let found = normal.solve(set)?;
        found.iter().all(|coefficient| *coefficient >= 0.0 && coefficient.is_finite()).then_some(found)
    };
    if let Some(found) = allowed(whole) {
        return Some(found);
    }
    let mut best: Option<(f64, [f64; COLUMNS])> = None;
    for found in (1..whole).filter_map(allowed) {
        let left = normal.left(&found);
        if best.as_ref().is_none_or(|(least, _)| left < *least) {
            best = Some((left, found));
        }
    }
    best.map(|(_, found)| found)
}

/// The normal equations: weighted sums over all rows.
#[derive(Default)]
struct Normal {
    rows: usize,
    xx: [[f64; COLUMNS]; COLUMNS],
    xy: [f64; COLUMNS],
}

impl Normal {
    fn of(rows: impl IntoIterator<Item = Row>, columns: usize) -> Self {
        let mut normal = Self::default();
        for row in rows {
            normal.rows += 1;
            for i in 0..columns {
                let weighted = row.weight * row.x[i];
                for j in 0..columns {
                    normal.xx[i][j] += weighted * row.x[j];
                }
                normal.xy[i] += weighted * row.y;
            }
        }
        normal
    }

    /// The weighted sum of squares that these coefficients leave, less what they all leave alike.
    fn left(&self, found: &[f64; COLUMNS]) -> f64 {
        let times = |line: &[f64; COLUMNS]| line.iter().zip(found).map(|(sum, b)| sum * b).sum::<f64>();
        let lines = self.xx.iter().zip(&self.xy).zip(found);
        lines.map(|((line, right), b)| b * (times(line) - 2.0 * right)).sum()
    }

    /// For the columns in `set`, by elimination with pivots.
    fn solve(&self, set: u32) -> Option<[f64; COLUMNS]> {
        let mut matrix = [[0.0; COLUMNS + 1]; COLUMNS];
        let mut chosen = [0; COLUMNS];
        let mut n = 0;
        for column in (0..COLUMNS).filter(|column| set & (1 << column) != 0) {
            chosen[n] = column;
            n += 1;
        }
        if let [one, two] = chosen[..n] {
            return self.solve_two(one, two);
        }
        for i in 0..n {
            for j in 0..n {
                matrix[i][j] = self.xx[chosen[i]][chosen[j]];
            }
            matrix[i][COLUMNS] = self.xy[chosen[i]];
        }
        for step in 0..n {
            let pivot = (step..n).max_by(|a, b| matrix[*a][step].abs().total_cmp(&matrix[*b][step].abs()))?;
            matrix.swap(step, pivot);
            let head = matrix[step];
            if head[step].abs() < 1e-12 * (1.0 + head[COLUMNS].abs()) {
                return None;
            }
            for other in (0..n).filter(|other| *other != step) {
                let factor = matrix[other][step] / head[step];
                for (value, above) in matrix[other].iter_mut().zip(head) {
                    *value -= factor * above;
                }
            }
        }
        let mut found = [0.0; COLUMNS];
        for step in 0..n {
            found[chosen[step]] = matrix[step][COLUMNS] / matrix[step][step];
        }
        Some(found)
    }

    /// Two columns by determinants: most fits have no more.
    fn solve_two(&self, one: usize, two: usize) -> Option<[f64; COLUMNS]> {
        let (a, b, d) = (self.xx[one][one], self.xx[one][two], self.xx[two][two]);
        let determinant = a * d - b * b;
        if determinant <= 1e-12 * a * d {
            return None;
        }
        let mut found = [0.0; COLUMNS];
        found[one] = (self.xy[one] * d - self.xy[two] * b) / determinant;
        found[two] = (self.xy[two] * a - self.xy[one] * b) / determinant;
        Some(found)
    }
}

/// A straight line through points that scatter alike.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Line {
    pub slope: f64,
    pub intercept: f64,
    /// 95 % intervals of the two; none from as many points as there are coefficients.
    pub slope_interval: Option<Interval>,
    pub intercept_interval: Option<Interval>,
}

/// Ordinary least squares with Student's t on n − 2 degrees of freedom (Draper and Smith, "Applied
/// regression analysis", 3rd edition, 1.4). `None` where all x are the same.
pub(crate) fn line(points: &[(f64, f64)]) -> Option<Line> {
    let n = points.len() as f64;
    let mean_x = points.iter().map(|point| point.0).sum::<f64>() / n;
    let mean_y = points.iter().map(|point| point.1).sum::<f64>() / n;
    let xx: f64 = points.iter().map(|point| (point.0 - mean_x).powi(2)).sum();
    let xy: f64 = points.iter().map(|point| (point.0 - mean_x) * (point.1 - mean_y)).sum();
    if !(xx > 0.0 && xy.is_finite()) {
        return None;
    }
    let slope = xy / xx;
    let intercept = mean_y - slope * mean_x;
    let left: f64 = points.iter().map(|point| (point.1 - intercept - slope * point.0).powi(2)).sum();
    let spread = (points.len() > 2).then(|| (left / (n - 2.0)).sqrt() * t_critical(points.len() - 2));
    let around = |value: f64, half: Option<f64>| Interval::around(value, half?);
    Some(Line {
        slope,
        intercept,
        slope_interval: around(slope, spread.map(|spread| spread / xx.sqrt())),
        intercept_interval: around(
            intercept,
            spread.map(|spread| spread * (1.0 / n + mean_x.powi(2) / xx).sqrt()),
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::simulate::{Random, coverage};

    fn rows(truth: [f64; 3]) -> Vec<Row> {
        let row = |n: f64| {
            let x = [1.0, n - 1.0, n * (n - 1.0)];
            Row { x, y: x.iter().zip(truth).map(|(x, t)| x * t).sum(), weight: 1.0 }
        };
        [1.0, 2.0, 4.0, 8.0].map(row).to_vec()
    }

    #[test]
    fn exact_observations_give_the_coefficients() {
        let found = least_squares(rows([1.1, 0.05, 0.002]), 3).unwrap();
        for (found, truth) in found.iter().zip([1.1, 0.05, 0.002]) {
            assert!((found - truth).abs() < 1e-9, "{found}");
        }
    }

    #[test]
    fn no_coefficient_is_negative() {
        let found = least_squares(rows([1.0, 0.1, -0.005]), 3).unwrap();
        assert!(found[2] == 0.0 && found[1] > 0.0 && found[1] < 0.1, "{found:?}");
        assert_eq!(least_squares(rows([1.0, 0.1, 0.0]).into_iter().take(2), 3), None);
    }

    #[test]
    fn a_line_by_hand() {
        // x 1, 2, 3; y 2, 4, 5: slope 1.5, intercept 2/3, s = √(1/6), t(1) = 12.706.
        let found = line(&[(1.0, 2.0), (2.0, 4.0), (3.0, 5.0)]).unwrap();
        assert!((found.slope - 1.5).abs() < 1e-12 && (found.intercept - 2.0 / 3.0).abs() < 1e-12);
        assert!(
            (found.slope_interval.unwrap().half_width - 12.706 * (1f64 / 6.0).sqrt() / 2f64.sqrt()).abs()
                < 1e-3
        );
        assert_eq!(line(&[(1.0, 2.0), (2.0, 3.0)]).unwrap().slope_interval, None);
        assert_eq!(line(&[(1.0, 2.0), (1.0, 3.0)]), None);
        assert_eq!(line(&[]), None);
    }

    #[test]
    fn the_interval_of_a_slope_covers_the_truth() {
        let mut random = Random::new(31);
        let share = coverage(2_000, 4.0, || {
            let points: Vec<(f64, f64)> =
                [1.0, 1.0, 2.0, 2.0, 4.0, 4.0].map(|x| (x, 10.0 + 4.0 * x + random.normal())).to_vec();
            line(&points)?.slope_interval
        });
        assert!((0.93..0.97).contains(&share), "{share}");
    }
}
