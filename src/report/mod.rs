//! From results to what people read. Pure: everything here returns bytes or text; who calls writes.

mod canvas;
pub mod changes;
pub mod charts;
mod compact;
mod derived;
mod export;
mod exports;
mod finding;
mod finding_more;
pub mod fit;
pub mod format;
mod head;
pub mod history;
mod how;
mod how_host;
mod how_more;
mod html;
mod labels;
mod markdown;
mod raster;
mod redact;
pub mod several;
pub mod terminal;
mod theme;
mod verdict;
mod view;

#[cfg(test)]
mod fixture;
#[cfg(test)]
mod tests;

pub use charts::Chart;
pub use export::{Artifact, Drawing, Exporter, formats, render, render_formats};
pub use redact::Redactor;
pub use theme::Theme;
pub use view::View;
