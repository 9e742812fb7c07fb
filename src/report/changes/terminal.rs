//! For a terminal.

use super::{Weight, weight};
use crate::analysis::changes::Changes;

/// Lines that end in a newline.
pub fn terminal(changes: &Changes) -> String {
    let (new, base) = (&changes.new, &changes.base);
    let mut text = format!("{new} against {base}: {}: {}\n", changes.verdict(), changes.summary());
    let width = changes.changes.iter().map(|change| change.cell.chars().count()).max().unwrap_or(0);
    for change in &changes.changes {
        let sign = match weight(changes, change) {
            Weight::Fails => "!",
            Weight::Open => "?",
            Weight::Told => " ",
        };
        let (kind, cell) = (change.kind.word(), &change.cell);
        text.push_str(&format!("{sign} {kind:<19} {cell:<width$}  {}\n", change.text));
    }
    for note in &changes.notes {
        text.push_str(&format!("  {note}\n"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::{change, sample};
    use super::*;
    use crate::analysis::changes::{ChangeKind, Ending};

    #[test]
    fn what_is_undecided_is_marked_and_fails_where_it_is_told_to() {
        let mut changes = sample(vec![change(ChangeKind::Undecided, "time +4.0 %")]);
        let text = terminal(&changes);
        assert!(text.starts_with("new against base: passed, undecided cells left: 1 undecided;"), "{text}");
        assert!(text.contains("\n? undecided "), "{text}");
        assert_eq!(changes.ending(), Ending::Clean);
        changes.fail_on_undecided = true;
        assert_eq!(changes.ending(), Ending::Failed);
        let text = terminal(&changes);
        assert!(text.contains(": failed: 1 undecided") && text.contains("\n! undecided "), "{text}");
    }
}
