//! One workload's part of the table.

use crate::analysis::CellResult;
use crate::analysis::metrics::{MetricValue, PEAK_MEMORY, SPEEDUP, SPEEDUP_SELF, TIME, Unit};
use crate::record::Outcome;

use super::super::format;
use super::super::view::View;
use super::super::wording::UNSETTLED;
use super::layout::{cut, left, right, width};
use super::{BAD, DIM, HEAD, TerminalTable, bar};

/// Widths of the columns, one blank between.
struct ColumnWidths {
    interpreter: usize,
    how: usize,
    bar: usize,
    /// With its interval, where there is room.
    ratio: usize,
}

const TIME_WIDTH: usize = 8;
/// `~1.87× 1.80–1.94`
const RATIO: usize = 16;
/// `~1.87×`
const RATIO_ALONE: usize = 6;
/// Below this a ratio stands without its interval, which is in every other report.
const ROOM_FOR_INTERVALS: usize = 72;
const MEMORY: usize = 8;
/// A ratio below this is no more than that: its digits don't fit, and nobody weighs them.
const SMALLEST: f64 = 0.0995;

impl TerminalTable<'_> {
    /// Adds a heading and one line a cell (skipped ones aside), failures in place.
    pub(super) fn workload(&mut self, workload: &str) {
        let view = self.view;
        let cells: Vec<&CellResult> =
            view.cells_of(workload).filter(|cell| cell.outcome != Outcome::Skipped).collect();
        if cells.is_empty() {
            return;
        }
        let columns = ColumnWidths::new(view, &cells, self.width);
        let longest = cells.iter().filter_map(|cell| Some(cell.wall_ns.as_ref()?.median)).max().unwrap_or(0);
        if !self.lines.is_empty() {
            self.blank();
        }
        let heading = columns.heading(workload);
        self.lines.push(self.paint(HEAD, heading.trim_end()));

        let mut last = "";
        for cell in cells {
            let interpreter = if cell.interpreter == last { "" } else { cell.interpreter.as_str() };
            last = &cell.interpreter;
            let how = view.how(cell) + &cell.marks();
            let head = format!("{} {}", left(interpreter, columns.interpreter), left(&how, columns.how));
            self.lines.push(if cell.has_numbers() {
                format!("{head} {}", self.figures(cell, &columns, longest)).trim_end().to_owned()
            } else {
                let room = self.width.saturating_sub(width(&head) + 1);
                let style = if cell.outcome.is_failure() { BAD } else { DIM };
                format!("{head} {}", self.paint(style, &cut(&cell.why_none(), room)))
            });
        }
    }

    fn figures(&self, cell: &CellResult, columns: &ColumnWidths, longest: u64) -> String {
        let fraction = (TIME.of)(cell).map_or(0.0, |time| time.value / longest.max(1) as f64);
        let bar =
            if columns.bar > 0 { format!("{} ", bar::bar(fraction, columns.bar)) } else { String::new() };
        format!(
            "{bar}{} {} {} {}",
            right(&TIME.text(cell), TIME_WIDTH),
            self.ratio((SPEEDUP_SELF.of)(cell), columns.ratio),
            self.ratio((SPEEDUP.of)(cell), columns.ratio),
            right(&PEAK_MEMORY.text(cell), MEMORY),
        )
    }

    /// `~1.87× 1.80–1.94`, the interval pale.
    fn ratio(&self, found: Option<MetricValue<'_>>, columns: usize) -> String {
        let Some(found) = found else { return left(&format!(" {}", format::NONE), columns) };
        let mark = if found.settled { " " } else { UNSETTLED };
        if found.value < SMALLEST {
            let least = format!("<{}", format::ratio_short(SMALLEST));
            return left(&format!("{mark}{}", right(&least, 5)), columns);
        }
        let value = format!("{mark}{}", right(&format::ratio(found.value), 5));
        if columns < RATIO {
            return left(&value, columns);
        }
        let interval = left(&found.interval_text(Unit::Ratio), columns.saturating_sub(width(&value) + 1));
        format!("{value} {}", self.paint(DIM, &interval))
    }
}

fn ratio_heading(name: &str, columns: usize) -> String {
    format!(
        " {}",
        left(&if columns < RATIO { format!("  {name}") } else { format!("  {name}  95 %") }, columns)
    )
}

impl ColumnWidths {
    fn heading(&self, workload: &str) -> String {
        format!(
            "{} {}{}{}{} {}",
            left(workload, self.interpreter + 1 + self.how),
            left("", self.bar + usize::from(self.bar > 0)),
            right("time", TIME_WIDTH),
            ratio_heading("self", self.ratio),
            ratio_heading("base", self.ratio),
            right("memory", MEMORY),
        )
    }

    fn new(view: &View<'_>, cells: &[&CellResult], total: usize) -> Self {
        let widest = |text: &dyn Fn(&CellResult) -> String| {
            cells.iter().map(|cell| width(&text(cell))).max().unwrap_or(0)
        };
        let mut interpreter = widest(&|cell| cell.interpreter.clone());
        let mut how = widest(&|cell| view.how(cell)) + 1;
        // Blanks: one after each column.
        let ratio = if total < ROOM_FOR_INTERVALS { RATIO_ALONE } else { RATIO };
        let fixed = TIME_WIDTH + 2 * ratio + MEMORY + 5;
        let room = total.saturating_sub(fixed);
        // Names give way before figures do.
        while interpreter + how > room && interpreter.max(how) > 4 {
            if interpreter > how { interpreter -= 1 } else { how -= 1 }
        }
        let bar = room.saturating_sub(interpreter + how + 1).min(16);
        Self { interpreter, how, bar: if bar >= 3 { bar } else { 0 }, ratio }
    }
}
