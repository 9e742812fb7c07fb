//! GitHub's workflow commands: an annotation for each change that fails the gate, a warning for each that nobody
//! knows.

use super::{Weight, weight};
use crate::analysis::run_diff::Changes;
use crate::report::characters::lines;

/// GitHub shows ten annotations of a level in a step; the rest is in the summary.
const MOST: usize = 10;

/// Lines for standard output.
pub(crate) fn github(changes: &Changes) -> String {
    let mut text = String::new();
    for (level, wanted) in [("error", Weight::Fails), ("warning", Weight::Open)] {
        let some = changes.changes.iter().filter(|change| weight(changes, change) == wanted);
        for change in some.take(MOST) {
            let title = format!("gilmatrix: {} {}", change.cell, change.kind.word());
            text.push_str(&annotation(level, &title, &format!("{}: {}", change.cell, change.text)));
        }
    }
    if changes.compared == 0 {
        text.push_str(&annotation("error", "gilmatrix", "nothing was compared"));
    }
    text.push_str(&annotation(
        "notice",
        "gilmatrix",
        &format!("{}: {}", changes.verdict(), changes.summary()),
    ));
    text
}

/// An annotation of a level: `error`, `warning`, `notice`.
pub(in crate::report) fn annotation(level: &str, title: &str, text: &str) -> String {
    format!("::{level} title={}::{}\n", property(title), data(text))
}

fn data(text: &str) -> String {
    lines(text).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::super::{change, sample};
    use super::*;
    use crate::analysis::run_diff::ChangeKind;

    #[test]
    fn a_failing_cell_is_annotated_and_its_text_can_not_break_out() {
        let text = github(&sample(vec![change(ChangeKind::Slower, "time +5.0 %\n::error::no")]));
        assert_eq!(text.lines().count(), 2, "{text}");
        assert!(text.starts_with("::error title=gilmatrix%3A 3.13 fib single slower::"), "{text}");
        assert!(text.contains("+5.0 %25%0A::error::no"), "{text}");
    }

    #[test]
    fn what_nobody_knows_is_a_warning() {
        let text =
            github(&sample(vec![change(ChangeKind::Undecided, "time"), change(ChangeKind::Faster, "f")]));
        assert_eq!(text.lines().count(), 2, "{text}");
        assert!(text.starts_with("::warning title=gilmatrix%3A 3.13 fib single undecided::"), "{text}");
        assert!(
            text.contains("::notice title=gilmatrix::passed, undecided cells left: 1 undecided"),
            "{text}"
        );
    }
}
