//! Small multiples of horizontal bars, one panel a workload, one group a mode, one bar an interpreter.

use crate::analysis::CellResult;

use super::super::canvas::{Canvas, Font, HPos, Stroke};
use super::super::theme::Rgb;
use super::super::view::{View, Way};
use super::frame::{Axis, Heading, MARGIN, WIDE};

const ROW: f64 = 18.0;
const GROUP: f64 = 22.0;
const PANEL_HEAD: f64 = 24.0;
const AXIS: f64 = 26.0;
const GAP: f64 = 28.0;
const TEXT: f64 = 11.0;
/// An interval that reaches further than the panel's largest value times this is cut off there: the
/// one that tells least must not press all others together.
const CUT: f64 = 1.3;

pub(super) struct BarPanel {
    pub title: String,
    pub groups: Vec<BarGroup>,
}

pub(super) struct BarGroup {
    pub name: String,
    pub rows: Vec<BarRow>,
}

pub(super) struct BarRow {
    pub name: String,
    /// Place of the interpreter's colour.
    pub series: usize,
    pub content: Content,
}

/// A bar, or what stands where the number would have stood.
pub(super) type Content = Result<Bar, Note>;

pub(super) struct Note {
    pub text: String,
    pub failed: bool,
}

#[derive(Default)]
pub(super) struct Bar {
    /// Stacked from zero, each with its opacity.
    pub parts: Vec<(f64, f64)>,
    /// Drawn behind as an outline.
    pub ghost: Option<f64>,
    pub interval: Option<[f64; 2]>,
    /// Single values, each a dot.
    pub dots: Vec<f64>,
    pub hollow: bool,
    pub text: String,
    /// Paler, after the text.
    pub aside: String,
    pub hover: String,
}

impl Bar {
    fn length(&self) -> f64 {
        self.parts.iter().map(|part| part.0).sum()
    }

    fn text_width(&self, font: Font) -> f64 {
        let gap = if self.aside.is_empty() { 0.0 } else { 6.0 };
        font.width(&self.text) + gap + font.width(&self.aside)
    }

    /// Largest value, its interval aside.
    fn value(&self) -> f64 {
        self.dots.iter().copied().chain(self.ghost).fold(self.length(), f64::max)
    }

    /// Right-most place that is drawn.
    fn reach(&self, limit: f64) -> f64 {
        self.interval.map_or(0.0, |interval| interval[1].min(limit)).max(self.value())
    }
}

/// Panels, groups and rows for every workload, mode and interpreter at the focus number of workers.
/// Interpreters and modes of which nothing ran are left out: their skips stand in the tables.
/// `notes`: what stands in the place of a number is shown; of a figure that most cells can't have it says nothing.
pub(super) fn panels(
    view: &View<'_>,
    notes: bool,
    content: impl Fn(&CellResult) -> Option<Content>,
) -> Vec<BarPanel> {
    let row = |workload: &str, mode: Way<'_>, interpreter: &str| {
        let cell = view.cell_in_focus(interpreter, workload, mode)?;
        let note = || Note { text: cell.why_none().replace('`', ""), failed: cell.outcome.is_failure() };
        let content = if cell.has_numbers() { content(cell) } else { notes.then(|| Err(note())) }?;
        let content =
            content.map(|bar| Bar { hover: format!("{}: {}", view.who_on(cell), bar.hover), ..bar });
        Some(BarRow { name: interpreter.to_owned(), series: view.colour_index(interpreter), content })
    };
    let group = |workload: &str, mode: Way<'_>| {
        let rows = view.present.iter().filter_map(|name| row(workload, mode, name)).collect();
        let many = view.takes_workers(mode.0);
        let name = view.way_name(mode);
        BarGroup { name: if many { format!("{name} × {}", view.focus_workers) } else { name }, rows }
    };
    let shows = |group: &BarGroup| {
        group.rows.iter().any(|row| row.content.as_ref().err().is_none_or(|note| note.failed))
    };
    let modes = view.ways();
    let panel = |workload: &&str| BarPanel {
        title: (*workload).to_owned(),
        groups: modes.iter().map(|&mode| group(workload, mode)).filter(shows).collect(),
    };
    view.workload_names.iter().map(panel).filter(|panel| !panel.groups.is_empty()).collect()
}

