//! Statistics: a pure leaf (numbers in, numbers out) that `measure` calls to know when to stop and
//! `analysis` calls to say how sure it is. Both use the same functions, so what counts as settled
//! while measuring is what is shown as settled.
//!
//! The independent unit everywhere is the process pair, never the pass: one pair is a baseline and a
//! cell alive in the same block, its value a robust centre over sweeps of the log ratio of their passes
//! ([`pair_value`]; of several workers the [`location`]). The interval is Student's t on the mean of the pair values
//! ([`log_ratio_interval`]), and [`settled`] says when it is narrow enough.

mod binomial;
mod capacity;
pub(crate) mod change_point;
mod combine;
mod components;
mod contest;
mod differs;
mod dip;
pub(crate) mod gate;
mod interval;
mod linear;
mod moderated;
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

#[cfg(test)]
pub(crate) mod simulate;

pub(crate) use binomial::clopper_pearson;
pub(crate) use capacity::{CapacityPass, capacity_log_ratios};
pub(crate) use combine::{Estimated, weighted_sum};
pub(crate) use components::{Components, components, optimal_passes};
pub(crate) use contest::counted;
pub use contest::{Contest, Meeting};
pub use differs::differs;
pub(crate) use differs::{LEVEL, differs_by};
pub(crate) use dip::{Groups, groups};
pub use interval::{Interval, log_ratio_interval};
pub(crate) use interval::{median_interval, unpaired_log_ratio_interval};
pub(crate) use linear::{COLUMNS, Row, least_squares, line};
pub(crate) use multiple_testing::{geometric_mean, holm};
pub(crate) use outliers::outliers;
pub use pair::{Pass, pair_value};
pub(crate) use pair::{pair_log_ratios, unseen_waiting};
pub(crate) use propagate::propagate;
pub use quantile::median;
pub(crate) use quantile::{location, mean, quantile, variance};
pub(crate) use session::AcrossSessions;
pub use settle::settled;
pub(crate) use settle::{FULL_PAIRS, MIN_PAIRS, pairs_needed, variance_at_least};
pub(crate) use student::t_critical;
pub(crate) use trend::spearman_trend;
pub(crate) use weight::{Peak, peak_pairs};
