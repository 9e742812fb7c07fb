//! Every value behind the times: one dot a process, its median pass.

use super::super::theme::Theme;
use super::super::view::{self, View};
use super::super::{finding, format};
use super::Chart;
use super::bars::{self, Bar, Content};
use super::frame::{Axis, Heading};

pub struct Distribution;

impl Chart for Distribution {
    fn name(&self) -> &'static str {
        "distribution"
    }

    fn draw(&self, results: &View<'_>, theme: &Theme, width: f64) -> Option<String> {
        let panels = bars::panels(results, |cell| {
            let (least, most) = (cell.values_ns.iter().min()?, cell.values_ns.iter().max()?);
            let n = format::count(cell.values_ns.len(), "process");
            Some(Content::Bar(Bar {
                dots: cell.values_ns.iter().map(|&ns| ns as f64).collect(),
                interval: cell.wall_ns.as_ref().and_then(|wall| wall.ci95).map(|ci| ci.map(|end| end as f64)),
                text: format!("n={}", cell.values_ns.len()),
                hover: format!(
                    "{} {}: {n}, {} to {}",
                    view::who(results, cell),
                    cell.workload,
                    format::ns(*least),
                    format::ns(*most)
                ),
                ..Bar::default()
            }))
        });
        let title = finding::distribution(results)?;
        let subtitle = "every process's median pass, one dot each; the line: 95 % interval of the median";
        bars::draw(&Heading::new(&title, subtitle, width), &title, &panels, theme, Axis::Nanoseconds)
    }
}
