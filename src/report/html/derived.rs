//! The tables of [`super::super::derived`] in the page.

use maud::{Markup, html};

use super::super::derived::{self, Section};
use super::super::view::View;

pub(super) fn choices(view: &View<'_>) -> Markup {
    html! { @if let Some(one) = derived::choices(view) { (section(&one)) } }
}

pub(super) fn sections(view: &View<'_>) -> Markup {
    html! { @for one in derived::sections(view) { (section(&one)) } }
}

fn section(one: &Section) -> Markup {
    html! {
        section {
            h2 id=(one.id) { (one.title) }
            div.scroll tabindex="0" role="region" aria-labelledby=(one.id) {
                table.derived {
                    thead { tr { @for name in &one.header { th scope="col" { (name) } } } }
                    tbody { @for row in &one.rows { tr {
                        @for (name, cell) in one.header.iter().zip(row) { td data-h=(name) { (cell) } }
                    } } }
                }
            }
            p.note { (one.note) }
        }
    }
}
