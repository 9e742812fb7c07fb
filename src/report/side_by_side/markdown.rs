//! The Markdown of several runs.

use std::fmt::Write as _;

use crate::analysis::metrics::{SPEEDUP, SPEEDUP_SELF, TIME};
use crate::analysis::{Advice, CellResult};

use super::super::artifact::Drawing;
use super::super::markdown::{list, text};
use super::super::verdict;
use super::super::wording::UNSETTLED;
use super::differences::{differences, machine};
use super::{CellRow, SideBySide, measured};

pub fn text_of(several: &SideBySide<'_>, drawing: Option<&Drawing>) -> String {
    let mut out = format!("# gilmatrix: {} runs side by side\n\n", several.runs.len());
    for run in &several.runs {
        let _ = writeln!(
            out,
            "- **{}**: {}, {}; {}",
            text(&run.label),
            text(&run.view.run_id),
            text(&machine(&run.view)),
            run.view.tally()
        );
    }
    out.push('\n');
    let found = differences(several);
    list(&mut out, "What differs", found.said.iter().cloned());
    if !found.unlike.is_empty() {
        head(&mut out, &["what"], several);
        for aspect in &found.unlike {
            let values: Vec<String> = aspect.values.iter().map(|value| text(value)).collect();
            let _ = writeln!(out, "| {} | {} |", text(&aspect.name), values.join(" | "));
        }
        out.push('\n');
    }
    verdicts(&mut out, several);
    if let Some(drawing) = drawing {
        let _ = writeln!(out, "![{0}](charts/{0}.svg)\n", drawing.name);
    }
    for workload in several.workloads() {
        let _ = writeln!(out, "## {}\n", text(workload));
        head(&mut out, &["interpreter", "how"], several);
        for row in several.of(workload) {
            let _ = writeln!(out, "{}", line(row));
        }
        out.push('\n');
    }
    let _ = writeln!(
        out,
        "Each run's column: time of one warm pass; own: speedup over the interpreter's own single; base: over the \
         baseline's single; each with its 95 % interval. Every ratio is formed inside its run. {} the interval is wider than was asked.\n",
        UNSETTLED
    );
    list(&mut out, "Alike in all runs", found.alike.iter().map(|(name, value)| format!("{name}: {value}")));
    out
}

fn head(out: &mut String, names: &[&str], several: &SideBySide<'_>) {
    let labels = several.runs.iter().map(|run| text(&run.label));
    let all: Vec<String> = names.iter().map(|name| (*name).to_owned()).chain(labels).collect();
    let _ = writeln!(out, "| {} |\n|{}", all.join(" | "), " --- |".repeat(all.len()));
}

fn verdicts(out: &mut String, several: &SideBySide<'_>) {
    out.push_str("## Each run's verdict\n\n");
    for run in &several.runs {
        let verdict = verdict::verdict(&run.view);
        let _ = writeln!(out, "### {}\n", text(&run.label));
        if let Some(line) = run.view.unfinished() {
            let _ = writeln!(out, "- **{}**", text(line));
        }
        for Advice { text: finding, doubts, .. } in &verdict.findings {
            let _ = writeln!(out, "- {}", text(finding));
            for doubt in doubts {
                let _ = writeln!(out, "  - doubt: {}", text(doubt));
            }
        }
        if let Some(line) = &verdict.alert {
            let _ = writeln!(out, "- **{}**", text(line));
        }
        out.push('\n');
    }
}

fn line(row: &CellRow<'_>) -> String {
    let cell = |cell: &Option<&CellResult>| match measured(*cell) {
        Ok(cell) => format!(
            "{}; own {}; base {}",
            TIME.text(cell),
            SPEEDUP_SELF.with_interval(cell),
            SPEEDUP.with_interval(cell)
        ),
        Err(why) => format!("**{}**", text(&why)),
    };
    let cells: Vec<String> = row.cells.iter().map(cell).collect();
    format!("| {} | {} | {} |", text(row.interpreter), text(&row.how), cells.join(" | "))
}
