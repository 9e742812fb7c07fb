//! What the command line says beside a matrix.

use serde::{Deserialize, Serialize};

use super::Filters;
use crate::matrix::Overrides;

/// The options of every command that plans a matrix. A run's directory keeps them, so that a run that was broken off
/// is planned again as it was.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, clap::Args)]
pub struct MatrixOptions {
    /// Ask no network: take interpreters and packages only from what is here
    #[arg(long)]
    pub offline: bool,
    #[command(flatten)]
    pub filters: Filters,
    #[command(flatten)]
    pub overrides: Overrides,
}
