//! Peak memory per mode and interpreter: PSS, with the sum of RSS as a ghost behind it.

use crate::analysis::CellResult;
use crate::cell::{COMMAND, ModeKind};

use super::super::format;
use super::super::view::View;
use super::Chart;
use super::bars::{self, Bar};
use super::frame::{Axis, Heading, Sheet};

pub(super) const CHART: Chart = Chart { name: "memory", label: "memory", title, draw };

fn draw(view: &View<'_>, sheet: Sheet<'_>) -> Option<String> {
    let panels = bars::panels(view, true, |cell| {
        let (pss, rss) = (cell.peak_pss_bytes, cell.peak_rss_bytes);
        let shown = cell.peak_bytes()?;
        let ghost = pss.and(rss);
        let named = [("PSS", pss), ("summed RSS", rss)].into_iter();
        let sizes: Vec<String> =
            named.filter_map(|(name, bytes)| Some(format!("{name} {}", format::bytes(bytes?)))).collect();
        Some(Ok(Bar {
            parts: vec![(shown as f64, 1.0)],
            ghost: ghost.map(|rss| rss as f64),
            text: format::bytes(shown),
            aside: ghost.map_or_else(String::new, |rss| format!("RSS {}", format::bytes(rss))),
            hover: format!("peak {}", sizes.join(", ")),
            ..Bar::default()
        }))
    });
    let subtitle = if view.cells.iter().any(|cell| cell.peak_pss_bytes.is_some()) {
        "peak of the whole process tree: PSS, which counts a shared page once; grey behind it the summed RSS, which counts it once per process"
    } else if view.base_mode() == COMMAND {
        "peak RSS of the command's processes together"
    } else {
        "peak of the whole process tree: summed RSS, which counts a shared page once per process (no PSS on this system)"
    };
    bars::draw(&Heading::new(sheet, subtitle), &panels, Axis::Bytes)
}

/// `mp×2 takes 2.1× the memory of threads×2 on 3.13t (…)`, else who takes most.
fn title(view: &View<'_>) -> Option<String> {
    threads_against_processes(view).or_else(|| {
        let cells = view.measured().filter(|cell| view.in_focus(cell));
        let (cell, bytes) =
            cells.filter_map(|cell| Some((cell, cell.peak_bytes()?))).max_by_key(|found| found.1)?;
        Some(format!("{} takes most memory, {}", view.who(cell), format::bytes(bytes)))
    })
}

fn threads_against_processes(view: &View<'_>) -> Option<String> {
    let workload = *view.workload_names.first()?;
    let mut names = view.present.to_vec();
    names.sort_by_key(|name| !view.free_threaded(name));
    let find = |name: &str, mode: &str| -> Option<(&CellResult, u64)> {
        let cell = view.cells_of(workload).find(|cell| {
            cell.interpreter == name
                && cell.mode == mode
                && cell.workers == view.focus_workers
                && cell.has_numbers()
        })?;
        Some((cell, cell.peak_bytes()?))
    };
    let (one, several) = (view.mode_of(ModeKind::Threads)?, view.mode_of(ModeKind::Processes)?);
    let pair = |name: &&str| Some((find(name, one)?, find(name, several)?));
    let ((threads, low), (processes, high)) = names.iter().find_map(pair)?;
    let ratio = high as f64 / low.max(1) as f64;
    let more = if ratio >= 1.0 {
        format!("{} the memory of", format::ratio_short(ratio))
    } else {
        "less memory than".to_owned()
    };
    Some(format!(
        "{workload}: {} takes {more} {} on {} ({} against {})",
        view.how(processes),
        view.how(threads),
        processes.interpreter,
        format::bytes(high),
        format::bytes(low)
    ))
}
