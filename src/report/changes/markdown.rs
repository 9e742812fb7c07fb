//! For a pull request or a job's summary.

use std::fmt::Write;

use crate::analysis::changes::{Change, Changes, Ending};

/// GitHub takes 1 MiB for a step's summary and cuts nothing off: what is larger is refused whole.
const MOST_BYTES: usize = 1_000_000;

pub fn markdown(changes: &Changes) -> String {
    let mark = if changes.ending() == Ending::Clean { "✅" } else { "❌" };
    let mut text = format!(
        "### {mark} gilmatrix: {}\n\n`{}` against `{}`\n\n",
        changes.summary(),
        changes.new,
        changes.base
    );
    if !changes.changes.is_empty() {
        text.push_str("| | cell | |\n| --- | --- | --- |\n");
    }
    for (place, change) in changes.changes.iter().enumerate() {
        let row = row(change);
        if text.len() + row.len() > MOST_BYTES {
            let _ = writeln!(text, "\n… and {} more: see the run's files", changes.changes.len() - place);
            break;
        }
        text.push_str(&row);
    }
    text.push('\n');
    for note in &changes.notes {
        let _ = writeln!(text, "- {note}");
    }
    text
}

fn row(change: &Change) -> String {
    let bold = if change.kind.ending() == Ending::Clean { "" } else { "**" };
    let escaped = |text: &str| text.replace('|', "\\|").replace(['\n', '\r'], " ");
    format!(
        "| {bold}{}{bold} | {} | {} |\n",
        change.kind.word(),
        escaped(&change.cell),
        escaped(&change.text)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::changes::ChangeKind;

    #[test]
    fn a_summary_stays_within_the_limit() {
        let change = Change {
            kind: ChangeKind::Slower,
            cell: "3.13 fib single×1".to_owned(),
            effect: Some(1.1),
            ci95: None,
            p: None,
            limit: None,
            text: "a | b".repeat(100),
        };
        let changes = Changes {
            base: "base".to_owned(),
            new: "new".to_owned(),
            compared: 9000,
            changes: vec![change; 9000],
            notes: Vec::new(),
        };
        let text = markdown(&changes);
        assert!(text.len() < 1 << 20 && text.contains("more: see the run's files"));
        assert!(text.contains("a \\| b") && text.starts_with("### ❌"));
    }
}
