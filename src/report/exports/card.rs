//! One picture of one answer, of the size that chats and pages show beside a link.

use super::super::artifact::{Artifact, Drawing};
use super::super::canvas::{Canvas, Font, HPos, Stroke, picture};
use super::super::theme::Theme;
use super::super::view::View;
use super::super::{file_names, format, raster};
use super::Exporter;
use crate::analysis::{Answer, CellResult, Situation, advice, full_name};

pub(super) const EXPORTER: Exporter = Exporter { name: "card", default: false, draws: false, export };

const WIDTH: f64 = 1200.0;
const HEIGHT: f64 = 630.0;
const MARGIN: f64 = 56.0;
const ROOM: f64 = WIDTH - 2.0 * MARGIN;
const BARS: usize = 3;
const BARS_TOP: f64 = 408.0;
const ROW: f64 = 48.0;
/// Where the bars begin, and how far they may reach.
const LEFT: f64 = 460.0;
const RIGHT: f64 = 900.0;

/// `card.svg` and `card.png`; where several workloads have an answer `card-<workload>`.
fn export(view: &View<'_>, _: &[Drawing]) -> Vec<Artifact> {
    let mut workloads: Vec<&str> = view.workload_names.clone();
    workloads.retain(|name| view.answers.iter().any(|answer| answer.workload == *name));
    workloads.extend(view.workload_names.first().filter(|_| workloads.is_empty()));
    let names: Vec<String> = workloads.iter().map(|name| format!("card-{name}")).collect();
    let names = if names.len() == 1 { vec!["card".to_owned()] } else { file_names::unique(&names) };
    let files = workloads.iter().zip(&names).map(|(workload, name)| {
        let svg = card(view, workload);
        let png = Artifact { bytes: raster::png(&svg, 1.0), ..Artifact::new(&format!("{name}.png"), "") };
        [Artifact::new(&format!("{name}.svg"), svg), png]
    });
    files.flatten().collect()
}

fn card(view: &View<'_>, workload: &str) -> String {
    let warm = |answer: &&Answer| answer.workload == workload && answer.situation == Situation::Warm;
    let answer = view.answers.iter().find(warm);
    let words = CardWords::of(view, answer);
    let theme = Theme::light();
    let title = format!("{workload}: {}", words.headline);
    picture(WIDTH, HEIGHT, &title, &theme, |canvas| {
        let bold = Font::bold(28.0, theme.muted);
        let ask = format!("Which way runs {} fastest?", bold.fit(workload, ROOM * 0.6));
        canvas.text(&ask, MARGIN, 62.0, HPos::Left, bold);
        let mut text = CardText { y: 124.0 };
        let sizes = if Font::bold(56.0, theme.ink).width(&words.headline) <= ROOM {
            [56.0, 56.0]
        } else {
            [44.0, 34.0]
        };
        text.write(canvas, &words.headline, 2, sizes.map(|px| Font::bold(px, theme.ink)));
        text.write(canvas, &words.gain, 2, [28.0, 24.0].map(|px| Font::plain(px, theme.ink)));
        let limit = if words.decided { theme.muted } else { theme.bad };
        text.write(canvas, &words.limit, 1, [22.0, 19.0].map(|px| Font::plain(px, limit)));
        text.write(canvas, &words.doubt, 1, [22.0, 19.0].map(|px| Font::plain(px, theme.bad)));
        let bars = answer.map(|answer| bars(view, answer)).unwrap_or_default();
        draw_bars(canvas, view, &bars);
        let machine = Font::plain(19.0, theme.muted);
        canvas.text(&machine.fit_start(&on(view), ROOM), MARGIN, HEIGHT - 36.0, HPos::Left, machine);
    })
}

/// Text from above to below; the next line's middle is at `y`.
struct CardText {
    y: f64,
}

impl CardText {
    /// Writes it on at most so many lines, in the larger font if that leaves it whole.
    fn write(&mut self, canvas: &mut Canvas<'_>, text: &str, most: usize, [large, small]: [Font; 2]) {
        let whole =
            |font: Font| font.wrap(text, ROOM).len() <= most && !font.wrap(text, ROOM).concat().contains('…');
        let font = if whole(large) { large } else { small };
        let lines = font.wrap(text, ROOM);
        for (place, line) in lines.iter().take(most).enumerate() {
            let rest = if place + 1 == most { lines[place..].join(" ") } else { line.clone() };
            canvas.text(&font.fit_start(&rest, ROOM), MARGIN, self.y, HPos::Left, font);
            self.y += font.px * 1.2;
        }
        self.y += if lines.is_empty() { 0.0 } else { 8.0 };
    }
}

/// What the picture says, as every report says it.
struct CardWords {
    headline: String,
    gain: String,
    limit: String,
    doubt: String,
    decided: bool,
}

