//! GitHub's workflow commands: an annotation for each change that fails the gate.

use crate::analysis::changes::{Changes, Ending};

/// GitHub shows ten annotations of a level in a step; the rest is in the summary.
const MOST: usize = 10;

pub fn github(changes: &Changes) -> String {
    let mut text = String::new();
    let failing = changes.changes.iter().filter(|change| change.kind.ending() != Ending::Clean);
    for change in failing.take(MOST) {
        let title = property(&format!("gilmatrix: {} {}", change.cell, change.kind.word()));
        text.push_str(&format!(
            "::error title={title}::{}\n",
            data(&format!("{}: {}", change.cell, change.text))
        ));
    }
    if changes.compared == 0 {
        text.push_str("::error title=gilmatrix::nothing was compared\n");
    }
    text.push_str(&format!("::notice title=gilmatrix::{}\n", data(&changes.summary())));
    text
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::changes::{Change, ChangeKind};

    #[test]
    fn a_failing_cell_is_annotated_and_its_text_can_not_break_out() {
        let change = Change {
            kind: ChangeKind::Slower,
            cell: "3.13 fib single×1".to_owned(),
            effect: Some(1.05),
            ci95: None,
            p: None,
            limit: None,
            text: "time +5.0 %\n::error::no".to_owned(),
        };
        let changes = Changes {
            base: "base".to_owned(),
            new: "new".to_owned(),
            compared: 1,
            changes: vec![change],
            notes: Vec::new(),
        };
        let text = github(&changes);
        assert_eq!(text.lines().count(), 2, "{text}");
        assert!(text.starts_with("::error title=gilmatrix%3A 3.13 fib single×1 slower::"), "{text}");
        assert!(text.contains("+5.0 %25%0A::error::no"), "{text}");
    }
}
