//! Where a cold start's time goes: interpreter, imports, pool, first pass, teardown.

use crate::record::Phases;

use super::super::format;
use super::super::view::View;
use super::Chart;
use super::bars::{self, Bar};
use super::frame::{Axis, Heading, JOIN, Sheet};

pub(super) const CHART: Chart = Chart { name: "phases", label: "phases", title, draw };

/// Name, duration and opacity of the parts, in the order in which they happen.
fn parts(phases: &Phases) -> [(&'static str, Option<u64>, f64); 5] {
    [
        ("start", phases.start, 0.25),
        ("imports", phases.imports, 0.45),
        ("pool", phases.pool, 0.7),
        ("work", phases.first, 1.0),
        ("teardown", phases.teardown, 0.13),
    ]
}

fn draw(view: &View<'_>, sheet: Sheet<'_>) -> Option<String> {
    let panels = bars::panels(view, true, |cell| {
        let parts = parts(&cell.phases_ns).into_iter();
        let known: Vec<_> = parts.filter_map(|(name, ns, opacity)| Some((name, ns?, opacity))).collect();
        let total = known.iter().map(|part| part.1).fold(0, u64::saturating_add);
        if total == 0 {
            return None;
        }
        let hover: Vec<String> =
            known.iter().map(|(name, ns, _)| format!("{name} {}", format::ns(*ns))).collect();
        Some(Ok(Bar {
            parts: known.iter().map(|&(_, ns, opacity)| (ns as f64, opacity)).collect(),
            text: format::ns(cell.total_ns.as_ref().map_or(total, |total| total.median)),
            hover: hover.join(", "),
            ..Bar::default()
        }))
    });
    let subtitle = "a cold invocation, parts in the order in which they happen, each the median over all; the figure: from launch to exit, median";
    let key = parts(&Phases::default()).map(|(name, _, opacity)| (name, opacity)).into();
    bars::draw(&Heading::new(sheet, subtitle).with_key(key), &panels, Axis::Nanoseconds)
}

/// `fib started cold on 3.13: mp×2 spends 124 ms of 149 ms around the work; …`.
fn title(view: &View<'_>) -> Option<String> {
    let workload = *view.workload_names.first()?;
    let costs = |interpreter: &str| -> Vec<(String, u64, u64)> {
        let modes = view.ways().into_iter().filter(|(mode, _)| view.takes_workers(mode));
        let cost = |mode| {
            let cell = view.cell_in_focus(interpreter, workload, mode)?;
            let phases = &cell.phases_ns;
            let work = phases.first.filter(|_| cell.has_numbers())?;
            let around = [phases.start, phases.imports, phases.pool, phases.teardown];
            let rest = around.into_iter().flatten().fold(0, u64::saturating_add);
            Some((view.how(cell), rest, rest.saturating_add(work)))
        };
        modes.filter_map(cost).collect()
    };
    let (name, mut costs) = view.first_that_has(costs)?;
    costs.sort_by_key(|cost| std::cmp::Reverse(cost.1));
    let say = |(how, rest, total): &(String, u64, u64)| {
        format!("{how} spends {} of {} around the work", format::ns(*rest), format::ns(*total))
    };
    let list: Vec<String> = costs.iter().take(2).map(say).collect();
    Some(format!("{workload} started cold on {name}: {}", list.join(JOIN)))
}
