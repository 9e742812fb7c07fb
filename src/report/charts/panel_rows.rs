//! Rows of panels over the workers, a block of rows for each workload.

use super::super::canvas::{Canvas, Font, HPos};
use super::frame::{Heading, MARGIN, WIDE};
use super::worker_panel::{PANEL_HEIGHT, WorkerPanel};

/// More panels beside each other than this would leave no room to read.
pub(crate) const MAX_COLUMNS: usize = 4;
const BLOCK_HEAD: f64 = 24.0;
const ROW_HEAD: f64 = 20.0;
const FOOT: f64 = 14.0;

/// Panels that share the upright axis.
pub(crate) struct PanelRow<'a> {
    /// Stands over the first of the rows that have the same; empty: nothing does.
    pub workload: &'a str,
    /// Stands over the row; empty: nothing does.
    pub head: String,
    pub panels: Vec<WorkerPanel>,
    pub names_axis: bool,
}

/// Draws the rows in their order, at most `columns` panels in a line: one on a phone.
pub(crate) fn draw(heading: &Heading<'_>, rows: &[PanelRow<'_>], columns: usize) -> String {
    let sheet = heading.sheet;
    let columns = if sheet.width < WIDE { 1 } else { columns.max(1) };
    let panel_width = (sheet.width - 2.0 * MARGIN) / columns as f64;
    let head = |text: &str, height: f64| if text.is_empty() { 0.0 } else { height };
    let row_height = |row: &PanelRow<'_>| {
        head(&row.head, ROW_HEAD) + PANEL_HEIGHT * row.panels.len().div_ceil(columns) as f64
    };
    let blocks: Vec<&[PanelRow<'_>]> = rows.chunk_by(|a, b| a.workload == b.workload).collect();
    let heads: f64 = blocks.iter().map(|block| head(block[0].workload, BLOCK_HEAD) + FOOT).sum();

    heading.picture(heads + rows.iter().map(row_height).sum::<f64>(), |canvas| {
        let mut y = heading.height();
        let text = |canvas: &mut Canvas, text: &str, y: f64, px: f64, bold: bool| {
            let font = Font { px, bold, colour: sheet.theme.ink };
            canvas.fitted(text, sheet.width - 2.0 * MARGIN, MARGIN, y + 8.0, HPos::Left, font);
        };
        for block in blocks {
            if !block[0].workload.is_empty() {
                text(canvas, block[0].workload, y, 14.0, true);
                y += BLOCK_HEAD;
            }
            for row in block {
                if !row.head.is_empty() {
                    text(canvas, &row.head, y, 11.5, false);
                    y += ROW_HEAD;
                }
                let high = row.panels.iter().map(WorkerPanel::reach).fold(1.2, f64::max);
                for line in row.panels.chunks(columns) {
                    for (column, panel) in line.iter().enumerate() {
                        let x = MARGIN + column as f64 * panel_width;
                        panel.draw(canvas, (x, y), panel_width, high, row.names_axis);
                    }
                    y += PANEL_HEIGHT;
                }
            }
            y += FOOT;
        }
    })
}
