//! From results to what people read. Pure: everything here returns bytes or text; who calls writes.

mod artifact;
mod canvas;
mod charts;
mod compact;
mod contrast;
mod derived;
mod exports;
pub(crate) mod fit;
pub(crate) mod format;
mod head;
pub(crate) mod history;
mod html;
mod labels;
mod markdown;
mod methodology;
mod raster;
mod redact;
pub(crate) mod run_diff;
pub(crate) mod side_by_side;
pub(crate) mod terminal;
mod theme;
mod verdict;
mod view;
mod wording;
mod written;

#[cfg(test)]
mod fixture;
#[cfg(test)]
mod tests;

pub(crate) use exports::render;
pub use exports::{formats, render_formats};
pub(crate) use redact::Redactor;
