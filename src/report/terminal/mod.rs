//! The final table in the terminal: grouped by workload, tiny bars, the verdict last, where the eye is.

mod bar;
mod layout;
mod rows;
mod several;

use std::collections::HashMap;

use anstyle::{AnsiColor, Effects, Style};

use crate::analysis::{Advice, Results};

use super::view::View;
use super::{how, verdict, view};
pub use layout::{clean, wrap};
pub use several::side_by_side;

/// Narrower than this nothing could be read.
const MIN_WIDTH: usize = 50;

/// Warnings of one kind that are printed.
const MAX_ALIKE: usize = 2;

/// How the table may look.
struct Look {
    width: usize,
    color: bool,
}

impl Look {
    fn paint(&self, style: Style, text: &str) -> String {
        if self.color { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }
}

const HEAD: Style = Style::new().effects(Effects::BOLD);
const DIM: Style = Style::new().effects(Effects::DIMMED);
const BAD: Style = AnsiColor::Red.on_default();
const GOOD: Style = AnsiColor::Green.on_default();
const NOTE: Style = AnsiColor::Yellow.on_default();

/// The whole table with its verdict, lines of at most `width` columns (at least 50).
pub fn table(results: &Results, width: usize, color: bool) -> String {
    let results = &View::new(results);
    let look = Look { width: width.max(MIN_WIDTH), color };
    let mut lines: Vec<String> = Vec::new();
    for workload in view::workloads(results) {
        rows::workload(&mut lines, results, workload, &look);
    }
    legend(&mut lines, results, &look);
    skipped(&mut lines, results, &look);
    warnings(&mut lines, results, &look);
    verdict(&mut lines, results, &look);
    let mut out = lines.join("\n");
    out.push('\n');
    out
}

/// The same text for a terminal whose locale can't show more than ASCII. A sign that needs two letters
/// makes its line longer: leave a few columns free.
pub fn ascii(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\u{1b}' | '\n' | '\t' | ' '..='~' => out.push(c),
            '█' | '▉' | '▊' | '▋' | '▌' => out.push('#'),
            '▏' | '▎' | '▍' => out.push('-'),
            '×' | '✗' => out.push('x'),
            '–' => out.push('-'),
            '±' => out.push_str("+-"),
            '•' => out.push('*'),
            '…' => out.push('.'),
            'µ' => out.push('u'),
            _ => out.push('?'),
        }
    }
    out
}

fn legend(lines: &mut Vec<String>, results: &View<'_>, look: &Look) {
    let mut parts: Vec<String> = Vec::new();
    if results.cells.iter().any(view::has_numbers) {
        parts.push(format!("self: over its own single; base: over {}'s single", results.baseline));
    }
    if results.cells.iter().any(|cell| view::has_numbers(cell) && !view::settled(cell)) {
        let precision = super::format::percent(results.precision);
        parts.push(format!("{} not within ±{precision}, or too few pairs", view::UNSETTLED));
    }
    if results.cells.iter().any(|cell| view::has_numbers(cell) && cell.oversubscribed) {
        parts.push(format!("{} more workers than CPUs", view::OVERSUBSCRIBED));
    }
    for line in wrap(&parts.join("; "), look.width, 0) {
        lines.push(look.paint(DIM, &line));
    }
}

fn skipped(lines: &mut Vec<String>, results: &View<'_>, look: &Look) {
    let groups = view::silent_groups(results);
    if groups.is_empty() {
        return;
    }
    lines.push(String::new());
    for group in groups {
        lines.extend(wrap(&group.text(), look.width, 2).iter().map(|line| look.paint(DIM, line)));
    }
}

fn warnings(lines: &mut Vec<String>, results: &View<'_>, look: &Look) {
    if results.warnings.is_empty() {
        return;
    }
    lines.push(String::new());
    let mut said: HashMap<&str, usize> = HashMap::new();
    for warning in &results.warnings {
        let kind = said.entry(&warning.kind).or_default();
        *kind += 1;
        if *kind > MAX_ALIKE {
            continue;
        }
        let all = results.warnings.iter().filter(|other| other.kind == warning.kind).count();
        let more = if *kind == MAX_ALIKE && all > MAX_ALIKE {
            format!(" (and {} more like it in the report)", all - MAX_ALIKE)
        } else {
            String::new()
        };
        let text = format!("warning: {}{more}", warning.text);
        lines.extend(wrap(&text, look.width, 2).iter().map(|line| look.paint(NOTE, line)));
    }
}

fn verdict(lines: &mut Vec<String>, results: &View<'_>, look: &Look) {
    lines.push(String::new());
    if let Some(note) = how::unfinished(results) {
        lines.extend(wrap(note, look.width, 0).iter().map(|line| look.paint(BAD, line)));
    }
    let head = how::headline(results);
    let style = if results.counts.failed > 0 { BAD } else { HEAD };
    lines.extend(wrap(&head, look.width, 0).iter().map(|line| look.paint(style, line)));
    if let Some(capacity) = how::capacity(results) {
        lines.extend(wrap(&capacity, look.width, 2));
    }
    let verdict = verdict::verdict(results);
    for Advice { text, doubts, .. } in &verdict.findings {
        let style = if doubts.is_empty() { GOOD } else { HEAD };
        let mut bullet = wrap(&format!("• {text}"), look.width, 2);
        // Only the bullet is coloured: a sentence is read, not glanced at.
        if let Some(first) = bullet.first_mut() {
            *first = first.replacen('•', &look.paint(style, "•"), 1);
        }
        lines.extend(bullet);
        for doubt in doubts {
            let doubt = format!("  doubt: {doubt}");
            lines.extend(wrap(&doubt, look.width, 4).iter().map(|line| look.paint(DIM, line)));
        }
    }
    if let Some(alert) = &verdict.alert {
        lines.extend(wrap(alert, look.width, 2).iter().map(|line| look.paint(NOTE, line)));
    }
}