impl CardWords {
    fn of(view: &View<'_>, answer: Option<&Answer>) -> Self {
        let none = || Self {
            headline: "No answer".to_owned(),
            gain: answer.map_or_else(|| "nothing was measured".to_owned(), |it| it.text.clone()),
            limit: String::new(),
            doubt: String::new(),
            decided: false,
        };
        let Some((answer, advice)) = answer.and_then(|it| Some((it, advice(view, it)?))) else {
            return none();
        };
        let so_far = if answer.decided { "" } else { "so far, " };
        let gain: Vec<String> =
            advice.gained.into_iter().chain(advice.memory.map(|it| format!("{it} of memory"))).collect();
        let doubt = answer.doubts.first().map(|doubt| format!("doubt: {}", doubt.text));
        Self {
            headline: capital(&format!("{so_far}{}", advice.what)),
            gain: gain.join(", "),
            limit: advice.limit,
            doubt: doubt.unwrap_or_default(),
            decided: answer.decided,
        }
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// A cell, how many times as fast as the plain loop of the baseline interpreter it is, and the interval of that.
struct CardBar<'a> {
    cell: &'a CellResult,
    ratio: f64,
    ci95: Option<[f64; 2]>,
    chosen: bool,
}

/// Returns the plain loop that people have, the choice, and the fastest of other kinds.
fn bars<'a>(view: &View<'a>, answer: &Answer) -> Vec<CardBar<'a>> {
    let chosen = |cell: &CellResult| answer.choose.as_ref().is_some_and(|choice| choice.0 == cell.cell);
    let bar = |cell: &'a CellResult| {
        let gain = answer.gain.as_ref().filter(|_| chosen(cell)).map(|gain| (gain.ratio, Some(gain.ci95)));
        let (ratio, ci95) = match cell.is_single_of(&view.baseline) {
            true => (1.0, None),
            false => gain.or(cell.speedup.as_ref().map(|it| (it.ratio, it.ci95)))?,
        };
        Some(CardBar { cell, ratio, ci95, chosen: chosen(cell) })
    };
    let cells = view.cells_of(&answer.workload).filter(|cell| cell.is_comparable());
    let mut left: Vec<CardBar<'a>> = cells.filter_map(bar).collect();
    left.sort_by(|a, b| b.ratio.total_cmp(&a.ratio));
    let mut shown: Vec<CardBar<'a>> = Vec::new();
    while shown.len() < BARS && !left.is_empty() {
        let kind = |bar: &CardBar<'_>| view.kind(&bar.cell.mode);
        let place = (left.iter().position(|bar| bar.cell.is_single_of(&view.baseline)))
            .or_else(|| left.iter().position(|bar| bar.chosen))
            .or_else(|| left.iter().position(|bar| shown.iter().all(|other| kind(other) != kind(bar))));
        shown.push(left.remove(place.unwrap_or(0)));
    }
    shown
}

fn draw_bars(canvas: &mut Canvas<'_>, view: &View<'_>, bars: &[CardBar<'_>]) {
    let Some(base) = bars.first().filter(|_| bars.len() > 1) else { return };
    let theme = canvas.theme;
    let small = Font::plain(18.0, theme.muted);
    let axis = format!(
        "times as fast as {}; lines, and in brackets: 95 % intervals",
        full_name(view, &base.cell.cell)
    );
    canvas.text(&small.fit_start(&axis, ROOM), MARGIN, BARS_TOP - 22.0, HPos::Left, small);
    let value = bars.iter().map(|bar| bar.ratio).fold(1.0, f64::max);
    let reach =
        |bar: &CardBar<'_>| bar.ci95.map_or(bar.ratio, |[_, high]| high.min(value * 1.3).max(bar.ratio));
    let scale = (RIGHT - LEFT) / bars.iter().map(reach).fold(1.0, f64::max);
    for (place, bar) in bars.iter().enumerate() {
        let middle = BARS_TOP + (place as f64 + 0.5) * ROW;
        let series = theme.series(view.colour_index(&bar.cell.interpreter));
        let font = Font { px: 22.0, bold: bar.chosen, colour: series.text };
        canvas.fitted(
            &full_name(view, &bar.cell.cell),
            LEFT - MARGIN - 16.0,
            LEFT - 16.0,
            middle,
            HPos::Right,
            font,
        );
        canvas.rect(
            LEFT,
            middle - 13.0,
            bar.ratio * scale,
            26.0,
            series.mark,
            if bar.chosen { 1.0 } else { 0.45 },
        );
        if let Some([low, high]) = bar.ci95 {
            let ends = [low.max(0.0), high.min(reach(bar))].map(|end| LEFT + end * scale);
            canvas.line((ends[0], middle), (ends[1], middle), Stroke::new(2.0, theme.ink));
        }
        let ink = Font { px: 22.0, bold: bar.chosen, colour: theme.ink };
        // Behind the line at 1×, which would go through the figure.
        let end = LEFT + reach(bar).max(1.0) * scale + 12.0;
        canvas.text(&format::ratio(bar.ratio), end, middle, HPos::Left, ink);
        let interval = bar.ci95.map(|ends| format!("({})", format::interval(ends))).unwrap_or_default();
        canvas.text(&interval, end + ink.width(&format::ratio(bar.ratio)) + 12.0, middle, HPos::Left, small);
    }
    let one = LEFT + scale;
    let bottom = BARS_TOP + bars.len() as f64 * ROW;
    canvas.line((one, BARS_TOP), (one, bottom), Stroke::new(1.5, theme.muted).dashed(5.0, 4.0));
}

/// The machine, when, and by what.
fn on(view: &View<'_>) -> String {
    let host = &view.host;
    format!(
        "{}, {}, {}; {}; gilmatrix {}",
        host.cpu_model,
        format::cpu_count(host.effective_cpus),
        host.os,
        format::day(view.started_unix_ns),
        view.tool_version
    )
}
