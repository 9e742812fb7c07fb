//! How the gate ended: before anything else, since it is what such a run is for.

use maud::{Markup, html};

use crate::analysis::run_diff::of_gate;
use crate::report::run_diff::{Weight, weight, weight_of_all};
use crate::report::view::View;

/// Changes that stand open; the rest unfolds.
const SHOWN: usize = 12;

pub(super) fn section(view: &View<'_>) -> Markup {
    let Some(found) = of_gate(view) else { return html! {} };
    let class = match weight_of_all(&found) {
        Weight::Fails => "failures",
        Weight::Open | Weight::Told => "verdict",
    };
    let (shown, rest) = found.changes.split_at(found.changes.len().min(SHOWN));
    let list = |changes: &[crate::analysis::run_diff::Change]| {
        html! {
            ul {
                @for change in changes {
                    li {
                        @if weight(&found, change) == Weight::Told { (change.kind.word()) }
                        @else { strong { (change.kind.word()) } }
                        " " (change.cell)
                        span.cells { (change.text) }
                    }
                }
            }
        }
    };
    html! {
        section.gate.(class) aria-labelledby="gate" {
            h2 #gate { "Gate: " (found.verdict()) }
            p { (found.summary()) ". " (found.new) " against " (found.base) "." }
            @if !shown.is_empty() { (list(shown)) }
            @if !rest.is_empty() { details { summary { (rest.len()) " more" } (list(rest)) } }
            @for note in &found.notes { p.note { (note) } }
        }
    }
}
