//! One trend: every run a point, its interval, the levels, what is known to have changed.

use super::words;
use crate::analysis::history::{EventKind, History, Metric, Trend, TrendPoint};
use crate::cell::Cell;
use crate::report::canvas::{Canvas, Font, HPos, Stroke, picture};
use crate::report::format;
use crate::report::theme::Theme;
use crate::report::view::unique;
use crate::stats::{mean, quantile};

/// In pixels: two beside each other on a desk, one on a phone.
pub(super) const WIDTH: f64 = 440.0;
pub(super) const HEIGHT: f64 = 190.0;
pub(super) const LEFT: f64 = 62.0;
pub(super) const RIGHT: f64 = 12.0;
const TOP: f64 = 44.0;
const BOTTOM: f64 = 26.0;
/// Above and below the values, as a share of their range, and the least that is shown around them.
const ROOM: f64 = 0.15;
const LEAST_RANGE: f64 = 0.04;
/// Runs from which a point is a short stroke instead of a circle.
const MANY: usize = 200;
/// Half the height of the stroke where the machine was another one.
const HOST: f64 = 4.0;

struct Frame {
    runs: usize,
    low: f64,
    high: f64,
}

impl Frame {
    fn of(history: &History, trend: &Trend) -> Self {
        let usual: Vec<f64> =
            trend.points.iter().filter(|point| !point.outlier).map(|point| point.value).collect();
        let low = quantile(&usual, 0.0).unwrap_or(0.5);
        let high = quantile(&usual, 1.0).unwrap_or(1.5);
        let room = (ROOM * (high - low)).max(LEAST_RANGE * high);
        Self { runs: history.runs.len(), low: (low - room).max(0.0), high: high + room }
    }

    fn x(&self, run: usize) -> f64 {
        let share = if self.runs < 2 { 0.5 } else { run as f64 / (self.runs - 1) as f64 };
        LEFT + share * (WIDTH - LEFT - RIGHT)
    }

    fn y(&self, value: f64) -> f64 {
        let share = ((value - self.low) / (self.high - self.low)).clamp(0.0, 1.0);
        HEIGHT - BOTTOM - share * (HEIGHT - BOTTOM - TOP)
    }
}

/// The SVG of one trend.
pub(super) fn draw(history: &History, trend: &Trend, theme: &Theme) -> String {
    let frame = Frame::of(history, trend);
    let title = title(history, trend);
    picture(WIDTH, HEIGHT, &title, theme, |canvas| {
        let worse = trend.changes.iter().any(|change| change.alarms());
        let colour = if worse { theme.bad } else { theme.ink };
        let font = Font::bold(13.0, colour);
        for (line, text) in lines(&trend.cell, &title, font).iter().enumerate() {
            canvas.text(text, 10.0, 14.0 + 17.0 * line as f64, HPos::Left, font);
        }
        axes(canvas, history, trend, &frame, theme);
        intervals(canvas, trend, &frame, theme);
        events(canvas, history, trend, &frame, theme);
        for change in &trend.changes {
            let (x, colour) = (frame.x(change.run), if change.alarms() { theme.bad } else { theme.ink });
            canvas.line((x, TOP), (x, HEIGHT - BOTTOM), Stroke::new(1.6, colour).opacity(0.7));
        }
        points(canvas, trend, &frame, theme);
        levels(canvas, history, trend, &frame, theme);
        for failed in &trend.failures {
            let (x, y) = (frame.x(failed.run), HEIGHT - BOTTOM - 4.0);
            for way in [-1.0, 1.0] {
                canvas.line((x - 3.0, y - 3.0 * way), (x + 3.0, y + 3.0 * way), Stroke::new(1.4, theme.bad));
            }
        }
    })
}

/// Two lines at most: names that are too long for both give way to the mode and to what was found.
fn lines(cell: &Cell, title: &str, font: Font) -> Vec<String> {
    let room = WIDTH - 20.0;
    let mut lines = font.wrap(title, room);
    let found = title.strip_prefix(&format!("{} {} ", cell.interpreter, cell.workload));
    if let Some(found) = found.filter(|found| lines.len() > 2 && font.width(title) > room + font.width(found))
    {
        let half = |name: &str| font.fit(name, room / 2.0 - 4.0);
        lines = vec![
            format!("{} {}", half(&cell.interpreter), half(&cell.workload)),
            font.fit_start(found, room),
        ];
    }
    lines.truncate(2);
    lines
}

/// The finding: `3.13t nbody threads×2: time +4.1 %, slower since night-45`.
fn title(history: &History, trend: &Trend) -> String {
    let alarm = trend.changes.iter().rev().find(|change| change.alarms());
    match alarm.or(trend.changes.last()) {
        Some(change) => {
            let since = &history.runs[change.run].run_id;
            format!("{}: {} since {since}", trend.cell, words::shift(trend.metric, change))
        }
        None if trend.points.is_empty() => format!("{}: no figures, it failed", trend.cell),
        None => {
            let last = trend.points.last().map_or(0.0, |point| point.value);
            format!("{}: {} {}", trend.cell, words::metric(trend.metric), words::value(trend.metric, last))
        }
    }
}

