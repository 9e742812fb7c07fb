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
            let wall = cell.wall_ns.as_ref()?;
            let settled = view::settled(cell);
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
        if results.cells.iter().any(|cell| view::has_numbers(cell) && !view::settled(cell)) {
            subtitle.push_str("; hollow and ~: not settled");
        }
        bars::draw(&Heading::new(&title, &subtitle, width), &title, &panels, theme, Axis::Nanoseconds)
    }
}
