//! Several runs side by side: one line a cell, one column a run. No verdict: runs that weren't
//! measured in turns are `gilmatrix compare`'s business.

use std::collections::HashMap;

use crate::analysis::{CellResult, Results};

use super::super::format;
use super::super::view::{self, View};
use super::layout::{cut, left, right, width};

const TIME: usize = 10;

/// Warm time of every cell that at least one run has a number for; lines of at most `columns`.
pub fn side_by_side(runs: &[Results], columns: usize) -> String {
    let views: Vec<View<'_>> = runs.iter().map(View::new).collect();
    let mut order: Vec<String> = Vec::new();
    let mut table: HashMap<String, Vec<Option<String>>> = HashMap::new();
    for (place, view) in views.iter().enumerate() {
        for cell in view.cells.iter().filter(|cell| cell.outcome != crate::record::Outcome::Skipped) {
            let name = format!("{} {}", cell.workload, view::who(view, cell));
            let row = table.entry(name.clone()).or_insert_with(|| {
                order.push(name);
                vec![None; views.len()]
            });
            row[place] = Some(figure(cell));
        }
    }
    let widest = order.iter().map(|name| width(name)).max().unwrap_or(0);
    let names = widest.min(columns.saturating_sub(views.len() * (TIME + 1)).max(16));
    let mut lines = vec![left("time of one warm pass", names)];
    for view in &views {
        lines[0].push_str(&format!(" {}", right(&cut(&view.run_id, TIME), TIME)));
    }
    for name in order {
        let mut line = left(&name, names);
        for figure in table.get(&name).into_iter().flatten() {
            line.push_str(&format!(" {}", right(figure.as_deref().unwrap_or(format::NONE), TIME)));
        }
        lines.push(line);
    }
    lines.iter().map(|line| format!("{}\n", line.trim_end())).collect()
}

fn figure(cell: &CellResult) -> String {
    let mark = if view::settled(cell) { "" } else { view::UNSETTLED };
    match cell.wall_ns.as_ref().filter(|_| view::has_numbers(cell)) {
        Some(wall) => format!("{mark}{}", format::ns(wall.median)),
        None => view::outcome(cell.outcome).to_owned(),
    }
}
