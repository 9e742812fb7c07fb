//! Statistics: a pure leaf (numbers in, numbers out) that `measure` calls to know when to stop and
//! `analysis` calls to say how sure it is. Both use the same functions, so what counts as settled
//! while measuring is what is shown as settled.
//!
//! The independent unit everywhere is the process pair, never the pass: one pair is a baseline and a
//! cell alive in the same block, its value the median over sweeps of the log ratio of their passes
//! ([`pair_value`]). The interval is Student's t on the mean of the pair values
//! ([`log_ratio_interval`]), and [`settled`] says when it is narrow enough.

mod binomial;
mod capacity;
pub mod change_point;
mod combine;
mod components;
mod differs;
mod dip;
pub mod gate;
mod interval;
mod linear;
mod multiple_testing;
mod outliers;
mod pair;
mod propagate;
mod quantile;
mod session;
mod settle;
mod student;
mod trend;
mod weight;

pub mod simulate;

pub use binomial::clopper_pearson;
pub use capacity::{CapacityPass, capacity_log_ratios};
pub use combine::{Estimated, weighted_sum};
pub use components::{Components, components, optimal_passes};
pub use differs::{LEVEL, differs, differs_by};
pub use dip::{Groups, groups};
pub use interval::{Interval, log_ratio_interval, median_interval, unpaired_log_ratio_interval};
pub use linear::{COLUMNS, Row, least_squares, line};
pub use multiple_testing::{geometric_mean, holm};
pub use outliers::outliers;
pub use pair::{Pass, disturbed, own_times_known, pair_log_ratios, pair_value};
pub use propagate::propagate;
pub use quantile::{mean, median, quantile, variance};
pub use session::AcrossSessions;
pub use settle::{FULL_PAIRS, MIN_PAIRS, narrow, pairs_needed, settled, variance_at_least};
pub use student::t_critical;
pub use trend::spearman_trend;
pub use weight::{Peak, peak_pairs};
