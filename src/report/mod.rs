//! From results to what people read. Pure: everything here returns bytes or text; who calls writes.

mod answers;
mod artifact;
mod canvas;
mod characters;
mod charts;
mod compact;
mod contrast;
mod derived;
mod exports;
mod file_names;
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
mod view;
mod wording;
mod written;

#[cfg(test)]
mod crowd_tests;
#[cfg(test)]
mod fixture;
#[cfg(test)]
pub(crate) mod strict;
#[cfg(test)]
mod tests;

pub(crate) use artifact::Artifact;
pub(crate) use characters::{lines, markdown as markdown_text, terminal as one_line};
pub(crate) use exports::render;
pub use exports::{formats, render_formats};
pub(crate) use redact::Redactor;
