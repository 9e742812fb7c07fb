//! The findings for people: a table, and a line for each thing that speaks against it.

use comfy_table::{Table, presets};

use super::findings::{
    AtOnceFinding, CheckedInterpreter, ImportOutcome, ModuleFinding, PackageFinding, PackageSource,
};
use crate::report::markdown_text;
use crate::report::terminal::wrap;

/// Lines about one package's modules.
const MOST_LINES: usize = 5;

/// Returns the findings for a terminal.
pub(super) fn human(reports: &[CheckedInterpreter], threads: u32, width: usize) -> String {
    let mut text = String::new();
    for report in reports {
        let mut table = Table::new();
        table.load_style(presets::NOTHING).set_header(header(report, threads));
        for package in &report.packages {
            table.add_row(row(package));
        }
        if !report.packages.is_empty() {
            let lines: Vec<String> = table.lines().map(|line| line.trim_end().to_owned()).collect();
            text += &format!("{}\n", lines.join("\n"));
        }
        let lines = notes(report);
        let lines = lines.iter().flat_map(|line| wrap(&format!("  {line}"), width, 4));
        text.extend(lines.map(|line| line + "\n"));
        text += &format!("{}\n", verdict(report));
    }
    text
}

/// Returns the findings as a table of Markdown, one an interpreter.
pub(super) fn markdown(reports: &[CheckedInterpreter], threads: u32) -> String {
    let mut text = String::new();
    for report in reports {
        let line = |cells: Vec<String>| {
            let cells: Vec<String> = cells.iter().map(|cell| markdown_text(cell)).collect();
            format!("| {} |\n", cells.join(" | "))
        };
        if !report.packages.is_empty() {
            text += &line(header(report, threads));
            text += "| --- | --- | --- | --- | --- |\n";
            text.extend(report.packages.iter().map(|package| line(row(package))));
            text += "\n";
        }
        text.extend(notes(report).iter().map(|note| format!("- {}\n", markdown_text(note))));
        text += &format!("\n{}\n", markdown_text(&verdict(report)));
    }
    text
}

fn header(report: &CheckedInterpreter, threads: u32) -> Vec<String> {
    let titles = [format!("on {} ({})", report.name, report.version), "from".to_owned(), "GIL".to_owned()];
    titles.into_iter().chain(["modules".to_owned(), format!("{threads} imports at once")]).collect()
}

fn row(package: &PackageFinding) -> Vec<String> {
    let name = match package.installed.as_slice() {
        [] => package.requirement.clone(),
        installed => installed.join(" "),
    };
    let from = match package.source {
        PackageSource::Wheel => "wheel",
        PackageSource::Built => "built here",
        PackageSource::Nowhere(_) => return [&name, "not to be had", "", "", ""].map(str::to_owned).to_vec(),
    };
    let on = package.modules.iter().any(|it| matches!(it.outcome, ImportOutcome::On { .. }));
    let dead = package
        .modules
        .iter()
        .any(|it| matches!(it.outcome, ImportOutcome::Crashed { .. } | ImportOutcome::Hangs { .. }));
    let gil = match (on, dead, package.modules.iter().any(|it| it.outcome == ImportOutcome::Off)) {
        (true, ..) => "comes on",
        (_, true, _) => "crashes",
        (.., true) => "stays off",
        _ => "can't be told",
    };
    let fine = package.modules.iter().filter(|it| it.outcome == ImportOutcome::Off).count();
    let compiled = package.modules.iter().filter(|it| it.compiled).count();
    let modules = format!("{fine} of {} fit, {compiled} compiled", package.modules.len());
    let at_once = match &package.at_once {
        None => "–",
        Some(AtOnceFinding { trouble: None, .. }) => "fine",
        Some(_) => "fail",
    };
    vec![name, from.to_owned(), gil.to_owned(), modules, at_once.to_owned()]
}

/// Returns a line for each thing that a table has no room for.
fn notes(report: &CheckedInterpreter) -> Vec<String> {
    let mut notes = Vec::new();
    for package in &report.packages {
        let name = package.short_name();
        if let PackageSource::Nowhere(reason) = &package.source {
            notes.push(format!("{name}: {reason}"));
        }
        let mut unusual: Vec<&ModuleFinding> =
            package.modules.iter().filter(|it| it.outcome != ImportOutcome::Off).collect();
        // Those that are to blame themselves first.
        unusual.sort_by_key(|module| module.declares != Some(false));
        notes.extend(unusual.iter().take(MOST_LINES).map(|module| format!("{name}: {}", told(module))));
        let more = unusual.len().saturating_sub(MOST_LINES);
        if more > 0 {
            notes.push(format!("{name}: and more like these: {more}, which `--format json` lists"));
        }
        let trouble = package.at_once.as_ref().and_then(|it| it.trouble.as_ref());
        notes.extend(trouble.map(|it| format!("{name}: threads that import it at once: {it}")));
    }
    if let Some(stress) = &report.stress {
        let function = &stress.function;
        notes.push(match &stress.trouble {
            Some(trouble) => format!("`{function}` in {} threads: {trouble}", stress.threads),
            None => format!(
                "`{function}`: the same answer from {} threads, {} calls{}",
                stress.threads,
                stress.calls,
                if stress.gil { "; the GIL was on, so this proves little" } else { "" }
            ),
        });
    }
    notes
}

fn told(module: &ModuleFinding) -> String {
    let name = &module.name;
    match &module.outcome {
        ImportOutcome::Off => format!("`{name}` leaves the GIL off"),
        ImportOutcome::On { by: Some(by), .. } if by == name => {
            format!("`{name}` turns the GIL on: it doesn't declare that it can run without (Py_mod_gil)")
        }
        ImportOutcome::On { by, distribution, required_by } => {
            let by = by.as_ref().map_or_else(|| "something it imports".to_owned(), |by| format!("`{by}`"));
            let of = distribution.as_ref().map(|it| format!(" of {it}")).unwrap_or_default();
            let required = match required_by.as_slice() {
                [] => String::new(),
                names => format!(", which {} requires", names.join(", ")),
            };
            format!("`{name}` turns the GIL on through {by}{of}{required}")
        }
        ImportOutcome::Crashed { reason } => format!("`{name}` crashes as it is imported: {reason}"),
        ImportOutcome::Hangs { reason } => format!("`{name}` never ends its import: {reason}"),
        ImportOutcome::Failed { reason } => format!("`{name}` can't be imported: {reason}"),
    }
}

fn verdict(report: &CheckedInterpreter) -> String {
    let count = |of: fn(&PackageFinding) -> bool| report.packages.iter().filter(|it| of(it)).count();
    let (unfit, missing, all) =
        (count(PackageFinding::is_unfit), count(PackageFinding::is_missing), report.packages.len());
    if all == 0 {
        return format!("{}: no package was checked", report.name);
    }
    let fit = all - unfit - missing;
    let mut parts = vec![format!("{fit} of {all} run without the GIL, as far as an import shows")];
    parts.extend((unfit > 0).then(|| format!("not fit: {unfit}")));
    parts.extend((missing > 0).then(|| format!("not to be had: {missing}")));
    format!("{}: {}", report.name, parts.join("; "))
}
