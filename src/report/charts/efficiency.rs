//! How much of every added worker arrives: the speedup over the own `single`, divided by the workers.

use super::super::finding;
use super::super::theme::Theme;
use super::super::view::{self, View};
use super::Chart;
use super::bars::{self, Bar, Content};
use super::frame::{Axis, Heading};

pub struct Efficiency;

impl Chart for Efficiency {
    fn name(&self) -> &'static str {
        "efficiency"
    }

    fn draw(&self, results: &View<'_>, theme: &Theme, width: f64) -> Option<String> {
        let panels = bars::panels(results, |cell| {
            let share = cell.efficiency.filter(|share| share.is_finite() && cell.workers > 1)?;
            let speedup = cell.speedup_self.as_ref()?;
            let mark = if speedup.settled { "" } else { view::UNSETTLED };
            let percent = format!("{:.0} %", share * 100.0);
            Some(Content::Bar(Bar {
                parts: vec![(share * 100.0, 1.0)],
                hollow: !speedup.settled,
                text: format!("{mark}{percent}"),
                hover: format!("{} {}: {percent}", view::who(results, cell), cell.workload),
                ..Bar::default()
            }))
        });
        let panels = bars::only_measured(panels);
        let title = finding::efficiency(results)?;
        let subtitle = "speedup over the interpreter's own single, divided by the workers; 100 %: each worker does as much as one alone; hollow and ~: not settled";
        bars::draw(&Heading::new(&title, subtitle, width), &title, &panels, theme, Axis::Percent)
    }
}
