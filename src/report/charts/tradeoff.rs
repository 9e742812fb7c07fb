//! Time against memory, every cell a point: a choice that another one beats in both is pale.

use crate::analysis::CellResult;

use super::super::canvas::{Canvas, Font, Stroke};
use super::super::format;
use super::super::labels::EndLabel;
use super::super::view::View;
use super::Chart;
use super::frame::{Axis, Heading, Sheet, grid};
use super::plot::Plot;
use crate::stats::median;

pub(super) const CHART: Chart = Chart { name: "tradeoff", label: "time against memory", title, draw };

const HEIGHT: f64 = 250.0;
const FOOT: f64 = 40.0;
const LEFT: f64 = 52.0;
const LABEL: f64 = 10.5;
/// Most room for a name, the least for its interpreter's, and that from the picture's edge to it.
const NAME: f64 = 132.0;
const SHORT_NAME: f64 = 45.0;
const LEADER: f64 = 30.0;
/// Times the median: beyond it a choice stands at the edge.
const FAR: f64 = 10.0;

/// A cell with both figures.
struct TimeAndSize<'a> {
    cell: &'a CellResult,
    ns: u64,
    bytes: u64,
    /// Another one is no slower and no larger, and better in one of them.
    dominated: bool,
}

impl TimeAndSize<'_> {
    /// `44.5 ms, 22.2 MiB`.
    fn sizes(&self) -> String {
        format!("{}, {}", format::ns(self.ns), format::bytes(self.bytes))
    }
}

/// Every cell of a workload that could be chosen and has a time and a memory peak, in the matrix's order.
fn choices<'a>(view: &View<'a>, workload: &str) -> Vec<TimeAndSize<'a>> {
    let cells = view.cells_of(workload).filter(|cell| cell.is_comparable());
    let mut found: Vec<TimeAndSize<'_>> = cells
        .filter_map(|cell| {
            let (ns, bytes) = (cell.wall_ns.as_ref()?.median, cell.peak_bytes()?);
            Some(TimeAndSize { cell, ns, bytes, dominated: false })
        })
        .collect();
    let all: Vec<(u64, u64)> = found.iter().map(|choice| (choice.ns, choice.bytes)).collect();
    for choice in &mut found {
        let own = (choice.ns, choice.bytes);
        choice.dominated = all.iter().any(|&(ns, bytes)| ns <= own.0 && bytes <= own.1 && (ns, bytes) != own);
    }
    found
}

/// Workloads with two choices or more.
fn panels<'a>(view: &View<'a>) -> Vec<(String, Vec<TimeAndSize<'a>>)> {
    let panel = |workload: &&str| ((*workload).to_owned(), choices(view, workload));
    view.workload_names.iter().map(panel).filter(|(_, choices)| choices.len() >= 2).collect()
}

/// `fib: 3.12 mp×2 is fastest (35.7 ms, 22.2 MiB), 3.13 single smallest (61.5 ms, 9.29 MiB)`, going by the
/// medians.
fn title(view: &View<'_>) -> Option<String> {
    let panels = panels(view);
    let (workload, choices) = panels.first()?;
    let fastest = choices.iter().min_by_key(|choice| (choice.ns, choice.bytes))?;
    let smallest = choices.iter().min_by_key(|choice| (choice.bytes, choice.ns))?;
    let who = |choice: &TimeAndSize<'_>| view.who(choice.cell);
    Some(if std::ptr::eq(fastest, smallest) {
        format!("{workload}: {} is fastest and smallest ({})", who(fastest), fastest.sizes())
    } else {
        let (first, last) = (fastest.sizes(), smallest.sizes());
        format!("{workload}: {} is fastest ({first}), {} smallest ({last})", who(fastest), who(smallest))
    })
}

fn draw(view: &View<'_>, sheet: Sheet<'_>) -> Option<String> {
    let panels = panels(view);
    panels.first()?;
    let far = panels.iter().any(|(_, choices)| {
        let [times, sizes] =
            [reach(choices.iter().map(|it| it.ns)), reach(choices.iter().map(|it| it.bytes))];
        choices.iter().any(|choice| choice.ns as f64 > times || choice.bytes as f64 > sizes)
    });
    let subtitle = format!(
        "time of one warm pass against peak memory, lower left is better; beyond the line, and pale: another choice is both faster and smaller, going by the medians{}",
        if far { "; at the right or upper edge: further out than is shown" } else { "" }
    );
    let heading = Heading::new(sheet, &subtitle);
    Some(grid(&heading, HEIGHT + FOOT, &panels, |canvas, choices, at, width| {
        draw_panel(canvas, view, choices, at, width);
    }))
}

