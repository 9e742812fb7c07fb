//! How much of every added worker arrives: the speedup over the own `single`, divided by the workers.

use super::super::finding;
use super::super::theme::Theme;
use super::super::view::{self, View};
use super::Chart;
use super::scaling::{Row, draw_rows, fit_note};

pub struct Efficiency;

impl Chart for Efficiency {
    fn name(&self) -> &'static str {
        "efficiency"
    }

    fn draw(&self, results: &View<'_>, theme: &Theme, width: f64) -> Option<String> {
        let title = finding::efficiency(results)?;
        let mut subtitle = "Speedup over the interpreter's own single, divided by the workers. Dashed: ideal, each worker does as much as one alone. Grey bars: the machine's capacity.".to_owned();
        subtitle.push_str(&fit_note(results));
        if results.cells.iter().any(|cell| view::has_numbers(cell) && !view::settled(cell)) {
            subtitle.push_str(" Hollow and ~: not settled.");
        }
        draw_rows(results, theme, width, &title, &subtitle, &[Row::Share])
    }
}
