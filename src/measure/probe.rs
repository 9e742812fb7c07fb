//! One cell tried out, outside any run.

use std::time::Duration;

use tokio::sync::watch;

use super::context::{Context, ContextError};
use super::solo::solo;
use crate::cell::Cell;
use crate::record::{Invocation, Side};

/// Runs one invocation of a cell alone, its passes going on for about `active`: whether it works at all,
/// and what a pass costs. `None`: `cancelled` has turned true, and nothing is left of it.
///
/// # Errors
/// The machine refused something that no cell is to blame for.
pub(crate) async fn probe(
    context: &Context,
    cell: &Cell,
    active: Duration,
    mut cancelled: watch::Receiver<bool>,
) -> Result<Option<Invocation>, ContextError> {
    tokio::select! {
        biased;
        Ok(_) = cancelled.wait_for(|&stop| stop) => Ok(None),
        done = solo(context, (cell, Side::New), 0, active) => done.map(Some),
    }
}
