//! For a terminal.

use crate::analysis::changes::{Changes, Ending};

/// Lines that end in a newline.
pub fn terminal(changes: &Changes) -> String {
    let mut text = format!("{} against {}: {}\n", changes.new, changes.base, changes.summary());
    let width = changes.changes.iter().map(|change| change.cell.chars().count()).max().unwrap_or(0);
    for change in &changes.changes {
        let sign = if change.kind.ending() == Ending::Clean { " " } else { "!" };
        let (kind, cell) = (change.kind.word(), &change.cell);
        text.push_str(&format!("{sign} {kind:<19} {cell:<width$}  {}\n", change.text));
    }
    for note in &changes.notes {
        text.push_str(&format!("  {note}\n"));
    }
    text
}
