//! Where a cold start's time goes: interpreter, imports, pool, first pass, teardown.

use crate::record::Phases;

use super::super::theme::Theme;
use super::super::view::View;
use super::super::{finding, format, view};
use super::Chart;
use super::bars::{self, Bar, Content};
use super::frame::{Axis, Heading};

pub struct PhasesChart;

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

impl Chart for PhasesChart {
    fn name(&self) -> &'static str {
        "phases"
    }

    fn draw(&self, results: &View<'_>, theme: &Theme, width: f64) -> Option<String> {
        let panels = bars::panels(results, |cell| {
            let parts = parts(&cell.phases_ns);
            let known: Vec<_> = parts.into_iter().filter_map(|(name, ns, o)| Some((name, ns?, o))).collect();
            let total: u64 = known.iter().map(|part| part.1).sum();
            if total == 0 {
                return None;
            }
            let hover = known
                .iter()
                .map(|(name, ns, _)| format!("{name} {}", format::ns(*ns)))
                .collect::<Vec<_>>()
                .join(", ");
            Some(Content::Bar(Bar {
                parts: known.iter().map(|&(_, ns, opacity)| (ns as f64, opacity)).collect(),
                text: format::ns(cell.total_ns.as_ref().map_or(total, |total| total.median)),
                hover: format!("{} {}: {hover}", view::who(results, cell), cell.workload),
                ..Bar::default()
            }))
        });
        let title = finding::phases(results)?;
        let subtitle = "a cold invocation, parts in the order in which they happen, each the median over all; the figure: from launch to exit, median";
        let key = parts(&Phases::default()).map(|(name, _, opacity)| (name, opacity)).into();
        bars::draw(
            &Heading::new(&title, subtitle, width).with_key(key),
            &title,
            &panels,
            theme,
            Axis::Nanoseconds,
        )
    }
}
