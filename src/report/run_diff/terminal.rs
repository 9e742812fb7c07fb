//! For a terminal. Names and reasons come from files and from Python: none may begin a line of its own (`::error` would
//! be a command to GitHub) or speak to the terminal.

use super::{Weight, weight};
use crate::analysis::run_diff::Changes;
use crate::report::characters::terminal as clean;
use crate::report::terminal::layout::{left, width};

/// Lines that end in a newline.
pub(crate) fn terminal(changes: &Changes) -> String {
    let (new, base) = (clean(&changes.new), clean(&changes.base));
    let mut text = format!("{new} against {base}: {}: {}\n", changes.verdict(), changes.summary());
    let widest = changes.changes.iter().map(|change| width(&change.cell)).max().unwrap_or(0);
    for change in &changes.changes {
        let sign = match weight(changes, change) {
            Weight::Fails => "!",
            Weight::Open => "?",
            Weight::Told => " ",
        };
        let (kind, cell, said) = (change.kind.word(), left(&change.cell, widest), clean(&change.text));
        text.push_str(&format!("{sign} {kind:<19} {cell}  {said}\n"));
    }
    for note in &changes.notes {
        text.push_str(&format!("  {}\n", clean(note)));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::{change, sample};
    use super::*;
    use crate::analysis::run_diff::{ChangeKind, Ending};

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

    #[test]
    fn no_name_and_no_reason_begins_a_line_or_speaks_to_the_terminal() {
        let mut one = change(ChangeKind::Outcome, "ValueError\n::error::mine\r\x1b[2J");
        one.cell = "3.13 a\n::error::b single".to_owned();
        let mut changes = sample(vec![one]);
        changes.base = "x\n::error::c".to_owned();
        changes.notes = vec!["y\n::error::d".to_owned()];
        let text = terminal(&changes);
        assert_eq!(text.lines().count(), 3, "{text}");
        assert!(!text.lines().any(|line| line.trim_start().starts_with("::")), "{text}");
        assert!(!text.contains(['\r', '\x1b']), "{text}");
    }
}
