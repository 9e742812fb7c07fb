//! SideBySide runs side by side: what differs first, then one line a cell, one column a run. No verdict: runs
//! that weren't measured in turns are `gilmatrix compare`'s business.

use crate::analysis::metrics::{SPEEDUP_SELF, TIME};
use crate::analysis::{CellResult, Results};

use super::super::format;
use super::super::terminal::layout::{left, names, right, width, wrap};
use super::super::wording::{mark, outcome};
use super::differences::{Differences, machine};
use super::{CellRow, SideBySide};

/// Columns of a figure, and the least that a cell's name gets.
const FIGURE: usize = 10;
const NAME: usize = 16;

/// Warm time and speedup over the own `single` of every cell that some run tried; lines of at most `columns`.
pub(crate) fn terminal(runs: &[Results], columns: usize) -> String {
    let several = SideBySide::new(runs);
    let mut lines: Vec<String> = Vec::new();
    for run in &several.runs {
        let text = format!("{}: {}, {}", run.label, run.view.run_id, machine(&run.view));
        lines.extend(wrap(&text, columns, 2));
    }
    for text in Differences::of(&several).said {
        lines.extend(wrap(&text.replace('`', ""), columns, 2));
    }
    let time = |cell: &CellResult| format!("{}{}", mark(cell.is_settled()), TIME.text(cell));
    lines.push(String::new());
    table(&mut lines, &several, columns, "time of one warm pass", time);
    lines.push(String::new());
    table(&mut lines, &several, columns, "over its own single", |cell| SPEEDUP_SELF.text(cell));
    lines.iter().map(|line| format!("{}\n", line.trim_end())).collect()
}

fn table(
    lines: &mut Vec<String>,
    several: &SideBySide<'_>,
    columns: usize,
    title: &str,
    figure: impl Fn(&CellResult) -> String,
) {
    let name =
        |row: &CellRow<'_>, columns| names(&[&row.cell.workload, &row.cell.interpreter, &row.how], columns);
    let widest =
        several.rows.iter().map(|row| width(&name(row, usize::MAX))).max().unwrap_or(0).max(width(title));
    let room = widest.min(columns.saturating_sub(several.runs.len() * (FIGURE + 1)).max(NAME));
    let mut head = left(title, room);
    for run in &several.runs {
        head.push_str(&format!(" {}", right(&run.label, FIGURE)));
    }
    lines.push(head);
    for row in &several.rows {
        let mut line = left(&name(row, room), room);
        for cell in &row.cells {
            let text = match cell {
                Some(cell) if cell.has_numbers() => figure(cell),
                Some(cell) => outcome(cell.outcome).to_owned(),
                None => format::NONE.to_owned(),
            };
            line.push_str(&format!(" {}", right(&text, FIGURE)));
        }
        lines.push(line);
    }
}