/// Draws the whole chart; `None` without a single bar.
pub(super) fn draw(heading: &Heading<'_>, panels: &[BarPanel], axis: Axis) -> Option<String> {
    panels.iter().find_map(|panel| panel.bars().next())?;
    let columns = if panels.len() == 1 || heading.sheet.width < WIDE { 1 } else { 2 };
    let width = (heading.sheet.width - 2.0 * MARGIN - GAP * (columns as f64 - 1.0)) / columns as f64;
    let height = |panel: &BarPanel| PANEL_HEAD + panel.body() + AXIS + 12.0;
    let lines: Vec<f64> =
        panels.chunks(columns).map(|line| line.iter().map(height).fold(0.0, f64::max)).collect();
    Some(heading.picture(lines.iter().sum::<f64>() + 4.0, |canvas| {
        let mut y = heading.height();
        for (line, line_height) in panels.chunks(columns).zip(&lines) {
            for (column, panel) in line.iter().enumerate() {
                let x = MARGIN + column as f64 * (width + GAP);
                draw_panel(canvas, panel, (x, y), width, axis);
            }
            y += line_height;
        }
    }))
}

impl BarPanel {
    fn rows(&self) -> impl Iterator<Item = &BarRow> {
        self.groups.iter().flat_map(|group| &group.rows)
    }

    fn bars(&self) -> impl Iterator<Item = &Bar> {
        self.rows().flat_map(|row| &row.content)
    }

    /// Pixels of all groups with their names.
    fn body(&self) -> f64 {
        self.groups.iter().map(|group| GROUP + group.rows.len() as f64 * ROW).sum()
    }
}

fn draw_panel(canvas: &mut Canvas, panel: &BarPanel, (x, top): (f64, f64), width: f64, axis: Axis) {
    let theme = canvas.theme;
    let plain = Font::plain(TEXT, theme.ink);
    let name_width = panel.rows().map(|row| plain.width(&row.name)).fold(20.0, f64::max).min(110.0);
    let left = x + name_width + 8.0;
    // Every bar has to leave room for its own text at the shared scale.
    let room = x + width - left;
    let largest = panel.bars().map(Bar::value).fold(0.0, f64::max);
    let bar_limit = largest * CUT;
    let scale = panel
        .bars()
        .filter(|bar| bar.reach(bar_limit) > 0.0)
        .map(|bar| (room - 10.0 - bar.text_width(plain)).max(30.0) / bar.reach(bar_limit))
        .fold(f64::INFINITY, f64::min);
    let scale = if scale.is_finite() { scale } else { 0.0 };

    canvas.fitted(&panel.title, width, x, top + 8.0, HPos::Left, Font::bold(14.0, theme.ink));
    let rows_top = top + PANEL_HEAD;
    let bottom = rows_top + panel.body() + 4.0;

    if scale > 0.0 {
        for (tick, label) in axis.ticks(room / scale, (room / 75.0).max(2.0)) {
            let at = left + tick * scale;
            canvas.line((at, rows_top), (at, bottom), Stroke::new(1.0, theme.grid));
            let font = Font::plain(10.0, theme.muted);
            let middle = at.min(x + width - font.width(&label) / 2.0);
            canvas.text(&label, middle, bottom + 10.0, HPos::Center, font);
        }
    }

    let mut y = rows_top;
    for group in &panel.groups {
        let font = Font::bold(11.5, theme.ink);
        // On paper, so that no grid line runs through the words.
        let name = font.fit(&group.name, width - 4.0);
        canvas.rect(x, y + 4.0, font.width(&name) + 4.0, GROUP - 6.0, theme.paper, 1.0);
        canvas.text(&name, x, y + GROUP / 2.0 + 1.0, HPos::Left, font);
        y += GROUP;
        for row in &group.rows {
            let middle = y + ROW / 2.0;
            let colour = theme.series(row.series).text;
            let font = Font::plain(TEXT, colour);
            canvas.fitted(&row.name, name_width + 1.0, left - 8.0, middle, HPos::Right, font);
            draw_row(canvas, row, (left, middle), (scale, bar_limit), x + width);
            y += ROW;
        }
    }
}