fn axes(canvas: &mut Canvas, history: &History, trend: &Trend, frame: &Frame, theme: &Theme) {
    let font = Font::plain(10.5, theme.muted);
    for share in [0.0, 0.5, 1.0] {
        let value = frame.low + share * (frame.high - frame.low);
        let y = frame.y(value);
        canvas.line((LEFT, y), (WIDTH - RIGHT, y), Stroke::new(1.0, theme.grid));
        let label = match trend.metric {
            Metric::Speedup => format!("{value:.2}×"),
            _ => words::value(trend.metric, value),
        };
        canvas.text(&label, LEFT - 6.0, y, HPos::Right, font);
    }
    let date = |run: usize| format::day(history.runs[run].started_unix_ns);
    if let Some(last) = history.runs.len().checked_sub(1) {
        let y = HEIGHT - 11.0;
        canvas.text(&date(0), LEFT, y, HPos::Left, font);
        if last > 0 {
            canvas.text(&date(last), WIDTH - RIGHT, y, HPos::Right, font);
        }
    }
}

/// What is known to have changed, dashed; another machine, which may be every night's, as a stroke at the axis.
fn events(canvas: &mut Canvas, history: &History, trend: &Trend, frame: &Frame, theme: &Theme) {
    for event in trend.events.iter().map(|&place| &history.events[place]) {
        let (x, foot) = (frame.x(event.run) - 0.5, HEIGHT - BOTTOM);
        match event.kind {
            EventKind::Host => canvas.line((x, foot - HOST), (x, foot + HOST), Stroke::new(1.6, theme.muted)),
            _ => canvas.line((x, TOP), (x, foot), Stroke::new(1.0, theme.muted).dashed(2.0, 3.0)),
        }
    }
}

/// All in one path, below everything else: a page of many trends over years stays one that a browser can hold.
fn intervals(canvas: &mut Canvas, trend: &Trend, frame: &Frame, theme: &Theme) {
    let whisker = Stroke::new(if frame.runs > MANY { 0.6 } else { 1.2 }, theme.grid);
    for TrendPoint { run, ci95, .. } in &trend.points {
        if let Some([low, high]) = ci95 {
            let x = frame.x(*run);
            canvas.path(&[(x, frame.y(*low)), (x, frame.y(*high))], whisker);
        }
    }
}

/// Draws every value: circles, or short strokes where there are many.
fn points(canvas: &mut Canvas, trend: &Trend, frame: &Frame, theme: &Theme) {
    let series = theme.series(0);
    let many = frame.runs > MANY;
    let radius = if many { 1.0 } else { 2.2 };
    for TrendPoint { run, value, .. } in trend.points.iter().filter(|point| !point.outlier) {
        let (x, y) = (frame.x(*run), frame.y(*value));
        match many {
            true => canvas.path(&[(x - radius, y), (x + radius, y)], Stroke::new(2.0 * radius, series.mark)),
            false => canvas.mark(x, y, radius, series.mark, None),
        }
    }
    for TrendPoint { run, value, .. } in trend.points.iter().filter(|point| point.outlier) {
        canvas.mark(frame.x(*run), frame.y(*value), radius.max(1.6), series.mark, Some(theme.paper));
    }
}

/// The mean between one change and the next, as a step, of each kind of machine; of times that nobody judges there is
/// no level.
fn levels(canvas: &mut Canvas, history: &History, trend: &Trend, frame: &Frame, theme: &Theme) {
    if trend.metric == Metric::Time && trend.smallest.is_none() && trend.changes.is_empty() {
        return;
    }
    let host = |run: usize| history.runs[run].host_of(&trend.cell.workload);
    let hosts = unique(trend.points.iter().map(|point| host(point.run)));
    let of_host = |one| {
        let edges = trend.changes.iter().map(|change| change.run).filter(move |run| host(*run) == one);
        edges.chain([history.runs.len()]).map(move |edge| (one, edge))
    };
    let mut from = 0;
    for (one, to) in hosts.into_iter().flat_map(of_host) {
        let own =
            |point: &&TrendPoint| (from..to).contains(&point.run) && !point.outlier && host(point.run) == one;
        let inside: Vec<&TrendPoint> = trend.points.iter().filter(own).collect();
        let logs: Vec<f64> = inside.iter().map(|point| point.value.ln()).collect();
        if let (Some(level), [first, .., last]) = (mean(&logs), inside.as_slice()) {
            let y = frame.y(level.exp());
            canvas.path(&[(frame.x(first.run), y), (frame.x(last.run), y)], Stroke::new(1.6, theme.ink));
        }
        from = if to == history.runs.len() { 0 } else { to };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_leave_room_for_the_mode_and_what_was_found() {
        let font = Font::bold(13.0, (0, 0, 0));
        let of = |workload: &str, said: &str| {
            let cell = Cell::single("3.13-build-with-a-very-long-common-prefix-pgo-lto-1", workload);
            lines(&cell, &format!("{cell}: {said}"), font)
        };
        let long = "a-very-long-workload-name-of-the-nightly-pricing-job-1";
        let [time, memory] = [of(long, "time 4 ms"), of(long, "memory 9 MiB")];
        assert!(time[1] == "single: time 4 ms" && memory[1] == "single: memory 9 MiB", "{time:?} {memory:?}");
        assert!(time[0].contains("lto-1 a-") && time[0].ends_with("job-1"), "{time:?}");
        let short = Cell::single("3.13", "fib");
        assert_eq!(lines(&short, &format!("{short}: time 4 ms"), font), ["3.13 fib single: time 4 ms"]);
    }
}
