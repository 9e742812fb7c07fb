//! The collector that every reader of the file writes into.

use std::cell::RefCell;
use std::ops::Range;

use super::nearest::nearest;

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Problem {
    /// Where it is, in bytes of the source; `None` where the problem is that something isn't there.
    pub span: Option<Range<usize>>,
    pub title: String,
    /// What stands beside the caret: what was expected there.
    pub label: String,
    /// What to do.
    pub help: Option<String>,
}

/// Everything found so far. All readers share it, so that one problem doesn't hide the next; what notes a problem
/// returns `None`, since a reader has no value then.
#[derive(Debug, Default)]
pub(super) struct Problems(RefCell<Vec<Problem>>);

impl Problems {
    pub(super) fn add<T>(
        &self,
        span: Range<usize>,
        title: impl Into<String>,
        label: impl Into<String>,
    ) -> Option<T> {
        self.push(Problem { span: Some(span), title: title.into(), label: label.into(), help: None })
    }

    pub(super) fn add_with_help<T>(
        &self,
        span: impl Into<Option<Range<usize>>>,
        title: impl Into<String>,
        label: impl Into<String>,
        help: impl Into<String>,
    ) -> Option<T> {
        let (title, label, help) = (title.into(), label.into(), Some(help.into()));
        self.push(Problem { span: span.into(), title, label, help })
    }

    /// Notes a word that isn't among those known at this place.
    pub(super) fn unknown<T>(
        &self,
        span: Range<usize>,
        title: String,
        word: &str,
        known: &[&str],
    ) -> Option<T> {
        let label = match known {
            [] => "nothing is known by a name here".to_owned(),
            [only] => format!("expected `{only}`"),
            many => format!("expected one of {}", listed(many)),
        };
        let help = nearest(word, known).map(|name| format!("did you mean `{name}`?"));
        self.push(Problem { span: Some(span), title, label, help })
    }

    fn push<T>(&self, problem: Problem) -> Option<T> {
        self.0.borrow_mut().push(problem);
        None
    }

    pub(super) fn count(&self) -> usize {
        self.0.borrow().len()
    }

    pub(super) fn into_vec(self) -> Vec<Problem> {
        self.0.into_inner()
    }
}

/// Lists `` `a`, `b`, `c` ``, the rest counted where the list is long.
fn listed(words: &[&str]) -> String {
    const SHOWN: usize = 12;
    let shown: Vec<_> = words.iter().take(SHOWN).map(|word| format!("`{word}`")).collect();
    match words.len().checked_sub(SHOWN) {
        None | Some(0) => shown.join(", "),
        Some(rest) => format!("{} and {rest} more", shown.join(", ")),
    }
}
