//! Time of one warm pass per mode and interpreter, with its 95 % interval.

use super::super::theme::Theme;
use super::super::view::View;
use super::super::{finding, format, view};
use super::Chart;
use super::bars::{self, Bar, Content};
use super::frame::{Axis, Heading};

pub struct Time;

impl Chart for Time {
    fn name(&self) -> &'static str {
        "time"
    }

    fn draw(&self, results: &View<'_>, theme: &Theme, width: f64) -> Option<String> {
        let panels = bars::panels(results, |cell| {
            let Some(wall) = cell.wall_ns.as_ref() else {
                let text = "measured alone only, not compared".to_owned();
                return Some(Content::Note { text, failed: false });
            };
            let settled = view::time_settled(results, cell);
            let interval =
                wall.ci95.map_or_else(String::new, |ci| format!(", 95 % {}", format::ns_interval(ci)));
            Some(Content::Bar(Bar {
                parts: vec![(wall.median as f64, 1.0)],
                interval: wall.ci95.map(|ci| ci.map(|end| end as f64)),
                hollow: !settled,
                text: format!("{}{}", if settled { "" } else { view::UNSETTLED }, format::ns(wall.median)),
                hover: format!(
                    "{} {}: {}{interval}, {}",
                    view::who(results, cell),
                    cell.workload,
                    format::ns(wall.median),
                    format::count(cell.invocations as usize, "process"),
                ),
                ..Bar::default()
            }))
        });
        let title = finding::time(results)?;
        let mut subtitle =
            "time of one warm pass over all tasks, shorter is better; whiskers: 95 % interval of the median (without an end bar: cut off)"
                .to_owned();
        let known = |cell: &crate::analysis::CellResult| view::time_settled(results, cell);
        if results.cells.iter().any(|cell| cell.wall_ns.is_some() && !known(cell)) {
            let precision = format::percent(results.precision);
            subtitle.push_str(&format!("; hollow and ~: the time itself is not known to ±{precision}"));
        }
        bars::draw(&Heading::new(&title, &subtitle, width), &title, &panels, theme, Axis::Nanoseconds)
    }
}
