//! Time against memory, every cell a point: a choice that another one beats in both is pale.

use crate::analysis::CellResult;

use super::super::canvas::{Anchor, Canvas, Font, Stroke, fit, picture, text_width};
use super::super::labels::push_apart;
use super::super::theme::Theme;
use super::super::view::{self, View};
use super::super::{finding, format};
use super::Chart;
use super::frame::{Axis, Grid, Heading};

const HEIGHT: f64 = 250.0;
const FOOT: f64 = 40.0;
const LEFT: f64 = 52.0;
const LABEL: f64 = 10.5;
/// Most room for a name, and that from the picture's edge to it.
const NAME: f64 = 110.0;
const LEADER: f64 = 30.0;

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
    let cells = view::of(results, workload).filter(|c| view::has_numbers(c));
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
        let subtitle = "time of one warm pass against peak memory, lower left is better; beyond the line, and pale: another choice is both faster and smaller, going by the medians";
        let heading = Heading::new(&title, subtitle, width);
        let grid = Grid::new(&heading, panels.len(), HEIGHT + FOOT);
        Some(picture(width, grid.height(), &title, theme, |canvas| {
            heading.draw(canvas, theme);
            for (place, (workload, choices)) in panels.iter().enumerate() {
                let at = grid.open(canvas, theme, place, workload);
                draw_panel(canvas, theme, results, choices, at, grid.panel_width());
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
    let best = frontier(choices);
    let names: Vec<String> =
        best.iter().map(|choice| fit(&view::who(results, choice.cell), NAME, LABEL, true)).collect();
    let widest = names.iter().map(|name| text_width(name, LABEL, true)).fold(0.0, f64::max);
    let (left, right, bottom) = (x + LEFT, x + width - widest - LEADER, top + HEIGHT);
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
    let steps = stairs(&best.iter().map(|choice| at(choice)).collect::<Vec<_>>(), top, right);
    canvas.path(&steps, Stroke::new(1.4, theme.muted).opacity(0.8));
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
    // Names stand beside the picture, where they cover no point.
    let wishes: Vec<f64> = best.iter().map(|choice| at(choice).1).collect();
    let places = push_apart(&wishes, 13.0, top - 8.0, bottom + 8.0);
    for ((choice, name), place) in best.iter().zip(&names).zip(places) {
        let series = theme.series(view::colour_index(results, &choice.cell.interpreter));
        let (px, py) = at(choice);
        let begin = right + LEADER - 12.0;
        canvas.line((px + 5.0, py), (begin - 3.0, place), Stroke::new(0.8, series.mark).opacity(0.6));
        canvas.text(name, begin, place, Anchor::Start, Font { px: LABEL, bold: true, colour: series.text });
    }
}

/// The choices that no other beats, the fastest first; of equal ones all.
fn frontier<'a>(choices: &'a [Choice<'a>]) -> Vec<&'a Choice<'a>> {
    let mut best: Vec<&Choice<'_>> = choices.iter().filter(|choice| !choice.dominated).collect();
    best.sort_by_key(|choice| (choice.ns, std::cmp::Reverse(choice.bytes)));
    best
}

/// The edge of what they beat, from the upper end of the picture to its right one: to the right of and above
/// each of them.
fn stairs(best: &[(f64, f64)], top: f64, right: f64) -> Vec<(f64, f64)> {
    let mut line: Vec<(f64, f64)> = Vec::new();
    for &(x, y) in best {
        let above = line.last().map_or(top, |before| before.1);
        line.extend([(x, above), (x, y)]);
    }
    line.extend(line.last().map(|last| (right, last.1)));
    line
}

#[cfg(test)]
mod tests {
    use super::stairs;

    #[test]
    fn the_edge_runs_above_and_to_the_right_of_each() {
        let line = stairs(&[(10.0, 20.0), (30.0, 50.0)], 0.0, 100.0);
        assert_eq!(line, [(10.0, 0.0), (10.0, 20.0), (30.0, 20.0), (30.0, 50.0), (100.0, 50.0)]);
        assert!(stairs(&[], 0.0, 100.0).is_empty());
    }
}
