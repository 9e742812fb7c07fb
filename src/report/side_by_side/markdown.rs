//! The Markdown of several runs.

use std::fmt::Write as _;

use crate::analysis::CellResult;
use crate::analysis::metrics::{SPEEDUP, SPEEDUP_SELF, TIME};

use super::super::artifact::Drawing;
use super::super::characters::markdown as text;
use super::super::markdown::{answers, list, table};
use super::super::wording::UNSETTLED;
use super::differences::{Differences, machine};
use super::{CellRow, NOT_HERE, SideBySide, measured};

pub(super) fn text_of(several: &SideBySide<'_>, drawing: Option<&Drawing>) -> String {
    let mut out = format!("# gilmatrix: {} runs side by side\n\n", several.runs.len());
    for run in &several.runs {
        let (label, id, machine) = (text(&run.label), text(&run.view.run_id), text(&machine(&run.view)));
        let _ = writeln!(out, "- **{label}**: {id}, {machine}; {}", run.view.tally());
    }
    out.push('\n');
    let labels = |names: &[&str]| -> Vec<String> {
        let labels = several.runs.iter().map(|run| run.label.clone());
        names.iter().map(|name| (*name).to_owned()).chain(labels).collect()
    };
    let found = Differences::of(several);
    list(&mut out, "What differs", found.said.iter().cloned());
    if !found.unlike.is_empty() {
        let value = |value: &Option<String>| text(value.as_deref().unwrap_or(NOT_HERE));
        let rows = found
            .unlike
            .iter()
            .map(|one| std::iter::once(text(&one.name)).chain(one.values.iter().map(value)).collect());
        table(&mut out, &labels(&["what"]), rows);
    }
    verdicts(&mut out, several);
    if let Some(drawing) = drawing {
        let _ = writeln!(out, "![{0}](charts/{0}.svg)\n", drawing.name);
    }
    for workload in several.workloads() {
        let _ = writeln!(out, "## {}\n", text(workload));
        let rows = several.rows.iter().filter(|row| row.cell.workload == *workload).map(line);
        table(&mut out, &labels(&["interpreter", "how"]), rows);
    }
    let _ = writeln!(
        out,
        "Each run's column: time of one warm pass; own: speedup over the interpreter's own single; base: over the \
         baseline's single; each with its 95 % interval. Every ratio is formed inside its run. {UNSETTLED} the interval is wider than was asked.\n",
    );
    let alike =
        found.alike.iter().filter_map(|one| Some(format!("{}: {}", one.name, one.values[0].as_ref()?)));
    list(&mut out, "Alike in all runs", alike);
    out
}

fn verdicts(out: &mut String, several: &SideBySide<'_>) {
    out.push_str("## Each run's answers\n\n");
    for run in &several.runs {
        let _ = writeln!(out, "### {}\n", text(&run.label));
        let unfinished = run.view.unfinished().map(str::to_owned);
        unfinished.iter().for_each(|line| out.push_str(&format!("- **{}**\n", text(line))));
        answers(out, &run.view);
        out.push('\n');
    }
}

fn line(row: &CellRow<'_>) -> Vec<String> {
    let cell = |cell: Option<&CellResult>| match measured(cell) {
        Ok(cell) => format!(
            "{}; own {}; base {}",
            TIME.text(cell),
            SPEEDUP_SELF.with_interval(cell),
            SPEEDUP.with_interval(cell)
        ),
        Err(why) => format!("**{}**", text(&why)),
    };
    let names = [text(&row.cell.interpreter), text(&row.how)].into_iter();
    names.chain(row.cells.iter().copied().map(cell)).collect()
}
