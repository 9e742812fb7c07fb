//! One file a chart: when it applies, its title, how it is drawn. To add one: write the file, name it in [`all`].

mod bars;
mod break_even;
mod cpu;
mod distribution;
mod efficiency;
mod frame;
mod heat;
mod lag;
mod memory;
mod memory_time;
pub(super) mod panel_rows;
mod phases;
mod plot;
mod scaling;
mod time;
mod timeline;
mod track;
mod tradeoff;
mod worker_memory;
pub(super) mod worker_panel;

pub(super) use frame::{Heading, NARROW, Sheet, WIDE};

use super::view::View;

/// A picture of some of the results.
pub(super) struct Chart {
    /// File name without extension, as `scaling`.
    pub name: &'static str,
    /// What a newcomer would call it, as `heat map`.
    pub label: &'static str,
    /// States the finding; `None` where the results hold nothing that the chart could show.
    pub title: fn(&View<'_>) -> Option<String>,
    /// Returns the SVG below that title; `None` where nothing would be drawn.
    pub draw: fn(&View<'_>, Sheet<'_>) -> Option<String>,
}

/// Every chart, in the order in which a reader should see them.
pub(super) fn all() -> &'static [Chart] {
    &[
        scaling::CHART,
        heat::CHART,
        time::CHART,
        tradeoff::CHART,
        break_even::CHART,
        efficiency::CHART,
        memory::CHART,
        worker_memory::CHART,
        cpu::CHART,
        memory_time::CHART,
        phases::CHART,
        lag::CHART,
        distribution::CHART,
    ]
}
