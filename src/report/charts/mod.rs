//! One file a chart. To add one: write the file, name it in [`all`].

mod bars;
mod break_even;
mod cpu;
mod distribution;
mod dots;
mod efficiency;
mod frame;
mod heat;
mod lag;
mod memory;
mod memory_time;
mod phases;
mod scaling;
pub mod scaling_panel;
mod time;
mod timeline;
mod tradeoff;
mod worker_memory;

pub use frame::{Heading, MARGIN, NARROW, WIDE};
pub use tradeoff::Choice;

use super::theme::Theme;
use super::view::View;

/// A picture of some of the results.
pub trait Chart: Sync {
    /// File name without extension, as `scaling`.
    fn name(&self) -> &'static str;
    /// The SVG, `width` pixels wide; `None` where the results hold nothing that it could show.
    fn draw(&self, results: &View<'_>, theme: &Theme, width: f64) -> Option<String>;
}

/// Every chart, in the order in which a reader should see them.
pub fn all() -> Vec<Box<dyn Chart>> {
    vec![
        Box::new(scaling::Scaling),
        Box::new(heat::Heat),
        Box::new(time::Time),
        Box::new(tradeoff::Tradeoff),
        Box::new(break_even::BreakEven),
        Box::new(efficiency::Efficiency),
        Box::new(memory::Memory),
        Box::new(worker_memory::WorkerMemory),
        Box::new(cpu::Cpu),
        Box::new(memory_time::MemoryTime),
        Box::new(phases::PhasesChart),
        Box::new(lag::Lag),
        Box::new(distribution::Distribution),
    ]
}
