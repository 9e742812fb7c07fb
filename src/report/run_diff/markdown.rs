//! For a pull request or a job's summary.

use std::fmt::Write;

use super::{Weight, weight, weight_of_all};
use crate::analysis::run_diff::{Change, Changes};
use crate::report::characters::markdown as text;

/// GitHub takes 1 MiB for a step's summary and cuts nothing off: what is larger is refused whole. Several
/// commands of a step share it.
pub(in crate::report) const MOST_SUMMARY: usize = 1_000_000;
/// That MiB, and what the lines may take that say what was cut.
const STEP_LIMIT: usize = 1 << 20;
const CLOSING: usize = 200;
/// GitHub takes 65,536 characters for a comment.
pub(in crate::report) const MOST_COMMENT: usize = 65_000;
/// By this line whoever posts a comment finds the one of the last time, to replace it.
pub(in crate::report) const MARKER: &str = "<!-- gilmatrix -->\n";

/// For a job's summary.
pub(crate) fn markdown(changes: &Changes) -> String {
    whole(changes, MOST_SUMMARY)
}

/// For a step's summary that has so many bytes already: what GitHub refuses, it refuses with all that is there.
pub(crate) fn step_summary(changes: &Changes, there: u64) -> String {
    let left = (STEP_LIMIT - CLOSING).saturating_sub(usize::try_from(there).unwrap_or(usize::MAX));
    if left == 0 { String::new() } else { cut(whole(changes, left.min(MOST_SUMMARY)), left) }
}

/// For a pull request.
pub(crate) fn pr_comment(changes: &Changes) -> String {
    format!("{MARKER}{}", whole(changes, MOST_COMMENT))
}

fn whole(changes: &Changes, most: usize) -> String {
    let mark = match weight_of_all(changes) {
        Weight::Fails => "❌",
        Weight::Open => "⚠️",
        Weight::Told => "✅",
    };
    format!("### {mark} gilmatrix: {}\n\n{}", changes.verdict(), table(changes, most))
}

/// What changed, below a heading that says how it ended; at most about so many bytes.
pub(in crate::report) fn table(changes: &Changes, most: usize) -> String {
    let (new, base) = (text(&changes.new), text(&changes.base));
    let mut out = format!("{}. {new} against {base}.\n\n", text(&changes.summary()));
    if !changes.changes.is_empty() {
        out.push_str("| | cell | |\n| --- | --- | --- |\n");
    }
    for (place, change) in changes.changes.iter().enumerate() {
        let row = row(changes, change);
        if out.len() + row.len() > most {
            let _ = writeln!(out, "\n… and {} more: see the run's files", changes.changes.len() - place);
            break;
        }
        out.push_str(&row);
    }
    if !changes.changes.is_empty() {
        out.push('\n');
    }
    for note in &changes.notes {
        let _ = writeln!(out, "- {}", text(note));
    }
    out
}

fn row(changes: &Changes, change: &Change) -> String {
    let kind = match weight(changes, change) {
        Weight::Told => change.kind.word().to_owned(),
        _ => format!("**{}**", change.kind.word()),
    };
    format!("| {kind} | {} | {} |\n", text(&change.cell), text(&change.text))
}

/// The text, cut after a whole line where it is longer than is taken.
pub(in crate::report) fn cut(mut whole: String, most: usize) -> String {
    if whole.len() > most {
        let end = whole[..whole.floor_char_boundary(most)].rfind('\n').map_or(0, |end| end + 1);
        whole.truncate(end);
        whole.push_str("\n… cut here: the whole is in the run's report.md\n");
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::super::{change, sample};
    use super::*;
    use crate::analysis::run_diff::ChangeKind;

    #[test]
    fn a_summary_and_a_comment_stay_within_their_limits() {
        let changes = sample(vec![change(ChangeKind::Slower, &"a | b".repeat(100)); 9000]);
        let summary = markdown(&changes);
        assert!(summary.len() < 1 << 20 && summary.contains("more: see the run's files"));
        assert!(summary.contains("a \\| b") && summary.starts_with("### ❌ gilmatrix: failed: a regression"));
        let comment = pr_comment(&changes);
        assert!(comment.len() < 65_536 && comment.starts_with("<!-- gilmatrix -->\n### ❌"));
    }

    #[test]
    fn what_a_step_has_written_leaves_the_rest() {
        let changes = sample(vec![change(ChangeKind::Slower, &"a | b".repeat(100)); 9000]);
        for there in [0, 500_000, 1_000_000, 1_048_300, 1_048_576, u64::MAX] {
            let text = step_summary(&changes, there);
            assert!(text.is_empty() || there + text.len() as u64 <= 1 << 20, "{there} and {}", text.len());
            assert!(text.starts_with("### ❌ gilmatrix: failed") || there > 1_000_000, "{there}: {text}");
        }
    }

    #[test]
    fn names_can_not_become_markup() {
        let mut changes = sample(vec![change(ChangeKind::Undecided, "<img src=x>\n| x")]);
        changes.base = "<!-- gilmatrix -->".to_owned();
        let comment = pr_comment(&changes);
        assert_eq!(comment.matches("<!-- gilmatrix -->").count(), 1, "{comment}");
        assert!(comment.contains("### ⚠️ gilmatrix: passed, undecided cells left"), "{comment}");
        assert!(comment.contains("| **undecided** |") && !comment.contains("<img"), "{comment}");
    }

    #[test]
    fn what_is_too_long_ends_with_a_whole_line() {
        assert_eq!(cut("ab\ncd\n".to_owned(), 6), "ab\ncd\n");
        assert!(cut("ab\n×××\n".to_owned(), 5).starts_with("ab\n\n… cut here"));
    }
}
