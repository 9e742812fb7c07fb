//! Time against memory, every cell a point: a choice that another one beats in both is pale.

use crate::analysis::CellResult;

use super::super::canvas::{Anchor, Canvas, Font, Stroke, fit, picture, text_width};
use super::super::labels::push_apart;
use super::super::theme::Theme;
use super::super::view::{self, View};
use super::super::{finding, format};
use super::Chart;
use super::frame::{Axis, Heading, MARGIN, WIDE};

const HEIGHT: f64 = 250.0;
const HEAD: f64 = 28.0;
const FOOT: f64 = 40.0;
const LEFT: f64 = 52.0;
const LABEL: f64 = 10.5;

pub struct Tradeoff;

/// A cell with both figures.
pub struct Choice<'a> {
    pub cell: &'a CellResult,
    pub ns: u64,
    pub bytes: u64,
    /// Another one is no slower and no larger, and better in one of them.
    pub dominated: bool,
}

/// Every cell of a workload that has a time and a memory peak, in the matrix's order.
pub fn choices<'a>(results: &'a View<'_>, workload: &str) -> Vec<Choice<'a>> {
    let cells = results.cells.iter().filter(|c| c.workload == workload && view::has_numbers(c));
    let mut found: Vec<Choice<'_>> = cells
        .filter_map(|cell| {
            let bytes = cell.peak_pss_bytes.or(cell.peak_rss_bytes)?;
            Some(Choice { cell, ns: cell.wall_ns.as_ref()?.median, bytes, dominated: false })
        })
        .collect();
    let all: Vec<(u64, u64)> = found.iter().map(|choice| (choice.ns, choice.bytes)).collect();
    for choice in &mut found {
        let own = (choice.ns, choice.bytes);
        choice.dominated = all.iter().any(|&(ns, bytes)| ns <= own.0 && bytes <= own.1 && (ns, bytes) != own);
    }
    found
}

impl Chart for Tradeoff {
    fn name(&self) -> &'static str {
        "tradeoff"
    }

    fn draw(&self, results: &View<'_>, theme: &Theme, width: f64) -> Option<String> {
        let panels: Vec<(&str, Vec<Choice<'_>>)> = view::workloads(results)
            .into_iter()
            .map(|workload| (workload, choices(results, workload)))
            .filter(|(_, choices)| choices.len() >= 2)
            .collect();
        if panels.is_empty() {
            return None;
        }
        let title = finding::tradeoff(results, &panels)?;
        let subtitle = "time of one warm pass against peak memory, lower left is better; pale: another choice is both faster and smaller, going by the medians";
        let heading = Heading::new(&title, subtitle, width);
        let columns = if panels.len() == 1 || width < WIDE { 1 } else { 2 };
        let lines = panels.len().div_ceil(columns) as f64;
        let height = heading.height() + lines * (HEAD + HEIGHT + FOOT);
        let panel = (width - 2.0 * MARGIN) / columns as f64;

        Some(picture(width, height, &title, theme, |canvas| {
            heading.draw(canvas, theme);
            for (place, (workload, choices)) in panels.iter().enumerate() {
                let x = MARGIN + (place % columns) as f64 * panel;
                let y = heading.height() + (place / columns) as f64 * (HEAD + HEIGHT + FOOT);
                let bold = Font { px: 14.0, bold: true, colour: theme.ink };
                canvas.text(&fit(workload, panel, 14.0, true), x, y + 8.0, Anchor::Start, bold);
                draw_panel(canvas, theme, results, choices, (x, y + HEAD), panel - 12.0);
            }
        }))
    }
}

fn draw_panel(
    canvas: &mut Canvas,
    theme: &Theme,
    results: &View<'_>,
    choices: &[Choice<'_>],
    (x, top): (f64, f64),
    width: f64,
) {
    let (left, right, bottom) = (x + LEFT, x + width - 96.0, top + HEIGHT);
    let most_ns = choices.iter().map(|choice| choice.ns).max().unwrap_or(1).max(1) as f64 * 1.08;
    let most_bytes = choices.iter().map(|choice| choice.bytes).max().unwrap_or(1).max(1) as f64 * 1.08;
    let at = |choice: &Choice<'_>| {
        let across = choice.ns as f64 / most_ns * (right - left);
        (left + across, bottom - choice.bytes as f64 / most_bytes * HEIGHT)
    };
    let small = Font { px: 10.0, bold: false, colour: theme.muted };
    for (tick, text) in Axis::Bytes.ticks(most_bytes, 4.0) {
        let y = bottom - tick / most_bytes * HEIGHT;
        canvas.line((left, y), (right, y), Stroke::new(1.0, theme.grid));
        canvas.text(&text, left - 5.0, y, Anchor::End, small);
    }
    for (tick, text) in Axis::Nanoseconds.ticks(most_ns, (right - left) / 70.0) {
        let at = left + tick / most_ns * (right - left);
        canvas.line((at, top), (at, bottom), Stroke::new(1.0, theme.grid));
        canvas.text(&text, at, bottom + 10.0, Anchor::Middle, small);
    }
    // The best last, so that they lie on top.
    let mut order: Vec<&Choice<'_>> = choices.iter().collect();
    order.sort_by_key(|choice| !choice.dominated);
    for choice in &order {
        let series = theme.series(view::colour_index(results, &choice.cell.interpreter));
        let (px, py) = at(choice);
        if choice.dominated {
            canvas.outline(px - 2.5, py - 2.5, 5.0, 5.0, Stroke::new(1.2, series.mark).opacity(0.55));
        } else {
            let hollow = (!view::settled(choice.cell)).then_some(theme.paper);
            canvas.mark(px, py, 5.0, series.mark, hollow);
        }
        let sizes = format!("{}, {}", format::ns(choice.ns), format::bytes(choice.bytes));
        let text = format!("{} {}: {sizes}", view::who(results, choice.cell), choice.cell.workload);
        canvas.hover(px - 6.0, py - 6.0, 12.0, 12.0, &text);
    }
    let best: Vec<&&Choice<'_>> = order.iter().filter(|choice| !choice.dominated).collect();
    let wishes: Vec<f64> = best.iter().map(|choice| at(choice).1).collect();
    for (choice, place) in best.iter().zip(push_apart(&wishes, 13.0, top - 8.0, bottom + 8.0)) {
        let series = theme.series(view::colour_index(results, &choice.cell.interpreter));
        let (px, py) = at(choice);
        let text = fit(&view::who(results, choice.cell), 110.0, LABEL, true);
        let begin = (px + 16.0).min(x + width - text_width(&text, LABEL, true));
        canvas.line((px + 5.0, py), (begin - 2.0, place), Stroke::new(0.8, series.mark).opacity(0.6));
        let back = text_width(&text, LABEL, true) + 2.0;
        canvas.rect(begin - 1.0, place - 6.0, back, 12.0, theme.paper, 0.85);
        canvas.text(&text, begin, place, Anchor::Start, Font { px: LABEL, bold: true, colour: series.text });
    }
}
