//! How long the event loop stood still: what an application with an event loop feels.

use super::super::theme::Theme;
use super::super::view::{self, View};
use super::super::{finding, format};
use super::Chart;
use super::bars::{self, Bar, Content};
use super::frame::{Axis, Heading};

pub struct Lag;

impl Chart for Lag {
    fn name(&self) -> &'static str {
        "lag"
    }

    fn draw(&self, results: &View<'_>, theme: &Theme, width: f64) -> Option<String> {
        let panels = bars::panels(results, |cell| {
            let lag = cell.loop_lag_ns?;
            Some(Content::Bar(Bar {
                parts: vec![(lag as f64, 1.0)],
                interval: cell.loop_lag_ci95.map(|ci95| ci95.map(|end| end as f64)),
                text: format::ns(lag),
                hover: format!("{} {}: {}", view::who(results, cell), cell.workload, view::lag(cell)?),
                ..Bar::default()
            }))
        });
        let panels = bars::only_measured(panels);
        let title = finding::lag(results)?;
        let subtitle = "longest time in a pass in which the event loop could do nothing else, median over passes; whiskers: 95 % interval (without an end bar: cut off); shorter is better";
        bars::draw(&Heading::new(&title, subtitle, width), &title, &panels, theme, Axis::Nanoseconds)
    }
}
