//! Interpreter × mode at one glance: the speedup over the baseline interpreter's `single` as a heat map.

use crate::analysis::CellResult;

use super::super::canvas::{Anchor, Canvas, Font, fit, picture, text_width};
use super::super::theme::{Rgb, Theme};
use super::super::view::{self, View};
use super::super::{finding, format};
use super::Chart;
use super::frame::{Heading, MARGIN};

const ROW: f64 = 30.0;
const HEAD: f64 = 52.0;
const GAP: f64 = 14.0;
/// A ratio this far from 1 has the full colour.
const FULL: f64 = 2.0;
const OPAQUE: f64 = 0.6;

pub struct Heat;

impl Chart for Heat {
    fn name(&self) -> &'static str {
        "heat"
    }

    fn draw(&self, results: &View<'_>, theme: &Theme, width: f64) -> Option<String> {
        let names = view::present(results);
        let modes: Vec<_> = view::mode_variants(results)
            .into_iter()
            .filter(|mode| {
                let ran = |c: &CellResult| c.mode == mode.0 && c.variant() == mode.1 && c.speedup.is_some();
                results.cells.iter().any(ran)
            })
            .collect();
        let workloads: Vec<&str> = view::workloads(results)
            .into_iter()
            .filter(|w| view::of(results, w).any(|c| c.speedup.is_some()))
            .collect();
        if modes.is_empty() || workloads.is_empty() {
            return None;
        }
        let title = finding::heat(results)?;
        let workers = view::focus_workers(results);
        let mut subtitle = format!(
            "speedup over {}'s single, pools of {workers}; blue is faster, orange slower; {} not settled",
            results.baseline,
            view::UNSETTLED,
        );
        let shown = || results.cells.iter().filter(|cell| names.contains(&cell.interpreter.as_str()));
        if shown().any(|cell| cell.outcome.is_failure()) {
            subtitle.push_str("; ✗ failed");
        }
        if shown().any(|cell| !cell.outcome.is_failure() && cell.speedup.is_none()) {
            subtitle.push_str("; – not measured, or not beside its baseline");
        }
        let heading = Heading::new(&title, &subtitle, width);
        let panel = HEAD + names.len() as f64 * ROW + GAP;
        let height = heading.height() + workloads.len() as f64 * panel;
        let label = names.iter().map(|name| text_width(name, 11.5, true)).fold(30.0, f64::max).min(110.0);
        let left = MARGIN + label + 10.0;
        let column = (width - MARGIN - left) / modes.len() as f64;

        Some(picture(width, height, &title, theme, |canvas| {
            heading.draw(canvas, theme);
            let mut y = heading.height();
            for workload in &workloads {
                let bold = Font { px: 14.0, bold: true, colour: theme.ink };
                canvas.text(&fit(workload, width, 14.0, true), MARGIN, y + 8.0, Anchor::Start, bold);
                let small = Font { px: 10.5, bold: false, colour: theme.muted };
                for (place, mode) in modes.iter().enumerate() {
                    let name = fit(&view::mode_name(results, *mode), column - 4.0, 10.5, false);
                    let middle = left + (place as f64 + 0.5) * column;
                    canvas.text(&name, middle, y + HEAD - 12.0, Anchor::Middle, small);
                }
                for (line, name) in names.iter().enumerate() {
                    let top = y + HEAD + line as f64 * ROW;
                    let colour = theme.series(view::colour_index(results, name)).text;
                    let font = Font { px: 11.5, bold: true, colour };
                    let short = fit(name, label + 1.0, 11.5, true);
                    canvas.text(&short, left - 10.0, top + ROW / 2.0, Anchor::End, font);
                    for (place, mode) in modes.iter().enumerate() {
                        let at = (left + place as f64 * column, top, column - 2.0);
                        if let Some(cell) = view::cell_at(results, name, workload, *mode, workers) {
                            tile(canvas, theme, results, cell, at);
                        }
                    }
                }
                y += panel;
            }
        }))
    }
}

/// One cell: its colour by the logarithm of the ratio, its figure, or what stands in its place.
fn tile(
    canvas: &mut Canvas,
    theme: &Theme,
    results: &View<'_>,
    cell: &CellResult,
    (x, y, width): (f64, f64, f64),
) {
    let (middle, center) = (x + width / 2.0, y + (ROW - 2.0) / 2.0);
    let who = format!("{} {}", view::who(results, cell), cell.workload);
    let Some(speedup) = cell.speedup.as_ref().filter(|s| view::has_numbers(cell) && s.ratio > 0.0) else {
        let failed = cell.outcome.is_failure();
        canvas.rect(x, y, width, ROW - 2.0, theme.shade, 1.0);
        let (text, colour) = if failed { ("✗", theme.bad) } else { (format::NONE, theme.muted) };
        canvas.text(text, middle, center, Anchor::Middle, Font { px: 12.0, bold: failed, colour });
        canvas.hover(x, y, width, ROW - 2.0, &format!("{who}: {}", view::why_none(cell)));
        return;
    };
    let strength = (speedup.ratio.ln() / FULL.ln()).clamp(-1.0, 1.0);
    let (cool, warm): (Rgb, Rgb) = (theme.series(0).mark, theme.series(5).mark);
    canvas.rect(x, y, width, ROW - 2.0, theme.shade, 1.0);
    canvas.rect(x, y, width, ROW - 2.0, if strength >= 0.0 { cool } else { warm }, strength.abs() * OPAQUE);
    let mark = if speedup.settled { "" } else { view::UNSETTLED };
    let text = fit(&format!("{mark}{}", format::ratio(speedup.ratio)), width - 2.0, 11.0, false);
    let font = Font { px: 11.0, bold: speedup.settled, colour: theme.ink };
    canvas.text(&text, middle, center, Anchor::Middle, font);
    let interval =
        view::interval(speedup).map_or_else(String::new, |ci| format!(", 95 % {}", format::interval(ci)));
    canvas.hover(x, y, width, ROW - 2.0, &format!("{who}: {}{interval}", format::ratio(speedup.ratio)));
}