fn draw_panel(
    canvas: &mut Canvas,
    view: &View<'_>,
    choices: &[TimeAndSize<'_>],
    (x, top): (f64, f64),
    width: f64,
) {
    // The choices that no other beats, the fastest first; of equal ones all.
    let mut best: Vec<&TimeAndSize<'_>> = choices.iter().filter(|choice| !choice.dominated).collect();
    best.sort_by_key(|choice| (choice.ns, std::cmp::Reverse(choice.bytes)));
    let font = Font::bold(LABEL, canvas.theme.ink);
    let name = |choice: &&TimeAndSize<'_>| {
        let how = format!(" {}", font.fit(&view.how(choice.cell), NAME - SHORT_NAME));
        format!("{}{how}", font.fit(&choice.cell.interpreter, NAME - font.width(&how)))
    };
    let names: Vec<String> = best.iter().map(name).collect();
    let widest = names.iter().map(|name| font.width(name)).fold(0.0, f64::max);
    let theme = canvas.theme;
    let most = |figure: fn(&TimeAndSize<'_>) -> u64| reach(choices.iter().map(figure)) * 1.08;
    let plot = Plot {
        left: x + LEFT,
        right: x + width - widest - LEADER,
        top,
        bottom: top + HEIGHT,
        last: most(|choice| choice.ns),
        high: most(|choice| choice.bytes),
        ..Plot::default()
    };
    let at = |choice: &TimeAndSize<'_>| {
        (plot.x(plot.last.min(choice.ns as f64)), plot.y(plot.high.min(choice.bytes as f64)))
    };
    plot.levels(canvas, Axis::Bytes.ticks(plot.high, 4.0), 5.0);
    plot.uprights(canvas, Axis::Nanoseconds.ticks(plot.last, (plot.right - plot.left) / 70.0), 10.0);
    let steps = stairs(&best.iter().map(|choice| at(choice)).collect::<Vec<_>>(), top, plot.right);
    canvas.path(&steps, Stroke::new(1.4, theme.muted).opacity(0.8));
    draw_marks(canvas, view, choices, at);
    let label = |(choice, name): (&&TimeAndSize<'_>, String)| {
        let (px, py) = at(choice);
        let series = theme.series(view.colour_index(&choice.cell.interpreter));
        EndLabel { point: (px + 5.0, py), text: name, series }
    };
    let labels: Vec<EndLabel> = best.iter().zip(names).map(label).collect();
    canvas.end_labels(&labels, plot.right + LEADER - 12.0, (LABEL, 13.0), (top - 8.0, plot.bottom + 8.0));
}

/// A mark for each choice, which says its figures under the pointer.
fn draw_marks(
    canvas: &mut Canvas,
    view: &View<'_>,
    choices: &[TimeAndSize<'_>],
    at: impl Fn(&TimeAndSize<'_>) -> (f64, f64),
) {
    let theme = canvas.theme;
    // The best last, so that they lie on top.
    let mut order: Vec<&TimeAndSize<'_>> = choices.iter().collect();
    order.sort_by_key(|choice| !choice.dominated);
    for choice in &order {
        let series = theme.series(view.colour_index(&choice.cell.interpreter));
        let (px, py) = at(choice);
        if choice.dominated {
            canvas.outline(px - 2.5, py - 2.5, 5.0, 5.0, Stroke::new(1.2, series.mark).opacity(0.55));
        } else {
            let hollow = (!choice.cell.is_settled()).then_some(theme.paper);
            canvas.mark(px, py, 5.0, series.mark, hollow);
        }
        let text = format!("{}: {}", view.who_on(choice.cell), choice.sizes());
        canvas.hover(px - 6.0, py - 6.0, 12.0, 12.0, &text);
    }
}

/// The largest that is shown in its place: what is many times as large as is usual would press all others together, and
/// stands at the edge.
fn reach(figures: impl Iterator<Item = u64>) -> f64 {
    let all: Vec<f64> = figures.map(|figure| figure.max(1) as f64).collect();
    let most = median(&all).unwrap_or(1.0) * FAR;
    all.into_iter().filter(|figure| *figure <= most).fold(1.0, f64::max)
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
