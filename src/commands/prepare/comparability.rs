//! Interpreters of a plan that were built differently: warned of, or refused.

use crate::commands::{Exit, Failure, output};
use crate::interpreter::{Interpreter, difference_texts};
use crate::matrix::{Comparability, Matrix};
use crate::plan::Plan;

/// Warns of how the interpreters that a plan runs differ from its baseline. With `comparability = "strict"` any two
/// that differ end it.
///
/// # Errors
/// Exit 6, naming each difference.
pub(super) fn check(matrix: &Matrix, found: &[Interpreter], plan: &Plan) -> Result<(), Failure> {
    let runs = |one: &&Interpreter| plan.runnable().any(|cell| cell.interpreter == one.name);
    let running: Vec<&Interpreter> = found.iter().filter(runs).collect();
    match matrix.interpreters.comparability {
        Comparability::Warn => {
            let baseline = running.iter().find(|one| one.name == matrix.interpreters.baseline);
            let texts = running.iter().filter_map(|one| baseline.map(|base| difference_texts(base, one)));
            texts.flatten().for_each(|text| output::warn(&format!("not quite comparable: {text}")));
            Ok(())
        }
        Comparability::Strict => refuse(&running),
    }
}

/// Refuses interpreters of which any two differ: rivals are compared with each other, not only with the baseline.
fn refuse(running: &[&Interpreter]) -> Result<(), Failure> {
    let mut texts = Vec::new();
    for (index, left) in running.iter().enumerate() {
        texts.extend(running[index + 1..].iter().flat_map(|right| difference_texts(left, right)));
    }
    if texts.is_empty() {
        return Ok(());
    }
    Err(Exit::NotComparable.because(format!(
        "refused, since `comparability = \"strict\"` and these were built differently:\n  {}\n\
         take a pair with the same flags (`gilmatrix install 3.13t --with-twin`), leave one out with `-P`, \
         or write `comparability = \"warn\"`",
        texts.join("\n  ")
    )))
}
