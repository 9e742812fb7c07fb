//! The critical value of Student's t.
//!
//! Not `statrs`' own `inverse_cdf`: in 0.19 its Newton iteration (AS 64) doesn't end for some large
//! degrees of freedom. Its distribution function is sound, and bisecting it is enough here.

use std::sync::LazyLock;

use statrs::distribution::{ContinuousCDF, Normal, StudentsT};

/// From here on the asymptotic series is exact to more digits than anyone needs.
const SERIES_FROM: f64 = 200.0;
/// From here on nobody can tell it from the normal distribution.
const NORMAL_FROM: f64 = 1e6;
/// The 0.975 quantile of the normal distribution.
const Z: f64 = 1.959_963_984_540_054;

static CRITICAL: LazyLock<Vec<f64>> = LazyLock::new(|| (0..=SERIES_FROM as usize).map(exact).collect());

/// Two-sided 95 %: the 0.975 quantile of Student's t with `df` degrees of freedom. Infinite for 0,
/// since nothing is known about the spread of a single value.
pub(crate) fn t_critical(df: usize) -> f64 {
    CRITICAL.get(df).copied().unwrap_or_else(|| exact(df))
}

/// For degrees of freedom that aren't whole (Welch). Below 1 it is held at 1.
pub(super) fn t_critical_fractional(df: f64) -> f64 {
    let df = df.max(1.0);
    match StudentsT::new(0.0, 1.0, df) {
        _ if df >= SERIES_FROM => series(df),
        // 12.71 is the value for one degree of freedom, the widest there is.
        Ok(distribution) => bisect(50, (Z, 13.0), |t| distribution.cdf(t) < 0.975),
        Err(_) => f64::INFINITY,
    }
}

/// P(T > t) for Student's t with `df` degrees of freedom; 1 where that makes no sense.
pub(super) fn upper_tail(t: f64, df: f64) -> f64 {
    match StudentsT::new(0.0, 1.0, df) {
        Ok(distribution) if t.is_finite() => distribution.sf(t).clamp(0.0, 1.0),
        _ => 1.0,
    }
}

/// The t that is exceeded with this chance (above 0, at most a half); `df` may be infinite: then it is the normal
/// distribution's.
pub(super) fn t_quantile(upper: f64, df: f64) -> f64 {
    let tail = |t: f64| match Normal::new(0.0, 1.0) {
        Ok(normal) if df >= NORMAL_FROM => normal.sf(t),
        _ => upper_tail(t, df),
    };
    let (mut low, mut high) = (0.0, 4.0);
    while tail(high) > upper && high < 1e12 {
        (low, high) = (high, high * 4.0);
    }
    bisect(50, (low, high), |t| tail(t) > upper)
}

/// The place between these two below which `low` holds and above which it doesn't, after so many halvings.
pub(super) fn bisect(steps: u32, (mut from, mut to): (f64, f64), low: impl Fn(f64) -> bool) -> f64 {
    for _ in 0..steps {
        let middle = f64::midpoint(from, to);
        if low(middle) { from = middle } else { to = middle }
    }
    f64::midpoint(from, to)
}

fn exact(df: usize) -> f64 {
    if df == 0 { f64::INFINITY } else { t_critical_fractional(df as f64) }
}

/// Abramowitz and Stegun, "Handbook of mathematical functions", 26.7.5.
fn series(df: f64) -> f64 {
    let g1 = (Z.powi(3) + Z) / 4.0;
    let g2 = (5.0 * Z.powi(5) + 16.0 * Z.powi(3) + 3.0 * Z) / 96.0;
    let g3 = (3.0 * Z.powi(7) + 19.0 * Z.powi(5) + 17.0 * Z.powi(3) - 15.0 * Z) / 384.0;
    Z + g1 / df + g2 / df.powi(2) + g3 / df.powi(3)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// NIST/SEMATECH e-Handbook of Statistical Methods, table 1.3.6.7.2.
    #[test]
    fn agrees_with_the_published_table() {
        for (df, expected) in [(1, 12.706), (2, 4.303), (4, 2.776), (9, 2.262), (29, 2.045), (100, 1.984)] {
            assert!((t_critical(df) - expected).abs() < 6e-4, "{df}: {}", t_critical(df));
        }
        assert!((t_critical(1_000_000) - 1.95996).abs() < 1e-4);
        assert!(t_critical(0).is_infinite());
    }

    #[test]
    fn quantiles_of_any_level_agree_with_the_table() {
        for (upper, df, expected) in [
            (0.025, 4.0, 2.776),
            (0.0005, 2.0, 31.599),
            (0.005, 9.0, 3.250),
            (0.025, f64::INFINITY, 1.960),
            (1e-6, f64::INFINITY, 4.753),
        ] {
            assert!(
                (t_quantile(upper, df) - expected).abs() < 1e-3,
                "{upper} {df}: {}",
                t_quantile(upper, df)
            );
        }
    }

    #[test]
    fn the_series_meets_the_bisection() {
        let student = StudentsT::new(0.0, 1.0, SERIES_FROM).unwrap();
        let exact = bisect(50, (Z, 13.0), |t| student.cdf(t) < 0.975);
        assert!((series(SERIES_FROM) - exact).abs() < 1e-7);
    }
}
