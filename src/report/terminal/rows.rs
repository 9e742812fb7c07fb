//! One workload's part of the table.

use crate::analysis::{CellResult, Speedup};
use crate::record::Outcome;

use super::super::view::View;
use super::super::{format, view};
use super::layout::{cut, left, right, width};
use super::{BAD, DIM, HEAD, Look, bar};

/// Widths of the columns, one blank between.
struct Columns {
    interpreter: usize,
    how: usize,
    bar: usize,
    /// With its interval, where there is room.
    ratio: usize,
}

const TIME: usize = 8;
/// `~1.87× 1.80–1.94`
const RATIO: usize = 16;
/// `~1.87×`
const RATIO_ALONE: usize = 6;
/// Below this a ratio stands without its interval, which is in every other report.
const ROOM_FOR_INTERVALS: usize = 72;
const MEMORY: usize = 8;
/// A ratio below this is no more than that: its digits don't fit, and nobody weighs them.
const SMALLEST: f64 = 0.0995;

/// Heading, one line a cell (skipped ones aside), failures in place.
pub fn workload(lines: &mut Vec<String>, results: &View<'_>, workload: &str, look: &Look) {
    let cells: Vec<&CellResult> =
        view::of(results, workload).filter(|cell| cell.outcome != Outcome::Skipped).collect();
    if cells.is_empty() {
        return;
    }
    let columns = Columns::new(results, &cells, look.width);
    let longest = cells.iter().filter_map(|cell| Some(cell.wall_ns.as_ref()?.median)).max().unwrap_or(0);
    if !lines.is_empty() {
        lines.push(String::new());
    }
    let title = cut(workload, columns.interpreter + columns.how + 1);
    let heading = format!(
        "{} {}{}{}{}",
        left(&title, columns.interpreter + 1 + columns.how),
        left("", columns.bar + usize::from(columns.bar > 0)),
        right("time", TIME),
        ratio_heading("self", columns.ratio),
        ratio_heading("base", columns.ratio),
    );
    lines.push(look.paint(HEAD, format!("{heading} {}", right("memory", MEMORY)).trim_end()));

    let mut last = "";
    for cell in cells {
        let interpreter = if cell.interpreter == last { "" } else { cell.interpreter.as_str() };
        last = &cell.interpreter;
        let mark = if cell.oversubscribed { view::OVERSUBSCRIBED } else { "" };
        let how = format!("{}{mark}", view::how(results, cell));
        let head = format!("{} {}", left(interpreter, columns.interpreter), left(&how, columns.how));
        lines.push(if view::has_numbers(cell) {
            format!("{head} {}", figures(cell, &columns, longest, look)).trim_end().to_owned()
        } else {
            let room = look.width.saturating_sub(width(&head) + 1);
            let style = if cell.outcome.is_failure() { BAD } else { DIM };
            format!("{head} {}", look.paint(style, &cut(&view::why_none(cell), room)))
        });
    }
}

fn ratio_heading(name: &str, columns: usize) -> String {
    format!(
        " {}",
        left(&if columns < RATIO { format!("  {name}") } else { format!("  {name}  95 %") }, columns)
    )
}

fn figures(cell: &CellResult, columns: &Columns, longest: u64, look: &Look) -> String {
    let wall = cell.wall_ns.as_ref().map(|wall| wall.median);
    let fraction = wall.map_or(0.0, |wall| wall as f64 / longest.max(1) as f64);
    let bar = if columns.bar > 0 { format!("{} ", bar::bar(fraction, columns.bar)) } else { String::new() };
    let memory = cell.peak_pss_bytes.or(cell.peak_rss_bytes).map_or(format::NONE.to_owned(), format::bytes);
    format!(
        "{bar}{} {} {} {}",
        right(&wall.map_or(format::NONE.to_owned(), format::ns), TIME),
        ratio(cell.speedup_self.as_ref(), columns.ratio, look),
        ratio(cell.speedup.as_ref(), columns.ratio, look),
        right(&memory, MEMORY),
    )
}

/// `~1.87× 1.80–1.94`, the interval pale.
fn ratio(speedup: Option<&Speedup>, columns: usize, look: &Look) -> String {
    let Some(speedup) = speedup else { return left(&format!(" {}", format::NONE), columns) };
    let mark = if speedup.settled { " " } else { view::UNSETTLED };
    if speedup.ratio < SMALLEST {
        return left(&format!("{mark}{}", right(&format!("<{}", format::ratio_short(SMALLEST)), 5)), columns);
    }
    let value = format!("{mark}{}", right(&format::ratio(speedup.ratio), 5));
    if columns < RATIO {
        return left(&value, columns);
    }
    let interval = match view::interval(speedup) {
        Some(ci) => format::interval(ci),
        None if speedup.settled => String::new(),
        // Too few for an interval.
        None => format::count(speedup.pairs as usize, "pair"),
    };
    let interval = left(&interval, columns.saturating_sub(width(&value) + 1));
    format!("{value} {}", look.paint(DIM, &interval))
}

impl Columns {
    fn new(results: &View<'_>, cells: &[&CellResult], total: usize) -> Self {
        let widest = |text: &dyn Fn(&CellResult) -> String| {
            cells.iter().map(|cell| width(&text(cell))).max().unwrap_or(0)
        };
        let mut interpreter = widest(&|cell| cell.interpreter.clone());
        let mut how = widest(&|cell| view::how(results, cell)) + 1;
        // Blanks: one after each column.
        let ratio = if total < ROOM_FOR_INTERVALS { RATIO_ALONE } else { RATIO };
        let fixed = TIME + 2 * ratio + MEMORY + 5;
        let room = total.saturating_sub(fixed);
        // Names give way before figures do.
        while interpreter + how > room && interpreter.max(how) > 4 {
            if interpreter > how { interpreter -= 1 } else { how -= 1 }
        }
        let bar = room.saturating_sub(interpreter + how + 1).min(16);
        Self { interpreter, how, bar: if bar >= 3 { bar } else { 0 }, ratio }
    }
}
