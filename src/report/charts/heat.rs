//! Interpreter × mode at one glance: the speedup over the baseline interpreter's `single` as a heat map.

use crate::analysis::CellResult;
use crate::analysis::metrics::SPEEDUP;

use super::super::canvas::{Canvas, Font, HPos};
use super::super::format;
use super::super::theme::Rgb;
use super::super::view::{View, Way, way};
use super::super::wording::UNSETTLED;
use super::Chart;
use super::frame::{Heading, MARGIN, Sheet};

pub(super) const CHART: Chart = Chart { name: "heat", label: "heat map", title, draw };

const ROW: f64 = 30.0;
const HEAD: f64 = 52.0;
const GAP: f64 = 14.0;
/// A ratio this far from 1 has the full colour.
const FULL: f64 = 2.0;
const OPAQUE: f64 = 0.6;

/// `The most over 3.13's single: fib 1.9× with 3.13 mp×2, …`: the best cell of each workload whose interval
/// lies above 1; hedged where it isn't settled.
fn title(view: &View<'_>) -> Option<String> {
    let shown = |cell: &&CellResult| cell.has_numbers() && view.in_focus(cell);
    let best = |workload: &str| {
        let cells = view.cells_of(workload).filter(shown);
        let rated = cells.filter_map(|cell| Some((cell, cell.speedup.as_ref()?)));
        let faster = rated.filter(|(_, speedup)| {
            speedup.pairs > 0 && speedup.ci95.map_or(speedup.settled && speedup.ratio > 1.0, |ci| ci[0] > 1.0)
        });
        faster.max_by(|a, b| a.1.ratio.total_cmp(&b.1.ratio))
    };
    let claim = |workload: &&str| {
        let (cell, speedup) = best(workload)?;
        Some(format!("{workload} {} with {}", speedup.about(), view.who(cell)))
    };
    let claims: Vec<String> = view.workload_names.iter().filter_map(claim).take(3).collect();
    let base = format!("{}'s {}", view.baseline, view.base_mode());
    if !claims.is_empty() {
        return Some(format!("The most over {base}: {}", claims.join(", ")));
    }
    let cells = || view.cells.iter().filter(shown);
    let compared = cells().filter(|cell| cell.speedup.as_ref().is_some_and(|one| one.ci95.is_some()));
    Some(match 2 * compared.count() < cells().count() {
        true => format!("Too little was compared to say what is faster than {base}"),
        false => format!("Nothing is shown to be faster than {base}"),
    })
}

fn draw(view: &View<'_>, sheet: Sheet<'_>) -> Option<String> {
    let (theme, width) = (sheet.theme, sheet.width);
    let rated = |mode: &Way<'_>| view.cells.iter().any(|cell| way(cell) == *mode && cell.speedup.is_some());
    let modes: Vec<Way<'_>> = view.ways().into_iter().filter(rated).collect();
    let workloads = view.workload_names.iter();
    let workloads: Vec<&str> =
        workloads.copied().filter(|name| view.cells_of(name).any(|cell| cell.speedup.is_some())).collect();
    if modes.is_empty() || workloads.is_empty() {
        return None;
    }
    let names = &view.present;
    let heading = Heading::new(sheet, &subtitle(view));
    let panel = HEAD + names.len() as f64 * ROW + GAP;
    let bold = Font::bold(11.5, theme.ink);
    let label = names.iter().map(|name| bold.width(name)).fold(30.0, f64::max).min(110.0);
    let left = MARGIN + label + 10.0;
    let column = (width - MARGIN - left) / modes.len() as f64;

    Some(heading.picture(workloads.len() as f64 * panel, |canvas| {
        let mut y = heading.height();
        for workload in &workloads {
            let title = Font::bold(14.0, theme.ink);
            canvas.fitted(workload, width - 2.0 * MARGIN, MARGIN, y + 8.0, HPos::Left, title);
            let small = Font::plain(10.5, theme.muted);
            for (place, mode) in modes.iter().enumerate() {
                let (name, middle) = (view.way_name(*mode), left + (place as f64 + 0.5) * column);
                canvas.fitted(&name, column - 4.0, middle, y + HEAD - 12.0, HPos::Center, small);
            }
            for (line, name) in names.iter().enumerate() {
                let top = y + HEAD + line as f64 * ROW;
                let font = Font { colour: theme.series(view.colour_index(name)).text, ..bold };
                canvas.fitted(name, label + 1.0, left - 10.0, top + ROW / 2.0, HPos::Right, font);
                for (place, mode) in modes.iter().enumerate() {
                    let at = (left + place as f64 * column, top, column - 2.0);
                    if let Some(cell) = view.cell_in_focus(name, workload, *mode) {
                        tile(canvas, &view.who_on(cell), cell, at);
                    }
                }
            }
            y += panel;
        }
    }))
}

fn subtitle(view: &View<'_>) -> String {
    let mut subtitle = format!("speedup over {}'s {}", view.baseline, view.base_mode());
    if view.focus_workers > 1 {
        subtitle.push_str(&format!(", pools of {}", view.focus_workers));
    }
    subtitle.push_str(&format!("; blue is faster, orange slower; {UNSETTLED} not settled"));
    let shown = || view.cells.iter().filter(|cell| view.present.contains(&cell.interpreter.as_str()));
    if shown().any(|cell| cell.outcome.is_failure()) {
        subtitle.push_str("; ✗ failed");
    }
    if shown().any(|cell| !cell.outcome.is_failure() && cell.speedup.is_none()) {
        subtitle.push_str("; – not measured, or not beside its baseline");
    }
    subtitle
}

/// One cell: its colour by the logarithm of the ratio, its figure, or what stands in its place.
fn tile(canvas: &mut Canvas, who: &str, cell: &CellResult, (x, y, width): (f64, f64, f64)) {
    let theme = canvas.theme;
    let (middle, center) = (x + width / 2.0, y + (ROW - 2.0) / 2.0);
    canvas.rect(x, y, width, ROW - 2.0, theme.shade, 1.0);
    let Some(speedup) = (SPEEDUP.of)(cell).filter(|found| cell.has_numbers() && found.value > 0.0) else {
        let failed = cell.outcome.is_failure();
        let (text, colour) = if failed { ("✗", theme.bad) } else { (format::NONE, theme.muted) };
        canvas.text(text, middle, center, HPos::Center, Font { px: 12.0, bold: failed, colour });
        canvas.hover(x, y, width, ROW - 2.0, &format!("{who}: {}", cell.why_none()));
        return;
    };
    let strength = (speedup.value.ln() / FULL.ln()).clamp(-1.0, 1.0);
    let (cool, warm): (Rgb, Rgb) = (theme.series(0).mark, theme.series(5).mark);
    canvas.rect(x, y, width, ROW - 2.0, if strength >= 0.0 { cool } else { warm }, strength.abs() * OPAQUE);
    let font = Font { px: 11.0, bold: speedup.settled, colour: theme.ink };
    canvas.fitted(&SPEEDUP.text(cell), width - 2.0, middle, center, HPos::Center, font);
    let interval =
        speedup.shown_interval().map_or_else(String::new, |ci| format!(", 95 % {}", format::interval(ci)));
    canvas.hover(x, y, width, ROW - 2.0, &format!("{who}: {}{interval}", format::ratio(speedup.value)));
}
