//! SideBySide runs side by side: one page, one Markdown file, one table, one chart. A run is a column.
//!
//! What differs between the runs is said first. Every ratio shown was formed inside one run; none is formed
//! between two, which were never alive together and may be of two machines: that is `gilmatrix compare`'s
//! business.

mod chart;
mod differences;
mod markdown;
mod page;
mod terminal;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use indexmap::IndexMap;

use crate::analysis::{CellResult, Results};
use crate::cell::Cell;
use crate::record::Outcome;

use super::artifact::Artifact;
use super::exports::csv;
use super::raster;
use super::view::{View, unique};

pub(crate) use terminal::terminal;

/// Longer names than this are letters in the tables, explained above them.
const SHORT: usize = 12;

/// One run.
pub(crate) struct RunColumn<'a> {
    /// Its id where all are short, else a letter.
    pub label: String,
    pub view: View<'a>,
}

/// What stands where a run doesn't have what another one has.
const NOT_HERE: &str = "not in this run";

/// One cell, and what each run has of it.
pub(crate) struct CellRow<'a> {
    pub cell: &'a Cell,
    /// `threads×2`.
    pub how: String,
    /// One for each run; `None`: not in its plan.
    pub cells: Vec<Option<&'a CellResult>>,
}

pub(crate) struct SideBySide<'a> {
    pub runs: Vec<RunColumn<'a>>,
    /// In the first run's order, then what only later ones have, a workload's cells together. What no run tried
    /// is left out.
    pub rows: Vec<CellRow<'a>>,
}

impl<'a> SideBySide<'a> {
    pub(crate) fn new(all: &'a [Results]) -> Self {
        let column = |(label, run): (String, &'a Results)| RunColumn { label, view: View::new(run) };
        let runs: Vec<RunColumn<'a>> = labels(all).into_iter().zip(all).map(column).collect();
        let mut rows: IndexMap<&Cell, CellRow<'a>> = IndexMap::new();
        for (run, (results, column)) in all.iter().zip(&runs).enumerate() {
            for cell in &results.cells {
                let row = rows.entry(&cell.cell).or_insert_with(|| {
                    let how = column.view.how(cell);
                    CellRow { cell: &cell.cell, how, cells: vec![None; all.len()] }
                });
                row.cells[run].get_or_insert(cell);
            }
        }
        rows.retain(|_, row| row.cells.iter().flatten().any(|cell| cell.outcome != Outcome::Skipped));
        let mut several = Self { runs, rows: rows.into_values().collect() };
        let order: HashMap<&str, usize> = several.workloads().into_iter().zip(0..).collect();
        several.rows.sort_by_key(|row| order.get(row.cell.workload.as_str()).copied());
        several
    }

    /// In order of appearance.
    pub(crate) fn workloads(&self) -> Vec<&'a str> {
        unique(self.rows.iter().map(|row| row.cell.workload.as_str()))
    }
}

/// The cell where it has figures, else what stands in their place.
fn measured(cell: Option<&CellResult>) -> Result<&CellResult, String> {
    let cell = cell.ok_or_else(|| NOT_HERE.to_owned())?;
    if cell.has_numbers() { Ok(cell) } else { Err(cell.why_none()) }
}

fn labels(all: &[Results]) -> Vec<String> {
    let ids: Vec<&str> = all.iter().map(|run| run.run_id.as_str()).collect();
    let distinct = ids.iter().enumerate().all(|(place, id)| !ids[..place].contains(id));
    if distinct && ids.iter().all(|id| id.chars().count() <= SHORT) {
        return ids.into_iter().map(str::to_owned).collect();
    }
    let letter =
        |place: u8| if place < 26 { char::from(b'A' + place).to_string() } else { format!("R{place}") };
    (0..).take(ids.len()).map(letter).collect()
}

/// Their files: `report.html`, `report.md`, `results.csv` and `charts/side-by-side.svg` and `.png`; those
/// that `wanted` takes, by the name of its format.
pub(crate) fn render(all: &[Results], wanted: impl Fn(&str) -> bool) -> Vec<Artifact> {
    let several = SideBySide::new(all);
    let drawing = chart::drawing(&several);
    let mut files = Vec::new();
    if wanted("csv") {
        let runs = several.runs.iter().map(|run| (run.label.as_str(), &run.view));
        files.push(Artifact::new("results.csv", csv::several(runs)));
    }
    if wanted("md") {
        files.push(Artifact::new("report.md", markdown::text_of(&several, drawing.as_ref())));
    }
    if wanted("html") {
        files.push(Artifact::new("report.html", page::page(&several, drawing.as_ref())));
    }
    if let Some(drawing) = &drawing {
        // Markdown shows the chart by its name.
        if wanted("svg") || wanted("md") {
            files.push(Artifact::chart(drawing.name, "svg", drawing.svg.as_str()));
        }
        if wanted("png") {
            files.push(raster::artifact(drawing));
        }
    }
    files
}