fn draw_row(
    canvas: &mut Canvas,
    row: &BarRow,
    (left, middle): (f64, f64),
    (scale, bar_limit): (f64, f64),
    right: f64,
) {
    let theme = canvas.theme;
    let ink = Font::plain(TEXT, theme.ink);
    let bar = match &row.content {
        Ok(bar) => bar,
        Err(Note { text, failed }) => {
            let colour = if *failed { theme.bad } else { theme.muted };
            let mark = if *failed { "✗ " } else { "" };
            let short = ink.fit_start(&format!("{mark}{text}"), right - left - 4.0);
            let width = ink.width(&short);
            canvas.rect(left + 2.0, middle - 7.0, width + 4.0, 14.0, theme.paper, 1.0);
            canvas.text(&short, left + 4.0, middle, HPos::Left, Font { colour, ..ink });
            canvas.hover(left, middle - ROW / 2.0, right - left, ROW, &format!("{}: {text}", row.name));
            return;
        }
    };
    let colour = theme.series(row.series).mark;
    draw_parts(canvas, bar, (left, middle), scale, colour);
    if let Some([low, high]) = bar.interval {
        let (low, high) = (left + low * scale, left + high.min(bar_limit) * scale);
        let stroke = Stroke::new(1.4, theme.ink);
        canvas.line((low, middle), (high, middle), stroke);
        // One that goes on beyond the picture has no bar at its end.
        for end in [low, high] {
            if end < left + bar_limit * scale {
                canvas.line((end, middle - 3.5), (end, middle + 3.5), stroke);
            }
        }
    }
    for at in apart(bar.dots.iter().map(|value| left + value * scale)) {
        canvas.dot(at, middle, 2.4, colour, 0.8);
    }
    let end = left + bar.reach(bar_limit) * scale + 5.0;
    canvas.rect(end - 1.0, middle - 7.0, bar.text_width(ink) + 2.0, 14.0, theme.paper, 1.0);
    canvas.text(&bar.text, end, middle, HPos::Left, ink);
    if !bar.aside.is_empty() {
        let aside = Font { colour: theme.muted, ..ink };
        canvas.text(&bar.aside, end + bar.text_width(ink), middle, HPos::Right, aside);
    }
    canvas.hover(left, middle - ROW / 2.0, right - left, ROW, &bar.hover);
}

/// Its ghost, and before it its parts, or a frame where it is hollow.
fn draw_parts(canvas: &mut Canvas, bar: &Bar, (left, middle): (f64, f64), scale: f64, colour: Rgb) {
    let theme = canvas.theme;
    let thick = 10.0;
    if let Some(ghost) = bar.ghost {
        let dashes = Stroke::new(1.0, theme.muted);
        canvas.rect(left, middle - thick / 2.0, ghost * scale, thick, theme.shade, 1.0);
        canvas.outline(left, middle - thick / 2.0, ghost * scale, thick, dashes);
    }
    if bar.hollow {
        let length = bar.length() * scale;
        canvas.rect(left, middle - thick / 2.0, length, thick, theme.paper, 1.0);
        canvas.outline(left, middle - thick / 2.0, length, thick, Stroke::new(1.5, colour));
    } else {
        let mut from = left;
        for &(value, opacity) in &bar.parts {
            // A gap tells one part from the next where their shades are close.
            let gap = if bar.parts.len() > 1 && value * scale > 3.0 { 1.0 } else { 0.0 };
            canvas.rect(from, middle - thick / 2.0, value * scale - gap, thick, theme.paper, 1.0);
            canvas.rect(from, middle - thick / 2.0, value * scale - gap, thick, colour, opacity);
            from += value * scale;
        }
    }
}

/// The places without those that nobody could see: beyond three dots on a quarter of a pixel the ink is full.
/// A run of a million processes has no larger picture than one of a thousand.
fn apart(places: impl Iterator<Item = f64>) -> Vec<f64> {
    const FULL: usize = 3;
    let mut places: Vec<f64> = places.collect();
    places.sort_unstable_by(f64::total_cmp);
    let same = |a: &f64, b: &f64| (a * 4.0).round() == (b * 4.0).round();
    places.chunk_by(same).flat_map(|dots| dots.iter().take(FULL).copied()).collect()
}

#[cfg(test)]
mod tests {
    use super::apart;

    #[test]
    fn dots_are_dropped_only_under_others() {
        assert_eq!(apart([5.0, 1.0, 5.01, 1.3].into_iter()), [1.0, 1.3, 5.0, 5.01]);
        let crowd = apart((0..100_000).map(|n| f64::from(n % 1_000) / 10.0));
        assert!(crowd.len() <= 3 * 401, "{}", crowd.len());
        assert_eq!((crowd.first(), crowd.last()), (Some(&0.0), Some(&99.9)));
    }
}
