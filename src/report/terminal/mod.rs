//! The final table in the terminal: grouped by workload, tiny bars, the verdict last, where the eye is.

mod bar;
pub(super) mod layout;
mod rows;

use anstyle::{AnsiColor, Effects, Style};

use crate::analysis::{Results, Warning};

use super::format;
use super::view::View;
use super::wording::{DOUBTED, OVERSUBSCRIBED, UNSETTLED};
pub(crate) use layout::wrap;

/// Narrower than this nothing could be read.
const MIN_WIDTH: usize = 50;

/// Warnings of one kind that are printed.
const MAX_ALIKE: usize = 2;

const HEAD: Style = Style::new().effects(Effects::BOLD);
const DIM: Style = Style::new().effects(Effects::DIMMED);
const BAD: Style = AnsiColor::Red.on_default();
const GOOD: Style = AnsiColor::Green.on_default();
const NOTE: Style = AnsiColor::Yellow.on_default();
const PLAIN: Style = Style::new();

/// The whole table with its verdict, lines of at most `width` columns (at least 50).
pub(crate) fn table(results: &Results, width: usize, color: bool) -> String {
    let view = View::new(results);
    let mut table = TerminalTable { view: &view, width: width.max(MIN_WIDTH), color, lines: Vec::new() };
    for workload in &view.workload_names {
        table.workload(workload);
    }
    table.legend();
    table.skipped();
    table.warnings();
    table.verdict();
    table.lines.push(String::new());
    table.lines.join("\n")
}

/// Returns the text for a terminal whose locale can't show more than ASCII. A sign that needs two letters
/// makes its line longer: leave a few columns free.
pub(crate) fn ascii(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\u{1b}' | '\n' | '\t' | ' '..='~' => out.push(c),
            '█' | '▉' | '▊' | '▋' | '▌' => out.push('#'),
            '▏' | '▎' | '▍' | '–' => out.push('-'),
            '×' | '✗' => out.push('x'),
            '±' => out.push_str("+-"),
            '•' => out.push('*'),
            '…' => out.push('.'),
            'µ' => out.push('u'),
            _ => out.push('?'),
        }
    }
    out
}

/// The lines of a table so far, and how they may look.
struct TerminalTable<'a> {
    view: &'a View<'a>,
    /// Columns that a line may take.
    width: usize,
    color: bool,
    lines: Vec<String>,
}

impl TerminalTable<'_> {
    fn paint(&self, style: Style, text: &str) -> String {
        if self.color { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }

    /// Adds a text, its lines after the first one indented.
    fn say(&mut self, style: Style, text: &str, indent: usize) {
        let lines = wrap(text, self.width, indent).into_iter();
        let painted: Vec<String> = lines.map(|line| self.paint(style, &line)).collect();
        self.lines.extend(painted);
    }

    fn blank(&mut self) {
        self.lines.push(String::new());
    }

    fn legend(&mut self) {
        let view = self.view;
        let mut parts: Vec<String> = Vec::new();
        if view.measured().next().is_some() {
            let (mode, baseline) = (view.base_mode(), &view.baseline);
            parts.push(format!("self: over its own {mode}; base: over {baseline}'s {mode}"));
        }
        if view.measured().any(|cell| !cell.is_settled()) {
            let precision = format::percent(view.precision);
            parts.push(format!("{UNSETTLED} not within ±{precision}, or too few pairs"));
        }
        if view.measured().any(|cell| cell.oversubscribed) {
            parts.push(format!("{OVERSUBSCRIBED} more workers than CPUs"));
        }
        if view.measured().any(|cell| !cell.doubts.is_empty()) {
            parts.push(format!("{DOUBTED} doubted"));
        }
        self.say(DIM, &parts.join("; "), 0);
    }

    fn skipped(&mut self) {
        let groups = self.view.silent_groups();
        if !groups.is_empty() {
            self.blank();
        }
        for group in groups {
            self.say(DIM, &group.text(), 2);
        }
    }

    fn warnings(&mut self) {
        let warnings = &self.view.results.warnings;
        if !warnings.is_empty() {
            self.blank();
        }
        for (place, warning) in warnings.iter().enumerate() {
            let alike = |some: &[Warning]| some.iter().filter(|other| other.kind == warning.kind).count();
            let (nth, all) = (alike(&warnings[..=place]), alike(warnings));
            if nth > MAX_ALIKE {
                continue;
            }
            let more = if nth == MAX_ALIKE && all > MAX_ALIKE {
                format!(" (and {} more like it in the report)", all - MAX_ALIKE)
            } else {
                String::new()
            };
            self.say(NOTE, &format!("warning: {}{more}", warning.text), 2);
        }
    }

    fn verdict(&mut self) {
        let view = self.view;
        self.blank();
        if let Some(note) = view.unfinished() {
            self.say(BAD, note, 0);
        }
        self.say(if view.counts.failed > 0 { BAD } else { HEAD }, &view.tally(), 0);
        if let Some(capacity) = view.capacity_text() {
            self.say(PLAIN, &capacity, 2);
        }
        for answer in view.told_answers() {
            let style = if answer.decided && answer.doubts.is_empty() { GOOD } else { HEAD };
            let first = self.lines.len();
            self.say(PLAIN, &format!("• {}: {}", answer.workload, answer.text), 2);
            // Only the bullet is coloured: a sentence is read, not glanced at.
            self.lines[first] = self.lines[first].replacen('•', &self.paint(style, "•"), 1);
            for doubt in view.own_doubts(answer) {
                self.say(DIM, &format!("  doubt: {}", doubt.text), 4);
            }
        }
        for doubt in view.shared_doubts() {
            self.say(DIM, &format!("doubt about all of these: {}", doubt.text), 2);
        }
        for group in view.doubt_groups() {
            self.say(NOTE, &group.with_names(), 2);
        }
        if let Some(remedy) = view.remedy() {
            self.say(NOTE, &remedy, 2);
        }
    }
}
