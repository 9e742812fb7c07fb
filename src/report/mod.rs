//! From results to what people read. Pure: everything here returns bytes or text; who calls writes.

mod artifact;
mod canvas;
mod charts;
mod compact;
mod contrast;
mod derived;
mod exports;
pub mod fit;
pub mod format;
mod head;
pub mod history;
mod html;
mod labels;
mod markdown;
mod methodology;
mod raster;
mod redact;
pub mod run_diff;
pub mod side_by_side;
pub mod terminal;
mod theme;
mod verdict;
mod view;
mod wording;
mod written;

#[cfg(test)]
mod fixture;
#[cfg(test)]
mod tests;

pub use exports::{formats, render, render_formats};
pub use redact::Redactor;
