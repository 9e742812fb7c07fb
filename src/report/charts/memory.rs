//! Peak memory per mode and interpreter: PSS, with the sum of RSS as a ghost behind it.

use super::super::theme::Theme;
use super::super::view::View;
use super::super::{finding, format, view};
use super::Chart;
use super::bars::{self, Bar, Content};
use super::frame::{Axis, Heading};

pub struct Memory;

impl Chart for Memory {
    fn name(&self) -> &'static str {
        "memory"
    }

    fn draw(&self, results: &View<'_>, theme: &Theme, width: f64) -> Option<String> {
        let panels = bars::panels(results, |cell| {
            let (pss, rss) = (cell.peak_pss_bytes, cell.peak_rss_bytes);
            let shown = pss.or(rss)?;
            let hover = [("PSS", pss), ("summed RSS", rss)]
                .into_iter()
                .filter_map(|(name, value)| Some(format!("{name} {}", format::bytes(value?))))
                .collect::<Vec<_>>()
                .join(", ");
            Some(Content::Bar(Bar {
                parts: vec![(shown as f64, 1.0)],
                ghost: pss.and(rss).map(|rss| rss as f64),
                text: format::bytes(shown),
                aside: pss.and(rss).map_or_else(String::new, |rss| format!("RSS {}", format::bytes(rss))),
                hover: format!("{} {}: peak {hover}", view::who(results, cell), cell.workload),
                ..Bar::default()
            }))
        });
        let pss = results.cells.iter().any(|cell| cell.peak_pss_bytes.is_some());
        let subtitle = if pss {
            "peak of the whole process tree: PSS, which counts a shared page once; grey behind it the summed RSS, which counts it once per process"
        } else {
            "peak of the whole process tree: summed RSS, which counts a shared page once per process (no PSS on this system)"
        };
        let title = finding::memory(results)?;
        bars::draw(&Heading::new(&title, subtitle, width), &title, &panels, theme, Axis::Bytes)
    }
}
